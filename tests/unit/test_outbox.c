// SPDX-License-Identifier: GPL-2.0
/*
 * The outbox, within the engine and on both stores: from the end of an outage over
 * messages and the mailer to its results.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "common/log.h"
#include "common/timefmt.h"
#include "engine/batch.h"
#include "engine/outbox.h"
#include "engine/tracker.h"
#include "engine_kernel.h"
#include "engine_story.h"

#define SEC NSEC_PER_SEC

static void recover_all_of(const struct service *first, unsigned int n)
{
	struct service s = *first;
	unsigned int i;

	for (i = 0; i < n; i++, s.port++)
		service_is(&s, RINGBACK_SERVICE_UP);
}

static void fail_all_of(const struct service *first, unsigned int n, const char *client)
{
	struct service s = *first;
	unsigned int i;

	for (i = 0; i < n; i++, s.port++) {
		service_is(&s, RINGBACK_SERVICE_DOWN);
		client_fails(&s, client);
	}
}

static void one_message_carries_many(void **state)
{
	const struct service s = web();

	(void)state;
	contact("198.51.100.1", "one@example.org");
	fail_all_of(&s, MSG_NOTICE_ITEMS + 3, "198.51.100.1");
	recover_all_of(&s, MSG_NOTICE_ITEMS + 3);
	outbox_window(e.outbox, 10);
	run(200);
	assert_int_equal(n_sent, 2);
	assert_int_equal(sent[0].n_items, MSG_NOTICE_ITEMS);
	assert_int_equal(sent[1].n_items, 3);
	assert_string_not_equal(sent[0].message_id, sent[1].message_id);
}

static void digest_waits(void **state)
{
	const struct service s = web();

	(void)state;
	conf.mail.digest = 1;
	contact("198.51.100.1", "one@example.org");
	outbox_window(e.outbox, 10);
	fail_all_of(&s, 2, "198.51.100.1");
	recover_all_of(&s, 1);
	run(300);
	recover_all_of(&s, 2);
	assert_int_equal(n_sent, 0);
	run(1000);
	assert_int_equal(n_sent, 1);
	assert_int_equal(sent[0].n_items, 2);
}

static void rate_waits_and_loses_nothing(void **state)
{
	struct service s = web();

	(void)state;
	conf.mail.rate = 2;
	contact("198.51.100.1", "one@example.org");
	outbox_window(e.outbox, 10);
	for (; s.port < 84; s.port++) {
		fail_all_of(&s, 1, "198.51.100.1");
		recover_all_of(&s, 1);
		run(60);
	}
	assert_int_equal(n_sent, 2);
	assert_int_equal(outbox_counts().waiting, 2);
}

static void mailer_outlives_the_engine(void **state)
{
	const struct service s = web();

	(void)state;
	contact("198.51.100.1", "one@example.org");
	outbox_window(e.outbox, 5);
	fail_all_of(&s, 1, "198.51.100.1");
	recover_all_of(&s, 1);
	run(100);
	assert_int_equal(n_sent, 1);
	stop_parts();
	start_parts();
	result(0, DELIVERY_SENT, "ok"); /* the mailer tells this first, then its window */
	outbox_window(e.outbox, 5);
	run(100);
	assert_int_equal(n_sent, 1);
	assert_int_equal(outbox_counts().sent, 1);
	result(0, DELIVERY_SENT, "ok");
	assert_int_equal(e.count.bad_messages, 1);
}

/* Who has had his share may not stand in the way of those behind him. */
static void who_is_over_his_rate_holds_up_nobody(void **state)
{
	const char *const clients[] = { "198.51.100.1", "198.51.100.2", "198.51.100.3" };
	struct service s = web();
	unsigned int i;

	(void)state;
	conf.mail.rate = 1;
	contact("198.51.100.1", "one@example.org");
	contact("198.51.100.2", "two@example.org");
	contact("198.51.100.3", "three@example.org");
	outbox_window(e.outbox, 10);
	for (i = 0; i < 2; i++) {
		fail_all_of(&s, 1, clients[i]);
		recover_all_of(&s, 1);
		run(60);
		s.port++;
	}
	assert_int_equal(n_sent, 2);
	outbox_window(e.outbox, 1);
	run(50);
	for (i = 0; i < 3; i++) {
		fail_all_of(&s, 1, clients[i]);
		recover_all_of(&s, 1);
		s.port++;
	}
	run(100);
	assert_int_equal(n_sent, 3);
	assert_string_equal(sent[2].to, "three@example.org");
}

static void mailer_away_and_back(void **state)
{
	const struct service s = web();

	(void)state;
	contact("198.51.100.1", "one@example.org");
	fail_all_of(&s, 1, "198.51.100.1");
	recover_all_of(&s, 1);
	run(100);
	assert_int_equal(n_sent, 0);
	outbox_window(e.outbox, 1);
	run(100);
	assert_int_equal(n_sent, 1);
	outbox_mailer_gone(e.outbox);
	outbox_window(e.outbox, 1);
	run(100);
	assert_int_equal(n_sent, 2);
	assert_string_equal(sent[0].message_id, sent[1].message_id);
	assert_int_equal(sent[0].id, sent[1].id);

	/* ... and so after a kill of the engine itself */
	stop_parts();
	start_parts();
	outbox_window(e.outbox, 1);
	run(100);
	assert_int_equal(n_sent, 3);
	assert_string_equal(sent[0].message_id, sent[2].message_id);

	result(2, DELIVERY_LATER, "come again");
	run(100);
	assert_int_equal(outbox_counts().queued, 1);
	assert_int_equal(n_sent, 3); /* not before retry_min */
	result(2, DELIVERY_SENT, "a result that nobody waits for");
	assert_int_equal(e.count.bad_messages, 1);
}

/* Nothing waits longer than it would by any configuration. */
static void clock_set_back(void **state)
{
	const struct service s = web();

	(void)state;
	conf.mail.digest = 3600;
	contact("198.51.100.1", "one@example.org");
	outbox_window(e.outbox, 10);
	fail_all_of(&s, 1, "198.51.100.1");
	recover_all_of(&s, 1);
	run(100);
	outbox_check_clock(e.outbox, time_now());
	run(100);
	assert_int_equal(n_sent, 0);
	outbox_check_clock(e.outbox, time_now() - 10 * SEC); /* further ahead than digest may be */
	run(100);
	assert_int_equal(n_sent, 1);
	result(0, DELIVERY_LATER, "come again");
	run(100);
	outbox_check_clock(e.outbox, time_now());
	run(100);
	assert_int_equal(n_sent, 1);
	outbox_check_clock(e.outbox, time_now() - 86400 * SEC);
	run(100);
	assert_int_equal(n_sent, 2);
	assert_string_equal(sent[0].message_id, sent[1].message_id);
}

static void refusals_are_final(void **state)
{
	const struct service s = web();

	(void)state;
	contact("198.51.100.1", "one@example.org");
	outbox_window(e.outbox, 1);
	fail_all_of(&s, 1, "198.51.100.1");
	recover_all_of(&s, 1);
	run(100);
	result(0, DELIVERY_REFUSED, "no such user");
	outbox_window(e.outbox, 1);
	run(100);
	assert_int_equal(outbox_counts().refused, 1);
	assert_int_equal(n_sent, 1);
}

static void full_socket_is_tried_again(void **state)
{
	const struct service s = web();

	(void)state;
	contact("198.51.100.1", "one@example.org");
	send_rc = -EAGAIN;
	outbox_window(e.outbox, 1);
	fail_all_of(&s, 1, "198.51.100.1");
	recover_all_of(&s, 1);
	run(100);
	assert_int_equal(n_sent, 0);
	send_rc = 0;
	run(100);
	assert_int_equal(n_sent, 1);
}

static void thousand_waiters_flow(void **state)
{
	const struct service s = web();
	char client[32], mail[32];
	int64_t t0;
	unsigned int i, done = 0;

	(void)state;
	for (i = 0; i < 1000; i++) {
		snprintf(client, sizeof(client), "198.51.%u.%u", 100 + i / 250, i % 250 + 1);
		snprintf(mail, sizeof(mail), "u%u@example.org", i);
		contact(client, mail);
	}
	service_is(&s, RINGBACK_SERVICE_DOWN);
	for (i = 0; i < 1000; i++) {
		snprintf(client, sizeof(client), "198.51.%u.%u", 100 + i / 250, i % 250 + 1);
		client_fails(&s, client);
	}
	run(50);
	t0 = time_mono_ms();
	service_is(&s, RINGBACK_SERVICE_UP);
	while (outbox_counts().sent < 1000 && time_mono_ms() - t0 < 20000) {
		outbox_window(e.outbox, 100);
		run(15);
		for (; done < n_sent; done++)
			result(done, DELIVERY_SENT, "ok");
	}
	assert_int_equal(outbox_counts().sent, 1000);
	assert_int_equal(n_sent, 1000);
	print_message("1000 waiters: %lld ms\n", (long long)(time_mono_ms() - t0));
}

/* On the memory store only: it fails when told to. */
static void results_wait_for_the_store(void **state)
{
	const struct service s = web();

	(void)state;
	contact("198.51.100.1", "one@example.org");
	outbox_window(e.outbox, 5);
	fail_all_of(&s, 1, "198.51.100.1");
	recover_all_of(&s, 1);
	run(100);
	store_mem_fail(e.store, -ENOSPC);
	result(0, DELIVERY_SENT, "ok");
	outbox_mailer_gone(e.outbox);
	run(100);
	assert_int_equal(outbox_counts().sent, 0);
	store_mem_fail(e.store, 0);
	outbox_window(e.outbox, 5);
	run(5200);
	assert_int_equal(outbox_counts().sent, 1);
	assert_int_equal(n_sent, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(one_message_carries_many),
		ON_BOTH(digest_waits),
		ON_BOTH(rate_waits_and_loses_nothing),
		ON_BOTH(who_is_over_his_rate_holds_up_nobody),
		ON_BOTH(mailer_outlives_the_engine),
		ON_BOTH(mailer_away_and_back),
		ON_BOTH(clock_set_back),
		ON_BOTH(refusals_are_final),
		ON_BOTH(full_socket_is_tried_again),
		ON_BOTH(thousand_waiters_flow),
		cmocka_unit_test_setup_teardown(results_wait_for_the_store, setup_mem, teardown),
	};

	log_init("engine", LOG_TO_STDERR, false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
