/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Addresses, prefixes and services as values: no allocation, no name lookup.
 * Textual forms: RFC 5952 for IPv6, "tcp/80" for protocol and port.
 */
#ifndef RINGBACK_COMMON_ADDR_H
#define RINGBACK_COMMON_ADDR_H

#include <net/ethernet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/* "ffff:...:255.255.255.255" + "/128" + NUL fits, so does any MAC. */
#define ADDR_STRLEN	56
/* "[addr]:65535" or "addr tcp/65535" */
#define SERVICE_STRLEN	(ADDR_STRLEN + 16)

struct addr {
	uint8_t family;		/* AF_INET, AF_INET6; AF_UNSPEC: none */
	uint8_t bytes[16];	/* network order; IPv4 uses 4, the rest is zero */
};

struct prefix {
	struct addr addr;	/* bits beyond len are zero */
	uint8_t len;
};

struct mac {
	uint8_t bytes[ETH_ALEN];
};

struct portrange {
	uint8_t proto;		/* IPPROTO_TCP or IPPROTO_UDP */
	uint16_t first, last;	/* host order, 1 <= first <= last */
};

struct service {
	struct addr server;
	uint8_t proto;
	uint16_t port;		/* host order */
};

/* Length of the address in bytes: 4, 16, or 0 for AF_UNSPEC. */
size_t addr_len(const struct addr *a);

/* @len is 4 or 16; anything else is -EINVAL. */
int addr_from_bytes(struct addr *a, const void *bytes, size_t len);

/*
 * A v4-mapped IPv6 address (RFC 4291, 2.5.5.2) becomes the IPv4 address it
 * stands for; -EAFNOSUPPORT for other families.
 */
int addr_from_sockaddr(struct addr *a, const struct sockaddr *sa);
/* Fills @ss and returns the length to pass to connect(2). */
socklen_t addr_to_sockaddr(const struct addr *a, uint16_t port, struct sockaddr_storage *ss);

/* Numeric addresses only; -EINVAL otherwise. */
int addr_parse(struct addr *a, const char *text);
/* @buf has ADDR_STRLEN bytes; returns @buf. */
const char *addr_format(const struct addr *a, char *buf);
/* memcmp-like order: IPv4 before IPv6, then by bytes. */
int addr_cmp(const struct addr *a, const struct addr *b);
bool addr_equal(const struct addr *a, const struct addr *b);

/*
 * "192.0.2.0/24", or a lone address (full length). -EINVAL: not a prefix;
 * -ERANGE: bits set beyond the length ("192.0.2.1/24").
 */
int prefix_parse(struct prefix *p, const char *text);
/* The length is left out where it is the full one. @buf: ADDR_STRLEN bytes. */
const char *prefix_format(const struct prefix *p, char *buf);
bool prefix_contains(const struct prefix *p, const struct addr *a);

/* "02:00:00:00:00:01", also with dashes. -EINVAL otherwise. */
int mac_parse(struct mac *m, const char *text);
const char *mac_format(const struct mac *m, char *buf);

/* "tcp", "udp"; 0 for an unknown name. */
uint8_t proto_parse(const char *text);
/* "tcp", "udp", or the number; @buf: 8 bytes. */
const char *proto_format(uint8_t proto, char *buf);

/* "tcp/80", "udp/8000-8099". -EINVAL otherwise. */
int portrange_parse(struct portrange *r, const char *text);
const char *portrange_format(const struct portrange *r, char *buf /* SERVICE_STRLEN */);
/* "tcp/80" alone, no range. */
int port_parse(uint8_t *proto, uint16_t *port, const char *text);

bool service_equal(const struct service *a, const struct service *b);
/* "192.0.2.10 tcp/80"; @buf: SERVICE_STRLEN bytes. */
const char *service_format(const struct service *s, char *buf);

#endif /* RINGBACK_COMMON_ADDR_H */
