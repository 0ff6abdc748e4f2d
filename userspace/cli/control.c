// SPDX-License-Identifier: GPL-2.0
/* The only place of the CLI that knows the control socket. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "../common/control.h"
#include "control.h"

/* Seconds without a byte of answer after which the daemon counts as stuck. */
#define ANSWER_TIMEOUT 30

struct control {
	int fd;
	size_t start, end; /* of what is in buf and not yet handled */
	json_t *done; /* of the closing line */
	char buf[CONTROL_LINE_MAX + 1]; /* a line and its newline */
};

static int connect_failed(struct cli *cli)
{
	switch (errno) {
	case ENOENT:
	case ECONNREFUSED:
		return cli_fail(cli, CLI_FAILED,
				"the daemon is not running (no answer at %s): start ringbackd",
				cli->socket_path);
	case EACCES:
	case EPERM:
		return cli_fail(cli, CLI_FAILED,
				"no right to use %s: run as root or join the group of that file",
				cli->socket_path);
	default:
		return cli_fail(cli, CLI_FAILED, "cannot connect to %s: %m", cli->socket_path);
	}
}

static int connect_to(struct cli *cli, struct control *c)
{
	struct timeval limit = { .tv_sec = ANSWER_TIMEOUT };
	struct sockaddr_un sun = { .sun_family = AF_UNIX };

	if (strlen(cli->socket_path) >= sizeof(sun.sun_path))
		return cli_fail(cli, CLI_USAGE, "the path of the socket is too long: %s",
				cli->socket_path);
	strcpy(sun.sun_path, cli->socket_path);
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0)
		return cli_fail(cli, CLI_FAILED, "cannot make a socket: %m");
	if (connect(c->fd, (struct sockaddr *)&sun, sizeof(sun)))
		return connect_failed(cli);
	setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(c->fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	return CLI_OK;
}

static int send_request(struct cli *cli, const struct control *c, const json_t *request)
{
	char *text = json_dumps(request, JSON_COMPACT);
	size_t len, sent = 0;

	if (!text)
		return cli_fail(cli, CLI_FAILED, "out of memory");
	len = strlen(text);
	text[len++] = '\n'; /* one JSON text a line; the NUL is not sent */
	while (sent < len) {
		ssize_t n = send(c->fd, text + sent, len - sent, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		sent += n;
	}
	free(text);
	return sent == len ? CLI_OK : cli_fail(cli, CLI_FAILED, "cannot ask the daemon: %m");
}

int control_open(struct cli *cli, json_t *request, struct control **cp)
{
	struct control *c = calloc(1, sizeof(*c));
	int err;

	*cp = NULL;
	if (!c || !request) {
		free(c);
		return cli_fail(cli, CLI_FAILED, "out of memory");
	}
	c->fd = -1;
	err = connect_to(cli, c);
	if (!err)
		err = send_request(cli, c, request);
	if (err) {
		control_close(c);
		return err;
	}
	*cp = c;
	return CLI_OK;
}

void control_close(struct control *c)
{
	if (!c)
		return;
	if (c->fd >= 0)
		close(c->fd);
	json_decref(c->done);
	free(c);
}

int control_fd(const struct control *c)
{
	return c->fd;
}

/* One recv() into the buffer: bytes, 0 at the end, or -errno. */
static ssize_t fill(struct control *c)
{
	ssize_t n;

	if (c->start) {
		memmove(c->buf, c->buf + c->start, c->end - c->start);
		c->end -= c->start;
		c->start = 0;
	}
	if (c->end == sizeof(c->buf))
		return -EMSGSIZE;
	do
		n = recv(c->fd, c->buf + c->end, sizeof(c->buf) - c->end, 0);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	c->end += n;
	return n;
}

static int malformed(struct cli *cli)
{
	return cli_fail(cli, CLI_FAILED,
			"the daemon's answer is malformed: "
			"use ringback and ringbackd of one version");
}

static int one_line(struct cli *cli, struct control *c, const char *line, size_t len,
		    control_row fn, void *arg)
{
	json_t *json = json_loadb(line, len, 0, NULL);
	json_t *row = json_object_get(json, "row");
	const char *error = json_string_value(json_object_get(json, "error"));
	json_t *done = json_object_get(json, "done");
	int err;

	if (json_is_object(row)) {
		err = fn(cli, row, arg);
	} else if (error) {
		bool usage = json_integer_value(json_object_get(json, "status")) == CLI_USAGE;

		err = cli_fail(cli, usage ? CLI_USAGE : CLI_FAILED, "%s", error);
	} else if (json_is_object(done)) {
		json_decref(c->done);
		c->done = json_incref(done);
		err = CLI_OK;
	} else {
		err = malformed(cli);
	}
	json_decref(json);
	return err;
}

/* All whole lines of the buffer, up to the closing one. */
static int whole_lines(struct cli *cli, struct control *c, control_row fn, void *arg)
{
	int err = CLI_OK;
	char *line, *nl;

	while (!err && !c->done) {
		line = c->buf + c->start;
		nl = memchr(line, '\n', c->end - c->start);
		if (!nl)
			break;
		c->start = nl + 1 - c->buf;
		err = one_line(cli, c, line, nl - line, fn, arg);
	}
	return err;
}

static int read_failed(struct cli *cli, int err)
{
	switch (err) {
	case 0:
	case -ECONNRESET:
		return cli_fail(cli, CLI_FAILED,
				"the daemon closed the connection in the middle: see its log");
	case -EAGAIN:
		return cli_fail(cli, CLI_FAILED, "the daemon gave no answer for %d seconds",
				ANSWER_TIMEOUT);
	case -EMSGSIZE:
		return malformed(cli);
	default:
		return cli_fail(cli, CLI_FAILED, "cannot read from the daemon: %s", strerror(-err));
	}
}

int control_read(struct cli *cli, struct control *c, control_row fn, void *arg, json_t **done)
{
	int err = CLI_OK;

	while (!err && !c->done) {
		ssize_t n = fill(c);

		if (n <= 0)
			return read_failed(cli, n);
		err = whole_lines(cli, c, fn, arg);
	}
	if (!err && done)
		*done = json_incref(c->done);
	return err;
}

int control_step(struct cli *cli, struct control *c, control_row fn, void *arg, bool *ended)
{
	ssize_t n = fill(c);
	int err;

	*ended = n == 0 || n == -ECONNRESET;
	if (*ended)
		return CLI_OK;
	if (n < 0)
		return read_failed(cli, n);
	err = whole_lines(cli, c, fn, arg);
	*ended = c->done;
	return err;
}

int control_request(struct cli *cli, json_t *request, control_row fn, void *arg, json_t **done)
{
	struct control *c;
	int err = control_open(cli, request, &c);

	if (!err)
		err = control_read(cli, c, fn, arg, done);
	control_close(c);
	return err;
}

json_t *control_about(const char *command, const struct service *s)
{
	char addr[ADDR_STRLEN], proto[8];
	json_t *request;

	request = json_pack("{s:s, s:s}", "command", command, "server",
			    addr_format(&s->server, addr));
	if (request && s->proto) {
		json_object_set_new(request, "proto", json_string(proto_format(s->proto, proto)));
		json_object_set_new(request, "port", json_integer(s->port));
	}
	return request;
}

void control_write(struct writer *out, json_t *row)
{
	const char *proto = json_string_value(json_object_get(row, "proto"));
	const json_t *port = json_object_get(row, "port");
	char text[SERVICE_STRLEN];

	if (proto && json_is_integer(port)) {
		snprintf(text, sizeof(text), "%.8s/%lld", proto,
			 (long long)json_integer_value(port));
		json_object_set_new(row, "service", json_string(text));
	}
	writer_row(out, row);
}

static int collect_row(struct cli *cli, json_t *row, void *rows)
{
	if (json_array_append(rows, row))
		return cli_fail(cli, CLI_FAILED, "out of memory");
	return CLI_OK;
}

int control_show(struct cli *cli, json_t *request, const struct column *columns, size_t n)
{
	json_t *rows = json_array(), *row;
	int err = control_request(cli, request, collect_row, rows, NULL);
	size_t i;

	if (!err) {
		writer_start(cli->out, columns, n, false);
		json_array_foreach(rows, i, row) {
			control_write(cli->out, row);
			writer_end(cli->out);
		}
		err = cli_finish(cli);
	}
	json_decref(rows);
	json_decref(request);
	return err;
}
