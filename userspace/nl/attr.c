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
	uint16_t len = mnl_attr_get_payload_len(attr);

	switch (kind) {
	case NL_IGNORED:
		return true;
	case NL_U8:
		return len == 1;
	case NL_U16:
		return len == 2;
	case NL_U32:
		return len == 4;
	case NL_U64:
		return len == 8;
	case NL_ADDRESS:
		return len == 4 || len == 16;
	case NL_MAC:
		return len == ETH_ALEN;
	case NL_TEXT:
		return len >= 2 && len <= RINGBACK_WATCH_NAME_MAX + 1 &&
		       strnlen(mnl_attr_get_payload(attr), len) == len - 1u;
	case NL_NEST:
		return len >= sizeof(*attr);
	}
	return false;
}

int nl_sort(const void *payload, size_t len, const struct nl_rule *rules, uint16_t max,
	    const struct nlattr **tb)
{
	const char *end = (const char *)payload + len;
	const struct nlattr *attr;

	memset(tb, 0, (max + 1) * sizeof(*tb));
	mnl_attr_for_each_payload(payload, len)
	{
		uint16_t type = mnl_attr_get_type(attr);

		if (type > max)
			continue;
		if (!fits(attr, rules[type].kind))
			return -EBADMSG;
		tb[type] = attr;
	}
	/* The loop also ends at an attribute that is longer than what is left. */
	if ((const char *)attr < end)
		return -EBADMSG;
	for (uint16_t type = 0; type <= max; type++)
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
