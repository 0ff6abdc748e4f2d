// SPDX-License-Identifier: GPL-2.0
/*
 * The store in memory: outages and their waiters.
 */
#include "store_mem.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* --- outages ----------------------------------------------------------------------------- */

struct outage *mem_outage(struct store *st, uint64_t id)
{
	FOR_EACH(st, OUTAGES, struct outage, o)
	if (o->id == id)
		return o;
	return NULL;
}

int mem_outage_put(struct store *st, struct outage *o)
{
	struct outage *old = mem_outage(st, o->id);
	int rc = mem_changing(st);

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
	return mem_row_add(st, OUTAGES, o);
}

int mem_outage_get(struct store *st, uint64_t id, struct outage *o)
{
	const struct outage *found = mem_outage(st, id);

	if (!found)
		return -ENOENT;
	*o = *found;
	return 0;
}

int mem_outage_latest(struct store *st, const struct service *s, struct outage *o)
{
	int rc = -ENOENT;

	FOR_EACH(st, OUTAGES, struct outage, row)
	{
		if (row->origin[0] || !service_equal(&row->service, s))
			continue;
		*o = *row;
		rc = 0;
	}
	return rc;
}

static int hand_out(struct store *st, const struct outage *row, store_outage_cb cb, void *arg)
{
	struct outage o = *row;

	o.n_waiters = 0;
	FOR_EACH(st, WAITERS, struct waiter, w)
	o.n_waiters += w->outage == o.id;
	return cb(&o, arg);
}

static int list_since(struct store *st, const struct outage_query *q, store_outage_cb cb, void *arg)
{
	const struct rows *t = &to_mem(st)->table[OUTAGES];
	unsigned int n = 0;
	size_t i;
	int rc;

	for (i = t->n; i-- > 0 && n < q->limit;) {
		const struct outage *row = mem_row(t, i);

		if (row->ended && row->ended < q->since)
			continue;
		n++;
		if ((rc = hand_out(st, row, cb, arg)))
			return rc;
	}
	return 0;
}

int mem_outage_list(struct store *st, const struct outage_query *q, store_outage_cb cb, void *arg)
{
	unsigned int n = 0;
	int rc;

	if (q->since)
		return list_since(st, q, cb, arg);

	FOR_EACH(st, OUTAGES, struct outage, row)
	{
		if (row->id <= q->after || (q->open_only && (row->ended || row->origin[0])))
			continue;
		if (n++ == q->limit)
			break;
		if ((rc = hand_out(st, row, cb, arg)))
			return rc;
	}
	return 0;
}

/* Deletes the rows of @which whose member @id is @outage, as many as @left at most. */
#define DROP_OF(st, which, type, id, outage, left)                                    \
	for (size_t _i = to_mem(st)->table[which].n; (left) && _i-- > 0;)             \
		if (((type *)mem_row(&to_mem(st)->table[which], _i))->id == (outage)) \
	mem_row_del(st, which, mem_row(&to_mem(st)->table[which], _i)), (left)--

int mem_outage_drop(struct store *st, struct outage *o, unsigned int *limit)
{
	unsigned int all = UINT_MAX;

	DROP_OF(st, NOTICES, struct notice, outage, o->id, *limit);
	DROP_OF(st, WAITERS, struct waiter, outage, o->id, *limit);
	DROP_OF(st, ANSWERS, struct answer, outage, o->id, *limit);
	DROP_OF(st, LIST_PARTS, struct list_part, outage, o->id, *limit);
	if (!*limit)
		return 1;
	DROP_OF(st, MESSAGES, struct message, outage, o->id, all);
	DROP_OF(st, HANDOVERS, struct handover, outage, o->id, all);
	DROP_OF(st, LISTS, struct list, outage, o->id, all);
	mem_row_del(st, OUTAGES, o);
	return 0;
}

static bool carries(struct store *st, uint64_t message)
{
	FOR_EACH(st, NOTICES, struct notice, n)
	if (n->message == message)
		return true;
	return false;
}

/* By its list, where it is another router's. */
static bool heard_since(struct store *st, const struct outage *o, int64_t heard)
{
	struct list l;

	return mem_list_get(st, o->id, &l) == 0 && (l.at >= heard || o->ended >= heard);
}

static bool under_way(struct store *st, uint64_t outage)
{
	FOR_EACH(st, HANDOVERS, struct handover, h)
	if (h->outage == outage && !h->done)
		return true;
	return false;
}

static bool is_owed(struct store *st, const struct notice *n)
{
	struct message m;

	if (!n->message)
		return n->due != NOTICE_HELD;
	return mem_message_get(st, n->message, &m) == 0 && m.state == MESSAGE_QUEUED;
}

/* Somebody is still to be told of it. */
static bool owes(struct store *st, uint64_t outage)
{
	FOR_EACH(st, NOTICES, struct notice, n)
	if (n->outage == outage && is_owed(st, n))
		return true;
	FOR_EACH(st, WAITERS, struct waiter, w)
	if (w->outage == outage && w->state == WAITER_ASKING)
		return true;
	return false;
}

int mem_outage_purge(struct store *st, int64_t before, int64_t heard, unsigned int limit)
{
	struct rows *t = to_mem(st)->table;
	struct message *m;
	struct outage *o;
	int rc = mem_changing(st);
	size_t i;

	if (rc < 0)
		return rc;
	for (i = 0; i < t[OUTAGES].n && limit;) {
		o = mem_row(&t[OUTAGES], i);
		if (!o->ended || o->ended >= before || heard_since(st, o, heard) ||
		    under_way(st, o->id) || owes(st, o->id)) {
			i++;
			continue;
		}
		mem_outage_drop(st, o, &limit);
	}
	for (i = t[MESSAGES].n; limit && i-- > 0;) {
		m = mem_row(&t[MESSAGES], i);
		if (m->created < before && m->state != MESSAGE_QUEUED && !carries(st, m->id))
			mem_row_del(st, MESSAGES, m), limit--;
	}
	return !limit;
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

int mem_waiter_put(struct store *st, const struct waiter *w)
{
	struct waiter *old = find_waiter(st, w->outage, &w->client);
	struct rows *t = &to_mem(st)->table[WAITERS];
	int rc = mem_changing(st);

	if (rc < 0)
		return rc;
	if (old) {
		*old = *w;
		return 0;
	}
	rc = mem_row_add(st, WAITERS, w);
	if (rc == 0)
		qsort(t->row, t->n, t->element, waiter_cmp);
	return rc;
}

int mem_waiter_get(struct store *st, uint64_t outage, const struct addr *client, struct waiter *w)
{
	struct waiter *row = find_waiter(st, outage, client);

	if (!row)
		return -ENOENT;
	*w = *row;
	return 0;
}

static uint8_t choice_of(struct store *st, const struct waiter *w)
{
	struct answer a;

	return mem_answer_get(st, w->outage, &w->client, &a) == 0 ? a.choice : CHOICE_NONE;
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

int mem_waiter_list(struct store *st, const struct waiter_query *q, store_waiter_cb cb, void *arg)
{
	unsigned int n = 0;
	int rc;

	FOR_EACH(st, WAITERS, struct waiter, row)
	{
		struct outage *o = mem_outage(st, row->outage);
		struct waiter w = *row;

		if (!o || !waiter_matches(row, o, q))
			continue;
		if (n++ == q->limit)
			break;
		w.choice = choice_of(st, row);
		if ((rc = cb(&w, o, arg)))
			return rc;
	}
	return 0;
}

int mem_waiter_recent(struct store *st, const struct addr *client, int64_t since,
		      unsigned int limit, store_waiter_cb cb, void *arg)
{
	struct rows *t = &to_mem(st)->table[OUTAGES];
	unsigned int n = 0;
	size_t i;
	int rc;

	/* The latest have the highest ids and stand last. */
	for (i = t->n; i-- > 0 && n < limit;) {
		struct outage *o = mem_row(t, i);
		struct waiter *row = find_waiter(st, o->id, client), w;

		if (!row || (o->ended && o->ended <= since))
			continue;
		n++;
		w = *row;
		w.choice = choice_of(st, row);
		if ((rc = cb(&w, o, arg)))
			return rc;
	}
	return 0;
}

int mem_waiter_count(struct store *st, uint64_t outage, uint32_t *n)
{
	*n = 0;
	FOR_EACH(st, WAITERS, struct waiter, w)
	*n += w->outage == outage && w->state == WAITER_WAITING;
	return 0;
}

int mem_waiter_unknown(struct store *st, uint64_t after_outage, const struct addr *after_client,
		       unsigned int limit, store_waiter_cb cb, void *arg)
{
	const struct waiter after = { .outage = after_outage, .client = *after_client };
	unsigned int n = 0;
	int rc = 0;

	FOR_EACH(st, WAITERS, struct waiter, w)
	{
		struct outage *o = mem_outage(st, w->outage);

		if (!o || w->mail[0] || waiter_cmp(w, &after) <= 0 ||
		    (w->state != WAITER_WAITING && w->state != WAITER_ASKING))
			continue;
		if (rc || n++ == limit)
			break;
		rc = cb(w, o, arg);
	}
	return rc;
}

int mem_waiter_lost(struct store *st, const char *watch)
{
	int rc = mem_changing(st);

	if (rc < 0)
		return rc;
	FOR_EACH(st, WAITERS, struct waiter, w)
	{
		struct outage *o = mem_outage(st, w->outage);

		if (o && !o->ended && (!watch || strcmp(w->watch, watch) == 0))
			w->in_kernel = false;
	}
	return 0;
}
