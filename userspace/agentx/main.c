// SPDX-License-Identifier: GPL-2.0
/*
 * The room "agentx": serves our tables to the system's snmpd.
 */
#include <errno.h>
#include <poll.h>

#include "../common/log.h"
#include "../common/room.h"

int agentx_main(const struct room_start *start)
{
	struct msg_chan parent = start->parent;
	static struct msg m;
	int got;

	room_up(start);
	for (;;) {
		struct pollfd fd = { parent.fd, POLLIN, 0 };

		poll(&fd, 1, -1);
		while ((got = msg_recv(&parent, &m)) == 1)
			if (m.fd >= 0)
				msg_close(&(struct msg_chan){ m.fd });
		if (got != -EAGAIN && got != -EBADMSG)
			return 0;
	}
}
