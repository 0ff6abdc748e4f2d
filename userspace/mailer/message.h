/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A notice as an e-mail. Pure: nothing but the arguments and the time zone
 * decides what is written.
 */
#ifndef RINGBACK_MAILER_MESSAGE_H
#define RINGBACK_MAILER_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../common/conf.h"
#include "../common/msg.h"

/*
 * True for an address that may stand in an envelope and a header as it is:
 * dot-atom "@" domain or address literal, UTF-8 allowed (RFC 6531), no quoting,
 * nothing that could end a line or a command.
 */
bool message_address_ok(const char *address);
/* True where the address needs SMTPUTF8. */
bool message_address_utf8(const char *address);

/*
 * Writes the message for @n at time @now (nanoseconds since the Epoch): header
 * and text of RFC 5322, lines of at most 998 bytes that end in CR LF.
 * On success *@text has *@len bytes and belongs to the caller. -EINVAL: an
 * address is unusable; -ENOMEM.
 */
int message_render(const struct conf_mail *mail, const struct msg_notice *n, int64_t now,
		   char **text, size_t *len);

#endif /* RINGBACK_MAILER_MESSAGE_H */
