/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Timeouts without a timer per entry: one queue per stage and distinct timeout,
 * in the order of the deadlines, and one work per namespace that sleeps until
 * the earliest of them. While nothing is due, nothing runs.
 */
#ifndef _RBK_QUEUE_H
#define _RBK_QUEUE_H

#include <linux/list.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct rbk_attempt;
struct rbk_net;

/*
 * Of a namespace: the work looks at all of them, and when a watch gets another
 * timeout the queue of before stays as long as its attempts.
 */
#define RBK_MAX_QUEUES	1024

/* What an attempt waits for. */
enum rbk_stage {
	RBK_PENDING,	/* an answer */
	RBK_RETRY,	/* an answer, having failed before */
	RBK_KEEP,	/* nothing, it has failed: the end of keep */
	RBK_QUEUES,
};

/* All guarded by rbk_net.lock, but for the constants. */
struct rbk_queue {
	struct list_head list;		/* rbk_net.queues */
	struct list_head attempts;	/* rbk_attempt.queue, earliest deadline first */
	u32 timeout;			/* ticks; const */
	u8 stage;			/* enum rbk_stage; const */
	u32 users;			/* watches that refer to it */
};

/*
 * The queue of @stage with a timeout of @seconds; made if need be, else shared. May
 * sleep. ERR_PTR(): -ENOMEM, -ENOSPC.
 */
struct rbk_queue *rbk_queue_get(struct rbk_net *rn, enum rbk_stage stage, u32 seconds);
/* A grace period after the last packet could find it: @q is freed when it is empty. */
void rbk_queue_put(struct rbk_net *rn, struct rbk_queue *q);

/**
 * rbk_queue_add - wait for the end of a timeout
 * @rn: the namespace; its lock is held
 * @q: the queue
 * @a: an attempt that is in no queue; the timeout began at @a->since
 * @now: rbk_now()
 *
 * Times may lie in the past: a moderate walk finds the place of the attempt.
 */
void rbk_queue_add(struct rbk_net *rn, struct rbk_queue *q, struct rbk_attempt *a, u32 now);

/* Sees to it that the work runs at @deadline or before. rbk_net.lock. */
void rbk_queue_arm(struct rbk_net *rn, u32 deadline, u32 now);

/*
 * The attempt that has been pending for longest, or NULL. rbk_net.lock. Costs a look
 * at each distinct no-reply, of which there are RINGBACK_NO_REPLY_MAX.
 */
struct rbk_attempt *rbk_queue_oldest_pending(struct rbk_net *rn);

void rbk_queue_init(struct rbk_net *rn);
/* Stops the work. May sleep. */
void rbk_queue_stop(struct rbk_net *rn);
/* Frees all queues of a namespace whose attempts are gone. */
void rbk_queue_exit(struct rbk_net *rn);

/* Where the works of all namespaces run. */
extern struct workqueue_struct *rbk_wq;
int rbk_queue_module_init(void);
void rbk_queue_module_exit(void);

#ifdef RINGBACK_SELFTEST
bool rbk_queue_selftest(void);
#endif

#endif /* _RBK_QUEUE_H */
