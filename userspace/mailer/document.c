// SPDX-License-Identifier: GPL-2.0
/*
 * The keys are those of `ringback -j`, where it has them.
 */
#include "document.h"

#include <jansson.h>
#include <stdio.h>

#include "../common/conf.h"
#include "../common/timefmt.h"
#include "mime.h"

const char *document_id(const struct msg_handover *h, char *buf)
{
	char router[sizeof(h->router)];
	char *end = router;

	/* A host name; whatever else it may be, it breaks no header. */
	for (const char *p = h->router; *p; p++)
		*end++ = *p > ' ' && *p < 0x7f && *p != '"' && *p != '\\' ? *p : '_';
	*end = '\0';
	/* The beginning tells it from what a router with a new store says. */
	snprintf(buf, DOCUMENT_ID_MAX, "%s/%lld/%llu", router, (long long)(h->began / NSEC_PER_SEC),
		 (unsigned long long)h->id);
	return buf;
}

/* --- values --------------------------------------------------------------- */

/* "": null */
static json_t *text(const char *s)
{
	char clean[256];

	return *s ? json_string(mime_clean(clean, sizeof(clean), s, false)) : json_null();
}

static json_t *address(const struct addr *a)
{
	char buf[ADDR_STRLEN];

	return json_string(addr_format(a, buf));
}

/* 0: null */
static json_t *point(int64_t t)
{
	char buf[TIME_STRLEN];

	return t ? json_string(time_rfc3339(t, buf)) : json_null();
}

static json_t *mac(const struct msg_row *r)
{
	char buf[ADDR_STRLEN];

	return r->has_mac ? json_string(mac_format(&r->mac, buf)) : json_null();
}

static json_t *protocol(const struct service *s)
{
	char buf[8];

	return json_string(proto_format(s->proto, buf));
}

static json_t *reason(uint8_t r)
{
	const char *name = reason_name(r);

	return name ? json_string(name) : json_null();
}

static char *dump(json_t *document)
{
	char *out = document ? json_dumps(document, JSON_COMPACT) : NULL;

	json_decref(document);
	return out;
}

/* --- our own format ------------------------------------------------------- */

static json_t *client(const struct msg_row *r)
{
	return json_pack("{s:o,s:o,s:o,s:I,s:o,s:o}", "client", address(&r->client), "mac", mac(r),
			 "reason", reason(r->reason), "attempts", (json_int_t)r->attempts, "first",
			 point(r->first), "last", point(r->last));
}

static json_t *part(const struct msg_handover *h)
{
	json_t *clients = json_array();

	for (uint32_t i = 0; i < h->n_rows; i++)
		json_array_append_new(clients, client(&h->rows[i]));
	return json_pack("{s:I,s:I,s:I,s:I,s:b,s:o}", "list", (json_int_t)h->list, "part",
			 (json_int_t)h->part, "parts", (json_int_t)h->parts, "waiters",
			 (json_int_t)h->clients, "lossy", h->lossy, "clients", clients);
}

char *document_ringback(const struct msg_handover *h)
{
	static const char *const events[] = {
		[HANDOVER_PART] = "waiting",
		[HANDOVER_DOWN] = "down",
		[HANDOVER_UP] = "up",
	};
	const struct service *s = &h->service;
	char id[DOCUMENT_ID_MAX];
	json_t *document;

	document = json_pack("{s:i,s:s,s:s,s:o,s:I,s:o,s:o,s:i,s:o,s:o,s:o,s:o,s:o,s:o}", "version",
			     DOCUMENT_VERSION, "event", events[h->act], "id", document_id(h, id),
			     "router", text(h->router), "outage", (json_int_t)h->outage, "server",
			     address(&s->server), "proto", protocol(s), "port", s->port, "name",
			     text(h->server_name), "reason", reason(h->reason), "began",
			     point(h->began), "ended", point(h->ended), "evidence",
			     h->evidence ? json_string(evidence_name(h->evidence)) : json_null(),
			     "watch", text(h->watch));
	if (document && h->act == HANDOVER_PART)
		json_object_update_new(document, part(h));
	return dump(document);
}

/* --- Alertmanager --------------------------------------------------------- */

static json_t *labels(const struct msg_handover *h)
{
	const struct service *s = &h->service;
	char port[8];

	snprintf(port, sizeof(port), "%u", s->port);
	/* Its labels are what it tells alerts apart by: nothing that changes. A label
	 * without a value is none (null, and so "o*"). */
	return json_pack("{s:s,s:o,s:o,s:s,s:s*,s:s}", "alertname", "RingbackServiceDown", "server",
			 address(&s->server), "proto", protocol(s), "port", port, "watch",
			 h->watch[0] ? h->watch : NULL, "instance", h->router);
}

static json_t *annotations(const struct msg_handover *h)
{
	char summary[256], name[128], server[ADDR_STRLEN], proto[8], about[128];
	const char *why = reason_name(h->reason);

	addr_format(&h->service.server, server);
	mime_clean(name, sizeof(name), h->server_name, false);
	snprintf(summary, sizeof(summary), "%s%s%s%s %s/%u does not answer", name,
		 *name ? " (" : "", server, *name ? ")" : "", proto_format(h->service.proto, proto),
		 h->service.port);
	snprintf(about, sizeof(about), "Clients fail to reach it: %s. Outage %llu.",
		 why ? why : "unknown", (unsigned long long)h->outage);
	return json_pack("{s:s,s:s}", "summary", summary, "description", about);
}

char *document_alert(const struct msg_handover *h, int64_t now)
{
	int64_t ends = h->act == HANDOVER_UP ? h->ended : now + DOCUMENT_ALERT_LASTS * NSEC_PER_SEC;

	return dump(json_pack("[{s:o,s:o,s:o,s:o}]", "labels", labels(h), "annotations",
			      annotations(h), "startsAt", point(h->began), "endsAt", point(ends)));
}
