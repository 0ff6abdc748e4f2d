// SPDX-License-Identifier: GPL-2.0
/*
 * The sockets that only root can open: the trap ports and the control socket.
 */
#include "sockets.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "../common/log.h"

/* 22,000 traps a second overrun the default; a blast shall find room. */
#define TRAPS_RCVBUF  (4 * 1024 * 1024)
#define CONTROL_QUEUE 64

/* --- traps ----------------------------------------------------------------- */
/* Without the rights or the option the socket still works: no error. */
static void tune(int fd)
{
	int size = TRAPS_RCVBUF, on = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		log_warn("traps: receive buffer stays small: %m");
	if (setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof(on)))
		log_warn("traps: lost datagrams will not be counted: %m");
}

static int bind_udp(const struct addr *addr, uint16_t port)
{
	struct sockaddr_storage ss;
	socklen_t len = addr_to_sockaddr(addr, port, &ss);
	int fd = socket(ss.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int on = 1, err;

	if (fd < 0)
		return -errno;
	if ((ss.ss_family == AF_INET6 &&
	     setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on))) ||
	    bind(fd, (struct sockaddr *)&ss, len)) {
		err = -errno;
		close(fd);
		return err;
	}
	tune(fd);
	return fd;
}

static void bound_close(struct socket_bound *b)
{
	if (b->fd >= 0)
		close(b->fd);
}

/* Takes the socket of @addr and @port out of @old, or -1. */
static int take(struct sockets *old, const struct addr *addr, uint16_t port)
{
	int fd;

	for (size_t i = 0; i < old->n_traps; i++) {
		struct socket_bound *b = &old->traps[i];

		if (b->fd < 0 || b->port != port || !addr_equal(&b->addr, addr))
			continue;
		fd = b->fd;
		b->fd = -1;
		return fd;
	}
	return -1;
}

/* "any" is a socket per family; a kernel without IPv6 has one. */
static void want(struct sockets *s, struct sockets *old, const struct conf_listen *l)
{
	static const struct addr any[] = { { .family = AF_INET }, { .family = AF_INET6 } };
	const struct addr *addr = l->addr.family ? &l->addr : any;
	size_t n = l->addr.family ? 1 : 2;

	for (size_t i = 0; i < n; i++) {
		s->traps = reallocarray(s->traps, s->n_traps + 1, sizeof(*s->traps));
		if (!s->traps)
			fatal("out of memory");
		s->traps[s->n_traps++] = (struct socket_bound){
			.addr = addr[i],
			.port = l->port,
			.fd = take(old, &addr[i], l->port),
		};
	}
}

/* Binds what has no socket yet; what cannot be bound leaves the list. */
static int bind_missing(struct sockets *s)
{
	char text[ADDR_STRLEN];
	size_t kept = 0;
	int err = 0;

	for (size_t i = 0; i < s->n_traps; i++) {
		struct socket_bound b = s->traps[i];

		if (b.fd < 0)
			b.fd = bind_udp(&b.addr, b.port);
		if (b.fd >= 0) {
			s->traps[kept++] = b;
		} else if (b.fd != -EAFNOSUPPORT) {
			err = b.fd;
			log_err("traps: cannot listen on %s port %u: %s",
				addr_format(&b.addr, text), b.port, strerror(-err));
		}
	}
	s->n_traps = kept;
	return err;
}

int sockets_traps(struct sockets *s, const struct conf *conf)
{
	struct sockets old = *s;

	s->traps = NULL;
	s->n_traps = 0;
	for (size_t i = 0; i < conf->snmp.n_listen; i++)
		want(s, &old, &conf->snmp.listen[i]);
	/* before the new ones are bound: "any" and an address exclude each other */
	for (size_t i = 0; i < old.n_traps; i++)
		bound_close(&old.traps[i]);
	free(old.traps);
	return bind_missing(s);
}

/* --- control --------------------------------------------------------------- */
/* Ours from before, as we hold the lock; anything but a socket stays. */
static int unlink_stale(const char *path)
{
	struct stat st;

	if (lstat(path, &st))
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode))
		return -EEXIST;
	return unlink(path) ? -errno : 0;
}

static int bind_control(int fd, const char *path, gid_t gid)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	mode_t mask;
	int err;

	strncpy(sun.sun_path, path, sizeof(sun.sun_path) - 1);
	err = unlink_stale(path);
	if (err)
		return err;
	/* never open to more than in the end */
	mask = umask(0177);
	err = bind(fd, (struct sockaddr *)&sun, sizeof(sun)) ? -errno : 0;
	umask(mask);
	if (err)
		return err;
	if (lchown(path, 0, gid) || chmod(path, 0660) || listen(fd, CONTROL_QUEUE))
		return -errno;
	return 0;
}

int sockets_control(struct sockets *s, const char *path, gid_t gid)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int err = fd < 0 ? -errno : bind_control(fd, path, gid);

	if (err) {
		log_err("control socket %s: %s", path, strerror(-err));
		if (fd >= 0)
			close(fd);
		return err;
	}
	s->control = fd;
	return 0;
}

void sockets_close(struct sockets *s)
{
	for (size_t i = 0; i < s->n_traps; i++)
		bound_close(&s->traps[i]);
	free(s->traps);
	if (s->control >= 0)
		close(s->control);
	*s = (struct sockets){ .control = -1 };
}
