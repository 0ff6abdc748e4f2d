// SPDX-License-Identifier: GPL-2.0
/*
 * The engine and the room "web": visits, open pages, what is told and asked, and a room
 * that was taken over.
 */
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "common/log.h"
#include "common/timefmt.h"
#include "engine/inquiry.h"
#include "engine/outbox.h"
#include "engine/presence.h"
#include "engine/tracker.h"
#include "engine/web.h"
#include "engine_standin.h"
#include "engine_story.h"

/* --- visits, pages, what is told ---------------------------------------------------------- */

static struct msg got; /* what the room hears */

static void visit_makes_a_waiter(void **state)
{
	const struct service s = web();
	const struct addr one = address(ONE);
	struct waiter w;

	(void)state;
	asked(INQUIRE_OFF);
	contact("198.51.100.0/24", "table@example.org");
	service_is(&s, RINGBACK_SERVICE_DOWN);
	run(30);
	room_opens();
	visit(&s, ONE, VISIT_CONNECTED);
	assert_int_equal(store_waiter_get(e.store, latest(&s).id, &one, &w), 0);
	assert_int_equal(w.state, WAITER_WAITING);
	assert_false(w.in_kernel);
	assert_string_equal(w.mail, "table@example.org");
	visit(&s, ONE, VISIT_CONNECTED);
	assert_int_equal(e.count.visits, 1);
	outbox_window(e.outbox, 10);
	ends(&s);
	assert_int_equal(n_sent, 1);
	assert_int_equal(e.count.bad_messages, 0);
}

/* What the kernel knows of a client is not forgotten over its visit. */
static void visit_of_a_failed_client(void **state)
{
	const struct service s = web();
	const struct addr one = address(ONE);

	(void)state;
	asked(INQUIRE_OFF);
	contact(ONE, "table@example.org");
	service_is(&s, RINGBACK_SERVICE_DOWN);
	client_fails(&s, ONE);
	run(30);
	room_opens();
	visit(&s, ONE, VISIT_CONNECTED);
	fake_kernel_answer(&s, &one);
	ends(&s);
	assert_int_equal(waiter_state(&s, ONE), WAITER_REACHED);
}

/* Nor is it taken for reached because its visits outlast what the kernel has of it. */
static void visit_of_a_client_forgotten_since(void **state)
{
	const struct service s = web();
	const struct addr one = address(ONE);

	(void)state;
	asked(INQUIRE_OFF);
	contact(ONE, "table@example.org");
	fake_kernel.keep = 3600;
	service_is(&s, RINGBACK_SERVICE_DOWN);
	tracker_attempt(e.tracker, fake_kernel_fail(&s, &one, time_now() - 3601 * NSEC_PER_SEC));
	run(30);
	room_opens();
	visit(&s, ONE, VISIT_CONNECTED);
	fake_kernel_answer(&s, &one); /* expired */
	ends(&s);
	assert_int_equal(waiter_state(&s, ONE), WAITER_NOTIFIED);
}

static void visits_that_cannot_be(void **state)
{
	static struct prefix clients;
	const struct service s = web();
	struct service other = s;

	(void)state;
	asked(INQUIRE_OFF);
	prefix_parse(&clients, "198.51.100.0/24");
	watch.clients = &clients;
	watch.n_clients = 1;
	service_is(&s, RINGBACK_SERVICE_DOWN);
	run(30);
	room_opens();
	other.port = 81; /* no outage: it may just have ended */
	visit(&other, ONE, VISIT_CONNECTED);
	assert_int_equal(e.count.bad_messages, 0);
	visit(&s, "203.0.113.1", VISIT_CONNECTED);
	assert_int_equal(e.count.bad_messages, 1);
	assert_int_equal(waiter_state(&s, "203.0.113.1"), -1);
	visit(&s, ONE, VISIT_CLOSED);
	assert_int_equal(e.count.bad_messages, 2);
	watch.standin = false;
	visit(&s, ONE, VISIT_CONNECTED);
	assert_int_equal(e.count.bad_messages, 3);
	assert_int_equal(waiter_state(&s, ONE), -1);
}

/* A room that was taken over cannot fill the store at its own pace. */
static void visits_have_a_rate(void **state)
{
	const struct service s = web();
	struct addr client = address("198.51.0.1");
	uint32_t n;
	int i;

	(void)state;
	asked(INQUIRE_OFF);
	service_is(&s, RINGBACK_SERVICE_DOWN);
	run(30);
	for (i = 0; i < 3000; i++) {
		client.bytes[2] = i >> 8;
		client.bytes[3] = i;
		inquiry_visit(&e, &s, &client);
	}
	run(30);
	assert_int_equal(store_waiter_count(e.store, latest(&s).id, &n), 0);
	assert_int_equal(n + e.count.visits_refused, 3000);
	assert_true(e.count.visits_refused > 0);
}

static const struct msg_service *told(enum page_state page, uint32_t waiting)
{
	const struct msg_service *s = heard(MSG_SERVICE);

	assert_int_equal(s->state, page);
	assert_int_equal(s->waiting, waiting);
	return s;
}

static void services_are_told(void **state)
{
	const struct service s = web();
	const struct msg_service *m;
	struct service other = s;

	(void)state;
	asked(INQUIRE_WHERE);
	watch.stable = 1;
	watch.flap = 0;
	service_is(&s, RINGBACK_SERVICE_DOWN);
	client_fails(&s, ONE);
	run(30);
	room_opens();
	run(50);
	m = told(PAGE_DOWN, 1);
	assert_true(service_equal(&m->service, &s));
	assert_int_equal(m->outage, latest(&s).id);
	assert_int_equal(m->inquire, INQUIRE_WHERE);
	assert_int_equal(m->profile, PROFILE_HTTP);
	assert_string_equal(m->watch, "w");
	silence();

	other.port = 81;
	service_is(&other, RINGBACK_SERVICE_DOWN);
	run(50);
	assert_int_equal(told(PAGE_DOWN, 0)->service.port, 81);
	/* Waiters that come together are told in one. */
	client_fails(&s, "198.51.100.2");
	client_fails(&s, "198.51.100.3");
	told(PAGE_DOWN, 3);
	silence();
	service_is(&s, RINGBACK_SERVICE_UP);
	run(50);
	assert_int_equal(told(PAGE_RETURNING, 3)->evidence, EVIDENCE_REPLY);
	client_fails(&s, ONE);
	run(50);
	told(PAGE_DOWN, 3);
	service_is(&s, RINGBACK_SERVICE_UP);
	run(1300);
	told(PAGE_RETURNING, 3);
	assert_true(told(PAGE_UP, 0)->ended > 0);
	silence();

	/* A room that was started again is told what is open. */
	msg_close(&room);
	room_opens();
	run(50);
	assert_int_equal(told(PAGE_DOWN, 0)->service.port, 81);
	silence();
}

static void open_page_takes_the_place_of_a_mail(void **state)
{
	struct service s = trouble(INQUIRE_OFF);

	(void)state;
	room_opens();
	visit(&s, ONE, VISIT_OPENED);
	visit(&s, ONE, VISIT_OPENED); /* in two windows */
	visit(&s, ONE, VISIT_CLOSED);
	ends(&s);
	assert_int_equal(waiter_state(&s, ONE), WAITER_REACHED);
	assert_int_equal(n_sent, 0);
}

static void closed_page_does_not(void **state)
{
	struct service s = trouble(INQUIRE_OFF);

	(void)state;
	room_opens();
	visit(&s, ONE, VISIT_OPENED);
	assert_int_equal(web_peer_pages(e.web), 1);
	visit(&s, ONE, VISIT_CLOSED);
	assert_int_equal(web_peer_pages(e.web), 0);
	ends(&s);
	assert_int_equal(n_sent, 1);
}

static void pages_go_with_their_room(void **state)
{
	struct service s = trouble(INQUIRE_OFF);

	(void)state;
	room_opens();
	visit(&s, ONE, VISIT_OPENED);
	msg_close(&room);
	run(30);
	assert_false(web_peer_connected(e.web));
	ends(&s);
	assert_int_equal(n_sent, 1);
}

/* What was left of the answer must not keep the next room from being heard. */
static void dies_while_it_is_answered(void **state)
{
	struct service s = trouble(INQUIRE_OFF), other = s;
	const struct msg_ask ask = { .id = 1, .client = address(ONE) };

	(void)state;
	other.port = 81;
	service_is(&other, RINGBACK_SERVICE_DOWN);
	client_fails(&other, ONE);
	room_opens();
	run(50);
	assert_int_equal(msg_send(&room, MSG_ASK, &ask, sizeof(ask), -1), 0);
	msg_close(&room);
	run(50);
	assert_false(web_peer_connected(e.web));
	room_opens();
	run(50);
	heard(MSG_SERVICE);
	visit(&s, ONE, VISIT_OPENED);
	assert_int_equal(web_peer_pages(e.web), 1);
}

static void open_page_and_a_yes_is_both(void **state)
{
	struct service s = trouble(INQUIRE_WHETHER);

	(void)state;
	room_opens();
	visit(&s, ONE, VISIT_OPENED);
	assert_int_equal(chooses(&s, ONE, CHOICE_YES, ""), OUTCOME_OK);
	ends(&s);
	assert_int_equal(n_sent, 1);
}

/* Whatever the stand-in had decided for a client goes by what the client says. */
static void choice_reaches_the_stand_in(void **state)
{
	static const enum choice said[] = { CHOICE_NO, CHOICE_YES, CHOICE_NONE };
	struct service s = trouble(INQUIRE_WHETHER);
	const struct addr one = address(ONE);
	const struct msg_outcome *o;
	struct msg_choice c;
	size_t i;

	(void)state;
	room_opens();
	run(50);
	told(PAGE_DOWN, 1);
	for (i = 0; i < sizeof(said) / sizeof(*said); i++) {
		memset(&fake_reconsidered, 0, sizeof(fake_reconsidered));
		c = choice(&s, ONE, said[i], "");
		says(MSG_CHOICE, &c, sizeof(c));
		o = heard(MSG_OUTCOME);
		assert_int_equal(o->outcome, OUTCOME_OK);
		assert_int_equal(inquiry_choice(&e, &s, &one), said[i]);
		assert_true(addr_equal(&fake_reconsidered.client, &one));
		assert_true(service_equal(&fake_reconsidered.service, &s));
	}
}

/* --- standings --------------------------------------------------------------------------- */

static struct msg_standing asks(const char *client, const struct service *s)
{
	struct msg_ask ask = { .id = 5, .client = address(client) };
	struct msg_standing standing;

	if (s)
		ask.service = *s;
	says(MSG_ASK, &ask, sizeof(ask));
	memcpy(&standing, heard(MSG_STANDING), sizeof(standing));
	assert_int_equal(standing.id, 5);
	return standing;
}

static void clients_see_their_own(void **state)
{
	struct service s = trouble(INQUIRE_WHERE), other = s;
	struct msg_standing m;

	(void)state;
	other.port = 81;
	watch.flap = 0;
	service_is(&other, RINGBACK_SERVICE_DOWN);
	client_fails(&other, ONE);
	ends(&other);
	room_opens();
	run(50);
	told(PAGE_DOWN, 1);

	m = asks(ONE, NULL);
	assert_int_equal(m.left, 1);
	assert_int_equal(m.about.service.port, 81);
	assert_int_equal(m.about.state, PAGE_UP);
	assert_false(m.waiting);
	memcpy(&m, heard(MSG_STANDING), sizeof(m));
	assert_int_equal(m.left, 0);
	assert_int_equal(m.about.state, PAGE_DOWN);
	assert_true(m.waiting);
	assert_string_equal(m.mail, "t***@e***.org");
	assert_int_equal(m.choice, CHOICE_NONE);

	chooses(&s, ONE, CHOICE_YES, "me@example.com");
	m = asks(ONE, &s);
	assert_string_equal(m.mail, "m***@e***.com");
	assert_int_equal(m.choice, CHOICE_YES);
	assert_false(m.unconfirmed);

	/* A neighbour learns that the service is down, which it can see itself. */
	m = asks("198.51.100.2", &s);
	assert_int_equal(m.about.state, PAGE_DOWN);
	assert_false(m.waiting);
	assert_string_equal(m.mail, "");
	m = asks("198.51.100.2", NULL);
	assert_int_equal(m.about.service.server.family, AF_UNSPEC);
	m = asks("198.51.100.2", &other);
	assert_int_equal(m.about.service.server.family, AF_UNSPEC);
}

static void standings_are_sixty_four_at_most(void **state)
{
	struct service s = web();
	struct msg_standing m;
	int i;

	(void)state;
	asked(INQUIRE_OFF);
	for (i = 0; i < 70; i++, s.port++) {
		service_is(&s, RINGBACK_SERVICE_DOWN);
		client_fails(&s, ONE);
	}
	run(50);
	room_opens();
	run(100);
	for (i = 0; i < 70; i++)
		told(PAGE_DOWN, 1);
	m = asks(ONE, NULL);
	for (i = 63; i > 0; i--) {
		assert_int_equal(m.left, i);
		assert_int_equal(m.about.service.port, 80 + 70 - 1 - (63 - i));
		memcpy(&m, heard(MSG_STANDING), sizeof(m));
	}
	assert_int_equal(m.left, 0);
	silence();
}

/* Many questions and no reading: all answered once it reads, in bounded memory. */
static void room_that_does_not_read(void **state)
{
	struct service s = trouble(INQUIRE_OFF);
	struct msg_ask ask = { .id = 1, .client = address(ONE) };
	unsigned int sent_asks = 0, answers = 0;
	int i;

	(void)state;
	room_opens();
	run(50);
	told(PAGE_DOWN, 1);
	for (i = 0; i < 50; i++) {
		while (msg_send(&room, MSG_ASK, &ask, sizeof(ask), -1) == 0)
			sent_asks++;
		run(5);
	}
	assert_int_equal(msg_send(&room, MSG_ASK, &ask, sizeof(ask), -1), -EAGAIN);
	service_is(&s, RINGBACK_SERVICE_UP); /* told nevertheless */
	run(50);
	for (i = 0; i < 5000 && answers < sent_asks + 1; i++) {
		while (msg_recv(&room, &got) == 1)
			answers++;
		run(2);
	}
	assert_int_equal(answers, sent_asks + 1);
	silence();
}

static void room_that_talks_nonsense(void **state)
{
	struct service s = trouble(INQUIRE_WHERE);
	struct msg_choice c = choice(&s, ONE, CHOICE_YES, "");
	struct msg_window w = { 3 };

	(void)state;
	room_opens();
	run(50);
	told(PAGE_DOWN, 1);
	memset(c.mail, 'a', sizeof(c.mail)); /* no NUL */
	says(MSG_CHOICE, &c, sizeof(c));
	says(MSG_CHOICE, &c, sizeof(c) - 1);
	says(MSG_WINDOW, &w, sizeof(w)); /* another room's */
	says(99, &w, sizeof(w));
	c = choice(&s, ONE, 3, "");
	says(MSG_CHOICE, &c, sizeof(c));
	assert_int_equal(e.count.bad_messages, 5);
	silence();
	assert_true(web_peer_connected(e.web));
}

static void status_page_may_only_look(void **state)
{
	int fds[2];

	(void)state;
	room_opens();
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(msg_send(&room, MSG_CONTROL, NULL, 0, fds[0]), 0);
	run(30);
	assert_int_equal(n_attached, 1);
	/* ... and without a descriptor there is nobody */
	assert_int_equal(msg_send(&room, MSG_CONTROL, NULL, 0, -1), 0);
	run(30);
	assert_int_equal(n_attached, 1);
	assert_int_equal(e.count.bad_messages, 1);
	close(fds[0]);
	close(fds[1]);
}

/* --- values ------------------------------------------------------------------------------ */

static void presence(void **state)
{
	struct presence *p = presence_new(3);
	const struct service s = { { AF_INET, { 192, 0, 2, 10 } }, IPPROTO_TCP, 80 };
	const struct addr one = { AF_INET, { 1 } }, two = { AF_INET, { 2 } };

	(void)state;
	assert_false(presence_close(p, &one, &s));
	assert_true(presence_open(p, &one, &s));
	assert_true(presence_open(p, &one, &s));
	assert_true(presence_open(p, &two, &s));
	assert_false(presence_open(p, &two, &s)); /* more than there are connections */
	assert_true(presence_close(p, &one, &s));
	assert_true(presence_is(p, &one, &s));
	assert_true(presence_close(p, &one, &s));
	assert_false(presence_is(p, &one, &s));
	assert_true(presence_is(p, &two, &s));
	presence_clear(p);
	assert_false(presence_is(p, &two, &s));
	assert_int_equal(presence_count(p), 0);
	presence_free(p);
}

#define WITH_ROOM(test)                                                    \
	{ #test " (memory)", test, setup_mem, teardown_room, NULL },       \
	{                                                                  \
#test " (sqlite)", test, setup_sqlite, teardown_room, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_ROOM(visit_makes_a_waiter),
		WITH_ROOM(visit_of_a_failed_client),
		WITH_ROOM(visit_of_a_client_forgotten_since),
		WITH_ROOM(visits_that_cannot_be),
		WITH_ROOM(visits_have_a_rate),
		WITH_ROOM(services_are_told),
		WITH_ROOM(open_page_takes_the_place_of_a_mail),
		WITH_ROOM(closed_page_does_not),
		WITH_ROOM(pages_go_with_their_room),
		WITH_ROOM(dies_while_it_is_answered),
		WITH_ROOM(open_page_and_a_yes_is_both),
		WITH_ROOM(choice_reaches_the_stand_in),
		WITH_ROOM(clients_see_their_own),
		WITH_ROOM(standings_are_sixty_four_at_most),
		WITH_ROOM(room_that_does_not_read),
		WITH_ROOM(room_that_talks_nonsense),
		WITH_ROOM(status_page_may_only_look),
		cmocka_unit_test(presence),
	};

	log_init("engine", LOG_TO_STDERR, false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
