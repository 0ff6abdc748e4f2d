// SPDX-License-Identifier: GPL-2.0
/*
 * Reads a SYN. The packet is a stranger's: every length is checked.
 */
#include "standin_syn.h"

#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <string.h>

#define EXTENSIONS_MAX 8 /* headers between IPv6 and TCP */

static bool parse_tcp(const uint8_t *p, size_t len, struct service *s)
{
	struct tcphdr tcp;

	if (len < sizeof(tcp))
		return false;
	memcpy(&tcp, p, sizeof(tcp));
	if (!tcp.syn || tcp.ack || tcp.rst || tcp.fin || !tcp.dest || tcp.doff < 5)
		return false;
	s->proto = IPPROTO_TCP;
	s->port = ntohs(tcp.dest);
	return true;
}

static bool parse_ipv4(const uint8_t *p, size_t len, struct addr *client, struct service *s)
{
	size_t header;
	struct iphdr ip;

	if (len < sizeof(ip))
		return false;
	memcpy(&ip, p, sizeof(ip));
	header = ip.ihl * 4U;
	if (header < sizeof(ip) || header > len || ip.protocol != IPPROTO_TCP ||
	    ip.frag_off & htons(IP_OFFMASK | IP_MF))
		return false;
	addr_from_bytes(client, &ip.saddr, sizeof(ip.saddr));
	addr_from_bytes(&s->server, &ip.daddr, sizeof(ip.daddr));
	return parse_tcp(p + header, len - header, s);
}

static bool is_extension(uint8_t next)
{
	return next == IPPROTO_HOPOPTS || next == IPPROTO_ROUTING || next == IPPROTO_DSTOPTS;
}

static bool parse_ipv6(const uint8_t *p, size_t len, struct addr *client, struct service *s)
{
	size_t at = sizeof(struct ip6_hdr);
	struct ip6_hdr ip;
	uint8_t next;
	int i;

	if (len < sizeof(ip))
		return false;
	memcpy(&ip, p, sizeof(ip));
	addr_from_bytes(client, &ip.ip6_src, sizeof(ip.ip6_src));
	addr_from_bytes(&s->server, &ip.ip6_dst, sizeof(ip.ip6_dst));
	next = ip.ip6_nxt;
	for (i = 0; i < EXTENSIONS_MAX && is_extension(next); i++) {
		if (len - at < 8)
			return false;
		next = p[at];
		at += (p[at + 1] + 1U) * 8;
		if (at > len)
			return false;
	}
	return next == IPPROTO_TCP && parse_tcp(p + at, len - at, s);
}

bool standin_syn_parse(const void *packet, size_t len, struct addr *client, struct service *s)
{
	const uint8_t *p = packet;

	memset(s, 0, sizeof(*s));
	if (!len)
		return false;
	if (p[0] >> 4 == 4)
		return parse_ipv4(p, len, client, s);
	return p[0] >> 4 == 6 && parse_ipv6(p, len, client, s);
}
