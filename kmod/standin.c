// SPDX-License-Identifier: GPL-2.0
/*
 * The stand-in: what becomes of a SYN, and the table of decisions on clients,
 * bounded and in the order in which they end.
 */
#include <linux/netfilter.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>

#include "attempt.h"
#include "clock.h"
#include "compat.h"
#include "path.h"
#include "pernet.h"
#include "purge.h"
#include "service.h"
#include "standin.h"

static struct kmem_cache *rbk_decision_cache;

static const struct rhashtable_params rbk_decision_params = {
	.key_len = sizeof(struct rbk_attempt_key),
	.key_offset = offsetof(struct rbk_decision, key),
	.head_offset = offsetof(struct rbk_decision, node),
	.automatic_shrinking = true,
};

/* --- the lease -------------------------------------------------------- */

void rbk_standin_renew(struct rbk_net *rn, u32 ms, u16 queue)
{
	WRITE_ONCE(rn->standin.queue, queue);
	atomic64_set(&rn->standin.lease, ms ? ktime_get_coarse_ns() + (u64)ms * NSEC_PER_MSEC : 0);
}

/* Nanoseconds; 64 bits, since a lease of 32 would come back when the clock wraps. */
static s64 rbk_standin_left_ns(const struct rbk_net *rn)
{
	return atomic64_read(&rn->standin.lease) - (s64)ktime_get_coarse_ns();
}

u32 rbk_standin_left(const struct rbk_net *rn)
{
	s64 left = rbk_standin_left_ns(rn);

	return left > 0 ? div_u64(left + NSEC_PER_MSEC - 1, NSEC_PER_MSEC) : 0;
}

/* --- packets ---------------------------------------------------------- */

/*
 * The service in whose place @key may be answered, or NULL. What the firewall
 * keeps out of FORWARD must get no answer either, and it is not asked in
 * PRE_ROUTING: so only where attempts were forwarded, and in force just now.
 */
static const struct rbk_service *rbk_standin_service(struct rbk_net *rn,
						     const struct rbk_attempt_key *key,
						     const struct net_device *in)
{
	const struct rbk_service *svc = rbk_service_find(rn, &key->service);
	const struct rbk_watch *w;

	if (!svc || !READ_ONCE(svc->standin) || !READ_ONCE(svc->forwarded))
		return NULL;
	w = rbk_watch_find(rcu_dereference(rn->rules), key, RINGBACK_HOOK_FORWARD);
	if (!w || !w->standin)
		return NULL;
	return !w->reverse_path || rbk_path_leads_back(rn->net, key, in) ? svc : NULL;
}

/* The decision on @key that is in force in this outage, or NULL. */
static const struct rbk_decision *rbk_decision_find(struct rbk_net *rn,
						    const struct rbk_service *svc,
						    const struct rbk_attempt_key *key)
{
	const struct rbk_decision *d;

	if (!READ_ONCE(rn->standin.n_decisions))
		return NULL;
	d = rhashtable_lookup(&rn->standin.decisions, key, rbk_decision_params);
	return d && d->outage == READ_ONCE(svc->outage) && rbk_before(rbk_now(), d->end) ? d :
											    NULL;
}

static unsigned int rbk_standin_mark(struct rbk_net *rn, struct sk_buff *skb, u32 mark,
				     enum ringback_stats_attr what)
{
	skb->mark |= mark;
	rbk_count(rn, what);
	return NF_ACCEPT;
}

static unsigned int rbk_standin_ask(struct rbk_net *rn)
{
	rbk_count(rn, RINGBACK_A_STATS_STANDIN_ASK);
	/* Nobody listens there: it passes. */
	return NF_QUEUE_NR(READ_ONCE(rn->standin.queue)) | NF_VERDICT_FLAG_QUEUE_BYPASS;
}

static const u8 rbk_standin_by_verdict[] = {
	[RINGBACK_VERDICT_PASS] = RINGBACK_STANDIN_OFF,
	[RINGBACK_VERDICT_ANSWER] = RINGBACK_STANDIN_ANSWER,
	[RINGBACK_VERDICT_RESET] = RINGBACK_STANDIN_RESET,
};

static unsigned int rbk_standin_act(struct rbk_net *rn, struct sk_buff *skb,
				    const struct rbk_service *svc,
				    const struct rbk_attempt_key *key)
{
	u8 mode = READ_ONCE(svc->standin);
	const struct rbk_decision *d;

	if (mode == RINGBACK_STANDIN_ASK) {
		d = rbk_decision_find(rn, svc, key);
		if (!d)
			return rbk_standin_ask(rn);
		mode = rbk_standin_by_verdict[d->verdict];
	}
	switch (mode) {
	case RINGBACK_STANDIN_ANSWER:
		return rbk_standin_mark(rn, skb, RINGBACK_MARK_ANSWER,
					RINGBACK_A_STATS_STANDIN_ANSWER);
	case RINGBACK_STANDIN_RESET:
		return rbk_standin_mark(rn, skb, RINGBACK_MARK_RESET,
					RINGBACK_A_STATS_STANDIN_RESET);
	default:
		rbk_count(rn, RINGBACK_A_STATS_STANDIN_PASS);
		return NF_ACCEPT;
	}
}

unsigned int rbk_standin_look(struct rbk_net *rn, struct sk_buff *skb, u8 family,
			      const struct net_device *in)
{
	const struct rbk_service *svc;
	struct rbk_packet p;

	if (skb->mark & RINGBACK_MARK_MASK || rbk_standin_left_ns(rn) <= 0 ||
	    rbk_classify(skb, skb_network_offset(skb), family, &p) != RBK_SYN)
		return NF_ACCEPT;
	svc = rbk_standin_service(rn, &p.key, in);
	return svc ? rbk_standin_act(rn, skb, svc, &p.key) : NF_ACCEPT;
}

bool rbk_standin_sent(const struct rbk_sighting *s, const struct rbk_service_key *key)
{
	const struct rbk_service *svc;

	if (!rbk_standin_stands(s->rn) || s->places & RINGBACK_HOOK_FORWARD ||
	    (s->places & RINGBACK_HOOK_LOCAL && s->in))
		return false;
	svc = rbk_service_find(s->rn, key);
	return svc && READ_ONCE(svc->standin);
}

/* --- decisions -------------------------------------------------------- */

static void rbk_decision_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(rbk_decision_cache, container_of(rcu, struct rbk_decision, rcu));
}

/* @d is out of the table: of the lists, too, and freed when its readers are gone. */
static void rbk_decision_retire(struct rbk_net *rn, struct rbk_decision *d)
{
	lockdep_assert_held(&rn->lock);
	rb_erase_cached(&d->by_end, &rn->standin.by_end);
	list_del(&d->list);
	WRITE_ONCE(rn->standin.n_decisions, rn->standin.n_decisions - 1);
	rbk_guest_charge(rn, -1);
	rn->standin.seq++;
	call_rcu(&d->rcu, rbk_decision_free_rcu);
}

/* False when somebody else was quicker. */
static bool rbk_decision_remove(struct rbk_net *rn, struct rbk_decision *d)
{
	lockdep_assert_held(&rn->lock);
	if (rhashtable_remove_fast(&rn->standin.decisions, &d->node, rbk_decision_params))
		return false;
	rbk_decision_retire(rn, d);
	return true;
}

static struct rbk_decision *rbk_decision_first(const struct rbk_net *rn)
{
	return rb_entry_safe(rb_first_cached(&rn->standin.by_end), struct rbk_decision, by_end);
}

/* Those that end at the same time stay in the order in which they were made. */
static void rbk_decision_sort_in(struct rb_root_cached *root, struct rbk_decision *d)
{
	struct rb_node **link = &root->rb_root.rb_node, *parent = NULL;
	bool leftmost = true;

	while (*link) {
		parent = *link;
		if (rbk_before(d->end, rb_entry(parent, struct rbk_decision, by_end)->end)) {
			link = &parent->rb_left;
		} else {
			link = &parent->rb_right;
			leftmost = false;
		}
	}
	rb_link_node(&d->by_end, parent, link);
	rb_insert_color_cached(&d->by_end, root, leftmost);
}

/* At the cost of one of an outage that is over, or of the one that ends first. */
static bool rbk_decision_make_room(struct rbk_net *rn)
{
	struct rbk_decision *d;

	lockdep_assert_held(&rn->lock);
	if (rn->standin.n_decisions < rn->limit[RINGBACK_A_CONFIG_MAX_DECISIONS] &&
	    !rbk_guest_full(rn))
		return true;
	d = list_first_entry_or_null(&rn->standin.outlived, struct rbk_decision, list) ?:
	    rbk_decision_first(rn);
	return d && rbk_decision_remove(rn, d);
}

/* Puts @d in the table. The service @svc is in RINGBACK_STANDIN_ASK. */
static int rbk_decision_insert(struct rbk_net *rn, struct rbk_service *svc, struct rbk_decision *d)
{
	struct rbk_decision *old;
	int err;

	lockdep_assert_held(&rn->lock);
	old = rhashtable_lookup(&rn->standin.decisions, &d->key, rbk_decision_params);
	if (!old && !rbk_decision_make_room(rn))
		return -ENOSPC;
	d->outage = svc->outage;
	err = old ? rhashtable_replace_fast(&rn->standin.decisions, &old->node, &d->node,
					    rbk_decision_params) :
		    rhashtable_insert_fast(&rn->standin.decisions, &d->node, rbk_decision_params);
	if (err)
		return -ENOMEM;
	if (old)
		rbk_decision_retire(rn, old);
	list_add_tail(&d->list, &svc->decisions);
	rbk_decision_sort_in(&rn->standin.by_end, d);
	WRITE_ONCE(rn->standin.n_decisions, rn->standin.n_decisions + 1);
	rbk_guest_charge(rn, 1);
	rn->standin.seq++;
	if (rbk_decision_first(rn) == d)
		rbk_queue_arm(rn, d->end, rbk_now());
	return 0;
}

int rbk_decision_new(struct rbk_net *rn, const struct rbk_attempt_key *key,
		     enum ringback_verdict verdict, u32 ttl)
{
	struct rbk_decision *d = kmem_cache_zalloc(rbk_decision_cache, GFP_KERNEL);
	struct rbk_service *svc;
	int err = -ENOENT;

	if (!d)
		return -ENOMEM;
	d->key = *key;
	d->verdict = verdict;
	d->end = rbk_now() + rbk_ticks_ms(ttl);

	rcu_read_lock();
	spin_lock_bh(&rn->lock);
	svc = rbk_service_find(rn, &key->service);
	if (svc && svc->standin == RINGBACK_STANDIN_ASK)
		err = rbk_decision_insert(rn, svc, d);
	spin_unlock_bh(&rn->lock);
	rcu_read_unlock();
	if (err)
		kmem_cache_free(rbk_decision_cache, d);
	return err;
}

static bool rbk_decision_forget(struct rbk_net *rn, void *entry, const void *arg)
{
	struct rbk_decision *d = entry;

	return rbk_attempt_key_matches(&d->key, arg) && rbk_decision_remove(rn, d);
}

void rbk_decision_purge(struct rbk_net *rn, const struct rbk_filter_by *f)
{
	rbk_purge(rn, &rn->standin.decisions, rbk_decision_forget, f);
}

u32 rbk_decision_left(const struct rbk_decision *d)
{
	s32 ticks = d->end - rbk_now();

	return max_t(u64, div_u64((u64)max(ticks, 0) << RBK_TICK_SHIFT, NSEC_PER_MSEC), 1);
}

/* --- services --------------------------------------------------------- */

void rbk_standin_set(struct rbk_net *rn, struct rbk_service *svc, enum ringback_standin mode)
{
	struct rbk_standin *st = &rn->standin;

	lockdep_assert_held(&rn->lock);
	if (!svc->standin == !mode) {
		WRITE_ONCE(svc->standin, mode);
		return;
	}
	WRITE_ONCE(svc->standin, mode);
	if (mode) {
		/* What was decided before is not valid any more, if it still is there. */
		WRITE_ONCE(svc->outage, ++st->outages);
		WRITE_ONCE(st->n_services, st->n_services + 1);
		return;
	}
	WRITE_ONCE(st->n_services, st->n_services - 1);
	if (!list_empty(&svc->decisions)) {
		list_splice_tail_init(&svc->decisions, &st->outlived);
		rbk_queue_arm(rn, rbk_now(), rbk_now());
	}
}

unsigned int rbk_standin_run(struct rbk_net *rn, u32 now, unsigned int budget)
{
	struct rbk_decision *d;

	lockdep_assert_held(&rn->lock);
	while (budget) {
		d = list_first_entry_or_null(&rn->standin.outlived, struct rbk_decision, list);
		if (!d) {
			d = rbk_decision_first(rn);
			if (!d || rbk_before(now, d->end))
				break;
		}
		rbk_decision_remove(rn, d);
		budget--;
	}
	return budget;
}

void rbk_standin_rearm(struct rbk_net *rn, u32 now)
{
	const struct rbk_decision *d = rbk_decision_first(rn);

	if (d)
		rbk_queue_arm(rn, d->end, now);
}

int rbk_standin_init(struct rbk_net *rn)
{
	return rhashtable_init(&rn->standin.decisions, &rbk_decision_params);
}

static void rbk_decision_free(void *d, void *arg)
{
	kmem_cache_free(rbk_decision_cache, d);
}

void rbk_standin_exit(struct rbk_net *rn)
{
	rhashtable_free_and_destroy(&rn->standin.decisions, rbk_decision_free, NULL);
	rbk_guest_charge(rn, -(int)rn->standin.n_decisions);
}

int rbk_standin_module_init(void)
{
	rbk_decision_cache = kmem_cache_create("rbk_decision", sizeof(struct rbk_decision), 0,
					       SLAB_ACCOUNT, NULL);
	return rbk_decision_cache ? 0 : -ENOMEM;
}

void rbk_standin_module_exit(void)
{
	kmem_cache_destroy(rbk_decision_cache);
}

#ifdef RINGBACK_SELFTEST
#include "selftest/standin.c"
#endif
