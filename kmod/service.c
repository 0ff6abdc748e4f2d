// SPDX-License-Identifier: GPL-2.0
/*
 * The state of services in trouble:
 *
 *	suspect --enough failures--> down --answer--> up
 *	partial --failures and no answer for long--> down
 *	partial --answers and no failure for long--> up
 *	up, suspect --failures soon after an answer--> partial
 *
 * Events are queued with the lock held, so that they come in the order of the
 * changes.
 */
#include <linux/rhashtable.h>
#include <linux/slab.h>

#include "clock.h"
#include "compat.h"
#include "event.h"
#include "pernet.h"
#include "purge.h"
#include "service.h"

/* Ticks (60 s) for which the latest answer, or failure, still counts. */
#define RBK_MEMORY	3577
/* Ticks (1 s): one answer in so long is enough, under the load of a healthy service. */
#define RBK_LISTEN	60
/* Services that are compared to find the one that gives way. */
#define RBK_VICTIMS	64
/* The serial numbers of services that had the same key: rbk_attempt.in_service holds so many. */
#define RBK_SERIALS	31

static const struct rhashtable_params rbk_service_params = {
	.key_len = sizeof(struct rbk_service_key),
	.key_offset = offsetof(struct rbk_service, key),
	.head_offset = offsetof(struct rbk_service, node),
	.automatic_shrinking = true,
};

struct rbk_service *rbk_service_find(struct rbk_net *rn, const struct rbk_service_key *key)
{
	if (!READ_ONCE(rn->n_services))
		return NULL;
	return rhashtable_lookup(&rn->services, key, rbk_service_params);
}

bool rbk_service_matches(const struct rbk_service_key *key, const struct rbk_filter_by *f)
{
	if (f->server_family && (f->server_family != key->family ||
				 !nf_inet_addr_cmp(&f->server, &key->server)))
		return false;
	return !f->proto || (f->proto == key->proto && f->port == key->port);
}

bool rbk_service_listens(const struct rbk_service *svc, u32 now)
{
	return READ_ONCE(svc->state) == RINGBACK_SERVICE_DOWN || !READ_ONCE(svc->has_answered) ||
	       now - READ_ONCE(svc->answered) > RBK_LISTEN;
}

/* Did it answer lately? */
static bool rbk_service_answers(const struct rbk_service *svc, u32 now)
{
	return svc->has_answered && now - svc->answered <= RBK_MEMORY;
}

/* A try from before the recovery may fail after it, and proves nothing. */
static bool rbk_service_outlived(const struct rbk_service *svc, u32 began)
{
	return (svc->has_answered && rbk_before(began, svc->answered)) ||
	       (svc->state == RINGBACK_SERVICE_UP && rbk_before(began, svc->changed));
}

static void rbk_service_change(struct rbk_net *rn, struct rbk_service *svc,
			       enum ringback_service_state state, u32 now)
{
	lockdep_assert_held(&rn->lock);
	if (svc->state == state)
		return;
	WRITE_ONCE(svc->state, state);
	svc->changed = now;
	if (state != RINGBACK_SERVICE_DOWN)
		rbk_standin_set(rn, svc, RINGBACK_STANDIN_OFF);
	if (state != RINGBACK_SERVICE_SUSPECT)
		rbk_event_service(rn, svc);
}

static void rbk_service_remove(struct rbk_net *rn, struct rbk_service *svc)
{
	lockdep_assert_held(&rn->lock);
	if (rhashtable_remove_fast(&rn->services, &svc->node, rbk_service_params))
		return;
	rbk_standin_set(rn, svc, RINGBACK_STANDIN_OFF);
	list_del(&svc->list);
	WRITE_ONCE(rn->n_services, rn->n_services - 1);
	rbk_guest_charge(rn, -1);
	rn->service_seq++;
	kfree_rcu(svc, rcu);
}

/* A service goes when it is well and nobody waits for it. */
static void rbk_service_settle(struct rbk_net *rn, struct rbk_service *svc, u32 now)
{
	if (svc->n_failed)
		return;
	if (svc->state == RINGBACK_SERVICE_PARTIAL)
		rbk_service_change(rn, svc, RINGBACK_SERVICE_UP, now);
	if (svc->state != RINGBACK_SERVICE_DOWN)
		rbk_service_remove(rn, svc);
}

/* What is lost with a service: nothing, while it is only suspected. */
static u32 rbk_service_weight(const struct rbk_service *svc)
{
	return svc->state == RINGBACK_SERVICE_SUSPECT ? 0 : svc->failures;
}

/*
 * What gives way in a full table: the oldest that nobody waits for; else, of the
 * oldest, one that is suspect, or the one that failed least. A real outage goes
 * on to fail, and comes back.
 */
static struct rbk_service *rbk_service_victim(struct rbk_net *rn)
{
	struct rbk_service *svc, *victim;
	unsigned int n = 0;

	victim = list_first_entry_or_null(&rn->idle, struct rbk_service, list);
	if (victim)
		return victim;
	list_for_each_entry(svc, &rn->waited, list) {
		if (!victim || rbk_service_weight(svc) < rbk_service_weight(victim))
			victim = svc;
		if (!rbk_service_weight(victim) || ++n == RBK_VICTIMS)
			break;
	}
	return victim;
}

static bool rbk_service_full(const struct rbk_net *rn)
{
	return rn->n_services >= rn->limit[RINGBACK_A_CONFIG_MAX_SERVICES] || rbk_guest_full(rn);
}

/* Is there room for one more? Makes some at the cost of another. */
static bool rbk_service_room(struct rbk_net *rn)
{
	struct rbk_service *victim;

	if (!rbk_service_full(rn))
		return true;
	victim = rbk_service_victim(rn);
	if (!victim)
		return false;
	rbk_service_remove(rn, victim);
	rbk_count(rn, RINGBACK_A_STATS_EVICTED);
	return true;
}

/* A new one, suspect. NULL: no memory, or no room, which is counted. */
static struct rbk_service *rbk_service_new(struct rbk_net *rn, const struct rbk_watch *w,
					   const struct rbk_service_key *key, u32 now)
{
	struct rbk_service *svc;

	if (!rbk_service_room(rn)) {
		rbk_count(rn, RINGBACK_A_STATS_REFUSED_HOST);
		return NULL;
	}
	svc = kzalloc(sizeof(*svc), GFP_ATOMIC | __GFP_NOWARN);
	if (!svc)
		goto no_memory;
	svc->key = *key;
	svc->watch = w->id;
	svc->serial = rn->service_seq % RBK_SERIALS + 1;
	svc->state = RINGBACK_SERVICE_SUSPECT;
	svc->since = now;
	svc->changed = now;
	INIT_LIST_HEAD(&svc->decisions);
	if (rhashtable_insert_fast(&rn->services, &svc->node, rbk_service_params)) {
		kfree(svc);
		goto no_memory;
	}
	list_add_tail(&svc->list, &rn->idle);
	WRITE_ONCE(rn->n_services, rn->n_services + 1);
	rbk_guest_charge(rn, 1);
	rn->service_seq++;
	return svc;

no_memory:
	rbk_count(rn, RINGBACK_A_STATS_NO_MEMORY);
	return NULL;
}

/* What the failures so far mean. */
static void rbk_service_judge(struct rbk_net *rn, const struct rbk_watch *w,
			      struct rbk_service *svc, u32 now)
{
	if (svc->failures < w->down_after || svc->n_failed < w->down_clients)
		return;
	rbk_service_change(rn, svc,
			   rbk_service_answers(svc, now) ? RINGBACK_SERVICE_PARTIAL :
							   RINGBACK_SERVICE_DOWN, now);
}

void rbk_service_fail(struct rbk_net *rn, const struct rbk_watch *w, struct rbk_attempt *a,
		      u32 began, u32 now)
{
	struct rbk_service *svc;

	lockdep_assert_held(&rn->lock);
	svc = rbk_service_find(rn, &a->key.service) ?:
	      rbk_service_new(rn, w, &a->key.service, began);
	if (!svc)
		return;
	/* It may have been counted in a service of this key that gave way. */
	if (a->in_service != svc->serial) {
		a->in_service = svc->serial;
		if (!svc->n_failed++)
			list_move_tail(&svc->list, &rn->waited);
	}
	svc->reason = a->reason;
	if (a->forwarded)
		WRITE_ONCE(svc->forwarded, true);
	if (rbk_service_outlived(svc, began))
		return;

	/* Up, and in trouble again: that is another story. */
	if (svc->state == RINGBACK_SERVICE_UP) {
		svc->since = began;
		svc->failures = 0;
		rbk_service_change(rn, svc, RINGBACK_SERVICE_SUSPECT, now);
	}
	svc->failures++;
	svc->failed = now;
	if (svc->state != RINGBACK_SERVICE_DOWN)
		rbk_service_judge(rn, w, svc, now);
}

void rbk_service_answer(struct rbk_net *rn, const struct rbk_service_key *key, u32 now)
{
	struct rbk_service *svc = rbk_service_find(rn, key);

	lockdep_assert_held(&rn->lock);
	if (!svc)
		return;
	WRITE_ONCE(svc->answered, now);
	WRITE_ONCE(svc->has_answered, true);
	switch (svc->state) {
	case RINGBACK_SERVICE_SUSPECT:
		svc->failures = 0;
		break;
	case RINGBACK_SERVICE_PARTIAL:
		if (now - svc->failed <= RBK_MEMORY)
			break;
		fallthrough;
	default:
		rbk_service_change(rn, svc, RINGBACK_SERVICE_UP, now);
	}
	rbk_service_settle(rn, svc, now);
}

void rbk_service_leave(struct rbk_net *rn, const struct rbk_attempt *a, u32 now)
{
	struct rbk_service *svc;

	lockdep_assert_held(&rn->lock);
	if (!a->in_service)
		return;
	svc = rbk_service_find(rn, &a->key.service);
	if (!svc || svc->serial != a->in_service || !svc->n_failed || --svc->n_failed)
		return;
	list_move_tail(&svc->list, &rn->idle);
	rbk_service_settle(rn, svc, now);
}

/*
 * A service that is to be declared down, and of which nothing is known: it failed before
 * the module was loaded, or gave way. Nothing gives way to a mere word.
 */
static struct rbk_service *rbk_service_unknown(struct rbk_net *rn,
					       const struct rbk_service_key *key)
{
	const struct rbk_watch *w = rbk_watch_of_service(rcu_dereference(rn->rules), key);

	lockdep_assert_held(&rn->lock);
	if (!w)
		return ERR_PTR(-ENOENT);
	if (rbk_service_full(rn))
		return ERR_PTR(-ENOSPC);
	return rbk_service_new(rn, w, key, rbk_now()) ?: ERR_PTR(-ENOMEM);
}

static int rbk_service_declare(struct rbk_net *rn, struct rbk_service *svc, int state, int standin)
{
	u32 now = rbk_now();

	lockdep_assert_held(&rn->lock);
	if (state < 0)
		state = svc->state;
	if (standin > RINGBACK_STANDIN_OFF && state != RINGBACK_SERVICE_DOWN)
		return -EBUSY;
	rbk_service_change(rn, svc, state, now);
	if (standin >= 0)
		rbk_standin_set(rn, svc, standin);
	rbk_service_settle(rn, svc, now);
	return 0;
}

int rbk_service_set(struct rbk_net *rn, const struct rbk_service_key *key, int state, int standin)
{
	struct rbk_service *svc;
	int err;

	rcu_read_lock();
	spin_lock_bh(&rn->lock);
	svc = rbk_service_find(rn, key);
	if (!svc)
		svc = state == RINGBACK_SERVICE_DOWN ? rbk_service_unknown(rn, key) :
						       ERR_PTR(-ENOENT);
	err = IS_ERR(svc) ? PTR_ERR(svc) : rbk_service_declare(rn, svc, state, standin);
	spin_unlock_bh(&rn->lock);
	rcu_read_unlock();
	return err;
}

/* A service that somebody waits for stays. */
static bool rbk_service_remove_idle(struct rbk_net *rn, struct rbk_service *svc)
{
	if (svc->n_failed)
		return false;
	rbk_service_remove(rn, svc);
	return true;
}

static bool rbk_service_leave_watch(struct rbk_net *rn, void *entry, const void *arg)
{
	struct rbk_service *svc = entry;
	const u16 *watch = arg;

	if (svc->watch != *watch)
		return false;
	svc->watch = 0;
	return rbk_service_remove_idle(rn, svc);
}

static bool rbk_service_forget(struct rbk_net *rn, void *entry, const void *arg)
{
	struct rbk_service *svc = entry;

	return rbk_service_matches(&svc->key, arg) && rbk_service_remove_idle(rn, svc);
}

void rbk_service_purge_watch(struct rbk_net *rn, u16 watch)
{
	rbk_purge(rn, &rn->services, rbk_service_leave_watch, &watch);
}

void rbk_service_purge(struct rbk_net *rn, const struct rbk_filter_by *f)
{
	rbk_purge(rn, &rn->services, rbk_service_forget, f);
}

int rbk_service_init(struct rbk_net *rn)
{
	INIT_LIST_HEAD(&rn->idle);
	INIT_LIST_HEAD(&rn->waited);
	return rhashtable_init(&rn->services, &rbk_service_params);
}

static void rbk_service_free(void *svc, void *arg)
{
	kfree(svc);
}

void rbk_service_exit(struct rbk_net *rn)
{
	rhashtable_free_and_destroy(&rn->services, rbk_service_free, NULL);
	rbk_guest_charge(rn, -(int)rn->n_services);
}
