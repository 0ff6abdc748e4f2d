// SPDX-License-Identifier: GPL-2.0
/*
 * Follows one open outage: tells its state machine what happens and does what that
 * says.
 */
#include "track.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/log.h"
#include "../common/timefmt.h"
#include "batch.h"
#include "control.h"
#include "probe.h"
#include "standin.h"
#include "web.h"

/* When the end of an outage could not be recorded: ms until the next try. */
#define CLOSE_AGAIN_MS 1000

static bool watch_covers(const struct conf_watch *w, const struct service *s)
{
	bool server = false, port = false;
	size_t i;

	for (i = 0; i < w->n_servers; i++)
		server |= prefix_contains(&w->servers[i], &s->server);
	for (i = 0; i < w->n_ports; i++)
		port |= w->ports[i].proto == s->proto && w->ports[i].first <= s->port &&
			s->port <= w->ports[i].last;
	return server && port;
}

/* The watch whose rules @o follows: its own, or where that is gone one around it. */
static void adopt_watch(const struct conf *conf, struct outage *o)
{
	size_t i;

	if (conf_watch_find(conf, o->watch))
		return;
	for (i = 0; i < conf->n_watches; i++) {
		if (!watch_covers(&conf->watches[i], &o->service))
			continue;
		memcpy(o->watch, conf->watches[i].name, sizeof(o->watch));
		return;
	}
}

/* A timer's argument: the track and where it belongs. */
struct track_timer {
	struct tracker *t;
	struct track *tr;
};

static void timer_due(evutil_socket_t fd, short what, void *arg);

const struct conf_watch *track_watch(const struct tracker *t, const struct track *tr)
{
	return engine_watch(t->e, tr->o.watch);
}

void track_free(struct tracker *t, struct track *tr)
{
	standin_over(t->e->standin, &tr->o.service);
	track_remove(&t->table, tr);
	free(event_get_callback_arg(tr->timer));
	event_free(tr->timer);
	free(tr);
}

struct track *track_new(struct tracker *t, const struct outage *o)
{
	struct track_timer *arg = malloc(sizeof(*arg));
	struct track *tr = calloc(1, sizeof(*tr));
	struct moment now = engine_now();

	if (tr && arg)
		tr->timer = evtimer_new(t->e->base, timer_due, arg);
	if (!tr || !arg || !tr->timer) {
		free(tr);
		free(arg);
		return NULL;
	}
	*arg = (struct track_timer){ .t = t, .tr = tr };
	tr->o = *o;
	adopt_watch(t->e->conf, &tr->o);
	track_insert(&t->table, tr);
	recovery_begin(&tr->r, track_watch(t, tr), o->service.proto, &now);
	return tr;
}

const char *track_name(const struct track *tr, char *buf)
{
	char service[SERVICE_STRLEN];

	snprintf(buf, TRACK_NAME_LEN, "outage %llu: %s", (unsigned long long)tr->o.id,
		 service_format(&tr->o.service, service));
	return buf;
}

/* --- doing what the state machine says --------------------------------------- */

void track_arm(struct track *tr)
{
	const struct track_timer *arg = event_get_callback_arg(tr->timer);
	const struct tracker *t = arg->t;

	standin_outage(t->e->standin, track_watch(t, tr), &tr->o.service, tr->r.phase);
	engine_arm(tr->timer,
		   tr->r.due == RECOVERY_NEVER ? RECOVERY_NEVER : tr->r.due - time_mono_ms());
}

void track_note(struct tracker *t, struct track *tr)
{
	int64_t proven = recovery_proven(&tr->r);
	int rc;

	if (!tr->unnoted && tr->o.evidence == tr->r.evidence && tr->o.proven == proven &&
	    strcmp(tr->o.detail, tr->r.detail) == 0)
		return;
	tr->o.evidence = tr->r.evidence;
	tr->o.proven = proven;
	memcpy(tr->o.detail, tr->r.detail, sizeof(tr->o.detail));
	tr->unnoted = true;
	if (batch_begin(t->e->batch) < 0)
		return;
	t->uncommitted = true;
	rc = store_outage_put(t->e->store, &tr->o);
	if (rc < 0)
		batch_fail(t->e->batch, rc, "note the evidence");
}

/* Whether a probe now is to confirm evidence; else it is merely its time. */
static bool confirms(const struct track *tr)
{
	return tr->r.phase == RECOVERY_CONFIRM || tr->r.phase == RECOVERY_VERIFY;
}

static void start_probe(struct tracker *t, struct track *tr)
{
	struct moment now = engine_now();
	const struct conf_watch *w = track_watch(t, tr);

	t->e->count.probes++;
	tr->probe =
		probe_start(t->e->probes, &tr->o.service, w->probe_timeout, tr->o.id, confirms(tr));
	if (!tr->probe)
		recovery_probed(&tr->r, w, tr->o.service.proto, false, &now);
}

void track_undone(struct tracker *t, const struct track *tr, const char *why)
{
	char name[TRACK_NAME_LEN];

	t->e->count.flaps++;
	log_info("%s: not back after all: %s", track_name(tr, name), why);
	control_event(t->e->control, "recovery-cancelled", &tr->o.service, NULL, why);
}

/* *@tr is gone afterwards when this returns true. */
static bool end_outage(struct tracker *t, struct track *tr)
{
	struct moment now = engine_now();
	int64_t failed = 0;
	int rc = outage_close(t->e, &tr->o, &tr->r, &failed);

	if (rc == 0) {
		t->e->count.recoveries++;
		track_free(t, tr);
		return true;
	}
	if (rc == -EAGAIN) {
		tr->declared_from = now.real;
		tr->declared_to = time_now();
	}
	if (rc == -EAGAIN &&
	    recovery_failure(&tr->r, track_watch(t, tr), tr->o.service.proto, failed, &now))
		track_undone(t, tr, "a client failed meanwhile");
	else
		recovery_postpone(&tr->r, CLOSE_AGAIN_MS, &now);
	return false;
}

static void act(struct tracker *t, struct track *tr, enum recovery_act what)
{
	if (what == RECOVERY_END && end_outage(t, tr))
		return;
	if (what == RECOVERY_PROBE)
		start_probe(t, tr);
	else if (tr->probe && confirms(tr))
		probe_hasten(tr->probe); /* it was to be made anyway, some time */
	track_note(t, tr);
	track_arm(tr);
	web_peer_touch(t->e->web);
}

void track_announce(struct tracker *t, struct track *tr)
{
	char name[TRACK_NAME_LEN], line[96];

	if (tr->announced)
		return;
	tr->announced = true;
	t->e->count.outages++;
	if (!tr->again)
		measure_add(t->e->count.times, MEASURE_DETECTION, time_now() - tr->o.began);
	snprintf(line, sizeof(line), "%s (%s), watch %s", tr->again ? "down again" : "down",
		 nl_reason_name(tr->o.reason), tr->o.watch);
	log_info("%s is %s", track_name(tr, name), line);
	control_event(t->e->control, "outage", &tr->o.service, NULL, line);
}

static void log_evidence(struct tracker *t, struct track *tr)
{
	const struct conf_watch *w = track_watch(t, tr);
	char name[TRACK_NAME_LEN], line[DETAIL_MAX + 64];

	engine_count_evidence(t->e->count.evidence, tr->r.evidence);
	track_announce(t, tr);
	if (tr->r.phase == RECOVERY_CONFIRM)
		snprintf(line, sizeof(line), "evidence %s (%s), to be confirmed by a probe",
			 evidence_name(tr->r.evidence), tr->r.detail);
	else
		snprintf(line, sizeof(line), "evidence %s (%s), held for %u s",
			 evidence_name(tr->r.evidence), tr->r.detail, w->stable);
	log_info("%s: %s", track_name(tr, name), line);
	control_event(t->e->control, "evidence", &tr->o.service, NULL, line);
}

void track_evidence(struct tracker *t, struct track *tr, enum evidence e, const char *detail)
{
	const struct conf_watch *w = track_watch(t, tr);
	struct moment now = engine_now();
	const struct recovery before = tr->r;
	enum recovery_act what;

	what = recovery_evidence(&tr->r, w, tr->o.service.proto, e, detail, &now);
	if (tr->r.phase != before.phase || tr->r.evidence != before.evidence ||
	    what != RECOVERY_WAIT)
		log_evidence(t, tr);
	act(t, tr, what);
}

static void timer_due(evutil_socket_t fd, short what, void *arg)
{
	struct track_timer *timer = arg;
	struct track *tr = timer->tr;
	struct moment now = engine_now();

	(void)fd;
	(void)what;
	act(timer->t, tr,
	    recovery_due(&tr->r, track_watch(timer->t, tr), tr->o.service.proto, &now));
}

void tracker_probed(uint64_t key, int err, void *arg)
{
	struct tracker *t = arg;
	struct track *tr = track_by_id(&t->table, key);
	struct moment now = engine_now();
	enum recovery_phase before;
	enum recovery_act what;
	char name[TRACK_NAME_LEN];

	t->e->count.probes_answered += !err;
	t->e->count.probes_failed += err != 0;
	if (!tr)
		return;
	tr->probe = NULL;
	before = tr->r.phase;
	what = recovery_probed(&tr->r, track_watch(t, tr), tr->o.service.proto, !err, &now);
	log_debug("%s: probe: %s", track_name(tr, name), err ? strerror(-err) : "connected");
	if (before == RECOVERY_VERIFY && tr->r.phase == RECOVERY_DOWN)
		track_undone(t, tr, "the last probe failed");
	else if (tr->r.phase == RECOVERY_HOLD && before != RECOVERY_HOLD)
		log_evidence(t, tr);
	act(t, tr, what);
}
