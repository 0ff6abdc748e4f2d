/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One question to the engine, in the words of the control socket (common/control.h),
 * over a socket of its own: nothing waits for the answer but who asked.
 */
#ifndef RINGBACK_AGENTX_FETCH_H
#define RINGBACK_AGENTX_FETCH_H

#include "../common/msg.h"
#include "view.h"

#define FETCH_LINE_MAX 16384 /* bytes of a row, by far */

struct fetch {
	int fd; /* to be read; -1: nothing is asked */
	struct view view; /* as far as it came */
	bool waiters; /* are asked for, too */
	enum { FETCH_DAEMON, FETCH_OUTAGES, FETCH_WAITERS } step;
	size_t at; /* of view.outages: whose waiters come */
	uint64_t sum; /* of their waiters so far */
	int64_t began, heard; /* CLOCK_MONOTONIC ms */
	size_t len;
	char buf[FETCH_LINE_MAX];
};

/* Asks through @engine. 0 or -errno: nothing is asked. */
int fetch_start(struct fetch *f, struct msg_chan *engine, bool waiters);
/* 1: all of view is there, and the caller's; 0: more is to come; -errno: it failed. */
int fetch_read(struct fetch *f);
/* Forgets question and answer. */
void fetch_stop(struct fetch *f);

#endif /* RINGBACK_AGENTX_FETCH_H */
