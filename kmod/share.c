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

u32 rbk_share_of_client(const struct rbk_shares *shares, const struct rbk_attempt_key *key)
{
	if (key->service.family == NFPROTO_IPV4)
		return hsiphash_1u32((__force u32)key->client.ip, &shares->secret);
	return hsiphash_2u32(key->client.all[0], key->client.all[1], &shares->secret);
}

u32 rbk_share_of_service(const struct rbk_shares *shares, const struct rbk_service_key *s)
{
	if (s->family == NFPROTO_IPV4)
		return hsiphash_2u32((__force u32)s->server.ip, rbk_service_word(s),
				     &shares->secret);
	return hsiphash(s, sizeof(*s), &shares->secret);
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
