// SPDX-License-Identifier: GPL-2.0
/*
 * Notifications of other routers, decoded. Everything in them is foreign: each value has
 * its type and its range, none comes twice, and all are of one outage.
 */
#include "list.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../common/mib.h"
#include "../common/timefmt.h"
#include "../common/utf8.h"

/* What a notification may bear; the bits of struct decoding.seen. */
enum field {
	F_SERVER_TYPE,
	F_SERVER,
	F_PROTOCOL,
	F_PORT,
	F_REASON,
	F_EVIDENCE,
	F_BEGAN,
	F_ENDED,
	F_WATCH,
	F_NAME,
	F_ROUTER,
	F_PART,
	F_PARTS,
	F_CLIENTS,
	F_LOSSY,
	F_NUMBER,
	FIELDS
};

#define BIT(f) (1U << (f))
#define OUTAGE_                                                                               \
	(BIT(F_SERVER_TYPE) | BIT(F_SERVER) | BIT(F_PROTOCOL) | BIT(F_PORT) | BIT(F_REASON) | \
	 BIT(F_BEGAN) | BIT(F_ROUTER))
#define ENDED_ (BIT(F_EVIDENCE) | BIT(F_ENDED))
#define LIST_  (BIT(F_NUMBER) | BIT(F_PARTS) | BIT(F_CLIENTS))

static const struct {
	uint8_t act; /* enum handover_act */
	unsigned int needs;
} notifications[] = {
	[MIB_SERVICE_DOWN] = { HANDOVER_DOWN, OUTAGE_ },
	[MIB_SERVICE_UP] = { HANDOVER_UP, OUTAGE_ | ENDED_ },
	[MIB_WAITING_CLIENTS] = { HANDOVER_PART,
				  OUTAGE_ | ENDED_ | LIST_ | BIT(F_PART) | BIT(F_LOSSY) },
	[MIB_LIST_RELEASED] = { HANDOVER_RELEASE, OUTAGE_ | ENDED_ | LIST_ },
	[MIB_LIST_WITHDRAWN] = { HANDOVER_WITHDRAW, OUTAGE_ | LIST_ },
};

static const uint8_t outage_fields[] = {
	[MIB_OUTAGE_SERVER_TYPE] = F_SERVER_TYPE,
	[MIB_OUTAGE_SERVER] = F_SERVER,
	[MIB_OUTAGE_PROTOCOL] = F_PROTOCOL,
	[MIB_OUTAGE_PORT] = F_PORT,
	[MIB_OUTAGE_REASON] = F_REASON,
	[MIB_OUTAGE_EVIDENCE] = F_EVIDENCE,
	[MIB_OUTAGE_BEGAN] = F_BEGAN,
	[MIB_OUTAGE_ENDED] = F_ENDED,
	[MIB_OUTAGE_WAITING] = FIELDS,
	[MIB_OUTAGE_WATCH] = F_WATCH,
	[MIB_OUTAGE_NAME] = F_NAME,
};

static const uint8_t list_fields[] = {
	[MIB_LIST_ROUTER] = F_ROUTER,	[MIB_LIST_PART] = F_PART,   [MIB_LIST_PARTS] = F_PARTS,
	[MIB_LIST_CLIENTS] = F_CLIENTS, [MIB_LIST_LOSSY] = F_LOSSY, [MIB_LIST_NUMBER] = F_NUMBER,
};

struct decoding {
	unsigned int seen;
	bool has_outage;
	int64_t server_type;
	const struct list_bind *server;
	struct msg_handover *out;
};

/* --- values ----------------------------------------------------------------- */

static bool number_in(const struct list_bind *b, int64_t least, int64_t most)
{
	return b->type == LIST_NUMBER && b->number >= least && b->number <= most;
}

static bool text_put(const struct list_bind *b, char *text, size_t size)
{
	if (b->type != LIST_OCTETS || b->len >= size || memchr(b->octets, '\0', b->len))
		return false;
	memcpy(text, b->octets, b->len);
	text[b->len] = '\0';
	return utf8_line(text);
}

/* InetAddressType ipv4(1) or ipv6(2), RFC 4001. A mapped one is the IPv4 address it means. */
static bool address_put(int64_t type, const uint8_t *octets, size_t len, struct addr *a)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	if ((type != 1 || len != 4) && (type != 2 || len != 16))
		return false;
	if (len == 16 && !memcmp(octets, mapped, sizeof(mapped)))
		return !addr_from_bytes(a, octets + 12, 4);
	return !addr_from_bytes(a, octets, len);
}

/* DateAndTime (RFC 2579), 11 octets, or 8 without a zone: UTC then, too. */
static bool time_put(const struct list_bind *b, int64_t *t)
{
	const uint8_t *o = b->octets;
	struct tm tm = { 0 }, again;
	int64_t offset = 0;
	time_t sec;

	if (b->type != LIST_OCTETS || (b->len != 8 && b->len != 11))
		return false;
	tm.tm_year = (o[0] << 8 | o[1]) - 1900;
	tm.tm_mon = o[2] - 1;
	tm.tm_mday = o[3];
	tm.tm_hour = o[4];
	tm.tm_min = o[5];
	tm.tm_sec = o[6] == 60 ? 59 : o[6];
	if (tm.tm_year < 70 || tm.tm_year > 300 || o[4] > 23 || o[5] > 59 || o[6] > 60 || o[7] > 9)
		return false;
	if (b->len == 11) {
		if ((o[8] != '+' && o[8] != '-') || o[9] > 14 || o[10] > 59)
			return false;
		offset = (o[9] * 60 + o[10]) * (o[8] == '+' ? 60 : -60);
	}
	again = tm;
	sec = timegm(&again);
	/* A day that its month does not have became another one. */
	if (again.tm_mon != tm.tm_mon || again.tm_mday != tm.tm_mday)
		return false;
	*t = (sec - offset) * NSEC_PER_SEC + o[7] * (NSEC_PER_SEC / 10);
	return *t > 0;
}

static uint32_t big_endian(const uint8_t *o)
{
	return (uint32_t)o[0] << 24 | (uint32_t)o[1] << 16 | (uint32_t)o[2] << 8 | o[3];
}

/* --- a field ------------------------------------------------------------------ */

static bool evidence_put(const struct list_bind *b, uint8_t *evidence)
{
	if (!number_in(b, 0, 4))
		return false;
	*evidence = b->number ? (uint8_t)(1 << (b->number - 1)) : 0;
	return true;
}

static bool u32_put(const struct list_bind *b, int64_t least, uint32_t *number)
{
	if (!number_in(b, least, UINT32_MAX))
		return false;
	*number = (uint32_t)b->number;
	return true;
}

/* NULL, or what is wrong. */
static const char *field_put(struct decoding *d, enum field f, const struct list_bind *b)
{
	struct msg_handover *h = d->out;

	switch (f) {
	case F_SERVER_TYPE:
		d->server_type = b->number;
		return number_in(b, 1, 2) ? NULL : "the type of its server's address is not known";
	case F_SERVER:
		d->server = b;
		return b->type == LIST_OCTETS ? NULL : "its server is no address";
	case F_PROTOCOL:
		h->service.proto = (uint8_t)b->number;
		return number_in(b, IPPROTO_TCP, IPPROTO_TCP) ||
				       number_in(b, IPPROTO_UDP, IPPROTO_UDP) ?
			       NULL :
			       "its protocol is neither TCP nor UDP";
	case F_PORT:
		h->service.port = (uint16_t)b->number;
		return number_in(b, 1, UINT16_MAX) ? NULL : "its port is out of range";
	case F_REASON:
		h->reason = (uint8_t)b->number;
		return number_in(b, 0, UINT8_MAX) && reason_name(h->reason) ?
			       NULL :
			       "its reason is not known";
	case F_EVIDENCE:
		return evidence_put(b, &h->evidence) ? NULL : "its evidence is not known";
	case F_BEGAN:
		return time_put(b, &h->began) ? NULL : "its beginning is no date";
	case F_ENDED:
		return time_put(b, &h->ended) ? NULL : "its end is no date";
	case F_WATCH:
		return text_put(b, h->watch, sizeof(h->watch)) ? NULL : "its watch has no name";
	case F_NAME:
		return text_put(b, h->server_name, sizeof(h->server_name)) ?
			       NULL :
			       "its server's name is too long or no text";
	case F_ROUTER:
		return text_put(b, h->router, sizeof(h->router)) && h->router[0] ?
			       NULL :
			       "its router's name is missing, too long or no text";
	case F_PART:
		return u32_put(b, 1, &h->part) ? NULL : "its part is out of range";
	case F_PARTS:
		return u32_put(b, 1, &h->parts) ? NULL : "its number of parts is out of range";
	case F_CLIENTS:
		return u32_put(b, 1, &h->clients) ? NULL : "its number of clients is out of range";
	case F_LOSSY:
		h->lossy = b->number == 1;
		return number_in(b, 1, 2) ? NULL : "whether it is complete is not a truth value";
	case F_NUMBER:
		return u32_put(b, 0, &h->list) ? NULL : "its number is out of range";
	case FIELDS:
		break;
	}
	return NULL;
}

/* All are of one outage. */
static const char *outage_put(struct decoding *d, uint32_t outage)
{
	if (d->has_outage && d->out->outage != outage)
		return "it is of several outages";
	d->has_outage = true;
	d->out->outage = outage;
	return NULL;
}

static const char *field_once(struct decoding *d, enum field f, const struct list_bind *b)
{
	if (f == FIELDS)
		return NULL;
	if (d->seen & BIT(f))
		return "a variable comes twice";
	d->seen |= BIT(f);
	return field_put(d, f, b);
}

/* --- a client ----------------------------------------------------------------- */

/* @index: ADDRESS, the end of the OID of its entry. */
static bool client_put(const uint32_t *index, size_t n, struct addr *client)
{
	uint8_t octets[16];

	if (n < 2 || index[1] > sizeof(octets) || n != 2 + index[1])
		return false;
	for (size_t i = 0; i < index[1]; i++) {
		if (index[2 + i] > UINT8_MAX)
			return false;
		octets[i] = (uint8_t)index[2 + i];
	}
	return address_put(index[0], octets, index[1], client);
}

static const char *row_put(struct decoding *d, const struct list_bind *b, const uint32_t *index,
			   size_t n)
{
	struct msg_row *row;

	if (d->out->n_rows == MSG_ROWS_MAX)
		return "it has too many clients";
	row = &d->out->rows[d->out->n_rows++];
	if (!client_put(index, n, &row->client))
		return "the address of a client has a wrong length or type";
	if (b->type != LIST_OCTETS || (b->len != MIB_SUMMARY_LEN && b->len != MIB_SUMMARY_MAC_LEN))
		return "the summary of a client has a wrong length";
	row->reason = b->octets[0];
	row->attempts = big_endian(b->octets + 1);
	row->first = big_endian(b->octets + 5) * NSEC_PER_SEC;
	row->last = big_endian(b->octets + 9) * NSEC_PER_SEC;
	row->has_mac = b->len == MIB_SUMMARY_MAC_LEN;
	if (row->has_mac)
		memcpy(row->mac.bytes, b->octets + MIB_SUMMARY_LEN, sizeof(row->mac.bytes));
	/* The router's clock was set back; what it says otherwise still counts. */
	if (row->first > row->last)
		row->first = row->last;
	return reason_name(row->reason) ? NULL : "the reason of a client is not known";
}

static int by_client(const void *a, const void *b)
{
	const struct msg_row *x = a, *y = b;

	return addr_cmp(&x->client, &y->client);
}

/* --- the whole ------------------------------------------------------------------ */

static bool below(const struct trap_oid *oid, const struct trap_oid *base)
{
	return oid->len > base->len && !memcmp(oid->id, base->id, base->len * sizeof(oid->id[0]));
}

bool list_is_ours(const struct trap_oid *base, const struct trap_oid *oid)
{
	return below(oid, base);
}

static const char *bind_put(struct decoding *d, const struct trap_oid *base,
			    const struct list_bind *b)
{
	const uint32_t *id = b->oid.id + base->len;
	size_t n = b->oid.len - base->len;
	const char *why;

	if (!below(&b->oid, base) || n < 4 || id[0] != 1)
		return NULL;
	if (id[1] == MIB_LIST && n == 4 && id[3] == 0 && id[2] < sizeof(list_fields) && id[2])
		return field_once(d, list_fields[id[2]], b);
	if (n < 5 || id[2] != 1)
		return NULL;
	if (id[1] == MIB_OUTAGES && n == 5 && id[3] > MIB_OUTAGE_INDEX &&
	    id[3] < sizeof(outage_fields)) {
		why = outage_put(d, id[4]);
		return why ? why : field_once(d, outage_fields[id[3]], b);
	}
	if (id[1] == MIB_WAITERS && id[3] == MIB_WAITER_SUMMARY) {
		why = outage_put(d, id[4]);
		return why ? why : row_put(d, b, id + 5, n - 5);
	}
	return NULL;
}

/* What the values say together. */
static const char *check(struct decoding *d)
{
	struct msg_handover *h = d->out;

	if (!address_put(d->server_type, d->server->octets, d->server->len, &h->service.server))
		return "its server's address has a wrong length";
	if (h->act != HANDOVER_PART)
		return h->n_rows ? "it has clients" : NULL;
	if (!h->n_rows)
		return "it has no clients";
	if (h->part > h->parts || h->parts > h->clients || h->n_rows > h->clients)
		return "its numbers of parts and clients contradict one another";
	qsort(h->rows, h->n_rows, sizeof(h->rows[0]), by_client);
	for (uint32_t i = 1; i < h->n_rows; i++) {
		if (addr_equal(&h->rows[i - 1].client, &h->rows[i].client))
			return "a client comes twice";
	}
	return NULL;
}

const char *list_decode(const struct trap_oid *base, const struct trap_oid *oid,
			const struct list_bind *binds, size_t n, struct msg_handover *out)
{
	struct decoding d = { .out = out };
	const char *why = NULL;
	uint32_t which;

	/* Its padding, too: what is the same again is known by its bytes. */
	memset(out, 0, sizeof(*out));
	if (!below(oid, base) || oid->len != base->len + 2 || oid->id[base->len] != 0)
		return "it is no notification of ours";
	which = oid->id[base->len + 1];
	if (!which || which >= sizeof(notifications) / sizeof(notifications[0]))
		return "it is no notification that we know";
	out->act = notifications[which].act;
	for (size_t i = 0; !why && i < n; i++)
		why = bind_put(&d, base, &binds[i]);
	if (why)
		return why;
	if ((d.seen & notifications[which].needs) != notifications[which].needs)
		return "variables are missing";
	return check(&d);
}
