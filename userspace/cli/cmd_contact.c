// SPDX-License-Identifier: GPL-2.0
/* contact add, del, allow, import */
#include <errno.h>
#include <string.h>

#include "../common/control.h"
#include "control.h"
#include "csv.h"

static int no_rows(struct cli *cli, json_t *row, void *arg)
{
	(void)cli;
	(void)row;
	(void)arg;
	return CLI_OK;
}

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
	int err = control_request(cli, request, no_rows, NULL, NULL);

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
	err = control_request(cli, request, no_rows, NULL, &done);
	json_decref(request);
	if (!err)
		err = report_allowed(cli, argv[0],
				     json_is_true(json_object_get(done, "suppressed")));
	json_decref(done);
	return err;
}

/* An import under way: rows are sent in batches, because a line has a limit. */
struct import {
	struct cli *cli;
	const char *name; /* of the file, for messages */
	json_t *batch;
	json_int_t imported, refused;
};

static void refuse(struct import *im, json_int_t line, const char *error)
{
	cli_warn("%s:%lld: %s", im->name, (long long)line, error);
	im->refused++;
}

/* The daemon refused a row. */
static int refused_row(struct cli *cli, json_t *row, void *arg)
{
	const char *error = json_string_value(json_object_get(row, "error"));

	(void)cli;
	refuse(arg, json_integer_value(json_object_get(row, "line")), error ? error : "refused");
	return CLI_OK;
}

static int send_batch(struct import *im)
{
	json_t *request, *done = NULL;
	int err;

	if (!json_array_size(im->batch))
		return CLI_OK;
	request = json_pack("{s:s, s:O}", "command", "contact import", "rows", im->batch);
	err = control_request(im->cli, request, refused_row, im, &done);
	im->imported += json_integer_value(json_object_get(done, "imported"));
	json_decref(done);
	json_decref(request);
	json_array_clear(im->batch);
	return err;
}

static int one_row(struct import *im, unsigned long line, const struct csv_row *row)
{
	json_t *json;

	if (row->error) {
		refuse(im, line, row->error);
		return CLI_OK;
	}
	json = json_pack("[I, s, s]", (json_int_t)line, row->key, row->mail);
	if (!json) {
		refuse(im, line, "the mail address is not UTF-8");
		return CLI_OK;
	}
	if (json_array_append_new(im->batch, json))
		return cli_fail(im->cli, CLI_FAILED, "out of memory");
	return json_array_size(im->batch) < CONTROL_IMPORT_ROWS ? CLI_OK : send_batch(im);
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
		err = got ? one_row(im, csv.line, &row) : send_batch(im);
	} while (got && !err);
	return err;
}

static int import_result(struct cli *cli, const struct import *im)
{
	static const struct column columns[] = { { "imported", NULL, 0 }, { "refused", NULL, 0 } };
	int err;

	writer_start(cli->out, columns, 2, false);
	writer_number(cli->out, "imported", im->imported);
	writer_number(cli->out, "refused", im->refused);
	writer_end(cli->out);
	writer_data(cli->out, "%lld %s imported, %lld %s refused", (long long)im->imported,
		    im->imported == 1 ? "contact" : "contacts", (long long)im->refused,
		    im->refused == 1 ? "row" : "rows");
	err = cli_finish(cli);
	return err ? err : im->refused ? CLI_FAILED : CLI_OK;
}

int cmd_contact_import(struct cli *cli, int argc, char **argv)
{
	struct import im = { .cli = cli };
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
	return err ? err : import_result(cli, &im);
}
