/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The throwaway process of one question to the contact command.
 */
#ifndef RINGBACK_MAILER_COMMAND_FORK_H
#define RINGBACK_MAILER_COMMAND_FORK_H

#include <stdbool.h>
#include <sys/types.h>

#include "../common/conf.h"
#include "../common/msg.h"

/* Leader of its own process group; descriptors are non-blocking, -1: closed. */
struct command_process {
	pid_t pid;
	int pidfd; /* readable: it has ended */
	int out, err; /* its stdout and stderr */
};

/* Executes conf->argv with the client's address and MAC behind it. 0 or -errno. */
int command_fork(struct command_process *p, const struct conf_lookup *conf,
		 const struct msg_lookup *about);
/* Whether the leader has ended; it stays to be waited for, and so does its group's number. */
bool command_ended(const struct command_process *p);
/* Kills the whole group, closes all; the status as of waitpid(2). */
int command_end(struct command_process *p);
/* Closes *@fd, if it is open. */
void command_close(int *fd);

#endif /* RINGBACK_MAILER_COMMAND_FORK_H */
