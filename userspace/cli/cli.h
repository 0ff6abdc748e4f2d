/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the commands of the CLI share: what was asked for, how they fail, and
 * how they read arguments. Commands do not call each other; all output goes
 * through the writer, all complaints through cli_fail().
 */
#ifndef RINGBACK_CLI_CLI_H
#define RINGBACK_CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../common/addr.h"
#include "../nl/nl.h"
#include "writer.h"

/* Exit statuses, and what every command returns. */
enum { CLI_OK = 0, CLI_FAILED = 1, CLI_USAGE = 2 };

struct cli {
	struct writer *out;
	const char *socket_path;	/* of the daemon */
	bool kernel_only;		/* --kernel */
	bool json;			/* --json: what @out writes */
	struct nl *nl;			/* NULL until cli_kernel() */
	char error[512];		/* printed once, by cli_end() */
};

/* @argv: the @argc arguments behind the command's own words. */
struct command {
	const char *words;		/* "show clients" */
	const char *arguments;		/* for the usage text */
	const char *help;		/* a line */
	int (*run)(struct cli *cli, int argc, char **argv);
	bool takes_kernel;		/* accepts --kernel */
};

/* Keeps the sentence for cli_end() and returns @status. */
__attribute__((format(printf, 3, 4))) int cli_fail(struct cli *cli, int status, const char *fmt,
						   ...);
/* A complaint that does not end the command, at once to stderr. */
__attribute__((format(printf, 1, 2))) void cli_warn(const char *fmt, ...);

/* The word for a reason, NULL for none. */
const char *cli_reason(uint8_t reason);

/* The last of main(): prints the complaint, frees what @cli has; returns @status. */
int cli_end(struct cli *cli, int status);

/* Ends the output: CLI_OK, or CLI_FAILED because it could not be written. */
int cli_finish(struct cli *cli);

/* Connects to the module: CLI_OK, or CLI_FAILED with its sentence. */
int cli_kernel(struct cli *cli);
/* CLI_FAILED with the sentence of the last kernel error. */
int cli_kernel_failed(struct cli *cli);

/* The word of @words (NULL-terminated) most like @word, or NULL if none is near. */
const char *cli_nearest(const char *word, const char *const *words);
/* CLI_USAGE: @word is none of @words; names the nearest. NULL: a word is missing. */
int cli_unknown(struct cli *cli, const char *word, const char *const *words);
/* CLI_USAGE if there are arguments. */
int cli_no_arguments(struct cli *cli, int argc, char **argv);

/* Arguments: CLI_OK, or CLI_USAGE with a sentence that names the argument. */
int cli_addr(struct cli *cli, const char *text, struct addr *a);
int cli_service(struct cli *cli, const char *addr, const char *port, struct service *s);
int cli_number(struct cli *cli, const char *key, const char *text, uint32_t min, uint32_t max,
	       uint32_t *n);

/* --- commands, in the order of the table in main.c ----------------------- */
int cmd_watch_add(struct cli *cli, int argc, char **argv);
int cmd_watch_del(struct cli *cli, int argc, char **argv);
int cmd_show_watches(struct cli *cli, int argc, char **argv);
int cmd_show_clients(struct cli *cli, int argc, char **argv);
int cmd_show_services(struct cli *cli, int argc, char **argv);
int cmd_show_decisions(struct cli *cli, int argc, char **argv);
int cmd_show_stats(struct cli *cli, int argc, char **argv);
int cmd_show_limits(struct cli *cli, int argc, char **argv);
int cmd_limit(struct cli *cli, int argc, char **argv);
int cmd_forget(struct cli *cli, int argc, char **argv);
int cmd_monitor(struct cli *cli, int argc, char **argv);
int cmd_show_outages(struct cli *cli, int argc, char **argv);
int cmd_show_waiters(struct cli *cli, int argc, char **argv);
int cmd_show_contacts(struct cli *cli, int argc, char **argv);
int cmd_show_notices(struct cli *cli, int argc, char **argv);
int cmd_show_handovers(struct cli *cli, int argc, char **argv);
int cmd_show_lists(struct cli *cli, int argc, char **argv);
int cmd_show_daemon(struct cli *cli, int argc, char **argv);
int cmd_contact_add(struct cli *cli, int argc, char **argv);
int cmd_contact_del(struct cli *cli, int argc, char **argv);
int cmd_contact_allow(struct cli *cli, int argc, char **argv);
int cmd_contact_import(struct cli *cli, int argc, char **argv);
int cmd_metrics(struct cli *cli, int argc, char **argv);
int cmd_show_leases(struct cli *cli, int argc, char **argv);
int cmd_lease_import(struct cli *cli, int argc, char **argv);
int cmd_lease_clear(struct cli *cli, int argc, char **argv);
int cmd_recover(struct cli *cli, int argc, char **argv);
int cmd_why(struct cli *cli, int argc, char **argv);
int cmd_agent(struct cli *cli, int argc, char **argv);

#endif /* RINGBACK_CLI_CLI_H */
