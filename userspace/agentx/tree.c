// SPDX-License-Identifier: GPL-2.0
/*
 * The tables of RINGBACK-MIB, as one list of columns in the order of their names.
 */
#include "tree.h"

#include <string.h>

struct table {
	enum mib_group group;
	uint32_t first, last; /* columns that can be read, or scalars */
	size_t (*rows)(const struct view *v);
	/* Sub-identifiers of a row, at most TREE_INDEX_MAX. */
	size_t (*index)(const struct view *v, size_t row, uint32_t *id);
	/* False: there is no such instance. */
	bool (*value)(const struct view *v, size_t row, uint32_t column, struct tree_value *value);
};

/* --- values ------------------------------------------------------------------- */

static bool number(struct tree_value *value, enum tree_type type, uint64_t n)
{
	if (type != TREE_COUNTER64 && n > UINT32_MAX)
		n = UINT32_MAX; /* RFC 2578, 7.1.7: a gauge stays at its greatest value */
	*value = (struct tree_value){ .type = type, .number = n };
	return true;
}

static bool octets(struct tree_value *value, const void *bytes, size_t len)
{
	*value = (struct tree_value){ .type = TREE_OCTETS, .len = len };
	memcpy(value->octets, bytes, len);
	return true;
}

static bool text(struct tree_value *value, const char *s)
{
	return octets(value, s, strlen(s));
}

static bool date(struct tree_value *value, int64_t t)
{
	uint8_t bytes[MIB_DATE_LEN] = { 0 };

	if (!t)
		return octets(value, bytes, 8);
	mib_put_date(t, bytes);
	return octets(value, bytes, sizeof(bytes));
}

/* --- the daemon --------------------------------------------------------------- */

static size_t daemon_rows(const struct view *v)
{
	(void)v;
	return 1;
}

static size_t daemon_index(const struct view *v, size_t row, uint32_t *id)
{
	(void)v;
	(void)row;
	id[0] = 0;
	return 1;
}

static bool daemon_value(const struct view *v, size_t row, uint32_t column,
			 struct tree_value *value)
{
	(void)row;
	if (!v->known[column])
		return false;
	switch ((enum mib_daemon)column) {
	case MIB_VERSION:
		return text(value, v->version);
	case MIB_STARTED:
		return date(value, v->started);
	case MIB_KERNEL:
	case MIB_STORE:
		return number(value, TREE_INTEGER, v->number[column]);
	case MIB_ATTEMPTS_FAILED:
	case MIB_OUTAGES_BEGUN:
	case MIB_RECOVERIES:
	case MIB_FLAPS:
	case MIB_TRAPS:
	case MIB_PROBES:
	case MIB_HANDOVERS_DONE:
	case MIB_HANDOVERS_FAILED:
	case MIB_LISTS_TAKEN:
	case MIB_LISTS_REFUSED:
	case MIB_TABLE_REFUSED:
	case MIB_EVENTS_LOST:
		return number(value, TREE_COUNTER64, v->number[column]);
	default:
		return number(value, TREE_GAUGE, v->number[column]);
	}
}

/* --- services ------------------------------------------------------------------- */

static size_t service_rows(const struct view *v)
{
	return v->n_services;
}

static const struct view_outage *service_at(const struct view *v, size_t row)
{
	return &v->outages[v->services[row]];
}

static size_t service_index(const struct view *v, size_t row, uint32_t *id)
{
	const struct service *s = &service_at(v, row)->service;
	size_t n = mib_put_address(&s->server, id);

	id[n++] = s->proto;
	id[n++] = s->port;
	return n;
}

static bool service_value(const struct view *v, size_t row, uint32_t column,
			  struct tree_value *value)
{
	const struct view_outage *o = service_at(v, row);

	switch ((enum mib_service)column) {
	case MIB_SERVICE_STATE:
		return number(value, TREE_INTEGER, o->state);
	case MIB_SERVICE_OUTAGE:
		return number(value, TREE_GAUGE, o->id);
	case MIB_SERVICE_WAITING:
		return number(value, TREE_GAUGE, o->waiters);
	case MIB_SERVICE_REASON:
		return number(value, TREE_INTEGER, o->reason);
	case MIB_SERVICE_SINCE:
		return date(value, o->began);
	case MIB_SERVICE_NAME:
		return text(value, o->name);
	default:
		return false;
	}
}

/* --- outages -------------------------------------------------------------------- */

static size_t outage_rows(const struct view *v)
{
	return v->n_outages;
}

static size_t outage_index(const struct view *v, size_t row, uint32_t *id)
{
	id[0] = v->outages[row].id;
	return 1;
}

static bool outage_value(const struct view *v, size_t row, uint32_t column,
			 struct tree_value *value)
{
	const struct view_outage *o = &v->outages[row];

	switch ((enum mib_outage)column) {
	case MIB_OUTAGE_SERVER_TYPE:
		return number(value, TREE_INTEGER, mib_address_type(&o->service.server));
	case MIB_OUTAGE_SERVER:
		return octets(value, o->service.server.bytes, addr_len(&o->service.server));
	case MIB_OUTAGE_PROTOCOL:
		return number(value, TREE_GAUGE, o->service.proto);
	case MIB_OUTAGE_PORT:
		return number(value, TREE_GAUGE, o->service.port);
	case MIB_OUTAGE_REASON:
		return number(value, TREE_INTEGER, o->reason);
	case MIB_OUTAGE_EVIDENCE:
		return number(value, TREE_INTEGER, o->evidence);
	case MIB_OUTAGE_BEGAN:
		return date(value, o->began);
	case MIB_OUTAGE_ENDED:
		return date(value, o->ended);
	case MIB_OUTAGE_WAITING:
		return number(value, TREE_GAUGE, o->waiters);
	case MIB_OUTAGE_WATCH:
		return text(value, o->watch);
	case MIB_OUTAGE_NAME:
		return text(value, o->name);
	default:
		return false;
	}
}

/* --- waiters -------------------------------------------------------------------- */

static size_t waiter_rows(const struct view *v)
{
	return v->n_waiters;
}

static size_t waiter_index(const struct view *v, size_t row, uint32_t *id)
{
	id[0] = v->waiters[row].outage;
	return 1 + mib_put_address(&v->waiters[row].client, id + 1);
}

static bool waiter_value(const struct view *v, size_t row, uint32_t column,
			 struct tree_value *value)
{
	const struct view_waiter *w = &v->waiters[row];

	if (column == MIB_WAITER_STATE)
		return number(value, TREE_INTEGER, w->state);
	*value = (struct tree_value){ .type = TREE_OCTETS };
	value->len = mib_put_summary(&w->summary, value->octets);
	return true;
}

static const struct table tables[] = {
	{ MIB_DAEMON, MIB_VERSION, MIB_EVENTS_LOST, daemon_rows, daemon_index, daemon_value },
	{ MIB_SERVICES, MIB_SERVICE_STATE, MIB_SERVICE_NAME, service_rows, service_index,
	  service_value },
	{ MIB_OUTAGES, MIB_OUTAGE_SERVER_TYPE, MIB_OUTAGE_NAME, outage_rows, outage_index,
	  outage_value },
	{ MIB_WAITERS, MIB_WAITER_STATE, MIB_WAITER_SUMMARY, waiter_rows, waiter_index,
	  waiter_value },
};
#define N_TABLES (sizeof(tables) / sizeof(*tables))

/* --- names ------------------------------------------------------------------------ */

static int cmp_name(const uint32_t *a, size_t a_len, const uint32_t *b, size_t b_len)
{
	for (size_t i = 0; i < a_len && i < b_len; i++) {
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	}
	return a_len < b_len ? -1 : a_len > b_len;
}

/* 1.GROUP.N of a scalar, 1.GROUP.1.N of a column. */
static size_t object_name(const struct table *t, uint32_t column, uint32_t *name)
{
	size_t n = 0;

	name[n++] = 1;
	name[n++] = t->group;
	if (t->group != MIB_DAEMON)
		name[n++] = 1; /* the entry */
	name[n++] = column;
	return n;
}

static bool begins(const uint32_t *name, size_t len, const uint32_t *with, size_t with_len)
{
	return len >= with_len && memcmp(name, with, with_len * sizeof(*with)) == 0;
}

/* The first row whose index comes after @index, or is it where @same. */
static size_t search(const struct view *v, const struct table *t, const uint32_t *index, size_t len,
		     bool same)
{
	size_t low = 0, high = t->rows(v);
	uint32_t id[TREE_INDEX_MAX];

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int rc = cmp_name(id, t->index(v, middle, id), index, len);

		if (rc > 0 || (rc == 0 && same))
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

enum tree_found tree_get(const struct view *v, const uint32_t *name, size_t len,
			 struct tree_value *value)
{
	uint32_t object[TREE_NAME_MAX], id[TREE_INDEX_MAX];

	for (size_t i = 0; i < N_TABLES; i++) {
		const struct table *t = &tables[i];

		for (uint32_t column = t->first; column <= t->last; column++) {
			size_t n = object_name(t, column, object), row;

			if (!begins(name, len, object, n))
				continue;
			row = search(v, t, name + n, len - n, true);
			if (row < t->rows(v) &&
			    cmp_name(id, t->index(v, row, id), name + n, len - n) == 0 &&
			    t->value(v, row, column, value))
				return TREE_FOUND;
			return TREE_NO_INSTANCE;
		}
	}
	return TREE_NO_OBJECT;
}

/* The first instance of @column after @name; the length of @next or 0. */
static size_t next_in_column(const struct view *v, const struct table *t, uint32_t column,
			     const uint32_t *name, size_t len, uint32_t *next,
			     struct tree_value *value)
{
	size_t n = object_name(t, column, next), row = 0;

	if (begins(name, len, next, n))
		row = search(v, t, name + n, len - n, false);
	else if (cmp_name(name, len, next, n) > 0)
		return 0;
	for (; row < t->rows(v); row++) {
		if (t->value(v, row, column, value))
			return n + t->index(v, row, next + n);
	}
	return 0;
}

static size_t next_in(const struct view *v, size_t n_tables, const uint32_t *name, size_t len,
		      uint32_t *next, struct tree_value *value)
{
	for (size_t i = 0; i < n_tables; i++) {
		const struct table *t = &tables[i];

		for (uint32_t column = t->first; column <= t->last; column++) {
			size_t n = next_in_column(v, t, column, name, len, next, value);

			if (n)
				return n;
		}
	}
	return 0;
}

size_t tree_next(const struct view *v, const uint32_t *name, size_t len, uint32_t *next,
		 struct tree_value *value)
{
	return next_in(v, N_TABLES, name, len, next, value);
}

bool tree_needs_waiters(const struct view *v, const uint32_t *name, size_t len, bool next)
{
	static const uint32_t waiters[] = { 1, MIB_WAITERS }, behind[] = { 1, MIB_WAITERS + 1 };
	uint32_t found[TREE_NAME_MAX];
	struct tree_value value;

	if (!next)
		return begins(name, len, waiters, 2);
	return cmp_name(name, len, behind, 2) < 0 &&
	       !next_in(v, N_TABLES - 1, name, len, found, &value);
}
