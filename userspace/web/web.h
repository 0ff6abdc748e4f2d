/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The room "web": what its parts share.
 */
#ifndef RINGBACK_WEB_WEB_H
#define RINGBACK_WEB_WEB_H

#include <event2/event.h>

#include "../common/conf.h"
#include "../common/msg.h"

struct conn;
struct events;
struct server;
struct services;
struct asks;
struct engine_link;
struct tls;

struct web {
	const struct conf *conf;
	struct event_base *base;
	struct msg_chan parent;
	struct event *from_parent;
	struct engine_link *engine;
	struct server *server;
	struct services *services;
	struct asks *asks;
	struct events *events;
	struct tls *tls;
	uint8_t secret[32];	/* of this room's life: what the tokens are made with */
	struct msg msg;		/* the one being received */
};

/*
 * What is served where. A path ends where it says so, or with "/" stands for
 * all below it; NULL is every path. Methods are "GET" (HEAD, too) or "POST";
 * NULL is every one. The first route that fits wins. The handler answers with
 * conn_reply() or conn_stream(), now or later.
 */
struct web_route {
	const char *method;
	const char *path;
	void (*handle)(struct conn *c);
};

#define WELL_KNOWN	"/.well-known/ringback/"

#endif /* RINGBACK_WEB_WEB_H */
