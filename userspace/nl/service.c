// SPDX-License-Identifier: GPL-2.0
/* Services in trouble: dump, declare up or down, and what becomes of new connections. */
#include <errno.h>
#include <string.h>

#include "request.h"

int nl_service_parse(const struct nlmsghdr *nlh, struct nl_service *s)
{
	static const struct nl_rule rules[RINGBACK_A_SERVICE_MAX + 1] = {
		[RINGBACK_A_SERVICE_SERVER] = { NL_ADDRESS, true },
		[RINGBACK_A_SERVICE_PROTO] = { NL_U8, true },
		[RINGBACK_A_SERVICE_PORT] = { NL_U16, true },
		[RINGBACK_A_SERVICE_STATE] = { NL_U8, true },
		[RINGBACK_A_SERVICE_REASON] = { NL_U8, false },
		[RINGBACK_A_SERVICE_FAILURES] = { NL_U32, false },
		[RINGBACK_A_SERVICE_CLIENTS] = { NL_U32, false },
		[RINGBACK_A_SERVICE_SINCE] = { NL_U64, true },
		[RINGBACK_A_SERVICE_CHANGED] = { NL_U64, true },
		[RINGBACK_A_SERVICE_ANSWERED] = { NL_U64, false },
		[RINGBACK_A_SERVICE_WATCH] = { NL_TEXT, false },
		[RINGBACK_A_SERVICE_STANDIN] = { NL_U8, false },
	};
	const struct nlattr *tb[RINGBACK_A_SERVICE_MAX + 1];
	int err;

	memset(s, 0, sizeof(*s));
	err = nl_sort_message(nlh, rules, RINGBACK_A_SERVICE_MAX, tb);
	if (err)
		return err;
	nl_get_addr(&s->service.server, tb[RINGBACK_A_SERVICE_SERVER]);
	s->service.proto = mnl_attr_get_u8(tb[RINGBACK_A_SERVICE_PROTO]);
	s->service.port = nl_get_port(tb[RINGBACK_A_SERVICE_PORT]);
	s->state = mnl_attr_get_u8(tb[RINGBACK_A_SERVICE_STATE]);
	if (tb[RINGBACK_A_SERVICE_REASON])
		s->reason = mnl_attr_get_u8(tb[RINGBACK_A_SERVICE_REASON]);
	s->failures = nl_get_u32(tb[RINGBACK_A_SERVICE_FAILURES], 0);
	s->clients = nl_get_u32(tb[RINGBACK_A_SERVICE_CLIENTS], 0);
	s->since = nl_get_time(tb[RINGBACK_A_SERVICE_SINCE]);
	s->changed = nl_get_time(tb[RINGBACK_A_SERVICE_CHANGED]);
	s->answered = nl_get_time(tb[RINGBACK_A_SERVICE_ANSWERED]);
	nl_get_name(s->watch, tb[RINGBACK_A_SERVICE_WATCH]);
	if (tb[RINGBACK_A_SERVICE_STANDIN])
		s->standin = mnl_attr_get_u8(tb[RINGBACK_A_SERVICE_STANDIN]);
	return 0;
}

struct dump {
	nl_service_cb cb;
	void *arg;
};

static int dump_row(const struct nlmsghdr *nlh, void *arg)
{
	const struct dump *d = arg;
	struct nl_service s;
	int err = nl_service_parse(nlh, &s);

	return err ? err : d->cb(&s, d->arg);
}

int nl_service_dump(struct nl *nl, nl_service_cb cb, void *arg)
{
	struct dump d = { cb, arg };
	struct nlmsghdr *nlh;

	nlh = nl_begin(nl, nl->family, RINGBACK_CMD_SERVICE_GET, NLM_F_DUMP, 0);
	return nlh ? nl_run(nl, nlh, dump_row, &d) : -ENOMEM;
}

/* SERVICE_SET with the one thing that is to change. */
static int set(struct nl *nl, const struct service *s, uint16_t type, uint8_t value)
{
	struct nlmsghdr *nlh;

	nlh = nl_begin(nl, nl->family, RINGBACK_CMD_SERVICE_SET, 0, 128);
	if (!nlh)
		return -ENOMEM;
	nl_put_addr(nlh, RINGBACK_A_SERVICE_SERVER, &s->server);
	mnl_attr_put_u8(nlh, RINGBACK_A_SERVICE_PROTO, s->proto);
	nl_put_port(nlh, RINGBACK_A_SERVICE_PORT, s->port);
	mnl_attr_put_u8(nlh, type, value);
	return nl_run(nl, nlh, NULL, NULL);
}

int nl_service_set(struct nl *nl, const struct service *s, enum ringback_service_state state)
{
	return set(nl, s, RINGBACK_A_SERVICE_STATE, state);
}

int nl_service_standin(struct nl *nl, const struct service *s, enum ringback_standin standin)
{
	return set(nl, s, RINGBACK_A_SERVICE_STANDIN, standin);
}
