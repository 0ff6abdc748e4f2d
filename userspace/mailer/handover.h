/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lists and announcements as a kind of delivery: a lane for each target.
 */
#ifndef RINGBACK_MAILER_HANDOVER_H
#define RINGBACK_MAILER_HANDOVER_H

#include <stddef.h>

#include "../common/conf.h"
#include "deliver.h"

struct handover_way {
	const struct conf *conf;
	const struct conf_target *target;
	char name[CONF_NAME_MAX + 16]; /* for people: "nms noc", "server" */
};

/* @conf and @target stay the caller's and valid. */
void handover_way_init(struct handover_way *way, const struct conf *conf,
		       const struct conf_target *target);
/* A lane for struct msg_handover. @way stays the caller's and valid. */
struct lane handover_lane(const struct handover_way *way);

/*
 * The sessions of that lane: see lane.session. @arg is a struct handover_way, @items
 * are struct msg_handover, to the same receiver.
 */

/* SNMP informs; net-snmp is known to via_inform.c alone. */
void inform_session(const void *arg, const void *const *items, size_t n, int report_fd);
/* HTTP requests. */
void webhook_session(const void *arg, const void *const *items, size_t n, int report_fd);

#endif /* RINGBACK_MAILER_HANDOVER_H */
