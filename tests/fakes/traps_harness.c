// SPDX-License-Identifier: GPL-2.0
/*
 * The room "traps" alone: plays its parent and the engine, and prints a line
 * for each trap and each part of a list that the engine would get.
 *
 *   traps_harness [-c COMMUNITY] [-u NAME,AUTHKEY,PRIVKEY[,ENGINEID]] [-o OID]
 *                 [-s PREFIX] [-r NAME,FROM,USER[,COMMUNITY]] [-d MS] [-n] [-j] PORT
 *
 * -d: connect the engine only after MS milliseconds; -n: never; -j: jail the
 * room in an empty root without the right to open anything. Runs until its
 * standard input ends. Users have SHA-256 and AES.
 *
 * Lists are answered as the last line of standard input says: "ok" (also without one),
 * "refused", "incomplete", or not yet: "hold", until another line comes. "away" ends the
 * engine, "back" starts another one; while it is "deaf" it reads nothing, until "hears".
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
static struct conf_receive receives[MAX];
static struct addr routers[MAX];
static struct conf conf = {
	.mib_base = (char *)MIB_BASE_DEFAULT,
	.receives = receives,
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

static void receive_add(char *spec)
{
	struct addr *from = &routers[conf.n_receives];
	struct conf_receive *r = &receives[conf.n_receives++];

	snprintf(r->name, sizeof(r->name), "%s", strsep(&spec, ","));
	if (!spec || addr_parse(from, strsep(&spec, ",")) || !spec)
		errx(2, "-r: NAME,FROM,USER[,COMMUNITY]");
	r->from = from;
	r->n_from = 1;
	r->clients = 200000;
	r->user = strsep(&spec, ",");
	r->community = spec;
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

static void print_trap(const struct msg_trap *t)
{
	char source[ADDR_STRLEN], server[ADDR_STRLEN];

	printf("trap %s %s kind=%u v%u inform=%d authentic=%d uptime=%u %s\n",
	       addr_format(&t->source, source), addr_format(&t->server, server), t->kind,
	       t->version, t->inform, t->authentic, t->uptime, t->oid);
}

static void print_list(const struct msg_handover *h)
{
	char service[SERVICE_STRLEN], client[ADDR_STRLEN];

	printf("list %s %s act=%u outage=%llu list=%u %s part=%u/%u clients=%u", h->target,
	       h->router, h->act, (unsigned long long)h->outage, h->list,
	       service_format(&h->service, service), h->part, h->parts, h->clients);
	for (uint32_t i = 0; i < h->n_rows; i++)
		printf(" %s", addr_format(&h->rows[i].client, client));
	printf("\n");
}

/* What the engine has to say of lists; HOLD: nothing yet. */
#define HOLD -1

static int answer = TAKEN_OK;
static bool deaf;
static uint64_t held[4096];
static size_t n_held;

/* As many as the room has room for; the others in the next round. */
static void answer_lists(struct msg_chan *engine)
{
	size_t n = 0;

	for (; answer != HOLD && n < n_held; n++) {
		const struct msg_taken t = { .id = held[n], .taken = (uint8_t)answer };

		if (msg_send(engine, MSG_TAKEN, &t, sizeof(t), -1) == -EAGAIN)
			break;
	}
	n_held -= n;
	memmove(held, held + n, n_held * sizeof(held[0]));
}

static void from_room(struct msg_chan *engine, struct msg *m)
{
	while (msg_recv(engine, m) == 1) {
		const struct msg_handover *h = (const void *)m->body;
		const struct msg_unheard *u = (const void *)m->body;

		if (m->type == MSG_UNHEARD) {
			printf("unheard ignored=%llu refused=%llu lost=%llu\n",
			       (unsigned long long)u->ignored, (unsigned long long)u->refused,
			       (unsigned long long)u->lost);
		} else if (m->type == MSG_TRAP) {
			print_trap((const void *)m->body);
		} else if (m->type == MSG_LIST && n_held < sizeof(held) / sizeof(held[0])) {
			print_list(h);
			held[n_held++] = h->id;
			answer_lists(engine);
		}
		fflush(stdout);
	}
}

/* False: the end. */
static bool told(struct msg_chan *engine, int64_t *connect_at)
{
	static const char *const words[] = { "ok", "refused", "incomplete" };
	char line[32];
	ssize_t len = read(STDIN_FILENO, line, sizeof(line) - 1);

	if (len <= 0)
		return false;
	line[len] = '\0';
	line[strcspn(line, "\n")] = '\0';
	if (!strcmp(line, "hold"))
		answer = HOLD;
	for (int i = 0; i < 3; i++)
		answer = strcmp(line, words[i]) ? answer : i;
	if (!strcmp(line, "away")) {
		msg_close(engine);
		n_held = 0;
	}
	if (!strcmp(line, "deaf") || !strcmp(line, "hears"))
		deaf = line[0] == 'd';
	if (!strcmp(line, "back"))
		*connect_at = time_mono_ms();
	if (engine->fd >= 0)
		answer_lists(engine);
	/* Who reads our output knows now that it counts. */
	printf("told %s\n", line);
	fflush(stdout);
	return true;
}

static void connect_engine(struct msg_chan *parent, struct msg_chan *engine)
{
	struct msg_peer peer = { ROOM_ENGINE };
	struct msg_chan theirs;

	if (msg_pair(engine, &theirs))
		err(1, "socketpair");
	msg_send(parent, MSG_PEER, &peer, sizeof(peer), theirs.fd);
	msg_close(&theirs);
}

static void run(struct msg_chan *parent, long delay_ms)
{
	static struct msg m;
	struct msg_chan engine = { .fd = -1 };
	int64_t connect_at = delay_ms < 0 ? INT64_MAX : time_mono_ms() + delay_ms;

	msg_send(parent, MSG_READY, NULL, 0, -1);
	for (;;) {
		struct pollfd fds[] = { { STDIN_FILENO, POLLIN, 0 },
					{ deaf ? -1 : engine.fd, POLLIN, 0 } };

		if (engine.fd < 0 && time_mono_ms() >= connect_at) {
			connect_engine(parent, &engine);
			connect_at = INT64_MAX;
			continue;
		}
		poll(fds, 2, 50);
		if (fds[0].revents && !told(&engine, &connect_at))
			return;
		if (fds[1].revents && engine.fd >= 0)
			from_room(&engine, &m);
		if (n_held && engine.fd >= 0)
			answer_lists(&engine);
	}
}

static void options(int argc, char **argv, long *delay_ms, bool *jailed)
{
	int c;

	while ((c = getopt(argc, argv, "c:u:o:s:r:d:nj")) != -1) {
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
		case 'r':
			receive_add(optarg);
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
