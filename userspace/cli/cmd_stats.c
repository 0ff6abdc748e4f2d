// SPDX-License-Identifier: GPL-2.0
/* show stats */
#include "cli.h"

int cmd_show_stats(struct cli *cli, int argc, char **argv)
{
	static const struct column columns[] = {
		{ "key", "COUNTER", 0 },
		{ "value", "VALUE", COL_RIGHT },
	};
	struct nl_stats st;
	int err = cli_no_arguments(cli, argc, argv);

	if (!err)
		err = cli_kernel(cli);
	if (err)
		return err;
	if (nl_stats_get(cli->nl, &st))
		return cli_kernel_failed(cli);
	writer_start(cli->out, columns, 2, false);
	for (int i = 0; i <= RINGBACK_A_STATS_MAX; i++) {
		if (!nl_stats_name(i))
			continue;
		writer_text(cli->out, "key", nl_stats_name(i));
		writer_number(cli->out, "value", st.value[i]);
		writer_end(cli->out);
	}
	return cli_finish(cli);
}
