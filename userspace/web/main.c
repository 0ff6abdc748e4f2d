// SPDX-License-Identifier: GPL-2.0
/*
 * The room "web": the loop, and its parts put together. It owns no file, no
 * right and no address of its own; its listening sockets come from the parent,
 * what it knows from the engine.
 */
#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "../common/log.h"
#include "../common/room.h"
#include "ask.h"
#include "engine.h"
#include "events.h"
#include "server.h"
#include "services.h"
#include "tls.h"
#include "web.h"

static void parent_readable(evutil_socket_t fd, short what, void *arg)
{
	struct web *w = arg;
	const struct msg_peer *peer = (const void *)w->msg.body;
	int got;

	(void)fd;
	(void)what;
	while ((got = msg_recv(&w->parent, &w->msg)) == 1) {
		if (w->msg.type == MSG_PEER && peer->room == ROOM_ENGINE)
			engine_open(w, w->msg.fd);
		else if (w->msg.fd >= 0)
			close(w->msg.fd);
	}
	if (got != -EAGAIN && got != -EBADMSG)
		event_base_loopbreak(w->base);
}

static struct web *web_new(const struct room_start *start)
{
	struct web *w = calloc(1, sizeof(*w));

	if (!w)
		fatal("out of memory");
	w->conf = start->conf;
	w->parent = start->parent;
	w->base = event_base_new();
	if (!w->base)
		fatal("cannot set up the event loop");
	if (getrandom(w->secret, sizeof(w->secret), 0) != sizeof(w->secret))
		fatal("no random numbers: %s", strerror(errno));
	w->from_parent = event_new(w->base, w->parent.fd, EV_READ | EV_PERSIST, parent_readable, w);
	if (!w->from_parent || event_add(w->from_parent, NULL))
		fatal("cannot watch the socket to the parent");
	w->engine = engine_new(w);
	w->asks = asks_new(w);
	w->services = services_new(w);
	w->events = events_new(w);
	w->tls = tls_new(w->conf);
	w->server = server_new(w, start);
	return w;
}

/* The connections go first: they take back what they have asked. */
static void web_free(struct web *w)
{
	server_free(w->server);
	tls_free(w->tls);
	events_free(w->events);
	services_free(w->services);
	asks_free(w->asks);
	engine_free(w->engine);
	event_free(w->from_parent);
	event_base_free(w->base);
	explicit_bzero(w->secret, sizeof(w->secret));
	free(w);
}

int web_main(const struct room_start *start)
{
	struct web *w = web_new(start);

	room_up(start);
	event_base_dispatch(w->base);
	web_free(w);
	return 0;
}
