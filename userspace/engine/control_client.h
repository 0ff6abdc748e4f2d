/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the control socket share: a client, its answers, the commands.
 */
#ifndef RINGBACK_ENGINE_CONTROL_CLIENT_H
#define RINGBACK_ENGINE_CONTROL_CLIENT_H

#include <event2/bufferevent.h>
#include <jansson.h>
#include <sys/queue.h>

#include "engine.h"

struct client;

/* A listing under way: written a page at a time, as fast as the client reads. */
struct listing {
	/* Writes the next rows and moves the cursor. Rows written, 0 at the end, -errno. */
	int (*page)(struct client *cl, struct listing *l);
	uint64_t rows;
	int64_t since; /* of outages; ns since the Epoch */
	uint64_t after; /* cursors */
	struct contact_key after_key;
	struct addr after_client;
	struct waiter_query waiters;
};

#define LISTING_PAGE 256 /* rows */

/* What the callback of a page needs. */
struct page {
	struct client *cl;
	struct listing *l;
	int n; /* rows */
};

struct client {
	TAILQ_ENTRY(client) link;
	struct control *control;
	struct engine *e;
	struct bufferevent *bev;
	bool may_change; /* root or of the daemon's group */
	bool attached; /* by control_attach() */
	bool monitoring;
	bool busy; /* a listing is under way */
	bool finishing; /* no more requests */
	struct listing listing;
};

TAILQ_HEAD(client_list, client);

/* Answers; a json_t is taken over (may be NULL: out of memory, said so). */
void client_row(struct client *cl, json_t *row);
void client_done(struct client *cl, json_t *members);
/* @status: exit status for the CLI, 1 failure, 2 usage. */
__attribute__((format(printf, 3, 4))) void client_error(struct client *cl, int status,
							const char *fmt, ...);
/*
 * A change of its own in the store: begin, and the end of one that went so far with @rc.
 * False: an error was answered. control_change.c.
 */
bool client_begin(struct client *cl);
bool client_commit(struct client *cl, int rc);
/* Rows follow from @l, then "done". */
void client_list(struct client *cl, const struct listing *l);

/* JSON values; all may return NULL. An absent one is null. */
json_t *json_time(int64_t t); /* 0: null */
json_t *json_addr(const struct addr *a); /* AF_UNSPEC: null */
json_t *json_proto(uint8_t proto);
json_t *json_text(const char *text); /* "" or NULL: null; not UTF-8: escaped */

/* A member of a request: false if it is there but no address. Absent: AF_UNSPEC. */
bool request_addr(json_t *request, const char *member, struct addr *a);
/*
 * The members server, proto and port: false if they are no service. Absent or null
 * proto: only the server, which must be there.
 */
bool request_service(json_t *request, struct service *s);

struct control_command {
	const char *name;
	bool changes; /* needs may_change */
	void (*run)(struct client *cl, json_t *request);
};

/* NULL-terminated by name. */
extern const struct control_command control_show_commands[];
extern const struct control_command control_change_commands[];
extern const struct control_command control_list_commands[];
extern const struct control_command control_lease_commands[];
extern const struct control_command control_why_commands[];
extern const struct control_command control_metrics_commands[];

#endif /* RINGBACK_ENGINE_CONTROL_CLIENT_H */
