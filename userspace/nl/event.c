// SPDX-License-Identifier: GPL-2.0
/* Events: joining the groups, and reading what came. */
#include <errno.h>
#include <fcntl.h>

#include "request.h"

/* Datagrams of one call: a flood of events must not starve its reader's other work. */
#define RECEIVE_MAX 256

static int join(struct nl *nl, uint32_t group, const char *name)
{
	if (!group)
		return nl_fail(nl, -ENOENT,
			       "the kernel module has no event group \"%s\": "
			       "use module and program of one version",
			       name);
	if (mnl_socket_setsockopt(nl->sock, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) == 0)
		return 0;
	if (errno == EPERM)
		return nl_fail(nl, -EPERM, "needs CAP_NET_ADMIN: run as root");
	return nl_fail(nl, -errno, "cannot join the events \"%s\": %m", name);
}

int nl_subscribe(struct nl *nl, bool outages, bool attempts)
{
	int fd = nl_fd(nl), size = 1 << 20, err = 0;

	/* Many clients fail at one moment when a server dies. */
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	if (outages)
		err = join(nl, nl->group_outages, RINGBACK_MCGRP_OUTAGES);
	if (!err && attempts)
		err = join(nl, nl->group_attempts, RINGBACK_MCGRP_ATTEMPTS);
	if (err)
		return err;
	if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK))
		return nl_fail(nl, -errno, "cannot make the event socket non-blocking: %m");
	return 0;
}

int nl_fd(const struct nl *nl)
{
	return mnl_socket_get_fd(nl->sock);
}

int nl_event_parse(const struct nlmsghdr *nlh, uint16_t family, const struct nl_events *ev)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	struct nl_attempt attempt;
	struct nl_service service;
	int err;

	if (nlh->nlmsg_type != family || mnl_nlmsg_get_payload_len(nlh) < sizeof(*genl))
		return -EBADMSG;
	switch (genl->cmd) {
	case RINGBACK_CMD_ATTEMPT_NTF:
		err = nl_attempt_parse(nlh, &attempt);
		return err || !ev->attempt ? err : ev->attempt(&attempt, ev->arg);
	case RINGBACK_CMD_SERVICE_NTF:
		err = nl_service_parse(nlh, &service);
		return err || !ev->service ? err : ev->service(&service, ev->arg);
	default:
		return -EBADMSG;
	}
}

/* One datagram of @n bytes in nl->in. */
static int read_datagram(struct nl *nl, int n, const struct nl_events *ev, unsigned long *bad)
{
	const struct nlmsghdr *nlh;
	int err;

	for (nlh = (void *)nl->in; mnl_nlmsg_ok(nlh, n); nlh = mnl_nlmsg_next(nlh, &n)) {
		err = nl_event_parse(nlh, nl->family, ev);
		if (err == -EBADMSG) {
			if (bad)
				++*bad;
		} else if (err) {
			return err;
		}
	}
	return 0;
}

int nl_receive(struct nl *nl, const struct nl_events *ev, unsigned long *bad)
{
	for (int i = 0; i < RECEIVE_MAX; i++) {
		ssize_t n = mnl_socket_recvfrom(nl->sock, nl->in, sizeof(nl->in));
		int err;

		if (n < 0 && errno == EAGAIN)
			return 0;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == ENOBUFS)
			return nl_fail(nl, -ENOBUFS, "events were lost");
		if (n < 0)
			return nl_fail(nl, -errno, "cannot read events: %m");
		err = read_datagram(nl, n, ev, bad);
		if (err)
			return err;
	}
	return 0;
}
