// SPDX-License-Identifier: GPL-2.0
/*
 * The store: the same behaviour of both bodies, and the faults of the SQLite one:
 * locked, read-only, damaged, foreign, newer, full.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "engine/store.h"
#include "engine/store_sqlite.h"

static char dir[64], path[96], why[256];

static struct addr address(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(&a, text), 0);
	return a;
}

static struct outage outage(const char *server, uint16_t port)
{
	return (struct outage){
		.service = { .server = address(server), .proto = IPPROTO_TCP, .port = port },
		.watch = "w",
		.reason = RINGBACK_REASON_REFUSED,
		.began = 1000,
	};
}

static struct store *open_file(void)
{
	struct store *st;

	if (store_open_sqlite(&st, path, why, sizeof(why)) < 0)
		fail_msg("%s", why);
	return st;
}

static int setup_dir(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/ringback-store-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/s.db", dir);
	return 0;
}

static int remove_dir(void **state)
{
	static const char *const names[] = { "s.db", "s.db-wal", "s.db-shm", "s.db-journal" };
	char file[128];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(file, sizeof(file), "%s/%s", dir, names[i]);
		unlink(file);
	}
	return rmdir(dir);
}

/* --- the same of both ----------------------------------------------------------- */

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

static int count_notice(const struct notice *n, const struct message *m, void *arg)
{
	if (n->message)
		assert_int_equal(n->message, m->id);
	else
		assert_null(m);
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
	assert_int_equal(store_outage_purge(st, 5000, 10), 0);
	assert_int_equal(store_outage_purge(st, 5001, 10), 1);
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
	assert_int_equal(store_message_recent(st, "a@example.org", 59, &recent, &when), 0);
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
	assert_int_equal(store_outage_purge(st, 61, 5), 1);
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
	assert_int_equal(store_outage_purge(st, 2, 9), 1);
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
	assert_int_equal(store_asked_purge(st, 20), 0);
	assert_int_equal(store_asked_count(st, NULL, NULL, 0, &n), 0);
	assert_int_equal(n, 1);
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
	assert_int_equal(store_outage_purge(st, 2, 9), 1);
	assert_int_equal(store_message_get(st, m.id, &n), -ENOENT);
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

static void both_behave_alike(void **state)
{
	struct store *st[2];
	int i;

	(void)state;
	assert_int_equal(store_open_mem(&st[0]), 0);
	st[1] = open_file();
	for (i = 0; i < 2; i++) {
		facts(st[i]);
		contacts(st[i]);
		outages_and_waiters(st[i]);
		outbox(st[i]);
		answers(st[i]);
		latest_outages_of_a_client(st[i]);
		limits_and_suppression(st[i]);
		mails_to_confirm(st[i]);
		store_close(st[i]);
	}
}

static void survives_reopening(void **state)
{
	struct outage o = outage("192.0.2.10", 80), again;
	struct store *st = open_file();

	(void)state;
	assert_int_equal(store_begin(st), 0);
	assert_int_equal(store_outage_put(st, &o), 0);
	assert_int_equal(store_commit(st), 0);
	assert_int_equal(store_begin(st), 0);
	o.ended = 9;
	assert_int_equal(store_outage_put(st, &o), 0);
	store_close(st); /* as a killed process does: without a commit */
	st = open_file();
	assert_int_equal(store_outage_latest(st, &o.service, &again), 0);
	assert_int_equal(again.ended, 0);
	store_close(st);
}

/* --- faults ---------------------------------------------------------------------- */

static void exec(const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void locked(void **state)
{
	struct store *st = open_file();
	sqlite3 *db;

	(void)state;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(store_begin(st), -EBUSY);
	assert_non_null(strstr(store_error(st), "locked"));
	sqlite3_close(db);
	assert_int_equal(store_begin(st), 0);
	assert_int_equal(store_commit(st), 0);
	store_close(st);
}

static void full(void **state)
{
	struct outage o = outage("192.0.2.10", 1);
	struct store *st = open_file();
	sqlite3 *db = ((struct sqlite_store *)st)->db;
	int rc = 0, port;

	(void)state;
	assert_int_equal(sqlite3_exec(db, "PRAGMA max_page_count = 40", NULL, NULL, NULL), 0);
	assert_int_equal(store_begin(st), 0);
	for (port = 1; port < 65536 && rc == 0; port++) {
		o.id = 0;
		o.service.port = port;
		rc = store_outage_put(st, &o);
	}
	assert_int_equal(rc, -ENOSPC);
	assert_non_null(strstr(store_error(st), "full"));
	store_rollback(st);
	assert_int_equal(sqlite3_exec(db, "PRAGMA max_page_count = 4000", NULL, NULL, NULL), 0);
	o.id = 0;
	assert_int_equal(store_begin(st), 0);
	assert_int_equal(store_outage_put(st, &o), 0);
	assert_int_equal(store_commit(st), 0);
	store_close(st);
}

/* It is refused with @expected in the sentence, and not one byte of it changes. */
static void refused_untouched(int err, const char *expected)
{
	static char before[65536], after[65536];
	struct store *st;
	ssize_t n, m;
	int fd = open(path, O_RDONLY);

	n = read(fd, before, sizeof(before));
	close(fd);
	assert_int_equal(store_open_sqlite(&st, path, why, sizeof(why)), err);
	assert_null(st);
	if (!strstr(why, expected) || !strstr(why, path))
		fail_msg("%s", why);
	fd = open(path, O_RDONLY);
	m = read(fd, after, sizeof(after));
	close(fd);
	assert_int_equal(n, m);
	assert_memory_equal(before, after, n);
}

static void older_is_brought_up(void **state)
{
	struct outage o = outage("192.0.2.10", 80), again;
	struct store *st = open_file();

	(void)state;
	assert_int_equal(store_begin(st), 0);
	assert_int_equal(store_outage_put(st, &o), 0);
	assert_int_equal(store_commit(st), 0);
	store_close(st);
	exec("DROP INDEX waiter_client; DROP INDEX message_outage;"
	     "DROP TABLE choice; DROP TABLE asked; DROP TABLE suppressed;"
	     "ALTER TABLE notice DROP COLUMN lang; ALTER TABLE message DROP COLUMN kind;"
	     "ALTER TABLE message DROP COLUMN outage; ALTER TABLE message DROP COLUMN client;"
	     "ALTER TABLE outage DROP COLUMN proven; PRAGMA user_version = 1");
	st = open_file();
	assert_int_equal(store_outage_latest(st, &o.service, &again), 0);
	assert_int_equal(again.id, o.id);
	assert_int_equal(again.began, o.began);
	assert_int_equal(again.proven, 0);
	o.evidence = EVIDENCE_TRAP;
	o.proven = 7;
	assert_int_equal(store_begin(st), 0);
	assert_int_equal(store_outage_put(st, &o), 0);
	assert_int_equal(store_commit(st), 0);
	store_close(st);
	st = open_file();
	assert_int_equal(store_outage_latest(st, &o.service, &again), 0);
	assert_int_equal(again.evidence, EVIDENCE_TRAP);
	assert_int_equal(again.proven, 7);
	store_close(st);
}

static void newer(void **state)
{
	(void)state;
	store_close(open_file());
	exec("PRAGMA user_version = 1000");
	refused_untouched(-EPROTO, "newer");
}

static void foreign(void **state)
{
	(void)state;
	exec("CREATE TABLE other (x)");
	refused_untouched(-EPROTO, "another program");
}

static void damaged(void **state)
{
	static const char noise[] = "this was a database once, was it not? .....................";
	int fd;

	(void)state;
	store_close(open_file());
	fd = open(path, O_WRONLY);
	assert_int_equal(pwrite(fd, noise, sizeof(noise), 0), sizeof(noise));
	close(fd);
	refused_untouched(-EUCLEAN, "damaged");
}

static void damaged_inside(void **state)
{
	char noise[4096];
	int fd;

	(void)state;
	store_close(open_file());
	memset(noise, 0x5a, sizeof(noise));
	fd = open(path, O_WRONLY);
	assert_int_equal(pwrite(fd, noise, sizeof(noise), 2 * 4096), sizeof(noise));
	close(fd);
	refused_untouched(-EUCLEAN, "damaged");
}

static void missing_directory(void **state)
{
	char saved[sizeof(path)];
	struct store *st;

	(void)state;
	memcpy(saved, path, sizeof(path));
	snprintf(path, sizeof(path), "%s/no/s.db", dir);
	assert_int_equal(store_open_sqlite(&st, path, why, sizeof(why)), -EACCES);
	assert_non_null(strstr(why, "cannot be opened"));
	memcpy(path, saved, sizeof(path));
}

static void read_only(void **state)
{
	struct store *st = open_file();

	(void)state;
	/* As root a file's mode says nothing: the connection itself is made so. */
	assert_int_equal(sqlite3_exec(((struct sqlite_store *)st)->db, "PRAGMA query_only = 1",
				      NULL, NULL, NULL),
			 SQLITE_OK);
	if (store_begin(st) == 0)
		assert_int_equal(store_meta_put(st, "k", "v"), -EROFS);
	assert_non_null(strstr(store_error(st), "cannot be written"));
	store_rollback(st);
	store_close(st);
}

#define IN_DIR(test) cmocka_unit_test_setup_teardown(test, setup_dir, remove_dir)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_DIR(both_behave_alike),
		IN_DIR(survives_reopening),
		IN_DIR(locked),
		IN_DIR(full),
		IN_DIR(older_is_brought_up),
		IN_DIR(newer),
		IN_DIR(foreign),
		IN_DIR(damaged),
		IN_DIR(damaged_inside),
		IN_DIR(missing_directory),
		IN_DIR(read_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
