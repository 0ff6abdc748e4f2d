// SPDX-License-Identifier: GPL-2.0
/*
 * Lists of waiting clients, from other routers. Each becomes an outage of its own that has
 * ended, with waiters, and with notices that are held until the list is released. What comes
 * twice changes nothing.
 */
#include "receive.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/log.h"
#include "../common/timefmt.h"
#include "batch.h"
#include "control.h"
#include "inquiry.h"
#include "lookup.h"
#include "outbox.h"
#include "receive_check.h"
#include "receive_sweep.h"
#include "route.h"
#include "tally.h"

/* Outages of one client that are looked at. */
#define HEARD_MAX	64
#define REFUSED_SECONDS 10
/* The same for what a router may say as often as it likes; all of it is counted. */
#define SAID_SECONDS 1
/* Lists of one section that are on their way, in lists as large as its largest. */
#define LISTS_HELD 2

/*
 * A router waits for the answer and sends no more meanwhile than its window holds, so the
 * batch is not left open for its usual time; what comes while it is written is the next.
 */
#define COMMIT_MS 2

/* Beside enum taken: the list is being deleted. No answer, and the router comes again. */
#define NOT_NOW (TAKEN_INCOMPLETE + 1)

struct receive {
	struct engine *e;
	receive_answer answer;
	void *arg;
	struct msg_taken *owed; /* to be answered when the batch is on disk */
	size_t n, size;
	bool released; /* in that batch: mail is due */
	struct event *commit;
	struct sweeper *sweeper;
	struct log_rate refused, said;
};

/* When a notice falls due that may go out at @now. */
static int64_t due_at(const struct engine *e, int64_t now)
{
	return now + (int64_t)e->conf->mail.digest * NSEC_PER_SEC;
}

/* --- a part ---------------------------------------------------------------------- */

static const struct conf_receive *section(const struct engine *e, const char *name)
{
	for (size_t i = 0; i < e->conf->n_receives; i++) {
		if (!strcmp(e->conf->receives[i].name, name))
			return &e->conf->receives[i];
	}
	return NULL;
}

static void outage_of(const struct msg_handover *h, struct outage *o)
{
	*o = (struct outage){
		.service = h->service,
		.reason = h->reason,
		.evidence = h->evidence,
		.proven = h->ended,
		.began = h->began,
		.ended = h->ended,
		.origin_id = h->outage,
		.origin_list = h->list,
		.lossy = h->lossy,
	};
	memcpy(o->watch, h->watch, sizeof(o->watch));
	memcpy(o->origin, h->target, sizeof(o->origin));
	snprintf(o->detail, sizeof(o->detail), "told by %s", h->router);
}

static int list_new(struct engine *e, const struct msg_handover *h, struct outage *o,
		    struct list *l)
{
	int rc;

	outage_of(h, o);
	rc = store_outage_put(e->store, o);
	if (rc < 0)
		return rc;
	*l = (struct list){
		.outage = o->id,
		.state = LIST_COLLECTING,
		.at = time_now(),
		.parts = h->parts,
		.clients = h->clients,
	};
	memcpy(l->router, h->router, sizeof(l->router));
	memcpy(l->name, h->server_name, sizeof(l->name));
	return store_list_put(e->store, l);
}

/* The list of @h: 1; 0: it contradicts what came before, or is another one; -errno. */
static int list_find(struct engine *e, const struct msg_handover *h, struct outage *o,
		     struct list *l)
{
	int rc;

	outage_of(h, o);
	rc = store_outage_origin(e->store, o);
	if (rc == 0)
		rc = store_list_get(e->store, o->id, l);
	if (rc < 0)
		return rc;
	return l->parts == h->parts && l->clients == h->clients &&
	       service_equal(&o->service, &h->service);
}

static int notice_put(struct engine *e, const struct outage *o, const struct waiter *w, int64_t due)
{
	struct notice n;

	notice_about(&n, o, w, time_now());
	n.due = due;
	return store_notice_put(e->store, &n);
}

/* With its address known: it waits for the release, or there is nobody to be told. */
static int settle(struct engine *e, struct waiter *w)
{
	int rc = w->mail[0] ? inquiry_suppressed(e, w->mail) : 1;

	w->state = rc ? WAITER_NO_CONTACT : WAITER_WAITING;
	return rc < 0 ? rc : 0;
}

/* 1: it is new; 0: another part had this client; -errno. */
static int take_row(struct engine *e, const struct outage *o, const struct msg_row *row)
{
	struct waiter w;
	int rc = store_waiter_get(e->store, o->id, &row->client, &w);

	if (rc != -ENOENT)
		return rc;
	w = (struct waiter){
		.outage = o->id,
		.client = row->client,
		.state = WAITER_ASKING,
		.reason = row->reason,
		.attempts = row->attempts,
		.first = row->first,
		.last = row->last,
		.has_mac = row->has_mac,
		.mac = row->mac,
	};
	memcpy(w.watch, o->watch, sizeof(w.watch));
	/* Lists are for mail, whatever a watch of ours with that name says. */
	rc = lookup_contact(e, engine_watch(e, ""), &w.client, w.has_mac ? &w.mac : NULL, w.mail);
	if (rc >= 0)
		rc = settle(e, &w);
	else if (rc == -EINPROGRESS)
		rc = 0;
	if (rc == 0 && w.state == WAITER_WAITING)
		rc = notice_put(e, o, &w, NOTICE_HELD);
	if (rc == 0)
		rc = store_waiter_put(e->store, &w);
	return rc < 0 ? rc : 1;
}

static int take_rows(struct engine *e, const struct msg_handover *h, const struct outage *o,
		     struct list *l)
{
	int rc = store_list_part(e->store, o->id, h->part);

	/* A repetition says nothing new. */
	for (uint32_t i = 0; rc > 0 && i < h->n_rows; i++) {
		rc = take_row(e, o, &h->rows[i]);
		if (rc < 0)
			return rc;
		l->got += rc;
		rc = 1;
	}
	return rc;
}

/* What is new of @h, with what is there: more than the list said? 1, 0, or -errno. */
static int overfull(struct engine *e, const struct msg_handover *h, const struct list *l)
{
	uint64_t got = l->got;
	struct waiter w;
	int rc;

	if (got + h->n_rows <= l->clients)
		return 0;
	for (uint32_t i = 0; i < h->n_rows; i++) {
		rc = store_waiter_get(e->store, l->outage, &h->rows[i].client, &w);
		if (rc < 0 && rc != -ENOENT)
			return rc;
		got += rc == -ENOENT;
	}
	return got > l->clients;
}

/* Is there room for a list like @h beside those that are not released? 1, 0, or -errno. */
static int has_room(struct engine *e, const struct msg_handover *h, const struct conf_receive *from)
{
	uint64_t promised;
	int rc = store_list_promised(e->store, from->name, &promised);

	return rc < 0 ? rc : promised + h->clients <= (uint64_t)from->clients * LISTS_HELD;
}

/* --- a contact that was found later --------------------------------------------------- */

struct heard {
	const struct outage *o;
	bool told;
};

static int heard_row(const struct waiter *w, const struct outage *o, void *arg)
{
	struct heard *h = arg;

	if (o->id != h->o->id && service_equal(&o->service, &h->o->service) && w->told && o->ended)
		h->told = true;
	return h->told;
}

/* It is told that @o has ended: now, unless it was told by another list about the same, as
 * store_list_release() has it. */
static int tell_late(struct engine *e, const struct outage *o, struct waiter *w)
{
	struct heard h = { .o = o };
	int64_t now = time_now();
	int rc = store_waiter_recent(e->store, &w->client, o->began - 1, HEARD_MAX, heard_row, &h);

	w->state = WAITER_NOTIFIED;
	if (rc < 0 || h.told)
		return rc;
	w->told = now;
	return notice_put(e, o, w, due_at(e, now));
}

int receive_late(struct engine *e, const struct outage *o, struct waiter *w)
{
	struct list l;
	int rc = store_list_get(e->store, o->id, &l);

	if (rc == 0)
		rc = settle(e, w);
	if (rc == 0 && w->state == WAITER_WAITING)
		rc = l.state == LIST_RELEASED ? tell_late(e, o, w) :
						notice_put(e, o, w, NOTICE_HELD);
	return rc < 0 ? rc : store_waiter_put(e->store, w);
}

/* --- what is said of it --------------------------------------------------------------- */

static void announce(struct engine *e, const char *event, const struct msg_handover *h,
		     const char *text)
{
	char service[SERVICE_STRLEN];

	log_info("%s (%s): %s %s", h->router, h->target, service_format(&h->service, service),
		 text);
	control_event(e->control, event, &h->service, NULL, text);
}

/* What nothing limits but the router's good will. */
static void mention(struct receive *r, const char *event, const struct msg_handover *h,
		    const char *text)
{
	unsigned long missed;

	if (log_allowed(&r->said, SAID_SECONDS, &missed))
		announce(r->e, event, h, text);
}

static int refuse(struct receive *r, const struct msg_handover *h, const char *why)
{
	unsigned long missed;
	char line[200];

	r->e->count.lists_refused++;
	if (!log_allowed(&r->refused, REFUSED_SECONDS, &missed))
		return TAKEN_REFUSED;
	snprintf(line, sizeof(line), "outage %llu, list %u: refused: %s",
		 (unsigned long long)h->outage, h->list, why);
	announce(r->e, "list-refused", h, line);
	return TAKEN_REFUSED;
}

/* enum taken, NOT_NOW, or -errno. */
static int take_part(struct receive *r, const struct msg_handover *h,
		     const struct conf_receive *from)
{
	struct engine *e = r->e;
	struct outage o;
	struct list l;
	int rc;

	if (h->clients > from->clients)
		return refuse(r, h, "it has more clients than the receive section allows");
	rc = list_find(e, h, &o, &l);
	if (rc == 0)
		return refuse(r, h, "it contradicts what came before");
	if (rc == -ENOENT) {
		rc = has_room(e, h, from);
		if (rc == 0)
			return refuse(r, h, "too many lists of the section are not released");
		if (rc > 0)
			rc = list_new(e, h, &o, &l);
	}
	if (rc < 0)
		return rc;
	if (l.state != LIST_COLLECTING)
		return l.state == LIST_RELEASED ? TAKEN_OK : NOT_NOW;
	rc = overfull(e, h, &l);
	if (rc > 0)
		return refuse(r, h, "it has more clients than it said");
	if (rc == 0)
		rc = take_rows(e, h, &o, &l);
	if (rc > 0) {
		l.at = time_now();
		rc = store_list_put(e->store, &l);
	}
	return rc < 0 ? rc : TAKEN_OK;
}

/* --- its end --------------------------------------------------------------------- */

static int release(struct receive *r, const struct msg_handover *h, const struct outage *o,
		   struct list *l)
{
	struct engine *e = r->e;
	int64_t now = time_now();
	struct list_told n = { 0 };
	char line[240];
	int rc = store_list_release(e->store, o, now, due_at(e, now), &n);

	l->state = LIST_RELEASED;
	l->at = now;
	if (rc == 0)
		rc = store_list_put(e->store, l);
	if (rc < 0)
		return rc;
	r->released = true;
	e->count.lists++;
	snprintf(line, sizeof(line),
		 "outage %llu: list of %u clients released%s: %llu to be told, %llu told"
		 " before, %llu without contact%s",
		 (unsigned long long)o->id, l->got,
		 o->lossy ? " (clients may be missing: the router lost events)" : "",
		 (unsigned long long)n.told, (unsigned long long)n.spared,
		 (unsigned long long)(l->got - n.told - n.spared),
		 e->conf->lookup.argv ? " so far" : "");
	announce(e, "list-released", h, line);
	return TAKEN_OK;
}

static int take_release(struct receive *r, const struct msg_handover *h)
{
	struct outage o;
	struct list l;
	uint32_t parts = 0;
	char line[120];
	int rc = list_find(r->e, h, &o, &l);

	if (rc == 0)
		return refuse(r, h, "its release contradicts what came before");
	if (rc < 0 && rc != -ENOENT)
		return rc;
	if (rc > 0 && l.state != LIST_COLLECTING)
		return l.state == LIST_RELEASED ? TAKEN_OK : NOT_NOW;
	if (rc > 0)
		rc = store_list_parts(r->e->store, o.id, &parts);
	if (rc >= 0 && parts == l.parts)
		return release(r, h, &o, &l);
	if (rc < 0 && rc != -ENOENT)
		return rc;
	snprintf(line, sizeof(line), "outage %llu, list %u: %u of %u parts are missing",
		 (unsigned long long)h->outage, h->list, h->parts - parts, h->parts);
	mention(r, "list-incomplete", h, line);
	return TAKEN_INCOMPLETE;
}

static int take_withdrawal(struct receive *r, const struct msg_handover *h)
{
	struct outage o;
	struct list l;
	char line[120];
	int rc = list_find(r->e, h, &o, &l);

	if (rc == -ENOENT || (rc > 0 && l.state == LIST_DROPPED))
		return TAKEN_OK;
	if (rc < 0)
		return rc;
	if (rc == 0 || l.state == LIST_RELEASED)
		return refuse(r, h, "it cannot be withdrawn any more");
	rc = sweeper_drop(r->sweeper, &l);
	if (rc < 0)
		return rc;
	snprintf(line, sizeof(line), "outage %llu, list %u: withdrawn, somebody else tells them",
		 (unsigned long long)h->outage, h->list);
	mention(r, "list-withdrawn", h, line);
	return TAKEN_OK;
}

/* --- from the traps room, and back ------------------------------------------------- */

/* enum taken, NOT_NOW, or -errno. */
static int take(struct receive *r, const struct msg_handover *h)
{
	const struct conf_receive *from = section(r->e, h->target);
	const char *fault = receive_fault(h, time_now());

	if (!from)
		return refuse(r, h, "the receive section is gone");
	if (fault)
		return refuse(r, h, fault);
	switch (h->act) {
	case HANDOVER_PART:
		return take_part(r, h, from);
	case HANDOVER_RELEASE:
		return take_release(r, h);
	case HANDOVER_WITHDRAW:
		return take_withdrawal(r, h);
	case HANDOVER_DOWN:
		mention(r, "announced", h, "is down");
		break;
	case HANDOVER_UP:
		mention(r, "announced", h, "is back");
		break;
	}
	return TAKEN_OK;
}

static int owe(struct receive *r, uint64_t id, enum taken taken)
{
	struct msg_taken *more;

	if (r->n == r->size) {
		more = reallocarray(r->owed, r->size ? r->size * 2 : 64, sizeof(*more));
		if (!more)
			return -ENOMEM;
		r->owed = more;
		r->size = r->size ? r->size * 2 : 64;
	}
	r->owed[r->n++] = (struct msg_taken){ .id = id, .taken = taken };
	return 0;
}

void receive_list(struct receive *r, const struct msg_handover *h)
{
	int rc;

	/* Failing: no answer, and the router comes again. */
	if (batch_begin(r->e->batch) < 0)
		return;
	rc = take(r, h);
	if (rc == NOT_NOW)
		return;
	if (rc >= 0)
		tally_received(r->e->tally, h, rc);
	if (rc >= 0)
		rc = owe(r, h->id, rc);
	if (r->n == 1)
		engine_arm(r->commit, COMMIT_MS);
	if (rc < 0)
		batch_fail(r->e->batch, rc, "take a list");
}

void receive_committed(struct receive *r)
{
	/* One that is not told comes again: who sent it repeats it. */
	for (size_t i = 0; i < r->n; i++) {
		if (r->answer(&r->owed[i], r->arg) < 0)
			break;
	}
	r->n = 0;
	if (r->released)
		outbox_kick(r->e->outbox);
	r->released = false;
}

void receive_undone(struct receive *r)
{
	r->n = 0;
	r->released = false;
}

void receive_forget(struct receive *r)
{
	sweeper_forget(r->sweeper);
}

/* --- life -------------------------------------------------------------------------- */

static void commit(evutil_socket_t fd, short what, void *arg)
{
	struct receive *r = arg;

	(void)fd;
	(void)what;
	if (r->n)
		batch_flush(r->e->batch);
}

struct receive *receive_new(struct engine *e, receive_answer answer, void *arg)
{
	struct receive *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->e = e;
	r->answer = answer;
	r->arg = arg;
	r->commit = evtimer_new(e->base, commit, r);
	r->sweeper = sweeper_new(e);
	if (r->commit && r->sweeper)
		return r;
	receive_free(r);
	return NULL;
}

void receive_free(struct receive *r)
{
	if (!r)
		return;
	if (r->commit)
		event_free(r->commit);
	sweeper_free(r->sweeper);
	free(r->owed);
	free(r);
}
