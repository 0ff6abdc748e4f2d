/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Services in trouble. One appears with the first failed attempt, or when it is
 * declared down, and goes when it is up and nobody waits for it any more.
 */
#ifndef _RBK_SERVICE_H
#define _RBK_SERVICE_H

#include <linux/nf_ringback.h>
#include <linux/rhashtable-types.h>

#include "attempt.h"

/* Guarded by rbk_net.lock, but for the constants. Times are rbk_now(). */
struct rbk_service {
	struct rhash_head node;		/* rbk_net.services: RCU */
	struct rcu_head rcu;
	struct list_head list;		/* rbk_net.idle while n_failed is 0, else .waited */
	struct rbk_service_key key;	/* const */
	u16 watch;			/* id of the watch that made it; 0: deleted */
	u8 state;			/* enum ringback_service_state; read without */
	u8 reason;			/* of the latest failure */
	u8 serial;			/* const; not 0; tells it from another of the key */
	u8 standin;			/* enum ringback_standin, off unless down; read without */
	bool forwarded;			/* a failed attempt was; read without */
	bool has_answered;
	u32 failures;			/* failed tries since @since */
	u32 n_failed;			/* failed attempts in the table: clients that wait */
	u32 since;			/* first failure, or declared down */
	u32 changed;			/* last change of state */
	u32 answered;			/* latest answer, if has_answered; read without */
	u32 failed;			/* latest failure */
	u32 outage;			/* tells the times of standin apart; read without */
	struct list_head decisions;	/* struct rbk_decision, of this outage */
};

struct rbk_service *rbk_service_find(struct rbk_net *rn, const struct rbk_service_key *key);

bool rbk_service_matches(const struct rbk_service_key *key, const struct rbk_filter_by *f);

/* An answer now would tell something new of @svc. RCU is enough. */
bool rbk_service_listens(const struct rbk_service *svc, u32 now);

/**
 * rbk_service_fail - a try has failed
 * @rn: the namespace; its lock is held, and RCU
 * @w: the watch of the attempt
 * @a: the attempt; it is counted as waiting from now on
 * @began: when the try began; one from before the latest answer proves nothing
 * @now: rbk_now()
 */
void rbk_service_fail(struct rbk_net *rn, const struct rbk_watch *w, struct rbk_attempt *a,
		      u32 began, u32 now);

/* The service has authentically answered a client. rbk_net.lock, RCU. */
void rbk_service_answer(struct rbk_net *rn, const struct rbk_service_key *key, u32 now);

/* The attempt @a leaves the table and no longer waits. rbk_net.lock, RCU. */
void rbk_service_leave(struct rbk_net *rn, const struct rbk_attempt *a, u32 now);

/*
 * Declares a state on evidence from outside (enum ringback_service_state), and
 * what becomes of new connections (enum ringback_standin); -1 leaves one as it
 * is. What is declared down is known from then on, where a watch covers it.
 * -ENOENT: not known, nor watched, -EBUSY: not down, -ENOSPC: no room,
 * -ENOMEM; then nothing is changed. Process context.
 */
int rbk_service_set(struct rbk_net *rn, const struct rbk_service_key *key, int state, int standin);

/* A watch is deleted: so are its services, unless clients of other watches wait. May sleep. */
void rbk_service_purge_watch(struct rbk_net *rn, u16 watch);
/* Removes the services that match @f and nobody waits for. May sleep. */
void rbk_service_purge(struct rbk_net *rn, const struct rbk_filter_by *f);

int rbk_service_init(struct rbk_net *rn);
void rbk_service_exit(struct rbk_net *rn);

#endif /* _RBK_SERVICE_H */
