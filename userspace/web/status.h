/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The operator's pages: what is down, who waits, who was told, and why. Everything
 * on them comes from the engine by its control protocol; nothing can be changed here.
 */
#ifndef RINGBACK_WEB_STATUS_H
#define RINGBACK_WEB_STATUS_H

#include <jansson.h>
#include <stdio.h>

#include "conn.h"

/* --- status.c: the handlers ---------------------------------------------------- */
void status_overview(struct conn *c);
void status_outage(struct conn *c);
void status_why(struct conn *c);

/* --- status_events.c: an event stream that says when to look again -------------- */
void status_events(struct conn *c);

/* --- status_metrics.c: the same for Prometheus ----------------------------------- */
void status_metrics(struct conn *c);

/*
 * --- status_admit.c: whether the request may go on. If not, it has been answered, or its
 * handler is called again when it is its turn.
 */
bool status_admit(struct conn *c);

/* --- status_gate.c: who may look; pure ------------------------------------------- */

/*
 * Whether a browser that sends the header @host means us, who were reached at @at, and
 * not a stranger's name that was made to point here (DNS rebinding). @own: this host's
 * name.
 */
bool status_host_is_ours(const char *host, const struct addr *at, const char *own);
/* Whether the header @authorization has this user and password (RFC 7617). */
bool status_password_fits(const char *authorization, const char *user, const char *password);

/* --- status_guard.c: how often passwords may be tried; pure ----------------------- */

#define STATUS_TURNS 64 /* addresses that are remembered */

/* All zero: nobody has given a wrong one. */
struct status_guard {
	struct status_turn {
		struct addr client;
		int64_t next; /* not before that, ms */
	} turns[STATUS_TURNS];
};

/*
 * After how many ms of @now the password of @client (of its /64) may be looked at; that
 * turn is his. -1: too many wait.
 */
int status_guard_wait(struct status_guard *g, const struct addr *client, int64_t now);
/* It was wrong. */
void status_guard_wrong(struct status_guard *g, const struct addr *client, int64_t now);

/* --- status_page.c: rows into markup -------------------------------------------- */

#define STATUS_HOURS_MAX (24 * 30)

/* What the whole of a page is about; all of it borrowed. */
struct status_view {
	const json_t *daemon, *outages, *notices, *waiters, *why; /* arrays of rows, or NULL */
	const char *client, *server, *service; /* of the form "why"; "" */
	const char *trouble; /* a sentence, or NULL */
	unsigned int hours; /* of the timeline */
	int64_t now; /* ns since the Epoch */
};

void status_write_overview(FILE *f, const struct status_view *v);
void status_write_outage(FILE *f, const struct status_view *v);
void status_write_why(FILE *f, const struct status_view *v);

/* --- status_rows.c: what pages and timeline read from rows ------------------------ */

/* A member that is text; "" if it is none. */
const char *row_text(const json_t *row, const char *key);
json_int_t row_number(const json_t *row, const char *key);
/* RFC 3339 in UTC, as the engine writes it: ns since the Epoch; 0: none. */
int64_t row_time(const json_t *row, const char *key);
/* Whether two rows are of one service. */
bool row_same_service(const json_t *a, const json_t *b);

/* --- status_timeline.c: outages as bars ------------------------------------------ */

/* An SVG of the outages among @outages that are of the service of @of. */
void timeline_write(FILE *f, const struct status_view *v, const json_t *of);
/* The hours above them. */
void timeline_write_axis(FILE *f, const struct status_view *v);

#endif /* RINGBACK_WEB_STATUS_H */
