// SPDX-License-Identifier: GPL-2.0
/*
 * The SQLite store: contacts, notices and the messages that carry them.
 */
#include "store_sqlite.h"

#include <errno.h>
#include <string.h>

/* --- contacts -------------------------------------------------------------- */

static int bind_key(struct store *st, sqlite3_stmt *q, const struct contact_key *k)
{
	int rc = sql_bind(st, q, "ii", NUM(k->family), NUM(k->len));

	if (rc == 0 && sqlite3_bind_blob(q, 3, k->bytes, sizeof(k->bytes), SQLITE_TRANSIENT))
		rc = sql_fault(st, SQLITE_NOMEM);
	return rc;
}

int sqlite_contact_put(struct store *st, const struct contact *c)
{
	sqlite3_stmt *q = sql_get(st, SQL_CONTACT_PUT,
				  "INSERT OR REPLACE INTO contact (family, len, bytes, key, mail,"
				  " added) VALUES (?, ?, ?, ?, ?, ?)");
	char text[ADDR_STRLEN];
	int rc = bind_key(st, q, &c->key);

	if (rc < 0)
		return rc;
	contact_key_format(&c->key, text);
	if (sqlite3_bind_text(q, 4, text, -1, SQLITE_TRANSIENT) ||
	    sqlite3_bind_text(q, 5, c->mail, -1, SQLITE_TRANSIENT) ||
	    sqlite3_bind_int64(q, 6, c->added))
		return sql_fault(st, SQLITE_NOMEM);
	return sql_run(st, q);
}

int sqlite_contact_del(struct store *st, const struct contact_key *key)
{
	sqlite3_stmt *q = sql_get(st, SQL_CONTACT_DEL,
				  "DELETE FROM contact WHERE family = ? AND len = ? AND bytes = ?");
	int rc = bind_key(st, q, key);

	if (rc == 0)
		rc = sql_run(st, q);
	return rc < 0 ? rc : sql_changes(st) ? 0 : -ENOENT;
}

static void contact_row(sqlite3_stmt *q, struct contact *c)
{
	const void *bytes = sqlite3_column_blob(q, 2);

	memset(c, 0, sizeof(*c));
	c->key.family = sqlite3_column_int(q, 0);
	c->key.len = sqlite3_column_int(q, 1);
	if (bytes && sqlite3_column_bytes(q, 2) == sizeof(c->key.bytes))
		memcpy(c->key.bytes, bytes, sizeof(c->key.bytes));
	sql_text(q, 3, c->mail, sizeof(c->mail));
	c->added = sqlite3_column_int64(q, 4);
}

int sqlite_contact_list(struct store *st, const struct contact_key *after, unsigned int limit,
			store_contact_cb cb, void *arg)
{
	static const struct contact_key start;
	sqlite3_stmt *q = sql_get(st, SQL_CONTACT_LIST,
				  "SELECT family, len, bytes, mail, added FROM contact"
				  " WHERE (family, len, bytes) > (?, ?, ?)"
				  " ORDER BY family, len, bytes LIMIT ?");
	struct contact c;
	int rc = bind_key(st, q, after ? after : &start);

	if (rc < 0)
		return rc;
	sqlite3_bind_int64(q, 4, limit ? (int64_t)limit : -1);
	while ((rc = sql_step(st, q)) == 1) {
		contact_row(q, &c);
		rc = cb(&c, arg);
		if (rc)
			break;
	}
	sqlite3_reset(q);
	return rc;
}

/* --- notices --------------------------------------------------------------- */

#define NOTICE_COLUMNS                                                                        \
	"notice.id, notice.outage, notice.client, notice.server, notice.proto, notice.port,"  \
	" notice.mail, notice.watch, notice.reason, notice.evidence, notice.attempts,"        \
	" notice.first, notice.last, notice.began, notice.ended, notice.created, notice.due," \
	" notice.message, notice.lang, notice.handover, notice.part"
#define N_NOTICE_COLUMNS 21

static void notice_row(sqlite3_stmt *q, struct notice *n)
{
	memset(n, 0, sizeof(*n));
	n->id = sqlite3_column_int64(q, 0);
	n->outage = sqlite3_column_int64(q, 1);
	sql_addr(q, 2, &n->client);
	sql_addr(q, 3, &n->service.server);
	n->service.proto = sqlite3_column_int(q, 4);
	n->service.port = sqlite3_column_int(q, 5);
	sql_text(q, 6, n->mail, sizeof(n->mail));
	sql_text(q, 7, n->watch, sizeof(n->watch));
	n->reason = sqlite3_column_int(q, 8);
	n->evidence = sqlite3_column_int(q, 9);
	n->attempts = sqlite3_column_int64(q, 10);
	n->first = sqlite3_column_int64(q, 11);
	n->last = sqlite3_column_int64(q, 12);
	n->began = sqlite3_column_int64(q, 13);
	n->ended = sqlite3_column_int64(q, 14);
	n->created = sqlite3_column_int64(q, 15);
	n->due = sqlite3_column_int64(q, 16);
	n->message = sqlite3_column_int64(q, 17);
	sql_text(q, 18, n->lang, sizeof(n->lang));
	n->handover = sqlite3_column_int64(q, 19);
	n->part = sqlite3_column_int64(q, 20);
}

int sqlite_notice_put(struct store *st, struct notice *n)
{
	sqlite3_stmt *q;
	int rc;

	if (n->id) {
		q = sql_get(st, SQL_NOTICE_SET,
			    "UPDATE notice SET due = ?, message = ? WHERE id = ?");
		rc = sql_bind(st, q, "izi", n->due, NUM(n->message), NUM(n->id));
		return rc < 0 ? rc : sql_run(st, q);
	}
	q = sql_get(st, SQL_NOTICE_NEW,
		    "INSERT INTO notice (outage, client, server, proto, port, mail, watch, reason,"
		    " evidence, attempts, first, last, began, ended, created, due, message,"
		    " lang, handover, part)"
		    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
	rc = sql_bind(st, q, "iaaiissiiiiiiiiizszi", NUM(n->outage), &n->client, &n->service.server,
		      NUM(n->service.proto), NUM(n->service.port), n->mail, n->watch,
		      NUM(n->reason), NUM(n->evidence), NUM(n->attempts), n->first, n->last,
		      n->began, n->ended, n->created, n->due, NUM(n->message), n->lang,
		      NUM(n->handover), NUM(n->part));
	if (rc == 0)
		rc = sql_run(st, q);
	if (rc == 0)
		n->id = sql_last_id(st);
	return rc;
}

int sqlite_notice_mails(struct store *st, int64_t now, unsigned int limit, store_mail_cb cb,
			void *arg)
{
	sqlite3_stmt *q = sql_get(st, SQL_NOTICE_MAILS,
				  "SELECT DISTINCT mail FROM (SELECT mail FROM notice WHERE"
				  " message IS NULL AND due <= ? ORDER BY due LIMIT ?)");
	char mail[MSG_MAIL_MAX + 1];
	int rc = sql_bind(st, q, "ii", now, NUM(limit));

	if (rc < 0)
		return rc;
	while ((rc = sql_step(st, q)) == 1) {
		sql_text(q, 0, mail, sizeof(mail));
		rc = cb(mail, arg);
		if (rc)
			break;
	}
	sqlite3_reset(q);
	return rc;
}

#define MESSAGE_COLUMNS                                                               \
	"message.id, message.mail, message.message_id, message.state, message.tries," \
	" message.code, message.answer, message.created, message.next, message.done," \
	" message.kind, message.outage, message.client"
#define N_MESSAGE_COLUMNS 13

static void message_row(sqlite3_stmt *q, int col, struct message *m)
{
	memset(m, 0, sizeof(*m));
	m->id = sqlite3_column_int64(q, col);
	sql_text(q, col + 1, m->mail, sizeof(m->mail));
	sql_text(q, col + 2, m->message_id, sizeof(m->message_id));
	m->state = sqlite3_column_int(q, col + 3);
	m->tries = sqlite3_column_int64(q, col + 4);
	m->code = sqlite3_column_int(q, col + 5);
	sql_text(q, col + 6, m->answer, sizeof(m->answer));
	m->created = sqlite3_column_int64(q, col + 7);
	m->next = sqlite3_column_int64(q, col + 8);
	m->done = sqlite3_column_int64(q, col + 9);
	m->kind = sqlite3_column_int(q, col + 10);
	m->outage = sqlite3_column_int64(q, col + 11);
	sql_addr(q, col + 12, &m->client);
}

#define NOTICE_SELECT                                                       \
	"SELECT " NOTICE_COLUMNS ", " MESSAGE_COLUMNS ", " HANDOVER_COLUMNS \
	" FROM notice LEFT JOIN message ON message.id = notice.message"     \
	" LEFT JOIN handover ON handover.id = notice.handover WHERE "

static sqlite3_stmt *notice_select(struct store *st, const char *mail, uint64_t message,
				   uint64_t after, unsigned int limit, int *rc)
{
	sqlite3_stmt *q;

	if (mail) {
		q = sql_get(st, SQL_NOTICE_OF_MAIL,
			    NOTICE_SELECT "notice.message IS NULL AND notice.mail = ?1"
					  " AND notice.id > ?2 AND notice.due < ?4"
					  " ORDER BY notice.id LIMIT ?3");
		*rc = sql_bind(st, q, "siii", mail, NUM(after), NUM(limit), NOTICE_HELD);
	} else if (message) {
		q = sql_get(st, SQL_NOTICE_OF_MESSAGE,
			    NOTICE_SELECT "notice.message = ? AND notice.id > ?"
					  " ORDER BY notice.id LIMIT ?");
		*rc = sql_bind(st, q, "iii", NUM(message), NUM(after), NUM(limit));
	} else {
		q = sql_get(st, SQL_NOTICE_LIST,
			    NOTICE_SELECT "notice.id > ? ORDER BY notice.id LIMIT ?");
		*rc = sql_bind(st, q, "ii", NUM(after), NUM(limit));
	}
	return q;
}

static int notice_rows(struct store *st, sqlite3_stmt *q, store_notice_cb cb, void *arg)
{
	struct notice n;
	struct message m;
	struct handover h;
	int rc;

	while ((rc = sql_step(st, q)) == 1) {
		notice_row(q, &n);
		message_row(q, N_NOTICE_COLUMNS, &m);
		sql_handover(q, N_NOTICE_COLUMNS + N_MESSAGE_COLUMNS, &h);
		rc = cb(&n, m.id ? &m : NULL, h.id ? &h : NULL, arg);
		if (rc)
			break;
	}
	sqlite3_reset(q);
	return rc;
}

int sqlite_notice_list(struct store *st, const char *mail, uint64_t message, uint64_t after,
		       unsigned int limit, store_notice_cb cb, void *arg)
{
	int rc = 0;
	sqlite3_stmt *q = notice_select(st, mail, message, after, limit, &rc);

	return rc < 0 ? rc : notice_rows(st, q, cb, arg);
}

int sqlite_notice_of(struct store *st, uint64_t outage, const struct addr *client,
		     unsigned int limit, store_notice_cb cb, void *arg)
{
	sqlite3_stmt *q;
	int rc;

	if (!outage) {
		q = sql_get(st, SQL_NOTICE_LATEST,
			    NOTICE_SELECT "true ORDER BY notice.id DESC LIMIT ?");
		rc = sql_bind(st, q, "i", NUM(limit));
	} else if (!client) {
		q = sql_get(st, SQL_NOTICE_OF_OUTAGE,
			    NOTICE_SELECT "notice.outage = ? ORDER BY notice.id DESC LIMIT ?");
		rc = sql_bind(st, q, "ii", NUM(outage), NUM(limit));
	} else {
		q = sql_get(st, SQL_NOTICE_OF,
			    NOTICE_SELECT "notice.outage = ? AND notice.client = ?"
					  " ORDER BY notice.id DESC LIMIT ?");
		rc = sql_bind(st, q, "iai", NUM(outage), client, NUM(limit));
	}
	return rc < 0 ? rc : notice_rows(st, q, cb, arg);
}

int sqlite_notice_handed(struct store *st, uint64_t handover, const struct notice *after,
			 unsigned int limit, store_notice_cb cb, void *arg)
{
	sqlite3_stmt *q = sql_get(st, SQL_NOTICE_HANDED,
				  NOTICE_SELECT "notice.handover = ?"
						" AND (notice.part, notice.id) > (?, ?)"
						" ORDER BY notice.part, notice.id LIMIT ?");
	int rc = sql_bind(st, q, "iiii", NUM(handover), NUM(after ? after->part : 0),
			  NUM(after ? after->id : 0), NUM(limit));

	return rc < 0 ? rc : notice_rows(st, q, cb, arg);
}

int sqlite_notice_defer(struct store *st, const char *mail, int64_t due)
{
	sqlite3_stmt *q = sql_get(st, SQL_NOTICE_DEFER,
				  "UPDATE notice SET due = ?1 WHERE message IS NULL AND mail = ?2"
				  " AND due < ?1");
	int rc = sql_bind(st, q, "is", due, mail);

	return rc < 0 ? rc : sql_run(st, q);
}

/* --- messages -------------------------------------------------------------- */

int sqlite_message_put(struct store *st, struct message *m)
{
	sqlite3_stmt *q;
	int rc;

	if (m->id)
		q = sql_get(st, SQL_MESSAGE_SET,
			    "UPDATE message SET mail = ?, message_id = ?, state = ?, tries = ?,"
			    " code = ?, answer = ?, created = ?, next = ?, done = ?, kind = ?,"
			    " outage = ?, client = ? WHERE id = ?");
	else
		q = sql_get(st, SQL_MESSAGE_NEW,
			    "INSERT INTO message (mail, message_id, state, tries, code, answer,"
			    " created, next, done, kind, outage, client, id)"
			    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
	rc = sql_bind(st, q, "ssiiisiiiizaz", m->mail, m->message_id, NUM(m->state), NUM(m->tries),
		      NUM(m->code), m->answer, m->created, m->next, m->done, NUM(m->kind),
		      NUM(m->outage), &m->client, NUM(m->id));
	if (rc == 0)
		rc = sql_run(st, q);
	if (rc == 0 && !m->id)
		m->id = sql_last_id(st);
	return rc;
}

int sqlite_message_get(struct store *st, uint64_t id, struct message *m)
{
	sqlite3_stmt *q = sql_get(st, SQL_MESSAGE_GET,
				  "SELECT " MESSAGE_COLUMNS " FROM message WHERE id = ?");
	int rc = sql_bind(st, q, "i", NUM(id));

	rc = sql_one(st, q, rc);
	if (rc < 0)
		return rc;
	message_row(q, 0, m);
	sqlite3_reset(q);
	return 0;
}

int sqlite_message_due(struct store *st, int64_t now, unsigned int limit, store_message_cb cb,
		       void *arg)
{
	sqlite3_stmt *q = sql_get(st, SQL_MESSAGE_DUE,
				  "SELECT " MESSAGE_COLUMNS " FROM message INDEXED BY"
				  " message_queued WHERE state = 0 AND next <= ?"
				  " ORDER BY next, id LIMIT ?");
	struct message m;
	int rc = sql_bind(st, q, "ii", now, NUM(limit));

	if (rc < 0)
		return rc;
	while ((rc = sql_step(st, q)) == 1) {
		message_row(q, 0, &m);
		rc = cb(&m, arg);
		if (rc)
			break;
	}
	sqlite3_reset(q);
	return rc;
}

int sqlite_message_recent(struct store *st, const char *mail, int64_t since, int64_t now,
			  unsigned int *n, int64_t *oldest)
{
	sqlite3_stmt *q = sql_get(st, SQL_MESSAGE_RECENT,
				  "SELECT count(*), min(created) FROM message WHERE mail = ?"
				  " AND created > ? AND created <= ?");
	int rc = sql_bind(st, q, "sii", mail, since, now);

	if (rc == 0)
		rc = sql_step(st, q);
	if (rc < 0)
		return rc;
	*n = rc == 1 ? sqlite3_column_int64(q, 0) : 0;
	*oldest = rc == 1 ? sqlite3_column_int64(q, 1) : 0;
	sqlite3_reset(q);
	return 0;
}

int sqlite_outbox_next(struct store *st, int64_t now, int64_t *when)
{
	sqlite3_stmt *q = sql_get(st, SQL_OUTBOX_NEXT,
				  "SELECT min(t) FROM (SELECT min(due) AS t FROM notice WHERE"
				  " message IS NULL AND due > ?1 UNION ALL SELECT min(next) FROM"
				  " message INDEXED BY message_queued WHERE state = 0 AND"
				  " next > ?1)");

	return sql_first_time(st, q, sql_bind(st, q, "i", now), when);
}

int sqlite_outbox_clamp(struct store *st, int64_t now, int64_t latest)
{
	sqlite3_stmt *q = sql_get(st, SQL_NOTICE_CLAMP,
				  "UPDATE notice INDEXED BY notice_due SET due = ?1,"
				  " created = min(created, ?1) WHERE message IS NULL"
				  " AND due > ?2 AND due < ?3");
	int rc = sql_bind(st, q, "iii", now, latest, NOTICE_HELD), n;

	if (rc == 0)
		rc = sql_run(st, q);
	if (rc < 0)
		return rc;
	n = sql_changes(st);
	q = sql_get(st, SQL_MESSAGE_CLAMP,
		    "UPDATE message INDEXED BY message_queued SET next = ?1,"
		    " created = min(created, ?1) WHERE state = 0 AND next > ?2");
	rc = sql_bind(st, q, "ii", now, latest);
	if (rc == 0)
		rc = sql_run(st, q);
	return rc < 0 ? rc : n + (int)sql_changes(st);
}

int sqlite_outbox_count(struct store *st, struct outbox_counts *c)
{
	sqlite3_stmt *q = sql_get(st, SQL_OUTBOX_WAITING,
				  "SELECT count(*) FROM notice WHERE message IS NULL AND due < ?");
	uint64_t *const slot[] = {
		[MESSAGE_QUEUED] = &c->queued,	 [MESSAGE_SENT] = &c->sent,
		[MESSAGE_REFUSED] = &c->refused, [MESSAGE_GIVEN_UP] = &c->given_up,
		[MESSAGE_DROPPED] = &c->dropped,
	};
	int rc = sql_bind(st, q, "i", NOTICE_HELD), state;

	memset(c, 0, sizeof(*c));
	if (rc == 0)
		rc = sql_step(st, q);
	if (rc < 0)
		return rc;
	c->waiting = sqlite3_column_int64(q, 0);
	sqlite3_reset(q);
	q = sql_get(st, SQL_OUTBOX_COUNT, "SELECT state, count(*) FROM message GROUP BY state");
	if (!q)
		return -EIO;
	while ((rc = sql_step(st, q)) == 1) {
		state = sqlite3_column_int(q, 0);
		if (state >= 0 && state <= MESSAGE_DROPPED)
			*slot[state] = sqlite3_column_int64(q, 1);
	}
	return rc;
}

/* By the partial indexes alone; an id is as old as its row. */
int sqlite_outbox_backlog(struct store *st, struct outbox_backlog *b)
{
	sqlite3_stmt *q = sql_get(
		st, SQL_OUTBOX_BACKLOG,
		"WITH n AS (SELECT count(*) AS n, min(id) AS id FROM notice INDEXED BY notice_due"
		"  WHERE message IS NULL AND due < ?1),"
		" m AS (SELECT count(*) AS n, min(id) AS id FROM message INDEXED BY message_queued"
		"  WHERE state = 0)"
		" SELECT n.n, m.n, (SELECT min(created) FROM notice WHERE id = n.id OR message = m.id)"
		" FROM n, m");
	int rc = sql_bind(st, q, "i", NOTICE_HELD);

	memset(b, 0, sizeof(*b));
	if (rc == 0)
		rc = sql_step(st, q);
	if (rc < 0)
		return rc;
	b->notices = sqlite3_column_int64(q, 0);
	b->messages = sqlite3_column_int64(q, 1);
	b->oldest = sqlite3_column_int64(q, 2);
	sqlite3_reset(q);
	return 0;
}
