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
#include "control.h"
#include "handover_work.h"
#include "outbox.h"
#include "tally.h"

/* Handovers taken up in one turn of the loop. */
#define TURN 256
/* Kicks that come together are one. */
#define KICK_MS 10
/* The mailer's socket is full. */
#define FULL_MS 20
/* Beyond that many, those that wait for a later try are forgotten, and begun again then. */
#define IN_MEMORY_MAX 1024
/* Parts of one list that are at the mailer at a time, once the target answers. */
#define WINDOW_MAX 64
/* An alert that is not repeated is taken for over (Alertmanager's resolve_timeout: 5 min). */
#define ALERT_REPEAT (60 * NSEC_PER_SEC)

/* --- bits by unit ------------------------------------------------------------------ */

static bool has(const uint8_t *bits, uint32_t unit)
{
	return bits[unit / 8] >> unit % 8 & 1;
}

static void put(uint8_t *bits, uint32_t unit)
{
	bits[unit / 8] |= 1u << unit % 8;
}

static void land(struct handovers *hs, struct handing *x, uint32_t unit)
{
	if (!has(x->is_flying, unit))
		return;
	x->is_flying[unit / 8] &= ~(1u << unit % 8);
	x->flying--;
	hs->n_flying--;
}

/* Units that may be sent beside 0. */
static uint32_t parts_of(const struct handing *x)
{
	return handover_is_held(&x->h) ? x->h.parts : 0;
}

static void forget_answers(struct handing *x)
{
	memset(x->is_answered, 0, parts_of(x) / 8 + 1);
	x->answered = 0;
}

/* --- in memory ----------------------------------------------------------------------- */

struct handing *handing_find(const struct handovers *hs, uint64_t id)
{
	struct handing *x;

	LIST_FOREACH(x, &hs->by_id[id % HANDING_BUCKETS], by_id)
	if (x->h.id == id)
		return x;
	return NULL;
}

static void handing_free(struct handovers *hs, struct handing *x)
{
	LIST_REMOVE(x, by_id);
	TAILQ_REMOVE(&hs->all, x, all);
	hs->n--;
	hs->n_flying -= x->flying;
	free(x->is_answered);
	free(x->is_flying);
	free(x);
}

static void forget_all(struct handovers *hs)
{
	struct handing *x;

	while ((x = TAILQ_FIRST(&hs->all)))
		handing_free(hs, x);
	hs->stale = false;
	hs->written = false;
	hs->mailing = false;
}

static struct handing *handing_new(struct handovers *hs, const struct handover *h)
{
	struct handing *x = calloc(1, sizeof(*x));

	if (!x)
		return NULL;
	x->h = *h;
	x->is_answered = calloc(parts_of(x) / 8 + 1, 1);
	x->is_flying = calloc(parts_of(x) / 8 + 1, 1);
	if (!x->is_answered || !x->is_flying ||
	    store_outage_get(hs->e->store, h->outage, &x->o) < 0) {
		free(x->is_answered);
		free(x->is_flying);
		free(x);
		return NULL;
	}
	x->window = 1;
	x->failed = h->tries;
	x->pinned = h->state == HANDOVER_UNSURE;
	x->parts = handover_is_held(h) && h->state == HANDOVER_SENDING;
	LIST_INSERT_HEAD(&hs->by_id[h->id % HANDING_BUCKETS], x, by_id);
	TAILQ_INSERT_TAIL(&hs->all, x, all);
	hs->n++;
	return x;
}

void handing_report(struct handovers *hs, const struct handing *x)
{
	char line[640], service[SERVICE_STRLEN], when[TIME_STRLEN] = "";
	const struct handover *h = &x->h;
	bool well = h->state == HANDOVER_SENT || h->state == HANDOVER_RELEASING;
	int len;

	len = snprintf(line, sizeof(line), "%s of outage %llu (%s) to %s %s: %s",
		       handover_kind_name(h->kind), (unsigned long long)h->outage,
		       service_format(&x->o.service, service), route_name(h->route), h->target,
		       handover_state_name(h->state));
	if (h->kind == HANDOVER_PART && len < (int)sizeof(line))
		len += snprintf(line + len, sizeof(line) - len, ", %u clients in %u parts",
				h->clients, h->parts);
	if (!h->done && h->next > time_now())
		time_human(h->next, when);
	if ((h->answer[0] || when[0]) && len < (int)sizeof(line))
		snprintf(line + len, sizeof(line) - len, " (try %u: %u %s)%s%s", h->tries, h->code,
			 h->answer, when[0] ? ", again at " : "", when);
	if (well)
		log_info("handover %llu: %s", (unsigned long long)h->id, line);
	else
		log_warn("handover %llu: %s", (unsigned long long)h->id, line);
	control_event(hs->e->control, "handover", &x->o.service, NULL, line);
}

void handing_write(struct handovers *hs, struct handing *x)
{
	int rc = batch_begin(hs->e->batch);

	/* It is read again, as it was, when the store can be written. */
	if (rc < 0) {
		hs->stale = true;
		return;
	}
	x->dirty = true;
	hs->written = true;
	rc = store_handover_put(hs->e->store, &x->h);
	if (rc < 0)
		batch_fail(hs->e->batch, rc, "record a handover");
}

void handing_end(struct handovers *hs, struct handing *x, enum handover_state state)
{
	x->h.state = state;
	x->h.done = time_now();
	tally_handover(hs->e->tally, &x->h);
	handing_write(hs, x);
	handing_report(hs, x);
}

/* --- going on ------------------------------------------------------------------------ */

static int64_t give_up_of(const struct handovers *hs, const struct handover *h)
{
	const struct conf_target *t = conf_target_find(hs->e->conf, h->route, h->target);

	return t ? (int64_t)t->give_up * NSEC_PER_SEC : 0;
}

/* From now on it is another message: of the same target, but to be sent at once. */
static void next_message(struct handovers *hs, struct handing *x, enum handover_state state)
{
	x->h.state = state;
	x->h.next = time_now();
	x->h.until = x->h.next + give_up_of(hs, &x->h);
	x->parts = false;
	x->failed = 0;
}

/* Nobody could go on: it stays here, for as long as the target may be away at all. */
static void stay(struct handovers *hs, struct handing *x, bool refused)
{
	int64_t end = x->h.created + give_up_of(hs, &x->h);

	if (refused) {
		handing_end(hs, x, HANDOVER_REFUSED);
	} else if (end <= time_now()) {
		handing_end(hs, x, HANDOVER_GIVEN_UP);
	} else {
		x->h.until = end;
		handing_write(hs, x);
	}
}

static void pass_on(struct handovers *hs, struct handing *x, bool refused)
{
	int rc = batch_begin(hs->e->batch);

	if (rc < 0) {
		hs->stale = true;
		return;
	}
	rc = handing_pass_on(hs, &x->h, &x->o, refused);
	if (rc < 0) {
		batch_fail(hs->e->batch, rc, "pass a list on");
	} else if (!rc) {
		stay(hs, x, refused);
	} else if (handover_is_held(&x->h) && give_up_of(hs, &x->h)) {
		next_message(hs, x, HANDOVER_WITHDRAWING);
		handing_write(hs, x);
		handing_report(hs, x);
	} else {
		handing_end(hs, x, HANDOVER_PASSED_ON);
	}
}

/* Its time is over, and nothing of it is under way. */
static void overdue(struct handovers *hs, struct handing *x)
{
	if (x->h.state == HANDOVER_WITHDRAWING)
		handing_end(hs, x, HANDOVER_PASSED_ON);
	else if (x->h.kind == HANDOVER_PART && x->h.state == HANDOVER_SENDING)
		pass_on(hs, x, false);
	else
		handing_end(hs, x, HANDOVER_GIVEN_UP);
}

/* Its target is in the configuration no more. */
static void homeless(struct handovers *hs, struct handing *x)
{
	x->h.code = 0;
	snprintf(x->h.answer, sizeof(x->h.answer), "the configuration has no such target any more");
	if (x->h.kind != HANDOVER_PART)
		handing_end(hs, x, HANDOVER_DROPPED);
	else if (x->h.state == HANDOVER_SENDING || x->h.state == HANDOVER_GATHERING)
		pass_on(hs, x, true);
	else
		overdue(hs, x);
}

/* --- out ----------------------------------------------------------------------------- */

#define NO_UNIT UINT32_MAX

static uint32_t next_unit(struct handing *x)
{
	uint32_t n = parts_of(x), i, unit;

	/* What is said of all of them comes after them. */
	if (!x->parts)
		return x->flying ? NO_UNIT : 0;
	for (i = 0; i < n; i++) {
		unit = (x->at + i) % n + 1;
		if (has(x->is_answered, unit) || has(x->is_flying, unit))
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

	if (rc == 0)
		rc = hs->send(&m, hs->arg);
	if (rc < 0)
		return rc;
	put(x->is_flying, unit);
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
	uint32_t unit;
	int rc = 0;

	/* Should we die before the answer comes, it may have arrived. */
	if (x->h.kind == HANDOVER_PART && x->h.route == ROUTE_WEBHOOK &&
	    x->h.state == HANDOVER_SENDING) {
		x->h.state = HANDOVER_UNSURE;
		handing_write(hs, x);
		return 0;
	}
	/* The others first, the next time. */
	TAILQ_REMOVE(&hs->all, x, all);
	TAILQ_INSERT_TAIL(&hs->all, x, all);
	while (rc == 0 && hs->space && x->flying < x->window) {
		unit = next_unit(x);
		if (unit == NO_UNIT)
			break;
		rc = send_unit(hs, x, unit);
	}
	return rc;
}

static int work(struct handovers *hs, struct handing *x, int64_t now)
{
	if (x->dirty || x->h.done)
		return 0;
	if (!conf_target_find(hs->e->conf, x->h.route, x->h.target)) {
		homeless(hs, x);
		return 0;
	}
	if (now >= x->h.until && !x->flying) {
		overdue(hs, x);
		return 0;
	}
	return now < x->h.next || out_of_turn(hs, x) ? 0 : send_all(hs, x);
}

/* The store knows all there is to know of it, until its next try. */
static bool idle(const struct handovers *hs, const struct handing *x, int64_t now)
{
	return x->h.next > now && !x->flying && !x->dirty &&
	       (!x->answered || hs->n > IN_MEMORY_MAX);
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
	more = due.n == TURN;
	for (i = 0; rc >= 0 && i < due.n; i++) {
		if (is_new_list(hs, &due.row[i])) {
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
		if (x->flying || x->dirty)
			continue; /* an answer, or the commit, brings us back */
		t = x->h.next > now ? x->h.next : x->h.until;
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
		forget_all(hs);
	/* Nothing goes out that is not on disk. */
	if (!hs->space || batch_flush(hs->e->batch) < 0)
		return; /* handovers_space() or handovers_retry() brings us back */
	more = take_up(hs, now);
	if (more < 0 || hs->stale)
		return;
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
	else
		arm(hs, now);
}

/* --- back ---------------------------------------------------------------------------- */

static void note(struct handing *x, const struct msg_result *r)
{
	x->h.tries++;
	x->h.code = r->code;
	memcpy(x->h.answer, r->text, sizeof(x->h.answer));
	x->h.answer[sizeof(x->h.answer) - 1] = '\0';
}

/* An alert is repeated for as long as its outage is open. */
static bool repeats(const struct handovers *hs, const struct handing *x)
{
	const struct conf_target *t = conf_target_find(hs->e->conf, x->h.route, x->h.target);

	return x->h.kind == HANDOVER_DOWN && t && t->route == ROUTE_WEBHOOK &&
	       t->format == WEBHOOK_ALERTMANAGER;
}

static void part_answered(struct handovers *hs, struct handing *x, uint32_t unit,
			  const struct msg_result *r)
{
	if (!has(x->is_answered, unit)) {
		put(x->is_answered, unit);
		x->answered++;
	}
	x->failed = 0;
	if (x->window < WINDOW_MAX)
		x->window++;
	if (x->answered < parts_of(x))
		return;
	if (x->h.state == HANDOVER_RELEASING) {
		x->parts = false; /* it had lost some: now the release once more */
		return;
	}
	note(x, r);
	next_message(hs, x, HANDOVER_RELEASING);
	handing_write(hs, x);
	handing_report(hs, x);
}

static void answered(struct handovers *hs, struct handing *x, uint32_t unit,
		     const struct msg_result *r)
{
	bool first = x->h.state != HANDOVER_SENT;

	if (unit) {
		part_answered(hs, x, unit, r);
		return;
	}
	note(x, r);
	x->failed = 0;
	if (repeats(hs, x)) {
		x->h.state = HANDOVER_SENT;
		x->h.next = time_now() + ALERT_REPEAT;
		x->h.until = INT64_MAX;
		handing_write(hs, x);
		if (first)
			handing_report(hs, x);
	} else if (x->h.state == HANDOVER_WITHDRAWING) {
		handing_end(hs, x, HANDOVER_PASSED_ON);
	} else {
		handing_end(hs, x, HANDOVER_SENT);
	}
}

static void again(struct handovers *hs, struct handing *x, const struct msg_result *r)
{
	int64_t now = time_now();

	if (r->delivery == DELIVERY_UNSURE)
		x->pinned = true;
	x->window = 1;
	/* Those that were sent together fail together. */
	if (now < x->h.next)
		return;
	note(x, r);
	x->h.next = now + (int64_t)handover_pause(++x->failed) * NSEC_PER_SEC;
	if (x->h.next > x->h.until)
		x->h.next = x->h.until;
	if (x->h.state == HANDOVER_UNSURE && !x->pinned)
		x->h.state = HANDOVER_SENDING;
	handing_write(hs, x);
	handing_report(hs, x);
}

static void take_answer(struct handovers *hs, struct handing *x, uint32_t unit,
			const struct msg_result *r)
{
	switch (handover_answer(&x->h, r->delivery, x->pinned)) {
	case HANDOVER_ANSWERED:
		answered(hs, x, unit, r);
		return;
	case HANDOVER_AGAIN:
		again(hs, x, r);
		return;
	case HANDOVER_NEXT_STEP:
		note(x, r);
		pass_on(hs, x, true);
		return;
	case HANDOVER_FROM_START:
		forget_answers(x);
		x->parts = true;
		again(hs, x, r);
		return;
	case HANDOVER_END:
		note(x, r);
		handing_end(hs, x, HANDOVER_REFUSED);
		return;
	}
}

/*
 * The mailer outlived the engine that gave it this, or the store failed meanwhile: what
 * it says must count, or a webhook would be told again.
 */
static struct handing *handing_of_before(struct handovers *hs, uint64_t id)
{
	struct handover h;

	if (store_handover_get(hs->e->store, id, &h) < 0 || h.done || h.state == HANDOVER_GATHERING)
		return NULL;
	return handing_new(hs, &h);
}

void handovers_result(struct handovers *hs, const struct msg_result *r)
{
	struct handing *x;
	uint32_t unit;
	uint64_t id;

	if (hs->stale)
		forget_all(hs);
	handover_of_key(r->id, &id, &unit);
	x = handing_find(hs, id);
	if (!x)
		x = handing_of_before(hs, id);
	if (!x)
		return; /* of what is long over */
	if (unit > parts_of(x)) {
		hs->e->count.bad_messages++;
		return;
	}
	land(hs, x, unit);
	tally_try(hs->e->tally, &x->h, r->delivery);
	/* A late word on what is decided, or of another stage of it. */
	if (!x->h.done && (unit != 0) == x->parts)
		take_answer(hs, x, unit, r);
	if (x->h.done && !x->dirty && !x->flying)
		handing_free(hs, x);
	handovers_kick(hs);
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
		for (unit = 0; x->flying && unit <= parts_of(x); unit++)
			land(hs, x, unit);
		if (x->h.done && !x->dirty)
			handing_free(hs, x);
	}
}

void handovers_kick(struct handovers *hs)
{
	if (hs->kicked)
		return;
	hs->kicked = true;
	engine_arm(hs->pump, KICK_MS);
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
	forget_all(hs);
	event_free(hs->pump);
	free(hs);
}
