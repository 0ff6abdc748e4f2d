// SPDX-License-Identifier: GPL-2.0
/*
 * The SQLite store: outages, their waiters, and what we know of the kernel.
 */
#include "store_sqlite.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* --- meta, watches --------------------------------------------------------- */

int sqlite_meta_get(struct store *st, const char *key, char *value, size_t size)
{
	sqlite3_stmt *q = sql_get(st, SQL_META_GET, "SELECT value FROM meta WHERE key = ?");
	int rc = sql_bind(st, q, "s", key);

	rc = sql_one(st, q, rc);
	if (rc < 0)
		return rc;
	sql_text(q, 0, value, size);
	sqlite3_reset(q);
	return 0;
}

int sqlite_meta_put(struct store *st, const char *key, const char *value)
{
	sqlite3_stmt *q = sql_get(st, SQL_META_PUT,
				  "INSERT INTO meta (key, value) VALUES (?, ?)"
				  " ON CONFLICT (key) DO UPDATE SET value = excluded.value");
	int rc = sql_bind(st, q, "ss", key, value);

	return rc < 0 ? rc : sql_run(st, q);
}

int sqlite_watch_put(struct store *st, const char *name, bool ours)
{
	sqlite3_stmt *q = sql_get(st, SQL_WATCH_PUT,
				  "INSERT INTO watch (name, ours) VALUES (?, ?)"
				  " ON CONFLICT (name) DO UPDATE SET ours = excluded.ours");
	int rc = sql_bind(st, q, "si", name, NUM(ours));

	return rc < 0 ? rc : sql_run(st, q);
}

int sqlite_watch_del(struct store *st, const char *name)
{
	sqlite3_stmt *q = sql_get(st, SQL_WATCH_DEL, "DELETE FROM watch WHERE name = ?");
	int rc = sql_bind(st, q, "s", name);

	return rc < 0 ? rc : sql_run(st, q);
}

int sqlite_watch_list(struct store *st, store_name_cb cb, void *arg)
{
	sqlite3_stmt *q = sql_get(st, SQL_WATCH_LIST, "SELECT name, ours FROM watch");
	char name[RINGBACK_WATCH_NAME_MAX + 1];
	int rc;

	if (!q)
		return -EIO;
	while ((rc = sql_step(st, q)) == 1) {
		sql_text(q, 0, name, sizeof(name));
		rc = cb(name, sqlite3_column_int(q, 1), arg);
		if (rc)
			break;
	}
	sqlite3_reset(q);
	return rc;
}

/* --- outages --------------------------------------------------------------- */

void sql_outage(sqlite3_stmt *q, int col, struct outage *o)
{
	memset(o, 0, sizeof(*o));
	o->id = sqlite3_column_int64(q, col);
	sql_addr(q, col + 1, &o->service.server);
	o->service.proto = sqlite3_column_int(q, col + 2);
	o->service.port = sqlite3_column_int(q, col + 3);
	sql_text(q, col + 4, o->watch, sizeof(o->watch));
	o->reason = sqlite3_column_int(q, col + 5);
	o->evidence = sqlite3_column_int(q, col + 6);
	sql_text(q, col + 7, o->detail, sizeof(o->detail));
	o->began = sqlite3_column_int64(q, col + 8);
	o->ended = sqlite3_column_int64(q, col + 9);
	o->proven = sqlite3_column_int64(q, col + 10);
	sql_text(q, col + 11, o->origin, sizeof(o->origin));
	o->origin_id = sqlite3_column_int64(q, col + 12);
	o->origin_list = sqlite3_column_int64(q, col + 13);
	o->lossy = sqlite3_column_int(q, col + 14);
}

int sqlite_outage_put(struct store *st, struct outage *o)
{
	sqlite3_stmt *q;
	int rc;

	if (o->id)
		q = sql_get(st, SQL_OUTAGE_SET,
			    "UPDATE outage SET server = ?, proto = ?, port = ?, watch = ?,"
			    " reason = ?, evidence = ?, detail = ?, began = ?, ended = ?,"
			    " proven = ?, origin = ?, origin_id = ?, origin_list = ?,"
			    " lossy = ? WHERE id = ?");
	else
		q = sql_get(st, SQL_OUTAGE_NEW,
			    "INSERT INTO outage (server, proto, port, watch, reason, evidence,"
			    " detail, began, ended, proven, origin, origin_id,"
			    " origin_list, lossy, id)"
			    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
	rc = sql_bind(st, q, "aiisiisizisiiiz", &o->service.server, NUM(o->service.proto),
		      NUM(o->service.port), o->watch, NUM(o->reason), NUM(o->evidence), o->detail,
		      o->began, o->ended, o->proven, o->origin, NUM(o->origin_id),
		      NUM(o->origin_list), NUM(o->lossy), NUM(o->id));
	if (rc == 0)
		rc = sql_run(st, q);
	if (rc == 0 && !o->id)
		o->id = sql_last_id(st);
	return rc;
}

int sqlite_outage_get(struct store *st, uint64_t id, struct outage *o)
{
	sqlite3_stmt *q =
		sql_get(st, SQL_OUTAGE_GET, "SELECT " OUTAGE_COLUMNS " FROM outage WHERE id = ?");
	int rc = sql_bind(st, q, "i", NUM(id));

	rc = sql_one(st, q, rc);
	if (rc < 0)
		return rc;
	sql_outage(q, 0, o);
	sqlite3_reset(q);
	return 0;
}

int sqlite_outage_latest(struct store *st, const struct service *s, struct outage *o)
{
	sqlite3_stmt *q = sql_get(st, SQL_OUTAGE_LATEST,
				  "SELECT " OUTAGE_COLUMNS " FROM outage WHERE server = ? AND"
				  " proto = ? AND port = ? AND origin = '' ORDER BY id DESC"
				  " LIMIT 1");
	int rc = sql_bind(st, q, "aii", &s->server, NUM(s->proto), NUM(s->port));

	rc = sql_one(st, q, rc);
	if (rc < 0)
		return rc;
	sql_outage(q, 0, o);
	sqlite3_reset(q);
	return 0;
}

#define OUTAGE_WAITERS "(SELECT count(*) FROM waiter WHERE waiter.outage = outage.id)"

int sqlite_outage_list(struct store *st, const struct outage_query *p, store_outage_cb cb,
		       void *arg)
{
	struct outage o;
	sqlite3_stmt *q;
	int rc;

	if (p->open_only)
		q = sql_get(st, SQL_OUTAGE_OPEN,
			    "SELECT " OUTAGE_COLUMNS ", 0 FROM outage WHERE ended IS NULL"
			    " AND origin = '' AND id > ? ORDER BY id LIMIT ?");
	else if (p->since)
		q = sql_get(st, SQL_OUTAGE_SINCE,
			    "SELECT " OUTAGE_COLUMNS ", " OUTAGE_WAITERS
			    " FROM outage WHERE ended IS NULL OR ended >= ?"
			    " ORDER BY id DESC LIMIT ?");
	else
		q = sql_get(st, SQL_OUTAGE_LIST,
			    "SELECT " OUTAGE_COLUMNS ", " OUTAGE_WAITERS
			    " FROM outage WHERE id > ? ORDER BY id LIMIT ?");
	rc = sql_bind(st, q, "ii", p->since ? p->since : NUM(p->after), NUM(p->limit));
	if (rc < 0)
		return rc;
	while ((rc = sql_step(st, q)) == 1) {
		sql_outage(q, 0, &o);
		o.n_waiters = sqlite3_column_int64(q, N_OUTAGE_COLUMNS);
		rc = cb(&o, arg);
		if (rc)
			break;
	}
	sqlite3_reset(q);
	return rc;
}

/* Runs @q, bound with @rc, and counts @left down by what it deleted. */
static int sql_delete(struct store *st, sqlite3_stmt *q, int rc, unsigned int *left)
{
	if (rc == 0)
		rc = sql_run(st, q);
	if (rc == 0)
		*left -= (unsigned int)sql_changes(st);
	return rc;
}

/* What hangs on an outage may be much: deleting it all at once would stop the engine. */
static int outage_shrink(struct store *st, uint64_t id, unsigned int *left)
{
	static const struct {
		enum sql_id which;
		const char *text;
	} hanging[] = {
		{ SQL_OUTAGE_NOTICES, "DELETE FROM notice WHERE id IN"
				      " (SELECT id FROM notice WHERE outage = ?1 LIMIT ?2)" },
		{ SQL_OUTAGE_WAITERS, "DELETE FROM waiter WHERE outage = ?1 AND client IN"
				      " (SELECT client FROM waiter WHERE outage = ?1 LIMIT ?2)" },
		{ SQL_OUTAGE_CHOICES, "DELETE FROM choice WHERE outage = ?1 AND client IN"
				      " (SELECT client FROM choice WHERE outage = ?1 LIMIT ?2)" },
		{ SQL_OUTAGE_PARTS, "DELETE FROM list_part WHERE outage = ?1 AND part IN"
				    " (SELECT part FROM list_part WHERE outage = ?1 LIMIT ?2)" },
	};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof(hanging) / sizeof(*hanging); i++) {
		sqlite3_stmt *q = sql_get(st, hanging[i].which, hanging[i].text);

		rc = sql_delete(st, q, sql_bind(st, q, "ii", NUM(id), NUM(*left)), left);
	}
	return rc;
}

static int outage_del(struct store *st, uint64_t id, unsigned int *left)
{
	sqlite3_stmt *q;
	int rc = outage_shrink(st, id, left);

	if (rc < 0 || !*left)
		return rc < 0 ? rc : 1;
	q = sql_get(st, SQL_OUTAGE_DEL, "DELETE FROM outage WHERE id = ?");
	return sql_delete(st, q, sql_bind(st, q, "i", NUM(id)), left);
}

int sqlite_outage_del(struct store *st, uint64_t id, unsigned int limit)
{
	return outage_del(st, id, &limit);
}

/*
 * The first to be deleted that ended after *@o, or as it did and has a higher id, into *@o.
 * 1; 0: none; -errno. One at a time: what is looked through is no more than is deleted then.
 */
static int outage_old(struct store *st, int64_t before, int64_t heard, struct outage *o)
{
	sqlite3_stmt *q = sql_get(
		st, SQL_OUTAGE_PURGE,
		"SELECT id, ended FROM outage WHERE ended < ?1 AND (ended, id) > (?3, ?4)"
		" AND NOT EXISTS (SELECT 1 FROM list WHERE list.outage = outage.id"
		"  AND max(list.at, outage.ended) >= ?2)"
		" AND NOT EXISTS (SELECT 1 FROM handover WHERE handover.outage = outage.id"
		"  AND handover.done = 0)"
		" AND NOT EXISTS (SELECT 1 FROM notice LEFT JOIN message"
		"  ON message.id = notice.message WHERE notice.outage = outage.id"
		"  AND (message.state = ?5 OR (notice.message IS NULL AND notice.due < ?6)))"
		" AND NOT EXISTS (SELECT 1 FROM waiter INDEXED BY waiter_unknown"
		"  WHERE waiter.outage = outage.id AND mail = '' AND state IN (0, 6) AND state = ?7)"
		" ORDER BY ended, id LIMIT 1");
	int rc = sql_bind(st, q, "iiiiiii", before, heard, o->ended, NUM(o->id),
			  NUM(MESSAGE_QUEUED), NOTICE_HELD, NUM(WAITER_ASKING));

	if (rc == 0)
		rc = sql_step(st, q);
	if (rc < 1)
		return rc;
	o->id = sqlite3_column_int64(q, 0);
	o->ended = sqlite3_column_int64(q, 1);
	sqlite3_reset(q);
	return 1;
}

int sqlite_outage_purge(struct store *st, int64_t before, int64_t heard, unsigned int limit)
{
	struct outage o = { 0 };
	sqlite3_stmt *q;
	int rc = 1;

	while (limit && (rc = outage_old(st, before, heard, &o)) == 1)
		if ((rc = outage_del(st, o.id, &limit)))
			return rc;
	if (rc < 0)
		return rc;
	q = sql_get(st, SQL_MESSAGE_PURGE,
		    "DELETE FROM message WHERE id IN (SELECT id FROM message WHERE created < ?1"
		    " AND state != ?3"
		    " AND NOT EXISTS (SELECT 1 FROM notice WHERE notice.message = message.id)"
		    " LIMIT ?2)");
	rc = sql_delete(st, q, sql_bind(st, q, "iii", before, NUM(limit), NUM(MESSAGE_QUEUED)),
			&limit);
	return rc < 0 ? rc : !limit;
}

/* --- waiters --------------------------------------------------------------- */

#define WAITER_COLUMNS                                                                    \
	"waiter.outage, waiter.client, waiter.state, waiter.reason, waiter.attempts,"     \
	" waiter.first, waiter.last, waiter.told, waiter.mac, waiter.mail, waiter.watch," \
	" waiter.in_kernel"
#define N_WAITER_COLUMNS 12

/* Rows of lists: the waiter, its outage, its choice. */
#define WAITER_SELECT                                                               \
	"SELECT " WAITER_COLUMNS ", " OUTAGE_COLUMNS ", (SELECT choice FROM choice" \
	" WHERE choice.outage = waiter.outage AND choice.client = waiter.client)"   \
	" FROM waiter JOIN outage ON outage.id = waiter.outage WHERE "

static void waiter_row(sqlite3_stmt *q, struct waiter *w)
{
	char mac[ADDR_STRLEN];

	memset(w, 0, sizeof(*w));
	w->outage = sqlite3_column_int64(q, 0);
	sql_addr(q, 1, &w->client);
	w->state = sqlite3_column_int(q, 2);
	w->reason = sqlite3_column_int(q, 3);
	w->attempts = sqlite3_column_int64(q, 4);
	w->first = sqlite3_column_int64(q, 5);
	w->last = sqlite3_column_int64(q, 6);
	w->told = sqlite3_column_int64(q, 7);
	sql_text(q, 8, mac, sizeof(mac));
	w->has_mac = mac[0] && mac_parse(&w->mac, mac) == 0;
	sql_text(q, 9, w->mail, sizeof(w->mail));
	sql_text(q, 10, w->watch, sizeof(w->watch));
	w->in_kernel = sqlite3_column_int(q, 11);
}

int sqlite_waiter_put(struct store *st, const struct waiter *w)
{
	sqlite3_stmt *q = sql_get(st, SQL_WAITER_PUT,
				  "INSERT INTO waiter (outage, client, state, reason, attempts,"
				  " first, last, told, mac, mail, watch, in_kernel)"
				  " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
				  " ON CONFLICT (outage, client) DO UPDATE SET"
				  " state = excluded.state, reason = excluded.reason,"
				  " attempts = excluded.attempts, first = excluded.first,"
				  " last = excluded.last, told = excluded.told,"
				  " mac = excluded.mac, mail = excluded.mail,"
				  " watch = excluded.watch, in_kernel = excluded.in_kernel");
	char mac[ADDR_STRLEN];
	int rc;

	rc = sql_bind(st, q, "iaiiiiiisssi", NUM(w->outage), &w->client, NUM(w->state),
		      NUM(w->reason), NUM(w->attempts), w->first, w->last, w->told,
		      w->has_mac ? mac_format(&w->mac, mac) : NULL, w->mail, w->watch,
		      NUM(w->in_kernel));
	return rc < 0 ? rc : sql_run(st, q);
}

int sqlite_waiter_get(struct store *st, uint64_t outage, const struct addr *client,
		      struct waiter *w)
{
	sqlite3_stmt *q = sql_get(st, SQL_WAITER_GET,
				  "SELECT " WAITER_COLUMNS " FROM waiter WHERE outage = ? AND"
				  " client = ?");
	int rc = sql_bind(st, q, "ia", NUM(outage), client);

	rc = sql_one(st, q, rc);
	if (rc < 0)
		return rc;
	waiter_row(q, w);
	sqlite3_reset(q);
	return 0;
}

#define WAITER_AFTER                                                           \
	"(waiter.outage, waiter.client) > (?1, ?2) AND (?3 < 0 OR state = ?3)" \
	" AND (?5 IS NULL OR outage.server = ?5) AND (?6 IS NULL OR waiter.client = ?6)"
#define WAITER_PAGE " ORDER BY 1, 2 LIMIT ?4" /* outage, client */

/* By the client, else by the outages of the server, so that each has its index; else all. */
static sqlite3_stmt *waiter_search(struct store *st, const struct waiter_query *p)
{
	if (p->client.family)
		return sql_get(st, SQL_WAITER_OF_CLIENT,
			       WAITER_SELECT WAITER_AFTER " AND waiter.client = ?6" WAITER_PAGE);
	/* The rest of the outage that the cursor is in, and later ones: what was listed before
	 * is not looked at. */
	if (p->server.family)
		return sql_get(
			st, SQL_WAITER_OF_SERVER,
			WAITER_SELECT WAITER_AFTER
			" AND waiter.outage = ?1 AND waiter.client > ?2"
			" UNION ALL " WAITER_SELECT WAITER_AFTER " AND waiter.outage IN"
			" (SELECT id FROM outage WHERE server = ?5 AND id > ?1)" WAITER_PAGE);
	return sql_get(st, SQL_WAITER_LIST, WAITER_SELECT WAITER_AFTER WAITER_PAGE);
}

static sqlite3_stmt *waiter_select(struct store *st, const struct waiter_query *p, int *rc)
{
	char client[ADDR_STRLEN] = "";
	sqlite3_stmt *q;

	if (p->after_client.family)
		addr_format(&p->after_client, client);
	if (p->outage) {
		q = sql_get(st, SQL_WAITER_OF,
			    WAITER_SELECT
			    "waiter.outage = ?1 AND waiter.client > ?2 AND (?3 < 0 OR state = ?3)"
			    " ORDER BY waiter.client LIMIT ?4");
		*rc = sql_bind(st, q, "isii", NUM(p->outage), client, NUM(p->state), NUM(p->limit));
		return q;
	}
	q = waiter_search(st, p);
	*rc = sql_bind(st, q, "isiiaa", NUM(p->after_outage), client, NUM(p->state), NUM(p->limit),
		       &p->server, &p->client);
	return q;
}

/* Hands the rows of @q, bound with @rc, to @cb. */
static int waiter_rows(struct store *st, sqlite3_stmt *q, int rc, store_waiter_cb cb, void *arg)
{
	struct waiter w;
	struct outage o;

	if (rc < 0)
		return rc;
	while ((rc = sql_step(st, q)) == 1) {
		waiter_row(q, &w);
		sql_outage(q, N_WAITER_COLUMNS, &o);
		w.choice = sqlite3_column_int(q, N_WAITER_COLUMNS + N_OUTAGE_COLUMNS);
		rc = cb(&w, &o, arg);
		if (rc)
			break;
	}
	sqlite3_reset(q);
	return rc;
}

int sqlite_waiter_list(struct store *st, const struct waiter_query *p, store_waiter_cb cb,
		       void *arg)
{
	int rc = 0;
	sqlite3_stmt *q = waiter_select(st, p, &rc);

	return waiter_rows(st, q, rc, cb, arg);
}

int sqlite_waiter_recent(struct store *st, const struct addr *client, int64_t since,
			 unsigned int limit, store_waiter_cb cb, void *arg)
{
	sqlite3_stmt *q = sql_get(st, SQL_WAITER_RECENT,
				  WAITER_SELECT "waiter.client = ? AND (outage.ended IS NULL"
						" OR outage.ended > ?) ORDER BY waiter.outage DESC"
						" LIMIT ?");
	int rc = sql_bind(st, q, "aii", client, since, NUM(limit));

	return waiter_rows(st, q, rc, cb, arg);
}

int sqlite_waiter_count(struct store *st, uint64_t outage, uint32_t *n)
{
	sqlite3_stmt *q = sql_get(st, SQL_WAITER_COUNT,
				  "SELECT count(*) FROM waiter WHERE outage = ? AND state = 0");
	int rc = sql_bind(st, q, "i", NUM(outage));

	if (rc == 0)
		rc = sql_step(st, q);
	if (rc < 0)
		return rc;
	*n = rc == 1 ? sqlite3_column_int64(q, 0) : 0;
	sqlite3_reset(q);
	return 0;
}

int sqlite_waiter_unknown(struct store *st, uint64_t after_outage, const struct addr *after_client,
			  unsigned int limit, store_waiter_cb cb, void *arg)
{
	/* The condition is that of the index waiter_unknown. */
	sqlite3_stmt *q = sql_get(st, SQL_WAITER_UNKNOWN,
				  WAITER_SELECT "waiter.mail = '' AND waiter.state IN (0, 6)"
						" AND (waiter.outage, waiter.client) > (?, ?)"
						" ORDER BY waiter.outage, waiter.client LIMIT ?");
	char client[ADDR_STRLEN] = "";
	int rc;

	if (after_client->family)
		addr_format(after_client, client);
	rc = sql_bind(st, q, "isi", NUM(after_outage), client, NUM(limit));
	return waiter_rows(st, q, rc, cb, arg);
}

int sqlite_waiter_lost(struct store *st, const char *watch)
{
	sqlite3_stmt *q = sql_get(st, SQL_WAITER_LOST,
				  "UPDATE waiter SET in_kernel = 0 WHERE in_kernel AND outage IN"
				  " (SELECT id FROM outage WHERE ended IS NULL)"
				  " AND (?1 IS NULL OR watch = ?1)");
	int rc = sql_bind(st, q, "s", watch);

	return rc < 0 ? rc : sql_run(st, q);
}
