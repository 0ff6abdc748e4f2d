// SPDX-License-Identifier: GPL-2.0
/* Counters of the namespace. */
#include <errno.h>
#include <string.h>

#include "request.h"

static const char *const names[RINGBACK_A_STATS_MAX + 1] = {
	[RINGBACK_A_STATS_ATTEMPTS] = "attempts",
	[RINGBACK_A_STATS_PENDING] = "pending",
	[RINGBACK_A_STATS_SERVICES] = "services",
	[RINGBACK_A_STATS_WATCHES] = "watches",
	[RINGBACK_A_STATS_SYN] = "syn",
	[RINGBACK_A_STATS_RECORDED] = "recorded",
	[RINGBACK_A_STATS_ANSWERED] = "answered",
	[RINGBACK_A_STATS_FAILED_NO_REPLY] = "failed-no-reply",
	[RINGBACK_A_STATS_FAILED_REFUSED] = "failed-refused",
	[RINGBACK_A_STATS_FAILED_ICMP] = "failed-icmp",
	[RINGBACK_A_STATS_EXPIRED] = "expired",
	[RINGBACK_A_STATS_FORGOTTEN] = "forgotten",
	[RINGBACK_A_STATS_EVICTED] = "evicted",
	[RINGBACK_A_STATS_REFUSED_FULL] = "refused-full",
	[RINGBACK_A_STATS_REFUSED_CLIENT] = "refused-client",
	[RINGBACK_A_STATS_REFUSED_SERVICE] = "refused-service",
	[RINGBACK_A_STATS_NO_MEMORY] = "no-memory",
	[RINGBACK_A_STATS_UNMATCHED_RST] = "unmatched-rst",
	[RINGBACK_A_STATS_UNMATCHED_ICMP] = "unmatched-icmp",
	[RINGBACK_A_STATS_MALFORMED] = "malformed",
	[RINGBACK_A_STATS_EVENTS_LOST] = "events-lost",
	[RINGBACK_A_STATS_REFUSED_REVERSE_PATH] = "refused-reverse-path",
	[RINGBACK_A_STATS_REFUSED_HOST] = "refused-host",
	[RINGBACK_A_STATS_STANDIN_ANSWER] = "standin-answer",
	[RINGBACK_A_STATS_STANDIN_RESET] = "standin-reset",
	[RINGBACK_A_STATS_STANDIN_PASS] = "standin-pass",
	[RINGBACK_A_STATS_STANDIN_ASK] = "standin-ask",
	[RINGBACK_A_STATS_EVICTED_FAILED] = "evicted-failed",
};

const char *nl_stats_name(int attr)
{
	return attr < 0 || attr > RINGBACK_A_STATS_MAX ? NULL : names[attr];
}

int nl_stats_parse(const struct nlmsghdr *nlh, struct nl_stats *st)
{
	struct nl_rule rules[RINGBACK_A_STATS_MAX + 1] = { 0 };
	const struct nlattr *tb[RINGBACK_A_STATS_MAX + 1];
	int err;

	for (int i = 0; i <= RINGBACK_A_STATS_MAX; i++)
		if (names[i])
			rules[i].kind = NL_U64;
	memset(st, 0, sizeof(*st));
	err = nl_sort_message(nlh, rules, RINGBACK_A_STATS_MAX, tb);
	if (err)
		return err;
	for (int i = 0; i <= RINGBACK_A_STATS_MAX; i++)
		if (names[i] && tb[i])
			st->value[i] = mnl_attr_get_u64(tb[i]);
	return 0;
}

static int read_stats(const struct nlmsghdr *nlh, void *arg)
{
	return nl_stats_parse(nlh, arg);
}

int nl_stats_get(struct nl *nl, struct nl_stats *st)
{
	struct nlmsghdr *nlh = nl_begin(nl, nl->family, RINGBACK_CMD_STATS_GET, 0, 0);

	return nlh ? nl_run(nl, nlh, read_stats, st) : -ENOMEM;
}
