/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where packets are seen. A namespace has only the hooks that its watches need,
 * none without a watch. No hook ever drops or alters a packet; only that of the
 * stand-in sets bits of its mark, or asks a queue that may be absent.
 */
#ifndef _RBK_HOOK_H
#define _RBK_HOOK_H

#include <linux/netfilter.h>
#include <linux/workqueue.h>

struct rbk_net;

#define RBK_HOOK_OPS	10	/* all of them, see rbk_hook_template */

/* All guarded by rbk_net.watch_lock, but for @mirrors. */
struct rbk_hooks {
	u8 groups;				/* bit by bit: which are registered */
	bool udp;				/* rbk_udp_wanted counts this namespace */
	struct nf_hook_ops ops[RBK_HOOK_OPS];
	struct list_head mirrors;		/* RTNL: struct rbk_mirror */
	struct work_struct mirror_work;		/* a device came, or changed its name */
};

void rbk_hooks_init(struct rbk_net *rn);

/*
 * Registers what the watches in rbk_net.watches need, and unregisters the
 * rest. watch_lock; may sleep. On error (-errno of netfilter, -ENODEV, -ENOMEM)
 * the hooks that were there remain.
 */
int rbk_hooks_update(struct rbk_net *rn);

/* Unregisters all; packets may still be in a hook until a grace period is over. May sleep. */
void rbk_hooks_exit(struct rbk_net *rn);

/* The hook at the ingress of a mirror port; @priv is the struct rbk_net. */
unsigned int rbk_hook_mirror(void *priv, struct sk_buff *skb, const struct nf_hook_state *state);

#endif /* _RBK_HOOK_H */
