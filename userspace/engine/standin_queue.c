// SPDX-License-Identifier: GPL-2.0
/*
 * The NFQUEUE of the stand-in. Whatever goes wrong here lets a packet pass: the
 * kernel when nobody listens (bypass) or the queue is full (fail open), we when it
 * is not what we expect. A queue that hangs holds packets, hence the module's lease.
 */
#include "standin_queue.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <libnetfilter_queue/libnetfilter_queue.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink_queue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "../common/log.h"
#include "standin_syn.h"

#define QUEUE_FIRST 5200 /* the first that is free from here on is ours */
#define QUEUE_TRIES 16
#define COPY_BYTES  128 /* headers and their options */
#define RECV_BUFFER (4 * 1024 * 1024)
#define PER_TURN    256 /* packets, before the rest of the loop gets its turn */
#define MESSAGE_MAX 4096

struct standin_queue {
	struct mnl_socket *nl;
	struct event *readable;
	uint16_t number;
	standin_ask ask;
	void *arg;
};

/* --- binding ------------------------------------------------------------------ */

/* Sends @nlh and waits for the kernel's word: 0 or -errno. */
static int run(struct mnl_socket *nl, struct nlmsghdr *nlh)
{
	char answer[MESSAGE_MAX] __attribute__((aligned(8)));
	ssize_t n;

	nlh->nlmsg_flags |= NLM_F_ACK;
	if (mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	n = mnl_socket_recvfrom(nl, answer, sizeof(answer));
	if (n < 0 || mnl_cb_run(answer, n, 0, mnl_socket_get_portid(nl), NULL, NULL) < 0)
		return -errno;
	return 0;
}

static int bind_queue(struct mnl_socket *nl, uint16_t number)
{
	char buf[MESSAGE_MAX] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = nfq_nlmsg_put(buf, NFQNL_MSG_CONFIG, number);

	nfq_nlmsg_cfg_put_cmd(nlh, AF_UNSPEC, NFQNL_CFG_CMD_BIND);
	return run(nl, nlh);
}

static int set_params(struct mnl_socket *nl, uint16_t number)
{
	char buf[MESSAGE_MAX] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = nfq_nlmsg_put(buf, NFQNL_MSG_CONFIG, number);

	nfq_nlmsg_cfg_put_params(nlh, NFQNL_COPY_PACKET, COPY_BYTES);
	mnl_attr_put_u32(nlh, NFQA_CFG_FLAGS, htonl(NFQA_CFG_F_FAIL_OPEN));
	mnl_attr_put_u32(nlh, NFQA_CFG_MASK, htonl(NFQA_CFG_F_FAIL_OPEN));
	return run(nl, nlh);
}

/* A queue that somebody else has answers -EPERM, or -EBUSY. */
static int bind_first(struct standin_queue *q)
{
	int err = -EBUSY;

	for (q->number = QUEUE_FIRST; q->number < QUEUE_FIRST + QUEUE_TRIES; q->number++) {
		err = bind_queue(q->nl, q->number);
		if (err != -EPERM && err != -EBUSY)
			break;
	}
	return err ?: set_params(q->nl, q->number);
}

static int open_socket(struct standin_queue *q)
{
	int on = 1, size = RECV_BUFFER;

	q->nl = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);
	if (!q->nl || mnl_socket_bind(q->nl, 0, MNL_SOCKET_AUTOPID))
		return -errno;
	/* Packets that do not fit pass by fail open; an error for each is no use. */
	mnl_socket_setsockopt(q->nl, NETLINK_NO_ENOBUFS, &on, sizeof(on));
	if (setsockopt(mnl_socket_get_fd(q->nl), SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		log_debug("stand-in: the queue's buffer stays small: %m");
	return bind_first(q);
}

/* --- packets ------------------------------------------------------------------ */

static const uint32_t marks[] = {
	[RINGBACK_VERDICT_PASS] = 0,
	[RINGBACK_VERDICT_ANSWER] = RINGBACK_MARK_ANSWER,
	[RINGBACK_VERDICT_RESET] = RINGBACK_MARK_RESET,
};

/* The mark replaces the packet's: what belongs to others goes along. */
static void answer(struct standin_queue *q, uint32_t id, uint32_t mark)
{
	char buf[MESSAGE_MAX] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = nfq_nlmsg_put(buf, NFQNL_MSG_VERDICT, q->number);

	nfq_nlmsg_verdict_put(nlh, id, NF_ACCEPT);
	nfq_nlmsg_verdict_put_mark(nlh, mark);
	if (mnl_socket_sendto(q->nl, nlh, nlh->nlmsg_len) < 0)
		log_debug("stand-in: no answer to a packet: %m");
}

static int on_packet(const struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *attr[NFQA_MAX + 1] = { 0 };
	const struct nfqnl_msg_packet_hdr *head;
	enum ringback_verdict verdict = RINGBACK_VERDICT_PASS;
	struct standin_queue *q = arg;
	struct service service;
	struct addr client;
	uint32_t mark = 0;

	if (nfq_nlmsg_parse(nlh, attr) < 0 || !attr[NFQA_PACKET_HDR] ||
	    mnl_attr_get_payload_len(attr[NFQA_PACKET_HDR]) < sizeof(*head))
		return MNL_CB_OK;
	head = mnl_attr_get_payload(attr[NFQA_PACKET_HDR]);
	if (attr[NFQA_MARK])
		mark = ntohl(mnl_attr_get_u32(attr[NFQA_MARK]));
	if (attr[NFQA_PAYLOAD] &&
	    standin_syn_parse(mnl_attr_get_payload(attr[NFQA_PAYLOAD]),
			      mnl_attr_get_payload_len(attr[NFQA_PAYLOAD]), &client, &service))
		verdict = q->ask(&client, &service, q->arg);
	answer(q, ntohl(head->packet_id), (mark & ~RINGBACK_MARK_MASK) | marks[verdict]);
	return MNL_CB_OK;
}

static void queue_readable(evutil_socket_t fd, short what, void *arg)
{
	char buf[MESSAGE_MAX] __attribute__((aligned(8)));
	struct standin_queue *q = arg;
	ssize_t n;
	int i;

	(void)what;
	for (i = 0; i < PER_TURN; i++) {
		n = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);
		if (n <= 0)
			return;
		mnl_cb_run(buf, n, 0, mnl_socket_get_portid(q->nl), on_packet, q);
	}
}

/* --- life ----------------------------------------------------------------------- */

struct standin_queue *standin_queue_new(struct event_base *base, standin_ask ask, void *arg,
					char *why, size_t size)
{
	struct standin_queue *q = calloc(1, sizeof(*q));
	int err = -ENOMEM;

	if (!q)
		goto failed;
	q->ask = ask;
	q->arg = arg;
	err = open_socket(q);
	if (err)
		goto failed;
	q->readable =
		event_new(base, mnl_socket_get_fd(q->nl), EV_READ | EV_PERSIST, queue_readable, q);
	if (q->readable && !event_add(q->readable, NULL))
		return q;
	err = -ENOMEM;
failed:
	snprintf(why, size, "packet queue (nfnetlink_queue): %s", strerror(-err));
	standin_queue_free(q);
	return NULL;
}

void standin_queue_free(struct standin_queue *q)
{
	if (!q)
		return;
	if (q->readable)
		event_free(q->readable);
	if (q->nl)
		mnl_socket_close(q->nl);
	free(q);
}

uint16_t standin_queue_number(const struct standin_queue *q)
{
	return q->number;
}
