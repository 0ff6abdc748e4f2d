// SPDX-License-Identifier: GPL-2.0
/*
 * Answers of the contact command meet the waiters in the store: those of one client when
 * its answer comes, all that have none when we begin, when questions did not fit, and
 * when there was trouble.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../common/timefmt.h"
#include "batch.h"
#include "lookup_table.h"
#include "outbox.h"
#include "tracker.h"

#define PAGE 64 /* waiters */

/* Waiters of a listing, to be written when it is over. */
struct page {
	size_t n;
	struct {
		struct waiter w;
		struct outage o;
	} row[PAGE];
};

static int collect(const struct waiter *w, const struct outage *o, void *arg)
{
	struct page *p = arg;

	p->row[p->n].w = *w;
	p->row[p->n++].o = *o;
	return 0;
}

/* --- one waiter --------------------------------------------------------------------- */

/* As long as a mail would be tried. */
static bool too_late(const struct lookup *l, const struct outage *o)
{
	return o->ended && time_now() - o->ended > (int64_t)l->e->conf->mail.give_up * NSEC_PER_SEC;
}

static int write_waiter(struct lookup *l, struct waiter *w, const struct outage *o)
{
	int rc;

	if (w->state == WAITER_ASKING && o->ended) {
		rc = waiter_late(l->e, o, w);
		l->told |= rc == 0 && w->state == WAITER_NOTIFIED;
		return rc;
	}
	/* Its outage goes on: it is told when that has ended for good. */
	if (w->state == WAITER_ASKING)
		w->in_kernel = false;
	else if (!w->mail[0])
		return 0;
	w->state = WAITER_WAITING;
	return store_waiter_put(l->e->store, w);
}

/* Writes @w with @mail, "": nobody. False: the store fails, and lookup_retry() follows. */
static bool put(struct lookup *l, struct waiter *w, const struct outage *o, const char *mail)
{
	int rc;

	if (batch_begin(l->e->batch) < 0)
		return false;
	snprintf(w->mail, sizeof(w->mail), "%s", mail);
	rc = write_waiter(l, w, o);
	if (rc < 0)
		batch_fail(l->e->batch, rc, "record a contact");
	return rc == 0;
}

/* Whether it is one that an answer is for. */
static bool needs(const struct waiter *w, const struct outage *o)
{
	return !w->mail[0] &&
	       (w->state == WAITER_ASKING || (w->state == WAITER_WAITING && !o->ended));
}

void lookup_apply(struct lookup *l, const struct question *q)
{
	int64_t since = time_now() - (int64_t)l->e->conf->mail.give_up * NSEC_PER_SEC;
	struct page page;
	size_t i;

	page.n = 0;
	if (store_waiter_recent(l->e->store, &q->about.client, since, PAGE, collect, &page) < 0 ||
	    page.n == PAGE)
		lookup_scan(l);
	for (i = 0; i < page.n; i++) {
		struct waiter *w = &page.row[i].w;

		if (!needs(w, &page.row[i].o))
			continue;
		/* A lease has come or gone since it was asked: its question is another one now. */
		if (question_of(l, w) != q)
			lookup_scan(l);
		else if (!put(l, w, &page.row[i].o, q->mail ? q->mail : ""))
			return;
	}
}

/* --- all of them ---------------------------------------------------------------------- */

/* What is to be done about one waiter. False: not now. */
static bool visit(struct lookup *l, struct waiter *w, const struct outage *o)
{
	const struct question *q = question_of(l, w);
	const struct conf_watch *watch = engine_watch(l->e, o->origin[0] ? "" : o->watch);
	int64_t now = time_mono_ms();
	struct mac buf;

	if (!needs(w, o))
		return true;
	if (question_settled(q))
		return put(l, w, o, q->mail ? q->mail : "");
	if (!l->e->conf->lookup.argv || !conf_notifies(watch, ROUTE_MAIL) || too_late(l, o))
		return w->state != WAITER_ASKING || put(l, w, o, "");
	if (q && q->state == QUESTION_ANSWERED && now < q->until) {
		lookup_scan_in(l, q->until - now);
		return true;
	}
	l->scan_full = !question_ask(
		l, &w->client, engine_mac(l->e, &w->client, w->has_mac ? &w->mac : NULL, &buf));
	return !l->scan_full;
}

static void scan_done(struct lookup *l)
{
	l->scanning = false;
	if (l->rescan)
		lookup_scan(l);
}

static void scan_page(evutil_socket_t fd, short what, void *arg)
{
	struct lookup *l = arg;
	struct page page;
	size_t i;

	(void)fd;
	(void)what;
	page.n = 0;
	if (store_waiter_unknown(l->e->store, l->after_outage, &l->after_client, PAGE, collect,
				 &page) < 0) {
		lookup_scan_in(l, 1000);
		scan_done(l);
		return;
	}
	for (i = 0; i < page.n && visit(l, &page.row[i].w, &page.row[i].o); i++) {
		l->after_outage = page.row[i].w.outage;
		l->after_client = page.row[i].w.client;
	}
	if (page.n == PAGE && i == page.n)
		engine_arm(l->scan, 0);
	else if (!l->scan_full)
		scan_done(l);
	lookup_pump(l);
}

void lookup_scan(struct lookup *l)
{
	l->rescan = l->scanning;
	if (l->scanning)
		return;
	l->scanning = true;
	l->scan_full = false;
	l->after_outage = 0;
	memset(&l->after_client, 0, sizeof(l->after_client));
	engine_arm(l->scan, 0);
}

void lookup_scan_on(struct lookup *l)
{
	if (!l->scan_full)
		return;
	l->scan_full = false;
	engine_arm(l->scan, 0);
}

static void scan_again(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	lookup_scan(arg);
}

void lookup_scan_in(struct lookup *l, int64_t ms)
{
	int64_t at = time_mono_ms() + ms;

	if (evtimer_pending(l->scan_later, NULL) && l->later_at <= at)
		return;
	l->later_at = at;
	engine_arm(l->scan_later, ms);
}

/* --- from the engine ------------------------------------------------------------------ */

void lookup_begin(struct lookup *l)
{
	lookup_scan(l);
}

void lookup_committed(struct lookup *l)
{
	if (l->told)
		outbox_kick(l->e->outbox);
	l->told = false;
}

void lookup_retry(struct lookup *l)
{
	lookup_scan(l);
}

int lookup_scan_new(struct lookup *l)
{
	l->scan = evtimer_new(l->e->base, scan_page, l);
	l->scan_later = evtimer_new(l->e->base, scan_again, l);
	return l->scan && l->scan_later ? 0 : -ENOMEM;
}

void lookup_scan_free(struct lookup *l)
{
	if (l->scan)
		event_free(l->scan);
	if (l->scan_later)
		event_free(l->scan_later);
}
