/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Attempts, services, decisions as netlink messages: rows of dumps, and the events
 * of the two multicast groups.
 */
#ifndef _RBK_EVENT_H
#define _RBK_EVENT_H

#include <linux/netlink.h>

struct rbk_attempt;
struct rbk_decision;
struct rbk_net;
struct rbk_service;

/* Indices in the family's groups. */
enum rbk_group {
	RBK_GROUP_OUTAGES,
	RBK_GROUP_ATTEMPTS,
};

/*
 * Append a message about @a, @svc or @d to a dump. RCU, rbk_net.lock. 0 or
 * -EMSGSIZE; then nothing was appended.
 */
int rbk_msg_attempt(struct sk_buff *skb, struct netlink_callback *cb, struct rbk_net *rn,
		    const struct rbk_attempt *a);
int rbk_msg_service(struct sk_buff *skb, struct netlink_callback *cb, struct rbk_net *rn,
		    const struct rbk_service *svc);
int rbk_msg_decision(struct sk_buff *skb, struct netlink_callback *cb, struct rbk_net *rn,
		     const struct rbk_decision *d);

/*
 * Tell the listeners that @a has failed, or that @svc has changed its state.
 * RCU, rbk_net.lock; what cannot be sent is counted, and the listeners' sockets
 * report ENOBUFS.
 */
void rbk_event_attempt(struct rbk_net *rn, const struct rbk_attempt *a);
void rbk_event_service(struct rbk_net *rn, const struct rbk_service *svc);

#endif /* _RBK_EVENT_H */
