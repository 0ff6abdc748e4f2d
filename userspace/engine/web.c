// SPDX-License-Identifier: GPL-2.0
/*
 * The channel to the room "web". What goes out waits here while that room does not
 * read, and nothing more is read from it meanwhile, so neither side can swamp the
 * other. Of services only the latest state is told: who falls behind skips what was
 * in between.
 */
#include "web.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <unistd.h>

#include "../common/log.h"
#include "../common/timefmt.h"
#include "control.h"
#include "inquiry.h"
#include "presence.h"
#include "standin.h"
#include "track.h"

#define GATHER_MS  10 /* changes that come together are told together */
#define CROWD_MS   1000 /* waiters are counted that often at most */
#define TURN	   64 /* messages, before the others get their turn */
#define OUT_MAX	   8192 /* messages that wait for a room that does not read */
#define SILENCE_MS (3 * MSG_ALIVE_MS) /* then it is stuck */

struct out {
	STAILQ_ENTRY(out) link;
	enum msg_type type;
	size_t len;
	uint8_t body[];
};

STAILQ_HEAD(out_list, out);

struct web_peer {
	struct engine *e;
	struct msg_chan chan;
	struct event *readable, *writable; /* NULL: not connected */
	struct event *flush;
	int64_t flush_at; /* CLOCK_MONOTONIC ms, or RECOVERY_NEVER */
	int64_t count_at; /* the same: waiters are not counted before */
	uint32_t connection; /* which it is: a track knows to which it was told */
	struct out_list out;
	unsigned int n_out;
	bool blocked; /* it does not read what it is told */
	int64_t heard; /* of it, CLOCK_MONOTONIC ms */
	struct log_rate lost;
	struct presence *pages;
};

/* --- life of a connection ----------------------------------------------------------- */

static void out_drop(struct web_peer *p)
{
	struct out *o = STAILQ_FIRST(&p->out);

	STAILQ_REMOVE_HEAD(&p->out, link);
	p->n_out--;
	free(o);
}

static void peer_close(struct web_peer *p)
{
	if (!p->readable)
		return;
	event_free(p->readable);
	event_free(p->writable);
	p->readable = NULL;
	p->writable = NULL;
	msg_close(&p->chan);
	while (p->n_out)
		out_drop(p);
	p->blocked = false;
	/* The pages closed with the room; those that come back say so. */
	presence_clear(p->pages);
}

/* --- out ------------------------------------------------------------------------------ */

static void drain(struct web_peer *p)
{
	struct out *o;
	int rc;

	while ((o = STAILQ_FIRST(&p->out))) {
		rc = msg_send(&p->chan, o->type, o->body, o->len, -1);
		if (rc == -EAGAIN) {
			p->blocked = true;
			event_del(p->readable);
			event_add(p->writable, NULL);
			return;
		}
		if (rc < 0) {
			peer_close(p);
			return;
		}
		out_drop(p);
	}
	if (!p->blocked)
		return;
	p->blocked = false;
	event_add(p->readable, NULL);
	web_peer_touch(p); /* what changed meanwhile */
}

static void tell(struct web_peer *p, enum msg_type type, const void *body, size_t len)
{
	struct out *o;
	unsigned long missed;

	if (!p->readable)
		return; /* it went while it was told */
	o = p->n_out < OUT_MAX ? malloc(sizeof(*o) + len) : NULL;
	if (!o) {
		if (log_allowed(&p->lost, 60, &missed))
			log_warn("the room \"web\" does not read: messages to it are lost");
		return;
	}
	o->type = type;
	o->len = len;
	memcpy(o->body, body, len);
	STAILQ_INSERT_TAIL(&p->out, o, link);
	if (p->n_out++ == 0)
		drain(p);
}

static void writable(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	drain(arg);
}

static void flush_within(struct web_peer *p, int64_t ms)
{
	int64_t at = time_mono_ms() + ms;

	if (!p || !p->readable || at >= p->flush_at)
		return;
	p->flush_at = at;
	engine_arm(p->flush, ms);
}

void web_peer_touch(struct web_peer *p)
{
	flush_within(p, GATHER_MS);
}

void web_describe(const struct engine *e, const struct outage *o, const struct track *tr,
		  struct msg_service *s)
{
	const struct conf_watch *w = engine_watch(e, o->watch);
	const char *name = conf_server_name(e->conf, &o->service.server);

	memset(s, 0, sizeof(*s));
	s->service = o->service;
	s->outage = o->id;
	s->state = !tr ? PAGE_UP : tr->r.phase == RECOVERY_DOWN ? PAGE_DOWN : PAGE_RETURNING;
	s->reason = o->reason;
	s->evidence = tr ? tr->r.evidence : o->evidence;
	s->inquire = w->inquire;
	s->profile = conf_profile(e->conf, w, &o->service);
	s->waiting = tr ? tr->told.waiting : 0;
	s->began = o->began;
	s->ended = o->ended;
	s->heard = tr ? tr->heard : 0;
	memcpy(s->watch, o->watch, sizeof(s->watch));
	if (name && strlen(name) < sizeof(s->server_name))
		strcpy(s->server_name, name);
}

/* Tells the track's service where it differs from what was told. */
static void tell_track(struct web_peer *p, struct track *tr, bool count)
{
	struct told now = { .connection = p->connection, .waiting = tr->told.waiting };
	struct msg_service s;

	if (count || tr->told.connection != p->connection) {
		tr->crowd = false;
		store_waiter_count(p->e->store, tr->o.id, &now.waiting);
	}
	now.phase = tr->r.phase;
	now.evidence = tr->r.evidence;
	now.reason = tr->o.reason;
	now.heard = tr->heard;
	if (now.connection == tr->told.connection && now.waiting == tr->told.waiting &&
	    now.phase == tr->told.phase && now.evidence == tr->told.evidence &&
	    now.reason == tr->told.reason && now.heard == tr->told.heard)
		return;
	tr->told = now;
	web_describe(p->e, &tr->o, tr, &s);
	tell(p, MSG_SERVICE, &s, sizeof(s));
}

static void flush(evutil_socket_t fd, short what, void *arg)
{
	struct web_peer *p = arg;
	int64_t now = time_mono_ms();
	bool count = now >= p->count_at, crowds = false;
	struct track *tr;

	(void)fd;
	(void)what;
	p->flush_at = RECOVERY_NEVER;
	if (p->n_out)
		return; /* drain() comes back here */
	TAILQ_FOREACH(tr, tracker_tracks(p->e->tracker), all) {
		if (!p->readable)
			return; /* it went while it was told */
		if (tr->committed)
			tell_track(p, tr, count && tr->crowd);
		crowds |= tr->crowd;
	}
	if (count)
		p->count_at = now + CROWD_MS;
	if (crowds)
		flush_within(p, p->count_at - now);
}

void web_peer_ended(struct web_peer *p, const struct outage *o)
{
	struct msg_service s;

	if (!p || !p->readable)
		return;
	web_describe(p->e, o, NULL, &s);
	tell(p, MSG_SERVICE, &s, sizeof(s));
}

/* --- in --------------------------------------------------------------------------------- */

static void take_visit(struct web_peer *p, const struct msg_visit *v)
{
	bool fine = true;

	switch (v->visit) {
	case VISIT_CONNECTED:
		standin_met(p->e->standin, &v->client, &v->service);
		fine = inquiry_visit(p->e, &v->service, &v->client);
		break;
	case VISIT_OPENED:
		fine = presence_open(p->pages, &v->client, &v->service);
		break;
	case VISIT_CLOSED:
		fine = presence_close(p->pages, &v->client, &v->service);
		break;
	}
	if (!fine)
		p->e->count.bad_messages++;
}

static void standing(const struct msg_standing *s, void *arg)
{
	tell(arg, MSG_STANDING, s, sizeof(*s));
}

static void take_choice(struct web_peer *p, const struct msg_choice *c)
{
	struct msg_outcome o = { .id = c->id };

	o.outcome = inquiry_answer(p->e, c, &o);
	/* "No" ends the stand-in for it, "yes" after a "no" brings it back. */
	standin_reconsider(p->e->standin, &c->client, &c->service);
	tell(p, MSG_OUTCOME, &o, sizeof(o));
}

static void take_token(struct web_peer *p, const struct msg_token *t)
{
	struct msg_outcome o = { .id = t->id };

	o.outcome = inquiry_token(p->e, t, &o);
	tell(p, MSG_OUTCOME, &o, sizeof(o));
}

static void dispatch(struct web_peer *p, struct msg *m)
{
	const void *body = m->body; /* aligned for each of them */

	switch (m->type) {
	case MSG_VISIT:
		take_visit(p, body);
		break;
	case MSG_ASK:
		inquiry_standing(p->e, body, standing, p);
		break;
	case MSG_CHOICE:
		take_choice(p, body);
		break;
	case MSG_TOKEN:
		take_token(p, body);
		break;
	case MSG_CONTROL:
		control_attach(p->e->control, m->fd);
		m->fd = -1;
		break;
	case MSG_ALIVE:
		break;
	default:
		p->e->count.bad_messages++;
	}
	if (m->fd >= 0)
		close(m->fd);
}

/* Nothing more is read while it does not read what it was answered. */
static void readable(evutil_socket_t fd, short what, void *arg)
{
	static struct msg m; /* large; this process has one thread */
	struct web_peer *p = arg;
	int rc, turn;

	(void)fd;
	(void)what;
	for (turn = 0; turn < TURN && p->readable && !p->n_out; turn++) {
		rc = msg_recv(&p->chan, &m);
		if (rc == 1) {
			p->heard = time_mono_ms();
			dispatch(p, &m);
		} else if (rc == -EBADMSG) {
			p->e->count.bad_messages++;
		} else if (rc == -EAGAIN || rc == -EINTR) {
			return;
		} else {
			peer_close(p);
			return;
		}
	}
}

/* --- life ------------------------------------------------------------------------------- */

void web_peer_open(struct web_peer *p, int fd)
{
	peer_close(p);
	p->chan.fd = fd;
	p->connection++;
	p->heard = time_mono_ms();
	p->readable = event_new(p->e->base, fd, EV_READ | EV_PERSIST, readable, p);
	p->writable = event_new(p->e->base, fd, EV_WRITE, writable, p);
	if (!p->readable || !p->writable || event_add(p->readable, NULL) < 0)
		fatal("cannot watch the socket to the room \"web\"");
	web_peer_touch(p);
}

bool web_peer_connected(const struct web_peer *p)
{
	return p && p->readable;
}

bool web_peer_lives(const struct web_peer *p)
{
	return web_peer_connected(p) && time_mono_ms() - p->heard < SILENCE_MS;
}

bool web_peer_page_open(const struct web_peer *p, const struct addr *client,
			const struct service *s)
{
	return p && presence_is(p->pages, client, s);
}

uint32_t web_peer_pages(const struct web_peer *p)
{
	return p ? presence_count(p->pages) : 0;
}

struct web_peer *web_peer_new(struct engine *e)
{
	struct web_peer *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->e = e;
	p->flush_at = RECOVERY_NEVER;
	p->chan.fd = -1;
	STAILQ_INIT(&p->out);
	p->pages = presence_new(e->conf->web.connections);
	p->flush = evtimer_new(e->base, flush, p);
	if (p->pages && p->flush)
		return p;
	presence_free(p->pages);
	free(p);
	return NULL;
}

void web_peer_free(struct web_peer *p)
{
	if (!p)
		return;
	peer_close(p);
	event_free(p->flush);
	presence_free(p->pages);
	free(p);
}
