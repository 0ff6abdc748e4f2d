// SPDX-License-Identifier: GPL-2.0
/*
 * The stand-in: which services, which clients, for how long.
 *
 * An outage goes through its phases with it: while it is down clients are answered;
 * while a trap is to be confirmed each second connection goes to the server; as soon
 * as the service has answered a probe or a client, all go there. A client that fails
 * then undoes the recovery, as it would without us, and is answered again.
 */
#include "standin.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "../common/log.h"
#include "../common/timefmt.h"
#include "inquiry.h"
#include "standin_conntrack.h"
#include "standin_nft.h"
#include "standin_policy.h"
#include "standin_queue.h"
#include "standin_route.h"
#include "web.h"

/* all in milliseconds */
#define LEASE_MS     4000
#define RENEW_MS     1000
#define SETTLE_MS    10000 /* how often what is in the kernel is looked after */
#define LINGER_MS    600000 /* pages of a service that is back still want their packets */
#define OPTED_OUT_MS 600000

#define CLIENTS_MAX	 65536
#define RETRY_CONFIRMING 2 /* while a trap is confirmed: each second connection */
#define WHY_MAX		 256

/* A service with an open outage, under a watch that wants a stand-in. */
struct standing {
	TAILQ_ENTRY(standing) link;
	struct standin *home;
	struct service service;
	const struct conf_watch *w;
	enum profile profile;
	enum recovery_phase phase;
	bool down; /* for the module: only then it takes a mode */
	uint8_t told; /* enum ringback_standin, what the module does */
	struct event *retried; /* connections that were let through are to be forgotten */
};

TAILQ_HEAD(standing_list, standing);

struct standin {
	struct engine *e;
	struct nl *nl; /* NULL: no module; ours alone, so that it is never busy */
	struct standin_policy *policy;
	struct standin_queue *queue;
	struct standin_nft *nft;
	bool tracked; /* nft was made for a host that tracks connections */
	bool routed;
	bool said_trouble; /* once until it works again */
	struct standing_list all;
	struct event *renew;
	int64_t settled, needed; /* CLOCK_MONOTONIC, when last */
};

/* --- what has to be in the kernel --------------------------------------------- */

static enum ringback_verdict on_ask(const struct addr *client, const struct service *s, void *arg);

static void table_remove(struct standin *st)
{
	standin_nft_remove(st->nft);
	st->nft = NULL;
	if (st->routed)
		standin_route_remove();
	st->routed = false;
}

/* Puts in what is not there: queue, rules and routes, table. 0, or -errno and @why. */
static int put_in(struct standin *st, char *why)
{
	bool tracked = standin_conntrack_used();
	int err;

	if (!st->queue)
		st->queue = standin_queue_new(st->e->base, on_ask, st, why, WHY_MAX);
	if (!st->queue)
		return -EIO;
	st->routed = true; /* in part, if it fails */
	err = standin_route_install(why, WHY_MAX);
	if (err)
		return err;
	if (st->nft && st->tracked == tracked)
		return 0;
	standin_nft_remove(st->nft);
	st->nft = standin_nft_install(st->e->conf->web.standin_port, tracked, why, WHY_MAX);
	st->tracked = tracked;
	return st->nft ? 0 : -EIO;
}

static void settle(struct standin *st, int64_t now)
{
	char why[WHY_MAX];
	int err;

	if (st->settled && now - st->settled < SETTLE_MS)
		return;
	st->settled = now;
	err = put_in(st, why);
	if (err && !st->said_trouble)
		log_err("stand-in: %s; connections pass", why);
	else if (!err && st->said_trouble)
		log_info("stand-in: works again");
	st->said_trouble = err;
	if (err)
		table_remove(st);
}

/* --- modes -------------------------------------------------------------------- */

static struct standing *find(const struct standin *st, const struct service *s)
{
	struct standing *sg;

	TAILQ_FOREACH(sg, &st->all, link)
		if (service_equal(&sg->service, s))
			return sg;
	return NULL;
}

/* Only by asking each client can one of its connections be let through. */
static enum ringback_standin wanted(const struct standing *sg)
{
	if (sg->profile == PROFILE_PASS || sg->phase == RECOVERY_HOLD ||
	    sg->phase == RECOVERY_VERIFY)
		return RINGBACK_STANDIN_OFF;
	if (sg->profile == PROFILE_RESET && !sg->w->standin_retry)
		return RINGBACK_STANDIN_RESET;
	return RINGBACK_STANDIN_ASK;
}

static bool ready(const struct standin *st)
{
	return st->nl && st->nft && web_peer_lives(st->e->web);
}

static struct nl_filter of(const struct service *s)
{
	return (struct nl_filter){
		.server = s->server,
		.proto = s->proto,
		.port = s->port,
		.state = -1,
	};
}

/* What was tracked on the way to the server before would garble what we answer. */
static void forget_tracked(const struct standing *sg)
{
	char name[SERVICE_STRLEN];
	int n = standin_conntrack_used() ? standin_conntrack_forget(&sg->service) : 0;

	if (n < 0)
		log_debug("stand-in: connections to %s stay tracked: %s",
			  service_format(&sg->service, name), strerror(-n));
}

static void declare(struct standing *sg)
{
	enum ringback_standin mode = wanted(sg);
	char name[SERVICE_STRLEN];
	int rc;

	if (!sg->down || sg->told == mode || !ready(sg->home))
		return;
	rc = nl_service_standin(sg->home->nl, &sg->service, mode);
	if (rc < 0) {
		/* Not down any more: the module's own word on it is on its way. */
		sg->down = false;
		return;
	}
	log_info("stand-in: connections to %s %s", service_format(&sg->service, name),
		 mode ? "are answered here" : "go to the server");
	sg->told = mode;
	if (mode)
		forget_tracked(sg);
}

static bool needed(const struct standin *st)
{
	const struct standing *sg;

	TAILQ_FOREACH(sg, &st->all, link)
		if (wanted(sg))
			return true;
	return false;
}

/* --- the lease ---------------------------------------------------------------- */

static void renew(struct standin *st)
{
	int64_t now = time_mono_ms();
	struct standing *sg;

	if (!st->nl || !needed(st)) {
		if (now - st->needed >= LINGER_MS)
			table_remove(st);
		else
			engine_arm(st->renew, SETTLE_MS);
		return;
	}
	st->needed = now;
	settle(st, now);
	nl_standin_set(st->nl, ready(st) ? LEASE_MS : 0,
		       st->queue ? standin_queue_number(st->queue) : 0);
	TAILQ_FOREACH(sg, &st->all, link)
		declare(sg);
	engine_arm(st->renew, RENEW_MS);
}

static void renew_due(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	renew(arg);
}

/* --- outages ------------------------------------------------------------------ */

static void retried_due(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	forget_tracked(arg);
}

static void standing_free(struct standin *st, struct standing *sg)
{
	TAILQ_REMOVE(&st->all, sg, link);
	event_free(sg->retried);
	free(sg);
}

static struct standing *standing_new(struct standin *st, const struct conf_watch *w,
				     const struct service *s)
{
	struct standing *sg = calloc(1, sizeof(*sg));

	if (sg)
		sg->retried = evtimer_new(st->e->base, retried_due, sg);
	if (!sg || !sg->retried) {
		free(sg);
		return NULL;
	}
	sg->home = st;
	sg->service = *s;
	sg->w = w;
	sg->profile = conf_profile(st->e->conf, w, s);
	TAILQ_INSERT_TAIL(&st->all, sg, link);
	return sg;
}

void standin_outage(struct standin *st, const struct conf_watch *w, const struct service *s,
		    enum recovery_phase phase)
{
	struct standing *sg = st ? find(st, s) : NULL;
	struct nl_filter all = of(s);

	if (!st || (sg && sg->phase == phase))
		return;
	if (!sg && conf_profile(st->e->conf, w, s) != PROFILE_PASS)
		sg = standing_new(st, w, s);
	if (!sg)
		return;
	sg->phase = phase;
	/* Other terms hold now: what was decided by the old ones is asked again. */
	if (st->nl && sg->told)
		nl_decision_del(st->nl, &all);
	renew(st);
	declare(sg);
}

void standin_over(struct standin *st, const struct service *s)
{
	struct standing *sg = st ? find(st, s) : NULL;

	if (sg)
		standing_free(st, sg);
}

void standin_heard(struct standin *st, const struct nl_service *s)
{
	struct standing *sg = st ? find(st, &s->service) : NULL;

	if (!sg) {
		/* An engine before us may have wanted it. */
		if (st && st->nl && s->standin)
			nl_service_standin(st->nl, &s->service, RINGBACK_STANDIN_OFF);
		return;
	}
	sg->down = s->state == RINGBACK_SERVICE_DOWN;
	sg->told = sg->down ? s->standin : RINGBACK_STANDIN_OFF;
	declare(sg);
}

/* --- clients ------------------------------------------------------------------ */

static struct standin_terms terms_of(const struct standing *sg)
{
	struct standin_terms t = {
		.reset = sg->profile == PROFILE_RESET,
		.retry = sg->w->standin_retry,
	};

	if (sg->phase == RECOVERY_CONFIRM && (!t.retry || t.retry > RETRY_CONFIRMING))
		t.retry = RETRY_CONFIRMING;
	return t;
}

static struct standin_ruling rule(struct standing *sg, const struct addr *client)
{
	const struct standin_terms terms = terms_of(sg);
	struct standin *st = sg->home;

	if (inquiry_choice(st->e, &sg->service, client) == CHOICE_NO)
		return (struct standin_ruling){ RINGBACK_VERDICT_PASS, OPTED_OUT_MS,
						"it does not want to be told", false };
	return standin_policy_ask(st->policy, client, &sg->service, &terms, time_mono_ms());
}

static enum ringback_verdict on_ask(const struct addr *client, const struct service *s, void *arg)
{
	struct standin *st = arg;
	struct standing *sg = find(st, s);
	char name[SERVICE_STRLEN], who[ADDR_STRLEN];
	struct standin_ruling r;
	struct nl_decision d;

	if (!sg || sg->told != RINGBACK_STANDIN_ASK || !st->nl)
		return RINGBACK_VERDICT_PASS;
	r = rule(sg, client);
	d = (struct nl_decision){
		.client = *client, .service = *s, .verdict = r.verdict, .ttl = r.ttl
	};
	/* Without it, each SYN is asked about: slower, but the same. */
	nl_decision_new(st->nl, &d);
	if (r.retry && !evtimer_pending(sg->retried, NULL))
		engine_arm(sg->retried, STANDIN_RETRY_MS);
	log_debug("stand-in: %s to %s: %s: %s", addr_format(client, who), service_format(s, name),
		  nl_verdict_name(r.verdict), r.why);
	return r.verdict;
}

void standin_met(struct standin *st, const struct addr *client, const struct service *s)
{
	struct standing *sg = st ? find(st, s) : NULL;
	struct standin_terms terms;

	if (!sg || sg->told != RINGBACK_STANDIN_ASK)
		return;
	terms = terms_of(sg);
	if (standin_policy_answered(st->policy, client, s, &terms, time_mono_ms()))
		standin_reconsider(st, client, s);
}

void standin_reconsider(struct standin *st, const struct addr *client, const struct service *s)
{
	struct nl_filter f = of(s);

	f.client = *client;
	if (st && st->nl)
		nl_decision_del(st->nl, &f);
}

/* --- life --------------------------------------------------------------------- */

void standin_module_here(struct standin *st)
{
	const struct nl_filter all = NL_FILTER_ALL;

	if (!st || nl_open(&st->nl) < 0)
		return;
	/* An engine before us may have left both. */
	nl_standin_set(st->nl, 0, 0);
	nl_decision_del(st->nl, &all);
	/* At once, so that trouble is told before there is need. */
	st->needed = time_mono_ms();
	settle(st, st->needed);
	renew(st);
}

void standin_module_gone(struct standin *st)
{
	struct standing *sg;

	if (!st)
		return;
	nl_close(st->nl);
	st->nl = NULL;
	TAILQ_FOREACH(sg, &st->all, link) {
		sg->down = false;
		sg->told = RINGBACK_STANDIN_OFF;
	}
}

struct standin *standin_new(struct engine *e)
{
	struct standin *st;
	bool any = false;
	size_t i;

	for (i = 0; i < e->conf->n_watches; i++)
		any |= e->conf->watches[i].standin;
	if (!any)
		return NULL;
	st = calloc(1, sizeof(*st));
	if (!st)
		fatal("out of memory");
	st->e = e;
	TAILQ_INIT(&st->all);
	st->policy = standin_policy_new(CLIENTS_MAX);
	st->renew = evtimer_new(e->base, renew_due, st);
	if (!st->policy || !st->renew)
		fatal("out of memory");
	return st;
}

static void take_back(struct standin *st)
{
	const struct nl_filter all = NL_FILTER_ALL;
	struct standing *sg;

	nl_standin_set(st->nl, 0, 0);
	TAILQ_FOREACH(sg, &st->all, link)
		if (sg->told)
			nl_service_standin(st->nl, &sg->service, RINGBACK_STANDIN_OFF);
	nl_decision_del(st->nl, &all);
}

void standin_free(struct standin *st)
{
	struct standing *sg;

	if (!st)
		return;
	if (st->nl)
		take_back(st);
	standin_module_gone(st);
	while ((sg = TAILQ_FIRST(&st->all)))
		standing_free(st, sg);
	standin_queue_free(st->queue);
	table_remove(st);
	event_free(st->renew);
	standin_policy_free(st->policy);
	free(st);
}
