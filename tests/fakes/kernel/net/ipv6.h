/* SPDX-License-Identifier: GPL-2.0 */
/* See ../linux/skbuff.h. Values of RFC 8200 and the IANA protocol numbers. */
#ifndef FAKE_NET_IPV6_H
#define FAKE_NET_IPV6_H

#include <linux/ipv6.h>
#include <linux/skbuff.h>

#define NEXTHDR_HOP		0
#define NEXTHDR_ROUTING		43
#define NEXTHDR_FRAGMENT	44
#define NEXTHDR_AUTH		51
#define NEXTHDR_NONE		59
#define NEXTHDR_DEST		60

#define IP6_OFFSET		0xFFF8

#define ipv6_optlen(p)		(((p)->hdrlen + 1) << 3)
#define ipv6_authlen(p)		(((p)->hdrlen + 2) << 2)

struct frag_hdr {
	__u8 nexthdr;
	__u8 reserved;
	__be16 frag_off;
	__be32 identification;
};

static inline bool ipv6_ext_hdr(u8 nexthdr)
{
	return nexthdr == NEXTHDR_HOP || nexthdr == NEXTHDR_ROUTING ||
	       nexthdr == NEXTHDR_FRAGMENT || nexthdr == NEXTHDR_AUTH ||
	       nexthdr == NEXTHDR_NONE || nexthdr == NEXTHDR_DEST;
}

#endif /* FAKE_NET_IPV6_H */
