/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a network namespace has. Until its first watch only this structure
 * exists, empty; the tables come with the watch and stay until the namespace
 * goes. Locks and their order: docs/locking.md.
 */
#ifndef _RBK_PERNET_H
#define _RBK_PERNET_H

#include <linux/idr.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/nf_ringback.h>
#include <linux/percpu.h>
#include <linux/rhashtable.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "event.h"
#include "hook.h"
#include "standin.h"
#include "watch.h"

struct rbk_filter;
struct rbk_shares;

/*
 * The counters of a CPU, indexed by RINGBACK_A_STATS_*; the gauges' places are
 * unused. A reader on a 32-bit machine may see one torn when it passes 2^32.
 */
struct rbk_stats {
	u64 value[RINGBACK_A_STATS_MAX + 1];
};

struct rbk_net {
	struct net *net;
	bool guest;			/* const: belongs to a user namespace but the host's */

	struct mutex watch_lock;	/* changes of watches, from netlink */
	bool started;			/* watch_lock: the tables exist */
	struct list_head watches;	/* watch_lock: struct rbk_watch, in the order added */
	struct ida watch_ids;		/* watch_lock */
	u16 last_watch_id;		/* watch_lock: the latest that was given away */
	u16 n_watches;			/* watch_lock; read without */
	u32 n_rules;			/* watch_lock: prefixes of all watches */
	u32 watch_seq;			/* watch_lock: counts changes, for dumps */
	struct rbk_hooks hooks;		/* watch_lock */
	struct rbk_rules __rcu *rules;	/* written under watch_lock */

	spinlock_t lock;		/* taken with bottom halves off */
	struct rhashtable attempts;	/* struct rbk_attempt: RCU, written under lock */
	struct rhashtable services;	/* struct rbk_service: RCU, written under lock */
	struct rbk_filter *filter;	/* lockless */
	struct rbk_shares *by_client;	/* lock */
	struct rbk_shares *by_service;	/* lock */
	struct list_head queues;	/* lock: struct rbk_queue, those of RBK_PENDING first */
	u32 n_queues;			/* lock */
	struct list_head idle;		/* lock: services that nobody waits for, oldest first */
	struct list_head waited;	/* lock: the others, likewise */
	struct delayed_work work;	/* armed for the earliest deadline */
	bool armed;			/* lock */
	u32 armed_for;			/* lock: if armed */
	u32 n_attempts;			/* lock; read without */
	u32 n_pending;			/* lock; read without */
	u32 n_services;			/* lock; read without */
	u32 attempt_seq;		/* lock: counts entries that come and go, for dumps */
	u32 service_seq;		/* lock */
	u32 limit[RINGBACK_A_CONFIG_MAX + 1]; /* lock; read without; by RINGBACK_A_CONFIG_* */
	struct rbk_standin standin;
	struct rbk_events events;

	struct rbk_stats __percpu *stats;
};

/* The module's data of @net. */
struct rbk_net *rbk_net(const struct net *net);

/* Makes the tables, unless they are there. watch_lock; -ENOMEM. */
int rbk_net_start(struct rbk_net *rn);

/* Are the tables there? Once they are, they stay as long as the namespace. */
static inline bool rbk_net_started(const struct rbk_net *rn)
{
	/* Pairs with rbk_net_start(): who sees it true sees the tables. */
	return smp_load_acquire(&rn->started);
}

/* Limits of a new namespace; more than that is for the host's administrator. */
extern const u32 rbk_limit_default[RINGBACK_A_CONFIG_MAX + 1];

/*
 * Attempts are made in softirqs, where no control group can be charged, and who has
 * a namespace need not be in one. What the guests, who need no right on this host,
 * make together, attempts, services and decisions, is limited by a parameter of the module. By
 * rbk_net.lock of each.
 */
bool rbk_guest_full(const struct rbk_net *rn);
void rbk_guest_charge(struct rbk_net *rn, int by);

/* Adds one to a counter. Any context. */
static inline void rbk_count(struct rbk_net *rn, enum ringback_stats_attr what)
{
	this_cpu_inc(rn->stats->value[what]);
}

#endif /* _RBK_PERNET_H */
