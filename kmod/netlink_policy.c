// SPDX-License-Identifier: GPL-2.0
/*
 * The tables of the family, as in docs/netlink/ringback.yaml: who may send
 * what, and which values an attribute may have.
 */
#include <linux/if_ether.h>
#include <linux/module.h>
#include <linux/nf_ringback.h>

#include "compat.h"
#include "event.h"
#include "netlink.h"

#define RBK_ADDR	NLA_POLICY_MAX(NLA_BINARY, 16)

/* Not const: nla_policy.range was not either before Linux 6.6. */
static struct netlink_range_validation rbk_keep_range = { 1, RINGBACK_KEEP_MAX };
static struct netlink_range_validation rbk_max_attempts_range = { 1, 1 << 24 };
static struct netlink_range_validation rbk_max_services_range = { 1, 1 << 20 };
static struct netlink_range_validation rbk_max_decisions_range = { 1, 1 << 20 };
static struct netlink_range_validation rbk_lease_range = { 0, RINGBACK_LEASE_MAX };
static struct netlink_range_validation rbk_ttl_range = { 1, RINGBACK_DECISION_TTL_MAX };

#define RBK_HOOKS	(RINGBACK_HOOK_FORWARD | RINGBACK_HOOK_LOCAL |		\
			 RINGBACK_HOOK_BRIDGE | RINGBACK_HOOK_MIRROR)

const struct nla_policy rbk_prefix_policy[RINGBACK_A_PREFIX_MAX + 1] = {
	[RINGBACK_A_PREFIX_ADDR] = RBK_ADDR,
	[RINGBACK_A_PREFIX_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
};

const struct nla_policy rbk_port_policy[RINGBACK_A_PORT_MAX + 1] = {
	[RINGBACK_A_PORT_PROTO] = { .type = NLA_U8 },
	[RINGBACK_A_PORT_FIRST] = { .type = NLA_U16 },
	[RINGBACK_A_PORT_LAST] = { .type = NLA_U16 },
};

const struct nla_policy rbk_watch_policy[RINGBACK_A_WATCH_MAX + 1] = {
	[RINGBACK_A_WATCH_NAME] = { .type = NLA_NUL_STRING, .len = RINGBACK_WATCH_NAME_MAX },
	[RINGBACK_A_WATCH_SERVER] = NLA_POLICY_NESTED(rbk_prefix_policy),
	[RINGBACK_A_WATCH_CLIENT] = NLA_POLICY_NESTED(rbk_prefix_policy),
	[RINGBACK_A_WATCH_PORT] = NLA_POLICY_NESTED(rbk_port_policy),
	[RINGBACK_A_WATCH_HOOKS] = NLA_POLICY_MASK(NLA_U32, RBK_HOOKS),
	[RINGBACK_A_WATCH_MIRROR_DEV] = { .type = NLA_NUL_STRING, .len = IFNAMSIZ - 1 },
	[RINGBACK_A_WATCH_NO_REPLY] = NLA_POLICY_RANGE(NLA_U32, 1, RINGBACK_NO_REPLY_MAX),
	[RINGBACK_A_WATCH_KEEP] = NLA_POLICY_FULL_RANGE(NLA_U32, &rbk_keep_range),
	[RINGBACK_A_WATCH_DOWN_AFTER] = NLA_POLICY_MIN(NLA_U32, 1),
	[RINGBACK_A_WATCH_DOWN_CLIENTS] = NLA_POLICY_MIN(NLA_U32, 1),
	[RINGBACK_A_WATCH_ADMISSION] = NLA_POLICY_MAX(NLA_U8, RINGBACK_ADMISSION_FIRST_SYN),
	[RINGBACK_A_WATCH_REVERSE_PATH] = NLA_POLICY_MAX(NLA_U8, 1),
	[RINGBACK_A_WATCH_STANDIN] = NLA_POLICY_MAX(NLA_U8, 1),
};

static const struct nla_policy rbk_name_policy[RINGBACK_A_WATCH_NAME + 1] = {
	[RINGBACK_A_WATCH_NAME] = { .type = NLA_NUL_STRING, .len = RINGBACK_WATCH_NAME_MAX },
};

const struct nla_policy rbk_attempt_policy[RINGBACK_A_ATTEMPT_MAX + 1] = {
	[RINGBACK_A_ATTEMPT_CLIENT] = RBK_ADDR,
	[RINGBACK_A_ATTEMPT_SERVER] = RBK_ADDR,
	[RINGBACK_A_ATTEMPT_PROTO] = { .type = NLA_U8 },
	[RINGBACK_A_ATTEMPT_PORT] = { .type = NLA_U16 },
	[RINGBACK_A_ATTEMPT_STATE] = NLA_POLICY_MAX(NLA_U8, RINGBACK_ATTEMPT_FAILED),
	[RINGBACK_A_ATTEMPT_ALL] = { .type = NLA_FLAG },
};

const struct nla_policy rbk_service_policy[RINGBACK_A_SERVICE_MAX + 1] = {
	[RINGBACK_A_SERVICE_SERVER] = RBK_ADDR,
	[RINGBACK_A_SERVICE_PROTO] = { .type = NLA_U8 },
	[RINGBACK_A_SERVICE_PORT] = { .type = NLA_U16 },
	[RINGBACK_A_SERVICE_STATE] = NLA_POLICY_RANGE(NLA_U8, RINGBACK_SERVICE_DOWN,
						      RINGBACK_SERVICE_UP),
	[RINGBACK_A_SERVICE_STANDIN] = NLA_POLICY_MAX(NLA_U8, RINGBACK_STANDIN_ASK),
};

static const struct nla_policy rbk_config_policy[RINGBACK_A_CONFIG_MAX + 1] = {
	[RINGBACK_A_CONFIG_MAX_ATTEMPTS] = NLA_POLICY_FULL_RANGE(NLA_U32,
								  &rbk_max_attempts_range),
	[RINGBACK_A_CONFIG_MAX_PER_CLIENT] = NLA_POLICY_MIN(NLA_U32, 1),
	[RINGBACK_A_CONFIG_MAX_PER_SERVICE] = NLA_POLICY_MIN(NLA_U32, 1),
	[RINGBACK_A_CONFIG_MAX_SERVICES] = NLA_POLICY_FULL_RANGE(NLA_U32,
								  &rbk_max_services_range),
	[RINGBACK_A_CONFIG_MAX_DECISIONS] = NLA_POLICY_FULL_RANGE(NLA_U32,
								   &rbk_max_decisions_range),
};

static const struct nla_policy rbk_standin_policy[RINGBACK_A_STANDIN_MAX + 1] = {
	[RINGBACK_A_STANDIN_LEASE] = NLA_POLICY_FULL_RANGE(NLA_U32, &rbk_lease_range),
	[RINGBACK_A_STANDIN_QUEUE] = { .type = NLA_U16 },
};

static const struct nla_policy rbk_decision_policy[RINGBACK_A_DECISION_MAX + 1] = {
	[RINGBACK_A_DECISION_CLIENT] = RBK_ADDR,
	[RINGBACK_A_DECISION_SERVER] = RBK_ADDR,
	[RINGBACK_A_DECISION_PROTO] = { .type = NLA_U8 },
	[RINGBACK_A_DECISION_PORT] = { .type = NLA_U16 },
	[RINGBACK_A_DECISION_VERDICT] = NLA_POLICY_MAX(NLA_U8, RINGBACK_VERDICT_RESET),
	[RINGBACK_A_DECISION_TTL] = NLA_POLICY_FULL_RANGE(NLA_U32, &rbk_ttl_range),
	[RINGBACK_A_DECISION_ALL] = { .type = NLA_FLAG },
};

static const struct genl_ops rbk_ops[] = {
	{
		.cmd = RINGBACK_CMD_WATCH_NEW,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = rbk_watch_policy,
		.maxattr = RINGBACK_A_WATCH_MAX,
		.doit = rbk_nl_watch_new,
	}, {
		.cmd = RINGBACK_CMD_WATCH_DEL,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = rbk_name_policy,
		.maxattr = RINGBACK_A_WATCH_NAME,
		.doit = rbk_nl_watch_del,
	}, {
		.cmd = RINGBACK_CMD_WATCH_GET,
		.flags = GENL_UNS_ADMIN_PERM,
		.start = rbk_nl_watch_start,
		.dumpit = rbk_nl_watch_dump,
	}, {
		.cmd = RINGBACK_CMD_ATTEMPT_GET,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = rbk_attempt_policy,
		.maxattr = RINGBACK_A_ATTEMPT_STATE,
		.start = rbk_nl_attempt_start,
		.dumpit = rbk_nl_attempt_dump,
		.done = rbk_nl_dump_done,
	}, {
		.cmd = RINGBACK_CMD_ATTEMPT_FORGET,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = rbk_attempt_policy,
		.maxattr = RINGBACK_A_ATTEMPT_ALL,
		.doit = rbk_nl_attempt_forget,
	}, {
		.cmd = RINGBACK_CMD_SERVICE_GET,
		.flags = GENL_UNS_ADMIN_PERM,
		.start = rbk_nl_service_start,
		.dumpit = rbk_nl_service_dump,
		.done = rbk_nl_dump_done,
	}, {
		.cmd = RINGBACK_CMD_SERVICE_SET,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = rbk_service_policy,
		.maxattr = RINGBACK_A_SERVICE_STANDIN,
		.doit = rbk_nl_service_set,
	}, {
		.cmd = RINGBACK_CMD_STATS_GET,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = rbk_nl_stats_get,
	}, {
		.cmd = RINGBACK_CMD_CONFIG_GET,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = rbk_nl_config_get,
	}, {
		.cmd = RINGBACK_CMD_CONFIG_SET,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = rbk_config_policy,
		.maxattr = RINGBACK_A_CONFIG_MAX,
		.doit = rbk_nl_config_set,
	}, {
		.cmd = RINGBACK_CMD_STANDIN_SET,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = rbk_standin_policy,
		.maxattr = RINGBACK_A_STANDIN_QUEUE,
		.doit = rbk_nl_standin_set,
	}, {
		.cmd = RINGBACK_CMD_STANDIN_GET,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = rbk_nl_standin_get,
	}, {
		.cmd = RINGBACK_CMD_DECISION_NEW,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = rbk_decision_policy,
		.maxattr = RINGBACK_A_DECISION_TTL,
		.doit = rbk_nl_decision_new,
	}, {
		.cmd = RINGBACK_CMD_DECISION_GET,
		.flags = GENL_UNS_ADMIN_PERM,
		.start = rbk_nl_decision_start,
		.dumpit = rbk_nl_decision_dump,
		.done = rbk_nl_dump_done,
	}, {
		.cmd = RINGBACK_CMD_DECISION_DEL,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = rbk_decision_policy,
		.maxattr = RINGBACK_A_DECISION_ALL,
		.doit = rbk_nl_decision_del,
	},
};

static const struct genl_multicast_group rbk_groups[] = {
	[RBK_GROUP_OUTAGES] = { .name = RINGBACK_MCGRP_OUTAGES, RBK_MCAST_ADMIN },
	[RBK_GROUP_ATTEMPTS] = { .name = RINGBACK_MCGRP_ATTEMPTS, RBK_MCAST_ADMIN },
};

struct genl_family rbk_family __ro_after_init = {
	.name = RINGBACK_GENL_NAME,
	.version = RINGBACK_GENL_VERSION,
	.netnsok = true,
	.parallel_ops = true,	/* each handler takes the locks it needs */
	.module = THIS_MODULE,
	.ops = rbk_ops,
	.n_ops = ARRAY_SIZE(rbk_ops),
	.mcgrps = rbk_groups,
	.n_mcgrps = ARRAY_SIZE(rbk_groups),
	RBK_RESV_START_OP(__RINGBACK_CMD_MAX)
};
