// SPDX-License-Identifier: GPL-2.0
/*
 * The room "agentx": serves our tables to the system's snmpd. It keeps nothing but what
 * the engine last said, asks again when somebody wants to know and that is old, and
 * asks for the waiters only when they are wanted.
 */
#include <errno.h>
#include <string.h>
#include <sys/select.h>
#include <unistd.h>

#include "../common/log.h"
#include "../common/room.h"
#include "../common/timefmt.h"
#include "fetch.h"
#include "subagent.h"

#define FRESH_MS    5000 /* an answer is good for so long, */
#define FRESH_TIMES 10 /* or so many times as long as it took to get, */
#define FRESH_MAX   30000 /* but not for longer */
#define SILENCE_MS  10000 /* of the engine: it does not answer any more */
#define WAIT_MAX    60 /* seconds in select() */

struct agentx {
	struct msg_chan parent, engine; /* fd -1: not connected */
	struct view view;
	int64_t fresh, waiters_fresh; /* until when, CLOCK_MONOTONIC ms */
	struct fetch fetch;
	bool wanted, waiters_wanted;
	struct log_rate rate;
	struct msg msg; /* the one being received */
};

/* --- the view ------------------------------------------------------------- */

static const struct view *view(bool waiters, void *arg)
{
	struct agentx *r = arg;

	if (time_mono_ms() < (waiters ? r->waiters_fresh : r->fresh))
		return &r->view;
	r->wanted = true;
	r->waiters_wanted |= waiters;
	return NULL;
}

static void fetch_failed(struct agentx *r, int err)
{
	unsigned long missed;

	if (log_allowed(&r->rate, 60, &missed))
		log_warn("the engine does not answer: %s", strerror(-err));
	fetch_stop(&r->fetch);
	subagent_answer(false);
}

/* Without new waiters the old ones stay. */
static void take_over(struct agentx *r)
{
	int64_t now = time_mono_ms(), good = (now - r->fetch.began) * FRESH_TIMES;
	struct view *new = &r->fetch.view;

	if (!r->fetch.waiters) {
		new->waiters = r->view.waiters;
		new->n_waiters = r->view.n_waiters;
		r->view.waiters = NULL;
	}
	view_clear(&r->view);
	r->view = *new;
	*new = (struct view){ 0 };
	r->fresh = now + (good < FRESH_MS ? FRESH_MS : good > FRESH_MAX ? FRESH_MAX : good);
	if (r->fetch.waiters)
		r->waiters_fresh = r->fresh;
	fetch_stop(&r->fetch);
	subagent_answer(true);
}

static void fetch_more(struct agentx *r)
{
	int rc = fetch_read(&r->fetch);

	if (rc < 0)
		fetch_failed(r, rc);
	else if (rc)
		take_over(r);
}

static void fetch_if_wanted(struct agentx *r)
{
	if (r->fetch.fd >= 0 && time_mono_ms() - r->fetch.heard >= SILENCE_MS)
		fetch_failed(r, -ETIMEDOUT);
	if (!r->wanted || r->fetch.fd >= 0 || r->engine.fd < 0)
		return;
	if (fetch_start(&r->fetch, &r->engine, r->waiters_wanted) == 0)
		r->wanted = r->waiters_wanted = false;
}

/* --- the other rooms ---------------------------------------------------------- */

static void engine_close(struct agentx *r)
{
	if (r->engine.fd >= 0)
		msg_close(&r->engine);
	r->engine.fd = -1;
}

/* False: the parent is gone. */
static bool parent_read(struct agentx *r)
{
	struct msg *m = &r->msg;
	int got;

	while ((got = msg_recv(&r->parent, m)) == 1) {
		const struct msg_peer *peer = (const void *)m->body;

		if (m->type == MSG_PEER && peer->room == ROOM_ENGINE && m->fd >= 0) {
			engine_close(r);
			r->engine.fd = m->fd;
		} else if (m->fd >= 0) {
			close(m->fd);
		}
	}
	return got == -EAGAIN || got == -EBADMSG;
}

/* The engine says nothing here; what can be read is its end. */
static void engine_read(struct agentx *r)
{
	int got = msg_recv(&r->engine, &r->msg);

	if (got == 1 && r->msg.fd >= 0)
		close(r->msg.fd);
	if (got != 1 && got != -EAGAIN && got != -EBADMSG)
		engine_close(r);
}

/* --- the loop ----------------------------------------------------------------- */

static void want(int fd, fd_set *fds, int *n)
{
	if (fd < 0)
		return;
	FD_SET(fd, fds);
	if (fd >= *n)
		*n = fd + 1;
}

/* Takes @fd out of @fds: the rest is the library's. */
static bool take(int fd, fd_set *fds, int *n)
{
	if (fd < 0 || !FD_ISSET(fd, fds))
		return false;
	FD_CLR(fd, fds);
	--*n;
	return true;
}

static bool turn(struct agentx *r)
{
	struct timeval wait = { .tv_sec = r->fetch.fd >= 0 ? 1 : WAIT_MAX };
	fd_set fds;
	int n = 0;

	FD_ZERO(&fds);
	want(r->parent.fd, &fds, &n);
	want(r->engine.fd, &fds, &n);
	want(r->fetch.fd, &fds, &n);
	subagent_prepare(&fds, &n, &wait);
	n = select(n, &fds, NULL, NULL, &wait);
	if (n < 0) {
		if (errno != EINTR)
			fatal("select: %s", strerror(errno));
		return true;
	}
	/* Before the parent's message replaces the engine's socket. */
	if (take(r->fetch.fd, &fds, &n))
		fetch_more(r);
	if (take(r->engine.fd, &fds, &n))
		engine_read(r);
	if (take(r->parent.fd, &fds, &n) && !parent_read(r))
		return false;
	subagent_handle(n, &fds);
	fetch_if_wanted(r);
	return true;
}

int agentx_main(const struct room_start *start)
{
	static struct agentx r = { .engine = { -1 }, .fetch = { .fd = -1 } };
	const struct subagent_ops ops = { .view = view, .arg = &r };
	int rc;

	r.parent = start->parent;
	room_up(start);
	rc = subagent_start(start->conf, &ops);
	if (rc)
		fatal("cannot serve %s: %s", start->conf->mib_base, strerror(-rc));
	while (turn(&r))
		;
	subagent_stop();
	fetch_stop(&r.fetch);
	view_clear(&r.view);
	return 0;
}
