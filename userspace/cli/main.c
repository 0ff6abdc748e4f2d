// SPDX-License-Identifier: GPL-2.0
/* The program ringback: the table of its commands, options, and the only exit. */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../common/conf.h"
#include "cli.h"

static const struct command commands[] = {
	{ "watch add", "NAME server PREFIX[,..] port PROTO/PORT[,..] [KEY VALUE]..",
	  "observe services", cmd_watch_add, false },
	{ "watch del", "NAME", "stop, and forget what it recorded", cmd_watch_del, false },
	{ "show watches", "", "what is observed", cmd_show_watches, false },
	{ "show clients", "[server A] [client A] [state pending|failed]",
	  "who could not reach what", cmd_show_clients, false },
	{ "show services", "", "services in trouble", cmd_show_services, false },
	{ "show decisions", "", "clients that the stand-in knows", cmd_show_decisions, false },
	{ "show stats", "", "counters of the module", cmd_show_stats, false },
	{ "show limits", "", "limits of the module", cmd_show_limits, false },
	{ "limit", "KEY N", "change a limit", cmd_limit, false },
	{ "forget", "client A | service A PROTO/PORT | all", "forget attempts", cmd_forget, false },
	{ "monitor", "[--kernel]", "events as they happen", cmd_monitor, true },
	{ "show outages", "", "outages and what ended them", cmd_show_outages, false },
	{ "show waiters", "[server A] [client A]", "who waits for what", cmd_show_waiters, false },
	{ "show contacts", "", "where clients can be told", cmd_show_contacts, false },
	{ "show notices", "", "messages owed and sent", cmd_show_notices, false },
	{ "show handovers", "", "lists and announcements on their way to others",
	  cmd_show_handovers, false },
	{ "show lists", "", "clients that other routers handed to us", cmd_show_lists, false },
	{ "show daemon", "", "state of the daemon", cmd_show_daemon, false },
	{ "metrics", "", "the state of the daemon for Prometheus", cmd_metrics, false },
	{ "contact add", "ADDR[/LEN]|MAC MAIL", "tell these clients here", cmd_contact_add, false },
	{ "contact del", "ADDR[/LEN]|MAC", "forget a contact", cmd_contact_del, false },
	{ "contact list", "", "the same as show contacts", cmd_show_contacts, false },
	{ "contact allow", "MAIL", "take back that it is never told again", cmd_contact_allow,
	  false },
	{ "contact import", "FILE.csv|-", "add many; columns: key,mail", cmd_contact_import,
	  false },
	{ "show leases", "", "addresses given to MACs", cmd_show_leases, false },
	{ "lease import", "FILE..|-", "of dnsmasq, ISC dhcpd, Kea; replaces the last",
	  cmd_lease_import, false },
	{ "lease clear", "", "forget all leases", cmd_lease_clear, false },
	{ "recover", "A [PROTO/PORT]", "declare a server back", cmd_recover, false },
	{ "why", "CLIENT A [PROTO/PORT]", "why it was told, or was not", cmd_why, false },
	{ "agent", "URL [once] [answer ask|yes|no] [mail A] [ca FILE]",
	  "on a client: ask the router, tell the user", cmd_agent, false },
};

#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

/* Where the explanations begin. */
#define HELP_COLUMN 50

static void print_usage(FILE *f)
{
	fputs("usage: ringback [-j] [-s SOCKET] COMMAND [ARGUMENT]..\n\n", f);
	for (size_t i = 0; i < N_COMMANDS; i++) {
		const struct command *c = &commands[i];
		int n = fprintf(f, "  %s %s", c->words, c->arguments);

		fprintf(f, "%s%*s%s\n", n < HELP_COLUMN ? "" : "\n",
			n < HELP_COLUMN ? HELP_COLUMN - n : HELP_COLUMN, "", c->help);
	}
	fputs("\nkeys of a watch: client PREFIX[,..]  hook forward,local,bridge,mirror:IF\n"
	      "  no-reply SECONDS  keep SECONDS  down-after N  down-clients N\n"
	      "  admission trouble|first-syn  reverse-path on|off  standin on|off\n\n"
	      "  -j, --json           JSON instead of tables\n"
	      "  -s, --socket PATH    control socket of the daemon\n"
	      "  -k, --kernel         monitor: events of the kernel module only\n"
	      "  -h, --help           this text\n"
	      "  -V, --version        the version\n\n"
	      "See ringback(8).\n",
	      f);
}

/* The @n-th word of @words in @word; false if there are fewer. */
static bool nth_word(const char *words, int n, char word[32])
{
	const char *s = words;

	while (n-- && s) {
		s = strchr(s, ' ');
		s = s ? s + 1 : NULL;
	}
	if (s)
		snprintf(word, 32, "%.*s", (int)strcspn(s, " "), s);
	return s;
}

/* How many of @argv's first words are @words' own, and whether that is all of them. */
static int matched(const char *words, int argc, char **argv, bool *whole)
{
	char word[32];
	int n = 0;

	while (n < argc && nth_word(words, n, word) && !strcmp(word, argv[n]))
		n++;
	*whole = !nth_word(words, n, word);
	return n;
}

/* Complains about argv[depth]: the words that could stand there are known. */
static int no_such_command(struct cli *cli, int depth, int argc, char **argv)
{
	static char next[N_COMMANDS][32];
	const char *words[N_COMMANDS + 1];
	size_t n = 0;
	bool whole;

	for (size_t i = 0; i < N_COMMANDS; i++) {
		bool seen = false;

		if (matched(commands[i].words, argc, argv, &whole) < depth ||
		    !nth_word(commands[i].words, depth, next[n]))
			continue;
		for (size_t k = 0; k < n; k++)
			seen |= !strcmp(next[k], next[n]);
		if (!seen) {
			words[n] = next[n];
			n++;
		}
	}
	words[n] = NULL;
	return cli_unknown(cli, depth < argc ? argv[depth] : NULL, words);
}

static int run(struct cli *cli, int argc, char **argv)
{
	int deepest = 0;

	for (size_t i = 0; i < N_COMMANDS; i++) {
		const struct command *c = &commands[i];
		bool whole;
		int n = matched(c->words, argc, argv, &whole);

		if (whole && cli->kernel_only && !c->takes_kernel)
			return cli_fail(cli, CLI_USAGE, "--kernel is for \"monitor\" only");
		if (whole)
			return c->run(cli, argc - n, argv + n);
		if (n > deepest)
			deepest = n;
	}
	return no_such_command(cli, deepest, argc, argv);
}

/* The options into @cli. -1: go on; else the exit status. */
static int read_options(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },    { "socket", required_argument, NULL, 's' },
		{ "kernel", no_argument, NULL, 'k' },  { "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' }, { 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "js:khV", options, NULL)) != -1) {
		switch (c) {
		case 'j':
			cli->json = true;
			break;
		case 's':
			cli->socket_path = optarg;
			break;
		case 'k':
			cli->kernel_only = true;
			break;
		case 'h':
			print_usage(stdout);
			return CLI_OK;
		case 'V':
			puts("ringback " RINGBACK_VERSION);
			return CLI_OK;
		default:
			return CLI_USAGE;
		}
	}
	return -1;
}

/* Help and version are no rows: they do not go through the writer. */
static int flush_text(int status)
{
	if (!fflush(stdout))
		return status;
	cli_warn("cannot write the output: %m");
	return CLI_FAILED;
}

int main(int argc, char **argv)
{
	struct cli cli = { .socket_path = CONTROL_PATH_DEFAULT };
	int status;

	/* "ringback .. | head" ends with head, also where our parent ignores SIGPIPE. */
	signal(SIGPIPE, SIG_DFL);
	status = read_options(&cli, argc, argv);
	if (status >= 0)
		return flush_text(status);
	if (optind == argc) {
		print_usage(stderr);
		return CLI_USAGE;
	}
	cli.out = writer_stdout(cli.json);
	if (!cli.out) {
		cli_warn("out of memory");
		return CLI_FAILED;
	}
	return cli_end(&cli, run(&cli, argc - optind, argv + optind));
}
