// SPDX-License-Identifier: GPL-2.0
/*
 * The walk that removes, and pauses for others. It sees all that stays in the table
 * from its beginning to its end: once is enough, however fast others come.
 */
#include <linux/rhashtable.h>
#include <linux/sched.h>

#include "compat.h"
#include "pernet.h"
#include "purge.h"

/* The entry of before the pause, if that is still there, or else one that was not seen. */
static void *rbk_purge_pause(struct rhashtable_iter *iter)
	__must_hold(RCU)
{
	rhashtable_walk_stop(iter);
	cond_resched();
	rbk_walk_resume(iter);
	/*
	 * The entry is gone: its place in the chain is found by counting, and those
	 * before it may be gone, too. What is seen twice does no harm.
	 */
	if (!iter->p)
		iter->skip = 0;
	return rhashtable_walk_peek(iter);
}

u32 rbk_purge(struct rbk_net *rn, struct rhashtable *table,
	      bool (*remove)(struct rbk_net *rn, void *entry, const void *arg), const void *arg)
{
	struct rhashtable_iter iter;
	void *entry;
	u32 n = 0;

	rhashtable_walk_enter(table, &iter);
	rhashtable_walk_start(&iter);
	while ((entry = rhashtable_walk_next(&iter))) {
		/* Before the removal: an entry that is in the table holds our place. */
		if (need_resched())
			entry = rbk_purge_pause(&iter);
		/* -EAGAIN: the table was resized, the walk begins anew. */
		if (IS_ERR_OR_NULL(entry))
			continue;
		spin_lock_bh(&rn->lock);
		n += remove(rn, entry, arg);
		spin_unlock_bh(&rn->lock);
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	return n;
}

#ifdef RINGBACK_SELFTEST
#include "selftest/purge.c"
#endif
