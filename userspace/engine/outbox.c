// SPDX-License-Identifier: GPL-2.0
/*
 * What goes to the mailer and what comes back.
 */
#include "outbox.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "../common/log.h"
#include "../common/timefmt.h"
#include "batch.h"
#include "control.h"
#include "handover.h"
#include "inquiry.h"
#include "retry.h"
#include "track.h"

/* Messages made, or sent, in one turn of the loop. */
#define TURN 256
/* Kicks that come together are one; far below the second that a first mail may take. */
#define KICK_MS 10
/* The mailer's socket is full. */
#define FULL_MS 20
/* Seconds that a notice waits at most: for digest, or put off by rate. */
#define NOTICE_WAIT_MAX 3600

/* A message at the mailer, or back with an answer that is not on disk yet. */
struct flight {
	LIST_ENTRY(flight) by_id;
	TAILQ_ENTRY(flight) all;
	struct message m;
	bool answered;
	bool written; /* in the open batch */
};

#define FLIGHT_BUCKETS 256

LIST_HEAD(flight_bucket, flight);
TAILQ_HEAD(flight_list, flight);

struct outbox {
	struct engine *e;
	outbox_send send;
	void *arg;
	char host[64];
	uint32_t window;
	struct flight_bucket by_id[FLIGHT_BUCKETS];
	struct flight_list flights;
	unsigned int n_flights;
	bool results_written;
	bool kicked;
	struct event *pump;
};

/* --- flights ------------------------------------------------------------------- */

static struct flight *flight_find(const struct outbox *o, uint64_t id)
{
	struct flight *f;

	LIST_FOREACH(f, &o->by_id[id % FLIGHT_BUCKETS], by_id)
	if (f->m.id == id)
		return f;
	return NULL;
}

static struct flight *flight_new(struct outbox *o, const struct message *m)
{
	struct flight *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->m = *m;
	LIST_INSERT_HEAD(&o->by_id[m->id % FLIGHT_BUCKETS], f, by_id);
	TAILQ_INSERT_TAIL(&o->flights, f, all);
	o->n_flights++;
	return f;
}

static void flight_free(struct outbox *o, struct flight *f)
{
	LIST_REMOVE(f, by_id);
	TAILQ_REMOVE(&o->flights, f, all);
	o->n_flights--;
	free(f);
}

/* --- what became of a message ------------------------------------------------------- */

static void write_result(struct outbox *o, struct flight *f)
{
	int rc;

	if (batch_begin(o->e->batch) < 0)
		return;
	f->written = true;
	o->results_written = true;
	rc = store_message_put(o->e->store, &f->m);
	if (rc == 0 && (f->m.state == MESSAGE_REFUSED || f->m.state == MESSAGE_GIVEN_UP))
		rc = handover_after_mail(o->e, &f->m);
	if (rc < 0)
		batch_fail(o->e->batch, rc, "record a delivery");
}

struct load {
	struct notice first; /* whose outage ended first */
	unsigned int n;
};

static int weigh(const struct notice *n, const struct message *m, const struct handover *h,
		 void *arg)
{
	struct load *load = arg;

	(void)m;
	(void)h;
	if (!load->n++ || n->ended < load->first.ended)
		load->first = *n;
	return 0;
}

/* By our clock: the end of an outage that another router saw is by its; there, the release. */
static int64_t owed_since(const struct outbox *o, const struct notice *n)
{
	struct outage seen;

	if (store_outage_get(o->e->store, n->outage, &seen) == 0 && seen.origin[0])
		return n->created;
	return n->ended;
}

static void count(struct outbox *o, const struct flight *f)
{
	struct engine_counters *n = &o->e->count;
	struct load load = { .n = 0 };

	if (f->m.state == MESSAGE_QUEUED || f->m.kind != NOTICE_RECOVERY)
		return;
	store_notice_list(o->e->store, NULL, f->m.id, 0, MSG_NOTICE_ITEMS, weigh, &load);
	n->notices[f->m.state] += load.n;
	if (f->m.state == MESSAGE_SENT && load.n)
		measure_add(n->times, MEASURE_DELIVERY, f->m.done - owed_since(o, &load.first));
}

static void report(struct outbox *o, struct flight *f)
{
	const struct message *m = &f->m;
	char line[640], when[TIME_STRLEN];

	count(o, f);
	if (m->state == MESSAGE_QUEUED)
		snprintf(line, sizeof(line), "to %s: try %u failed (%u %s), again at %s", m->mail,
			 m->tries, m->code, m->answer, time_human(m->next, when));
	else
		snprintf(line, sizeof(line), "to %s: %s (%u %s)", m->mail,
			 message_state_name(m->state), m->code, m->answer);
	if (m->state == MESSAGE_SENT)
		log_info("message %s %s", m->message_id, line);
	else
		log_warn("message %s %s", m->message_id, line);
	control_event(o->e->control, "message", NULL, NULL, line);
}

/* --- out ------------------------------------------------------------------------- */

struct due {
	const struct outbox *o;
	struct message *row;
	unsigned int n, max;
};

static int collect_due(const struct message *m, void *arg)
{
	struct due *due = arg;

	if (flight_find(due->o, m->id))
		return 0;
	due->row[due->n++] = *m;
	return due->n == due->max;
}

static int add_item(const struct notice *n, const struct message *m, const struct handover *h,
		    void *arg)
{
	struct msg_notice *msg = arg;
	struct msg_notice_item *item = &msg->items[msg->n_items++];

	(void)m;
	(void)h;
	item->outage = n->outage;
	item->service = n->service;
	item->client = n->client;
	item->reason = n->reason;
	item->evidence = n->evidence;
	item->attempts = n->attempts;
	item->first = n->first;
	item->last = n->last;
	item->down = n->began;
	item->up = n->ended;
	memcpy(item->watch, n->watch, sizeof(item->watch));
	/* One of its readers has said what it speaks. */
	if (!msg->lang[0])
		memcpy(msg->lang, n->lang, sizeof(msg->lang));
	return 0;
}

static const char not_wanted[] = "not asked for any more";
static const char left_alone[] = "the address asked never to hear of us";

/* The one item of a mail to confirm an address: what it was given for. 1: not wanted. */
static int add_question(struct outbox *o, const struct message *m, struct msg_notice *msg)
{
	const struct track *tr = tracker_find_id(o->e->tracker, m->outage);
	struct msg_notice_item *item = &msg->items[0];
	struct answer a;
	int rc = inquiry_to_confirm(o->e, m, &a);

	if (rc < 0)
		return rc;
	if (!rc || !tr)
		return 1;
	msg->n_items = 1;
	item->outage = m->outage;
	item->service = tr->o.service;
	item->client = m->client;
	item->reason = tr->o.reason;
	memcpy(item->watch, tr->o.watch, sizeof(item->watch));
	memcpy(msg->lang, a.lang, sizeof(msg->lang));
	inquiry_confirm_link(o->e, m, msg->link);
	return 0;
}

/* As it is called here, else by the router whose list its outage came with. */
static void name_server(struct outbox *o, struct msg_notice_item *item)
{
	const char *name = conf_server_name(o->e->conf, &item->service.server);
	struct list l;

	if (name && strlen(name) < sizeof(item->server_name))
		strcpy(item->server_name, name);
	else if (o->e->conf->n_receives && store_list_get(o->e->store, item->outage, &l) == 0)
		memcpy(item->server_name, l.name, sizeof(item->server_name));
}

/* 0; 1: it is not to be sent, *@why; -errno. */
static int build(struct outbox *o, const struct message *m, struct msg_notice *msg,
		 const char **why)
{
	uint32_t i;
	int rc = inquiry_suppressed(o->e, m->mail);

	memset(msg, 0, sizeof(*msg));
	*why = left_alone;
	if (rc)
		return rc;
	*why = not_wanted;
	msg->id = m->id;
	msg->kind = m->kind;
	msg->tries = m->tries;
	memcpy(msg->to, m->mail, sizeof(msg->to));
	memcpy(msg->message_id, m->message_id, sizeof(msg->message_id));
	inquiry_stop_link(o->e, m->mail, msg->stop);
	if (m->kind == NOTICE_CONFIRM)
		rc = add_question(o, m, msg);
	else
		rc = store_notice_list(o->e->store, NULL, m->id, 0, MSG_NOTICE_ITEMS, add_item,
				       msg);
	for (i = 0; i < msg->n_items; i++)
		name_server(o, &msg->items[i]);
	return rc ? rc : !msg->n_items;
}

/* It leaves the outbox as it is. */
static int drop(struct outbox *o, const struct message *m, const char *why)
{
	struct flight *f = flight_new(o, m);

	if (!f)
		return -ENOMEM;
	f->answered = true;
	f->m.state = MESSAGE_DROPPED;
	f->m.done = time_now();
	f->m.code = 0;
	snprintf(f->m.answer, sizeof(f->m.answer), "%s", why);
	report(o, f);
	write_result(o, f);
	return 0;
}

/* -EAGAIN: the mailer's socket is full. */
static int send_one(struct outbox *o, const struct message *m)
{
	static struct msg_notice msg; /* large; this process has one thread */
	const char *why;
	int rc = build(o, m, &msg, &why);

	if (rc == 1)
		return drop(o, m, why);
	if (rc == 0)
		rc = o->send(&msg, o->arg);
	if (rc < 0)
		return rc;
	o->window--;
	return flight_new(o, m) ? 0 : -ENOMEM;
}

/* 1: there may be more; 0: all of it; -errno. */
static int send_due(struct outbox *o, int64_t now)
{
	struct due due = { .o = o, .max = o->window < TURN ? o->window : TURN };
	unsigned int i;
	int rc;

	due.row = calloc(due.max, sizeof(*due.row));
	if (!due.row)
		return -ENOMEM;
	rc = store_message_due(o->e->store, now, due.max + o->n_flights, collect_due, &due);
	for (i = 0; rc >= 0 && i < due.n; i++)
		rc = send_one(o, &due.row[i]);
	free(due.row);
	if (rc == -EPIPE)
		o->window = 0; /* a new mailer will say when it is ready */
	else if (rc < 0 && rc != -EAGAIN)
		log_err("cannot send notices: %s", strerror(-rc));
	return rc < 0 ? rc : due.n == due.max;
}

/* How many contacts were dealt with; -errno. */
static int group_due(struct outbox *o, int64_t now)
{
	unsigned int limit = o->window < TURN ? o->window : TURN;
	int looked_at, rc = batch_begin(o->e->batch);

	if (rc < 0)
		return rc;
	rc = outbox_group(o->e->store, &o->e->conf->mail, o->host, now, limit);
	if (rc < 0) {
		batch_fail(o->e->batch, rc, "make messages");
		return rc;
	}
	looked_at = rc;
	/* A Message-ID is on disk before anybody sees it. */
	if (looked_at)
		rc = batch_flush(o->e->batch);
	return rc < 0 ? rc : looked_at;
}

static void pump(evutil_socket_t fd, short what, void *arg)
{
	struct outbox *o = arg;
	int64_t now = time_now(), next = INT64_MAX;
	int looked_at, more;

	(void)fd;
	(void)what;
	o->kicked = false;
	if (!o->window || batch_failing(o->e->batch))
		return; /* outbox_window() or outbox_retry() brings us back */
	looked_at = group_due(o, now);
	if (looked_at < 0)
		return;
	more = send_due(o, now);
	/* There may be more contacts, and one may be owed more than a message holds. */
	if (more == 0 && looked_at)
		more = 1;
	if (more == 1)
		outbox_kick(o);
	else if (more < 0)
		engine_arm(o->pump, FULL_MS);
	else if (store_outbox_next(o->e->store, now, &next) == 0 && next != INT64_MAX)
		engine_arm(o->pump, (next - now) / 1000000 + 1);
}

/* --- back ------------------------------------------------------------------------ */

static void apply(struct outbox *o, struct message *m, const struct msg_result *r)
{
	int64_t now = time_now();

	m->tries++;
	m->code = r->code;
	memcpy(m->answer, r->text, sizeof(m->answer));
	m->answer[sizeof(m->answer) - 1] = '\0';
	m->done = now;
	switch (r->delivery) {
	case DELIVERY_SENT:
		m->state = MESSAGE_SENT;
		return;
	case DELIVERY_REFUSED:
		m->state = MESSAGE_REFUSED;
		return;
	}
	m->next = retry_next(&o->e->conf->mail, m->created, m->tries, now);
	if (m->next == RETRY_GIVE_UP) {
		m->state = MESSAGE_GIVEN_UP;
		m->next = now;
	} else {
		m->done = 0;
	}
}

/*
 * The mailer outlived the engine that gave it the message: its result comes before
 * this one has handed anything over, and must count, or the mail would go out again.
 */
static struct flight *flight_of_before(struct outbox *o, uint64_t id)
{
	struct message m;

	/* What is not due has not been handed over. */
	if (store_message_get(o->e->store, id, &m) < 0 || m.state != MESSAGE_QUEUED ||
	    m.next > time_now())
		return NULL;
	return flight_new(o, &m);
}

void outbox_result(struct outbox *o, const struct msg_result *r)
{
	struct flight *f = flight_find(o, r->id);

	if (!f)
		f = flight_of_before(o, r->id);
	if (!f || f->answered) {
		o->e->count.bad_messages++;
		return;
	}
	f->answered = true;
	if (r->delivery < DELIVERIES)
		o->e->count.tries[r->delivery]++;
	apply(o, &f->m, r);
	report(o, f);
	write_result(o, f);
}

void outbox_committed(struct outbox *o)
{
	struct flight *f, *next;

	if (!o->results_written)
		return;
	for (f = TAILQ_FIRST(&o->flights); f; f = next) {
		next = TAILQ_NEXT(f, all);
		if (f->written)
			flight_free(o, f);
	}
	o->results_written = false;
	outbox_kick(o);
	handovers_kick(o->e->handovers);
}

void outbox_undone(struct outbox *o)
{
	struct flight *f;

	TAILQ_FOREACH(f, &o->flights, all)
		f->written = false;
	o->results_written = false;
}

void outbox_retry(struct outbox *o)
{
	struct flight *f;

	TAILQ_FOREACH(f, &o->flights, all)
		if (f->answered && !f->written)
			write_result(o, f);
	outbox_kick(o);
}

/* --- the mailer, life --------------------------------------------------------------- */

void outbox_window(struct outbox *o, uint32_t n)
{
	o->window = n;
	outbox_kick(o);
}

void outbox_mailer_gone(struct outbox *o)
{
	struct flight *f, *next;

	o->window = 0;
	for (f = TAILQ_FIRST(&o->flights); f; f = next) {
		next = TAILQ_NEXT(f, all);
		if (!f->answered)
			flight_free(o, f);
	}
}

void outbox_kick(struct outbox *o)
{
	if (o->kicked)
		return;
	o->kicked = true;
	engine_arm(o->pump, KICK_MS);
}

void outbox_check_clock(struct outbox *o, int64_t now)
{
	int64_t wait = o->e->conf->mail.retry_max;
	int n;

	if (wait < NOTICE_WAIT_MAX)
		wait = NOTICE_WAIT_MAX;
	if (batch_begin(o->e->batch) < 0)
		return;
	n = store_outbox_clamp(o->e->store, now, now + wait * NSEC_PER_SEC);
	if (n < 0)
		batch_fail(o->e->batch, n, "set the times of the outbox");
	if (n <= 0)
		return;
	log_warn("the clock was set back: %d notices and mails are due at once", n);
	outbox_kick(o);
}

const char *outbox_host(const struct outbox *o)
{
	return o->host;
}

uint32_t outbox_space(const struct outbox *o)
{
	return o->window;
}

unsigned int outbox_in_flight(const struct outbox *o)
{
	return o->n_flights;
}

struct outbox *outbox_new(struct engine *e, const char *host, outbox_send send, void *arg)
{
	struct outbox *o = calloc(1, sizeof(*o));
	int i;

	if (!o)
		return NULL;
	o->e = e;
	o->send = send;
	o->arg = arg;
	snprintf(o->host, sizeof(o->host), "%.63s", host);
	for (i = 0; i < FLIGHT_BUCKETS; i++)
		LIST_INIT(&o->by_id[i]);
	TAILQ_INIT(&o->flights);
	o->pump = evtimer_new(e->base, pump, o);
	if (o->pump)
		return o;
	free(o);
	return NULL;
}

void outbox_free(struct outbox *o)
{
	struct flight *f;

	if (!o)
		return;
	while ((f = TAILQ_FIRST(&o->flights)))
		flight_free(o, f);
	event_free(o->pump);
	free(o);
}
