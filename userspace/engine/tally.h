/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counters for each receive section and each target of the configuration, since the engine
 * started, for the metrics. What the configuration does not know any more is not counted.
 * All functions accept NULL: nothing is counted.
 */
#ifndef RINGBACK_ENGINE_TALLY_H
#define RINGBACK_ENGINE_TALLY_H

#include "../common/conf.h"
#include "../common/msg.h"
#include "handover_policy.h"

/* What another router told us, and what we said to it. */
enum tally_list {
	TALLY_PART, /* taken, repetitions among them */
	TALLY_RELEASED,
	TALLY_WITHDRAWN,
	TALLY_INCOMPLETE, /* released, but parts were missing */
	TALLY_REFUSED,
	TALLY_ANNOUNCED,
	TALLY_LISTS
};
/* "part", "released", "withdrawn", "incomplete", "refused", "announced" */
const char *tally_list_name(uint8_t what);

/* What went to a target: by handover_state what became of it, only ends. */
struct tally_target {
	uint64_t lists[HANDOVER_DROPPED + 1]; /* to a webhook: parts of them */
	uint64_t clients[HANDOVER_DROPPED + 1]; /* in these */
	uint64_t announcements[HANDOVER_DROPPED + 1];
	uint64_t tries[DELIVERIES]; /* answers of the target, and none */
};

struct tally;

/* @conf must outlive it. NULL: out of memory. */
struct tally *tally_new(const struct conf *conf);
void tally_free(struct tally *t);

/* @h was answered with @taken. */
void tally_received(struct tally *t, const struct msg_handover *h, enum taken taken);
/* @h has come to its end. */
void tally_handover(struct tally *t, const struct handover *h);
/* A message of @h was answered, or was not. */
void tally_try(struct tally *t, const struct handover *h, enum delivery d);

/* Of the @i-th section: TALLY_LISTS of them; of the @i-th target. */
const uint64_t *tally_of_section(const struct tally *t, size_t i);
const struct tally_target *tally_of_target(const struct tally *t, size_t i);

#endif /* RINGBACK_ENGINE_TALLY_H */
