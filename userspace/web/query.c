// SPDX-License-Identifier: GPL-2.0
/*
 * A client of the control protocol. The engine is trusted, but not to be quick: a
 * question that is not answered in time is given up.
 */
#include "query.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../common/control.h"
#include "engine.h"

/* The engine serves 16 such sockets; somebody may look at the page while we monitor. */
#define QUERIES_MAX 12
#define PATIENCE    10 /* seconds */

struct query {
	struct bufferevent *bev;
	json_t *answers;
	size_t n; /* requests */
	void (*row)(const json_t *row, void *arg); /* of a monitor */
	query_done done;
	void *arg;
	bool reading; /* a row may lead to query_cancel(), */
	bool cancelled; /* which then waits for its end */
};

static unsigned int n_queries;

static void query_free(struct query *q)
{
	if (q->bev)
		bufferevent_free(q->bev);
	json_decref(q->answers);
	free(q);
	n_queries--;
}

void query_cancel(struct query *q)
{
	if (q && q->reading)
		q->cancelled = true;
	else if (q)
		query_free(q);
}

/* The end, with @why or with what was answered. */
static void finish(struct query *q, const char *why)
{
	json_t *answers = json_incref(q->answers);
	query_done done = q->done;
	void *arg = q->arg;

	query_free(q);
	done(why ? NULL : answers, why, arg);
	json_decref(answers);
}

/* The answer that is being read; made by its first line. NULL: out of memory. */
static json_t *current(struct query *q)
{
	json_t *last = json_array_get(q->answers, json_array_size(q->answers) - 1);

	if (last && !json_object_get(last, "done"))
		return last;
	last = json_pack("{s:[]}", "rows");
	return last && json_array_append_new(q->answers, last) == 0 ? last : NULL;
}

static bool last_is_done(const struct query *q)
{
	return json_array_size(q->answers) == q->n &&
	       json_object_get(json_array_get(q->answers, q->n - 1), "done");
}

/* True: that was the last line. */
static bool take_line(struct query *q, json_t *line)
{
	json_t *row = json_object_get(line, "row"), *error = json_object_get(line, "error");
	json_t *answer, *rows;

	if (q->row) {
		if (row)
			q->row(row, q->arg);
		return error;
	}
	answer = current(q);
	rows = json_object_get(answer, "rows");
	if (!answer)
		return true;
	if (row)
		json_array_append(rows, row);
	if (error)
		json_object_set(answer, "error", error);
	if (!row ||
	    (json_array_size(q->answers) == q->n && json_array_size(rows) == QUERY_ROWS_MAX))
		json_object_set_new(answer, "done", json_true());
	return last_is_done(q);
}

static void readable(struct bufferevent *bev, void *arg)
{
	struct query *q = arg;
	bool whole = false;
	json_t *line;
	size_t len;
	char *text;

	q->reading = true;
	while (!whole && !q->cancelled &&
	       (text = evbuffer_readln(bufferevent_get_input(bev), &len, EVBUFFER_EOL_LF))) {
		line = json_loadb(text, len, 0, NULL);
		free(text);
		whole = take_line(q, line);
		json_decref(line);
	}
	q->reading = false;
	if (q->cancelled)
		query_free(q);
	else if (whole)
		finish(q, q->row ? "the engine serves too many" : NULL);
	else if (evbuffer_get_length(bufferevent_get_input(bev)) > CONTROL_LINE_MAX)
		finish(q, "the engine's answer is too long");
}

static void happened(struct bufferevent *bev, short what, void *arg)
{
	(void)bev;
	finish(arg, what & BEV_EVENT_TIMEOUT ? "the engine does not answer" : "the engine is away");
}

/* A pair, one end of it to the engine; ours, or -1. */
static int hand_over(struct web *w)
{
	int fd[2];
	int err;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fd) < 0)
		return -1;
	err = engine_send(w, MSG_CONTROL, NULL, 0, fd[1]);
	close(fd[1]);
	if (!err)
		return fd[0];
	close(fd[0]);
	return -1;
}

static struct query *query_new(struct web *w, query_done done, void *arg)
{
	struct query *q = n_queries < QUERIES_MAX ? calloc(1, sizeof(*q)) : NULL;
	int fd = q ? hand_over(w) : -1;

	if (fd >= 0)
		q->bev = bufferevent_socket_new(w->base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (!q || !q->bev) {
		if (fd >= 0)
			close(fd);
		free(q);
		return NULL;
	}
	n_queries++;
	q->done = done;
	q->arg = arg;
	bufferevent_setcb(q->bev, readable, NULL, happened, q);
	bufferevent_enable(q->bev, EV_READ | EV_WRITE);
	return q;
}

static void say(struct query *q, const json_t *request)
{
	char *text = json_dumps(request, JSON_COMPACT);

	if (text)
		evbuffer_add_printf(bufferevent_get_output(q->bev), "%s\n", text);
	free(text);
}

struct query *query_ask(struct web *w, json_t *requests, query_done done, void *arg)
{
	const struct timeval patience = { .tv_sec = PATIENCE };
	struct query *q = requests ? query_new(w, done, arg) : NULL;
	json_t *request;
	size_t i;

	if (q) {
		q->n = json_array_size(requests);
		q->answers = json_array();
		bufferevent_set_timeouts(q->bev, &patience, &patience);
		json_array_foreach(requests, i, request)
			say(q, request);
	}
	json_decref(requests);
	return q;
}

struct query *query_monitor(struct web *w, void (*row)(const json_t *row, void *arg),
			    query_done done, void *arg)
{
	json_t *request = json_pack("{s:s}", "command", "monitor");
	struct query *q = request ? query_new(w, done, arg) : NULL;

	if (q) {
		q->row = row;
		say(q, request);
	}
	json_decref(request);
	return q;
}
