// SPDX-License-Identifier: GPL-2.0
/*
 * What the lane of a target is like.
 */
#include "handover.h"

#include <stdio.h>

#define INFORM_BATCH	256 /* finding out the engine and its keys cost as much as a few */
#define WEBHOOK_BATCH	64
#define SERVER_SESSIONS 32 /* each to another server, of which some do not answer */
/* Seconds a session may need before its first request: to find out addresses. */
#define SPARE 10

void handover_way_init(struct handover_way *way, const struct conf *conf,
		       const struct conf_target *target)
{
	way->conf = conf;
	way->target = target;
	if (target->route == ROUTE_SERVER)
		snprintf(way->name, sizeof(way->name), "%s", route_name(target->route));
	else
		snprintf(way->name, sizeof(way->name), "%s %s", route_name(target->route),
			 target->name);
}

static bool same_target(const void *a, const void *b)
{
	(void)a;
	(void)b;
	return true;
}

/* The list of each server goes to that server. */
static bool same_server(const void *a, const void *b)
{
	const struct msg_handover *ha = a, *hb = b;

	return addr_equal(&ha->service.server, &hb->service.server);
}

struct lane handover_lane(const struct handover_way *way)
{
	const struct conf_target *t = way->target;
	bool server = t->route == ROUTE_SERVER, webhook = t->route == ROUTE_WEBHOOK;

	return (struct lane){
		.name = way->name,
		.client = webhook ? "libcurl" : "net-snmp",
		.sessions = server ? SERVER_SESSIONS : 1,
		.batch = webhook ? WEBHOOK_BATCH : INFORM_BATCH,
		.timeout = 2 * t->timeout + SPARE,
		/* An inform may be repeated, a request of a list may not. */
		.unsure = webhook && t->format == WEBHOOK_RINGBACK,
		.together = server ? same_server : same_target,
		.session = webhook ? webhook_session : inform_session,
		.arg = way,
	};
}
