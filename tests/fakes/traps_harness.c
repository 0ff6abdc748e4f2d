// SPDX-License-Identifier: GPL-2.0
/*
 * The room "traps" alone: plays its parent and the engine, and prints a line
 * for each trap that the engine would get.
 *
 *   traps_harness [-c COMMUNITY] [-u NAME,AUTHKEY,PRIVKEY[,ENGINEID]] [-o OID]
 *                 [-s PREFIX] [-d MS] [-n] [-j] PORT
 *
 * -d: connect the engine only after MS milliseconds; -n: never; -j: jail the
 * room in an empty root without the right to open anything. Runs until its
 * standard input ends. Users have SHA-256 and AES.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/log.h"
#include "common/room.h"
#include "common/timefmt.h"

#define MAX 8

static struct conf_snmp_user users[MAX];
static char *communities[MAX], *oids[MAX];
static struct conf_watch watch;
static struct prefix prefixes[MAX];
static struct conf conf = {
	.watches = &watch,
	.n_watches = 1,
	.snmp = { .communities = communities, .users = users, .oids = oids },
};

static void user_add(char *spec)
{
	struct conf_snmp_user *u = &users[conf.snmp.n_users++];

	u->name = strsep(&spec, ",");
	u->auth = SNMP_AUTH_SHA256;
	u->auth_key = strsep(&spec, ",");
	u->priv_key = strsep(&spec, ",");
	u->priv = u->priv_key && *u->priv_key ? SNMP_PRIV_AES : SNMP_PRIV_NONE;
	u->engine_id = spec;
}

static int bound_socket(uint16_t port)
{
	struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&sin6, sizeof(sin6)))
		err(1, "port %u", port);
	return fd;
}

/* What the parent does to the room, as far as net-snmp can notice. */
static void jail(void)
{
	scmp_filter_ctx ctx;

	if (chdir("/var/empty") && (mkdir("/tmp/empty", 0755) || 1) && chdir("/tmp/empty"))
		err(1, "empty directory");
	if (chroot(".") || setgid(65534) || setuid(65534))
		err(1, "chroot");
	ctx = seccomp_init(SCMP_ACT_ALLOW);
	for (const char *const *s = (const char *const[]){ "open", "openat", "socket", "mkdir",
							   "stat", "execve", NULL };
	     *s; s++)
		seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EACCES), seccomp_syscall_resolve_name(*s), 0);
	if (seccomp_load(ctx))
		errx(1, "seccomp");
}

static void print_traps(struct msg_chan *engine, struct msg *m)
{
	char source[ADDR_STRLEN], server[ADDR_STRLEN];

	while (msg_recv(engine, m) == 1) {
		const struct msg_trap *t = (const void *)m->body;

		printf("trap %s %s kind=%u v%u inform=%d authentic=%d uptime=%u %s\n",
		       addr_format(&t->source, source), addr_format(&t->server, server), t->kind,
		       t->version, t->inform, t->authentic, t->uptime, t->oid);
		fflush(stdout);
	}
}

static void run(struct msg_chan *parent, long delay_ms)
{
	static struct msg m;
	struct msg_peer peer = { ROOM_ENGINE };
	struct msg_chan engine, theirs;
	int64_t connect_at = time_mono_ms() + delay_ms;
	bool connected = delay_ms < 0;

	engine.fd = -1;
	msg_send(parent, MSG_READY, NULL, 0, -1);
	for (;;) {
		struct pollfd fds[] = { { STDIN_FILENO, POLLIN, 0 }, { engine.fd, POLLIN, 0 } };

		if (!connected && time_mono_ms() >= connect_at) {
			msg_pair(&engine, &theirs);
			msg_send(parent, MSG_PEER, &peer, sizeof(peer), theirs.fd);
			msg_close(&theirs);
			connected = true;
		}
		poll(fds, 2, 50);
		if (fds[0].revents)
			return;
		if (fds[1].revents)
			print_traps(&engine, &m);
	}
}

static void options(int argc, char **argv, long *delay_ms, bool *jailed)
{
	int c;

	while ((c = getopt(argc, argv, "c:u:o:s:d:nj")) != -1) {
		switch (c) {
		case 'c':
			communities[conf.snmp.n_communities++] = optarg;
			break;
		case 'u':
			user_add(optarg);
			break;
		case 'o':
			oids[conf.snmp.n_oids++] = optarg;
			break;
		case 's':
			if (prefix_parse(&prefixes[watch.n_servers++], optarg))
				errx(2, "%s: not a prefix", optarg);
			break;
		case 'd':
			*delay_ms = atol(optarg);
			break;
		case 'n':
			*delay_ms = -1;
			break;
		case 'j':
			*jailed = true;
			break;
		default:
			exit(2);
		}
	}
	if (optind != argc - 1)
		errx(2, "which port?");
}

int main(int argc, char **argv)
{
	struct room_start start = { .conf = &conf, .n_listen_fds = 1 };
	struct msg_chan ours;
	bool jailed = false;
	long delay_ms = 0;
	int fd, status;
	pid_t pid;

	watch.servers = prefixes;
	options(argc, argv, &delay_ms, &jailed);
	fd = bound_socket((uint16_t)atoi(argv[optind]));
	start.listen_fds = &fd;
	strcpy(start.engine_id, "80001f880472696e676261636b");
	start.engine_boots = 7;
	if (msg_pair(&ours, &start.parent))
		err(1, "socketpair");
	signal(SIGPIPE, SIG_IGN);
	pid = fork();
	if (!pid) {
		msg_close(&ours);
		log_init("traps", LOG_TO_STDERR, true);
		if (jailed)
			jail();
		_exit(traps_main(&start));
	}
	msg_close(&start.parent);
	close(fd);
	run(&ours, delay_ms);
	msg_close(&ours);
	waitpid(pid, &status, 0);
	printf("exit %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	return 0;
}
