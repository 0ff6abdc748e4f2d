/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Starting a room: from fork to the room's own main.
 */
#ifndef RINGBACK_PARENT_SPAWN_H
#define RINGBACK_PARENT_SPAWN_H

#include "../common/conf.h"
#include "../common/log.h"
#include "../common/msg.h"
#include "rights.h"
#include "sockets.h"

/* What is the same for all rooms and all configurations. */
struct spawn {
	struct rights rights;
	struct sockets sockets;
	enum log_target log;
	bool debug;
};

/*
 * Forks @room. Returns its process and in @chan our end of its channel, or
 * -errno (logged).
 */
pid_t spawn_room(const struct spawn *s, struct conf *conf, enum room room, struct msg_chan *chan);

#endif /* RINGBACK_PARENT_SPAWN_H */
