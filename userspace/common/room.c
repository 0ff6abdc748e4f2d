// SPDX-License-Identifier: GPL-2.0
/*
 * What every room does the same way.
 */
#include "room.h"

#include <errno.h>
#include <string.h>

#include "log.h"

void room_up(const struct room_start *start)
{
	struct msg_chan parent = start->parent;
	int err = msg_send(&parent, MSG_UP, NULL, 0, -1);

	/* -EPIPE: it wants no rooms any more; the room's loop sees that, too */
	if (err && err != -EPIPE)
		fatal("the parent does not listen: %s", strerror(-err));
}
