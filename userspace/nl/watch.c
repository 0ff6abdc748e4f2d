// SPDX-License-Identifier: GPL-2.0
/* Watches: new, delete, dump. Prefixes and port ranges are repeated nests. */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "request.h"

/* A nest of a prefix: its header, an IPv6 address and a length, each aligned. */
#define PREFIX_ROOM (4 + 20 + 8)
#define PORT_ROOM   (4 + 3 * 8)

size_t nl_watch_room(const struct conf_watch *w)
{
	return 256 + (w->n_servers + w->n_clients) * PREFIX_ROOM + w->n_ports * PORT_ROOM;
}

static void put_prefix(struct nlmsghdr *nlh, uint16_t type, const struct prefix *p)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, type);

	nl_put_addr(nlh, RINGBACK_A_PREFIX_ADDR, &p->addr);
	mnl_attr_put_u8(nlh, RINGBACK_A_PREFIX_LEN, p->len);
	mnl_attr_nest_end(nlh, nest);
}

static void put_port(struct nlmsghdr *nlh, const struct portrange *r)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, RINGBACK_A_WATCH_PORT);

	mnl_attr_put_u8(nlh, RINGBACK_A_PORT_PROTO, r->proto);
	nl_put_port(nlh, RINGBACK_A_PORT_FIRST, r->first);
	if (r->last != r->first)
		nl_put_port(nlh, RINGBACK_A_PORT_LAST, r->last);
	mnl_attr_nest_end(nlh, nest);
}

/* Zero leaves the choice to the module. */
static void put_number(struct nlmsghdr *nlh, uint16_t type, uint32_t n)
{
	if (n)
		mnl_attr_put_u32(nlh, type, n);
}

void nl_watch_put(struct nlmsghdr *nlh, const struct conf_watch *w)
{
	mnl_attr_put_strz(nlh, RINGBACK_A_WATCH_NAME, w->name);
	for (size_t i = 0; i < w->n_servers; i++)
		put_prefix(nlh, RINGBACK_A_WATCH_SERVER, &w->servers[i]);
	for (size_t i = 0; i < w->n_clients; i++)
		put_prefix(nlh, RINGBACK_A_WATCH_CLIENT, &w->clients[i]);
	for (size_t i = 0; i < w->n_ports; i++)
		put_port(nlh, &w->ports[i]);
	put_number(nlh, RINGBACK_A_WATCH_HOOKS, w->hooks);
	if (w->mirror_dev[0])
		mnl_attr_put_strz(nlh, RINGBACK_A_WATCH_MIRROR_DEV, w->mirror_dev);
	put_number(nlh, RINGBACK_A_WATCH_NO_REPLY, w->no_reply);
	put_number(nlh, RINGBACK_A_WATCH_KEEP, w->keep);
	put_number(nlh, RINGBACK_A_WATCH_DOWN_AFTER, w->down_after);
	put_number(nlh, RINGBACK_A_WATCH_DOWN_CLIENTS, w->down_clients);
	mnl_attr_put_u8(nlh, RINGBACK_A_WATCH_ADMISSION, w->admission);
	if (w->reverse_path)
		mnl_attr_put_u8(nlh, RINGBACK_A_WATCH_REVERSE_PATH, 1);
	if (w->standin)
		mnl_attr_put_u8(nlh, RINGBACK_A_WATCH_STANDIN, 1);
}

int nl_watch_new(struct nl *nl, const struct conf_watch *w, bool replace)
{
	struct nlmsghdr *nlh;

	nlh = nl_begin(nl, nl->family, RINGBACK_CMD_WATCH_NEW, replace ? NLM_F_REPLACE : 0,
		       nl_watch_room(w));
	if (!nlh)
		return -ENOMEM;
	nl_watch_put(nlh, w);
	return nl_run(nl, nlh, NULL, NULL);
}

int nl_watch_del(struct nl *nl, const char *name)
{
	struct nlmsghdr *nlh;

	if (strlen(name) > RINGBACK_WATCH_NAME_MAX)
		return nl_fail(nl, -ENOENT, "no watch has a name of over %d characters",
			       RINGBACK_WATCH_NAME_MAX);
	nlh = nl_begin(nl, nl->family, RINGBACK_CMD_WATCH_DEL, 0, 64);
	if (!nlh)
		return -ENOMEM;
	mnl_attr_put_strz(nlh, RINGBACK_A_WATCH_NAME, name);
	return nl_run(nl, nlh, NULL, NULL);
}

static int read_prefix(struct prefix *p, const struct nlattr *nest)
{
	static const struct nl_rule rules[RINGBACK_A_PREFIX_MAX + 1] = {
		[RINGBACK_A_PREFIX_ADDR] = { NL_ADDRESS, true },
		[RINGBACK_A_PREFIX_LEN] = { NL_U8, true },
	};
	const struct nlattr *tb[RINGBACK_A_PREFIX_MAX + 1];
	int err;

	err = nl_sort(mnl_attr_get_payload(nest), mnl_attr_get_payload_len(nest), rules,
		      RINGBACK_A_PREFIX_MAX, tb);
	if (err)
		return err;
	nl_get_addr(&p->addr, tb[RINGBACK_A_PREFIX_ADDR]);
	p->len = mnl_attr_get_u8(tb[RINGBACK_A_PREFIX_LEN]);
	return p->len <= addr_len(&p->addr) * 8 ? 0 : -EBADMSG;
}

static int read_port(struct portrange *r, const struct nlattr *nest)
{
	static const struct nl_rule rules[RINGBACK_A_PORT_MAX + 1] = {
		[RINGBACK_A_PORT_PROTO] = { NL_U8, true },
		[RINGBACK_A_PORT_FIRST] = { NL_U16, true },
		[RINGBACK_A_PORT_LAST] = { NL_U16, false },
	};
	const struct nlattr *tb[RINGBACK_A_PORT_MAX + 1];
	int err;

	err = nl_sort(mnl_attr_get_payload(nest), mnl_attr_get_payload_len(nest), rules,
		      RINGBACK_A_PORT_MAX, tb);
	if (err)
		return err;
	r->proto = mnl_attr_get_u8(tb[RINGBACK_A_PORT_PROTO]);
	r->first = nl_get_port(tb[RINGBACK_A_PORT_FIRST]);
	r->last = tb[RINGBACK_A_PORT_LAST] ? nl_get_port(tb[RINGBACK_A_PORT_LAST]) : r->first;
	return r->first && r->first <= r->last ? 0 : -EBADMSG;
}

/* Attributes of @type in a message whose attributes are checked. */
static size_t count(const struct nlmsghdr *nlh, uint16_t type)
{
	const struct nlattr *attr;
	size_t n = 0;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
		n += mnl_attr_get_type(attr) == type;
	return n;
}

static int read_lists(const struct nlmsghdr *nlh, struct conf_watch *w)
{
	const struct nlattr *attr;
	int err = 0;

	/* One more than needed: calloc(0) may be NULL without an error. */
	w->servers = calloc(count(nlh, RINGBACK_A_WATCH_SERVER) + 1, sizeof(*w->servers));
	w->clients = calloc(count(nlh, RINGBACK_A_WATCH_CLIENT) + 1, sizeof(*w->clients));
	w->ports = calloc(count(nlh, RINGBACK_A_WATCH_PORT) + 1, sizeof(*w->ports));
	if (!w->servers || !w->clients || !w->ports)
		return -ENOMEM;
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		switch (mnl_attr_get_type(attr)) {
		case RINGBACK_A_WATCH_SERVER:
			err = read_prefix(&w->servers[w->n_servers++], attr);
			break;
		case RINGBACK_A_WATCH_CLIENT:
			err = read_prefix(&w->clients[w->n_clients++], attr);
			break;
		case RINGBACK_A_WATCH_PORT:
			err = read_port(&w->ports[w->n_ports++], attr);
			break;
		}
		if (err)
			return err;
	}
	return 0;
}

int nl_watch_parse(const struct nlmsghdr *nlh, struct conf_watch *w)
{
	static const struct nl_rule rules[RINGBACK_A_WATCH_MAX + 1] = {
		[RINGBACK_A_WATCH_NAME] = { NL_TEXT, true },
		[RINGBACK_A_WATCH_ID] = { NL_U32, false },
		[RINGBACK_A_WATCH_SERVER] = { NL_NEST, true },
		[RINGBACK_A_WATCH_CLIENT] = { NL_NEST, false },
		[RINGBACK_A_WATCH_PORT] = { NL_NEST, true },
		[RINGBACK_A_WATCH_HOOKS] = { NL_U32, true },
		[RINGBACK_A_WATCH_MIRROR_DEV] = { NL_TEXT, false },
		[RINGBACK_A_WATCH_NO_REPLY] = { NL_U32, false },
		[RINGBACK_A_WATCH_KEEP] = { NL_U32, false },
		[RINGBACK_A_WATCH_DOWN_AFTER] = { NL_U32, false },
		[RINGBACK_A_WATCH_DOWN_CLIENTS] = { NL_U32, false },
		[RINGBACK_A_WATCH_ADMISSION] = { NL_U8, false },
		[RINGBACK_A_WATCH_REVERSE_PATH] = { NL_U8, false },
		[RINGBACK_A_WATCH_WAITING] = { NL_FLAG, false },
		[RINGBACK_A_WATCH_STANDIN] = { NL_U8, false },
	};
	const struct nlattr *tb[RINGBACK_A_WATCH_MAX + 1];
	char dev[RINGBACK_WATCH_NAME_MAX + 1];
	int err;

	memset(w, 0, sizeof(*w));
	err = nl_sort_message(nlh, rules, RINGBACK_A_WATCH_MAX, tb);
	if (err)
		return err;
	nl_get_name(w->name, tb[RINGBACK_A_WATCH_NAME]);
	nl_get_name(dev, tb[RINGBACK_A_WATCH_MIRROR_DEV]);
	if (strlen(dev) >= sizeof(w->mirror_dev))
		return -EBADMSG;
	memcpy(w->mirror_dev, dev, strlen(dev) + 1);
	w->id = nl_get_u32(tb[RINGBACK_A_WATCH_ID], 0);
	w->hooks = mnl_attr_get_u32(tb[RINGBACK_A_WATCH_HOOKS]);
	w->no_reply = nl_get_u32(tb[RINGBACK_A_WATCH_NO_REPLY], 0);
	w->keep = nl_get_u32(tb[RINGBACK_A_WATCH_KEEP], 0);
	w->down_after = nl_get_u32(tb[RINGBACK_A_WATCH_DOWN_AFTER], 0);
	w->down_clients = nl_get_u32(tb[RINGBACK_A_WATCH_DOWN_CLIENTS], 0);
	if (tb[RINGBACK_A_WATCH_ADMISSION])
		w->admission = mnl_attr_get_u8(tb[RINGBACK_A_WATCH_ADMISSION]);
	if (tb[RINGBACK_A_WATCH_REVERSE_PATH])
		w->reverse_path = mnl_attr_get_u8(tb[RINGBACK_A_WATCH_REVERSE_PATH]);
	w->mirror_waits = tb[RINGBACK_A_WATCH_WAITING];
	if (tb[RINGBACK_A_WATCH_STANDIN])
		w->standin = mnl_attr_get_u8(tb[RINGBACK_A_WATCH_STANDIN]);
	return read_lists(nlh, w);
}

void nl_watch_clear(struct conf_watch *w)
{
	free(w->servers);
	free(w->clients);
	free(w->ports);
	memset(w, 0, sizeof(*w));
}

struct dump {
	nl_watch_cb cb;
	void *arg;
};

static int dump_row(const struct nlmsghdr *nlh, void *arg)
{
	const struct dump *d = arg;
	struct conf_watch w;
	int err = nl_watch_parse(nlh, &w);

	if (!err)
		err = d->cb(&w, d->arg);
	nl_watch_clear(&w);
	return err;
}

int nl_watch_dump(struct nl *nl, nl_watch_cb cb, void *arg)
{
	struct dump d = { cb, arg };
	struct nlmsghdr *nlh;

	nlh = nl_begin(nl, nl->family, RINGBACK_CMD_WATCH_GET, NLM_F_DUMP, 0);
	return nlh ? nl_run(nl, nlh, dump_row, &d) : -ENOMEM;
}
