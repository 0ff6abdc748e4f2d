// SPDX-License-Identifier: GPL-2.0
/*
 * Handovers: what goes to the mailer, and what follows from its answers.
 */
#include "handover.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/log.h"
#include "../common/timefmt.h"
#include "batch.h"
#include "handover_work.h"
#include "outbox.h"

/* Handovers taken up in one turn of the loop. */
#define TURN 256
/* Kicks that come together are one. */
#define KICK_MS 10
/* The mailer's socket is full. */
#define FULL_MS 20
/* The store cannot be read. */
#define RETRY_MS 1000
/* Beyond that many, those that wait for a later try are forgotten, and begun again then. */
#define IN_MEMORY_MAX 1024

/*
 * Parts of lists for one webhook at the mailer: should one of us die, these can go nowhere
 * else any more, so they are no more than a session needs to have always one at hand.
 */
#define PARTS_MAX 4
/* A session at the mailer says nothing for so long at most, and twice conf_target.timeout. */
#define SILENCE (10 * NSEC_PER_SEC)

/* --- load ---------------------------------------------------------------------------- */

static struct load *load_of(const struct handovers *hs, const struct handing *x)
{
	const struct conf *conf = hs->e->conf;
	const struct conf_target *t = conf_target_find(conf, x->h.route, x->h.target);

	return t ? &hs->load[t - conf->targets] : NULL;
}

/* A part that counts as it is answered. */
static bool is_loose(const struct handing *x)
{
	return x->h.kind == HANDOVER_PART && x->h.route == ROUTE_WEBHOOK;
}

/* A loose part that is at the mailer, or is written down as such. */
static bool is_begun(const struct handing *x)
{
	return is_loose(x) && !x->h.done &&
	       (x->flying || (x->h.state == HANDOVER_UNSURE && !x->pinned));
}

static int weigh(struct handovers *hs)
{
	struct handing *x;
	struct load *l;

	free(hs->load);
	hs->load = calloc(hs->e->conf->n_targets + 1, sizeof(*hs->load));
	if (!hs->load)
		return -ENOMEM;
	TAILQ_FOREACH(x, &hs->all, all) {
		l = load_of(hs, x);
		if (!l)
			continue;
		l->messages += x->flying;
		l->parts += is_begun(x);
	}
	return 0;
}

/* Its target has all it can take for now. */
static bool is_full(const struct load *l, const struct handing *x)
{
	return l->messages >= MSG_TARGET_MAX ||
	       (is_loose(x) && !is_begun(x) && l->parts >= PARTS_MAX);
}

/* --- out ----------------------------------------------------------------------------- */

#define NO_UNIT UINT32_MAX

static uint32_t next_unit(struct handing *x)
{
	uint32_t n = handing_parts(x), i, unit;

	/* What is said of all of them comes after them. */
	if (!x->parts)
		return x->flying ? NO_UNIT : 0;
	for (i = 0; i < n; i++) {
		unit = (x->at + i) % n + 1;
		if (unit_is(x->is_answered, unit) || unit_is(x->is_flying, unit))
			continue;
		x->at = unit % n;
		return unit;
	}
	return NO_UNIT;
}

static int send_unit(struct handovers *hs, struct handing *x, uint32_t unit)
{
	static struct msg_handover m; /* large; this process has one thread */
	int rc = handing_message(hs, x, unit, &m);

	if (rc == -ENOENT) {
		snprintf(x->h.answer, sizeof(x->h.answer), "its clients are forgotten");
		handing_end(hs, x, HANDOVER_DROPPED);
		return 0;
	}
	if (rc == 0)
		rc = hs->send(&m, hs->arg);
	if (rc < 0)
		return rc;
	unit_set(x->is_flying, unit);
	x->flying++;
	hs->n_flying++;
	hs->space--;
	return 0;
}

/* Another announcement about the same to the same is still at the mailer. */
static bool out_of_turn(const struct handovers *hs, const struct handing *x)
{
	const struct handing *y;

	if (x->h.kind == HANDOVER_PART)
		return false;
	TAILQ_FOREACH(y, &hs->all, all)
		if (y != x && y->flying && y->h.kind != HANDOVER_PART &&
		    y->h.outage == x->h.outage && y->h.route == x->h.route &&
		    strcmp(y->h.target, x->h.target) == 0)
			return true;
	return false;
}

static int send_all(struct handovers *hs, struct handing *x)
{
	struct load *l = load_of(hs, x);
	uint32_t unit;
	int rc = 0;

	if (!hs->space || is_full(l, x))
		return 0; /* answers bring us back */
	l->parts += is_loose(x) && !is_begun(x);
	/* Should we die before the answer comes, it may have arrived. */
	if (is_loose(x) && x->h.state == HANDOVER_SENDING) {
		x->h.state = HANDOVER_UNSURE;
		handing_write(hs, x);
		return 0;
	}
	/* The others first, the next time. */
	TAILQ_REMOVE(&hs->all, x, all);
	TAILQ_INSERT_TAIL(&hs->all, x, all);
	while (rc == 0 && !x->h.done && hs->space && l->messages < MSG_TARGET_MAX &&
	       x->flying < x->window) {
		unit = next_unit(x);
		if (unit == NO_UNIT)
			break;
		rc = send_unit(hs, x, unit);
		l->messages += rc == 0;
	}
	return rc;
}

/*
 * When it ends that is not answered. What is at the mailer is waited for; but a station
 * that holds its parts until the release can be left at any time.
 */
static int64_t last_moment(const struct handovers *hs, const struct handing *x)
{
	const struct conf_target *t = conf_target_find(hs->e->conf, x->h.route, x->h.target);

	if (!x->flying)
		return x->h.until;
	if (!handover_is_held(&x->h) || !t)
		return INT64_MAX;
	return x->h.until + 2 * (int64_t)t->timeout * NSEC_PER_SEC + SILENCE;
}

static int work(struct handovers *hs, struct handing *x, int64_t now)
{
	const struct conf_target *t;

	if (x->dirty || x->h.done)
		return 0;
	t = conf_target_find(hs->e->conf, x->h.route, x->h.target);
	if (!t) {
		handing_homeless(hs, x);
		return 0;
	}
	/* An alert of which the end would not be told is repeated no more. */
	if (x->h.state == HANDOVER_SENT && !t->announce) {
		handing_end(hs, x, HANDOVER_SENT);
		return 0;
	}
	if (now >= last_moment(hs, x)) {
		handing_overdue(hs, x);
		return 0;
	}
	if (now >= x->h.until || now < x->h.next || out_of_turn(hs, x))
		return 0;
	return send_all(hs, x);
}

/* The store knows all there is to know of it until its next try. */
static bool idle(const struct handovers *hs, const struct handing *x, int64_t now)
{
	bool all_known = !x->answered && !(x->parts && x->h.state == HANDOVER_RELEASING);

	return x->h.next > now && !x->flying && !x->dirty && (all_known || hs->n > IN_MEMORY_MAX);
}

struct due {
	const struct handovers *hs;
	struct handover *row;
	unsigned int n, max;
};

static int collect_due(const struct handover *h, void *arg)
{
	struct due *due = arg;

	if (handing_find(due->hs, h->id))
		return 0;
	due->row[due->n++] = *h;
	return due->n == due->max;
}

static int begin(struct handovers *hs, struct handover *h)
{
	struct outage o;
	int rc = batch_begin(hs->e->batch);

	if (rc < 0)
		return rc;
	rc = store_outage_get(hs->e->store, h->outage, &o);
	if (rc == 0)
		rc = handing_begin(hs, h, &o);
	if (rc < 0)
		batch_fail(hs->e->batch, rc, "begin a list");
	return rc;
}

static bool is_new_list(const struct handovers *hs, const struct handover *h)
{
	return h->state == HANDOVER_GATHERING && conf_target_find(hs->e->conf, h->route, h->target);
}

/* Takes up what is due. 1: there may be more; 0; -errno. */
static int take_up(struct handovers *hs, int64_t now)
{
	struct due due = { .hs = hs, .max = TURN };
	unsigned int i;
	bool more;
	int rc;

	if (hs->n >= IN_MEMORY_MAX)
		return 0; /* the answers to these bring us back */
	due.row = calloc(TURN, sizeof(*due.row));
	if (!due.row)
		return -ENOMEM;
	rc = store_handover_due(hs->e->store, now, TURN + hs->n, collect_due, &due);
	/* Without a mailer no list begins, but what is under way can still be over. */
	more = hs->space && due.n == TURN;
	for (i = 0; rc >= 0 && i < due.n; i++) {
		if (is_new_list(hs, &due.row[i])) {
			if (!hs->space)
				continue;
			rc = begin(hs, &due.row[i]);
			more = true;
		} else if (!handing_new(hs, &due.row[i])) {
			rc = -ENOMEM;
		}
	}
	free(due.row);
	return rc < 0 ? rc : more;
}

static void arm(struct handovers *hs, int64_t now)
{
	int64_t next = INT64_MAX, t;
	struct handing *x;

	TAILQ_FOREACH(x, &hs->all, all) {
		if (x->dirty || x->h.done)
			continue; /* the commit, or an answer, brings us back */
		t = !x->flying && x->h.next > now ? x->h.next : last_moment(hs, x);
		if (t < next)
			next = t;
	}
	if (store_handover_next(hs->e->store, now, &t) == 0 && t < next)
		next = t;
	if (next != INT64_MAX)
		engine_arm(hs->pump, next > now ? (next - now) / 1000000 + 1 : KICK_MS);
}

static void pump(evutil_socket_t fd, short what, void *arg)
{
	struct handovers *hs = arg;
	struct handing *x, *next;
	int64_t now = time_now();
	unsigned int n;
	int more, rc = 0;

	(void)fd;
	(void)what;
	hs->kicked = false;
	if (hs->stale)
		handing_forget_all(hs);
	/* Nothing goes out that is not on disk. */
	if (batch_flush(hs->e->batch) < 0)
		return; /* handovers_retry() brings us back */
	more = take_up(hs, now);
	if (more < 0 || hs->stale || weigh(hs) < 0) {
		engine_arm(hs->pump, RETRY_MS);
		return;
	}
	for (x = TAILQ_FIRST(&hs->all), n = hs->n; x && n && rc == 0 && !hs->stale; x = next, n--) {
		next = TAILQ_NEXT(x, all);
		rc = work(hs, x, now);
		if (idle(hs, x, now))
			handing_free(hs, x);
	}
	if (rc == -EPIPE)
		hs->space = 0; /* a new mailer will say when it is ready */
	else if (rc < 0 && rc != -EAGAIN)
		log_err("cannot send a handover: %s", strerror(-rc));
	if (more)
		handovers_kick(hs);
	else if (rc < 0)
		engine_arm(hs->pump, FULL_MS);
	else if (!hs->kicked)
		arm(hs, now);
}

void handovers_committed(struct handovers *hs)
{
	struct handing *x, *next;

	if (hs->mailing)
		outbox_kick(hs->e->outbox);
	hs->mailing = false;
	for (x = hs->written ? TAILQ_FIRST(&hs->all) : NULL; x; x = next) {
		next = TAILQ_NEXT(x, all);
		x->dirty = false;
		if (x->h.done && !x->flying)
			handing_free(hs, x);
	}
	if (hs->written)
		handovers_kick(hs);
	hs->written = false;
}

void handovers_undone(struct handovers *hs)
{
	/* Not now: who called may hold one of them. */
	hs->stale = true;
}

void handovers_retry(struct handovers *hs)
{
	handovers_kick(hs);
}

/* --- the mailer, life ------------------------------------------------------------------ */

void handovers_space(struct handovers *hs, uint32_t n)
{
	hs->space = n;
	handovers_kick(hs);
}

void handovers_mailer_gone(struct handovers *hs)
{
	struct handing *x, *next;
	uint32_t unit;

	hs->space = 0;
	for (x = TAILQ_FIRST(&hs->all); x; x = next) {
		next = TAILQ_NEXT(x, all);
		x->pinned |= x->flying && x->h.state == HANDOVER_UNSURE;
		for (unit = 0; x->flying && unit <= handing_parts(x); unit++)
			handing_land(hs, x, unit);
		if (x->h.done && !x->dirty)
			handing_free(hs, x);
	}
	handovers_kick(hs);
}

void handovers_kick(struct handovers *hs)
{
	if (hs->kicked)
		return;
	hs->kicked = true;
	engine_arm(hs->pump, KICK_MS);
}

/* Those in memory are written first: the store knows of all but what they wait for. */
static int clamp(struct handovers *hs, int64_t now)
{
	int64_t latest = now + HANDOVER_PAUSE_MAX * NSEC_PER_SEC;
	struct handing *x;
	int n = 0, rc;

	TAILQ_FOREACH(x, &hs->all, all) {
		if (x->h.done || x->h.next <= latest)
			continue;
		handover_clamp(&x->h, now);
		handing_write(hs, x);
		n++;
	}
	rc = store_handover_clamp(hs->e->store, now, latest);
	return rc < 0 ? rc : n + rc;
}

void handovers_check_clock(struct handovers *hs, int64_t now)
{
	int n;

	if (hs->stale)
		handing_forget_all(hs);
	if (batch_begin(hs->e->batch) < 0)
		return;
	n = clamp(hs, now);
	if (n < 0)
		batch_fail(hs->e->batch, n, "set the times of handovers");
	if (n <= 0)
		return;
	log_warn("the clock was set back: %d handovers are due at once", n);
	handovers_kick(hs);
}

unsigned int handovers_in_flight(const struct handovers *hs)
{
	return hs->n_flying;
}

struct handovers *handovers_new(struct engine *e, const char *host, handover_send send, void *arg)
{
	struct handovers *hs = calloc(1, sizeof(*hs));
	int i;

	if (!hs)
		return NULL;
	hs->e = e;
	hs->send = send;
	hs->arg = arg;
	snprintf(hs->host, sizeof(hs->host), "%.63s", host);
	for (i = 0; i < HANDING_BUCKETS; i++)
		LIST_INIT(&hs->by_id[i]);
	TAILQ_INIT(&hs->all);
	hs->pump = evtimer_new(e->base, pump, hs);
	if (hs->pump)
		return hs;
	free(hs);
	return NULL;
}

void handovers_free(struct handovers *hs)
{
	if (!hs)
		return;
	handing_forget_all(hs);
	event_free(hs->pump);
	free(hs->load);
	free(hs);
}
