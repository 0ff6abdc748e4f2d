/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The queues of the room: one for mail, one for each target of lists and announcements.
 */
#ifndef RINGBACK_MAILER_QUEUES_H
#define RINGBACK_MAILER_QUEUES_H

#include "../common/conf.h"
#include "deliver.h"
#include "via.h"

struct queues;

/* @answer: MSG_RESULT or MSG_HANDED, as which the engine hears of @result. */
typedef void (*queues_result)(enum msg_type answer, const struct msg_result *result, void *arg);

/* @conf and @via stay the caller's and valid. NULL: out of memory. */
struct queues *queues_new(const struct conf *conf, const struct via *via, queues_result result,
			  void *arg);
/* Kills the sessions; what they have not reported has no result. */
void queues_free(struct queues *q);

/* Take a copy. What cannot be taken has its result at once; what is in hand already
 * gets no second one. */
void queues_notice(struct queues *q, const struct msg_notice *n);
void queues_handover(struct queues *q, const struct msg_handover *h);
/* Forgets what is queued but not in a session: whoever asked is gone. */
void queues_drop(struct queues *q);

/* How many more notices, and handovers to whatever target, may be given now. */
uint32_t queues_window(const struct queues *q);
uint32_t queues_space(const struct queues *q);

/* For poll(2), as deliver_poll(); @fds holds queues_poll_max(). */
nfds_t queues_poll_max(const struct queues *q);
nfds_t queues_poll(const struct queues *q, struct pollfd *fds, int *timeout_ms);
void queues_step(struct queues *q);

#endif /* RINGBACK_MAILER_QUEUES_H */
