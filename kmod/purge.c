// SPDX-License-Identifier: GPL-2.0
/*
 * The walk that removes. It pauses for others, and finds its place in a chain
 * again by counting: entries are missed when those before them were removed.
 */
#include <linux/rhashtable.h>
#include <linux/sched.h>

#include "compat.h"
#include "pernet.h"
#include "purge.h"

static u32 rbk_purge_pass(struct rbk_net *rn, struct rhashtable *table,
			  bool (*remove)(struct rbk_net *rn, void *entry, const void *arg),
			  const void *arg)
{
	struct rhashtable_iter iter;
	void *entry;
	u32 n = 0;

	rhashtable_walk_enter(table, &iter);
	rhashtable_walk_start(&iter);
	while ((entry = rhashtable_walk_next(&iter))) {
		/* -EAGAIN: the table was resized, the walk begins anew. */
		if (!IS_ERR(entry)) {
			spin_lock_bh(&rn->lock);
			n += remove(rn, entry, arg);
			spin_unlock_bh(&rn->lock);
		}
		if (need_resched()) {
			rhashtable_walk_stop(&iter);
			cond_resched();
			rbk_walk_resume(&iter);
		}
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	return n;
}

/* It is done when it removes nothing. */
u32 rbk_purge(struct rbk_net *rn, struct rhashtable *table,
	      bool (*remove)(struct rbk_net *rn, void *entry, const void *arg), const void *arg)
{
	u32 n, total = 0;

	do {
		n = rbk_purge_pass(rn, table, remove, arg);
		total += n;
		cond_resched();
	} while (n);
	return total;
}
