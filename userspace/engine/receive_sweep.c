// SPDX-License-Identifier: GPL-2.0
/*
 * Received lists that nobody speaks of any more, and those that were withdrawn.
 */
#include "receive_sweep.h"

#include <stdlib.h>

#include "../common/log.h"
#include "../common/timefmt.h"
#include "batch.h"

/* A router repeats itself for days (give-up); what is silent for longer comes no more. */
#define KEEP (7 * 86400 * NSEC_PER_SEC)
/* Lists forgotten in one turn; rows of one that are deleted, and when it goes on. */
#define FORGET_AT_A_TIME 64
#define ROWS_AT_A_TIME	 5000
#define SWEEP_MS	 20

struct sweeper {
	struct engine *e;
	struct event *sweep;
};

struct stale {
	struct list list[FORGET_AT_A_TIME];
	unsigned int n;
};

static int collect_stale(const struct list *l, const struct outage *o, void *arg)
{
	struct stale *s = arg;

	(void)o;
	s->list[s->n++] = *l;
	return 0;
}

static int mark(struct sweeper *s, struct list *l)
{
	l->state = LIST_DROPPED;
	return store_list_put(s->e->store, l);
}

int sweeper_drop(struct sweeper *s, struct list *l)
{
	int rc = mark(s, l);

	if (rc == 0)
		rc = store_outage_del(s->e->store, l->outage, ROWS_AT_A_TIME);
	if (rc > 0)
		engine_arm(s->sweep, SWEEP_MS);
	return rc;
}

static void say_forgotten(const struct list *l)
{
	log_warn("outage %llu: %s handed over a list and never released it: %u of %u parts, %u"
		 " clients; it is dropped",
		 (unsigned long long)l->outage, l->router, l->n_parts, l->parts, l->got);
}

void sweeper_forget(struct sweeper *s)
{
	struct stale stale = { .n = 0 };
	int rc = batch_begin(s->e->batch);

	if (rc < 0)
		return;
	rc = store_list_stale(s->e->store, LIST_COLLECTING, time_now() - KEEP, FORGET_AT_A_TIME,
			      collect_stale, &stale);
	for (unsigned int i = 0; rc == 0 && i < stale.n; i++) {
		say_forgotten(&stale.list[i]);
		rc = mark(s, &stale.list[i]);
	}
	if (rc < 0)
		batch_fail(s->e->batch, rc, "drop old lists");
	else
		engine_arm(s->sweep, SWEEP_MS);
}

/* Deletes a little of what was dropped, again and again until nothing is left of it. */
static void sweep(evutil_socket_t fd, short what, void *arg)
{
	struct stale stale = { .n = 0 };
	struct sweeper *s = arg;
	int rc = batch_begin(s->e->batch);

	(void)fd;
	(void)what;
	if (rc < 0)
		return;
	rc = store_list_stale(s->e->store, LIST_DROPPED, INT64_MAX, 1, collect_stale, &stale);
	if (rc == 0 && stale.n)
		rc = store_outage_del(s->e->store, stale.list[0].outage, ROWS_AT_A_TIME);
	if (rc < 0)
		batch_fail(s->e->batch, rc, "delete a list");
	else if (stale.n)
		engine_arm(s->sweep, SWEEP_MS);
}

struct sweeper *sweeper_new(struct engine *e)
{
	struct sweeper *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->e = e;
	s->sweep = evtimer_new(e->base, sweep, s);
	if (s->sweep)
		return s;
	free(s);
	return NULL;
}

void sweeper_free(struct sweeper *s)
{
	if (!s)
		return;
	event_free(s->sweep);
	free(s);
}
