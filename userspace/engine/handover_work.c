// SPDX-License-Identifier: GPL-2.0
/*
 * The handovers in memory: found by id, read from the store, written back to it.
 */
#include "handover_work.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/log.h"
#include "../common/timefmt.h"
#include "batch.h"
#include "control.h"
#include "tally.h"

/* --- bits by unit ------------------------------------------------------------------ */

bool unit_is(const uint8_t *bits, uint32_t unit)
{
	return bits[unit / 8] >> unit % 8 & 1;
}

void unit_set(uint8_t *bits, uint32_t unit)
{
	bits[unit / 8] |= 1u << unit % 8;
}

void handing_land(struct handovers *hs, struct handing *x, uint32_t unit)
{
	if (!unit_is(x->is_flying, unit))
		return;
	x->is_flying[unit / 8] &= ~(1u << unit % 8);
	x->flying--;
	hs->n_flying--;
}

/* Units that may be sent beside 0. */
uint32_t handing_parts(const struct handing *x)
{
	return handover_is_held(&x->h) ? x->h.parts : 0;
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

void handing_free(struct handovers *hs, struct handing *x)
{
	LIST_REMOVE(x, by_id);
	TAILQ_REMOVE(&hs->all, x, all);
	hs->n--;
	hs->n_flying -= x->flying;
	free(x->is_answered);
	free(x->is_flying);
	free(x);
}

void handing_forget_all(struct handovers *hs)
{
	struct handing *x;

	while ((x = TAILQ_FIRST(&hs->all)))
		handing_free(hs, x);
	hs->stale = false;
	hs->written = false;
	hs->mailing = false;
}

static int end_of(const struct notice *n, const struct message *m, const struct handover *h,
		  void *arg)
{
	struct outage *o = arg;

	(void)m;
	(void)h;
	o->ended = n->ended;
	o->evidence = n->evidence;
	return 1;
}

/* A list tells of its own end of the outage, which may be open again by now. */
static int outage_of(struct store *st, const struct handover *h, struct outage *o)
{
	int rc = store_outage_get(st, h->outage, o);

	if (rc == 0 && h->kind == HANDOVER_PART)
		rc = store_notice_handed(st, h->id, NULL, 1, end_of, o);
	return rc < 0 ? rc : 0;
}

struct handing *handing_new(struct handovers *hs, const struct handover *h)
{
	struct handing *x = calloc(1, sizeof(*x));

	if (!x)
		return NULL;
	x->h = *h;
	x->is_answered = calloc(handing_parts(x) / 8 + 1, 1);
	x->is_flying = calloc(handing_parts(x) / 8 + 1, 1);
	if (!x->is_answered || !x->is_flying || outage_of(hs->e->store, h, &x->o) < 0) {
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
	char line[640], service[SERVICE_STRLEN], code[8] = "", when[TIME_STRLEN] = "";
	char target[HANDOVER_TARGET_LEN];
	const struct handover *h = &x->h;
	bool well = h->state == HANDOVER_SENT || h->state == HANDOVER_RELEASING;
	int len;

	len = snprintf(line, sizeof(line), "%s of outage %llu (%s) to %s: %s",
		       handover_kind_name(h->kind), (unsigned long long)h->outage,
		       service_format(&x->o.service, service), handover_target(h, target),
		       handover_state_name(h->state));
	if (h->kind == HANDOVER_PART && len < (int)sizeof(line))
		len += snprintf(line + len, sizeof(line) - len, ", %u clients in %u parts",
				h->clients, h->parts);
	if (!h->done && h->next > time_now())
		time_human(h->next, when);
	if (h->code)
		snprintf(code, sizeof(code), "%u ", h->code);
	if ((h->answer[0] || when[0]) && len < (int)sizeof(line))
		snprintf(line + len, sizeof(line) - len, " (try %u: %s%s)%s%s", h->tries, code,
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
