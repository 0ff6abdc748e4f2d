/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table of open outages, found by service and by id.
 */
#ifndef RINGBACK_ENGINE_TRACK_TABLE_H
#define RINGBACK_ENGINE_TRACK_TABLE_H

#include <event2/event.h>
#include <sys/queue.h>

#include "recovery.h"

/* What the room "web" was told of an outage (engine/web.c). */
struct told {
	uint32_t connection; /* on which; 0: on none */
	uint32_t waiting;
	uint8_t phase, evidence, reason;
	int64_t heard;
};

struct track {
	LIST_ENTRY(track) by_service, by_id;
	TAILQ_ENTRY(track) all;
	struct outage o;
	struct recovery r;
	int64_t last_failure; /* latest SYN of a failed attempt, ns since the Epoch */
	int64_t heard; /* when the service last answered anybody, ns since the Epoch; 0: unknown */
	bool crowd; /* waiters have come since they were counted */
	struct told told;
	int64_t declared_from, declared_to; /* when we called it up in vain; 0: never */
	bool known; /* the kernel has spoken of the service since its list of them began */
	bool committed; /* the store has it */
	bool again; /* an ended outage that was taken up again */
	bool announced;
	bool unnoted; /* the store does not have the evidence of r, or its lack, yet */
	struct event *timer; /* r.due */
	struct probe *probe; /* under way; NULL: none */
};

#define TRACK_BUCKETS 4096 /* as many as the kernel's default of services */

LIST_HEAD(track_bucket, track);
TAILQ_HEAD(track_list, track);

struct track_table {
	struct track_bucket by_service[TRACK_BUCKETS], by_id[TRACK_BUCKETS];
	struct track_list all; /* oldest first */
	unsigned int n;
};

void track_table_init(struct track_table *t);
struct track *track_by_service(const struct track_table *t, const struct service *s);
struct track *track_by_id(const struct track_table *t, uint64_t id);
/* tr->o is filled in and has its id. */
void track_insert(struct track_table *t, struct track *tr);
void track_remove(struct track_table *t, struct track *tr);

#endif /* RINGBACK_ENGINE_TRACK_TABLE_H */
