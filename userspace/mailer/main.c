// SPDX-License-Identifier: GPL-2.0
/*
 * The room "mailer": takes notices from the engine, hands them on, and says what
 * became of each. It decides nothing: to try again is the engine's business.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <unistd.h>

#include "../common/log.h"
#include "deliver.h"
#include "room.h"

enum { POLL_PARENT, POLL_ENGINE, POLL_SESSIONS };

/* A result on its way to the engine. It must not be lost: the mail would be sent
 * twice. */
struct outgoing {
	STAILQ_ENTRY(outgoing) link;
	struct msg_result result;
};
STAILQ_HEAD(outgoings, outgoing);

struct mailer {
	struct msg_chan parent, engine; /* fd -1: not connected */
	bool ready; /* MSG_READY has come */
	struct deliver *deliver;
	struct outgoings outgoing;
	uint32_t window; /* the engine was told last */
	bool window_stale; /* it has used some of that since */
	bool blocked; /* the engine's socket is full, more is to be said */
	uint64_t sent, later, refused;
	struct msg msg; /* the one being received */
};

/* --- towards the engine --------------------------------------------------- */

static void engine_lost(struct mailer *m)
{
	msg_close(&m->engine);
	m->engine.fd = -1;
	/* What is not begun will be asked for again by the next engine. */
	deliver_drop_queue(m->deliver);
}

static void result(const struct msg_result *r, void *arg)
{
	struct mailer *m = arg;
	struct outgoing *o = malloc(sizeof(*o));

	if (r->delivery == DELIVERY_SENT)
		m->sent++;
	else if (r->delivery == DELIVERY_LATER)
		m->later++;
	else
		m->refused++;
	if (!o) {
		log_err("out of memory: a result is lost, its notice will be repeated");
		return;
	}
	o->result = *r;
	STAILQ_INSERT_TAIL(&m->outgoing, o, link);
}

/* 0, or why the engine cannot be told now. */
static int results_send(struct mailer *m)
{
	struct outgoing *o;

	while ((o = STAILQ_FIRST(&m->outgoing))) {
		int err = msg_send(&m->engine, MSG_RESULT, &o->result, sizeof(o->result), -1);

		if (err)
			return err;
		STAILQ_REMOVE_HEAD(&m->outgoing, link);
		free(o);
	}
	return 0;
}

static int window_send(struct mailer *m)
{
	struct msg_window w = { deliver_free_slots(m->deliver) };
	int err;

	if (w.free == m->window && !m->window_stale)
		return 0;
	err = msg_send(&m->engine, MSG_WINDOW, &w, sizeof(w), -1);
	if (!err) {
		m->window = w.free;
		m->window_stale = false;
	}
	return err;
}

static void flush(struct mailer *m)
{
	int err;

	if (!m->ready || m->engine.fd < 0)
		return;
	err = results_send(m);
	if (!err)
		err = window_send(m);
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
	m->window_stale = true;
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

/* The result is in the queue of outgoing ones: the notice needs no other. */
static bool result_waits(const struct mailer *m, uint64_t id)
{
	const struct outgoing *o;

	STAILQ_FOREACH(o, &m->outgoing, link)
	if (o->result.id == id)
		return true;
	return false;
}

static void notice_take(struct mailer *m, const struct msg_notice *n)
{
	int err = result_waits(m, n->id) ? -EALREADY : deliver_add(m->deliver, n);
	struct msg_result r = { .id = n->id, .delivery = DELIVERY_LATER };

	m->window_stale = true;
	if (!err || err == -EALREADY)
		return;
	snprintf(r.text, sizeof(r.text), "the mailer is out of memory");
	result(&r, m);
}

static void engine_read(struct mailer *m)
{
	int got;

	while ((got = msg_recv(&m->engine, &m->msg)) == 1) {
		if (m->msg.type == MSG_NOTICE)
			notice_take(m, (const void *)m->msg.body);
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
		nfds_t n = deliver_poll(m->deliver, fds + POLL_SESSIONS, &timeout);

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
		deliver_step(m->deliver);
		flush(m);
	}
}

int mailer_run(const struct room_start *start, const struct via *via)
{
	const struct conf_mail *mail = &start->conf->mail;
	struct mailer *m = calloc(1, sizeof(*m));
	struct pollfd *fds = calloc(POLL_SESSIONS + mail->sessions, sizeof(*fds));
	struct outgoing *o;
	int rc;

	if (!m || !fds)
		fatal("out of memory");
	STAILQ_INIT(&m->outgoing);
	m->parent = start->parent;
	m->engine.fd = -1;
	m->deliver = deliver_new(mail, via, result, m);
	if (!m->deliver)
		fatal("out of memory");

	room_up(start);
	rc = loop(m, fds);
	log_info("%llu mails sent, %llu refused, %llu tries that have to be repeated",
		 (unsigned long long)m->sent, (unsigned long long)m->refused,
		 (unsigned long long)m->later);
	/* Sessions that still run may have delivered: tell what is known. */
	deliver_free(m->deliver);
	if (m->engine.fd >= 0)
		results_send(m);
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
