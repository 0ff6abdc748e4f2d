// SPDX-License-Identifier: GPL-2.0
/*
 * The SQLite store: opening, transactions, errors, and the helpers of its other
 * files. WAL with synchronous=FULL: what is committed survives a power cut.
 */
#include "store_sqlite.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How long we wait for another program's lock; the loop stands still meanwhile. */
#define BUSY_MS 500

static struct sqlite_store *to_sqlite(struct store *st)
{
	return (struct sqlite_store *)st;
}

/* --- errors --------------------------------------------------------------- */

static const struct {
	int code, err;
	const char *what;
} faults[] = {
	{ SQLITE_BUSY, -EBUSY, "another program has locked it" },
	{ SQLITE_LOCKED, -EBUSY, "another program has locked it" },
	{ SQLITE_FULL, -ENOSPC, "the disk is full" },
	{ SQLITE_READONLY, -EROFS, "it cannot be written: check its owner and the file system" },
	{ SQLITE_CANTOPEN, -EACCES, "it cannot be opened: check the directory and its owner" },
	{ SQLITE_PERM, -EACCES, "access was denied" },
	{ SQLITE_AUTH, -EACCES, "access was denied" },
	{ SQLITE_CORRUPT, -EUCLEAN, "it is damaged: restore it or move it away" },
	{ SQLITE_NOTADB, -EUCLEAN, "it is damaged or not a database: restore it or move it away" },
	{ SQLITE_NOMEM, -ENOMEM, "out of memory" },
	{ SQLITE_CONSTRAINT, -EEXIST, "a row contradicts another" },
};

int sql_fault(struct store *st, int rc)
{
	sqlite3 *db = to_sqlite(st)->db;
	size_t i;

	for (i = 0; i < sizeof(faults) / sizeof(*faults); i++) {
		if (faults[i].code != (rc & 0xff))
			continue;
		snprintf(st->error, sizeof(st->error), "%s (%s)", faults[i].what,
			 sqlite3_errmsg(db));
		return faults[i].err;
	}
	snprintf(st->error, sizeof(st->error), "%s",
		 db ? sqlite3_errmsg(db) : "input/output error");
	return -EIO;
}

/* --- statements ------------------------------------------------------------ */

sqlite3_stmt *sql_get(struct store *st, enum sql_id id, const char *text)
{
	struct sqlite_store *s = to_sqlite(st);
	int rc;

	if (!s->stmt[id]) {
		rc = sqlite3_prepare_v3(s->db, text, -1, SQLITE_PREPARE_PERSISTENT, &s->stmt[id],
					NULL);
		if (rc != SQLITE_OK) {
			sql_fault(st, rc);
			return NULL;
		}
	}
	sqlite3_reset(s->stmt[id]);
	sqlite3_clear_bindings(s->stmt[id]);
	return s->stmt[id];
}

static int bind_text(sqlite3_stmt *q, int i, const char *text)
{
	return text ? sqlite3_bind_text(q, i, text, -1, SQLITE_TRANSIENT) : sqlite3_bind_null(q, i);
}

int sql_bind(struct store *st, sqlite3_stmt *q, const char *types, ...)
{
	char buf[ADDR_STRLEN];
	const struct addr *a;
	int rc = SQLITE_OK, i;
	int64_t number;
	va_list ap;

	if (!q)
		return -EIO; /* sql_get() has said why */
	va_start(ap, types);
	for (i = 1; *types && rc == SQLITE_OK; types++, i++) {
		switch (*types) {
		case 'i':
			rc = sqlite3_bind_int64(q, i, va_arg(ap, int64_t));
			break;
		case 'z':
			number = va_arg(ap, int64_t);
			rc = number ? sqlite3_bind_int64(q, i, number) : sqlite3_bind_null(q, i);
			break;
		case 's':
			rc = bind_text(q, i, va_arg(ap, const char *));
			break;
		case 'a':
			a = va_arg(ap, const struct addr *);
			rc = bind_text(q, i, a->family ? addr_format(a, buf) : NULL);
			break;
		}
	}
	va_end(ap);
	return rc == SQLITE_OK ? 0 : sql_fault(st, rc);
}

int sql_step(struct store *st, sqlite3_stmt *q)
{
	int rc = sqlite3_step(q);

	if (rc == SQLITE_ROW)
		return 1;
	if (rc != SQLITE_DONE)
		rc = sql_fault(st, rc);
	else
		rc = 0;
	sqlite3_reset(q); /* lets go of its locks */
	return rc;
}

int sql_one(struct store *st, sqlite3_stmt *q, int rc)
{
	if (rc == 0)
		rc = sql_step(st, q);
	if (rc < 0)
		return rc;
	return rc ? 0 : -ENOENT;
}

int sql_first_time(struct store *st, sqlite3_stmt *q, int rc, int64_t *when)
{
	if (rc == 0)
		rc = sql_step(st, q);
	if (rc < 0)
		return rc;
	*when = INT64_MAX;
	if (rc == 1 && sqlite3_column_type(q, 0) != SQLITE_NULL)
		*when = sqlite3_column_int64(q, 0);
	sqlite3_reset(q);
	return 0;
}

int sql_run(struct store *st, sqlite3_stmt *q)
{
	int rc = sql_step(st, q);

	sqlite3_reset(q);
	return rc < 0 ? rc : 0;
}

void sql_text(sqlite3_stmt *q, int col, char *buf, size_t size)
{
	const char *text = (const char *)sqlite3_column_text(q, col);
	size_t len = text ? strlen(text) : 0;

	if (len >= size)
		len = 0;
	if (len)
		memcpy(buf, text, len);
	buf[len] = '\0';
}

void sql_addr(sqlite3_stmt *q, int col, struct addr *a)
{
	const char *text = (const char *)sqlite3_column_text(q, col);

	if (!text || addr_parse(a, text) < 0)
		memset(a, 0, sizeof(*a));
}

int64_t sql_changes(struct store *st)
{
	return sqlite3_changes(to_sqlite(st)->db);
}

uint64_t sql_last_id(struct store *st)
{
	return sqlite3_last_insert_rowid(to_sqlite(st)->db);
}

/* --- transactions ----------------------------------------------------------- */

static void sqlite_rollback(struct store *st)
{
	char error[sizeof(st->error)];
	sqlite3_stmt *q;

	/* SQLite rolls back by itself on some errors. */
	if (sqlite3_get_autocommit(to_sqlite(st)->db))
		return;
	memcpy(error, st->error, sizeof(error));
	q = sql_get(st, SQL_ROLLBACK, "ROLLBACK");
	if (q)
		sql_run(st, q);
	memcpy(st->error, error, sizeof(error)); /* why, not what came of it */
}

static int sqlite_begin(struct store *st)
{
	/* IMMEDIATE: a lock of someone else shows here, not in the middle. */
	sqlite3_stmt *q = sql_get(st, SQL_BEGIN, "BEGIN IMMEDIATE");
	int rc = q ? sql_run(st, q) : -EIO;

	if (rc < 0 || to_sqlite(st)->marked)
		return rc;
	rc = sqlite_meta_put(st, META_OPEN, "1");
	if (rc < 0)
		sqlite_rollback(st);
	return rc;
}

static int sqlite_commit(struct store *st)
{
	sqlite3_stmt *q = sql_get(st, SQL_COMMIT, "COMMIT");
	int rc = q ? sql_run(st, q) : -EIO;

	if (rc == 0)
		to_sqlite(st)->marked = true;
	return rc;
}

/* Where that fails, it is looked through when it is opened again. */
static void unmark(struct store *st)
{
	sqlite3_stmt *q;

	sqlite_rollback(st);
	q = sql_get(st, SQL_META_DEL, "DELETE FROM meta WHERE key = ?");
	if (sql_bind(st, q, "s", META_OPEN) == 0)
		sql_run(st, q);
}

static void sqlite_close(struct store *st)
{
	struct sqlite_store *s = to_sqlite(st);
	int i;

	if (s->marked)
		unmark(st);
	for (i = 0; i < SQL_MAX; i++)
		sqlite3_finalize(s->stmt[i]);
	sqlite3_close(s->db);
	free(s);
}

static const struct store_ops sqlite_ops = {
	.close = sqlite_close,
	.begin = sqlite_begin,
	.commit = sqlite_commit,
	.rollback = sqlite_rollback,
	.meta_get = sqlite_meta_get,
	.meta_put = sqlite_meta_put,
	.watch_put = sqlite_watch_put,
	.watch_del = sqlite_watch_del,
	.watch_list = sqlite_watch_list,
	.outage_put = sqlite_outage_put,
	.outage_latest = sqlite_outage_latest,
	.outage_list = sqlite_outage_list,
	.outage_purge = sqlite_outage_purge,
	.outage_get = sqlite_outage_get,
	.outage_origin = sqlite_outage_origin,
	.outage_del = sqlite_outage_del,
	.list_put = sqlite_list_put,
	.list_get = sqlite_list_get,
	.list_part = sqlite_list_part,
	.list_parts = sqlite_list_parts,
	.list_list = sqlite_list_list,
	.list_promised = sqlite_list_promised,
	.list_stale = sqlite_list_stale,
	.list_release = sqlite_list_release,
	.waiter_put = sqlite_waiter_put,
	.waiter_get = sqlite_waiter_get,
	.waiter_list = sqlite_waiter_list,
	.waiter_lost = sqlite_waiter_lost,
	.waiter_recent = sqlite_waiter_recent,
	.waiter_count = sqlite_waiter_count,
	.waiter_unknown = sqlite_waiter_unknown,
	.answer_put = sqlite_answer_put,
	.answer_get = sqlite_answer_get,
	.answer_del = sqlite_answer_del,
	.asked_put = sqlite_asked_put,
	.asked_count = sqlite_asked_count,
	.asked_purge = sqlite_asked_purge,
	.suppressed_put = sqlite_suppressed_put,
	.suppressed_get = sqlite_suppressed_get,
	.suppressed_del = sqlite_suppressed_del,
	.contact_put = sqlite_contact_put,
	.contact_del = sqlite_contact_del,
	.contact_list = sqlite_contact_list,
	.lease_put = sqlite_lease_put,
	.lease_get = sqlite_lease_get,
	.lease_del = sqlite_lease_del,
	.lease_list = sqlite_lease_list,
	.lease_keep = sqlite_lease_keep,
	.lease_purge = sqlite_lease_purge,
	.notice_put = sqlite_notice_put,
	.notice_mails = sqlite_notice_mails,
	.notice_list = sqlite_notice_list,
	.notice_of = sqlite_notice_of,
	.notice_defer = sqlite_notice_defer,
	.notice_handed = sqlite_notice_handed,
	.notice_number = sqlite_notice_number,
	.handover_put = sqlite_handover_put,
	.handover_get = sqlite_handover_get,
	.handover_due = sqlite_handover_due,
	.handover_next = sqlite_handover_next,
	.handover_clamp = sqlite_handover_clamp,
	.handover_list = sqlite_handover_list,
	.handover_gathering = sqlite_handover_gathering,
	.handover_said = sqlite_handover_said,
	.handover_rows = sqlite_handover_rows,
	.handover_backlog = sqlite_handover_backlog,
	.message_put = sqlite_message_put,
	.message_get = sqlite_message_get,
	.message_due = sqlite_message_due,
	.message_recent = sqlite_message_recent,
	.outbox_next = sqlite_outbox_next,
	.outbox_clamp = sqlite_outbox_clamp,
	.outbox_count = sqlite_outbox_count,
	.outbox_backlog = sqlite_outbox_backlog,
};

static int open_db(struct sqlite_store *s, const char *path)
{
	int rc = sqlite3_open_v2(path, &s->db,
				 SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOFOLLOW,
				 NULL);

	if (rc != SQLITE_OK)
		return sql_fault(&s->st, rc);
	sqlite3_busy_timeout(s->db, BUSY_MS);
	rc = sqlite_schema_update(&s->st);
	if (rc < 0)
		return rc;
	rc = sqlite3_exec(s->db,
			  "PRAGMA journal_mode = WAL;"
			  "PRAGMA synchronous = FULL;"
			  "PRAGMA foreign_keys = ON;"
			  "PRAGMA cache_size = -8192;" /* KiB: the end of a large outage fits */
			  "PRAGMA journal_size_limit = 16777216;"
			  "PRAGMA trusted_schema = OFF;",
			  NULL, NULL, NULL);
	return rc == SQLITE_OK ? 0 : sql_fault(&s->st, rc);
}

int store_open_sqlite(struct store **sp, const char *path, char *why, size_t size)
{
	struct sqlite_store *s = calloc(1, sizeof(*s));
	int rc = -ENOMEM;

	*sp = NULL;
	if (!s) {
		snprintf(why, size, "out of memory");
		return rc;
	}
	s->st.ops = &sqlite_ops;
	rc = open_db(s, path);
	if (rc < 0) {
		snprintf(why, size, "the store %s: %s", path, s->st.error);
		sqlite_close(&s->st);
		return rc;
	}
	*sp = &s->st;
	return 0;
}
