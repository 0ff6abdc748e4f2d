/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One connection of a client: from the first byte to the last, plain or TLS.
 * It carries one request, the answer or event stream to it, and ends.
 */
#ifndef RINGBACK_WEB_CONN_H
#define RINGBACK_WEB_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

#include <event2/event.h>
#include <event2/event_struct.h>

#include "../common/addr.h"
#include "../common/room.h"
#include "http.h"
#include "web.h"

enum conn_state {
	CONN_FIRST,	/* nothing has come: TLS or not? */
	CONN_HEAD,
	CONN_BODY,
	CONN_ASKED,	/* the handler has it */
	CONN_SEND,	/* the answer is on its way */
	CONN_STREAM,
	CONN_CLOSE,	/* all is sent; the client is to close first */
	CONN_CLOSED,	/* we have closed our half */
};

struct conn {
	TAILQ_ENTRY(conn) link;		/* one of the server's lists */
	struct web *web;
	uint8_t face;			/* enum web_face */
	uint8_t state;			/* enum conn_state */
	bool tls;
	bool eof;			/* the client has said all it has to say */
	int fd;
	struct addr client;
	struct service service;		/* where it connected to; on the stand-in, the dead one */
	struct bufferevent *bev;	/* NULL in CONN_FIRST */
	struct event first, deadline;
	int64_t since;			/* time_mono_ms() of this state's list */
	struct http_request *req;	/* from CONN_BODY until the answer is sent */
	char *head, *body;		/* what req points into */
	/* Of the handler that has the request, meaningless to others. */
	uint64_t ask;			/* a question to the engine, cancelled when it ends */
	uint16_t status;
	uint8_t notice;			/* enum word, W_MAX: none */
	const char *back;
	bool leaves;			/* the stand-in: it does not come back to us */
	bool waited;			/* the status page: it is its password's turn */
	/* Whoever has a stream: called once when it ends, with @arg. */
	void (*gone)(struct conn *c, void *arg);
	void *arg;
};

TAILQ_HEAD(conn_list, conn);

/* What conn_reply() sends beside the body. */
struct reply {
	int status;
	const char *type;		/* Content-Type */
	const char *lang;		/* Content-Language; NULL: none */
	const char *headers;		/* further lines, each with its CRLF; NULL: none */
	bool keep;			/* may be kept for an hour (style, script, logo) */
};

/*
 * Sends an answer and ends the connection. The body of a HEAD is counted, not
 * sent. Headers of security and caching are added.
 */
void conn_reply(struct conn *c, const struct reply *r, const void *body, size_t len);
/* An answer in one line of plain text. */
void conn_plain(struct conn *c, int status, const char *text);
/* Sends the head of an event stream; from now on conn_event() may be called. */
void conn_stream(struct conn *c);
/*
 * Sends bytes of an event stream. A client that does not read is dropped: then
 * false, and the connection is gone (its gone() was called).
 */
bool conn_event(struct conn *c, const void *data, size_t len);
/* Ends a stream after what was sent. */
void conn_end(struct conn *c);
void conn_on_gone(struct conn *c, void (*gone)(struct conn *c, void *arg), void *arg);

#endif /* RINGBACK_WEB_CONN_H */
