// SPDX-License-Identifier: GPL-2.0
/*
 * Announcements: who wants to know is told when a service goes down and when it is back,
 * in this order, and not more often than he can use.
 *
 * A service that goes down again soon is one outage that is taken up again: what is to be
 * said of it waits a while, and is dropped when the opposite comes true meanwhile.
 */
#include "handover_work.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../common/timefmt.h"
#include "tally.h"

/* Between two announcements of one outage to one target, but for its first end, ns. */
#define GAP (60 * NSEC_PER_SEC)

/* What was announced last, or is to be; two tell what there is to know. */
#define SAID_MAX 2

struct said {
	struct handover row[SAID_MAX]; /* newest first */
	unsigned int n;
};

static int add_said(const struct handover *h, void *arg)
{
	struct said *s = arg;

	s->row[s->n++] = *h;
	return 0;
}

/* It is of no use any more: it ends, sent or not, in the store and where it is worked on. */
static int retire(struct engine *e, struct handover *h, const char *why)
{
	struct handing *x = handing_find(e->handovers, h->id);

	if (h->state != HANDOVER_SENT) {
		h->state = HANDOVER_DROPPED;
		snprintf(h->answer, sizeof(h->answer), "%s", why);
	}
	h->done = time_now();
	tally_handover(e->tally, h);
	if (x) {
		x->h = *h;
		x->dirty = true;
		e->handovers->written = true;
	}
	return store_handover_put(e->store, h);
}

static bool under_way(const struct engine *e, const struct handover *h)
{
	const struct handing *x = handing_find(e->handovers, h->id);

	return h->tries || (x && x->flying);
}

/* A webhook of our own format gets the whole history; others want to know how it is. */
static bool wants_all(const struct conf_target *t)
{
	return t->route == ROUTE_WEBHOOK && t->format == WEBHOOK_RINGBACK;
}

/* What was said before the last is what there is to say: it is known, or will be. */
static bool true_again(const struct said *s, const struct conf_target *t, uint8_t kind)
{
	const struct handover *h = &s->row[1];

	return s->n > 1 && h->kind == kind && (h->state == HANDOVER_SENT || !h->done) &&
	       !handover_repeats(t, kind);
}

/*
 * Deals with what was to be said before @kind. 1: that was enough, for nobody has heard of
 * it yet; 0; -errno.
 */
static int replace(struct engine *e, const struct conf_target *t, struct said *s, uint8_t kind)
{
	struct handover *last = &s->row[0];
	int rc;

	if (!s->n || last->done)
		return 0;
	if (true_again(s, t, kind) && last->state == HANDOVER_SENDING && !under_way(e, last)) {
		rc = retire(e, last, "it was not so for long enough to be told");
		return rc < 0 ? rc : 1;
	}
	if (wants_all(t))
		return 0;
	return retire(e, last, "what came after it is told instead");
}

static int announce_to(struct engine *e, const struct conf_target *t, const struct outage *o,
		       uint8_t kind)
{
	struct handover h = {
		.kind = kind,
		.outage = o->id,
		.route = t->route,
		.state = HANDOVER_SENDING,
		.created = time_now(),
	};
	struct said s = { .n = 0 };
	int rc = store_handover_said(e->store, o->id, t->route, t->name, SAID_MAX, add_said, &s);

	if (rc == 0)
		rc = replace(e, t, &s, kind);
	if (rc)
		return rc < 0 ? rc : 0;
	memcpy(h.target, t->name, sizeof(h.target));
	h.next = h.created;
	h.until = h.created + (int64_t)t->give_up * NSEC_PER_SEC;
	if ((s.n > 1 || kind == HANDOVER_DOWN) && s.n && s.row[0].created + GAP > h.next)
		h.next = s.row[0].created + GAP;
	e->handovers->written = true;
	return store_handover_put(e->store, &h);
}

int handover_announce(struct engine *e, const struct outage *o, uint8_t kind)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < e->conf->n_targets; i++)
		if (e->conf->targets[i].announce)
			rc = announce_to(e, &e->conf->targets[i], o, kind);
	return rc;
}
