// SPDX-License-Identifier: GPL-2.0
/*
 * The queues, and the work that ends what is due: a pending attempt fails for
 * want of a reply, a failed one has been kept long enough, a decision of the
 * stand-in is over.
 */
#include <linux/err.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "attempt.h"
#include "clock.h"
#include "compat.h"
#include "pernet.h"
#include "queue.h"

/* Entries handled before others get the lock and the CPU. */
#define RBK_BATCH	128
/*
 * A retransmission enters the queue with the time of its first SYN, a second
 * ago or more, behind entries that were made meanwhile. It is sorted in among
 * so many of them; under more than that it will be late, by its age at most.
 */
#define RBK_SORT_MAX	64

struct workqueue_struct *rbk_wq;

static u32 rbk_deadline(const struct rbk_queue *q, const struct rbk_attempt *a)
{
	return a->since + q->timeout;
}

void rbk_queue_arm(struct rbk_net *rn, u32 deadline, u32 now)
{
	lockdep_assert_held(&rn->lock);
	if (rn->armed && !rbk_before(deadline, rn->armed_for))
		return;
	rn->armed = true;
	rn->armed_for = deadline;
	mod_delayed_work(rbk_wq, &rn->work, rbk_jiffies_until(now, deadline));
}

void rbk_queue_add(struct rbk_net *rn, struct rbk_queue *q, struct rbk_attempt *a, u32 now)
{
	struct rbk_attempt *before;
	unsigned int n = 0;

	lockdep_assert_held(&rn->lock);
	a->stage = q->stage;
	list_for_each_entry_reverse(before, &q->attempts, queue) {
		if (!rbk_before(a->since, before->since) || ++n > RBK_SORT_MAX)
			break;
	}
	list_add(&a->queue, &before->queue);
	if (list_is_first(&a->queue, &q->attempts))
		rbk_queue_arm(rn, rbk_deadline(q, a), now);
}

static struct rbk_attempt *rbk_queue_first(struct rbk_queue *q)
{
	return list_first_entry_or_null(&q->attempts, struct rbk_attempt, queue);
}

struct rbk_attempt *rbk_queue_oldest_pending(struct rbk_net *rn)
{
	struct rbk_attempt *a, *oldest = NULL;
	struct rbk_queue *q;

	lockdep_assert_held(&rn->lock);
	list_for_each_entry(q, &rn->queues, list) {
		if (q->stage != RBK_PENDING)
			break;
		a = rbk_queue_first(q);
		if (a && (!oldest || rbk_before(a->since, oldest->since)))
			oldest = a;
	}
	return oldest;
}

/* Ends up to @budget attempts of @q that are due. Returns what is left of the budget. */
static unsigned int rbk_queue_run(struct rbk_net *rn, struct rbk_queue *q, u32 now,
				  unsigned int budget)
{
	struct rbk_attempt *a;

	while (budget && (a = rbk_queue_first(q)) && !rbk_before(now, rbk_deadline(q, a))) {
		rbk_attempt_timeout(rn, a, now);
		budget--;
	}
	return budget;
}

/* Arms the work for the earliest of all deadlines. */
static void rbk_queue_rearm(struct rbk_net *rn, u32 now)
{
	const struct rbk_attempt *a;
	struct rbk_queue *q;

	rn->armed = false;
	list_for_each_entry(q, &rn->queues, list) {
		a = rbk_queue_first(q);
		if (a)
			rbk_queue_arm(rn, rbk_deadline(q, a), now);
	}
	rbk_standin_rearm(rn, now);
}

static void rbk_queue_reap(struct rbk_net *rn, struct rbk_queue *q)
{
	lockdep_assert_held(&rn->lock);
	if (!q->users && list_empty(&q->attempts)) {
		list_del(&q->list);
		rn->n_queues--;
		kfree(q);
	}
}

static void rbk_queue_work(struct work_struct *work)
{
	struct rbk_net *rn = container_of(to_delayed_work(work), struct rbk_net, work);
	struct rbk_queue *q, *next;
	unsigned int budget;
	u32 now;

	do {
		budget = RBK_BATCH;
		rcu_read_lock();
		spin_lock_bh(&rn->lock);
		now = rbk_now();
		list_for_each_entry_safe(q, next, &rn->queues, list) {
			budget = rbk_queue_run(rn, q, now, budget);
			rbk_queue_reap(rn, q);
		}
		budget = rbk_standin_run(rn, now, budget);
		if (budget)
			rbk_queue_rearm(rn, now);
		spin_unlock_bh(&rn->lock);
		rcu_read_unlock();
		cond_resched();
	} while (!budget);
}

/* The work does it, too, but may be far off when the last attempt left by itself. */
static void rbk_queues_reap(struct rbk_net *rn)
{
	struct rbk_queue *q, *next;

	list_for_each_entry_safe(q, next, &rn->queues, list)
		rbk_queue_reap(rn, q);
}

static struct rbk_queue *rbk_queue_find(struct rbk_net *rn, u8 stage, u32 timeout)
{
	struct rbk_queue *q;

	list_for_each_entry(q, &rn->queues, list) {
		if (q->stage == stage && q->timeout == timeout)
			return q;
	}
	return NULL;
}

/* Takes @new into the namespace, or frees it where there is one of its kind, or no room. */
static struct rbk_queue *rbk_queue_share(struct rbk_net *rn, struct rbk_queue *new)
{
	struct rbk_queue *q;

	lockdep_assert_held(&rn->lock);
	rbk_queues_reap(rn);
	q = rbk_queue_find(rn, new->stage, new->timeout);
	if (q || rn->n_queues >= RBK_MAX_QUEUES) {
		kfree(new);
		return q ?: ERR_PTR(-ENOSPC);
	}
	/* The packet path looks at those of RBK_PENDING only. */
	if (new->stage == RBK_PENDING)
		list_add(&new->list, &rn->queues);
	else
		list_add_tail(&new->list, &rn->queues);
	rn->n_queues++;
	return new;
}

struct rbk_queue *rbk_queue_get(struct rbk_net *rn, enum rbk_stage stage, u32 seconds)
{
	struct rbk_queue *q;

	q = kzalloc(sizeof(*q), GFP_KERNEL_ACCOUNT);
	if (!q)
		return ERR_PTR(-ENOMEM);
	INIT_LIST_HEAD(&q->attempts);
	q->stage = stage;
	q->timeout = rbk_ticks(seconds);

	spin_lock_bh(&rn->lock);
	q = rbk_queue_share(rn, q);
	if (!IS_ERR(q))
		q->users++;
	spin_unlock_bh(&rn->lock);
	return q;
}

void rbk_queue_put(struct rbk_net *rn, struct rbk_queue *q)
{
	spin_lock_bh(&rn->lock);
	q->users--;
	rbk_queue_reap(rn, q);
	spin_unlock_bh(&rn->lock);
}

void rbk_queue_init(struct rbk_net *rn)
{
	INIT_LIST_HEAD(&rn->queues);
	INIT_DELAYED_WORK(&rn->work, rbk_queue_work);
}

void rbk_queue_stop(struct rbk_net *rn)
{
	cancel_delayed_work_sync(&rn->work);
}

void rbk_queue_exit(struct rbk_net *rn)
{
	struct rbk_queue *q, *next;

	list_for_each_entry_safe(q, next, &rn->queues, list) {
		list_del(&q->list);
		kfree(q);
	}
}

int rbk_queue_module_init(void)
{
	rbk_wq = alloc_workqueue("ringback", WQ_UNBOUND, 0);
	return rbk_wq ? 0 : -ENOMEM;
}

void rbk_queue_module_exit(void)
{
	destroy_workqueue(rbk_wq);
}

#ifdef RINGBACK_SELFTEST
#include "selftest/queue.c"
#endif
