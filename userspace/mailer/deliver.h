/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A queue of the mailer: items go out in batches, each batch in a session of a
 * throwaway child. Whatever happens to a child, each of its items gets exactly
 * one result, and none a false DELIVERY_SENT.
 *
 * Mail has a queue, and each target of lists and announcements has one, so that who
 * does not answer holds up nobody else.
 */
#ifndef RINGBACK_MAILER_DELIVER_H
#define RINGBACK_MAILER_DELIVER_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../common/msg.h"

/* What goes through one queue, and how. */
struct lane {
	const char *name; /* for people: "mail", "nms noc" */
	const char *client; /* what a session is done with: "libesmtp" */
	uint32_t sessions; /* at a time */
	uint32_t batch; /* items in one */
	uint32_t timeout; /* seconds that one may be silent */
	/*
	 * An item may have arrived though its answer did not: DELIVERY_UNSURE is a word
	 * of its reports, and what is said of the item that a session died over.
	 */
	bool unsure;
	bool programs; /* a session executes one: sendmail */
	/*
	 * Whether two items have the same receiver: they share a session and, where that
	 * fails as a whole, its result. NULL: each has its own (mail).
	 */
	bool (*together)(const void *a, const void *b);
	/* Delivers @items, in the child, which ends when it returns; see report.h. */
	void (*session)(const void *arg, const void *const *items, size_t n, int report_fd);
	const void *arg;
};

struct deliver;

typedef void (*deliver_result)(const struct msg_result *result, void *arg);

/* What @lane points to stays the caller's and valid. NULL: out of memory. */
struct deliver *deliver_new(const struct lane *lane, deliver_result result, void *arg);
/* Kills the sessions; what they have not reported has no result. */
void deliver_free(struct deliver *d);

/* Copies the @size bytes of @item, known as @id. -EALREADY: it is in hand; -ENOMEM. */
int deliver_add(struct deliver *d, uint64_t id, const void *item, size_t size);
/* Forgets what is queued but not in a session: whoever asked is gone. */
void deliver_drop_queue(struct deliver *d);
/* How many items are queued or in a session. */
uint32_t deliver_held(const struct deliver *d);

/*
 * For poll(2): fills at most lane.sessions entries of @fds, returns how many, and
 * lowers *@timeout_ms (-1: none) where a deadline comes first.
 */
nfds_t deliver_poll(const struct deliver *d, struct pollfd *fds, int *timeout_ms);
/* Reads reports, ends sessions that are over or overdue, begins new ones. */
void deliver_step(struct deliver *d);

#endif /* RINGBACK_MAILER_DELIVER_H */
