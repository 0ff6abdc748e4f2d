/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Attempts: one client trying one service. The table, its limits, and what a
 * packet does to it.
 */
#ifndef _RBK_ATTEMPT_H
#define _RBK_ATTEMPT_H

#include <linux/if_ether.h>
#include <linux/netdevice.h>
#include <linux/rhashtable-types.h>

#include "classify.h"
#include "queue.h"
#include "watch.h"

#define RBK_ATTEMPT_TRIES	2	/* a browser opens connections in parallel */

/*
 * Guarded by rbk_net.lock, but for the constants. Many are held for a day:
 * 96 bytes, an assertion in attempt.c sees to it.
 */
struct rbk_attempt {
	struct rhash_head node;		/* rbk_net.attempts: RCU */
	union {
		struct list_head queue;	/* rbk_queue.attempts, while in the table */
		struct rcu_head rcu;	/* after that */
	};
	struct rbk_attempt_key key;	/* const */
	u32 try[RBK_ATTEMPT_TRIES];	/* TCP: ISN, UDP: client port; latest first */
	u32 first;			/* rbk_now() of the first packet */
	u32 last;			/* of the latest */
	u32 since;			/* when the timeout of its stage began */
	u32 ifindex;			/* const; towards the client, 0: unknown */
	u8 mac[ETH_ALEN];		/* const; the client's, zero: unknown */
	u16 watch;			/* const; id */
	u16 count;			/* packets of the client, up to U16_MAX */
	u8 stage:2;			/* enum rbk_stage: the queue it is in */
	u8 told:RBK_ATTEMPT_TRIES;	/* bit i: the failure of try[i] was reported */
	u8 in_service:1;		/* failed, and counted in its service */
	u8 reason;			/* enum ringback_reason */
};

/* A packet that was seen: where, when, and with whose eyes. */
struct rbk_sighting {
	struct rbk_net *rn;
	const struct rbk_rules *rules;	/* RCU; may be NULL */
	const struct sk_buff *skb;
	struct net_device *in;		/* or NULL */
	struct net_device *out;		/* or NULL */
	u32 now;
	u8 places;			/* bits of enum ringback_hook */
	bool own;			/* an ICMP error made by this host */
	bool frame;			/* bridged or mirrored: MAC addresses are at hand */
};

/* What to list or forget; what is zero (state: -1) matches all. */
struct rbk_filter_by {
	union nf_inet_addr client;
	u8 client_family;		/* 0: any client */
	union nf_inet_addr server;
	u8 server_family;		/* 0: any server */
	u8 proto;			/* 0: any service; else port counts as well */
	__be16 port;
	u16 watch;
	int state;			/* enum ringback_attempt_state */
};

/*
 * What a packet does to the table. All: RCU, in any context; takes
 * rbk_net.lock where there is something to change. The packet @p is the one
 * that rbk_classify() took apart.
 */
void rbk_attempt_syn(const struct rbk_sighting *s, struct rbk_packet *p);
void rbk_attempt_synack(const struct rbk_sighting *s, struct rbk_packet *p);
/* @p is a RST or an ICMP error. */
void rbk_attempt_error(const struct rbk_sighting *s, struct rbk_packet *p);
/* @p may go either way, and is reversed when it comes from the server. */
void rbk_attempt_udp(const struct rbk_sighting *s, struct rbk_packet *p);

/* The time of the stage of @a is up: it fails, or leaves. RCU, rbk_net.lock. */
void rbk_attempt_timeout(struct rbk_net *rn, struct rbk_attempt *a, u32 now);

enum ringback_attempt_state rbk_attempt_state(const struct rbk_attempt *a);
bool rbk_attempt_matches(const struct rbk_attempt *a, const struct rbk_filter_by *f);

/* Removes all that match @f, in portions; returns how many. May sleep. */
u32 rbk_attempt_purge(struct rbk_net *rn, const struct rbk_filter_by *f);

/* The table of a namespace. Exit: nobody else uses it any more; may sleep. */
int rbk_attempt_init(struct rbk_net *rn);
void rbk_attempt_exit(struct rbk_net *rn);

/* The cache of entries. Exit: after rcu_barrier(). */
int rbk_attempt_module_init(void);
void rbk_attempt_module_exit(void);

#endif /* _RBK_ATTEMPT_H */
