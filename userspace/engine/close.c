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
#include "inquiry.h"
#include "kernel.h"
#include "lookup.h"
#include "outbox.h"
#include "receive.h"
#include "web.h"

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
	if (!waiter_join(&w, rc == 0, &f))
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
	/* What the kernel knows of a waiter stays true. A page loads many things at once. */
	if (a.last - w.last < VISIT_GRAIN)
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
	bool late; /* the outage has ended before; no answer about a contact is waited for */
	struct nl_attempt *failed; /* sorted by client */
	size_t n_failed, failed_size;
	struct waiter *waiters;
	size_t n_waiters, waiters_size;
	unsigned int told, spared, reached, no_contact, declined, asking;
};

static void closing_free(struct closing *c)
{
	free(c->failed);
	free(c->waiters);
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

static int collect_waiter(const struct waiter *w, const struct outage *o, void *arg)
{
	struct closing *c = arg;

	(void)o;
	if (grow(&c->waiters, &c->waiters_size, c->n_waiters, sizeof(*c->waiters)) < 0)
		return -ENOMEM;
	c->waiters[c->n_waiters++] = *w;
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

/* Asks the kernel who still waits. -EAGAIN: somebody failed after @seen. */
static int ask_kernel(struct closing *c, const struct service *s, int64_t seen, int64_t *failed)
{
	int rc, tries = 3;
	size_t i;

	/*
	 * Up first: whatever fails from here on is a new trouble and will be
	 * reported as such, so nothing falls between this outage and the next.
	 */
	kernel_declare(c->e->kernel, s, RINGBACK_SERVICE_UP);
	do {
		c->n_failed = 0;
		rc = kernel_attempts(c->e->kernel, s, collect_failed, c);
	} while (rc == -EINTR && --tries);
	c->asked = rc == 0;
	for (i = 0; i < c->n_failed; i++) {
		if (c->failed[i].last <= seen)
			continue;
		*failed = c->failed[i].last;
		kernel_declare(c->e->kernel, s, RINGBACK_SERVICE_DOWN);
		return -EAGAIN;
	}
	if (c->n_failed)
		qsort(c->failed, c->n_failed, sizeof(*c->failed), by_client);
	return rc == -ENOMEM ? rc : 0;
}

static int queue_notice(struct closing *c, const struct outage *o, struct waiter *w,
			const char *lang)
{
	struct notice n = {
		.outage = o->id,
		.client = w->client,
		.service = o->service,
		.reason = w->reason,
		.evidence = o->evidence,
		.attempts = w->attempts,
		.first = w->first,
		.last = w->last,
		/* For this client it was away when he tried, whatever was seen first. */
		.began = w->first < o->began ? w->first : o->began,
		.ended = o->ended,
		.created = c->now,
		.due = c->now + (int64_t)c->e->conf->mail.digest * NSEC_PER_SEC,
	};

	memcpy(n.mail, w->mail, sizeof(n.mail));
	memcpy(n.watch, w->watch, sizeof(n.watch));
	snprintf(n.lang, sizeof(n.lang), "%s", lang);
	w->told = c->now;
	return store_notice_put(c->e->store, &n);
}

/* What @w answered; the address where it is told takes the place of the table's. */
static int apply_answer(struct closing *c, struct waiter *w, struct answer *a)
{
	int rc = store_answer_get(c->e->store, w->outage, &w->client, a);
	const char *target;

	if (rc == -ENOENT) {
		memset(a, 0, sizeof(*a));
		return 0;
	}
	if (rc < 0)
		return rc;
	target = waiter_target(w, a, c->w, c->e->conf->web.confirm);
	if (target != w->mail)
		memcpy(w->mail, target, sizeof(w->mail));
	return 0;
}

static int verdict(struct closing *c, const struct outage *o, struct waiter *w,
		   const struct answer *a)
{
	struct waiter_end end = {
		.still_failed = still_failed(c, &w->client),
		.page_open = web_peer_page_open(c->e->web, &w->client, &o->service),
		.choice = a->choice,
		.asking = !c->late && lookup_pending(c->e, c->w, w),
	};
	int rc = inquiry_suppressed(c->e, w->mail);

	end.suppressed = rc > 0;
	w->state = waiter_verdict(w, c->now, &end, c->w);
	return rc < 0 ? rc : 0;
}

static int settle_waiter(struct closing *c, const struct outage *o, struct waiter *w)
{
	struct answer a;
	int rc = apply_answer(c, w, &a);

	if (rc == 0)
		rc = verdict(c, o, w, &a);
	if (rc < 0)
		return rc;
	switch (w->state) {
	case WAITER_REACHED:
		c->reached++;
		break;
	case WAITER_NO_CONTACT:
		c->no_contact++;
		break;
	case WAITER_ASKING:
		c->asking++;
		break;
	case WAITER_DECLINED:
	case WAITER_NO_ANSWER:
		c->declined++;
		break;
	case WAITER_NOTIFIED:
		if (!waiter_owed(w, c->now, c->w->flap)) {
			c->spared++;
			break;
		}
		c->told++;
		rc = queue_notice(c, o, w, a.lang);
		break;
	}
	return rc < 0 ? rc : store_waiter_put(c->e->store, w);
}

static int settle(struct closing *c, struct outage *o)
{
	const struct waiter_query waiting = {
		.outage = o->id,
		.state = WAITER_WAITING,
		.limit = UINT32_MAX,
	};
	size_t i;
	int rc;

	for (i = 0; i < c->n_failed; i++) {
		rc = waiter_record(c->e, o, &c->failed[i], true);
		if (rc < 0)
			return rc;
	}
	rc = store_waiter_list(c->e->store, &waiting, collect_waiter, c);
	for (i = 0; rc == 0 && i < c->n_waiters; i++)
		rc = settle_waiter(c, o, &c->waiters[i]);
	return rc < 0 ? rc : store_outage_put(c->e->store, o);
}

static void count(const struct closing *c, const struct outage *o)
{
	struct engine_counters *n = &c->e->count;
	size_t i;

	for (i = 0; i < c->n_waiters; i++)
		n->settled[c->waiters[i].state]++;
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

	if (rc == 0)
		e->count.settled[w->state]++;
	return rc;
}

static void report(const struct closing *c, const struct outage *o)
{
	char service[SERVICE_STRLEN], span[TIME_STRLEN], line[DETAIL_MAX + 300], asking[64] = "";

	if (c->asking)
		snprintf(asking, sizeof(asking), ", %u whose contact is still being looked up",
			 c->asking);
	snprintf(line, sizeof(line),
		 "back after %s, evidence %s (%s): %u to be told, %u told just before, %u reached"
		 " it alone, %u without contact, %u did not want to be told%s",
		 time_span((o->ended - o->began) / NSEC_PER_SEC, span), evidence_name(o->evidence),
		 o->detail, c->told, c->spared, c->reached, c->no_contact, c->declined, asking);
	log_info("outage %llu: %s is %s", (unsigned long long)o->id,
		 service_format(&o->service, service), line);
	control_event(c->e->control, "recovered", &o->service, NULL, line);
}

int outage_close(struct engine *e, struct outage *open, const struct recovery *r, int64_t *failed)
{
	struct closing c = { .e = e, .w = engine_watch(e, open->watch), .now = time_now() };
	struct outage o = *open;
	int rc;

	/* The end is a transaction of its own, so it begins with an empty one. */
	rc = batch_flush(e->batch);
	if (rc == 0)
		rc = ask_kernel(&c, &o.service, r->seen, failed);
	if (rc == 0)
		rc = batch_begin(e->batch);
	if (rc < 0)
		goto out;
	o.ended = c.now;
	o.evidence = r->evidence;
	o.proven = r->seen;
	memcpy(o.detail, r->detail, sizeof(o.detail));
	rc = settle(&c, &o);
	if (rc < 0)
		batch_fail(e->batch, rc, "end an outage");
	else
		rc = batch_flush(e->batch);
	if (rc < 0)
		goto out;
	kernel_forget(e->kernel, &o.service);
	count(&c, &o);
	report(&c, &o);
	web_peer_ended(e->web, &o);
	if (c.told)
		outbox_kick(e->outbox);
out:
	closing_free(&c);
	/* Only a client that failed again says -EAGAIN to our caller. */
	return rc == -EAGAIN && !*failed ? -EBUSY : rc;
}
