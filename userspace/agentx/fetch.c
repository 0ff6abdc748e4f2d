// SPDX-License-Identifier: GPL-2.0
/*
 * "show daemon", "show outages", and "show waiters" for as many outages as have room.
 */
#include "fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../common/timefmt.h"

#define READS_PER_TURN 64

static int say(struct fetch *f, const char *command, uint32_t outage)
{
	char text[96];
	int len = snprintf(text, sizeof(text), "{\"command\":\"%s\",\"outage\":%u}\n", command,
			   outage);

	/* It is less than the socket holds: it goes as a whole or not at all. */
	return send(f->fd, text, (size_t)len, MSG_DONTWAIT | MSG_NOSIGNAL) == len ? 0 : -EPIPE;
}

/* 1: that was all. */
static int next_waiters(struct fetch *f)
{
	if (f->waiters && view_wants_waiters(&f->view, &f->at, &f->sum))
		return say(f, "show waiters", f->view.outages[f->at].id);
	view_waiters_done(&f->view);
	return 1;
}

static int next_step(struct fetch *f)
{
	int rc;

	switch (f->step++) {
	case FETCH_DAEMON:
		return say(f, "show outages", 0);
	case FETCH_OUTAGES:
		rc = view_outages_done(&f->view);
		f->at = f->view.n_outages;
		return rc ? rc : next_waiters(f);
	case FETCH_WAITERS:
		break;
	}
	f->step = FETCH_WAITERS;
	return next_waiters(f);
}

static int take_row(struct fetch *f, const json_t *row)
{
	switch (f->step) {
	case FETCH_DAEMON:
		return view_daemon(&f->view, row);
	case FETCH_OUTAGES:
		return view_outage(&f->view, row, time_now());
	case FETCH_WAITERS:
		break;
	}
	return view_waiter(&f->view, row);
}

static int take_line(struct fetch *f, const char *line, size_t len)
{
	json_t *json = json_loadb(line, len, 0, NULL);
	json_t *row = json_object_get(json, "row");
	int rc;

	if (row)
		rc = take_row(f, row);
	else if (json_object_get(json, "done"))
		rc = next_step(f);
	else
		rc = -EPROTO; /* the store is failing, or it is not the engine that talks */
	json_decref(json);
	return rc;
}

/* All whole lines of the buffer. */
static int take_lines(struct fetch *f)
{
	char *line = f->buf, *end = f->buf + f->len, *newline;
	int rc = 0;

	while (!rc && (newline = memchr(line, '\n', (size_t)(end - line)))) {
		rc = take_line(f, line, (size_t)(newline - line));
		line = newline + 1;
	}
	f->len = (size_t)(end - line);
	memmove(f->buf, line, f->len);
	return rc ? rc : f->len == sizeof(f->buf) ? -EMSGSIZE : 0;
}

int fetch_read(struct fetch *f)
{
	int rc = 0;

	for (int turn = 0; turn < READS_PER_TURN && !rc; turn++) {
		ssize_t n = read(f->fd, f->buf + f->len, sizeof(f->buf) - f->len);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return 0;
		if (n <= 0)
			return n ? -errno : -EPIPE;
		f->heard = time_mono_ms();
		f->len += (size_t)n;
		rc = take_lines(f);
	}
	return rc;
}

int fetch_start(struct fetch *f, struct msg_chan *engine, bool waiters)
{
	int pair[2], rc;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair))
		return -errno;
	rc = msg_send(engine, MSG_CONTROL, NULL, 0, pair[1]);
	close(pair[1]);
	f->fd = pair[0];
	f->waiters = waiters;
	f->step = FETCH_DAEMON;
	f->sum = 0;
	f->len = 0;
	f->began = f->heard = time_mono_ms();
	if (!rc)
		rc = say(f, "show daemon", 0);
	if (rc)
		fetch_stop(f);
	return rc;
}

void fetch_stop(struct fetch *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
	view_clear(&f->view);
}
