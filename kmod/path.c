// SPDX-License-Identifier: GPL-2.0
/*
 * Lookups of routes. The way back to a client is asked for as xt_rpfilter does, the
 * way to a server as the input of a router: without a packet, so nothing is cached.
 */
#include <linux/ipv6.h>
#include <net/ip6_route.h>
#include <net/ip_fib.h>
#include <net/l3mdev.h>
#include <net/route.h>

#include "compat.h"
#include "path.h"

u32 rbk_path_of(const struct net_device *dev)
{
	return dev ? l3mdev_master_ifindex_rcu(dev) ?: dev->ifindex : 0;
}

static bool rbk_path_back4(struct net *net, __be32 client, const struct net_device *in)
{
	struct flowi4 fl = {
		.daddr = client,
		.flowi4_iif = LOOPBACK_IFINDEX,
		.flowi4_oif = l3mdev_master_ifindex_rcu(in),
		.flowi4_scope = RT_SCOPE_UNIVERSE,
	};
	struct fib_result res;

	return !fib_lookup(net, &fl, &res, FIB_LOOKUP_IGNORE_LINKSTATE) &&
	       res.type == RTN_UNICAST && fib_info_nh_uses_dev(res.fi, in);
}

static u32 rbk_path_flags6(const struct dst_entry *dst)
{
	return container_of(dst, struct rt6_info, dst)->rt6i_flags;
}

static bool rbk_path_back6(struct net *net, const struct in6_addr *client,
			   const struct net_device *in)
{
	struct flowi6 fl = {
		.daddr = *client,
		.flowi6_iif = LOOPBACK_IFINDEX,
		.flowi6_oif = l3mdev_master_ifindex_rcu(in) ?: in->ifindex,
	};
	struct dst_entry *dst;
	bool back;

	/* Of several next hops it takes that of the interface, if there is one. */
	dst = ip6_route_lookup(net, &fl, NULL, 0);
	back = !dst->error && rbk_path_of(dst->dev) == rbk_path_of(in) &&
	       !(rbk_path_flags6(dst) & (RTF_LOCAL | RTF_ANYCAST));
	dst_release(dst);
	return back;
}

/* A kernel without IPv6 has no ip6_route_lookup(), nor packets that would need it. */
static bool rbk_path_is4(u8 family)
{
	return !IS_ENABLED(CONFIG_IPV6) || family == NFPROTO_IPV4;
}

bool rbk_path_leads_back(struct net *net, const struct rbk_attempt_key *key,
			 const struct net_device *in)
{
	return rbk_path_is4(key->service.family) ? rbk_path_back4(net, key->client.ip, in) :
						   rbk_path_back6(net, &key->client.in6, in);
}

static enum rbk_path_end rbk_path_end_of(int err, bool local)
{
	/* What prohibits, or swallows, is an answer of the operator. */
	if (err == -ENETUNREACH || err == -EHOSTUNREACH)
		return RBK_ENDS_NOWHERE;
	return !err && local ? RBK_ENDS_HERE : RBK_ENDS_ELSEWHERE;
}

static enum rbk_path_end rbk_path_end4(struct net *net, const struct rbk_attempt_key *key,
				       const struct net_device *in, u32 mark)
{
	struct flowi4 fl = {
		.saddr = key->client.ip,
		.daddr = key->service.server.ip,
		.flowi4_iif = in->ifindex,
		.flowi4_mark = mark,
		.flowi4_scope = RT_SCOPE_UNIVERSE,
	};
	struct fib_result res;
	int err = fib_lookup(net, &fl, &res, 0);

	return rbk_path_end_of(err, !err && res.type == RTN_LOCAL);
}

static enum rbk_path_end rbk_path_end6(struct net *net, const struct rbk_attempt_key *key,
				       const struct net_device *in, u32 mark)
{
	struct flowi6 fl = {
		.saddr = key->client.in6,
		.daddr = key->service.server.in6,
		.flowi6_iif = in->ifindex,
		.flowi6_mark = mark,
	};
	enum rbk_path_end end;
	struct dst_entry *dst;

	dst = ip6_route_lookup(net, &fl, NULL, RT6_LOOKUP_F_HAS_SADDR);
	end = rbk_path_end_of(dst->error, rbk_path_flags6(dst) & RTF_LOCAL);
	dst_release(dst);
	return end;
}

/* An interface of a VRF as @in leads into the tables of the VRF. */
enum rbk_path_end rbk_path_end(struct net *net, const struct rbk_attempt_key *key,
			       const struct net_device *in, u32 mark)
{
	return rbk_path_is4(key->service.family) ? rbk_path_end4(net, key, in, mark) :
						   rbk_path_end6(net, key, in, mark);
}

bool rbk_path_stays(const struct sk_buff *skb, u8 family)
{
	return rbk_path_is4(family) ? skb_rtable(skb)->rt_flags & RTCF_LOCAL :
				      rbk_path_flags6(skb_dst(skb)) & RTF_LOCAL;
}
