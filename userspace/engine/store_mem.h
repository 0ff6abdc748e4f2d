/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the memory store share: tables as arrays of rows.
 */
#ifndef RINGBACK_ENGINE_STORE_MEM_H
#define RINGBACK_ENGINE_STORE_MEM_H

#include "store.h"

/* An array of rows in the order of insertion. */
struct rows {
	void *row;
	size_t n, element;
};

enum table {
	META,
	WATCHES,
	OUTAGES,
	WAITERS,
	CONTACTS,
	LEASES,
	NOTICES,
	MESSAGES,
	ANSWERS,
	ASKED,
	SUPPRESSED,
	HANDOVERS,
	LISTS,
	LIST_PARTS,
	TABLES
};

struct mem_store {
	struct store st;
	struct rows table[TABLES], saved[TABLES];
	uint64_t last_id; /* of outages, notices and messages alike */
	bool open;
	int fail;
};

struct mem_lease {
	struct lease l;
	int64_t import;
};

static inline struct mem_store *to_mem(struct store *st)
{
	return (struct mem_store *)st;
}

static inline void *mem_row(const struct rows *t, size_t i)
{
	return (char *)t->row + i * t->element;
}

#define FOR_EACH(st, which, type, var)                           \
	for (type *var = to_mem(st)->table[which].row,           \
		  *var##_end = var + to_mem(st)->table[which].n; \
	     var < var##_end; var++)

/* A part of a list that came. */
struct list_part {
	uint64_t outage;
	uint32_t part;
};

/* Before every change: 0, or what store_mem_fail() asked for. */
int mem_changing(struct store *st);
/* Appends a copy of @row; -ENOMEM. Pointers into the table are stale afterwards. */
int mem_row_add(struct store *st, enum table which, const void *row);
/* @row lies in the table; what follows it moves up. */
void mem_row_del(struct store *st, enum table which, void *row);

/* store_mem_outage.c: NULL: no such outage. */
struct outage *mem_outage(struct store *st, uint64_t id);
/* With all that hangs on it. */
/* 0: it is gone; 1: @limit, which is counted down, came to 0 before. */
int mem_outage_drop(struct store *st, struct outage *o, unsigned int *limit);

/* store_mem_handover.c: NULL: no such handover. */
struct handover *mem_find_handover(struct store *st, uint64_t id);

/* The functions of the other files, for the table in store_mem.c. */
int mem_outage_put(struct store *st, struct outage *o);
int mem_outage_latest(struct store *st, const struct service *s, struct outage *o);
int mem_outage_list(struct store *st, const struct outage_query *q, store_outage_cb cb, void *arg);
int mem_outage_purge(struct store *st, int64_t before, int64_t heard, unsigned int limit);
int mem_outage_get(struct store *st, uint64_t id, struct outage *o);
int mem_outage_origin(struct store *st, struct outage *o);
int mem_outage_del(struct store *st, uint64_t id, unsigned int limit);
int mem_list_put(struct store *st, const struct list *l);
int mem_list_get(struct store *st, uint64_t outage, struct list *l);
int mem_list_part(struct store *st, uint64_t outage, uint32_t part);
int mem_list_parts(struct store *st, uint64_t outage, uint32_t *n);
int mem_list_list(struct store *st, uint64_t after, unsigned int limit, store_list_cb cb,
		  void *arg);
int mem_list_promised(struct store *st, const char *origin, uint64_t *clients);
int mem_list_stale(struct store *st, enum list_state state, int64_t before, unsigned int limit, store_list_cb cb,
		   void *arg);
int mem_list_release(struct store *st, const struct outage *o, int64_t now, int64_t due, struct list_told *n);
int mem_waiter_put(struct store *st, const struct waiter *w);
int mem_waiter_get(struct store *st, uint64_t outage, const struct addr *client, struct waiter *w);
int mem_waiter_list(struct store *st, const struct waiter_query *q, store_waiter_cb cb, void *arg);
int mem_waiter_lost(struct store *st, const char *watch);
int mem_waiter_recent(struct store *st, const struct addr *client, int64_t since,
		      unsigned int limit, store_waiter_cb cb, void *arg);
int mem_waiter_count(struct store *st, uint64_t outage, uint32_t *n);
int mem_waiter_unknown(struct store *st, uint64_t after_outage, const struct addr *after_client,
		       unsigned int limit, store_waiter_cb cb, void *arg);
int mem_answer_put(struct store *st, const struct answer *a);
int mem_answer_get(struct store *st, uint64_t outage, const struct addr *client, struct answer *a);
int mem_answer_del(struct store *st, uint64_t outage, const struct addr *client);
int mem_asked_put(struct store *st, const struct asked *a);
int mem_asked_count(struct store *st, const char *client, const char *address, int64_t since,
		    unsigned int *n);
int mem_asked_purge(struct store *st, int64_t before, int64_t now);
int mem_suppressed_put(struct store *st, const char *address, int64_t at);
int mem_suppressed_get(struct store *st, const char *address);
int mem_suppressed_del(struct store *st, const char *address);
int mem_contact_del(struct store *st, const struct contact_key *key);
int mem_contact_put(struct store *st, const struct contact *c);
int mem_contact_list(struct store *st, const struct contact_key *after, unsigned int limit,
		     store_contact_cb cb, void *arg);
int mem_lease_put(struct store *st, const struct lease *l, int64_t import);
int mem_lease_get(struct store *st, const struct addr *client, struct lease *l);
int mem_lease_del(struct store *st, const struct addr *client);
int mem_lease_list(struct store *st, const struct addr *after, unsigned int limit,
		   store_lease_cb cb, void *arg);
int mem_lease_keep(struct store *st, int64_t import, unsigned int limit);
int mem_lease_purge(struct store *st, int64_t before, unsigned int limit);
int mem_notice_put(struct store *st, struct notice *n);
int mem_notice_mails(struct store *st, int64_t now, unsigned int limit, store_mail_cb cb,
		     void *arg);
int mem_notice_list(struct store *st, const char *mail, uint64_t message, uint64_t after,
		    unsigned int limit, store_notice_cb cb, void *arg);
int mem_notice_of(struct store *st, uint64_t outage, const struct addr *client, unsigned int limit,
		  store_notice_cb cb, void *arg);
int mem_notice_defer(struct store *st, const char *mail, int64_t due);
int mem_notice_handed(struct store *st, uint64_t handover, const struct notice *after,
		      unsigned int limit, store_notice_cb cb, void *arg);
int mem_notice_number(struct store *st, uint64_t id, uint64_t handover, uint32_t part);
int mem_handover_put(struct store *st, struct handover *h);
int mem_handover_get(struct store *st, uint64_t id, struct handover *h);
int mem_handover_due(struct store *st, int64_t now, unsigned int limit, store_handover_cb cb,
		     void *arg);
int mem_handover_next(struct store *st, int64_t now, int64_t *when);
int mem_handover_clamp(struct store *st, int64_t now, int64_t latest);
int mem_handover_list(struct store *st, uint64_t after, unsigned int limit, store_handover_cb cb,
		      void *arg);
int mem_handover_gathering(struct store *st, uint64_t outage, uint8_t step, struct handover *h);
int mem_handover_said(struct store *st, uint64_t outage, uint8_t route, const char *target,
		      unsigned int limit, store_handover_cb cb, void *arg);
int mem_handover_rows(struct store *st, uint64_t id, uint32_t part, store_row_cb cb, void *arg);
int mem_handover_backlog(struct store *st, uint8_t route, const char *target, uint64_t *n,
			 int64_t *oldest);
int mem_message_put(struct store *st, struct message *m);
int mem_message_get(struct store *st, uint64_t id, struct message *m);
int mem_message_due(struct store *st, int64_t now, unsigned int limit, store_message_cb cb,
		    void *arg);
int mem_message_recent(struct store *st, const char *mail, int64_t since, int64_t now,
		       unsigned int *n, int64_t *oldest);
int mem_outbox_next(struct store *st, int64_t now, int64_t *when);
int mem_outbox_clamp(struct store *st, int64_t now, int64_t latest);
int mem_outbox_count(struct store *st, struct outbox_counts *c);
int mem_outbox_backlog(struct store *st, struct outbox_backlog *b);

#endif /* RINGBACK_ENGINE_STORE_MEM_H */
