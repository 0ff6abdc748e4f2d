// SPDX-License-Identifier: GPL-2.0
/*
 * The parent's life: keeps the rooms running and introduces them to each other.
 * poll() and a signalfd, no event library: this process stays root.
 *
 * A reload is a restart of all rooms with the new configuration. What they know
 * is in the store and in the kernel, so nothing is lost by it, and no room has
 * to take over changes while it runs.
 */
#include "supervise.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../common/timefmt.h"
#include "conf_read.h"
#include "notify.h"
#include "start.h"

/* all in milliseconds */
#define BACKOFF_MIN   500
#define BACKOFF_MAX   30000
#define BACKOFF_RESET 60000 /* alive for so long: the next crash is a new story */
#define UP_WITHIN     60000 /* a large store takes its time to open */
#define END_WITHIN    5000

enum child_state {
	CHILD_NONE, /* not in this configuration */
	CHILD_WAITING, /* to be started at due */
	CHILD_STARTING, /* forked, to say MSG_UP until due */
	CHILD_UP,
	CHILD_ENDING, /* told to end, killed at due */
};

struct child {
	enum child_state state;
	pid_t pid;
	struct msg_chan chan;
	bool ready; /* MSG_READY was sent */
	bool paired[ROOM_MAX];
	int64_t started, due, backoff;
};

enum goal { GOAL_RUN, GOAL_RELOAD, GOAL_STOP };

struct parent {
	struct spawn *spawn;
	struct conf *conf;
	struct conf *next; /* with GOAL_RELOAD */
	enum goal goal;
	int signals;
	bool announced; /* READY=1 since the last (re)load */
	bool started; /* READY=1 once */
	int status; /* to exit with */
	struct child rooms[ROOM_MAX];
};

static const enum room pairs[][2] = {
	{ ROOM_ENGINE, ROOM_TRAPS },
	{ ROOM_ENGINE, ROOM_MAILER },
	{ ROOM_ENGINE, ROOM_WEB },
	{ ROOM_ENGINE, ROOM_AGENTX },
};
#define N_PAIRS (sizeof(pairs) / sizeof(pairs[0]))

/* --- one room -------------------------------------------------------------- */
static bool alive(const struct child *c)
{
	return c->state == CHILD_STARTING || c->state == CHILD_UP || c->state == CHILD_ENDING;
}

static void unpair(struct parent *p, enum room room)
{
	for (int i = 0; i < ROOM_MAX; i++) {
		p->rooms[room].paired[i] = false;
		p->rooms[i].paired[room] = false;
	}
}

/* Starts it again later; each time twice as late as before. */
static void wait_and_restart(struct child *c, int64_t now)
{
	c->state = CHILD_WAITING;
	c->ready = false;
	if (!c->backoff || now - c->started >= BACKOFF_RESET)
		c->backoff = BACKOFF_MIN;
	c->due = now + c->backoff;
	c->backoff = c->backoff * 2 > BACKOFF_MAX ? BACKOFF_MAX : c->backoff * 2;
}

/* The closed channel is the request to end; who does not heed it is killed. */
static void room_end(struct parent *p, enum room room)
{
	struct child *c = &p->rooms[room];

	msg_close(&c->chan);
	unpair(p, room);
	c->state = CHILD_ENDING;
	c->due = time_mono_ms() + END_WITHIN;
}

/* Its death is told by SIGCHLD. */
static void room_kill(struct parent *p, enum room room)
{
	room_end(p, room);
	kill(p->rooms[room].pid, SIGKILL);
}

static void rooms_end(struct parent *p)
{
	for (int i = 0; i < ROOM_MAX; i++) {
		struct child *c = &p->rooms[i];

		if (c->state == CHILD_STARTING || c->state == CHILD_UP)
			room_end(p, i);
		else if (c->state == CHILD_WAITING)
			c->state = CHILD_NONE;
	}
}

static void stop(struct parent *p)
{
	notify("STOPPING=1");
	p->goal = GOAL_STOP;
	rooms_end(p);
}

/*
 * Whatever fails in a running daemon is tried again. But what a room misses at
 * the daemon's start (a store that can be read, say) is for a person to mend.
 */
static void cannot_start(struct parent *p, enum room room)
{
	log_err("%s cannot start: stopping", room_name(room));
	p->rooms[room].state = CHILD_NONE;
	p->status = EXIT_FAILURE;
	stop(p);
}

static void room_start(struct parent *p, enum room room)
{
	struct child *c = &p->rooms[room];
	pid_t pid = spawn_room(p->spawn, p->conf, room, &c->chan);

	c->started = time_mono_ms();
	if (pid < 0 && !p->started) {
		cannot_start(p, room);
		return;
	}
	if (pid < 0) {
		wait_and_restart(c, c->started);
		return;
	}
	c->pid = pid;
	c->state = CHILD_STARTING;
	c->ready = false;
	c->due = c->started + UP_WITHIN;
	log_debug("%s: process %d", room_name(room), pid);
}

static void log_death(enum room room, pid_t pid, int status, int64_t again)
{
	const char *name = room_name(room);
	int sig = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	double s = again / 1000.0;

	if (sig == SIGSYS)
		log_err("%s (process %d) made a forbidden system call; starts again in %.1f s",
			name, pid, s);
	else if (sig)
		log_err("%s (process %d) was killed by signal %d (%s); starts again in %.1f s",
			name, pid, sig, strsignal(sig), s);
	else
		log_err("%s (process %d) ended with status %d; starts again in %.1f s", name, pid,
			WEXITSTATUS(status), s);
}

static void room_died(struct parent *p, enum room room, int status)
{
	struct child *c = &p->rooms[room];
	pid_t pid = c->pid;
	int64_t now = time_mono_ms();

	msg_close(&c->chan);
	unpair(p, room);
	c->pid = 0;
	if (p->goal != GOAL_RUN) {
		c->state = CHILD_NONE;
		return;
	}
	if (!p->started && WIFEXITED(status) && WEXITSTATUS(status)) {
		cannot_start(p, room);
		return;
	}
	wait_and_restart(c, now);
	log_death(room, pid, status, c->due - now);
}

/* --- introductions --------------------------------------------------------- */
static int tell_peer(struct child *c, enum room peer, int fd)
{
	const struct msg_peer body = { .room = peer };

	return msg_send(&c->chan, MSG_PEER, &body, sizeof(body), fd);
}

/* A room that does not take a message is stuck. */
static void give_up_on(struct parent *p, enum room room, int err)
{
	log_err("%s does not take messages: %s", room_name(room), strerror(-err));
	room_kill(p, room);
}

static void introduce(struct parent *p, enum room a, enum room b)
{
	struct child *ca = &p->rooms[a], *cb = &p->rooms[b];
	struct msg_chan to_a, to_b;
	int err = msg_pair(&to_a, &to_b);

	if (err) {
		log_err("%s and %s: no channel: %s", room_name(a), room_name(b), strerror(-err));
		room_kill(p, b);
		return;
	}
	ca->paired[b] = true;
	cb->paired[a] = true;
	err = tell_peer(ca, b, to_a.fd);
	if (err)
		give_up_on(p, a, err);
	err = tell_peer(cb, a, to_b.fd);
	if (err)
		give_up_on(p, b, err);
	msg_close(&to_a);
	msg_close(&to_b);
}

/*
 * Whether @room knows all it can know now. A peer that is on its way up is
 * worth the wait, one that crashed is not: it comes by another MSG_PEER.
 */
static bool complete(const struct parent *p, enum room room)
{
	for (size_t i = 0; i < N_PAIRS; i++) {
		enum room a = pairs[i][0], b = pairs[i][1];
		enum room peer = a == room ? b : a;

		if ((a == room || b == room) && !p->rooms[room].paired[peer] &&
		    p->rooms[peer].state == CHILD_STARTING)
			return false;
	}
	return true;
}

static bool all_ready(const struct parent *p)
{
	for (int i = 0; i < ROOM_MAX; i++) {
		if (p->rooms[i].state != CHILD_NONE && !p->rooms[i].ready)
			return false;
	}
	return true;
}

/* Brings together what is up and not yet together. */
static void settle(struct parent *p)
{
	for (size_t i = 0; i < N_PAIRS; i++) {
		enum room a = pairs[i][0], b = pairs[i][1];

		if (p->rooms[a].state == CHILD_UP && p->rooms[b].state == CHILD_UP &&
		    !p->rooms[a].paired[b])
			introduce(p, a, b);
	}
	for (int i = 0; i < ROOM_MAX; i++) {
		struct child *c = &p->rooms[i];
		int err;

		if (c->state != CHILD_UP || c->ready || !complete(p, i))
			continue;
		err = msg_send(&c->chan, MSG_READY, NULL, 0, -1);
		c->ready = !err;
		if (err)
			give_up_on(p, i, err);
	}
	if (!p->announced && all_ready(p)) {
		p->announced = true;
		p->started = true;
		log_info("ready: watches: %zu, control socket: %s", p->conf->n_watches,
			 p->conf->control_path);
		notify("READY=1");
	}
}

/* --- what rooms say -------------------------------------------------------- */
static void room_speaks(struct parent *p, enum room room)
{
	static struct msg m; /* 32 KiB are too much for the stack of a loop */
	struct child *c = &p->rooms[room];
	int got = msg_recv(&c->chan, &m);

	if (got == -EAGAIN)
		return;
	if (got == 1 && m.fd >= 0)
		close(m.fd);
	if (got == 1 && m.type == MSG_UP && c->state == CHILD_STARTING) {
		c->state = CHILD_UP;
	} else if (got == 0) {
		room_end(p, room); /* on its way out */
	} else {
		log_err("%s sent what no room has to say to the parent: killed", room_name(room));
		room_kill(p, room);
	}
}

/* --- the configuration ----------------------------------------------------- */
static void rooms_start(struct parent *p)
{
	const bool wanted[ROOM_MAX] = {
		[ROOM_ENGINE] = true,
		[ROOM_TRAPS] = p->conf->snmp.n_listen > 0,
		[ROOM_MAILER] = conf_needs_mailer(p->conf),
		[ROOM_WEB] = p->conf->web.configured,
		[ROOM_AGENTX] = p->conf->agentx != NULL,
	};

	p->announced = false;
	for (int i = 0; i < ROOM_MAX; i++) {
		p->rooms[i] = (struct child){ .chan = { -1 } };
		if (wanted[i] && p->goal == GOAL_RUN)
			room_start(p, i);
	}
}

static bool any_alive(const struct parent *p)
{
	for (int i = 0; i < ROOM_MAX; i++) {
		if (alive(&p->rooms[i]))
			return true;
	}
	return false;
}

/* What is bound to the running parent: the lock, the socket, the store's owner. */
static const char *fixed_option_changed(const struct conf *old, const struct conf *new)
{
	if (strcmp(old->control_path, new->control_path))
		return "control path";
	if (strcmp(old->user, new->user))
		return "user";
	return NULL;
}

static struct conf *read_again(const struct parent *p)
{
	struct conf_errors errors = { 0 };
	struct conf *conf = conf_read(p->conf->path, &errors);
	const char *fixed;

	for (size_t i = 0; i < errors.n; i++)
		log_err("%s%s", p->conf->path, errors.list[i].text);
	conf_errors_free(&errors);
	fixed = conf ? fixed_option_changed(p->conf, conf) : NULL;
	if (fixed)
		log_err("%s: a change of %s needs a restart, not a reload", p->conf->path, fixed);
	if (fixed || (conf && start_store_dir(conf, &p->spawn->rights))) {
		conf_free(conf);
		conf = NULL;
	}
	return conf;
}

/* On SIGHUP: the rooms end, and take_over() follows when they have. */
static void reload(struct parent *p)
{
	struct conf *conf;

	notify_reloading();
	conf = read_again(p);
	if (!conf) {
		log_err("not reloaded; the configuration from before stays in use");
		notify("READY=1");
		return;
	}
	log_info("%s: reloading", conf->path);
	conf_free(p->next);
	p->next = conf;
	p->goal = GOAL_RELOAD;
	rooms_end(p);
}

static void take_over(struct parent *p)
{
	if (sockets_listen(&p->spawn->sockets, p->next)) {
		log_err("not reloaded; the configuration from before stays in use");
		sockets_listen(&p->spawn->sockets, p->conf);
		conf_free(p->next);
	} else {
		conf_free(p->conf);
		p->conf = p->next;
	}
	p->next = NULL;
	p->goal = GOAL_RUN;
	rooms_start(p);
}

/* --- the loop -------------------------------------------------------------- */
static void reap(struct parent *p)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (int i = 0; i < ROOM_MAX; i++) {
			if (p->rooms[i].pid == pid)
				room_died(p, i, status);
		}
	}
}

static void read_signals(struct parent *p)
{
	struct signalfd_siginfo info;

	while (read(p->signals, &info, sizeof(info)) == sizeof(info)) {
		switch (info.ssi_signo) {
		case SIGCHLD:
			reap(p);
			break;
		case SIGHUP:
			if (p->goal != GOAL_STOP)
				reload(p);
			break;
		default:
			if (p->goal == GOAL_STOP)
				break;
			log_info("stopping on %s", strsignal(info.ssi_signo));
			stop(p);
		}
	}
}

static void act_when_due(struct parent *p)
{
	int64_t now = time_mono_ms();

	for (int i = 0; i < ROOM_MAX; i++) {
		struct child *c = &p->rooms[i];

		if (c->state == CHILD_NONE || c->state == CHILD_UP || c->due > now)
			continue;
		if (c->state == CHILD_WAITING) {
			room_start(p, i);
			continue;
		}
		log_err("%s (process %d) does not %s: killed", room_name(i), c->pid,
			c->state == CHILD_STARTING ? "come up" : "end");
		room_kill(p, i);
	}
}

/* Milliseconds to the next thing to do; -1: none. */
static int next_due(const struct parent *p)
{
	int64_t now = time_mono_ms(), first = INT64_MAX;

	for (int i = 0; i < ROOM_MAX; i++) {
		const struct child *c = &p->rooms[i];

		if (c->state != CHILD_NONE && c->state != CHILD_UP && c->due < first)
			first = c->due;
	}
	if (first == INT64_MAX)
		return -1;
	return first > now ? first - now : 0;
}

static void wait_and_handle(struct parent *p)
{
	struct pollfd fds[ROOM_MAX + 1];

	/* poll() passes over a negative descriptor */
	for (int i = 0; i < ROOM_MAX; i++)
		fds[i] = (struct pollfd){ .fd = p->rooms[i].chan.fd, .events = POLLIN };
	fds[ROOM_MAX] = (struct pollfd){ .fd = p->signals, .events = POLLIN };

	if (poll(fds, ROOM_MAX + 1, next_due(p)) < 0 && errno != EINTR)
		fatal("poll: %m");
	for (int i = 0; i < ROOM_MAX; i++) {
		if (fds[i].fd >= 0 && fds[i].revents)
			room_speaks(p, i);
	}
	if (fds[ROOM_MAX].revents)
		read_signals(p);
	act_when_due(p);
}

static int open_signals(void)
{
	sigset_t set;
	int fd;

	signal(SIGCHLD, SIG_DFL); /* an inherited SIG_IGN would hide every death */
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	fd = sigprocmask(SIG_BLOCK, &set, NULL) ? -1 :
						  signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (fd < 0)
		fatal("signals: %m");
	return fd;
}

int supervise(struct spawn *s, struct conf *conf)
{
	struct parent p = { .spawn = s, .conf = conf, .signals = open_signals() };

	rooms_start(&p);
	for (;;) {
		if (p.goal == GOAL_RUN) {
			settle(&p);
		} else if (!any_alive(&p)) {
			if (p.goal == GOAL_STOP)
				break;
			take_over(&p);
		}
		wait_and_handle(&p);
	}
	close(p.signals);
	conf_free(p.conf);
	conf_free(p.next);
	return p.status;
}
