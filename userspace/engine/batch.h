/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writes to the store are gathered for a few milliseconds and committed together:
 * a thousand failures cost one fsync. What must be on disk before something else
 * happens is flushed first.
 *
 * When the store fails, the open batch is undone and no new one begins for some
 * seconds. Nothing is lost by that: the kernel still knows its failed attempts,
 * and on_failure and on_retry are there to take them up again.
 */
#ifndef RINGBACK_ENGINE_BATCH_H
#define RINGBACK_ENGINE_BATCH_H

#include <event2/event.h>
#include <stdbool.h>

#include "store.h"

struct batch;

struct batch_events {
	void (*on_commit)(void *arg); /* what was written is on disk */
	void (*on_failure)(void *arg); /* what was written since the last commit is undone */
	void (*on_retry)(void *arg); /* the pause is over */
	void *arg;
};

/* NULL: out of memory. */
struct batch *batch_new(struct event_base *base, struct store *st, const struct batch_events *ev);
/* Commits what is open. */
void batch_free(struct batch *b);

/*
 * Before any write: 0, or -errno: the store is failing, leave it. After a write
 * that failed with @rc the caller calls batch_fail().
 */
int batch_begin(struct batch *b);
void batch_fail(struct batch *b, int rc, const char *doing);
/* Commits now. 0 or -errno (already logged). */
int batch_flush(struct batch *b);
/* How many there were. */
uint64_t batch_commits(const struct batch *b);
bool batch_failing(const struct batch *b);

#endif /* RINGBACK_ENGINE_BATCH_H */
