// SPDX-License-Identifier: GPL-2.0
/*
 * agent: a program of its own, ringback-agent. It needs libcurl, with whose thirty
 * libraries every command of this one would take three times as long to start.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

#define AGENT "ringback-agent"

/* It lies where this program does. */
static bool find_agent(char path[PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - sizeof(AGENT));
	char *name;

	if (n < 0)
		return false;
	path[n] = '\0';
	name = strrchr(path, '/');
	if (!name)
		return false;
	strcpy(name + 1, AGENT);
	return true;
}

int cmd_agent(struct cli *cli, int argc, char **argv)
{
	char path[PATH_MAX], **words;
	size_t n = 0;

	words = calloc(argc + 3, sizeof(*words));
	if (!words || !find_agent(path)) {
		free(words);
		return cli_fail(cli, CLI_FAILED, "cannot find " AGENT ": %m");
	}
	words[n++] = AGENT;
	if (cli->json)
		words[n++] = "--json";
	memcpy(words + n, argv, argc * sizeof(*argv));
	execv(path, words);
	free(words);
	return cli_fail(cli, CLI_FAILED, "cannot execute %s: %m", path);
}
