// SPDX-License-Identifier: GPL-2.0
/*
 * Feeds the open outages with what happens: the kernel's failures and answers,
 * traps, the operator.
 */
#include "tracker.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/log.h"
#include "../common/timefmt.h"
#include "batch.h"
#include "control.h"
#include "handover.h"
#include "kernel.h"
#include "standin.h"
#include "track.h"
#include "web.h"

/*
 * How late a failure that was reported before its outage opened may be, in
 * seconds, on top of the no-reply time that it took to show.
 */
#define EARLY_SECONDS 10
/* More than the grain of the kernel's clock, in ns. */
#define CLOCK_GRAIN (NSEC_PER_SEC / 10)
#define LOG_SECONDS 60

/* --- failures --------------------------------------------------------------- */

static void announce_waiter(struct tracker *t, struct track *tr, const struct addr *client,
			    uint8_t reason)
{
	tr->crowd = true;
	web_peer_touch(t->e->web);
	control_event(t->e->control, "waiter", &tr->o.service, client, nl_reason_name(reason));
}

static void take_failure(struct tracker *t, const struct nl_attempt *a, bool in_kernel)
{
	struct track *tr = track_by_service(&t->table, &a->service);
	struct moment now = engine_now();
	char why[ADDR_STRLEN + 32], client[ADDR_STRLEN];
	int rc;

	if (!tr) {
		t->early[t->next_early++ % EARLY_MAX] = *a;
		return;
	}
	if (a->last > tr->last_failure) {
		tr->last_failure = a->last;
		tr->o.reason = a->reason;
	}
	if (batch_begin(t->e->batch) == 0) {
		rc = waiter_record(t->e, &tr->o, a, in_kernel);
		if (rc < 0) {
			batch_fail(t->e->batch, rc, "record a waiter");
			return;
		}
		if (rc > 0)
			announce_waiter(t, tr, &a->client, a->reason);
	}
	if (!recovery_failure(&tr->r, track_watch(t, tr), tr->o.service.proto, a->last, &now))
		return;
	snprintf(why, sizeof(why), "%s failed again", addr_format(&a->client, client));
	track_undone(t, tr, why);
	track_note(t, tr);
	track_arm(tr);
	web_peer_touch(t->e->web);
}

static void take_up_early(struct tracker *t, const struct service *s)
{
	int64_t since = time_now() - EARLY_SECONDS * NSEC_PER_SEC;
	unsigned int i;

	for (i = 0; i < EARLY_MAX; i++) {
		struct nl_attempt a = t->early[i];

		if (!service_equal(&a.service, s))
			continue;
		memset(&t->early[i], 0, sizeof(a));
		/* A failure shows when its no-reply time is over, hence on top of it. */
		if (a.last + (int64_t)engine_watch(t->e, a.watch)->no_reply * NSEC_PER_SEC > since)
			take_failure(t, &a, false);
	}
}

/*
 * Failed while the outage before was being ended: its event has waited for us, and with
 * what was forgotten then the kernel has dropped it.
 */
static bool is_forgotten(const struct tracker *t, const struct nl_attempt *a)
{
	unsigned int i;

	for (i = 0; i < FORGOTTEN_MAX; i++)
		if (a->last <= t->forgotten[i].at &&
		    service_equal(&t->forgotten[i].service, &a->service))
			return true;
	return false;
}

void tracker_attempt(struct tracker *t, const struct nl_attempt *a)
{
	if (a->state == RINGBACK_ATTEMPT_FAILED)
		take_failure(t, a, !is_forgotten(t, a));
}

void tracker_forgotten(struct tracker *t, const struct service *s)
{
	t->forgotten[t->next_forgotten++ % FORGOTTEN_MAX] = (struct forgotten){
		.service = *s,
		.at = time_now(),
	};
}

int tracker_visit(struct tracker *t, struct track *tr, const struct addr *client)
{
	int rc = waiter_visit(t->e, &tr->o, client);

	if (rc > 0)
		announce_waiter(t, tr, client, tr->o.reason);
	return rc;
}

/* --- services --------------------------------------------------------------- */

/* The outage that the trouble @s belongs to: a recent one, or a new one. */
static int choose_outage(struct tracker *t, const struct nl_service *s, struct outage *o)
{
	const struct conf_watch *w = engine_watch(t->e, s->watch);
	int rc = store_outage_latest(t->e->store, &s->service, o);

	if (rc < 0 && rc != -ENOENT)
		return rc;
	if (rc < 0 || (o->ended && !outage_merges(o, s->since, w->flap))) {
		memset(o, 0, sizeof(*o));
		o->service = s->service;
		o->began = s->since;
	}
	snprintf(o->watch, sizeof(o->watch), "%s", s->watch);
	o->reason = s->reason;
	o->ended = 0;
	o->evidence = 0;
	o->proven = 0;
	o->detail[0] = '\0';
	return 0;
}

/* Whether there is no room for the outage of @s. */
static bool refuse(struct tracker *t, const struct service *s)
{
	char name[SERVICE_STRLEN];
	unsigned long missed;

	if (t->table.n < OUTAGES_MAX)
		return false;
	t->e->count.outages_refused++;
	if (log_allowed(&t->refused, LOG_SECONDS, &missed))
		log_warn("%s is down, and not followed: %u outages are open (%lu more like this"
			 " before)",
			 service_format(s, name), t->table.n, missed);
	return true;
}

static void open_outage(struct tracker *t, const struct nl_service *s)
{
	struct track *tr;
	struct outage o;
	bool again;
	int rc;

	if (refuse(t, &s->service))
		return;
	if (batch_begin(t->e->batch) < 0)
		return; /* the resync after the pause brings it again */
	rc = choose_outage(t, s, &o);
	again = rc == 0 && o.id;
	if (rc == 0)
		rc = store_outage_put(t->e->store, &o);
	if (rc == 0)
		rc = handover_announce(t->e, &o, HANDOVER_DOWN);
	tr = rc == 0 ? track_new(t, &o) : NULL;
	if (!tr) {
		batch_fail(t->e->batch, rc < 0 ? rc : -ENOMEM, "open an outage");
		return;
	}
	tr->again = again;
	tr->heard = s->answered;
	tr->known = true;
	t->uncommitted = true;
	track_arm(tr);
	take_up_early(t, &s->service);
	kernel_want_attempts(t->e->kernel, &s->service);
}

/*
 * To end an outage we declare the service up, and the kernel tells everybody, us
 * too. Where that was taken back because a client had failed, the echo is no answer.
 */
static bool own_word(const struct track *tr, const struct nl_service *s)
{
	return s->state == RINGBACK_SERVICE_UP && s->answered < s->changed - CLOCK_GRAIN &&
	       s->changed >= tr->declared_from - CLOCK_GRAIN &&
	       s->changed <= tr->declared_to + CLOCK_GRAIN;
}

bool tracker_service(struct tracker *t, const struct nl_service *s)
{
	struct track *tr = track_by_service(&t->table, &s->service);

	if (tr) {
		tr->known = true;
		if (s->answered > tr->heard)
			tr->heard = s->answered;
	}
	if (s->state == RINGBACK_SERVICE_DOWN && !tr)
		open_outage(t, s);
	standin_heard(t->e->standin, s);
	if (s->state == RINGBACK_SERVICE_DOWN)
		return !tr;
	if (!tr || s->state == RINGBACK_SERVICE_SUSPECT || own_word(tr, s))
		return false;
	/* An answer from before the latest failure proves nothing. */
	if (s->state == RINGBACK_SERVICE_PARTIAL && s->answered <= tr->last_failure)
		return false;
	if (tr->r.phase == RECOVERY_HOLD || tr->r.phase == RECOVERY_VERIFY)
		return false;
	track_evidence(t, tr, EVIDENCE_REPLY, "a client was answered");
	return true;
}

void tracker_services_begin(struct tracker *t)
{
	struct track *tr;

	TAILQ_FOREACH(tr, &t->table.all, all)
		tr->known = false;
}

void tracker_services_end(struct tracker *t)
{
	struct track *tr;

	/* A recovery that is being looked into has had its answer. */
	TAILQ_FOREACH(tr, &t->table.all, all)
		if (!tr->known && tr->r.phase == RECOVERY_DOWN)
			kernel_declare(t->e->kernel, &tr->o.service, RINGBACK_SERVICE_DOWN);
}

void tracker_blind(struct tracker *t)
{
	struct track *tr;

	TAILQ_FOREACH(tr, &t->table.all, all) {
		if (tr->o.lossy)
			continue;
		tr->o.lossy = true;
		tr->unnoted = true;
		track_note(t, tr);
	}
}

/* --- evidence from outside ---------------------------------------------------- */

static const char *trap_text(const struct msg_trap *trap, char *buf, size_t size)
{
	static const char *const kinds[] = {
		[TRAP_COLD_START] = "coldStart",
		[TRAP_WARM_START] = "warmStart",
		[TRAP_LINK_UP] = "linkUp",
	};
	char source[ADDR_STRLEN];

	snprintf(buf, size, "%.64s from %s, SNMPv%s%s",
		 trap->kind <= TRAP_LINK_UP ? kinds[trap->kind] : trap->oid,
		 addr_format(&trap->source, source),
		 trap->version == 2 ? "2c" :
		 trap->version == 3 ? "3" :
				      "1",
		 trap->inform ? " inform" : " trap");
	return buf;
}

void tracker_trap(struct tracker *t, const struct msg_trap *trap)
{
	char detail[DETAIL_MAX], name[ADDR_STRLEN];
	struct track *tr, *next;
	struct addr server;
	unsigned int n = 0;

	t->e->count.traps++;
	if (!conf_speaks_for(t->e->conf, &trap->source, &server) ||
	    !addr_equal(&server, &trap->server)) {
		t->e->count.bad_messages++;
		return;
	}
	trap_text(trap, detail, sizeof(detail));
	for (tr = TAILQ_FIRST(&t->table.all); tr; tr = next) {
		next = TAILQ_NEXT(tr, all);
		if (!addr_equal(&tr->o.service.server, &server))
			continue;
		n++;
		track_evidence(t, tr, EVIDENCE_TRAP, detail);
	}
	control_event(t->e->control, "trap", NULL, NULL, detail);
	if (!n)
		log_debug("%s: no outage of %s is open", detail, addr_format(&server, name));
}

unsigned int tracker_recover(struct tracker *t, const struct addr *server, uint8_t proto,
			     uint16_t port, void (*cb)(const struct outage *o, void *arg),
			     void *arg)
{
	struct track *tr, *next;
	unsigned int n = 0;

	for (tr = TAILQ_FIRST(&t->table.all); tr; tr = next) {
		next = TAILQ_NEXT(tr, all);
		if (!addr_equal(&tr->o.service.server, server))
			continue;
		if (proto && (tr->o.service.proto != proto || tr->o.service.port != port))
			continue;
		n++;
		cb(&tr->o, arg);
		track_evidence(t, tr, EVIDENCE_OPERATOR, "ringback recover");
	}
	return n;
}

/* --- life -------------------------------------------------------------------- */

static void sweep(evutil_socket_t fd, short what, void *arg)
{
	struct tracker *t = arg;
	struct track *tr, *next;

	(void)fd;
	(void)what;
	for (tr = TAILQ_FIRST(&t->table.all); tr; tr = next) {
		next = TAILQ_NEXT(tr, all);
		if (!tr->committed)
			track_free(t, tr);
	}
	t->uncommitted = false;
}

struct tracker *tracker_new(struct engine *e)
{
	struct tracker *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->e = e;
	track_table_init(&t->table);
	t->sweep = evtimer_new(e->base, sweep, t);
	if (t->sweep)
		return t;
	free(t);
	return NULL;
}

void tracker_free(struct tracker *t)
{
	struct track *tr;

	if (!t)
		return;
	while ((tr = TAILQ_FIRST(&t->table.all)))
		track_free(t, tr);
	event_free(t->sweep);
	free(t);
}

static int load_one(const struct outage *o, void *arg)
{
	struct tracker *t = arg;
	struct track *tr = track_by_service(&t->table, &o->service);
	struct moment now = engine_now();

	if (!tr)
		tr = track_new(t, o);
	if (!tr)
		return -ENOMEM;
	recovery_resume(&tr->r, track_watch(t, tr), o->evidence, o->detail, o->proven, &now);
	tr->committed = true;
	tr->announced = true;
	/* Who failed while we were away is not known yet: older answers prove nothing. */
	tr->last_failure = time_now();
	track_arm(tr);
	return 0;
}

int tracker_load(struct tracker *t)
{
	const struct outage_query all = { .open_only = true, .limit = UINT32_MAX };

	return store_outage_list(t->e->store, &all, load_one, t);
}

unsigned int tracker_open(const struct tracker *t)
{
	return t->table.n;
}

const char *tracker_phase(const struct tracker *t, const struct outage *o)
{
	const struct track *tr = track_by_id(&t->table, o->id);

	return tr ? recovery_phase_name(tr->r.phase) : NULL;
}

struct track_list *tracker_tracks(struct tracker *t)
{
	return &t->table.all;
}

struct track *tracker_find(const struct tracker *t, const struct service *s)
{
	struct track *tr = track_by_service(&t->table, s);

	return tr && tr->committed ? tr : NULL;
}

struct track *tracker_find_id(const struct tracker *t, uint64_t id)
{
	struct track *tr = track_by_id(&t->table, id);

	return tr && tr->committed ? tr : NULL;
}

void tracker_committed(struct tracker *t)
{
	struct track *tr;

	if (!t->uncommitted)
		return;
	TAILQ_FOREACH(tr, &t->table.all, all) {
		tr->committed = true;
		tr->unnoted = false;
		track_announce(t, tr);
	}
	t->uncommitted = false;
	web_peer_touch(t->e->web);
}

void tracker_undone(struct tracker *t)
{
	/* From the loop: who called may hold a track. No new batch begins before. */
	engine_arm(t->sweep, 0);
}

void tracker_retry(struct tracker *t)
{
	struct track *tr;

	TAILQ_FOREACH(tr, &t->table.all, all)
		if (tr->committed && tr->unnoted)
			track_note(t, tr);
}
