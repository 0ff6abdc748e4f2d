// SPDX-License-Identifier: GPL-2.0
/*
 * Requests about the stand-in: its lease, and decisions on clients.
 */
#include <linux/nf_ringback.h>

#include "attempt.h"
#include "compat.h"
#include "netlink.h"
#include "pernet.h"
#include "standin.h"

int rbk_nl_standin_set(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *queue = info->attrs[RINGBACK_A_STANDIN_QUEUE];

	if (GENL_REQ_ATTR_CHECK(info, RINGBACK_A_STANDIN_LEASE)) {
		NL_SET_ERR_MSG(info->extack, "a lease is needed");
		return -EINVAL;
	}
	rbk_standin_renew(rbk_net(genl_info_net(info)),
			  nla_get_u32(info->attrs[RINGBACK_A_STANDIN_LEASE]),
			  queue ? nla_get_u16(queue) : 0);
	return 0;
}

int rbk_nl_standin_get(struct sk_buff *skb, struct genl_info *info)
{
	const struct rbk_net *rn = rbk_net(genl_info_net(info));
	struct sk_buff *msg;
	void *hdr;

	msg = rbk_nl_reply(info, RINGBACK_CMD_STANDIN_GET, &hdr);
	if (!msg)
		return -ENOMEM;
	return rbk_nl_reply_send(info, msg, hdr,
				 nla_put_u32(msg, RINGBACK_A_STANDIN_LEASE, rbk_standin_left(rn)) ?:
				 nla_put_u16(msg, RINGBACK_A_STANDIN_QUEUE,
					     READ_ONCE(rn->standin.queue)) ?:
				 nla_put_u32(msg, RINGBACK_A_STANDIN_DECISIONS,
					     READ_ONCE(rn->standin.n_decisions)));
}

/* What a request selects, as rbk_nl_filter() for attempts. */
static int rbk_nl_decision_filter(struct genl_info *info, struct rbk_filter_by *by)
{
	struct nlattr *tb[RINGBACK_A_ATTEMPT_MAX + 1] = {
		[RINGBACK_A_ATTEMPT_CLIENT] = info->attrs[RINGBACK_A_DECISION_CLIENT],
		[RINGBACK_A_ATTEMPT_SERVER] = info->attrs[RINGBACK_A_DECISION_SERVER],
		[RINGBACK_A_ATTEMPT_PROTO] = info->attrs[RINGBACK_A_DECISION_PROTO],
		[RINGBACK_A_ATTEMPT_PORT] = info->attrs[RINGBACK_A_DECISION_PORT],
	};

	return rbk_nl_filter(tb, by, info->extack);
}

static int rbk_nl_decision_key(struct genl_info *info, struct rbk_attempt_key *key)
{
	struct rbk_filter_by by;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, RINGBACK_A_DECISION_CLIENT) ||
	    GENL_REQ_ATTR_CHECK(info, RINGBACK_A_DECISION_SERVER) ||
	    GENL_REQ_ATTR_CHECK(info, RINGBACK_A_DECISION_PROTO) ||
	    GENL_REQ_ATTR_CHECK(info, RINGBACK_A_DECISION_PORT)) {
		NL_SET_ERR_MSG(info->extack, "client, server, protocol and port are needed");
		return -EINVAL;
	}
	err = rbk_nl_decision_filter(info, &by);
	if (err)
		return err;
	if (by.client_family != by.server_family) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[RINGBACK_A_DECISION_CLIENT],
				    "client and server are of different families");
		return -EINVAL;
	}
	*key = (struct rbk_attempt_key){
		.client = by.client,
		.service = {
			.server = by.server,
			.port = by.port,
			.proto = by.proto,
			.family = by.server_family,
		},
	};
	return 0;
}

int rbk_nl_decision_new(struct sk_buff *skb, struct genl_info *info)
{
	struct rbk_net *rn = rbk_net(genl_info_net(info));
	struct rbk_attempt_key key;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, RINGBACK_A_DECISION_VERDICT) ||
	    GENL_REQ_ATTR_CHECK(info, RINGBACK_A_DECISION_TTL)) {
		NL_SET_ERR_MSG(info->extack, "a decision needs a verdict and a time to live");
		return -EINVAL;
	}
	err = rbk_nl_decision_key(info, &key);
	if (err)
		return err;
	err = rbk_net_started(rn) ?
		      rbk_decision_new(rn, &key,
				       nla_get_u8(info->attrs[RINGBACK_A_DECISION_VERDICT]),
				       nla_get_u32(info->attrs[RINGBACK_A_DECISION_TTL])) :
		      -ENOENT;
	if (err == -ENOENT)
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[RINGBACK_A_DECISION_SERVER],
				    "the service is not down, or nobody asks about its clients");
	return err;
}

int rbk_nl_decision_del(struct sk_buff *skb, struct genl_info *info)
{
	struct rbk_net *rn = rbk_net(genl_info_net(info));
	struct rbk_filter_by by;
	int err;

	err = rbk_nl_decision_filter(info, &by);
	if (err)
		return err;
	if (!by.client_family && !by.server_family && !info->attrs[RINGBACK_A_DECISION_ALL]) {
		NL_SET_ERR_MSG(info->extack, "say which client or server to forget, or all");
		return -EINVAL;
	}
	if (rbk_net_started(rn))
		rbk_decision_purge(rn, &by);
	return 0;
}
