// SPDX-License-Identifier: GPL-2.0
/* show services */
#include "cli.h"
#include "rows.h"

static int collect_row(const struct nl_service *s, void *rows)
{
	return rows_add(rows, s);
}

static int dump(struct nl *nl, const void *arg, struct rows *rows)
{
	(void)arg;
	return nl_service_dump(nl, collect_row, rows);
}

static int by_key(const void *a, const void *b)
{
	const struct service *x = &((const struct nl_service *)a)->service;
	const struct service *y = &((const struct nl_service *)b)->service;
	int d = addr_cmp(&x->server, &y->server);

	if (!d)
		d = x->proto - y->proto;
	return d ? d : x->port - y->port;
}

static void write_service(struct writer *out, const void *row)
{
	const struct nl_service *s = row;
	char buf[ADDR_STRLEN];

	writer_word(out, "server", addr_format(&s->service.server, buf));
	writer_service(out, s->service.proto, s->service.port);
	writer_word(out, "state", nl_service_state_name(s->state));
	writer_word(out, "reason", cli_reason(s->reason));
	writer_number(out, "failures", s->failures);
	writer_number(out, "clients", s->clients);
	writer_time(out, "since", s->since);
	writer_time(out, "changed", s->changed);
	writer_time(out, "answered", s->answered);
	writer_word(out, "standin", nl_standin_name(s->standin));
	writer_text(out, "watch", s->watch[0] ? s->watch : NULL);
	writer_end(out);
}

int cmd_show_services(struct cli *cli, int argc, char **argv)
{
	static const struct column columns[] = {
		{ "server", "SERVER", 0 },
		{ "service", "PORT", COL_TEXT_ONLY },
		{ "proto", NULL, 0 },
		{ "port", NULL, 0 },
		{ "state", "STATE", COL_STATE },
		{ "reason", "REASON", 0 },
		{ "failures", "FAILURES", COL_RIGHT },
		{ "clients", "CLIENTS", COL_RIGHT },
		{ "since", "SINCE", COL_TIME },
		{ "changed", "CHANGED", COL_TIME },
		{ "answered", "ANSWERED", COL_TIME },
		{ "standin", "STANDIN", 0 },
		{ "watch", "WATCH", 0 },
	};
	static const struct rows_table table = {
		.columns = columns,
		.n_columns = sizeof(columns) / sizeof(columns[0]),
		.size = sizeof(struct nl_service),
		.dump = dump,
		.cmp = by_key,
		.write = write_service,
	};
	int err = cli_no_arguments(cli, argc, argv);

	return err ? err : rows_show(cli, &table, NULL);
}
