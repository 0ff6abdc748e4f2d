// SPDX-License-Identifier: GPL-2.0
/*
 * From rows of the control protocol to rows of the MIB.
 */
#include "view.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../common/timefmt.h"

/* --- members ---------------------------------------------------------------- */

static const char *text_of(const json_t *row, const char *member)
{
	const char *text = json_string_value(json_object_get(row, member));

	return text ? text : "";
}

static uint64_t number_of(const json_t *row, const char *member)
{
	json_int_t n = json_integer_value(json_object_get(row, member));

	return n > 0 ? (uint64_t)n : 0;
}

static uint32_t number32_of(const json_t *row, const char *member)
{
	uint64_t n = number_of(row, member);

	return n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
}

/* RFC 3339, in UTC as the engine writes it; 0: absent, or something else. */
static int64_t time_of(const json_t *value)
{
	const char *text = json_string_value(value);
	struct tm tm = { 0 };
	char *rest = text ? strptime(text, "%Y-%m-%dT%H:%M:%S", &tm) : NULL;
	int ms = 0;

	if (!rest)
		return 0;
	sscanf(rest, ".%3d", &ms);
	return timegm(&tm) * NSEC_PER_SEC + ms * (NSEC_PER_SEC / 1000);
}

static uint32_t seconds_of(const json_t *row, const char *member)
{
	int64_t s = time_of(json_object_get(row, member)) / NSEC_PER_SEC;

	return s < 0 ? 0 : s > UINT32_MAX ? UINT32_MAX : (uint32_t)s;
}

/* The place of @word among @n @words; 0: it is none of them. */
static uint8_t place_of(const char *word, const char *const *words, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		if (strcmp(word, words[i]) == 0)
			return (uint8_t)i;
	}
	return 0;
}

static uint8_t reason_of(const json_t *row)
{
	const char *word = text_of(row, "reason");

	for (uint8_t i = 0; i <= RINGBACK_REASON_MAX; i++) {
		if (reason_name(i) && strcmp(word, reason_name(i)) == 0)
			return i;
	}
	return RINGBACK_REASON_NONE;
}

static uint8_t evidence_of(const json_t *row)
{
	const char *word = text_of(row, "evidence");

	for (uint8_t i = 0; 1 << i <= EVIDENCE_OPERATOR; i++) {
		if (strcmp(word, evidence_name(1 << i)) == 0)
			return i + 1;
	}
	return 0;
}

/* An array with room for one more. */
static int grow(void **array, size_t n, size_t *room, size_t size)
{
	size_t want = *room ? *room * 2 : 64;
	void *more;

	if (n < *room)
		return 0;
	more = reallocarray(*array, want, size);
	if (!more)
		return -ENOMEM;
	*array = more;
	*room = want;
	return 0;
}

/* --- the daemon ------------------------------------------------------------- */

static const struct {
	const char *key;
	enum mib_daemon as;
} keys[] = {
	{ "open-outages", MIB_OPEN_OUTAGES },
	{ "contacts", MIB_CONTACTS },
	{ "failures", MIB_ATTEMPTS_FAILED },
	{ "outages", MIB_OUTAGES_BEGUN },
	{ "recoveries", MIB_RECOVERIES },
	{ "flaps", MIB_FLAPS },
	{ "traps", MIB_TRAPS },
	{ "probes", MIB_PROBES },
	{ "notices-waiting", MIB_NOTICES_WAITING },
	{ "messages-queued", MIB_MESSAGES_QUEUED },
	{ "messages-sent", MIB_MESSAGES_SENT },
	{ "messages-refused", MIB_MESSAGES_REFUSED },
	{ "messages-given-up", MIB_MESSAGES_GIVEN_UP },
	{ "messages-dropped", MIB_MESSAGES_DROPPED },
	{ "handovers-under-way", MIB_HANDOVERS_UNDER_WAY },
	{ "handovers-done", MIB_HANDOVERS_DONE },
	{ "handovers-failed", MIB_HANDOVERS_FAILED },
	{ "lists", MIB_LISTS_TAKEN },
	{ "lists-refused", MIB_LISTS_REFUSED },
	{ "table-entries", MIB_TABLE_ENTRIES },
	{ "table-size", MIB_TABLE_SIZE },
	{ "table-refused", MIB_TABLE_REFUSED },
	{ "events-lost", MIB_EVENTS_LOST },
};
#define N_KEYS (sizeof(keys) / sizeof(*keys))

static void daemon_number(struct view *v, enum mib_daemon as, uint64_t number)
{
	v->number[as] = number;
	v->known[as] = true;
}

int view_daemon(struct view *v, const json_t *row)
{
	static const char *const kernel[] = { "", "none", "connected", "missing" };
	static const char *const store[] = { "", "ok", "failing" };
	const char *key = text_of(row, "key"), *text = text_of(row, "value");

	for (size_t i = 0; i < N_KEYS; i++) {
		if (strcmp(key, keys[i].key) == 0)
			daemon_number(v, keys[i].as, number_of(row, "value"));
	}
	if (strcmp(key, "kernel") == 0)
		daemon_number(v, MIB_KERNEL, place_of(text, kernel, 4));
	else if (strcmp(key, "store") == 0)
		daemon_number(v, MIB_STORE, place_of(text, store, 3));
	else if (strcmp(key, "started") == 0)
		v->started = time_of(json_object_get(row, "value"));
	else if (strcmp(key, "version") == 0)
		snprintf(v->version, sizeof(v->version), "%s", text);
	v->known[MIB_STARTED] = v->started;
	v->known[MIB_VERSION] = v->version[0];
	return 0;
}

/* --- outages ---------------------------------------------------------------- */

static bool outage_from(struct view_outage *o, const json_t *row, int64_t now)
{
	uint64_t id = number_of(row, "id"), port = number_of(row, "port");
	const char *state = text_of(row, "state");

	*o = (struct view_outage){ .id = (uint32_t)id };
	o->service.proto = proto_parse(text_of(row, "proto"));
	o->service.port = (uint16_t)port;
	if (!id || id > UINT32_MAX || !port || port > UINT16_MAX || !o->service.proto ||
	    addr_parse(&o->service.server, text_of(row, "server")))
		return false;
	o->state = strcmp(state, "ended") == 0 ? 0 : strcmp(state, "down") == 0 ? 1 : 2;
	o->reason = reason_of(row);
	o->evidence = evidence_of(row);
	o->waiters = number32_of(row, "waiters");
	o->began = time_of(json_object_get(row, "began"));
	o->ended = time_of(json_object_get(row, "ended"));
	snprintf(o->watch, sizeof(o->watch), "%s", text_of(row, "watch"));
	snprintf(o->name, sizeof(o->name), "%s", text_of(row, "name"));
	return o->state || o->ended > now - VIEW_KEEP * NSEC_PER_SEC;
}

/* They come by id: what is first is oldest. */
static void outages_trim(struct view *v)
{
	size_t surplus = v->n_outages > VIEW_OUTAGES_MAX ? v->n_outages - VIEW_OUTAGES_MAX : 0;

	v->n_outages -= surplus;
	memmove(v->outages, v->outages + surplus, v->n_outages * sizeof(*v->outages));
}

int view_outage(struct view *v, const json_t *row, int64_t now)
{
	struct view_outage o;

	if (!outage_from(&o, row, now) || (v->n_outages && o.id <= v->outages[v->n_outages - 1].id))
		return 0;
	if (v->n_outages == 2 * VIEW_OUTAGES_MAX) /* once in many rows */
		outages_trim(v);
	if (grow((void **)&v->outages, v->n_outages, &v->room_outages, sizeof(o)))
		return -ENOMEM;
	v->outages[v->n_outages++] = o;
	return 0;
}

static int cmp_service(const void *a, const void *b, void *arg)
{
	const struct view_outage *outages = arg;
	const struct service *x = &outages[*(const uint32_t *)a].service;
	const struct service *y = &outages[*(const uint32_t *)b].service;
	int rc = addr_cmp(&x->server, &y->server);

	return rc ? rc : x->proto != y->proto ? x->proto - y->proto : x->port - y->port;
}

int view_outages_done(struct view *v)
{
	if (v->n_outages > VIEW_OUTAGES_MAX)
		outages_trim(v);
	v->services = calloc(v->n_outages + 1, sizeof(*v->services));
	if (!v->services)
		return -ENOMEM;
	for (size_t i = 0; i < v->n_outages; i++) {
		if (v->outages[i].state)
			v->services[v->n_services++] = (uint32_t)i;
	}
	if (v->n_services)
		qsort_r(v->services, v->n_services, sizeof(*v->services), cmp_service, v->outages);
	return 0;
}

/* --- waiters ---------------------------------------------------------------- */

bool view_wants_waiters(const struct view *v, size_t *at, uint64_t *sum)
{
	while ((*at)-- > 0) {
		uint32_t n = v->outages[*at].waiters;

		*sum += n;
		if (*sum > VIEW_WAITERS_MAX)
			return false;
		if (n)
			return true;
	}
	return false;
}

int view_waiter(struct view *v, const json_t *row)
{
	static const char *const states[] = { "",	    "waiting",	"reached",   "notified",
					      "no-contact", "declined", "no-answer", "asking" };
	uint64_t outage = number_of(row, "outage");
	struct view_waiter w = {
		.outage = (uint32_t)outage,
		.state = place_of(text_of(row, "state"), states, 8),
		.summary = { .reason = reason_of(row),
			     .attempts = number32_of(row, "attempts"),
			     .first = seconds_of(row, "first"),
			     .last = seconds_of(row, "last") },
	};

	if (v->n_waiters == VIEW_WAITERS_MAX || !outage || outage > UINT32_MAX || !w.state ||
	    addr_parse(&w.client, text_of(row, "client")))
		return 0;
	w.summary.has_mac = mac_parse(&w.summary.mac, text_of(row, "mac")) == 0;
	if (grow((void **)&v->waiters, v->n_waiters, &v->room_waiters, sizeof(w)))
		return -ENOMEM;
	v->waiters[v->n_waiters++] = w;
	return 0;
}

static int cmp_waiter(const void *a, const void *b)
{
	const struct view_waiter *x = a, *y = b;

	if (x->outage != y->outage)
		return x->outage < y->outage ? -1 : 1;
	return addr_cmp(&x->client, &y->client);
}

void view_waiters_done(struct view *v)
{
	if (v->n_waiters)
		qsort(v->waiters, v->n_waiters, sizeof(*v->waiters), cmp_waiter);
}

void view_clear(struct view *v)
{
	free(v->outages);
	free(v->services);
	free(v->waiters);
	*v = (struct view){ 0 };
}
