/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is posted to webhooks (docs/webhook.md): handovers as JSON.
 */
#ifndef RINGBACK_MAILER_DOCUMENT_H
#define RINGBACK_MAILER_DOCUMENT_H

#include "../common/msg.h"

#define DOCUMENT_VERSION 1
/* Seconds that an alert fires without being told again. The engine repeats those of open
 * outages once a minute; this is how long it may be away. */
#define DOCUMENT_ALERT_LASTS 900

#define DOCUMENT_ID_MAX	     128
/* The same for every repetition of @h, another for everything else: printable ASCII
 * without blanks and quotes. @buf: DOCUMENT_ID_MAX bytes. Returns @buf. */
const char *document_id(const struct msg_handover *h, char *buf);

/* The document of a part or an announcement in our own format, the caller's to free();
 * NULL: out of memory. */
char *document_ringback(const struct msg_handover *h);
/* An announcement as an alert of Alertmanager's API, version 2. @now: ns since the Epoch. */
char *document_alert(const struct msg_handover *h, int64_t now);

#endif /* RINGBACK_MAILER_DOCUMENT_H */
