// SPDX-License-Identifier: GPL-2.0
/*
 * The SQLite store's file, and what may become of it: a process that was killed, locked,
 * full, read-only, damaged, foreign, of another age.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "engine/store_sqlite.h"
#include "store_file.h"

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

static void exec(const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(store_path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void locked(void **state)
{
	struct store *st = open_file();
	sqlite3 *db;

	(void)state;
	assert_int_equal(sqlite3_open(store_path, &db), SQLITE_OK);
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
	int fd = open(store_path, O_RDONLY);

	n = read(fd, before, sizeof(before));
	close(fd);
	assert_int_equal(store_open_sqlite(&st, store_path, store_why, sizeof(store_why)), err);
	assert_null(st);
	if (!strstr(store_why, expected) || !strstr(store_why, store_path))
		fail_msg("%s", store_why);
	fd = open(store_path, O_RDONLY);
	m = read(fd, after, sizeof(after));
	close(fd);
	assert_int_equal(n, m);
	assert_memory_equal(before, after, n);
}

/* The database as the ringback before lists made it. */
static void to_step_3(void)
{
	exec("DROP INDEX notice_handover; DROP INDEX handover_next; DROP INDEX handover_outage;"
	     "DROP INDEX waiter_unknown; DROP INDEX waiter_waiting; DROP INDEX waiter_told; DROP INDEX message_created;"
	     "DROP INDEX outage_origin; DROP TABLE list_part; DROP TABLE list; DROP TABLE lease;"
	     "ALTER TABLE notice DROP COLUMN handover; ALTER TABLE notice DROP COLUMN part;"
	     "DROP TABLE handover; ALTER TABLE outage DROP COLUMN origin;"
	     "ALTER TABLE outage DROP COLUMN origin_id; ALTER TABLE outage DROP COLUMN lossy;"
	     "ALTER TABLE outage DROP COLUMN origin_list; PRAGMA user_version = 3");
}

static int keep_notice(const struct notice *n, const struct message *m, const struct handover *h,
		       void *arg)
{
	assert_null(m);
	assert_null(h);
	*(struct notice *)arg = *n;
	return 0;
}

/* What was owed before there were lists is owed as it was. */
static void before_lists_is_brought_up(void **state)
{
	struct outage o = outage("192.0.2.10", 80);
	struct notice n = { .client = address("198.51.100.1"),
			    .service = o.service,
			    .mail = "one@example.org",
			    .lang = "de",
			    .created = 5,
			    .due = 7 };
	struct store *st = open_file();
	struct notice kept;

	(void)state;
	assert_int_equal(store_begin(st), 0);
	assert_int_equal(store_outage_put(st, &o), 0);
	n.outage = o.id;
	assert_int_equal(store_notice_put(st, &n), 0);
	assert_int_equal(store_commit(st), 0);
	store_close(st);
	to_step_3();
	st = open_file();
	assert_int_equal(store_notice_list(st, "one@example.org", 0, 0, 5, keep_notice, &kept), 0);
	assert_int_equal(kept.id, n.id);
	assert_int_equal(kept.due, 7);
	assert_string_equal(kept.lang, "de");
	assert_int_equal(kept.handover, 0);
	assert_int_equal(store_outage_get(st, o.id, &o), 0);
	assert_string_equal(o.origin, "");
	store_close(st);
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
	to_step_3();
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

static int one_more(void *arg)
{
	++*(unsigned int *)arg;
	return 0;
}

static int count_waiter(const struct waiter *w, const struct outage *o, void *arg)
{
	assert_int_equal(w->outage, o->id);
	++*(unsigned int *)arg;
	return 0;
}

/* Steps of SQLite's machine to list what matches @q, which is one waiter. */
static unsigned int effort(struct store *st, const struct waiter_query *q)
{
	sqlite3 *db = ((struct sqlite_store *)st)->db;
	unsigned int steps = 0, n = 0;

	sqlite3_progress_handler(db, 1, one_more, &steps);
	assert_int_equal(store_waiter_list(st, q, count_waiter, &n), 0);
	sqlite3_progress_handler(db, 0, NULL, NULL);
	assert_int_equal(n, 1);
	return steps;
}

/* Who looks for one waiter does not wait until all have been looked at. */
static void one_waiter_among_many(void **state)
{
	struct waiter_query by_client = { .state = -1, .limit = 10 }, by_server = by_client;
	struct store *st = open_file();
	struct outage o;
	struct waiter w = { .watch = "w" };
	char text[ADDR_STRLEN];
	unsigned int i;

	(void)state;
	assert_int_equal(store_begin(st), 0);
	for (i = 0; i < 1000; i++) {
		snprintf(text, sizeof(text), "10.0.%u.%u", i / 250, i % 250);
		o = outage(text, 80);
		assert_int_equal(store_outage_put(st, &o), 0);
		w.outage = o.id;
		w.client = by_client.client = o.service.server;
		assert_int_equal(store_waiter_put(st, &w), 0);
	}
	by_server.server = by_client.client;
	assert_in_range(effort(st, &by_client), 1, 500);
	assert_in_range(effort(st, &by_server), 1, 500);
	store_rollback(st);
	store_close(st);
}

/* A page costs what it holds, not what came before it. */
static void pages_are_sought(void **state)
{
	struct waiter_query q = { .state = -1, .limit = 1, .server = address("192.0.2.10") };
	struct outage o = outage("192.0.2.10", 80);
	struct store *st = open_file();
	struct waiter w = { .watch = "w" };
	char text[ADDR_STRLEN];
	unsigned int i;

	(void)state;
	assert_int_equal(store_begin(st), 0);
	assert_int_equal(store_outage_put(st, &o), 0);
	w.outage = o.id;
	for (i = 0; i < 1000; i++) {
		snprintf(text, sizeof(text), "10.0.%u.%u", i / 200, 10 + i % 90);
		w.client = address(text);
		assert_int_equal(store_waiter_put(st, &w), 0);
	}
	q.after_outage = o.id;
	q.after_client = address("10.0.4.98");
	assert_in_range(effort(st, &q), 1, 500);
	store_rollback(st);
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
	fd = open(store_path, O_WRONLY);
	assert_int_equal(pwrite(fd, noise, sizeof(noise), 0), sizeof(noise));
	close(fd);
	refused_untouched(-EUCLEAN, "damaged");
}

#define PAGE_SIZE 4096

/* A page that nothing reads when the store is opened. */
static void damage_inside(void)
{
	char noise[PAGE_SIZE];
	int fd = open(store_path, O_WRONLY);

	memset(noise, 0x5a, sizeof(noise));
	assert_int_equal(pwrite(fd, noise, sizeof(noise), 4 * PAGE_SIZE), sizeof(noise));
	close(fd);
}

/* A process writes into the store and is killed. */
static void killed_while_open(void)
{
	struct store *st;
	pid_t child = fork();

	if (!child) {
		st = open_file();
		if (store_begin(st) == 0)
			store_commit(st);
		_exit(0);
	}
	assert_int_equal(waitpid(child, NULL, 0), child);
	exec("PRAGMA wal_checkpoint"); /* so that the file itself has what was written */
}

static void damaged_inside(void **state)
{
	(void)state;
	killed_while_open();
	damage_inside();
	refused_untouched(-EUCLEAN, "damaged");
}

/* Who closed it left it well. */
static void looked_through_after_a_kill_only(void **state)
{
	struct store *st = open_file();

	(void)state;
	assert_int_equal(store_begin(st), 0);
	assert_int_equal(store_commit(st), 0);
	store_close(st);
	damage_inside();
	store_close(open_file());
}

/* As one that was opened after a kill, found well, and closed. */
static void looked_through_once(void **state)
{
	(void)state;
	killed_while_open();
	store_close(open_file());
	damage_inside();
	store_close(open_file());
}

/* The header says so, and the file has holes. */
static void make_large(void)
{
	const uint32_t pages = htonl((200 << 20) / PAGE_SIZE);
	int fd = open(store_path, O_WRONLY);

	assert_int_equal(ftruncate(fd, 200 << 20), 0);
	assert_int_equal(pwrite(fd, &pages, sizeof(pages), 28), sizeof(pages));
	close(fd);
}

static void large_is_not_looked_through(void **state)
{
	(void)state;
	killed_while_open();
	damage_inside();
	make_large();
	store_close(open_file());
}

static void missing_directory(void **state)
{
	char saved[sizeof(store_path)];
	struct store *st;

	(void)state;
	memcpy(saved, store_path, sizeof(store_path));
	snprintf(store_path, sizeof(store_path), "%.80s/none", saved);
	assert_int_equal(store_open_sqlite(&st, store_path, store_why, sizeof(store_why)), -EACCES);
	assert_non_null(strstr(store_why, "cannot be opened"));
	memcpy(store_path, saved, sizeof(store_path));
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_DIR(survives_reopening),
		IN_DIR(locked),
		IN_DIR(full),
		IN_DIR(before_lists_is_brought_up),
		IN_DIR(older_is_brought_up),
		IN_DIR(one_waiter_among_many),
		IN_DIR(pages_are_sought),
		IN_DIR(newer),
		IN_DIR(foreign),
		IN_DIR(damaged),
		IN_DIR(damaged_inside),
		IN_DIR(looked_through_after_a_kill_only),
		IN_DIR(looked_through_once),
		IN_DIR(large_is_not_looked_through),
		IN_DIR(missing_directory),
		IN_DIR(read_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
