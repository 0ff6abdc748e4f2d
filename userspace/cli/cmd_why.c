// SPDX-License-Identifier: GPL-2.0
/* why: what is behind a notice that was sent, or was not */
#include "control.h"

int cmd_why(struct cli *cli, int argc, char **argv)
{
	static const struct column columns[] = {
		{ "server", NULL, 0 },	       { "service", "PORT", COL_TEXT_ONLY },
		{ "proto", NULL, 0 },	       { "port", NULL, 0 },
		{ "topic", "ABOUT", 0 },       { "code", NULL, 0 },
		{ "outage", NULL, COL_RIGHT }, { "text", "WHAT IS KNOWN", 0 },
	};
	struct service s = { 0 };
	struct addr client;
	char text[ADDR_STRLEN];
	json_t *request;
	int err;

	if (argc < 2 || argc > 3)
		return cli_fail(cli, CLI_USAGE,
				"why needs a client, a server and perhaps a port: "
				"why 198.51.100.7 192.0.2.10 tcp/80");
	err = cli_addr(cli, argv[0], &client);
	if (!err)
		err = argc == 3 ? cli_service(cli, argv[1], argv[2], &s) :
				  cli_addr(cli, argv[1], &s.server);
	if (err)
		return err;
	request = control_about("why", &s);
	json_object_set_new(request, "client", json_string(addr_format(&client, text)));
	return control_show(cli, request, columns, sizeof(columns) / sizeof(columns[0]));
}
