// SPDX-License-Identifier: GPL-2.0
/*
 * A chained hash table with a key of its own, so that nobody can choose
 * addresses that all fall into one chain.
 */
#include "limit.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define BUCKETS 1024 /* a power of two */

struct entry {
	struct entry *next;
	struct addr who;
	uint32_t n;
};

struct limit {
	uint32_t max;
	uint64_t key;
	struct entry *buckets[BUCKETS];
};

static struct addr who(const struct addr *client)
{
	struct addr a = *client;

	if (a.family == AF_INET6)
		memset(a.bytes + 8, 0, 8);
	return a;
}

bool limit_same(const struct addr *a, const struct addr *b)
{
	struct addr x = who(a), y = who(b);

	return addr_equal(&x, &y);
}

static struct entry **find(struct limit *l, const struct addr *a)
{
	uint64_t h = l->key;
	struct entry **e;

	for (size_t i = 0; i < addr_len(a); i++)
		h = (h ^ a->bytes[i]) * 0x9e3779b97f4a7c15ULL;
	e = &l->buckets[(h ^ h >> 32) & (BUCKETS - 1)];
	while (*e && !addr_equal(&(*e)->who, a))
		e = &(*e)->next;
	return e;
}

struct limit *limit_new(uint32_t max)
{
	struct limit *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->max = max;
	if (getrandom(&l->key, sizeof(l->key), 0) != sizeof(l->key)) {
		free(l);
		return NULL;
	}
	return l;
}

void limit_free(struct limit *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < BUCKETS; i++) {
		while (l->buckets[i]) {
			struct entry *e = l->buckets[i];

			l->buckets[i] = e->next;
			free(e);
		}
	}
	free(l);
}

bool limit_enter(struct limit *l, const struct addr *client)
{
	struct addr a = who(client);
	struct entry **e = find(l, &a);

	if (!*e) {
		*e = calloc(1, sizeof(**e));
		if (!*e)
			return false;
		(*e)->who = a;
	}
	if ((*e)->n >= l->max)
		return false;
	(*e)->n++;
	return true;
}

void limit_leave(struct limit *l, const struct addr *client)
{
	struct addr a = who(client);
	struct entry **e = find(l, &a), *old = *e;

	if (!old || --old->n)
		return;
	*e = old->next;
	free(old);
}
