/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lists of waiting clients, and announcements, on their way to others: to the mailer as
 * far as it can hold them, and what it says of them is recorded. docs/routes.md has the
 * rules. Nothing is lost when a process dies, and nobody told twice: whatever changes
 * the meaning of a handover is on disk before anything is sent because of it.
 */
#ifndef RINGBACK_ENGINE_HANDOVER_H
#define RINGBACK_ENGINE_HANDOVER_H

#include "../common/timefmt.h"
#include "engine.h"

/*
 * Hands one message to the mailer. 0, -EAGAIN: its socket is full; -EPIPE: it is
 * gone; -errno.
 */
typedef int (*handover_send)(const struct msg_handover *m, void *arg);

/* @host: how we call ourselves; copied. NULL: out of memory. */
struct handovers *handovers_new(struct engine *e, const char *host, handover_send send, void *arg);
void handovers_free(struct handovers *hs);

/* Something may be due: looks soon, from the loop. */
void handovers_kick(struct handovers *hs);
/* The mailer can hold @n more. */
void handovers_space(struct handovers *hs, uint32_t n);
/* The mailer is gone; what it held is due again. */
void handovers_mailer_gone(struct handovers *hs);
void handovers_result(struct handovers *hs, const struct msg_result *r);
/* What was written is on disk, or undone; or writing may be tried again. */
void handovers_committed(struct handovers *hs);
void handovers_undone(struct handovers *hs);
void handovers_retry(struct handovers *hs);
/*
 * From time to time: what is to be tried later than after the longest pause, for the clock
 * was set back, is tried @now (ns since the Epoch).
 */
void handovers_check_clock(struct handovers *hs, int64_t now);
/* Messages at the mailer. */
unsigned int handovers_in_flight(const struct handovers *hs);

/* How long those who come one by one are waited for, ns. */
#define HANDOVER_GATHER (5 * NSEC_PER_SEC)

/* --- within the open batch; the caller kicks when that is on disk ------------------ */

/*
 * handover_list.c: the list of @o that goes to the target of its watch's step @step, and
 * that others may still join; made where there is none, to begin at @begin. 0 or -errno.
 */
int handover_gather(struct store *st, const struct outage *o, const struct conf_step *to,
		    uint8_t step, int64_t begin, struct handover *h);
/*
 * handover_list.c: message @m will not be delivered: its clients take a later step of
 * their watch, if there is one. 0 or -errno.
 */
int handover_after_mail(struct engine *e, const struct message *m);
/*
 * handover_announce.c: tells those who want to know that @o began, or ended. @kind:
 * HANDOVER_DOWN, HANDOVER_UP. 0 or -errno.
 */
int handover_announce(struct engine *e, const struct outage *o, uint8_t kind);

#endif /* RINGBACK_ENGINE_HANDOVER_H */
