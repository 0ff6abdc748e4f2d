// SPDX-License-Identifier: GPL-2.0
/*
 * The table of attempts. Packets that change nothing find that out without the
 * lock; what is admitted takes it, one per namespace: an entry is a sign of
 * trouble, and rare.
 */
#include <linux/etherdevice.h>
#include <linux/random.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <net/arp.h>
#include <net/ndisc.h>
#include <net/neighbour.h>

#include "admission.h"
#include "attempt.h"
#include "clock.h"
#include "compat.h"
#include "event.h"
#include "path.h"
#include "pernet.h"
#include "service.h"
#include "share.h"

/*
 * The same SYN sooner than this, in ticks (200 ms), is no retransmission (RFC
 * 6298 asks for a second) but the same packet again: seen by two hooks, or
 * routed twice.
 */
#define RBK_DUPLICATE	12
/* Buckets that are searched for an entry to give way: they are under half full on average. */
#define RBK_VICTIM_BUCKETS	64
/* A UDP flow answered so lately, in ticks (30 s and 5 s), is well; tell the filter so often. */
#define RBK_UDP_WELL	1788
#define RBK_UDP_RENEW	298
#define RBK_UDP_ASKED	1

static struct kmem_cache *rbk_attempt_cache;

static const struct rhashtable_params rbk_attempt_params = {
	.key_len = sizeof(struct rbk_attempt_key),
	.key_offset = offsetof(struct rbk_attempt, key),
	.head_offset = offsetof(struct rbk_attempt, node),
	.automatic_shrinking = true,
};

/* What tells one try of an attempt from another. */
static u32 rbk_try_id(const struct rbk_packet *p)
{
	return p->key.service.proto == IPPROTO_TCP ? p->isn : (__force u16)p->client_port;
}

static struct rbk_attempt *rbk_attempt_find(struct rbk_net *rn, const struct rbk_attempt_key *key)
{
	if (!READ_ONCE(rn->n_attempts))
		return NULL;
	return rhashtable_lookup(&rn->attempts, key, rbk_attempt_params);
}

/* The place of @id among the tries of @a, or -1. */
static int rbk_attempt_try(const struct rbk_attempt *a, u32 id)
{
	int i;

	for (i = 0; i < RBK_ATTEMPT_TRIES; i++) {
		if (a->try[i] == id)
			return i;
	}
	return -1;
}

static void rbk_attempt_push(struct rbk_attempt *a, u32 id)
{
	memmove(&a->try[1], &a->try[0], sizeof(a->try) - sizeof(a->try[0]));
	a->try[0] = id;
	a->told <<= 1;
}

static void rbk_attempt_tick(struct rbk_attempt *a, unsigned int n, u32 now)
{
	a->count = min_t(unsigned int, a->count + n, U16_MAX);
	a->last = now;
}

enum ringback_attempt_state rbk_attempt_state(const struct rbk_attempt *a)
{
	return a->stage == RBK_PENDING ? RINGBACK_ATTEMPT_PENDING : RINGBACK_ATTEMPT_FAILED;
}

static void rbk_attempt_unqueue(struct rbk_net *rn, struct rbk_attempt *a)
{
	list_del(&a->queue);
	if (a->stage == RBK_PENDING)
		rn->n_pending--;
}

static void rbk_attempt_enqueue(struct rbk_net *rn, const struct rbk_watch *w, enum rbk_stage stage,
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
		.client = rbk_share_of(rn->by_client, &key->client, sizeof(key->client)),
		.service = rbk_share_of(rn->by_service, &key->service, sizeof(key->service)),
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

/* False when somebody else was quicker. */
static bool rbk_attempt_remove(struct rbk_net *rn, struct rbk_attempt *a, u32 now)
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
			       rbk_share_of(rn->by_client, &a->key.client, sizeof(a->key.client)));
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
	unsigned int n_buckets = min_t(unsigned int, tbl->size, RBK_VICTIM_BUCKETS);
	unsigned int start = reciprocal_scale(get_random_u32(), tbl->size);
	struct rbk_attempt *a, *victim = NULL;
	struct rhash_head *pos;
	unsigned int i;
	u32 count;

	lockdep_assert_held(&rn->lock);
	for (i = 0; i < n_buckets; i++) {
		rht_for_each_entry_rcu(a, pos, tbl, (start + i) % tbl->size, node) {
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
	rbk_attempt_remove(rn, victim, now);
	rbk_count(rn, RINGBACK_A_STATS_EVICTED);
	return true;
}

/* The MAC address of a client on a link of this host; none if it is behind a router. */
static void rbk_mac_by_neighbour(struct net_device *dev, const struct rbk_attempt_key *key,
				 u8 *mac)
{
	struct neigh_table *table = &arp_tbl;
	char ha[MAX_ADDR_LEN];
	struct neighbour *n;

	if (key->service.family == NFPROTO_IPV6) {
		if (!ipv6_mod_enabled())
			return;
		table = &nd_tbl;
	}
	n = neigh_lookup(table, &key->client, dev);
	if (!n)
		return;
	if (READ_ONCE(n->nud_state) & NUD_VALID) {
		neigh_ha_snapshot(ha, n, dev);
		ether_addr_copy(mac, ha);
	}
	neigh_release(n);
}

/* Where the client is: @from_client tells which way the packet goes. */
static void rbk_attempt_locate(const struct rbk_sighting *s, struct rbk_attempt *a,
			       bool from_client)
{
	struct net_device *dev = from_client ? s->in : s->out;
	const struct sk_buff *skb = s->skb;

	a->ifindex = dev ? dev->ifindex : 0;
	if (!dev || dev->type != ARPHRD_ETHER)
		return;
	if (!from_client && !s->frame)
		rbk_mac_by_neighbour(dev, &a->key, a->mac);
	else if (skb_mac_header_was_set(skb) && skb_mac_header(skb) + ETH_HLEN <= skb->data)
		ether_addr_copy(a->mac, from_client ? eth_hdr(skb)->h_source :
						      eth_hdr(skb)->h_dest);
}

/* An entry in the table, in no queue yet; @age is that of its first packet. */
static struct rbk_attempt *rbk_attempt_new(const struct rbk_sighting *s, const struct rbk_watch *w,
					   const struct rbk_packet *p, u32 age, bool from_client)
{
	struct rbk_net *rn = s->rn;
	struct rbk_attempt_shares shares = rbk_attempt_shares(rn, &p->key);
	struct rbk_attempt *a;
	unsigned int i;

	lockdep_assert_held(&rn->lock);
	if (!rbk_attempt_room(rn, shares, s->now))
		return NULL;
	a = kmem_cache_zalloc(rbk_attempt_cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!a)
		goto no_memory;
	a->key = p->key;
	for (i = 0; i < RBK_ATTEMPT_TRIES; i++)
		a->try[i] = rbk_try_id(p);
	a->first = s->now - age;
	a->since = a->first;
	a->watch = w->id;
	rbk_attempt_locate(s, a, from_client);
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

/* A try that is admitted: @n packets of it were seen, the first @age ticks ago. */
static void rbk_attempt_record(const struct rbk_sighting *s, const struct rbk_watch *w,
			       const struct rbk_packet *p, unsigned int n, u32 age)
{
	struct rbk_net *rn = s->rn;
	u32 id = rbk_try_id(p);
	struct rbk_attempt *a;

	spin_lock_bh(&rn->lock);
	a = rbk_attempt_find(rn, &p->key);
	if (!a) {
		a = rbk_attempt_new(s, w, p, age, true);
		if (!a)
			goto out;
		rbk_attempt_enqueue(rn, w, RBK_PENDING, a, s->now);
	} else if (rbk_attempt_try(a, id) >= 0) {
		n = 1;
	} else {
		rbk_attempt_push(a, id);
		if (a->stage == RBK_KEEP) {
			rbk_attempt_unqueue(rn, a);
			a->since = s->now - age;
			rbk_attempt_enqueue(rn, w, RBK_RETRY, a, s->now);
		}
	}
	rbk_attempt_tick(a, n, s->now);
out:
	spin_unlock_bh(&rn->lock);
}

static void rbk_count_failure(struct rbk_net *rn, u8 reason)
{
	switch (reason) {
	case RINGBACK_REASON_NO_REPLY:
		return rbk_count(rn, RINGBACK_A_STATS_FAILED_NO_REPLY);
	case RINGBACK_REASON_REFUSED:
		return rbk_count(rn, RINGBACK_A_STATS_FAILED_REFUSED);
	default:
		return rbk_count(rn, RINGBACK_A_STATS_FAILED_ICMP);
	}
}

/*
 * The try @i of @a, which is in no queue, has failed. The same failure of the
 * same try is reported once, however often the client retransmits into it.
 */
static void rbk_attempt_fail(struct rbk_net *rn, const struct rbk_watch *w, struct rbk_attempt *a,
			     int i, u8 reason, u32 began, u32 now)
{
	bool fresh = !(a->told & BIT(i));
	bool news = fresh || a->reason != reason;

	lockdep_assert_held(&rn->lock);
	a->reason = reason;
	a->told |= BIT(i);
	a->since = now;
	rbk_attempt_enqueue(rn, w, RBK_KEEP, a, now);
	if (news)
		rbk_event_attempt(rn, a);
	if (fresh) {
		rbk_count_failure(rn, reason);
		rbk_service_fail(rn, w, a, began, now);
	}
}

void rbk_attempt_timeout(struct rbk_net *rn, struct rbk_attempt *a, u32 now)
{
	const struct rbk_watch *w = rbk_watch_by_id(rcu_dereference(rn->rules), a->watch);
	u32 began = a->since;

	if (a->stage == RBK_KEEP || !w) {
		rbk_attempt_remove(rn, a, now);
		rbk_count(rn, RINGBACK_A_STATS_EXPIRED);
		return;
	}
	rbk_attempt_unqueue(rn, a);
	rbk_attempt_fail(rn, w, a, 0, RINGBACK_REASON_NO_REPLY, began, now);
	a->told = BIT(RBK_ATTEMPT_TRIES) - 1;
}

static bool rbk_attempt_reverse_path(const struct rbk_sighting *s, const struct rbk_watch *w)
{
	return w->reverse_path && s->places & RINGBACK_HOOK_FORWARD;
}

/*
 * Let only those who sit where their SYN came from be refused: the filter keeps
 * the way in of a SYN apart from others, and an error must leave by that way.
 */
static void rbk_attempt_set_path(const struct rbk_sighting *s, const struct rbk_watch *w,
				 struct rbk_packet *p, const struct net_device *to_client)
{
	if (rbk_attempt_reverse_path(s, w) && p->key.service.proto == IPPROTO_TCP)
		p->path = rbk_path_of(to_client);
}

/* May an entry be made for a packet of the client? One that is there is left to itself. */
static bool rbk_attempt_admit(const struct rbk_sighting *s, const struct rbk_watch *w,
			      const struct rbk_packet *p)
{
	if (!rbk_attempt_reverse_path(s, w) || rbk_attempt_find(s->rn, &p->key) ||
	    (s->in && rbk_path_leads_back(s->rn->net, &p->key, s->in)))
		return true;
	rbk_count(s->rn, RINGBACK_A_STATS_REFUSED_REVERSE_PATH);
	return false;
}

void rbk_attempt_syn(const struct rbk_sighting *s, struct rbk_packet *p)
{
	const struct rbk_watch *w = rbk_watch_find(s->rules, &p->key, s->places);
	bool first;
	int age;

	if (!w)
		return;
	rbk_count(s->rn, RINGBACK_A_STATS_SYN);
	rbk_attempt_set_path(s, w, p, s->in);
	age = rbk_filter_see(s->rn->filter, p, s->now);
	first = age < 0;
	if (first ? w->admission != RINGBACK_ADMISSION_FIRST_SYN : age < RBK_DUPLICATE)
		return;
	if (rbk_attempt_admit(s, w, p))
		rbk_attempt_record(s, w, p, first ? 1 : 2, first ? 0 : age);
}

/* An answer of the service to the client has passed. */
static void rbk_attempt_answer(const struct rbk_sighting *s, const struct rbk_packet *p)
{
	struct rbk_net *rn = s->rn;
	struct rbk_attempt *a;

	spin_lock_bh(&rn->lock);
	a = rbk_attempt_find(rn, &p->key);
	if (a) {
		rbk_attempt_remove(rn, a, s->now);
		rbk_count(rn, RINGBACK_A_STATS_ANSWERED);
	}
	rbk_service_answer(rn, &p->key.service, s->now);
	spin_unlock_bh(&rn->lock);
}

/* Would an answer to @key change anything? Without the lock, hence only a guess. */
static bool rbk_attempt_awaited(const struct rbk_sighting *s, const struct rbk_attempt_key *key)
{
	struct rbk_service *svc;

	if (rbk_attempt_find(s->rn, key))
		return true;
	svc = rbk_service_find(s->rn, &key->service);
	return svc && rbk_service_listens(svc, s->now);
}

void rbk_attempt_synack(const struct rbk_sighting *s, struct rbk_packet *p)
{
	const struct rbk_watch *w;
	struct rbk_attempt *a;

	if (!rbk_attempt_awaited(s, &p->key))
		return;
	w = rbk_watch_find(s->rules, &p->key, s->places);
	if (!w)
		return;
	rbk_attempt_set_path(s, w, p, s->out);
	a = rbk_attempt_find(s->rn, &p->key);
	if ((a && rbk_attempt_try(a, p->isn) >= 0) ||
	    rbk_filter_age(s->rn->filter, p, s->now) >= 0)
		rbk_attempt_answer(s, p);
	else
		rbk_count(s->rn, RINGBACK_A_STATS_UNMATCHED_RST);
}

static void rbk_count_unmatched(struct rbk_net *rn, const struct rbk_attempt *a, u8 reason)
{
	if (reason != RINGBACK_REASON_REFUSED)
		rbk_count(rn, RINGBACK_A_STATS_UNMATCHED_ICMP);
	else if (a)	/* else: one of an established connection */
		rbk_count(rn, RINGBACK_A_STATS_UNMATCHED_RST);
}

/*
 * Without a route the SYN never came to FORWARD: nothing is known of it, but
 * an error of our own quotes what we had in hand. Other errors that we make
 * for a packet never seen are the firewall's, and what that rejects is no attempt.
 * Where it came in nobody can tell, which a watch of the reverse path must know.
 */
static bool rbk_error_no_route(const struct rbk_sighting *s, const struct rbk_watch *w,
			       const struct rbk_packet *p)
{
	return s->own && p->quotes_opening && s->places & w->hooks & RINGBACK_HOOK_FORWARD &&
	       !w->reverse_path &&
	       (p->reason == RINGBACK_REASON_NET_UNREACHABLE ||
		p->reason == RINGBACK_REASON_HOST_UNREACHABLE);
}

void rbk_attempt_error(const struct rbk_sighting *s, struct rbk_packet *p)
{
	const struct rbk_watch *w = rbk_watch_find(s->rules, &p->key, s->places);
	struct rbk_net *rn = s->rn;
	u32 id = rbk_try_id(p);
	struct rbk_attempt *a;
	bool no_route;
	int age, i;

	if (!w)
		return;
	rbk_attempt_set_path(s, w, p, s->out);
	age = rbk_filter_age(rn->filter, p, s->now);
	/* A traceroute by TCP is no attempt: it never sends its SYN again, a client does. */
	if (p->reason == RINGBACK_REASON_TTL_EXCEEDED)
		age = -1;
	no_route = rbk_error_no_route(s, w, p);
	/* Most RSTs end connections, and are not worth the lock. */
	if (age < 0 && !no_route && !rbk_attempt_find(rn, &p->key))
		return rbk_count_unmatched(rn, NULL, p->reason);

	spin_lock_bh(&rn->lock);
	a = rbk_attempt_find(rn, &p->key);
	i = a ? rbk_attempt_try(a, id) : -1;
	if (i < 0 && age < 0 && !no_route) {
		rbk_count_unmatched(rn, a, p->reason);
		goto out;
	}
	if (a) {
		rbk_attempt_unqueue(rn, a);
		if (i < 0)
			rbk_attempt_push(a, id);
	} else {
		a = rbk_attempt_new(s, w, p, max(age, 0), false);
		if (!a)
			goto out;
	}
	/* Where there was no route, no other hook has seen and counted the SYN. */
	if (!a->count)
		rbk_attempt_tick(a, 1, a->first);
	else if (s->own && age < 0 && p->key.service.proto == IPPROTO_TCP)
		rbk_attempt_tick(a, 1, s->now);
	rbk_attempt_fail(rn, w, a, max(i, 0), p->reason, s->now, s->now);
out:
	spin_unlock_bh(&rn->lock);
}

/*
 * The filter knows a UDP flow twice: with RBK_UDP_ASKED in place of the ISN
 * since its client has asked, with 0 since the server has answered that.
 */
static int rbk_udp_age(const struct rbk_sighting *s, struct rbk_packet *p, u32 isn)
{
	p->isn = isn;
	return rbk_filter_age(s->rn->filter, p, s->now);
}

static void rbk_udp_renew(const struct rbk_sighting *s, struct rbk_packet *p, u32 isn)
{
	int age = rbk_udp_age(s, p, isn);

	if (age < 0 || age > RBK_UDP_RENEW)
		rbk_filter_renew(s->rn->filter, p, s->now);
}

static void rbk_udp_request(const struct rbk_sighting *s, const struct rbk_watch *w,
			    struct rbk_packet *p)
{
	int age;

	rbk_udp_renew(s, p, RBK_UDP_ASKED);
	age = rbk_udp_age(s, p, 0);
	if ((age < 0 || age > RBK_UDP_WELL) && rbk_attempt_admit(s, w, p))
		rbk_attempt_record(s, w, p, 1, 0);
}

/* Has the client sent something from that port, to which this is an answer? */
static bool rbk_udp_asked(const struct rbk_sighting *s, struct rbk_packet *p)
{
	const struct rbk_attempt *a = rbk_attempt_find(s->rn, &p->key);
	int age = rbk_udp_age(s, p, RBK_UDP_ASKED);

	return (age >= 0 && age <= RBK_UDP_WELL) || (a && rbk_attempt_try(a, rbk_try_id(p)) >= 0);
}

static void rbk_udp_answer(const struct rbk_sighting *s, struct rbk_packet *p)
{
	if (!rbk_udp_asked(s, p))
		return;
	rbk_udp_renew(s, p, 0);
	if (rbk_attempt_awaited(s, &p->key))
		rbk_attempt_answer(s, p);
}

void rbk_attempt_udp(const struct rbk_sighting *s, struct rbk_packet *p)
{
	const struct rbk_watch *w = rbk_watch_find(s->rules, &p->key, s->places);

	rbk_packet_reverse(p);
	/* Both ways may be watched (NTP from port 123): who has asked is the client. */
	if ((!w || rbk_attempt_find(s->rn, &p->key)) &&
	    rbk_watch_find(s->rules, &p->key, s->places)) {
		rbk_udp_answer(s, p);
	} else if (w) {
		rbk_packet_reverse(p);
		rbk_udp_request(s, w, p);
	}
}

bool rbk_attempt_matches(const struct rbk_attempt *a, const struct rbk_filter_by *f)
{
	if (f->client_family && (f->client_family != a->key.service.family ||
				 !nf_inet_addr_cmp(&f->client, &a->key.client)))
		return false;
	if (f->watch && f->watch != a->watch)
		return false;
	if (f->state >= 0 && f->state != rbk_attempt_state(a))
		return false;
	return rbk_service_matches(&a->key.service, f);
}

static u32 rbk_attempt_purge_pass(struct rbk_net *rn, const struct rbk_filter_by *f, u32 began)
{
	struct rhashtable_iter iter;
	struct rbk_attempt *a;
	u32 n = 0;

	rhashtable_walk_enter(&rn->attempts, &iter);
	rhashtable_walk_start(&iter);
	while ((a = rhashtable_walk_next(&iter))) {
		/* -EAGAIN: the table was resized, the walk begins anew. */
		if (!IS_ERR(a)) {
			spin_lock_bh(&rn->lock);
			if (!rbk_before(began, a->first) && rbk_attempt_matches(a, f) &&
			    rbk_attempt_remove(rn, a, rbk_now())) {
				rbk_count(rn, RINGBACK_A_STATS_FORGOTTEN);
				n++;
			}
			spin_unlock_bh(&rn->lock);
		}
		if (need_resched()) {
			rhashtable_walk_stop(&iter);
			cond_resched();
			rhashtable_walk_start(&iter);
		}
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	return n;
}

/*
 * A walk that pauses finds its place in a chain again by counting, and misses
 * entries when those before them were removed: it is done when it removes
 * nothing. What was recorded since is spared, or a flood kept us here.
 */
u32 rbk_attempt_purge(struct rbk_net *rn, const struct rbk_filter_by *f)
{
	u32 began = rbk_now();
	u32 n, total = 0;

	do {
		n = rbk_attempt_purge_pass(rn, f, began);
		total += n;
	} while (n);
	return total;
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
