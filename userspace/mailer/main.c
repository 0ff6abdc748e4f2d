// SPDX-License-Identifier: GPL-2.0
/*
 * The room "mailer": takes notices, lists and announcements from the engine, hands
 * them on, and says what became of each; asks the contact command what the engine wants
 * to know. It decides nothing: to try again is the engine's business.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <unistd.h>

#include "../common/log.h"
#include "../common/timefmt.h"
#include "command.h"
#include "queues.h"
#include "room.h"

enum { POLL_PARENT, POLL_ENGINE, POLL_SESSIONS };

/* A result on its way to the engine. It must not be lost: the mail would be sent
 * twice. */
struct outgoing {
	STAILQ_ENTRY(outgoing) link;
	enum msg_type type; /* MSG_RESULT, MSG_HANDED */
	struct msg_result result;
};
STAILQ_HEAD(outgoings, outgoing);

/* How many more of a kind the engine may send. */
struct window {
	enum msg_type type; /* MSG_WINDOW, MSG_SPACE */
	uint32_t told; /* last */
	bool stale; /* the engine has used some of that since */
};

struct mailer {
	struct msg_chan parent, engine; /* fd -1: not connected */
	bool ready; /* MSG_READY has come */
	struct queues *queues;
	struct command *command;
	struct outgoings outgoing;
	struct window notices, handovers;
	bool blocked; /* the engine's socket is full, more is to be said */
	uint64_t results[DELIVERY_UNSURE + 1]; /* by what became of them */
	struct msg msg; /* the one being received */
};

/* --- towards the engine --------------------------------------------------- */

static void engine_lost(struct mailer *m)
{
	msg_close(&m->engine);
	m->engine.fd = -1;
	/* What is not begun will be asked for again by the next engine. */
	queues_drop(m->queues);
	command_drop(m->command);
}

static void result(enum msg_type answer, const struct msg_result *r, void *arg)
{
	struct mailer *m = arg;
	struct outgoing *o = malloc(sizeof(*o));

	m->results[r->delivery]++;
	if (!o) {
		log_err("out of memory: a result is lost, what it is about will be repeated");
		return;
	}
	o->type = answer;
	o->result = *r;
	STAILQ_INSERT_TAIL(&m->outgoing, o, link);
}

/* 0, or why the engine cannot be told now. */
static int results_send(struct mailer *m)
{
	struct outgoing *o;

	while ((o = STAILQ_FIRST(&m->outgoing))) {
		int err = msg_send(&m->engine, o->type, &o->result, sizeof(o->result), -1);

		if (err)
			return err;
		STAILQ_REMOVE_HEAD(&m->outgoing, link);
		free(o);
	}
	return 0;
}

/*
 * As we end: the engine, which ends too, hears us out, but may have as much to do as we.
 * What it does not hear is delivered again.
 */
static void results_send_last(struct mailer *m)
{
	int64_t end = time_mono_ms() + ROOM_LAST_WORDS_MS, left = ROOM_LAST_WORDS_MS;
	struct pollfd engine = { m->engine.fd, POLLOUT, 0 };

	while (results_send(m) == -EAGAIN && left > 0) {
		poll(&engine, 1, (int)left);
		left = end - time_mono_ms();
	}
}

static int window_send(struct mailer *m, struct window *window, uint32_t room)
{
	struct msg_window w = { room };
	int err;

	if (w.free == window->told && !window->stale)
		return 0;
	err = msg_send(&m->engine, window->type, &w, sizeof(w), -1);
	if (!err) {
		window->told = w.free;
		window->stale = false;
	}
	return err;
}

static int answers_send(struct mailer *m)
{
	const struct msg_found *f;

	while ((f = command_answer(m->command))) {
		int err = msg_send(&m->engine, MSG_FOUND, f, sizeof(*f), -1);

		if (err)
			return err;
		command_answered(m->command);
	}
	return 0;
}

static void flush(struct mailer *m)
{
	int err;

	if (!m->ready || m->engine.fd < 0)
		return;
	err = results_send(m);
	if (!err)
		err = window_send(m, &m->notices, queues_window(m->queues));
	if (!err)
		err = window_send(m, &m->handovers, queues_space(m->queues));
	if (!err)
		err = answers_send(m);
	m->blocked = err == -EAGAIN;
	if (err && err != -EAGAIN)
		engine_lost(m);
}

/* --- from the parent and the engine --------------------------------------- */

static void engine_new(struct mailer *m, int fd)
{
	if (m->engine.fd >= 0)
		engine_lost(m);
	m->engine.fd = fd;
	m->notices.stale = m->handovers.stale = true;
}

/* False: the parent is gone. */
static bool parent_read(struct mailer *m)
{
	int got;

	while ((got = msg_recv(&m->parent, &m->msg)) == 1) {
		const struct msg_peer *peer = (const void *)m->msg.body;

		if (m->msg.type == MSG_READY) {
			m->ready = true;
		} else if (m->msg.type == MSG_PEER && peer->room == ROOM_ENGINE) {
			engine_new(m, m->msg.fd);
		} else {
			log_warn("unexpected message %d from the parent", m->msg.type);
			if (m->msg.fd >= 0)
				close(m->msg.fd);
		}
	}
	return got == -EAGAIN || got == -EBADMSG;
}

/* The result is in the queue of outgoing ones: what is asked again needs no other. */
static bool result_waits(const struct mailer *m, enum msg_type answer, uint64_t id)
{
	const struct outgoing *o;

	STAILQ_FOREACH(o, &m->outgoing, link)
	if (o->type == answer && o->result.id == id)
		return true;
	return false;
}

static void notice_take(struct mailer *m, const struct msg_notice *n)
{
	m->notices.stale = true;
	if (!result_waits(m, MSG_RESULT, n->id))
		queues_notice(m->queues, n);
}

static void handover_take(struct mailer *m, const struct msg_handover *h)
{
	m->handovers.stale = true;
	if (!result_waits(m, MSG_HANDED, h->id))
		queues_handover(m->queues, h);
}

static void engine_read(struct mailer *m)
{
	int got;

	while ((got = msg_recv(&m->engine, &m->msg)) == 1) {
		if (m->msg.type == MSG_NOTICE)
			notice_take(m, (const void *)m->msg.body);
		else if (m->msg.type == MSG_HANDOVER)
			handover_take(m, (const void *)m->msg.body);
		else if (m->msg.type == MSG_LOOKUP)
			command_ask(m->command, (const void *)m->msg.body);
		else
			log_warn("unexpected message %d from the engine", m->msg.type);
		if (m->msg.fd >= 0)
			close(m->msg.fd);
	}
	if (got == -EBADMSG)
		log_warn("malformed message from the engine");
	else if (got != -EAGAIN)
		engine_lost(m);
}

/* --- the loop ------------------------------------------------------------- */

static int loop(struct mailer *m, struct pollfd *fds)
{
	for (;;) {
		int timeout = -1;
		nfds_t n = queues_poll(m->queues, fds + POLL_SESSIONS, &timeout);

		n += command_poll(m->command, fds + POLL_SESSIONS + n, &timeout);
		fds[POLL_PARENT] = (struct pollfd){ m->parent.fd, POLLIN, 0 };
		fds[POLL_ENGINE] = (struct pollfd){ m->engine.fd, POLLIN, 0 };
		if (m->blocked)
			fds[POLL_ENGINE].events |= POLLOUT;
		if (poll(fds, POLL_SESSIONS + n, timeout) < 0 && errno != EINTR) {
			log_err("poll: %s", strerror(errno));
			return 1;
		}
		if (fds[POLL_PARENT].revents && !parent_read(m))
			return 0;
		if (m->ready && m->engine.fd >= 0)
			engine_read(m);
		queues_step(m->queues);
		command_step(m->command);
		flush(m);
	}
}

int mailer_run(const struct room_start *start, const struct via *via)
{
	struct mailer *m = calloc(1, sizeof(*m));
	struct pollfd *fds = NULL;
	struct outgoing *o;
	int rc;

	if (!m)
		fatal("out of memory");
	STAILQ_INIT(&m->outgoing);
	m->parent = start->parent;
	m->engine.fd = -1;
	m->notices.type = MSG_WINDOW;
	m->handovers.type = MSG_SPACE;
	m->queues = queues_new(start->conf, via, result, m);
	m->command = command_new(&start->conf->lookup);
	if (m->queues && m->command)
		fds = calloc(POLL_SESSIONS + queues_poll_max(m->queues) +
				     command_poll_max(m->command),
			     sizeof(*fds));
	if (!fds)
		fatal("out of memory");

	room_up(start);
	rc = loop(m, fds);
	/* Sessions that still run may have delivered: tell what is known. */
	queues_free(m->queues);
	command_free(m->command);
	if (m->engine.fd >= 0)
		results_send_last(m);
	log_info("%llu delivered, %llu refused, %llu tries that have to be repeated",
		 (unsigned long long)m->results[DELIVERY_SENT],
		 (unsigned long long)m->results[DELIVERY_REFUSED],
		 (unsigned long long)(m->results[DELIVERY_LATER] + m->results[DELIVERY_UNSURE]));
	while ((o = STAILQ_FIRST(&m->outgoing))) {
		STAILQ_REMOVE_HEAD(&m->outgoing, link);
		free(o);
	}
	msg_close(&m->engine);
	free(fds);
	free(m);
	return rc;
}

int mailer_main(const struct room_start *start)
{
	static const struct via *const ways[] = {
		[MAIL_LIBESMTP] = &via_esmtp,
		[MAIL_LIBCURL] = &via_curl,
		[MAIL_SENDMAIL] = &via_sendmail,
	};

	return mailer_run(start, ways[start->conf->mail.client]);
}
