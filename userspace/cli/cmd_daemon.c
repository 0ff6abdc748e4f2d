// SPDX-License-Identifier: GPL-2.0
/* show outages, waiters, contacts, notices, handovers, lists, daemon: tables of what the daemon says. */
#include <string.h>

#include "control.h"

#define N_ELEMENTS(a) (sizeof(a) / sizeof((a)[0]))

static int show_all(struct cli *cli, int argc, char **argv, const char *command,
		    const struct column *columns, size_t n)
{
	int err = cli_no_arguments(cli, argc, argv);

	return err ? err : control_show(cli, json_pack("{s:s}", "command", command), columns, n);
}

int cmd_show_outages(struct cli *cli, int argc, char **argv)
{
	static const struct column columns[] = {
		{ "id", "ID", COL_RIGHT },
		{ "server", "SERVER", 0 },
		{ "service", "PORT", COL_TEXT_ONLY },
		{ "proto", NULL, 0 },
		{ "port", NULL, 0 },
		{ "name", "NAME", 0 },
		{ "state", "STATE", COL_STATE },
		{ "reason", "REASON", 0 },
		{ "began", "BEGAN", COL_TIME },
		{ "ended", "ENDED", COL_TIME },
		{ "evidence", "EVIDENCE", 0 },
		{ "waiters", "WAITERS", COL_RIGHT },
		{ "watch", "WATCH", 0 },
		{ "detail", "DETAIL", 0 },
		{ "router", NULL, 0 },
	};

	return show_all(cli, argc, argv, "show outages", columns, N_ELEMENTS(columns));
}

int cmd_show_waiters(struct cli *cli, int argc, char **argv)
{
	static const struct column columns[] = {
		{ "client", "CLIENT", 0 },
		{ "server", "SERVER", 0 },
		{ "service", "PORT", COL_TEXT_ONLY },
		{ "proto", NULL, 0 },
		{ "port", NULL, 0 },
		{ "outage", "OUTAGE", COL_RIGHT },
		{ "state", "STATE", COL_STATE },
		{ "reason", "REASON", 0 },
		{ "attempts", "ATTEMPTS", COL_RIGHT },
		{ "first", "FIRST", COL_TIME },
		{ "last", "LAST", COL_TIME },
		{ "choice", "CHOICE", 0 },
		{ "mail", "MAIL", 0 },
		{ "watch", "WATCH", 0 },
		{ "mac", NULL, 0 },
		{ "router", NULL, 0 },
	};
	static const char *const words[] = { "server", "client", NULL };
	json_t *request = json_pack("{s:s}", "command", "show waiters");
	char buf[ADDR_STRLEN];
	struct addr a;
	int err = CLI_OK;

	for (int i = 0; !err && i < argc; i += 2) {
		if (strcmp(argv[i], "server") && strcmp(argv[i], "client"))
			err = cli_unknown(cli, argv[i], words);
		else if (i + 1 == argc)
			err = cli_fail(cli, CLI_USAGE, "\"%s\" needs an address", argv[i]);
		else
			err = cli_addr(cli, argv[i + 1], &a);
		if (!err)
			json_object_set_new(request, argv[i], json_string(addr_format(&a, buf)));
	}
	if (!err)
		return control_show(cli, request, columns, N_ELEMENTS(columns));
	json_decref(request);
	return err;
}

int cmd_show_contacts(struct cli *cli, int argc, char **argv)
{
	static const struct column columns[] = {
		{ "key", "KEY", 0 },
		{ "mail", "MAIL", 0 },
		{ "added", "ADDED", COL_TIME },
	};

	return show_all(cli, argc, argv, "show contacts", columns, N_ELEMENTS(columns));
}

int cmd_show_notices(struct cli *cli, int argc, char **argv)
{
	static const struct column columns[] = {
		{ "id", "ID", COL_RIGHT },
		{ "outage", "OUTAGE", COL_RIGHT },
		{ "client", "CLIENT", 0 },
		{ "server", "SERVER", 0 },
		{ "service", "PORT", COL_TEXT_ONLY },
		{ "proto", NULL, 0 },
		{ "port", NULL, 0 },
		{ "mail", "MAIL", 0 },
		{ "route", "ROUTE", 0 },
		{ "target", "TARGET", 0 },
		{ "state", "STATE", COL_STATE },
		{ "tries", "TRIES", COL_RIGHT },
		{ "code", "CODE", COL_RIGHT },
		{ "created", "CREATED", COL_TIME },
		{ "next", "NEXT", COL_TIME },
		{ "done", "DONE", COL_TIME },
		{ "answer", "ANSWER", 0 },
	};

	return show_all(cli, argc, argv, "show notices", columns, N_ELEMENTS(columns));
}

int cmd_show_handovers(struct cli *cli, int argc, char **argv)
{
	static const struct column columns[] = {
		{ "id", "ID", COL_RIGHT },
		{ "kind", "KIND", 0 },
		{ "outage", "OUTAGE", COL_RIGHT },
		{ "server", "SERVER", 0 },
		{ "service", "PORT", COL_TEXT_ONLY },
		{ "proto", NULL, 0 },
		{ "port", NULL, 0 },
		{ "route", "ROUTE", 0 },
		{ "target", "TARGET", 0 },
		{ "state", "STATE", COL_STATE },
		{ "part", "PART", COL_RIGHT },
		{ "parts", "PARTS", COL_RIGHT },
		{ "clients", "CLIENTS", COL_RIGHT },
		{ "tries", "TRIES", COL_RIGHT },
		{ "code", "CODE", COL_RIGHT },
		{ "created", "CREATED", COL_TIME },
		{ "next", "NEXT", COL_TIME },
		{ "until", "UNTIL", COL_TIME },
		{ "done", "DONE", COL_TIME },
		{ "answer", "ANSWER", 0 },
		{ "list", NULL, 0 },
	};

	return show_all(cli, argc, argv, "show handovers", columns, N_ELEMENTS(columns));
}

int cmd_show_lists(struct cli *cli, int argc, char **argv)
{
	static const struct column columns[] = {
		{ "router", "ROUTER", 0 },
		{ "section", "SECTION", 0 },
		{ "outage", "OUTAGE", COL_RIGHT },
		{ "server", "SERVER", 0 },
		{ "service", "PORT", COL_TEXT_ONLY },
		{ "proto", NULL, 0 },
		{ "port", NULL, 0 },
		{ "name", "NAME", 0 },
		{ "state", "STATE", COL_STATE },
		{ "parts", "PARTS", COL_RIGHT },
		{ "got", "GOT", COL_RIGHT },
		{ "clients", "CLIENTS", COL_RIGHT },
		{ "taken", "TAKEN", COL_RIGHT },
		{ "lossy", "LOSSY", 0 },
		{ "heard", "HEARD", COL_TIME },
		{ "origin", NULL, 0 },
		{ "list", NULL, 0 },
	};

	return show_all(cli, argc, argv, "show lists", columns, N_ELEMENTS(columns));
}

int cmd_show_daemon(struct cli *cli, int argc, char **argv)
{
	static const struct column columns[] = {
		{ "key", "KEY", 0 },
		{ "value", "VALUE", 0 },
	};

	return show_all(cli, argc, argv, "show daemon", columns, N_ELEMENTS(columns));
}
