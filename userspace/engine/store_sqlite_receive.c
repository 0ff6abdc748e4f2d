// SPDX-License-Identifier: GPL-2.0
/*
 * The SQLite store: lists of waiting clients that other routers handed to us.
 */
#include "store_sqlite.h"

#include <errno.h>
#include <string.h>

int sqlite_outage_origin(struct store *st, struct outage *o)
{
	/* origin != '': or the index, which has no others, would not be used */
	sqlite3_stmt *q = sql_get(st, SQL_OUTAGE_ORIGIN,
				  "SELECT " OUTAGE_COLUMNS " FROM outage WHERE origin = ?"
				  " AND origin != '' AND origin_id = ? AND origin_list = ?"
				  " AND began = ?");
	int rc = sql_bind(st, q, "siii", o->origin, NUM(o->origin_id), NUM(o->origin_list),
			  o->began);

	rc = sql_one(st, q, rc);
	if (rc < 0)
		return rc;
	sql_outage(q, 0, o);
	sqlite3_reset(q);
	return 0;
}

int sqlite_list_put(struct store *st, const struct list *l)
{
	sqlite3_stmt *q = sql_get(st, SQL_LIST_PUT,
				  "INSERT INTO list (outage, router, name, state, parts, clients,"
				  " got, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
				  " ON CONFLICT (outage) DO UPDATE SET state = excluded.state,"
				  " got = excluded.got, at = excluded.at");
	int rc = sql_bind(st, q, "issiiiii", NUM(l->outage), l->router, l->name, NUM(l->state),
			  NUM(l->parts), NUM(l->clients), NUM(l->got), l->at);

	return rc < 0 ? rc : sql_run(st, q);
}

#define LIST_COLUMNS                                                                 \
	"list.outage, list.router, list.name, list.state, list.parts, list.clients," \
	" list.got, list.at"
#define N_LIST_COLUMNS 8
/* Rows of lists: the list, how many parts came, the outage. */
#define LIST_SELECT                                                      \
	"SELECT " LIST_COLUMNS ", (SELECT count(*) FROM list_part WHERE" \
	" list_part.outage = list.outage), " OUTAGE_COLUMNS              \
	" FROM list JOIN outage ON outage.id = list.outage WHERE "

static void list_row(sqlite3_stmt *q, struct list *l)
{
	memset(l, 0, sizeof(*l));
	l->outage = sqlite3_column_int64(q, 0);
	sql_text(q, 1, l->router, sizeof(l->router));
	sql_text(q, 2, l->name, sizeof(l->name));
	l->state = sqlite3_column_int(q, 3);
	l->parts = sqlite3_column_int64(q, 4);
	l->clients = sqlite3_column_int64(q, 5);
	l->got = sqlite3_column_int64(q, 6);
	l->at = sqlite3_column_int64(q, 7);
}

int sqlite_list_get(struct store *st, uint64_t outage, struct list *l)
{
	sqlite3_stmt *q =
		sql_get(st, SQL_LIST_GET, "SELECT " LIST_COLUMNS " FROM list WHERE outage = ?");
	int rc = sql_bind(st, q, "i", NUM(outage));

	rc = sql_one(st, q, rc);
	if (rc < 0)
		return rc;
	list_row(q, l);
	sqlite3_reset(q);
	return 0;
}

int sqlite_list_part(struct store *st, uint64_t outage, uint32_t part)
{
	sqlite3_stmt *q = sql_get(st, SQL_LIST_PART,
				  "INSERT OR IGNORE INTO list_part (outage, part) VALUES (?, ?)");
	int rc = sql_bind(st, q, "ii", NUM(outage), NUM(part));

	if (rc == 0)
		rc = sql_run(st, q);
	return rc < 0 ? rc : sql_changes(st) > 0;
}

int sqlite_list_parts(struct store *st, uint64_t outage, uint32_t *n)
{
	sqlite3_stmt *q =
		sql_get(st, SQL_LIST_PARTS, "SELECT count(*) FROM list_part WHERE outage = ?");
	int rc = sql_bind(st, q, "i", NUM(outage));

	if (rc == 0)
		rc = sql_step(st, q);
	if (rc < 0)
		return rc;
	*n = rc == 1 ? sqlite3_column_int64(q, 0) : 0;
	sqlite3_reset(q);
	return 0;
}

/* Hands the rows of @q, bound with @rc, to @cb. */
static int list_rows(struct store *st, sqlite3_stmt *q, int rc, store_list_cb cb, void *arg)
{
	struct list l;
	struct outage o;

	if (rc < 0)
		return rc;
	while ((rc = sql_step(st, q)) == 1) {
		list_row(q, &l);
		l.n_parts = sqlite3_column_int64(q, N_LIST_COLUMNS);
		sql_outage(q, N_LIST_COLUMNS + 1, &o);
		rc = cb(&l, &o, arg);
		if (rc)
			break;
	}
	sqlite3_reset(q);
	return rc;
}

int sqlite_list_list(struct store *st, uint64_t after, unsigned int limit, store_list_cb cb,
		     void *arg)
{
	sqlite3_stmt *q = sql_get(st, SQL_LIST_LIST,
				  LIST_SELECT "list.outage > ? ORDER BY list.outage LIMIT ?");
	int rc = sql_bind(st, q, "ii", NUM(after), NUM(limit));

	return list_rows(st, q, rc, cb, arg);
}

int sqlite_list_promised(struct store *st, const char *origin, uint64_t *clients)
{
	/* The lists that are not released are few, the outages of a section many. */
	sqlite3_stmt *q = sql_get(st, SQL_LIST_PROMISED,
				  "SELECT sum(list.clients) FROM list INDEXED BY list_unreleased"
				  " CROSS JOIN outage ON outage.id = list.outage"
				  " WHERE list.state != 1 AND outage.origin = ?");
	int rc = sql_bind(st, q, "s", origin);

	if (rc == 0)
		rc = sql_step(st, q);
	if (rc < 0)
		return rc;
	*clients = rc == 1 ? sqlite3_column_int64(q, 0) : 0;
	sqlite3_reset(q);
	return 0;
}

int sqlite_list_stale(struct store *st, enum list_state state, int64_t before, unsigned int limit,
		      store_list_cb cb, void *arg)
{
	sqlite3_stmt *q = sql_get(st, SQL_LIST_STALE,
				  LIST_SELECT "list.state = ? AND list.state != 1"
					      " AND list.at < ? LIMIT ?");
	int rc = sql_bind(st, q, "iii", NUM(state), before, NUM(limit));

	return list_rows(st, q, rc, cb, arg);
}

/* Outages of the service of ?1 that were not over when it began. */
#define OVERLAPPING                                                                            \
	"FROM outage INDEXED BY outage_ended WHERE ended >= ?5 AND server = ?2 AND proto = ?3" \
	" AND port = ?4 AND id != ?1"

/* Whoever waited is told now, or (told 0) was told of the same by another outage. */
static int waiters_told(struct store *st, const struct outage *o, int64_t now)
{
	sqlite3_stmt *q = sql_get(
		st, SQL_LIST_TOLD,
		/* By the client, from the first of these outages on: what it was told before
		 * may be much. They are looked for once, the + keeps it so. */
		"UPDATE waiter SET state = ?8, told = CASE WHEN EXISTS (SELECT 1 FROM waiter AS"
		" other INDEXED BY waiter_told WHERE other.client = waiter.client AND"
		" other.told > 0 AND other.outage >= (SELECT min(id) " OVERLAPPING ")"
		" AND +other.outage IN (SELECT id " OVERLAPPING ")) THEN 0 ELSE ?6 END"
		" WHERE outage = ?1 AND state = ?7");
	int rc = sql_bind(st, q, "iaiiiiii", NUM(o->id), &o->service.server, NUM(o->service.proto),
			  NUM(o->service.port), o->began, now, NUM(WAITER_WAITING),
			  NUM(WAITER_NOTIFIED));

	return rc < 0 ? rc : sql_run(st, q);
}

int sqlite_list_release(struct store *st, const struct outage *o, int64_t now, int64_t due,
			struct list_told *n)
{
	sqlite3_stmt *q;
	int rc = waiters_told(st, o, now);

	if (rc < 0)
		return rc;
	q = sql_get(st, SQL_LIST_DUE,
		    "UPDATE notice SET due = ?2, created = ?3 WHERE outage = ?1 AND due = ?4 AND"
		    " (SELECT told FROM waiter WHERE waiter.outage = ?1 AND"
		    " waiter.client = notice.client) = ?3");
	rc = sql_bind(st, q, "iiii", NUM(o->id), due, now, NOTICE_HELD);
	if (rc == 0)
		rc = sql_run(st, q);
	if (rc < 0)
		return rc;
	n->told = sql_changes(st);
	q = sql_get(st, SQL_LIST_SPARED, "DELETE FROM notice WHERE outage = ? AND due = ?");
	rc = sql_bind(st, q, "ii", NUM(o->id), NOTICE_HELD);
	if (rc == 0)
		rc = sql_run(st, q);
	n->spared = sql_changes(st);
	return rc;
}
