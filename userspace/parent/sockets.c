// SPDX-License-Identifier: GPL-2.0
/*
 * The sockets that only root can open: the ports of traps and pages, and the
 * control socket.
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
#define WEB_QUEUE     1024 /* connections that wait while the room is busy or starts */

/* --- datagrams and connections -------------------------------------------- */
/* Without the rights or the option the socket still works: no error. */
static void tune_traps(int fd)
{
	int size = TRAPS_RCVBUF, on = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		log_warn("traps: receive buffer stays small: %m");
	if (setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof(on)))
		log_warn("traps: lost datagrams will not be counted: %m");
}

static bool is_standin(const struct socket_bound *b)
{
	return b->room == ROOM_WEB && b->web.face == WEB_STANDIN;
}

static int set(int fd, int level, int option)
{
	static const int on = 1;

	return setsockopt(fd, level, option, &on, sizeof(on)) ? -errno : 0;
}

/*
 * Connections that the stand-in answers arrive with the server's address, which
 * is not one of this host: only a transparent socket may have them.
 */
static int prepare(int fd, const struct socket_bound *b)
{
	bool v6 = b->addr.family == AF_INET6;
	int err = v6 ? set(fd, IPPROTO_IPV6, IPV6_V6ONLY) : 0;

	if (!err && b->room == ROOM_WEB)
		err = set(fd, SOL_SOCKET, SO_REUSEADDR);
	if (!err && is_standin(b))
		err = v6 ? set(fd, IPPROTO_IPV6, IPV6_TRANSPARENT) :
			   set(fd, IPPROTO_IP, IP_TRANSPARENT);
	return err;
}

static int bind_fd(int fd, const struct socket_bound *b)
{
	struct sockaddr_storage ss;
	socklen_t len = addr_to_sockaddr(&b->addr, b->port, &ss);
	int err = prepare(fd, b);

	if (err)
		return err;
	if (bind(fd, (struct sockaddr *)&ss, len))
		return -errno;
	return b->room == ROOM_WEB && listen(fd, WEB_QUEUE) ? -errno : 0;
}

static int bind_socket(const struct socket_bound *b)
{
	int type = b->room == ROOM_WEB ? SOCK_STREAM : SOCK_DGRAM;
	int fd = socket(b->addr.family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int err = fd < 0 ? -errno : bind_fd(fd, b);

	if (err) {
		if (fd >= 0)
			close(fd);
		return err;
	}
	if (b->room == ROOM_TRAPS)
		tune_traps(fd);
	return fd;
}

/* --- the list --------------------------------------------------------------- */
static void bound_close(struct socket_bound *b)
{
	if (b->fd >= 0)
		close(b->fd);
}

/* Takes the socket that serves for @b out of @old, or -1. */
static int take(struct sockets *old, const struct socket_bound *b)
{
	int fd;

	for (size_t i = 0; i < old->n_bound; i++) {
		struct socket_bound *o = &old->bound[i];

		if (o->fd < 0 || o->room != b->room || is_standin(o) != is_standin(b) ||
		    o->port != b->port || !addr_equal(&o->addr, &b->addr))
			continue;
		fd = o->fd;
		o->fd = -1;
		return fd;
	}
	return -1;
}

/* "any" is a socket per family; a kernel without IPv6 has one. */
static void want(struct sockets *s, struct sockets *old, enum room room, enum web_face face,
		 const struct conf_listen *l)
{
	static const struct addr any[] = { { .family = AF_INET }, { .family = AF_INET6 } };
	const struct addr *addr = l->addr.family ? &l->addr : any;
	size_t n = l->addr.family ? 1 : 2;

	for (size_t i = 0; i < n; i++) {
		struct socket_bound b = {
			.addr = addr[i],
			.port = l->port,
			.room = room,
			.web = { .face = face, .tls = l->tls },
		};

		b.fd = take(old, &b);
		s->bound = reallocarray(s->bound, s->n_bound + 1, sizeof(b));
		if (!s->bound)
			fatal("out of memory");
		s->bound[s->n_bound++] = b;
	}
}

static bool stands_in(const struct conf *conf)
{
	for (size_t i = 0; i < conf->n_watches; i++) {
		if (conf->watches[i].standin)
			return true;
	}
	return false;
}

/*
 * On the loopback's addresses, never on "any": a wildcard would also get what is
 * meant for the same port of a server that lives.
 */
static void want_standin(struct sockets *s, struct sockets *old, const struct conf *conf)
{
	static const char *const loopback[] = { "127.0.0.1", "::1" };
	struct conf_listen l = { .port = conf->web.standin_port };

	for (size_t i = 0; i < 2; i++) {
		addr_parse(&l.addr, loopback[i]);
		want(s, old, ROOM_WEB, WEB_STANDIN, &l);
	}
}

static void want_web(struct sockets *s, struct sockets *old, const struct conf *conf)
{
	const struct conf_web *web = &conf->web;

	if (!web->configured)
		return;
	if (stands_in(conf))
		want_standin(s, old, conf);
	for (size_t i = 0; i < web->n_listen; i++)
		want(s, old, ROOM_WEB, WEB_PORTAL, &web->listen[i]);
	for (size_t i = 0; i < web->n_status; i++)
		want(s, old, ROOM_WEB, WEB_STATUS, &web->status[i]);
}

/* A host without IPv6, be it the kernel's or the loopback's, is no error there. */
static bool no_ipv6(const struct socket_bound *b)
{
	static const struct addr one = { .family = AF_INET6, .bytes[15] = 1 };

	return b->fd == -EAFNOSUPPORT || (b->fd == -EADDRNOTAVAIL && addr_equal(&b->addr, &one));
}

/* Binds what has no socket yet; what cannot be bound leaves the list. */
static int bind_missing(struct sockets *s)
{
	char text[ADDR_STRLEN];
	size_t kept = 0;
	int err = 0;

	for (size_t i = 0; i < s->n_bound; i++) {
		struct socket_bound b = s->bound[i];

		if (b.fd < 0)
			b.fd = bind_socket(&b);
		if (b.fd >= 0) {
			s->bound[kept++] = b;
		} else if (!no_ipv6(&b)) {
			err = b.fd;
			log_err("%s: cannot listen on %s port %u: %s", room_name(b.room),
				addr_format(&b.addr, text), b.port, strerror(-err));
		}
	}
	s->n_bound = kept;
	return err;
}

int sockets_listen(struct sockets *s, const struct conf *conf)
{
	struct sockets old = *s;

	s->bound = NULL;
	s->n_bound = 0;
	for (size_t i = 0; i < conf->snmp.n_listen; i++)
		want(s, &old, ROOM_TRAPS, 0, &conf->snmp.listen[i]);
	want_web(s, &old, conf);
	/* before the new ones are bound: "any" and an address exclude each other */
	for (size_t i = 0; i < old.n_bound; i++)
		bound_close(&old.bound[i]);
	free(old.bound);
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
	for (size_t i = 0; i < s->n_bound; i++)
		bound_close(&s->bound[i]);
	free(s->bound);
	if (s->control >= 0)
		close(s->control);
	*s = (struct sockets){ .control = -1 };
}
