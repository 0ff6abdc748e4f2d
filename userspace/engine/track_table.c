// SPDX-License-Identifier: GPL-2.0
/*
 * The table of open outages.
 */
#include "track_table.h"

void track_table_init(struct track_table *t)
{
	int i;

	for (i = 0; i < TRACK_BUCKETS; i++) {
		LIST_INIT(&t->by_service[i]);
		LIST_INIT(&t->by_id[i]);
	}
	TAILQ_INIT(&t->all);
	t->n = 0;
}

/* No key of chance: OUTAGES_MAX bounds what somebody can make collide. */
static unsigned int bucket(const struct service *s)
{
	unsigned int h = s->port * 31u + s->proto;
	size_t i;

	for (i = 0; i < sizeof(s->server.bytes); i++)
		h = h * 16777619u ^ s->server.bytes[i];
	return (h ^ h >> 15) % TRACK_BUCKETS;
}

struct track *track_by_service(const struct track_table *t, const struct service *s)
{
	struct track *tr;

	LIST_FOREACH(tr, &t->by_service[bucket(s)], by_service)
	if (service_equal(&tr->o.service, s))
		return tr;
	return NULL;
}

struct track *track_by_id(const struct track_table *t, uint64_t id)
{
	struct track *tr;

	LIST_FOREACH(tr, &t->by_id[id % TRACK_BUCKETS], by_id)
	if (tr->o.id == id)
		return tr;
	return NULL;
}

void track_insert(struct track_table *t, struct track *tr)
{
	LIST_INSERT_HEAD(&t->by_service[bucket(&tr->o.service)], tr, by_service);
	LIST_INSERT_HEAD(&t->by_id[tr->o.id % TRACK_BUCKETS], tr, by_id);
	TAILQ_INSERT_TAIL(&t->all, tr, all);
	t->n++;
}

void track_remove(struct track_table *t, struct track *tr)
{
	LIST_REMOVE(tr, by_service);
	LIST_REMOVE(tr, by_id);
	TAILQ_REMOVE(&t->all, tr, all);
	t->n--;
}
