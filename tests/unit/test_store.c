// SPDX-License-Identifier: GPL-2.0
/*
 * What happened and who waits: in memory and on disk alike.
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

static int count_contact(const struct contact *c, void *arg)
{
	assert_string_equal(c->mail, "b@example.org");
	++*(int *)arg;
	return 0;
}

static void outages_and_waiters(void **state)
{
	struct store *st = *state;
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

static void contacts(void **state)
{
	struct store *st = *state;
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

static void leases(void **state)
{
	struct store *st = *state;
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

static void answers(void **state)
{
	struct store *st = *state;
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

static void latest_outages_of_a_client(void **state)
{
	struct store *st = *state;
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
static void waiters_of_some(void **state)
{
	struct store *st = *state;
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

static void facts(void **state)
{
	struct store *st = *state;
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_BOTH(facts),		 IN_BOTH(leases),
		IN_BOTH(contacts),	 IN_BOTH(outages_and_waiters),
		IN_BOTH(answers),	 IN_BOTH(latest_outages_of_a_client),
		IN_BOTH(waiters_of_some)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
