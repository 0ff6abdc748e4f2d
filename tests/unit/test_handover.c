// SPDX-License-Identifier: GPL-2.0
/*
 * The road of a list, within the engine and on both stores: its parts, its release, and
 * what an engine that was killed, a mailer or a store that is away make of it.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "common/log.h"
#include "common/mib.h"
#include "common/timefmt.h"
#include "engine/handover.h"
#include "engine/tracker.h"
#include "engine_kernel.h"
#include "engine_story.h"
#include "handover_story.h"

/* The list of one client, who could be mailed, is all there: its release is sent. */
static void list_is_taken(void)
{
	NOTIFY("nms:a", "mail");
	one_has_mail();
	list_goes(1);
	answer(DELIVERY_SENT);
	expect(2, HANDOVER_RELEASE, "a");
}

/* The service is down, and the client ONE asks for it. */
static void one_waits(const struct service *s)
{
	NOTIFY("nms:a");
	service_is(s, RINGBACK_SERVICE_DOWN);
	client_fails(s, ONE);
}

static void list_is_lossy(const struct service *s)
{
	ends(s);
	space(10);
	expect(1, HANDOVER_PART, "a");
	assert_true(handed[0].lossy);
}

static void list_is_released(void **state)
{
	(void)state;
	NOTIFY("nms:a");
	n_clients_waited(3);
	assert_int_equal(n_handed, 0);
	space(10);
	expect(1, HANDOVER_PART, "a");
	assert_string_equal(handed[0].router, "router.example.org");
	assert_int_equal(handed[0].n_rows, 3);
	assert_int_equal(handed[0].part, 1);
	assert_int_equal(handed[0].parts, 1);
	assert_int_equal(handed[0].clients, 3);
	assert_true(handed[0].ended > handed[0].began);
	assert_false(handed[0].lossy);
	answer(DELIVERY_SENT);
	expect(2, HANDOVER_RELEASE, "a");
	assert_int_equal(handed[1].list, handed[0].list);
	assert_int_equal(handover_of(0).state, HANDOVER_RELEASING);
	answer(DELIVERY_SENT);
	assert_int_equal(handover_of(0).state, HANDOVER_SENT);
	assert_true(handover_of(0).done > 0);
	assert_int_equal(n_handed, 2);
	assert_int_equal(n_sent, 0);
}

/* IPv4 first, by address; as many as fit into a datagram; never more than there is space. */
static void parts_are_numbered(void **state)
{
	const struct service s = web();
	struct addr last = { 0 }, most;
	const unsigned int n4 = (20 + MIB_ROWS_IPV4 - 1) / MIB_ROWS_IPV4;
	const unsigned int n6 = (20 + MIB_ROWS_IPV6 - 1) / MIB_ROWS_IPV6;
	unsigned int i, k, n = 0;
	char client[ADDR_STRLEN];

	(void)state;
	NOTIFY("nms:a");
	service_is(&s, RINGBACK_SERVICE_DOWN);
	for (i = 40; i > 0; i--) {
		snprintf(client, sizeof(client), i % 2 ? "198.51.100.%u" : "2001:db8::%u", i);
		client_fails(&s, client);
	}
	run(60);
	ends(&s);
	handovers_space(e.handovers, 2);
	expect(1, HANDOVER_PART, "a"); /* it has not answered yet */
	run(60);
	assert_int_equal(n_handed, 1);
	for (i = 0; i < n_handed && handed[i].act == HANDOVER_PART; i++) {
		assert_int_equal(handed[i].part, i + 1);
		assert_int_equal(handed[i].parts, n4 + n6);
		assert_int_equal(handed[i].clients, 40);
		assert_true(handed[i].n_rows <= (i < n4 ? MIB_ROWS_IPV4 : MIB_ROWS_IPV6));
		for (k = 0, most = last; k < handed[i].n_rows; k++, n++) {
			assert_true(addr_cmp(&handed[i].rows[k].client, &last) > 0);
			if (addr_cmp(&handed[i].rows[k].client, &most) > 0)
				most = handed[i].rows[k].client;
		}
		last = most;
		hand_result(i, DELIVERY_SENT, "ok");
		handovers_space(e.handovers, 2 - handovers_in_flight(e.handovers));
		run(40);
		assert_true(handovers_in_flight(e.handovers) <= 2);
	}
	assert_int_equal(n, 40);
	assert_int_equal(newest()->act, HANDOVER_RELEASE);
}

static void a_thousand(void **state)
{
	unsigned int i, rows = 0;

	(void)state;
	NOTIFY("server");
	n_clients_waited(1200);
	for (i = 0; i < 600 && (!n_handed || newest()->act != HANDOVER_RELEASE); i++) {
		unsigned int n = n_handed;

		handovers_space(e.handovers, 100);
		run(15);
		for (; n < n_handed; n++) {
			rows += handed[n].n_rows;
			hand_result(n, DELIVERY_SENT, "ok");
		}
	}
	run(60);
	assert_int_equal(rows, 1200);
	assert_int_equal(newest()->act, HANDOVER_RELEASE);
	assert_string_equal(newest()->target, "server");
	assert_int_equal(newest()->parts, (1200 + MIB_ROWS_IPV4 - 1) / MIB_ROWS_IPV4);
}

static void killed_at_every_moment(void **state)
{
	(void)state;
	NOTIFY("nms:a", "mail");
	contact("198.51.100.1", "one@example.org");
	n_clients_waited(12);
	restart(); /* written, not sent */
	expect(1, HANDOVER_PART, "a");
	restart(); /* sent, not answered */
	expect(2, HANDOVER_PART, "a");
	assert_int_equal(handed[1].id, handed[0].id);
	assert_int_equal(handed[1].list, handed[0].list);
	answer(DELIVERY_SENT);
	expect(3, HANDOVER_PART, "a");
	restart(); /* the first of two is answered: it is sent again */
	expect(4, HANDOVER_PART, "a");
	assert_int_equal(handed[3].part, 1);
	answer(DELIVERY_SENT);
	answer(DELIVERY_SENT);
	expect(6, HANDOVER_RELEASE, "a");
	restart(); /* the release is sent again, and nothing else */
	expect(7, HANDOVER_RELEASE, "a");
	assert_int_equal(handed[6].id, handed[5].id);
	/* The old mailer's answer reaches the next engine before anything else. */
	stop_parts();
	start_parts();
	hand_result(6, DELIVERY_SENT, "ok");
	space(100);
	assert_int_equal(n_handed, 7);
	assert_int_equal(handover_of(6).state, HANDOVER_SENT);
	time_passes(100000);
	assert_int_equal(n_handed, 7);
	assert_int_equal(n_sent, 0);
}

static void release_never_falls_back(void **state)
{
	(void)state;
	list_is_taken();
	answer(DELIVERY_REFUSED); /* it has lost the list: all of it, once more */
	run(5000);
	expect(3, HANDOVER_PART, "a");
	answer(DELIVERY_SENT);
	expect(4, HANDOVER_RELEASE, "a");
	answer(DELIVERY_LATER);
	time_passes(3600);
	expect(5, HANDOVER_RELEASE, "a"); /* that is what is left to say */
	answer(DELIVERY_SENT);
	assert_int_equal(handover_of(0).state, HANDOVER_SENT);
	assert_int_equal(n_sent, 0);
}

/* Whose section for us is gone refuses whatever is said to it: once is no proof. */
static void release_is_refused(void **state)
{
	struct msg_result no = { .delivery = DELIVERY_REFUSED, .code = 13 };

	(void)state;
	list_is_taken();
	no.id = handed[1].id;
	handovers_result(e.handovers, &no);
	run(5300);
	expect(3, HANDOVER_PART, "a");
	assert_int_equal(handover_of(0).state, HANDOVER_RELEASING);
	no.id = handed[2].id;
	handovers_result(e.handovers, &no);
	run(60);
	assert_int_equal(handover_of(0).state, HANDOVER_REFUSED);
	assert_int_equal(n_handed, 3);
	assert_int_equal(n_sent, 0); /* it may have told them before */
}

static void release_is_given_up(void **state)
{
	(void)state;
	list_is_taken();
	answer(DELIVERY_LATER);
	time_passes(90000);
	assert_int_equal(handover_of(0).state, HANDOVER_GIVEN_UP);
	assert_int_equal(n_sent, 0);
}

/* A store that fails at the worst moment costs a repetition, never a second telling. */
static void store_fails_at_the_release(void **state)
{
	(void)state;
	NOTIFY("nms:a", "mail");
	one_has_mail();
	list_goes(1);
	store_mem_fail(e.store, -ENOSPC);
	answer(DELIVERY_SENT);
	expect(1, HANDOVER_PART, "a"); /* no release before it is written */
	store_mem_fail(e.store, 0);
	run(5300);
	expect(2, HANDOVER_PART, "a");
	answer(DELIVERY_SENT);
	expect(3, HANDOVER_RELEASE, "a");
	assert_int_equal(n_sent, 0);
}

static void mailer_away_and_back(void **state)
{
	(void)state;
	NOTIFY("nms:a");
	hand_rc = -EAGAIN;
	list_goes(1);
	assert_int_equal(n_handed, 0);
	hand_rc = 0;
	run(60);
	assert_int_equal(n_handed, 1);
	handovers_mailer_gone(e.handovers);
	run(60);
	assert_int_equal(n_handed, 1);
	space(10);
	expect(2, HANDOVER_PART, "a");
}

static void clock_set_back(void **state)
{
	struct handover before;

	(void)state;
	NOTIFY("nms:a");
	list_goes(1);
	answer(DELIVERY_LATER);
	handovers_check_clock(e.handovers, time_now());
	run(100);
	assert_int_equal(n_handed, 1); /* not before its pause is over */
	before = handover_of(0);
	time_passes(-86400);
	run(100);
	assert_int_equal(n_handed, 1);
	handovers_check_clock(e.handovers, time_now());
	expect(2, HANDOVER_PART, "a");
	assert_true(handover_of(1).until < before.until + 60 * SEC);
}

/* One of which some parts are answered stays in memory. */
static void clock_set_back_amid_a_list(void **state)
{
	(void)state;
	NOTIFY("nms:a");
	list_goes(2 * MIB_ROWS_IPV4);
	answer(DELIVERY_LATER);
	time_passes(-86400);
	hand_result(0, DELIVERY_SENT, "ok, and late");
	run(100);
	assert_int_equal(n_handed, 1);
	handovers_check_clock(e.handovers, time_now());
	expect(2, HANDOVER_PART, "a");
	assert_int_equal(newest()->part, 2);
	answer(DELIVERY_SENT);
	expect(3, HANDOVER_RELEASE, "a");
}

static void lossy_when_events_were_lost(void **state)
{
	const struct service s = web();

	(void)state;
	one_waits(&s);
	tracker_blind(e.tracker);
	run(60);
	new_engine();
	list_is_lossy(&s);
}

static void lossy_when_the_kernel_is_away(void **state)
{
	const struct service s = web();

	(void)state;
	one_waits(&s);
	run(60);
	fake_kernel.connected = false;
	list_is_lossy(&s);
}

/* What is under way outlives the time for which ended outages are kept. */
static void kept_until_it_is_done(void **state)
{
	struct outage o;

	(void)state;
	NOTIFY("nms:a");
	n_clients_waited(1);
	assert_int_equal(store_outage_purge(e.store, time_now() + SEC, 0, 10), 0);
	assert_int_equal(store_outage_get(e.store, 1, &o), 0);
	space(10);
	answer(DELIVERY_SENT);
	assert_int_equal(store_outage_purge(e.store, time_now() + SEC, 0, 10), 0);
	assert_int_equal(store_outage_get(e.store, 1, &o), 0);
	answer(DELIVERY_SENT);
	run(60);
	assert_int_equal(store_outage_purge(e.store, time_now() + SEC, 0, 10), 0);
	assert_int_equal(store_outage_get(e.store, 1, &o), -ENOENT);
}

static void clients_are_forgotten(void **state)
{
	struct handover h;

	(void)state;
	NOTIFY("nms:a");
	list_goes(1);
	expect(1, HANDOVER_PART, "a");
	h = handover_of(0);
	h.id = 0;
	h.next = 1;
	write_handover(&h);
	space(10);
	run(60);
	assert_int_equal(n_handed, 1);
	assert_int_equal(store_handover_get(e.store, h.id, &h), 0);
	assert_int_equal(h.state, HANDOVER_DROPPED);
}

/* The outage is open again before the list of its end is sent. */
static void list_of_an_end_before(void **state)
{
	const struct service s = web();

	(void)state;
	NOTIFY("nms:a");
	n_clients_waited(1);
	service_is(&s, RINGBACK_SERVICE_DOWN);
	run(60);
	space(10);
	expect(1, HANDOVER_PART, "a");
	assert_true(handed[0].ended > handed[0].began);
	assert_int_equal(handed[0].evidence, EVIDENCE_REPLY);
	answer(DELIVERY_SENT);
	expect(2, HANDOVER_RELEASE, "a");
	assert_int_equal(handed[1].ended, handed[0].ended);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(list_is_released),
		ON_BOTH(parts_are_numbered),
		cmocka_unit_test_setup_teardown(a_thousand, setup_sqlite, teardown),
		ON_BOTH(killed_at_every_moment),
		cmocka_unit_test_setup_teardown(release_never_falls_back, setup_mem, teardown),
		cmocka_unit_test_setup_teardown(release_is_refused, setup_mem, teardown),
		ON_BOTH(release_is_given_up),
		cmocka_unit_test_setup_teardown(store_fails_at_the_release, setup_mem, teardown),
		ON_BOTH(mailer_away_and_back),
		ON_BOTH(clock_set_back),
		ON_BOTH(clock_set_back_amid_a_list),
		ON_BOTH(lossy_when_events_were_lost),
		ON_BOTH(lossy_when_the_kernel_is_away),
		ON_BOTH(kept_until_it_is_done),
		ON_BOTH(clients_are_forgotten),
		ON_BOTH(list_of_an_end_before),
	};

	log_init("engine", LOG_TO_STDERR, false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
