// SPDX-License-Identifier: GPL-2.0
/*
 * The recovery state machine: rows of {what happens when, what is to be done}.
 */
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "engine/recovery.h"

#define SEC 1000000000LL

enum happens { TRAP, REPLY, PROBE, OPERATOR, CONNECTED, NO_ANSWER, FAILED, DUE };

struct step {
	int at; /* seconds since the outage began */
	enum happens what;
	int last; /* FAILED: when the SYN was sent */
	enum recovery_act act;
	enum recovery_phase phase; /* afterwards */
	uint8_t evidence;
};

static const struct conf_watch usual = {
	.recovery = EVIDENCE_TRAP | EVIDENCE_REPLY | EVIDENCE_PROBE,
	.confirm = true,
	.stable = 5,
	.flap = 300,
	.keep = 86400,
	.probe_min = 5,
	.probe_max = 300,
	.probe_timeout = 5,
};

static void play(const struct conf_watch *w, uint8_t proto, const struct step *steps, size_t n)
{
	struct moment now = { .ms = 1000000, .real = 1000 * SEC, .dice = 500 };
	const struct moment start = now;
	struct recovery r;
	enum recovery_act act = RECOVERY_WAIT;
	size_t i;

	recovery_begin(&r, w, proto, &now);
	for (i = 0; i < n; i++) {
		now.ms = start.ms + steps[i].at * 1000;
		now.real = start.real + steps[i].at * SEC;
		switch (steps[i].what) {
		case TRAP:
			act = recovery_evidence(&r, w, proto, EVIDENCE_TRAP, "x", &now);
			break;
		case REPLY:
			act = recovery_evidence(&r, w, proto, EVIDENCE_REPLY, "x", &now);
			break;
		case PROBE:
			act = recovery_evidence(&r, w, proto, EVIDENCE_PROBE, "x", &now);
			break;
		case OPERATOR:
			act = recovery_evidence(&r, w, proto, EVIDENCE_OPERATOR, "x", &now);
			break;
		case CONNECTED:
		case NO_ANSWER:
			act = recovery_probed(&r, w, proto, steps[i].what == CONNECTED, &now);
			break;
		case FAILED:
			recovery_failure(&r, w, proto, start.real + steps[i].last * SEC, &now);
			act = RECOVERY_WAIT;
			break;
		case DUE:
			act = recovery_due(&r, w, proto, &now);
			break;
		}
		if (act != steps[i].act || r.phase != steps[i].phase ||
		    r.evidence != steps[i].evidence)
			fail_msg("step %zu: act %d, phase %s, evidence %d", i, act,
				 recovery_phase_name(r.phase), r.evidence);
	}
}

#define PLAY(w, proto, ...)                                            \
	do {                                                           \
		static const struct step steps[] = { __VA_ARGS__ };    \
		play(w, proto, steps, sizeof(steps) / sizeof(*steps)); \
	} while (0)

static void trap_is_confirmed_held_and_verified(void **state)
{
	(void)state;
	PLAY(&usual, IPPROTO_TCP, { 1, TRAP, 0, RECOVERY_PROBE, RECOVERY_CONFIRM, EVIDENCE_TRAP },
	     { 1, CONNECTED, 0, RECOVERY_WAIT, RECOVERY_HOLD, EVIDENCE_TRAP },
	     { 3, DUE, 0, RECOVERY_WAIT, RECOVERY_HOLD, EVIDENCE_TRAP },
	     { 6, DUE, 0, RECOVERY_PROBE, RECOVERY_VERIFY, EVIDENCE_TRAP },
	     { 6, CONNECTED, 0, RECOVERY_END, RECOVERY_VERIFY, EVIDENCE_TRAP });
}

static void trap_before_its_service_waits(void **state)
{
	(void)state;
	PLAY(&usual, IPPROTO_TCP, { 1, TRAP, 0, RECOVERY_PROBE, RECOVERY_CONFIRM, EVIDENCE_TRAP },
	     { 1, TRAP, 0, RECOVERY_WAIT, RECOVERY_CONFIRM, EVIDENCE_TRAP },
	     { 1, NO_ANSWER, 0, RECOVERY_WAIT, RECOVERY_CONFIRM, EVIDENCE_TRAP },
	     { 2, DUE, 0, RECOVERY_WAIT, RECOVERY_CONFIRM, EVIDENCE_TRAP },
	     { 11, DUE, 0, RECOVERY_PROBE, RECOVERY_CONFIRM, EVIDENCE_TRAP },
	     { 11, CONNECTED, 0, RECOVERY_WAIT, RECOVERY_HOLD, EVIDENCE_TRAP });
	/* ... but not for ever */
	PLAY(&usual, IPPROTO_TCP, { 1, TRAP, 0, RECOVERY_PROBE, RECOVERY_CONFIRM, EVIDENCE_TRAP },
	     { 302, NO_ANSWER, 0, RECOVERY_WAIT, RECOVERY_DOWN, 0 });
}

static void trap_counts_itself_without_confirm_or_tcp(void **state)
{
	static struct conf_watch w;

	(void)state;
	w = usual;
	w.confirm = false;
	PLAY(&w, IPPROTO_TCP, { 1, TRAP, 0, RECOVERY_WAIT, RECOVERY_HOLD, EVIDENCE_TRAP },
	     { 6, DUE, 0, RECOVERY_PROBE, RECOVERY_VERIFY, EVIDENCE_TRAP });
	w.recovery = EVIDENCE_TRAP;
	PLAY(&w, IPPROTO_TCP, { 1, TRAP, 0, RECOVERY_WAIT, RECOVERY_HOLD, EVIDENCE_TRAP },
	     { 6, DUE, 0, RECOVERY_END, RECOVERY_HOLD, EVIDENCE_TRAP });
	PLAY(&usual, IPPROTO_UDP, { 1, TRAP, 0, RECOVERY_WAIT, RECOVERY_HOLD, EVIDENCE_TRAP },
	     { 6, DUE, 0, RECOVERY_END, RECOVERY_HOLD, EVIDENCE_TRAP });
}

static void reply_is_held_not_verified(void **state)
{
	(void)state;
	PLAY(&usual, IPPROTO_TCP, { 1, REPLY, 0, RECOVERY_WAIT, RECOVERY_HOLD, EVIDENCE_REPLY },
	     { 2, TRAP, 0, RECOVERY_WAIT, RECOVERY_HOLD, EVIDENCE_REPLY },
	     { 6, DUE, 0, RECOVERY_END, RECOVERY_HOLD, EVIDENCE_REPLY });
}

static void new_failure_cancels_a_hold(void **state)
{
	(void)state;
	PLAY(&usual, IPPROTO_TCP, { 10, REPLY, 0, RECOVERY_WAIT, RECOVERY_HOLD, EVIDENCE_REPLY },
	     /* its SYN is older than the answer: no new failure */
	     { 12, FAILED, 9, RECOVERY_WAIT, RECOVERY_HOLD, EVIDENCE_REPLY },
	     { 13, FAILED, 11, RECOVERY_WAIT, RECOVERY_DOWN, 0 },
	     { 15, DUE, 0, RECOVERY_WAIT, RECOVERY_DOWN, 0 },
	     { 18, DUE, 0, RECOVERY_PROBE, RECOVERY_DOWN, 0 },
	     { 18, CONNECTED, 0, RECOVERY_WAIT, RECOVERY_HOLD, EVIDENCE_PROBE });
}

static void last_probe_decides(void **state)
{
	(void)state;
	PLAY(&usual, IPPROTO_TCP, { 5, DUE, 0, RECOVERY_PROBE, RECOVERY_DOWN, 0 },
	     { 5, CONNECTED, 0, RECOVERY_WAIT, RECOVERY_HOLD, EVIDENCE_PROBE },
	     { 10, DUE, 0, RECOVERY_PROBE, RECOVERY_VERIFY, EVIDENCE_PROBE },
	     { 10, NO_ANSWER, 0, RECOVERY_WAIT, RECOVERY_DOWN, 0 });
}

static void operator_overrides(void **state)
{
	static struct conf_watch w;

	(void)state;
	w = usual;
	w.recovery = 0;
	PLAY(&w, IPPROTO_TCP, { 1, REPLY, 0, RECOVERY_WAIT, RECOVERY_DOWN, 0 },
	     { 1, TRAP, 0, RECOVERY_WAIT, RECOVERY_DOWN, 0 },
	     { 1, PROBE, 0, RECOVERY_WAIT, RECOVERY_DOWN, 0 },
	     { 900, DUE, 0, RECOVERY_WAIT, RECOVERY_DOWN, 0 },
	     { 901, OPERATOR, 0, RECOVERY_WAIT, RECOVERY_HOLD, EVIDENCE_OPERATOR },
	     { 906, DUE, 0, RECOVERY_END, RECOVERY_HOLD, EVIDENCE_OPERATOR });
	w = usual;
	w.stable = 0;
	PLAY(&w, IPPROTO_TCP, { 1, OPERATOR, 0, RECOVERY_END, RECOVERY_HOLD, EVIDENCE_OPERATOR });
}

static void backoff_grows_within_bounds(void **state)
{
	static const int64_t middle[] = { 5, 10, 20, 40, 80, 160, 300, 300 };
	uint32_t step, dice;

	(void)state;
	for (step = 0; step < sizeof(middle) / sizeof(*middle); step++)
		for (dice = 0; dice < 1001; dice += 100) {
			int64_t ms = recovery_backoff(&usual, step, dice);

			assert_in_range(ms, middle[step] * 800, middle[step] * 1200);
		}
	assert_int_equal(recovery_backoff(&usual, UINT32_MAX, 500), 300000);
}

static void postponed_end_is_asked_for_again(void **state)
{
	struct moment now = { .ms = 1000, .real = SEC };
	struct recovery r;

	(void)state;
	recovery_begin(&r, &usual, IPPROTO_TCP, &now);
	recovery_evidence(&r, &usual, IPPROTO_TCP, EVIDENCE_REPLY, "x", &now);
	now.ms += 5000;
	assert_int_equal(recovery_due(&r, &usual, IPPROTO_TCP, &now), RECOVERY_END);
	recovery_postpone(&r, 5000, &now);
	assert_int_equal(recovery_due(&r, &usual, IPPROTO_TCP, &now), RECOVERY_WAIT);
	now.ms += 5000;
	assert_int_equal(recovery_due(&r, &usual, IPPROTO_TCP, &now), RECOVERY_END);
}

static void evidence_is_taken_up(void **state)
{
	struct moment now = { .ms = 1000, .real = 9 * SEC };
	struct conf_watch w = usual;
	struct recovery r;

	(void)state;
	recovery_begin(&r, &w, IPPROTO_TCP, &now);
	recovery_resume(&r, &w, EVIDENCE_TRAP, "x", 0, &now);
	assert_int_equal(r.phase, RECOVERY_CONFIRM);
	assert_int_equal(recovery_proven(&r), 0);
	assert_int_equal(recovery_due(&r, &w, IPPROTO_TCP, &now), RECOVERY_PROBE);

	recovery_begin(&r, &w, IPPROTO_TCP, &now);
	recovery_resume(&r, &w, EVIDENCE_REPLY, "x", 7 * SEC, &now);
	assert_int_equal(recovery_due(&r, &w, IPPROTO_TCP, &now), RECOVERY_WAIT);
	assert_int_equal(recovery_proven(&r), 7 * SEC);
	now.ms += 5000;
	assert_int_equal(recovery_due(&r, &w, IPPROTO_TCP, &now), RECOVERY_END);
	/* A client that failed while no engine was there. */
	assert_true(recovery_failure(&r, &w, IPPROTO_TCP, 8 * SEC, &now));
	assert_int_equal(recovery_proven(&r), 0);

	w.recovery = EVIDENCE_TRAP; /* in the configuration of now */
	recovery_begin(&r, &w, IPPROTO_TCP, &now);
	recovery_resume(&r, &w, EVIDENCE_REPLY, "x", 7 * SEC, &now);
	assert_int_equal(r.phase, RECOVERY_DOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trap_is_confirmed_held_and_verified),
		cmocka_unit_test(trap_before_its_service_waits),
		cmocka_unit_test(trap_counts_itself_without_confirm_or_tcp),
		cmocka_unit_test(reply_is_held_not_verified),
		cmocka_unit_test(new_failure_cancels_a_hold),
		cmocka_unit_test(last_probe_decides),
		cmocka_unit_test(operator_overrides),
		cmocka_unit_test(backoff_grows_within_bounds),
		cmocka_unit_test(postponed_end_is_asked_for_again),
		cmocka_unit_test(evidence_is_taken_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
