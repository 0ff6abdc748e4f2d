// SPDX-License-Identifier: GPL-2.0
/*
 * Checks of attributes, and the few forms they come in. Nothing reads a
 * payload before nl_sort() has seen its length.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "request.h"

static bool fits(const struct nlattr *attr, enum nl_kind kind)
{
	static const struct {
		uint16_t min, max;
	} length[] = {
		[NL_IGNORED] = { 0, UINT16_MAX },
		[NL_U8] = { 1, 1 },
		[NL_U16] = { 2, 2 },
		[NL_U32] = { 4, 4 },
		[NL_U64] = { 8, 8 },
		[NL_ADDRESS] = { 4, 16 },
		[NL_MAC] = { ETH_ALEN, ETH_ALEN },
		[NL_TEXT] = { 2, RINGBACK_WATCH_NAME_MAX + 1 },
		[NL_NEST] = { NLA_HDRLEN, UINT16_MAX },
		[NL_FLAG] = { 0, 0 },
	};
	uint16_t len = attr->nla_len - NLA_HDRLEN;

	if (len < length[kind].min || len > length[kind].max)
		return false;
	if (kind == NL_ADDRESS)
		return len == 4 || len == 16;
	if (kind == NL_TEXT)
		return strnlen(mnl_attr_get_payload(attr), len) == len - 1u;
	return true;
}

int nl_sort(const void *payload, size_t len, const struct nl_rule *rules, uint16_t max,
	    const struct nlattr **tb)
{
	const struct nlattr *attr = payload;
	size_t step;

	memset(tb, 0, (max + 1) * sizeof(*tb));
	/* By hand: libmnl's steps are a call each, and a table has a million attributes. */
	for (; len >= sizeof(*attr);
	     len -= step, attr = (const void *)((const char *)attr + step)) {
		unsigned int size = attr->nla_len, type = attr->nla_type & NLA_TYPE_MASK;

		if (size < sizeof(*attr) || size > len)
			return -EBADMSG;
		if (type <= max) {
			if (!fits(attr, rules[type].kind))
				return -EBADMSG;
			tb[type] = attr;
		}
		/* The last one may come without its padding. */
		step = NLA_ALIGN(size) < len ? NLA_ALIGN(size) : len;
	}
	if (len)
		return -EBADMSG;
	for (unsigned int type = 0; type <= max; type++)
		if (rules[type].required && !tb[type])
			return -EBADMSG;
	return 0;
}

int nl_sort_message(const struct nlmsghdr *nlh, const struct nl_rule *rules, uint16_t max,
		    const struct nlattr **tb)
{
	size_t header = MNL_ALIGN(sizeof(struct genlmsghdr));
	size_t len = mnl_nlmsg_get_payload_len(nlh);

	if (len < header)
		return -EBADMSG;
	return nl_sort(mnl_nlmsg_get_payload_offset(nlh, header), len - header, rules, max, tb);
}

void nl_get_addr(struct addr *a, const struct nlattr *attr)
{
	addr_from_bytes(a, mnl_attr_get_payload(attr), mnl_attr_get_payload_len(attr));
}

uint16_t nl_get_port(const struct nlattr *attr)
{
	return ntohs(mnl_attr_get_u16(attr));
}

uint32_t nl_get_u32(const struct nlattr *attr, uint32_t absent)
{
	return attr ? mnl_attr_get_u32(attr) : absent;
}

int64_t nl_get_time(const struct nlattr *attr)
{
	return attr ? (int64_t)mnl_attr_get_u64(attr) : 0;
}

void nl_get_name(char name[RINGBACK_WATCH_NAME_MAX + 1], const struct nlattr *attr)
{
	if (attr)
		strcpy(name, mnl_attr_get_str(attr));
	else
		name[0] = '\0';
}

void nl_put_addr(struct nlmsghdr *nlh, uint16_t type, const struct addr *a)
{
	mnl_attr_put(nlh, type, addr_len(a), a->bytes);
}

void nl_put_port(struct nlmsghdr *nlh, uint16_t type, uint16_t port)
{
	mnl_attr_put_u16(nlh, type, htons(port));
}
