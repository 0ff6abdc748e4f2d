// SPDX-License-Identifier: GPL-2.0
/*
 * What packets do to the attempts. Those that change nothing find that out
 * without the lock; what is admitted takes it, one per namespace: an entry is a
 * sign of trouble, and rare.
 */
#include <linux/etherdevice.h>
#include <net/arp.h>
#include <net/ndisc.h>
#include <net/neighbour.h>

#include "admission.h"
#include "attempt.h"
#include "clock.h"
#include "compat.h"
#include "event.h"
#include "path.h"
#include "pernet.h"
#include "service.h"
#include "standin.h"

/*
 * The same SYN sooner than this, in ticks (200 ms), is no retransmission (RFC
 * 6298 asks for a second) but the same packet again: seen by two hooks, or
 * routed twice.
 */
#define RBK_DUPLICATE	12
/* A UDP flow answered so lately, in ticks (30 s and 5 s), is well; tell the filter so often. */
#define RBK_UDP_WELL	1788
#define RBK_UDP_RENEW	298
#define RBK_UDP_ASKED	1

/* The MAC address of a client on a link of this host; none if it is behind a router. */
static void rbk_mac_by_neighbour(struct net_device *dev, const struct rbk_attempt_key *key,
				 u8 *mac)
{
	struct neigh_table *table = &arp_tbl;
	char ha[MAX_ADDR_LEN];
	struct neighbour *n;

	if (key->service.family == NFPROTO_IPV6) {
		if (!ipv6_mod_enabled())
			return;
		table = &nd_tbl;
	}
	n = neigh_lookup(table, &key->client, dev);
	if (!n)
		return;
	if (READ_ONCE(n->nud_state) & NUD_VALID) {
		neigh_ha_snapshot(ha, n, dev);
		ether_addr_copy(mac, ha);
	}
	neigh_release(n);
}

/* Where the client is: @from_client tells which way the packet goes. */
static void rbk_attempt_locate(const struct rbk_sighting *s, struct rbk_attempt *a,
			       bool from_client)
{
	struct net_device *dev = from_client ? s->in : s->out;
	const struct sk_buff *skb = s->skb;

	a->ifindex = dev ? dev->ifindex : 0;
	if (!dev || dev->type != ARPHRD_ETHER)
		return;
	if (!from_client && !s->frame)
		rbk_mac_by_neighbour(dev, &a->key, a->mac);
	else if (skb_mac_header_was_set(skb) && skb_mac_header(skb) + ETH_HLEN <= skb->data)
		ether_addr_copy(a->mac, from_client ? eth_hdr(skb)->h_source :
						      eth_hdr(skb)->h_dest);
}

/* A failed attempt whose client tries anew, since @began, waits for an answer again. */
static void rbk_attempt_retry(struct rbk_net *rn, const struct rbk_watch *w,
			      struct rbk_attempt *a, u32 began, u32 now)
{
	if (a->stage != RBK_KEEP)
		return;
	rbk_attempt_unqueue(rn, a);
	a->since = began;
	rbk_attempt_enqueue(rn, w, RBK_RETRY, a, now);
}

/*
 * Is it a packet that was recorded just now, seen by another hook, or one of a
 * machine that sends the same for ever? That is found out without the lock.
 */
static bool rbk_attempt_repeated(struct rbk_net *rn, const struct rbk_packet *p)
{
	const struct rbk_attempt *a = rbk_attempt_find(rn, &p->key);

	return a && rbk_attempt_try(a, rbk_try_id(p)) >= 0 &&
	       rbk_now() - READ_ONCE(a->last) < RBK_DUPLICATE;
}

static void rbk_attempt_place(const struct rbk_sighting *s, struct rbk_attempt *a)
{
	if (s->places & RINGBACK_HOOK_FORWARD)
		a->forwarded = true;
}

static void rbk_attempt_tick(struct rbk_attempt *a, unsigned int n, u32 now)
{
	a->count = min_t(unsigned int, a->count + n, U16_MAX);
	WRITE_ONCE(a->last, now);
}

/* A try that is admitted: @n packets of it were seen, the first @age ticks ago. */
static void rbk_attempt_record(const struct rbk_sighting *s, const struct rbk_watch *w,
			       const struct rbk_packet *p, unsigned int n, u32 age)
{
	u32 id = rbk_try_id(p), now;
	struct rbk_net *rn = s->rn;
	struct rbk_attempt *a;
	int i;

	spin_lock_bh(&rn->lock);
	now = rbk_now();
	a = rbk_attempt_find(rn, &p->key);
	i = a ? rbk_attempt_try(a, id) : -1;
	if (!a) {
		a = rbk_attempt_add(rn, p, w->id, now - age, now);
		if (!a)
			goto out;
		rbk_attempt_locate(s, a, true);
		rbk_attempt_enqueue(rn, w, RBK_PENDING, a, now);
	} else if (i < 0) {
		rbk_attempt_push(a, id);
		rbk_attempt_retry(rn, w, a, now - age, now);
	}
	if (i >= 0 || n > 1)
		a->again |= BIT(max(i, 0));
	rbk_attempt_tick(a, i >= 0 ? 1 : n, now);
	rbk_attempt_place(s, a);
out:
	spin_unlock_bh(&rn->lock);
}

static void rbk_count_failure(struct rbk_net *rn, u8 reason)
{
	switch (reason) {
	case RINGBACK_REASON_NO_REPLY:
		return rbk_count(rn, RINGBACK_A_STATS_FAILED_NO_REPLY);
	case RINGBACK_REASON_REFUSED:
		return rbk_count(rn, RINGBACK_A_STATS_FAILED_REFUSED);
	default:
		return rbk_count(rn, RINGBACK_A_STATS_FAILED_ICMP);
	}
}

/*
 * The try @i of @a, which is in no queue, has failed. The same failure of the
 * same try is reported once, however often the client retransmits into it.
 */
static void rbk_attempt_fail(struct rbk_net *rn, const struct rbk_watch *w, struct rbk_attempt *a,
			     int i, u8 reason, u32 began, u32 now)
{
	bool fresh = !(a->told & BIT(i));
	bool news = fresh || a->reason != reason;

	lockdep_assert_held(&rn->lock);
	a->reason = reason;
	a->told |= BIT(i);
	a->since = now;
	rbk_attempt_enqueue(rn, w, RBK_KEEP, a, now);
	if (news)
		rbk_event_attempt(rn, a);
	if (fresh) {
		rbk_count_failure(rn, reason);
		rbk_service_fail(rn, w, a, began, now);
	}
}

void rbk_attempt_timeout(struct rbk_net *rn, struct rbk_attempt *a, u32 now)
{
	const struct rbk_watch *w = rbk_watch_by_id(rcu_dereference(rn->rules), a->watch);
	u32 began = a->since;

	if (a->stage == RBK_KEEP || !w) {
		rbk_attempt_remove(rn, a, now);
		rbk_count(rn, RINGBACK_A_STATS_EXPIRED);
		return;
	}
	rbk_attempt_unqueue(rn, a);
	rbk_attempt_fail(rn, w, a, 0, RINGBACK_REASON_NO_REPLY, began, now);
	a->told = BIT(RBK_ATTEMPT_TRIES) - 1;
}

static bool rbk_attempt_reverse_path(const struct rbk_sighting *s, const struct rbk_watch *w)
{
	return w->reverse_path && s->places & RINGBACK_HOOK_FORWARD;
}

/*
 * Let only those who sit where their SYN came from be refused: the filter keeps
 * the way in of a SYN apart from others, and an error must leave by that way.
 */
static void rbk_attempt_set_path(const struct rbk_sighting *s, const struct rbk_watch *w,
				 struct rbk_packet *p, const struct net_device *to_client)
{
	if (rbk_attempt_reverse_path(s, w) && p->key.service.proto == IPPROTO_TCP)
		p->path = rbk_path_of(to_client);
}

/* May an entry be made for a packet of the client? One that is there is left to itself. */
static bool rbk_attempt_admit(const struct rbk_sighting *s, const struct rbk_watch *w,
			      const struct rbk_packet *p)
{
	if (!rbk_attempt_reverse_path(s, w) || rbk_attempt_find(s->rn, &p->key) ||
	    (s->in && rbk_path_leads_back(s->rn->net, &p->key, s->in)))
		return true;
	rbk_count(s->rn, RINGBACK_A_STATS_REFUSED_REVERSE_PATH);
	return false;
}

void rbk_attempt_syn(const struct rbk_sighting *s, struct rbk_packet *p)
{
	const struct rbk_watch *w = rbk_watch_find(s->rules, &p->key, s->places);
	bool first, counts;
	int age;

	if (!w)
		return;
	rbk_attempt_set_path(s, w, p, s->in);
	age = rbk_filter_see(s->rn->filter, p, rbk_coarse());
	first = age < 0;
	if (!first && age < RBK_DUPLICATE)
		return;
	counts = !first || w->admission == RINGBACK_ADMISSION_FIRST_SYN;
	if (counts && rbk_attempt_repeated(s->rn, p))
		return;
	rbk_count(s->rn, RINGBACK_A_STATS_SYN);
	if (counts && rbk_attempt_admit(s, w, p))
		rbk_attempt_record(s, w, p, first ? 1 : 2, first ? 0 : age);
}

/* An answer of the service to the client has passed. */
static void rbk_attempt_answer(const struct rbk_sighting *s, const struct rbk_packet *p)
{
	struct rbk_net *rn = s->rn;
	struct rbk_attempt *a;
	u32 now;

	spin_lock_bh(&rn->lock);
	now = rbk_now();
	a = rbk_attempt_find(rn, &p->key);
	if (a) {
		rbk_attempt_remove(rn, a, now);
		rbk_count(rn, RINGBACK_A_STATS_ANSWERED);
	}
	rbk_service_answer(rn, &p->key.service, now);
	spin_unlock_bh(&rn->lock);
}

/* Would an answer to @key change anything? Without the lock, hence only a guess. */
static bool rbk_attempt_awaited(const struct rbk_sighting *s, const struct rbk_attempt_key *key)
{
	struct rbk_service *svc;

	if (rbk_attempt_find(s->rn, key))
		return true;
	svc = rbk_service_find(s->rn, &key->service);
	return svc && rbk_service_listens(svc, rbk_now());
}

/*
 * The SYN is forgotten: from now on no RST and no ICMP error, which its client
 * may forge, makes a failure of it. Where nothing is recorded a SYN+ACK never
 * comes here (rbk_worth_flags()): the connections of a healthy network would pay
 * half their price again, to be spared an outage which the next SYN+ACK ends.
 */
void rbk_attempt_synack(const struct rbk_sighting *s, struct rbk_packet *p)
{
	const struct rbk_watch *w = rbk_watch_find(s->rules, &p->key, s->places);
	struct rbk_attempt *a;
	bool known;

	if (!w || rbk_standin_sent(s, &p->key.service))
		return;
	rbk_attempt_set_path(s, w, p, s->out);
	known = rbk_filter_forget(s->rn->filter, p);
	if (!rbk_attempt_awaited(s, &p->key))
		return;
	a = rbk_attempt_find(s->rn, &p->key);
	if (known || (a && rbk_attempt_try(a, p->isn) >= 0))
		rbk_attempt_answer(s, p);
	else
		rbk_count(s->rn, RINGBACK_A_STATS_UNMATCHED_RST);
}

static void rbk_count_unmatched(struct rbk_net *rn, const struct rbk_attempt *a, u8 reason)
{
	if (reason != RINGBACK_REASON_REFUSED)
		rbk_count(rn, RINGBACK_A_STATS_UNMATCHED_ICMP);
	else if (a)	/* else: one of an established connection */
		rbk_count(rn, RINGBACK_A_STATS_UNMATCHED_RST);
}

/*
 * Without a route the SYN never came to FORWARD: nothing is known of it, but
 * an error of our own quotes what we had in hand. Other errors that we make
 * for a packet never seen are the firewall's, and what that rejects is no attempt,
 * by whatever code: so the routes are asked as well.
 * Where it came in nobody can tell, which a watch of the reverse path must know;
 * for the lookup the way back is good enough.
 */
static bool rbk_error_no_route(const struct rbk_sighting *s, const struct rbk_watch *w,
			       const struct rbk_packet *p)
{
	return s->own && p->quotes_opening && s->places & RINGBACK_HOOK_FORWARD &&
	       !w->reverse_path &&
	       (p->reason == RINGBACK_REASON_NET_UNREACHABLE ||
		p->reason == RINGBACK_REASON_HOST_UNREACHABLE) &&
	       rbk_path_end(s->rn->net, &p->key, s->out, s->skb->mark) == RBK_ENDS_NOWHERE;
}

/*
 * A traceroute by TCP, or UDP, is no attempt: its probe ends on the way and is
 * never sent again, where a client whose packets go in circles sends its SYN
 * again. So a TTL that was exceeded takes a try back that was seen only once.
 */
static void rbk_attempt_take_back(struct rbk_net *rn, struct rbk_attempt *a, int i, u32 now)
{
	int other = !i;

	BUILD_BUG_ON(RBK_ATTEMPT_TRIES != 2);
	if (a->stage != RBK_PENDING)
		return;
	if (a->try[other] == a->try[i]) {
		rbk_attempt_remove(rn, a, now);
		return;
	}
	WRITE_ONCE(a->try[i], a->try[other]);
	a->again = a->again & BIT(other) ? BIT(i) | BIT(other) : 0;
}

/* An error about a try that is believed; @a, or NULL, is its entry and @i its place there. */
static void rbk_attempt_error_believed(const struct rbk_sighting *s, const struct rbk_watch *w,
				       const struct rbk_packet *p, struct rbk_attempt *a, int i,
				       int age, u32 now)
{
	struct rbk_net *rn = s->rn;

	if (a) {
		rbk_attempt_unqueue(rn, a);
		if (i < 0)
			rbk_attempt_push(a, rbk_try_id(p));
	} else {
		a = rbk_attempt_add(rn, p, w->id, now - max(age, 0), now);
		if (!a)
			return;
		rbk_attempt_locate(s, a, false);
	}
	/*
	 * Where there was no route, no other hook has seen and counted the SYN. In a VRF
	 * the same error is seen twice.
	 */
	if (!a->count)
		rbk_attempt_tick(a, 1, a->first);
	else if (s->own && age < 0 && p->key.service.proto == IPPROTO_TCP &&
		 (i < 0 || now - a->last >= RBK_DUPLICATE))
		rbk_attempt_tick(a, 1, now);
	rbk_attempt_place(s, a);
	rbk_attempt_fail(rn, w, a, max(i, 0), p->reason, now, now);
}

void rbk_attempt_error(const struct rbk_sighting *s, struct rbk_packet *p)
{
	const struct rbk_watch *w = rbk_watch_find(s->rules, &p->key, s->places);
	bool no_route = false, ttl = p->reason == RINGBACK_REASON_TTL_EXCEEDED;
	struct rbk_net *rn = s->rn;
	struct rbk_attempt *a;
	int age = -1, i;
	u32 now;

	if (!w || (p->reason == RINGBACK_REASON_REFUSED && rbk_standin_sent(s, &p->key.service)))
		return;
	rbk_attempt_set_path(s, w, p, s->out);
	if (!ttl)
		age = rbk_filter_age(rn->filter, p, rbk_coarse());
	if (age < 0)
		no_route = rbk_error_no_route(s, w, p);
	/* Most RSTs end connections, and are not worth the lock. */
	if (age < 0 && !no_route && !rbk_attempt_find(rn, &p->key))
		return rbk_count_unmatched(rn, NULL, p->reason);

	spin_lock_bh(&rn->lock);
	now = rbk_now();
	a = rbk_attempt_find(rn, &p->key);
	i = a ? rbk_attempt_try(a, rbk_try_id(p)) : -1;
	if (i < 0 && age < 0 && !no_route) {
		rbk_count_unmatched(rn, a, p->reason);
	} else if (ttl && !(a->again & BIT(i))) {
		rbk_count_unmatched(rn, a, p->reason);
		rbk_attempt_take_back(rn, a, i, now);
	} else {
		rbk_attempt_error_believed(s, w, p, a, i, age, now);
	}
	spin_unlock_bh(&rn->lock);
}

/*
 * The filter knows a UDP flow twice: with RBK_UDP_ASKED in place of the ISN
 * since its client has asked, with 0 since the server has answered that.
 */
static int rbk_udp_age(const struct rbk_sighting *s, struct rbk_packet *p, u32 isn)
{
	p->isn = isn;
	return rbk_filter_age(s->rn->filter, p, rbk_coarse());
}

static void rbk_udp_renew(const struct rbk_sighting *s, struct rbk_packet *p, u32 isn)
{
	int age = rbk_udp_age(s, p, isn);

	if (age < 0 || age > RBK_UDP_RENEW)
		rbk_filter_renew(s->rn->filter, p, rbk_coarse());
}

static void rbk_udp_request(const struct rbk_sighting *s, const struct rbk_watch *w,
			    struct rbk_packet *p)
{
	int age;

	rbk_udp_renew(s, p, RBK_UDP_ASKED);
	age = rbk_udp_age(s, p, 0);
	if ((age < 0 || age > RBK_UDP_WELL) && !rbk_attempt_repeated(s->rn, p) &&
	    rbk_attempt_admit(s, w, p))
		rbk_attempt_record(s, w, p, 1, 0);
}

/* Has the client sent something from that port, to which this is an answer? */
static bool rbk_udp_asked(const struct rbk_sighting *s, struct rbk_packet *p)
{
	const struct rbk_attempt *a = rbk_attempt_find(s->rn, &p->key);
	int age = rbk_udp_age(s, p, RBK_UDP_ASKED);

	return (age >= 0 && age <= RBK_UDP_WELL) || (a && rbk_attempt_try(a, rbk_try_id(p)) >= 0);
}

static void rbk_udp_answer(const struct rbk_sighting *s, struct rbk_packet *p)
{
	rbk_udp_renew(s, p, 0);
	if (rbk_attempt_awaited(s, &p->key))
		rbk_attempt_answer(s, p);
}

void rbk_attempt_udp(const struct rbk_sighting *s, struct rbk_packet *p)
{
	const struct rbk_watch *w = rbk_watch_find(s->rules, &p->key, s->places);

	rbk_packet_reverse(p);
	/*
	 * Both ways may be watched (NTP from port 123): who has asked is the client,
	 * however many answers there are (SIP: 100, 180, 200).
	 */
	if (rbk_watch_find(s->rules, &p->key, s->places) && rbk_udp_asked(s, p)) {
		rbk_udp_answer(s, p);
	} else if (w) {
		rbk_packet_reverse(p);
		rbk_udp_request(s, w, p);
	}
}

