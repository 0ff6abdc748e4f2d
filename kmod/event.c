// SPDX-License-Identifier: GPL-2.0
/*
 * What the namespace tells: attempts and services as attributes, and the
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
#include "service.h"

/* Room for any of the two, with all attributes. */
#define RBK_EVENT_SIZE	320

static int rbk_put_addr(struct sk_buff *skb, int type, const union nf_inet_addr *addr, u8 family)
{
	return nla_put(skb, type, family == NFPROTO_IPV4 ? 4 : 16, addr);
}

static int rbk_put_watch(struct sk_buff *skb, int type, const struct rbk_net *rn, u16 id)
{
	const struct rbk_watch *w = rbk_watch_by_id(rcu_dereference(rn->rules), id);

	return w ? nla_put_string(skb, type, w->name) : 0;
}

static int rbk_put_attempt(struct sk_buff *skb, const struct rbk_net *rn,
			   const struct rbk_attempt *a)
{
	const struct rbk_service_key *s = &a->key.service;

	if (rbk_put_addr(skb, RINGBACK_A_ATTEMPT_CLIENT, &a->key.client, s->family) ||
	    rbk_put_addr(skb, RINGBACK_A_ATTEMPT_SERVER, &s->server, s->family) ||
	    nla_put_u8(skb, RINGBACK_A_ATTEMPT_PROTO, s->proto) ||
	    nla_put_be16(skb, RINGBACK_A_ATTEMPT_PORT, s->port) ||
	    nla_put_u8(skb, RINGBACK_A_ATTEMPT_STATE, rbk_attempt_state(a)) ||
	    nla_put_u8(skb, RINGBACK_A_ATTEMPT_REASON, a->reason) ||
	    nla_put_u32(skb, RINGBACK_A_ATTEMPT_COUNT, a->count) ||
	    nla_put_u64_64bit(skb, RINGBACK_A_ATTEMPT_FIRST, rbk_real_ns(a->first),
			      RINGBACK_A_ATTEMPT_PAD) ||
	    nla_put_u64_64bit(skb, RINGBACK_A_ATTEMPT_LAST, rbk_real_ns(a->last),
			      RINGBACK_A_ATTEMPT_PAD) ||
	    rbk_put_watch(skb, RINGBACK_A_ATTEMPT_WATCH, rn, a->watch))
		return -EMSGSIZE;
	if (!is_zero_ether_addr(a->mac) &&
	    nla_put(skb, RINGBACK_A_ATTEMPT_MAC, ETH_ALEN, a->mac))
		return -EMSGSIZE;
	if (a->ifindex && nla_put_u32(skb, RINGBACK_A_ATTEMPT_IFINDEX, a->ifindex))
		return -EMSGSIZE;
	return 0;
}

static int rbk_put_service(struct sk_buff *skb, const struct rbk_net *rn,
			   const struct rbk_service *svc)
{
	if (rbk_put_addr(skb, RINGBACK_A_SERVICE_SERVER, &svc->key.server, svc->key.family) ||
	    nla_put_u8(skb, RINGBACK_A_SERVICE_PROTO, svc->key.proto) ||
	    nla_put_be16(skb, RINGBACK_A_SERVICE_PORT, svc->key.port) ||
	    nla_put_u8(skb, RINGBACK_A_SERVICE_STATE, svc->state) ||
	    nla_put_u8(skb, RINGBACK_A_SERVICE_REASON, svc->reason) ||
	    nla_put_u32(skb, RINGBACK_A_SERVICE_FAILURES, svc->failures) ||
	    nla_put_u32(skb, RINGBACK_A_SERVICE_CLIENTS, svc->n_failed) ||
	    nla_put_u64_64bit(skb, RINGBACK_A_SERVICE_SINCE, rbk_real_ns(svc->since),
			      RINGBACK_A_SERVICE_PAD) ||
	    nla_put_u64_64bit(skb, RINGBACK_A_SERVICE_CHANGED, rbk_real_ns(svc->changed),
			      RINGBACK_A_SERVICE_PAD) ||
	    nla_put_u8(skb, RINGBACK_A_SERVICE_STANDIN, svc->standin) ||
	    rbk_put_watch(skb, RINGBACK_A_SERVICE_WATCH, rn, svc->watch))
		return -EMSGSIZE;
	if (svc->has_answered &&
	    nla_put_u64_64bit(skb, RINGBACK_A_SERVICE_ANSWERED, rbk_real_ns(svc->answered),
			      RINGBACK_A_SERVICE_PAD))
		return -EMSGSIZE;
	return 0;
}

static int rbk_msg_end(struct sk_buff *skb, void *hdr, int err)
{
	if (err)
		genlmsg_cancel(skb, hdr);
	else
		genlmsg_end(skb, hdr);
	return err;
}

static void *rbk_dump_header(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd)
{
	void *hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, &rbk_family,
				NLM_F_MULTI, cmd);

	if (hdr)
		genl_dump_check_consistent(cb, hdr);
	return hdr;
}

int rbk_msg_attempt(struct sk_buff *skb, struct netlink_callback *cb, struct rbk_net *rn,
		    const struct rbk_attempt *a)
{
	void *hdr = rbk_dump_header(skb, cb, RINGBACK_CMD_ATTEMPT_GET);

	lockdep_assert_held(&rn->lock);
	return hdr ? rbk_msg_end(skb, hdr, rbk_put_attempt(skb, rn, a)) : -EMSGSIZE;
}

int rbk_msg_service(struct sk_buff *skb, struct netlink_callback *cb, struct rbk_net *rn,
		    const struct rbk_service *svc)
{
	void *hdr = rbk_dump_header(skb, cb, RINGBACK_CMD_SERVICE_GET);

	lockdep_assert_held(&rn->lock);
	return hdr ? rbk_msg_end(skb, hdr, rbk_put_service(skb, rn, svc)) : -EMSGSIZE;
}

int rbk_msg_decision(struct sk_buff *skb, struct netlink_callback *cb, struct rbk_net *rn,
		     const struct rbk_decision *d)
{
	void *hdr = rbk_dump_header(skb, cb, RINGBACK_CMD_DECISION_GET);
	const struct rbk_service_key *s = &d->key.service;

	lockdep_assert_held(&rn->lock);
	if (!hdr)
		return -EMSGSIZE;
	return rbk_msg_end(skb, hdr,
			   rbk_put_addr(skb, RINGBACK_A_DECISION_CLIENT, &d->key.client,
					s->family) ?:
			   rbk_put_addr(skb, RINGBACK_A_DECISION_SERVER, &s->server, s->family) ?:
			   nla_put_u8(skb, RINGBACK_A_DECISION_PROTO, s->proto) ?:
			   nla_put_be16(skb, RINGBACK_A_DECISION_PORT, s->port) ?:
			   nla_put_u8(skb, RINGBACK_A_DECISION_VERDICT, d->verdict) ?:
			   nla_put_u32(skb, RINGBACK_A_DECISION_TTL, rbk_decision_left(d)));
}

static void rbk_event_send(struct rbk_net *rn, struct sk_buff *skb, enum rbk_group group)
{
	/* -ESRCH: the last listener has just left. */
	if (genlmsg_multicast_netns(&rbk_family, rn->net, skb, 0, group, GFP_ATOMIC) == -ENOBUFS)
		rbk_count(rn, RINGBACK_A_STATS_EVENTS_LOST);
}

static void rbk_event_lost(struct rbk_net *rn, enum rbk_group group)
{
	genl_set_err(&rbk_family, rn->net, 0, group, -ENOBUFS);
	rbk_count(rn, RINGBACK_A_STATS_EVENTS_LOST);
}

void rbk_event_attempt(struct rbk_net *rn, const struct rbk_attempt *a)
{
	struct sk_buff *skb;
	void *hdr;

	lockdep_assert_held(&rn->lock);
	if (!genl_has_listeners(&rbk_family, rn->net, RBK_GROUP_ATTEMPTS))
		return;
	skb = genlmsg_new(RBK_EVENT_SIZE, GFP_ATOMIC | __GFP_NOWARN);
	if (!skb)
		return rbk_event_lost(rn, RBK_GROUP_ATTEMPTS);
	hdr = genlmsg_put(skb, 0, 0, &rbk_family, 0, RINGBACK_CMD_ATTEMPT_NTF);
	if (!hdr || rbk_msg_end(skb, hdr, rbk_put_attempt(skb, rn, a))) {
		nlmsg_free(skb);
		return rbk_event_lost(rn, RBK_GROUP_ATTEMPTS);
	}
	rbk_event_send(rn, skb, RBK_GROUP_ATTEMPTS);
}

void rbk_event_service(struct rbk_net *rn, const struct rbk_service *svc)
{
	struct sk_buff *skb;
	void *hdr;

	lockdep_assert_held(&rn->lock);
	if (!genl_has_listeners(&rbk_family, rn->net, RBK_GROUP_OUTAGES))
		return;
	skb = genlmsg_new(RBK_EVENT_SIZE, GFP_ATOMIC | __GFP_NOWARN);
	if (!skb)
		return rbk_event_lost(rn, RBK_GROUP_OUTAGES);
	hdr = genlmsg_put(skb, 0, 0, &rbk_family, 0, RINGBACK_CMD_SERVICE_NTF);
	if (!hdr || rbk_msg_end(skb, hdr, rbk_put_service(skb, rn, svc))) {
		nlmsg_free(skb);
		return rbk_event_lost(rn, RBK_GROUP_OUTAGES);
	}
	rbk_event_send(rn, skb, RBK_GROUP_OUTAGES);
}
