// SPDX-License-Identifier: GPL-2.0
/*
 * The engine asks the contact command: whom, when, how often, and what becomes of the
 * answer, whenever it comes.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "common/timefmt.h"
#include "engine/batch.h"
#include "engine/lookup.h"
#include "engine/outbox.h"
#include "engine/tracker.h"
#include "engine_kernel.h"
#include "engine_story.h"

static char *command[] = { (char *)"/usr/local/bin/who-is", NULL };

static void configured(void)
{
	conf.lookup = (struct conf_lookup){
		.argv = command,
		.timeout = 5,
		.cache = 600,
		.at_once = 4,
	};
	lookup_mailer(e.lookup, true);
	outbox_window(e.outbox, 100);
}

/* The service is down, and ONE has failed to reach it. */
static struct service one_fails(void)
{
	const struct service s = web();

	configured();
	service_is(&s, RINGBACK_SERVICE_DOWN);
	client_fails(&s, ONE);
	run(50);
	return s;
}

static void comes_back(const struct service *s)
{
	service_is(s, RINGBACK_SERVICE_UP);
	run(100);
	assert_true(latest(s).ended > 0);
}

static const char *mail_of(const struct service *s, const char *client)
{
	static struct waiter w;
	const struct addr a = address(client);

	assert_int_equal(store_waiter_get(e.store, latest(s).id, &a, &w), 0);
	return w.mail;
}

/* As if the daemon had been started anew. */
static void restarted(void)
{
	stop_parts();
	start_parts();
	lookup_begin(e.lookup);
	lookup_mailer(e.lookup, true);
	outbox_window(e.outbox, 100);
	run(50);
}

/* --- the answer ------------------------------------------------------------------------ */

static void an_answer_is_the_contact(void **state)
{
	const struct service s = one_fails();
	const struct addr one = address(ONE);

	(void)state;
	assert_int_equal(n_questions, 1);
	assert_true(addr_equal(&questions[0].client, &one));
	answers(0, FOUND_MAIL, "one@example.org");
	run(50);
	assert_string_equal(mail_of(&s, ONE), "one@example.org");
	comes_back(&s);
	assert_int_equal(n_sent, 1);
	assert_string_equal(sent[0].to, "one@example.org");
	assert_int_equal(e.count.lookups, 1);
	assert_int_equal(e.count.lookups_failed, 0);
}

static void the_table_is_asked_first(void **state)
{
	(void)state;
	contact("198.51.100.0/24", "table@example.org");
	one_fails();
	assert_int_equal(n_questions, 0);
}

static void who_is_not_told_by_mail_is_not_looked_up(void **state)
{
	(void)state;
	watch.notify[0].route = ROUTE_SERVER;
	one_fails();
	assert_int_equal(n_questions, 0);
}

static void leased(const char *client, const char *mac, int64_t ends)
{
	struct lease l = { .client = address(client), .ends = ends };

	assert_int_equal(mac_parse(&l.mac, mac), 0);
	assert_int_equal(store_begin(e.store), 0);
	assert_int_equal(store_lease_put(e.store, &l, 1), 0);
	assert_int_equal(store_commit(e.store), 0);
}

static void a_lease_tells_the_mac(void **state)
{
	const struct service s = web();

	(void)state;
	contact("02:00:00:00:00:01", "one@example.org");
	contact("02:00:00:00:00:02", "two@example.org");
	leased(ONE, "02:00:00:00:00:01", INT64_MAX);
	leased("198.51.100.2", "02:00:00:00:00:02", time_now() - 1);
	leased("198.51.100.3", "02:00:00:00:00:03", INT64_MAX);
	one_fails();
	client_fails(&s, "198.51.100.2");
	client_fails(&s, "198.51.100.3");
	run(50);
	assert_string_equal(mail_of(&s, ONE), "one@example.org");
	assert_string_equal(mail_of(&s, "198.51.100.2"), "");
	/* The command is told what is known. */
	assert_int_equal(n_questions, 2);
	assert_false(questions[0].has_mac);
	assert_true(questions[1].has_mac);
	assert_int_equal(questions[1].mac.bytes[5], 3);
	answers(1, FOUND_MAIL, "three@example.org");
	run(50);
	assert_string_equal(mail_of(&s, "198.51.100.3"), "three@example.org");
}

/* The answer was about the client without the MAC that it turns out to have. */
static void a_lease_comes_before_the_answer(void **state)
{
	const struct service s = one_fails();

	(void)state;
	assert_int_equal(n_questions, 1);
	leased(ONE, "02:00:5e:00:53:01", time_now() + 3600 * NSEC_PER_SEC);
	answers(0, FOUND_MAIL, "anybody@example.org");
	run(100);
	assert_int_equal(n_questions, 2);
	answers(1, FOUND_MAIL, "one@example.org");
	run(50);
	assert_string_equal(mail_of(&s, ONE), "one@example.org");
}

/* Nobody had an answer for it when its outage ended, and it is asked about all the same. */
static void a_lease_ends_before_the_outage(void **state)
{
	const struct addr one = address(ONE);
	struct service s;

	(void)state;
	leased(ONE, "02:00:5e:00:53:01", time_now() + 3600 * NSEC_PER_SEC);
	s = one_fails();
	answers(0, FOUND_NOBODY, "");
	run(50);
	leased(ONE, "02:00:5e:00:53:02", time_now() + 3600 * NSEC_PER_SEC);
	comes_back(&s);
	run(100);
	assert_int_equal(n_questions, 2);
	assert_true(addr_equal(&questions[1].client, &one));
	answers(1, FOUND_MAIL, "one@example.org");
	run(200);
	assert_int_equal(n_sent, 1);
	assert_string_equal(sent[0].to, "one@example.org");
}

static void an_answer_is_good_for_a_while(void **state)
{
	const struct service s = one_fails();
	struct service other = s;

	(void)state;
	answers(0, FOUND_MAIL, "one@example.org");
	other.port = 8080;
	service_is(&other, RINGBACK_SERVICE_DOWN);
	client_fails(&other, ONE);
	run(50);
	assert_int_equal(n_questions, 1);
	assert_string_equal(mail_of(&other, ONE), "one@example.org");
}

static void an_old_answer_is_asked_for_again(void **state)
{
	struct service s;

	(void)state;
	configured();
	conf.lookup.cache = 0;
	s = web();
	service_is(&s, RINGBACK_SERVICE_DOWN);
	client_fails(&s, ONE);
	answers(0, FOUND_MAIL, "one@example.org");
	run(50);
	client_fails(&s, ONE);
	assert_int_equal(n_questions, 2);
	answers(1, FOUND_MAIL, "two@example.org");
	run(50);
	assert_string_equal(mail_of(&s, ONE), "two@example.org");
}

static void nobody_is_an_answer(void **state)
{
	const struct service s = one_fails();

	(void)state;
	answers(0, FOUND_NOBODY, "");
	client_fails(&s, ONE);
	run(50);
	assert_int_equal(n_questions, 1);
	comes_back(&s);
	assert_int_equal(waiter_state(&s, ONE), WAITER_NO_CONTACT);
	assert_int_equal(n_sent, 0);
}

static void what_is_no_address_is_trouble(void **state)
{
	static const char *const garbage[] = {
		"nobody",
		"a@example.org\r\nBcc: b@example.org",
		"\xff\xfe@example.org",
		"@",
		"-oQ/tmp@example.org",
	};
	const struct service s = web();
	char client[ADDR_STRLEN];
	unsigned int i;

	(void)state;
	configured();
	service_is(&s, RINGBACK_SERVICE_DOWN);
	for (i = 0; i < sizeof(garbage) / sizeof(*garbage); i++) {
		snprintf(client, sizeof(client), "198.51.100.%u", i + 1);
		client_fails(&s, client);
		assert_int_equal(n_questions, i + 1);
		answers(i, FOUND_MAIL, garbage[i]);
		run(30);
		assert_string_equal(mail_of(&s, client), "");
		assert_int_equal(e.count.lookups_failed, i + 1);
	}
}

/* --- late --------------------------------------------------------------------------------- */

static void a_late_answer_makes_the_notice(void **state)
{
	const struct service s = one_fails();

	(void)state;
	comes_back(&s);
	assert_int_equal(waiter_state(&s, ONE), WAITER_ASKING);
	assert_int_equal(n_sent, 0);
	answers(0, FOUND_MAIL, "one@example.org");
	run(100);
	assert_int_equal(waiter_state(&s, ONE), WAITER_NOTIFIED);
	assert_int_equal(n_sent, 1);
	assert_string_equal(sent[0].to, "one@example.org");
}

static void a_late_nobody_ends_the_wait(void **state)
{
	const struct service s = one_fails();

	(void)state;
	comes_back(&s);
	answers(0, FOUND_NOBODY, "");
	run(50);
	assert_int_equal(waiter_state(&s, ONE), WAITER_NO_CONTACT);
}

static void trouble_is_not_the_end(void **state)
{
	const struct service s = one_fails();

	(void)state;
	answers(0, FOUND_TROUBLE, "");
	client_fails(&s, ONE);
	run(50);
	assert_int_equal(n_questions, 1); /* not at once */
	comes_back(&s);
	assert_int_equal(waiter_state(&s, ONE), WAITER_ASKING);
	assert_int_equal(e.count.lookups_failed, 1);
	restarted();
	assert_int_equal(n_questions, 2);
	answers(1, FOUND_MAIL, "one@example.org");
	run(100);
	assert_int_equal(n_sent, 1);
	assert_int_equal(waiter_state(&s, ONE), WAITER_NOTIFIED);
}

static void who_can_be_told_otherwise_is_not_kept_waiting(void **state)
{
	const struct service s = one_fails();
	struct waiter w = { .client = address(ONE) };

	(void)state;
	(void)s;
	assert_true(lookup_pending(&e, &watch, &w));
	watch.notify[1].route = ROUTE_SERVER;
	watch.n_notify = 2;
	assert_false(lookup_pending(&e, &watch, &w));
}

static void down_again_it_waits_again(void **state)
{
	const struct service s = one_fails();

	(void)state;
	comes_back(&s);
	assert_int_equal(waiter_state(&s, ONE), WAITER_ASKING);
	service_is(&s, RINGBACK_SERVICE_DOWN);
	run(50);
	assert_int_equal(latest(&s).ended, 0);
	answers(0, FOUND_MAIL, "one@example.org");
	run(100);
	assert_int_equal(n_sent, 0);
	assert_int_equal(waiter_state(&s, ONE), WAITER_WAITING);
	comes_back(&s);
	assert_int_equal(n_sent, 1);
	assert_int_equal(waiter_state(&s, ONE), WAITER_NOTIFIED);
}

static void it_is_not_asked_for_ever(void **state)
{
	const struct service s = one_fails();
	struct outage o;

	(void)state;
	comes_back(&s);
	o = latest(&s);
	o.ended -= (conf.mail.give_up + 1) * NSEC_PER_SEC;
	assert_int_equal(store_begin(e.store), 0);
	assert_int_equal(store_outage_put(e.store, &o), 0);
	assert_int_equal(store_commit(e.store), 0);
	restarted();
	assert_int_equal(n_questions, 1);
	assert_int_equal(waiter_state(&s, ONE), WAITER_NO_CONTACT);
}

/* --- what dies ------------------------------------------------------------------------------ */

static void a_new_engine_asks_again(void **state)
{
	const struct service s = one_fails();

	(void)state;
	restarted();
	assert_int_equal(n_questions, 2);
	answers(1, FOUND_MAIL, "one@example.org");
	run(50);
	assert_string_equal(mail_of(&s, ONE), "one@example.org");
}

static void a_new_mailer_is_asked_again(void **state)
{
	const struct service s = one_fails();

	(void)state;
	lookup_mailer(e.lookup, false);
	client_fails(&s, "198.51.100.2");
	assert_int_equal(n_questions, 1);
	lookup_mailer(e.lookup, true);
	assert_int_equal(n_questions, 3);
	assert_true(addr_equal(&questions[0].client, &questions[1].client));
	answers(0, FOUND_MAIL, "old@example.org");
	assert_int_equal(e.count.bad_messages, 1);
	answers(1, FOUND_MAIL, "one@example.org");
	run(50);
	assert_string_equal(mail_of(&s, ONE), "one@example.org");
}

static void a_full_socket_is_tried_again(void **state)
{
	(void)state;
	ask_rc = -EAGAIN;
	one_fails();
	assert_int_equal(n_questions, 0);
	ask_rc = 0;
	run(300);
	assert_int_equal(n_questions, 1);
}

static void without_a_command_nobody_is_kept_waiting(void **state)
{
	const struct service s = one_fails();

	(void)state;
	comes_back(&s);
	assert_int_equal(waiter_state(&s, ONE), WAITER_ASKING);
	conf.lookup.argv = NULL;
	restarted();
	assert_int_equal(waiter_state(&s, ONE), WAITER_NO_CONTACT);
}

static void an_answer_outlives_trouble_of_the_store(void **state)
{
	const struct service s = one_fails();

	(void)state;
	store_mem_fail(e.store, -ENOSPC);
	answers(0, FOUND_MAIL, "one@example.org");
	run(50);
	assert_true(batch_failing(e.batch));
	store_mem_fail(e.store, 0);
	run(5500);
	assert_string_equal(mail_of(&s, ONE), "one@example.org");
	assert_int_equal(n_questions, 1);
}

/* --- many ------------------------------------------------------------------------------------ */

#define MANY 1800 /* more than the queue holds */

static void many_at_once_are_all_asked(void **state)
{
	const struct service s = web();
	char text[ADDR_STRLEN], mail[ADDR_STRLEN + 16];
	unsigned int i, answered = 0;

	(void)state;
	configured();
	service_is(&s, RINGBACK_SERVICE_DOWN);
	for (i = 0; i < MANY; i++) {
		snprintf(text, sizeof(text), "198.51.%u.%u", 100 + i / 250, 1 + i % 250);
		client_fails(&s, text);
	}
	assert_int_equal(n_questions, 2 * conf.lookup.at_once);
	while (answered < n_questions) {
		snprintf(mail, sizeof(mail), "%s@example.org",
			 addr_format(&questions[answered].client, text));
		answers(answered++, FOUND_MAIL, mail);
		assert_true(n_questions <= answered + 2 * conf.lookup.at_once);
		if (answered == n_questions)
			run(100);
	}
	assert_int_equal(answered, MANY);
	for (i = 0; i < MANY; i += 97) {
		snprintf(text, sizeof(text), "198.51.%u.%u", 100 + i / 250, 1 + i % 250);
		snprintf(mail, sizeof(mail), "%s@example.org", text);
		assert_string_equal(mail_of(&s, text), mail);
	}
	assert_int_equal(lookup_waiting(e.lookup), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(an_answer_is_the_contact),
		ON_BOTH(the_table_is_asked_first),
		ON_BOTH(who_is_not_told_by_mail_is_not_looked_up),
		ON_BOTH(a_lease_tells_the_mac),
		ON_BOTH(a_lease_comes_before_the_answer),
		ON_BOTH(a_lease_ends_before_the_outage),
		ON_BOTH(an_answer_is_good_for_a_while),
		ON_BOTH(an_old_answer_is_asked_for_again),
		ON_BOTH(nobody_is_an_answer),
		ON_BOTH(what_is_no_address_is_trouble),
		ON_BOTH(a_late_answer_makes_the_notice),
		ON_BOTH(a_late_nobody_ends_the_wait),
		ON_BOTH(trouble_is_not_the_end),
		ON_BOTH(who_can_be_told_otherwise_is_not_kept_waiting),
		ON_BOTH(down_again_it_waits_again),
		ON_BOTH(it_is_not_asked_for_ever),
		ON_BOTH(a_new_engine_asks_again),
		ON_BOTH(a_new_mailer_is_asked_again),
		ON_BOTH(a_full_socket_is_tried_again),
		ON_BOTH(without_a_command_nobody_is_kept_waiting),
		{ "an_answer_outlives_trouble_of_the_store",
		  an_answer_outlives_trouble_of_the_store, setup_mem, teardown, NULL },
		ON_BOTH(many_at_once_are_all_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
