// SPDX-License-Identifier: GPL-2.0
/*
 * Watches, and the snapshot that the packet path looks them up in: one hash
 * table of prefixes, the servers' and the clients' of all watches, with the
 * prefix length in the key and a bitmap of the lengths in use.
 */
#include <linux/bitmap.h>
#include <linux/inetdevice.h>
#include <linux/jhash.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <net/ipv6.h>

#include "attempt.h"
#include "compat.h"
#include "hook.h"
#include "pernet.h"
#include "service.h"
#include "watch.h"

/* A prefix of a watch. */
struct rbk_rule {
	union nf_inet_addr addr;
	u32 tag;	/* what else makes the key, see rbk_tag() */
	u32 next;	/* index + 1 in the chain, ranks ascending; 0 ends it */
	u16 rank;	/* of the watch */
};

struct rbk_rules {
	struct rcu_head rcu;
	u32 seed;
	u32 mask;			/* number of buckets - 1 */
	u32 n_rules;
	u16 n_watches;
	u16 max_id;
	/* Lengths of server prefixes: [IPv6][any port], see rbk_lone_port(). */
	DECLARE_BITMAP(lens[2][2], RBK_LENS);
	u32 *bucket;			/* mask + 1 indices + 1 into rule */
	struct rbk_rule *rule;
	struct rbk_watch **by_id;	/* max_id + 1, or NULL each */
	struct rbk_watch *watch[];	/* by rank: in the order they were added */
};

enum rbk_rule_kind {
	RBK_RULE_SERVER,	/* value: the port, 0 if the watch has several */
	RBK_RULE_CLIENT,	/* value: rank of the watch */
};

static u32 rbk_tag(enum rbk_rule_kind kind, u8 family, u8 len, u8 proto, u16 value)
{
	return (u32)value << 16 | (proto == IPPROTO_UDP) << 10 | kind << 9 |
	       (family == NFPROTO_IPV6) << 8 | len;
}

static u32 rbk_rule_hash(const struct rbk_rules *r, const union nf_inet_addr *addr, u32 tag)
{
	u32 hash = tag & BIT(8) ? jhash2(addr->all, 4, tag ^ r->seed) :
				  jhash_2words((__force u32)addr->ip, tag, r->seed);

	return hash & r->mask;
}

static void rbk_mask(union nf_inet_addr *out, const union nf_inet_addr *addr, u8 family, u8 len)
{
	if (family == NFPROTO_IPV4) {
		memset(out, 0, sizeof(*out));
		out->ip = addr->ip & inet_make_mask(len);
	} else {
		ipv6_addr_prefix(&out->in6, &addr->in6, len);
	}
}

/* A watch of a single port is found by it: a thousand may share a server. */
static bool rbk_lone_port(const struct rbk_watch *w)
{
	return w->n_ports == 1 && w->port[0].first == w->port[0].last;
}

static void rbk_rules_add(struct rbk_rules *r, const union nf_inet_addr *addr, u32 tag, u16 rank)
{
	struct rbk_rule *rule = &r->rule[r->n_rules++];
	u32 *bucket = &r->bucket[rbk_rule_hash(r, addr, tag)];

	rule->addr = *addr;
	rule->tag = tag;
	rule->rank = rank;
	rule->next = *bucket;
	*bucket = r->n_rules;
}

static void rbk_rules_add_watch(struct rbk_rules *r, u16 rank)
{
	const struct rbk_watch *w = r->watch[rank];
	const struct rbk_prefix *p = w->prefix;
	bool lone = rbk_lone_port(w);
	unsigned int i;

	for (i = 0; i < w->n_servers; i++, p++) {
		__set_bit(p->len, r->lens[p->family == NFPROTO_IPV6][!lone]);
		rbk_rules_add(r, &p->addr,
			      rbk_tag(RBK_RULE_SERVER, p->family, p->len,
				      lone ? w->port[0].proto : 0, lone ? w->port[0].first : 0),
			      rank);
	}
	for (i = 0; i < w->n_clients; i++, p++)
		rbk_rules_add(r, &p->addr,
			      rbk_tag(RBK_RULE_CLIENT, p->family, p->len, 0, rank), rank);
}

static struct rbk_rules *rbk_rules_alloc(u16 n_watches, u16 max_id, u32 n_rules)
{
	u32 n_buckets = roundup_pow_of_two(max(n_rules, 1u));
	struct rbk_rules *r;
	size_t size;

	size = struct_size(r, watch, n_watches) + (max_id + 1) * sizeof(*r->by_id) +
	       n_rules * sizeof(*r->rule) + n_buckets * sizeof(*r->bucket);
	r = kvzalloc(size, GFP_KERNEL_ACCOUNT);
	if (!r)
		return NULL;
	r->seed = get_random_u32();
	r->mask = n_buckets - 1;
	r->n_watches = n_watches;
	r->max_id = max_id;
	r->by_id = &r->watch[n_watches];
	r->rule = (void *)&r->by_id[max_id + 1];
	r->bucket = (void *)&r->rule[n_rules];
	return r;
}

/* The snapshot of @watches, or NULL without memory. */
static struct rbk_rules *rbk_rules_build(const struct list_head *watches)
{
	u32 n_rules = 0, n_watches = 0;
	struct rbk_watch *w;
	struct rbk_rules *r;
	u16 max_id = 0;

	list_for_each_entry(w, watches, list) {
		n_rules += w->n_servers + w->n_clients;
		n_watches++;
		max_id = max(max_id, w->id);
	}
	r = rbk_rules_alloc(n_watches, max_id, n_rules);
	if (!r)
		return NULL;

	/* From the last to the first, so that chains begin with the first. */
	list_for_each_entry_reverse(w, watches, list) {
		r->watch[--n_watches] = w;
		r->by_id[w->id] = w;
		rbk_rules_add_watch(r, n_watches);
	}
	return r;
}

/* The next rule with this key from index + 1 @i on, or NULL. */
static const struct rbk_rule *rbk_rules_next(const struct rbk_rules *r, u32 i,
					     const union nf_inet_addr *addr, u32 tag)
{
	for (; i; i = r->rule[i - 1].next) {
		const struct rbk_rule *rule = &r->rule[i - 1];

		if (rule->tag == tag && nf_inet_addr_cmp(&rule->addr, addr))
			return rule;
	}
	return NULL;
}

static bool rbk_watch_has_port(const struct rbk_watch *w, u8 proto, u16 port)
{
	unsigned int i;

	for (i = 0; i < w->n_ports; i++) {
		const struct rbk_ports *p = &w->port[i];

		if (p->proto == proto && p->first <= port && port <= p->last)
			return true;
	}
	return false;
}

static bool rbk_watch_has_client(const struct rbk_rules *r, u16 rank,
				 const union nf_inet_addr *client, u8 family)
{
	const struct rbk_watch *w = r->watch[rank];
	union nf_inet_addr addr;
	unsigned int len;
	u32 tag, i;

	if (!w->n_clients)
		return true;
	for_each_set_bit(len, w->client_lens[family == NFPROTO_IPV6], RBK_LENS) {
		rbk_mask(&addr, client, family, len);
		tag = rbk_tag(RBK_RULE_CLIENT, family, len, 0, rank);
		i = r->bucket[rbk_rule_hash(r, &addr, tag)];
		if (rbk_rules_next(r, i, &addr, tag))
			return true;
	}
	return false;
}

/* The rank of the first watch before @best with a server prefix of @len that covers @key. */
static u16 rbk_rules_scan(const struct rbk_rules *r, const struct rbk_attempt_key *key, u8 places,
			  u8 len, bool any_port, u16 best)
{
	const struct rbk_service_key *s = &key->service;
	u16 port = ntohs(s->port);
	const struct rbk_rule *rule;
	union nf_inet_addr addr;
	u32 tag, i;

	rbk_mask(&addr, &s->server, s->family, len);
	tag = rbk_tag(RBK_RULE_SERVER, s->family, len, any_port ? 0 : s->proto,
		      any_port ? 0 : port);
	i = r->bucket[rbk_rule_hash(r, &addr, tag)];
	while ((rule = rbk_rules_next(r, i, &addr, tag)) && rule->rank < best) {
		const struct rbk_watch *w = r->watch[rule->rank];

		if (w->hooks & places && (!any_port || rbk_watch_has_port(w, s->proto, port)) &&
		    rbk_watch_has_client(r, rule->rank, &key->client, s->family))
			return rule->rank;
		i = rule->next;
	}
	return best;
}

const struct rbk_watch *rbk_watch_find(const struct rbk_rules *rules,
				       const struct rbk_attempt_key *key, u8 places)
{
	bool v6 = key->service.family == NFPROTO_IPV6;
	unsigned int len;
	u16 best;

	if (!rules)
		return NULL;
	best = rules->n_watches;
	for_each_set_bit(len, rules->lens[v6][false], RBK_LENS)
		best = rbk_rules_scan(rules, key, places, len, false, best);
	for_each_set_bit(len, rules->lens[v6][true], RBK_LENS)
		best = rbk_rules_scan(rules, key, places, len, true, best);
	return best < rules->n_watches ? rules->watch[best] : NULL;
}

const struct rbk_watch *rbk_watch_by_id(const struct rbk_rules *rules, u16 id)
{
	return rules && id <= rules->max_id ? rules->by_id[id] : NULL;
}

struct rbk_watch *rbk_watch_alloc(unsigned int n_servers, unsigned int n_clients,
				  unsigned int n_ports)
{
	unsigned int n = n_servers + n_clients;
	struct rbk_watch *w;

	w = kvzalloc(struct_size(w, prefix, n) + n_ports * sizeof(*w->port), GFP_KERNEL_ACCOUNT);
	if (!w)
		return NULL;
	w->n_servers = n_servers;
	w->n_clients = n_clients;
	w->n_ports = n_ports;
	w->port = (void *)&w->prefix[n];
	w->hooks = RINGBACK_HOOK_FORWARD;
	w->admission = RINGBACK_ADMISSION_TROUBLE;
	w->no_reply = 3;
	w->keep = 86400;
	w->down_after = 1;
	w->down_clients = 1;
	return w;
}

static struct rbk_watch *rbk_watch_by_name(struct rbk_net *rn, const char *name)
{
	struct rbk_watch *w;

	lockdep_assert_held(&rn->watch_lock);
	list_for_each_entry(w, &rn->watches, list) {
		if (!strcmp(w->name, name))
			return w;
	}
	return NULL;
}

static void rbk_watch_put_queues(struct rbk_net *rn, struct rbk_watch *w)
{
	unsigned int i;

	for (i = 0; i < RBK_QUEUES; i++) {
		if (w->queue[i])
			rbk_queue_put(rn, w->queue[i]);
	}
}

static int rbk_watch_get_queues(struct rbk_net *rn, struct rbk_watch *w)
{
	unsigned int i;

	for (i = 0; i < RBK_QUEUES; i++) {
		w->queue[i] = rbk_queue_get(rn, i, i == RBK_KEEP ? w->keep : w->no_reply);
		if (!w->queue[i]) {
			rbk_watch_put_queues(rn, w);
			return -ENOMEM;
		}
	}
	return 0;
}

/* Makes what is in rbk_net.watches effective. */
static int rbk_watch_publish(struct rbk_net *rn)
{
	struct rbk_rules *rules, *old;
	int err;

	lockdep_assert_held(&rn->watch_lock);
	rules = rbk_rules_build(&rn->watches);
	if (!rules)
		return -ENOMEM;
	err = rbk_hooks_update(rn);
	if (err) {
		kvfree(rules);
		return err;
	}

	old = rcu_dereference_protected(rn->rules, lockdep_is_held(&rn->watch_lock));
	rcu_assign_pointer(rn->rules, rules);
	rn->n_rules = rules->n_rules;
	rn->n_watches = rules->n_watches;
	rn->watch_seq++;
	if (old)
		kvfree_rcu(old, rcu);
	return 0;
}

static int rbk_watch_check(struct rbk_net *rn, const struct rbk_watch *w,
			   const struct rbk_watch *old, bool replace,
			   struct netlink_ext_ack *extack)
{
	u32 n_rules = rn->n_rules + w->n_servers + w->n_clients;

	if (old && !replace) {
		NL_SET_ERR_MSG(extack, "a watch of that name exists");
		return -EEXIST;
	}
	if (!old && rn->n_watches >= RBK_MAX_WATCHES) {
		NL_SET_ERR_MSG(extack, "too many watches in this namespace");
		return -ENOSPC;
	}
	if (old)
		n_rules -= old->n_servers + old->n_clients;
	if (n_rules > RBK_MAX_RULES) {
		NL_SET_ERR_MSG(extack, "too many prefixes in the watches of this namespace");
		return -ENOSPC;
	}
	return 0;
}

/* The snapshots with @w are gone from all CPUs; its attempts may remain, with its id. */
static void rbk_watch_retire(struct rbk_net *rn, struct rbk_watch *w)
{
	rbk_watch_put_queues(rn, w);
	kvfree(w);
}

static void rbk_watch_excuse(int err, struct netlink_ext_ack *extack)
{
	if (err == -ENODEV)
		NL_SET_ERR_MSG(extack, "there is no such interface");
	else if (err != -ENOMEM)
		NL_SET_ERR_MSG(extack, "this kernel refuses a hook that the watch needs");
}

int rbk_watch_new(struct rbk_net *rn, struct rbk_watch *w, bool replace,
		  struct netlink_ext_ack *extack)
{
	struct rbk_watch *old = rbk_watch_by_name(rn, w->name);
	const struct rbk_prefix *client = &w->prefix[w->n_servers];
	unsigned int i;
	int id, err;

	err = rbk_watch_check(rn, w, old, replace, extack) ?: rbk_net_start(rn);
	if (err)
		return err;
	for (i = 0; i < w->n_clients; i++)
		__set_bit(client[i].len, w->client_lens[client[i].family == NFPROTO_IPV6]);
	id = old ? old->id : ida_alloc_range(&rn->watch_ids, 1, U16_MAX, GFP_KERNEL);
	if (id < 0)
		return id;
	w->id = id;
	err = rbk_watch_get_queues(rn, w);
	if (err)
		goto err_id;

	if (old)
		list_replace(&old->list, &w->list);
	else
		list_add_tail(&w->list, &rn->watches);
	err = rbk_watch_publish(rn);
	if (err) {
		rbk_watch_excuse(err, extack);
		goto err_list;
	}
	if (old) {
		synchronize_rcu();
		rbk_watch_retire(rn, old);
	}
	return 0;

err_list:
	if (old)
		list_replace(&w->list, &old->list);
	else
		list_del(&w->list);
	rbk_watch_put_queues(rn, w);
err_id:
	if (!old)
		ida_free(&rn->watch_ids, id);
	return err;
}

int rbk_watch_del(struct rbk_net *rn, const char *name)
{
	struct rbk_watch *w = rbk_watch_by_name(rn, name);
	struct list_head *prev;
	int err;

	if (!w)
		return -ENOENT;
	prev = w->list.prev;
	list_del(&w->list);
	err = rbk_watch_publish(rn);
	if (err) {
		list_add(&w->list, prev);
		return err;
	}

	/* No packet finds the watch any more: what it recorded can go. */
	synchronize_rcu();
	rbk_attempt_purge(rn, &(struct rbk_filter_by){ .watch = w->id, .state = -1 });
	rbk_service_purge_watch(rn, w->id);
	ida_free(&rn->watch_ids, w->id);
	rbk_watch_retire(rn, w);
	return 0;
}

void rbk_watch_exit(struct rbk_net *rn)
{
	struct rbk_watch *w, *next;

	list_for_each_entry_safe(w, next, &rn->watches, list)
		rbk_watch_retire(rn, w);
	kvfree(rcu_dereference_protected(rn->rules, true));
	ida_destroy(&rn->watch_ids);
}

#ifdef RINGBACK_SELFTEST
#include "selftest/watch.c"
#endif
