/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One open outage that is being followed, and what drives it; shared by track.c,
 * tracker.c and web.c.
 */
#ifndef RINGBACK_ENGINE_TRACK_H
#define RINGBACK_ENGINE_TRACK_H

#include "../common/log.h"
#include "track_table.h"
#include "tracker.h"

/*
 * Failures that were reported before their service was: remembered for the moment
 * until its outage opens. The kernel has them too, unless it was just told to
 * forget the attempts of that service.
 */
#define EARLY_MAX 256
/* Services whose attempts were forgotten last: more than end between two rounds of the loop. */
#define FORGOTTEN_MAX 1024

struct tracker {
	struct engine *e;
	struct track_table table;
	bool uncommitted; /* some track is, or its evidence */
	struct event *sweep; /* drops tracks whose outage was not written */
	struct nl_attempt early[EARLY_MAX];
	unsigned int next_early; /* ring */
	struct log_rate refused;
	struct forgotten {
		struct service service;
		int64_t at;
	} forgotten[FORGOTTEN_MAX];
	unsigned int next_forgotten; /* ring */
};

#define TRACK_NAME_LEN (SERVICE_STRLEN + 32)

/* Follows @o, which has its id. The caller arms it. NULL: out of memory. */
struct track *track_new(struct tracker *t, const struct outage *o);
void track_free(struct tracker *t, struct track *tr);
const struct conf_watch *track_watch(const struct tracker *t, const struct track *tr);
/* "outage 7: 192.0.2.10 tcp/80"; @buf: TRACK_NAME_LEN bytes. */
const char *track_name(const struct track *tr, char *buf);
/* Sets the timer to what the state machine waits for. */
void track_arm(struct track *tr);
/*
 * Says, once, that it is down: when that is on disk, or the next thing is to be said.
 * While the store fails an outage may be opened, dropped and opened again.
 */
void track_announce(struct tracker *t, struct track *tr);
/*
 * Writes the evidence under way into the outage, within the batch, so that the next
 * engine takes it up. Where the store fails, the call after the pause does it.
 */
void track_note(struct tracker *t, struct track *tr);
/* Says that the recovery was undone. */
void track_undone(struct tracker *t, const struct track *tr, const char *why);
/* Evidence for @tr, which may be gone afterwards. */
void track_evidence(struct tracker *t, struct track *tr, enum evidence e, const char *detail);

#endif /* RINGBACK_ENGINE_TRACK_H */
