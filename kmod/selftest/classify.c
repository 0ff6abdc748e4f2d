// SPDX-License-Identifier: GPL-2.0
/*
 * Packets as bytes, and what the classifier must make of them. Addresses:
 * client 198.51.100.7 or 2001:db8:1::7 port 40000, server 192.0.2.10 or
 * 2001:db8:3::10 port 80; the ISN is 0x01020304.
 */

#define C4	198, 51, 100, 7
#define S4	192, 0, 2, 10
#define C6	0x20, 1, 0xd, 0xb8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7
#define S6	0x20, 1, 0xd, 0xb8, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10
#define CPORT	0x9c, 0x40
#define SPORT	0, 80
#define ISN	1, 2, 3, 4
#define NEXT	1, 2, 3, 5	/* ISN + 1 */
#define ZERO4	0, 0, 0, 0

#define SYN	0x02
#define RST	0x04
#define ACK	0x10

#define IP4(vhl, frag, proto, len, src, dst) \
	vhl, 0, 0, len, 0, 1, frag, 64, proto, 0, 0, src, dst
#define IP6(next, len, src, dst) \
	0x60, 0, 0, 0, 0, len, next, 64, src, dst
#define TCP(sport, dport, seq, ack, doff, flags) \
	sport, dport, seq, ack, (doff) << 4, flags, 0xff, 0xff, 0, 0, 0, 0
#define UDP(sport, dport)	sport, dport, 0, 8, 0, 0
#define ICMP(type, code)	type, code, 0, 0, ZERO4
#define WHOLE			0, 0	/* flags and fragment offset */
#define LATER			0, 1
#define CLIENT_SYN		TCP(CPORT, SPORT, ISN, ZERO4, 5, SYN)

static const struct rbk_classify_row {
	const char *name;
	u8 family;
	u8 length;
	u8 bytes[128];
	enum rbk_verdict verdict;
	u8 reason;
	bool quotes_opening;
} rbk_classify_rows[] __initconst = {
	{ "SYN", NFPROTO_IPV4, 40,
	  { IP4(0x45, WHOLE, 6, 40, C4, S4), CLIENT_SYN }, RBK_SYN },
	{ "SYN over IPv6", NFPROTO_IPV6, 60,
	  { IP6(6, 20, C6, S6), CLIENT_SYN }, RBK_SYN },
	{ "SYN behind IP options", NFPROTO_IPV4, 44,
	  { IP4(0x46, WHOLE, 6, 44, C4, S4), 1, 1, 1, 0, CLIENT_SYN }, RBK_SYN },
	{ "SYN behind hop-by-hop options", NFPROTO_IPV6, 68,
	  { IP6(0, 28, C6, S6), 6, 0, 1, 4, ZERO4, CLIENT_SYN }, RBK_SYN },
	{ "SYN in an atomic fragment", NFPROTO_IPV6, 68,
	  { IP6(44, 28, C6, S6), 6, 0, 0, 0, ZERO4, CLIENT_SYN }, RBK_SYN },
	{ "SYN+ACK", NFPROTO_IPV4, 40,
	  { IP4(0x45, WHOLE, 6, 40, S4, C4), TCP(SPORT, CPORT, ZERO4, NEXT, 5, SYN | ACK) },
	  RBK_SYNACK },
	{ "RST to a SYN", NFPROTO_IPV4, 40,
	  { IP4(0x45, WHOLE, 6, 40, S4, C4), TCP(SPORT, CPORT, ZERO4, NEXT, 5, RST | ACK) },
	  RBK_RST, RINGBACK_REASON_REFUSED },
	{ "RST without ACK", NFPROTO_IPV4, 40,
	  { IP4(0x45, WHOLE, 6, 40, S4, C4), TCP(SPORT, CPORT, ISN, ZERO4, 5, RST) },
	  RBK_NOTHING },
	{ "established", NFPROTO_IPV4, 40,
	  { IP4(0x45, WHOLE, 6, 40, C4, S4), TCP(CPORT, SPORT, ISN, NEXT, 5, ACK) },
	  RBK_NOTHING },
	{ "SYN with RST", NFPROTO_IPV4, 40,
	  { IP4(0x45, WHOLE, 6, 40, C4, S4), TCP(CPORT, SPORT, ISN, NEXT, 5, SYN | RST | ACK) },
	  RBK_NOTHING },
	{ "later fragment", NFPROTO_IPV4, 40,
	  { IP4(0x45, LATER, 6, 40, C4, S4), CLIENT_SYN }, RBK_NOTHING },
	{ "later fragment of IPv6", NFPROTO_IPV6, 68,
	  { IP6(44, 28, C6, S6), 6, 0, 0, 8, ZERO4, CLIENT_SYN }, RBK_NOTHING },
	{ "no next header", NFPROTO_IPV6, 60,
	  { IP6(59, 20, C6, S6), CLIENT_SYN }, RBK_NOTHING },
	{ "extension header that does not end", NFPROTO_IPV6, 68,
	  { IP6(60, 28, C6, S6), 6, 255, 0, 0, ZERO4, CLIENT_SYN }, RBK_MALFORMED },
	{ "nine extension headers", NFPROTO_IPV6, 112,
	  { IP6(60, 72, C6, S6), 60, 0, 0, 0, ZERO4, 60, 0, 0, 0, ZERO4, 60, 0, 0, 0, ZERO4,
	    60, 0, 0, 0, ZERO4, 60, 0, 0, 0, ZERO4, 60, 0, 0, 0, ZERO4, 60, 0, 0, 0, ZERO4,
	    60, 0, 0, 0, ZERO4, 60, 0, 0, 0, ZERO4 }, RBK_NOTHING },
	{ "TCP header cut", NFPROTO_IPV4, 39,
	  { IP4(0x45, WHOLE, 6, 40, C4, S4), CLIENT_SYN }, RBK_MALFORMED },
	{ "data offset too small", NFPROTO_IPV4, 40,
	  { IP4(0x45, WHOLE, 6, 40, C4, S4), TCP(CPORT, SPORT, ISN, ZERO4, 4, SYN) },
	  RBK_MALFORMED },
	{ "data offset beyond the end", NFPROTO_IPV4, 40,
	  { IP4(0x45, WHOLE, 6, 40, C4, S4), TCP(CPORT, SPORT, ISN, ZERO4, 15, SYN) },
	  RBK_MALFORMED },
	{ "IP header too short", NFPROTO_IPV4, 40,
	  { IP4(0x44, WHOLE, 6, 40, C4, S4), CLIENT_SYN }, RBK_MALFORMED },
	{ "other version", NFPROTO_IPV4, 40,
	  { IP4(0x65, WHOLE, 6, 40, C4, S4), CLIENT_SYN }, RBK_MALFORMED },
	{ "total length less than the header", NFPROTO_IPV4, 40,
	  { IP4(0x45, WHOLE, 6, 19, C4, S4), CLIENT_SYN }, RBK_MALFORMED },
	{ "UDP", NFPROTO_IPV4, 28,
	  { IP4(0x45, WHOLE, 17, 28, C4, S4), UDP(CPORT, SPORT) }, RBK_UDP },
	{ "UDP header cut", NFPROTO_IPV4, 27,
	  { IP4(0x45, WHOLE, 17, 28, C4, S4), UDP(CPORT, SPORT) }, RBK_MALFORMED },
	{ "host unreachable, the whole SYN quoted", NFPROTO_IPV4, 68,
	  { IP4(0x45, WHOLE, 1, 68, S4, C4), ICMP(3, 1), IP4(0x45, WHOLE, 6, 40, C4, S4),
	    CLIENT_SYN }, RBK_ICMP_ERROR, RINGBACK_REASON_HOST_UNREACHABLE, true },
	{ "eight bytes quoted", NFPROTO_IPV4, 56,
	  { IP4(0x45, WHOLE, 1, 56, S4, C4), ICMP(3, 13), IP4(0x45, WHOLE, 6, 40, C4, S4),
	    CPORT, SPORT, ISN }, RBK_ICMP_ERROR, RINGBACK_REASON_ADMIN_PROHIBITED },
	{ "seven bytes quoted", NFPROTO_IPV4, 55,
	  { IP4(0x45, WHOLE, 1, 55, S4, C4), ICMP(3, 1), IP4(0x45, WHOLE, 6, 40, C4, S4),
	    CPORT, SPORT, ISN }, RBK_MALFORMED },
	{ "quoted header that lies about its length", NFPROTO_IPV4, 68,
	  { IP4(0x45, WHOLE, 1, 68, S4, C4), ICMP(3, 1), IP4(0x4f, WHOLE, 6, 60, C4, S4),
	    CLIENT_SYN }, RBK_MALFORMED },
	{ "quoted fragment", NFPROTO_IPV4, 68,
	  { IP4(0x45, WHOLE, 1, 68, S4, C4), ICMP(3, 1), IP4(0x45, LATER, 6, 40, C4, S4),
	    CLIENT_SYN }, RBK_NOTHING },
	{ "quotation of somebody else's packet", NFPROTO_IPV4, 68,
	  { IP4(0x45, WHOLE, 1, 68, S4, C4), ICMP(3, 1), IP4(0x45, WHOLE, 6, 40, S4, S4),
	    CLIENT_SYN }, RBK_MALFORMED },
	{ "quotation of an established connection", NFPROTO_IPV4, 68,
	  { IP4(0x45, WHOLE, 1, 68, S4, C4), ICMP(3, 1), IP4(0x45, WHOLE, 6, 40, C4, S4),
	    TCP(CPORT, SPORT, ISN, NEXT, 5, ACK) }, RBK_NOTHING },
	{ "path MTU discovery", NFPROTO_IPV4, 68,
	  { IP4(0x45, WHOLE, 1, 68, S4, C4), ICMP(3, 4), IP4(0x45, WHOLE, 6, 40, C4, S4),
	    CLIENT_SYN }, RBK_NOTHING },
	{ "TTL exceeded", NFPROTO_IPV4, 68,
	  { IP4(0x45, WHOLE, 1, 68, S4, C4), ICMP(11, 0), IP4(0x45, WHOLE, 6, 40, C4, S4),
	    CLIENT_SYN }, RBK_ICMP_ERROR, RINGBACK_REASON_TTL_EXCEEDED, true },
	{ "echo request", NFPROTO_IPV4, 28,
	  { IP4(0x45, WHOLE, 1, 28, C4, S4), ICMP(8, 0) }, RBK_NOTHING },
	{ "closed UDP port", NFPROTO_IPV4, 56,
	  { IP4(0x45, WHOLE, 1, 56, S4, C4), ICMP(3, 3), IP4(0x45, WHOLE, 17, 28, C4, S4),
	    UDP(CPORT, SPORT) }, RBK_ICMP_ERROR, RINGBACK_REASON_REFUSED, true },
	{ "ICMPv6 address unreachable", NFPROTO_IPV6, 108,
	  { IP6(58, 68, S6, C6), ICMP(1, 3), IP6(6, 20, C6, S6), CLIENT_SYN },
	  RBK_ICMP_ERROR, RINGBACK_REASON_HOST_UNREACHABLE, true },
	{ "ICMPv6 packet too big", NFPROTO_IPV6, 108,
	  { IP6(58, 68, S6, C6), ICMP(2, 0), IP6(6, 20, C6, S6), CLIENT_SYN }, RBK_NOTHING },
	{ "ICMPv6 in IPv4", NFPROTO_IPV4, 68,
	  { IP4(0x45, WHOLE, 58, 68, S4, C4), ICMP(1, 3), IP4(0x45, WHOLE, 6, 40, C4, S4),
	    CLIENT_SYN }, RBK_NOTHING },
	{ "nothing at all", NFPROTO_IPV6, 0, { 0 }, RBK_MALFORMED },
};

static bool __init rbk_classify_row_ok(const struct rbk_classify_row *row, struct sk_buff *skb)
{
	union nf_inet_addr client = { .all = {} }, server = { .all = {} };
	static const u8 c4[] = { C4 }, s4[] = { S4 }, c6[] = { C6 }, s6[] = { S6 };
	bool v4 = row->family == NFPROTO_IPV4;
	struct rbk_packet p;

	memcpy(&client, v4 ? c4 : c6, v4 ? sizeof(c4) : sizeof(c6));
	memcpy(&server, v4 ? s4 : s6, v4 ? sizeof(s4) : sizeof(s6));
	skb_put_data(skb, row->bytes, row->length);
	if (rbk_classify(skb, 0, row->family, &p) != row->verdict)
		return false;
	if (row->verdict < RBK_SYN)
		return true;
	return nf_inet_addr_cmp(&p.key.client, &client) && p.client_port == htons(40000) &&
	       nf_inet_addr_cmp(&p.key.service.server, &server) &&
	       p.key.service.port == htons(80) && p.key.service.family == row->family &&
	       (p.key.service.proto != IPPROTO_TCP || p.isn == 0x01020304) &&
	       p.reason == row->reason && p.quotes_opening == row->quotes_opening;
}

bool __init rbk_classify_selftest(void)
{
	struct sk_buff *skb;
	bool ok = true;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rbk_classify_rows); i++) {
		const struct rbk_classify_row *row = &rbk_classify_rows[i];

		skb = alloc_skb(sizeof(row->bytes), GFP_KERNEL);
		if (!skb)
			return false;
		if (!rbk_classify_row_ok(row, skb)) {
			pr_err("nf_ringback: self-test classify: %s: FAIL\n", row->name);
			ok = false;
		}
		kfree_skb(skb);
	}
	return ok;
}
