// SPDX-License-Identifier: GPL-2.0
/*
 * The classifier: headers in, verdict out. What it reads comes from strangers,
 * the quotation inside an ICMP error above all.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/nf_ringback.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "classify.h"
#include "compat.h"

/* More extension headers than this are nobody's SYN, and cost time. */
#define RBK_MAX_EXT_HEADERS	8

/* An IP packet, or the quotation of one, taken apart. */
struct rbk_ip {
	union nf_inet_addr saddr;
	union nf_inet_addr daddr;
	unsigned int thoff;	/* of the transport header */
	u8 proto;
};

static enum rbk_verdict rbk_parse_ip4(const struct sk_buff *skb, unsigned int nhoff,
				      struct rbk_ip *ip)
{
	const struct iphdr *iph;
	struct iphdr buf;

	iph = skb_header_pointer(skb, nhoff, sizeof(buf), &buf);
	if (!iph || iph->version != 4 || iph->ihl < 5 ||
	    ntohs(iph->tot_len) < iph->ihl * 4)
		return RBK_MALFORMED;
	if (iph->frag_off & htons(IP_OFFSET))
		return RBK_NOTHING;

	memset(ip, 0, sizeof(*ip));
	ip->saddr.ip = iph->saddr;
	ip->daddr.ip = iph->daddr;
	ip->thoff = nhoff + iph->ihl * 4;
	ip->proto = iph->protocol;
	return RBK_SYN;
}

/*
 * Walks the extension headers. ipv6_skip_exthdr() would do it as well, but as
 * long as the packet lasts: 8000 headers fit in one.
 */
static enum rbk_verdict rbk_skip_ext6(const struct sk_buff *skb, struct rbk_ip *ip)
{
	struct ipv6_opt_hdr buf;
	const struct ipv6_opt_hdr *h;
	const struct frag_hdr *frag;
	struct frag_hdr fbuf;
	int i;

	for (i = 0; i < RBK_MAX_EXT_HEADERS && ipv6_ext_hdr(ip->proto); i++) {
		if (ip->proto == NEXTHDR_NONE)
			return RBK_NOTHING;
		h = skb_header_pointer(skb, ip->thoff, sizeof(buf), &buf);
		if (!h)
			return RBK_MALFORMED;
		switch (ip->proto) {
		case NEXTHDR_FRAGMENT:
			frag = skb_header_pointer(skb, ip->thoff, sizeof(fbuf), &fbuf);
			if (!frag)
				return RBK_MALFORMED;
			if (frag->frag_off & htons(IP6_OFFSET))
				return RBK_NOTHING;
			ip->thoff += sizeof(*frag);
			break;
		case NEXTHDR_AUTH:
			ip->thoff += ipv6_authlen(h);
			break;
		default:
			ip->thoff += ipv6_optlen(h);
		}
		ip->proto = h->nexthdr;
	}
	return ipv6_ext_hdr(ip->proto) ? RBK_NOTHING : RBK_SYN;
}

static enum rbk_verdict rbk_parse_ip6(const struct sk_buff *skb, unsigned int nhoff,
				      struct rbk_ip *ip)
{
	const struct ipv6hdr *ip6h;
	struct ipv6hdr buf;

	ip6h = skb_header_pointer(skb, nhoff, sizeof(buf), &buf);
	if (!ip6h || ip6h->version != 6)
		return RBK_MALFORMED;

	ip->saddr.in6 = ip6h->saddr;
	ip->daddr.in6 = ip6h->daddr;
	ip->thoff = nhoff + sizeof(*ip6h);
	ip->proto = ip6h->nexthdr;
	return rbk_skip_ext6(skb, ip);
}

/* RBK_SYN stands for "go on": the transport header is at ip->thoff. */
static enum rbk_verdict rbk_parse_ip(const struct sk_buff *skb, unsigned int nhoff, u8 family,
				     struct rbk_ip *ip)
{
	return family == NFPROTO_IPV4 ? rbk_parse_ip4(skb, nhoff, ip) :
					rbk_parse_ip6(skb, nhoff, ip);
}

static void rbk_fill(struct rbk_packet *p, const union nf_inet_addr *client, __be16 client_port,
		     const union nf_inet_addr *server, __be16 port)
{
	p->key.client = *client;
	p->client_port = client_port;
	p->key.service.server = *server;
	p->key.service.port = port;
}

static enum rbk_verdict rbk_classify_tcp(const struct sk_buff *skb, const struct rbk_ip *ip,
					 struct rbk_packet *p)
{
	const struct tcphdr *th;
	struct tcphdr buf;

	th = skb_header_pointer(skb, ip->thoff, sizeof(buf), &buf);
	if (!th || th->doff < 5 || ip->thoff + th->doff * 4 > skb->len)
		return RBK_MALFORMED;

	if (th->syn && !th->ack && !th->rst && !th->fin) {
		rbk_fill(p, &ip->saddr, th->source, &ip->daddr, th->dest);
		p->isn = ntohl(th->seq);
		return RBK_SYN;
	}
	/* A RST without ACK answers a segment that had one: no SYN. */
	if (!th->ack || th->syn == th->rst)
		return RBK_NOTHING;

	rbk_fill(p, &ip->daddr, th->dest, &ip->saddr, th->source);
	p->isn = ntohl(th->ack_seq) - 1;
	if (th->syn)
		return RBK_SYNACK;
	p->reason = RINGBACK_REASON_REFUSED;
	return RBK_RST;
}

static enum rbk_verdict rbk_classify_udp(const struct sk_buff *skb, const struct rbk_ip *ip,
					 struct rbk_packet *p)
{
	const struct udphdr *uh;
	struct udphdr buf;

	uh = skb_header_pointer(skb, ip->thoff, sizeof(buf), &buf);
	if (!uh)
		return RBK_MALFORMED;
	rbk_fill(p, &ip->saddr, uh->source, &ip->daddr, uh->dest);
	return RBK_UDP;
}

/* RINGBACK_REASON_NONE: not an error that ends an attempt. */
static u8 rbk_icmp4_reason(u8 type, u8 code)
{
	static const u8 unreach[] = {
		[ICMP_NET_UNREACH] = RINGBACK_REASON_NET_UNREACHABLE,
		[ICMP_HOST_UNREACH] = RINGBACK_REASON_HOST_UNREACHABLE,
		[ICMP_PROT_UNREACH] = RINGBACK_REASON_PROTO_UNREACHABLE,
		[ICMP_PORT_UNREACH] = RINGBACK_REASON_PORT_UNREACHABLE,
		[ICMP_FRAG_NEEDED] = RINGBACK_REASON_NONE, /* path MTU discovery */
		[ICMP_SR_FAILED] = RINGBACK_REASON_ICMP_OTHER,
		[ICMP_NET_UNKNOWN] = RINGBACK_REASON_NET_UNREACHABLE,
		[ICMP_HOST_UNKNOWN] = RINGBACK_REASON_HOST_UNREACHABLE,
		[ICMP_HOST_ISOLATED] = RINGBACK_REASON_HOST_UNREACHABLE,
		[ICMP_NET_ANO] = RINGBACK_REASON_ADMIN_PROHIBITED,
		[ICMP_HOST_ANO] = RINGBACK_REASON_ADMIN_PROHIBITED,
		[ICMP_NET_UNR_TOS] = RINGBACK_REASON_NET_UNREACHABLE,
		[ICMP_HOST_UNR_TOS] = RINGBACK_REASON_HOST_UNREACHABLE,
		[ICMP_PKT_FILTERED] = RINGBACK_REASON_ADMIN_PROHIBITED,
		[ICMP_PREC_VIOLATION] = RINGBACK_REASON_ICMP_OTHER,
		[ICMP_PREC_CUTOFF] = RINGBACK_REASON_ICMP_OTHER,
	};

	if (type == ICMP_DEST_UNREACH)
		return code < ARRAY_SIZE(unreach) ? unreach[code] : RINGBACK_REASON_ICMP_OTHER;
	if (type == ICMP_TIME_EXCEEDED && code == ICMP_EXC_TTL)
		return RINGBACK_REASON_TTL_EXCEEDED;
	return RINGBACK_REASON_NONE;
}

static u8 rbk_icmp6_reason(u8 type, u8 code)
{
	static const u8 unreach[] = {
		[ICMPV6_NOROUTE] = RINGBACK_REASON_NET_UNREACHABLE,
		[ICMPV6_ADM_PROHIBITED] = RINGBACK_REASON_ADMIN_PROHIBITED,
		[ICMPV6_NOT_NEIGHBOUR] = RINGBACK_REASON_ICMP_OTHER,
		[ICMPV6_ADDR_UNREACH] = RINGBACK_REASON_HOST_UNREACHABLE,
		[ICMPV6_PORT_UNREACH] = RINGBACK_REASON_PORT_UNREACHABLE,
		[ICMPV6_POLICY_FAIL] = RINGBACK_REASON_ADMIN_PROHIBITED,
		[ICMPV6_REJECT_ROUTE] = RINGBACK_REASON_ADMIN_PROHIBITED,
	};

	if (type == ICMPV6_DEST_UNREACH)
		return code < ARRAY_SIZE(unreach) ? unreach[code] : RINGBACK_REASON_ICMP_OTHER;
	if (type == ICMPV6_TIME_EXCEED && code == ICMPV6_EXC_HOPLIMIT)
		return RINGBACK_REASON_TTL_EXCEEDED;
	if (type == ICMPV6_PARAMPROB && code == ICMPV6_UNK_NEXTHDR)
		return RINGBACK_REASON_PROTO_UNREACHABLE;
	return RINGBACK_REASON_NONE;
}

/*
 * The quotation of a TCP segment: 8 bytes are certain (RFC 792), ports and
 * sequence number. The flags show in longer ones only.
 */
static enum rbk_verdict rbk_quoted_tcp(const struct sk_buff *skb, const struct rbk_ip *ip,
				       struct rbk_packet *p)
{
	const struct tcphdr *th;
	struct tcphdr full;
	struct {
		__be16 source;
		__be16 dest;
		__be32 seq;
	} buf, *q;

	q = skb_header_pointer(skb, ip->thoff, sizeof(buf), &buf);
	if (!q)
		return RBK_MALFORMED;
	rbk_fill(p, &ip->saddr, q->source, &ip->daddr, q->dest);
	p->isn = ntohl(q->seq);

	th = skb_header_pointer(skb, ip->thoff, sizeof(full), &full);
	if (th) {
		if (!th->syn || th->ack || th->rst)
			return RBK_NOTHING;
		p->quotes_opening = true;
	}
	return RBK_ICMP_ERROR;
}

static enum rbk_verdict rbk_classify_icmp(const struct sk_buff *skb, const struct rbk_ip *ip,
					  struct rbk_packet *p)
{
	const struct icmphdr *ich;
	enum rbk_verdict verdict;
	struct icmphdr buf;
	struct rbk_ip quoted;

	/* type, code, checksum and 4 more bytes: the same in both families */
	ich = skb_header_pointer(skb, ip->thoff, sizeof(buf), &buf);
	if (!ich)
		return RBK_MALFORMED;
	p->reason = p->key.service.family == NFPROTO_IPV4 ?
		    rbk_icmp4_reason(ich->type, ich->code) :
		    rbk_icmp6_reason(ich->type, ich->code);
	if (p->reason == RINGBACK_REASON_NONE)
		return RBK_NOTHING;

	verdict = rbk_parse_ip(skb, ip->thoff + sizeof(*ich), p->key.service.family, &quoted);
	if (verdict != RBK_SYN)
		return verdict;
	/* An error goes to the sender of what it quotes, or it lies. */
	if (memcmp(&quoted.saddr, &ip->daddr, sizeof(ip->daddr)))
		return RBK_MALFORMED;

	p->key.service.proto = quoted.proto;
	if (quoted.proto == IPPROTO_TCP)
		return rbk_quoted_tcp(skb, &quoted, p);
	if (quoted.proto != IPPROTO_UDP)
		return RBK_NOTHING;
	/* What a RST is to TCP, a closed port is to UDP. */
	if (p->reason == RINGBACK_REASON_PORT_UNREACHABLE)
		p->reason = RINGBACK_REASON_REFUSED;
	p->quotes_opening = true;
	verdict = rbk_classify_udp(skb, &quoted, p);
	return verdict == RBK_UDP ? RBK_ICMP_ERROR : verdict;
}

enum rbk_verdict rbk_classify(const struct sk_buff *skb, unsigned int nhoff, u8 family,
			      struct rbk_packet *p)
{
	enum rbk_verdict verdict;
	struct rbk_ip ip;

	verdict = rbk_parse_ip(skb, nhoff, family, &ip);
	if (verdict != RBK_SYN)
		return verdict;

	p->key.service.family = family;
	p->key.service.proto = ip.proto;
	p->isn = 0;
	p->path = 0;
	p->reason = RINGBACK_REASON_NONE;
	p->quotes_opening = false;
	switch (ip.proto) {
	case IPPROTO_TCP:
		return rbk_classify_tcp(skb, &ip, p);
	case IPPROTO_UDP:
		return rbk_classify_udp(skb, &ip, p);
	case IPPROTO_ICMP:
		return family == NFPROTO_IPV4 ? rbk_classify_icmp(skb, &ip, p) : RBK_NOTHING;
	case IPPROTO_ICMPV6:
		return family == NFPROTO_IPV6 ? rbk_classify_icmp(skb, &ip, p) : RBK_NOTHING;
	default:
		return RBK_NOTHING;
	}
}

void rbk_packet_reverse(struct rbk_packet *p)
{
	swap(p->key.client, p->key.service.server);
	swap(p->client_port, p->key.service.port);
}

#ifdef RINGBACK_SELFTEST
#include "selftest/classify.c"
#endif
