// SPDX-License-Identifier: GPL-2.0
/*
 * The connection to the kernel module: events, dumps, and what to do when either
 * fails. The kernel is trusted to be the kernel, but an event may be lost and the
 * module may go and come back at any time.
 */
#include "kernel.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/log.h"
#include "batch.h"
#include "standin.h"
#include "tracker.h"

#define RECONNECT_MS 10000
#define CHECK_MS     10000
#define RESYNC_MS    1000 /* after a dump that failed */
#define RESYNC_TRIES 3 /* while the table changes under each: what one lacks another has */
#define WANT_MS	     5 /* gathers services whose attempts are wanted */
#define EVICTED_MS   60000 /* where a full table is read again */
#define DRAIN_ROUNDS 64
#define EVICTED	     "evicted-failed" /* in the store's memory: the module's count of them */

struct kernel {
	struct engine *e;
	struct nl *requests; /* NULL: not connected */
	struct nl *events;
	struct event *readable; /* on events */
	struct event *tick; /* reconnect, or check that all is well */
	struct event *resync;
	unsigned int torn; /* resyncs under which the table changed, in a row */
	struct event *want;
	struct service wanted;
	unsigned int n_wanted; /* 1: wanted only; more: all */
	struct kernel_watches watches;
	bool said_missing; /* logged once until it is back */
};

static void disconnect(struct kernel *k)
{
	standin_module_gone(k->e->standin);
	if (k->readable)
		event_free(k->readable);
	k->readable = NULL;
	nl_close(k->events);
	nl_close(k->requests);
	k->events = NULL;
	k->requests = NULL;
	k->n_wanted = 0;
	event_del(k->resync);
	event_del(k->want);
}

/* The module is gone, or does not answer as it should. */
static void lost(struct kernel *k, const char *why)
{
	if (!k->said_missing)
		log_warn("no connection to the kernel module: %s; trying again every %d s", why,
			 RECONNECT_MS / 1000);
	k->said_missing = true;
	tracker_blind(k->e->tracker);
	disconnect(k);
	engine_arm(k->tick, RECONNECT_MS);
}

/* --- events ------------------------------------------------------------------ */

static int on_attempt(const struct nl_attempt *a, void *arg)
{
	struct kernel *k = arg;

	k->e->count.failures++;
	if (a->reason <= RINGBACK_REASON_MAX)
		k->e->count.failed[a->reason]++;
	tracker_attempt(k->e->tracker, a);
	return 0;
}

static int on_service(const struct nl_service *s, void *arg)
{
	struct kernel *k = arg;

	/* One of the operator's that is new: which one it was must be known when it goes. */
	if (!kernel_watches_keep(&k->watches, s->watch))
		engine_arm(k->tick, 0);
	tracker_service(k->e->tracker, s);
	return 0;
}

static int receive(struct kernel *k)
{
	const struct nl_events ev = { .attempt = on_attempt, .service = on_service, .arg = k };
	unsigned long bad = 0;
	int rc = nl_receive(k->events, &ev, &bad);

	k->e->count.bad_messages += bad;
	k->e->count.overruns += rc == -ENOBUFS;
	return rc;
}

static void events_lost(struct kernel *k)
{
	log_warn("events of the kernel were lost; reading everything again");
	tracker_blind(k->e->tracker);
	kernel_resync(k);
}

/*
 * What is queued is older than a dump made now, and would be taken for news after
 * it. Bounded, for events may come as fast as we read them. Whether some were lost.
 */
static bool drain(struct kernel *k)
{
	struct pollfd p = { .fd = nl_fd(k->events), .events = POLLIN };
	bool some = false;
	int rounds;

	for (rounds = 0; rounds < DRAIN_ROUNDS && poll(&p, 1, 0) > 0; rounds++) {
		int rc = receive(k);

		some |= rc == -ENOBUFS;
		if (rc < 0 && rc != -ENOBUFS)
			break;
	}
	return some;
}

static void events_readable(evutil_socket_t fd, short what, void *arg)
{
	struct kernel *k = arg;
	int rc;

	(void)fd;
	(void)what;
	rc = receive(k);
	if (rc == -ENOBUFS)
		events_lost(k);
	else if (rc < 0 && rc != -EAGAIN && rc != -EINTR)
		lost(k, nl_error(k->events));
}

/* --- dumps ------------------------------------------------------------------- */

struct services {
	struct nl_service *row;
	size_t n, size;
};

static int collect_service(const struct nl_service *s, void *arg)
{
	struct services *all = arg;

	if (all->n == all->size) {
		size_t size = all->size ? all->size * 2 : 64;
		void *more = reallocarray(all->row, size, sizeof(*all->row));

		if (!more)
			return -ENOMEM;
		all->row = more;
		all->size = size;
	}
	all->row[all->n++] = *s;
	return 0;
}

/* Services first, as a whole: to open an outage means more requests. */
static int dump_services(struct kernel *k)
{
	struct services all = { 0 };
	int rc = nl_service_dump(k->requests, collect_service, &all);
	size_t i;

	tracker_services_begin(k->e->tracker);
	for (i = 0; i < all.n && (rc == 0 || rc == -EINTR) && k->requests; i++)
		tracker_service(k->e->tracker, &all.row[i]);
	if (rc == 0)
		tracker_services_end(k->e->tracker);
	free(all.row);
	return rc;
}

static int dump_attempt(const struct nl_attempt *a, void *arg)
{
	struct kernel *k = arg;

	tracker_attempt(k->e->tracker, a);
	return batch_failing(k->e->batch) ? -EBUSY : 0;
}

static int dump_attempts(struct kernel *k, const struct service *s)
{
	struct nl_filter f = NL_FILTER_ALL;

	f.state = RINGBACK_ATTEMPT_FAILED;
	if (s) {
		f.server = s->server;
		f.proto = s->proto;
		f.port = s->port;
	}
	return nl_attempt_dump(k->requests, &f, dump_attempt, k);
}

static void resync_due(evutil_socket_t fd, short what, void *arg)
{
	struct kernel *k = arg;
	int services, rc;

	(void)fd;
	(void)what;
	if (drain(k))
		tracker_blind(k->e->tracker);
	k->e->count.resyncs++;
	services = dump_services(k);
	k->n_wanted = 0;
	/* Where many services come and go it is never whole; the attempts are there all the same. */
	rc = services == 0 || services == -EINTR ? dump_attempts(k, NULL) : services;
	if (rc == 0)
		rc = services;
	k->torn = rc == -EINTR ? k->torn + 1 : 0;
	if (k->torn >= RESYNC_TRIES)
		k->torn = 0;
	else if (k->torn)
		engine_arm(k->resync, RESYNC_MS);
	else if (rc < 0 && !batch_failing(k->e->batch))
		lost(k, nl_error(k->requests));
}

static void want_due(evutil_socket_t fd, short what, void *arg)
{
	struct kernel *k = arg;
	int rc = dump_attempts(k, k->n_wanted == 1 ? &k->wanted : NULL);

	(void)fd;
	(void)what;
	k->n_wanted = 0;
	if (rc < 0 && !batch_failing(k->e->batch))
		engine_arm(k->resync, RESYNC_MS);
}

/* --- connection ---------------------------------------------------------------- */

static int subscribe(struct kernel *k)
{
	int rc = nl_open(&k->events);

	if (rc < 0)
		return rc;
	rc = nl_subscribe(k->events, true, true);
	if (rc < 0)
		return rc;
	k->readable =
		event_new(k->e->base, nl_fd(k->events), EV_READ | EV_PERSIST, events_readable, k);
	return k->readable ? event_add(k->readable, NULL) : -ENOMEM;
}

static void connect_kernel(struct kernel *k)
{
	int rc = nl_open(&k->requests);

	/* Events before dumps, so that nothing falls in between. */
	if (rc == 0)
		rc = subscribe(k);
	if (rc < 0) {
		lost(k, nl_strerror_open(rc));
		return;
	}
	k->watches.recorded = 0;
	rc = kernel_watches_sync(k->e, k->requests, &k->watches);
	if (rc < 0) {
		disconnect(k);
		engine_arm(k->tick, RECONNECT_MS);
		return;
	}
	log_info("connected to the kernel module");
	standin_module_here(k->e->standin);
	k->said_missing = false;
	engine_arm(k->resync, 0);
	engine_arm(k->tick, CHECK_MS);
}

int kernel_note_evicted(struct kernel *k)
{
	char now[24], then[24] = "0";
	struct nl_stats stats;
	int rc;

	if (!kernel_connected(k) || nl_stats_get(k->requests, &stats) < 0)
		return 0;
	snprintf(now, sizeof(now), "%" PRIu64, stats.value[RINGBACK_A_STATS_EVICTED_FAILED]);
	rc = store_meta_get(k->e->store, EVICTED, then, sizeof(then));
	if (rc < 0 && rc != -ENOENT)
		return rc;
	if (strcmp(then, now) == 0)
		return 0;
	rc = store_meta_put(k->e->store, EVICTED, now);
	/* Another module, in which nothing has; what the last one had is lost anyway. */
	if (rc < 0 || strcmp(now, "0") == 0)
		return rc;
	log_warn("the kernel's table was full, and failed attempts gave way to others");
	/* Brings back what is there. In a full table that will not be so for long. */
	if (!evtimer_pending(k->resync, NULL))
		engine_arm(k->resync, EVICTED_MS);
	return store_waiter_lost(k->e->store, NULL);
}

static void check(struct kernel *k)
{
	int rc = kernel_watches_check(k->e, k->requests, &k->watches);

	/* Its family is not known any more: it went, with all that it had recorded. */
	if (rc == -ENOENT)
		k->watches.anew = true;
	if (rc == 0 || rc == -ENOENT) {
		log_warn("the kernel module was %s", rc ? "unloaded" : "loaded anew");
		tracker_blind(k->e->tracker);
	}
	if (rc <= 0) {
		/* Gone, or gone and back: connecting will tell. */
		disconnect(k);
		connect_kernel(k);
		return;
	}
	/* Before the events, which may have us look again at once. */
	engine_arm(k->tick, CHECK_MS);
	if (!tracker_open(k->e->tracker))
		return;
	if (drain(k))
		events_lost(k);
	/* An answer after a recovery that was undone brings no new event. */
	if (dump_services(k) == -EINTR)
		engine_arm(k->resync, RESYNC_MS);
}

static void tick(evutil_socket_t fd, short what, void *arg)
{
	struct kernel *k = arg;

	(void)fd;
	(void)what;
	if (k->requests)
		check(k);
	else
		connect_kernel(k);
}

struct kernel *kernel_new(struct engine *e)
{
	struct kernel *k = calloc(1, sizeof(*k));

	if (!k)
		return NULL;
	k->e = e;
	k->tick = evtimer_new(e->base, tick, k);
	k->resync = evtimer_new(e->base, resync_due, k);
	k->want = evtimer_new(e->base, want_due, k);
	k->watches.accepted = calloc(e->conf->n_watches + 1, sizeof(bool));
	if (k->tick && k->resync && k->want && k->watches.accepted)
		return k;
	kernel_free(k);
	return NULL;
}

void kernel_free(struct kernel *k)
{
	if (!k)
		return;
	if (k->requests || k->events)
		disconnect(k);
	if (k->tick)
		event_free(k->tick);
	if (k->resync)
		event_free(k->resync);
	if (k->want)
		event_free(k->want);
	free(k->watches.accepted);
	free(k->watches.seen.row);
	free(k);
}

void kernel_start(struct kernel *k)
{
	connect_kernel(k);
}

/* --- for the others ------------------------------------------------------------- */

bool kernel_connected(const struct kernel *k)
{
	return k && k->requests;
}

struct nl *kernel_requests(struct kernel *k)
{
	return k ? k->requests : NULL;
}

void kernel_resync(struct kernel *k)
{
	if (!k)
		return;
	if (k->requests)
		engine_arm(k->resync, 0);
	else
		engine_arm(k->tick, 0);
}

void kernel_want_attempts(struct kernel *k, const struct service *s)
{
	if (!kernel_connected(k))
		return;
	k->wanted = *s;
	if (!k->n_wanted++)
		engine_arm(k->want, WANT_MS);
}

static struct nl_filter of_service(const struct service *s, int state)
{
	return (struct nl_filter){
		.server = s->server,
		.proto = s->proto,
		.port = s->port,
		.state = state,
	};
}

int kernel_attempts(struct kernel *k, const struct service *s, nl_attempt_cb cb, void *arg)
{
	const struct nl_filter f = of_service(s, RINGBACK_ATTEMPT_FAILED);

	return kernel_connected(k) ? nl_attempt_dump(k->requests, &f, cb, arg) : -ENOTCONN;
}

int kernel_declare(struct kernel *k, const struct service *s, enum ringback_service_state state)
{
	int rc = kernel_connected(k) ? nl_service_set(k->requests, s, state) : -ENOTCONN;

	return rc == -ENOENT ? 0 : rc;
}

int kernel_stats(struct kernel *k, struct nl_stats *stats, struct nl_config *limits)
{
	int rc = kernel_connected(k) ? nl_stats_get(k->requests, stats) : -ENOTCONN;

	return rc < 0 ? rc : nl_config_get(k->requests, limits);
}

int kernel_forget(struct kernel *k, const struct service *s)
{
	const struct nl_filter f = of_service(s, -1);

	return kernel_connected(k) ? nl_attempt_forget(k->requests, &f, NULL) : -ENOTCONN;
}

uint32_t kernel_keep(const struct kernel *k, const char *name)
{
	return k ? kernel_watches_keep(&k->watches, name) : 0;
}

int64_t kernel_kept_since(const struct kernel *k, const char *name)
{
	return k ? kernel_watches_kept_since(&k->watches, name) : 0;
}
