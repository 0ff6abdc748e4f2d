/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The operator's contact command (ringback.conf(5), contact-command): asked who a client
 * is, with its address and its MAC as arguments ("" where no MAC is known). Each question
 * is a process of its own, few at a time, the rest wait. It may hang, fork, fail and print
 * what it likes: the answer is one line, or nothing, or trouble.
 */
#ifndef RINGBACK_MAILER_COMMAND_H
#define RINGBACK_MAILER_COMMAND_H

#include <poll.h>

#include "../common/conf.h"
#include "../common/msg.h"

struct command;

/* @conf stays the caller's; without argv every answer is trouble. NULL: out of memory. */
struct command *command_new(const struct conf_lookup *conf);
/* Kills what runs. */
void command_free(struct command *c);

/* Exactly one answer follows, unless command_drop() comes first. */
void command_ask(struct command *c, const struct msg_lookup *question);
/* Nobody wants the answers any more: the questions are forgotten, what runs is killed. */
void command_drop(struct command *c);

/* The most that command_poll() can fill. */
nfds_t command_poll_max(const struct command *c);
/*
 * Fills @fds with what to wait for, and lowers *@timeout_ms (-1: none) to when something
 * is overdue. Returns how many.
 */
nfds_t command_poll(const struct command *c, struct pollfd *fds, int *timeout_ms);
/* Takes what the processes have printed, ends those that are over, starts others. */
void command_step(struct command *c);

/* The oldest answer that was not taken away, or NULL. */
const struct msg_found *command_answer(const struct command *c);
/* Takes it away. */
void command_answered(struct command *c);

#endif /* RINGBACK_MAILER_COMMAND_H */
