// SPDX-License-Identifier: GPL-2.0
/*
 * The program ringback-agent: on a client's machine, tells its user what the router
 * knows. "ringback agent" executes it and has read the options.
 *
 *   ringback-agent [--json] URL [WORD]...
 */
#include <string.h>

#include "agent.h"

static int read_answer(struct cli *cli, const char *word, enum agent_answer *answer)
{
	static const char *const words[] = { "ask", "yes", "no", NULL };

	for (int i = 0; words[i]; i++)
		if (word && strcmp(word, words[i]) == 0) {
			*answer = i;
			return CLI_OK;
		}
	return cli_unknown(cli, word, words);
}

/* The arguments behind the URL. */
static int read_words(struct cli *cli, int argc, char **argv, struct agent_options *o)
{
	static const char *const words[] = { "once", "answer", "mail", "ca", NULL };

	for (int i = 0; i < argc; i++) {
		const char *word = argv[i], *value = argv[i + 1];
		int err = CLI_OK;

		if (strcmp(word, "once") == 0) {
			o->once = true;
			continue;
		}
		if (strcmp(word, "answer") == 0)
			err = read_answer(cli, value, &o->answer);
		else if (strcmp(word, "mail") == 0)
			o->mail = value;
		else if (strcmp(word, "ca") == 0)
			o->ca = value;
		else
			return cli_unknown(cli, word, words);
		if (err)
			return err;
		if (!value)
			return cli_fail(cli, CLI_USAGE, "\"%s\" needs a value", word);
		i++;
	}
	return CLI_OK;
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct agent_options o = { .answer = AGENT_ASK };
	int err;

	if (!argc || (strncmp(argv[0], "http://", 7) && strncmp(argv[0], "https://", 8)))
		return cli_fail(cli, CLI_USAGE,
				"agent needs the address of the router's portal: "
				"agent http://192.0.2.1:8080");
	o.url = argv[0];
	err = read_words(cli, argc - 1, argv + 1, &o);
	if (!err && o.mail && o.answer != AGENT_YES)
		err = cli_fail(cli, CLI_USAGE, "\"mail\" goes with \"answer yes\"");
	return err ? err : agent_run(cli, &o);
}

int main(int argc, char **argv)
{
	bool json = argc > 1 && strcmp(argv[1], "--json") == 0;
	struct cli cli = { .out = writer_stdout(json) };

	if (!cli.out) {
		cli_warn("out of memory");
		return CLI_FAILED;
	}
	return cli_end(&cli, run(&cli, argc - 1 - json, argv + 1 + json));
}
