// SPDX-License-Identifier: GPL-2.0
/*
 * The ways of notices as metrics: our own mail, lists to targets, lists from routers.
 */
#include "metrics.h"

#include <stddef.h>

#include "metrics_text.h"
#include "tally.h"

/* The states that end a handover are the last ones. */
#define FIRST_END HANDOVER_SENT
#define AFTER_END (HANDOVER_DROPPED + 1)

static const char *delivery_word(uint8_t delivery)
{
	static const char *const words[DELIVERIES] = {
		[DELIVERY_SENT] = "sent",
		[DELIVERY_LATER] = "later",
		[DELIVERY_REFUSED] = "refused",
		[DELIVERY_UNSURE] = "unsure",
	};

	return words[delivery];
}

/* --- all routes --------------------------------------------------------------------- */

static void write_handed(FILE *f, const char *name, const struct engine *e, uint8_t route)
{
	uint64_t clients[AFTER_END] = { 0 };
	bool any = false;
	int state;

	for (size_t i = 0; i < e->conf->n_targets; i++) {
		if (e->conf->targets[i].route != route)
			continue;
		any = true;
		for (state = FIRST_END; state < AFTER_END; state++)
			clients[state] += tally_of_target(e->tally, i)->clients[state];
	}
	for (state = FIRST_END; any && state < AFTER_END; state++)
		text_sample(f, name, clients[state], "route", route_name(route), "result",
			    handover_state_name(state), TEXT_END);
}

static void write_notices(const struct engine *e, FILE *f)
{
	static const char name[] = "ringback_notices_total";
	uint8_t i;

	text_family(f, name, "counter", "Notices that were owed, by what became of them.");
	for (i = MESSAGE_SENT; i < MESSAGE_STATES; i++)
		text_sample(f, name, e->count.notices[i], "route", route_name(ROUTE_MAIL), "result",
			    message_state_name(i), TEXT_END);
	for (i = ROUTE_SERVER; e->tally && i <= ROUTE_WEBHOOK; i++)
		write_handed(f, name, e, i);
}

static void write_tries(const struct engine *e, FILE *f)
{
	static const char name[] = "ringback_mail_tries_total";
	uint8_t i;

	text_family(f, name, "counter", "Deliveries of messages tried, by how they went.");
	for (i = DELIVERY_SENT; i < DELIVERY_UNSURE; i++)
		text_sample(f, name, e->count.tries[i], "result", delivery_word(i), TEXT_END);
}

/* --- targets ------------------------------------------------------------------------- */

/* A sample of each end of @n of each target. */
static void write_ends(const struct engine *e, FILE *f, const char *name, const char *help,
		       size_t offset)
{
	text_family(f, name, "counter", help);
	for (size_t i = 0; i < e->conf->n_targets; i++) {
		const struct conf_target *t = &e->conf->targets[i];
		const uint64_t *n =
			(const void *)((const char *)tally_of_target(e->tally, i) + offset);

		for (int state = FIRST_END; state < AFTER_END; state++)
			text_sample(f, name, n[state], "route", route_name(t->route), "target",
				    t->name, "result", handover_state_name(state), TEXT_END);
	}
}

static void write_answers(const struct engine *e, FILE *f)
{
	static const char name[] = "ringback_handover_tries_total";

	text_family(f, name, "counter", "Messages to targets, by how they were answered.");
	for (size_t i = 0; i < e->conf->n_targets; i++) {
		const struct conf_target *t = &e->conf->targets[i];

		for (uint8_t d = 0; d < DELIVERIES; d++)
			text_sample(f, name, tally_of_target(e->tally, i)->tries[d], "route",
				    route_name(t->route), "target", t->name, "result",
				    delivery_word(d), TEXT_END);
	}
}

/* How many there are, or since when. */
static void write_open(struct engine *e, FILE *f, const char *name, const char *help, bool count)
{
	text_family(f, name, "gauge", help);
	for (size_t i = 0; i < e->conf->n_targets; i++) {
		const struct conf_target *t = &e->conf->targets[i];
		/* There is one such target, and the server's own name is in no handover. */
		const char *name_there = t->route == ROUTE_SERVER ? "" : t->name;
		int64_t oldest;
		uint64_t n;

		if (store_handover_backlog(e->store, t->route, name_there, &n, &oldest) == 0 &&
		    (count || oldest))
			text_sample(f, name, count ? (double)n : text_seconds(oldest), "route",
				    route_name(t->route), "target", t->name, TEXT_END);
	}
}

static void write_targets(struct engine *e, FILE *f)
{
	write_ends(e, f, "ringback_lists_handed_total",
		   "Lists handed over, by what became of them; to a webhook: parts of them.",
		   offsetof(struct tally_target, lists));
	write_ends(e, f, "ringback_announcements_total",
		   "Announcements that a service is down or back, by what became of them.",
		   offsetof(struct tally_target, announcements));
	write_answers(e, f);
	write_open(e, f, "ringback_handovers_open", "Lists and announcements under way.", true);
	write_open(e, f, "ringback_handover_oldest_timestamp_seconds",
		   "Since when the oldest of them is under way; nothing without one.", false);
}

/* --- receive sections ------------------------------------------------------------------ */

static void write_received(const struct engine *e, FILE *f)
{
	static const char name[] = "ringback_lists_received_total";

	text_family(f, name, "counter", "What other routers handed to us, by what came of it.");
	for (size_t i = 0; i < e->conf->n_receives; i++) {
		for (uint8_t what = 0; what < TALLY_LISTS; what++)
			text_sample(f, name, tally_of_section(e->tally, i)[what], "router",
				    e->conf->receives[i].name, "result", tally_list_name(what),
				    TEXT_END);
	}
}

void metrics_write_routes(struct engine *e, FILE *f)
{
	write_notices(e, f);
	write_tries(e, f);
	if (e->tally && e->conf->n_targets)
		write_targets(e, f);
	if (e->tally && e->conf->n_receives)
		write_received(e, f);
}
