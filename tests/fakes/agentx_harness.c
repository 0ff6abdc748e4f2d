// SPDX-License-Identifier: GPL-2.0
/*
 * The rooms "agentx" and "engine", both real, without a kernel module: plays their
 * parent, for tests/agentx/run.
 *
 *   agentx_harness STORE CONTROL AGENTX BASE
 *
 * It says "engine PID" for each engine and "agentx PID". On its standard input, a line
 * each: "away" kills the engine (SIGKILL), "hang" and "wake" stop it and let it go on,
 * "return" starts another; each is answered with "done". "end" or the end of the input
 * ends both in order: "exit STATUS" is the agentx room's.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/log.h"
#include "common/room.h"

struct child {
	pid_t pid;
	struct msg_chan chan;
};

static struct conf conf;
static int control;
static struct child engine, agentx;

static int control_socket(const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&sun, sizeof(sun)) || listen(fd, 16))
		err(1, "%s", path);
	return fd;
}

/* Starts a room, and waits until it can work. */
static void start_room(struct child *c, const char *name, int (*run)(const struct room_start *))
{
	struct room_start start = { .conf = &conf, .listen_fds = &control, .n_listen_fds = 1 };
	static struct msg m;

	if (msg_pair(&c->chan, &start.parent))
		errx(1, "no channel");
	c->pid = fork();
	if (!c->pid) {
		msg_close(&c->chan);
		if (agentx.pid && c != &agentx)
			msg_close(&agentx.chan);
		if (engine.pid && c != &engine)
			msg_close(&engine.chan);
		log_init(name, LOG_TO_STDERR, false);
		exit(run(&start));
	}
	msg_close(&start.parent);
	while (msg_recv(&c->chan, &m) == -EAGAIN)
		usleep(1000);
	msg_send(&c->chan, MSG_READY, NULL, 0, -1);
	printf("%s %d\n", name, c->pid);
}

static void introduce(void)
{
	const struct msg_peer to_engine = { ROOM_AGENTX }, to_agentx = { ROOM_ENGINE };
	struct msg_chan a, b;

	if (msg_pair(&a, &b) ||
	    msg_send(&engine.chan, MSG_PEER, &to_engine, sizeof(to_engine), a.fd) ||
	    msg_send(&agentx.chan, MSG_PEER, &to_agentx, sizeof(to_agentx), b.fd))
		errx(1, "no introduction");
	msg_close(&a);
	msg_close(&b);
}

static int end_room(struct child *c, int sig)
{
	int status = 0;

	if (!c->pid)
		return 0;
	if (sig)
		kill(c->pid, sig);
	msg_close(&c->chan);
	waitpid(c->pid, &status, 0);
	c->pid = 0;
	return status;
}

static bool command(const char *line)
{
	if (!strcmp(line, "end\n"))
		return false;
	if (!strcmp(line, "away\n")) {
		end_room(&engine, SIGKILL);
	} else if (!strcmp(line, "hang\n")) {
		kill(engine.pid, SIGSTOP);
	} else if (!strcmp(line, "wake\n")) {
		kill(engine.pid, SIGCONT);
	} else if (!strcmp(line, "return\n")) {
		start_room(&engine, "engine", engine_main);
		introduce();
	} else {
		errx(2, "%s?", line);
	}
	puts("done");
	return true;
}

int main(int argc, char **argv)
{
	char line[64];

	if (argc != 5)
		errx(2, "STORE CONTROL AGENTX BASE");
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGPIPE, SIG_IGN);
	conf = (struct conf){ .path = "agentx_harness",
			      .store_path = argv[1],
			      .store_keep = 90,
			      .control_path = argv[2],
			      .agentx = argv[3],
			      .mib_base = argv[4] };
	control = control_socket(argv[2]);
	start_room(&engine, "engine", engine_main);
	start_room(&agentx, "agentx", agentx_main);
	introduce();
	puts("ready");
	while (fgets(line, sizeof(line), stdin) && command(line))
		;
	printf("exit %d\n", end_room(&agentx, 0));
	end_room(&engine, 0);
	return 0;
}
