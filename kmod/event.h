/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Attempts, services, decisions as netlink messages: rows of dumps, and the events
 * of the two multicast groups.
 */
#ifndef _RBK_EVENT_H
#define _RBK_EVENT_H

#include <linux/netlink.h>
#include <linux/skbuff.h>
#include <linux/workqueue.h>

struct rbk_attempt;
struct rbk_decision;
struct rbk_net;
struct rbk_service;

/* Indices in the family's groups. */
enum rbk_group {
	RBK_GROUP_OUTAGES,
	RBK_GROUP_ATTEMPTS,
	RBK_GROUPS,
};

/*
 * What a namespace still has to tell. rbk_net.lock is held where something happens, and
 * a work tells it later without: netlink shows a message to monitor devices, from where
 * it may go on to a tunnel, and into the hooks of this or another namespace again.
 */
struct rbk_events {
	struct sk_buff_head queue;	/* rbk_net.lock, not its own */
	unsigned long missed;		/* rbk_net.lock; bits: groups that have to read all anew */
	struct work_struct work;
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
 * Tell the listeners that @a has failed, or that @svc has changed its state, as it is
 * now. RCU, rbk_net.lock; what cannot be told is counted, and the listeners' sockets
 * report ENOBUFS when all that happened before has been sent. Nothing is done while nobody
 * listens.
 */
void rbk_event_attempt(struct rbk_net *rn, const struct rbk_attempt *a);
void rbk_event_service(struct rbk_net *rn, const struct rbk_service *svc);

void rbk_events_init(struct rbk_net *rn);
/* Nothing happens in the namespace any more: drops what was not told. May sleep. */
void rbk_events_exit(struct rbk_net *rn);

/*
 * Before the family goes, and its groups' numbers with it: tells what has happened, and
 * nothing from then on, in all namespaces. May sleep.
 */
void rbk_events_module_stop(void);

#endif /* _RBK_EVENT_H */
