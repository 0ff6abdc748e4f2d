// SPDX-License-Identifier: GPL-2.0
/* Attempts: dump with a filter, forget. */
#include <errno.h>
#include <string.h>

#include "request.h"

int nl_attempt_parse(const struct nlmsghdr *nlh, struct nl_attempt *a)
{
	static const struct nl_rule rules[RINGBACK_A_ATTEMPT_MAX + 1] = {
		[RINGBACK_A_ATTEMPT_CLIENT] = { NL_ADDRESS, true },
		[RINGBACK_A_ATTEMPT_SERVER] = { NL_ADDRESS, true },
		[RINGBACK_A_ATTEMPT_PROTO] = { NL_U8, true },
		[RINGBACK_A_ATTEMPT_PORT] = { NL_U16, true },
		[RINGBACK_A_ATTEMPT_STATE] = { NL_U8, true },
		[RINGBACK_A_ATTEMPT_REASON] = { NL_U8, true },
		[RINGBACK_A_ATTEMPT_COUNT] = { NL_U32, false },
		[RINGBACK_A_ATTEMPT_FIRST] = { NL_U64, true },
		[RINGBACK_A_ATTEMPT_LAST] = { NL_U64, true },
		[RINGBACK_A_ATTEMPT_WATCH] = { NL_TEXT, false },
		[RINGBACK_A_ATTEMPT_MAC] = { NL_MAC, false },
		[RINGBACK_A_ATTEMPT_IFINDEX] = { NL_U32, false },
	};
	const struct nlattr *tb[RINGBACK_A_ATTEMPT_MAX + 1];
	int err;

	memset(a, 0, sizeof(*a));
	err = nl_sort_message(nlh, rules, RINGBACK_A_ATTEMPT_MAX, tb);
	if (err)
		return err;
	nl_get_addr(&a->client, tb[RINGBACK_A_ATTEMPT_CLIENT]);
	nl_get_addr(&a->service.server, tb[RINGBACK_A_ATTEMPT_SERVER]);
	if (a->client.family != a->service.server.family)
		return -EBADMSG;
	a->service.proto = mnl_attr_get_u8(tb[RINGBACK_A_ATTEMPT_PROTO]);
	a->service.port = nl_get_port(tb[RINGBACK_A_ATTEMPT_PORT]);
	a->state = mnl_attr_get_u8(tb[RINGBACK_A_ATTEMPT_STATE]);
	a->reason = mnl_attr_get_u8(tb[RINGBACK_A_ATTEMPT_REASON]);
	a->count = nl_get_u32(tb[RINGBACK_A_ATTEMPT_COUNT], 0);
	a->first = nl_get_time(tb[RINGBACK_A_ATTEMPT_FIRST]);
	a->last = nl_get_time(tb[RINGBACK_A_ATTEMPT_LAST]);
	nl_get_name(a->watch, tb[RINGBACK_A_ATTEMPT_WATCH]);
	a->has_mac = tb[RINGBACK_A_ATTEMPT_MAC];
	if (a->has_mac)
		memcpy(a->mac.bytes, mnl_attr_get_payload(tb[RINGBACK_A_ATTEMPT_MAC]), ETH_ALEN);
	a->ifindex = nl_get_u32(tb[RINGBACK_A_ATTEMPT_IFINDEX], 0);
	return 0;
}

/* Enough for all attributes of a filter. */
#define FILTER_ROOM 128

static void put_filter(struct nlmsghdr *nlh, const struct nl_filter *f)
{
	if (f->client.family != AF_UNSPEC)
		nl_put_addr(nlh, RINGBACK_A_ATTEMPT_CLIENT, &f->client);
	if (f->server.family != AF_UNSPEC)
		nl_put_addr(nlh, RINGBACK_A_ATTEMPT_SERVER, &f->server);
	if (f->proto) {
		mnl_attr_put_u8(nlh, RINGBACK_A_ATTEMPT_PROTO, f->proto);
		nl_put_port(nlh, RINGBACK_A_ATTEMPT_PORT, f->port);
	}
	if (f->state >= 0)
		mnl_attr_put_u8(nlh, RINGBACK_A_ATTEMPT_STATE, f->state);
}

struct dump {
	nl_attempt_cb cb;
	void *arg;
};

static int dump_row(const struct nlmsghdr *nlh, void *arg)
{
	const struct dump *d = arg;
	struct nl_attempt a;
	int err = nl_attempt_parse(nlh, &a);

	return err ? err : d->cb(&a, d->arg);
}

int nl_attempt_dump(struct nl *nl, const struct nl_filter *f, nl_attempt_cb cb, void *arg)
{
	struct dump d = { cb, arg };
	struct nlmsghdr *nlh;

	nlh = nl_begin(nl, nl->family, RINGBACK_CMD_ATTEMPT_GET, NLM_F_DUMP, FILTER_ROOM);
	if (!nlh)
		return -ENOMEM;
	put_filter(nlh, f);
	return nl_run(nl, nlh, dump_row, &d);
}

static int read_forgotten(const struct nlmsghdr *nlh, void *arg)
{
	static const struct nl_rule rules[RINGBACK_A_ATTEMPT_MAX + 1] = {
		[RINGBACK_A_ATTEMPT_FORGOTTEN] = { NL_U32, true },
	};
	const struct nlattr *tb[RINGBACK_A_ATTEMPT_MAX + 1];
	uint32_t *n = arg;
	int err;

	err = nl_sort_message(nlh, rules, RINGBACK_A_ATTEMPT_MAX, tb);
	if (!err)
		*n = mnl_attr_get_u32(tb[RINGBACK_A_ATTEMPT_FORGOTTEN]);
	return err;
}

int nl_attempt_forget(struct nl *nl, const struct nl_filter *f, uint32_t *n)
{
	struct nlmsghdr *nlh;
	uint32_t forgotten = 0;
	int err;

	nlh = nl_begin(nl, nl->family, RINGBACK_CMD_ATTEMPT_FORGET, 0, FILTER_ROOM);
	if (!nlh)
		return -ENOMEM;
	if (f->client.family == AF_UNSPEC && f->server.family == AF_UNSPEC)
		mnl_attr_put(nlh, RINGBACK_A_ATTEMPT_ALL, 0, NULL);
	else
		put_filter(nlh, f);
	err = nl_run(nl, nlh, read_forgotten, &forgotten);
	if (n)
		*n = forgotten;
	return err;
}
