// SPDX-License-Identifier: GPL-2.0
/*
 * The schema of the SQLite store and its history. user_version counts the steps
 * taken; a step, once released, is never changed: the next one is appended.
 *
 * Addresses are text, so that the sqlite3 shell shows what people know; times are
 * nanoseconds since the Epoch.
 */
#include "store_sqlite.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

_Static_assert(LIST_RELEASED == 1, "the index list_unreleased");
_Static_assert(WAITER_WAITING == 0 && WAITER_ASKING == 6, "the index waiter_unknown");

/* "rngb": tells our files from other people's databases. */
#define APPLICATION_ID 0x726e6762

static const char *const steps[] = {
	/* 1: outages, waiters, contacts, the outbox */
	"CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE watch (name TEXT PRIMARY KEY, ours INTEGER NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE outage ("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT, server TEXT NOT NULL, proto INTEGER NOT NULL,"
	"  port INTEGER NOT NULL, watch TEXT NOT NULL, reason INTEGER NOT NULL,"
	"  evidence INTEGER NOT NULL, detail TEXT NOT NULL, began INTEGER NOT NULL,"
	"  ended INTEGER);"
	"CREATE UNIQUE INDEX outage_open ON outage (server, proto, port) WHERE ended IS NULL;"
	"CREATE INDEX outage_service ON outage (server, proto, port, id);"
	"CREATE INDEX outage_ended ON outage (ended) WHERE ended IS NOT NULL;"
	"CREATE TABLE waiter ("
	"  outage INTEGER NOT NULL REFERENCES outage ON DELETE CASCADE, client TEXT NOT NULL,"
	"  state INTEGER NOT NULL, reason INTEGER NOT NULL, attempts INTEGER NOT NULL,"
	"  first INTEGER NOT NULL, last INTEGER NOT NULL, told INTEGER NOT NULL, mac TEXT,"
	"  mail TEXT NOT NULL, watch TEXT NOT NULL, in_kernel INTEGER NOT NULL,"
	"  PRIMARY KEY (outage, client)) WITHOUT ROWID;"
	"CREATE TABLE contact ("
	"  family INTEGER NOT NULL, len INTEGER NOT NULL, bytes BLOB NOT NULL,"
	"  key TEXT NOT NULL, mail TEXT NOT NULL, added INTEGER NOT NULL,"
	"  PRIMARY KEY (family, len, bytes)) WITHOUT ROWID;"
	"CREATE TABLE message ("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT, mail TEXT NOT NULL, message_id TEXT NOT NULL,"
	"  state INTEGER NOT NULL, tries INTEGER NOT NULL, code INTEGER NOT NULL,"
	"  answer TEXT NOT NULL, created INTEGER NOT NULL, next INTEGER NOT NULL,"
	"  done INTEGER NOT NULL);"
	"CREATE INDEX message_queued ON message (next, id) WHERE state = 0;"
	"CREATE INDEX message_mail ON message (mail, created);"
	"CREATE INDEX message_state ON message (state);"
	"CREATE TABLE notice ("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT,"
	"  outage INTEGER NOT NULL REFERENCES outage ON DELETE CASCADE, client TEXT NOT NULL,"
	"  server TEXT NOT NULL, proto INTEGER NOT NULL, port INTEGER NOT NULL,"
	"  mail TEXT NOT NULL, watch TEXT NOT NULL, reason INTEGER NOT NULL,"
	"  evidence INTEGER NOT NULL, attempts INTEGER NOT NULL, first INTEGER NOT NULL,"
	"  last INTEGER NOT NULL, began INTEGER NOT NULL, ended INTEGER NOT NULL,"
	"  created INTEGER NOT NULL, due INTEGER NOT NULL,"
	"  message INTEGER REFERENCES message ON DELETE SET NULL);"
	"CREATE INDEX notice_outage ON notice (outage);"
	"CREATE INDEX notice_due ON notice (due) WHERE message IS NULL;"
	"CREATE INDEX notice_mail ON notice (mail, id) WHERE message IS NULL;"
	"CREATE INDEX notice_message ON notice (message, id) WHERE message IS NOT NULL;",
	/* 2: since when the evidence of an outage counts, also of one that is open */
	"ALTER TABLE outage ADD COLUMN proven INTEGER NOT NULL DEFAULT 0;",
	/* 3: the inquiry: answers, how often was asked, who is left alone; mails to confirm */
	"CREATE TABLE choice ("
	"  outage INTEGER NOT NULL REFERENCES outage ON DELETE CASCADE, client TEXT NOT NULL,"
	"  choice INTEGER NOT NULL, mail TEXT NOT NULL, lang TEXT NOT NULL,"
	"  confirmed INTEGER NOT NULL, at INTEGER NOT NULL,"
	"  PRIMARY KEY (outage, client)) WITHOUT ROWID;"
	"CREATE TABLE asked ("
	"  at INTEGER NOT NULL, client TEXT NOT NULL, address TEXT NOT NULL);"
	"CREATE INDEX asked_at ON asked (at);"
	"CREATE INDEX asked_client ON asked (client, at);"
	"CREATE INDEX asked_address ON asked (address, at);"
	"CREATE TABLE suppressed (address TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;"
	"CREATE INDEX waiter_client ON waiter (client, outage);"
	"ALTER TABLE notice ADD COLUMN lang TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE message ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE message ADD COLUMN outage INTEGER REFERENCES outage ON DELETE CASCADE;"
	"ALTER TABLE message ADD COLUMN client TEXT;"
	"CREATE INDEX message_outage ON message (outage) WHERE outage IS NOT NULL;",
	/* 4: lists handed over, announcements; lists received; addresses leased to MACs */
	"ALTER TABLE outage ADD COLUMN origin TEXT NOT NULL DEFAULT '';" /* receive section */
	"ALTER TABLE outage ADD COLUMN origin_id INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE outage ADD COLUMN origin_list INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE outage ADD COLUMN lossy INTEGER NOT NULL DEFAULT 0;"
	"CREATE UNIQUE INDEX outage_origin ON outage (origin, origin_id, origin_list, began)"
	"  WHERE origin != '';"
	"CREATE TABLE handover ("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT, kind INTEGER NOT NULL,"
	"  outage INTEGER NOT NULL REFERENCES outage ON DELETE CASCADE,"
	"  route INTEGER NOT NULL, target TEXT NOT NULL, step INTEGER NOT NULL,"
	"  state INTEGER NOT NULL, list INTEGER NOT NULL, part INTEGER NOT NULL,"
	"  parts INTEGER NOT NULL, clients INTEGER NOT NULL, tries INTEGER NOT NULL,"
	"  code INTEGER NOT NULL, answer TEXT NOT NULL,"
	"  created INTEGER NOT NULL, until INTEGER NOT NULL, next INTEGER NOT NULL,"
	"  done INTEGER NOT NULL);"
	"CREATE INDEX handover_next ON handover (next, id) WHERE done = 0;"
	"CREATE INDEX handover_outage ON handover (outage);"
	"ALTER TABLE notice ADD COLUMN handover INTEGER REFERENCES handover ON DELETE SET NULL;"
	"ALTER TABLE notice ADD COLUMN part INTEGER NOT NULL DEFAULT 0;"
	"CREATE INDEX notice_handover ON notice (handover, part) WHERE handover IS NOT NULL;"
	"CREATE TABLE list ("
	"  outage INTEGER PRIMARY KEY REFERENCES outage ON DELETE CASCADE,"
	"  router TEXT NOT NULL, name TEXT NOT NULL, state INTEGER NOT NULL,"
	"  parts INTEGER NOT NULL, clients INTEGER NOT NULL, got INTEGER NOT NULL,"
	"  at INTEGER NOT NULL);"
	"CREATE INDEX list_unreleased ON list (state, at) WHERE state != 1;"
	"CREATE INDEX message_created ON message (created);"
	"CREATE TABLE list_part ("
	"  outage INTEGER NOT NULL REFERENCES list ON DELETE CASCADE, part INTEGER NOT NULL,"
	"  PRIMARY KEY (outage, part)) WITHOUT ROWID;"
	"CREATE INDEX waiter_told ON waiter (client, outage) WHERE told > 0;"
	"CREATE INDEX waiter_waiting ON waiter (outage) WHERE state = 0;"
	"CREATE TABLE lease ("
	"  client TEXT PRIMARY KEY, mac TEXT NOT NULL, ends INTEGER NOT NULL,"
	"  import INTEGER NOT NULL) WITHOUT ROWID;"
	"CREATE INDEX lease_ends ON lease (ends);"
	/* waiting or asking, see enum waiter_state */
	"CREATE INDEX waiter_unknown ON waiter (outage, client)"
	"  WHERE mail = '' AND state IN (0, 6);",
};

#define N_STEPS ((int)(sizeof(steps) / sizeof(*steps)))

static int exec(struct store *st, const char *sql)
{
	int rc = sqlite3_exec(((struct sqlite_store *)st)->db, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? 0 : sql_fault(st, rc);
}

static int first_number(struct store *st, const char *sql, int64_t *value)
{
	sqlite3_stmt *q;
	int rc = sqlite3_prepare_v2(((struct sqlite_store *)st)->db, sql, -1, &q, NULL);

	if (rc != SQLITE_OK)
		return sql_fault(st, rc);
	*value = 0;
	rc = sql_step(st, q);
	if (rc == 1)
		*value = sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	return rc < 0 ? rc : 0;
}

/*
 * More is not looked through: who needs longer to come up than the parent waits is killed,
 * and would begin again.
 */
#define CHECKED_MAX (128 << 20) /* bytes */

/* Damage shows better now than in the middle of an outage. */
static int check_sound(struct store *st)
{
	sqlite3_stmt *q;
	char verdict[160] = "";
	int rc = sqlite3_prepare_v2(((struct sqlite_store *)st)->db, "PRAGMA quick_check(1)", -1,
				    &q, NULL);

	if (rc != SQLITE_OK)
		return sql_fault(st, rc);
	rc = sql_step(st, q);
	if (rc == 1)
		sql_text(q, 0, verdict, sizeof(verdict));
	sqlite3_finalize(q);
	if (rc < 0)
		return rc;
	if (strcmp(verdict, "ok") == 0)
		return 0;
	snprintf(st->error, sizeof(st->error), "it is damaged: restore it or move it away (%s)",
		 verdict);
	return -EUCLEAN;
}

static int is_small(struct store *st, bool *small)
{
	int64_t pages, page;
	int rc;

	if ((rc = first_number(st, "PRAGMA page_count", &pages)) < 0 ||
	    (rc = first_number(st, "PRAGMA page_size", &page)) < 0)
		return rc;
	*small = pages * page <= CHECKED_MAX;
	return 0;
}

/* What was closed is as it was left. */
static int check_unclosed(struct store *st)
{
	bool small = false;
	char value[8];
	int rc = sqlite_meta_get(st, META_OPEN, value, sizeof(value));

	if (rc == -ENOENT)
		return 0;
	if (rc == 0)
		rc = is_small(st, &small);
	if (rc == 0 && small)
		rc = check_sound(st);
	((struct sqlite_store *)st)->marked = rc == 0;
	return rc;
}

static int check_ours(struct store *st, int64_t *version)
{
	int64_t application, tables;
	int rc;

	if ((rc = first_number(st, "PRAGMA application_id", &application)) < 0 ||
	    (rc = first_number(st, "PRAGMA user_version", version)) < 0 ||
	    (rc = first_number(st, "SELECT count(*) FROM sqlite_schema", &tables)) < 0)
		return rc;
	if (application != APPLICATION_ID && (application || *version || tables)) {
		snprintf(st->error, sizeof(st->error), "it is the database of another program");
		return -EPROTO;
	}
	if (*version < 0 || *version > N_STEPS) {
		snprintf(st->error, sizeof(st->error),
			 "it was made by a newer ringback (schema %lld, this one knows %d)",
			 (long long)*version, N_STEPS);
		return -EPROTO;
	}
	return *version ? check_unclosed(st) : 0;
}

static int climb(struct store *st, int step)
{
	char pragma[96];
	int rc;

	snprintf(pragma, sizeof(pragma), "PRAGMA user_version = %d; PRAGMA application_id = %d;",
		 step + 1, APPLICATION_ID);
	rc = exec(st, "BEGIN IMMEDIATE");
	if (rc < 0)
		return rc;
	if ((rc = exec(st, steps[step])) < 0 || (rc = exec(st, pragma)) < 0 ||
	    (rc = exec(st, "COMMIT")) < 0)
		store_rollback(st);
	return rc;
}

int sqlite_schema_update(struct store *st)
{
	int64_t version = 0;
	int rc = check_ours(st, &version);

	for (; rc == 0 && version < N_STEPS; version++)
		rc = climb(st, version);
	return rc;
}
