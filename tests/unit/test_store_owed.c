// SPDX-License-Identifier: GPL-2.0
/*
 * What is still owed: notices, messages, handovers. In memory and on disk alike.
 */
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "store_file.h"

static int count_notice(const struct notice *n, const struct message *m, const struct handover *h,
			void *arg)
{
	if (n->message)
		assert_int_equal(n->message, m->id);
	else
		assert_null(m);
	if (n->handover)
		assert_int_equal(n->handover, h->id);
	else
		assert_null(h);
	++*(int *)arg;
	return 0;
}

static int count_mail(const char *mail, void *arg)
{
	assert_string_equal(mail, "a@example.org");
	++*(int *)arg;
	return 0;
}

static int count_message(const struct message *m, void *arg)
{
	assert_int_equal(m->state, MESSAGE_QUEUED);
	++*(int *)arg;
	return 0;
}

static void outbox(void **state)
{
	struct store *st = *state;
	struct outage o = outage("2001:db8:2::10", 443);
	struct notice n = { .client = address("192.0.2.1"),
			    .mail = "a@example.org",
			    .due = 100,
			    .service = o.service,
			    .created = 50 };
	struct message m = {
		.mail = "a@example.org", .message_id = "x@example.org", .created = 60, .next = 60
	};
	struct outbox_counts c;
	unsigned int recent;
	int64_t when;
	int k = 0;

	assert_int_equal(store_begin(st), 0);
	assert_int_equal(store_outage_put(st, &o), 0);
	n.outage = o.id;
	assert_int_equal(store_notice_put(st, &n), 0);
	assert_int_equal(store_outbox_next(st, 0, &when), 0);
	assert_int_equal(when, 100);
	assert_int_equal(store_notice_mails(st, 99, 5, count_mail, &k), 0);
	assert_int_equal(k, 0);
	assert_int_equal(store_notice_mails(st, 100, 5, count_mail, &k), 0);
	assert_int_equal(k, 1);
	assert_int_equal(store_notice_defer(st, "a@example.org", 200), 0);
	assert_int_equal(store_outbox_next(st, 100, &when), 0);
	assert_int_equal(when, 200);
	assert_int_equal(store_message_put(st, &m), 0);
	n.message = m.id;
	assert_int_equal(store_notice_put(st, &n), 0);
	k = 0;
	assert_int_equal(store_notice_list(st, "a@example.org", 0, 0, 5, count_notice, &k), 0);
	assert_int_equal(k, 0);
	assert_int_equal(store_notice_list(st, NULL, m.id, 0, 5, count_notice, &k), 0);
	assert_int_equal(store_notice_list(st, NULL, 0, 0, 5, count_notice, &k), 0);
	assert_int_equal(k, 2);
	k = 0;
	assert_int_equal(store_notice_of(st, o.id, &n.client, 5, count_notice, &k), 0);
	assert_int_equal(store_notice_of(st, o.id, NULL, 5, count_notice, &k), 0);
	assert_int_equal(store_notice_of(st, 0, NULL, 5, count_notice, &k), 0);
	assert_int_equal(k, 3);
	assert_int_equal(store_notice_of(st, o.id, &n.service.server, 5, count_notice, &k), 0);
	assert_int_equal(store_notice_of(st, o.id + 1, &n.client, 5, count_notice, &k), 0);
	assert_int_equal(store_notice_of(st, o.id + 1, NULL, 5, count_notice, &k), 0);
	assert_int_equal(store_notice_of(st, 0, NULL, 0, count_notice, &k), 0);
	assert_int_equal(k, 3);
	k = 0;
	assert_int_equal(store_message_due(st, 60, 5, count_message, &k), 0);
	assert_int_equal(k, 1);
	assert_int_equal(store_message_recent(st, "a@example.org", 59, 59, &recent, &when), 0);
	assert_int_equal(recent, 0); /* the clock was set back since */
	assert_int_equal(store_message_recent(st, "a@example.org", 59, 60, &recent, &when), 0);
	assert_int_equal(recent, 1);
	assert_int_equal(when, 60);
	m.state = MESSAGE_SENT;
	assert_int_equal(store_message_put(st, &m), 0);
	assert_int_equal(store_message_due(st, 60, 5, count_message, &k), 0);
	assert_int_equal(k, 1);
	assert_int_equal(store_outbox_count(st, &c), 0);
	assert_int_equal(c.sent, 1);
	assert_int_equal(c.waiting + c.queued, 0);
	assert_int_equal(store_outbox_next(st, 0, &when), 0);
	assert_true(when == INT64_MAX);
	o.ended = 1;
	assert_int_equal(store_outage_put(st, &o), 0);
	assert_int_equal(store_outage_purge(st, 61, 61, 5), 0);
	assert_int_equal(store_outbox_count(st, &c), 0);
	assert_int_equal(c.sent, 0);
	assert_int_equal(store_commit(st), 0);
}

static void limits_and_suppression(void **state)
{
	struct store *st = *state;
	struct asked a = { .at = 10, .client = "192.0.2.1", .address = "abc" };
	unsigned int n;

	assert_int_equal(store_begin(st), 0);
	assert_int_equal(store_asked_put(st, &a), 0);
	a.at = 20;
	strcpy(a.client, "192.0.2.2");
	assert_int_equal(store_asked_put(st, &a), 0);
	assert_int_equal(store_asked_count(st, NULL, NULL, 9, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(store_asked_count(st, NULL, NULL, 10, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(store_asked_count(st, "192.0.2.2", NULL, 0, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(store_asked_count(st, NULL, "abc", 0, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(store_asked_count(st, NULL, "abd", 0, &n), 0);
	assert_int_equal(n, 0);
	assert_int_equal(store_asked_purge(st, 20, 20), 0);
	assert_int_equal(store_asked_count(st, NULL, NULL, 0, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(store_asked_purge(st, 0, 19), 0); /* the clock was set back */
	assert_int_equal(store_asked_count(st, NULL, NULL, 0, &n), 0);
	assert_int_equal(n, 0);
	assert_int_equal(store_suppressed_get(st, "abc"), 0);
	assert_int_equal(store_suppressed_put(st, "abc", 1), 0);
	assert_int_equal(store_suppressed_put(st, "abc", 2), 0);
	assert_int_equal(store_suppressed_get(st, "abc"), 1);
	assert_int_equal(store_suppressed_get(st, "abd"), 0);
	assert_int_equal(store_suppressed_del(st, "abd"), -ENOENT);
	assert_int_equal(store_suppressed_del(st, "abc"), 0);
	assert_int_equal(store_suppressed_get(st, "abc"), 0);
	assert_int_equal(store_suppressed_del(st, "abc"), -ENOENT);
	assert_int_equal(store_commit(st), 0);
}

static void mails_to_confirm(void **state)
{
	struct store *st = *state;
	struct outage o = outage("192.0.2.40", 80);
	struct message m = { .kind = NOTICE_CONFIRM,
			     .client = address("2001:db8::7"),
			     .mail = "a@example.org",
			     .message_id = "c@example.org" },
		       n;

	assert_int_equal(store_begin(st), 0);
	assert_int_equal(store_outage_put(st, &o), 0);
	m.outage = o.id;
	assert_int_equal(store_message_put(st, &m), 0);
	assert_int_equal(store_message_get(st, m.id, &n), 0);
	assert_int_equal(n.kind, NOTICE_CONFIRM);
	assert_int_equal(n.outage, o.id);
	assert_true(addr_equal(&n.client, &m.client));
	o.ended = 1;
	assert_int_equal(store_outage_put(st, &o), 0);
	assert_int_equal(store_outage_purge(st, 2, 2, 9), 0);
	assert_int_equal(store_message_get(st, m.id, &n), -ENOENT);
	assert_int_equal(store_commit(st), 0);
}

static bool is_purged(struct store *st, uint64_t id)
{
	struct outage o;

	assert_int_equal(store_outage_purge(st, 100, 100, 50), 0);
	return store_outage_get(st, id, &o) == -ENOENT;
}

/* Neither age nor a clock that jumped ahead makes us forget whom we have to tell. */
static void owed_is_kept(void **state)
{
	struct store *st = *state;
	struct outage o = outage("192.0.2.50", 80), told = outage("192.0.2.51", 80);
	struct waiter w = { .client = address("192.0.2.1"), .state = WAITER_ASKING };
	struct notice n = { .client = w.client, .service = o.service, .due = 20 };
	struct message m = { .mail = "a@example.org", .message_id = "o@example.org", .next = 20 };

	o.ended = told.ended = 10;
	assert_int_equal(store_begin(st), 0);
	assert_int_equal(store_outage_put(st, &o), 0);
	assert_int_equal(store_outage_put(st, &told), 0);
	w.outage = n.outage = o.id;
	assert_int_equal(store_waiter_put(st, &w), 0);
	assert_false(is_purged(st, o.id)); /* its address is looked for */
	assert_true(is_purged(st, told.id)); /* the other stands in nobody's way */
	w.state = WAITER_NOTIFIED;
	assert_int_equal(store_waiter_put(st, &w), 0);
	assert_int_equal(store_notice_put(st, &n), 0);
	assert_false(is_purged(st, o.id));
	assert_int_equal(store_message_put(st, &m), 0);
	assert_false(is_purged(st, o.id));
	assert_int_equal(store_message_get(st, m.id, &m), 0); /* that carries nothing yet */
	n.message = m.id;
	assert_int_equal(store_notice_put(st, &n), 0);
	assert_false(is_purged(st, o.id));
	m.state = MESSAGE_GIVEN_UP;
	assert_int_equal(store_message_put(st, &m), 0);
	assert_true(is_purged(st, o.id));
	assert_int_equal(store_message_get(st, m.id, &m), -ENOENT);

	/* What another has to tell is not owed by us. */
	o.id = n.id = n.message = 0;
	n.due = NOTICE_HELD;
	assert_int_equal(store_outage_put(st, &o), 0);
	n.outage = o.id;
	assert_int_equal(store_notice_put(st, &n), 0);
	assert_true(is_purged(st, o.id));
	assert_int_equal(store_commit(st), 0);
}

static int count_handover(const struct handover *h, void *arg)
{
	assert_true(h->id > 0);
	++*(int *)arg;
	return 0;
}

static int check_row(const struct msg_row *row, void *arg)
{
	struct addr client = address("192.0.2.7");

	assert_true(addr_equal(&row->client, &client));
	assert_int_equal(row->attempts, 3);
	assert_int_equal(row->first, 10);
	assert_int_equal(row->last, 20);
	assert_true(row->has_mac);
	assert_int_equal(row->mac.bytes[5], 9);
	++*(int *)arg;
	return 0;
}

static void handed_over(void **state)
{
	struct store *st = *state;
	struct outage o = outage("2001:db8:7::10", 443), again;
	struct handover h = { .route = ROUTE_NMS, .target = "hq", .step = 1, .next = 500 }, got;
	struct waiter w = { .client = address("192.0.2.7"),
			    .has_mac = true,
			    .mac = { { 2, 0, 0, 0, 0, 9 } } };
	struct notice n = { .client = address("192.0.2.7"),
			    .service = o.service,
			    .attempts = 3,
			    .first = 10,
			    .last = 20,
			    .due = NOTICE_HELD };
	struct outbox_counts before, c;
	int k = 0;

	assert_int_equal(store_outbox_count(st, &before), 0);
	assert_int_equal(store_begin(st), 0);
	assert_int_equal(store_outage_put(st, &o), 0);
	assert_int_equal(store_outage_get(st, o.id, &again), 0);
	assert_int_equal(again.service.port, 443);
	assert_int_equal(store_outage_get(st, o.id + 9, &again), -ENOENT);
	h.outage = w.outage = n.outage = o.id;
	assert_int_equal(store_waiter_put(st, &w), 0);
	assert_int_equal(store_handover_put(st, &h), 0);
	n.handover = h.id;
	assert_int_equal(store_notice_put(st, &n), 0);
	assert_int_equal(store_handover_gathering(st, o.id, 1, &got), 0);
	assert_int_equal(got.id, h.id);
	assert_int_equal(store_handover_gathering(st, o.id, 2, &got), -ENOENT);
	assert_int_equal(store_notice_handed(st, h.id, NULL, 5, count_notice, &k), 0);
	assert_int_equal(k, 1);
	assert_int_equal(store_notice_number(st, n.id, h.id, 2), 0);
	h.state = HANDOVER_SENDING;
	h.parts = 2;
	assert_int_equal(store_handover_put(st, &h), 0);
	assert_int_equal(store_handover_gathering(st, o.id, 1, &got), -ENOENT);
	assert_int_equal(store_handover_rows(st, h.id, 1, check_row, &k), 0);
	assert_int_equal(k, 1);
	assert_int_equal(store_handover_rows(st, h.id, 2, check_row, &k), 0);
	assert_int_equal(store_notice_of(st, o.id, &n.client, 5, count_notice, &k), 0);
	assert_int_equal(k, 3);
	n.part = 2;
	assert_int_equal(store_notice_handed(st, h.id, &n, 5, count_notice, &k), 0);
	assert_int_equal(k, 3);
	assert_int_equal(store_commit(st), 0);
	assert_int_equal(store_outbox_count(st, &c), 0);
	assert_int_equal(c.waiting, before.waiting); /* it is not ours to mail */
}

static void announced(void **state)
{
	struct store *st = *state;
	struct outage o = outage("2001:db8:8::10", 443);
	struct handover down = { .kind = HANDOVER_DOWN, .route = ROUTE_NMS, .target = "hq" }, up;
	int64_t when;
	int k = 0;

	assert_int_equal(store_begin(st), 0);
	assert_int_equal(store_outage_put(st, &o), 0);
	down.outage = o.id;
	down.next = 100;
	up = down;
	up.kind = HANDOVER_UP;
	up.next = 50;
	assert_int_equal(store_handover_put(st, &down), 0);
	assert_int_equal(store_handover_put(st, &up), 0);
	assert_int_equal(store_handover_next(st, 50, &when), 0);
	assert_int_equal(when, 100);
	/* Due, but the other goes first. */
	assert_int_equal(store_handover_due(st, 99, 5, count_handover, &k), 0);
	assert_int_equal(k, 0);
	assert_int_equal(store_handover_due(st, 100, 5, count_handover, &k), 0);
	assert_int_equal(k, 1);
	down.done = 101;
	assert_int_equal(store_handover_put(st, &down), 0);
	assert_int_equal(store_handover_get(st, down.id, &down), 0);
	assert_int_equal(down.done, 101);
	assert_int_equal(store_handover_due(st, 100, 5, count_handover, &k), 0);
	assert_int_equal(k, 2);
	assert_int_equal(store_handover_said(st, o.id, ROUTE_NMS, "hq", 5, count_handover, &k), 0);
	assert_int_equal(k, 4);
	assert_int_equal(store_handover_said(st, o.id, ROUTE_NMS, "hq2", 5, count_handover, &k), 0);
	assert_int_equal(k, 4);
	assert_int_equal(store_handover_list(st, down.id, 5, count_handover, &k), 0);
	assert_int_equal(k, 5);
	assert_int_equal(store_outage_del(st, o.id, 1000), 0);
	assert_int_equal(store_handover_get(st, down.id, &down), -ENOENT);
	assert_int_equal(store_commit(st), 0);
}

static int keep_notice(const struct notice *n, const struct message *m, const struct handover *h,
		       void *arg)
{
	(void)m;
	(void)h;
	*(struct notice *)arg = *n;
	return 0;
}

/* It was 5000 when they were written, and is 1000. */
static void clock_set_back(void **state)
{
	struct store *st = *state;
	struct outage o = outage("192.0.2.60", 80);
	struct notice n = { .client = address("192.0.2.1"),
			    .service = o.service,
			    .created = 5000,
			    .due = 5010 },
		      held = n, m;
	struct message soon = { .created = 900, .next = 1100, .mail = "b@example.org" },
		       late = { .created = 900, .next = 1101, .mail = "b@example.org" };
	struct handover h = { .created = 5000, .next = 5005, .until = 5060 },
			alert = { .created = 900, .next = 5005, .until = INT64_MAX },
			now = { .created = 990, .next = 1100, .until = 1200 };

	held.client = address("192.0.2.2");
	held.due = NOTICE_HELD;
	assert_int_equal(store_begin(st), 0);
	assert_int_equal(store_outage_put(st, &o), 0);
	n.outage = held.outage = h.outage = alert.outage = now.outage = o.id;
	assert_int_equal(store_notice_put(st, &n), 0);
	assert_int_equal(store_notice_put(st, &held), 0);
	assert_int_equal(store_message_put(st, &soon), 0);
	assert_int_equal(store_message_put(st, &late), 0);
	assert_int_equal(store_outbox_clamp(st, 1000, 1100), 2);
	assert_int_equal(store_notice_of(st, o.id, &n.client, 1, keep_notice, &m), 0);
	assert_int_equal(m.due, 1000);
	assert_int_equal(m.created, 1000);
	assert_int_equal(store_notice_of(st, o.id, &held.client, 1, keep_notice, &m), 0);
	assert_true(m.due == NOTICE_HELD);
	assert_int_equal(store_message_get(st, soon.id, &soon), 0);
	assert_int_equal(soon.next, 1100);
	assert_int_equal(store_message_get(st, late.id, &late), 0);
	assert_int_equal(late.next, 1000);
	assert_int_equal(late.created, 900);
	assert_int_equal(store_outbox_clamp(st, 1000, 1100), 0);

	assert_int_equal(store_handover_put(st, &h), 0);
	assert_int_equal(store_handover_put(st, &alert), 0);
	assert_int_equal(store_handover_put(st, &now), 0);
	assert_int_equal(store_handover_clamp(st, 1000, 1100), 2);
	assert_int_equal(store_handover_get(st, h.id, &h), 0);
	assert_int_equal(h.next, 1000);
	assert_int_equal(h.created, 1000);
	assert_int_equal(h.until, 1060);
	assert_int_equal(store_handover_get(st, alert.id, &alert), 0);
	assert_int_equal(alert.next, 1000);
	assert_int_equal(alert.created, 900);
	assert_true(alert.until == INT64_MAX);
	assert_int_equal(store_handover_get(st, now.id, &now), 0);
	assert_int_equal(now.next, 1100);
	assert_int_equal(store_handover_clamp(st, 1000, 1100), 0);
	store_rollback(st);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_BOTH(outbox),	   IN_BOTH(limits_and_suppression),
		IN_BOTH(mails_to_confirm), IN_BOTH(owed_is_kept),
		IN_BOTH(handed_over),	   IN_BOTH(announced),
		IN_BOTH(clock_set_back)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
