// SPDX-License-Identifier: GPL-2.0
/*
 * The benchmark's traffic: prebuilt frames through AF_PACKET, into a router
 * from its client side and, where a server answers, from its server side.
 * Prints nanoseconds per packet as the clock of this machine counts them; under
 * QEMU's -icount shift=0 with one processor these are instructions.
 *
 *   packets MODE COUNT FLOWS 4|6 CLIENT_NS CLIENT_IF SERVER_NS SERVER_IF
 *
 * MODE: est      segments of FLOWS established connections
 *       udp      datagrams of FLOWS flows
 *       syn      first SYNs, each of another client and port
 *       again    the retransmission of each of those, a second later (the first
 *                ones untimed)
 *       conn     connections to a living server: SYN, SYN+ACK, ACK; per connection
 *
 * The router's MAC is that of the peer, 02:00:00:00:01:00 on the client's side
 * and 02:00:00:00:02:00 on the server's: tests/bench/run sets them so.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH	    64 /* frames a sendmmsg(2) */
#define SERVER_PORT 80

enum flags { ACK = TH_ACK, SYN = TH_SYN, SYNACK = TH_SYN | TH_ACK };

/* Two bytes in front, as in an sk_buff: the IP header is aligned. */
struct frame {
	uint16_t pad;
	struct {
		uint8_t dst[6], src[6];
		uint16_t type;
	} eth;
	union {
		struct {
			struct iphdr ip;
			union {
				struct tcphdr tcp;
				struct udphdr udp;
			};
		} v4;
		struct {
			struct ip6_hdr ip;
			union {
				struct tcphdr tcp;
				struct udphdr udp;
			};
		} v6;
	};
};

struct flow {
	uint32_t client; /* host part of its address */
	uint16_t port;
	uint32_t isn;
};

static bool v6;
static struct frame frames[BATCH];
static size_t frame_len;

static uint16_t fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

static uint32_t add(const void *data, size_t len, uint32_t sum)
{
	const uint8_t *p = data;

	for (; len > 1; len -= 2, p += 2)
		sum += p[0] << 8 | p[1];
	return len ? sum + (p[0] << 8) : sum;
}

/* Another flow for each number; the same for the same number. */
static struct flow flow_of(uint32_t i)
{
	uint32_t x = i * 2654435761u;

	return (struct flow){ .client = 2 + i % 60000,
			      .port = 1024 + i / 60000 + x % 20000,
			      .isn = x ^ 0x5bd1e995 };
}

static void put_l4(struct tcphdr *tcp, const struct flow *f, enum flags flags, bool reply)
{
	memset(tcp, 0, sizeof(*tcp));
	tcp->source = htons(reply ? SERVER_PORT : f->port);
	tcp->dest = htons(reply ? f->port : SERVER_PORT);
	tcp->seq = htonl(reply ? 1000 : f->isn + (flags == ACK));
	tcp->ack_seq = htonl(flags == SYN ? 0 : reply ? f->isn + 1 : 1001);
	tcp->th_flags = flags;
	tcp->doff = 5;
	tcp->window = htons(64240);
}

static void put_v4(struct frame *fr, const struct flow *f, enum flags flags, bool reply, bool udp)
{
	struct iphdr *ip = &fr->v4.ip;
	uint32_t client = htonl(0x0a000000 | f->client), server = inet_addr("192.0.2.10");
	uint16_t len = udp ? sizeof(struct udphdr) + 12 : sizeof(struct tcphdr);

	memset(ip, 0, sizeof(*ip));
	ip->version = 4;
	ip->ihl = 5;
	ip->ttl = 64;
	ip->protocol = udp ? IPPROTO_UDP : IPPROTO_TCP;
	ip->tot_len = htons(sizeof(*ip) + len);
	ip->saddr = reply ? server : client;
	ip->daddr = reply ? client : server;
	ip->check = htons(fold(add(ip, sizeof(*ip), 0)));
	fr->eth.type = htons(ETH_P_IP);
	if (udp) {
		fr->v4.udp = (struct udphdr){ .source = htons(f->port),
					      .dest = htons(SERVER_PORT),
					      .len = htons(len) };
		return;
	}
	put_l4(&fr->v4.tcp, f, flags, reply);
	fr->v4.tcp.check =
		htons(fold(add(&fr->v4.tcp, len, add(&ip->saddr, 8, IPPROTO_TCP + len))));
}

static void put_v6(struct frame *fr, const struct flow *f, enum flags flags, bool reply, bool udp)
{
	struct ip6_hdr *ip = &fr->v6.ip;
	uint16_t len = udp ? sizeof(struct udphdr) + 12 : sizeof(struct tcphdr);
	struct in6_addr client, server;
	void *l4 = &fr->v6.tcp;

	inet_pton(AF_INET6, "2001:db8:1::", &client);
	client.s6_addr32[3] = htonl(f->client);
	inet_pton(AF_INET6, "2001:db8:2::10", &server);
	memset(ip, 0, sizeof(*ip));
	ip->ip6_vfc = 6 << 4;
	ip->ip6_plen = htons(len);
	ip->ip6_nxt = udp ? IPPROTO_UDP : IPPROTO_TCP;
	ip->ip6_hlim = 64;
	ip->ip6_src = reply ? server : client;
	ip->ip6_dst = reply ? client : server;
	fr->eth.type = htons(ETH_P_IPV6);
	if (udp)
		fr->v6.udp = (struct udphdr){ .source = htons(f->port),
					      .dest = htons(SERVER_PORT),
					      .len = htons(len) };
	else
		put_l4(&fr->v6.tcp, f, flags, reply);
	if (udp)
		fr->v6.udp.check =
			htons(fold(add(l4, len, add(&ip->ip6_src, 32, IPPROTO_UDP + len))));
	else
		fr->v6.tcp.check =
			htons(fold(add(l4, len, add(&ip->ip6_src, 32, IPPROTO_TCP + len))));
}

static void put(struct frame *fr, uint32_t i, enum flags flags, bool reply, bool udp)
{
	static const uint8_t client_side[6] = { 2, 0, 0, 0, 1, 0 },
			     server_side[6] = { 2, 0, 0, 0, 2, 0 };
	struct flow f = flow_of(i);

	memset(fr, 0, sizeof(*fr));
	memcpy(fr->eth.dst, reply ? server_side : client_side, 6);
	memcpy(fr->eth.src, reply ? server_side : client_side, 6);
	fr->eth.src[5] = 1;
	if (v6)
		put_v6(fr, &f, flags, reply, udp);
	else
		put_v4(fr, &f, flags, reply, udp);
}

static int open_in(const char *ns, const char *ifname)
{
	struct sockaddr_ll ll = { .sll_family = AF_PACKET };
	char path[128];
	int fd, one = 1;

	snprintf(path, sizeof(path), "/run/netns/%s", ns);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET) < 0)
		err(1, "namespace %s", ns);
	close(fd);
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (fd < 0)
		err(1, "AF_PACKET");
	ll.sll_ifindex = if_nametoindex(ifname);
	if (!ll.sll_ifindex || bind(fd, (void *)&ll, sizeof(ll)) < 0)
		err(1, "interface %s", ifname);
	setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof(one));
	return fd;
}

static void send_frames(int fd, unsigned int n)
{
	static struct mmsghdr msgs[BATCH];
	static struct iovec iov[BATCH];

	for (unsigned int i = 0; i < n; i++) {
		iov[i] = (struct iovec){ &frames[i].eth, frame_len };
		msgs[i].msg_hdr = (struct msghdr){ .msg_iov = &iov[i], .msg_iovlen = 1 };
	}
	for (unsigned int done = 0; done < n;) {
		int ret = sendmmsg(fd, msgs + done, n - done, 0);

		if (ret < 0)
			err(1, "sendmmsg");
		done += ret;
	}
}

/* Sends frames FIRST..FIRST+COUNT-1; only the sending is timed. */
static int64_t send_range(int fd, uint32_t first, uint32_t count, uint32_t flows, enum flags flags,
			  bool reply, bool udp)
{
	struct timespec a, b;
	int64_t ns = 0;

	for (uint32_t at = 0; at < count; at += BATCH) {
		uint32_t n = count - at < BATCH ? count - at : BATCH;

		for (uint32_t i = 0; i < n; i++)
			put(&frames[i], flows ? (at + i) % flows : first + at + i, flags, reply,
			    udp);
		clock_gettime(CLOCK_MONOTONIC, &a);
		send_frames(fd, n);
		clock_gettime(CLOCK_MONOTONIC, &b);
		ns += (b.tv_sec - a.tv_sec) * 1000000000LL + b.tv_nsec - a.tv_nsec;
	}
	return ns;
}

/* A batch of SYNs, then their SYN+ACKs, then the ACKs. */
static int64_t connections(int client, int server, uint32_t count)
{
	int64_t ns = 0;

	for (uint32_t at = 0; at < count; at += BATCH) {
		uint32_t n = count - at < BATCH ? count - at : BATCH;

		ns += send_range(client, at, n, 0, SYN, false, false);
		ns += send_range(server, at, n, 0, SYNACK, true, false);
		ns += send_range(client, at, n, 0, ACK, false, false);
	}
	return ns;
}

int main(int argc, char **argv)
{
	const char *mode = argc == 9 ? argv[1] : "";
	uint32_t count, flows;
	int64_t ns = -1;
	bool udp;
	int client, server;

	if (argc != 9)
		errx(2,
		     "usage: packets MODE COUNT FLOWS 4|6 CLIENT_NS CLIENT_IF SERVER_NS SERVER_IF");
	count = strtoul(argv[2], NULL, 10);
	flows = strtoul(argv[3], NULL, 10);
	v6 = argv[4][0] == '6';
	udp = !strcmp(mode, "udp");
	frame_len = sizeof(frames[0].eth) + (v6 ? sizeof(struct ip6_hdr) : sizeof(struct iphdr)) +
		    (udp ? sizeof(struct udphdr) + 12 : sizeof(struct tcphdr));
	client = open_in(argv[5], argv[6]);
	server = open_in(argv[7], argv[8]);

	if (!strcmp(mode, "est") || udp) {
		send_range(client, 0, flows, flows, ACK, false, udp);
		ns = send_range(client, 0, count, flows, ACK, false, udp);
	} else if (!strcmp(mode, "syn")) {
		ns = send_range(client, 0, count, 0, SYN, false, false);
	} else if (!strcmp(mode, "again")) {
		send_range(client, 0, count, 0, SYN, false, false);
		sleep(1);
		ns = send_range(client, 0, count, 0, SYN, false, false);
	} else if (!strcmp(mode, "conn")) {
		ns = connections(client, server, count);
	} else {
		errx(2, "no mode '%s'", mode);
	}
	printf("%.1f\n", (double)ns / count);
	return 0;
}
