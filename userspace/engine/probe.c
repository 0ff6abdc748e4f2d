// SPDX-License-Identifier: GPL-2.0
/*
 * TCP probes on the event loop.
 */
#include "probe.h"

#include <errno.h>
#include <linux/nf_ringback.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../common/log.h"

/* Of so many probes one is merely due, whatever there is to confirm. */
#define DUE_SHARE 8

struct probe {
	TAILQ_ENTRY(probe) link; /* in one of the lists of all */
	struct probes *all;
	bool running, confirms;
	struct service service;
	unsigned int timeout;
	uint64_t key;
	struct event *ev; /* while it runs, or once it has a result */
	int fd;
	int err; /* of a connect() that ended at once */
};

TAILQ_HEAD(probe_list, probe);

struct probes {
	struct event_base *base;
	struct probe_list confirming, due; /* waiting for their turn */
	struct probe_list running;
	unsigned int n_waiting, n_running, max;
	unsigned int preferred; /* started since one that was merely due */
	bool unmarked; /* it was told that the kernel refuses the mark */
	probe_cb cb;
	void *arg;
};

static void probe_free(struct probe *p)
{
	if (p->ev)
		event_free(p->ev);
	if (p->fd >= 0)
		close(p->fd);
	free(p);
}

struct probes *probes_new(struct event_base *base, unsigned int at_a_time, probe_cb cb, void *arg)
{
	struct probes *all = calloc(1, sizeof(*all));

	if (!all)
		return NULL;
	all->base = base;
	all->max = at_a_time;
	all->cb = cb;
	all->arg = arg;
	TAILQ_INIT(&all->confirming);
	TAILQ_INIT(&all->due);
	TAILQ_INIT(&all->running);
	return all;
}

static void list_free(struct probe_list *list)
{
	struct probe *p;

	while ((p = TAILQ_FIRST(list))) {
		TAILQ_REMOVE(list, p, link);
		probe_free(p);
	}
}

void probes_free(struct probes *all)
{
	if (!all)
		return;
	list_free(&all->running);
	list_free(&all->confirming);
	list_free(&all->due);
	free(all);
}

static void run_next(struct probes *all);

static void probe_event(evutil_socket_t fd, short what, void *arg)
{
	struct probe *p = arg;
	struct probes *all = p->all;
	socklen_t len = sizeof(int);
	uint64_t key = p->key;
	int err = p->err;

	if (!err && what & EV_TIMEOUT)
		err = ETIMEDOUT;
	else if (!err && getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len) < 0)
		err = errno;
	TAILQ_REMOVE(&all->running, p, link);
	all->n_running--;
	probe_free(p);
	run_next(all);
	all->cb(key, -err, all->arg);
}

/* Or a watch with hook local would record the probe as an attempt. */
static void probe_mark(struct probes *all, int fd)
{
	const uint32_t mark = RINGBACK_MARK_PROBE;

	if (setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof(mark)) == 0 || all->unmarked)
		return;
	all->unmarked = true;
	log_warn("probes cannot be marked (%s): hook local takes them for attempts",
		 strerror(errno));
}

/* Returns 0 or what went wrong, as a positive errno. */
static int probe_connect(struct probe *p)
{
	struct sockaddr_storage ss;
	socklen_t len = addr_to_sockaddr(&p->service.server, p->service.port, &ss);

	p->fd = socket(ss.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
	if (p->fd < 0)
		return errno;
	probe_mark(p->all, p->fd);
	if (connect(p->fd, (struct sockaddr *)&ss, len) == 0 || errno == EINPROGRESS)
		return 0;
	return errno;
}

static void probe_run(struct probe *p)
{
	const struct timeval limit = { .tv_sec = p->timeout };
	struct probes *all = p->all;

	TAILQ_INSERT_TAIL(&all->running, p, link);
	all->n_running++;
	p->running = true;
	p->err = probe_connect(p);
	if (p->err) {
		/* Told from the loop, as all results are. */
		event_assign(p->ev, all->base, -1, 0, probe_event, p);
		event_active(p->ev, EV_WRITE, 0);
		return;
	}
	event_assign(p->ev, all->base, p->fd, EV_WRITE, probe_event, p);
	event_add(p->ev, &limit);
}

/* Takes who is next from its queue; NULL: nobody waits. */
static struct probe *next(struct probes *all)
{
	bool due = TAILQ_EMPTY(&all->confirming) ||
		   (all->preferred >= DUE_SHARE - 1 && !TAILQ_EMPTY(&all->due));
	struct probe_list *from = due ? &all->due : &all->confirming;
	struct probe *p = TAILQ_FIRST(from);

	if (!p)
		return NULL;
	all->preferred = due ? 0 : all->preferred + 1;
	TAILQ_REMOVE(from, p, link);
	all->n_waiting--;
	return p;
}

static void run_next(struct probes *all)
{
	struct probe *p;

	while (all->n_running < all->max && (p = next(all)))
		probe_run(p);
}

struct probe *probe_start(struct probes *all, const struct service *s, unsigned int timeout,
			  uint64_t key, bool confirms)
{
	struct probe *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->all = all;
	p->confirms = confirms;
	p->service = *s;
	p->timeout = timeout;
	p->key = key;
	p->fd = -1;
	p->ev = event_new(all->base, -1, 0, probe_event, p);
	if (!p->ev) {
		free(p);
		return NULL;
	}
	TAILQ_INSERT_TAIL(confirms ? &all->confirming : &all->due, p, link);
	all->n_waiting++;
	run_next(all);
	return p;
}

void probe_hasten(struct probe *p)
{
	if (p->running || p->confirms)
		return;
	TAILQ_REMOVE(&p->all->due, p, link);
	p->confirms = true;
	TAILQ_INSERT_TAIL(&p->all->confirming, p, link);
}

unsigned int probes_pending(const struct probes *all)
{
	return all->n_waiting + all->n_running;
}
