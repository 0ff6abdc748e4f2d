// SPDX-License-Identifier: GPL-2.0
/*
 * What is seen of a client at a service, in plain sentences: the watch, the
 * kernel's entry, the service, the contact. Pure.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "../common/timefmt.h"
#include "why.h"

void why_tell(const struct why_teller *t, const char *topic, const char *code, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	t->say(topic, code, t->o ? t->o->o.id : 0, text, t->arg);
}

/* --- the watch ------------------------------------------------------------------- */

static bool any_contains(const struct prefix *p, size_t n, const struct addr *a)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (prefix_contains(&p[i], a))
			return true;
	return false;
}

enum why_cover why_cover(const struct conf_watch *w, const struct addr *client,
			 const struct service *s)
{
	size_t i;

	if (!any_contains(w->servers, w->n_servers, &s->server))
		return WHY_OTHER_SERVER;
	for (i = 0; i < w->n_ports; i++)
		if (w->ports[i].proto == s->proto && w->ports[i].first <= s->port &&
		    s->port <= w->ports[i].last)
			break;
	if (i == w->n_ports)
		return WHY_OTHER_PORT;
	if (w->n_clients && !any_contains(w->clients, w->n_clients, client))
		return WHY_OTHER_CLIENT;
	return WHY_COVERED;
}

static const char *hooks_text(const struct conf_watch *w, char *buf, size_t size)
{
	size_t len = 0;
	uint32_t bit;

	buf[0] = '\0';
	for (bit = RINGBACK_HOOK_FORWARD; bit <= RINGBACK_HOOK_MIRROR; bit <<= 1)
		if (w->hooks & bit && len < size)
			len += snprintf(buf + len, size - len, "%s%s%s%s", len ? ", " : "",
					nl_hook_name(bit), bit == RINGBACK_HOOK_MIRROR ? ":" : "",
					bit == RINGBACK_HOOK_MIRROR ? w->mirror_dev : "");
	return buf;
}

static const char *keep_text(uint32_t seconds, char buf[TIME_STRLEN])
{
	bool hours = seconds % 3600 == 0;

	snprintf(buf, TIME_STRLEN, "%u %s", hours ? seconds / 3600 : seconds, hours ? "h" : "s");
	return buf;
}

static void tell_covered(const struct why_teller *t)
{
	const struct conf_watch *w = &t->y->watch;
	char hooks[80], keep[TIME_STRLEN];

	why_tell(t, "watch", "covered", "Watch \"%s\" covers it (hook %s).", w->name,
		 hooks_text(w, hooks, sizeof(hooks)));
	why_tell(
		t, "watch", "rules",
		"Its rules: recorded %s, failed after %u s without a reply, forgotten after %s; the "
		"service is down after %u failure%s of %u client%s%s.",
		w->admission == RINGBACK_ADMISSION_FIRST_SYN ? "from the first SYN" :
							       "at the first sign of trouble",
		w->no_reply, keep_text(w->keep, keep), w->down_after, w->down_after == 1 ? "" : "s",
		w->down_clients, w->down_clients == 1 ? "" : "s",
		w->reverse_path ? "; the client must come in where the way back to it leads" : "");
}

static void tell_watch(const struct why_teller *t)
{
	const struct why *y = t->y;
	char server[ADDR_STRLEN], client[ADDR_STRLEN], proto[8];

	switch (y->cover) {
	case WHY_COVERED:
		tell_covered(t);
		return;
	case WHY_OTHER_CLIENT:
		why_tell(t, "watch", "other-client",
			 "No watch covers it: watch \"%s\" has the service, but not the client %s.",
			 y->watch.name, addr_format(&y->client, client));
		return;
	case WHY_OTHER_PORT:
		why_tell(t, "watch", "other-port",
			 "No watch covers it: watch \"%s\" has the server, but not %s/%u.",
			 y->watch.name, proto_format(y->service.proto, proto), y->service.port);
		return;
	case WHY_OTHER_SERVER:
		why_tell(t, "watch", "other-server", "No watch covers it: none has the server %s.",
			 addr_format(&y->service.server, server));
		return;
	case WHY_NO_WATCH:
		why_tell(t, "watch", "none", "Nothing is watched at all: there is no watch.");
		return;
	}
}

/* --- the kernel -------------------------------------------------------------------- */

static void tell_attempt(const struct why_teller *t)
{
	const struct nl_attempt *a = &t->y->attempt;
	bool pending = a->state == RINGBACK_ATTEMPT_PENDING;
	char first[TIME_STRLEN], last[TIME_STRLEN], mac[ADDR_STRLEN];

	why_tell(t, "kernel", pending ? "pending" : "failed",
		 "The module holds an attempt that %s%s: tried %u time%s, first %s, last %s%s%s.",
		 pending ? "is not yet answered" : "failed, reason ",
		 pending ? "" : nl_reason_name(a->reason), a->count, a->count == 1 ? "" : "s",
		 time_human(a->first, first), time_human(a->last, last),
		 a->has_mac ? ", from MAC " : "", a->has_mac ? mac_format(&a->mac, mac) : "");
}

/* The waiter of an open outage that the module must know, if it has an entry at all. */
static const struct waiter *waiting(const struct why *y)
{
	const struct why_outage *o = y->n_outages ? &y->outage[y->n_outages - 1] : NULL;

	return o && !o->o.ended && o->waits && o->w.state == WAITER_WAITING ? &o->w : NULL;
}

/* Why there may be no entry: what is certain first. */
static void tell_no_attempt(const struct why_teller *t)
{
	const struct why *y = t->y;
	const struct waiter *w = waiting(y);
	char keep[TIME_STRLEN];

	if (w && y->now - w->last >= (int64_t)y->rules->keep * NSEC_PER_SEC)
		why_tell(t, "kernel", "expired",
			 "The module holds no attempt of it any more: it was older than keep, %s.",
			 keep_text(y->rules->keep, keep));
	else if (w && !w->in_kernel)
		why_tell(t, "kernel", "lost",
			 "The module holds no attempt of it: the stand-in met the client, or the "
			 "module lost it (loaded anew, watch deleted, forgotten by command). The "
			 "client still counts as waiting.");
	else if (w)
		why_tell(t, "kernel", "answered",
			 "The module holds no attempt of it any more: the client has reached the "
			 "service since.");
	else if (y->cover == WHY_COVERED && y->watch.admission == RINGBACK_ADMISSION_TROUBLE)
		why_tell(
			t, "kernel", "no-attempt",
			"The module holds no attempt of it: it was answered, forgotten after an "
			"outage, or showed no sign of trouble (a SYN that is not repeated is none).");
	else
		why_tell(t, "kernel", "no-attempt",
			 "The module holds no attempt of it: it was answered, forgotten after an "
			 "outage, or never seen%s.",
			 y->cover == WHY_COVERED ? " where the watch looks" : "");
}

/* Counters that tell of attempts that left no entry: of all clients, since the start. */
static void tell_counters(const struct why_teller *t)
{
	static const struct {
		int attr;
		const char *what;
	} losses[] = {
		{ RINGBACK_A_STATS_REFUSED_FULL, "the table was full" },
		{ RINGBACK_A_STATS_REFUSED_CLIENT, "the share of a client was used up" },
		{ RINGBACK_A_STATS_REFUSED_SERVICE, "the share of a service was used up" },
		{ RINGBACK_A_STATS_REFUSED_REVERSE_PATH, "the client came the wrong way" },
		{ RINGBACK_A_STATS_NO_MEMORY, "there was no memory" },
		{ RINGBACK_A_STATS_EVICTED, "they gave way to others in a full table" },
	};
	size_t i;

	for (i = 0; i < sizeof(losses) / sizeof(*losses); i++) {
		uint64_t n = t->y->stats.value[losses[i].attr];

		if (n)
			why_tell(t, "kernel", nl_stats_name(losses[i].attr),
				 "It may be one of %" PRIu64
				 " attempts, of all clients, that are not "
				 "recorded because %s.",
				 n, losses[i].what);
	}
}

static void tell_kernel(const struct why_teller *t)
{
	const struct why *y = t->y;

	if (!y->kernel_expected) {
		why_tell(t, "kernel", "none", "This daemon runs without a kernel module.");
	} else if (!y->kernel_answered) {
		why_tell(
			t, "kernel", "missing",
			"The kernel module does not answer: nothing is seen now, and nobody can be "
			"found to have reached the service.");
	} else if (y->attempt_known) {
		tell_attempt(t);
	} else {
		tell_no_attempt(t);
		tell_counters(t);
	}
}

/* --- the service ------------------------------------------------------------------- */

static void tell_service(const struct why_teller *t)
{
	const struct nl_service *s = &t->y->state;
	char since[TIME_STRLEN], answered[TIME_STRLEN];

	if (!t->y->kernel_answered)
		return;
	if (!t->y->service_known) {
		why_tell(t, "service", "fine",
			 "The module knows of no trouble with the service now.");
		return;
	}
	why_tell(t, "service", nl_service_state_name(s->state),
		 "The module has the service as %s, in trouble since %s: %u failure%s, %u client%s "
		 "still waiting, last answer %s.",
		 nl_service_state_name(s->state), time_human(s->since, since), s->failures,
		 s->failures == 1 ? "" : "s", s->clients, s->clients == 1 ? "" : "s",
		 s->answered ? time_human(s->answered, answered) : "never seen");
}

/* What becomes of its new connections while the service is down. */
static void tell_standin(const struct why_teller *t)
{
	const struct why *y = t->y;
	const char *mode = nl_standin_name(y->state.standin);
	char span[TIME_STRLEN];

	if (!y->kernel_answered || !y->service_known || y->state.standin == RINGBACK_STANDIN_OFF)
		return;
	if (!y->lease)
		why_tell(t, "standin", "no-lease",
			 "Its stand-in is set to %s, but no lease is in force: all passes.", mode);
	else if (y->state.standin != RINGBACK_STANDIN_ASK)
		why_tell(t, "standin", mode, "New connections to it get the stand-in's %s.", mode);
	else if (y->decided)
		why_tell(t, "standin", nl_verdict_name(y->decision.verdict),
			 "Decided for this client's new connections: %s, for another %s.",
			 nl_verdict_name(y->decision.verdict),
			 time_span(y->decision.ttl / 1000, span));
	else
		why_tell(t, "standin", "ask",
			 "Nothing is decided for this client's new connections: the next one is "
			 "asked about.");
}

/* --- the contact ------------------------------------------------------------------- */

static const char *key_kind(const struct contact_key *k)
{
	if (k->family == CONTACT_MAC)
		return "MAC";
	return k->len == (k->family == AF_INET ? 32 : 128) ? "address" : "prefix";
}

static void tell_command(const struct why_teller *t)
{
	switch (t->y->said) {
	case 1:
		why_tell(t, "contact", "command", "The contact command has named %s for it.",
			 t->y->said_mail);
		return;
	case 0:
		why_tell(t, "contact", "command-nobody",
			 "The contact command has named nobody for it.");
		return;
	case -EINPROGRESS:
		why_tell(t, "contact", "command-asked",
			 "The contact command is being asked about it.");
		return;
	case -ENOENT:
		why_tell(t, "contact", "command-unasked",
			 "The contact command was not asked about it, as far as is remembered.");
		return;
	default:
		why_tell(t, "contact", "command-trouble",
			 "The contact command failed when it was asked about it: see the log. It "
			 "will be asked again.");
	}
}

static void tell_contact(const struct why_teller *t)
{
	const struct why *y = t->y;
	char key[ADDR_STRLEN], mac[ADDR_STRLEN];

	if (y->contact_known)
		why_tell(t, "contact", key_kind(&y->contact.key),
			 "The contact table has %s for it, by its %s: %s.",
			 contact_key_format(&y->contact.key, key), key_kind(&y->contact.key),
			 y->contact.mail);
	else
		why_tell(
			t, "contact", "none",
			"No contact is known for it: its address, a prefix around it and %s%s were "
			"looked for among %zu contact%s.",
			y->has_mac ? "the MAC " : "its MAC, which was not seen,",
			y->has_mac ? mac_format(&y->mac, mac) : "", y->n_contacts,
			y->n_contacts == 1 ? "" : "s");
	if (y->leased)
		why_tell(t, "contact", "lease", "Its address is leased to the MAC %s.",
			 mac_format(&y->lease_mac, mac));
	if (!y->contact_known && y->command)
		tell_command(t);
}

/* --- the whole --------------------------------------------------------------------- */

static void conclude_unknown(const struct why_teller *t)
{
	const struct why *y = t->y;

	if (y->cover != WHY_COVERED)
		why_tell(t, "verdict", "not-watched",
			 "Nothing is owed to it: what is not watched is not seen.");
	else if (y->kernel_answered && y->attempt_known &&
		 y->attempt.state == RINGBACK_ATTEMPT_PENDING)
		why_tell(t, "verdict", "pending",
			 "Nothing is owed to it yet: its attempt may succeed.");
	else if (y->kernel_answered && y->attempt_known)
		why_tell(
			t, "verdict", "suspect",
			"Nothing is owed to it yet: it failed, but the service does not count as down.");
	else
		why_tell(t, "verdict", "never-failed",
			 "Nothing is owed to it: no failure of this client was seen.");
}

void why_explain(const struct why *y, why_say say, void *arg)
{
	struct why_teller t = { .y = y, .say = say, .arg = arg };
	const struct why_outage *last = NULL;
	unsigned int i;

	tell_watch(&t);
	tell_kernel(&t);
	tell_service(&t);
	tell_standin(&t);
	for (i = 0; i < y->n_outages; i++) {
		t.o = &y->outage[i];
		why_tell_outage(&t);
		if (t.o->waits)
			last = t.o;
	}
	t.o = NULL;
	if (!y->n_outages)
		why_tell(&t, "outage", "none", "No outage of it is on record (kept for %u days).",
			 y->store_keep);
	tell_contact(&t);
	t.o = last;
	if (last)
		why_conclude(&t);
	else
		conclude_unknown(&t);
}
