// SPDX-License-Identifier: GPL-2.0
/*
 * Lists of clients on their way to others, within the engine and on both stores: the
 * steps of a watch, every answer at every moment, and nobody told twice.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "common/log.h"
#include "common/mib.h"
#include "common/timefmt.h"
#include "engine/handover.h"
#include "engine/outbox.h"
#include "engine/tracker.h"
#include "engine_kernel.h"
#include "engine_story.h"

#define SEC NSEC_PER_SEC

static struct conf_target targets[4];

/* Steps: words like "mail", "server", "nms:a", "webhook:w". */
static void notify(const char *const steps[], unsigned int n)
{
	const char *colon;
	unsigned int i;

	for (i = 0; i < n; i++) {
		struct conf_step *s = &watch.notify[i];

		*s = (struct conf_step){ 0 };
		s->route = strncmp(steps[i], "mail", 4) == 0   ? ROUTE_MAIL :
			   strncmp(steps[i], "server", 6) == 0 ? ROUTE_SERVER :
			   strncmp(steps[i], "nms", 3) == 0    ? ROUTE_NMS :
								 ROUTE_WEBHOOK;
		colon = strchr(steps[i], ':');
		strcpy(s->target, colon ? colon + 1 : "");
	}
	watch.n_notify = n;
}
#define NOTIFY(...)                                       \
	do {                                              \
		const char *const _s[] = { __VA_ARGS__ }; \
		notify(_s, sizeof(_s) / sizeof(_s[0]));   \
	} while (0)

static void all_targets(void)
{
	static const struct conf_target t[] = {
		{ .route = ROUTE_NMS, .name = "a" },
		{ .route = ROUTE_NMS, .name = "b" },
		{ .route = ROUTE_WEBHOOK, .name = "w" },
		{ .route = ROUTE_SERVER, .name = "server" },
	};
	unsigned int i;

	for (i = 0; i < 4; i++) {
		targets[i] = t[i];
		targets[i].lists = true;
		targets[i].time = 60;
		targets[i].timeout = 5;
		targets[i].give_up = 86400;
	}
	conf.targets = targets;
	conf.n_targets = 4;
}

/* An outage of web() with @n clients 198.51.100.1.., which ends. */
static void n_clients_waited(unsigned int n)
{
	const struct service s = web();
	char client[ADDR_STRLEN];
	unsigned int i;

	service_is(&s, RINGBACK_SERVICE_DOWN);
	for (i = 0; i < n; i++) {
		snprintf(client, sizeof(client), "198.51.%u.%u", 100 + i / 250, i % 250 + 1);
		client_fails(&s, client);
	}
	run(60);
	ends(&s);
	run(60);
}

static void space(uint32_t n)
{
	handovers_space(e.handovers, n);
	run(60);
}

static struct handover handover_of(unsigned int i)
{
	struct handover h;

	assert_int_equal(store_handover_get(e.store, handed[i].id >> HANDOVER_UNIT_BITS, &h), 0);
	return h;
}

/* Time passes for handovers: what is due then is due now. */
static int pass_time(const struct handover *h, void *arg)
{
	int64_t by = *(int64_t *)arg;
	struct handover earlier = *h;

	if (h->done)
		return 0;
	earlier.created -= by;
	earlier.until -= by;
	earlier.next -= by;
	return store_handover_put(e.store, &earlier);
}

struct all {
	struct handover row[64];
	unsigned int n;
};

static int collect(const struct handover *h, void *arg)
{
	struct all *all = arg;

	all->row[all->n++] = *h;
	return 0;
}

/* The engine sleeps for @seconds: only the clock of the handovers goes on. */
static void time_passes(int seconds)
{
	struct all all = { .n = 0 };
	int64_t by = seconds * SEC;
	unsigned int i;

	stop_parts();
	assert_int_equal(store_handover_list(e.store, 0, 64, collect, &all), 0);
	assert_int_equal(store_begin(e.store), 0);
	for (i = 0; i < all.n; i++)
		assert_int_equal(pass_time(&all.row[i], &by), 0);
	assert_int_equal(store_commit(e.store), 0);
	start_parts();
	outbox_window(e.outbox, 100);
	handovers_space(e.handovers, 100);
	run(100);
}

/* The mailer's word on the latest message, and what follows. */
static void answer(enum delivery d)
{
	int patience = 100;

	while (!handovers_in_flight(e.handovers) && patience--)
		run(20);
	hand_result(n_handed - 1, d, "said");
	run(60);
}

static const struct msg_handover *newest(void)
{
	assert_true(n_handed > 0);
	return &handed[n_handed - 1];
}

/* So many messages come, and the last of them is such. */
static void expect(unsigned int n, enum handover_act act, const char *target)
{
	int patience = 100;

	while (n_handed < n && patience--)
		run(20);
	assert_int_equal(n_handed, n);
	assert_int_equal(newest()->act, act);
	assert_string_equal(newest()->target, target);
}

static void list_is_released(void **state)
{
	(void)state;
	all_targets();
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
	all_targets();
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
	all_targets();
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

static void falls_back_to_mail(void **state)
{
	(void)state;
	all_targets();
	NOTIFY("nms:a", "mail");
	contact("198.51.100.1", "one@example.org");
	outbox_window(e.outbox, 10);
	n_clients_waited(1);
	space(10);
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
	all_targets();
	NOTIFY("nms:a", "mail");
	contact("198.51.100.1", "one@example.org");
	outbox_window(e.outbox, 10);
	n_clients_waited(3);
	space(10);
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
	all_targets();
	NOTIFY("nms:a", "nms:b");
	n_clients_waited(2);
	space(10);
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
	all_targets();
	NOTIFY("mail", "nms:a");
	contact("198.51.100.1", "one@example.org");
	outbox_window(e.outbox, 10);
	n_clients_waited(2);
	space(10);
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
	all_targets();
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
	all_targets();
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
	all_targets();
	NOTIFY("nms:a");
	assert_int_equal(chooses(&s, ONE, CHOICE_NO, ""), OUTCOME_OK);
	ends(&s);
	space(10);
	assert_int_equal(n_handed, 0);
	assert_int_equal(waiter_state(&s, ONE), WAITER_DECLINED);
}

static void restart(void)
{
	stop_parts();
	start_parts();
	outbox_window(e.outbox, 100);
	space(100);
}

static void killed_at_every_moment(void **state)
{
	(void)state;
	all_targets();
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
	all_targets();
	NOTIFY("nms:a", "mail");
	contact("198.51.100.1", "one@example.org");
	n_clients_waited(1);
	space(10);
	answer(DELIVERY_SENT);
	expect(2, HANDOVER_RELEASE, "a");
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
	all_targets();
	NOTIFY("nms:a", "mail");
	contact("198.51.100.1", "one@example.org");
	n_clients_waited(1);
	space(10);
	answer(DELIVERY_SENT);
	expect(2, HANDOVER_RELEASE, "a");
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
	all_targets();
	NOTIFY("nms:a", "mail");
	contact("198.51.100.1", "one@example.org");
	n_clients_waited(1);
	space(10);
	answer(DELIVERY_SENT);
	answer(DELIVERY_LATER);
	time_passes(90000);
	assert_int_equal(handover_of(0).state, HANDOVER_GIVEN_UP);
	assert_int_equal(n_sent, 0);
}

static void mailer_away_and_back(void **state)
{
	(void)state;
	all_targets();
	NOTIFY("nms:a");
	hand_rc = -EAGAIN;
	n_clients_waited(1);
	space(10);
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

/* A list that is taken part by part has its time again with each. */
static void who_answers_has_time(void **state)
{
	struct handover h;
	int64_t until;

	(void)state;
	all_targets();
	NOTIFY("nms:a", "nms:b");
	n_clients_waited(4 * MIB_ROWS_IPV4);
	space(10);
	expect(1, HANDOVER_PART, "a");
	time_passes(30);
	until = handover_of(0).until;
	answer(DELIVERY_SENT);
	assert_true(handover_of(0).until >= until + 29 * SEC);
	/* But not for ever. */
	h = handover_of(0);
	h.created -= 3600 * SEC;
	h.until = until = time_now() + 30 * SEC;
	assert_int_equal(store_begin(e.store), 0);
	assert_int_equal(store_handover_put(e.store, &h), 0);
	assert_int_equal(store_commit(e.store), 0);
	restart();
	answer(DELIVERY_SENT);
	assert_int_equal(handover_of(0).until, until);
}

/* When it is time clients go on, mailer or no mailer. */
static void no_mailer_holds_nobody(void **state)
{
	(void)state;
	all_targets();
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

/* --- webhooks -------------------------------------------------------------------------- */

static void webhook_counts_part_by_part(void **state)
{
	unsigned int i;

	(void)state;
	all_targets();
	NOTIFY("webhook:w", "nms:a");
	n_clients_waited(MSG_ROWS_MAX + 2);
	space(10);
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
	struct all all = { .n = 0 };
	struct handover h;
	unsigned int i;
	int64_t until;

	(void)state;
	all_targets();
	NOTIFY("webhook:w", "nms:a");
	n_clients_waited(6 * MSG_ROWS_MAX);
	space(100);
	expect(4, HANDOVER_PART, "w");
	run(60);
	assert_int_equal(n_handed, 4);
	/* The sixth waits for its turn, and has its time again. */
	assert_int_equal(store_handover_list(e.store, 0, 64, collect, &all), 0);
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
	all_targets();
	NOTIFY("webhook:w", "nms:a");
	n_clients_waited(1);
	space(10);
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
	all_targets();
	NOTIFY("webhook:w", "nms:a");
	n_clients_waited(1);
	space(10);
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
	all_targets();
	NOTIFY("webhook:w", "nms:a");
	n_clients_waited(1);
	space(10);
	answer(DELIVERY_LATER);
	assert_int_equal(handover_of(0).state, HANDOVER_SENDING);
	time_passes(70);
	assert_int_equal(handover_of(0).state, HANDOVER_PASSED_ON);
	time_passes(6);
	expect(2, HANDOVER_PART, "a");
}

/* --- the configuration ----------------------------------------------------------------- */

static void target_removed(void **state)
{
	(void)state;
	all_targets();
	NOTIFY("nms:a", "nms:b");
	n_clients_waited(2);
	space(10);
	expect(1, HANDOVER_PART, "a");
	conf.targets = &targets[1]; /* there is no "a" after this reload */
	conf.n_targets = 3;
	NOTIFY("nms:b");
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

static void lossy_when_events_were_lost(void **state)
{
	const struct service s = web();

	(void)state;
	all_targets();
	NOTIFY("nms:a");
	service_is(&s, RINGBACK_SERVICE_DOWN);
	client_fails(&s, ONE);
	tracker_blind(e.tracker);
	run(60);
	new_engine();
	ends(&s);
	space(10);
	expect(1, HANDOVER_PART, "a");
	assert_true(handed[0].lossy);
}

static void lossy_when_the_kernel_is_away(void **state)
{
	const struct service s = web();

	(void)state;
	all_targets();
	NOTIFY("nms:a");
	service_is(&s, RINGBACK_SERVICE_DOWN);
	client_fails(&s, ONE);
	run(60);
	fake_kernel.connected = false;
	ends(&s);
	space(10);
	expect(1, HANDOVER_PART, "a");
	assert_true(handed[0].lossy);
}

/* A store that fails at the worst moment costs a repetition, never a second telling. */
static void store_fails_at_the_release(void **state)
{
	(void)state;
	all_targets();
	NOTIFY("nms:a", "mail");
	contact("198.51.100.1", "one@example.org");
	n_clients_waited(1);
	space(10);
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

/* What is under way outlives the time for which ended outages are kept. */
static void kept_until_it_is_done(void **state)
{
	struct outage o;

	(void)state;
	all_targets();
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
	all_targets();
	NOTIFY("nms:a");
	n_clients_waited(1);
	space(10);
	expect(1, HANDOVER_PART, "a");
	h = handover_of(0);
	assert_int_equal(store_begin(e.store), 0);
	h.id = 0;
	h.next = 1;
	assert_int_equal(store_handover_put(e.store, &h), 0);
	assert_int_equal(store_commit(e.store), 0);
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
	all_targets();
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

/* --- announcements ----------------------------------------------------------------------- */

static void announces(const char *name)
{
	unsigned int i;

	all_targets();
	for (i = 0; i < 4; i++)
		targets[i].announce = strcmp(targets[i].name, name) == 0;
}

static void down_and_up(void **state)
{
	const struct service s = web();

	(void)state;
	announces("a");
	watch.n_notify = 0;
	space(10);
	service_is(&s, RINGBACK_SERVICE_DOWN);
	run(80);
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
	space(10);
	service_is(&s, RINGBACK_SERVICE_DOWN);
	run(80);
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
	space(10);
	service_is(&s, RINGBACK_SERVICE_DOWN);
	run(80);
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
	announces("w");
	targets[2].format = WEBHOOK_ALERTMANAGER;
	targets[2].lists = false;
	space(10);
	service_is(&s, RINGBACK_SERVICE_DOWN);
	run(80);
	answer(DELIVERY_SENT);
	time_passes(70);
	expect(2, HANDOVER_DOWN, "w");
	answer(DELIVERY_SENT);
	time_passes(70);
	answer(DELIVERY_REFUSED); /* a bad day of it is no end of the outage */
	time_passes(70);
	expect(4, HANDOVER_DOWN, "w");
	answer(DELIVERY_SENT);
	ends(&s);
	expect(5, HANDOVER_UP, "w");
	answer(DELIVERY_SENT);
	time_passes(100000);
	assert_int_equal(n_handed, 5);
	assert_int_equal(handover_of(0).state, HANDOVER_SENT);
	assert_true(handover_of(0).done > 0);
}

static void alert_of_who_hears_no_more(void **state)
{
	const struct service s = web();

	(void)state;
	announces("w");
	targets[2].format = WEBHOOK_ALERTMANAGER;
	space(10);
	service_is(&s, RINGBACK_SERVICE_DOWN);
	run(80);
	answer(DELIVERY_SENT);
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
	space(10);
	service_is(&s, RINGBACK_SERVICE_DOWN);
	run(80);
	answer(DELIVERY_SENT);
	ends(&s);
	expect(2, HANDOVER_UP, "a");
	answer(DELIVERY_SENT);
	for (i = 0; i < 5; i++) {
		service_is(&s, RINGBACK_SERVICE_DOWN);
		run(60);
		ends(&s);
		run(30);
	}
	assert_int_equal(n_handed, 2);
	time_passes(100);
	assert_int_equal(n_handed, 2);
	service_is(&s, RINGBACK_SERVICE_DOWN);
	run(60);
	time_passes(100);
	expect(3, HANDOVER_DOWN, "a"); /* this time it is so */
}

/* --- whatever happens -------------------------------------------------------------------- */

#define CLIENTS 14

/* What the others know: lists by target and number, and who has been told how often. */
struct heard {
	char target[CONF_NAME_MAX + 1];
	uint64_t key; /* number of the list; of a webhook, of the message */
	bool got[8], member[CLIENTS], released;
};

static struct {
	struct heard list[256];
	unsigned int n, told[CLIENTS], done, mails;
	char mail_seen[256][128];
	unsigned int n_mail_seen, dice;
} world;

static unsigned int roll(unsigned int sides)
{
	world.dice = world.dice * 1103515245 + 12345;
	return world.dice / 65536 % sides;
}

static unsigned int client_number(const struct addr *a)
{
	return a->bytes[3] - 1;
}

static void tell(const bool member[CLIENTS])
{
	unsigned int i;

	for (i = 0; i < CLIENTS; i++)
		world.told[i] += member[i];
}

static struct heard *list_of(const struct msg_handover *m, uint64_t key)
{
	unsigned int i;

	for (i = 0; i < world.n; i++)
		if (world.list[i].key == key && strcmp(world.list[i].target, m->target) == 0)
			return &world.list[i];
	assert_true(world.n < 256);
	memset(&world.list[world.n], 0, sizeof(world.list[0]));
	world.list[world.n].key = key;
	strcpy(world.list[world.n].target, m->target);
	return &world.list[world.n++];
}

static void take_part(struct heard *l, const struct msg_handover *m)
{
	unsigned int i;

	l->got[m->part] = true;
	for (i = 0; i < m->n_rows; i++)
		l->member[client_number(&m->rows[i].client)] = true;
}

static enum delivery take_release(struct heard *l, const struct msg_handover *m)
{
	unsigned int i;

	for (i = 1; i <= m->parts; i++)
		if (!l->got[i])
			return DELIVERY_REFUSED;
	if (!l->released)
		tell(l->member);
	l->released = true;
	return DELIVERY_SENT;
}

/* The target got it: what it answers. */
static enum delivery arrives(const struct msg_handover *m)
{
	bool hook = m->route == ROUTE_WEBHOOK;
	struct heard *l = list_of(m, hook ? m->id : m->list);

	if (m->act == HANDOVER_RELEASE)
		return take_release(l, m);
	if (m->act == HANDOVER_WITHDRAW) {
		assert_false(l->released);
		memset(l->got, 0, sizeof(l->got));
		memset(l->member, 0, sizeof(l->member));
		return DELIVERY_SENT;
	}
	take_part(l, m);
	if (hook && !l->released)
		tell(l->member);
	l->released |= hook;
	return DELIVERY_SENT;
}

/* On its way there, or back, anything may be lost; where @well, nothing is. */
static enum delivery travels(const struct msg_handover *m, bool well)
{
	unsigned int fate = well ? 99 : roll(100);
	enum delivery d;

	if (fate < 25)
		return DELIVERY_LATER;
	if (fate < 32 && m->act == HANDOVER_PART &&
	    !(m->route == ROUTE_WEBHOOK && list_of(m, m->id)->released))
		return DELIVERY_REFUSED;
	d = arrives(m);
	return fate < 55 ? DELIVERY_UNSURE : d;
}

static void mail_travels(unsigned int i, bool well)
{
	bool member[CLIENTS] = { false };
	unsigned int k, fate = well ? 99 : roll(100);

	if (fate < 60) {
		result(i, fate < 30 ? DELIVERY_LATER : DELIVERY_REFUSED, "no");
		return;
	}
	for (k = 0; k < world.n_mail_seen; k++)
		if (strcmp(world.mail_seen[k], sent[i].message_id) == 0)
			break;
	if (k == world.n_mail_seen) {
		memcpy(world.mail_seen[world.n_mail_seen++], sent[i].message_id, 128);
		for (k = 0; k < sent[i].n_items; k++)
			member[client_number(&sent[i].items[k].client)] = true;
		tell(member);
	}
	result(i, DELIVERY_SENT, "ok");
}

/* All that is at the mailer meets its fate; or the mailer dies, and nobody hears of it. */
static void traffic(bool well)
{
	bool dies = !well && roll(4) == 0;
	unsigned int n = n_handed, mails = n_sent;

	for (; world.done < n; world.done++) {
		enum delivery d = travels(&handed[world.done], well);

		if (!dies)
			hand_result(world.done, d, "said");
	}
	for (; world.mails < mails; world.mails++)
		mail_travels(world.mails, well);
	if (dies) {
		handovers_mailer_gone(e.handovers);
		handovers_space(e.handovers, 100);
	}
	run(50);
}

static int nothing_left(const struct handover *h, void *arg)
{
	*(unsigned int *)arg += !h->done;
	return 0;
}

static int is_dead_end(const struct notice *n, const struct message *m, const struct handover *h,
		       void *arg)
{
	bool *end = arg;

	(void)n;
	*end |= h && (h->state == HANDOVER_REFUSED || h->state == HANDOVER_GIVEN_UP);
	*end |= m && (m->state == MESSAGE_REFUSED || m->state == MESSAGE_GIVEN_UP);
	return 0;
}

/* Told once, or at an end that says so; never twice. */
static void check_clients(unsigned int seed)
{
	const struct service s = web();
	char text[ADDR_STRLEN];
	struct addr client;
	unsigned int i;
	bool end;

	for (i = 0; i < CLIENTS; i++) {
		snprintf(text, sizeof(text), "198.51.100.%u", i + 1);
		client = address(text);
		end = false;
		assert_int_equal(
			store_notice_of(e.store, latest(&s).id, &client, 50, is_dead_end, &end), 0);
		if (world.told[i] > 1 || (!world.told[i] && !end))
			fail_msg("seed %u: client %u was told %u times", seed, i, world.told[i]);
	}
}

static void one_story(unsigned int seed)
{
	unsigned int i, left = 1;

	memset(&world, 0, sizeof(world));
	world.dice = seed;
	all_targets();
	conf.mail.retry_min = conf.mail.retry_max = 0; /* at once */
	contact("198.51.100.0/29", "few@example.org");
	switch (seed % 4) {
	case 0:
		NOTIFY("nms:a", "webhook:w", "mail");
		break;
	case 1:
		NOTIFY("mail", "nms:a", "nms:b");
		break;
	case 2:
		NOTIFY("webhook:w", "nms:a", "mail");
		break;
	case 3:
		NOTIFY("server", "mail", "webhook:w");
		break;
	}
	outbox_window(e.outbox, 100);
	n_clients_waited(CLIENTS);
	space(100);
	for (i = 0; i < 8; i++) {
		traffic(false);
		if (roll(2))
			time_passes(roll(80));
	}
	for (i = 0; i < 20 && left; i++) {
		traffic(true);
		time_passes(310);
		traffic(true);
		left = outbox_counts().queued + outbox_counts().waiting;
		store_handover_list(e.store, 0, 1000, nothing_left, &left);
	}
	assert_int_equal(left, 0);
	check_clients(seed);
}

static void nobody_is_told_twice(void **state)
{
	unsigned int seed;

	for (seed = 1; seed <= 8; seed++) {
		if (seed > 1) {
			teardown(state);
			n_sent = 0;
			setup_sqlite(state);
		}
		one_story(seed);
	}
}

/* What was dropped before anybody had certainly heard it is not known there. */
static void flapping_leaves_the_truth(void **state)
{
	const struct service s = web();

	(void)state;
	announces("a");
	space(10);
	service_is(&s, RINGBACK_SERVICE_DOWN);
	run(80);
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
	announces("w");
	targets[2].format = WEBHOOK_ALERTMANAGER;
	space(10);
	service_is(&s, RINGBACK_SERVICE_DOWN);
	run(80);
	answer(DELIVERY_SENT);
	ends(&s);
	expect(2, HANDOVER_UP, "w");
	answer(DELIVERY_SENT);
	service_is(&s, RINGBACK_SERVICE_DOWN);
	run(60);
	time_passes(100);
	expect(3, HANDOVER_DOWN, "w");
	answer(DELIVERY_SENT);
	h = handover_of(2);
	h.created = time_now(); /* it was told just now: its end has to wait */
	assert_int_equal(store_begin(e.store), 0);
	assert_int_equal(store_handover_put(e.store, &h), 0);
	assert_int_equal(store_commit(e.store), 0);
	ends(&s);
	run(60);
	assert_int_equal(n_handed, 3);
	service_is(&s, RINGBACK_SERVICE_DOWN);
	run(60);
	time_passes(100);
	expect(4, HANDOVER_DOWN, "w");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(list_is_released),
		ON_BOTH(parts_are_numbered),
		cmocka_unit_test_setup_teardown(a_thousand, setup_sqlite, teardown),
		ON_BOTH(falls_back_to_mail),
		ON_BOTH(who_cannot_go_on_stays),
		ON_BOTH(refused_goes_on_at_once),
		ON_BOTH(no_contact_is_for_the_list),
		ON_BOTH(own_address_is_told_by_us),
		ON_BOTH(own_address_comes_late),
		ON_BOTH(who_said_no_is_in_no_list),
		ON_BOTH(killed_at_every_moment),
		cmocka_unit_test_setup_teardown(release_never_falls_back, setup_mem, teardown),
		cmocka_unit_test_setup_teardown(release_is_refused, setup_mem, teardown),
		ON_BOTH(release_is_given_up),
		ON_BOTH(mailer_away_and_back),
		ON_BOTH(who_answers_has_time),
		ON_BOTH(no_mailer_holds_nobody),
		ON_BOTH(webhook_counts_part_by_part),
		ON_BOTH(few_parts_are_begun),
		ON_BOTH(unsure_goes_nowhere_else),
		ON_BOTH(webhook_while_killed_is_unsure),
		ON_BOTH(webhook_away_goes_on),
		ON_BOTH(target_removed),
		ON_BOTH(lossy_when_events_were_lost),
		ON_BOTH(lossy_when_the_kernel_is_away),
		cmocka_unit_test_setup_teardown(store_fails_at_the_release, setup_mem, teardown),
		ON_BOTH(kept_until_it_is_done),
		ON_BOTH(clients_are_forgotten),
		ON_BOTH(list_of_an_end_before),
		ON_BOTH(down_and_up),
		ON_BOTH(up_waits_for_down),
		ON_BOTH(webhook_hears_both),
		ON_BOTH(alert_is_repeated),
		ON_BOTH(alert_of_who_hears_no_more),
		ON_BOTH(flapping_makes_no_storm),
		ON_BOTH(flapping_leaves_the_truth),
		ON_BOTH(flapping_alert_stays),
		cmocka_unit_test_setup_teardown(nobody_is_told_twice, setup_sqlite, teardown),
	};

	log_init("engine", LOG_TO_STDERR, false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
