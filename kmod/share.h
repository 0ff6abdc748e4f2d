/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Fair shares: how many entries of the table belong to one client, or to one
 * service. Counting sketches of fixed size instead of an object per client,
 * which would cost every entry half its size again.
 *
 * A count is that of two hashed counters which is less, minus the average of
 * its row: exact while the table is far from full, and wrong only for a client
 * whose two counters both collide with those of greedy ones.
 */
#ifndef _RBK_SHARE_H
#define _RBK_SHARE_H

#include <linux/siphash.h>
#include <linux/types.h>

#include "classify.h"

#define RBK_SHARE_BUCKETS	16384	/* a power of two, at most 65536 */

/* All guarded by rbk_net.lock, but for the constant secret. */
struct rbk_shares {
	hsiphash_key_t secret;
	u32 total;
	u32 row[2][RBK_SHARE_BUCKETS];
};

/* May sleep; NULL without memory. To be freed by rbk_shares_free(). */
struct rbk_shares *rbk_shares_new(void);
void rbk_shares_free(struct rbk_shares *shares);

/*
 * Where the client of @key is counted: an IPv6 client as its /64, for a host has
 * all the addresses of its network. Needs no lock.
 */
u32 rbk_share_of_client(const struct rbk_shares *shares, const struct rbk_attempt_key *key);
/* Where a service is counted. Needs no lock. */
u32 rbk_share_of_service(const struct rbk_shares *shares, const struct rbk_service_key *s);
/* The number of entries of @share, which is from one of these. */
u32 rbk_share_count(const struct rbk_shares *shares, u32 share);
/* Counts an entry of @share in (@by is 1) or out (-1). */
void rbk_share_add(struct rbk_shares *shares, u32 share, int by);

#endif /* _RBK_SHARE_H */
