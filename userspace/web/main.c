// SPDX-License-Identifier: GPL-2.0
/*
 * The room "web": the loop, and the sockets to the parent and the engine. It
 * owns no file, no right and no address of its own; its listening sockets come
 * from the parent, what it knows from the engine.
 */
#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../common/log.h"
#include "../common/room.h"
#include "web.h"

#define MESSAGES_PER_TURN 64

static void engine_close(struct web *w)
{
	if (!w->from_engine)
		return;
	event_free(w->from_engine);
	w->from_engine = NULL;
	msg_close(&w->engine);
}

/* What no room says to this one is left alone. */
static void engine_speaks(struct web *w, const struct msg *m)
{
	(void)w;
	if (m->fd >= 0)
		close(m->fd);
	log_warn("unexpected message %d from the engine", m->type);
}

static void engine_readable(evutil_socket_t fd, short what, void *arg)
{
	struct web *w = arg;
	int got;

	(void)fd;
	(void)what;
	for (int turn = 0; turn < MESSAGES_PER_TURN; turn++) {
		got = msg_recv(&w->engine, &w->msg);
		if (got == 1)
			engine_speaks(w, &w->msg);
		else if (got == -EAGAIN)
			return;
		else if (got != -EBADMSG)
			break;
	}
	if (got != 1 && got != -EBADMSG)
		engine_close(w);
}

static void engine_open(struct web *w, int fd)
{
	engine_close(w);
	w->engine.fd = fd;
	w->from_engine = event_new(w->base, fd, EV_READ | EV_PERSIST, engine_readable, w);
	if (!w->from_engine || event_add(w->from_engine, NULL))
		fatal("cannot watch the socket to the engine");
}

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

int web_main(const struct room_start *start)
{
	struct web *w = calloc(1, sizeof(*w));

	if (!w)
		fatal("out of memory");
	w->conf = start->conf;
	w->parent = start->parent;
	w->engine.fd = -1;
	w->base = event_base_new();
	if (!w->base)
		fatal("cannot set up the event loop");
	w->from_parent =
		event_new(w->base, w->parent.fd, EV_READ | EV_PERSIST, parent_readable, w);
	if (!w->from_parent || event_add(w->from_parent, NULL))
		fatal("cannot watch the socket to the parent");

	room_up(start);
	event_base_dispatch(w->base);
	engine_close(w);
	event_free(w->from_parent);
	event_base_free(w->base);
	free(w);
	return 0;
}
