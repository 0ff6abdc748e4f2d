// SPDX-License-Identifier: GPL-2.0
/*
 * The SQLite store: addresses that a DHCP server has given to MACs.
 */
#include "store_sqlite.h"

#include <errno.h>
#include <string.h>

int sqlite_lease_put(struct store *st, const struct lease *l, int64_t import)
{
	sqlite3_stmt *q = sql_get(st, SQL_LEASE_PUT,
				  "INSERT OR REPLACE INTO lease (client, mac, ends, import)"
				  " VALUES (?, ?, ?, ?)");
	char mac[ADDR_STRLEN];
	int rc = sql_bind(st, q, "asii", &l->client, mac_format(&l->mac, mac), l->ends, import);

	return rc < 0 ? rc : sql_run(st, q);
}

static void lease_row(sqlite3_stmt *q, struct lease *l)
{
	char mac[ADDR_STRLEN];

	memset(l, 0, sizeof(*l));
	sql_addr(q, 0, &l->client);
	sql_text(q, 1, mac, sizeof(mac));
	if (mac_parse(&l->mac, mac) == 0)
		l->ends = sqlite3_column_int64(q, 2);
}

int sqlite_lease_get(struct store *st, const struct addr *client, struct lease *l)
{
	sqlite3_stmt *q =
		sql_get(st, SQL_LEASE_GET, "SELECT client, mac, ends FROM lease WHERE client = ?");
	int rc = sql_bind(st, q, "a", client);

	rc = sql_one(st, q, rc);
	if (rc < 0)
		return rc;
	lease_row(q, l);
	sqlite3_reset(q);
	return 0;
}

int sqlite_lease_del(struct store *st, const struct addr *client)
{
	sqlite3_stmt *q = sql_get(st, SQL_LEASE_DEL, "DELETE FROM lease WHERE client = ?");
	int rc = sql_bind(st, q, "a", client);

	return rc < 0 ? rc : sql_run(st, q);
}

int sqlite_lease_list(struct store *st, const struct addr *after, unsigned int limit,
		      store_lease_cb cb, void *arg)
{
	sqlite3_stmt *q = sql_get(st, SQL_LEASE_LIST,
				  "SELECT client, mac, ends FROM lease WHERE client > ?"
				  " ORDER BY client LIMIT ?");
	char client[ADDR_STRLEN] = "";
	struct lease l;
	int rc;

	if (after->family)
		addr_format(after, client);
	rc = sql_bind(st, q, "si", client, NUM(limit));
	if (rc < 0)
		return rc;
	while ((rc = sql_step(st, q)) == 1) {
		lease_row(q, &l);
		rc = cb(&l, arg);
		if (rc)
			break;
	}
	sqlite3_reset(q);
	return rc;
}

static int delete_some(struct store *st, sqlite3_stmt *q, int64_t what, unsigned int limit)
{
	int rc = sql_bind(st, q, "ii", what, limit ? NUM(limit) : NUM(-1));

	if (rc == 0)
		rc = sql_run(st, q);
	return rc < 0 ? rc : (int)sql_changes(st);
}

int sqlite_lease_keep(struct store *st, int64_t import, unsigned int limit)
{
	return delete_some(st,
			   sql_get(st, SQL_LEASE_KEEP,
				   "DELETE FROM lease WHERE client IN"
				   " (SELECT client FROM lease WHERE import != ? LIMIT ?)"),
			   import, limit);
}

int sqlite_lease_purge(struct store *st, int64_t before, unsigned int limit)
{
	return delete_some(st,
			   sql_get(st, SQL_LEASE_PURGE,
				   "DELETE FROM lease WHERE client IN"
				   " (SELECT client FROM lease WHERE ends < ? LIMIT ?)"),
			   before, limit);
}
