// SPDX-License-Identifier: GPL-2.0
/*
 * The netfilter hooks. They come last of all (NF_IP_PRI_LAST - 1): what the
 * firewall drops is not an attempt, and addresses are those a person means: in
 * FORWARD the client before SNAT, the server after DNAT. LOCAL_IN alone comes
 * right before source NAT, behind the filter: where this host has translated the
 * destination of what it sent (nat output), the answer is from the server that
 * LOCAL_OUT has seen only until NAT gives it the address that was asked for. An
 * established TCP packet leaves after its flags were read.
 */
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/jump_label.h>
#include <linux/netfilter_bridge.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/tcp.h>

#include "attempt.h"
#include "compat.h"
#include "hook.h"
#include "mirror.h"
#include "path.h"
#include "pernet.h"

#define RBK_MAX_VLAN_TAGS	2
/* Beside the bits of enum ringback_hook: a watch that stands in. */
#define RBK_PLACE_STANDIN	BIT(7)

/* Namespaces with a watch that names UDP ports. */
static DEFINE_STATIC_KEY_FALSE(rbk_udp_wanted);

/* While nobody waits for anything, the answers of living servers tell nothing. */
static __always_inline bool rbk_worth_flags(const struct rbk_net *rn, u8 flags)
{
	if (!(flags & (TCPHDR_SYN | TCPHDR_RST)))
		return false;
	return (flags & (TCPHDR_SYN | TCPHDR_RST | TCPHDR_ACK)) != (TCPHDR_SYN | TCPHDR_ACK) ||
	       READ_ONCE(rn->n_attempts) || READ_ONCE(rn->n_services);
}

static __always_inline bool rbk_worth_transport(const struct rbk_net *rn,
						const struct sk_buff *skb, unsigned int thoff,
						u8 proto)
{
	switch (proto) {
	case IPPROTO_TCP:
		return skb_headlen(skb) < thoff + sizeof(struct tcphdr) ||
		       rbk_worth_flags(rn, skb->data[thoff + 13]);
	case IPPROTO_UDP:
		return static_branch_unlikely(&rbk_udp_wanted);
	default:
		return true;
	}
}

/*
 * Can the packet say anything? Cheap, may err on the side of true; the
 * classifier reads with more care.
 */
static __always_inline bool rbk_worth4(const struct rbk_net *rn, const struct sk_buff *skb,
				       unsigned int nhoff)
{
	const struct iphdr *iph = (const void *)(skb->data + nhoff);

	return skb_headlen(skb) < nhoff + sizeof(*iph) ||
	       rbk_worth_transport(rn, skb, nhoff + iph->ihl * 4, iph->protocol);
}

static __always_inline bool rbk_worth6(const struct rbk_net *rn, const struct sk_buff *skb,
				       unsigned int nhoff)
{
	const struct ipv6hdr *ip6h = (const void *)(skb->data + nhoff);

	return skb_headlen(skb) < nhoff + sizeof(*ip6h) ||
	       rbk_worth_transport(rn, skb, nhoff + sizeof(*ip6h), ip6h->nexthdr);
}

static void rbk_act(const struct rbk_sighting *s, enum rbk_verdict verdict, struct rbk_packet *p)
{
	switch (verdict) {
	case RBK_SYN:
		return rbk_attempt_syn(s, p);
	case RBK_SYNACK:
		return rbk_attempt_synack(s, p);
	case RBK_RST:
	case RBK_ICMP_ERROR:
		return rbk_attempt_error(s, p);
	case RBK_UDP:
		return rbk_attempt_udp(s, p);
	default:
		rbk_count(s->rn, RINGBACK_A_STATS_MALFORMED);
	}
}

/*
 * RCU. Neither bottom halves nor preemption are always off here: LOCAL_OUT also
 * comes from process context, and any hook does when an NFQUEUE verdict sends
 * the packet on.
 */
static noinline void rbk_look(struct rbk_sighting *s, unsigned int nhoff, u8 family)
{
	enum rbk_verdict verdict;
	struct rbk_packet p;

	verdict = rbk_classify(s->skb, nhoff, family, &p);
	if (verdict == RBK_NOTHING)
		return;
	s->rules = rcu_dereference(s->rn->rules);
	rbk_act(s, verdict, &p);
}

/* Not in line: established packets need no stack frame. */
static noinline void rbk_look_ip(struct rbk_net *rn, const struct sk_buff *skb,
				 const struct nf_hook_state *state, u8 places)
{
	struct rbk_sighting s = {
		.rn = rn,
		.skb = skb,
		.in = state->in,
		.out = state->out,
		.places = places,
	};

	rbk_look(&s, skb_network_offset(skb), state->pf);
}

static unsigned int rbk_forward4(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	if (rbk_worth4(priv, skb, skb_network_offset(skb)))
		rbk_look_ip(priv, skb, state, RINGBACK_HOOK_FORWARD);
	return NF_ACCEPT;
}

static unsigned int rbk_forward6(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	if (rbk_worth6(priv, skb, skb_network_offset(skb)))
		rbk_look_ip(priv, skb, state, RINGBACK_HOOK_FORWARD);
	return NF_ACCEPT;
}

static bool rbk_worth(const struct rbk_net *rn, const struct sk_buff *skb, unsigned int nhoff,
		      u8 family)
{
	return family == NFPROTO_IPV4 ? rbk_worth4(rn, skb, nhoff) : rbk_worth6(rn, skb, nhoff);
}

static unsigned int rbk_local_in(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	if (rbk_worth(priv, skb, skb_network_offset(skb), state->pf))
		rbk_look_ip(priv, skb, state, RINGBACK_HOOK_LOCAL);
	return NF_ACCEPT;
}

/* A header that a raw socket made may be anything; the classifier copes with that. */
static bool rbk_is_icmp(const struct sk_buff *skb, u8 family)
{
	return family == NFPROTO_IPV4 ? ip_hdr(skb)->protocol == IPPROTO_ICMP :
					ipv6_hdr(skb)->nexthdr == IPPROTO_ICMPV6;
}

/* The daemon's, to see whether a service is back: no attempt of this host. */
static bool rbk_is_probe(const struct sk_buff *skb)
{
	return (skb->mark & RINGBACK_MARK_MASK) == RINGBACK_MARK_PROBE;
}

/* What this host sends as a client or a server; its ICMP errors: rbk_own_error(). */
static unsigned int rbk_local_out(void *priv, struct sk_buff *skb,
				  const struct nf_hook_state *state)
{
	if (rbk_is_icmp(skb, state->pf) || rbk_is_probe(skb) ||
	    !rbk_worth(priv, skb, skb_network_offset(skb), state->pf))
		return NF_ACCEPT;
	rbk_look_ip(priv, skb, state, RINGBACK_HOOK_LOCAL);
	return NF_ACCEPT;
}

/*
 * Where the packet was that an error of our own is about. One that goes to this
 * very host is about an attempt of its own, a probe of the daemon for one; what it
 * quotes may have been sent to this host; the rest was forwarded, or would have
 * been. The route of the error tells where it goes: behind SNAT, the address was
 * our own until NAT, before us, put the client's in its place. The quotation has
 * the server behind destination NAT, as LOCAL_IN and FORWARD see it.
 */
static u8 rbk_error_place(const struct rbk_sighting *s, const struct rbk_attempt_key *key)
{
	if (rbk_path_stays(s->skb, key->service.family) ||
	    rbk_path_end(s->rn->net, key, s->out, s->skb->mark) == RBK_ENDS_HERE)
		return RINGBACK_HOOK_LOCAL;
	return RINGBACK_HOOK_FORWARD;
}

/* Apart from rbk_look(), where it would be a test for each packet. RCU. */
static noinline void rbk_look_error(struct rbk_net *rn, const struct sk_buff *skb, u8 family)
{
	struct rbk_sighting s = {
		.rn = rn,
		.skb = skb,
		.out = skb_dst(skb)->dev,
		.own = true,
	};
	enum rbk_verdict verdict;
	struct rbk_packet p;

	verdict = rbk_classify(skb, skb_network_offset(skb), family, &p);
	if (verdict == RBK_NOTHING)
		return;
	if (verdict == RBK_ICMP_ERROR)
		s.places = rbk_error_place(&s, &p.key);
	s.rules = rcu_dereference(rn->rules);
	rbk_act(&s, verdict, &p);
}

/*
 * Most "host unreachable" are made by the router that watches. It quotes what
 * it had in its hands, and where there was no route, FORWARD never saw it.
 */
static unsigned int rbk_own_error(void *priv, struct sk_buff *skb,
				  const struct nf_hook_state *state)
{
	if (rbk_is_icmp(skb, state->pf))
		rbk_look_error(priv, skb, state->pf);
	return NF_ACCEPT;
}

/* Finds the IP header behind VLAN tags; 0 (NFPROTO_UNSPEC) if there is none. */
static u8 rbk_find_ip(const struct sk_buff *skb, unsigned int *nhoff)
{
	__be16 proto = skb->protocol;
	const struct vlan_hdr *vlan;
	struct vlan_hdr buf;
	int i;

	*nhoff = skb_network_offset(skb);
	for (i = 0; i < RBK_MAX_VLAN_TAGS && eth_type_vlan(proto); i++) {
		vlan = skb_header_pointer(skb, *nhoff, sizeof(buf), &buf);
		if (!vlan)
			return NFPROTO_UNSPEC;
		proto = vlan->h_vlan_encapsulated_proto;
		*nhoff += sizeof(*vlan);
	}
	if (proto == htons(ETH_P_IP))
		return NFPROTO_IPV4;
	return proto == htons(ETH_P_IPV6) ? NFPROTO_IPV6 : NFPROTO_UNSPEC;
}

/* A frame on its way past this host: both ends are elsewhere. */
static void rbk_look_frame(struct rbk_net *rn, const struct sk_buff *skb,
			   struct net_device *in, struct net_device *out, u8 places)
{
	struct rbk_sighting s = {
		.rn = rn,
		.skb = skb,
		.in = in,
		.out = out,
		.places = places,
		.frame = true,
	};
	unsigned int nhoff;
	u8 family;

	family = rbk_find_ip(skb, &nhoff);
	if (family != NFPROTO_UNSPEC && rbk_worth(rn, skb, nhoff, family))
		rbk_look(&s, nhoff, family);
}

static unsigned int rbk_bridge(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	rbk_look_frame(priv, skb, state->in, state->out, RINGBACK_HOOK_BRIDGE);
	return NF_ACCEPT;
}

/* Both directions arrive on the same device. */
unsigned int rbk_hook_mirror(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	rbk_look_frame(priv, skb, state->in, state->in, RINGBACK_HOOK_MIRROR);
	return NF_ACCEPT;
}

/* Before nftables and the routing decision, behind destination NAT. */
static unsigned int rbk_prerouting(void *priv, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	if (!rbk_standin_stands((struct rbk_net *)priv) ||
	    !rbk_worth(priv, skb, skb_network_offset(skb), state->pf))
		return NF_ACCEPT;
	return rbk_standin_look(priv, skb, state->pf, state->in);
}

#define RBK_HOOK_AT(_pf, _hooknum, _hook, _priority) {	\
	.hook = _hook,					\
	.pf = _pf,					\
	.hooknum = _hooknum,				\
	.priority = _priority,				\
}

#define RBK_HOOK(_pf, _hooknum, _hook)			\
	RBK_HOOK_AT(_pf, _hooknum, _hook, NF_IP_PRI_LAST - 1)

static const struct nf_hook_ops rbk_hook_template[RBK_HOOK_OPS] = {
	RBK_HOOK(NFPROTO_IPV4, NF_INET_FORWARD, rbk_forward4),
	RBK_HOOK(NFPROTO_IPV6, NF_INET_FORWARD, rbk_forward6),
	RBK_HOOK(NFPROTO_IPV4, NF_INET_LOCAL_OUT, rbk_own_error),
	RBK_HOOK(NFPROTO_IPV6, NF_INET_LOCAL_OUT, rbk_own_error),
	RBK_HOOK_AT(NFPROTO_IPV4, NF_INET_LOCAL_IN, rbk_local_in, NF_IP_PRI_NAT_SRC - 1),
	RBK_HOOK_AT(NFPROTO_IPV6, NF_INET_LOCAL_IN, rbk_local_in, NF_IP_PRI_NAT_SRC - 1),
	RBK_HOOK(NFPROTO_IPV4, NF_INET_LOCAL_OUT, rbk_local_out),
	RBK_HOOK(NFPROTO_IPV6, NF_INET_LOCAL_OUT, rbk_local_out),
	RBK_HOOK(NFPROTO_BRIDGE, NF_BR_FORWARD, rbk_bridge),
	{
		.hook = rbk_prerouting,
		.pf = NFPROTO_INET,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP_PRI_NAT_DST + 5,
	},
};

/* Parts of the template that come and go together. */
static const struct rbk_hook_group {
	u8 places;	/* watches with one of these bits need it */
	u8 first;
	u8 n;
} rbk_hook_groups[] = {
	{ RINGBACK_HOOK_FORWARD, 0, 2 },
	{ RINGBACK_HOOK_FORWARD | RINGBACK_HOOK_LOCAL, 2, 2 },
	{ RINGBACK_HOOK_LOCAL, 4, 4 },
	{ RINGBACK_HOOK_BRIDGE, 8, 1 },
	{ RBK_PLACE_STANDIN, 9, 1 },
};

void rbk_hooks_init(struct rbk_net *rn)
{
	unsigned int i;

	memcpy(rn->hooks.ops, rbk_hook_template, sizeof(rbk_hook_template));
	for (i = 0; i < RBK_HOOK_OPS; i++)
		rn->hooks.ops[i].priv = rn;
	rbk_mirrors_init(rn);
}

static u8 rbk_hooks_wanted(const struct rbk_net *rn, bool *udp)
{
	const struct rbk_watch *w;
	unsigned int i;
	u8 places = 0;

	*udp = false;
	list_for_each_entry(w, &rn->watches, list) {
		places |= w->hooks | (w->standin ? RBK_PLACE_STANDIN : 0);
		for (i = 0; i < w->n_ports; i++)
			*udp |= w->port[i].proto == IPPROTO_UDP;
	}
	return places;
}

static void rbk_hooks_unregister(struct rbk_net *rn, u8 groups)
{
	const struct rbk_hook_group *g;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rbk_hook_groups); i++) {
		g = &rbk_hook_groups[i];
		if (groups & BIT(i))
			nf_unregister_net_hooks(rn->net, &rn->hooks.ops[g->first], g->n);
	}
	rn->hooks.groups &= ~groups;
}

/* Registers the groups that @places need and are not there; *@added tells which. */
static int rbk_hooks_register(struct rbk_net *rn, u8 places, u8 *added)
{
	const struct rbk_hook_group *g;
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(rbk_hook_groups); i++) {
		g = &rbk_hook_groups[i];
		if (!(g->places & places) || rn->hooks.groups & BIT(i))
			continue;
		err = nf_register_net_hooks(rn->net, &rn->hooks.ops[g->first], g->n);
		if (err)
			return err;
		rn->hooks.groups |= BIT(i);
		*added |= BIT(i);
	}
	return 0;
}

static void rbk_hooks_want_udp(struct rbk_net *rn, bool udp)
{
	if (udp && !rn->hooks.udp)
		static_branch_inc(&rbk_udp_wanted);
	else if (!udp && rn->hooks.udp)
		static_branch_dec(&rbk_udp_wanted);
	rn->hooks.udp = udp;
}

int rbk_hooks_update(struct rbk_net *rn)
{
	u8 places, added = 0, obsolete = 0;
	unsigned int i;
	bool udp;
	int err;

	lockdep_assert_held(&rn->watch_lock);
	places = rbk_hooks_wanted(rn, &udp);
	err = rbk_hooks_register(rn, places, &added) ?: rbk_mirrors_update(rn);
	if (err) {
		rbk_hooks_unregister(rn, added);
		return err;
	}
	rbk_hooks_want_udp(rn, udp);
	for (i = 0; i < ARRAY_SIZE(rbk_hook_groups); i++) {
		if (!(rbk_hook_groups[i].places & places))
			obsolete |= BIT(i);
	}
	rbk_hooks_unregister(rn, rn->hooks.groups & obsolete);
	return 0;
}

void rbk_hooks_exit(struct rbk_net *rn)
{
	rbk_mirrors_exit(rn);
	rbk_hooks_unregister(rn, rn->hooks.groups);
	rbk_hooks_want_udp(rn, false);
}
