// SPDX-License-Identifier: GPL-2.0
/*
 * The queue and its sessions. The rules of a session that ends early:
 *
 *  - what was reported stands;
 *  - a session that failed as a whole (no connection, no AUTH, ...) sends all
 *    the rest back to wait, and what is queued for the same receiver with it;
 *  - otherwise (crash, hang, line dropped) the item it was at is to blame and
 *    waits. The others were not even tried: they get one more session, or a
 *    single item that crashes every session would hold up all others for days.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../common/log.h"
#include "../common/timefmt.h"
#include "deliver.h"
#include "report.h"
#include "session.h"

/* How soon to look again at a child that has closed its pipe but not ended. */
#define REAP_MS 20

struct entry {
	TAILQ_ENTRY(entry) link;
	bool second_chance; /* has been in a session that ended before its turn */
	bool done; /* its result is out */
	uint64_t id;
	uint64_t item[]; /* what deliver_add() was given; aligned for every struct */
};
TAILQ_HEAD(entries, entry);

struct session {
	pid_t pid; /* 0: slot is free */
	int fd; /* its reports; -1 after the end of file */
	struct entry **entries;
	size_t n;
	int64_t deadline_ms; /* CLOCK_MONOTONIC: silence ends here */
	bool overdue; /* was killed for it */
	bool failed; /* reported as a whole, with these: */
	struct msg_result failure;
};

struct deliver {
	struct lane lane;
	deliver_result result;
	void *arg;
	struct entries queue;
	uint32_t n_queued, n_sessions; /* items in either */
	struct session *sessions; /* lane.sessions slots */
	struct log_rate failure_rate;
};

struct deliver *deliver_new(const struct lane *lane, deliver_result result, void *arg)
{
	struct deliver *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	d->sessions = calloc(lane->sessions, sizeof(*d->sessions));
	if (!d->sessions) {
		free(d);
		return NULL;
	}
	TAILQ_INIT(&d->queue);
	d->lane = *lane;
	d->result = result;
	d->arg = arg;
	return d;
}

/* --- queue ---------------------------------------------------------------- */

static bool in_hand(const struct deliver *d, uint64_t id)
{
	const struct entry *e;

	TAILQ_FOREACH(e, &d->queue, link)
		if (e->id == id)
			return true;
	for (uint32_t i = 0; i < d->lane.sessions; i++)
		for (size_t k = 0; k < d->sessions[i].n; k++)
			if (!d->sessions[i].entries[k]->done && d->sessions[i].entries[k]->id == id)
				return true;
	return false;
}

int deliver_add(struct deliver *d, uint64_t id, const void *item, size_t size)
{
	struct entry *e;

	if (in_hand(d, id))
		return -EALREADY;
	e = calloc(1, sizeof(*e) + size);
	if (!e)
		return -ENOMEM;
	e->id = id;
	memcpy(e->item, item, size);
	TAILQ_INSERT_TAIL(&d->queue, e, link);
	d->n_queued++;
	return 0;
}

void deliver_drop_queue(struct deliver *d)
{
	struct entry *e;

	while ((e = TAILQ_FIRST(&d->queue))) {
		TAILQ_REMOVE(&d->queue, e, link);
		free(e);
	}
	d->n_queued = 0;
}

uint32_t deliver_held(const struct deliver *d)
{
	return d->n_queued + d->n_sessions;
}

/* --- results -------------------------------------------------------------- */

static void finish(struct deliver *d, struct entry *e, struct msg_result *r)
{
	e->done = true;
	r->id = e->id;
	d->result(r, d->arg);
}

/* A report comes from a process that reads what strangers say: nothing in it is
 * believed that was not expected. */
static void take_report(struct deliver *d, struct session *s, const struct report *r)
{
	enum delivery last = d->lane.unsure ? DELIVERY_UNSURE : DELIVERY_REFUSED;
	struct msg_result result = { .code = r->code, .delivery = r->delivery };
	char text[sizeof(r->text)];

	memcpy(text, r->text, sizeof(text));
	text[sizeof(text) - 1] = '\0';
	report_clean(result.text, sizeof(result.text), text);
	if (r->index == REPORT_SESSION) {
		s->failed = true;
		s->failure = result;
		s->failure.delivery = DELIVERY_LATER; /* nothing else can be true of all */
	} else if (r->index < s->n && r->delivery <= last && !s->entries[r->index]->done) {
		s->deadline_ms = time_mono_ms() + 1000LL * d->lane.timeout;
		finish(d, s->entries[r->index], &result);
	}
}

/* Why a session ended that said nothing about it. */
static void early_end(const struct deliver *d, const struct session *s, int status, char *buf,
		      size_t size)
{
	if (s->overdue)
		snprintf(buf, size, "no answer within %u s", d->lane.timeout);
	else if (WIFSIGNALED(status))
		snprintf(buf, size, "%s crashed: signal %d", d->lane.client, WTERMSIG(status));
	else
		snprintf(buf, size, "the session ended early");
}

/* What is queued for the receiver of @item would fail as its session did. */
static void fail_queue(struct deliver *d, const void *item, struct msg_result *r)
{
	struct entry *e = TAILQ_FIRST(&d->queue), *next;

	for (; e; e = next) {
		next = TAILQ_NEXT(e, link);
		if (!d->lane.together(item, e->item))
			continue;
		TAILQ_REMOVE(&d->queue, e, link);
		d->n_queued--;
		finish(d, e, r);
		free(e);
	}
}

/* Results for what the session leaves behind, or its return to the queue. */
static void settle(struct deliver *d, struct session *s, int status)
{
	struct msg_result r = { .delivery = d->lane.unsure ? DELIVERY_UNSURE : DELIVERY_LATER };
	struct entry *again = NULL;
	bool blamed = false;

	if (s->failed)
		r = s->failure;
	else
		early_end(d, s, status, r.text, sizeof(r.text));
	if (s->failed && s->n && d->lane.together)
		fail_queue(d, s->entries[0]->item, &r);
	for (size_t i = 0; i < s->n; i++) {
		struct entry *e = s->entries[i];

		if (!e->done && blamed && !s->failed && !e->second_chance) {
			e->second_chance = true;
			if (again)
				TAILQ_INSERT_AFTER(&d->queue, again, e, link);
			else
				TAILQ_INSERT_HEAD(&d->queue, e, link);
			again = e;
			d->n_queued++;
			continue;
		}
		if (!e->done) {
			blamed = true;
			finish(d, e, &r);
			r.delivery = DELIVERY_LATER; /* of the others none was begun */
		}
		free(e);
	}
	d->n_sessions -= (uint32_t)s->n;
	if (blamed) {
		unsigned long missed;

		if (log_allowed(&d->failure_rate, 60, &missed))
			log_warn("%s: %s (%lu more sessions like this before)", d->lane.name,
				 r.text, missed);
	}
}

/* --- sessions ------------------------------------------------------------- */

static void session_begin(struct deliver *d, struct session *s)
{
	struct entry *first = TAILQ_FIRST(&d->queue), *e, *next;
	size_t most = d->n_queued < d->lane.batch ? d->n_queued : d->lane.batch;

	s->entries = calloc(most, sizeof(struct entry *));
	if (!s->entries) {
		log_err("out of memory");
		return;
	}
	for (e = first; e && s->n < most; e = next) {
		next = TAILQ_NEXT(e, link);
		if (d->lane.together && !d->lane.together(first->item, e->item))
			continue;
		TAILQ_REMOVE(&d->queue, e, link);
		s->entries[s->n++] = e;
	}
	d->n_queued -= (uint32_t)s->n;
	d->n_sessions += (uint32_t)s->n;
}

static void session_end(struct deliver *d, struct session *s, int status)
{
	settle(d, s, status);
	if (s->fd >= 0)
		close(s->fd);
	free(s->entries);
	*s = (struct session){ .fd = -1 };
}

static void session_start(struct deliver *d, struct session *s)
{
	const void **items;

	*s = (struct session){ .fd = -1 };
	session_begin(d, s);
	items = calloc(s->n, sizeof(*items));
	if (s->n && items) {
		for (size_t i = 0; i < s->n; i++)
			items[i] = s->entries[i]->item;
		s->pid = session_fork(&d->lane, items, s->n, &s->fd);
	}
	free(items);
	s->deadline_ms = time_mono_ms() + 1000LL * d->lane.timeout;
	if (s->pid <= 0) {
		s->pid = 0;
		s->failed = true;
		s->failure.delivery = DELIVERY_LATER;
		snprintf(s->failure.text, sizeof(s->failure.text), "no process for the session: %s",
			 strerror(errno));
		session_end(d, s, 0);
	}
}

static void session_read(struct deliver *d, struct session *s)
{
	struct report r;
	ssize_t n;

	while (s->fd >= 0) {
		n = read(s->fd, &r, sizeof(r));
		if (n == (ssize_t)sizeof(r)) {
			take_report(d, s, &r);
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		/* The end, or half a report, which no honest child writes. */
		close(s->fd);
		s->fd = -1;
	}
}

static void session_check(struct deliver *d, struct session *s, int64_t now)
{
	int status = 0;

	session_read(d, s);
	if (s->fd < 0 && waitpid(s->pid, &status, WNOHANG) == s->pid) {
		session_end(d, s, status);
		return;
	}
	if (now < s->deadline_ms)
		return;
	/* Its whole group: a mail program may have been started. */
	s->overdue = true;
	kill(-s->pid, SIGKILL);
	waitpid(s->pid, &status, 0);
	session_read(d, s);
	session_end(d, s, status);
}

nfds_t deliver_poll(const struct deliver *d, struct pollfd *fds, int *timeout_ms)
{
	int64_t now = time_mono_ms();
	nfds_t n = 0;

	for (uint32_t i = 0; i < d->lane.sessions; i++) {
		const struct session *s = &d->sessions[i];
		int64_t wait = s->fd < 0 ? REAP_MS : s->deadline_ms - now;

		if (!s->pid)
			continue;
		if (wait < 0)
			wait = 0;
		if (*timeout_ms < 0 || wait < *timeout_ms)
			*timeout_ms = (int)wait;
		fds[n++] = (struct pollfd){ s->fd, POLLIN, 0 };
	}
	return n;
}

void deliver_step(struct deliver *d)
{
	int64_t now = time_mono_ms();

	for (uint32_t i = 0; i < d->lane.sessions; i++)
		if (d->sessions[i].pid)
			session_check(d, &d->sessions[i], now);
	for (uint32_t i = 0; i < d->lane.sessions && d->n_queued; i++)
		if (!d->sessions[i].pid)
			session_start(d, &d->sessions[i]);
}

void deliver_free(struct deliver *d)
{
	for (uint32_t i = 0; i < d->lane.sessions; i++) {
		struct session *s = &d->sessions[i];

		if (!s->pid)
			continue;
		kill(-s->pid, SIGKILL);
		waitpid(s->pid, NULL, 0);
		session_read(d, s);
		for (size_t k = 0; k < s->n; k++)
			free(s->entries[k]);
		free(s->entries);
		if (s->fd >= 0)
			close(s->fd);
	}
	deliver_drop_queue(d);
	free(d->sessions);
	free(d);
}
