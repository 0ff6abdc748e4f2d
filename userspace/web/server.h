/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The listening sockets, and who may have how many connections.
 */
#ifndef RINGBACK_WEB_SERVER_H
#define RINGBACK_WEB_SERVER_H

#include "../common/room.h"
#include "conn.h"
#include "limit.h"

struct server {
	struct web *web;
	struct listener *listeners;
	size_t n_listeners;
	struct limit *limit;
	size_t n_conns;
	struct conn_list asking;	/* up to the answer; oldest first, as are the others */
	struct conn_list streams;
	struct conn_list ending;
	struct event *again;		/* accepts again after a want of descriptors */
};

/* Takes over the descriptors of @start. Fatal: out of memory. */
struct server *server_new(struct web *w, const struct room_start *start);
void server_free(struct server *s);
/* Begins a connection; owns @fd from now on. conn.c implements both. */
void conn_new(struct server *s, const struct listener *l, int fd, const struct addr *client);
/* Ends it now. @reset: with a RST, nothing that is unsent arrives. */
void conn_free(struct conn *c, bool reset);

struct listener {
	struct server *server;
	struct evconnlistener *ev;
	uint8_t face;			/* enum web_face */
	bool tls;
};

#endif /* RINGBACK_WEB_SERVER_H */
