// SPDX-License-Identifier: GPL-2.0
/*
 * Lists on their way to webhooks, within the engine and on both stores: each part goes
 * its own way, and what may have been taken goes nowhere else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "common/log.h"
#include "engine_story.h"
#include "handover_story.h"

static void webhook_counts_part_by_part(void **state)
{
	unsigned int i;

	(void)state;
	NOTIFY("webhook:w", "nms:a");
	list_goes(MSG_ROWS_MAX + 2);
	expect(2, HANDOVER_PART, "w");
	for (i = 0; i < 2; i++) {
		assert_int_equal(handed[i].parts, 2);
		assert_int_equal(handed[i].part, i + 1);
		assert_int_equal(handed[i].n_rows, i ? 2 : MSG_ROWS_MAX);
		assert_int_equal(handed[i].list, handed[0].list);
	}
	assert_int_not_equal(handed[0].id, handed[1].id);
	hand_result(0, DELIVERY_SENT, "ok");
	hand_result(1, DELIVERY_REFUSED, "no");
	time_passes(6);
	assert_int_equal(handover_of(0).state, HANDOVER_SENT);
	assert_int_equal(handover_of(1).state, HANDOVER_PASSED_ON);
	expect(3, HANDOVER_PART, "a");
	assert_int_equal(handed[2].n_rows, 2);
}

/* Should we die, these are pinned there: few at a time, and the others go on. */
static void few_parts_are_begun(void **state)
{
	struct all_handovers all;
	struct handover h;
	unsigned int i;
	int64_t until;

	(void)state;
	NOTIFY("webhook:w", "nms:a");
	n_clients_waited(6 * MSG_ROWS_MAX);
	space(100);
	expect(4, HANDOVER_PART, "w");
	run(60);
	assert_int_equal(n_handed, 4);
	/* The sixth waits for its turn, and has its time again. */
	all_handovers(&all);
	assert_int_equal(all.n, 6);
	h = all.row[5];
	assert_int_equal(h.part, 6);
	until = h.until;
	targets[2].time = 90;
	hand_result(0, DELIVERY_SENT, "ok");
	expect(5, HANDOVER_PART, "w");
	assert_int_equal(store_handover_get(e.store, h.id, &h), 0);
	assert_true(h.until >= until + 30 * SEC);
	time_passes(7200); /* the engine dies: four are unsure, the sixth had not begun */
	time_passes(6);
	assert_int_equal(newest()->route, ROUTE_NMS);
	for (i = 0; i < n_handed && handed[i].route == ROUTE_WEBHOOK; i++)
		assert_int_not_equal(handed[i].part, 6);
}

static void unsure_goes_nowhere_else(void **state)
{
	unsigned int i;

	(void)state;
	NOTIFY("webhook:w", "nms:a");
	list_goes(1);
	answer(DELIVERY_UNSURE);
	for (i = 0; i < 3; i++) {
		time_passes(3600);
		expect(2 + i, HANDOVER_PART, "w");
		assert_int_equal(newest()->id, handed[0].id);
		answer(i == 1 ? DELIVERY_LATER : DELIVERY_UNSURE);
	}
	time_passes(3600);
	answer(DELIVERY_REFUSED); /* it may have taken it before */
	assert_int_equal(handover_of(0).state, HANDOVER_REFUSED);
	time_passes(3600);
	assert_int_equal(n_handed, 5);
}

static void webhook_while_killed_is_unsure(void **state)
{
	(void)state;
	NOTIFY("webhook:w", "nms:a");
	list_goes(1);
	expect(1, HANDOVER_PART, "w");
	time_passes(7200); /* nobody knows what became of it */
	expect(2, HANDOVER_PART, "w");
	answer(DELIVERY_SENT);
	assert_int_equal(handover_of(0).state, HANDOVER_SENT);
	time_passes(7200);
	assert_int_equal(n_handed, 2);
}

static void webhook_away_goes_on(void **state)
{
	(void)state;
	NOTIFY("webhook:w", "nms:a");
	list_goes(1);
	answer(DELIVERY_LATER);
	assert_int_equal(handover_of(0).state, HANDOVER_SENDING);
	time_passes(70);
	assert_int_equal(handover_of(0).state, HANDOVER_PASSED_ON);
	time_passes(6);
	expect(2, HANDOVER_PART, "a");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(webhook_counts_part_by_part), ON_BOTH(few_parts_are_begun),
		ON_BOTH(unsure_goes_nowhere_else),    ON_BOTH(webhook_while_killed_is_unsure),
		ON_BOTH(webhook_away_goes_on),
	};

	log_init("engine", LOG_TO_STDERR, false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
