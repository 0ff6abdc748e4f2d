// SPDX-License-Identifier: GPL-2.0
/*
 * The command "why" of the control socket: collects what the store, the kernel
 * and the configuration know of one client and its services, and answers with the
 * sentences that follow.
 */
#include "why.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../common/timefmt.h"
#include "control_client.h"
#include "inquiry.h"
#include "kernel.h"
#include "lookup.h"
#include "tracker.h"
#include "web.h"

/* Services of one server that a client may ask about at once. */
#define SERVICES_MAX 8
/* Outages of one client and server that are looked through. */
#define WAITERS_MAX 4096

struct why_request {
	struct client *cl;
	struct addr client, server;
	struct service service[SERVICES_MAX];
	unsigned int n;
};

/* --- from the kernel ----------------------------------------------------------------- */

/* The best so far is the first that covers, as in the kernel, or the first so near. */
static int meet_watch(const struct conf_watch *w, void *arg)
{
	struct why *y = arg;
	enum why_cover cover = why_cover(w, &y->client, &y->service);

	if (cover <= y->cover)
		return 0;
	y->cover = cover;
	y->watch = *w;
	y->watch.servers = y->watch.clients = NULL;
	y->watch.ports = NULL;
	return 0;
}

static int meet_attempt(const struct nl_attempt *a, void *arg)
{
	struct why *y = arg;

	y->attempt = *a;
	y->attempt_known = true;
	return 0;
}

static int meet_service(const struct nl_service *s, void *arg)
{
	struct why *y = arg;

	if (service_equal(&s->service, &y->service)) {
		y->state = *s;
		y->service_known = true;
	}
	return 0;
}

static int meet_decision(const struct nl_decision *d, void *arg)
{
	struct why *y = arg;

	if (!service_equal(&d->service, &y->service) || !addr_equal(&d->client, &y->client))
		return 0;
	y->decision = *d;
	y->decided = true;
	return 1;
}

/* A dump that is not consistent may still have what is looked for: good enough to tell. */
static bool fine(int rc)
{
	return rc == 0 || rc == -EINTR;
}

static void ask_kernel(struct why *y, struct nl *nl)
{
	const struct nl_filter f = {
		.client = y->client,
		.server = y->service.server,
		.proto = y->service.proto,
		.port = y->service.port,
		.state = -1,
	};
	struct nl_standin standin;

	y->kernel_answered = nl && fine(nl_watch_dump(nl, meet_watch, y)) &&
			     fine(nl_attempt_dump(nl, &f, meet_attempt, y)) &&
			     fine(nl_service_dump(nl, meet_service, y)) &&
			     nl_stats_get(nl, &y->stats) == 0;
	if (!y->kernel_answered || !y->service_known || !y->state.standin)
		return;
	if (nl_standin_get(nl, &standin) == 0)
		y->lease = standin.lease;
	nl_decision_dump(nl, meet_decision, y);
}

/* --- from the store -------------------------------------------------------------------- */

static struct why_outage *add_outage(struct why *y, const struct outage *o)
{
	struct why_outage *last;

	if (y->n_outages == WHY_OUTAGES)
		memmove(&y->outage[0], &y->outage[1], sizeof(y->outage[0]) * --y->n_outages);
	last = &y->outage[y->n_outages++];
	memset(last, 0, sizeof(*last));
	last->o = *o;
	return last;
}

static int meet_waiter(const struct waiter *w, const struct outage *o, void *arg)
{
	struct why *y = arg;
	struct why_outage *last;

	if (!service_equal(&o->service, &y->service))
		return 0;
	last = add_outage(y, o);
	last->waits = true;
	last->w = *w;
	if (w->has_mac) {
		y->has_mac = true;
		y->mac = w->mac;
	}
	return 0;
}

static int meet_notice(const struct notice *n, const struct message *m, const struct handover *h,
		       void *arg)
{
	struct why_outage *o = arg;
	struct why_notice *kept = &o->notice[o->n_notices++];

	kept->n = *n;
	if (m)
		kept->m = *m;
	if (h)
		kept->h = *h;
	return 0;
}

/* What the client answered, and whether that leads anywhere. */
static int ask_choice(const struct why *y, struct engine *e, struct why_outage *o)
{
	int rc = store_answer_get(e->store, o->o.id, &y->client, &o->answer);

	if (rc == -ENOENT)
		memset(&o->answer, 0, sizeof(o->answer));
	else if (rc < 0)
		return rc;
	rc = inquiry_suppressed(e, why_target(y, o));
	o->suppressed = rc > 0;
	return rc < 0 ? rc : 0;
}

/* The outages in which the client waited, and the latest of the service in any case. */
static int find_outages(struct why *y, struct engine *e)
{
	const struct waiter_query q = {
		.state = -1,
		.server = y->service.server,
		.client = y->client,
		.limit = WAITERS_MAX,
	};
	struct outage latest;
	int rc = store_waiter_list(e->store, &q, meet_waiter, y);

	if (rc < 0)
		return rc;
	rc = store_outage_latest(e->store, &y->service, &latest);
	if (rc == 0 && (!y->n_outages || y->outage[y->n_outages - 1].o.id != latest.id))
		add_outage(y, &latest);
	return rc == -ENOENT ? 0 : rc;
}

/* Whatever else is known of one of them: the client's answer, its notices. */
static int ask_outage(const struct why *y, struct engine *e, struct why_outage *o)
{
	int rc = ask_choice(y, e, o);

	o->phase = tracker_phase(e->tracker, &o->o);
	o->asking = lookup_pending(e, engine_watch(e, o->o.watch), &o->w);
	return rc < 0 ? rc :
			store_notice_of(e->store, o->o.id, &y->client, WHY_NOTICES, meet_notice, o);
}

/* --- one service ------------------------------------------------------------------------ */

static void find_contact(struct why *y, struct engine *e)
{
	const struct contact *c;
	const struct mac *seen, *mac;

	if (y->attempt_known && y->attempt.has_mac) {
		y->has_mac = true;
		y->mac = y->attempt.mac;
	}
	seen = y->has_mac ? &y->mac : NULL;
	y->n_contacts = engine_contacts(e)->n;
	c = engine_contact(e, &y->client, seen);
	mac = engine_mac(e, &y->client, seen, &y->lease_mac);
	y->leased = mac == &y->lease_mac;
	y->command = e->conf->lookup.argv;
	y->said = lookup_said(e->lookup, &y->client, mac, y->said_mail);
	y->contact_known = c;
	if (c)
		y->contact = *c;
}

static const char *watch_name(const struct why *y)
{
	if (y->cover == WHY_COVERED)
		return y->watch.name;
	return y->n_outages ? y->outage[y->n_outages - 1].o.watch : "";
}

static int collect(struct why *y, struct engine *e)
{
	size_t i;
	int rc;

	y->now = time_now();
	y->kernel_expected = e->kernel;
	y->store_keep = e->conf->store_keep;
	y->conf = e->conf;
	y->mail = &e->conf->mail;
	y->mailer_connected = e->mailer_connected;
	y->confirm = e->conf->web.confirm;
	y->page_open = web_peer_page_open(e->web, &y->client, &y->service);
	ask_kernel(y, kernel_requests(e->kernel));
	for (i = 0; !y->kernel_answered && i < e->conf->n_watches; i++)
		meet_watch(&e->conf->watches[i], y);
	rc = find_outages(y, e);
	y->rules = engine_watch(e, watch_name(y));
	for (i = 0; rc == 0 && i < y->n_outages; i++)
		rc = ask_outage(y, e, &y->outage[i]);
	find_contact(y, e);
	return rc;
}

/* Where the sentences go. */
struct why_answer {
	struct client *cl;
	const struct service *s;
	int rows;
};

static void say(const char *topic, const char *code, uint64_t outage, const char *text, void *arg)
{
	struct why_answer *a = arg;

	client_row(a->cl,
		   json_pack("{s:o,s:o,s:i,s:s,s:s,s:o,s:o}", "server", json_addr(&a->s->server),
			     "proto", json_proto(a->s->proto), "port", a->s->port, "topic", topic,
			     "code", code, "outage", outage ? json_integer(outage) : json_null(),
			     "text", json_text(text)));
	a->rows++;
}

/* Rows said, or -errno. */
static int explain(const struct why_request *q, const struct service *s)
{
	struct why_answer a = { .cl = q->cl, .s = s };
	struct why *y = calloc(1, sizeof(*y)); /* large */
	int rc;

	if (!y)
		return -ENOMEM;
	y->client = q->client;
	y->service = *s;
	rc = collect(y, q->cl->e);
	if (rc == 0)
		why_explain(y, say, &a);
	free(y);
	return rc < 0 ? rc : a.rows;
}

/* --- all that a client wanted of a server ------------------------------------------------ */

static int add_service(struct why_request *q, const struct service *s)
{
	unsigned int i;

	for (i = 0; i < q->n; i++)
		if (service_equal(&q->service[i], s))
			return 0;
	if (q->n < SERVICES_MAX)
		q->service[q->n++] = *s;
	return 0;
}

static int service_of_attempt(const struct nl_attempt *a, void *arg)
{
	return add_service(arg, &a->service);
}

static int service_of_waiter(const struct waiter *w, const struct outage *o, void *arg)
{
	(void)w;
	return add_service(arg, &o->service);
}

static int find_services(struct why_request *q)
{
	const struct waiter_query waiters = {
		.state = -1,
		.server = q->server,
		.client = q->client,
		.limit = WAITERS_MAX,
	};
	const struct nl_filter attempts = {
		.client = q->client,
		.server = q->server,
		.state = -1,
	};
	struct nl *nl = kernel_requests(q->cl->e->kernel);

	if (nl)
		nl_attempt_dump(nl, &attempts, service_of_attempt, q);
	return store_waiter_list(q->cl->e->store, &waiters, service_of_waiter, q);
}

static bool read_request(struct why_request *q, json_t *request)
{
	struct service s = { 0 };

	if (!request_addr(request, "client", &q->client) || !q->client.family ||
	    !request_service(request, &s) || q->client.family != s.server.family) {
		client_error(q->cl, 2,
			     "client and server must be addresses of one family, a service is "
			     "like tcp/80");
		return false;
	}
	q->server = s.server;
	if (s.proto)
		add_service(q, &s);
	return true;
}

static void run_why(struct client *cl, json_t *request)
{
	struct why_request q = { .cl = cl };
	unsigned int i;
	int rc, rows = 0;

	if (!read_request(&q, request))
		return;
	rc = q.n ? 0 : find_services(&q);
	if (rc == 0 && !q.n) {
		client_error(cl, 1,
			     "nothing is known of that client at that server: name the "
			     "service, as in tcp/80");
		return;
	}
	for (i = 0; rc >= 0 && i < q.n; i++) {
		rc = explain(&q, &q.service[i]);
		rows += rc;
	}
	if (rc < 0)
		client_error(cl, 1, "the store: %s", store_error(cl->e->store));
	else
		client_done(cl, json_pack("{s:i}", "rows", rows));
}

const struct control_command control_why_commands[] = {
	{ .name = "why", .run = run_why },
	{ .name = NULL },
};
