/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the engine last said, in the least memory: sorted arrays, as the tables of
 * RINGBACK-MIB need them. Rows of the control protocol (common/control.h) go in; of
 * what does not fit into a table nothing is kept.
 */
#ifndef RINGBACK_AGENTX_VIEW_H
#define RINGBACK_AGENTX_VIEW_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../common/conf.h"
#include "../common/mib.h"

#define VIEW_OUTAGES_MAX 8192 /* the newest */
#define VIEW_WAITERS_MAX 250000 /* of the newest of those */
#define VIEW_KEEP	 86400 /* seconds since an outage ended */
#define VIEW_DAEMON_MAX	 (MIB_EVENTS_LOST + 1)

struct view_outage {
	uint32_t id;
	struct service service;
	uint8_t state; /* ringbackServiceState; 0: ended */
	uint8_t reason; /* enum ringback_reason */
	uint8_t evidence; /* ringbackOutageEvidence */
	uint32_t waiters;
	int64_t began, ended; /* ns since the Epoch */
	char watch[RINGBACK_WATCH_NAME_MAX + 1];
	char name[128]; /* UTF-8; "" */
};

struct view_waiter {
	uint32_t outage;
	struct addr client;
	uint8_t state; /* ringbackWaiterState */
	struct mib_summary summary;
};

struct view {
	bool known[VIEW_DAEMON_MAX]; /* by enum mib_daemon */
	uint64_t number[VIEW_DAEMON_MAX];
	int64_t started; /* MIB_STARTED, ns since the Epoch */
	char version[64]; /* MIB_VERSION */
	struct view_outage *outages; /* by id */
	size_t n_outages, room_outages;
	uint32_t *services; /* indices of open outages, by service */
	size_t n_services;
	struct view_waiter *waiters; /* by outage and client */
	size_t n_waiters, room_waiters;
};

/*
 * A row of "show daemon", "show outages" or "show waiters" into @v, all of which is
 * zero at first; a row that makes no sense is left out. -ENOMEM.
 */
int view_daemon(struct view *v, const json_t *row);
int view_outage(struct view *v, const json_t *row, int64_t now);
int view_waiter(struct view *v, const json_t *row);
/* After the last outage, after the last waiter: puts them in order. -ENOMEM. */
int view_outages_done(struct view *v);
void view_waiters_done(struct view *v);
/*
 * The next older outage whose waiters have room in @v, below the index *@at (at first
 * v->n_outages), which it becomes; *@sum (at first 0): clients so far. False: none.
 */
bool view_wants_waiters(const struct view *v, size_t *at, uint64_t *sum);
void view_clear(struct view *v);

#endif /* RINGBACK_AGENTX_VIEW_H */
