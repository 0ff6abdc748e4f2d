// SPDX-License-Identifier: GPL-2.0
/*
 * Questions under way. All of them have the same time, so the list of them is
 * in the order in which they run out.
 */
#include "ask.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/queue.h>

#include "../common/log.h"
#include "../common/timefmt.h"
#include "engine.h"

#define BUCKETS 256 /* a power of two */

struct ask {
	TAILQ_ENTRY(ask) link;
	LIST_ENTRY(ask) same;
	uint64_t id;
	int64_t due; /* time_mono_ms() */
	ask_done *done;
	void *arg;
	struct msg_standing *standings;
	size_t n;
};

TAILQ_HEAD(ask_list, ask);

struct asks {
	struct web *web;
	struct event *timer;
	uint64_t last_id;
	struct ask_list list;
	LIST_HEAD(ask_bucket, ask) buckets[BUCKETS];
};

static void off_lists(struct asks *all, struct ask *q)
{
	TAILQ_REMOVE(&all->list, q, link);
	LIST_REMOVE(q, same);
}

static void ask_free(struct ask *q)
{
	free(q->standings);
	free(q);
}

static void ask_end(struct asks *all, struct ask *q)
{
	off_lists(all, q);
	ask_free(q);
}

/* Off the lists before it is told: whoever is told may ask anew. */
static void finish(struct asks *all, struct ask *q, const struct msg_outcome *o, int err)
{
	struct answer a = { .err = err, .outcome = o };

	off_lists(all, q);
	if (!err) {
		a.standings = q->standings;
		a.n_standings = q->n;
	}
	q->done(q->arg, &a);
	ask_free(q);
}

static void timer_set(struct asks *all)
{
	struct ask *q = TAILQ_FIRST(&all->list);
	int64_t ms = q ? q->due - time_mono_ms() : 0;
	struct timeval tv;

	if (!q)
		return;
	if (ms < 0)
		ms = 0;
	tv = (struct timeval){ ms / 1000, (ms % 1000) * 1000 + 1000 };
	event_add(all->timer, &tv);
}

static void run_out(evutil_socket_t fd, short what, void *arg)
{
	struct asks *all = arg;
	struct ask *q;

	(void)fd;
	(void)what;
	while ((q = TAILQ_FIRST(&all->list)) && q->due <= time_mono_ms())
		finish(all, q, NULL, -ETIMEDOUT);
	timer_set(all);
}

struct asks *asks_new(struct web *w)
{
	struct asks *all = calloc(1, sizeof(*all));

	if (!all)
		fatal("out of memory");
	all->web = w;
	all->timer = evtimer_new(w->base, run_out, all);
	if (!all->timer)
		fatal("out of memory");
	TAILQ_INIT(&all->list);
	return all;
}

void asks_free(struct asks *all)
{
	while (!TAILQ_EMPTY(&all->list))
		ask_end(all, TAILQ_FIRST(&all->list));
	event_free(all->timer);
	free(all);
}

static struct ask *find(struct asks *all, uint64_t id)
{
	struct ask *q;

	LIST_FOREACH(q, &all->buckets[id & (BUCKETS - 1)], same)
	{
		if (q->id == id)
			return q;
	}
	return NULL;
}

/* Fills in @id, which is a member of @body, and sends. */
static uint64_t begin(struct web *w, enum msg_type type, const void *body, size_t len, uint64_t *id,
		      ask_done *done, void *arg)
{
	struct asks *all = w->asks;
	struct answer a = { 0 };
	struct ask *q = calloc(1, sizeof(*q));

	*id = ++all->last_id;
	a.err = q ? engine_send(w, type, body, len, -1) : -ENOMEM;
	if (a.err) {
		free(q);
		done(arg, &a);
		return 0;
	}
	q->id = *id;
	q->due = time_mono_ms() + ASK_MS;
	q->done = done;
	q->arg = arg;
	TAILQ_INSERT_TAIL(&all->list, q, link);
	LIST_INSERT_HEAD(&all->buckets[q->id & (BUCKETS - 1)], q, same);
	if (!evtimer_pending(all->timer, NULL))
		timer_set(all);
	return q->id;
}

uint64_t ask_standing(struct web *w, const struct addr *client, const struct service *s,
		      ask_done *done, void *arg)
{
	struct msg_ask m = { .client = *client };

	if (s)
		m.service = *s;
	return begin(w, MSG_ASK, &m, sizeof(m), &m.id, done, arg);
}

uint64_t ask_choice(struct web *w, struct msg_choice *c, ask_done *done, void *arg)
{
	return begin(w, MSG_CHOICE, c, sizeof(*c), &c->id, done, arg);
}

uint64_t ask_token(struct web *w, struct msg_token *t, ask_done *done, void *arg)
{
	return begin(w, MSG_TOKEN, t, sizeof(*t), &t->id, done, arg);
}

void ask_cancel(struct web *w, uint64_t id)
{
	struct ask *q = id ? find(w->asks, id) : NULL;

	if (q)
		ask_end(w->asks, q);
}

static void add(struct ask *q, const struct msg_standing *s)
{
	struct msg_standing *more;

	if (!s->about.service.server.family || q->n == ASK_STANDINGS_MAX)
		return;
	more = reallocarray(q->standings, q->n + 1, sizeof(*more));
	if (!more)
		return;
	more[q->n++] = *s;
	q->standings = more;
}

void ask_standing_came(struct web *w, const struct msg_standing *s)
{
	struct ask *q = find(w->asks, s->id);

	if (!q)
		return;
	add(q, s);
	if (!s->left)
		finish(w->asks, q, NULL, 0);
}

void ask_outcome_came(struct web *w, const struct msg_outcome *o)
{
	struct ask *q = find(w->asks, o->id);

	if (q)
		finish(w->asks, q, o, 0);
}

void ask_engine_gone(struct web *w)
{
	struct ask *q;

	while ((q = TAILQ_FIRST(&w->asks->list)))
		finish(w->asks, q, NULL, -ENOTCONN);
}
