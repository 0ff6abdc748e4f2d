// SPDX-License-Identifier: GPL-2.0
/*
 * Opening: the socket, and the numbers of the family and its groups, which the
 * kernel gives out when the module is loaded.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "request.h"

static void read_group(struct nl *nl, const struct nlattr *group)
{
	static const struct nl_rule rules[CTRL_ATTR_MCAST_GRP_MAX + 1] = {
		[CTRL_ATTR_MCAST_GRP_NAME] = { NL_TEXT, true },
		[CTRL_ATTR_MCAST_GRP_ID] = { NL_U32, true },
	};
	const struct nlattr *tb[CTRL_ATTR_MCAST_GRP_MAX + 1];
	const char *name;
	uint32_t id;

	if (nl_sort(mnl_attr_get_payload(group), mnl_attr_get_payload_len(group), rules,
		    CTRL_ATTR_MCAST_GRP_MAX, tb))
		return;
	name = mnl_attr_get_str(tb[CTRL_ATTR_MCAST_GRP_NAME]);
	id = mnl_attr_get_u32(tb[CTRL_ATTR_MCAST_GRP_ID]);
	if (!strcmp(name, RINGBACK_MCGRP_OUTAGES))
		nl->group_outages = id;
	else if (!strcmp(name, RINGBACK_MCGRP_ATTEMPTS))
		nl->group_attempts = id;
}

static int read_family(const struct nlmsghdr *nlh, void *arg)
{
	static const struct nl_rule rules[CTRL_ATTR_MAX + 1] = {
		[CTRL_ATTR_FAMILY_ID] = { NL_U16, true },
		[CTRL_ATTR_MCAST_GROUPS] = { NL_NEST, false },
	};
	const struct nlattr *tb[CTRL_ATTR_MAX + 1];
	const struct nlattr *group;
	struct nl *nl = arg;
	int err;

	err = nl_sort_message(nlh, rules, CTRL_ATTR_MAX, tb);
	if (err)
		return err;
	nl->family = mnl_attr_get_u16(tb[CTRL_ATTR_FAMILY_ID]);
	if (tb[CTRL_ATTR_MCAST_GROUPS])
		mnl_attr_for_each_nested(group, tb[CTRL_ATTR_MCAST_GROUPS])
			read_group(nl, group);
	return 0;
}

static int find_family(struct nl *nl)
{
	struct nlmsghdr *nlh;
	int err;

	nlh = nl_begin(nl, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0, 64);
	if (!nlh)
		return -ENOMEM;
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, RINGBACK_GENL_NAME);
	err = nl_run(nl, nlh, read_family, nl);
	if (!err && !nl->family)
		err = -ENOENT;
	return err;
}

int nl_open(struct nl **nlp)
{
	struct nl *nl = calloc(1, sizeof(*nl));
	int on = 1, err;

	*nlp = NULL;
	if (!nl)
		return -ENOMEM;
	nl->sock = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (!nl->sock || mnl_socket_bind(nl->sock, 0, MNL_SOCKET_AUTOPID)) {
		err = -errno;
		goto err_close;
	}
	/* Both are conveniences: without them errors only say less. */
	mnl_socket_setsockopt(nl->sock, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(nl->sock, NETLINK_CAP_ACK, &on, sizeof(on));
	err = find_family(nl);
	if (err)
		goto err_close;
	*nlp = nl;
	return 0;

err_close:
	nl_close(nl);
	return err;
}

void nl_close(struct nl *nl)
{
	if (!nl)
		return;
	if (nl->sock)
		mnl_socket_close(nl->sock);
	free(nl->out);
	free(nl);
}

/* The kernel gives out the numbers of families in turn. */
char *nl_instance(const struct nl *nl, char *buf)
{
	uint64_t netns = 0;
#ifdef SO_NETNS_COOKIE
	socklen_t len = sizeof(netns);

	if (getsockopt(nl_fd(nl), SOL_SOCKET, SO_NETNS_COOKIE, &netns, &len) < 0)
		netns = 0;
#endif
	snprintf(buf, NL_INSTANCE_LEN, "%u.%" PRIu64, nl->family, netns);
	return buf;
}

const char *nl_strerror_open(int err)
{
	static char text[128];

	switch (err) {
	case -ENOENT:
		return "the kernel module nf_ringback is not loaded: modprobe nf_ringback";
	case -EPERM:
	case -EACCES:
		return "needs CAP_NET_ADMIN: run as root";
	case -EPROTONOSUPPORT:
	case -EAFNOSUPPORT:
		return "this kernel has no generic netlink: ringback runs on Linux 5.10 or newer";
	default:
		snprintf(text, sizeof(text), "cannot talk to the kernel: %s", strerror(-err));
		return text;
	}
}
