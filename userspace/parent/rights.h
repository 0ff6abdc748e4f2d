/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How a room gives up what it does not need.
 */
#ifndef RINGBACK_PARENT_RIGHTS_H
#define RINGBACK_PARENT_RIGHTS_H

#include <stdbool.h>
#include <sys/types.h>

#include "../common/conf.h"

/* Whom the rooms run as, and an empty directory for those without files. */
struct rights {
	uid_t uid;
	gid_t gid;
	char *empty;
};

/* For the parent itself: its memory holds every secret. */
void rights_guard_memory(void);

/*
 * In a freshly forked child, as root: afterwards only what @room needs is left.
 * Any failure is fatal. @parent: whose death is also the child's.
 */
void rights_drop(enum room room, const struct conf *conf, const struct rights *r, pid_t parent);

/* --- seccomp.c: system calls; all fatal, all need no_new_privs ------------- */
/* Only what a reader of datagrams needs; anything else kills the process. */
void seccomp_only_datagrams(void);
/* Likewise for who accepts connections on the sockets it has, and makes none. */
void seccomp_only_connections(void);
/*
 * Everything but what an intruder would look for first; that gets EPERM. With @programs
 * others may be executed, under the same filter.
 */
void seccomp_no_escape(bool programs);

#endif /* RINGBACK_PARENT_RIGHTS_H */
