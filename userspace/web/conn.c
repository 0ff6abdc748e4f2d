// SPDX-License-Identifier: GPL-2.0
/*
 * The life of a connection. Every state has its deadline, so that nobody holds
 * one by being slow; a client that does not read its events is dropped.
 *
 * At the end the client is left to close first, or else the router would keep
 * TIME_WAIT under the server's address: the client would meet that, and not the
 * server, if it came back from the same port.
 */
#include "conn.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../common/timefmt.h"
#include "ask.h"
#include "engine.h"
#include "line.h"
#include "route.h"
#include "server.h"
#include "services.h"
#include "tls.h"
#include "words.h"

#define REQUEST_SECONDS 10 /* for a whole request, handshake included */
#define SEND_SECONDS	60 /* for a whole answer */
#define CLOSE_MS	250 /* for the client to close first */
#define CLOSED_SECONDS	2 /* and then, after us */
#define STREAM_BACKLOG	16384 /* bytes of events that a client may leave unread */

static void arm(struct conn *c, unsigned int ms)
{
	struct timeval tv = { ms / 1000, (ms % 1000) * 1000L };

	event_add(&c->deadline, &tv);
}

/* Into another list of the server's, as the youngest there. */
static void move(struct conn *c, struct conn_list *from, struct conn_list *to)
{
	TAILQ_REMOVE(from, c, link);
	TAILQ_INSERT_TAIL(to, c, link);
	c->since = time_mono_ms();
}

static struct conn_list *list_of(const struct conn *c)
{
	struct server *s = c->web->server;

	if (c->state == CONN_STREAM)
		return &s->streams;
	return c->state < CONN_SEND ? &s->asking : &s->ending;
}

static void enter_state(struct conn *c, enum conn_state state)
{
	struct conn_list *from = list_of(c);

	c->state = state;
	if (list_of(c) != from)
		move(c, from, list_of(c));
}

static void request_free(struct conn *c)
{
	free(c->req);
	free(c->head);
	free(c->body);
	c->req = NULL;
	c->head = NULL;
	c->body = NULL;
}

static void leave(struct conn *c)
{
	void (*gone)(struct conn *, void *) = c->gone;

	ask_cancel(c->web, c->ask);
	c->ask = 0;
	c->gone = NULL;
	if (gone)
		gone(c, c->arg);
}

void conn_free(struct conn *c, bool reset)
{
	static const struct linger now = { 1, 0 };
	struct server *s = c->web->server;

	leave(c);
	event_del(&c->first);
	event_del(&c->deadline);
	if (reset)
		setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	if (c->bev)
		bufferevent_free(c->bev);
	else
		close(c->fd);
	TAILQ_REMOVE(list_of(c), c, link);
	limit_leave(s->limit, &c->client);
	s->n_conns--;
	request_free(c);
	free(c);
}

/* Our half is closed; what still comes is thrown away until the client closes its own. */
static void close_half(struct conn *c)
{
	SSL *ssl = c->tls ? bufferevent_openssl_get_ssl(c->bev) : NULL;

	if (ssl)
		SSL_shutdown(ssl);
	shutdown(c->fd, SHUT_WR);
	enter_state(c, CONN_CLOSED);
	arm(c, CLOSED_SECONDS * 1000);
}

static void readable(struct bufferevent *bev, void *arg);

static void all_sent(struct conn *c)
{
	if (c->eof) {
		conn_free(c, false);
		return;
	}
	enter_state(c, CONN_CLOSE);
	readable(c->bev, c); /* what has come unasked is in the way of more */
	bufferevent_enable(c->bev, EV_READ);
	arm(c, CLOSE_MS);
}

static void deadline(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = arg;

	(void)fd;
	(void)what;
	if (c->state == CONN_CLOSE)
		close_half(c);
	else
		conn_free(c, true);
}

static void send_out(struct conn *c)
{
	request_free(c);
	enter_state(c, CONN_SEND);
	arm(c, SEND_SECONDS * 1000);
	bufferevent_enable(c->bev, EV_WRITE);
}

static void put_head(struct conn *c, const struct reply *r, const char *length)
{
	struct evbuffer *out = bufferevent_get_output(c->bev);

	evbuffer_add_printf(out, "HTTP/1.1 %d %s\r\n", r->status, http_reason(r->status));
	evbuffer_add_printf(out, "Connection: close\r\n");
	evbuffer_add_printf(out, "Cache-Control: %s\r\n", r->keep ? "max-age=3600" : "no-store");
	if (r->type)
		evbuffer_add_printf(out, "Content-Type: %s\r\n", r->type);
	if (length)
		evbuffer_add_printf(out, "Content-Length: %s\r\n", length);
	if (r->lang)
		evbuffer_add_printf(out, "Content-Language: %s\r\n", r->lang);
	evbuffer_add_printf(out, "%s",
			    "Content-Security-Policy: default-src 'none'; style-src 'self'; "
			    "script-src 'self'; connect-src 'self'; img-src 'self'; "
			    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'\r\n"
			    "X-Content-Type-Options: nosniff\r\n"
			    "Referrer-Policy: no-referrer\r\n");
	evbuffer_add_printf(out, "%s\r\n", r->headers ? r->headers : "");
}

void conn_reply(struct conn *c, const struct reply *r, const void *body, size_t len)
{
	char length[24];

	leave(c);
	snprintf(length, sizeof(length), "%zu", len);
	put_head(c, r, length);
	if (!c->req || !http_is(c->req, "HEAD"))
		evbuffer_add(bufferevent_get_output(c->bev), body, len);
	send_out(c);
}

void conn_plain(struct conn *c, int status, const char *text)
{
	struct reply r = { .status = status, .type = "text/plain; charset=utf-8" };
	char line[256];
	int len = snprintf(line, sizeof(line), "%.240s\n", text);

	conn_reply(c, &r, line, (size_t)len);
}

void conn_stream(struct conn *c)
{
	struct reply r = { .status = 200, .type = "text/event-stream" };
	static const int backlog = STREAM_BACKLOG;

	setsockopt(c->fd, SOL_SOCKET, SO_SNDBUF, &backlog, sizeof(backlog));
	put_head(c, &r, NULL);
	request_free(c);
	enter_state(c, CONN_STREAM);
	event_del(&c->deadline);
	bufferevent_enable(c->bev, EV_READ | EV_WRITE);
}

bool conn_event(struct conn *c, const void *data, size_t len)
{
	struct evbuffer *out = bufferevent_get_output(c->bev);

	if (evbuffer_get_length(out) + len > STREAM_BACKLOG || evbuffer_add(out, data, len)) {
		conn_free(c, true);
		return false;
	}
	return true;
}

void conn_end(struct conn *c)
{
	leave(c);
	send_out(c);
	if (!evbuffer_get_length(bufferevent_get_output(c->bev)))
		all_sent(c);
}

void conn_on_gone(struct conn *c, void (*gone)(struct conn *c, void *arg), void *arg)
{
	c->gone = gone;
	c->arg = arg;
}

/* The end of a head in @in, its length with the empty line; 0: not there yet. */
static size_t head_length(struct evbuffer *in)
{
	struct evbuffer_ptr end = evbuffer_search(in, "\r\n\r\n", 4, NULL);
	struct evbuffer_ptr bare = evbuffer_search(in, "\n\n", 2, NULL);
	size_t len = end.pos < 0 ? 0 : (size_t)end.pos + 4;

	if (bare.pos >= 0 && (!len || (size_t)bare.pos + 2 < len))
		len = (size_t)bare.pos + 2;
	return len;
}

static char *take(struct evbuffer *in, size_t len)
{
	char *text = malloc(len + 1);

	if (!text)
		return NULL;
	evbuffer_remove(in, text, len);
	text[len] = '\0';
	return text;
}

/*
 * A body is only read where it can matter, that is below our own paths. The page
 * answers everything else at once, however much was to follow.
 */
static bool body_wanted(const struct conn *c)
{
	return !strncmp(c->req->target, WELL_KNOWN, strlen(WELL_KNOWN)) &&
	       (c->req->length || c->req->chunked);
}

static void dispatch(struct conn *c)
{
	enter_state(c, CONN_ASKED);
	bufferevent_disable(c->bev, EV_READ);
	arm(c, REQUEST_SECONDS * 1000);
	route_request(c);
}

static void read_body(struct conn *c)
{
	struct evbuffer *in = bufferevent_get_input(c->bev);

	if (evbuffer_get_length(in) < c->req->length)
		return;
	c->body = take(in, c->req->length);
	if (!c->body) {
		conn_free(c, true);
		return;
	}
	c->req->body = c->body;
	dispatch(c);
}

static void begin_body(struct conn *c)
{
	const char *expect = http_header(c->req, "Expect");

	if (!body_wanted(c)) {
		dispatch(c);
	} else if (c->req->chunked) {
		conn_plain(c, 411, "The length of the body is required.");
	} else if (c->req->length > HTTP_BODY_MAX) {
		conn_plain(c, 413, "That is too long.");
	} else {
		if (expect && !strcasecmp(expect, "100-continue"))
			bufferevent_write(c->bev, "HTTP/1.1 100 Continue\r\n\r\n", 25);
		enter_state(c, CONN_BODY);
		read_body(c);
	}
}

/* "HTTP/1.1" and a CR, or none, end the first line; else there is no need to wait for the rest. */
static bool may_become_head(struct evbuffer *in)
{
	struct evbuffer_ptr end = evbuffer_search_eol(in, NULL, NULL, EVBUFFER_EOL_LF);
	char tail[9];

	if (end.pos < 0) /* not there yet */
		return true;
	if (end.pos < (ev_ssize_t)sizeof(tail))
		return false;
	evbuffer_ptr_set(in, &end, (size_t)end.pos - sizeof(tail), EVBUFFER_PTR_SET);
	evbuffer_copyout_from(in, &end, tail, sizeof(tail));
	return !memcmp(tail, "HTTP/", 5) || !memcmp(tail + 1, "HTTP/", 5);
}

/* An empty line before the request is left over from somebody's body (RFC 9112, 2.2). */
static void skip_empty_lines(struct evbuffer *in)
{
	char c;

	while (evbuffer_copyout(in, &c, 1) == 1 && (c == '\r' || c == '\n'))
		evbuffer_drain(in, 1);
}

static void read_head(struct conn *c)
{
	struct evbuffer *in = bufferevent_get_input(c->bev);
	size_t len;
	int status = 431;

	skip_empty_lines(in);
	len = head_length(in);

	if (!len && evbuffer_get_length(in) < HTTP_HEAD_MAX && may_become_head(in))
		return;
	if (!len && evbuffer_get_length(in) < HTTP_HEAD_MAX)
		status = 400;
	if (len) {
		c->head = take(in, len);
		c->req = malloc(sizeof(*c->req));
		if (!c->head || !c->req) {
			conn_free(c, true);
			return;
		}
		status = http_parse(c->req, c->head, len);
	}
	if (status)
		conn_plain(c, status, http_reason(status));
	else
		begin_body(c);
}

static void readable(struct bufferevent *bev, void *arg)
{
	struct evbuffer *in = bufferevent_get_input(bev);
	struct conn *c = arg;

	switch (c->state) {
	case CONN_HEAD:
		read_head(c);
		break;
	case CONN_BODY:
		read_body(c);
		break;
	case CONN_STREAM:
	case CONN_CLOSE:
	case CONN_CLOSED:
		evbuffer_drain(in, evbuffer_get_length(in));
		break;
	default:
		break;
	}
}

static void written(struct bufferevent *bev, void *arg)
{
	struct conn *c = arg;

	if (c->state == CONN_SEND && !evbuffer_get_length(bufferevent_get_output(bev)))
		all_sent(c);
}

/* A client that has closed its half only still gets its answer. */
static void happened(struct bufferevent *bev, short what, void *arg)
{
	struct conn *c = arg;

	(void)bev;
	if (what & BEV_EVENT_CONNECTED)
		return;
	if ((what & BEV_EVENT_EOF) && (c->state == CONN_ASKED || c->state == CONN_SEND))
		c->eof = true;
	else
		conn_free(c, !(what & BEV_EVENT_EOF));
}

static void begin(struct conn *c, struct bufferevent *bev)
{
	if (!bev) {
		conn_free(c, true);
		return;
	}
	c->bev = bev;
	enter_state(c, CONN_HEAD);
	bufferevent_setcb(bev, readable, written, happened, c);
	bufferevent_setwatermark(bev, EV_READ, 0, HTTP_HEAD_MAX);
	bufferevent_enable(bev, EV_READ | EV_WRITE);
}

static void begin_tls(struct conn *c)
{
	SSL *ssl = tls_accept(c->web->tls, &c->service.server, c->face != WEB_STANDIN);
	struct bufferevent *bev = NULL;

	c->tls = true;
	if (ssl)
		bev = bufferevent_openssl_socket_new(
			c->web->base, c->fd, ssl, BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_CLOSE_ON_FREE);
	if (bev)
		bufferevent_openssl_set_allow_dirty_shutdown(bev, 1);
	else
		SSL_free(ssl);
	begin(c, bev);
}

static void begin_plain(struct conn *c)
{
	begin(c, bufferevent_socket_new(c->web->base, c->fd, BEV_OPT_CLOSE_ON_FREE));
}

/* A TLS record of a handshake begins with 22, no request does. */
static void first_byte(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = arg;
	unsigned char byte;

	(void)what;
	if (recv(fd, &byte, 1, MSG_PEEK) != 1)
		conn_free(c, false);
	else if (byte == 0x16)
		begin_tls(c);
	else
		begin_plain(c);
}

static void say_line(struct conn *c, const char *name)
{
	char line[LINE_MAX_LEN];
	size_t len = line_for(&c->service, name, line);

	struct bufferevent *bev =
		bufferevent_socket_new(c->web->base, c->fd, BEV_OPT_CLOSE_ON_FREE);

	begin(c, bev); /* @c is gone where there is none */
	if (!bev)
		return;
	bufferevent_write(bev, line, len);
	send_out(c);
}

/* By what is known of the service; a page where nothing is. */
static void begin_standin(struct conn *c)
{
	const struct msg_service *s = services_find(c->web->services, &c->service);

	engine_visit(c->web, &c->client, &c->service, VISIT_CONNECTED);
	switch (s ? services_profile(c->web->conf, s) : PROFILE_HTTP) {
	case PROFILE_TEXT:
		say_line(c, s->server_name);
		break;
	case PROFILE_TLS:
		begin_tls(c);
		break;
	case PROFILE_RESET:
	case PROFILE_PASS:
		conn_free(c, true);
		break;
	default:
		event_add(&c->first, NULL);
		break;
	}
}

static bool where(struct conn *c)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);

	if (getsockname(c->fd, (struct sockaddr *)&ss, &len) ||
	    addr_from_sockaddr(&c->service.server, (struct sockaddr *)&ss))
		return false;
	c->service.proto = IPPROTO_TCP;
	c->service.port = ntohs(ss.ss_family == AF_INET ? ((struct sockaddr_in *)&ss)->sin_port :
							  ((struct sockaddr_in6 *)&ss)->sin6_port);
	return true;
}

void conn_new(struct server *s, const struct listener *l, int fd, const struct addr *client)
{
	struct conn *c = calloc(1, sizeof(*c));

	if (!c) {
		limit_leave(s->limit, client);
		close(fd);
		return;
	}
	c->web = s->web;
	c->face = l->face;
	c->fd = fd;
	c->client = *client;
	c->status = 200;
	c->notice = W_MAX;
	c->since = time_mono_ms();
	event_assign(&c->first, s->web->base, fd, EV_READ, first_byte, c);
	evtimer_assign(&c->deadline, s->web->base, deadline, c);
	TAILQ_INSERT_TAIL(&s->asking, c, link);
	s->n_conns++;
	arm(c, REQUEST_SECONDS * 1000);
	if (!where(c))
		conn_free(c, true);
	else if (c->face == WEB_STANDIN)
		begin_standin(c);
	else if (l->tls)
		begin_tls(c);
	else
		begin_plain(c);
}
