// SPDX-License-Identifier: GPL-2.0
/* Rows of a file on their way to the daemon. */
#include "import.h"

#include "../common/control.h"

int import_no_rows(struct cli *cli, json_t *row, void *arg)
{
	(void)cli;
	(void)row;
	(void)arg;
	return CLI_OK;
}

void import_refuse(struct import *im, json_int_t line, const char *error)
{
	cli_warn("%s:%lld: %s", im->name, (long long)line, error);
	im->refused++;
}

/* The daemon refused a row. */
static int refused_row(struct cli *cli, json_t *row, void *arg)
{
	const char *error = json_string_value(json_object_get(row, "error"));

	(void)cli;
	import_refuse(arg, json_integer_value(json_object_get(row, "line")),
		      error ? error : "refused");
	return CLI_OK;
}

int import_send(struct import *im)
{
	json_t *done = NULL;
	json_t *request = json_pack("{s:s, s:O, s:I}", "command", im->command, "rows", im->batch,
				    "import", im->number);
	int err = control_request(im->cli, request, refused_row, im, &done);

	im->number = json_integer_value(json_object_get(done, "import"));
	im->imported += json_integer_value(json_object_get(done, "imported"));
	json_decref(done);
	json_decref(request);
	json_array_clear(im->batch);
	return err;
}

int import_row(struct import *im, json_t *row)
{
	if (json_array_append_new(im->batch, row))
		return cli_fail(im->cli, CLI_FAILED, "out of memory");
	return json_array_size(im->batch) < CONTROL_IMPORT_ROWS ? CLI_OK : import_send(im);
}

int import_result(const struct import *im, const char *one, const char *many)
{
	static const struct column columns[] = { { "imported", NULL, 0 }, { "refused", NULL, 0 } };
	struct cli *cli = im->cli;
	int err;

	writer_start(cli->out, columns, 2, false);
	writer_number(cli->out, "imported", im->imported);
	writer_number(cli->out, "refused", im->refused);
	writer_end(cli->out);
	writer_data(cli->out, "%lld %s imported, %lld %s refused", (long long)im->imported,
		    im->imported == 1 ? one : many, (long long)im->refused,
		    im->refused == 1 ? "row" : "rows");
	err = cli_finish(cli);
	return err ? err : im->refused ? CLI_FAILED : CLI_OK;
}
