// SPDX-License-Identifier: GPL-2.0
/*
 * The traps of the last second, and those that the engine has yet to get: one
 * table, a slot a (server, OID). Two that share a slot displace each other,
 * which costs a repetition, and news only while the engine is away.
 */
#include <string.h>

#include "pending.h"

/* FNV-1a. Only configured senders get here, so an unkeyed hash will do. */
static uint32_t hash(uint32_t h, const void *data, size_t len)
{
	const uint8_t *p = data;

	while (len--)
		h = (h ^ *p++) * 16777619u;
	return h;
}

static struct pending_trap *slot_of(struct pending *p, const struct msg_trap *t)
{
	uint32_t h = hash(2166136261u, t->server.bytes, sizeof(t->server.bytes));

	h = hash(h, t->oid, strlen(t->oid));
	return &p->slots[h % PENDING_SLOTS];
}

static bool same_news(const struct msg_trap *a, const struct msg_trap *b)
{
	return a->authentic == b->authentic && addr_equal(&a->server, &b->server) &&
	       !strcmp(a->oid, b->oid);
}

enum pending_put pending_add(struct pending *p, const struct msg_trap *trap, int64_t now_ms,
			     bool *owed, unsigned long *lost)
{
	struct pending_trap *s = slot_of(p, trap);
	bool fresh = s->when_ms && now_ms - s->when_ms < PENDING_REPEAT_MS;

	if (s->when_ms && same_news(&s->trap, trap) && (fresh || s->owed)) {
		*owed = s->owed;
		return PENDING_REPEATED;
	}
	if (s->owed)
		(*lost)++;
	else
		p->owed++;
	s->trap = *trap;
	s->when_ms = now_ms;
	s->owed = true;
	*owed = true;
	return PENDING_NEW;
}

int pending_flush(struct pending *p, int64_t now_ms,
		  int (*send)(const struct msg_trap *trap, void *arg), void *arg,
		  unsigned long *lost)
{
	for (size_t i = 0; p->owed && i < PENDING_SLOTS; i++) {
		struct pending_trap *s = &p->slots[i];

		if (!s->owed)
			continue;
		if (now_ms - s->when_ms > PENDING_KEEP_MS) {
			(*lost)++;
		} else {
			int err = send(&s->trap, arg);

			if (err)
				return err;
		}
		s->owed = false;
		p->owed--;
	}
	return 0;
}
