// SPDX-License-Identifier: GPL-2.0
/*
 * Server-sent events. When a service is back, its clients are sent there in a
 * wave: everyone waits a time of his own, so that what has just come up again
 * is not knocked over by all at once.
 */
#include "events.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "../common/log.h"
#include "../common/timefmt.h"
#include "api.h"
#include "ask.h"
#include "engine.h"
#include "negotiate.h"
#include "server.h"
#include "services.h"

#define BEAT_MS	    15000
#define ANEW_MS	    2000 /* a client's list of services is asked for no more often */
#define PER_SECOND  50 /* clients sent to a service that is back */
#define WAVE_MIN_MS 1000
#define WAVE_MAX_MS 60000

struct events {
	struct web *web;
	struct event *tick;
};

struct stream {
	struct conn *conn;
	bool all; /* of the portal: @services; else of conn->service */
	enum lang lang; /* of its reader */
	bool anew; /* there may be services that are not in the list */
	int64_t beat, asked; /* time_mono_ms() */
	uint64_t ask;
	struct service *services;
	size_t n;
};

static void stream_gone(struct conn *c, void *arg);

/* NULL: @c streams something else. */
static struct stream *stream_of(const struct conn *c)
{
	return c->gone == stream_gone ? c->arg : NULL;
}

/* False: the stream is gone. */
static bool send_event(struct stream *st, const char *name, json_t *data)
{
	char *text = json_dumps(data, JSON_COMPACT), *event;
	bool there = true;
	int len = -1;

	json_decref(data);
	if (text)
		len = asprintf(&event, "event: %s\ndata: %s\n\n", name, text);
	free(text);
	if (len < 0)
		return true;
	st->beat = time_mono_ms() + BEAT_MS;
	there = conn_event(st->conn, event, (size_t)len);
	free(event);
	return there;
}

static uint32_t wave(const struct msg_service *m)
{
	uint64_t spread = (uint64_t)m->waiting * 1000 / PER_SECOND;
	uint32_t chance = 0;

	spread = spread < WAVE_MIN_MS ? WAVE_MIN_MS : spread > WAVE_MAX_MS ? WAVE_MAX_MS : spread;
	if (getrandom(&chance, sizeof(chance), 0) < 0)
		return 0;
	return (uint32_t)(chance * spread >> 32);
}

/* The current state, or that it is over. */
static void tell(struct stream *st, const struct msg_service *m)
{
	if (m->state != PAGE_UP) {
		send_event(st, "state", api_state_event(m, st->lang));
	} else if (send_event(st, "back", api_back_event(m, wave(m))) && !st->all) {
		conn_end(st->conn); /* the page goes there; what is left of it is in the way */
	}
}

static bool about(struct stream *st, const struct service *s)
{
	if (!st->all)
		return service_equal(&st->conn->service, s);
	for (size_t i = 0; i < st->n; i++) {
		if (service_equal(&st->services[i], s))
			return true;
	}
	return false;
}

void events_service(struct web *w, const struct msg_service *m)
{
	struct conn *c, *next;

	for (c = TAILQ_FIRST(&w->server->streams); c; c = next) {
		struct stream *st = stream_of(c);

		next = TAILQ_NEXT(c, link);
		if (st && about(st, &m->service))
			tell(st, m);
		else if (st)
			st->anew = true;
	}
}

static void stream_gone(struct conn *c, void *arg)
{
	struct stream *st = arg;

	ask_cancel(c->web, st->ask);
	if (!st->all)
		engine_visit(c->web, &c->client, &c->service, VISIT_CLOSED);
	free(st->services);
	free(st);
}

/* What is new in the client's list is told; what was told before is not told again. */
static void list_came(void *arg, const struct answer *a)
{
	struct stream *st = arg;
	struct service *known;

	st->ask = 0;
	if (a->err)
		return;
	known = reallocarray(st->services, st->n + a->n_standings + 1, sizeof(*known));
	if (!known)
		return;
	st->services = known;
	for (size_t i = 0; i < a->n_standings; i++) {
		const struct msg_service *m = &a->standings[i].about;

		if (m->state == PAGE_UP || about(st, &m->service))
			continue;
		if (st->n == ASK_STANDINGS_MAX)
			return;
		st->services[st->n++] = m->service;
		if (!send_event(st, "state", api_state_event(m, st->lang)))
			return;
	}
}

static void ask_list(struct stream *st, int64_t now)
{
	st->anew = false;
	st->asked = now;
	st->ask = ask_standing(st->conn->web, &st->conn->client, NULL, list_came, st);
}

/* False: the stream is gone. */
static bool beat(struct stream *st, int64_t now)
{
	if (st->beat > now)
		return true;
	st->beat = now + BEAT_MS;
	return conn_event(st->conn, ":\n\n", 3);
}

static bool list_due(const struct stream *st, int64_t now)
{
	return st->all && st->anew && !st->ask && st->asked + ANEW_MS <= now;
}

static void tick(evutil_socket_t fd, short what, void *arg)
{
	struct events *e = arg;
	int64_t now = time_mono_ms();
	struct conn *c, *next;

	(void)fd;
	(void)what;
	for (c = TAILQ_FIRST(&e->web->server->streams); c; c = next) {
		struct stream *st = stream_of(c);

		next = TAILQ_NEXT(c, link);
		if (st && beat(st, now) && list_due(st, now))
			ask_list(st, now);
	}
}

struct events *events_new(struct web *w)
{
	static const struct timeval second = { 1, 0 };
	struct events *e = calloc(1, sizeof(*e));

	if (!e)
		fatal("out of memory");
	e->web = w;
	e->tick = event_new(w->base, -1, EV_PERSIST, tick, e);
	if (!e->tick || event_add(e->tick, &second))
		fatal("out of memory");
	return e;
}

void events_free(struct events *e)
{
	event_free(e->tick);
	free(e);
}

static void visit_opened(struct stream *st)
{
	struct conn *c = st->conn;

	if (!st->all)
		engine_visit(c->web, &c->client, &c->service, VISIT_OPENED);
}

void events_open(struct conn *c)
{
	struct stream *st = calloc(1, sizeof(*st));
	const struct msg_service *m;

	if (!st) {
		conn_plain(c, 503, "Out of memory.");
		return;
	}
	st->conn = c;
	st->all = c->face != WEB_STANDIN;
	st->lang = negotiate_lang(http_header(c->req, "Accept-Language"));
	st->beat = time_mono_ms() + BEAT_MS;
	conn_on_gone(c, stream_gone, st);
	conn_stream(c);
	visit_opened(st);
	if (st->all) {
		ask_list(st, time_mono_ms());
		return;
	}
	m = services_find(c->web->services, &c->service);
	if (m)
		tell(st, m);
}

void events_tell_again(struct web *w)
{
	struct conn *c;

	TAILQ_FOREACH(c, &w->server->streams, link) {
		struct stream *st = stream_of(c);

		if (st) {
			visit_opened(st);
			st->anew = true;
		}
	}
}
