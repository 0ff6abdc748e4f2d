// SPDX-License-Identifier: GPL-2.0
/* show limits, limit */
#include <string.h>

#include "cli.h"

int cmd_show_limits(struct cli *cli, int argc, char **argv)
{
	static const struct column columns[] = {
		{ "key", "LIMIT", 0 },
		{ "value", "VALUE", COL_RIGHT },
	};
	struct nl_config c;
	int err = cli_no_arguments(cli, argc, argv);

	if (!err)
		err = cli_kernel(cli);
	if (err)
		return err;
	if (nl_config_get(cli->nl, &c))
		return cli_kernel_failed(cli);
	writer_start(cli->out, columns, 2, false);
	for (int i = 0; i <= RINGBACK_A_CONFIG_MAX; i++) {
		if (!nl_config_name(i))
			continue;
		writer_text(cli->out, "key", nl_config_name(i));
		writer_number(cli->out, "value", c.value[i]);
		writer_end(cli->out);
	}
	return cli_finish(cli);
}

/* The kernel knows the upper bounds and says so; here a number is a number. */
static int read_limit(struct cli *cli, char **argv, struct nl_config *c)
{
	const char *words[RINGBACK_A_CONFIG_MAX + 2] = { NULL };
	size_t n = 0;

	for (int i = 0; i <= RINGBACK_A_CONFIG_MAX; i++) {
		const char *name = nl_config_name(i);

		if (!name)
			continue;
		if (!strcmp(name, argv[0]))
			return cli_number(cli, name, argv[1], 1, UINT32_MAX, &c->value[i]);
		words[n++] = name;
	}
	return cli_unknown(cli, argv[0], words);
}

int cmd_limit(struct cli *cli, int argc, char **argv)
{
	static const struct column columns[] = { { "key", NULL, 0 }, { "value", NULL, 0 } };
	struct nl_config c = { 0 };
	int err;

	if (argc != 2)
		return cli_fail(cli, CLI_USAGE,
				"limit needs a key and a number: "
				"limit max-attempts 65536");
	err = read_limit(cli, argv, &c);
	if (!err)
		err = cli_kernel(cli);
	if (err)
		return err;
	if (nl_config_set(cli->nl, &c))
		return cli_fail(cli, CLI_FAILED, "%s %s: %s", argv[0], argv[1], nl_error(cli->nl));
	writer_start(cli->out, columns, 2, false);
	for (int i = 0; i <= RINGBACK_A_CONFIG_MAX; i++) {
		if (!c.value[i])
			continue;
		writer_text(cli->out, "key", nl_config_name(i));
		writer_number(cli->out, "value", c.value[i]);
		writer_end(cli->out);
	}
	return cli_finish(cli);
}
