/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The sockets that only root can open. The parent keeps them, so that what
 * arrives while a room starts again waits in the kernel.
 */
#ifndef RINGBACK_PARENT_SOCKETS_H
#define RINGBACK_PARENT_SOCKETS_H

#include "../common/room.h"

struct sockets {
	struct socket_bound {
		struct addr addr; /* AF_UNSPEC became one of each family */
		uint16_t port;
		enum room room; /* ROOM_TRAPS or ROOM_WEB */
		struct listen_web web; /* with ROOM_WEB */
		int fd;
	} * bound;
	size_t n_bound;
	int control;
};

/*
 * Binds what the rooms of @conf listen on; what is bound already is kept, what is
 * not wanted any more is closed. 0 or -errno (logged), with what could be bound.
 */
int sockets_listen(struct sockets *s, const struct conf *conf);

/*
 * Binds and listens on the control socket @path: root and @gid may connect.
 * 0 or -errno (logged).
 */
int sockets_control(struct sockets *s, const char *path, gid_t gid);

void sockets_close(struct sockets *s);

#endif /* RINGBACK_PARENT_SOCKETS_H */
