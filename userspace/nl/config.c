// SPDX-License-Identifier: GPL-2.0
/* Limits of the namespace. */
#include <errno.h>
#include <string.h>

#include "request.h"

static const char *const names[RINGBACK_A_CONFIG_MAX + 1] = {
	[RINGBACK_A_CONFIG_MAX_ATTEMPTS] = "max-attempts",
	[RINGBACK_A_CONFIG_MAX_PER_CLIENT] = "max-per-client",
	[RINGBACK_A_CONFIG_MAX_PER_SERVICE] = "max-per-service",
	[RINGBACK_A_CONFIG_MAX_SERVICES] = "max-services",
	[RINGBACK_A_CONFIG_MAX_DECISIONS] = "max-decisions",
};

const char *nl_config_name(int attr)
{
	return attr < 0 || attr > RINGBACK_A_CONFIG_MAX ? NULL : names[attr];
}

int nl_config_parse(const struct nlmsghdr *nlh, struct nl_config *c)
{
	struct nl_rule rules[RINGBACK_A_CONFIG_MAX + 1] = { 0 };
	const struct nlattr *tb[RINGBACK_A_CONFIG_MAX + 1];
	int err;

	for (int i = 0; i <= RINGBACK_A_CONFIG_MAX; i++)
		if (names[i])
			rules[i].kind = NL_U32;
	memset(c, 0, sizeof(*c));
	err = nl_sort_message(nlh, rules, RINGBACK_A_CONFIG_MAX, tb);
	if (err)
		return err;
	for (int i = 0; i <= RINGBACK_A_CONFIG_MAX; i++)
		if (names[i])
			c->value[i] = nl_get_u32(tb[i], 0);
	return 0;
}

static int read_config(const struct nlmsghdr *nlh, void *arg)
{
	return nl_config_parse(nlh, arg);
}

int nl_config_get(struct nl *nl, struct nl_config *c)
{
	struct nlmsghdr *nlh = nl_begin(nl, nl->family, RINGBACK_CMD_CONFIG_GET, 0, 0);

	return nlh ? nl_run(nl, nlh, read_config, c) : -ENOMEM;
}

int nl_config_set(struct nl *nl, const struct nl_config *c)
{
	struct nlmsghdr *nlh;

	nlh = nl_begin(nl, nl->family, RINGBACK_CMD_CONFIG_SET, 0, sizeof(*c) * 2);
	if (!nlh)
		return -ENOMEM;
	for (int i = 0; i <= RINGBACK_A_CONFIG_MAX; i++)
		if (names[i] && c->value[i])
			mnl_attr_put_u32(nlh, i, c->value[i]);
	return nl_run(nl, nlh, NULL, NULL);
}
