// SPDX-License-Identifier: GPL-2.0
/*
 * What the engine knows, as metrics: what it has counted since it started, and what is
 * there now. Cheap: nothing is asked that takes longer the more history there is.
 */
#include "metrics.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../common/timefmt.h"
#include "kernel.h"
#include "metrics_text.h"
#include "outbox.h"
#include "probe.h"
#include "track.h"
#include "web.h"

/* --- counters ---------------------------------------------------------------------- */

static void write_plain(FILE *f, const struct engine_counters *n)
{
	const struct {
		const char *name, *help;
		uint64_t value;
	} plain[] = {
		{ "ringback_outages_total", "Outages that began, or were taken up again.",
		  n->outages },
		{ "ringback_outages_refused_total",
		  "Times that an outage was not followed because too many were open.",
		  n->outages_refused },
		{ "ringback_recoveries_undone_total",
		  "Recoveries that a new failure undid before they counted.", n->flaps },
		{ "ringback_traps_total", "SNMP traps and informs that were accepted.", n->traps },
		{ "ringback_lookups_total", "Questions to the contact command.", n->lookups },
		{ "ringback_lookups_failed_total",
		  "Those of them that it did not answer as it should.", n->lookups_failed },
		{ "ringback_event_overruns_total",
		  "Times that events of the kernel came faster than they were read.", n->overruns },
		{ "ringback_resyncs_total", "Times that everything was read from the kernel anew.",
		  n->resyncs },
		{ "ringback_bad_messages_total", "Malformed messages of other rooms or the kernel.",
		  n->bad_messages },
		{ "ringback_visits_total", "Clients that the stand-in met first.", n->visits },
		{ "ringback_visits_refused_total",
		  "Those of them that came too fast or were too many.", n->visits_refused },
		{ "ringback_choices_total", "Answers of clients to the inquiry.", n->choices },
		{ "ringback_addresses_confirmed_total",
		  "Mail addresses whose owner confirmed them.", n->confirmed },
		{ "ringback_addresses_suppressed_total",
		  "Mail addresses whose owner asked never to hear of us.", n->suppressed },
	};
	size_t i;

	for (i = 0; i < sizeof(plain) / sizeof(*plain); i++)
		text_single(f, plain[i].name, "counter", plain[i].help, plain[i].value);
}

static const char *evidence_word(uint8_t place)
{
	return evidence_name(1 << place);
}

/* The counters @n of a family: the @from-th up to the @to-th, each with its word. */
static void write_each(FILE *f, const char *name, const char *help, const char *label,
		       const uint64_t *n, uint8_t from, uint8_t to,
		       const char *(*word)(uint8_t value))
{
	uint8_t i;

	text_family(f, name, "counter", help);
	for (i = from; i < to; i++)
		text_sample(f, name, n[i], label, word(i), TEXT_END);
}

static void write_labelled(FILE *f, const struct engine_counters *n)
{
	write_each(f, "ringback_attempts_failed_total",
		   "Failed attempts that the kernel has reported.", "reason", n->failed,
		   RINGBACK_REASON_NO_REPLY, RINGBACK_REASON_MAX + 1, reason_name);
	write_each(f, "ringback_evidence_total", "Evidence that came for open outages.", "kind",
		   n->evidence, 0, N_EVIDENCE, evidence_word);
	write_each(f, "ringback_recoveries_total", "Outages that ended, by what proved it.",
		   "evidence", n->recovered, 0, N_EVIDENCE, evidence_word);
	write_each(f, "ringback_waiters_settled_total", "What became of those who waited.", "state",
		   n->settled, WAITER_REACHED, WAITER_STATES, waiter_state_name);
}

static void write_others(FILE *f, const struct engine_counters *n)
{
	text_family(f, "ringback_snmp_dropped_total", "counter",
		    "SNMP messages that came and were not taken.");
	text_sample(f, "ringback_snmp_dropped_total", n->unheard.ignored, "cause", "ignored",
		    TEXT_END);
	text_sample(f, "ringback_snmp_dropped_total", n->unheard.refused, "cause", "refused",
		    TEXT_END);
	text_sample(f, "ringback_snmp_dropped_total", n->unheard.lost, "cause", "lost", TEXT_END);
	text_family(f, "ringback_probes_total", "counter", "Probes that ended.");
	text_sample(f, "ringback_probes_total", n->probes_answered, "result", "answered", TEXT_END);
	text_sample(f, "ringback_probes_total", n->probes_failed, "result", "failed", TEXT_END);
	text_family(f, "ringback_addresses_refused_total", "counter",
		    "Mail addresses given in an answer that a limit refused.");
	text_sample(f, "ringback_addresses_refused_total", n->too_many_client, "limit", "client",
		    TEXT_END);
	text_sample(f, "ringback_addresses_refused_total", n->too_many_address, "limit", "address",
		    TEXT_END);
	text_sample(f, "ringback_addresses_refused_total", n->too_many_total, "limit", "total",
		    TEXT_END);
}

static void write_times(FILE *f, const struct engine_counters *n)
{
	static const struct {
		const char *name, *help;
	} families[N_MEASURES] = {
		[MEASURE_DETECTION] = { "ringback_detection_seconds",
					"From a service's first failed attempt to its outage." },
		[MEASURE_OUTAGE] = { "ringback_outage_seconds",
				     "How long outages lasted, from the first failed attempt." },
		[MEASURE_DELIVERY] = { "ringback_delivery_seconds",
				       "From the end of an outage to where the mail server has"
				       " taken the message about it." },
	};
	int m;

	for (m = 0; m < N_MEASURES; m++) {
		text_family(f, families[m].name, "histogram", families[m].help);
		text_histogram(f, families[m].name, m, &n->times[m]);
	}
}

/* --- open outages --------------------------------------------------------------------- */

/* What is open under one watch. */
struct open {
	const char *watch;
	unsigned int outages;
	uint64_t waiters;
	int64_t oldest; /* 0: none */
};

static void write_open(FILE *f, const struct open *row, size_t n)
{
	size_t i;

	text_family(f, "ringback_outages_open", "gauge", "Outages that are open.");
	for (i = 0; i < n; i++)
		text_sample(f, "ringback_outages_open", row[i].outages, "watch", row[i].watch,
			    TEXT_END);
	text_family(f, "ringback_waiters", "gauge", "Clients that wait for a service.");
	for (i = 0; i < n; i++)
		text_sample(f, "ringback_waiters", row[i].waiters, "watch", row[i].watch, TEXT_END);
	text_family(f, "ringback_outage_oldest_timestamp_seconds", "gauge",
		    "When the oldest open outage began; nothing without one.");
	for (i = 0; i < n; i++) {
		if (row[i].oldest)
			text_sample(f, "ringback_outage_oldest_timestamp_seconds",
				    text_seconds(row[i].oldest), "watch", row[i].watch, TEXT_END);
	}
}

/* The row of @watch among @n, or a new one behind them: one that the CLI made. */
static struct open *row_of(struct open *row, size_t *n, const char *watch)
{
	size_t i;

	for (i = 0; i < *n && strcmp(row[i].watch, watch); i++)
		;
	if (i == *n)
		row[(*n)++] = (struct open){ .watch = watch };
	return &row[i];
}

static void add_track(struct engine *e, struct open *row, const struct track *tr)
{
	uint32_t waiting = 0;

	row->outages++;
	/* Where the store fails they are not known. */
	if (store_waiter_count(e->store, tr->o.id, &waiting) == 0)
		row->waiters += waiting;
	if (!row->oldest || tr->o.began < row->oldest)
		row->oldest = tr->o.began;
}

static void write_outages(struct engine *e, FILE *f)
{
	size_t n = e->conf->n_watches, i;
	struct open *row = calloc(n + tracker_open(e->tracker) + 1, sizeof(*row));
	unsigned int services[RECOVERY_VERIFY + 1] = { 0 };
	struct track *tr;

	if (!row)
		return;
	for (i = 0; i < n; i++)
		row[i].watch = e->conf->watches[i].name;
	TAILQ_FOREACH(tr, tracker_tracks(e->tracker), all) {
		services[tr->r.phase]++;
		add_track(e, row_of(row, &n, tr->o.watch), tr);
	}
	write_open(f, row, n);
	free(row);
	text_family(f, "ringback_services", "gauge",
		    "Services that are down, by how far their"
		    " recovery is proven.");
	for (i = 0; i <= RECOVERY_VERIFY; i++)
		text_sample(f, "ringback_services", services[i], "state", recovery_phase_name(i),
			    TEXT_END);
}

/* --- the rest that is there now ---------------------------------------------------------- */

static void write_outbox(struct engine *e, FILE *f)
{
	struct outbox_backlog b;

	text_single(f, "ringback_mailer_window", "gauge",
		    "Messages that the mailer could take at once.", outbox_space(e->outbox));
	text_single(f, "ringback_messages_in_flight", "gauge", "Messages at the mailer.",
		    outbox_in_flight(e->outbox));
	if (store_outbox_backlog(e->store, &b) < 0)
		return;
	text_single(f, "ringback_notices_waiting", "gauge", "Notices that are in no message yet.",
		    b.notices);
	text_single(f, "ringback_messages_queued", "gauge", "Messages to be delivered.",
		    b.messages);
	text_family(f, "ringback_notice_oldest_timestamp_seconds", "gauge",
		    "Since when the oldest notice in the outbox is owed; nothing without one.");
	if (b.oldest)
		text_sample(f, "ringback_notice_oldest_timestamp_seconds", text_seconds(b.oldest),
			    TEXT_END);
}

static void write_store(struct engine *e, FILE *f)
{
	struct stat st;

	text_single(f, "ringback_store_failing", "gauge", "Whether the store cannot be written.",
		    engine_store_failing(e));
	if (e->conf->store_path && stat(e->conf->store_path, &st) == 0)
		text_single(f, "ringback_store_bytes", "gauge",
			    "Size of the store's file, without its log.", st.st_size);
	text_single(f, "ringback_contacts", "gauge", "Contacts in the table.",
		    engine_contacts(e)->n);
}

static void write_rooms(const struct engine *e, FILE *f)
{
	const struct {
		enum room room;
		bool wanted, connected;
	} rooms[] = {
		{ ROOM_TRAPS, e->conf->snmp.n_listen > 0, e->traps_connected },
		{ ROOM_MAILER, conf_needs_mailer(e->conf), e->mailer_connected },
		{ ROOM_WEB, e->conf->web.configured, web_peer_connected(e->web) },
		{ ROOM_AGENTX, e->conf->agentx != NULL, e->agentx_connected },
	};
	size_t i;

	text_family(f, "ringback_room_connected", "gauge",
		    "Whether a process that the configuration wants is there.");
	for (i = 0; i < sizeof(rooms) / sizeof(*rooms); i++) {
		if (rooms[i].wanted)
			text_sample(f, "ringback_room_connected", rooms[i].connected, "room",
				    room_name(rooms[i].room), TEXT_END);
	}
}

void metrics_write(struct engine *e, FILE *f)
{
	text_family(f, "ringback_build_info", "gauge", "The version that runs; always 1.");
	text_sample(f, "ringback_build_info", 1, "version", RINGBACK_VERSION, TEXT_END);
	text_single(f, "ringback_start_timestamp_seconds", "gauge",
		    "When the engine started: its counters begin there.", text_seconds(e->started));
	write_rooms(e, f);
	write_store(e, f);
	write_outages(e, f);
	write_plain(f, &e->count);
	write_labelled(f, &e->count);
	write_others(f, &e->count);
	write_times(f, &e->count);
	metrics_write_routes(e, f);
	write_outbox(e, f);
	text_single(f, "ringback_probes_pending", "gauge", "Probes that run or wait to.",
		    probes_pending(e->probes));
	text_single(f, "ringback_pages_open", "gauge", "Pages of clients that wait for news.",
		    web_peer_pages(e->web));
	metrics_write_kernel(e, f);
}
