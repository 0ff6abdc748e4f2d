// SPDX-License-Identifier: GPL-2.0
/*
 * Announcements, within the engine and on both stores: down and up to each target, their
 * order, alerts that are repeated, and services that flap.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "common/log.h"
#include "common/timefmt.h"
#include "engine_story.h"
#include "handover_story.h"

static void announces(const char *name)
{
	unsigned int i;

	all_targets();
	for (i = 0; i < N_TARGETS; i++)
		targets[i].announce = strcmp(targets[i].name, name) == 0;
}

static void goes_down(const struct service *s)
{
	space(10);
	service_is(s, RINGBACK_SERVICE_DOWN);
	run(80);
}

/* The service is down, and an Alertmanager knows. */
static void alert_is_told(const struct service *s)
{
	announces("w");
	targets[2].format = WEBHOOK_ALERTMANAGER;
	targets[2].lists = false;
	goes_down(s);
	answer(DELIVERY_SENT);
}

/* It is up, which is the @n-th message. */
static void up_is_told(const struct service *s, unsigned int n, const char *target)
{
	ends(s);
	expect(n, HANDOVER_UP, target);
	answer(DELIVERY_SENT);
}

/* It is down again and this lasts, which is the @n-th message. */
static void down_is_told(const struct service *s, unsigned int n, const char *target)
{
	service_is(s, RINGBACK_SERVICE_DOWN);
	run(60);
	time_passes(100);
	expect(n, HANDOVER_DOWN, target);
}

static void down_and_up(void **state)
{
	const struct service s = web();

	(void)state;
	announces("a");
	watch.n_notify = 0;
	goes_down(&s);
	expect(1, HANDOVER_DOWN, "a");
	assert_int_equal(handed[0].ended, 0);
	answer(DELIVERY_SENT);
	ends(&s);
	expect(2, HANDOVER_UP, "a");
	assert_true(handed[1].ended > 0);
	assert_int_equal(handed[1].evidence, EVIDENCE_REPLY);
	answer(DELIVERY_LATER);
	time_passes(6);
	expect(3, HANDOVER_UP, "a");
	answer(DELIVERY_SENT);
	assert_int_equal(handover_of(1).state, HANDOVER_SENT);
}

static void up_waits_for_down(void **state)
{
	const struct service s = web();

	(void)state;
	announces("a");
	goes_down(&s);
	expect(1, HANDOVER_DOWN, "a");
	ends(&s); /* the first is still at the mailer */
	assert_int_equal(n_handed, 1);
	assert_int_equal(handover_of(0).state, HANDOVER_DROPPED);
	answer(DELIVERY_LATER);
	expect(2, HANDOVER_UP, "a");
}

static void webhook_hears_both(void **state)
{
	const struct service s = web();

	(void)state;
	announces("w");
	goes_down(&s);
	answer(DELIVERY_LATER);
	ends(&s);
	assert_int_equal(n_handed, 1);
	time_passes(6);
	expect(2, HANDOVER_DOWN, "w");
	answer(DELIVERY_SENT);
	expect(3, HANDOVER_UP, "w");
}

static void alert_is_repeated(void **state)
{
	const struct service s = web();

	(void)state;
	alert_is_told(&s);
	time_passes(70);
	expect(2, HANDOVER_DOWN, "w");
	answer(DELIVERY_SENT);
	time_passes(70);
	answer(DELIVERY_REFUSED); /* a bad day of it is no end of the outage */
	time_passes(70);
	expect(4, HANDOVER_DOWN, "w");
	answer(DELIVERY_SENT);
	up_is_told(&s, 5, "w");
	time_passes(100000);
	assert_int_equal(n_handed, 5);
	assert_int_equal(handover_of(0).state, HANDOVER_SENT);
	assert_true(handover_of(0).done > 0);
}

static void alert_of_who_hears_no_more(void **state)
{
	const struct service s = web();

	(void)state;
	alert_is_told(&s);
	targets[2].announce = false;
	time_passes(70);
	assert_int_equal(n_handed, 1);
	assert_true(handover_of(0).done > 0);
}

/* A service that flaps is one outage: what did not last is not told. */
static void flapping_makes_no_storm(void **state)
{
	const struct service s = web();
	int i;

	(void)state;
	announces("a");
	goes_down(&s);
	answer(DELIVERY_SENT);
	up_is_told(&s, 2, "a");
	for (i = 0; i < 5; i++) {
		service_is(&s, RINGBACK_SERVICE_DOWN);
		run(60);
		ends(&s);
		run(30);
	}
	assert_int_equal(n_handed, 2);
	time_passes(100);
	assert_int_equal(n_handed, 2);
	down_is_told(&s, 3, "a"); /* this time it is so */
}

/* What was dropped before anybody had certainly heard it is not known there. */
static void flapping_leaves_the_truth(void **state)
{
	const struct service s = web();

	(void)state;
	announces("a");
	goes_down(&s);
	expect(1, HANDOVER_DOWN, "a");
	ends(&s); /* the first is dropped in flight */
	run(60);
	service_is(&s, RINGBACK_SERVICE_DOWN);
	run(60);
	answer(DELIVERY_LATER);
	time_passes(100);
	expect(2, HANDOVER_DOWN, "a");
}

/* An alert whose end was put off is repeated again. */
static void flapping_alert_stays(void **state)
{
	const struct service s = web();
	struct handover h;

	(void)state;
	alert_is_told(&s);
	up_is_told(&s, 2, "w");
	down_is_told(&s, 3, "w");
	answer(DELIVERY_SENT);
	h = handover_of(2);
	h.created = time_now(); /* it was told just now: its end has to wait */
	write_handover(&h);
	ends(&s);
	run(60);
	assert_int_equal(n_handed, 3);
	down_is_told(&s, 4, "w");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(down_and_up),
		ON_BOTH(up_waits_for_down),
		ON_BOTH(webhook_hears_both),
		ON_BOTH(alert_is_repeated),
		ON_BOTH(alert_of_who_hears_no_more),
		ON_BOTH(flapping_makes_no_storm),
		ON_BOTH(flapping_leaves_the_truth),
		ON_BOTH(flapping_alert_stays),
	};

	log_init("engine", LOG_TO_STDERR, false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
