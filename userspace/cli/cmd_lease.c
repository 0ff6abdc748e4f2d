// SPDX-License-Identifier: GPL-2.0
/* lease import, clear; show leases */
#include <errno.h>
#include <string.h>

#include "import.h"
#include "lease.h"

int cmd_show_leases(struct cli *cli, int argc, char **argv)
{
	static const struct column columns[] = {
		{ "client", "CLIENT", 0 },
		{ "mac", "MAC", 0 },
		{ "ends", "ENDS", COL_TIME },
	};
	int err = cli_no_arguments(cli, argc, argv);

	if (err)
		return err;
	return control_show(cli, json_pack("{s:s}", "command", "show leases"), columns, 3);
}

int cmd_lease_clear(struct cli *cli, int argc, char **argv)
{
	json_t *request = json_pack("{s:s}", "command", "lease clear");
	int err = cli_no_arguments(cli, argc, argv);

	if (!err)
		err = control_request(cli, request, import_no_rows, NULL, NULL);
	json_decref(request);
	return err;
}

/* --- import ---------------------------------------------------------------------------- */

static int one_row(struct import *im, unsigned long line, const struct lease_row *row)
{
	char client[ADDR_STRLEN], mac[ADDR_STRLEN];
	json_t *ends = row->ends == LEASE_NEVER ? json_null() : json_integer(row->ends);
	json_t *json =
		json_pack("[I, s, s, o]", (json_int_t)line, addr_format(&row->client, client),
			  mac_format(&row->mac, mac), ends);

	return import_row(im, json);
}

static int import_stream(struct import *im, struct lease_file *f)
{
	struct lease_row row;
	const char *why;
	int err = CLI_OK, got;

	while (!err && (got = lease_read(f, &row, &why)) == 1) {
		if (why)
			import_refuse(im, f->line, why);
		else
			err = one_row(im, f->line, &row);
	}
	if (err)
		return err;
	if (got == -EPROTO)
		return cli_fail(im->cli, CLI_FAILED,
				"%s:%lu: this is no file of leases of dnsmasq, ISC dhcpd or Kea",
				im->name, f->line);
	if (got < 0)
		return cli_fail(im->cli, CLI_FAILED, "cannot read %s: %s", im->name,
				strerror(-got));
	return import_send(im);
}

static int import_file(struct import *im, const char *name)
{
	static struct lease_file f; /* large */
	bool is_stdin = strcmp(name, "-") == 0;
	int err;

	f = (struct lease_file){ .in = is_stdin ? stdin : fopen(name, "re") };
	if (!f.in)
		return cli_fail(im->cli, CLI_FAILED, "cannot open %s: %m", name);
	im->name = is_stdin ? "stdin" : name;
	err = import_stream(im, &f);
	if (!is_stdin)
		fclose(f.in);
	return err;
}

/*
 * What came before is forgotten, some at a time. Not for an import without a lease: a
 * server that writes its file anew empties it first.
 */
static int finish(struct import *im)
{
	json_t *request = json_pack("{s:s, s:I, s:b}", "command", "lease import", "import",
				    im->number, "end", 1);
	bool left = true;
	int err = CLI_OK;

	while (!err && left) {
		json_t *done = NULL;

		err = control_request(im->cli, request, import_no_rows, NULL, &done);
		left = json_is_true(json_object_get(done, "left"));
		json_decref(done);
	}
	json_decref(request);
	return err;
}

int cmd_lease_import(struct cli *cli, int argc, char **argv)
{
	struct import im = { .cli = cli, .command = "lease import" };
	int i, err = CLI_OK;

	if (!argc)
		return cli_fail(cli, CLI_USAGE, "lease import needs files, or - for stdin");
	im.batch = json_array();
	for (i = 0; !err && i < argc; i++)
		err = import_file(&im, argv[i]);
	if (!err && im.imported)
		err = finish(&im);
	json_decref(im.batch);
	return err ? err : import_result(&im, "lease", "leases");
}
