/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The outbox: notices become messages, messages go to the mailer as far as it can
 * hold them, and what it says of them is recorded. At least once: whatever was
 * under way when a process died is due again, with the same Message-ID.
 */
#ifndef RINGBACK_ENGINE_OUTBOX_H
#define RINGBACK_ENGINE_OUTBOX_H

#include "engine.h"

struct outbox;

/*
 * Hands one message to the mailer. 0, -EAGAIN: its socket is full; -EPIPE: it is
 * gone; -errno.
 */
typedef int (*outbox_send)(const struct msg_notice *n, void *arg);

/* @host: for message IDs; copied. NULL: out of memory. */
struct outbox *outbox_new(struct engine *e, const char *host, outbox_send send, void *arg);
void outbox_free(struct outbox *o);

/* Something may be due: looks soon, from the loop. */
void outbox_kick(struct outbox *o);
/* The mailer can hold @n more. */
void outbox_window(struct outbox *o, uint32_t n);
/* The mailer is gone; what it held is due again. */
void outbox_mailer_gone(struct outbox *o);
void outbox_result(struct outbox *o, const struct msg_result *r);
/* The batch with results was committed, or undone; or writing may be tried again. */
void outbox_committed(struct outbox *o);
void outbox_undone(struct outbox *o);
void outbox_retry(struct outbox *o);
/*
 * From time to time: what is due later than anything waits, for the clock was set back, is
 * due @now (ns since the Epoch).
 */
void outbox_check_clock(struct outbox *o, int64_t now);
/* Messages that the mailer can take. */
uint32_t outbox_space(const struct outbox *o);
/* Messages at the mailer. */
unsigned int outbox_in_flight(const struct outbox *o);

/* For message IDs, as given to outbox_new(). */
const char *outbox_host(const struct outbox *o);

/*
 * outbox_group.c: within the open batch, makes the mail that asks the owner of a->mail
 * whether it was him who gave it. The caller kicks when that is on disk.
 */
int outbox_ask(struct store *st, const char *host, const struct answer *a);
/*
 * outbox_group.c: looks at up to @limit contacts with notices that are due at @now,
 * and makes a message for each within the open batch: of up to MSG_NOTICE_ITEMS
 * notices; who has had his share of this hour is put off. Returns how many contacts
 * that were, 0: nothing is due any more; -errno.
 */
int outbox_group(struct store *st, const struct conf_mail *mail, const char *host, int64_t now,
		 unsigned int limit);

#endif /* RINGBACK_ENGINE_OUTBOX_H */
