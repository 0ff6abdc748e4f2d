// SPDX-License-Identifier: GPL-2.0
/*
 * One monitor of the engine's events for all pages that are open. It begins with
 * the first page and ends with the last.
 */
#include <stdlib.h>

#include <event2/event.h>

#include "../common/log.h"
#include "query.h"
#include "status.h"

#define HEARTBEAT_SECONDS 15 /* also: when the engine is asked again */
#define STREAMS_MAX	  64

struct viewer {
	TAILQ_ENTRY(viewer) link;
	struct conn *c;
};

TAILQ_HEAD(viewer_list, viewer);

static struct viewer_list viewers = TAILQ_HEAD_INITIALIZER(viewers);
static unsigned int n_viewers;
static struct query *monitor; /* NULL: none, or the engine is away */
static struct event *heartbeat; /* NULL: no viewer */

static void to_all(const char *text, size_t len)
{
	struct viewer *v, *next;

	for (v = TAILQ_FIRST(&viewers); v; v = next) {
		next = TAILQ_NEXT(v, link);
		conn_event(v->c, text, len); /* who does not read is gone */
	}
}

static void happened(const json_t *row, void *arg)
{
	char *data = json_dumps(row, JSON_COMPACT), *text;
	int len;

	(void)arg;
	if (!data)
		return;
	len = asprintf(&text, "event: change\ndata: %s\n\n", data);
	if (len > 0) {
		to_all(text, (size_t)len);
		free(text);
	}
	free(data);
}

static void ended(const json_t *answers, const char *why, void *arg)
{
	(void)answers;
	(void)why;
	(void)arg;
	monitor = NULL; /* the next heartbeat asks again */
}

static void beat(evutil_socket_t fd, short what, void *arg)
{
	static const char comment[] = ": still here\n\n";

	(void)fd;
	(void)what;
	if (!monitor)
		monitor = query_monitor(arg, happened, ended, NULL);
	to_all(comment, sizeof(comment) - 1);
}

static void gone(struct conn *c, void *arg)
{
	struct viewer *v = arg;

	(void)c;
	TAILQ_REMOVE(&viewers, v, link);
	free(v);
	if (--n_viewers)
		return;
	query_cancel(monitor);
	monitor = NULL;
	event_free(heartbeat);
	heartbeat = NULL;
}

static bool begin(struct web *w)
{
	static const struct timeval every = { .tv_sec = HEARTBEAT_SECONDS };

	if (heartbeat)
		return true;
	heartbeat = event_new(w->base, -1, EV_PERSIST, beat, w);
	if (!heartbeat)
		return false;
	event_add(heartbeat, &every);
	event_active(heartbeat, EV_TIMEOUT, 0);
	return true;
}

void status_events(struct conn *c)
{
	struct viewer *v;

	if (!status_admit(c))
		return;
	v = n_viewers < STREAMS_MAX ? calloc(1, sizeof(*v)) : NULL;
	if (!v || !begin(c->web)) {
		free(v);
		conn_plain(c, 503, "Too many are looking.");
		return;
	}
	v->c = c;
	TAILQ_INSERT_TAIL(&viewers, v, link);
	n_viewers++;
	conn_stream(c);
	conn_on_gone(c, gone, v);
}
