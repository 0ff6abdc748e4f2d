/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What every process of the daemon has in common: how the parent starts it and
 * how it gives up its rights. parent/ implements this, each room defines its
 * entry.
 */
#ifndef RINGBACK_COMMON_ROOM_H
#define RINGBACK_COMMON_ROOM_H

#include <stddef.h>
#include <stdint.h>
#include "conf.h"
#include "msg.h"

/* What a listening socket of the room "web" serves. */
enum web_face { WEB_STANDIN, WEB_PORTAL, WEB_STATUS };

/*
 * What the parent hands to a freshly forked child. conf is the child's own copy
 * and already reduced by conf_keep(). Descriptors that are not in here are
 * closed.
 */
struct room_start {
	struct conf *conf;
	struct msg_chan parent;		/* MSG_PEER arrives here, now and later */
	int *listen_fds;		/* traps: bound UDP sockets, one per conf->snmp.listen
					 * (two for "any": IPv4 and IPv6);
					 * engine: listen_fds[0] is the control socket;
					 * web: listening TCP sockets, see listen_web */
	size_t n_listen_fds;
	struct listen_web {
		uint8_t face;		/* enum web_face */
		bool tls;
	} *listen_web;			/* web only: n_listen_fds, what each is for */
	/* traps only: our SNMP engine. The parent keeps both on disk (RFC 3414,
	 * 2.2), because the room that parses foreign bytes may not write files. */
	char engine_id[65];		/* hex digits, lower case, 5..32 bytes' worth */
	uint32_t engine_boots;		/* grows with each start of the room, 1..2^31-1 */
};

/*
 * The rooms. Called after the rights are dropped, in the child. They run until
 * the parent's socket closes (then return 0: an orderly end) or an invariant
 * breaks. The returned value is the exit status.
 *
 * A room that has opened what it needs calls room_up(). One that cannot logs why
 * and exits with status 1; if that is at the daemon's start, the daemon ends.
 *
 * As they begin: SIGPIPE is ignored (a program that a
 * room executes wants the default back), every other signal is at its default
 * and unblocked; the process leads its own session, so a terminal's ^C reaches
 * the parent only; no descriptor but those of *start and 0, 1 (/dev/null), 2.
 *
 * A peer that dies is replaced: the parent sends a new MSG_PEER with a new
 * descriptor for that room; the old channel then reads as closed.
 */
/* Tells the parent: my rights are dropped, I can work (MSG_UP). Once, fatal. */
void room_up(const struct room_start *start);

/*
 * For a child of a room: from here on it, and what it forks, can execute no program. Not
 * to be undone; fatal.
 */
void room_no_programs(void);

/*
 * As rooms end: for so many ms the engine hears what the mailer still has to say, and the
 * mailer tries to say it. Less than half of what the parent gives a room to end.
 */
#define ROOM_LAST_WORDS_MS	2000

int engine_main(const struct room_start *start);
int traps_main(const struct room_start *start);
int mailer_main(const struct room_start *start);
int web_main(const struct room_start *start);
int agentx_main(const struct room_start *start);

#endif /* RINGBACK_COMMON_ROOM_H */
