// SPDX-License-Identifier: GPL-2.0
/*
 * Lists: how they are made, how they get their parts, how their clients go on to the
 * next step of their watch.
 */
#include "handover_work.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../common/timefmt.h"
#include "route.h"
#include "tally.h"

/* Who answers, but slowly, may take so many times conf_target.time, or so many seconds. */
#define TIMES_MAX   20
#define CEILING_MIN 600
/* Notices looked at together. */
#define PAGE 256

int handover_gather(struct store *st, const struct outage *o, const struct conf_step *to,
		    uint8_t step, int64_t begin, struct handover *h)
{
	int rc = store_handover_gathering(st, o->id, step, h);

	if (rc == 0 && step_is_to(to, h->route, h->target))
		return 0;
	if (rc < 0 && rc != -ENOENT)
		return rc;
	*h = (struct handover){
		.kind = HANDOVER_PART,
		.outage = o->id,
		.route = to->route,
		.step = step,
		.state = HANDOVER_GATHERING,
		.created = time_now(),
		.next = begin,
	};
	snprintf(h->target, sizeof(h->target), "%s",
		 to->route == ROUTE_SERVER ? route_name(to->route) : to->target);
	return store_handover_put(st, h);
}

/* --- the beginning ------------------------------------------------------------- */

struct member {
	struct addr client;
	uint64_t notice;
};

struct members {
	struct member *row;
	size_t n, size;
	struct notice last; /* cursor */
};

static int add_member(const struct notice *n, const struct message *m, const struct handover *h,
		      void *arg)
{
	struct members *all = arg;

	(void)m;
	(void)h;
	if (all->n == all->size) {
		size_t size = all->size ? all->size * 2 : 64;
		struct member *more = reallocarray(all->row, size, sizeof(*more));

		if (!more)
			return -ENOMEM;
		all->row = more;
		all->size = size;
	}
	all->row[all->n++] = (struct member){ n->client, n->id };
	return 0;
}

static int by_client(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	return addr_cmp(&x->client, &y->client);
}

/* The next part for a webhook is a handover of its own. */
static int next_part(struct store *st, const struct handover *first, uint32_t part,
		     struct handover *h)
{
	*h = *first;
	h->id = 0;
	h->list = first->id;
	h->part = part;
	return store_handover_put(st, h);
}

static int number(struct store *st, const struct handover *first, const struct members *all)
{
	struct numbering n = { .route = first->route };
	struct handover h = *first;
	uint32_t part;
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < all->n; i++) {
		part = numbering_next(&n, &all->row[i].client);
		if (!handover_is_held(first) && part != h.part)
			rc = next_part(st, first, part, &h);
		if (rc == 0)
			rc = store_notice_number(st, all->row[i].notice, h.id, part);
	}
	return rc;
}

static uint32_t count_parts(const struct handover *h, const struct members *all)
{
	struct numbering n = { .route = h->route };
	size_t i;

	for (i = 0; i < all->n; i++)
		numbering_next(&n, &all->row[i].client);
	return n.part;
}

int64_t handing_deadline(const struct engine *e, const struct handover *h, const struct outage *o,
			 int64_t now)
{
	const struct conf_target *t = conf_target_find(e->conf, h->route, h->target);
	const struct conf_watch *w = engine_watch(e, o->watch);
	const struct way any = { .mail = true, .list = true };
	bool last = step_for(e->conf, w, step_after(w, h), &any) == STEP_NONE;
	int64_t until = now + (int64_t)(last ? t->give_up : t->time) * NSEC_PER_SEC, end;

	if (!h->until)
		return until;
	if (last)
		return h->until;
	end = (int64_t)t->time * TIMES_MAX;
	end = h->created + (end > CEILING_MIN ? end : CEILING_MIN) * NSEC_PER_SEC;
	return until < end ? until : end;
}

int handing_begin(struct handovers *hs, struct handover *h, const struct outage *o)
{
	struct store *st = hs->e->store;
	struct members all = { 0 };
	int64_t now = time_now();
	int rc = store_notice_handed(st, h->id, NULL, UINT32_MAX, add_member, &all);

	if (rc == 0 && all.n) {
		/* In one order, whenever it is done: the same clients, the same parts. */
		qsort(all.row, all.n, sizeof(*all.row), by_client);
		h->state = HANDOVER_SENDING;
		h->clients = all.n;
		h->parts = count_parts(h, &all);
		h->part = handover_is_held(h) ? 0 : 1;
		h->next = now;
		h->until = handing_deadline(hs->e, h, o, now);
		rc = number(st, h, &all);
	} else if (rc == 0) {
		h->state = HANDOVER_DROPPED;
		h->done = now;
	}
	free(all.row);
	return rc < 0 ? rc : store_handover_put(st, h);
}

/* --- going on ------------------------------------------------------------------- */

/* Clients of one outage that take the next step, wherever that leads them. */
struct going {
	struct engine *e;
	const struct outage *o;
	const struct conf_watch *watch;
	unsigned int from; /* the first step that may tell them */
	int64_t now;
	struct handover list; /* the one they join; id 0: none yet */
	unsigned int by_mail, by_list, left;
};

/* Where the client of @n goes, a step or STEP_NONE; -errno below that. */
static int where_to(struct going *g, const struct notice *n, struct waiter *w, struct answer *a,
		    int *step)
{
	struct way way;
	int rc = store_waiter_get(g->e->store, n->outage, &n->client, w);

	if (rc == 0)
		rc = route_way(g->e, g->watch, w, a, &way);
	if (rc < 0)
		return rc;
	*step = step_for(g->e->conf, g->watch, g->from, &way);
	/* That mail has failed. */
	if (*step == STEP_OWN && strcasecmp(n->mail, w->mail) == 0)
		*step = STEP_NONE;
	return 0;
}

static int join(struct going *g, unsigned int step, struct notice *n)
{
	int rc = 0;

	if (!g->list.id)
		rc = handover_gather(g->e->store, g->o, &g->watch->notify[step], step,
				     g->now + HANDOVER_GATHER, &g->list);
	n->mail[0] = '\0';
	n->due = NOTICE_HELD;
	n->handover = g->list.id;
	g->list.clients++;
	return rc;
}

/* One client: a notice of its own for each step, so that one sees what was tried. */
static int go_on(struct going *g, const struct notice *old)
{
	struct notice n = *old;
	struct answer a;
	struct waiter w;
	int step, rc = where_to(g, old, &w, &a, &step);

	if (rc < 0)
		return rc;
	if (step == STEP_NONE) {
		g->left++;
		return 0;
	}
	n.id = 0;
	n.message = 0;
	n.handover = 0;
	n.part = 0;
	n.created = g->now;
	n.due = g->now;
	if (step_is_mail(g->watch, step)) {
		g->by_mail++;
		memcpy(n.mail, w.mail, sizeof(n.mail));
		memcpy(n.lang, a.lang, sizeof(n.lang));
	} else {
		g->by_list++;
		rc = join(g, step, &n);
	}
	return rc < 0 ? rc : store_notice_put(g->e->store, &n);
}

/* Notices of a handover or a message, to be looked at without the store's hand on them. */
struct page {
	struct notice row[PAGE];
	unsigned int n;
};

static int add_to_page(const struct notice *n, const struct message *m, const struct handover *h,
		       void *arg)
{
	struct page *p = arg;

	(void)m;
	(void)h;
	p->row[p->n++] = *n;
	return 0;
}

typedef int (*going_fn)(struct going *g, const struct notice *n, void *arg);

static int each_of(struct going *g, uint64_t handover, going_fn fn, void *arg)
{
	struct page *p = calloc(1, sizeof(*p));
	struct notice last = { 0 };
	unsigned int i;
	int rc;

	if (!p)
		return -ENOMEM;
	do {
		p->n = 0;
		rc = store_notice_handed(g->e->store, handover, &last, PAGE, add_to_page, p);
		for (i = 0; rc == 0 && i < p->n; i++)
			rc = fn(g, &p->row[i], arg);
		if (p->n)
			last = p->row[p->n - 1];
	} while (rc == 0 && p->n == PAGE);
	free(p);
	return rc;
}

static int one_goes(struct going *g, const struct notice *n, void *arg)
{
	(void)arg;
	return go_on(g, n);
}

/* Who cannot go on is put aside, into *@arg. */
static int one_stays(struct going *g, const struct notice *n, void *arg)
{
	const struct handover *rest = arg;
	struct answer a;
	struct waiter w;
	int step, rc = where_to(g, n, &w, &a, &step);

	if (rc < 0 || step != STEP_NONE)
		return rc;
	return store_notice_number(g->e->store, n->id, rest->id, 0);
}

/* A list of those who are left when the others have gone. */
static int leave(struct going *g, const struct handover *h, bool refused)
{
	struct handover rest = *h;
	int rc;

	rest.id = rest.list = 0;
	rest.part = rest.parts = 0;
	rest.clients = g->left;
	rest.created = g->now;
	rest.next = g->now;
	rest.until = 0;
	rest.state = refused ? HANDOVER_REFUSED : HANDOVER_GATHERING;
	rest.done = refused ? g->now : 0;
	if (refused)
		tally_handover(g->e->tally, &rest);
	rc = store_handover_put(g->e->store, &rest);
	return rc < 0 ? rc : each_of(g, h->id, one_stays, &rest);
}

int handing_pass_on(struct handovers *hs, struct handover *h, const struct outage *o, bool refused)
{
	struct going g = {
		.e = hs->e,
		.o = o,
		.watch = engine_watch(hs->e, o->watch),
		.now = time_now(),
	};
	int rc;

	g.from = step_after(g.watch, h);
	rc = each_of(&g, h->id, one_goes, NULL);
	if (rc == 0 && g.by_list)
		rc = store_handover_put(hs->e->store, &g.list);
	if (rc == 0 && g.left && g.by_list + g.by_mail)
		rc = leave(&g, h, refused);
	hs->mailing |= g.by_mail > 0;
	return rc < 0 ? rc : (int)(g.by_list + g.by_mail);
}

/* --- after a mail ------------------------------------------------------------------- */

int handover_after_mail(struct engine *e, const struct message *m)
{
	struct page *p = calloc(1, sizeof(*p));
	struct outage o;
	unsigned int i;
	int rc;

	if (!p)
		return -ENOMEM;
	rc = store_notice_list(e->store, NULL, m->id, 0, MSG_NOTICE_ITEMS, add_to_page, p);
	for (i = 0; rc == 0 && i < p->n; i++) {
		struct going g = { .e = e, .o = &o, .now = time_now() };

		rc = store_outage_get(e->store, p->row[i].outage, &o);
		/* Who is told for another router has no watch here. */
		if (rc == 0 && o.origin[0])
			continue;
		g.watch = engine_watch(e, o.watch);
		g.from = step_after_mail(g.watch);
		if (rc == 0)
			rc = go_on(&g, &p->row[i]);
		if (rc == 0 && g.by_list)
			rc = store_handover_put(e->store, &g.list);
	}
	free(p);
	return rc;
}
