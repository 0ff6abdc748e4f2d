// SPDX-License-Identifier: GPL-2.0
/*
 * Requests. The policies have checked each attribute by itself; here is what
 * they cannot know: which ones must be there, and which fit together.
 */
#include <linux/capability.h>
#include <linux/ctype.h>
#include <linux/inetdevice.h>
#include <linux/nf_ringback.h>
#include <linux/slab.h>
#include <net/ipv6.h>

#include "attempt.h"
#include "compat.h"
#include "netlink.h"
#include "pernet.h"
#include "service.h"

static int rbk_nl_result(struct genl_info *info, int err)
{
	if (err == -ENOMEM)
		NL_SET_ERR_MSG(info->extack, "the kernel is out of memory");
	return err;
}

static struct rbk_net *rbk_info_net(struct genl_info *info)
{
	return rbk_net(genl_info_net(info));
}

/* --- values ----------------------------------------------------------- */

int rbk_nl_addr(const struct nlattr *nla, union nf_inet_addr *addr, struct netlink_ext_ack *extack)
{
	memset(addr, 0, sizeof(*addr));
	switch (nla_len(nla)) {
	case sizeof(addr->ip):
		addr->ip = nla_get_in_addr(nla);
		return NFPROTO_IPV4;
	case sizeof(addr->in6):
		addr->in6 = nla_get_in6_addr(nla);
		return NFPROTO_IPV6;
	default:
		NL_SET_ERR_MSG_ATTR(extack, nla, "an address has 4 or 16 bytes");
		return -EINVAL;
	}
}

static bool rbk_prefix_is_clean(const struct rbk_prefix *p)
{
	struct in6_addr masked;

	if (p->family == NFPROTO_IPV4)
		return !(p->addr.ip & ~inet_make_mask(p->len));
	ipv6_addr_prefix(&masked, &p->addr.in6, p->len);
	return ipv6_addr_equal(&masked, &p->addr.in6);
}

static int rbk_nl_prefix(const struct nlattr *nla, struct rbk_prefix *p,
			 struct netlink_ext_ack *extack)
{
	struct nlattr *tb[RINGBACK_A_PREFIX_MAX + 1];
	int err;

	err = nla_parse_nested(tb, RINGBACK_A_PREFIX_MAX, nla, rbk_prefix_policy, extack);
	if (err)
		return err;
	if (!tb[RINGBACK_A_PREFIX_ADDR] || !tb[RINGBACK_A_PREFIX_LEN]) {
		NL_SET_ERR_MSG_ATTR(extack, nla, "a prefix needs an address and a length");
		return -EINVAL;
	}
	err = rbk_nl_addr(tb[RINGBACK_A_PREFIX_ADDR], &p->addr, extack);
	if (err < 0)
		return err;
	p->family = err;
	p->len = nla_get_u8(tb[RINGBACK_A_PREFIX_LEN]);
	if (p->family == NFPROTO_IPV4 && p->len > 32) {
		NL_SET_ERR_MSG_ATTR(extack, tb[RINGBACK_A_PREFIX_LEN],
				    "an IPv4 prefix is at most 32 bits long");
		return -EINVAL;
	}
	if (!rbk_prefix_is_clean(p)) {
		NL_SET_ERR_MSG_ATTR(extack, tb[RINGBACK_A_PREFIX_ADDR],
				    "bits beyond the length of the prefix are set");
		return -EINVAL;
	}
	return 0;
}

static int rbk_nl_proto(const struct nlattr *nla, u8 *proto, struct netlink_ext_ack *extack)
{
	*proto = nla_get_u8(nla);
	if (*proto == IPPROTO_TCP || *proto == IPPROTO_UDP)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, nla, "the protocol is neither TCP nor UDP");
	return -EINVAL;
}

static int rbk_nl_ports(const struct nlattr *nla, struct rbk_ports *p,
			struct netlink_ext_ack *extack)
{
	struct nlattr *tb[RINGBACK_A_PORT_MAX + 1];
	int err;

	err = nla_parse_nested(tb, RINGBACK_A_PORT_MAX, nla, rbk_port_policy, extack);
	if (err)
		return err;
	if (!tb[RINGBACK_A_PORT_PROTO] || !tb[RINGBACK_A_PORT_FIRST]) {
		NL_SET_ERR_MSG_ATTR(extack, nla, "a port needs a protocol and a number");
		return -EINVAL;
	}
	err = rbk_nl_proto(tb[RINGBACK_A_PORT_PROTO], &p->proto, extack);
	if (err)
		return err;
	p->first = ntohs(nla_get_be16(tb[RINGBACK_A_PORT_FIRST]));
	p->last = tb[RINGBACK_A_PORT_LAST] ? ntohs(nla_get_be16(tb[RINGBACK_A_PORT_LAST])) :
					     p->first;
	if (!p->first || p->last < p->first) {
		NL_SET_ERR_MSG_ATTR(extack, nla, "a port range is 1..65535, first to last");
		return -EINVAL;
	}
	return 0;
}

/* --- watches ---------------------------------------------------------- */

/* Counts SERVER, CLIENT and PORT, and allocates a watch with room for them. */
static struct rbk_watch *rbk_nl_watch_alloc(struct genl_info *info)
{
	unsigned int n[RINGBACK_A_WATCH_PORT + 1] = {};
	struct rbk_watch *w;
	struct nlattr *nla;
	int rem;

	nlmsg_for_each_attr(nla, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(nla) <= RINGBACK_A_WATCH_PORT)
			n[nla_type(nla)]++;
	}
	if (!n[RINGBACK_A_WATCH_SERVER] || !n[RINGBACK_A_WATCH_PORT]) {
		NL_SET_ERR_MSG(info->extack, "a watch needs a server and a port");
		return ERR_PTR(-EINVAL);
	}
	if (n[RINGBACK_A_WATCH_SERVER] > RBK_MAX_PREFIXES ||
	    n[RINGBACK_A_WATCH_CLIENT] > RBK_MAX_PREFIXES - n[RINGBACK_A_WATCH_SERVER] ||
	    n[RINGBACK_A_WATCH_PORT] > RBK_MAX_PORTS) {
		NL_SET_ERR_MSG(info->extack,
			       "a watch has at most 1024 prefixes and 256 port ranges");
		return ERR_PTR(-E2BIG);
	}
	w = rbk_watch_alloc(n[RINGBACK_A_WATCH_SERVER], n[RINGBACK_A_WATCH_CLIENT],
			    n[RINGBACK_A_WATCH_PORT]);
	return w ?: ERR_PTR(-ENOMEM);
}

static int rbk_nl_watch_lists(struct genl_info *info, struct rbk_watch *w)
{
	struct rbk_prefix *client = &w->prefix[w->n_servers];
	struct rbk_prefix *server = w->prefix;
	struct rbk_ports *port = w->port;
	struct nlattr *nla;
	int rem, err = 0;

	nlmsg_for_each_attr(nla, info->nlhdr, GENL_HDRLEN, rem) {
		switch (nla_type(nla)) {
		case RINGBACK_A_WATCH_SERVER:
			err = rbk_nl_prefix(nla, server++, info->extack);
			break;
		case RINGBACK_A_WATCH_CLIENT:
			err = rbk_nl_prefix(nla, client++, info->extack);
			break;
		case RINGBACK_A_WATCH_PORT:
			err = rbk_nl_ports(nla, port++, info->extack);
			break;
		}
		if (err)
			return err;
	}
	return 0;
}

static int rbk_nl_watch_name(struct genl_info *info, struct rbk_watch *w)
{
	const struct nlattr *nla = info->attrs[RINGBACK_A_WATCH_NAME];
	const char *c;

	rbk_nla_strscpy(w->name, nla, sizeof(w->name));
	for (c = w->name; *c; c++) {
		if (!isascii(*c) || (!isalnum(*c) && !strchr("._-", *c)))
			break;
	}
	if (c == w->name || *c) {
		NL_SET_ERR_MSG_ATTR(info->extack, nla,
				    "a name consists of letters, digits, '.', '_' and '-'");
		return -EINVAL;
	}
	return 0;
}

static int rbk_nl_watch_hooks(struct genl_info *info, struct rbk_watch *w)
{
	const struct nlattr *dev = info->attrs[RINGBACK_A_WATCH_MIRROR_DEV];
	const struct nlattr *hooks = info->attrs[RINGBACK_A_WATCH_HOOKS];

	if (hooks)
		w->hooks = nla_get_u32(hooks);
	if (!w->hooks) {
		NL_SET_ERR_MSG_ATTR(info->extack, hooks, "a watch needs a hook");
		return -EINVAL;
	}
	/* Netfilter would warn of a bug: it expects callers to be built with the family. */
	if (w->hooks & RINGBACK_HOOK_BRIDGE && !IS_ENABLED(CONFIG_NETFILTER_FAMILY_BRIDGE)) {
		NL_SET_ERR_MSG_ATTR(info->extack, hooks, "this kernel has no hooks for bridges");
		return -EOPNOTSUPP;
	}
	if (!dev != !(w->hooks & RINGBACK_HOOK_MIRROR)) {
		NL_SET_ERR_MSG_ATTR(info->extack, dev ?: hooks,
				    "hook mirror and an interface belong together");
		return -EINVAL;
	}
	if (dev)
		rbk_nla_strscpy(w->mirror, dev, sizeof(w->mirror));
	return 0;
}

static int rbk_nl_watch_standin(struct genl_info *info, struct rbk_watch *w)
{
	const struct nlattr *standin = info->attrs[RINGBACK_A_WATCH_STANDIN];

	if (standin)
		w->standin = nla_get_u8(standin);
	if (!w->standin || w->hooks & RINGBACK_HOOK_FORWARD)
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, standin, "a stand-in needs hook forward");
	return -EINVAL;
}

static void rbk_nl_u32(struct genl_info *info, int type, u32 *value)
{
	if (info->attrs[type])
		*value = nla_get_u32(info->attrs[type]);
}

static int rbk_nl_watch_fill(struct genl_info *info, struct rbk_watch *w)
{
	int err;

	err = rbk_nl_watch_name(info, w) ?: rbk_nl_watch_hooks(info, w) ?:
	      rbk_nl_watch_standin(info, w);
	if (err)
		return err;
	rbk_nl_u32(info, RINGBACK_A_WATCH_NO_REPLY, &w->no_reply);
	rbk_nl_u32(info, RINGBACK_A_WATCH_KEEP, &w->keep);
	rbk_nl_u32(info, RINGBACK_A_WATCH_DOWN_AFTER, &w->down_after);
	rbk_nl_u32(info, RINGBACK_A_WATCH_DOWN_CLIENTS, &w->down_clients);
	if (info->attrs[RINGBACK_A_WATCH_ADMISSION])
		w->admission = nla_get_u8(info->attrs[RINGBACK_A_WATCH_ADMISSION]);
	if (info->attrs[RINGBACK_A_WATCH_REVERSE_PATH])
		w->reverse_path = nla_get_u8(info->attrs[RINGBACK_A_WATCH_REVERSE_PATH]);
	return rbk_nl_watch_lists(info, w);
}

static int rbk_nl_need_name(struct genl_info *info)
{
	if (GENL_REQ_ATTR_CHECK(info, RINGBACK_A_WATCH_NAME)) {
		NL_SET_ERR_MSG(info->extack, "a watch needs a name");
		return -EINVAL;
	}
	return 0;
}

int rbk_nl_watch_new(struct sk_buff *skb, struct genl_info *info)
{
	bool replace = info->nlhdr->nlmsg_flags & NLM_F_REPLACE;
	struct rbk_net *rn = rbk_info_net(info);
	struct rbk_watch *w;
	int err;

	err = rbk_nl_need_name(info);
	if (err)
		return err;
	w = rbk_nl_watch_alloc(info);
	if (IS_ERR(w))
		return rbk_nl_result(info, PTR_ERR(w));
	err = rbk_nl_watch_fill(info, w);
	if (!err) {
		mutex_lock(&rn->watch_lock);
		err = rbk_watch_new(rn, w, replace, info->extack);
		mutex_unlock(&rn->watch_lock);
	}
	if (err)
		kvfree(w);
	return rbk_nl_result(info, err);
}

int rbk_nl_watch_del(struct sk_buff *skb, struct genl_info *info)
{
	struct rbk_net *rn = rbk_info_net(info);
	char name[RINGBACK_WATCH_NAME_MAX + 1];
	int err;

	err = rbk_nl_need_name(info);
	if (err)
		return err;
	rbk_nla_strscpy(name, info->attrs[RINGBACK_A_WATCH_NAME], sizeof(name));
	mutex_lock(&rn->watch_lock);
	err = rbk_watch_del(rn, name);
	mutex_unlock(&rn->watch_lock);
	if (err == -ENOENT)
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[RINGBACK_A_WATCH_NAME],
				    "there is no watch of that name");
	return rbk_nl_result(info, err);
}

/* --- attempts --------------------------------------------------------- */

int rbk_nl_filter(struct nlattr **tb, struct rbk_filter_by *f, struct netlink_ext_ack *extack)
{
	int err;

	*f = (struct rbk_filter_by){ .state = -1 };
	if (tb[RINGBACK_A_ATTEMPT_CLIENT]) {
		err = rbk_nl_addr(tb[RINGBACK_A_ATTEMPT_CLIENT], &f->client, extack);
		if (err < 0)
			return err;
		f->client_family = err;
	}
	if (tb[RINGBACK_A_ATTEMPT_SERVER]) {
		err = rbk_nl_addr(tb[RINGBACK_A_ATTEMPT_SERVER], &f->server, extack);
		if (err < 0)
			return err;
		f->server_family = err;
	}
	if (!tb[RINGBACK_A_ATTEMPT_PROTO] != !tb[RINGBACK_A_ATTEMPT_PORT]) {
		NL_SET_ERR_MSG(extack, "protocol and port belong together");
		return -EINVAL;
	}
	if (tb[RINGBACK_A_ATTEMPT_PROTO]) {
		err = rbk_nl_proto(tb[RINGBACK_A_ATTEMPT_PROTO], &f->proto, extack);
		if (err)
			return err;
		f->port = nla_get_be16(tb[RINGBACK_A_ATTEMPT_PORT]);
	}
	if (tb[RINGBACK_A_ATTEMPT_STATE])
		f->state = nla_get_u8(tb[RINGBACK_A_ATTEMPT_STATE]);
	return 0;
}

struct sk_buff *rbk_nl_reply(struct genl_info *info, u8 cmd, void **hdr)
{
	struct sk_buff *msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);

	if (!msg)
		return NULL;
	*hdr = genlmsg_put_reply(msg, info, &rbk_family, 0, cmd);
	if (!*hdr) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

int rbk_nl_reply_send(struct genl_info *info, struct sk_buff *msg, void *hdr, int err)
{
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

int rbk_nl_attempt_forget(struct sk_buff *skb, struct genl_info *info)
{
	struct rbk_net *rn = rbk_info_net(info);
	struct rbk_filter_by by;
	struct sk_buff *msg;
	u32 n = 0;
	void *hdr;
	int err;

	err = rbk_nl_filter(info->attrs, &by, info->extack);
	if (err)
		return err;
	if (!by.client_family && !by.server_family && !info->attrs[RINGBACK_A_ATTEMPT_ALL]) {
		NL_SET_ERR_MSG(info->extack, "say which client or server to forget, or all");
		return -EINVAL;
	}
	msg = rbk_nl_reply(info, RINGBACK_CMD_ATTEMPT_FORGET, &hdr);
	if (!msg)
		return -ENOMEM;
	if (rbk_net_started(rn)) {
		n = rbk_attempt_purge(rn, &by);
		if (!by.client_family && by.state < 0)
			rbk_service_purge(rn, &by);
	}
	return rbk_nl_reply_send(info, msg, hdr,
				 nla_put_u32(msg, RINGBACK_A_ATTEMPT_FORGOTTEN, n));
}

/* --- services --------------------------------------------------------- */

/* What is to be declared, -1 where nothing is. */
static int rbk_nl_service_values(struct genl_info *info, u8 proto, int *state, int *standin)
{
	struct nlattr **tb = info->attrs;

	*state = tb[RINGBACK_A_SERVICE_STATE] ? nla_get_u8(tb[RINGBACK_A_SERVICE_STATE]) : -1;
	*standin = tb[RINGBACK_A_SERVICE_STANDIN] ? nla_get_u8(tb[RINGBACK_A_SERVICE_STANDIN]) : -1;
	if (*state < 0 && *standin < 0) {
		NL_SET_ERR_MSG(info->extack, "a state or a stand-in is needed");
		return -EINVAL;
	}
	if (*state == RINGBACK_SERVICE_PARTIAL) {
		NL_SET_ERR_MSG_ATTR(info->extack, tb[RINGBACK_A_SERVICE_STATE],
				    "a service can be declared down or up only");
		return -EINVAL;
	}
	if (*standin > RINGBACK_STANDIN_OFF && proto != IPPROTO_TCP) {
		NL_SET_ERR_MSG_ATTR(info->extack, tb[RINGBACK_A_SERVICE_STANDIN],
				    "the stand-in speaks TCP only");
		return -EINVAL;
	}
	return 0;
}

static int rbk_nl_service_excuse(struct genl_info *info, int err, int state)
{
	struct nlattr **tb = info->attrs;

	switch (err) {
	case -EBUSY:
		NL_SET_ERR_MSG_ATTR(info->extack, tb[RINGBACK_A_SERVICE_STANDIN],
				    "the service is not down");
		return -ENOENT;
	case -ENOENT:
		if (state == RINGBACK_SERVICE_DOWN)
			NL_SET_ERR_MSG_ATTR(info->extack, tb[RINGBACK_A_SERVICE_SERVER],
					    "no watch covers this service");
		else
			NL_SET_ERR_MSG_ATTR(info->extack, tb[RINGBACK_A_SERVICE_SERVER],
					    "no trouble with this service is known");
		return err;
	case -ENOSPC:
		NL_SET_ERR_MSG(info->extack, "there is no room for another service");
		return err;
	default:
		return rbk_nl_result(info, err);
	}
}

int rbk_nl_service_set(struct sk_buff *skb, struct genl_info *info)
{
	struct rbk_net *rn = rbk_info_net(info);
	struct nlattr **tb = info->attrs;
	struct rbk_service_key key;
	int err, state, standin;

	if (GENL_REQ_ATTR_CHECK(info, RINGBACK_A_SERVICE_SERVER) ||
	    GENL_REQ_ATTR_CHECK(info, RINGBACK_A_SERVICE_PROTO) ||
	    GENL_REQ_ATTR_CHECK(info, RINGBACK_A_SERVICE_PORT)) {
		NL_SET_ERR_MSG(info->extack, "server, protocol and port are needed");
		return -EINVAL;
	}
	err = rbk_nl_addr(tb[RINGBACK_A_SERVICE_SERVER], &key.server, info->extack);
	if (err < 0)
		return err;
	key.family = err;
	key.port = nla_get_be16(tb[RINGBACK_A_SERVICE_PORT]);
	err = rbk_nl_proto(tb[RINGBACK_A_SERVICE_PROTO], &key.proto, info->extack) ?:
	      rbk_nl_service_values(info, key.proto, &state, &standin);
	if (err)
		return err;
	err = rbk_net_started(rn) ? rbk_service_set(rn, &key, state, standin) : -ENOENT;
	return rbk_nl_service_excuse(info, err, state);
}

/* --- statistics and limits -------------------------------------------- */

static u64 rbk_stat_sum(const struct rbk_net *rn, int what)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(rn->stats, cpu)->value[what]);
	return sum;
}

static u64 rbk_stat(struct rbk_net *rn, int what)
{
	switch (what) {
	case RINGBACK_A_STATS_ATTEMPTS:
		return READ_ONCE(rn->n_attempts);
	case RINGBACK_A_STATS_PENDING:
		return READ_ONCE(rn->n_pending);
	case RINGBACK_A_STATS_SERVICES:
		return READ_ONCE(rn->n_services);
	case RINGBACK_A_STATS_WATCHES:
		return READ_ONCE(rn->n_watches);
	default:
		return rbk_net_started(rn) ? rbk_stat_sum(rn, what) : 0;
	}
}

int rbk_nl_stats_get(struct sk_buff *skb, struct genl_info *info)
{
	struct rbk_net *rn = rbk_info_net(info);
	struct sk_buff *msg;
	int i, err = 0;
	void *hdr;

	msg = rbk_nl_reply(info, RINGBACK_CMD_STATS_GET, &hdr);
	if (!msg)
		return -ENOMEM;
	for (i = RINGBACK_A_STATS_ATTEMPTS; i <= RINGBACK_A_STATS_MAX && !err; i++)
		err = nla_put_u64_64bit(msg, i, rbk_stat(rn, i), RINGBACK_A_STATS_PAD);
	return rbk_nl_reply_send(info, msg, hdr, err);
}

int rbk_nl_config_get(struct sk_buff *skb, struct genl_info *info)
{
	struct rbk_net *rn = rbk_info_net(info);
	struct sk_buff *msg;
	int i, err = 0;
	void *hdr;

	msg = rbk_nl_reply(info, RINGBACK_CMD_CONFIG_GET, &hdr);
	if (!msg)
		return -ENOMEM;
	for (i = RINGBACK_A_CONFIG_UNSPEC + 1; i <= RINGBACK_A_CONFIG_MAX && !err; i++)
		err = nla_put_u32(msg, i, READ_ONCE(rn->limit[i]));
	return rbk_nl_reply_send(info, msg, hdr, err);
}

int rbk_nl_config_set(struct sk_buff *skb, struct genl_info *info)
{
	struct rbk_net *rn = rbk_info_net(info);
	int i;

	/* Entries live in the memory of the host, not of the namespace's owner. */
	for (i = RINGBACK_A_CONFIG_UNSPEC + 1; i <= RINGBACK_A_CONFIG_MAX; i++) {
		if (info->attrs[i] && nla_get_u32(info->attrs[i]) > rbk_limit_default[i] &&
		    !netlink_capable(skb, CAP_NET_ADMIN)) {
			NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[i],
					    "only the host's administrator may exceed the default");
			return -EPERM;
		}
	}
	spin_lock_bh(&rn->lock);
	for (i = RINGBACK_A_CONFIG_UNSPEC + 1; i <= RINGBACK_A_CONFIG_MAX; i++) {
		if (info->attrs[i])
			WRITE_ONCE(rn->limit[i], nla_get_u32(info->attrs[i]));
	}
	spin_unlock_bh(&rn->lock);
	return 0;
}
