// SPDX-License-Identifier: GPL-2.0
/*
 * One request and its answer. An answer is always read to its end, so that the
 * next request on the socket starts clean.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "request.h"

int nl_fail(struct nl *nl, int err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(nl->error, sizeof(nl->error), fmt, ap);
	va_end(ap);
	return err;
}

const char *nl_error(const struct nl *nl)
{
	return nl->error;
}

struct nlmsghdr *nl_begin(struct nl *nl, uint16_t family, uint8_t cmd, uint16_t flags, size_t room)
{
	size_t size = MNL_NLMSG_HDRLEN + MNL_ALIGN(sizeof(struct genlmsghdr)) + room;
	struct genlmsghdr *genl;
	struct nlmsghdr *nlh;

	if (size > nl->out_size) {
		char *out = realloc(nl->out, size);

		if (!out) {
			nl_fail(nl, -ENOMEM, "out of memory");
			return NULL;
		}
		nl->out = out;
		nl->out_size = size;
	}
	memset(nl->out, 0, size);
	nlh = mnl_nlmsg_put_header(nl->out);
	nlh->nlmsg_type = family;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = ++nl->seq;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = RINGBACK_GENL_VERSION;
	return nlh;
}

/* The extack message among the TLVs from @offset of the payload on, or NULL. */
static const char *extack_message(const struct nlmsghdr *nlh, size_t offset)
{
	const struct nlattr *attr;

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS) || mnl_nlmsg_get_payload_len(nlh) < offset)
		return NULL;
	mnl_attr_for_each(attr, nlh, offset) {
		if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG &&
		    !mnl_attr_validate(attr, MNL_TYPE_NUL_STRING))
			return mnl_attr_get_str(attr);
	}
	return NULL;
}

static int refused(struct nl *nl, int err, const char *message)
{
	if (err == -EPERM)
		return nl_fail(nl, err, "needs CAP_NET_ADMIN: run as root");
	if (message)
		return nl_fail(nl, err, "%s", message);
	return nl_fail(nl, err, "the kernel module refused: %s", strerror(-err));
}

/* NLMSG_ERROR, which is also the acknowledgement. */
static int read_error(struct nl *nl, const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *e = mnl_nlmsg_get_payload(nlh);
	size_t offset = sizeof(*e);

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*e) || e->error > 0)
		return nl_fail(nl, -EBADMSG, "the kernel sent a malformed answer");
	if (!e->error)
		return 0;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED) && e->msg.nlmsg_len > sizeof(e->msg))
		offset += e->msg.nlmsg_len - sizeof(e->msg);
	return refused(nl, e->error, extack_message(nlh, MNL_ALIGN(offset)));
}

/* NLMSG_DONE ends a dump and carries its result. */
static int read_done(struct nl *nl, const struct nlmsghdr *nlh)
{
	const int *result = mnl_nlmsg_get_payload(nlh);

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*result) || *result >= 0)
		return 0;
	return refused(nl, *result, extack_message(nlh, sizeof(*result)));
}

struct exchange {
	nl_msg_fn fn;
	void *arg;
	uint32_t seq;
	bool finished, torn; /* torn: the table changed during the dump */
	int stopped; /* what fn returned */
	int result; /* of the kernel */
};

static void one_message(struct nl *nl, const struct nlmsghdr *nlh, struct exchange *x)
{
	if (nlh->nlmsg_seq != x->seq)
		return;
	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		x->torn = true;
	switch (nlh->nlmsg_type) {
	case NLMSG_NOOP:
		break;
	case NLMSG_ERROR:
		x->result = read_error(nl, nlh);
		x->finished = true;
		break;
	case NLMSG_DONE:
		x->result = read_done(nl, nlh);
		x->finished = true;
		break;
	default:
		if (x->fn && !x->stopped)
			x->stopped = x->fn(nlh, x->arg);
	}
}

static int outcome(struct nl *nl, const struct exchange *x)
{
	if (x->stopped == -EBADMSG)
		return nl_fail(nl, -EBADMSG,
			       "the kernel module sent what this program does not understand: "
			       "use module and program of one version");
	if (x->stopped)
		return x->stopped;
	if (x->result)
		return x->result;
	if (x->torn)
		return nl_fail(nl, -EINTR, "the table changes too quickly to list it: try again");
	return 0;
}

int nl_run(struct nl *nl, struct nlmsghdr *nlh, nl_msg_fn fn, void *arg)
{
	struct exchange x = { .fn = fn, .arg = arg, .seq = nlh->nlmsg_seq };

	/* A dump ends with NLMSG_DONE, everything else with the acknowledgement. */
	if ((nlh->nlmsg_flags & NLM_F_DUMP) != NLM_F_DUMP)
		nlh->nlmsg_flags |= NLM_F_ACK;
	if (mnl_socket_sendto(nl->sock, nlh, nlh->nlmsg_len) < 0) {
		if (errno == EMSGSIZE)
			return nl_fail(nl, -EMSGSIZE, "too many prefixes and ports for one watch");
		return nl_fail(nl, -errno, "cannot send to the kernel: %m");
	}
	while (!x.finished) {
		ssize_t n = mnl_socket_recvfrom(nl->sock, nl->in, sizeof(nl->in));
		int left = n;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return nl_fail(nl, -errno, "cannot read from the kernel: %m");
		for (nlh = (void *)nl->in; mnl_nlmsg_ok(nlh, left) && !x.finished;
		     nlh = mnl_nlmsg_next(nlh, &left))
			one_message(nl, nlh, &x);
	}
	return outcome(nl, &x);
}
