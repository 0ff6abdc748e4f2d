// SPDX-License-Identifier: GPL-2.0
/*
 * The room "traps": listens for SNMP traps and informs, and tells the engine
 * those that count. It owns no file, no right and no address of its own; what
 * strangers send is counted, and logged at a limited rate.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../common/log.h"
#include "../common/room.h"
#include "../common/timefmt.h"
#include "list.h"
#include "pending.h"
#include "snmp_loop.h"
#include "trap.h"

/* Datagrams of one socket before the others get their turn. */
#define READ_BURST  64
#define LOG_SECONDS 10
/* A repeated list is not told again to an engine that has had so little time. */
#define ASK_AGAIN_MS 3000
/* Lists that wait for an engine that is behind; more are left to their senders. */
#define LISTS_MAX 1024
/* Answers of the engine before the others get their turn. */
#define TAKEN_BURST 256
/* The engine is told of what it does not hear that often at most. */
#define UNHEARD_MS 1000

enum { POLL_PARENT, POLL_ENGINE, POLL_LISTEN };

struct traps {
	const struct conf *conf;
	struct msg_chan parent, engine; /* fd -1: not connected */
	bool ready; /* MSG_READY has come */
	struct snmp_listener **listeners;
	size_t n_listeners;
	struct pending pending;
	struct trap_oid mib_base;
	struct msg_handover list; /* the one in hand */
	struct msg_handover *waiting[LISTS_MAX]; /* a ring: its socket is full */
	unsigned int first, n_waiting;
	uint64_t count[TRAP_VERDICTS];
	struct log_rate rate[TRAP_VERDICTS];
	unsigned long displaced; /* accepted, but the engine was away too long */
	struct log_rate displaced_rate;
	uint64_t overrun_lists; /* no room was left for them */
	uint64_t overrun; /* with those dropped by the kernel: we were too slow */
	struct log_rate overrun_rate;
	struct msg_unheard unheard; /* what the engine knows of */
	int64_t unheard_at; /* not before that; CLOCK_MONOTONIC ms */
	struct msg msg; /* the one being received */
};

static uint64_t all_refused(const struct traps *t)
{
	uint64_t n = 0;

	for (int v = TRAP_STRANGER; v < TRAP_VERDICTS; v++)
		n += t->count[v];
	return n;
}

/* --- towards the engine --------------------------------------------------- */

static int send_trap(const struct msg_trap *trap, void *arg)
{
	struct traps *t = arg;

	return msg_send(&t->engine, MSG_TRAP, trap, sizeof(*trap), -1);
}

static void shift(struct traps *t)
{
	free(t->waiting[t->first]);
	t->first = (t->first + 1) % LISTS_MAX;
	t->n_waiting--;
}

static void engine_lost(struct traps *t)
{
	msg_close(&t->engine);
	t->engine.fd = -1;
	/* What it had not written down is repeated, and told to the next one. */
	while (t->n_waiting)
		shift(t);
	snmp_loop_forget();
}

static int send_list(struct traps *t, const struct msg_handover *h)
{
	return msg_send(&t->engine, MSG_LIST, h, msg_handover_size(h->n_rows), -1);
}

/* False: there is no room; its sender repeats it. */
static bool keep_list(struct traps *t)
{
	size_t size = msg_handover_size(t->list.n_rows);
	struct msg_handover *h = t->n_waiting < LISTS_MAX ? malloc(size) : NULL;

	if (!h) {
		t->overrun_lists++;
		return false;
	}
	memcpy(h, &t->list, size);
	t->waiting[(t->first + t->n_waiting++) % LISTS_MAX] = h;
	return true;
}

/* The list in hand goes to the engine, now or when it listens. False: it does not. */
static bool take_list(struct traps *t)
{
	int err = -EAGAIN;

	if (t->engine.fd < 0)
		return false;
	/* News of servers go first. */
	if (!t->n_waiting && !t->pending.owed)
		err = send_list(t, &t->list);
	if (err == -EAGAIN)
		return keep_list(t);
	if (err)
		engine_lost(t);
	return !err;
}

static void flush_lists(struct traps *t)
{
	int err = 0;

	while (t->n_waiting && !err) {
		err = send_list(t, t->waiting[t->first]);
		if (!err)
			shift(t);
	}
	if (err && err != -EAGAIN)
		engine_lost(t);
}

/* Tells the engine what it is owed, as far as it listens. */
static void flush(struct traps *t)
{
	unsigned long before = t->displaced, missed;
	int err;

	if (!t->ready || t->engine.fd < 0)
		return;
	err = pending_flush(&t->pending, time_mono_ms(), send_trap, t, &t->displaced);
	if (err && err != -EAGAIN)
		engine_lost(t);
	if (!err)
		flush_lists(t);
	if (t->displaced != before && log_allowed(&t->displaced_rate, LOG_SECONDS, &missed))
		log_warn("%lu traps were accepted, but the engine was away too long",
			 t->displaced - before);
}

/* For its metrics. Milliseconds until there is something to say; -1: not for now. */
static int tell_unheard(struct traps *t)
{
	const struct msg_unheard now = { t->count[TRAP_IGNORED], all_refused(t), t->overrun };
	const struct msg_unheard more = { now.ignored - t->unheard.ignored,
					  now.refused - t->unheard.refused,
					  now.lost - t->unheard.lost };
	int64_t wait = t->unheard_at - time_mono_ms();

	if (t->engine.fd < 0 || !(more.ignored | more.refused | more.lost))
		return -1;
	if (wait > 0)
		return (int)wait;
	t->unheard_at = time_mono_ms() + UNHEARD_MS;
	/* One that does not listen now is told later. */
	if (msg_send(&t->engine, MSG_UNHEARD, &more, sizeof(more), -1))
		return UNHEARD_MS;
	t->unheard = now;
	return -1;
}

/* --- what the SNMP loop asks us ------------------------------------------- */

static void refuse_for(struct traps *t, const struct addr *source, enum trap_verdict why,
		       const char *text)
{
	char from[ADDR_STRLEN];
	unsigned long missed;

	t->count[why]++;
	if (why == TRAP_DISCOVERY || !log_allowed(&t->rate[why], LOG_SECONDS, &missed))
		return;
	log_info("SNMP message from %s %s: %s (%lu more like this before)",
		 addr_format(source, from), why == TRAP_IGNORED ? "ignored" : "refused", text,
		 missed);
}

static void refuse(const struct addr *source, enum trap_verdict why, void *arg)
{
	refuse_for(arg, source, why, trap_verdict_text(why));
}

static bool known(const struct addr *source, void *arg)
{
	struct traps *t = arg;
	struct addr server;

	if (conf_speaks_for(t->conf, source, &server) || conf_receive_from(t->conf, source))
		return true;
	refuse(source, TRAP_STRANGER, t);
	return false;
}

/* What names @h among those that wait: the same again is a repetition (FNV-1a). */
static uint64_t ticket_of(const struct msg_handover *h, const struct addr *source)
{
	const uint8_t *p = (const uint8_t *)h, *end = p + msg_handover_size(h->n_rows);
	uint64_t hash = 14695981039346656037ULL;

	while (p < end)
		hash = (hash ^ *p++) * 1099511628211ULL;
	for (p = source->bytes; p < source->bytes + sizeof(source->bytes); p++)
		hash = (hash ^ *p) * 1099511628211ULL;
	return hash;
}

/* A list is answered when the engine has it on disk. */
static enum snmp_reply list(struct traps *t, const struct trap_raw *raw, uint64_t *ticket)
{
	const char *why = NULL;
	enum trap_verdict v;
	int64_t waits;

	v = trap_judge_list(t->conf, &t->mib_base, raw, &t->list, &why);
	if (v != TRAP_ACCEPTED) {
		refuse_for(t, &raw->source, v, why ? why : trap_verdict_text(v));
		return SNMP_SILENCE;
	}
	t->count[v]++;
	*ticket = ticket_of(&t->list, &raw->source);
	waits = snmp_loop_waits(*ticket);
	if (waits >= 0 && waits < ASK_AGAIN_MS)
		return SNMP_LATER;
	t->list.id = *ticket;
	return take_list(t) ? SNMP_LATER : SNMP_SILENCE;
}

/* An inform is answered only when the engine has it: else its sender repeats it. */
static enum snmp_reply message(const struct trap_raw *raw, uint64_t *ticket, void *arg)
{
	struct traps *t = arg;
	struct msg_trap trap;
	char from[ADDR_STRLEN];
	enum trap_verdict v;
	bool owed;

	if (list_is_ours(&t->mib_base, &raw->oid))
		return list(t, raw, ticket);
	v = trap_judge(t->conf, raw, &trap);
	if (v != TRAP_ACCEPTED) {
		refuse(&raw->source, v, t);
		/* Well understood and of no interest: to repeat it would be no use. */
		return v == TRAP_IGNORED ? SNMP_ANSWER : SNMP_SILENCE;
	}
	t->count[v]++;
	if (pending_add(&t->pending, &trap, time_mono_ms(), &owed, &t->displaced) ==
	    PENDING_REPEATED)
		return owed ? SNMP_SILENCE : SNMP_ANSWER;
	log_debug("trap from %s: %s", addr_format(&raw->source, from), trap.oid);
	flush(t);
	return t->pending.owed ? SNMP_SILENCE : SNMP_ANSWER;
}

/* --- the loop ------------------------------------------------------------- */

/* False: the parent is gone or has said something it never says. */
static bool parent_read(struct traps *t)
{
	int got;

	while ((got = msg_recv(&t->parent, &t->msg)) == 1) {
		const struct msg_peer *peer = (const void *)t->msg.body;

		if (t->msg.type == MSG_READY) {
			t->ready = true;
		} else if (t->msg.type == MSG_PEER && peer->room == ROOM_ENGINE && t->msg.fd >= 0) {
			msg_close(&t->engine);
			t->engine.fd = t->msg.fd;
		} else {
			log_warn("unexpected message %d from the parent", t->msg.type);
			if (t->msg.fd >= 0)
				close(t->msg.fd);
		}
	}
	return got == -EAGAIN || got == -EBADMSG;
}

static void engine_read(struct traps *t)
{
	const struct msg_taken *taken = (const void *)t->msg.body;
	int got = 1;

	for (int i = 0; i < TAKEN_BURST && got == 1; i++) {
		got = msg_recv(&t->engine, &t->msg);
		if (got == 1 && t->msg.type == MSG_TAKEN)
			snmp_loop_answer(taken->id, taken->taken);
		else if (got == 1 && t->msg.fd >= 0)
			close(t->msg.fd);
	}
	if (got != 1 && got != -EAGAIN && got != -EBADMSG)
		engine_lost(t);
}

static void listeners_read(struct traps *t, const struct pollfd *fds)
{
	uint64_t overrun = t->overrun_lists;
	unsigned long missed;

	for (size_t i = 0; i < t->n_listeners; i++) {
		for (int n = 0; fds[i].revents && n < READ_BURST; n++) {
			if (!snmp_loop_read(t->listeners[i]))
				break;
		}
		overrun += snmp_loop_lost(t->listeners[i]);
	}
	if (overrun == t->overrun)
		return;
	if (log_allowed(&t->overrun_rate, LOG_SECONDS, &missed))
		log_warn("%llu SNMP messages came faster than they could be taken and are lost",
			 (unsigned long long)(overrun - t->overrun));
	t->overrun = overrun;
}

static int loop(struct traps *t, struct pollfd *fds)
{
	nfds_t n = POLL_LISTEN + t->n_listeners;

	for (;;) {
		fds[POLL_PARENT].fd = t->parent.fd;
		fds[POLL_ENGINE].fd = t->engine.fd;
		fds[POLL_ENGINE].events = POLLIN | (t->pending.owed || t->n_waiting ? POLLOUT : 0);
		if (poll(fds, t->ready ? n : POLL_LISTEN, tell_unheard(t)) < 0) {
			if (errno == EINTR)
				continue;
			log_err("poll: %s", strerror(errno));
			return 1;
		}
		if (fds[POLL_PARENT].revents && !parent_read(t))
			return 0;
		if (fds[POLL_ENGINE].revents & ~POLLOUT && fds[POLL_ENGINE].fd == t->engine.fd)
			engine_read(t);
		flush(t);
		if (t->ready)
			listeners_read(t, fds + POLL_LISTEN);
	}
}

static int listen_all(struct traps *t, const struct room_start *start, struct pollfd *fds)
{
	for (size_t i = 0; i < start->n_listen_fds; i++) {
		t->listeners[i] = snmp_loop_listen(start->listen_fds[i]);
		if (!t->listeners[i])
			return -errno;
		t->n_listeners++;
		fds[POLL_LISTEN + i] = (struct pollfd){ start->listen_fds[i], POLLIN, 0 };
	}
	return 0;
}

static void log_summary(const struct traps *t)
{
	log_info("%llu SNMP messages accepted, %llu ignored, %llu refused, %llu lost",
		 (unsigned long long)t->count[TRAP_ACCEPTED],
		 (unsigned long long)t->count[TRAP_IGNORED], (unsigned long long)all_refused(t),
		 (unsigned long long)t->overrun);
}

int traps_main(const struct room_start *start)
{
	struct traps *t = calloc(1, sizeof(*t));
	struct pollfd *fds = calloc(POLL_LISTEN + start->n_listen_fds, sizeof(*fds));
	struct snmp_loop_ops ops = { known, message, refuse, t };
	const char *why = "";
	int rc;

	if (!t || !fds)
		fatal("out of memory");
	t->listeners = calloc(start->n_listen_fds, sizeof(*t->listeners));
	if (!t->listeners)
		fatal("out of memory");
	t->conf = start->conf;
	t->parent = start->parent;
	t->engine.fd = -1;
	if (trap_oid_parse(&t->mib_base, start->conf->mib_base))
		fatal("mib-base: %s is no OID", start->conf->mib_base);
	fds[POLL_PARENT].events = POLLIN;

	if (snmp_loop_init(&start->conf->snmp, start->engine_id, start->engine_boots, &ops, &why))
		fatal("SNMP: unusable engine ID or key: %s", why);
	rc = listen_all(t, start, fds);
	if (rc)
		fatal("SNMP: %s", strerror(-rc));

	room_up(start);
	rc = loop(t, fds);
	log_summary(t);
	for (size_t i = 0; i < t->n_listeners; i++)
		snmp_loop_close(t->listeners[i]);
	msg_close(&t->engine);
	free(t->listeners);
	free(fds);
	free(t);
	return rc;
}
