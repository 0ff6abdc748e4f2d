// SPDX-License-Identifier: GPL-2.0
/*
 * Starting a room: from fork to the room's own main. The child keeps its
 * channel and its sockets, drops everything else, its rights last.
 */
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "../common/room.h"
#include "snmp_engine.h"

#define FIRST_FD 3 /* after stdin, stdout, stderr */

/* Names of the processes, as ps(1) and pkill(1) see them: 15 bytes at most. */
static const char *const process_names[ROOM_MAX] = {
	[ROOM_ENGINE] = "ringback-engine", [ROOM_TRAPS] = "ringback-traps",
	[ROOM_MAILER] = "ringback-mailer", [ROOM_WEB] = "ringback-web",
	[ROOM_AGENTX] = "ringback-agentx",
};

/* --- the child ------------------------------------------------------------- */
static void list_sockets(struct room_start *start, const struct spawn *s, enum room room)
{
	const struct sockets *all = &s->sockets;

	start->listen_fds = calloc(all->n_bound + 1, sizeof(*start->listen_fds));
	start->listen_web = calloc(all->n_bound + 1, sizeof(*start->listen_web));
	if (!start->listen_fds || !start->listen_web)
		fatal("out of memory");
	if (room == ROOM_ENGINE)
		start->listen_fds[start->n_listen_fds++] = all->control;
	for (size_t i = 0; i < all->n_bound; i++) {
		if (all->bound[i].room != room)
			continue;
		start->listen_web[start->n_listen_fds] = all->bound[i].web;
		start->listen_fds[start->n_listen_fds++] = all->bound[i].fd;
	}
}

static int move_fd(int fd, int to)
{
	if (fd < 0 || dup3(fd, to, O_CLOEXEC) < 0)
		fatal("descriptors cannot be arranged: %m");
	return to;
}

/*
 * Puts the channel and the sockets at 3, 4, ... and closes all behind them. They
 * go above everything first, so that no move overwrites one that is to come.
 */
static void arrange_fds(struct room_start *start)
{
	int above = FIRST_FD + 1 + (int)start->n_listen_fds, next = FIRST_FD;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0)
		fatal("/dev/null: %m");
	start->parent.fd = fcntl(start->parent.fd, F_DUPFD_CLOEXEC, above);
	for (size_t i = 0; i < start->n_listen_fds; i++)
		start->listen_fds[i] = fcntl(start->listen_fds[i], F_DUPFD_CLOEXEC, above);

	start->parent.fd = move_fd(start->parent.fd, next++);
	for (size_t i = 0; i < start->n_listen_fds; i++)
		start->listen_fds[i] = move_fd(start->listen_fds[i], next++);
	if (close_range(next, ~0U, 0))
		fatal("close_range: %m");
}

static void default_signals(void)
{
	static const int usual[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGCHLD };
	sigset_t none;

	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		signal(usual[i], SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static int room_run(enum room room, const struct room_start *start)
{
	switch (room) {
	case ROOM_ENGINE:
		return engine_main(start);
	case ROOM_TRAPS:
		return traps_main(start);
	case ROOM_MAILER:
		return mailer_main(start);
	case ROOM_WEB:
		return web_main(start);
	case ROOM_AGENTX:
		return agentx_main(start);
	case ROOM_PARENT:
	case ROOM_MAX:
		break;
	}
	abort();
}

__attribute__((noreturn)) static void child_main(const struct spawn *s, enum room room,
						 struct room_start *start, pid_t parent)
{
	setsid(); /* a terminal's ^C is the parent's business */
	prctl(PR_SET_NAME, process_names[room]);
	default_signals();
	conf_keep(start->conf, room);

	closelog(); /* syslog's socket is among what is closed here */
	arrange_fds(start);
	log_init(room_name(room), s->log, s->debug);
	tzset(); /* its file may be out of reach later */
	rights_drop(room, start->conf, &s->rights, parent);

	exit(room_run(room, start));
}

/* --- the parent ------------------------------------------------------------ */
pid_t spawn_room(const struct spawn *s, struct conf *conf, enum room room, struct msg_chan *chan)
{
	struct room_start start = { .conf = conf };
	pid_t parent = getpid(), pid;
	int err = 0;

	if (room == ROOM_TRAPS)
		err = snmp_engine_next(conf->store_path, start.engine_id, &start.engine_boots);
	if (err)
		return err;
	err = msg_pair(chan, &start.parent);
	if (err) {
		log_err("%s: no channel: %s", room_name(room), strerror(-err));
		return err;
	}
	pid = fork();
	if (pid == 0) {
		list_sockets(&start, s, room);
		child_main(s, room, &start, parent);
	}
	msg_close(&start.parent);
	if (pid < 0) {
		pid = -errno;
		log_err("%s: fork: %s", room_name(room), strerror(errno));
		msg_close(chan);
	}
	return pid;
}
