// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel does not have: an attempt that is missing at the end of its outage means
 * that the client has reached the service, but for the cases that are told here.
 */
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "common/log.h"
#include "common/timefmt.h"
#include "engine/tracker.h"
#include "engine_kernel.h"
#include "engine_story.h"

/* The kernel has lost the attempt of a waiter, and @why is known: he is told. */
static void is_told_though_missing(void (*why)(void))
{
	const struct service s = web();
	const struct addr one = address("198.51.100.1");

	contact("198.51.100.1", "one@example.org");
	service_is(&s, RINGBACK_SERVICE_DOWN);
	client_fails(&s, "198.51.100.1");
	run(50);
	fake_kernel_answer(&s, &one);
	why();
	service_is(&s, RINGBACK_SERVICE_UP);
	assert_int_equal(waiter_state(&s, "198.51.100.1"), WAITER_NOTIFIED);
}

static void loaded_anew(void)
{
	assert_int_equal(store_begin(e.store), 0);
	assert_int_equal(store_waiter_lost(e.store, NULL), 0);
	assert_int_equal(store_commit(e.store), 0);
}

static void lost_by_the_kernel_is_not_reached(void **state)
{
	(void)state;
	is_told_though_missing(loaded_anew);
}

static void gave_way(void)
{
	fake_kernel.evicted = true;
	fake_kernel.store = e.store;
}

static void evicted_is_not_reached(void **state)
{
	(void)state;
	is_told_though_missing(gave_way);
}

static void kept_for_another_time(void)
{
	fake_kernel.kept_since = time_now();
}

/* It may have left the kernel by the time that was right when it failed. */
static void kept_for_another_time_is_not_reached(void **state)
{
	(void)state;
	is_told_though_missing(kept_for_another_time);
}

/* @torn dumps of three lack an entry each: who is in none of them has reached the service. */
static void dumps_are_torn(unsigned int torn)
{
	const struct service s = web();
	const struct addr three = address("198.51.100.3");

	contact("198.51.100.0/24", "all@example.org");
	service_is(&s, RINGBACK_SERVICE_DOWN);
	client_fails(&s, "198.51.100.1");
	client_fails(&s, "198.51.100.2");
	client_fails(&s, "198.51.100.3");
	run(50);
	fake_kernel_answer(&s, &three);
	fake_kernel.torn = torn;
	service_is(&s, RINGBACK_SERVICE_UP);
	assert_int_equal(waiter_state(&s, "198.51.100.1"), WAITER_NOTIFIED);
	assert_int_equal(waiter_state(&s, "198.51.100.2"), WAITER_NOTIFIED);
	assert_int_equal(waiter_state(&s, "198.51.100.3"), WAITER_REACHED);
}

static void torn_dumps(void **state)
{
	const struct service s = web();

	(void)state;
	dumps_are_torn(2);
	assert_false(latest(&s).lossy);
}

static void no_dump_is_whole(void **state)
{
	const struct service s = web();

	(void)state;
	dumps_are_torn(3);
	assert_true(latest(&s).lossy);
}

/* A client failed while the outage before was being ended: its event comes after that. */
static void forgotten_by_the_kernel_is_not_reached(void **state)
{
	const struct service s = web();
	const struct addr two = address("198.51.100.2");
	struct nl_attempt meanwhile;

	(void)state;
	contact("198.51.100.0/24", "all@example.org");
	service_is(&s, RINGBACK_SERVICE_DOWN);
	client_fails(&s, "198.51.100.1");
	run(50);
	meanwhile = *fake_kernel_fail(&s, &two, time_now());
	fake_kernel_answer(&s, &two); /* came after the dump */
	service_is(&s, RINGBACK_SERVICE_UP);
	service_is(&s, RINGBACK_SERVICE_DOWN);
	tracker_attempt(e.tracker, &meanwhile);
	run(50);
	assert_int_equal(waiter_state(&s, "198.51.100.2"), WAITER_WAITING);
	service_is(&s, RINGBACK_SERVICE_UP);
	assert_int_equal(waiter_state(&s, "198.51.100.2"), WAITER_NOTIFIED);
}

/* After a reboot: nobody fails any more, and who is answered is not noticed either. */
static void unknown_to_the_kernel(void **state)
{
	struct service s = web(), other = web();

	(void)state;
	other.port = 81;
	service_is(&s, RINGBACK_SERVICE_DOWN);
	service_is(&other, RINGBACK_SERVICE_DOWN);
	run(50);
	tracker_services_begin(e.tracker);
	service_is(&s, RINGBACK_SERVICE_DOWN);
	service_is(&other, RINGBACK_SERVICE_DOWN);
	tracker_services_end(e.tracker);
	assert_int_equal(fake_kernel.state, -1);
	tracker_services_begin(e.tracker);
	service_is(&s, RINGBACK_SERVICE_DOWN);
	tracker_services_end(e.tracker);
	assert_int_equal(fake_kernel.state, RINGBACK_SERVICE_DOWN);
	assert_int_equal(latest(&other).ended, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(lost_by_the_kernel_is_not_reached),
		ON_BOTH(forgotten_by_the_kernel_is_not_reached),
		ON_BOTH(unknown_to_the_kernel),
		ON_BOTH(evicted_is_not_reached),
		ON_BOTH(kept_for_another_time_is_not_reached),
		ON_BOTH(torn_dumps),
		ON_BOTH(no_dump_is_whole),
	};

	log_init("engine", LOG_TO_STDERR, false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
