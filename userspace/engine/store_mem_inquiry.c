// SPDX-License-Identifier: GPL-2.0
/*
 * The store in memory: what clients answered, how often was asked, who is to be
 * left alone.
 */
#include "store_mem.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct answer *find_answer(struct store *st, uint64_t outage, const struct addr *client)
{
	FOR_EACH(st, ANSWERS, struct answer, a)
	if (a->outage == outage && addr_equal(&a->client, client))
		return a;
	return NULL;
}

int mem_answer_put(struct store *st, const struct answer *a)
{
	struct answer *old = find_answer(st, a->outage, &a->client);
	int rc = mem_changing(st);

	if (rc < 0)
		return rc;
	if (!old)
		return mem_row_add(st, ANSWERS, a);
	*old = *a;
	return 0;
}

int mem_answer_get(struct store *st, uint64_t outage, const struct addr *client, struct answer *a)
{
	const struct answer *row = find_answer(st, outage, client);

	if (!row)
		return -ENOENT;
	*a = *row;
	return 0;
}

int mem_answer_del(struct store *st, uint64_t outage, const struct addr *client)
{
	struct answer *row = find_answer(st, outage, client);
	int rc = mem_changing(st);

	if (rc == 0 && row)
		mem_row_del(st, ANSWERS, row);
	return rc;
}

int mem_asked_put(struct store *st, const struct asked *a)
{
	int rc = mem_changing(st);

	return rc < 0 ? rc : mem_row_add(st, ASKED, a);
}

int mem_asked_count(struct store *st, const char *client, const char *address, int64_t since,
		    unsigned int *n)
{
	*n = 0;
	FOR_EACH(st, ASKED, struct asked, a)
	*n += a->at > since && (client	? !strcmp(a->client, client) :
				address ? !strcmp(a->address, address) :
					  true);
	return 0;
}

int mem_asked_purge(struct store *st, int64_t before, int64_t now)
{
	struct rows *t = &to_mem(st)->table[ASKED];
	int rc = mem_changing(st);
	size_t i;

	for (i = t->n; rc == 0 && i-- > 0;) {
		struct asked *a = mem_row(t, i);

		if (a->at < before || a->at > now)
			mem_row_del(st, ASKED, a);
	}
	return rc;
}

/* The row of @address, or NULL. */
static void *suppressed(struct store *st, const char *address)
{
	typedef char fingerprint[FINGERPRINT_LEN];

	FOR_EACH(st, SUPPRESSED, fingerprint, f)
	if (!strcmp(*f, address))
		return f;
	return NULL;
}

int mem_suppressed_get(struct store *st, const char *address)
{
	return suppressed(st, address) != NULL;
}

int mem_suppressed_put(struct store *st, const char *address, int64_t at)
{
	char row[FINGERPRINT_LEN];
	int rc = mem_changing(st);

	(void)at;
	if (rc < 0 || suppressed(st, address))
		return rc;
	snprintf(row, sizeof(row), "%s", address);
	return mem_row_add(st, SUPPRESSED, row);
}

int mem_suppressed_del(struct store *st, const char *address)
{
	void *row = suppressed(st, address);
	int rc = mem_changing(st);

	if (rc < 0 || !row)
		return rc < 0 ? rc : -ENOENT;
	mem_row_del(st, SUPPRESSED, row);
	return 0;
}
