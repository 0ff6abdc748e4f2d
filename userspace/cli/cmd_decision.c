// SPDX-License-Identifier: GPL-2.0
/* show decisions */
#include "cli.h"
#include "rows.h"

static int collect_row(const struct nl_decision *d, void *rows)
{
	return rows_add(rows, d);
}

static int dump(struct nl *nl, const void *arg, struct rows *rows)
{
	(void)arg;
	return nl_decision_dump(nl, collect_row, rows);
}

static int by_key(const void *a, const void *b)
{
	const struct nl_decision *x = a, *y = b;
	int d = addr_cmp(&x->service.server, &y->service.server);

	if (!d)
		d = x->service.proto - y->service.proto;
	if (!d)
		d = x->service.port - y->service.port;
	return d ? d : addr_cmp(&x->client, &y->client);
}

static void write_decision(struct writer *out, const void *row)
{
	const struct nl_decision *d = row;
	char buf[ADDR_STRLEN];

	writer_word(out, "client", addr_format(&d->client, buf));
	writer_word(out, "server", addr_format(&d->service.server, buf));
	writer_service(out, d->service.proto, d->service.port);
	writer_word(out, "verdict", nl_verdict_name(d->verdict));
	writer_number(out, "ttl", d->ttl);
	writer_end(out);
}

int cmd_show_decisions(struct cli *cli, int argc, char **argv)
{
	static const struct column columns[] = {
		{ "client", "CLIENT", 0 },
		{ "server", "SERVER", 0 },
		{ "service", "PORT", COL_TEXT_ONLY },
		{ "proto", NULL, 0 },
		{ "port", NULL, 0 },
		{ "verdict", "VERDICT", 0 },
		{ "ttl", "TTL", COL_RIGHT },
	};
	static const struct rows_table table = {
		.columns = columns,
		.n_columns = sizeof(columns) / sizeof(columns[0]),
		.size = sizeof(struct nl_decision),
		.dump = dump,
		.cmp = by_key,
		.write = write_decision,
	};
	int err = cli_no_arguments(cli, argc, argv);

	return err ? err : rows_show(cli, &table, NULL);
}
