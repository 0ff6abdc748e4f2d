// SPDX-License-Identifier: GPL-2.0
/*
 * The engine room: puts its parts together, talks to the other rooms, runs the
 * loop.
 */
#include "engine.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../common/log.h"
#include "../common/room.h"
#include "../common/timefmt.h"
#include "batch.h"
#include "control.h"
#include "handover.h"
#include "inquiry.h"
#include "kernel.h"
#include "lookup.h"
#include "outbox.h"
#include "probe.h"
#include "receive.h"
#include "receive_check.h"
#include "standin.h"
#include "tally.h"
#include "tracker.h"
#include "web.h"

#define HOUSEKEEPING_MS	  60000
#define PURGE_AT_A_TIME	  5000 /* rows in one transaction */
#define LEASES_AT_A_TIME  5000
#define PURGE_AGAIN_MS	  1000
#define MESSAGES_PER_TURN 64 /* from one room, before the others get their turn */

/* A socket to another room. */
struct peer {
	struct engine_room *home;
	enum room who;
	struct msg_chan chan;
	struct event *readable; /* NULL: not connected */
};

struct engine_room {
	struct engine e;
	struct peer parent, traps, mailer, agentx;
	struct event *housekeeping;
	int listen_fd;
	bool begun;
	bool ending; /* the mailer is given nothing new */
};

/* --- the store's fortunes ------------------------------------------------------------ */

static void store_committed(void *arg)
{
	struct engine_room *r = arg;

	tracker_committed(r->e.tracker);
	outbox_committed(r->e.outbox);
	lookup_committed(r->e.lookup);
	receive_committed(r->e.receive);
	handovers_committed(r->e.handovers);
}

static void store_undone(void *arg)
{
	struct engine_room *r = arg;

	tracker_undone(r->e.tracker);
	outbox_undone(r->e.outbox);
	receive_undone(r->e.receive);
	handovers_undone(r->e.handovers);
}

static void store_retry(void *arg)
{
	struct engine_room *r = arg;

	tracker_retry(r->e.tracker);
	kernel_resync(r->e.kernel);
	outbox_retry(r->e.outbox);
	lookup_retry(r->e.lookup);
	handovers_retry(r->e.handovers);
}

static void housekeeping(evutil_socket_t fd, short what, void *arg)
{
	struct engine_room *r = arg;
	int64_t now = time_now();
	int64_t before = now - (int64_t)r->e.conf->store_keep * 86400 * NSEC_PER_SEC;
	int64_t heard = now - RECEIVE_REMEMBERED;
	int leases = 0, rc;

	(void)fd;
	(void)what;
	receive_forget(r->e.receive);
	outbox_check_clock(r->e.outbox, now);
	handovers_check_clock(r->e.handovers, now);
	rc = batch_begin(r->e.batch);
	if (rc == 0) {
		rc = store_outage_purge(r->e.store, before, before < heard ? before : heard,
					PURGE_AT_A_TIME);
		if (rc >= 0)
			leases = store_lease_purge(r->e.store, now, LEASES_AT_A_TIME);
		if (rc < 0 || leases < 0)
			batch_fail(r->e.batch, rc < 0 ? rc : leases, "delete what is old");
	}
	engine_arm(r->housekeeping,
		   rc == 1 || leases == LEASES_AT_A_TIME ? PURGE_AGAIN_MS : HOUSEKEEPING_MS);
}

/* --- the other rooms ------------------------------------------------------------------ */

/* Nothing is owed by mail without a section for it, but what an earlier configuration left. */
static void warn_unmailed(const struct engine *e)
{
	struct outbox_backlog left;

	if (!e->conf->mail.configured && store_outbox_backlog(e->store, &left) == 0 &&
	    (left.notices || left.messages))
		log_warn("no mail section in the configuration: what is in the outbox stays there");
}

static void begin(struct engine_room *r)
{
	if (r->begun)
		return;
	r->begun = true;
	r->e.control = control_new(&r->e, r->listen_fd);
	if (!r->e.control)
		fatal("cannot serve the control socket: out of memory");
	if (r->e.kernel)
		kernel_start(r->e.kernel);
	lookup_begin(r->e.lookup);
	warn_unmailed(&r->e);
	log_info("started: open outages: %u", tracker_open(r->e.tracker));
}

static void set_connected(const struct peer *p, bool connected)
{
	struct engine *e = &p->home->e;

	if (p->who == ROOM_TRAPS)
		e->traps_connected = connected;
	if (p->who == ROOM_AGENTX)
		e->agentx_connected = connected;
	if (p->who != ROOM_MAILER)
		return;
	e->mailer_connected = connected;
	lookup_mailer(e->lookup, connected);
}

static void peer_close(struct peer *p)
{
	if (!p->readable)
		return;
	event_free(p->readable);
	p->readable = NULL;
	msg_close(&p->chan);
	set_connected(p, false);
}

static void mailer_gone(struct engine *e)
{
	outbox_mailer_gone(e->outbox);
	handovers_mailer_gone(e->handovers);
}

static void peer_gone(struct peer *p)
{
	peer_close(p);
	if (p->who == ROOM_PARENT)
		event_base_loopbreak(p->home->e.base);
	else if (p->who == ROOM_MAILER)
		mailer_gone(&p->home->e);
}

static void peer_readable(evutil_socket_t fd, short what, void *arg);

static void peer_open(struct peer *p, int fd)
{
	peer_close(p);
	if (p->who == ROOM_MAILER)
		mailer_gone(&p->home->e);
	p->chan.fd = fd;
	p->readable = event_new(p->home->e.base, fd, EV_READ | EV_PERSIST, peer_readable, p);
	if (!p->readable || event_add(p->readable, NULL) < 0)
		fatal("cannot watch the socket to %s", room_name(p->who));
	set_connected(p, true);
}

/* From the parent: a room was started, or started again. */
static void take_peer(struct engine_room *r, struct msg *m)
{
	struct msg_peer body;

	memcpy(&body, m->body, sizeof(body));
	if (m->fd >= 0 && body.room == ROOM_MAILER)
		peer_open(&r->mailer, m->fd);
	else if (m->fd >= 0 && body.room == ROOM_TRAPS)
		peer_open(&r->traps, m->fd);
	else if (m->fd >= 0 && body.room == ROOM_AGENTX)
		peer_open(&r->agentx, m->fd);
	else if (m->fd >= 0 && body.room == ROOM_WEB && r->e.web)
		web_peer_open(r->e.web, m->fd);
	else
		return;
	m->fd = -1;
}

static void from_parent(struct engine_room *r, struct msg *m)
{
	if (m->type == MSG_PEER)
		take_peer(r, m);
	else if (m->type == MSG_READY)
		begin(r);
}

static void take_unheard(struct engine *e, const struct msg_unheard *more)
{
	struct msg_unheard *all = &e->count.unheard;

	all->ignored += more->ignored;
	all->refused += more->refused;
	all->lost += more->lost;
}

static void from_traps(struct engine_room *r, const struct msg *m)
{
	struct msg_trap trap;

	if (m->type == MSG_TRAP) {
		memcpy(&trap, m->body, sizeof(trap));
		tracker_trap(r->e.tracker, &trap);
	} else if (m->type == MSG_LIST) {
		receive_list(r->e.receive, (const void *)m->body);
	} else if (m->type == MSG_UNHEARD) {
		take_unheard(&r->e, (const void *)m->body);
	} else {
		r->e.count.bad_messages++;
	}
}

static void from_mailer(struct engine_room *r, const struct msg *m)
{
	struct msg_window window;
	struct msg_result result;
	struct msg_found found;

	if (m->type == MSG_WINDOW) {
		memcpy(&window, m->body, sizeof(window));
		outbox_window(r->e.outbox, window.free);
	} else if (m->type == MSG_RESULT) {
		memcpy(&result, m->body, sizeof(result));
		outbox_result(r->e.outbox, &result);
	} else if (m->type == MSG_FOUND) {
		memcpy(&found, m->body, sizeof(found));
		lookup_found(r->e.lookup, &found);
	} else if (m->type == MSG_SPACE) {
		memcpy(&window, m->body, sizeof(window));
		handovers_space(r->e.handovers, window.free);
	} else if (m->type == MSG_HANDED) {
		memcpy(&result, m->body, sizeof(result));
		handovers_result(r->e.handovers, &result);
	} else {
		r->e.count.bad_messages++;
	}
}

static void from_agentx(struct engine_room *r, struct msg *m)
{
	if (m->type != MSG_CONTROL) {
		r->e.count.bad_messages++;
		return;
	}
	control_attach(r->e.control, m->fd);
	m->fd = -1;
}

static void dispatch(struct peer *p, struct msg *m)
{
	switch (p->who) {
	case ROOM_PARENT:
		from_parent(p->home, m);
		break;
	case ROOM_TRAPS:
		from_traps(p->home, m);
		break;
	case ROOM_MAILER:
		from_mailer(p->home, m);
		break;
	case ROOM_AGENTX:
		from_agentx(p->home, m);
		break;
	default:
		break;
	}
	if (m->fd >= 0)
		close(m->fd);
}

/* Takes one message. False: none is there now, or the peer is gone. */
static bool peer_read(struct peer *p)
{
	static struct msg m; /* large; this process has one thread */
	int rc = msg_recv(&p->chan, &m);

	if (rc == 1)
		dispatch(p, &m);
	else if (rc == -EBADMSG)
		p->home->e.count.bad_messages++;
	else if (rc != -EAGAIN && rc != -EINTR)
		peer_gone(p);
	return rc == 1 || rc == -EBADMSG;
}

static void peer_readable(evutil_socket_t fd, short what, void *arg)
{
	struct peer *p = arg;
	int turn;

	(void)fd;
	(void)what;
	for (turn = 0; turn < MESSAGES_PER_TURN && p->readable; turn++)
		if (!peer_read(p))
			return;
}

static bool mailer_takes(const struct engine_room *r)
{
	return r->mailer.readable && !r->ending;
}

static int send_notice(const struct msg_notice *n, void *arg)
{
	struct engine_room *r = arg;

	if (!mailer_takes(r))
		return -EPIPE;
	return msg_send(&r->mailer.chan, MSG_NOTICE, n, msg_notice_size(n->n_items), -1);
}

static int send_handover(const struct msg_handover *h, void *arg)
{
	struct engine_room *r = arg;

	if (!mailer_takes(r))
		return -EPIPE;
	return msg_send(&r->mailer.chan, MSG_HANDOVER, h, msg_handover_size(h->n_rows), -1);
}

static int send_question(const struct msg_lookup *q, void *arg)
{
	struct engine_room *r = arg;

	if (!mailer_takes(r))
		return -EPIPE;
	return msg_send(&r->mailer.chan, MSG_LOOKUP, q, sizeof(*q), -1);
}

static int send_taken(const struct msg_taken *t, void *arg)
{
	struct engine_room *r = arg;

	if (!r->traps.readable)
		return -EPIPE;
	return msg_send(&r->traps.chan, MSG_TAKEN, t, sizeof(*t), -1);
}

/* --- life ------------------------------------------------------------------------------- */

/* Only what RFC 5322 allows at the right of a message ID without quoting. */
static void set_name(char *buf, size_t size, const char *name)
{
	snprintf(buf, size, "%s", name);
	for (char *s = buf; *s; s++)
		if (!isalnum((unsigned char)*s) && *s != '-' && *s != '.')
			*s = '-';
	if (!isalnum((unsigned char)buf[0]))
		snprintf(buf, size, "localhost");
}

/* This host's name: what a list is known by, where we are the router. */
static void host_name(char *buf, size_t size)
{
	char name[256];

	if (gethostname(name, sizeof(name)) < 0)
		name[0] = '\0';
	name[sizeof(name) - 1] = '\0';
	set_name(buf, size, name);
}

/* Of our message IDs: the host's full name, else the domain that the mails come from. */
static void message_domain(const struct conf *conf, const char *host, char *buf, size_t size)
{
	const char *from = conf->mail.from ? strchr(conf->mail.from, '@') : NULL;

	set_name(buf, size, strchr(host, '.') || !from ? host : from + 1);
}

static void make_parts(struct engine_room *r)
{
	const struct batch_events fortunes = {
		.on_commit = store_committed,
		.on_failure = store_undone,
		.on_retry = store_retry,
		.arg = r,
	};
	struct engine *e = &r->e;
	char host[64], domain[64];

	host_name(host, sizeof(host));
	message_domain(e->conf, host, domain, sizeof(domain));
	e->batch = batch_new(e->base, e->store, &fortunes);
	e->tracker = tracker_new(e);
	e->outbox = outbox_new(e, domain, send_notice, r);
	e->lookup = lookup_new(e, send_question, r);
	e->receive = receive_new(e, send_taken, r);
	e->handovers = handovers_new(e, host, send_handover, r);
	e->tally = tally_new(e->conf);
	r->housekeeping = evtimer_new(e->base, housekeeping, r);
	if (e->conf->kernel)
		e->kernel = kernel_new(e);
	if (e->conf->web.configured)
		e->web = web_peer_new(e);
	e->standin = standin_new(e);
	if (e->tracker)
		e->probes = probes_new(e->base, PROBES_AT_A_TIME, tracker_probed, e->tracker);
	if (!e->batch || !e->tracker || !e->outbox || !e->handovers || !e->lookup || !e->receive ||
	    !e->tally || !r->housekeeping || !e->probes || (e->conf->kernel && !e->kernel) ||
	    (e->conf->web.configured && !e->web))
		fatal("out of memory");
}

static void open_store(struct engine_room *r)
{
	char why[512];

	if (store_open_sqlite(&r->e.store, r->e.conf->store_path, why, sizeof(why)) < 0)
		fatal("%s", why);
	r->e.inquiry = inquiry_new(&r->e, why, sizeof(why));
	if (!r->e.inquiry)
		fatal("%s", why);
	r->e.contacts_stale = true;
}

static bool readable_before(int fd, int64_t ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int64_t left = ms - time_mono_ms();

	return left > 0 && poll(&p, 1, (int)left) > 0;
}

/*
 * The mailer is told to end as we are, and says what it has delivered: unheard, the next
 * engine would have it delivered again.
 */
static void hear_mailer_out(struct engine_room *r)
{
	int64_t end = time_mono_ms() + ROOM_LAST_WORDS_MS;

	r->ending = true;
	while (r->mailer.readable && readable_before(r->mailer.chan.fd, end))
		peer_read(&r->mailer);
}

static void room_free(struct engine_room *r)
{
	struct engine *e = &r->e;

	control_free(e->control);
	e->control = NULL; /* what the others still say has no listener */
	standin_free(e->standin);
	e->standin = NULL;
	kernel_free(e->kernel);
	e->kernel = NULL;
	web_peer_free(e->web);
	e->web = NULL;
	hear_mailer_out(r);
	batch_flush(e->batch);
	probes_free(e->probes);
	tracker_free(e->tracker);
	outbox_free(e->outbox);
	handovers_free(e->handovers);
	batch_free(e->batch);
	receive_free(e->receive);
	tally_free(e->tally);
	event_free(r->housekeeping);
	resolver_clear(&e->contacts);
	inquiry_free(e->inquiry);
	store_close(e->store);
	peer_close(&r->traps);
	peer_close(&r->mailer);
	peer_close(&r->agentx);
	peer_close(&r->parent);
	lookup_free(e->lookup);
	event_base_free(e->base);
	free(r);
}

int engine_main(const struct room_start *start)
{
	struct engine_room *r = calloc(1, sizeof(*r));

	if (!r)
		fatal("out of memory");
	srandom((unsigned int)(time_now() ^ getpid()));
	r->e.conf = start->conf;
	r->e.started = time_now();
	r->e.base = event_base_new();
	if (!r->e.base || start->n_listen_fds < 1)
		fatal("cannot set up the event loop");
	r->listen_fd = start->listen_fds[0];
	r->parent = (struct peer){ .home = r, .who = ROOM_PARENT };
	r->traps = (struct peer){ .home = r, .who = ROOM_TRAPS };
	r->mailer = (struct peer){ .home = r, .who = ROOM_MAILER };
	r->agentx = (struct peer){ .home = r, .who = ROOM_AGENTX };
	open_store(r);
	make_parts(r);
	if (tracker_load(r->e.tracker) < 0)
		fatal("cannot read the open outages: %s", store_error(r->e.store));
	engine_arm(r->housekeeping, HOUSEKEEPING_MS);
	peer_open(&r->parent, start->parent.fd);
	room_up(start);
	event_base_dispatch(r->e.base);
	room_free(r);
	return 0;
}
