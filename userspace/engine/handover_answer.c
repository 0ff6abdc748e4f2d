// SPDX-License-Identifier: GPL-2.0
/*
 * What follows from the answers to a handover, and from their absence.
 */
#include "handover_work.h"

#include <stdio.h>
#include <string.h>

#include "../common/timefmt.h"
#include "batch.h"
#include "tally.h"

/* Parts of one list that are at the mailer at a time, once the target answers. */
#define WINDOW_MAX 256
/* An alert that is not repeated is taken for over (Alertmanager's resolve_timeout: 5 min). */
#define ALERT_REPEAT (60 * NSEC_PER_SEC)

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

/* Its time is over. */
void handing_overdue(struct handovers *hs, struct handing *x)
{
	if (x->h.state == HANDOVER_WITHDRAWING)
		handing_end(hs, x, HANDOVER_PASSED_ON);
	else if (x->h.kind == HANDOVER_PART && x->h.state == HANDOVER_SENDING)
		pass_on(hs, x, false);
	else if (x->h.state == HANDOVER_UNSURE)
		stay(hs, x, false); /* the next step is not open to it */
	else
		handing_end(hs, x, HANDOVER_GIVEN_UP);
}

/* Its target is in the configuration no more. */
void handing_homeless(struct handovers *hs, struct handing *x)
{
	x->h.code = 0;
	snprintf(x->h.answer, sizeof(x->h.answer), "the configuration has no such target any more");
	if (x->h.kind != HANDOVER_PART)
		handing_end(hs, x, HANDOVER_DROPPED);
	else if (x->h.state == HANDOVER_SENDING || x->h.state == HANDOVER_GATHERING)
		pass_on(hs, x, true);
	else
		handing_overdue(hs, x);
}

/* --- answers ------------------------------------------------------------------------- */

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

	return t && handover_repeats(t, x->h.kind);
}

/* It goes on: it has its time again. Not written for a small part of that. */
static void more_time(struct handovers *hs, struct handing *x)
{
	const struct conf_target *t = conf_target_find(hs->e->conf, x->h.route, x->h.target);
	int64_t until;

	if (!t || x->h.state != HANDOVER_SENDING)
		return;
	until = handing_deadline(hs->e, &x->h, &x->o, time_now());
	if (until <= x->h.until + t->time * NSEC_PER_SEC / 8)
		return;
	x->h.until = until;
	handing_write(hs, x);
}

static uint64_t list_of(const struct handing *x)
{
	return x->h.list ? x->h.list : x->h.id;
}

/* A webhook gets the parts of a list one after the other: the others wait for their turn. */
static void others_have_time(struct handovers *hs, const struct handing *x)
{
	struct handing *y;

	if (x->h.kind != HANDOVER_PART || handover_is_held(&x->h))
		return;
	TAILQ_FOREACH(y, &hs->all, all)
		if (y != x && y->h.kind == HANDOVER_PART && list_of(y) == list_of(x))
			more_time(hs, y);
}

static void part_answered(struct handovers *hs, struct handing *x, uint32_t unit,
			  const struct msg_result *r)
{
	if (!unit_is(x->is_answered, unit)) {
		unit_set(x->is_answered, unit);
		x->answered++;
	}
	x->failed = 0;
	if (x->window < WINDOW_MAX)
		x->window++;
	if (x->answered < handing_parts(x)) {
		more_time(hs, x);
		return;
	}
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
		others_have_time(hs, x);
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

static void forget_answers(struct handing *x)
{
	memset(x->is_answered, 0, handing_parts(x) / 8 + 1);
	x->answered = 0;
}

static void take_answer(struct handovers *hs, struct handing *x, uint32_t unit,
			const struct msg_result *r)
{
	switch (handover_answer(&x->h, r->delivery, r->code, x->pinned)) {
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
		handing_forget_all(hs);
	handover_of_key(r->id, &id, &unit);
	x = handing_find(hs, id);
	if (!x)
		x = handing_of_before(hs, id);
	if (!x)
		return; /* of what is long over */
	if (unit > handing_parts(x)) {
		hs->e->count.bad_messages++;
		return;
	}
	handing_land(hs, x, unit);
	tally_try(hs->e->tally, &x->h, r->delivery);
	/* A late word on what is decided, or of another stage of it. */
	if (!x->h.done && (unit != 0) == x->parts)
		take_answer(hs, x, unit, r);
	if (x->h.done && !x->dirty && !x->flying)
		handing_free(hs, x);
	handovers_kick(hs);
}
