// SPDX-License-Identifier: GPL-2.0
/*
 * How a waiter is recorded, and how an outage ends: who still waits, who is owed
 * a notice, all in one transaction.
 *
 * "Still waits" is the kernel's word: it drops a failed attempt when its client
 * reaches the service. An attempt that is missing for another reason (module
 * loaded anew, reboot, watch deleted: waiter.in_kernel is false; older than keep)
 * or a kernel that cannot be asked does not make a waiter lose his notice.
 */
#include "tracker.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/log.h"
#include "../common/timefmt.h"
#include "batch.h"
#include "control.h"
#include "handover.h"
#include "inquiry.h"
#include "kernel.h"
#include "lookup.h"
#include "outbox.h"
#include "receive.h"
#include "route.h"
#include "web.h"

/* Waiters dealt with together: an outage may have very many. */
#define WAITERS_PAGE 256
/* Asked so often while the table changes. */
#define DUMPS 3
/* Visits that are closer to one another are one try, ns. */
#define VISIT_GRAIN (60 * NSEC_PER_SEC)

int waiter_record(struct engine *e, const struct outage *o, const struct nl_attempt *a,
		  bool in_kernel)
{
	struct waiter f = {
		.outage = o->id,
		.client = a->client,
		.reason = a->reason,
		.attempts = a->count,
		.first = a->first,
		.last = a->last,
		.has_mac = a->has_mac,
		.mac = a->mac,
		.in_kernel = in_kernel,
	};
	struct waiter w;
	int rc = store_waiter_get(e->store, o->id, &a->client, &w);

	if (rc < 0 && rc != -ENOENT)
		return rc;
	memcpy(f.watch, a->watch, sizeof(f.watch));
	/* An unchanged failure keeps the contact it had when it happened. */
	if (rc == 0 && a->last <= w.last)
		memcpy(f.mail, w.mail, sizeof(f.mail));
	else
		lookup_contact(e, engine_watch(e, o->watch), &a->client,
			       a->has_mac ? &a->mac : NULL, f.mail);
	if (!waiter_join(&w, rc == 0, &f, time_now()))
		return 0;
	rc = store_waiter_put(e->store, &w);
	return rc < 0 ? rc : 1;
}

int waiter_visit(struct engine *e, const struct outage *o, const struct addr *client)
{
	struct nl_attempt a = { .client = *client, .reason = o->reason, .count = 1 };
	struct waiter w;
	int rc = store_waiter_get(e->store, o->id, client, &w);

	if (rc < 0 && rc != -ENOENT)
		return rc;
	a.first = time_now();
	a.last = a.first;
	memcpy(a.watch, o->watch, sizeof(a.watch));
	if (rc < 0 || w.state != WAITER_WAITING)
		return waiter_record(e, o, &a, false);
	/*
	 * What the kernel knows of a waiter stays true, and so does the time by which it
	 * will have dropped that. A page loads many things at once.
	 */
	if (w.in_kernel || a.last - w.last < VISIT_GRAIN)
		return 0;
	w.attempts++;
	w.last = a.last;
	return store_waiter_put(e->store, &w);
}

/* --- the end ----------------------------------------------------------------- */

struct closing {
	struct engine *e;
	const struct conf_watch *w;
	int64_t now;
	bool asked; /* the kernel answered: failed[] is complete */
	bool torn; /* though the table changed under each dump */
	bool late; /* the outage has ended before; no answer about a contact is waited for */
	struct nl_attempt *failed; /* sorted by client */
	size_t n_failed, failed_size;
	struct handover list; /* of those whom others tell; id 0: none yet */
	unsigned int told, listed, spared; /* of those whose state is NOTIFIED */
	unsigned int state[WAITER_STATES]; /* how many came to each */
};

static void closing_free(struct closing *c)
{
	free(c->failed);
}

/* Room for one more element; -ENOMEM. */
static int grow(void *array, size_t *size, size_t n, size_t element)
{
	void **p = array;
	void *more;

	if (n < *size)
		return 0;
	more = reallocarray(*p, *size ? *size * 2 : 64, element);
	if (!more)
		return -ENOMEM;
	*p = more;
	*size = *size ? *size * 2 : 64;
	return 0;
}

static int collect_failed(const struct nl_attempt *a, void *arg)
{
	struct closing *c = arg;

	if (a->state != RINGBACK_ATTEMPT_FAILED)
		return 0;
	if (grow(&c->failed, &c->failed_size, c->n_failed, sizeof(*c->failed)) < 0)
		return -ENOMEM;
	c->failed[c->n_failed++] = *a;
	return 0;
}

struct page {
	struct waiter row[WAITERS_PAGE];
	unsigned int n;
};

static int collect_waiter(const struct waiter *w, const struct outage *o, void *arg)
{
	struct page *p = arg;

	(void)o;
	p->row[p->n++] = *w;
	return 0;
}

static int by_client(const void *a, const void *b)
{
	const struct nl_attempt *x = a, *y = b;

	return addr_cmp(&x->client, &y->client);
}

static bool still_failed(const struct closing *c, const struct addr *client)
{
	struct nl_attempt key = { .client = *client };

	if (!c->asked)
		return true;
	return c->n_failed && bsearch(&key, c->failed, c->n_failed, sizeof(key), by_client) != NULL;
}

/* Sorts failed[] by client, each once. */
static void sort_failed(struct closing *c)
{
	size_t i, n = 0;

	if (!c->n_failed)
		return;
	qsort(c->failed, c->n_failed, sizeof(*c->failed), by_client);
	for (i = 1; i < c->n_failed; i++) {
		if (by_client(&c->failed[n], &c->failed[i]))
			c->failed[++n] = c->failed[i];
		else if (c->failed[n].last < c->failed[i].last)
			c->failed[n] = c->failed[i];
	}
	c->n_failed = n + 1;
}

/*
 * Whose attempts the kernel has. Where many clients come back at once the table changes
 * under every dump, which may then lack an entry that was moved meanwhile, but has none
 * that is wrong: what is in any of some such dumps is the answer.
 */
static int collect_all_failed(struct closing *c, const struct service *s)
{
	int rc, tries = DUMPS;
	size_t whole;

	do {
		whole = c->n_failed;
		rc = kernel_attempts(c->e->kernel, s, collect_failed, c);
	} while (rc == -EINTR && --tries);
	c->torn = rc == -EINTR;
	c->asked = rc == 0 || c->torn;
	if (rc == 0 && whole) {
		c->n_failed -= whole;
		memmove(c->failed, c->failed + whole, c->n_failed * sizeof(*c->failed));
	}
	sort_failed(c);
	return rc;
}

/* Asks the kernel who still waits. -EAGAIN: somebody failed after @seen. */
static int ask_kernel(struct closing *c, const struct service *s, int64_t seen, int64_t *failed)
{
	size_t i;
	int rc;

	/*
	 * Up first: whatever fails from here on is a new trouble and will be
	 * reported as such, so nothing falls between this outage and the next.
	 */
	kernel_declare(c->e->kernel, s, RINGBACK_SERVICE_UP);
	rc = collect_all_failed(c, s);
	for (i = 0; i < c->n_failed; i++) {
		if (c->failed[i].last <= seen)
			continue;
		*failed = c->failed[i].last;
		kernel_declare(c->e->kernel, s, RINGBACK_SERVICE_DOWN);
		return -EAGAIN;
	}
	return rc == -ENOMEM ? rc : 0;
}

/* Where the notice of a client goes: to a mail address, or with the list. */
static int address_notice(struct closing *c, const struct outage *o, int step, struct notice *n)
{
	int rc = 0;

	if (step_is_mail(c->w, step)) {
		c->told++;
		n->due = c->now + (int64_t)c->e->conf->mail.digest * NSEC_PER_SEC;
		return 0;
	}
	/* One list: the first step that is none of mail, and needs no address of ours. */
	n->mail[0] = '\0';
	if (!c->list.id)
		rc = handover_gather(c->e->store, o, &c->w->notify[step], step,
				     c->now + (c->late ? HANDOVER_GATHER : 0), &c->list);
	c->listed++;
	c->list.clients++;
	n->handover = c->list.id;
	n->due = NOTICE_HELD;
	return rc;
}

static int queue_notice(struct closing *c, const struct outage *o, struct waiter *w, int step,
			const char *lang)
{
	struct notice n;
	int rc;

	notice_about(&n, o, w, c->now);
	rc = address_notice(c, o, step, &n);
	if (rc < 0)
		return rc;
	snprintf(n.lang, sizeof(n.lang), "%s", lang);
	w->told = c->now;
	return store_notice_put(c->e->store, &n);
}

/* By the watch that recorded it; the operator's are the kernel's alone. */
static uint32_t keep_of(const struct engine *e, const char *watch)
{
	uint32_t keep = kernel_keep(e->kernel, watch);

	return keep ? keep : engine_watch(e, watch)->keep;
}

static int settle_waiter(struct closing *c, const struct outage *o, struct waiter *w)
{
	struct answer a;
	struct way way;
	int rc = route_way(c->e, c->w, w, &a, &way);
	int step = rc < 0 ? STEP_NONE : step_for(c->e->conf, c->w, 0, &way);
	const struct waiter_end end = {
		.still_failed = still_failed(c, &w->client),
		.keep = keep_of(c->e, w->watch),
		.kept_since = kernel_kept_since(c->e->kernel, w->watch),
		.page_open = web_peer_page_open(c->e->web, &w->client, &o->service),
		.tellable = step != STEP_NONE,
		.asking = !c->late && lookup_pending(c->e, c->w, w),
		.choice = a.choice,
	};

	if (rc < 0)
		return rc;
	w->state = waiter_verdict(w, c->now, &end, c->w);
	c->state[w->state]++;
	if (w->state == WAITER_NOTIFIED && !waiter_owed(w, c->now, c->w->flap))
		c->spared++;
	else if (w->state == WAITER_NOTIFIED)
		rc = queue_notice(c, o, w, step, a.lang);
	return rc < 0 ? rc : store_waiter_put(c->e->store, w);
}

static int settle_waiters(struct closing *c, const struct outage *o)
{
	struct waiter_query q = {
		.outage = o->id,
		.state = WAITER_WAITING,
		.limit = WAITERS_PAGE,
	};
	struct page *p = calloc(1, sizeof(*p));
	unsigned int i;
	int rc;

	if (!p)
		return -ENOMEM;
	do {
		p->n = 0;
		rc = store_waiter_list(c->e->store, &q, collect_waiter, p);
		for (i = 0; rc == 0 && i < p->n; i++)
			rc = settle_waiter(c, o, &p->row[i]);
		if (p->n)
			q.after_client = p->row[p->n - 1].client;
	} while (rc == 0 && p->n == WAITERS_PAGE);
	free(p);
	return rc;
}

static int settle(struct closing *c, struct outage *o)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc >= 0 && i < c->n_failed; i++)
		rc = waiter_record(c->e, o, &c->failed[i], true);
	if (rc >= 0)
		rc = settle_waiters(c, o);
	if (rc == 0 && c->list.id)
		rc = store_handover_put(c->e->store, &c->list);
	if (rc == 0)
		rc = store_outage_put(c->e->store, o);
	return rc < 0 ? rc : handover_announce(c->e, o, HANDOVER_UP);
}

static void count(const struct closing *c, const struct outage *o)
{
	struct engine_counters *n = &c->e->count;
	size_t i;

	for (i = 0; i < WAITER_STATES; i++)
		n->settled[i] += c->state[i];
	engine_count_evidence(n->recovered, o->evidence);
	measure_add(n->times, MEASURE_OUTAGE, o->ended - o->began);
}

int waiter_late(struct engine *e, const struct outage *o, struct waiter *w)
{
	struct closing c = {
		.e = e,
		.w = engine_watch(e, o->watch),
		.now = time_now(),
		.late = true,
	};

	int rc = o->origin[0] ? receive_late(e, o, w) : settle_waiter(&c, o, w);

	if (rc == 0 && c.list.id)
		rc = store_handover_put(e->store, &c.list);
	if (rc == 0)
		e->count.settled[w->state]++;
	handovers_kick(e->handovers);
	return rc;
}

static void report(const struct closing *c, const struct outage *o)
{
	char service[SERVICE_STRLEN], span[TIME_STRLEN], line[DETAIL_MAX + 300], asking[64] = "";

	if (c->state[WAITER_ASKING])
		snprintf(asking, sizeof(asking), ", %u whose contact is still being looked up",
			 c->state[WAITER_ASKING]);
	snprintf(line, sizeof(line),
		 "back after %s, evidence %s (%s): %u to be told, %u more by others, %u told just"
		 " before, %u reached it alone, %u without contact, %u did not want to be told%s",
		 time_span((o->ended - o->began) / NSEC_PER_SEC, span), evidence_name(o->evidence),
		 o->detail, c->told, c->listed, c->spared, c->state[WAITER_REACHED],
		 c->state[WAITER_NO_CONTACT],
		 c->state[WAITER_DECLINED] + c->state[WAITER_NO_ANSWER], asking);
	log_info("outage %llu: %s is %s", (unsigned long long)o->id,
		 service_format(&o->service, service), line);
	control_event(c->e->control, "recovered", &o->service, NULL, line);
}

/* The end of @o is on disk. */
static void ended(const struct closing *c, const struct outage *o)
{
	kernel_forget(c->e->kernel, &o->service);
	tracker_forgotten(c->e->tracker, &o->service);
	count(c, o);
	report(c, o);
	web_peer_ended(c->e->web, o);
	if (c->told)
		outbox_kick(c->e->outbox);
	if (c->state[WAITER_ASKING])
		lookup_left_asking(c->e->lookup);
	handovers_kick(c->e->handovers);
}

static int close_outage(struct closing *c, struct outage *o, const struct recovery *r,
			int64_t *failed)
{
	struct batch *b = c->e->batch;
	/* The end is a transaction of its own, so it begins with an empty one. */
	int rc = batch_flush(b);

	if (rc == 0)
		rc = ask_kernel(c, &o->service, r->seen, failed);
	if (rc == 0)
		rc = batch_begin(b);
	if (rc < 0)
		return rc;
	rc = kernel_note_evicted(c->e->kernel);
	if (rc < 0) {
		batch_fail(b, rc, "end an outage");
		return rc;
	}
	o->ended = c->now;
	o->evidence = r->evidence;
	o->proven = r->seen;
	o->lossy |= c->e->kernel && (!c->asked || c->torn);
	memcpy(o->detail, r->detail, sizeof(o->detail));
	rc = settle(c, o);
	if (rc < 0)
		batch_fail(b, rc, "end an outage");
	else
		rc = batch_flush(b);
	return rc;
}

int outage_close(struct engine *e, struct outage *open, const struct recovery *r, int64_t *failed)
{
	struct closing c = { .e = e, .w = engine_watch(e, open->watch), .now = time_now() };
	struct outage o = *open;
	int rc = close_outage(&c, &o, r, failed);

	if (rc == 0)
		ended(&c, &o);
	closing_free(&c);
	/* Only a client that failed again says -EAGAIN to our caller. */
	return rc == -EAGAIN && !*failed ? -EBUSY : rc;
}
