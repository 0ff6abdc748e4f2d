// SPDX-License-Identifier: GPL-2.0
/*
 * The store in memory: lists of waiting clients that other routers handed to us.
 */
#include "store_mem.h"

#include <errno.h>
#include <string.h>

static struct list *find_list(struct store *st, uint64_t outage)
{
	FOR_EACH(st, LISTS, struct list, l)
	if (l->outage == outage)
		return l;
	return NULL;
}

int mem_outage_origin(struct store *st, struct outage *o)
{
	FOR_EACH(st, OUTAGES, struct outage, row)
	{
		if (strcmp(row->origin, o->origin) || row->origin_id != o->origin_id ||
		    row->origin_list != o->origin_list || row->began != o->began)
			continue;
		*o = *row;
		return 0;
	}
	return -ENOENT;
}

int mem_outage_del(struct store *st, uint64_t id, unsigned int limit)
{
	struct outage *o = mem_outage(st, id);
	int rc = mem_changing(st);

	return rc == 0 && o ? mem_outage_drop(st, o, &limit) : rc;
}

int mem_list_put(struct store *st, const struct list *l)
{
	struct list *old = find_list(st, l->outage);
	int rc = mem_changing(st);

	if (rc < 0)
		return rc;
	if (!old)
		return mem_row_add(st, LISTS, l);
	*old = *l;
	return 0;
}

int mem_list_get(struct store *st, uint64_t outage, struct list *l)
{
	const struct list *found = find_list(st, outage);

	if (!found)
		return -ENOENT;
	*l = *found;
	return 0;
}

int mem_list_part(struct store *st, uint64_t outage, uint32_t part)
{
	const struct list_part row = { outage, part };
	int rc = mem_changing(st);

	if (rc < 0)
		return rc;
	FOR_EACH(st, LIST_PARTS, struct list_part, p)
	if (p->outage == outage && p->part == part)
		return 0;
	rc = mem_row_add(st, LIST_PARTS, &row);
	return rc < 0 ? rc : 1;
}

int mem_list_parts(struct store *st, uint64_t outage, uint32_t *n)
{
	*n = 0;
	FOR_EACH(st, LIST_PARTS, struct list_part, p)
	*n += p->outage == outage;
	return 0;
}

static int hand_out(struct store *st, const struct list *row, store_list_cb cb, void *arg)
{
	struct list l = *row;

	mem_list_parts(st, l.outage, &l.n_parts);
	return cb(&l, mem_outage(st, l.outage), arg);
}

int mem_list_list(struct store *st, uint64_t after, unsigned int limit, store_list_cb cb, void *arg)
{
	int rc;

	/* They are made in the order of their outages. */
	FOR_EACH(st, LISTS, struct list, row)
	{
		if (row->outage <= after)
			continue;
		if (!limit--)
			break;
		if ((rc = hand_out(st, row, cb, arg)))
			return rc;
	}
	return 0;
}

int mem_list_promised(struct store *st, const char *origin, uint64_t *clients)
{
	*clients = 0;
	FOR_EACH(st, LISTS, struct list, l)
	if (l->state != LIST_RELEASED && !strcmp(mem_outage(st, l->outage)->origin, origin))
		*clients += l->clients;
	return 0;
}

int mem_list_stale(struct store *st, enum list_state state, int64_t before, unsigned int limit,
		   store_list_cb cb, void *arg)
{
	int rc;

	FOR_EACH(st, LISTS, struct list, row)
	{
		if (row->state != state || row->at >= before)
			continue;
		if (!limit--)
			break;
		if ((rc = hand_out(st, row, cb, arg)))
			return rc;
	}
	return 0;
}

static bool told_elsewhere(struct store *st, const struct outage *o, const struct waiter *w)
{
	FOR_EACH(st, WAITERS, struct waiter, other)
	{
		const struct outage *its = mem_outage(st, other->outage);

		if (its->id != o->id && service_equal(&its->service, &o->service) &&
		    addr_equal(&other->client, &w->client) && other->told && its->ended >= o->began)
			return true;
	}
	return false;
}

static void release_notice(struct store *st, struct notice *n, int64_t now, int64_t due)
{
	struct waiter w;

	if (mem_waiter_get(st, n->outage, &n->client, &w) < 0 || w.told != now)
		return;
	n->due = due;
	n->created = now;
}

int mem_list_release(struct store *st, const struct outage *o, int64_t now, int64_t due,
		     struct list_told *told)
{
	struct rows *t = &to_mem(st)->table[NOTICES];
	int rc = mem_changing(st);
	size_t i;

	if (rc < 0)
		return rc;
	FOR_EACH(st, WAITERS, struct waiter, w)
	{
		if (w->outage != o->id || w->state != WAITER_WAITING)
			continue;
		w->state = WAITER_NOTIFIED;
		w->told = told_elsewhere(st, o, w) ? 0 : now;
	}
	*told = (struct list_told){ 0 };
	for (i = t->n; i-- > 0;) {
		struct notice *n = mem_row(t, i);

		if (n->outage != o->id || n->due != NOTICE_HELD)
			continue;
		release_notice(st, n, now, due);
		if (n->due == NOTICE_HELD) {
			mem_row_del(st, NOTICES, n);
			told->spared++;
		} else {
			told->told++;
		}
	}
	return 0;
}
