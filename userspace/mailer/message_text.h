/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The text of a mail, and what its header has in common with it. Pure.
 */
#ifndef RINGBACK_MAILER_MESSAGE_TEXT_H
#define RINGBACK_MAILER_MESSAGE_TEXT_H

#include <stdbool.h>

#include "../common/conf.h"
#include "../common/msg.h"

#define MESSAGE_PORT_MAX   48
#define MESSAGE_SERVER_MAX 192

/* "http (tcp/80)", or "tcp/8123" where the port has no name. @buf: MESSAGE_PORT_MAX bytes. */
const char *message_port(const struct service *s, char *buf);
/* "Intranet (192.0.2.10)", or the address alone. @buf: MESSAGE_SERVER_MAX bytes. */
const char *message_server(const struct msg_notice_item *i, char *buf);
/* True for a URL that can end neither a line nor a header field; "" is none. */
bool message_link_ok(const char *link);

/* In UTF-8, lines end in "\n", the caller's to free; NULL when out of memory. */
char *message_text(const struct conf_mail *mail, const struct msg_notice *n);

#endif /* RINGBACK_MAILER_MESSAGE_TEXT_H */
