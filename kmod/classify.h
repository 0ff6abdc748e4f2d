/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From a packet to what it says about an attempt. Pure: no table, no lock, no
 * clock. Every length is checked; whatever looks odd is left alone.
 */
#ifndef _RBK_CLASSIFY_H
#define _RBK_CLASSIFY_H

#include <linux/netfilter.h>
#include <linux/skbuff.h>

/* What a client tries to reach. No padding: hashed and compared as bytes. */
struct rbk_service_key {
	union nf_inet_addr server;	/* IPv4: the first word, the rest is zero */
	__be16 port;
	u8 proto;
	u8 family;			/* NFPROTO_IPV4 or NFPROTO_IPV6 */
};

struct rbk_attempt_key {
	union nf_inet_addr client;
	struct rbk_service_key service;
};

enum rbk_verdict {
	RBK_NOTHING,		/* says nothing about an attempt */
	RBK_MALFORMED,		/* truncated, or its lengths lie */
	RBK_SYN,
	RBK_SYNACK,
	RBK_RST,		/* with ACK: may answer a SYN */
	RBK_ICMP_ERROR,
	RBK_UDP,
};

/*
 * A packet as seen from the client: in SYN+ACK, RST and ICMP errors the two
 * ends are already exchanged. Of a UDP datagram the source counts as client.
 * Up to client_port the bytes identify one try and are hashed as they lie.
 */
struct rbk_packet {
	struct rbk_attempt_key key;
	u32 isn;		/* initial sequence number of the SYN; UDP: 0 */
	__be16 client_port;
	u32 path;		/* 0; what the filter shall tell apart beside: rbk_path_of() */
	u8 reason;		/* RST, ICMP: enum ringback_reason */
	bool quotes_opening;	/* ICMP: the quotation surely is a SYN, or a datagram */
};

/**
 * rbk_classify - what a packet says about an attempt
 * @skb: the packet; its headers need not be linear
 * @nhoff: offset of the IP header from skb->data
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6, the version the header must have
 * @p: filled for RBK_SYN and above, else undefined
 *
 * Fragments other than the first are RBK_NOTHING. Any context.
 *
 * Return: the verdict.
 */
enum rbk_verdict rbk_classify(const struct sk_buff *skb, unsigned int nhoff, u8 family,
			      struct rbk_packet *p);

/* Makes the destination of a UDP datagram the client. */
void rbk_packet_reverse(struct rbk_packet *p);

/* Port, protocol and family of a service as one word, for hashes. */
static inline u32 rbk_service_word(const struct rbk_service_key *s)
{
	return (u32)ntohs(s->port) << 16 | s->proto << 8 | s->family;
}

#ifdef RINGBACK_SELFTEST
bool rbk_classify_selftest(void);
#endif

#endif /* _RBK_CLASSIFY_H */
