/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The parent's life: keeps the rooms running and introduces them to each other.
 */
#ifndef RINGBACK_PARENT_SUPERVISE_H
#define RINGBACK_PARENT_SUPERVISE_H

#include "spawn.h"

/*
 * Runs until SIGTERM or SIGINT. @conf is owned from here on; a SIGHUP replaces
 * it and the sockets of @s. Returns the exit status.
 */
int supervise(struct spawn *s, struct conf *conf);

#endif /* RINGBACK_PARENT_SUPERVISE_H */
