/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table of attempts: one client trying one service each. Its entries, their
 * fair shares, who gives way when it is full, and what is taken out of it.
 */
#ifndef _RBK_TABLE_H
#define _RBK_TABLE_H

#include <linux/if_ether.h>
#include <linux/rhashtable-types.h>

#include "classify.h"
#include "queue.h"
#include "watch.h"

/*
 * A browser opens connections in parallel. With three or more at a time the
 * oldest falls out: when it is sent again it counts as a new try, and so do its
 * failures.
 */
#define RBK_ATTEMPT_TRIES	2

/*
 * Guarded by rbk_net.lock, but for the constants; try and last are also read
 * without. Many are held for a day: 96 bytes, an assertion in table.c sees to it.
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
	u16 stage:2;			/* enum rbk_stage: the queue it is in */
	u16 told:RBK_ATTEMPT_TRIES;	/* bit i: the failure of try[i] was reported */
	u16 again:RBK_ATTEMPT_TRIES;	/* bit i: try[i] was sent again */
	u16 in_service:5;		/* failed, and counted in the service of that serial */
	u16 forwarded:1;		/* FORWARD saw it, or would have with a route */
	u16 reason:4;			/* enum ringback_reason */
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

/* What tells one try of an attempt from another. */
u32 rbk_try_id(const struct rbk_packet *p);
/* The place of @id among the tries of @a, or -1. RCU. */
int rbk_attempt_try(const struct rbk_attempt *a, u32 id);
/* A new try takes the first place, the last falls out. rbk_net.lock. */
void rbk_attempt_push(struct rbk_attempt *a, u32 id);

/* RCU. The entry may leave the table at any time, unless rbk_net.lock is held. */
struct rbk_attempt *rbk_attempt_find(struct rbk_net *rn, const struct rbk_attempt_key *key);

/**
 * rbk_attempt_add - an entry for a packet whose key is not in the table
 * @rn: the namespace; its lock is held, and RCU
 * @p: the packet
 * @watch: id of the watch
 * @first: when the first packet of this try came
 * @now: rbk_now()
 *
 * Others may give way to it. The entry is in no queue yet.
 *
 * Return: the entry; NULL when it is refused, which is counted.
 */
struct rbk_attempt *rbk_attempt_add(struct rbk_net *rn, const struct rbk_packet *p, u16 watch,
				    u32 first, u32 now);

/* False when somebody else was quicker. rbk_net.lock, RCU. */
bool rbk_attempt_remove(struct rbk_net *rn, struct rbk_attempt *a, u32 now);

/* From the queue it is in, and into that of a stage. rbk_net.lock. */
void rbk_attempt_unqueue(struct rbk_net *rn, struct rbk_attempt *a);
void rbk_attempt_enqueue(struct rbk_net *rn, const struct rbk_watch *w, enum rbk_stage stage,
			 struct rbk_attempt *a, u32 now);

enum ringback_attempt_state rbk_attempt_state(const struct rbk_attempt *a);
/* Client and service only. */
bool rbk_attempt_key_matches(const struct rbk_attempt_key *key, const struct rbk_filter_by *f);
bool rbk_attempt_matches(const struct rbk_attempt *a, const struct rbk_filter_by *f);

/*
 * Removes all that match @f, in portions; returns how many. What is recorded
 * meanwhile may go, too. May sleep.
 */
u32 rbk_attempt_purge(struct rbk_net *rn, const struct rbk_filter_by *f);

/* The table of a namespace. Exit: nobody else uses it any more; may sleep. */
int rbk_attempt_init(struct rbk_net *rn);
void rbk_attempt_exit(struct rbk_net *rn);

/* The cache of entries. Exit: after rcu_barrier(). */
int rbk_attempt_module_init(void);
void rbk_attempt_module_exit(void);

#endif /* _RBK_TABLE_H */
