// SPDX-License-Identifier: GPL-2.0
/*
 * The table of attempts: a hash table that is read without a lock, of objects
 * from a cache of their own, bounded in all and by client and service.
 */
#include <linux/jhash.h>
#include <linux/random.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>

#include "clock.h"
#include "compat.h"
#include "pernet.h"
#include "purge.h"
#include "service.h"
#include "share.h"
#include "table.h"

/* Of a namespace that has a watch: 64 KiB, and no growing under 6,000 entries. */
#define RBK_MIN_BUCKETS		8192
/* Entries that are compared to find the one that gives way. */
#define RBK_VICTIMS		32

static struct kmem_cache *rbk_attempt_cache;

/* Keyed by the table's random seed. */
static u32 rbk_attempt_hash(const void *data, u32 len, u32 seed)
{
	const struct rbk_attempt_key *key = data;

	if (key->service.family == NFPROTO_IPV4)
		return jhash_3words((__force u32)key->client.ip,
				    (__force u32)key->service.server.ip,
				    rbk_service_word(&key->service), seed);
	return jhash2(data, sizeof(*key) / sizeof(u32), seed);
}

static const struct rhashtable_params rbk_attempt_params = {
	.key_len = sizeof(struct rbk_attempt_key),
	.key_offset = offsetof(struct rbk_attempt, key),
	.head_offset = offsetof(struct rbk_attempt, node),
	.hashfn = rbk_attempt_hash,
	.min_size = RBK_MIN_BUCKETS,
	.automatic_shrinking = true,
};

u32 rbk_try_id(const struct rbk_packet *p)
{
	return p->key.service.proto == IPPROTO_TCP ? p->isn : (__force u16)p->client_port;
}

int rbk_attempt_try(const struct rbk_attempt *a, u32 id)
{
	int i;

	for (i = 0; i < RBK_ATTEMPT_TRIES; i++) {
		if (READ_ONCE(a->try[i]) == id)
			return i;
	}
	return -1;
}

void rbk_attempt_push(struct rbk_attempt *a, u32 id)
{
	int i;

	for (i = RBK_ATTEMPT_TRIES - 1; i; i--)
		WRITE_ONCE(a->try[i], a->try[i - 1]);
	WRITE_ONCE(a->try[0], id);
	a->told <<= 1;
	a->again <<= 1;
}

struct rbk_attempt *rbk_attempt_find(struct rbk_net *rn, const struct rbk_attempt_key *key)
{
	if (!READ_ONCE(rn->n_attempts))
		return NULL;
	return rhashtable_lookup(&rn->attempts, key, rbk_attempt_params);
}

enum ringback_attempt_state rbk_attempt_state(const struct rbk_attempt *a)
{
	return a->stage == RBK_PENDING ? RINGBACK_ATTEMPT_PENDING : RINGBACK_ATTEMPT_FAILED;
}

void rbk_attempt_unqueue(struct rbk_net *rn, struct rbk_attempt *a)
{
	list_del(&a->queue);
	if (a->stage == RBK_PENDING)
		rn->n_pending--;
}

void rbk_attempt_enqueue(struct rbk_net *rn, const struct rbk_watch *w, enum rbk_stage stage,
			 struct rbk_attempt *a, u32 now)
{
	if (stage == RBK_PENDING)
		rn->n_pending++;
	rbk_queue_add(rn, w->queue[stage], a, now);
}

static void rbk_attempt_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(rbk_attempt_cache, container_of(rcu, struct rbk_attempt, rcu));
}

/* Where an attempt is counted. */
struct rbk_attempt_shares {
	u32 client;
	u32 service;
};

static struct rbk_attempt_shares rbk_attempt_shares(const struct rbk_net *rn,
						    const struct rbk_attempt_key *key)
{
	return (struct rbk_attempt_shares){
		.client = rbk_share_of_client(rn->by_client, key),
		.service = rbk_share_of_service(rn->by_service, &key->service),
	};
}

static void rbk_attempt_account(struct rbk_net *rn, struct rbk_attempt_shares shares, int by)
{
	rbk_share_add(rn->by_client, shares.client, by);
	rbk_share_add(rn->by_service, shares.service, by);
	WRITE_ONCE(rn->n_attempts, rn->n_attempts + by);
	rbk_guest_charge(rn, by);
	rn->attempt_seq++;
}

bool rbk_attempt_remove(struct rbk_net *rn, struct rbk_attempt *a, u32 now)
{
	lockdep_assert_held(&rn->lock);
	if (rhashtable_remove_fast(&rn->attempts, &a->node, rbk_attempt_params))
		return false;
	rbk_attempt_unqueue(rn, a);
	rbk_attempt_account(rn, rbk_attempt_shares(rn, &a->key), -1);
	rbk_service_leave(rn, a, now);
	call_rcu(&a->rcu, rbk_attempt_free_rcu);
	return true;
}

static u32 rbk_attempt_share(const struct rbk_net *rn, const struct rbk_attempt *a)
{
	return rbk_share_count(rn->by_client,
			       rbk_share_of_client(rn->by_client, &a->key));
}

/*
 * A failed attempt that gives way in a full table: among some, picked at random
 * since the table is hashed, one of the client with most, if that has more than
 * @share; the oldest of those that have as many. Greedy clients are hit as often
 * as they are in the table, wherever their entries are.
 */
static struct rbk_attempt *rbk_attempt_victim(struct rbk_net *rn, u32 share)
{
	struct bucket_table *tbl = rht_dereference_rcu(rn->attempts.tbl, &rn->attempts);
	/* A table as small as can be may have few entries; others are a third full. */
	unsigned int n_buckets = min_t(unsigned int, tbl->size, RBK_MIN_BUCKETS);
	unsigned int start = reciprocal_scale(get_random_u32(), tbl->size);
	struct rbk_attempt *a, *victim = NULL;
	struct rhash_head *pos;
	unsigned int i, n = 0;
	u32 count;

	lockdep_assert_held(&rn->lock);
	for (i = 0; i < n_buckets && n < RBK_VICTIMS; i++) {
		rht_for_each_entry_rcu(a, pos, tbl, (start + i) % tbl->size, node) {
			n++;
			count = rbk_attempt_share(rn, a);
			if (count < share || (count == share && !victim) ||
			    (count == share && !rbk_before(a->since, victim->since)))
				continue;
			share = count;
			victim = a;
		}
	}
	return victim;
}

/*
 * Is there room for one more entry? Makes some at the cost of the oldest
 * pending, or of the client with most.
 */
static bool rbk_attempt_room(struct rbk_net *rn, struct rbk_attempt_shares shares, u32 now)
{
	u32 share = rbk_share_count(rn->by_client, shares.client);
	struct rbk_attempt *victim;
	bool guest_full;

	if (share >= rn->limit[RINGBACK_A_CONFIG_MAX_PER_CLIENT]) {
		rbk_count(rn, RINGBACK_A_STATS_REFUSED_CLIENT);
		return false;
	}
	if (rbk_share_count(rn->by_service, shares.service) >=
	    rn->limit[RINGBACK_A_CONFIG_MAX_PER_SERVICE]) {
		rbk_count(rn, RINGBACK_A_STATS_REFUSED_SERVICE);
		return false;
	}
	guest_full = rbk_guest_full(rn);
	if (rn->n_attempts < rn->limit[RINGBACK_A_CONFIG_MAX_ATTEMPTS] && !guest_full)
		return true;
	victim = rbk_queue_oldest_pending(rn) ?: rbk_attempt_victim(rn, share);
	if (!victim) {
		rbk_count(rn, guest_full ? RINGBACK_A_STATS_REFUSED_HOST :
					   RINGBACK_A_STATS_REFUSED_FULL);
		return false;
	}
	if (rbk_attempt_state(victim) == RINGBACK_ATTEMPT_FAILED)
		rbk_count(rn, RINGBACK_A_STATS_EVICTED_FAILED);
	rbk_attempt_remove(rn, victim, now);
	rbk_count(rn, RINGBACK_A_STATS_EVICTED);
	return true;
}

struct rbk_attempt *rbk_attempt_add(struct rbk_net *rn, const struct rbk_packet *p, u16 watch,
				    u32 first, u32 now)
{
	struct rbk_attempt_shares shares = rbk_attempt_shares(rn, &p->key);
	struct rbk_attempt *a;
	unsigned int i;

	lockdep_assert_held(&rn->lock);
	if (!rbk_attempt_room(rn, shares, now))
		return NULL;
	a = kmem_cache_alloc(rbk_attempt_cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!a)
		goto no_memory;
	*a = (struct rbk_attempt){
		.key = p->key,
		.first = first,
		.last = first,
		.since = first,
		.watch = watch,
	};
	for (i = 0; i < RBK_ATTEMPT_TRIES; i++)
		a->try[i] = rbk_try_id(p);
	if (rhashtable_insert_fast(&rn->attempts, &a->node, rbk_attempt_params)) {
		kmem_cache_free(rbk_attempt_cache, a);
		goto no_memory;
	}
	rbk_attempt_account(rn, shares, 1);
	rbk_count(rn, RINGBACK_A_STATS_RECORDED);
	return a;

no_memory:
	rbk_count(rn, RINGBACK_A_STATS_NO_MEMORY);
	return NULL;
}

bool rbk_attempt_key_matches(const struct rbk_attempt_key *key, const struct rbk_filter_by *f)
{
	if (f->client_family && (f->client_family != key->service.family ||
				 !nf_inet_addr_cmp(&f->client, &key->client)))
		return false;
	return rbk_service_matches(&key->service, f);
}

bool rbk_attempt_matches(const struct rbk_attempt *a, const struct rbk_filter_by *f)
{
	if (f->watch && f->watch != a->watch)
		return false;
	if (f->state >= 0 && f->state != rbk_attempt_state(a))
		return false;
	return rbk_attempt_key_matches(&a->key, f);
}

static bool rbk_attempt_forget(struct rbk_net *rn, void *entry, const void *arg)
{
	struct rbk_attempt *a = entry;

	if (!rbk_attempt_matches(a, arg) || !rbk_attempt_remove(rn, a, rbk_now()))
		return false;
	rbk_count(rn, RINGBACK_A_STATS_FORGOTTEN);
	return true;
}

u32 rbk_attempt_purge(struct rbk_net *rn, const struct rbk_filter_by *f)
{
	return rbk_purge(rn, &rn->attempts, rbk_attempt_forget, f);
}

int rbk_attempt_init(struct rbk_net *rn)
{
	return rhashtable_init(&rn->attempts, &rbk_attempt_params);
}

static void rbk_attempt_free(void *a, void *arg)
{
	kmem_cache_free(rbk_attempt_cache, a);
}

void rbk_attempt_exit(struct rbk_net *rn)
{
	rhashtable_free_and_destroy(&rn->attempts, rbk_attempt_free, NULL);
	rbk_guest_charge(rn, -(int)rn->n_attempts);
}

int rbk_attempt_module_init(void)
{
	BUILD_BUG_ON(IS_ENABLED(CONFIG_64BIT) && sizeof(struct rbk_attempt) != 96);

	rbk_attempt_cache = kmem_cache_create("rbk_attempt", sizeof(struct rbk_attempt), 0,
					      SLAB_NO_MERGE, NULL);
	return rbk_attempt_cache ? 0 : -ENOMEM;
}

void rbk_attempt_module_exit(void)
{
	kmem_cache_destroy(rbk_attempt_cache);
}
