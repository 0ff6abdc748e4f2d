// SPDX-License-Identifier: GPL-2.0
/*
 * The "show" commands of the control socket.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../common/control.h"
#include "../common/timefmt.h"
#include "batch.h"
#include "control_client.h"
#include "kernel.h"
#include "lookup.h"
#include "outbox.h"
#include "probe.h"
#include "tally.h"
#include "tracker.h"
#include "web.h"

/* --- outages --------------------------------------------------------------------- */

static int outage_row(const struct outage *o, void *arg)
{
	struct page *p = arg;
	struct engine *e = p->cl->e;
	const char *phase = o->ended ? NULL : tracker_phase(e->tracker, o);

	client_row(p->cl,
		   json_pack("{s:I,s:o,s:o,s:i,s:o,s:s,s:s,s:o,s:o,s:o,s:o,s:i,s:o,s:o}", "id",
			     (json_int_t)o->id, "server", json_addr(&o->service.server), "proto",
			     json_proto(o->service.proto), "port", o->service.port, "name",
			     json_text(conf_server_name(e->conf, &o->service.server)), "state",
			     o->ended ? "ended" :
			     phase    ? phase :
					"down",
			     "reason", nl_reason_name(o->reason), "began", json_time(o->began),
			     "ended", json_time(o->ended), "evidence",
			     o->ended ? json_text(evidence_name(o->evidence)) : json_null(),
			     "detail", json_text(o->ended ? o->detail : ""), "waiters",
			     (int)o->n_waiters, "watch", json_text(o->watch), "router",
			     json_text(o->origin)));
	p->l->after = o->id;
	p->n++;
	return 0;
}

static int outages_page(struct client *cl, struct listing *l)
{
	const struct outage_query q = { .after = l->after, .limit = LISTING_PAGE };
	struct page p = { .cl = cl, .l = l };
	int rc = store_outage_list(cl->e->store, &q, outage_row, &p);

	return rc < 0 ? rc : p.n;
}

/* The newest first, so there is no second page. */
static int outages_since(struct client *cl, struct listing *l)
{
	const struct outage_query q = { .since = l->since, .limit = CONTROL_NEWEST_MAX };
	struct page p = { .cl = cl, .l = l };
	int rc = l->rows ? 0 : store_outage_list(cl->e->store, &q, outage_row, &p);

	return rc < 0 ? rc : p.n;
}

static void show_outages(struct client *cl, json_t *request)
{
	json_int_t hours = json_integer_value(json_object_get(request, "hours"));
	struct listing l = { .page = outages_page };

	if (hours > 0 && hours < 24 * 366) {
		l.page = outages_since;
		l.since = time_now() - hours * 3600 * NSEC_PER_SEC;
	}
	client_list(cl, &l);
}

/* --- waiters --------------------------------------------------------------------- */

static int waiter_row(const struct waiter *w, const struct outage *o, void *arg)
{
	struct page *p = arg;
	char mac[ADDR_STRLEN];

	client_row(p->cl,
		   json_pack("{s:o,s:o,s:o,s:i,s:I,s:s,s:s,s:I,s:o,s:o,s:o,s:s,s:o,s:o,s:o}",
			     "client", json_addr(&w->client), "server",
			     json_addr(&o->service.server), "proto", json_proto(o->service.proto),
			     "port", o->service.port, "outage", (json_int_t)o->id, "state",
			     waiter_state_name(w->state), "reason", nl_reason_name(w->reason),
			     "attempts", (json_int_t)w->attempts, "first", json_time(w->first),
			     "last", json_time(w->last), "mac",
			     json_text(w->has_mac ? mac_format(&w->mac, mac) : NULL), "choice",
			     choice_name(w->choice), "mail", json_text(w->mail), "watch",
			     json_text(w->watch), "router", json_text(o->origin)));
	p->l->waiters.after_outage = w->outage;
	p->l->waiters.after_client = w->client;
	p->n++;
	return 0;
}

static int waiters_page(struct client *cl, struct listing *l)
{
	const struct waiter_query q = l->waiters; /* the callback moves the cursor */
	struct page p = { .cl = cl, .l = l };
	int rc = store_waiter_list(cl->e->store, &q, waiter_row, &p);

	return rc < 0 ? rc : p.n;
}

static void show_waiters(struct client *cl, json_t *request)
{
	struct listing l = {
		.page = waiters_page,
		.waiters = { .state = -1, .limit = LISTING_PAGE },
	};

	l.waiters.outage = json_integer_value(json_object_get(request, "outage"));
	if (!request_addr(request, "server", &l.waiters.server) ||
	    !request_addr(request, "client", &l.waiters.client))
		client_error(cl, 2, "server and client must be addresses");
	else
		client_list(cl, &l);
}

/* --- contacts -------------------------------------------------------------------- */

static int contact_row(const struct contact *c, void *arg)
{
	struct page *p = arg;
	char key[ADDR_STRLEN];

	client_row(p->cl, json_pack("{s:s,s:o,s:o}", "key", contact_key_format(&c->key, key),
				    "mail", json_text(c->mail), "added", json_time(c->added)));
	p->l->after_key = c->key;
	p->n++;
	return 0;
}

static int contacts_page(struct client *cl, struct listing *l)
{
	const struct contact_key after = l->after_key;
	struct page p = { .cl = cl, .l = l };
	int rc = store_contact_list(cl->e->store, &after, LISTING_PAGE, contact_row, &p);

	return rc < 0 ? rc : p.n;
}

static void show_contacts(struct client *cl, json_t *request)
{
	(void)request;
	client_list(cl, &(struct listing){ .page = contacts_page });
}

/* --- notices --------------------------------------------------------------------- */

/* What carries a notice, a message of ours or a list, in the words of both. */
struct carrier {
	const char *route, *target, *state, *answer;
	uint32_t tries;
	uint16_t code;
	int64_t next, done;
};

static struct carrier carrier(const struct notice *n, const struct message *m,
			      const struct handover *h)
{
	if (h)
		return (struct carrier){ route_name(h->route),
					 h->target,
					 handover_state_name(h->state),
					 h->answer,
					 h->tries,
					 h->code,
					 h->done ? 0 : h->next,
					 h->done };
	if (m)
		return (struct carrier){ "mail",
					 NULL,
					 message_state_name(m->state),
					 m->answer,
					 m->tries,
					 m->code,
					 m->state == MESSAGE_QUEUED ? m->next : 0,
					 m->done };
	return (struct carrier){ "mail", NULL, n->due == NOTICE_HELD ? "held" : "waiting", NULL,
				 0,	 0,    n->due == NOTICE_HELD ? 0 : n->due,	   0 };
}

static int notice_row(const struct notice *n, const struct message *m, const struct handover *h,
		      void *arg)
{
	struct page *p = arg;
	const struct carrier by = carrier(n, m, h);

	client_row(p->cl,
		   json_pack("{s:I,s:I,s:o,s:o,s:o,s:i,s:o,s:s,s:o,s:s,s:I,s:o,s:o,s:o,s:o,s:o}",
			     "id", (json_int_t)n->id, "outage", (json_int_t)n->outage, "client",
			     json_addr(&n->client), "server", json_addr(&n->service.server),
			     "proto", json_proto(n->service.proto), "port", n->service.port, "mail",
			     json_text(n->mail), "route", by.route, "target", json_text(by.target),
			     "state", by.state, "tries", (json_int_t)by.tries, "code",
			     by.code ? json_integer(by.code) : json_null(), "answer",
			     json_text(by.answer), "created", json_time(n->created), "next",
			     json_time(by.next), "done", json_time(by.done)));
	p->l->after = n->id;
	p->n++;
	return 0;
}

static int notices_page(struct client *cl, struct listing *l)
{
	struct page p = { .cl = cl, .l = l };
	int rc = store_notice_list(cl->e->store, NULL, 0, l->after, LISTING_PAGE, notice_row, &p);

	return rc < 0 ? rc : p.n;
}

static int notices_newest(struct client *cl, struct listing *l)
{
	struct page p = { .cl = cl, .l = l };
	int rc = 0;

	if (!l->rows)
		rc = store_notice_of(cl->e->store, l->waiters.outage, NULL, CONTROL_NEWEST_MAX,
				     notice_row, &p);
	return rc < 0 ? rc : p.n;
}

static void show_notices(struct client *cl, json_t *request)
{
	json_t *outage = json_object_get(request, "outage");
	struct listing l = { .page = notices_page };

	/* 0: of any outage */
	if (json_is_integer(outage)) {
		l.page = notices_newest;
		l.waiters.outage = json_integer_value(outage);
	}
	client_list(cl, &l);
}

/* --- daemon ---------------------------------------------------------------------- */

static void pair(struct client *cl, const char *key, json_t *value)
{
	client_row(cl, json_pack("{s:s,s:o}", "key", key, "value", value));
}

/* Of the kernel module, where it is connected. Returns how many rows. */
static int table_rows(struct client *cl)
{
	static const enum ringback_stats_attr refused[] = {
		RINGBACK_A_STATS_EVICTED,	 RINGBACK_A_STATS_REFUSED_FULL,
		RINGBACK_A_STATS_REFUSED_CLIENT, RINGBACK_A_STATS_REFUSED_SERVICE,
		RINGBACK_A_STATS_REFUSED_HOST,	 RINGBACK_A_STATS_NO_MEMORY,
	};
	struct nl_stats stats;
	struct nl_config limits;
	uint64_t sum = 0;
	size_t i;

	if (!cl->e->kernel || kernel_stats(cl->e->kernel, &stats, &limits) < 0)
		return 0;
	for (i = 0; i < sizeof(refused) / sizeof(*refused); i++)
		sum += stats.value[refused[i]];
	pair(cl, "table-entries", json_integer(stats.value[RINGBACK_A_STATS_ATTEMPTS]));
	pair(cl, "table-size", json_integer(limits.value[RINGBACK_A_CONFIG_MAX_ATTEMPTS]));
	pair(cl, "table-refused", json_integer(sum));
	pair(cl, "events-lost", json_integer(stats.value[RINGBACK_A_STATS_EVENTS_LOST]));
	return 4;
}

/* Lists and announcements to all targets. Returns how many rows. */
static int handover_rows(struct client *cl)
{
	struct engine *e = cl->e;
	uint64_t under_way = 0, ends[HANDOVER_DROPPED + 1] = { 0 }, n;
	int64_t oldest;
	int state;

	for (size_t i = 0; e->tally && i < e->conf->n_targets; i++) {
		const struct conf_target *t = &e->conf->targets[i];
		const struct tally_target *all = tally_of_target(e->tally, i);

		if (store_handover_backlog(e->store, t->route, t->name, &n, &oldest) == 0)
			under_way += n;
		for (state = HANDOVER_SENT; state <= HANDOVER_DROPPED; state++)
			ends[state] += all->lists[state] + all->announcements[state];
	}
	pair(cl, "handovers-under-way", json_integer(under_way));
	pair(cl, "handovers-done", json_integer(ends[HANDOVER_SENT]));
	pair(cl, "handovers-failed",
	     json_integer(ends[HANDOVER_PASSED_ON] + ends[HANDOVER_REFUSED] +
			  ends[HANDOVER_GIVEN_UP]));
	return 3;
}

static void show_daemon(struct client *cl, json_t *request)
{
	struct engine *e = cl->e;
	const struct engine_counters *n = &e->count;
	struct outbox_counts out = { 0 };
	const struct {
		const char *key;
		uint64_t value;
	} numbers[] = {
		{ "open-outages", tracker_open(e->tracker) },
		{ "contacts", engine_contacts(e)->n },
		{ "failures", n->failures },
		{ "outages", n->outages },
		{ "outages-refused", n->outages_refused },
		{ "recoveries", n->recoveries },
		{ "flaps", n->flaps },
		{ "traps", n->traps },
		{ "probes", n->probes },
		{ "probes-pending", probes_pending(e->probes) },
		{ "bad-messages", n->bad_messages },
		{ "resyncs", n->resyncs },
		{ "pages-open", web_peer_pages(e->web) },
		{ "visits", n->visits },
		{ "visits-refused", n->visits_refused },
		{ "choices", n->choices },
		{ "too-many-client", n->too_many_client },
		{ "too-many-address", n->too_many_address },
		{ "too-many-total", n->too_many_total },
		{ "store-commits", batch_commits(e->batch) },
		{ "lists", n->lists },
		{ "lists-refused", n->lists_refused },
		{ "confirmed", n->confirmed },
		{ "suppressed", n->suppressed },
		{ "lookups", n->lookups },
		{ "lookups-failed", n->lookups_failed },
		{ "lookups-waiting", lookup_waiting(e->lookup) },
		{ "messages-in-flight", outbox_in_flight(e->outbox) },
	};
	int rows = 12 + sizeof(numbers) / sizeof(*numbers);
	size_t i;

	(void)request;
	if (store_outbox_count(e->store, &out) < 0) {
		client_error(cl, 1, "the store: %s", store_error(e->store));
		return;
	}
	pair(cl, "version", json_string(RINGBACK_VERSION));
	pair(cl, "started", json_time(e->started));
	pair(cl, "kernel",
	     json_string(!e->kernel		     ? "none" :
			 kernel_connected(e->kernel) ? "connected" :
						       "missing"));
	pair(cl, "mailer",
	     json_string(!e->conf->mail.configured ? "none" :
			 e->mailer_connected	   ? "connected" :
						     "missing"));
	pair(cl, "web",
	     json_string(!e->conf->web.configured   ? "none" :
			 web_peer_connected(e->web) ? "connected" :
						      "missing"));
	pair(cl, "store", json_string(engine_store_failing(e) ? "failing" : "ok"));
	for (i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		pair(cl, numbers[i].key, json_integer(numbers[i].value));
	pair(cl, "notices-waiting", json_integer(out.waiting));
	pair(cl, "messages-queued", json_integer(out.queued));
	pair(cl, "messages-sent", json_integer(out.sent));
	pair(cl, "messages-refused", json_integer(out.refused));
	pair(cl, "messages-given-up", json_integer(out.given_up));
	pair(cl, "messages-dropped", json_integer(out.dropped));
	rows += handover_rows(cl) + table_rows(cl);
	client_done(cl, json_pack("{s:i}", "rows", rows));
}

const struct control_command control_show_commands[] = {
	{ .name = "show outages", .run = show_outages },
	{ .name = "show waiters", .run = show_waiters },
	{ .name = "show contacts", .run = show_contacts },
	{ .name = "show notices", .run = show_notices },
	{ .name = "show daemon", .run = show_daemon },
	{ .name = NULL },
};
