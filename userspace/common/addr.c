// SPDX-License-Identifier: GPL-2.0
/*
 * Addresses, prefixes and services: parsing, printing and comparing. Parsing is
 * strict: what is accepted here means one thing only.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "addr.h"

size_t addr_len(const struct addr *a)
{
	switch (a->family) {
	case AF_INET:
		return 4;
	case AF_INET6:
		return 16;
	default:
		return 0;
	}
}

int addr_from_bytes(struct addr *a, const void *bytes, size_t len)
{
	if (len != 4 && len != 16)
		return -EINVAL;
	memset(a, 0, sizeof(*a));
	a->family = len == 4 ? AF_INET : AF_INET6;
	memcpy(a->bytes, bytes, len);
	return 0;
}

int addr_from_sockaddr(struct addr *a, const struct sockaddr *sa)
{
	if (sa->sa_family == AF_INET) {
		const struct sockaddr_in *in = (const void *)sa;

		return addr_from_bytes(a, &in->sin_addr, 4);
	}
	if (sa->sa_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const void *)sa;

		if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr))
			return addr_from_bytes(a, &in6->sin6_addr.s6_addr[12], 4);
		return addr_from_bytes(a, &in6->sin6_addr, 16);
	}
	return -EAFNOSUPPORT;
}

socklen_t addr_to_sockaddr(const struct addr *a, uint16_t port, struct sockaddr_storage *ss)
{
	memset(ss, 0, sizeof(*ss));
	if (a->family == AF_INET6) {
		struct sockaddr_in6 *in6 = (void *)ss;

		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(port);
		memcpy(&in6->sin6_addr, a->bytes, 16);
		return sizeof(*in6);
	}

	struct sockaddr_in *in = (void *)ss;

	in->sin_family = AF_INET;
	in->sin_port = htons(port);
	memcpy(&in->sin_addr, a->bytes, 4);
	return sizeof(*in);
}

int addr_parse(struct addr *a, const char *text)
{
	uint8_t bytes[16];

	if (inet_pton(AF_INET, text, bytes) == 1)
		return addr_from_bytes(a, bytes, 4);
	if (inet_pton(AF_INET6, text, bytes) == 1)
		return addr_from_bytes(a, bytes, 16);
	return -EINVAL;
}

/*
 * These write digits by hand: a table of 100,000 clients prints a million of
 * them, and printf costs a thousand instructions each. No NUL; the end is returned.
 */
static char *put_decimal(char *p, unsigned int n)
{
	char digits[10];
	size_t at = sizeof(digits);

	do
		digits[--at] = '0' + n % 10;
	while (n /= 10);
	return mempcpy(p, digits + at, sizeof(digits) - at);
}

static const char hex[] = "0123456789abcdef";

/* Without leading zeros. */
static char *put_hex(char *p, uint16_t n)
{
	for (int shift = 12; shift >= 0; shift -= 4)
		if (n >> shift || !shift)
			*p++ = hex[n >> shift & 0xf];
	return p;
}

static char *put_octet(char *p, uint8_t n)
{
	if (n >= 100)
		*p++ = '0' + n / 100;
	if (n >= 10)
		*p++ = '0' + n / 10 % 10;
	*p++ = '0' + n % 10;
	return p;
}

static char *put_ipv4(char *p, const uint8_t *bytes)
{
	for (int i = 0; i < 4; i++) {
		p = put_octet(p, bytes[i]);
		*p++ = '.';
	}
	return p - 1;
}

/* The longest run of two zero groups or more, the first of equals; its length. */
static int longest_zeros(const uint16_t *group, int *start)
{
	int longest = 0;

	for (int i = 0, run = 0; i < 8; i++) {
		run = group[i] ? 0 : run + 1;
		if (run > 1 && run > longest) {
			longest = run;
			*start = i + 1 - run;
		}
	}
	return longest;
}

/* RFC 5952; the last 32 bits as IPv4 where the address stands for one. */
static char *put_ipv6(char *p, const uint8_t *bytes)
{
	uint16_t group[8];
	int start = 8, zeros, end = 8;

	for (int i = 0; i < 8; i++)
		group[i] = bytes[2 * i] << 8 | bytes[2 * i + 1];
	zeros = longest_zeros(group, &start);
	if (!start && (zeros == 6 || (zeros == 5 && group[5] == 0xffff)))
		end = 6;
	for (int i = 0; i < end; i++) {
		if (i == start) {
			*p++ = ':';
			i += zeros - 1;
			if (i == 7)
				*p++ = ':';
			continue;
		}
		if (i)
			*p++ = ':';
		p = put_hex(p, group[i]);
	}
	if (end == 8)
		return p;
	*p++ = ':';
	return put_ipv4(p, bytes + 12);
}

const char *addr_format(const struct addr *a, char *buf)
{
	char *end;

	switch (a->family) {
	case AF_INET:
		end = put_ipv4(buf, a->bytes);
		break;
	case AF_INET6:
		end = put_ipv6(buf, a->bytes);
		break;
	default:
		return strcpy(buf, "-");
	}
	*end = '\0';
	return buf;
}

int addr_cmp(const struct addr *a, const struct addr *b)
{
	uint64_t x[2], y[2];

	/* AF_INET is less than AF_INET6. */
	if (a->family != b->family)
		return a->family - b->family;
	/* What an address does not use is zero; big-endian numbers sort as their bytes do. */
	memcpy(x, a->bytes, sizeof(x));
	memcpy(y, b->bytes, sizeof(y));
	if (x[0] != y[0])
		return be64toh(x[0]) < be64toh(y[0]) ? -1 : 1;
	if (x[1] != y[1])
		return be64toh(x[1]) < be64toh(y[1]) ? -1 : 1;
	return 0;
}

bool addr_equal(const struct addr *a, const struct addr *b)
{
	return addr_cmp(a, b) == 0;
}

/* A decimal number of @min..@max without sign, blank or leading zero; -EINVAL. */
static long number_parse(const char *text, long min, long max)
{
	char *end;
	long n;

	if (!isdigit((unsigned char)text[0]) || (text[0] == '0' && text[1]))
		return -EINVAL;
	errno = 0;
	n = strtol(text, &end, 10);
	if (errno || *end || n < min || n > max)
		return -EINVAL;
	return n;
}

/* Whether all bits of @a from @len on are zero. */
static bool host_bits_clear(const struct addr *a, unsigned int len)
{
	for (size_t i = len / 8; i < addr_len(a); i++) {
		uint8_t host = i == len / 8 ? 0xff >> (len % 8) : 0xff;

		if (a->bytes[i] & host)
			return false;
	}
	return true;
}

int prefix_parse(struct prefix *p, const char *text)
{
	const char *slash = strchr(text, '/');
	char addr[ADDR_STRLEN];
	long max, len;

	if (!slash) {
		if (addr_parse(&p->addr, text))
			return -EINVAL;
		p->len = addr_len(&p->addr) * 8;
		return 0;
	}
	if ((size_t)(slash - text) >= sizeof(addr))
		return -EINVAL;
	memcpy(addr, text, slash - text);
	addr[slash - text] = '\0';
	if (addr_parse(&p->addr, addr))
		return -EINVAL;
	max = addr_len(&p->addr) * 8;
	len = number_parse(slash + 1, 0, max);
	if (len < 0)
		return -EINVAL;
	p->len = len;
	return host_bits_clear(&p->addr, len) ? 0 : -ERANGE;
}

const char *prefix_format(const struct prefix *p, char *buf)
{
	size_t n;

	addr_format(&p->addr, buf);
	if (p->len == addr_len(&p->addr) * 8)
		return buf;
	n = strlen(buf);
	snprintf(buf + n, ADDR_STRLEN - n, "/%u", p->len);
	return buf;
}

bool prefix_contains(const struct prefix *p, const struct addr *a)
{
	size_t whole = p->len / 8;
	uint8_t mask = 0xff << (8 - p->len % 8);

	if (p->addr.family != a->family || p->len > addr_len(a) * 8)
		return false;
	if (memcmp(p->addr.bytes, a->bytes, whole))
		return false;
	return p->len % 8 == 0 || !((p->addr.bytes[whole] ^ a->bytes[whole]) & mask);
}

int mac_parse(struct mac *m, const char *text)
{
	char sep = text[0] && text[1] ? text[2] : '\0';

	if (strlen(text) != 3 * ETH_ALEN - 1 || (sep != ':' && sep != '-'))
		return -EINVAL;
	for (size_t i = 0; i < ETH_ALEN; i++, text += 3) {
		const char octet[3] = { text[0], text[1], '\0' };

		if (!isxdigit((unsigned char)text[0]) || !isxdigit((unsigned char)text[1]))
			return -EINVAL;
		if (text[2] && text[2] != sep)
			return -EINVAL;
		m->bytes[i] = strtoul(octet, NULL, 16);
	}
	return 0;
}

const char *mac_format(const struct mac *m, char *buf)
{
	char *p = buf;

	for (size_t i = 0; i < ETH_ALEN; i++) {
		*p++ = hex[m->bytes[i] >> 4];
		*p++ = hex[m->bytes[i] & 0xf];
		*p++ = ':';
	}
	p[-1] = '\0';
	return buf;
}

uint8_t proto_parse(const char *text)
{
	if (!strcmp(text, "tcp"))
		return IPPROTO_TCP;
	if (!strcmp(text, "udp"))
		return IPPROTO_UDP;
	return 0;
}

const char *proto_format(uint8_t proto, char *buf)
{
	switch (proto) {
	case IPPROTO_TCP:
		return strcpy(buf, "tcp");
	case IPPROTO_UDP:
		return strcpy(buf, "udp");
	default:
		snprintf(buf, 8, "%u", proto);
		return buf;
	}
}

int portrange_parse(struct portrange *r, const char *text)
{
	char word[24], *slash, *dash;
	long first, last;

	if (strlen(text) >= sizeof(word))
		return -EINVAL;
	strcpy(word, text);
	slash = strchr(word, '/');
	if (!slash)
		return -EINVAL;
	*slash = '\0';
	dash = strchr(slash + 1, '-');
	if (dash)
		*dash = '\0';
	r->proto = proto_parse(word);
	first = number_parse(slash + 1, 1, UINT16_MAX);
	last = dash ? number_parse(dash + 1, 1, UINT16_MAX) : first;
	if (!r->proto || first < 0 || last < first)
		return -EINVAL;
	r->first = first;
	r->last = last;
	return 0;
}

const char *portrange_format(const struct portrange *r, char *buf)
{
	char *p = buf + strlen(proto_format(r->proto, buf));

	*p++ = '/';
	p = put_decimal(p, r->first);
	if (r->first != r->last) {
		*p++ = '-';
		p = put_decimal(p, r->last);
	}
	*p = '\0';
	return buf;
}

int port_parse(uint8_t *proto, uint16_t *port, const char *text)
{
	struct portrange r;

	if (portrange_parse(&r, text) || strchr(text, '-'))
		return -EINVAL;
	*proto = r.proto;
	*port = r.first;
	return 0;
}

bool service_equal(const struct service *a, const struct service *b)
{
	return a->port == b->port && a->proto == b->proto && addr_equal(&a->server, &b->server);
}

const char *service_format(const struct service *s, char *buf)
{
	char addr[ADDR_STRLEN], proto[8];

	snprintf(buf, SERVICE_STRLEN, "%s %s/%u", addr_format(&s->server, addr),
		 proto_format(s->proto, proto), s->port);
	return buf;
}
