/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The recovery of one outage: from evidence over confirmation and hold to the
 * end. A pure state machine: time, chance and what happened come in, what to do
 * comes out.
 *
 *   DOWN --trap, to be confirmed--> CONFIRM --probe--> HOLD --stable--> VERIFY --probe--> end
 *     \---reply, probe, operator, trap that counts itself---^   \--nothing to verify--> end
 *
 * A failure whose SYN was sent after the evidence leads from HOLD and VERIFY
 * back to DOWN, and so does a probe that fails in VERIFY. A trap waits in
 * CONFIRM for probe_max seconds: hosts start before their services do.
 *
 * Replies are not verified by a probe: a client of the service got an answer,
 * while the router itself may not be allowed to connect. Nor is the operator.
 */
#ifndef RINGBACK_ENGINE_RECOVERY_H
#define RINGBACK_ENGINE_RECOVERY_H

#include <stdbool.h>
#include <stdint.h>

#include "../common/conf.h"
#include "outage.h"

#define RECOVERY_NEVER INT64_MAX

enum recovery_phase { RECOVERY_DOWN, RECOVERY_CONFIRM, RECOVERY_HOLD, RECOVERY_VERIFY };

struct recovery {
	enum recovery_phase phase;
	uint8_t evidence; /* enum evidence; 0 in RECOVERY_DOWN */
	char detail[DETAIL_MAX];
	int64_t seen; /* when the evidence came, ns since the Epoch */
	int64_t due; /* call recovery_due() then; CLOCK_MONOTONIC ms or NEVER */
	int64_t confirm_until; /* CLOCK_MONOTONIC ms */
	uint32_t step; /* probes that failed in a row */
	bool probing; /* the caller owes a recovery_probed() */
};

/* The present, as the machine is told. */
struct moment {
	int64_t ms; /* CLOCK_MONOTONIC */
	int64_t real; /* ns since the Epoch */
	uint32_t dice; /* any random number: jitter */
};

enum recovery_act {
	RECOVERY_WAIT, /* nothing, until due or the next event */
	RECOVERY_PROBE, /* probe now, then recovery_probed() */
	RECOVERY_END, /* the outage is over */
};

/* "down", "confirming", "holding", "verifying" */
const char *recovery_phase_name(enum recovery_phase phase);

/* Whether @proto can be probed at all: TCP only. */
bool recovery_probeable(uint8_t proto);
/* Milliseconds before probe number @step (0..) with +-20 % jitter. */
int64_t recovery_backoff(const struct conf_watch *w, uint32_t step, uint32_t dice);

void recovery_begin(struct recovery *r, const struct conf_watch *w, uint8_t proto,
		    const struct moment *now);
/*
 * After recovery_begin(): takes up the recovery that the engine before us had under
 * way, from what recovery_proven() and the fields said then. What is to be confirmed
 * is due at once, a hold begins anew; @e that @w counts no more is ignored, and so is 0.
 */
void recovery_resume(struct recovery *r, const struct conf_watch *w, uint8_t e, const char *detail,
		     int64_t proven, const struct moment *now);
/* Since when the evidence counts, ns since the Epoch; 0: to be confirmed, or none. */
int64_t recovery_proven(const struct recovery *r);
/* Evidence that @w does not count is ignored; @detail is for people. */
enum recovery_act recovery_evidence(struct recovery *r, const struct conf_watch *w, uint8_t proto,
				    enum evidence e, const char *detail, const struct moment *now);
/* @last: when the failed client sent its last SYN. True: it undid a recovery. */
bool recovery_failure(struct recovery *r, const struct conf_watch *w, uint8_t proto, int64_t last,
		      const struct moment *now);
enum recovery_act recovery_probed(struct recovery *r, const struct conf_watch *w, uint8_t proto,
				  bool connected, const struct moment *now);
enum recovery_act recovery_due(struct recovery *r, const struct conf_watch *w, uint8_t proto,
			       const struct moment *now);
/* The end could not be recorded: ask again in @ms milliseconds. */
void recovery_postpone(struct recovery *r, int64_t ms, const struct moment *now);

#endif /* RINGBACK_ENGINE_RECOVERY_H */
