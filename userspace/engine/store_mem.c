// SPDX-License-Identifier: GPL-2.0
/*
 * The store in memory: plain arrays, walked from end to end. For tests of what
 * uses a store, and as the second body that keeps the table of functions honest.
 * A transaction is a copy of everything, so a rollback is a real one.
 */
#include "store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct meta {
	char key[32], value[128];
};

struct seen_watch {
	char name[RINGBACK_WATCH_NAME_MAX + 1];
	bool ours;
};

/* An array of rows in the order of insertion. */
struct rows {
	void *row;
	size_t n, element;
};

enum table { META, WATCHES, OUTAGES, WAITERS, CONTACTS, NOTICES, MESSAGES, TABLES };

struct mem_store {
	struct store st;
	struct rows table[TABLES], saved[TABLES];
	uint64_t last_id; /* of outages, notices and messages alike */
	bool open;
	int fail;
};

static struct mem_store *to_mem(struct store *st)
{
	return (struct mem_store *)st;
}

/* --- rows -------------------------------------------------------------------------- */

static void *row_at(const struct rows *t, size_t i)
{
	return (char *)t->row + i * t->element;
}

#define FOR_EACH(st, which, type, var)                           \
	for (type *var = to_mem(st)->table[which].row,           \
		  *var##_end = var + to_mem(st)->table[which].n; \
	     var < var##_end; var++)

static int changing(struct store *st)
{
	if (!to_mem(st)->fail)
		return 0;
	snprintf(st->error, sizeof(st->error), "told to fail: %s", strerror(-to_mem(st)->fail));
	return to_mem(st)->fail;
}

static int row_add(struct store *st, enum table which, const void *row)
{
	struct rows *t = &to_mem(st)->table[which];
	void *more = reallocarray(t->row, t->n + 1, t->element);

	if (!more)
		return -ENOMEM;
	t->row = more;
	memcpy(row_at(t, t->n++), row, t->element);
	return 0;
}

static void row_del(struct store *st, enum table which, void *row)
{
	struct rows *t = &to_mem(st)->table[which];
	size_t after = (char *)row_at(t, t->n) - (char *)row - t->element;

	memmove(row, (char *)row + t->element, after);
	t->n--;
}

static void rows_drop(struct rows *t)
{
	int i;

	for (i = 0; i < TABLES; i++) {
		free(t[i].row);
		t[i].row = NULL;
		t[i].n = 0;
	}
}

/* --- transactions ------------------------------------------------------------------- */

static void mem_close(struct store *st)
{
	rows_drop(to_mem(st)->table);
	rows_drop(to_mem(st)->saved);
	free(st);
}

static int mem_begin(struct store *st)
{
	struct mem_store *m = to_mem(st);
	int i, rc = changing(st);

	if (rc < 0)
		return rc;
	for (i = 0; i < TABLES; i++) {
		size_t size = m->table[i].n * m->table[i].element;

		m->saved[i] = m->table[i];
		m->saved[i].row = malloc(size + 1);
		if (!m->saved[i].row) {
			rows_drop(m->saved);
			return -ENOMEM;
		}
		if (size)
			memcpy(m->saved[i].row, m->table[i].row, size);
	}
	m->open = true;
	return 0;
}

static int mem_commit(struct store *st)
{
	int rc = changing(st);

	if (rc < 0)
		return rc;
	rows_drop(to_mem(st)->saved);
	to_mem(st)->open = false;
	return 0;
}

static void mem_rollback(struct store *st)
{
	struct mem_store *m = to_mem(st);
	int i;

	if (!m->open)
		return;
	rows_drop(m->table);
	for (i = 0; i < TABLES; i++) {
		m->table[i] = m->saved[i];
		m->saved[i].row = NULL;
	}
	m->open = false;
}

/* --- meta, watches --------------------------------------------------------------------- */

static int mem_meta_get(struct store *st, const char *key, char *value, size_t size)
{
	FOR_EACH(st, META, struct meta, m)
	{
		if (strcmp(m->key, key))
			continue;
		snprintf(value, size, "%s", m->value);
		return 0;
	}
	return -ENOENT;
}

static int mem_meta_put(struct store *st, const char *key, const char *value)
{
	struct meta fresh;
	int rc = changing(st);

	if (rc < 0)
		return rc;
	FOR_EACH(st, META, struct meta, m)
	{
		if (strcmp(m->key, key))
			continue;
		snprintf(m->value, sizeof(m->value), "%s", value);
		return 0;
	}
	snprintf(fresh.key, sizeof(fresh.key), "%s", key);
	snprintf(fresh.value, sizeof(fresh.value), "%s", value);
	return row_add(st, META, &fresh);
}

static int mem_watch_del(struct store *st, const char *name)
{
	int rc = changing(st);

	FOR_EACH(st, WATCHES, struct seen_watch, w)
	{
		if (rc < 0 || strcmp(w->name, name))
			continue;
		row_del(st, WATCHES, w);
		break;
	}
	return rc;
}

static int mem_watch_put(struct store *st, const char *name, bool ours)
{
	struct seen_watch w = { .ours = ours };
	int rc = mem_watch_del(st, name);

	snprintf(w.name, sizeof(w.name), "%s", name);
	return rc < 0 ? rc : row_add(st, WATCHES, &w);
}

static int mem_watch_list(struct store *st, store_name_cb cb, void *arg)
{
	int rc;

	FOR_EACH(st, WATCHES, struct seen_watch, w)
	if ((rc = cb(w->name, w->ours, arg)))
		return rc;
	return 0;
}

/* --- outages ----------------------------------------------------------------------------- */

static struct outage *find_outage(struct store *st, uint64_t id)
{
	FOR_EACH(st, OUTAGES, struct outage, o)
	if (o->id == id)
		return o;
	return NULL;
}

static int mem_outage_put(struct store *st, struct outage *o)
{
	struct outage *old = find_outage(st, o->id);
	int rc = changing(st);

	if (rc < 0)
		return rc;
	FOR_EACH(st, OUTAGES, struct outage, other)
	if (other->id != o->id && !other->ended && !o->ended &&
	    service_equal(&other->service, &o->service))
		return -EEXIST;
	if (old) {
		*old = *o;
		return 0;
	}
	o->id = ++to_mem(st)->last_id;
	return row_add(st, OUTAGES, o);
}

static int mem_outage_latest(struct store *st, const struct service *s, struct outage *o)
{
	int rc = -ENOENT;

	FOR_EACH(st, OUTAGES, struct outage, row)
	{
		if (!service_equal(&row->service, s))
			continue;
		*o = *row;
		rc = 0;
	}
	return rc;
}

static int mem_outage_list(struct store *st, const struct outage_query *q, store_outage_cb cb,
			   void *arg)
{
	unsigned int n = 0;
	int rc;

	FOR_EACH(st, OUTAGES, struct outage, row)
	{
		struct outage o = *row;

		if (o.id <= q->after || (q->open_only && o.ended))
			continue;
		if (n++ == q->limit)
			break;
		o.n_waiters = 0;
		FOR_EACH(st, WAITERS, struct waiter, w)
		o.n_waiters += w->outage == o.id;
		if ((rc = cb(&o, arg)))
			return rc;
	}
	return 0;
}

static void drop_outage(struct store *st, struct outage *o)
{
	struct rows *t = to_mem(st)->table;
	size_t i;

	for (i = t[WAITERS].n; i-- > 0;)
		if (((struct waiter *)row_at(&t[WAITERS], i))->outage == o->id)
			row_del(st, WAITERS, row_at(&t[WAITERS], i));
	for (i = t[NOTICES].n; i-- > 0;)
		if (((struct notice *)row_at(&t[NOTICES], i))->outage == o->id)
			row_del(st, NOTICES, row_at(&t[NOTICES], i));
	row_del(st, OUTAGES, o);
}

static bool carries(struct store *st, uint64_t message)
{
	FOR_EACH(st, NOTICES, struct notice, n)
	if (n->message == message)
		return true;
	return false;
}

static int mem_outage_purge(struct store *st, int64_t before, unsigned int limit)
{
	struct rows *t = to_mem(st)->table;
	unsigned int n = 0;
	struct message *m;
	struct outage *o;
	int rc = changing(st);
	size_t i;

	if (rc < 0)
		return rc;
	for (i = 0; i < t[OUTAGES].n && n < limit;) {
		o = row_at(&t[OUTAGES], i);
		if (!o->ended || o->ended >= before) {
			i++;
			continue;
		}
		drop_outage(st, o);
		n++;
	}
	for (i = t[MESSAGES].n; n && i-- > 0;) {
		m = row_at(&t[MESSAGES], i);
		if (m->created < before && !carries(st, m->id))
			row_del(st, MESSAGES, m);
	}
	return n;
}

/* --- waiters ------------------------------------------------------------------------------ */

static int waiter_cmp(const void *a, const void *b)
{
	const struct waiter *x = a, *y = b;

	if (x->outage != y->outage)
		return x->outage < y->outage ? -1 : 1;
	return addr_cmp(&x->client, &y->client);
}

static struct waiter *find_waiter(struct store *st, uint64_t outage, const struct addr *client)
{
	FOR_EACH(st, WAITERS, struct waiter, w)
	if (w->outage == outage && addr_equal(&w->client, client))
		return w;
	return NULL;
}

static int mem_waiter_put(struct store *st, const struct waiter *w)
{
	struct waiter *old = find_waiter(st, w->outage, &w->client);
	struct rows *t = &to_mem(st)->table[WAITERS];
	int rc = changing(st);

	if (rc < 0)
		return rc;
	if (old) {
		*old = *w;
		return 0;
	}
	rc = row_add(st, WAITERS, w);
	if (rc == 0)
		qsort(t->row, t->n, t->element, waiter_cmp);
	return rc;
}

static int mem_waiter_get(struct store *st, uint64_t outage, const struct addr *client,
			  struct waiter *w)
{
	struct waiter *row = find_waiter(st, outage, client);

	if (!row)
		return -ENOENT;
	*w = *row;
	return 0;
}

static bool waiter_matches(const struct waiter *w, const struct outage *o,
			   const struct waiter_query *q)
{
	const struct waiter after = { .outage = q->after_outage, .client = q->after_client };

	if (q->outage ? w->outage != q->outage : waiter_cmp(w, &after) <= 0)
		return false;
	if (q->outage && q->after_client.family && addr_cmp(&w->client, &q->after_client) <= 0)
		return false;
	if (q->state >= 0 && w->state != q->state)
		return false;
	if (q->server.family && !addr_equal(&q->server, &o->service.server))
		return false;
	return !q->client.family || addr_equal(&q->client, &w->client);
}

static int mem_waiter_list(struct store *st, const struct waiter_query *q, store_waiter_cb cb,
			   void *arg)
{
	unsigned int n = 0;
	int rc;

	FOR_EACH(st, WAITERS, struct waiter, w)
	{
		struct outage *o = find_outage(st, w->outage);

		if (!o || !waiter_matches(w, o, q))
			continue;
		if (n++ == q->limit)
			break;
		if ((rc = cb(w, o, arg)))
			return rc;
	}
	return 0;
}

static int mem_waiter_lost(struct store *st, const char *watch)
{
	int rc = changing(st);

	if (rc < 0)
		return rc;
	FOR_EACH(st, WAITERS, struct waiter, w)
	{
		struct outage *o = find_outage(st, w->outage);

		if (o && !o->ended && (!watch || strcmp(w->watch, watch) == 0))
			w->in_kernel = false;
	}
	return 0;
}

/* --- contacts ------------------------------------------------------------------------------ */

static int contact_cmp(const void *a, const void *b)
{
	const struct contact *x = a, *y = b;

	return contact_key_cmp(&x->key, &y->key);
}

static int mem_contact_del(struct store *st, const struct contact_key *key)
{
	int rc = changing(st);

	if (rc < 0)
		return rc;
	FOR_EACH(st, CONTACTS, struct contact, c)
	{
		if (contact_key_cmp(&c->key, key))
			continue;
		row_del(st, CONTACTS, c);
		return 0;
	}
	return -ENOENT;
}

static int mem_contact_put(struct store *st, const struct contact *c)
{
	struct rows *t = &to_mem(st)->table[CONTACTS];
	int rc = mem_contact_del(st, &c->key);

	if (rc < 0 && rc != -ENOENT)
		return rc;
	rc = row_add(st, CONTACTS, c);
	if (rc == 0)
		qsort(t->row, t->n, t->element, contact_cmp);
	return rc;
}

static int mem_contact_list(struct store *st, const struct contact_key *after, unsigned int limit,
			    store_contact_cb cb, void *arg)
{
	unsigned int n = 0;
	int rc;

	FOR_EACH(st, CONTACTS, struct contact, c)
	{
		if (after && contact_key_cmp(&c->key, after) <= 0)
			continue;
		if (limit && n++ == limit)
			break;
		if ((rc = cb(c, arg)))
			return rc;
	}
	return 0;
}

/* --- outbox -------------------------------------------------------------------------------- */

static struct message *find_message(struct store *st, uint64_t id)
{
	FOR_EACH(st, MESSAGES, struct message, m)
	if (m->id == id)
		return m;
	return NULL;
}

static int mem_notice_put(struct store *st, struct notice *n)
{
	int rc = changing(st);

	if (rc < 0)
		return rc;
	FOR_EACH(st, NOTICES, struct notice, old)
	{
		if (old->id != n->id)
			continue;
		old->due = n->due;
		old->message = n->message;
		return 0;
	}
	n->id = ++to_mem(st)->last_id;
	return row_add(st, NOTICES, n);
}

static int mem_notice_mails(struct store *st, int64_t now, unsigned int limit, store_mail_cb cb,
			    void *arg)
{
	unsigned int n = 0;
	int rc;

	FOR_EACH(st, NOTICES, struct notice, row)
	{
		bool said = false;

		if (row->message || row->due > now)
			continue;
		if (n++ == limit)
			break;
		FOR_EACH(st, NOTICES, struct notice, before)
		{
			if (before == row)
				break;
			said |= !before->message && before->due <= now &&
				strcmp(before->mail, row->mail) == 0;
		}
		if (!said && (rc = cb(row->mail, arg)))
			return rc;
	}
	return 0;
}

static int mem_notice_list(struct store *st, const char *mail, uint64_t message, uint64_t after,
			   unsigned int limit, store_notice_cb cb, void *arg)
{
	unsigned int n = 0;
	int rc;

	FOR_EACH(st, NOTICES, struct notice, row)
	{
		if (row->id <= after || (mail && (row->message || strcmp(row->mail, mail))) ||
		    (message && row->message != message))
			continue;
		if (n++ == limit)
			break;
		if ((rc = cb(row, find_message(st, row->message), arg)))
			return rc;
	}
	return 0;
}

static int mem_notice_of(struct store *st, uint64_t outage, const struct addr *client,
			 store_notice_cb cb, void *arg)
{
	int rc;

	FOR_EACH(st, NOTICES, struct notice, row)
	{
		if (row->outage != outage || !addr_equal(&row->client, client))
			continue;
		if ((rc = cb(row, find_message(st, row->message), arg)))
			return rc;
	}
	return 0;
}

static int mem_notice_defer(struct store *st, const char *mail, int64_t due)
{
	int rc = changing(st);

	if (rc < 0)
		return rc;
	FOR_EACH(st, NOTICES, struct notice, n)
	if (!n->message && strcmp(n->mail, mail) == 0 && n->due < due)
		n->due = due;
	return 0;
}

static int mem_message_put(struct store *st, struct message *m)
{
	struct message *old = find_message(st, m->id);
	int rc = changing(st);

	if (rc < 0)
		return rc;
	if (old) {
		*old = *m;
		return 0;
	}
	m->id = ++to_mem(st)->last_id;
	return row_add(st, MESSAGES, m);
}

static int mem_message_get(struct store *st, uint64_t id, struct message *m)
{
	const struct message *found = find_message(st, id);

	if (!found)
		return -ENOENT;
	*m = *found;
	return 0;
}

static int mem_message_due(struct store *st, int64_t now, unsigned int limit, store_message_cb cb,
			   void *arg)
{
	unsigned int n = 0;
	int rc;

	FOR_EACH(st, MESSAGES, struct message, m)
	{
		if (m->state != MESSAGE_QUEUED || m->next > now)
			continue;
		if (n++ == limit)
			break;
		if ((rc = cb(m, arg)))
			return rc;
	}
	return 0;
}

static int mem_message_recent(struct store *st, const char *mail, int64_t since, unsigned int *n,
			      int64_t *oldest)
{
	*n = 0;
	*oldest = 0;
	FOR_EACH(st, MESSAGES, struct message, m)
	{
		if (m->created <= since || strcmp(m->mail, mail))
			continue;
		if (!(*n)++ || m->created < *oldest)
			*oldest = m->created;
	}
	return 0;
}

static int mem_outbox_next(struct store *st, int64_t now, int64_t *when)
{
	*when = INT64_MAX;
	FOR_EACH(st, NOTICES, struct notice, n)
	if (!n->message && n->due > now && n->due < *when)
		*when = n->due;
	FOR_EACH(st, MESSAGES, struct message, m)
	if (m->state == MESSAGE_QUEUED && m->next > now && m->next < *when)
		*when = m->next;
	return 0;
}

static int mem_outbox_count(struct store *st, struct outbox_counts *c)
{
	memset(c, 0, sizeof(*c));
	FOR_EACH(st, NOTICES, struct notice, n)
	c->waiting += !n->message;
	FOR_EACH(st, MESSAGES, struct message, m)
	{
		c->queued += m->state == MESSAGE_QUEUED;
		c->sent += m->state == MESSAGE_SENT;
		c->refused += m->state == MESSAGE_REFUSED;
		c->given_up += m->state == MESSAGE_GIVEN_UP;
	}
	return 0;
}

static const struct store_ops mem_ops = {
	.close = mem_close,
	.begin = mem_begin,
	.commit = mem_commit,
	.rollback = mem_rollback,
	.meta_get = mem_meta_get,
	.meta_put = mem_meta_put,
	.watch_put = mem_watch_put,
	.watch_del = mem_watch_del,
	.watch_list = mem_watch_list,
	.outage_put = mem_outage_put,
	.outage_latest = mem_outage_latest,
	.outage_list = mem_outage_list,
	.outage_purge = mem_outage_purge,
	.waiter_put = mem_waiter_put,
	.waiter_get = mem_waiter_get,
	.waiter_list = mem_waiter_list,
	.waiter_lost = mem_waiter_lost,
	.contact_put = mem_contact_put,
	.contact_del = mem_contact_del,
	.contact_list = mem_contact_list,
	.notice_put = mem_notice_put,
	.notice_mails = mem_notice_mails,
	.notice_list = mem_notice_list,
	.notice_of = mem_notice_of,
	.notice_defer = mem_notice_defer,
	.message_put = mem_message_put,
	.message_get = mem_message_get,
	.message_due = mem_message_due,
	.message_recent = mem_message_recent,
	.outbox_next = mem_outbox_next,
	.outbox_count = mem_outbox_count,
};

void store_mem_fail(struct store *st, int err)
{
	to_mem(st)->fail = err;
}

int store_open_mem(struct store **sp)
{
	static const size_t element[TABLES] = {
		[META] = sizeof(struct meta),	     [WATCHES] = sizeof(struct seen_watch),
		[OUTAGES] = sizeof(struct outage),   [WAITERS] = sizeof(struct waiter),
		[CONTACTS] = sizeof(struct contact), [NOTICES] = sizeof(struct notice),
		[MESSAGES] = sizeof(struct message),
	};
	struct mem_store *m = calloc(1, sizeof(*m));
	int i;

	if (!m)
		return -ENOMEM;
	m->st.ops = &mem_ops;
	for (i = 0; i < TABLES; i++)
		m->table[i].element = element[i];
	*sp = &m->st;
	return 0;
}
