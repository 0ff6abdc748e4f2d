/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The generic netlink family: requests (netlink.c, netlink_standin.c), dumps
 * (netlink_dump.c), their tables (netlink_policy.c).
 */
#ifndef _RBK_NETLINK_H
#define _RBK_NETLINK_H

#include <linux/netfilter.h>
#include <net/genetlink.h>

extern struct genl_family rbk_family;

extern const struct nla_policy rbk_watch_policy[];
extern const struct nla_policy rbk_prefix_policy[];
extern const struct nla_policy rbk_port_policy[];
extern const struct nla_policy rbk_attempt_policy[];
extern const struct nla_policy rbk_service_policy[];

struct rbk_filter_by;

/* An address of 4 or 16 bytes; returns its family, or -EINVAL. */
int rbk_nl_addr(const struct nlattr *nla, union nf_inet_addr *addr, struct netlink_ext_ack *extack);
/* What a request selects, from the attributes of ATTEMPT_*. -EINVAL. */
int rbk_nl_filter(struct nlattr **tb, struct rbk_filter_by *f, struct netlink_ext_ack *extack);

/* An answer with a header of its own; NULL without memory. */
struct sk_buff *rbk_nl_reply(struct genl_info *info, u8 cmd, void **hdr);
/* Sends it, or frees it and returns @err. */
int rbk_nl_reply_send(struct genl_info *info, struct sk_buff *msg, void *hdr, int err);

int rbk_nl_watch_new(struct sk_buff *skb, struct genl_info *info);
int rbk_nl_watch_del(struct sk_buff *skb, struct genl_info *info);
int rbk_nl_watch_start(struct netlink_callback *cb);
int rbk_nl_watch_dump(struct sk_buff *skb, struct netlink_callback *cb);
int rbk_nl_attempt_start(struct netlink_callback *cb);
int rbk_nl_attempt_dump(struct sk_buff *skb, struct netlink_callback *cb);
int rbk_nl_attempt_forget(struct sk_buff *skb, struct genl_info *info);
int rbk_nl_service_start(struct netlink_callback *cb);
int rbk_nl_service_dump(struct sk_buff *skb, struct netlink_callback *cb);
int rbk_nl_service_set(struct sk_buff *skb, struct genl_info *info);
int rbk_nl_dump_done(struct netlink_callback *cb);
int rbk_nl_stats_get(struct sk_buff *skb, struct genl_info *info);
int rbk_nl_config_get(struct sk_buff *skb, struct genl_info *info);
int rbk_nl_config_set(struct sk_buff *skb, struct genl_info *info);
int rbk_nl_standin_set(struct sk_buff *skb, struct genl_info *info);
int rbk_nl_standin_get(struct sk_buff *skb, struct genl_info *info);
int rbk_nl_decision_new(struct sk_buff *skb, struct genl_info *info);
int rbk_nl_decision_del(struct sk_buff *skb, struct genl_info *info);
int rbk_nl_decision_start(struct netlink_callback *cb);
int rbk_nl_decision_dump(struct sk_buff *skb, struct netlink_callback *cb);

#endif /* _RBK_NETLINK_H */
