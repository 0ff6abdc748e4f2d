// SPDX-License-Identifier: GPL-2.0
/*
 * Packets as bytes, and what the classifier must make of them. Addresses:
 * client 198.51.100.7 or 2001:db8:1::7 port 40000, server 192.0.2.10 or
 * 2001:db8:3::10 port 80; the ISN is 0x01020304.
 */

#define C4_S4	"c6336407c000020a"
#define S4_C4	"c000020ac6336407"
#define S4_S4	"c000020ac000020a"
#define C6_S6	"20010db800010000000000000000000720010db8000300000000000000000010"
#define S6_C6	"20010db800030000000000000000001020010db8000100000000000000000007"

/* IPv4 headers up to the addresses: 20 bytes, no fragment. */
#define TCP4	"450000280001000040060000"
#define UDP4	"4500001c0001000040110000"
#define ICMP4	"450000440001000040010000"
/* IPv6 headers, likewise. */
#define TCP6	"6000000000140640"
#define DEST6	"6000000000483c40"	/* destination options follow */
#define FRAG6	"60000000001c2c40"
#define ICMP6	"6000000000443a40"

#define SYN	"9c40005001020304000000005002ffff00000000"
#define SYNACK	"00509c4000000000010203055012ffff00000000"
#define RST_ACK	"00509c4000000000010203055014000000000000"
#define RST_CONN "00509c4000000001010203055014000000000000"
#define ACK	"9c40005001020304010203055010ffff00000000"
#define UDP	"9c40005000080000"
#define EXT	"3c00000000000000"	/* destination options, and more of them */

struct rbk_classify_row {
	const char *name;
	u8 family;
	const char *hex;
	enum rbk_verdict verdict;
	u8 reason;
	bool quotes_opening;
};

static const struct rbk_classify_row rbk_classify_rows[] __initconst = {
	{ "SYN", NFPROTO_IPV4, TCP4 C4_S4 SYN, RBK_SYN },
	{ "SYN over IPv6", NFPROTO_IPV6, TCP6 C6_S6 SYN, RBK_SYN },
	{ "SYN behind IP options", NFPROTO_IPV4,
	  "4600002c0001000040060000" C4_S4 "01010100" SYN, RBK_SYN },
	{ "SYN behind destination options", NFPROTO_IPV6,
	  DEST6 C6_S6 "0600010400000000" SYN, RBK_SYN },
	{ "SYN in an atomic fragment", NFPROTO_IPV6,
	  FRAG6 C6_S6 "0600000000000000" SYN, RBK_SYN },
	{ "SYN+ACK", NFPROTO_IPV4, TCP4 S4_C4 SYNACK, RBK_SYNACK },
	{ "RST to a SYN", NFPROTO_IPV4, TCP4 S4_C4 RST_ACK, RBK_RST, RINGBACK_REASON_REFUSED },
	{ "RST of a connection", NFPROTO_IPV4, TCP4 S4_C4 RST_CONN, RBK_NOTHING },
	{ "RST without ACK", NFPROTO_IPV4,
	  TCP4 S4_C4 "00509c4000000000010203055004000000000000", RBK_NOTHING },
	{ "established", NFPROTO_IPV4, TCP4 C4_S4 ACK, RBK_NOTHING },
	{ "SYN with RST and ACK", NFPROTO_IPV4,
	  TCP4 C4_S4 "9c40005001020304010203055016ffff00000000", RBK_NOTHING },
	{ "SYN with FIN", NFPROTO_IPV4,
	  TCP4 C4_S4 "9c40005001020304000000005003ffff00000000", RBK_NOTHING },
	{ "later fragment", NFPROTO_IPV4, "450000280001000140060000" C4_S4 SYN, RBK_NOTHING },
	{ "later fragment of IPv6", NFPROTO_IPV6,
	  FRAG6 C6_S6 "0600000800000000" SYN, RBK_NOTHING },
	{ "no next header", NFPROTO_IPV6, "6000000000143b40" C6_S6 SYN, RBK_NOTHING },
	{ "extension header that does not end", NFPROTO_IPV6,
	  DEST6 C6_S6 "06ff000000000000" SYN, RBK_MALFORMED },
	{ "nine extension headers", NFPROTO_IPV6,
	  DEST6 C6_S6 EXT EXT EXT EXT EXT EXT EXT EXT EXT, RBK_NOTHING },
	{ "TCP header cut", NFPROTO_IPV4,
	  TCP4 C4_S4 "9c40005001020304000000005002ffff000000", RBK_MALFORMED },
	{ "data offset too small", NFPROTO_IPV4,
	  TCP4 C4_S4 "9c40005001020304000000004002ffff00000000", RBK_MALFORMED },
	{ "data offset beyond the end", NFPROTO_IPV4,
	  TCP4 C4_S4 "9c4000500102030400000000f002ffff00000000", RBK_MALFORMED },
	{ "IP header too short", NFPROTO_IPV4,
	  "440000280001000040060000" C4_S4 SYN, RBK_MALFORMED },
	{ "other version", NFPROTO_IPV4, "650000280001000040060000" C4_S4 SYN, RBK_MALFORMED },
	{ "total length less than the header", NFPROTO_IPV4,
	  "450000130001000040060000" C4_S4 SYN, RBK_MALFORMED },
	{ "UDP", NFPROTO_IPV4, UDP4 C4_S4 UDP, RBK_UDP },
	{ "UDP header cut", NFPROTO_IPV4, UDP4 C4_S4 "9c400050000800", RBK_MALFORMED },
	{ "host unreachable, the whole SYN quoted", NFPROTO_IPV4,
	  ICMP4 S4_C4 "0301000000000000" TCP4 C4_S4 SYN,
	  RBK_ICMP_ERROR, RINGBACK_REASON_HOST_UNREACHABLE, true },
	{ "eight bytes quoted", NFPROTO_IPV4,
	  ICMP4 S4_C4 "030d000000000000" TCP4 C4_S4 "9c40005001020304",
	  RBK_ICMP_ERROR, RINGBACK_REASON_ADMIN_PROHIBITED },
	{ "seven bytes quoted", NFPROTO_IPV4,
	  ICMP4 S4_C4 "0301000000000000" TCP4 C4_S4 "9c400050010203", RBK_MALFORMED },
	{ "quoted header that lies about its length", NFPROTO_IPV4,
	  ICMP4 S4_C4 "03010000000000004f0000280001000040060000" C4_S4 SYN, RBK_MALFORMED },
	{ "quoted fragment", NFPROTO_IPV4,
	  ICMP4 S4_C4 "0301000000000000450000280001000140060000" C4_S4 SYN, RBK_NOTHING },
	{ "quotation of somebody else's packet", NFPROTO_IPV4,
	  ICMP4 S4_C4 "0301000000000000" TCP4 S4_S4 SYN, RBK_MALFORMED },
	{ "quotation of an established connection", NFPROTO_IPV4,
	  ICMP4 S4_C4 "0301000000000000" TCP4 C4_S4 ACK, RBK_NOTHING },
	{ "path MTU discovery", NFPROTO_IPV4,
	  ICMP4 S4_C4 "0304000000000000" TCP4 C4_S4 SYN, RBK_NOTHING },
	{ "unknown code of destination unreachable", NFPROTO_IPV4,
	  ICMP4 S4_C4 "03ff000000000000" TCP4 C4_S4 SYN,
	  RBK_ICMP_ERROR, RINGBACK_REASON_ICMP_OTHER, true },
	{ "TTL exceeded", NFPROTO_IPV4, ICMP4 S4_C4 "0b00000000000000" TCP4 C4_S4 SYN,
	  RBK_ICMP_ERROR, RINGBACK_REASON_TTL_EXCEEDED, true },
	{ "echo request", NFPROTO_IPV4, ICMP4 C4_S4 "0800000000000000", RBK_NOTHING },
	{ "ICMP header cut", NFPROTO_IPV4, ICMP4 S4_C4 "03010000000000", RBK_MALFORMED },
	{ "closed UDP port", NFPROTO_IPV4, ICMP4 S4_C4 "0303000000000000" UDP4 C4_S4 UDP,
	  RBK_ICMP_ERROR, RINGBACK_REASON_REFUSED, true },
	{ "ICMPv6 address unreachable", NFPROTO_IPV6,
	  ICMP6 S6_C6 "0103000000000000" TCP6 C6_S6 SYN,
	  RBK_ICMP_ERROR, RINGBACK_REASON_HOST_UNREACHABLE, true },
	{ "ICMPv6 packet too big", NFPROTO_IPV6,
	  ICMP6 S6_C6 "0200000000000500" TCP6 C6_S6 SYN, RBK_NOTHING },
	{ "ICMPv6 in IPv4", NFPROTO_IPV4,
	  "4500004400010000403a0000" S4_C4 "0103000000000000" TCP4 C4_S4 SYN, RBK_NOTHING },
	{ "nothing at all", NFPROTO_IPV6, "", RBK_MALFORMED },
};

static bool __init rbk_classify_row_ok(const struct rbk_classify_row *row, struct sk_buff *skb)
{
	union nf_inet_addr client = { .all = {} }, server = { .all = {} };
	bool v4 = row->family == NFPROTO_IPV4;
	size_t addr = v4 ? 4 : 16, length = strlen(row->hex) / 2;
	struct rbk_packet p;

	if (hex2bin((u8 *)&client, v4 ? C4_S4 : C6_S6, addr) ||
	    hex2bin((u8 *)&server, v4 ? S4_C4 : S6_C6, addr) ||
	    hex2bin(skb_put(skb, length), row->hex, length))
		return false;
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

		skb = alloc_skb(strlen(row->hex) / 2, GFP_KERNEL);
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
