// SPDX-License-Identifier: GPL-2.0
/*
 * What the namespace tells: attempts, services and decisions as attributes, and the
 * multicast groups.
 */
#include <linux/etherdevice.h>
#include <net/genetlink.h>

#include "attempt.h"
#include "clock.h"
#include "compat.h"
#include "event.h"
#include "netlink.h"
#include "pernet.h"
#include "queue.h"
#include "service.h"
#include "standin.h"

/*
 * Events that wait to be told, and as many again that are being told: 1.3 KB each with
 * their overhead. A batch of timeouts makes 256 under the lock, and a reader's socket with
 * the default buffer takes 160; who falls behind reads the tables, which have it all.
 */
#define RBK_EVENTS_MAX	1024
/* Those of attempts, of which there are many, leave room for what must not be missed. */
#define RBK_EVENTS_MAX_ATTEMPTS	768

/* The module is about to go. */
static bool rbk_events_stopped;

/* Any of the three with all its attributes: of each kind as many as one of them has at most. */
#define RBK_ROW_SIZE	(2 * nla_total_size(sizeof(union nf_inet_addr)) +	\
			 7 * nla_total_size(sizeof(u32)) +			\
			 3 * nla_total_size_64bit(sizeof(u64)) +		\
			 nla_total_size(RINGBACK_WATCH_NAME_MAX + 1) +		\
			 nla_total_size(ETH_ALEN))

/*
 * Attributes are put where room for a whole row was found before: a table has
 * millions of them, and nla_put() looks for room each time.
 */
static __always_inline void rbk_put(struct sk_buff *skb, int type, const void *value, int len)
{
	struct nlattr *nla = __skb_put(skb, nla_total_size(len));

	nla->nla_type = type;
	nla->nla_len = nla_attr_size(len);
	memcpy(nla_data(nla), value, len);
	memset(nla_data(nla) + len, 0, nla_padlen(len));
}

static __always_inline void rbk_put_u8(struct sk_buff *skb, int type, u8 value)
{
	rbk_put(skb, type, &value, sizeof(value));
}

static __always_inline void rbk_put_u32(struct sk_buff *skb, int type, u32 value)
{
	rbk_put(skb, type, &value, sizeof(value));
}

static void rbk_put_time(struct sk_buff *skb, int type, u32 time, int pad)
{
	u64 ns = rbk_real_ns(time);

	if (nla_need_padding_for_64bit(skb))
		rbk_put(skb, pad, NULL, 0);
	rbk_put(skb, type, &ns, sizeof(ns));
}

static __always_inline void rbk_put_addr(struct sk_buff *skb, int type,
					 const union nf_inet_addr *addr, u8 family)
{
	if (family == NFPROTO_IPV4)
		rbk_put(skb, type, &addr->ip, sizeof(addr->ip));
	else
		rbk_put(skb, type, &addr->in6, sizeof(addr->in6));
}

static void rbk_put_watch(struct sk_buff *skb, int type, const struct rbk_net *rn, u16 id)
{
	const struct rbk_watch *w = rbk_watch_by_id(rcu_dereference(rn->rules), id);

	if (w)
		rbk_put(skb, type, w->name, strlen(w->name) + 1);
}

static void rbk_put_attempt(struct sk_buff *skb, const struct rbk_net *rn, const void *row)
{
	const struct rbk_attempt *a = row;
	const struct rbk_service_key *s = &a->key.service;

	rbk_put_addr(skb, RINGBACK_A_ATTEMPT_CLIENT, &a->key.client, s->family);
	rbk_put_addr(skb, RINGBACK_A_ATTEMPT_SERVER, &s->server, s->family);
	rbk_put_u8(skb, RINGBACK_A_ATTEMPT_PROTO, s->proto);
	rbk_put(skb, RINGBACK_A_ATTEMPT_PORT, &s->port, sizeof(s->port));
	rbk_put_u8(skb, RINGBACK_A_ATTEMPT_STATE, rbk_attempt_state(a));
	rbk_put_u8(skb, RINGBACK_A_ATTEMPT_REASON, a->reason);
	rbk_put_u32(skb, RINGBACK_A_ATTEMPT_COUNT, a->count);
	rbk_put_time(skb, RINGBACK_A_ATTEMPT_FIRST, a->first, RINGBACK_A_ATTEMPT_PAD);
	rbk_put_time(skb, RINGBACK_A_ATTEMPT_LAST, a->last, RINGBACK_A_ATTEMPT_PAD);
	rbk_put_watch(skb, RINGBACK_A_ATTEMPT_WATCH, rn, a->watch);
	if (!is_zero_ether_addr(a->mac))
		rbk_put(skb, RINGBACK_A_ATTEMPT_MAC, a->mac, ETH_ALEN);
	if (a->ifindex)
		rbk_put_u32(skb, RINGBACK_A_ATTEMPT_IFINDEX, a->ifindex);
}

static void rbk_put_service(struct sk_buff *skb, const struct rbk_net *rn, const void *row)
{
	const struct rbk_service *svc = row;
	const struct rbk_service_key *s = &svc->key;

	rbk_put_addr(skb, RINGBACK_A_SERVICE_SERVER, &s->server, s->family);
	rbk_put_u8(skb, RINGBACK_A_SERVICE_PROTO, s->proto);
	rbk_put(skb, RINGBACK_A_SERVICE_PORT, &s->port, sizeof(s->port));
	rbk_put_u8(skb, RINGBACK_A_SERVICE_STATE, svc->state);
	rbk_put_u8(skb, RINGBACK_A_SERVICE_REASON, svc->reason);
	rbk_put_u32(skb, RINGBACK_A_SERVICE_FAILURES, svc->failures);
	rbk_put_u32(skb, RINGBACK_A_SERVICE_CLIENTS, svc->n_failed);
	rbk_put_time(skb, RINGBACK_A_SERVICE_SINCE, svc->since, RINGBACK_A_SERVICE_PAD);
	rbk_put_time(skb, RINGBACK_A_SERVICE_CHANGED, svc->changed, RINGBACK_A_SERVICE_PAD);
	rbk_put_u8(skb, RINGBACK_A_SERVICE_STANDIN, svc->standin);
	rbk_put_watch(skb, RINGBACK_A_SERVICE_WATCH, rn, svc->watch);
	if (svc->has_answered)
		rbk_put_time(skb, RINGBACK_A_SERVICE_ANSWERED, svc->answered,
			     RINGBACK_A_SERVICE_PAD);
}

static void rbk_put_decision(struct sk_buff *skb, const struct rbk_net *rn, const void *row)
{
	const struct rbk_decision *d = row;
	const struct rbk_service_key *s = &d->key.service;

	rbk_put_addr(skb, RINGBACK_A_DECISION_CLIENT, &d->key.client, s->family);
	rbk_put_addr(skb, RINGBACK_A_DECISION_SERVER, &s->server, s->family);
	rbk_put_u8(skb, RINGBACK_A_DECISION_PROTO, s->proto);
	rbk_put(skb, RINGBACK_A_DECISION_PORT, &s->port, sizeof(s->port));
	rbk_put_u8(skb, RINGBACK_A_DECISION_VERDICT, d->verdict);
	rbk_put_u32(skb, RINGBACK_A_DECISION_TTL, rbk_decision_left(d));
}

/* What is told of an attempt, a service or a decision, and to whom. */
static const struct rbk_kind {
	u8 row;				/* command of a row of a dump */
	u8 event;			/* command of an event; decisions have none */
	enum rbk_group group;
	void (*put)(struct sk_buff *skb, const struct rbk_net *rn, const void *row);
} rbk_kind_attempt = {
	RINGBACK_CMD_ATTEMPT_GET, RINGBACK_CMD_ATTEMPT_NTF, RBK_GROUP_ATTEMPTS, rbk_put_attempt
}, rbk_kind_service = {
	RINGBACK_CMD_SERVICE_GET, RINGBACK_CMD_SERVICE_NTF, RBK_GROUP_OUTAGES, rbk_put_service
}, rbk_kind_decision = {
	.row = RINGBACK_CMD_DECISION_GET, .put = rbk_put_decision
};

static int rbk_msg_row(struct sk_buff *skb, struct netlink_callback *cb, struct rbk_net *rn,
		       const struct rbk_kind *kind, const void *row)
{
	void *hdr;

	lockdep_assert_held(&rn->lock);
	if (skb_tailroom(skb) < nlmsg_total_size(GENL_HDRLEN) + RBK_ROW_SIZE)
		return -EMSGSIZE;
	hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, &rbk_family,
			  NLM_F_MULTI, kind->row);
	kind->put(skb, rn, row);
	genl_dump_check_consistent(cb, hdr);
	genlmsg_end(skb, hdr);
	return 0;
}

int rbk_msg_attempt(struct sk_buff *skb, struct netlink_callback *cb, struct rbk_net *rn,
		    const struct rbk_attempt *a)
{
	return rbk_msg_row(skb, cb, rn, &rbk_kind_attempt, a);
}

int rbk_msg_service(struct sk_buff *skb, struct netlink_callback *cb, struct rbk_net *rn,
		    const struct rbk_service *svc)
{
	return rbk_msg_row(skb, cb, rn, &rbk_kind_service, svc);
}

int rbk_msg_decision(struct sk_buff *skb, struct netlink_callback *cb, struct rbk_net *rn,
		     const struct rbk_decision *d)
{
	return rbk_msg_row(skb, cb, rn, &rbk_kind_decision, d);
}

/* --- events ----------------------------------------------------------- */

static bool rbk_event_wanted(const struct rbk_net *rn, enum rbk_group group)
{
	return !READ_ONCE(rbk_events_stopped) && genl_has_listeners(&rbk_family, rn->net, group);
}

static bool rbk_event_has_room(const struct rbk_net *rn, enum rbk_group group)
{
	u32 max = group == RBK_GROUP_ATTEMPTS ? RBK_EVENTS_MAX_ATTEMPTS : RBK_EVENTS_MAX;

	return skb_queue_len(&rn->events.queue) < max;
}

static struct sk_buff *rbk_event_new(struct rbk_net *rn, const struct rbk_kind *kind,
				     const void *row)
{
	struct sk_buff *skb;
	void *hdr;

	if (!rbk_event_has_room(rn, kind->group))
		return NULL;
	skb = genlmsg_new(RBK_ROW_SIZE, GFP_ATOMIC | __GFP_NOWARN);
	if (!skb)
		return NULL;
	hdr = genlmsg_put(skb, 0, 0, &rbk_family, 0, kind->event);
	kind->put(skb, rn, row);
	genlmsg_end(skb, hdr);
	/* For the work; the multicast puts its own number there. */
	NETLINK_CB(skb).dst_group = kind->group;
	return skb;
}

static void rbk_event(struct rbk_net *rn, const struct rbk_kind *kind, const void *row)
{
	struct sk_buff *skb;

	lockdep_assert_held(&rn->lock);
	if (!rbk_event_wanted(rn, kind->group))
		return;
	skb = rbk_event_new(rn, kind, row);
	if (skb) {
		__skb_queue_tail(&rn->events.queue, skb);
	} else {
		rbk_count(rn, RINGBACK_A_STATS_EVENTS_LOST);
		rn->events.missed |= BIT(kind->group);
	}
	queue_work(rbk_wq, &rn->events.work);
}

void rbk_event_attempt(struct rbk_net *rn, const struct rbk_attempt *a)
{
	rbk_event(rn, &rbk_kind_attempt, a);
}

void rbk_event_service(struct rbk_net *rn, const struct rbk_service *svc)
{
	rbk_event(rn, &rbk_kind_service, svc);
}

static void rbk_event_send(struct rbk_net *rn, struct sk_buff *skb)
{
	/*
	 * -ESRCH: the last listener has left. If it might sleep, netlink would wait after
	 * each event as long as one of the listeners is slow, and all would miss some.
	 */
	if (genlmsg_multicast_netns(&rbk_family, rn->net, skb, 0, NETLINK_CB(skb).dst_group,
				    GFP_ATOMIC) == -ENOBUFS)
		rbk_count(rn, RINGBACK_A_STATS_EVENTS_LOST);
}

/* A work never runs twice at once: what it sends stays in order. */
static void rbk_events_work(struct work_struct *work)
{
	struct rbk_net *rn = container_of(work, struct rbk_net, events.work);
	struct sk_buff_head batch;
	unsigned long missed;
	struct sk_buff *skb;
	unsigned int group;

	__skb_queue_head_init(&batch);
	spin_lock_bh(&rn->lock);
	skb_queue_splice_init(&rn->events.queue, &batch);
	missed = rn->events.missed;
	rn->events.missed = 0;
	spin_unlock_bh(&rn->lock);

	while ((skb = __skb_dequeue(&batch))) {
		rbk_event_send(rn, skb);
		cond_resched();
	}
	/* Last: who has read his socket empty since is not told of older states any more. */
	for_each_set_bit(group, &missed, RBK_GROUPS)
		genl_set_err(&rbk_family, rn->net, 0, group, -ENOBUFS);
}

void rbk_events_init(struct rbk_net *rn)
{
	__skb_queue_head_init(&rn->events.queue);
	INIT_WORK(&rn->events.work, rbk_events_work);
}

void rbk_events_exit(struct rbk_net *rn)
{
	cancel_work_sync(&rn->events.work);
	__skb_queue_purge(&rn->events.queue);
}

void rbk_events_module_stop(void)
{
	WRITE_ONCE(rbk_events_stopped, true);
	/* Who was too quick to see it has queued its event after this. */
	synchronize_rcu();
	flush_workqueue(rbk_wq);
}
