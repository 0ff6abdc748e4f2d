// SPDX-License-Identifier: GPL-2.0
/*
 * Counting sketches with two rows. Keyed, so that nobody can aim at the
 * counters of somebody else.
 */
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "share.h"

struct rbk_shares *rbk_shares_new(void)
{
	struct rbk_shares *shares;

	shares = kvzalloc(sizeof(*shares), GFP_KERNEL_ACCOUNT | __GFP_RETRY_MAYFAIL | __GFP_NOWARN);
	if (shares)
		get_random_bytes(&shares->secret, sizeof(shares->secret));
	return shares;
}

void rbk_shares_free(struct rbk_shares *shares)
{
	kvfree(shares);
}

u32 rbk_share_of(const struct rbk_shares *shares, const void *who, size_t len)
{
	return hsiphash(who, len, &shares->secret);
}

u32 rbk_share_count(const struct rbk_shares *shares, u32 share)
{
	u32 average = shares->total / RBK_SHARE_BUCKETS;
	u32 count = min(shares->row[0][share % RBK_SHARE_BUCKETS],
			shares->row[1][(share >> 16) % RBK_SHARE_BUCKETS]);

	return count > average ? count - average : 0;
}

void rbk_share_add(struct rbk_shares *shares, u32 share, int by)
{
	shares->row[0][share % RBK_SHARE_BUCKETS] += by;
	shares->row[1][(share >> 16) % RBK_SHARE_BUCKETS] += by;
	shares->total += by;
}
