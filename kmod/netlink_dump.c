// SPDX-License-Identifier: GPL-2.0
/*
 * Dumps. A cursor is kept from one message to the next and no lock; when the
 * table has changed meanwhile, the messages carry NLM_F_DUMP_INTR.
 */
#include <linux/nf_ringback.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <net/sock.h>

#include "attempt.h"
#include "compat.h"
#include "event.h"
#include "mirror.h"
#include "netlink.h"
#include "pernet.h"
#include "service.h"

/* Of a dump of attempts, services or decisions; in cb->args[0], 0 where there is no table. */
struct rbk_dump {
	struct rhashtable_iter iter;
	const u32 *seq;			/* of the table: counts what comes and goes */
	u32 restarts;			/* the table was resized: the walk began anew */
	struct rbk_filter_by by;	/* what is constant in a row */
	int state;			/* and what is not; -1: any */
};

static struct rbk_net *rbk_dump_net(struct netlink_callback *cb)
{
	return rbk_net(sock_net(cb->skb->sk));
}

/* Only ever grows: messages from before a change and from after it differ in it. */
static u32 rbk_dump_seq(const struct rbk_dump *dump)
{
	return READ_ONCE(*dump->seq) + dump->restarts;
}

static int rbk_dump_start(struct netlink_callback *cb, struct rhashtable *table, const u32 *seq,
			  const struct rbk_filter_by *by)
{
	struct rbk_dump *dump;

	if (!rbk_net_started(rbk_dump_net(cb)))
		return 0;
	dump = kzalloc(sizeof(*dump), GFP_KERNEL);
	if (!dump)
		return -ENOMEM;
	dump->seq = seq;
	dump->by = *by;
	dump->by.state = -1;
	dump->state = by->state;
	rhashtable_walk_enter(table, &dump->iter);
	/* Else nobody would be told of changes before the first row. */
	cb->prev_seq = rbk_dump_seq(dump);
	cb->args[0] = (long)dump;
	return 0;
}

int rbk_nl_dump_done(struct netlink_callback *cb)
{
	struct rbk_dump *dump = (void *)cb->args[0];

	if (dump) {
		rhashtable_walk_exit(&dump->iter);
		kfree(dump);
	}
	return 0;
}

static void rbk_dump_resume(struct netlink_callback *cb, struct rbk_dump *dump)
	__acquires(RCU)
{
	if (rbk_walk_resume(&dump->iter))
		dump->restarts++;
	cb->seq = rbk_dump_seq(dump);
}

/* Rows that do not match fill no message: others get the CPU, and RCU its grace period. */
static void rbk_dump_pause(struct netlink_callback *cb, struct rbk_dump *dump)
	__must_hold(RCU)
{
	rhashtable_walk_stop(&dump->iter);
	cond_resched();
	rbk_dump_resume(cb, dump);
}

/*
 * Puts rows in @skb from the cursor on. The row that did not fit is the
 * current one of the walk, and comes first in the next message.
 */
static int rbk_dump_rows(struct sk_buff *skb, struct netlink_callback *cb,
			 int (*put)(struct sk_buff *skb, struct netlink_callback *cb,
				    const struct rbk_dump *dump, const void *row))
{
	struct rbk_dump *dump = (void *)cb->args[0];
	int err = 0;
	void *row;

	if (!dump)
		return 0;
	rbk_dump_resume(cb, dump);
	row = rhashtable_walk_peek(&dump->iter);
	while (row) {
		if (IS_ERR(row)) {
			dump->restarts++;
			cb->seq = rbk_dump_seq(dump);
		} else {
			err = put(skb, cb, dump, row);
			if (err)
				break;
		}
		if (need_resched())
			rbk_dump_pause(cb, dump);
		row = rhashtable_walk_next(&dump->iter);
	}
	rhashtable_walk_stop(&dump->iter);
	/* Nothing fitted: without an error the reader would come back for ever. */
	return err && !skb->len ? err : skb->len;
}

int rbk_nl_attempt_start(struct netlink_callback *cb)
{
	struct rbk_net *rn = rbk_dump_net(cb);
	struct nlattr *tb[RINGBACK_A_ATTEMPT_MAX + 1];
	struct rbk_filter_by by;
	int err;

	/* Linux before 6.12 has no cb->extack here, hence no message; NULL is allowed. */
	err = genlmsg_parse(cb->nlh, &rbk_family, tb, RINGBACK_A_ATTEMPT_MAX, rbk_attempt_policy,
			    cb->extack) ?: rbk_nl_filter(tb, &by, cb->extack);
	return err ?: rbk_dump_start(cb, &rn->attempts, &rn->attempt_seq, &by);
}

/* Most rows may be none of those that are asked for: these need no lock. */
static int rbk_dump_attempt(struct sk_buff *skb, struct netlink_callback *cb,
			    const struct rbk_dump *dump, const void *row)
{
	struct rbk_net *rn = rbk_dump_net(cb);
	const struct rbk_attempt *a = row;
	int err = 0;

	if (!rbk_attempt_matches(a, &dump->by))
		return 0;
	spin_lock_bh(&rn->lock);
	if (dump->state < 0 || dump->state == rbk_attempt_state(a))
		err = rbk_msg_attempt(skb, cb, rn, a);
	spin_unlock_bh(&rn->lock);
	return err;
}

int rbk_nl_attempt_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return rbk_dump_rows(skb, cb, rbk_dump_attempt);
}

int rbk_nl_service_start(struct netlink_callback *cb)
{
	struct rbk_net *rn = rbk_dump_net(cb);

	return rbk_dump_start(cb, &rn->services, &rn->service_seq,
			      &(struct rbk_filter_by){ .state = -1 });
}

static int rbk_dump_service(struct sk_buff *skb, struct netlink_callback *cb,
			    const struct rbk_dump *dump, const void *row)
{
	struct rbk_net *rn = rbk_dump_net(cb);
	int err;

	spin_lock_bh(&rn->lock);
	err = rbk_msg_service(skb, cb, rn, row);
	spin_unlock_bh(&rn->lock);
	return err;
}

int rbk_nl_service_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return rbk_dump_rows(skb, cb, rbk_dump_service);
}

int rbk_nl_decision_start(struct netlink_callback *cb)
{
	struct rbk_net *rn = rbk_dump_net(cb);

	return rbk_dump_start(cb, &rn->standin.decisions, &rn->standin.seq,
			      &(struct rbk_filter_by){ .state = -1 });
}

static int rbk_dump_decision(struct sk_buff *skb, struct netlink_callback *cb,
			     const struct rbk_dump *dump, const void *row)
{
	struct rbk_net *rn = rbk_dump_net(cb);
	int err;

	spin_lock_bh(&rn->lock);
	err = rbk_msg_decision(skb, cb, rn, row);
	spin_unlock_bh(&rn->lock);
	return err;
}

int rbk_nl_decision_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return rbk_dump_rows(skb, cb, rbk_dump_decision);
}

/* --- watches ---------------------------------------------------------- */

/* Bytes that the message about a watch needs at most. */
static size_t rbk_watch_size(unsigned int n_prefixes, unsigned int n_ports)
{
	size_t prefix = nla_total_size(nla_total_size(sizeof(union nf_inet_addr)) +
				       nla_total_size(sizeof(u8)));
	size_t port = nla_total_size(nla_total_size(sizeof(u8)) + 2 * nla_total_size(sizeof(u16)));

	return NLMSG_ALIGN(NLMSG_HDRLEN + GENL_HDRLEN) +
	       nla_total_size(sizeof_field(struct rbk_watch, name)) +
	       nla_total_size(sizeof_field(struct rbk_watch, mirror)) +
	       10 * nla_total_size(sizeof(u32)) + n_prefixes * prefix + n_ports * port;
}

/* For the next message, room for the largest watch: most are small, few memories whole. */
static void rbk_watch_make_room(struct netlink_callback *cb, const struct rbk_net *rn)
{
	const struct rbk_watch *w;
	size_t size = 0;

	lockdep_assert_held(&rn->watch_lock);
	list_for_each_entry(w, &rn->watches, list)
		size = max(size, rbk_watch_size(w->n_servers + w->n_clients, w->n_ports));
	cb->min_dump_alloc = size;
}

int rbk_nl_watch_start(struct netlink_callback *cb)
{
	struct rbk_net *rn = rbk_dump_net(cb);

	mutex_lock(&rn->watch_lock);
	cb->prev_seq = rn->watch_seq;
	rbk_watch_make_room(cb, rn);
	mutex_unlock(&rn->watch_lock);
	return 0;
}

static int rbk_put_prefixes(struct sk_buff *skb, int type, const struct rbk_prefix *p,
			    unsigned int n)
{
	struct nlattr *nest;

	for (; n; n--, p++) {
		nest = nla_nest_start(skb, type);
		if (!nest ||
		    nla_put(skb, RINGBACK_A_PREFIX_ADDR, p->family == NFPROTO_IPV4 ? 4 : 16,
			    &p->addr) ||
		    nla_put_u8(skb, RINGBACK_A_PREFIX_LEN, p->len))
			return -EMSGSIZE;
		nla_nest_end(skb, nest);
	}
	return 0;
}

static int rbk_put_ports(struct sk_buff *skb, const struct rbk_ports *p, unsigned int n)
{
	struct nlattr *nest;

	for (; n; n--, p++) {
		nest = nla_nest_start(skb, RINGBACK_A_WATCH_PORT);
		if (!nest || nla_put_u8(skb, RINGBACK_A_PORT_PROTO, p->proto) ||
		    nla_put_be16(skb, RINGBACK_A_PORT_FIRST, htons(p->first)) ||
		    nla_put_be16(skb, RINGBACK_A_PORT_LAST, htons(p->last)))
			return -EMSGSIZE;
		nla_nest_end(skb, nest);
	}
	return 0;
}

static int rbk_put_mirror(struct sk_buff *skb, struct rbk_net *rn, const struct rbk_watch *w)
{
	if (!(w->hooks & RINGBACK_HOOK_MIRROR))
		return 0;
	if (nla_put_string(skb, RINGBACK_A_WATCH_MIRROR_DEV, w->mirror))
		return -EMSGSIZE;
	return rbk_mirror_waits(rn, w->mirror) ? nla_put_flag(skb, RINGBACK_A_WATCH_WAITING) : 0;
}

static int rbk_put_watch(struct sk_buff *skb, struct rbk_net *rn, const struct rbk_watch *w)
{
	if (nla_put_string(skb, RINGBACK_A_WATCH_NAME, w->name) ||
	    nla_put_u32(skb, RINGBACK_A_WATCH_ID, w->id) ||
	    nla_put_u32(skb, RINGBACK_A_WATCH_HOOKS, w->hooks) ||
	    rbk_put_mirror(skb, rn, w) ||
	    nla_put_u32(skb, RINGBACK_A_WATCH_NO_REPLY, w->no_reply) ||
	    nla_put_u32(skb, RINGBACK_A_WATCH_KEEP, w->keep) ||
	    nla_put_u32(skb, RINGBACK_A_WATCH_DOWN_AFTER, w->down_after) ||
	    nla_put_u32(skb, RINGBACK_A_WATCH_DOWN_CLIENTS, w->down_clients) ||
	    nla_put_u8(skb, RINGBACK_A_WATCH_ADMISSION, w->admission) ||
	    nla_put_u8(skb, RINGBACK_A_WATCH_REVERSE_PATH, w->reverse_path) ||
	    nla_put_u8(skb, RINGBACK_A_WATCH_STANDIN, w->standin) ||
	    rbk_put_prefixes(skb, RINGBACK_A_WATCH_SERVER, w->prefix, w->n_servers) ||
	    rbk_put_prefixes(skb, RINGBACK_A_WATCH_CLIENT, &w->prefix[w->n_servers],
			     w->n_clients))
		return -EMSGSIZE;
	return rbk_put_ports(skb, w->port, w->n_ports);
}

static int rbk_msg_watch(struct sk_buff *skb, struct netlink_callback *cb,
			 const struct rbk_watch *w)
{
	void *hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, &rbk_family,
				NLM_F_MULTI, RINGBACK_CMD_WATCH_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (rbk_put_watch(skb, rbk_dump_net(cb), w)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genl_dump_check_consistent(cb, hdr);
	genlmsg_end(skb, hdr);
	return 0;
}

/*
 * There is room for the largest watch, but it is not filled with others: who reads
 * with the usual buffer gets messages that fit in it.
 */
static bool rbk_watch_fits(const struct sk_buff *skb, const struct rbk_watch *w)
{
	return !skb->len || skb->len + rbk_watch_size(w->n_servers + w->n_clients, w->n_ports) <=
				    NLMSG_GOODSIZE;
}

/* cb->args[0] counts the watches that are through. */
int rbk_nl_watch_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct rbk_net *rn = rbk_dump_net(cb);
	const struct rbk_watch *w;
	int err = 0;
	long n = 0;

	mutex_lock(&rn->watch_lock);
	cb->seq = rn->watch_seq;
	list_for_each_entry(w, &rn->watches, list) {
		if (n++ < cb->args[0])
			continue;
		err = rbk_watch_fits(skb, w) ? rbk_msg_watch(skb, cb, w) : -EMSGSIZE;
		if (err)
			break;
		cb->args[0]++;
	}
	rbk_watch_make_room(cb, rn);
	mutex_unlock(&rn->watch_lock);
	/* No room for one alone: it was made larger since the room was. */
	return err && !skb->len ? -EINTR : skb->len;
}
