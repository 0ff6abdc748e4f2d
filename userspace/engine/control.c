// SPDX-License-Identifier: GPL-2.0
/*
 * The control socket: clients, lines, rights, events. What a client sends is
 * foreign: every limit is ours, and a client that does not read is let go.
 */
#include "control.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/listener.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../common/control.h"
#include "../common/log.h"
#include "../common/timefmt.h"
#include "control_client.h"

#define CLIENTS_MAX  64
#define ATTACHED_MAX 16 /* handed over by another room; on top of these */
#define PATIENCE     60 /* seconds without a request, or without reading */
#define OUTPUT_LOW   65536 /* bytes: the next page of a listing is due */
#define OUTPUT_MAX   (1024 * 1024) /* of events, for one who does not read */

struct control {
	struct engine *e;
	struct evconnlistener *listener;
	struct client_list clients;
	unsigned int n_clients, n_attached, n_monitors; /* n_clients: accepted by us */
};

/* --- answers --------------------------------------------------------------------- */

static void client_line(struct client *cl, json_t *line)
{
	char *text = line ? json_dumps(line, JSON_COMPACT) : NULL;
	struct evbuffer *out = bufferevent_get_output(cl->bev);

	if (text)
		evbuffer_add_printf(out, "%s\n", text);
	else
		evbuffer_add_printf(out, "{\"error\":\"out of memory\",\"status\":1}\n");
	free(text);
	json_decref(line);
}

void client_row(struct client *cl, json_t *row)
{
	client_line(cl, json_pack("{s:o}", "row", row));
}

void client_done(struct client *cl, json_t *members)
{
	client_line(cl, json_pack("{s:o}", "done", members));
}

void client_error(struct client *cl, int status, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	client_line(cl, json_pack("{s:o,s:i}", "error", json_text(text), "status", status));
}

json_t *json_text(const char *text)
{
	char escaped[1024];
	json_t *value;

	if (!text || !*text)
		return json_null();
	value = json_string(text);
	if (value)
		return value;
	log_escape(escaped, sizeof(escaped), text);
	return json_string(escaped);
}

json_t *json_time(int64_t t)
{
	char buf[TIME_STRLEN];

	return t ? json_string(time_rfc3339(t, buf)) : json_null();
}

json_t *json_addr(const struct addr *a)
{
	char buf[ADDR_STRLEN];

	return a->family ? json_string(addr_format(a, buf)) : json_null();
}

json_t *json_proto(uint8_t proto)
{
	char buf[8];

	return json_string(proto_format(proto, buf));
}

bool request_addr(json_t *request, const char *member, struct addr *a)
{
	json_t *value = json_object_get(request, member);

	memset(a, 0, sizeof(*a));
	if (!value || json_is_null(value))
		return true;
	return json_is_string(value) && addr_parse(a, json_string_value(value)) == 0;
}

bool request_service(json_t *request, struct service *s)
{
	json_t *proto = json_object_get(request, "proto");
	json_int_t port = json_integer_value(json_object_get(request, "port"));

	memset(s, 0, sizeof(*s));
	if (!request_addr(request, "server", &s->server) || !s->server.family)
		return false;
	if (!proto || json_is_null(proto))
		return true;
	if (json_is_string(proto))
		s->proto = proto_parse(json_string_value(proto));
	s->port = port;
	return s->proto && port >= 1 && port <= 65535;
}

/* --- clients --------------------------------------------------------------------- */

static void client_free(struct client *cl)
{
	struct control *c = cl->control;

	TAILQ_REMOVE(&c->clients, cl, link);
	c->n_clients -= !cl->attached;
	c->n_attached -= cl->attached;
	c->n_monitors -= cl->monitoring;
	bufferevent_free(cl->bev);
	free(cl);
}

static void run_monitor(struct client *cl, json_t *request)
{
	const struct timeval patience = { .tv_sec = PATIENCE };

	(void)request;
	cl->monitoring = true;
	cl->control->n_monitors++;
	bufferevent_set_timeouts(cl->bev, NULL, &patience);
}

static const struct control_command monitor_commands[] = {
	{ .name = "monitor", .run = run_monitor },
	{ .name = NULL },
};

static const struct control_command *const commands[] = {
	control_show_commands,	control_change_commands, control_list_commands,
	control_lease_commands, control_why_commands,	 control_metrics_commands,
	monitor_commands,
};

static const struct control_command *find_command(const char *name)
{
	const struct control_command *cmd;
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		for (cmd = commands[i]; cmd->name; cmd++)
			if (strcmp(cmd->name, name) == 0)
				return cmd;
	return NULL;
}

static void run_line(struct client *cl, const char *line, size_t len)
{
	json_error_t error;
	json_t *request = json_loadb(line, len, JSON_REJECT_DUPLICATES, &error);
	const char *name = json_string_value(json_object_get(request, "command"));
	const struct control_command *cmd = name ? find_command(name) : NULL;

	if (!request)
		client_error(cl, 2, "the request is not JSON: %s", error.text);
	else if (!name)
		client_error(cl, 2, "the request has no command");
	else if (!cmd)
		client_error(cl, 2, "the daemon does not know the command '%.40s'", name);
	else if (cmd->changes && !cl->may_change)
		client_error(cl, 1, "only root and the daemon's group may change something");
	else
		cmd->run(cl, request);
	json_decref(request);
}

/* Reads no more; goes when it has read what it was answered. */
static void client_finish(struct client *cl)
{
	cl->finishing = true;
	bufferevent_disable(cl->bev, EV_READ);
	if (cl->busy)
		return;
	if (evbuffer_get_length(bufferevent_get_output(cl->bev)))
		bufferevent_setwatermark(cl->bev, EV_WRITE, 0, 0);
	else
		client_free(cl);
}

static void next_page(struct client *cl);

static bool may_ask(const struct client *cl)
{
	return !cl->busy && !cl->monitoring &&
	       evbuffer_get_length(bufferevent_get_output(cl->bev)) < OUTPUT_LOW;
}

/* Who sends many requests and reads no answer waits: writable() goes on. */
static void readable(struct bufferevent *bev, void *arg)
{
	struct client *cl = arg;
	struct evbuffer *in = bufferevent_get_input(bev);
	size_t len;
	char *line;

	if (cl->monitoring) {
		evbuffer_drain(in, evbuffer_get_length(in));
		return;
	}
	while (may_ask(cl) && (line = evbuffer_readln(in, &len, EVBUFFER_EOL_LF))) {
		run_line(cl, line, len);
		free(line);
	}
	if (may_ask(cl) && evbuffer_get_length(in) >= CONTROL_LINE_MAX) {
		client_error(cl, 2, "the request is longer than %d bytes", CONTROL_LINE_MAX);
		client_finish(cl);
	}
}

static void writable(struct bufferevent *bev, void *arg)
{
	struct client *cl = arg;

	(void)bev;
	if (cl->busy)
		next_page(cl);
	if (cl->busy)
		return;
	if (cl->finishing)
		client_finish(cl);
	else
		readable(cl->bev, cl); /* what it sent meanwhile */
}

static void event_on_client(struct bufferevent *bev, short what, void *arg)
{
	struct client *cl = arg;

	/* Who only shut down his sending side still gets his answer. */
	if (what & BEV_EVENT_EOF && what & BEV_EVENT_READING)
		client_finish(cl);
	else if (what & BEV_EVENT_TIMEOUT && what & BEV_EVENT_READING && cl->busy)
		bufferevent_enable(bev, EV_READ); /* he is being answered */
	else
		client_free(cl);
}

static void next_page(struct client *cl)
{
	struct evbuffer *out = bufferevent_get_output(cl->bev);
	int n = 1;

	while (n > 0 && evbuffer_get_length(out) < OUTPUT_LOW) {
		n = cl->listing.page(cl, &cl->listing);
		if (n > 0)
			cl->listing.rows += n;
	}
	if (n > 0)
		return; /* writable() goes on */
	cl->busy = false;
	if (n < 0)
		client_error(cl, 1, "the store: %s", store_error(cl->e->store));
	else
		client_done(cl, json_pack("{s:I}", "rows", (json_int_t)cl->listing.rows));
}

void client_list(struct client *cl, const struct listing *l)
{
	cl->listing = *l;
	cl->busy = true;
	next_page(cl);
}

/* --- accepting ------------------------------------------------------------------- */

/* Root, our own user, or a member of our group (SO_PEERGROUPS: the supplementary ones). */
static bool peer_may_change(int fd)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);
	gid_t groups[256];
	size_t i;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) < 0)
		return false;
	if (cred.uid == 0 || cred.uid == geteuid() || cred.gid == getegid())
		return true;
	len = sizeof(groups);
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &len) < 0)
		return false;
	for (i = 0; i < len / sizeof(*groups); i++)
		if (groups[i] == getegid())
			return true;
	return false;
}

static struct client *client_new(struct control *c, int fd)
{
	const struct timeval patience = { .tv_sec = PATIENCE };
	struct client *cl = calloc(1, sizeof(*cl));

	if (cl)
		cl->bev = bufferevent_socket_new(c->e->base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (!cl || !cl->bev) {
		free(cl);
		return NULL;
	}
	cl->control = c;
	cl->e = c->e;
	bufferevent_setcb(cl->bev, readable, writable, event_on_client, cl);
	bufferevent_setwatermark(cl->bev, EV_READ, 0, CONTROL_LINE_MAX);
	bufferevent_setwatermark(cl->bev, EV_WRITE, OUTPUT_LOW / 2, 0);
	bufferevent_set_timeouts(cl->bev, &patience, &patience);
	bufferevent_enable(cl->bev, EV_READ | EV_WRITE);
	TAILQ_INSERT_TAIL(&c->clients, cl, link);
	return cl;
}

static void accepted(struct evconnlistener *l, evutil_socket_t fd, struct sockaddr *sa, int len,
		     void *arg)
{
	static const char full[] = "{\"error\":\"too many clients of the control socket\","
				   "\"status\":1}\n";
	struct control *c = arg;
	struct client *cl = c->n_clients < CLIENTS_MAX ? client_new(c, fd) : NULL;

	(void)l;
	(void)sa;
	(void)len;
	if (cl) {
		cl->may_change = peer_may_change(fd);
		c->n_clients++;
		return;
	}
	(void)!send(fd, full, sizeof(full) - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
	close(fd);
}

void control_attach(struct control *c, int fd)
{
	struct client *cl = NULL;

	if (c && c->n_attached < ATTACHED_MAX && evutil_make_socket_nonblocking(fd) == 0)
		cl = client_new(c, fd);
	if (!cl) {
		close(fd);
		return;
	}
	cl->attached = true;
	c->n_attached++;
}

struct control *control_new(struct engine *e, int listen_fd)
{
	struct control *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->e = e;
	TAILQ_INIT(&c->clients);
	evutil_make_socket_nonblocking(listen_fd);
	c->listener = evconnlistener_new(e->base, accepted, c, LEV_OPT_CLOSE_ON_EXEC, 0, listen_fd);
	if (c->listener)
		return c;
	free(c);
	return NULL;
}

void control_free(struct control *c)
{
	struct client *cl;

	if (!c)
		return;
	while ((cl = TAILQ_FIRST(&c->clients)))
		client_free(cl);
	evconnlistener_free(c->listener);
	free(c);
}

/* --- events ---------------------------------------------------------------------- */

static json_t *event_row(const char *event, const struct service *s, const struct addr *client,
			 const char *detail)
{
	return json_pack("{s:o,s:s,s:o,s:o,s:o,s:o,s:o}", "time", json_time(time_now()), "event",
			 event, "server", s ? json_addr(&s->server) : json_null(), "proto",
			 s ? json_proto(s->proto) : json_null(), "port",
			 s ? json_integer(s->port) : json_null(), "client",
			 client ? json_addr(client) : json_null(), "detail", json_text(detail));
}

void control_event(struct control *c, const char *event, const struct service *service,
		   const struct addr *client, const char *detail)
{
	struct client *cl, *next;

	if (!c || !c->n_monitors)
		return;
	for (cl = TAILQ_FIRST(&c->clients); cl; cl = next) {
		next = TAILQ_NEXT(cl, link);
		if (!cl->monitoring)
			continue;
		if (evbuffer_get_length(bufferevent_get_output(cl->bev)) > OUTPUT_MAX) {
			log_warn("a monitor does not read its events and is let go");
			client_free(cl);
			continue;
		}
		client_row(cl, event_row(event, service, client, detail));
	}
}
