/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the SQLite store share: prepared statements, binding, rows.
 */
#ifndef RINGBACK_ENGINE_STORE_SQLITE_H
#define RINGBACK_ENGINE_STORE_SQLITE_H

#include <sqlite3.h>

#include "store.h"

/* A statement in the source: its text, prepared at first use in slot .id. */
enum sql_id {
	SQL_BEGIN,
	SQL_COMMIT,
	SQL_ROLLBACK,
	SQL_META_GET,
	SQL_META_PUT,
	SQL_META_DEL,
	SQL_WATCH_PUT,
	SQL_WATCH_DEL,
	SQL_WATCH_LIST,
	SQL_OUTAGE_NEW,
	SQL_OUTAGE_SET,
	SQL_OUTAGE_LATEST,
	SQL_OUTAGE_LIST,
	SQL_OUTAGE_SINCE,
	SQL_OUTAGE_OPEN,
	SQL_OUTAGE_PURGE,
	SQL_OUTAGE_NOTICES,
	SQL_OUTAGE_WAITERS,
	SQL_OUTAGE_CHOICES,
	SQL_OUTAGE_PARTS,
	SQL_MESSAGE_PURGE,
	SQL_OUTAGE_GET,
	SQL_OUTAGE_ORIGIN,
	SQL_OUTAGE_DEL,
	SQL_LIST_PUT,
	SQL_LIST_GET,
	SQL_LIST_PARTS,
	SQL_LIST_PART,
	SQL_LIST_LIST,
	SQL_LIST_PROMISED,
	SQL_LIST_STALE,
	SQL_LIST_TOLD,
	SQL_LIST_DUE,
	SQL_LIST_SPARED,
	SQL_WAITER_PUT,
	SQL_WAITER_GET,
	SQL_WAITER_LIST,
	SQL_WAITER_OF,
	SQL_WAITER_OF_CLIENT,
	SQL_WAITER_OF_SERVER,
	SQL_WAITER_LOST,
	SQL_WAITER_RECENT,
	SQL_WAITER_COUNT,
	SQL_WAITER_UNKNOWN,
	SQL_ANSWER_PUT,
	SQL_ANSWER_GET,
	SQL_ANSWER_DEL,
	SQL_ASKED_PUT,
	SQL_ASKED_COUNT,
	SQL_ASKED_OF_CLIENT,
	SQL_ASKED_OF_ADDRESS,
	SQL_ASKED_PURGE,
	SQL_SUPPRESSED_PUT,
	SQL_SUPPRESSED_GET,
	SQL_SUPPRESSED_DEL,
	SQL_CONTACT_PUT,
	SQL_CONTACT_DEL,
	SQL_CONTACT_LIST,
	SQL_LEASE_PUT,
	SQL_LEASE_GET,
	SQL_LEASE_DEL,
	SQL_LEASE_LIST,
	SQL_LEASE_KEEP,
	SQL_LEASE_PURGE,
	SQL_NOTICE_NEW,
	SQL_NOTICE_SET,
	SQL_NOTICE_MAILS,
	SQL_NOTICE_LIST,
	SQL_NOTICE_OF_MAIL,
	SQL_NOTICE_OF_MESSAGE,
	SQL_NOTICE_OF,
	SQL_NOTICE_OF_OUTAGE,
	SQL_NOTICE_LATEST,
	SQL_NOTICE_DEFER,
	SQL_NOTICE_HANDED,
	SQL_NOTICE_NUMBER,
	SQL_HANDOVER_NEW,
	SQL_HANDOVER_SET,
	SQL_HANDOVER_GET,
	SQL_HANDOVER_DUE,
	SQL_HANDOVER_NEXT,
	SQL_HANDOVER_CLAMP,
	SQL_HANDOVER_LIST,
	SQL_HANDOVER_GATHERING,
	SQL_HANDOVER_SAID,
	SQL_HANDOVER_ROWS,
	SQL_HANDOVER_BACKLOG,
	SQL_MESSAGE_NEW,
	SQL_MESSAGE_SET,
	SQL_MESSAGE_GET,
	SQL_MESSAGE_DUE,
	SQL_MESSAGE_RECENT,
	SQL_OUTBOX_NEXT,
	SQL_NOTICE_CLAMP,
	SQL_MESSAGE_CLAMP,
	SQL_OUTBOX_WAITING,
	SQL_OUTBOX_COUNT,
	SQL_OUTBOX_BACKLOG,
	SQL_MAX
};

struct sqlite_store {
	struct store st;
	sqlite3 *db;
	sqlite3_stmt *stmt[SQL_MAX];
	bool marked; /* the file says that it is open */
};

/* The fact, see store_meta_put(), that the store was written to and not closed since. */
#define META_OPEN "open"

/* The statement, reset and without values; NULL with st->error set. */
sqlite3_stmt *sql_get(struct store *st, enum sql_id id, const char *text);
/*
 * Binds from parameter 1 on: 'i' int64_t, 's' const char * (NULL is SQL NULL), 'a'
 * const struct addr * (AF_UNSPEC is NULL), 'z' int64_t that is NULL when 0.
 * Strings are copied.
 */
/* For the i and z of sql_bind(): a variadic argument has to have its type. */
#define NUM(x) ((int64_t)(x))
int sql_bind(struct store *st, sqlite3_stmt *q, const char *types, ...);
/* One step: 1 a row, 0 done, -errno. */
int sql_step(struct store *st, sqlite3_stmt *q);
/* To the only row of @q, which @rc says is bound; -ENOENT: it has none. The caller resets. */
int sql_one(struct store *st, sqlite3_stmt *q, int rc);
/*
 * The time in the only row of @q, which @rc says is bound; INT64_MAX in *@when where it
 * has none. Resets @q.
 */
int sql_first_time(struct store *st, sqlite3_stmt *q, int rc, int64_t *when);
/* Runs a statement without rows to its end. */
int sql_run(struct store *st, sqlite3_stmt *q);
/* -errno and st->error for what just failed. */
int sql_fault(struct store *st, int rc);

/* Columns. A text that does not fit or parse gives the empty value: never an overrun. */
void sql_text(sqlite3_stmt *q, int col, char *buf, size_t size);
void sql_addr(sqlite3_stmt *q, int col, struct addr *a);

/* store_sqlite_outage.c: the outage in the columns from @col on. */
#define OUTAGE_COLUMNS                                                                      \
	"outage.id, outage.server, outage.proto, outage.port, outage.watch, outage.reason," \
	" outage.evidence, outage.detail, outage.began, outage.ended, outage.proven,"       \
	" outage.origin, outage.origin_id, outage.origin_list, outage.lossy"
#define N_OUTAGE_COLUMNS 15
void sql_outage(sqlite3_stmt *q, int col, struct outage *o);

int64_t sql_changes(struct store *st);
uint64_t sql_last_id(struct store *st);

/* store_sqlite_handover.c: a handover's columns, for joins, and the row that they make. */
#define HANDOVER_COLUMNS                                                                \
	"handover.id, handover.kind, handover.outage, handover.route, handover.target," \
	" handover.step, handover.state, handover.list, handover.part, handover.parts," \
	" handover.clients, handover.tries, handover.code, handover.answer,"            \
	" handover.created, handover.until, handover.next, handover.done"
void sql_handover(sqlite3_stmt *q, int col, struct handover *h);

/*
 * store_sqlite_schema.c: brings the database up to date, or says why not. One that was not
 * closed is looked through before.
 */
int sqlite_schema_update(struct store *st);

/* The functions of the other files, for the table in store_sqlite.c. */
int sqlite_meta_get(struct store *st, const char *key, char *value, size_t size);
int sqlite_meta_put(struct store *st, const char *key, const char *value);
int sqlite_watch_put(struct store *st, const char *name, bool ours);
int sqlite_watch_del(struct store *st, const char *name);
int sqlite_watch_list(struct store *st, store_name_cb cb, void *arg);
int sqlite_outage_put(struct store *st, struct outage *o);
int sqlite_outage_latest(struct store *st, const struct service *s, struct outage *o);
int sqlite_outage_list(struct store *st, const struct outage_query *q, store_outage_cb cb,
		       void *arg);
int sqlite_outage_purge(struct store *st, int64_t before, int64_t heard, unsigned int limit);
int sqlite_outage_get(struct store *st, uint64_t id, struct outage *o);
int sqlite_outage_origin(struct store *st, struct outage *o);
int sqlite_outage_del(struct store *st, uint64_t id, unsigned int limit);
int sqlite_list_put(struct store *st, const struct list *l);
int sqlite_list_get(struct store *st, uint64_t outage, struct list *l);
int sqlite_list_part(struct store *st, uint64_t outage, uint32_t part);
int sqlite_list_parts(struct store *st, uint64_t outage, uint32_t *n);
int sqlite_list_list(struct store *st, uint64_t after, unsigned int limit, store_list_cb cb,
		     void *arg);
int sqlite_list_promised(struct store *st, const char *origin, uint64_t *clients);
int sqlite_list_stale(struct store *st, enum list_state state, int64_t before, unsigned int limit,
		      store_list_cb cb, void *arg);
int sqlite_list_release(struct store *st, const struct outage *o, int64_t now, int64_t due,
			struct list_told *n);
int sqlite_waiter_put(struct store *st, const struct waiter *w);
int sqlite_waiter_get(struct store *st, uint64_t outage, const struct addr *client,
		      struct waiter *w);
int sqlite_waiter_list(struct store *st, const struct waiter_query *q, store_waiter_cb cb,
		       void *arg);
int sqlite_waiter_lost(struct store *st, const char *watch);
int sqlite_waiter_recent(struct store *st, const struct addr *client, int64_t since,
			 unsigned int limit, store_waiter_cb cb, void *arg);
int sqlite_waiter_count(struct store *st, uint64_t outage, uint32_t *n);
int sqlite_waiter_unknown(struct store *st, uint64_t after_outage, const struct addr *after_client,
			  unsigned int limit, store_waiter_cb cb, void *arg);
int sqlite_answer_put(struct store *st, const struct answer *a);
int sqlite_answer_get(struct store *st, uint64_t outage, const struct addr *client,
		      struct answer *a);
int sqlite_answer_del(struct store *st, uint64_t outage, const struct addr *client);
int sqlite_asked_put(struct store *st, const struct asked *a);
int sqlite_asked_count(struct store *st, const char *client, const char *address, int64_t since,
		       unsigned int *n);
int sqlite_asked_purge(struct store *st, int64_t before, int64_t now);
int sqlite_suppressed_put(struct store *st, const char *address, int64_t at);
int sqlite_suppressed_get(struct store *st, const char *address);
int sqlite_suppressed_del(struct store *st, const char *address);
int sqlite_contact_put(struct store *st, const struct contact *c);
int sqlite_contact_del(struct store *st, const struct contact_key *key);
int sqlite_contact_list(struct store *st, const struct contact_key *after, unsigned int limit,
			store_contact_cb cb, void *arg);
int sqlite_lease_put(struct store *st, const struct lease *l, int64_t import);
int sqlite_lease_get(struct store *st, const struct addr *client, struct lease *l);
int sqlite_lease_del(struct store *st, const struct addr *client);
int sqlite_lease_list(struct store *st, const struct addr *after, unsigned int limit,
		      store_lease_cb cb, void *arg);
int sqlite_lease_keep(struct store *st, int64_t import, unsigned int limit);
int sqlite_lease_purge(struct store *st, int64_t before, unsigned int limit);
int sqlite_notice_put(struct store *st, struct notice *n);
int sqlite_notice_mails(struct store *st, int64_t now, unsigned int limit, store_mail_cb cb,
			void *arg);
int sqlite_notice_list(struct store *st, const char *mail, uint64_t message, uint64_t after,
		       unsigned int limit, store_notice_cb cb, void *arg);
int sqlite_notice_of(struct store *st, uint64_t outage, const struct addr *client,
		     unsigned int limit, store_notice_cb cb, void *arg);
int sqlite_notice_defer(struct store *st, const char *mail, int64_t due);
int sqlite_notice_handed(struct store *st, uint64_t handover, const struct notice *after,
			 unsigned int limit, store_notice_cb cb, void *arg);
int sqlite_notice_number(struct store *st, uint64_t id, uint64_t handover, uint32_t part);
int sqlite_handover_put(struct store *st, struct handover *h);
int sqlite_handover_get(struct store *st, uint64_t id, struct handover *h);
int sqlite_handover_due(struct store *st, int64_t now, unsigned int limit, store_handover_cb cb,
			void *arg);
int sqlite_handover_next(struct store *st, int64_t now, int64_t *when);
int sqlite_handover_clamp(struct store *st, int64_t now, int64_t latest);
int sqlite_handover_list(struct store *st, uint64_t after, unsigned int limit, store_handover_cb cb,
			 void *arg);
int sqlite_handover_gathering(struct store *st, uint64_t outage, uint8_t step, struct handover *h);
int sqlite_handover_said(struct store *st, uint64_t outage, uint8_t route, const char *target,
			 unsigned int limit, store_handover_cb cb, void *arg);
int sqlite_handover_rows(struct store *st, uint64_t id, uint32_t part, store_row_cb cb, void *arg);
int sqlite_handover_backlog(struct store *st, uint8_t route, const char *target, uint64_t *n,
			    int64_t *oldest);
int sqlite_message_put(struct store *st, struct message *m);
int sqlite_message_get(struct store *st, uint64_t id, struct message *m);
int sqlite_message_due(struct store *st, int64_t now, unsigned int limit, store_message_cb cb,
		       void *arg);
int sqlite_message_recent(struct store *st, const char *mail, int64_t since, int64_t now,
			  unsigned int *n, int64_t *oldest);
int sqlite_outbox_next(struct store *st, int64_t now, int64_t *when);
int sqlite_outbox_clamp(struct store *st, int64_t now, int64_t latest);
int sqlite_outbox_count(struct store *st, struct outbox_counts *c);
int sqlite_outbox_backlog(struct store *st, struct outbox_backlog *b);

#endif /* RINGBACK_ENGINE_STORE_SQLITE_H */
