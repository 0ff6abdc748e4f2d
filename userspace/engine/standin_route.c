// SPDX-License-Identifier: GPL-2.0
/*
 * Rules and routes of the stand-in, by rtnetlink. What is ours is known by its
 * protocol number, as that of a routing daemon is; nothing else is touched.
 */
#include "standin_route.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/fib_rules.h>
#include <linux/nf_ringback.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "standin_nft.h"

/* Of rules and routes: free in rt_protos, and as good a letter as any. */
#define OUR_PROTOCOL 'R'
#define OUR_TABLE    5200
#define OUR_PRIORITY 100

struct request {
	char buf[MNL_NLMSG_HDRLEN + 256] __attribute__((aligned(8)));
	struct nlmsghdr *nlh;
};

static void request_rule(struct request *q, int type, int flags, int family)
{
	struct fib_rule_hdr *frh;

	q->nlh = mnl_nlmsg_put_header(q->buf);
	q->nlh->nlmsg_type = type;
	q->nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	frh = mnl_nlmsg_put_extra_header(q->nlh, sizeof(*frh));
	frh->family = family;
	frh->action = FR_ACT_TO_TBL;
	mnl_attr_put_u32(q->nlh, FRA_PRIORITY, OUR_PRIORITY);
	mnl_attr_put_u32(q->nlh, FRA_FWMARK, STANDIN_MARK_TAKEN);
	mnl_attr_put_u32(q->nlh, FRA_FWMASK, RINGBACK_MARK_MASK);
	mnl_attr_put_u32(q->nlh, FRA_TABLE, OUR_TABLE);
	mnl_attr_put_u8(q->nlh, FRA_PROTOCOL, OUR_PROTOCOL);
}

/* "local default dev lo": whatever its address, it is for this host. */
static void request_route(struct request *q, int type, int flags, int family)
{
	struct rtmsg *rtm;

	q->nlh = mnl_nlmsg_put_header(q->buf);
	q->nlh->nlmsg_type = type;
	q->nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	rtm = mnl_nlmsg_put_extra_header(q->nlh, sizeof(*rtm));
	rtm->rtm_family = family;
	rtm->rtm_table = RT_TABLE_UNSPEC;
	rtm->rtm_protocol = OUR_PROTOCOL;
	rtm->rtm_scope = RT_SCOPE_HOST;
	rtm->rtm_type = RTN_LOCAL;
	mnl_attr_put_u32(q->nlh, RTA_TABLE, OUR_TABLE);
	mnl_attr_put_u32(q->nlh, RTA_OIF, if_nametoindex("lo"));
}

/* The kernel's answer to @q: 0 or -errno. */
static int run(struct mnl_socket *nl, struct request *q)
{
	char answer[1024] __attribute__((aligned(8)));
	static uint32_t seq;
	ssize_t n;

	q->nlh->nlmsg_seq = ++seq;
	if (mnl_socket_sendto(nl, q->nlh, q->nlh->nlmsg_len) < 0)
		return -errno;
	n = mnl_socket_recvfrom(nl, answer, sizeof(answer));
	if (n < 0 || mnl_cb_run(answer, n, seq, mnl_socket_get_portid(nl), NULL, NULL) < 0)
		return -errno;
	return 0;
}

/* Makes what is not there yet; what a killed daemon left is as good. */
static int make(struct mnl_socket *nl, struct request *q)
{
	int err = run(nl, q);

	return err == -EEXIST ? 0 : err;
}

/*
 * The rule first: a kernel without policy routing refuses it, but would put the
 * route into its main table. Nothing is marked before both are there.
 */
static int put_in(struct mnl_socket *nl, int family)
{
	struct request q;
	int err;

	request_rule(&q, RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, family);
	err = make(nl, &q);
	if (err)
		return err;
	request_route(&q, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, family);
	return make(nl, &q);
}

static void take_out(struct mnl_socket *nl, int family)
{
	struct request q;

	request_rule(&q, RTM_DELRULE, 0, family);
	run(nl, &q);
	request_route(&q, RTM_DELROUTE, 0, family);
	run(nl, &q);
}

static struct mnl_socket *route_socket(void)
{
	struct mnl_socket *nl = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);

	if (!nl || !mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID))
		return nl;
	mnl_socket_close(nl);
	return NULL;
}

/* The loopback has no ::1: IPv6 is not built in, or turned off. */
static bool no_ipv6(void)
{
	const struct sockaddr_in6 one = { .sin6_family = AF_INET6,
					  .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool none = fd < 0 || bind(fd, (const struct sockaddr *)&one, sizeof(one));

	if (fd >= 0)
		close(fd);
	return none;
}

int standin_route_install(char *why, size_t size)
{
	struct mnl_socket *nl = route_socket();
	int err = nl ? put_in(nl, AF_INET) : -errno;
	const char *family = "IPv4";

	if (!err && !no_ipv6()) {
		family = "IPv6";
		err = put_in(nl, AF_INET6);
	}
	if (err)
		snprintf(why, size, "%s rule or route: %s", family, strerror(-err));
	if (nl)
		mnl_socket_close(nl);
	return err;
}

void standin_route_remove(void)
{
	struct mnl_socket *nl = route_socket();

	if (!nl)
		return;
	take_out(nl, AF_INET);
	take_out(nl, AF_INET6);
	mnl_socket_close(nl);
}
