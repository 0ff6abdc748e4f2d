/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The stand-in: SYNs to a service that is down are marked, for the host's own
 * TCP stack to answer in place of the server. In force only while the daemon
 * renews its lease; without one, or with a daemon that hangs, everything passes.
 */
#ifndef _RBK_STANDIN_H
#define _RBK_STANDIN_H

#include <linux/atomic.h>
#include <linux/nf_ringback.h>
#include <linux/rbtree.h>
#include <linux/rhashtable-types.h>

#include "classify.h"

struct rbk_attempt;
struct rbk_filter_by;
struct rbk_net;
struct rbk_service;
struct rbk_sighting;

/* What becomes of new connections of one client to one service. Constant, but for its links. */
struct rbk_decision {
	struct rhash_head node;		/* rbk_standin.decisions: RCU */
	union {
		struct rb_node by_end;	/* rbk_standin.by_end, while in the table */
		struct rcu_head rcu;	/* after that */
	};
	struct list_head list;		/* rbk_service.decisions, or rbk_standin.outlived */
	struct rbk_attempt_key key;
	u32 outage;			/* rbk_service.outage that it was made in */
	u32 end;			/* rbk_now() when its time is up */
	u8 verdict;			/* enum ringback_verdict */
};

/* Of a namespace. Guarded by rbk_net.lock, where nothing else is said. */
struct rbk_standin {
	atomic64_t lease;		/* ktime_get_coarse_ns() when it is over; lockless */
	u16 queue;			/* of the undecided; read without */
	u32 n_services;			/* that are stood in for; read without */
	u32 outages;			/* counts the times that one began to be */
	u32 n_decisions;		/* read without */
	u32 seq;			/* counts decisions that come and go, for dumps */
	struct rhashtable decisions;	/* struct rbk_decision: RCU, written under lock */
	struct rb_root_cached by_end;	/* decisions, the one that ends first leftmost */
	struct list_head outlived;	/* decisions of outages that are over, for the work */
};

/* Is there anything to stand in for? A hint, without a lock. */
#define rbk_standin_stands(rn)	READ_ONCE((rn)->standin.n_services)

/**
 * rbk_standin_look - mark a SYN to a service that is stood in for
 * @rn: the namespace
 * @skb: any packet in PRE_ROUTING; only its mark is changed
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @in: where it came in
 *
 * RCU; bottom halves on or off. The bits of the mark outside RINGBACK_MARK_MASK
 * remain, a packet with one inside is left alone: somebody has decided already.
 * A server that is an address of this host is never stood in for: its clients
 * are not forwarded, which rbk_service.forwarded tells.
 *
 * Return: NF_ACCEPT, or what sends it to the queue.
 */
unsigned int rbk_standin_look(struct rbk_net *rn, struct sk_buff *skb, u8 family,
			      const struct net_device *in);

/*
 * May this SYN+ACK or RST be one that this host sends in the name of the
 * server @key? Forwarded and received ones are not. RCU.
 */
bool rbk_standin_sent(const struct rbk_sighting *s, const struct rbk_service_key *key);

/* The lease lasts for @ms from now, 0 ends it; the undecided go to @queue. Any context. */
void rbk_standin_renew(struct rbk_net *rn, u32 ms, u16 queue);
/* Milliseconds that are left of the lease, rounded up. */
u32 rbk_standin_left(const struct rbk_net *rn);

/* What becomes of new connections to @svc, which is down. rbk_net.lock. */
void rbk_standin_set(struct rbk_net *rn, struct rbk_service *svc, enum ringback_standin mode);

/**
 * rbk_decision_new - decide on a client
 * @rn: the namespace, with its tables
 * @key: client and service, of TCP
 * @verdict: what becomes of its new connections
 * @ttl: milliseconds, 1..RINGBACK_DECISION_TTL_MAX
 *
 * In the place of an older decision on the same. In a full table, the one that
 * would end first gives way. May sleep.
 *
 * Return: 0, -ENOENT: the service is not in RINGBACK_STANDIN_ASK, -ENOMEM.
 */
int rbk_decision_new(struct rbk_net *rn, const struct rbk_attempt_key *key,
		     enum ringback_verdict verdict, u32 ttl);
/* Removes what matches @f, whose watch and state do not count. May sleep. */
void rbk_decision_purge(struct rbk_net *rn, const struct rbk_filter_by *f);
/* Milliseconds until @d ends, at least 1. */
u32 rbk_decision_left(const struct rbk_decision *d);

/*
 * For the work of the namespace, under rbk_net.lock: frees up to @budget
 * decisions that are over, and returns what is left of it; arms for the next.
 */
unsigned int rbk_standin_run(struct rbk_net *rn, u32 now, unsigned int budget);
void rbk_standin_rearm(struct rbk_net *rn, u32 now);

/* The table of a namespace. Exit: nobody else uses it any more; may sleep. */
int rbk_standin_init(struct rbk_net *rn);
void rbk_standin_exit(struct rbk_net *rn);

/* The cache of decisions. Exit: after rcu_barrier(). */
int rbk_standin_module_init(void);
void rbk_standin_module_exit(void);

#ifdef RINGBACK_SELFTEST
bool rbk_standin_selftest(void);
#endif

#endif /* _RBK_STANDIN_H */
