// SPDX-License-Identifier: GPL-2.0
/*
 * The store: the same behaviour of both bodies.
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

static int count_outage(const struct outage *o, void *arg)
{
	(void)o;
	++*(int *)arg;
	return 0;
}

static int count_waiter(const struct waiter *w, const struct outage *o, void *arg)
{
	assert_int_equal(w->outage, o->id);
	++*(int *)arg;
	return 0;
}

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

static int count_contact(const struct contact *c, void *arg)
{
	assert_string_equal(c->mail, "b@example.org");
	++*(int *)arg;
	return 0;
}

static int count_message(const struct message *m, void *arg)
{
	assert_int_equal(m->state, MESSAGE_QUEUED);
	++*(int *)arg;
	return 0;
}

static void outages_and_waiters(struct store *st)
{
	const struct outage_query open = { .open_only = true, .limit = 10 };
	struct outage_query since = { .since = 5000, .limit = 10 };
	struct waiter_query q = { .state = WAITER_WAITING, .limit = 10 };
	struct outage o = outage("192.0.2.10", 80), twin = o, other;
	struct waiter w = { .client = address("2001:db8::1"),
			    .first = 1,
			    .last = 2,
			    .attempts = 3,
			    .has_mac = true,
			    .mac = { { 2, 0, 0, 0, 0, 1 } },
			    .watch = "w",
			    .mail = "a@example.org",
			    .in_kernel = true },
		      x;
	int n = 0;

	assert_int_equal(store_begin(st), 0);
	assert_int_equal(store_outage_latest(st, &o.service, &other), -ENOENT);
	assert_int_equal(store_outage_put(st, &o), 0);
	assert_true(o.id > 0);
	assert_int_equal(store_outage_put(st, &twin), -EEXIST);
	w.outage = o.id;
	assert_int_equal(store_waiter_put(st, &w), 0);
	w.attempts = 4;
	assert_int_equal(store_waiter_put(st, &w), 0);
	assert_int_equal(store_commit(st), 0);

	assert_int_equal(store_waiter_get(st, o.id, &w.client, &x), 0);
	assert_memory_equal(&x.client, &w.client, sizeof(x.client));
	assert_int_equal(x.attempts, 4);
	assert_true(x.has_mac && x.in_kernel);
	assert_memory_equal(&x.mac, &w.mac, sizeof(x.mac));
	assert_string_equal(x.mail, w.mail);

	assert_int_equal(store_begin(st), 0);
	assert_int_equal(store_waiter_lost(st, "other"), 0);
	assert_int_equal(store_waiter_get(st, o.id, &w.client, &x), 0);
	assert_true(x.in_kernel);
	assert_int_equal(store_waiter_lost(st, "w"), 0);
	assert_int_equal(store_waiter_get(st, o.id, &w.client, &x), 0);
	assert_false(x.in_kernel);
	store_rollback(st);
	assert_int_equal(store_waiter_get(st, o.id, &w.client, &x), 0);
	assert_true(x.in_kernel);

	assert_int_equal(store_waiter_list(st, &q, count_waiter, &n), 0);
	assert_int_equal(n, 1);
	q.server = address("192.0.2.11");
	assert_int_equal(store_waiter_list(st, &q, count_waiter, &n), 0);
	assert_int_equal(n, 1);
	q.server = address("192.0.2.10");
	q.client = w.client;
	q.outage = 0;
	assert_int_equal(store_waiter_list(st, &q, count_waiter, &n), 0);
	assert_int_equal(n, 2);

	n = 0;
	assert_int_equal(store_outage_list(st, &open, count_outage, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(store_begin(st), 0);
	o.ended = 5000;
	assert_int_equal(store_outage_put(st, &o), 0);
	assert_int_equal(store_outage_list(st, &open, count_outage, &n), 0);
	assert_int_equal(n, 1);
	n = 0;
	assert_int_equal(store_outage_list(st, &since, count_outage, &n), 0);
	assert_int_equal(n, 1);
	since.since++;
	assert_int_equal(store_outage_list(st, &since, count_outage, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(store_outage_latest(st, &o.service, &other), 0);
	assert_int_equal(other.ended, 5000);
	assert_int_equal(store_outage_purge(st, 5000, 5000, 10), 0);
	assert_int_equal(store_waiter_get(st, o.id, &w.client, &x), 0);
	/* Bit by bit: the outage goes last. */
	assert_int_equal(store_outage_purge(st, 5001, 5001, 1), 1);
	assert_int_equal(store_outage_get(st, o.id, &other), 0);
	assert_int_equal(store_outage_purge(st, 5001, 5001, 10), 0);
	assert_int_equal(store_outage_get(st, o.id, &other), -ENOENT);
	assert_int_equal(store_waiter_get(st, o.id, &w.client, &x), -ENOENT);
	assert_int_equal(store_commit(st), 0);
}

static void contacts(struct store *st)
{
	struct contact c = { .added = 1 };
	const char *sentence;
	int n = 0;

	assert_int_equal(contact_key_parse(&c.key, "192.0.2.0/24", &sentence), 0);
	strcpy(c.mail, "a@example.org");
	assert_int_equal(store_begin(st), 0);
	assert_int_equal(store_contact_put(st, &c), 0);
	strcpy(c.mail, "b@example.org");
	assert_int_equal(store_contact_put(st, &c), 0);
	assert_int_equal(store_contact_list(st, NULL, 0, count_contact, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(store_contact_list(st, &c.key, 5, count_contact, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(store_contact_del(st, &c.key), 0);
	assert_int_equal(store_contact_del(st, &c.key), -ENOENT);
	assert_int_equal(store_commit(st), 0);
}

static int keep_lease(const struct lease *l, void *arg)
{
	struct lease *kept = arg;

	while (kept->client.family)
		kept++;
	*kept = *l;
	return 0;
}

static void lease(struct store *st, const char *client, const char *mac, int64_t ends,
		  int64_t import)
{
	struct lease l = { .client = address(client), .ends = ends };

	assert_int_equal(mac_parse(&l.mac, mac), 0);
	assert_int_equal(store_lease_put(st, &l, import), 0);
}

static void leases(struct store *st)
{
	const struct addr none = { 0 }, one = address("192.0.2.1"), two = address("192.0.2.2");
	struct lease l[4] = { 0 }, again[4] = { 0 };
	char mac[ADDR_STRLEN];

	assert_int_equal(store_begin(st), 0);
	assert_int_equal(store_lease_get(st, &one, l), -ENOENT);
	lease(st, "192.0.2.2", "02:00:00:00:00:02", 50, 1);
	lease(st, "192.0.2.1", "02:00:00:00:00:09", 40, 1);
	lease(st, "192.0.2.1", "02:00:00:00:00:01", INT64_MAX, 2);
	lease(st, "2001:db8::1", "02:00:00:00:00:01", 60, 2);
	assert_int_equal(store_lease_get(st, &one, l), 0);
	assert_true(l[0].ends == INT64_MAX);
	assert_string_equal(mac_format(&l[0].mac, mac), "02:00:00:00:00:01");
	memset(l, 0, sizeof(l));
	assert_int_equal(store_lease_list(st, &none, 2, keep_lease, l), 0);
	assert_int_equal(store_lease_list(st, &l[1].client, 2, keep_lease, again), 0);
	assert_true(addr_equal(&l[0].client, &one) && addr_equal(&l[1].client, &two));
	assert_int_equal(again[0].client.family, AF_INET6);
	assert_int_equal(again[1].client.family, AF_UNSPEC);
	assert_int_equal(store_lease_keep(st, 2, 10), 1);
	assert_int_equal(store_lease_get(st, &two, l), -ENOENT);
	assert_int_equal(store_lease_purge(st, 60, 10), 0);
	assert_int_equal(store_lease_purge(st, 61, 10), 1);
	lease(st, "192.0.2.2", "02:00:00:00:00:02", 50, 3);
	assert_int_equal(store_lease_del(st, &two), 0);
	assert_int_equal(store_lease_del(st, &two), 0);
	lease(st, "192.0.2.2", "02:00:00:00:00:02", 50, 3);
	assert_int_equal(store_lease_keep(st, 3, 1), 1);
	assert_int_equal(store_lease_keep(st, 0, 0), 1);
	assert_int_equal(store_commit(st), 0);
}

static void outbox(struct store *st)
{
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

static int expect_choice(const struct waiter *w, const struct outage *o, void *arg)
{
	uint8_t *expected = arg;

	assert_int_equal(w->outage, o->id);
	assert_int_equal(w->choice, *expected);
	return 0;
}

static int collect_ids(const struct waiter *w, const struct outage *o, void *arg)
{
	uint64_t **next = arg;

	(void)w;
	*(*next)++ = o->id;
	return 0;
}

static void answers(struct store *st)
{
	const struct waiter_query all = { .state = -1, .limit = 10 };
	struct outage o = outage("192.0.2.20", 80);
	struct answer a = { .client = address("198.51.100.1"),
			    .choice = CHOICE_YES,
			    .mail = "a@example.org",
			    .lang = "de",
			    .at = 5 },
		      b;
	struct waiter w = { .client = a.client, .watch = "w" };
	uint8_t choice = CHOICE_NONE;
	uint32_t n;

	assert_int_equal(store_begin(st), 0);
	assert_int_equal(store_outage_put(st, &o), 0);
	w.outage = a.outage = o.id;
	assert_int_equal(store_waiter_put(st, &w), 0);
	assert_int_equal(store_answer_get(st, o.id, &a.client, &b), -ENOENT);
	assert_int_equal(store_waiter_list(st, &all, expect_choice, &choice), 0);
	assert_int_equal(store_answer_put(st, &a), 0);
	choice = CHOICE_YES;
	assert_int_equal(store_waiter_list(st, &all, expect_choice, &choice), 0);
	assert_int_equal(store_waiter_recent(st, &a.client, 0, 9, expect_choice, &choice), 0);
	a.confirmed = true;
	assert_int_equal(store_answer_put(st, &a), 0);
	assert_int_equal(store_answer_get(st, o.id, &a.client, &b), 0);
	assert_int_equal(b.choice, CHOICE_YES);
	assert_string_equal(b.mail, a.mail);
	assert_string_equal(b.lang, a.lang);
	assert_true(b.confirmed && b.at == 5 && b.outage == o.id);
	assert_true(addr_equal(&b.client, &a.client));
	assert_int_equal(store_waiter_count(st, o.id, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(store_answer_del(st, o.id, &a.client), 0);
	assert_int_equal(store_answer_del(st, o.id, &a.client), 0);
	assert_int_equal(store_answer_get(st, o.id, &a.client, &b), -ENOENT);

	/* It goes with its outage. */
	assert_int_equal(store_answer_put(st, &a), 0);
	o.ended = 1;
	assert_int_equal(store_outage_put(st, &o), 0);
	assert_int_equal(store_outage_purge(st, 2, 2, 9), 0);
	assert_int_equal(store_answer_get(st, o.id, &a.client, &b), -ENOENT);
	assert_int_equal(store_commit(st), 0);
}

static void latest_outages_of_a_client(struct store *st)
{
	struct waiter w = { .client = address("2001:db8::7"), .watch = "w" };
	const struct addr other = address("2001:db8::8");
	uint64_t ids[4], got[4], *next = got;
	struct outage o;
	int i;

	assert_int_equal(store_begin(st), 0);
	for (i = 0; i < 4; i++) {
		o = outage("192.0.2.30", 1 + i);
		o.ended = i * 100; /* the first is open */
		assert_int_equal(store_outage_put(st, &o), 0);
		ids[i] = w.outage = o.id;
		assert_int_equal(store_waiter_put(st, &w), 0);
	}
	assert_int_equal(store_commit(st), 0);
	assert_int_equal(store_waiter_recent(st, &w.client, 100, 9, collect_ids, &next), 0);
	assert_int_equal(next - got, 3);
	assert_int_equal(got[0], ids[3]);
	assert_int_equal(got[1], ids[2]);
	assert_int_equal(got[2], ids[0]);
	next = got;
	assert_int_equal(store_waiter_recent(st, &w.client, 100, 1, collect_ids, &next), 0);
	assert_int_equal(next - got, 1);
	assert_int_equal(store_waiter_recent(st, &other, 0, 9, collect_ids, &next), 0);
	assert_int_equal(next - got, 1);
}

struct seen {
	uint64_t outage[16];
	struct addr client[16];
	int n;
};

static int collect_seen(const struct waiter *w, const struct outage *o, void *arg)
{
	struct seen *s = arg;

	assert_int_equal(w->outage, o->id);
	s->outage[s->n] = w->outage;
	s->client[s->n++] = w->client;
	return 0;
}

/* Page by page, of @page rows. */
static struct seen waiters_of(struct store *st, const char *server, const char *client,
			      unsigned int page)
{
	struct waiter_query q = { .state = -1, .limit = page };
	struct seen all = { .n = 0 };
	int before;

	if (server)
		q.server = address(server);
	if (client)
		q.client = address(client);
	do {
		before = all.n;
		assert_int_equal(store_waiter_list(st, &q, collect_seen, &all), 0);
		assert_true(all.n - before <= (int)page);
		q.after_outage = all.n ? all.outage[all.n - 1] : 0;
		q.after_client = all.n ? all.client[all.n - 1] : q.after_client;
	} while (all.n > before);
	return all;
}

/* Two clients in four outages of two servers; the ids do not follow the ports. */
static void waiters_of_some(struct store *st)
{
	static const struct {
		const char *server;
		uint16_t port;
	} made[] = { { "192.0.2.70", 443 },
		     { "192.0.2.71", 80 },
		     { "192.0.2.70", 80 },
		     { "192.0.2.70", 81 } };
	struct waiter w = { .watch = "w" };
	struct outage o;
	struct seen all;
	uint64_t ids[4];
	int i;

	assert_int_equal(store_begin(st), 0);
	for (i = 0; i < 4; i++) {
		o = outage(made[i].server, made[i].port);
		assert_int_equal(store_outage_put(st, &o), 0);
		ids[i] = w.outage = o.id;
		w.client = address("198.51.100.71");
		assert_int_equal(store_waiter_put(st, &w), 0);
		w.client = address("198.51.100.72");
		assert_int_equal(store_waiter_put(st, &w), 0);
	}
	for (unsigned int page = 1; page < 9; page++) {
		all = waiters_of(st, "192.0.2.70", NULL, page);
		assert_int_equal(all.n, 6);
		for (i = 0; i < 6; i++) {
			assert_int_equal(all.outage[i], ids[i < 2 ? 0 : 1 + i / 2]);
			assert_int_equal(all.client[i].bytes[3], 71 + i % 2);
		}
		all = waiters_of(st, NULL, "198.51.100.72", page);
		assert_int_equal(all.n, 4);
		for (i = 0; i < 4; i++)
			assert_int_equal(all.outage[i], ids[i]);
		all = waiters_of(st, "192.0.2.71", "198.51.100.72", page);
		assert_int_equal(all.n, 1);
		assert_int_equal(all.outage[0], ids[1]);
	}
	store_rollback(st);
}

static void limits_and_suppression(struct store *st)
{
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

static void mails_to_confirm(struct store *st)
{
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
static void owed_is_kept(struct store *st)
{
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

static void facts(struct store *st)
{
	char value[16];

	assert_int_equal(store_begin(st), 0);
	assert_int_equal(store_meta_get(st, "k", value, sizeof(value)), -ENOENT);
	assert_int_equal(store_meta_put(st, "k", "v"), 0);
	assert_int_equal(store_meta_put(st, "k", "w"), 0);
	assert_int_equal(store_meta_get(st, "k", value, sizeof(value)), 0);
	assert_string_equal(value, "w");
	assert_int_equal(store_watch_put(st, "a", true), 0);
	assert_int_equal(store_watch_put(st, "a", false), 0);
	assert_int_equal(store_watch_del(st, "a"), 0);
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

static void handed_over(struct store *st)
{
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

static void announced(struct store *st)
{
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
static void clock_set_back(struct store *st)
{
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

static void both_behave_alike(void **state)
{
	struct store *st[2];
	int i;

	(void)state;
	assert_int_equal(store_open_mem(&st[0]), 0);
	st[1] = open_file();
	for (i = 0; i < 2; i++) {
		facts(st[i]);
		leases(st[i]);
		contacts(st[i]);
		outages_and_waiters(st[i]);
		outbox(st[i]);
		answers(st[i]);
		latest_outages_of_a_client(st[i]);
		waiters_of_some(st[i]);
		limits_and_suppression(st[i]);
		mails_to_confirm(st[i]);
		owed_is_kept(st[i]);
		handed_over(st[i]);
		announced(st[i]);
		clock_set_back(st[i]);
		store_close(st[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_DIR(both_behave_alike),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
