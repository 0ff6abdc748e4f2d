// SPDX-License-Identifier: GPL-2.0
/* show clients, forget */
#include <inttypes.h>
#include <net/if.h>
#include <string.h>

#include "cli.h"
#include "rows.h"

static int read_filter(struct cli *cli, int argc, char **argv, struct nl_filter *f)
{
	static const char *const words[] = { "server", "client", "state", NULL };
	static const char *const states[] = { "pending", "failed", NULL };
	int err = CLI_OK;

	*f = NL_FILTER_ALL;
	for (int i = 0; !err && i < argc; i += 2) {
		const char *word = argv[i], *value = argv[i + 1];
		bool server = !strcmp(word, "server"), client = !strcmp(word, "client");

		if (!server && !client && strcmp(word, "state"))
			return cli_unknown(cli, word, words);
		if (!value)
			return cli_fail(cli, CLI_USAGE, "\"%s\" needs a value", word);
		if (server || client) {
			err = cli_addr(cli, value, server ? &f->server : &f->client);
		} else {
			f->state = nl_attempt_state_parse(value);
			err = f->state < 0 ? cli_unknown(cli, value, states) : CLI_OK;
		}
	}
	return err;
}

static int collect_row(const struct nl_attempt *a, void *rows)
{
	return rows_add(rows, a);
}

static int dump(struct nl *nl, const void *filter, struct rows *rows)
{
	return nl_attempt_dump(nl, filter, collect_row, rows);
}

/* The key of the kernel's table, in the order people look for it. */
static int by_key(const void *a, const void *b)
{
	const struct nl_attempt *x = a, *y = b;
	int d = addr_cmp(&x->client, &y->client);

	if (!d)
		d = addr_cmp(&x->service.server, &y->service.server);
	if (!d)
		d = x->service.proto - y->service.proto;
	return d ? d : x->service.port - y->service.port;
}

static void write_interface(struct writer *out, uint32_t ifindex)
{
	/* Each look-up opens a socket, and there are far more rows than interfaces. */
	static struct {
		uint32_t ifindex;
		char name[IF_NAMESIZE];
	} known[64], *k;

	k = &known[ifindex % (sizeof(known) / sizeof(known[0]))];
	if (k->ifindex != ifindex) {
		if (!if_indextoname(ifindex, k->name))
			snprintf(k->name, sizeof(k->name), "%" PRIu32, ifindex);
		k->ifindex = ifindex;
	}
	writer_text(out, "interface", ifindex ? k->name : NULL);
}

static void write_attempt(struct writer *out, const void *row)
{
	const struct nl_attempt *a = row;
	char buf[ADDR_STRLEN];

	writer_word(out, "client", addr_format(&a->client, buf));
	writer_word(out, "server", addr_format(&a->service.server, buf));
	writer_service(out, a->service.proto, a->service.port);
	writer_word(out, "state", nl_attempt_state_name(a->state));
	writer_word(out, "reason", cli_reason(a->reason));
	writer_number(out, "attempts", a->count);
	writer_time(out, "first", a->first);
	writer_time(out, "last", a->last);
	writer_text(out, "watch", a->watch[0] ? a->watch : NULL);
	writer_word(out, "mac", a->has_mac ? mac_format(&a->mac, buf) : NULL);
	write_interface(out, a->ifindex);
	writer_end(out);
}

int cmd_show_clients(struct cli *cli, int argc, char **argv)
{
	static const struct column columns[] = {
		{ "client", "CLIENT", 0 },
		{ "server", "SERVER", 0 },
		{ "service", "PORT", COL_TEXT_ONLY },
		{ "proto", NULL, 0 },
		{ "port", NULL, 0 },
		{ "state", "STATE", COL_STATE },
		{ "reason", "REASON", 0 },
		{ "attempts", "ATTEMPTS", COL_RIGHT },
		{ "first", "FIRST", COL_TIME },
		{ "last", "LAST", COL_TIME },
		{ "watch", "WATCH", 0 },
		{ "mac", "MAC", 0 },
		{ "interface", "INTERFACE", 0 },
	};
	static const struct rows_table table = {
		.columns = columns,
		.n_columns = sizeof(columns) / sizeof(columns[0]),
		.size = sizeof(struct nl_attempt),
		.dump = dump,
		.cmp = by_key,
		.write = write_attempt,
	};
	struct nl_filter filter;
	int err = read_filter(cli, argc, argv, &filter);

	return err ? err : rows_show(cli, &table, &filter);
}

static int read_what(struct cli *cli, int argc, char **argv, struct nl_filter *f)
{
	static const char *const words[] = { "client", "service", "all", NULL };
	struct service s;
	int err;

	*f = NL_FILTER_ALL;
	if (argc < 1)
		return cli_unknown(cli, NULL, words);
	if (!strcmp(argv[0], "all"))
		return cli_no_arguments(cli, argc - 1, argv + 1);
	if (!strcmp(argv[0], "client")) {
		if (argc != 2)
			return cli_fail(cli, CLI_USAGE, "forget client needs one address");
		return cli_addr(cli, argv[1], &f->client);
	}
	if (strcmp(argv[0], "service"))
		return cli_unknown(cli, argv[0], words);
	if (argc != 3)
		return cli_fail(cli, CLI_USAGE,
				"forget service needs an address and a port: 192.0.2.10 tcp/80");
	err = cli_service(cli, argv[1], argv[2], &s);
	if (!err) {
		f->server = s.server;
		f->proto = s.proto;
		f->port = s.port;
	}
	return err;
}

int cmd_forget(struct cli *cli, int argc, char **argv)
{
	static const struct column columns[] = { { "forgotten", NULL, 0 } };
	struct nl_filter filter;
	uint32_t n = 0;
	int err = read_what(cli, argc, argv, &filter);

	if (!err)
		err = cli_kernel(cli);
	if (err)
		return err;
	if (nl_attempt_forget(cli->nl, &filter, &n))
		return cli_kernel_failed(cli);
	writer_start(cli->out, columns, 1, false);
	writer_number(cli->out, "forgotten", n);
	writer_end(cli->out);
	writer_data(cli->out, "%" PRIu32 " %s forgotten", n, n == 1 ? "attempt" : "attempts");
	return cli_finish(cli);
}
