// SPDX-License-Identifier: GPL-2.0
/*
 * What userspace/common/mib.h says, as varbinds.
 */
#include "list.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "../common/timefmt.h"
#include "mime.h"

#define BELOW_BASE (5 + MIB_ADDRESS_MAX) /* sub-identifiers of the longest name: a waiter's */

struct encoder {
	struct list_var *vars;
	size_t n;
	const struct list_oid *base;
	const struct msg_handover *h;
};

/* --- names ---------------------------------------------------------------- */

static void oid_append(struct list_oid *oid, uint32_t id)
{
	oid->id[oid->len++] = id;
}

static struct list_var *var_new(struct encoder *e, enum list_var_type type)
{
	struct list_var *v = &e->vars[e->n++];

	*v = (struct list_var){ .type = type };
	return v;
}

/* base.1.GROUP.1.COLUMN.OUTAGE: the outage's number is the first index of all tables. */
static struct list_var *column_new(struct encoder *e, enum mib_group group, uint32_t column,
				   enum list_var_type type)
{
	struct list_var *v = var_new(e, type);

	v->name = *e->base;
	oid_append(&v->name, 1);
	oid_append(&v->name, group);
	oid_append(&v->name, 1);
	oid_append(&v->name, column);
	oid_append(&v->name, (uint32_t)e->h->outage);
	return v;
}

static struct list_var *outage_new(struct encoder *e, enum mib_outage column,
				   enum list_var_type type)
{
	return column_new(e, MIB_OUTAGES, column, type);
}

/* base.1.5.N.0 */
static struct list_var *scalar_new(struct encoder *e, enum mib_list object, enum list_var_type type)
{
	struct list_var *v = var_new(e, type);

	v->name = *e->base;
	oid_append(&v->name, 1);
	oid_append(&v->name, MIB_LIST);
	oid_append(&v->name, object);
	oid_append(&v->name, 0);
	return v;
}

/* --- values --------------------------------------------------------------- */

/* At most 63 bytes (SnmpAdminString of ours), cut between characters. */
static void put_text(struct list_var *v, const char *text)
{
	char *to = (char *)v->octets.bytes;

	v->octets.len = strlen(mime_clean(to, sizeof(v->octets.bytes), text, false));
}

static void put_time(struct list_var *v, int64_t t)
{
	mib_put_date(t, v->octets.bytes);
	v->octets.len = MIB_DATE_LEN;
}

static uint32_t seconds(int64_t t)
{
	t /= NSEC_PER_SEC;
	return t < 0 ? 0 : t > UINT32_MAX ? UINT32_MAX : (uint32_t)t;
}

/* --- what a notification consists of -------------------------------------- */

static void head(struct encoder *e, enum mib_notification kind, uint32_t uptime)
{
	static const struct list_oid up = { { 1, 3, 6, 1, 2, 1, 1, 3, 0 }, 9 };
	static const struct list_oid trap = { { 1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0 }, 11 };
	struct list_var *v = var_new(e, LIST_VAR_TICKS);

	v->name = up;
	v->number = uptime;
	v = var_new(e, LIST_VAR_OID);
	v->name = trap;
	v->oid = *e->base;
	oid_append(&v->oid, 0);
	oid_append(&v->oid, kind);
}

static void outage(struct encoder *e)
{
	const struct msg_handover *h = e->h;
	const struct service *s = &h->service;
	struct list_var *v;

	put_text(scalar_new(e, MIB_LIST_ROUTER, LIST_VAR_OCTETS), h->router);
	outage_new(e, MIB_OUTAGE_SERVER_TYPE, LIST_VAR_INTEGER)->number =
		mib_address_type(&s->server);
	v = outage_new(e, MIB_OUTAGE_SERVER, LIST_VAR_OCTETS);
	v->octets.len = addr_len(&s->server);
	memcpy(v->octets.bytes, s->server.bytes, v->octets.len);
	outage_new(e, MIB_OUTAGE_PROTOCOL, LIST_VAR_UNSIGNED)->number = s->proto;
	outage_new(e, MIB_OUTAGE_PORT, LIST_VAR_UNSIGNED)->number = s->port;
	outage_new(e, MIB_OUTAGE_REASON, LIST_VAR_INTEGER)->number = h->reason;
	put_time(outage_new(e, MIB_OUTAGE_BEGAN, LIST_VAR_OCTETS), h->began);
	if (h->server_name[0])
		put_text(outage_new(e, MIB_OUTAGE_NAME, LIST_VAR_OCTETS), h->server_name);
	if (h->watch[0])
		put_text(outage_new(e, MIB_OUTAGE_WATCH, LIST_VAR_OCTETS), h->watch);
}

static void recovery(struct encoder *e)
{
	/* none(0), trap(1), reply(2), ...: the number of the bit */
	outage_new(e, MIB_OUTAGE_EVIDENCE, LIST_VAR_INTEGER)->number =
		(uint32_t)ffs(e->h->evidence);
	put_time(outage_new(e, MIB_OUTAGE_ENDED, LIST_VAR_OCTETS), e->h->ended);
}

static void list(struct encoder *e)
{
	scalar_new(e, MIB_LIST_NUMBER, LIST_VAR_UNSIGNED)->number = e->h->list;
	scalar_new(e, MIB_LIST_PARTS, LIST_VAR_UNSIGNED)->number = e->h->parts;
	scalar_new(e, MIB_LIST_CLIENTS, LIST_VAR_UNSIGNED)->number = e->h->clients;
}

static void row(struct encoder *e, const struct msg_row *r)
{
	const struct mib_summary summary = {
		.reason = r->reason,
		.has_mac = r->has_mac,
		.mac = r->mac,
		.attempts = r->attempts,
		.first = seconds(r->first),
		.last = seconds(r->last),
	};
	struct list_var *v = column_new(e, MIB_WAITERS, MIB_WAITER_SUMMARY, LIST_VAR_OCTETS);

	v->name.len += mib_put_address(&r->client, v->name.id + v->name.len);
	v->octets.len = mib_put_summary(&summary, v->octets.bytes);
}

static void part(struct encoder *e)
{
	scalar_new(e, MIB_LIST_PART, LIST_VAR_UNSIGNED)->number = e->h->part;
	scalar_new(e, MIB_LIST_LOSSY, LIST_VAR_INTEGER)->number =
		e->h->lossy ? 1 : 2; /* TruthValue */
	for (uint32_t i = 0; i < e->h->n_rows; i++)
		row(e, &e->h->rows[i]);
}

static uint32_t rows_max(const struct msg_handover *h)
{
	return h->service.server.family == AF_INET6 ? MIB_ROWS_IPV6 : MIB_ROWS_IPV4;
}

int list_encode(struct list_var *vars, const struct msg_handover *h, const struct list_oid *base,
		uint32_t uptime)
{
	static const enum mib_notification kinds[] = {
		[HANDOVER_PART] = MIB_WAITING_CLIENTS,	  [HANDOVER_RELEASE] = MIB_LIST_RELEASED,
		[HANDOVER_WITHDRAW] = MIB_LIST_WITHDRAWN, [HANDOVER_DOWN] = MIB_SERVICE_DOWN,
		[HANDOVER_UP] = MIB_SERVICE_UP,
	};
	struct encoder e = { .vars = vars, .base = base, .h = h };

	if (h->n_rows > rows_max(h))
		return -EMSGSIZE;
	if (h->outage > UINT32_MAX || base->len + BELOW_BASE > LIST_OID_MAX)
		return -ERANGE;
	head(&e, kinds[h->act], uptime);
	outage(&e);
	if (h->act != HANDOVER_DOWN && h->act != HANDOVER_WITHDRAW)
		recovery(&e);
	if (h->act != HANDOVER_DOWN && h->act != HANDOVER_UP)
		list(&e);
	if (h->act == HANDOVER_PART)
		part(&e);
	return (int)e.n;
}
