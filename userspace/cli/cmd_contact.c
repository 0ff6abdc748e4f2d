// SPDX-License-Identifier: GPL-2.0
/* contact add, del, allow, import */
#include <errno.h>
#include <string.h>

#include "csv.h"
#include "import.h"

/* Silent for people, a row for programs. */
static int report(struct cli *cli, const char *key, const char *result)
{
	static const struct column columns[] = { { "key", NULL, 0 }, { "result", NULL, 0 } };

	writer_start(cli->out, columns, 2, false);
	writer_text(cli->out, "key", key);
	writer_text(cli->out, "result", result);
	writer_end(cli->out);
	return cli_finish(cli);
}

static int check_key(struct cli *cli, const char *key)
{
	struct prefix p;
	struct mac m;
	int err;

	if (!mac_parse(&m, key))
		return CLI_OK;
	err = prefix_parse(&p, key);
	if (err == -ERANGE)
		return cli_fail(cli, CLI_USAGE, "\"%s\" has bits set beyond its length", key);
	if (err)
		return cli_fail(cli, CLI_USAGE, "\"%s\" is not an address, a prefix or a MAC", key);
	return CLI_OK;
}

static int change(struct cli *cli, json_t *request, const char *key, const char *result)
{
	int err = control_request(cli, request, import_no_rows, NULL, NULL);

	json_decref(request);
	return err ? err : report(cli, key, result);
}

int cmd_contact_add(struct cli *cli, int argc, char **argv)
{
	json_t *request;
	int err;

	if (argc != 2)
		return cli_fail(cli, CLI_USAGE,
				"contact add needs a key and a mail address: "
				"contact add 192.0.2.1 user@example.org");
	err = check_key(cli, argv[0]);
	if (err)
		return err;
	request = json_pack("{s:s, s:s, s:s}", "command", "contact add", "key", argv[0], "mail",
			    argv[1]);
	if (!request)
		return cli_fail(cli, CLI_USAGE, "the mail address is not UTF-8");
	return change(cli, request, argv[0], "added");
}

int cmd_contact_del(struct cli *cli, int argc, char **argv)
{
	int err;

	if (argc != 1)
		return cli_fail(cli, CLI_USAGE, "contact del needs one address, prefix or MAC");
	err = check_key(cli, argv[0]);
	if (err)
		return err;
	return change(cli, json_pack("{s:s, s:s}", "command", "contact del", "key", argv[0]),
		      argv[0], "deleted");
}

/* Whether it was suppressed is said here or nowhere: only hashes are kept. */
static int report_allowed(struct cli *cli, const char *mail, bool suppressed)
{
	static const struct column columns[] = { { "mail", NULL, 0 }, { "suppressed", NULL, 0 } };

	writer_start(cli->out, columns, 2, false);
	writer_text(cli->out, "mail", mail);
	writer_attr(cli->out, "suppressed", json_boolean(suppressed));
	writer_end(cli->out);
	writer_data(cli->out,
		    suppressed ? "%s was suppressed, and is told again from now on" :
				 "%s was not suppressed",
		    mail);
	return cli_finish(cli);
}

int cmd_contact_allow(struct cli *cli, int argc, char **argv)
{
	json_t *request, *done = NULL;
	int err;

	if (argc != 1)
		return cli_fail(cli, CLI_USAGE, "contact allow needs one mail address");
	request = json_pack("{s:s, s:s}", "command", "contact allow", "mail", argv[0]);
	if (!request)
		return cli_fail(cli, CLI_USAGE, "the mail address is not UTF-8");
	err = control_request(cli, request, import_no_rows, NULL, &done);
	json_decref(request);
	if (!err)
		err = report_allowed(cli, argv[0],
				     json_is_true(json_object_get(done, "suppressed")));
	json_decref(done);
	return err;
}

static int one_row(struct import *im, unsigned long line, const struct csv_row *row)
{
	json_t *json;

	if (row->error) {
		import_refuse(im, line, row->error);
		return CLI_OK;
	}
	json = json_pack("[I, s, s]", (json_int_t)line, row->key, row->mail);
	if (!json) {
		import_refuse(im, line, "the mail address is not UTF-8");
		return CLI_OK;
	}
	return import_row(im, json);
}

static int import(struct import *im, FILE *in)
{
	struct csv csv = { .in = in };
	struct csv_row row;
	int err, got;

	do {
		got = csv_read(&csv, &row);
		if (got < 0)
			return cli_fail(im->cli, CLI_FAILED, "cannot read %s: %s", im->name,
					strerror(-got));
		err = got ? one_row(im, csv.line, &row) : import_send(im);
	} while (got && !err);
	return err;
}

int cmd_contact_import(struct cli *cli, int argc, char **argv)
{
	struct import im = { .cli = cli, .command = "contact import" };
	bool is_stdin;
	FILE *in;
	int err;

	if (argc != 1)
		return cli_fail(cli, CLI_USAGE, "contact import needs one file, or - for stdin");
	is_stdin = !strcmp(argv[0], "-");
	in = is_stdin ? stdin : fopen(argv[0], "re");
	if (!in)
		return cli_fail(cli, CLI_FAILED, "cannot open %s: %m", argv[0]);
	im.name = is_stdin ? "stdin" : argv[0];
	im.batch = json_array();
	err = import(&im, in);
	json_decref(im.batch);
	if (!is_stdin)
		fclose(in);
	return err ? err : import_result(&im, "contact", "contacts");
}
