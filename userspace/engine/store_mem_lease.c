// SPDX-License-Identifier: GPL-2.0
/*
 * The store in memory: addresses that a DHCP server has given to MACs.
 */
#include "store_mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct mem_lease *find_lease(struct store *st, const struct addr *client)
{
	FOR_EACH(st, LEASES, struct mem_lease, l)
	if (addr_equal(&l->l.client, client))
		return l;
	return NULL;
}

/* As SQLite orders them: by their text. */
static int by_text(const void *a, const void *b)
{
	char x[ADDR_STRLEN], y[ADDR_STRLEN];

	return strcmp(addr_format(&((const struct mem_lease *)a)->l.client, x),
		      addr_format(&((const struct mem_lease *)b)->l.client, y));
}

int mem_lease_put(struct store *st, const struct lease *l, int64_t import)
{
	struct rows *t = &to_mem(st)->table[LEASES];
	struct mem_lease *old = find_lease(st, &l->client);
	const struct mem_lease row = { *l, import };
	int rc = mem_changing(st);

	if (rc == 0 && old)
		*old = row;
	else if (rc == 0)
		rc = mem_row_add(st, LEASES, &row);
	if (rc == 0)
		qsort(t->row, t->n, t->element, by_text);
	return rc;
}

int mem_lease_get(struct store *st, const struct addr *client, struct lease *l)
{
	const struct mem_lease *row = find_lease(st, client);

	if (!row)
		return -ENOENT;
	*l = row->l;
	return 0;
}

int mem_lease_del(struct store *st, const struct addr *client)
{
	struct mem_lease *row = find_lease(st, client);
	int rc = mem_changing(st);

	if (rc == 0 && row)
		mem_row_del(st, LEASES, row);
	return rc;
}

int mem_lease_list(struct store *st, const struct addr *after, unsigned int limit,
		   store_lease_cb cb, void *arg)
{
	const struct mem_lease cursor = { .l.client = *after };
	unsigned int n = 0;
	int rc = 0;

	FOR_EACH(st, LEASES, struct mem_lease, l)
	{
		if (after->family && by_text(l, &cursor) <= 0)
			continue;
		if (rc || n++ == limit)
			break;
		rc = cb(&l->l, arg);
	}
	return rc;
}

/* Deletes up to @limit (0: all) that ended before @before and are not of @import. */
static int drop(struct store *st, int64_t import, int64_t before, unsigned int limit)
{
	struct rows *t = &to_mem(st)->table[LEASES];
	int n = 0, rc = mem_changing(st);
	size_t i;

	for (i = t->n; rc == 0 && i-- > 0 && (!limit || n < (int)limit);) {
		struct mem_lease *l = mem_row(t, i);

		if (l->import == import || (before != INT64_MAX && l->l.ends >= before))
			continue;
		mem_row_del(st, LEASES, l);
		n++;
	}
	return rc < 0 ? rc : n;
}

int mem_lease_keep(struct store *st, int64_t import, unsigned int limit)
{
	return drop(st, import, INT64_MAX, limit);
}

int mem_lease_purge(struct store *st, int64_t before, unsigned int limit)
{
	return drop(st, 0, before, limit);
}
