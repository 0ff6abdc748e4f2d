/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the routes say about the two ends. The way back to a client: who forges a
 * source address mostly sits on another side of the router than the client whose
 * address it is. The way to a server: is there one at all, and does it end here?
 */
#ifndef _RBK_PATH_H
#define _RBK_PATH_H

#include <linux/netdevice.h>
#include <linux/skbuff.h>

#include "classify.h"

/*
 * What identifies a side of the router: the index of the interface, of its VRF
 * if it is in one; 0 for none. RCU.
 */
u32 rbk_path_of(const struct net_device *dev);

/* Does a route to the client of @key leave by @in, or by the VRF that @in stands for? RCU. */
bool rbk_path_leads_back(struct net *net, const struct rbk_attempt_key *key,
			 const struct net_device *in);

enum rbk_path_end {
	RBK_ENDS_ELSEWHERE,	/* at another host; or where no error tells of it */
	RBK_ENDS_HERE,		/* the server is an address of this host */
	RBK_ENDS_NOWHERE,	/* there is no route, or one that says unreachable */
};

/**
 * rbk_path_end - where a packet of a client ends by the routes
 * @net: the namespace
 * @key: the client and its server, behind destination NAT
 * @in: where the packet came in, or what is as good: the way back
 * @mark: its mark
 *
 * RCU; takes the locks of the routing tables.
 */
enum rbk_path_end rbk_path_end(struct net *net, const struct rbk_attempt_key *key,
			       const struct net_device *in, u32 mark);

/*
 * Does @skb, which this host sends, go to this very host? In a VRF, too, whose
 * loopback is the VRF's device. @skb has a route.
 */
bool rbk_path_stays(const struct sk_buff *skb, u8 family);

#endif /* _RBK_PATH_H */
