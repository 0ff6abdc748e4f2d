/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The way back to a client. Who forges a source address mostly sits on another
 * side of the router than the client whose address it is.
 */
#ifndef _RBK_PATH_H
#define _RBK_PATH_H

#include <linux/netdevice.h>

#include "classify.h"

/*
 * What identifies a side of the router: the index of the interface, of its VRF
 * if it is in one; 0 for none. RCU.
 */
u32 rbk_path_of(const struct net_device *dev);

/* Does a route to the client of @key leave by @in, or by the VRF that @in stands for? RCU. */
bool rbk_path_leads_back(struct net *net, const struct rbk_attempt_key *key,
			 const struct net_device *in);

#endif /* _RBK_PATH_H */
