// SPDX-License-Identifier: GPL-2.0
/*
 * The state machine of a recovery. Pure; the drawing is in recovery.h.
 */
#include "recovery.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

const char *recovery_phase_name(enum recovery_phase phase)
{
	static const char *const names[] = {
		[RECOVERY_DOWN] = "down",
		[RECOVERY_CONFIRM] = "confirming",
		[RECOVERY_HOLD] = "holding",
		[RECOVERY_VERIFY] = "verifying",
	};

	return names[phase];
}

bool recovery_probeable(uint8_t proto)
{
	return proto == IPPROTO_TCP;
}

int64_t recovery_backoff(const struct conf_watch *w, uint32_t step, uint32_t dice)
{
	int64_t ms = (int64_t)w->probe_max * 1000;

	/* probe_min >= 1 and probe_max <= 86400 < 2^17: later steps are capped anyway. */
	if (step < 17 && ((int64_t)w->probe_min << step) < w->probe_max)
		ms = ((int64_t)w->probe_min << step) * 1000;
	return ms * 4 / 5 + ms * 2 / 5 * (dice % 1001) / 1000;
}

static void schedule_probe(struct recovery *r, const struct conf_watch *w, uint8_t proto,
			   const struct moment *now)
{
	bool wanted = r->phase == RECOVERY_CONFIRM || w->recovery & EVIDENCE_PROBE;

	r->due = RECOVERY_NEVER;
	if (wanted && recovery_probeable(proto) && !r->probing)
		r->due = now->ms + recovery_backoff(w, r->step, now->dice);
}

static void go_down(struct recovery *r, const struct conf_watch *w, uint8_t proto,
		    const struct moment *now)
{
	r->phase = RECOVERY_DOWN;
	r->evidence = 0;
	r->detail[0] = '\0';
	schedule_probe(r, w, proto, now);
}

static enum recovery_act hold(struct recovery *r, const struct conf_watch *w, enum evidence e,
			      const struct moment *now)
{
	r->phase = RECOVERY_HOLD;
	r->evidence = e;
	r->seen = now->real;
	r->due = now->ms + (int64_t)w->stable * 1000;
	return w->stable ? RECOVERY_WAIT : RECOVERY_END;
}

static enum recovery_act probe(struct recovery *r)
{
	r->due = RECOVERY_NEVER;
	if (r->probing)
		return RECOVERY_WAIT; /* the one under way will tell */
	r->probing = true;
	return RECOVERY_PROBE;
}

void recovery_begin(struct recovery *r, const struct conf_watch *w, uint8_t proto,
		    const struct moment *now)
{
	memset(r, 0, sizeof(*r));
	go_down(r, w, proto, now);
}

void recovery_resume(struct recovery *r, const struct conf_watch *w, uint8_t e, const char *detail,
		     int64_t proven, const struct moment *now)
{
	if (!e || (e != EVIDENCE_OPERATOR && !(w->recovery & e)))
		return;
	r->evidence = e;
	r->seen = proven;
	snprintf(r->detail, sizeof(r->detail), "%s", detail);
	r->phase = proven ? RECOVERY_HOLD : RECOVERY_CONFIRM;
	r->due = now->ms + (proven ? (int64_t)w->stable * 1000 : 0);
	r->confirm_until = now->ms + (int64_t)w->probe_max * 1000;
}

int64_t recovery_proven(const struct recovery *r)
{
	return r->phase == RECOVERY_HOLD || r->phase == RECOVERY_VERIFY ? r->seen : 0;
}

enum recovery_act recovery_evidence(struct recovery *r, const struct conf_watch *w, uint8_t proto,
				    enum evidence e, const char *detail, const struct moment *now)
{
	bool under_way = r->phase == RECOVERY_HOLD || r->phase == RECOVERY_VERIFY;

	if (e != EVIDENCE_OPERATOR && (under_way || !(w->recovery & e)))
		return RECOVERY_WAIT;
	snprintf(r->detail, sizeof(r->detail), "%s", detail);
	if (e == EVIDENCE_TRAP && w->confirm && recovery_probeable(proto)) {
		r->phase = RECOVERY_CONFIRM;
		r->evidence = e;
		r->confirm_until = now->ms + (int64_t)w->probe_max * 1000;
		r->step = 0;
		return probe(r);
	}
	return hold(r, w, e, now);
}

bool recovery_failure(struct recovery *r, const struct conf_watch *w, uint8_t proto, int64_t last,
		      const struct moment *now)
{
	if (r->phase != RECOVERY_HOLD && r->phase != RECOVERY_VERIFY)
		return false;
	/* Sent before the evidence: it failed because of the outage that ends. */
	if (last <= r->seen)
		return false;
	r->step = 0;
	go_down(r, w, proto, now);
	return true;
}

enum recovery_act recovery_probed(struct recovery *r, const struct conf_watch *w, uint8_t proto,
				  bool connected, const struct moment *now)
{
	r->probing = false;
	switch (r->phase) {
	case RECOVERY_HOLD:
		return RECOVERY_WAIT;
	case RECOVERY_VERIFY:
		if (connected)
			return RECOVERY_END;
		r->step = 0;
		go_down(r, w, proto, now);
		return RECOVERY_WAIT;
	case RECOVERY_CONFIRM:
		if (connected)
			return hold(r, w, EVIDENCE_TRAP, now);
		r->step++;
		if (now->ms >= r->confirm_until)
			go_down(r, w, proto, now);
		else
			schedule_probe(r, w, proto, now);
		return RECOVERY_WAIT;
	case RECOVERY_DOWN:
		break;
	}
	/* Asked for in a phase that a failure has ended since, or by the schedule. */
	if (connected && w->recovery & EVIDENCE_PROBE) {
		snprintf(r->detail, sizeof(r->detail), "the probe connected");
		return hold(r, w, EVIDENCE_PROBE, now);
	}
	r->step++;
	schedule_probe(r, w, proto, now);
	return RECOVERY_WAIT;
}

static bool to_verify(const struct recovery *r, const struct conf_watch *w, uint8_t proto)
{
	if (r->evidence != EVIDENCE_TRAP && r->evidence != EVIDENCE_PROBE)
		return false;
	return recovery_probeable(proto) && (w->confirm || w->recovery & EVIDENCE_PROBE);
}

enum recovery_act recovery_due(struct recovery *r, const struct conf_watch *w, uint8_t proto,
			       const struct moment *now)
{
	if (now->ms < r->due)
		return RECOVERY_WAIT;
	if (r->phase != RECOVERY_HOLD)
		return probe(r);
	if (!to_verify(r, w, proto))
		return RECOVERY_END;
	r->phase = RECOVERY_VERIFY;
	return probe(r);
}

void recovery_postpone(struct recovery *r, int64_t ms, const struct moment *now)
{
	r->phase = RECOVERY_HOLD;
	r->due = now->ms + ms;
}
