/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Of the mailer's harness: targets from its command line, and what is handed to them.
 */
#ifndef RINGBACK_FAKES_MAILER_HANDOVER_H
#define RINGBACK_FAKES_MAILER_HANDOVER_H

#include <stdbool.h>

#include "common/conf.h"
#include "common/msg.h"

/*
 * Takes the keys that are about targets: target=ROUTE/NAME opens one, which the next
 * are about: host, tport, community, snmp (USER,AUTH,PASS,PRIV,PASS), url, hmac, tca,
 * format, ttimeout. About what is handed over: rows (clients in a part), long (names as
 * long as they may be), family (4, 6), server. False: none of these.
 */
bool handover_key(struct conf *conf, const char *name, char *value);
/* "part/nms/noc": whether @word is of that form. */
bool handover_word(const char *word);
/* The @part-th of @parts that @word hands over, all told as one outage. */
void handover_fill(struct msg_handover *h, const char *word, uint32_t part, uint32_t parts);

#endif /* RINGBACK_FAKES_MAILER_HANDOVER_H */
