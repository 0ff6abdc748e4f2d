// SPDX-License-Identifier: GPL-2.0
/*
 * How often a password may be tried: who gave a wrong one is looked at no more than once a
 * second from then on, right or wrong, so that a quick answer tells nothing. Pure.
 */
#include "limit.h"
#include "status.h"

#define PAUSE_MS    1000
#define PATIENCE_MS 4000 /* nobody waits for his turn longer */

static struct status_turn *find(struct status_guard *g, const struct addr *client)
{
	for (size_t i = 0; i < STATUS_TURNS; i++) {
		if (g->turns[i].client.family && limit_same(&g->turns[i].client, client))
			return &g->turns[i];
	}
	return NULL;
}

/* The one whose turn is over, or will be first. */
static struct status_turn *oldest(struct status_guard *g)
{
	struct status_turn *t = &g->turns[0];

	for (size_t i = 1; i < STATUS_TURNS; i++) {
		if (g->turns[i].next < t->next)
			t = &g->turns[i];
	}
	return t;
}

int status_guard_wait(struct status_guard *g, const struct addr *client, int64_t now)
{
	struct status_turn *t = find(g, client);
	int64_t wait = t ? t->next - now : 0;

	if (wait <= 0)
		return 0;
	if (wait > PATIENCE_MS)
		return -1;
	t->next += PAUSE_MS;
	return (int)wait;
}

void status_guard_wrong(struct status_guard *g, const struct addr *client, int64_t now)
{
	struct status_turn *t = find(g, client);

	if (!t) {
		t = oldest(g);
		*t = (struct status_turn){ .client = *client };
	}
	if (t->next < now + PAUSE_MS)
		t->next = now + PAUSE_MS;
}
