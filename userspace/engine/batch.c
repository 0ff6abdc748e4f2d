// SPDX-License-Identifier: GPL-2.0
/*
 * Gathered writes, and what happens when the store cannot be written.
 */
#include "batch.h"

#include <errno.h>
#include <stdlib.h>

#include "../common/log.h"

#define COMMIT_MS     20
#define RETRY_SECONDS 5

struct batch {
	struct store *st;
	struct batch_events ev;
	struct event *commit;
	struct event *retry;
	uint64_t commits;
	bool open;
	bool pausing; /* until retry fires */
	bool failed; /* nothing was committed since the last failure */
};

static void commit_due(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	batch_flush(arg);
}

static void retry_due(evutil_socket_t fd, short what, void *arg)
{
	struct batch *b = arg;

	(void)fd;
	(void)what;
	b->pausing = false;
	b->ev.on_retry(b->ev.arg);
}

struct batch *batch_new(struct event_base *base, struct store *st, const struct batch_events *ev)
{
	struct batch *b = calloc(1, sizeof(*b));

	if (!b)
		return NULL;
	b->st = st;
	b->ev = *ev;
	b->commit = evtimer_new(base, commit_due, b);
	b->retry = evtimer_new(base, retry_due, b);
	if (b->commit && b->retry)
		return b;
	batch_free(b);
	return NULL;
}

void batch_free(struct batch *b)
{
	if (!b)
		return;
	if (b->open && store_commit(b->st) < 0)
		log_err("the store: %s; the last changes are not written", store_error(b->st));
	if (b->commit)
		event_free(b->commit);
	if (b->retry)
		event_free(b->retry);
	free(b);
}

int batch_begin(struct batch *b)
{
	const struct timeval soon = { .tv_usec = COMMIT_MS * 1000 };
	int rc;

	if (b->open)
		return 0;
	if (b->pausing)
		return -EAGAIN;
	rc = store_begin(b->st);
	if (rc < 0) {
		batch_fail(b, rc, "begin to write");
		return rc;
	}
	b->open = true;
	evtimer_add(b->commit, &soon);
	return 0;
}

void batch_fail(struct batch *b, int rc, const char *doing)
{
	const struct timeval pause = { .tv_sec = RETRY_SECONDS };

	/* Said once; the end of the trouble is said too. */
	if (!b->failed)
		log_err("cannot %s in the store: %s; trying again every %d s", doing,
			rc == -ENOMEM ? "out of memory" : store_error(b->st), RETRY_SECONDS);
	b->failed = true;
	b->pausing = true;
	b->open = false;
	evtimer_del(b->commit);
	store_rollback(b->st);
	evtimer_add(b->retry, &pause);
	b->ev.on_failure(b->ev.arg);
}

int batch_flush(struct batch *b)
{
	int rc;

	if (!b->open)
		return b->pausing ? -EAGAIN : 0;
	rc = store_commit(b->st);
	if (rc < 0) {
		batch_fail(b, rc, "write");
		return rc;
	}
	b->open = false;
	b->commits++;
	evtimer_del(b->commit);
	if (b->failed)
		log_info("the store can be written again");
	b->failed = false;
	b->ev.on_commit(b->ev.arg);
	return 0;
}

uint64_t batch_commits(const struct batch *b)
{
	return b->commits;
}

bool batch_failing(const struct batch *b)
{
	return b->pausing;
}
