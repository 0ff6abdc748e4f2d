// SPDX-License-Identifier: GPL-2.0
/* recover: the operator's own evidence */
#include "control.h"

int cmd_recover(struct cli *cli, int argc, char **argv)
{
	static const struct column columns[] = {
		{ "id", "OUTAGE", COL_RIGHT },
		{ "server", "SERVER", 0 },
		{ "service", "PORT", COL_TEXT_ONLY },
		{ "proto", NULL, 0 },
		{ "port", NULL, 0 },
		{ "state", "STATE", COL_STATE },
	};
	struct service s = { 0 };
	int err;

	if (argc < 1 || argc > 2)
		return cli_fail(cli, CLI_USAGE,
				"recover needs an address and perhaps a port: "
				"recover 192.0.2.10 tcp/80");
	err = argc == 2 ? cli_service(cli, argv[0], argv[1], &s) :
			  cli_addr(cli, argv[0], &s.server);
	if (err)
		return err;
	return control_show(cli, control_about("recover", &s), columns,
			    sizeof(columns) / sizeof(columns[0]));
}
