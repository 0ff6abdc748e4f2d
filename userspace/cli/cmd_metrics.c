// SPDX-License-Identifier: GPL-2.0
/* metrics: the text that Prometheus reads, as /metrics of the status page serves it. */
#include <stdio.h>
#include <stdlib.h>

#include "control.h"

/* For its reader a part is worse than nothing: it is kept until it is whole. */
static int keep_text(struct cli *cli, json_t *row, void *arg)
{
	const char *text = json_string_value(json_object_get(row, "text"));

	if (!text)
		return cli_fail(cli, CLI_FAILED, "the daemon's answer has no text");
	fputs(text, arg);
	return CLI_OK;
}

static int print(struct cli *cli, const char *text, size_t len)
{
	if (fwrite(text, 1, len, stdout) == len && !fflush(stdout))
		return CLI_OK;
	return cli_fail(cli, CLI_FAILED, "cannot write the output: %m");
}

int cmd_metrics(struct cli *cli, int argc, char **argv)
{
	json_t *request;
	char *text = NULL;
	size_t len = 0;
	FILE *f;
	int err = cli_no_arguments(cli, argc, argv);

	if (err)
		return err;
	f = open_memstream(&text, &len);
	if (!f)
		return cli_fail(cli, CLI_FAILED, "out of memory");
	request = json_pack("{s:s}", "command", "metrics");
	err = control_request(cli, request, keep_text, f, NULL);
	json_decref(request);
	if (fclose(f) && !err)
		err = cli_fail(cli, CLI_FAILED, "out of memory");
	if (!err)
		err = print(cli, text, len);
	free(text);
	return err;
}
