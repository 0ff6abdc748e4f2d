// SPDX-License-Identifier: GPL-2.0
/*
 * Accepting. When there are too many connections somebody has to give way: who
 * dawdles with the request first, then whose page has been open the longest.
 */
#include "server.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../common/log.h"
#include "../common/timefmt.h"

#define DAWDLE_MS     2000 /* a request that is not there by then may be given up */
#define AGAIN_SECONDS 1

static void reset(int fd)
{
	static const struct linger now = { 1, 0 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(fd);
}

static bool make_room(struct server *s)
{
	struct conn *c = TAILQ_FIRST(&s->asking);

	if (!c || c->since + DAWDLE_MS > time_mono_ms())
		c = TAILQ_FIRST(&s->streams);
	if (!c)
		return false;
	conn_free(c, true);
	return true;
}

static bool make_room_for(struct server *s, const struct addr *client)
{
	struct conn *c;

	TAILQ_FOREACH(c, &s->streams, link) {
		if (limit_same(&c->client, client)) {
			conn_free(c, true);
			return true;
		}
	}
	return false;
}

static bool enter(struct server *s, const struct addr *client)
{
	if (s->n_conns >= s->web->conf->web.connections && !make_room(s))
		return false;
	if (limit_enter(s->limit, client))
		return true;
	return make_room_for(s, client) && limit_enter(s->limit, client);
}

static void accepted(struct evconnlistener *ev, evutil_socket_t fd, struct sockaddr *sa, int len,
		     void *arg)
{
	struct listener *l = arg;
	struct addr client;

	(void)ev;
	(void)len;
	if (addr_from_sockaddr(&client, sa) || !enter(l->server, &client))
		reset(fd);
	else
		conn_new(l->server, l, fd, &client);
}

/* Out of descriptors, most likely: the queue of the kernel holds them meanwhile. */
static void accept_failed(struct evconnlistener *ev, void *arg)
{
	static const struct timeval wait = { AGAIN_SECONDS, 0 };
	static struct log_rate rate;
	struct listener *l = arg;
	unsigned long missed;

	if (log_allowed(&rate, 60, &missed))
		log_warn("cannot accept connections: %s", strerror(errno));
	evconnlistener_disable(ev);
	event_add(l->server->again, &wait);
}

static void accept_again(evutil_socket_t fd, short what, void *arg)
{
	struct server *s = arg;

	(void)fd;
	(void)what;
	for (size_t i = 0; i < s->n_listeners; i++)
		evconnlistener_enable(s->listeners[i].ev);
}

static void listen_on(struct server *s, struct listener *l, const struct room_start *start,
		      size_t i)
{
	l->server = s;
	l->face = start->listen_web[i].face;
	l->tls = start->listen_web[i].tls;
	evutil_make_socket_nonblocking(start->listen_fds[i]);
	l->ev = evconnlistener_new(s->web->base, accepted, l,
				   LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0,
				   start->listen_fds[i]);
	if (!l->ev)
		fatal("cannot watch a listening socket");
	evconnlistener_set_error_cb(l->ev, accept_failed);
}

struct server *server_new(struct web *w, const struct room_start *start)
{
	struct server *s = calloc(1, sizeof(*s));

	if (!s)
		fatal("out of memory");
	s->web = w;
	TAILQ_INIT(&s->asking);
	TAILQ_INIT(&s->streams);
	TAILQ_INIT(&s->ending);
	s->limit = limit_new(w->conf->web.per_client);
	s->again = evtimer_new(w->base, accept_again, s);
	s->listeners = calloc(start->n_listen_fds + 1, sizeof(*s->listeners));
	if (!s->limit || !s->again || !s->listeners)
		fatal("out of memory");
	for (; s->n_listeners < start->n_listen_fds; s->n_listeners++)
		listen_on(s, &s->listeners[s->n_listeners], start, s->n_listeners);
	return s;
}

static void end_all(struct conn_list *list)
{
	while (!TAILQ_EMPTY(list))
		conn_free(TAILQ_FIRST(list), false);
}

void server_free(struct server *s)
{
	for (size_t i = 0; i < s->n_listeners; i++)
		evconnlistener_free(s->listeners[i].ev);
	end_all(&s->asking);
	end_all(&s->streams);
	end_all(&s->ending);
	event_free(s->again);
	limit_free(s->limit);
	free(s->listeners);
	free(s);
}
