// SPDX-License-Identifier: GPL-2.0
/* The stand-in: its lease, and decisions on clients. */
#include <errno.h>
#include <string.h>

#include "request.h"

/* Enough for all attributes of a decision, or of a filter. */
#define DECISION_ROOM 128

int nl_standin_set(struct nl *nl, uint32_t lease, uint16_t queue)
{
	struct nlmsghdr *nlh;

	nlh = nl_begin(nl, nl->family, RINGBACK_CMD_STANDIN_SET, 0, 32);
	if (!nlh)
		return -ENOMEM;
	mnl_attr_put_u32(nlh, RINGBACK_A_STANDIN_LEASE, lease);
	mnl_attr_put_u16(nlh, RINGBACK_A_STANDIN_QUEUE, queue);
	return nl_run(nl, nlh, NULL, NULL);
}

int nl_standin_parse(const struct nlmsghdr *nlh, struct nl_standin *standin)
{
	static const struct nl_rule rules[RINGBACK_A_STANDIN_MAX + 1] = {
		[RINGBACK_A_STANDIN_LEASE] = { NL_U32, true },
		[RINGBACK_A_STANDIN_QUEUE] = { NL_U16, true },
		[RINGBACK_A_STANDIN_DECISIONS] = { NL_U32, true },
	};
	const struct nlattr *tb[RINGBACK_A_STANDIN_MAX + 1];
	int err = nl_sort_message(nlh, rules, RINGBACK_A_STANDIN_MAX, tb);

	if (err)
		return err;
	standin->lease = mnl_attr_get_u32(tb[RINGBACK_A_STANDIN_LEASE]);
	standin->queue = mnl_attr_get_u16(tb[RINGBACK_A_STANDIN_QUEUE]);
	standin->decisions = mnl_attr_get_u32(tb[RINGBACK_A_STANDIN_DECISIONS]);
	return 0;
}

static int read_standin(const struct nlmsghdr *nlh, void *arg)
{
	return nl_standin_parse(nlh, arg);
}

int nl_standin_get(struct nl *nl, struct nl_standin *standin)
{
	struct nlmsghdr *nlh = nl_begin(nl, nl->family, RINGBACK_CMD_STANDIN_GET, 0, 0);

	return nlh ? nl_run(nl, nlh, read_standin, standin) : -ENOMEM;
}

int nl_decision_new(struct nl *nl, const struct nl_decision *d)
{
	struct nlmsghdr *nlh;

	nlh = nl_begin(nl, nl->family, RINGBACK_CMD_DECISION_NEW, 0, DECISION_ROOM);
	if (!nlh)
		return -ENOMEM;
	nl_put_addr(nlh, RINGBACK_A_DECISION_CLIENT, &d->client);
	nl_put_addr(nlh, RINGBACK_A_DECISION_SERVER, &d->service.server);
	mnl_attr_put_u8(nlh, RINGBACK_A_DECISION_PROTO, d->service.proto);
	nl_put_port(nlh, RINGBACK_A_DECISION_PORT, d->service.port);
	mnl_attr_put_u8(nlh, RINGBACK_A_DECISION_VERDICT, d->verdict);
	mnl_attr_put_u32(nlh, RINGBACK_A_DECISION_TTL, d->ttl);
	return nl_run(nl, nlh, NULL, NULL);
}

int nl_decision_parse(const struct nlmsghdr *nlh, struct nl_decision *d)
{
	static const struct nl_rule rules[RINGBACK_A_DECISION_MAX + 1] = {
		[RINGBACK_A_DECISION_CLIENT] = { NL_ADDRESS, true },
		[RINGBACK_A_DECISION_SERVER] = { NL_ADDRESS, true },
		[RINGBACK_A_DECISION_PROTO] = { NL_U8, true },
		[RINGBACK_A_DECISION_PORT] = { NL_U16, true },
		[RINGBACK_A_DECISION_VERDICT] = { NL_U8, true },
		[RINGBACK_A_DECISION_TTL] = { NL_U32, true },
	};
	const struct nlattr *tb[RINGBACK_A_DECISION_MAX + 1];
	int err;

	memset(d, 0, sizeof(*d));
	err = nl_sort_message(nlh, rules, RINGBACK_A_DECISION_MAX, tb);
	if (err)
		return err;
	nl_get_addr(&d->client, tb[RINGBACK_A_DECISION_CLIENT]);
	nl_get_addr(&d->service.server, tb[RINGBACK_A_DECISION_SERVER]);
	if (d->client.family != d->service.server.family)
		return -EBADMSG;
	d->service.proto = mnl_attr_get_u8(tb[RINGBACK_A_DECISION_PROTO]);
	d->service.port = nl_get_port(tb[RINGBACK_A_DECISION_PORT]);
	d->verdict = mnl_attr_get_u8(tb[RINGBACK_A_DECISION_VERDICT]);
	d->ttl = mnl_attr_get_u32(tb[RINGBACK_A_DECISION_TTL]);
	return 0;
}

struct dump {
	nl_decision_cb cb;
	void *arg;
};

static int dump_row(const struct nlmsghdr *nlh, void *arg)
{
	const struct dump *dump = arg;
	struct nl_decision d;
	int err = nl_decision_parse(nlh, &d);

	return err ? err : dump->cb(&d, dump->arg);
}

int nl_decision_dump(struct nl *nl, nl_decision_cb cb, void *arg)
{
	struct dump dump = { cb, arg };
	struct nlmsghdr *nlh;

	nlh = nl_begin(nl, nl->family, RINGBACK_CMD_DECISION_GET, NLM_F_DUMP, 0);
	return nlh ? nl_run(nl, nlh, dump_row, &dump) : -ENOMEM;
}

int nl_decision_del(struct nl *nl, const struct nl_filter *f)
{
	struct nlmsghdr *nlh;

	nlh = nl_begin(nl, nl->family, RINGBACK_CMD_DECISION_DEL, 0, DECISION_ROOM);
	if (!nlh)
		return -ENOMEM;
	if (f->client.family != AF_UNSPEC)
		nl_put_addr(nlh, RINGBACK_A_DECISION_CLIENT, &f->client);
	if (f->server.family != AF_UNSPEC)
		nl_put_addr(nlh, RINGBACK_A_DECISION_SERVER, &f->server);
	if (f->client.family == AF_UNSPEC && f->server.family == AF_UNSPEC)
		mnl_attr_put(nlh, RINGBACK_A_DECISION_ALL, 0, NULL);
	if (f->proto) {
		mnl_attr_put_u8(nlh, RINGBACK_A_DECISION_PROTO, f->proto);
		nl_put_port(nlh, RINGBACK_A_DECISION_PORT, f->port);
	}
	return nl_run(nl, nlh, NULL, NULL);
}
