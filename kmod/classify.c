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

/*
 * Of an IP packet, or the quotation of one: the addresses, with the source as
 * client, and the protocol go to p->key, the offset of the transport header to
 * *@thoff. RBK_SYN stands for "go on".
 */
static __always_inline enum rbk_verdict rbk_parse_ip4(const struct sk_buff *skb,
						      unsigned int nhoff, struct rbk_packet *p,
						      unsigned int *thoff)
{
	const struct iphdr *iph;
	struct iphdr buf;

	iph = skb_header_pointer(skb, nhoff, sizeof(buf), &buf);
	if (!iph || iph->version != 4 || iph->ihl < 5 ||
	    ntohs(iph->tot_len) < iph->ihl * 4)
		return RBK_MALFORMED;
	if (iph->frag_off & htons(IP_OFFSET))
		return RBK_NOTHING;

	memset(&p->key.client, 0, sizeof(p->key.client));
	p->key.client.ip = iph->saddr;
	memset(&p->key.service.server, 0, sizeof(p->key.service.server));
	p->key.service.server.ip = iph->daddr;
	p->key.service.proto = iph->protocol;
	*thoff = nhoff + iph->ihl * 4;
	return RBK_SYN;
}

/*
 * Walks the extension headers. ipv6_skip_exthdr() would do it as well, but as
 * long as the packet lasts: 8000 headers fit in one.
 */
static enum rbk_verdict rbk_skip_ext6(const struct sk_buff *skb, u8 *proto,
				      unsigned int *thoff)
{
	struct ipv6_opt_hdr buf;
	const struct ipv6_opt_hdr *h;
	const struct frag_hdr *frag;
	struct frag_hdr fbuf;
	int i;

	for (i = 0; i < RBK_MAX_EXT_HEADERS && ipv6_ext_hdr(*proto); i++) {
		if (*proto == NEXTHDR_NONE)
			return RBK_NOTHING;
		h = skb_header_pointer(skb, *thoff, sizeof(buf), &buf);
		if (!h)
			return RBK_MALFORMED;
		switch (*proto) {
		case NEXTHDR_FRAGMENT:
			frag = skb_header_pointer(skb, *thoff, sizeof(fbuf), &fbuf);
			if (!frag)
				return RBK_MALFORMED;
			if (frag->frag_off & htons(IP6_OFFSET))
				return RBK_NOTHING;
			*thoff += sizeof(*frag);
			break;
		case NEXTHDR_AUTH:
			*thoff += ipv6_authlen(h);
			break;
		default:
			*thoff += ipv6_optlen(h);
		}
		*proto = h->nexthdr;
	}
	return ipv6_ext_hdr(*proto) ? RBK_NOTHING : RBK_SYN;
}

static enum rbk_verdict rbk_parse_ip6(const struct sk_buff *skb, unsigned int nhoff,
				      struct rbk_packet *p, unsigned int *thoff)
{
	const struct ipv6hdr *ip6h;
	struct ipv6hdr buf;

	ip6h = skb_header_pointer(skb, nhoff, sizeof(buf), &buf);
	if (!ip6h || ip6h->version != 6)
		return RBK_MALFORMED;

	p->key.client.in6 = ip6h->saddr;
	p->key.service.server.in6 = ip6h->daddr;
	p->key.service.proto = ip6h->nexthdr;
	*thoff = nhoff + sizeof(*ip6h);
	return rbk_skip_ext6(skb, &p->key.service.proto, thoff);
}

static __always_inline enum rbk_verdict rbk_parse_ip(const struct sk_buff *skb,
						     unsigned int nhoff, struct rbk_packet *p,
						     unsigned int *thoff)
{
	return p->key.service.family == NFPROTO_IPV4 ? rbk_parse_ip4(skb, nhoff, p, thoff) :
						       rbk_parse_ip6(skb, nhoff, p, thoff);
}

static void rbk_set_ports(struct rbk_packet *p, __be16 source, __be16 dest)
{
	p->client_port = source;
	p->key.service.port = dest;
}

void rbk_packet_reverse(struct rbk_packet *p)
{
	swap(p->key.client, p->key.service.server);
	swap(p->client_port, p->key.service.port);
}

static __always_inline enum rbk_verdict rbk_classify_tcp(const struct sk_buff *skb,
							 unsigned int thoff, struct rbk_packet *p)
{
	const struct tcphdr *th;
	struct tcphdr buf;

	th = skb_header_pointer(skb, thoff, sizeof(buf), &buf);
	if (!th || th->doff < 5 || thoff + th->doff * 4 > skb->len)
		return RBK_MALFORMED;

	if (th->syn && !th->ack && !th->rst && !th->fin) {
		rbk_set_ports(p, th->source, th->dest);
		p->isn = ntohl(th->seq);
		return RBK_SYN;
	}
	/*
	 * A RST without ACK answers a segment that had one: no SYN. One that refuses a
	 * SYN has sequence number 0 (RFC 9293, 3.10.7.1); another ends a connection that
	 * was accepted. A SYN with data (TCP Fast Open) is refused with the data
	 * acknowledged, too, and not recognised: its client sends it again without.
	 */
	if (!th->ack || th->syn == th->rst || (th->rst && th->seq))
		return RBK_NOTHING;

	rbk_set_ports(p, th->source, th->dest);
	rbk_packet_reverse(p);
	p->isn = ntohl(th->ack_seq) - 1;
	if (th->syn)
		return RBK_SYNACK;
	p->reason = RINGBACK_REASON_REFUSED;
	return RBK_RST;
}

static enum rbk_verdict rbk_classify_udp(const struct sk_buff *skb, unsigned int thoff,
					 struct rbk_packet *p)
{
	const struct udphdr *uh;
	struct udphdr buf;

	uh = skb_header_pointer(skb, thoff, sizeof(buf), &buf);
	if (!uh)
		return RBK_MALFORMED;
	rbk_set_ports(p, uh->source, uh->dest);
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
static enum rbk_verdict rbk_quoted_tcp(const struct sk_buff *skb, unsigned int thoff,
				       struct rbk_packet *p)
{
	const struct tcphdr *th;
	struct tcphdr full;
	struct {
		__be16 source;
		__be16 dest;
		__be32 seq;
	} buf, *q;

	q = skb_header_pointer(skb, thoff, sizeof(buf), &buf);
	if (!q)
		return RBK_MALFORMED;
	rbk_set_ports(p, q->source, q->dest);
	p->isn = ntohl(q->seq);

	th = skb_header_pointer(skb, thoff, sizeof(full), &full);
	if (th) {
		if (!th->syn || th->ack || th->rst)
			return RBK_NOTHING;
		p->quotes_opening = true;
	}
	return RBK_ICMP_ERROR;
}

static enum rbk_verdict rbk_classify_icmp(const struct sk_buff *skb, unsigned int thoff,
					  struct rbk_packet *p)
{
	const struct icmphdr *ich;
	enum rbk_verdict verdict;
	struct icmphdr buf;
	union nf_inet_addr to;

	/* type, code, checksum and 4 more bytes: the same in both families */
	ich = skb_header_pointer(skb, thoff, sizeof(buf), &buf);
	if (!ich)
		return RBK_MALFORMED;
	p->reason = p->key.service.family == NFPROTO_IPV4 ?
		    rbk_icmp4_reason(ich->type, ich->code) :
		    rbk_icmp6_reason(ich->type, ich->code);
	if (p->reason == RINGBACK_REASON_NONE)
		return RBK_NOTHING;

	to = p->key.service.server;
	verdict = rbk_parse_ip(skb, thoff + sizeof(*ich), p, &thoff);
	if (verdict != RBK_SYN)
		return verdict;
	/* An error goes to the sender of what it quotes, or it lies. */
	if (memcmp(&p->key.client, &to, sizeof(to)))
		return RBK_MALFORMED;

	if (p->key.service.proto == IPPROTO_TCP)
		return rbk_quoted_tcp(skb, thoff, p);
	if (p->key.service.proto != IPPROTO_UDP)
		return RBK_NOTHING;
	/* What a RST is to TCP, a closed port is to UDP. */
	if (p->reason == RINGBACK_REASON_PORT_UNREACHABLE)
		p->reason = RINGBACK_REASON_REFUSED;
	p->quotes_opening = true;
	verdict = rbk_classify_udp(skb, thoff, p);
	return verdict == RBK_UDP ? RBK_ICMP_ERROR : verdict;
}

enum rbk_verdict rbk_classify(const struct sk_buff *skb, unsigned int nhoff, u8 family,
			      struct rbk_packet *p)
{
	enum rbk_verdict verdict;
	unsigned int thoff;

	p->key.service.family = family;
	verdict = rbk_parse_ip(skb, nhoff, p, &thoff);
	if (verdict != RBK_SYN)
		return verdict;

	p->isn = 0;
	p->path = 0;
	p->reason = RINGBACK_REASON_NONE;
	p->quotes_opening = false;
	switch (p->key.service.proto) {
	case IPPROTO_TCP:
		return rbk_classify_tcp(skb, thoff, p);
	case IPPROTO_UDP:
		return rbk_classify_udp(skb, thoff, p);
	case IPPROTO_ICMP:
		return family == NFPROTO_IPV4 ? rbk_classify_icmp(skb, thoff, p) : RBK_NOTHING;
	case IPPROTO_ICMPV6:
		return family == NFPROTO_IPV6 ? rbk_classify_icmp(skb, thoff, p) : RBK_NOTHING;
	default:
		return RBK_NOTHING;
	}
}

#ifdef RINGBACK_SELFTEST
#include "selftest/classify.c"
#endif
