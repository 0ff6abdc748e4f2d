/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The mailer's queue: notices go out in batches, each batch in a session of a
 * throwaway child. Whatever happens to a child, each of its notices gets
 * exactly one result, and none a false DELIVERY_SENT.
 */
#ifndef RINGBACK_MAILER_DELIVER_H
#define RINGBACK_MAILER_DELIVER_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../common/conf.h"
#include "../common/msg.h"
#include "via.h"

struct deliver;

typedef void (*deliver_result)(const struct msg_result *result, void *arg);

/* @mail and @via stay the caller's and valid. NULL: out of memory. */
struct deliver *deliver_new(const struct conf_mail *mail, const struct via *via,
			    deliver_result result, void *arg);
/* Kills the sessions; what they have not reported has no result. */
void deliver_free(struct deliver *d);

/* Copies @n. -EALREADY: it is in hand; -ENOMEM. */
int deliver_add(struct deliver *d, const struct msg_notice *n);
/* Forgets what is queued but not in a session: whoever asked is gone. */
void deliver_drop_queue(struct deliver *d);
/* How many more notices may be handed over now. */
uint32_t deliver_free_slots(const struct deliver *d);

/*
 * For poll(2): fills at most conf_mail.sessions entries of @fds, returns how many,
 * and lowers *@timeout_ms (-1: none) where a deadline comes first.
 */
nfds_t deliver_poll(const struct deliver *d, struct pollfd *fds, int *timeout_ms);
/* Reads reports, ends sessions that are over or overdue, begins new ones. */
void deliver_step(struct deliver *d);

#endif /* RINGBACK_MAILER_DELIVER_H */
