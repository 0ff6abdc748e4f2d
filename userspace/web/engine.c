// SPDX-License-Identifier: GPL-2.0
/*
 * The channel to the engine, with what it did not take at once.
 */
#include "engine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <unistd.h>

#include "../common/log.h"
#include "ask.h"
#include "events.h"
#include "services.h"

#define MESSAGES_PER_TURN 64
#define QUEUE_MAX	  4096 /* beside a word about every connection, for a new engine */

struct queued {
	STAILQ_ENTRY(queued) link;
	enum msg_type type;
	size_t len;
	unsigned char body[];
};

struct engine_link {
	struct msg_chan chan;
	struct event *readable, *writable; /* NULL: not connected */
	STAILQ_HEAD(queue, queued) queue;
	size_t n_queued;
	struct event *alive;
};

/*
 * While we hang, nobody may be sent to us. A send that fails is as good as none:
 * the engine, or its channel, has more to read than it can.
 */
static void tell_alive(evutil_socket_t fd, short what, void *arg)
{
	struct engine_link *e = arg;

	(void)fd;
	(void)what;
	if (e->readable && !e->n_queued)
		msg_send(&e->chan, MSG_ALIVE, NULL, 0, -1);
}

struct engine_link *engine_new(struct web *w)
{
	const struct timeval each = { MSG_ALIVE_MS / 1000, MSG_ALIVE_MS % 1000 * 1000 };
	struct engine_link *e = calloc(1, sizeof(*e));

	if (e)
		e->alive = event_new(w->base, -1, EV_PERSIST, tell_alive, e);
	if (!e || !e->alive || event_add(e->alive, &each))
		fatal("out of memory");
	e->chan.fd = -1;
	STAILQ_INIT(&e->queue);
	return e;
}

static void queue_pop(struct engine_link *e)
{
	struct queued *q = STAILQ_FIRST(&e->queue);

	STAILQ_REMOVE_HEAD(&e->queue, link);
	e->n_queued--;
	free(q);
}

static void hang_up(struct engine_link *e)
{
	if (!e->readable)
		return;
	event_free(e->readable);
	event_free(e->writable);
	e->readable = NULL;
	e->writable = NULL;
	msg_close(&e->chan);
	while (e->n_queued)
		queue_pop(e);
}

void engine_free(struct engine_link *e)
{
	hang_up(e);
	event_free(e->alive);
	free(e);
}

bool engine_there(const struct web *w)
{
	return w->engine->readable != NULL;
}

static void engine_speaks(struct web *w, const struct msg *m)
{
	switch (m->type) {
	case MSG_SERVICE:
		services_update(w->services, (const void *)m->body);
		break;
	case MSG_STANDING:
		ask_standing_came(w, (const void *)m->body);
		break;
	case MSG_OUTCOME:
		ask_outcome_came(w, (const void *)m->body);
		break;
	default:
		if (m->fd >= 0)
			close(m->fd);
		log_warn("unexpected message %d from the engine", m->type);
		break;
	}
}

static void gone(struct web *w)
{
	hang_up(w->engine);
	ask_engine_gone(w);
}

static void engine_readable(evutil_socket_t fd, short what, void *arg)
{
	struct web *w = arg;
	int got = 1;

	(void)fd;
	(void)what;
	for (int turn = 0; turn < MESSAGES_PER_TURN; turn++) {
		got = msg_recv(&w->engine->chan, &w->msg);
		if (got == 1)
			engine_speaks(w, &w->msg);
		else if (got != -EBADMSG)
			break;
	}
	if (got != 1 && got != -EBADMSG && got != -EAGAIN)
		gone(w);
}

static void engine_writable(evutil_socket_t fd, short what, void *arg)
{
	struct engine_link *e = ((struct web *)arg)->engine;

	(void)fd;
	(void)what;
	while (e->n_queued) {
		struct queued *q = STAILQ_FIRST(&e->queue);

		if (msg_send(&e->chan, q->type, q->body, q->len, -1) == -EAGAIN)
			break;
		queue_pop(e);
	}
	if (e->n_queued)
		event_add(e->writable, NULL);
}

void engine_open(struct web *w, int fd)
{
	struct engine_link *e = w->engine;

	if (engine_there(w))
		gone(w);
	e->chan.fd = fd;
	e->readable = event_new(w->base, fd, EV_READ | EV_PERSIST, engine_readable, w);
	e->writable = event_new(w->base, fd, EV_WRITE, engine_writable, w);
	if (!e->readable || !e->writable || event_add(e->readable, NULL))
		fatal("cannot watch the socket to the engine");
	services_all_anew(w->services);
	events_tell_again(w);
}

static int keep(struct web *w, enum msg_type type, const void *body, size_t len)
{
	struct engine_link *e = w->engine;
	size_t max = QUEUE_MAX + w->conf->web.connections;
	struct queued *q = e->n_queued < max ? malloc(sizeof(*q) + len) : NULL;

	if (!q)
		return -EAGAIN;
	q->type = type;
	q->len = len;
	memcpy(q->body, body, len);
	STAILQ_INSERT_TAIL(&e->queue, q, link);
	e->n_queued++;
	event_add(e->writable, NULL);
	return 0;
}

int engine_send(struct web *w, enum msg_type type, const void *body, size_t len, int fd)
{
	struct engine_link *e = w->engine;
	int err = -EAGAIN;

	if (!engine_there(w))
		return -ENOTCONN;
	if (!e->n_queued || fd >= 0)
		err = msg_send(&e->chan, type, body, len, fd);
	if (err == -EAGAIN && fd < 0)
		err = keep(w, type, body, len);
	return err;
}

void engine_visit(struct web *w, const struct addr *client, const struct service *s,
		  enum visit visit)
{
	struct msg_visit v = { .client = *client, .service = *s, .visit = visit };
	static struct log_rate rate;
	unsigned long missed;
	int err = engine_send(w, MSG_VISIT, &v, sizeof(v), -1);

	if (err && err != -ENOTCONN && log_allowed(&rate, 60, &missed))
		log_warn("the engine does not listen: visits are lost");
}
