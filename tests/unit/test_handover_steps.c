// SPDX-License-Identifier: GPL-2.0
/*
 * The steps of a watch, within the engine and on both stores: a list that fails is
 * withdrawn and its clients go on; who is told by our own mail, and who is in no list.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "common/log.h"
#include "common/mib.h"
#include "common/timefmt.h"
#include "engine/handover.h"
#include "engine/outbox.h"
#include "engine_story.h"
#include "handover_story.h"

static void falls_back_to_mail(void **state)
{
	(void)state;
	NOTIFY("nms:a", "mail");
	one_has_mail();
	list_goes(1);
	expect(1, HANDOVER_PART, "a");
	answer(DELIVERY_LATER);
	time_passes(30);
	expect(2, HANDOVER_PART, "a"); /* once more */
	assert_int_equal(handed[1].id, handed[0].id);
	assert_int_equal(n_sent, 0);
	time_passes(40);
	expect(3, HANDOVER_WITHDRAW, "a");
	assert_int_equal(n_sent, 1);
	result(0, DELIVERY_SENT, "ok");
	assert_int_equal(handover_of(0).state, HANDOVER_WITHDRAWING);
	answer(DELIVERY_LATER);
	time_passes(10);
	expect(4, HANDOVER_WITHDRAW, "a");
	answer(DELIVERY_SENT);
	assert_int_equal(handover_of(0).state, HANDOVER_PASSED_ON);
	assert_int_equal(n_sent, 1);
}

/* Those without a contact are left when the others have gone on to the mail. */
static void who_cannot_go_on_stays(void **state)
{
	(void)state;
	NOTIFY("nms:a", "mail");
	one_has_mail();
	list_goes(3);
	answer(DELIVERY_LATER);
	time_passes(70);
	expect(3, HANDOVER_PART, "a");
	assert_int_equal(n_sent, 1);
	result(0, DELIVERY_SENT, "ok");
	assert_int_equal(handed[1].act, HANDOVER_WITHDRAW);
	assert_int_equal(handed[2].n_rows, 2);
	assert_int_not_equal(handed[2].list, handed[0].list);
	hand_result(2, DELIVERY_LATER, "no answer");
	time_passes(3600); /* there is nothing else: it may take as long as it takes */
	expect(5, HANDOVER_PART, "a");
	answer(DELIVERY_SENT);
	expect(6, HANDOVER_RELEASE, "a");
	assert_int_equal(handed[5].list, handed[2].list);
}

static void refused_goes_on_at_once(void **state)
{
	(void)state;
	NOTIFY("nms:a", "nms:b");
	list_goes(2);
	answer(DELIVERY_REFUSED);
	expect(2, HANDOVER_WITHDRAW, "a");
	time_passes(6);
	expect(4, HANDOVER_PART, "b");
	assert_int_equal(handed[3].n_rows, 2);
	assert_int_not_equal(handed[3].list, handed[0].list);
	answer(DELIVERY_REFUSED);
	assert_int_equal(handover_of(3).state, HANDOVER_REFUSED); /* there is no third */
	assert_int_equal(n_sent, 0);
}

static void no_contact_is_for_the_list(void **state)
{
	(void)state;
	NOTIFY("mail", "nms:a");
	one_has_mail();
	list_goes(2);
	expect(1, HANDOVER_PART, "a");
	run(60);
	assert_int_equal(n_sent, 1);
	assert_int_equal(handed[0].n_rows, 1);
	/* A mail that is refused is no dead end. */
	result(0, DELIVERY_REFUSED, "nobody here");
	time_passes(6);
	expect(3, HANDOVER_PART, "a");
	assert_int_equal(handed[2].n_rows, 1);
	assert_int_not_equal(handed[2].list, handed[0].list);
	assert_int_equal(
		waiter_state(&(struct service){ address("192.0.2.10"), 6, 80 }, "198.51.100.1"),
		WAITER_NOTIFIED);
}

/* Who gave an address himself is told there, and nowhere else. */
static void own_address_is_told_by_us(void **state)
{
	const struct service s = trouble(INQUIRE_WHERE);

	(void)state;
	NOTIFY("nms:a");
	conf.web.confirm = false;
	assert_int_equal(chooses(&s, ONE, CHOICE_YES, "mine@example.org"), OUTCOME_OK);
	ends(&s);
	space(10);
	assert_int_equal(n_handed, 0);
	assert_int_equal(n_sent, 1);
	assert_string_equal(sent[0].to, "mine@example.org");
	result(0, DELIVERY_REFUSED, "nobody here");
	time_passes(6);
	assert_int_equal(n_handed, 0);
}

/* The address is confirmed when the list is on its way already. */
static void own_address_comes_late(void **state)
{
	const struct service s = trouble(INQUIRE_WHERE);

	(void)state;
	NOTIFY("nms:a");
	conf.web.confirm = true;
	assert_int_equal(chooses(&s, ONE, CHOICE_YES, "mine@example.org"), OUTCOME_CONFIRM);
	run(60);
	assert_int_equal(n_sent, 1);
	result(0, DELIVERY_SENT, "ok");
	ends(&s);
	space(10);
	expect(1, HANDOVER_PART, "a");
	assert_int_equal(follows(sent[0].link, TOKEN_CONFIRM, true), OUTCOME_OK);
	answer(DELIVERY_REFUSED);
	expect(2, HANDOVER_WITHDRAW, "a");
	run(60);
	assert_int_equal(n_sent, 2);
	assert_string_equal(sent[1].to, "mine@example.org");
	/* A mail that failed there is not tried there again. */
	result(1, DELIVERY_REFUSED, "nobody here");
	time_passes(6);
	assert_int_equal(n_sent, 2);
	assert_int_equal(n_handed, 3);
	assert_int_equal(newest()->act, HANDOVER_WITHDRAW);
}

static void who_said_no_is_in_no_list(void **state)
{
	const struct service s = trouble(INQUIRE_WHETHER);

	(void)state;
	NOTIFY("nms:a");
	assert_int_equal(chooses(&s, ONE, CHOICE_NO, ""), OUTCOME_OK);
	ends(&s);
	space(10);
	assert_int_equal(n_handed, 0);
	assert_int_equal(waiter_state(&s, ONE), WAITER_DECLINED);
}

/* A list that is taken part by part has its time again with each. */
static void who_answers_has_time(void **state)
{
	struct handover h;
	int64_t until;

	(void)state;
	NOTIFY("nms:a", "nms:b");
	list_goes(4 * MIB_ROWS_IPV4);
	expect(1, HANDOVER_PART, "a");
	time_passes(30);
	until = handover_of(0).until;
	answer(DELIVERY_SENT);
	assert_true(handover_of(0).until >= until + 29 * SEC);
	/* But not for ever. */
	h = handover_of(0);
	h.created -= 3600 * SEC;
	h.until = until = time_now() + 30 * SEC;
	write_handover(&h);
	restart();
	answer(DELIVERY_SENT);
	assert_int_equal(handover_of(0).until, until);
}

/* When it is time clients go on, mailer or no mailer. */
static void no_mailer_holds_nobody(void **state)
{
	(void)state;
	NOTIFY("nms:a", "nms:b");
	targets[0].time = 1;
	n_clients_waited(1);
	space(1);
	expect(1, HANDOVER_PART, "a");
	hand_result(0, DELIVERY_LATER, "no answer");
	handovers_mailer_gone(e.handovers);
	run(1200);
	assert_int_equal(handover_of(0).state, HANDOVER_WITHDRAWING);
	assert_int_equal(n_handed, 1);
}

static void target_removed(void **state)
{
	(void)state;
	NOTIFY("nms:a", "nms:b");
	list_goes(2);
	expect(1, HANDOVER_PART, "a");
	NOTIFY("nms:b");
	conf.targets = &targets[1]; /* there is no "a" after this reload */
	conf.n_targets = 3;
	restart();
	assert_int_equal(handover_of(0).state, HANDOVER_PASSED_ON);
	time_passes(6);
	expect(2, HANDOVER_PART, "b");
	conf.n_targets = 0;
	watch.n_notify = 0;
	restart();
	assert_int_equal(handover_of(1).state, HANDOVER_REFUSED);
	assert_int_equal(n_handed, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(falls_back_to_mail),	    ON_BOTH(who_cannot_go_on_stays),
		ON_BOTH(refused_goes_on_at_once),   ON_BOTH(no_contact_is_for_the_list),
		ON_BOTH(own_address_is_told_by_us), ON_BOTH(own_address_comes_late),
		ON_BOTH(who_said_no_is_in_no_list), ON_BOTH(who_answers_has_time),
		ON_BOTH(no_mailer_holds_nobody),    ON_BOTH(target_removed),
	};

	log_init("engine", LOG_TO_STDERR, false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
