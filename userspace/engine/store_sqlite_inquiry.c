// SPDX-License-Identifier: GPL-2.0
/*
 * The SQLite store: what clients answered, how often was asked, who is to be left
 * alone.
 */
#include "store_sqlite.h"

#include <errno.h>
#include <string.h>

int sqlite_answer_put(struct store *st, const struct answer *a)
{
	sqlite3_stmt *q = sql_get(st, SQL_ANSWER_PUT,
				  "INSERT OR REPLACE INTO choice (outage, client, choice, mail,"
				  " lang, confirmed, at) VALUES (?, ?, ?, ?, ?, ?, ?)");
	int rc = sql_bind(st, q, "iaissii", NUM(a->outage), &a->client, NUM(a->choice), a->mail,
			  a->lang, NUM(a->confirmed), a->at);

	return rc < 0 ? rc : sql_run(st, q);
}

int sqlite_answer_get(struct store *st, uint64_t outage, const struct addr *client,
		      struct answer *a)
{
	sqlite3_stmt *q = sql_get(st, SQL_ANSWER_GET,
				  "SELECT choice, mail, lang, confirmed, at FROM choice"
				  " WHERE outage = ? AND client = ?");
	int rc = sql_bind(st, q, "ia", NUM(outage), client);

	rc = sql_one(st, q, rc);
	if (rc < 0)
		return rc;
	memset(a, 0, sizeof(*a));
	a->outage = outage;
	a->client = *client;
	a->choice = sqlite3_column_int(q, 0);
	sql_text(q, 1, a->mail, sizeof(a->mail));
	sql_text(q, 2, a->lang, sizeof(a->lang));
	a->confirmed = sqlite3_column_int(q, 3);
	a->at = sqlite3_column_int64(q, 4);
	sqlite3_reset(q);
	return 0;
}

int sqlite_answer_del(struct store *st, uint64_t outage, const struct addr *client)
{
	sqlite3_stmt *q =
		sql_get(st, SQL_ANSWER_DEL, "DELETE FROM choice WHERE outage = ? AND client = ?");
	int rc = sql_bind(st, q, "ia", NUM(outage), client);

	return rc < 0 ? rc : sql_run(st, q);
}

int sqlite_asked_put(struct store *st, const struct asked *a)
{
	sqlite3_stmt *q = sql_get(st, SQL_ASKED_PUT,
				  "INSERT INTO asked (at, client, address) VALUES (?, ?, ?)");
	int rc = sql_bind(st, q, "iss", a->at, a->client, a->address);

	return rc < 0 ? rc : sql_run(st, q);
}

int sqlite_asked_count(struct store *st, const char *client, const char *address, int64_t since,
		       unsigned int *n)
{
	sqlite3_stmt *q;
	int rc;

	/* A statement for each, so that each has its index. */
	if (client)
		q = sql_get(st, SQL_ASKED_OF_CLIENT,
			    "SELECT count(*) FROM asked WHERE at > ? AND client = ?");
	else if (address)
		q = sql_get(st, SQL_ASKED_OF_ADDRESS,
			    "SELECT count(*) FROM asked WHERE at > ? AND address = ?");
	else
		q = sql_get(st, SQL_ASKED_COUNT, "SELECT count(*) FROM asked WHERE at > ?");
	rc = sql_bind(st, q, client || address ? "is" : "i", since, client ? client : address);
	if (rc == 0)
		rc = sql_step(st, q);
	if (rc < 0)
		return rc;
	*n = rc == 1 ? sqlite3_column_int64(q, 0) : 0;
	sqlite3_reset(q);
	return 0;
}

int sqlite_asked_purge(struct store *st, int64_t before, int64_t now)
{
	sqlite3_stmt *q = sql_get(st, SQL_ASKED_PURGE, "DELETE FROM asked WHERE at < ? OR at > ?");
	int rc = sql_bind(st, q, "ii", before, now);

	return rc < 0 ? rc : sql_run(st, q);
}

int sqlite_suppressed_put(struct store *st, const char *address, int64_t at)
{
	sqlite3_stmt *q = sql_get(st, SQL_SUPPRESSED_PUT,
				  "INSERT OR IGNORE INTO suppressed (address, at) VALUES (?, ?)");
	int rc = sql_bind(st, q, "si", address, at);

	return rc < 0 ? rc : sql_run(st, q);
}

int sqlite_suppressed_get(struct store *st, const char *address)
{
	sqlite3_stmt *q =
		sql_get(st, SQL_SUPPRESSED_GET, "SELECT 1 FROM suppressed WHERE address = ?");
	int rc = sql_bind(st, q, "s", address);

	if (rc == 0)
		rc = sql_step(st, q);
	if (rc == 1)
		sqlite3_reset(q);
	return rc;
}

int sqlite_suppressed_del(struct store *st, const char *address)
{
	sqlite3_stmt *q =
		sql_get(st, SQL_SUPPRESSED_DEL, "DELETE FROM suppressed WHERE address = ?");
	int rc = sql_bind(st, q, "s", address);

	if (rc == 0)
		rc = sql_run(st, q);
	return rc < 0 ? rc : sql_changes(st) ? 0 : -ENOENT;
}
