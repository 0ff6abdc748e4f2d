// SPDX-License-Identifier: GPL-2.0
/*
 * The store in memory: lists that we hand over, and announcements.
 */
#include "store_mem.h"

#include <errno.h>
#include <string.h>

struct handover *mem_find_handover(struct store *st, uint64_t id)
{
	FOR_EACH(st, HANDOVERS, struct handover, h)
	if (h->id == id)
		return h;
	return NULL;
}

int mem_handover_put(struct store *st, struct handover *h)
{
	struct handover *old = mem_find_handover(st, h->id);
	int rc = mem_changing(st);

	if (rc < 0)
		return rc;
	if (old) {
		*old = *h;
		return 0;
	}
	h->id = ++to_mem(st)->last_id;
	return mem_row_add(st, HANDOVERS, h);
}

int mem_handover_get(struct store *st, uint64_t id, struct handover *h)
{
	const struct handover *found = mem_find_handover(st, id);

	if (!found)
		return -ENOENT;
	*h = *found;
	return 0;
}

int mem_handover_gathering(struct store *st, uint64_t outage, uint8_t step, struct handover *h)
{
	int rc = -ENOENT;

	FOR_EACH(st, HANDOVERS, struct handover, row)
	{
		if (row->outage != outage || row->step != step || row->done ||
		    row->state != HANDOVER_GATHERING)
			continue;
		*h = *row;
		rc = 0;
	}
	return rc;
}

static bool same_ear(const struct handover *a, const struct handover *b)
{
	return a->kind != HANDOVER_PART && b->kind != HANDOVER_PART && a->outage == b->outage &&
	       a->route == b->route && strcmp(a->target, b->target) == 0;
}

static bool has_its_turn(struct store *st, const struct handover *h)
{
	FOR_EACH(st, HANDOVERS, struct handover, before)
	if (!before->done && before->id < h->id && same_ear(before, h))
		return false;
	return true;
}

int mem_handover_due(struct store *st, int64_t now, unsigned int limit, store_handover_cb cb,
		     void *arg)
{
	unsigned int n = 0;
	int rc;

	FOR_EACH(st, HANDOVERS, struct handover, h)
	{
		if (h->done || h->next > now || !has_its_turn(st, h))
			continue;
		if (n++ == limit)
			break;
		if ((rc = cb(h, arg)))
			return rc;
	}
	return 0;
}

int mem_handover_next(struct store *st, int64_t now, int64_t *when)
{
	*when = INT64_MAX;
	FOR_EACH(st, HANDOVERS, struct handover, h)
	if (!h->done && h->next > now && h->next < *when)
		*when = h->next;
	return 0;
}

int mem_handover_clamp(struct store *st, int64_t now, int64_t latest)
{
	int n = 0, rc = mem_changing(st);

	if (rc < 0)
		return rc;
	FOR_EACH(st, HANDOVERS, struct handover, h)
	{
		if (h->done || h->next <= latest)
			continue;
		handover_clamp(h, now);
		n++;
	}
	return n;
}

int mem_handover_list(struct store *st, uint64_t after, unsigned int limit, store_handover_cb cb,
		      void *arg)
{
	unsigned int n = 0;
	int rc;

	FOR_EACH(st, HANDOVERS, struct handover, h)
	{
		if (h->id <= after)
			continue;
		if (n++ == limit)
			break;
		if ((rc = cb(h, arg)))
			return rc;
	}
	return 0;
}

int mem_handover_said(struct store *st, uint64_t outage, uint8_t route, const char *target,
		      unsigned int limit, store_handover_cb cb, void *arg)
{
	const struct rows *t = &to_mem(st)->table[HANDOVERS];
	struct handover wanted = { .kind = HANDOVER_DOWN, .outage = outage, .route = route };
	size_t i;
	int rc;

	memcpy(wanted.target, target, strlen(target) + 1);
	for (i = t->n; i-- > 0 && limit;) {
		const struct handover *h = mem_row(t, i);

		if (!same_ear(h, &wanted) || h->state == HANDOVER_DROPPED)
			continue;
		limit--;
		if ((rc = cb(h, arg)))
			return rc;
	}
	return 0;
}

int mem_handover_backlog(struct store *st, uint8_t route, const char *target, uint64_t *n,
			 int64_t *oldest)
{
	*n = 0;
	*oldest = 0;
	FOR_EACH(st, HANDOVERS, struct handover, h)
	{
		if (h->done || h->state == HANDOVER_SENT || h->route != route ||
		    (target[0] && strcmp(h->target, target)))
			continue;
		if (!(*n)++ || h->created < *oldest)
			*oldest = h->created;
	}
	return 0;
}

int mem_handover_rows(struct store *st, uint64_t id, uint32_t part, store_row_cb cb, void *arg)
{
	struct waiter w;
	int rc;

	FOR_EACH(st, NOTICES, struct notice, n)
	{
		struct msg_row row = {
			.client = n->client,
			.reason = n->reason,
			.attempts = n->attempts,
			.first = n->first,
			.last = n->last,
		};

		if (n->handover != id || n->part != part)
			continue;
		if (mem_waiter_get(st, n->outage, &n->client, &w) == 0) {
			row.has_mac = w.has_mac;
			row.mac = w.mac;
		}
		if ((rc = cb(&row, arg)))
			return rc;
	}
	return 0;
}

int mem_notice_number(struct store *st, uint64_t id, uint64_t handover, uint32_t part)
{
	int rc = mem_changing(st);

	if (rc < 0)
		return rc;
	FOR_EACH(st, NOTICES, struct notice, n)
	{
		if (n->id != id)
			continue;
		n->handover = handover;
		n->part = part;
		return 0;
	}
	return 0;
}

/* Notices stand in the order of their ids; those of a list in that of their parts, too. */
int mem_notice_handed(struct store *st, uint64_t handover, const struct notice *after,
		      unsigned int limit, store_notice_cb cb, void *arg)
{
	const struct handover *h = mem_find_handover(st, handover);
	uint32_t part = after ? after->part : 0, last = h && h->parts ? h->parts : 0;
	unsigned int n = 0;
	int rc;

	for (; part <= last; part++) {
		FOR_EACH(st, NOTICES, struct notice, row)
		{
			if (row->handover != handover || row->part != part ||
			    (after && row->part == after->part && row->id <= after->id))
				continue;
			if (n++ == limit)
				return 0;
			if ((rc = cb(row, NULL, h, arg)))
				return rc;
		}
	}
	return 0;
}
