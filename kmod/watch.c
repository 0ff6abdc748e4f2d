// SPDX-License-Identifier: GPL-2.0
/*
 * Watches, and the snapshot that the packet path looks them up in: one hash
 * table of prefixes, the servers' and the clients' of all watches, with the
 * prefix length in the key, and a list of the lengths that servers use. Both
 * families are handled alike: an address is two words.
 */
#include <linux/bitmap.h>
#include <linux/inetdevice.h>
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
	u64 addr[2];	/* see rbk_words() */
	u32 tag;	/* what else makes the key, see rbk_tag() */
	u32 next;	/* index + 1 in the chain, ranks ascending; 0 ends it */
	u16 rank;	/* of the watch */
};

/* Where a server may be found: one length of prefixes that are in use. */
struct rbk_probe {
	u64 mask[2];
	u32 tag;	/* of a rule there, without protocol and value */
	bool lone_port;	/* the tag has them, see rbk_lone_port() */
};

struct rbk_rules {
	struct rcu_head rcu;
	u64 factor[3];			/* random, of rbk_rule_hash() */
	u8 shift;			/* 64 - log2(number of buckets) */
	u32 n_rules;
	u16 n_watches;
	u16 max_id;
	struct rbk_probe *probe[3];	/* IPv4's, behind them IPv6's, and their end */
	u32 *bucket;			/* indices + 1 into rule */
	struct rbk_rule *rule;
	struct rbk_watch **by_id;	/* max_id + 1, or NULL each */
	struct rbk_watch *watch[];	/* by rank: in the order they were added */
};

/* Lengths of server prefixes: [IPv6][several ports]. */
struct rbk_lens {
	DECLARE_BITMAP(in_use[2][2], RBK_LENS);
};

enum rbk_rule_kind {
	RBK_RULE_LONE_PORT,	/* a server; value: the port */
	RBK_RULE_PORTS,		/* a server; the watch has the ports */
	RBK_RULE_CLIENT,	/* value: rank of the watch */
};

static u32 rbk_tag_value(u8 proto, u16 value)
{
	return (u32)value << 16 | (proto == IPPROTO_UDP) << 11;
}

static u32 rbk_tag(enum rbk_rule_kind kind, u8 family, u8 len)
{
	return kind << 9 | (family == NFPROTO_IPV6) << 8 | len;
}

/* An address as it lies in memory; an aligned copy. */
static inline void rbk_words(u64 words[2], const union nf_inet_addr *addr)
{
	BUILD_BUG_ON(sizeof(*addr) != 2 * sizeof(u64));
	memcpy(words, addr, sizeof(*addr));
}

static void rbk_make_mask(u64 mask[2], u8 family, u8 len)
{
	union nf_inet_addr addr = {};
	struct in6_addr ones;

	if (family == NFPROTO_IPV4) {
		addr.ip = inet_make_mask(len);
	} else {
		memset(&ones, 0xff, sizeof(ones));
		ipv6_addr_prefix(&addr.in6, &ones, len);
	}
	rbk_words(mask, &addr);
}

/* Multiply and shift: universal, so nobody can prepare prefixes that collide. */
static u32 rbk_rule_hash(const struct rbk_rules *r, const u64 addr[2], u32 tag)
{
	return (addr[0] * r->factor[0] + addr[1] * r->factor[1] + tag * r->factor[2]) >> r->shift;
}

/* A watch of a single port is found by it: a thousand may share a server. */
static bool rbk_lone_port(const struct rbk_watch *w)
{
	return w->n_ports == 1 && w->port[0].first == w->port[0].last;
}

static void rbk_rules_add(struct rbk_rules *r, const union nf_inet_addr *addr, u32 tag, u16 rank)
{
	struct rbk_rule *rule = &r->rule[r->n_rules++];
	u32 *bucket;

	rbk_words(rule->addr, addr);
	rule->tag = tag;
	rule->rank = rank;
	bucket = &r->bucket[rbk_rule_hash(r, rule->addr, tag)];
	rule->next = *bucket;
	*bucket = r->n_rules;
}

static void rbk_rules_add_watch(struct rbk_rules *r, u16 rank)
{
	const struct rbk_watch *w = r->watch[rank];
	const struct rbk_prefix *p = w->prefix;
	bool lone = rbk_lone_port(w);
	unsigned int i;
	u32 tag;

	for (i = 0; i < w->n_servers; i++, p++) {
		tag = rbk_tag(lone ? RBK_RULE_LONE_PORT : RBK_RULE_PORTS, p->family, p->len);
		if (lone)
			tag |= rbk_tag_value(w->port[0].proto, w->port[0].first);
		rbk_rules_add(r, &p->addr, tag, rank);
	}
	for (i = 0; i < w->n_clients; i++, p++) {
		tag = rbk_tag(RBK_RULE_CLIENT, p->family, p->len) | rbk_tag_value(0, rank);
		rbk_rules_add(r, &p->addr, tag, rank);
	}
}

static void rbk_lens_add(struct rbk_lens *lens, const struct rbk_watch *w)
{
	const struct rbk_prefix *p;

	for (p = w->prefix; p < &w->prefix[w->n_servers]; p++)
		__set_bit(p->len, lens->in_use[p->family == NFPROTO_IPV6][!rbk_lone_port(w)]);
}

static unsigned int rbk_lens_weight(const struct rbk_lens *lens)
{
	unsigned int v6, n = 0;

	for (v6 = 0; v6 < 2; v6++)
		n += bitmap_weight(lens->in_use[v6][0], RBK_LENS) +
		     bitmap_weight(lens->in_use[v6][1], RBK_LENS);
	return n;
}

static void rbk_rules_add_probes(struct rbk_rules *r, const struct rbk_lens *lens)
{
	struct rbk_probe *p = r->probe[0];
	unsigned int v6, several, len;

	for (v6 = 0; v6 < 2; v6++) {
		u8 family = v6 ? NFPROTO_IPV6 : NFPROTO_IPV4;

		for (several = 0; several < 2; several++) {
			for_each_set_bit(len, lens->in_use[v6][several], RBK_LENS) {
				rbk_make_mask(p->mask, family, len);
				p->tag = rbk_tag(several ? RBK_RULE_PORTS : RBK_RULE_LONE_PORT,
						 family, len);
				p->lone_port = !several;
				p++;
			}
		}
		r->probe[v6 + 1] = p;
	}
}

static struct rbk_rules *rbk_rules_alloc(u16 n_watches, u16 max_id, u32 n_rules, u32 n_probes)
{
	u32 n_buckets = roundup_pow_of_two(max(n_rules, 2u));
	struct rbk_rules *r;
	size_t size;

	size = struct_size(r, watch, n_watches) + (max_id + 1) * sizeof(*r->by_id) +
	       n_probes * sizeof(*r->probe[0]) + n_rules * sizeof(*r->rule) +
	       n_buckets * sizeof(*r->bucket);
	r = kvzalloc(size, GFP_KERNEL_ACCOUNT);
	if (!r)
		return NULL;
	get_random_bytes(r->factor, sizeof(r->factor));
	r->factor[0] |= 1;
	r->factor[1] |= 1;
	r->factor[2] |= 1;
	r->shift = 64 - ilog2(n_buckets);
	r->n_watches = n_watches;
	r->max_id = max_id;
	r->by_id = &r->watch[n_watches];
	r->probe[0] = (void *)&r->by_id[max_id + 1];
	r->rule = (void *)&r->probe[0][n_probes];
	r->bucket = (void *)&r->rule[n_rules];
	return r;
}

/* The snapshot of @watches, or NULL without memory. */
static struct rbk_rules *rbk_rules_build(const struct list_head *watches)
{
	u32 n_rules = 0, n_watches = 0;
	struct rbk_lens lens = {};
	struct rbk_watch *w;
	struct rbk_rules *r;
	u16 max_id = 0;

	list_for_each_entry(w, watches, list) {
		n_rules += w->n_servers + w->n_clients;
		n_watches++;
		max_id = max(max_id, w->id);
		rbk_lens_add(&lens, w);
	}
	r = rbk_rules_alloc(n_watches, max_id, n_rules, rbk_lens_weight(&lens));
	if (!r)
		return NULL;
	rbk_rules_add_probes(r, &lens);

	/* From the last to the first, so that chains begin with the first. */
	list_for_each_entry_reverse(w, watches, list) {
		r->watch[--n_watches] = w;
		r->by_id[w->id] = w;
		rbk_rules_add_watch(r, n_watches);
	}
	return r;
}

/* The next rule with this key from index + 1 @i on, or NULL. */
static const struct rbk_rule *rbk_rules_next(const struct rbk_rules *r, u32 i, const u64 addr[2],
					     u32 tag)
{
	const struct rbk_rule *rule;

	for (; i; i = rule->next) {
		rule = &r->rule[i - 1];
		if (rule->tag == tag && rule->addr[0] == addr[0] && rule->addr[1] == addr[1])
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

/* Apart, since few watches name clients: its variables would cost every SYN. */
static noinline_for_stack bool rbk_rules_have_client(const struct rbk_rules *r, u16 rank,
						     const union nf_inet_addr *client, u8 family)
{
	const struct rbk_watch *w = r->watch[rank];
	u64 addr[2], mask[2];
	unsigned int len;
	u32 tag, i;

	for_each_set_bit(len, w->client_lens[family == NFPROTO_IPV6], RBK_LENS) {
		rbk_words(addr, client);
		rbk_make_mask(mask, family, len);
		addr[0] &= mask[0];
		addr[1] &= mask[1];
		tag = rbk_tag(RBK_RULE_CLIENT, family, len) | rbk_tag_value(0, rank);
		i = r->bucket[rbk_rule_hash(r, addr, tag)];
		if (rbk_rules_next(r, i, addr, tag))
			return true;
	}
	return false;
}

/* Does the watch of @rule, which has the server, cover the rest, too? NULL: any client. */
static __always_inline bool rbk_rule_covers(const struct rbk_rules *r, const struct rbk_rule *rule,
					    const struct rbk_service_key *s,
					    const union nf_inet_addr *client, u8 places,
					    bool lone_port)
{
	const struct rbk_watch *w = r->watch[rule->rank];

	return w->hooks & places &&
	       (lone_port || rbk_watch_has_port(w, s->proto, ntohs(s->port))) &&
	       (!w->n_clients || !client ||
		rbk_rules_have_client(r, rule->rank, client, s->family));
}

static __always_inline const struct rbk_watch *
rbk_watch_search(const struct rbk_rules *rules, const struct rbk_service_key *s,
		 const union nf_inet_addr *client, u8 places)
{
	bool v6 = s->family == NFPROTO_IPV6;
	const struct rbk_probe *p;
	const struct rbk_rule *rule;
	u64 server[2], addr[2];
	u32 tag, value, i;
	u16 best;

	if (!rules)
		return NULL;
	rbk_words(server, &s->server);
	value = rbk_tag_value(s->proto, ntohs(s->port));
	best = rules->n_watches;
	for (p = rules->probe[v6]; p < rules->probe[v6 + 1]; p++) {
		addr[0] = server[0] & p->mask[0];
		addr[1] = server[1] & p->mask[1];
		tag = p->lone_port ? p->tag | value : p->tag;
		i = rules->bucket[rbk_rule_hash(rules, addr, tag)];
		while ((rule = rbk_rules_next(rules, i, addr, tag)) && rule->rank < best) {
			if (rbk_rule_covers(rules, rule, s, client, places, p->lone_port)) {
				best = rule->rank;
				break;
			}
			i = rule->next;
		}
	}
	return best < rules->n_watches ? rules->watch[best] : NULL;
}

const struct rbk_watch *rbk_watch_find(const struct rbk_rules *rules,
				       const struct rbk_attempt_key *key, u8 places)
{
	return rbk_watch_search(rules, &key->service, &key->client, places);
}

const struct rbk_watch *rbk_watch_of_service(const struct rbk_rules *rules,
					     const struct rbk_service_key *s)
{
	return rbk_watch_search(rules, s, NULL, U8_MAX);
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

static int rbk_watch_get_queues(struct rbk_net *rn, struct rbk_watch *w,
				struct netlink_ext_ack *extack)
{
	struct rbk_queue *q;
	unsigned int i;

	for (i = 0; i < RBK_QUEUES; i++) {
		q = rbk_queue_get(rn, i, i == RBK_KEEP ? w->keep : w->no_reply);
		if (IS_ERR(q)) {
			if (PTR_ERR(q) == -ENOSPC)
				NL_SET_ERR_MSG(extack,
					       "too many different times in this namespace");
			rbk_watch_put_queues(rn, w);
			return PTR_ERR(q);
		}
		w->queue[i] = q;
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
	WRITE_ONCE(rn->n_watches, rules->n_watches);
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

/*
 * Ids are used in turn: a straggler among the attempts of a deleted watch must
 * not become one of the next.
 */
static int rbk_watch_new_id(struct rbk_net *rn)
{
	int id;

	id = ida_alloc_range(&rn->watch_ids, rn->last_watch_id + 1, RBK_MAX_WATCH_ID, GFP_KERNEL);
	if (id == -ENOSPC)
		id = ida_alloc_range(&rn->watch_ids, 1, RBK_MAX_WATCH_ID, GFP_KERNEL);
	if (id > 0)
		rn->last_watch_id = id;
	return id;
}

static void rbk_watch_excuse(int err, struct netlink_ext_ack *extack)
{
	if (err == -ENOSPC)
		NL_SET_ERR_MSG(extack, "too many mirror ports in this namespace");
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
	id = old ? old->id : rbk_watch_new_id(rn);
	if (id < 0)
		return id;
	w->id = id;
	err = rbk_watch_get_queues(rn, w, extack);
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
