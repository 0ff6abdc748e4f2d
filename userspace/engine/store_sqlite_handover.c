// SPDX-License-Identifier: GPL-2.0
/*
 * The SQLite store: lists that we hand over, and announcements.
 */
#include "store_sqlite.h"

#include <errno.h>
#include <string.h>

void sql_handover(sqlite3_stmt *q, int col, struct handover *h)
{
	memset(h, 0, sizeof(*h));
	h->id = sqlite3_column_int64(q, col);
	h->kind = sqlite3_column_int(q, col + 1);
	h->outage = sqlite3_column_int64(q, col + 2);
	h->route = sqlite3_column_int(q, col + 3);
	sql_text(q, col + 4, h->target, sizeof(h->target));
	h->step = sqlite3_column_int(q, col + 5);
	h->state = sqlite3_column_int(q, col + 6);
	h->list = sqlite3_column_int64(q, col + 7);
	h->part = sqlite3_column_int64(q, col + 8);
	h->parts = sqlite3_column_int64(q, col + 9);
	h->clients = sqlite3_column_int64(q, col + 10);
	h->tries = sqlite3_column_int64(q, col + 11);
	h->code = sqlite3_column_int(q, col + 12);
	sql_text(q, col + 13, h->answer, sizeof(h->answer));
	h->created = sqlite3_column_int64(q, col + 14);
	h->until = sqlite3_column_int64(q, col + 15);
	h->next = sqlite3_column_int64(q, col + 16);
	h->done = sqlite3_column_int64(q, col + 17);
}

int sqlite_handover_put(struct store *st, struct handover *h)
{
	sqlite3_stmt *q;
	int rc;

	if (h->id)
		q = sql_get(st, SQL_HANDOVER_SET,
			    "UPDATE handover SET kind = ?, outage = ?, route = ?, target = ?,"
			    " step = ?, state = ?, list = ?, part = ?, parts = ?, clients = ?,"
			    " tries = ?, code = ?, answer = ?, created = ?, until = ?, next = ?,"
			    " done = ? WHERE id = ?");
	else
		q = sql_get(st, SQL_HANDOVER_NEW,
			    "INSERT INTO handover (kind, outage, route, target, step, state, list,"
			    " part, parts, clients, tries, code, answer, created, until, next,"
			    " done, id)"
			    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
	rc = sql_bind(st, q, "iiisiiiiiiiisiiiiz", NUM(h->kind), NUM(h->outage), NUM(h->route),
		      h->target, NUM(h->step), NUM(h->state), NUM(h->list), NUM(h->part),
		      NUM(h->parts), NUM(h->clients), NUM(h->tries), NUM(h->code), h->answer,
		      h->created, h->until, h->next, h->done, NUM(h->id));
	if (rc == 0)
		rc = sql_run(st, q);
	if (rc == 0 && !h->id)
		h->id = sql_last_id(st);
	return rc;
}

/* Hands the rows of @q, bound with @rc, to @cb. */
static int handover_rows(struct store *st, sqlite3_stmt *q, int rc, store_handover_cb cb, void *arg)
{
	struct handover h;

	if (rc < 0)
		return rc;
	while ((rc = sql_step(st, q)) == 1) {
		sql_handover(q, 0, &h);
		rc = cb(&h, arg);
		if (rc)
			break;
	}
	sqlite3_reset(q);
	return rc;
}

/* The one row of @q, bound with @rc. */
static int handover_one(struct store *st, sqlite3_stmt *q, int rc, struct handover *h)
{
	rc = sql_one(st, q, rc);
	if (rc < 0)
		return rc;
	sql_handover(q, 0, h);
	sqlite3_reset(q);
	return 0;
}

int sqlite_handover_get(struct store *st, uint64_t id, struct handover *h)
{
	sqlite3_stmt *q = sql_get(st, SQL_HANDOVER_GET,
				  "SELECT " HANDOVER_COLUMNS " FROM handover WHERE id = ?");
	int rc = sql_bind(st, q, "i", NUM(id));

	return handover_one(st, q, rc, h);
}

int sqlite_handover_gathering(struct store *st, uint64_t outage, uint8_t step, struct handover *h)
{
	sqlite3_stmt *q = sql_get(st, SQL_HANDOVER_GATHERING,
				  "SELECT " HANDOVER_COLUMNS " FROM handover WHERE outage = ? AND"
				  " step = ? AND state = 0 AND done = 0 ORDER BY id DESC LIMIT 1");
	int rc = sql_bind(st, q, "ii", NUM(outage), NUM(step));

	return handover_one(st, q, rc, h);
}

int sqlite_handover_due(struct store *st, int64_t now, unsigned int limit, store_handover_cb cb,
			void *arg)
{
	sqlite3_stmt *q =
		sql_get(st, SQL_HANDOVER_DUE,
			"SELECT " HANDOVER_COLUMNS " FROM handover INDEXED BY handover_next WHERE"
			" done = 0 AND next <= ? AND (kind = 0 OR NOT EXISTS (SELECT 1 FROM"
			" handover AS before WHERE before.outage = handover.outage AND"
			" before.route = handover.route AND before.target = handover.target AND"
			" before.kind != 0 AND before.done = 0 AND before.id < handover.id))"
			" ORDER BY next, id LIMIT ?");
	int rc = sql_bind(st, q, "ii", now, NUM(limit));

	return handover_rows(st, q, rc, cb, arg);
}

int sqlite_handover_next(struct store *st, int64_t now, int64_t *when)
{
	sqlite3_stmt *q = sql_get(st, SQL_HANDOVER_NEXT,
				  "SELECT min(next) FROM handover INDEXED BY handover_next WHERE"
				  " done = 0 AND next > ?");

	return sql_first_time(st, q, sql_bind(st, q, "i", now), when);
}

int sqlite_handover_clamp(struct store *st, int64_t now, int64_t latest)
{
	/* As handover_clamp() does. */
	sqlite3_stmt *q = sql_get(st, SQL_HANDOVER_CLAMP,
				  "UPDATE handover INDEXED BY handover_next SET next = ?1,"
				  " created = min(created, ?1),"
				  " until = CASE WHEN until IN (0, ?3) THEN until"
				  " ELSE until - max(created - ?1, 0) END"
				  " WHERE done = 0 AND next > ?2");
	int rc = sql_bind(st, q, "iii", now, latest, INT64_MAX);

	if (rc == 0)
		rc = sql_run(st, q);
	return rc < 0 ? rc : (int)sql_changes(st);
}

int sqlite_handover_list(struct store *st, uint64_t after, unsigned int limit, store_handover_cb cb,
			 void *arg)
{
	sqlite3_stmt *q = sql_get(st, SQL_HANDOVER_LIST,
				  "SELECT " HANDOVER_COLUMNS " FROM handover WHERE id > ?"
				  " ORDER BY id LIMIT ?");
	int rc = sql_bind(st, q, "ii", NUM(after), NUM(limit));

	return handover_rows(st, q, rc, cb, arg);
}

int sqlite_handover_said(struct store *st, uint64_t outage, uint8_t route, const char *target,
			 unsigned int limit, store_handover_cb cb, void *arg)
{
	sqlite3_stmt *q = sql_get(st, SQL_HANDOVER_SAID,
				  "SELECT " HANDOVER_COLUMNS " FROM handover WHERE outage = ? AND"
				  " kind != 0 AND route = ? AND target = ? AND state != ?"
				  " ORDER BY id DESC LIMIT ?");
	int rc = sql_bind(st, q, "iisii", NUM(outage), NUM(route), target, NUM(HANDOVER_DROPPED),
			  NUM(limit));

	return handover_rows(st, q, rc, cb, arg);
}

int sqlite_handover_rows(struct store *st, uint64_t id, uint32_t part, store_row_cb cb, void *arg)
{
	sqlite3_stmt *q =
		sql_get(st, SQL_HANDOVER_ROWS,
			"SELECT notice.client, notice.reason, notice.attempts, notice.first,"
			" notice.last, waiter.mac FROM notice LEFT JOIN waiter ON"
			" waiter.outage = notice.outage AND waiter.client = notice.client"
			" WHERE notice.handover = ? AND notice.part = ? ORDER BY notice.id");
	int rc = sql_bind(st, q, "ii", NUM(id), NUM(part));
	char mac[ADDR_STRLEN];
	struct msg_row row;

	if (rc < 0)
		return rc;
	while ((rc = sql_step(st, q)) == 1) {
		memset(&row, 0, sizeof(row));
		sql_addr(q, 0, &row.client);
		row.reason = sqlite3_column_int(q, 1);
		row.attempts = sqlite3_column_int64(q, 2);
		row.first = sqlite3_column_int64(q, 3);
		row.last = sqlite3_column_int64(q, 4);
		sql_text(q, 5, mac, sizeof(mac));
		row.has_mac = mac[0] && mac_parse(&row.mac, mac) == 0;
		rc = cb(&row, arg);
		if (rc)
			break;
	}
	sqlite3_reset(q);
	return rc;
}

int sqlite_handover_backlog(struct store *st, uint8_t route, const char *target, uint64_t *n,
			    int64_t *oldest)
{
	sqlite3_stmt *q = sql_get(st, SQL_HANDOVER_BACKLOG,
				  "SELECT count(*), min(created) FROM handover INDEXED BY"
				  " handover_next WHERE done = 0 AND route = ?1 AND"
				  " (?2 = '' OR target = ?2) AND state != ?3");
	/* An alert that was told and is repeated is under way no more. */
	int rc = sql_bind(st, q, "isi", NUM(route), target, NUM(HANDOVER_SENT));

	if (rc == 0)
		rc = sql_step(st, q);
	if (rc < 0)
		return rc;
	*n = sqlite3_column_int64(q, 0);
	*oldest = sqlite3_column_int64(q, 1);
	sqlite3_reset(q);
	return 0;
}

int sqlite_notice_number(struct store *st, uint64_t id, uint64_t handover, uint32_t part)
{
	sqlite3_stmt *q = sql_get(st, SQL_NOTICE_NUMBER,
				  "UPDATE notice SET handover = ?, part = ? WHERE id = ?");
	int rc = sql_bind(st, q, "iii", NUM(handover), NUM(part), NUM(id));

	return rc < 0 ? rc : sql_run(st, q);
}
