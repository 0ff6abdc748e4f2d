/* SPDX-License-Identifier: GPL-2.0 */
/*
 * net-snmp as an AgentX subagent (RFC 2741): who asks snmpd for something below our
 * base asks us. It finds snmpd again when that was away. The library has one state a
 * process, and so has this.
 */
#ifndef RINGBACK_AGENTX_SUBAGENT_H
#define RINGBACK_AGENTX_SUBAGENT_H

#include <stdbool.h>
#include <sys/select.h>

#include "../common/conf.h"
#include "view.h"

struct subagent_ops {
	/*
	 * What is known, with the waiters or without; NULL: it must be asked for first, and
	 * subagent_answer() follows.
	 */
	const struct view *(*view)(bool waiters, void *arg);
	void *arg;
};

/* Registers conf->mib_base at conf->agentx. -EINVAL: that is no OID, -ENOMEM. */
int subagent_start(const struct conf *conf, const struct subagent_ops *ops);
/* Adds what it waits for to @fds and *@n, and lessens @wait to when it has to do something. */
void subagent_prepare(fd_set *fds, int *n, struct timeval *wait);
/* @n: of select(); 0: @fds says nothing. */
void subagent_handle(int n, fd_set *fds);
/* Answers the requests that waited, @well; else with an error. */
void subagent_answer(bool well);
void subagent_stop(void);

#endif /* RINGBACK_AGENTX_SUBAGENT_H */
