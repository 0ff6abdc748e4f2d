// SPDX-License-Identifier: GPL-2.0
/*
 * What the mailer's harness hands over. Times are fixed, so that tests can say what
 * must arrive.
 */
#include "mailer_handover.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/timefmt.h"

#define BEGAN (1795341600LL * NSEC_PER_SEC) /* 2026-11-22T10:00:00Z */

static struct conf_target targets[8];
static uint32_t rows = 2;
static bool long_names;
static int family = 4;
static const char *server;

static enum snmp_auth auth_of(const char *word)
{
	return !strcmp(word, "SHA-512") ? SNMP_AUTH_SHA512 :
	       !strcmp(word, "MD5")	? SNMP_AUTH_MD5 :
					  SNMP_AUTH_SHA256;
}

static void snmp_user(struct conf_snmp_user *u, char *value)
{
	u->name = strtok(value, ",");
	u->auth = auth_of(strtok(NULL, ","));
	u->auth_key = strtok(NULL, ",");
	u->priv = !strcmp(strtok(NULL, ","), "DES") ? SNMP_PRIV_DES : SNMP_PRIV_AES;
	u->priv_key = strtok(NULL, ",");
}

static uint8_t route_of(const char *word)
{
	for (uint8_t r = ROUTE_SERVER; r <= ROUTE_WEBHOOK; r++)
		if (!strncmp(word, route_name(r), strlen(route_name(r))))
			return r;
	errx(2, "%s: no route", word);
}

static struct conf_target *target_new(struct conf *conf, const char *value)
{
	struct conf_target *t = &targets[conf->n_targets++];

	conf->targets = targets;
	*t = (struct conf_target){ .route = route_of(value), .timeout = 2, .port = 162 };
	snprintf(t->name, sizeof(t->name), "%s", strchr(value, '/') + 1);
	return t;
}

static bool target_key(struct conf_target *t, const char *name, char *value)
{
	if (!strcmp(name, "host"))
		t->host = value;
	else if (!strcmp(name, "tport"))
		t->port = (uint16_t)atoi(value);
	else if (!strcmp(name, "ttimeout"))
		t->timeout = (uint32_t)atoi(value);
	else if (!strcmp(name, "community"))
		t->community = value;
	else if (!strcmp(name, "snmp"))
		snmp_user(&t->user, value);
	else if (!strcmp(name, "url"))
		t->url = value;
	else if (!strcmp(name, "hmac"))
		t->key = value;
	else if (!strcmp(name, "tca"))
		t->ca_file = value;
	else if (!strcmp(name, "format"))
		t->format =
			!strcmp(value, "alertmanager") ? WEBHOOK_ALERTMANAGER : WEBHOOK_RINGBACK;
	else
		return false;
	return true;
}

bool handover_key(struct conf *conf, const char *name, char *value)
{
	static struct conf_target *t;

	if (!strcmp(name, "target"))
		t = target_new(conf, value);
	else if (!strcmp(name, "rows"))
		rows = (uint32_t)atoi(value);
	else if (!strcmp(name, "long"))
		long_names = atoi(value);
	else if (!strcmp(name, "family"))
		family = atoi(value);
	else if (!strcmp(name, "service"))
		server = value;
	else
		return t && target_key(t, name, value);
	return true;
}

bool handover_word(const char *word)
{
	return !strchr(word, '@') && strchr(word, '/');
}

static uint8_t act_of(const char *word)
{
	static const char *const names[] = { "part", "release", "withdraw", "down", "up" };

	for (uint8_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strncmp(word, names[i], strlen(names[i])))
			return i;
	errx(2, "%s: no such act", word);
}

static void names_fill(struct msg_handover *h)
{
	snprintf(h->router, sizeof(h->router), "router.example.org");
	snprintf(h->server_name, sizeof(h->server_name), "Größe");
	snprintf(h->watch, sizeof(h->watch), "intranet");
	if (!long_names)
		return;
	memset(h->router, 'r', sizeof(h->router) - 1);
	/* 126 bytes, of which the 63rd is the first half of a character. */
	h->server_name[0] = 'x';
	h->server_name[1] = '\0';
	for (size_t i = 0; i < 62; i++)
		strcat(h->server_name, "ü");
	memset(h->watch, 'w', sizeof(h->watch) - 1);
}

static void row_fill(struct msg_row *r, uint32_t n, bool full)
{
	char text[ADDR_STRLEN];

	snprintf(text, sizeof(text),
		 family == 6 ? "2001:db8:ffff:fefe:fdfd:fcfc:fbfb:%x" : "198.51.%u.%u",
		 family == 6 ? 0xf000 + n : 100 + n / 100, 150 + n % 100);
	addr_parse(&r->client, text);
	r->reason = RINGBACK_REASON_NO_REPLY;
	r->attempts = full ? UINT32_MAX : 3;
	r->first = BEGAN + 60 * NSEC_PER_SEC;
	r->last = BEGAN + 120 * NSEC_PER_SEC;
	r->has_mac = full || n % 2;
	mac_parse(&r->mac, "02:00:00:00:00:07");
}

void handover_fill(struct msg_handover *h, const char *word, uint32_t part, uint32_t parts)
{
	const char *route = strchr(word, '/') + 1;

	*h = (struct msg_handover){ .act = act_of(word), .route = route_of(route) };
	snprintf(h->target, sizeof(h->target), "%s", strchr(route, '/') + 1);
	names_fill(h);
	h->outage = long_names ? UINT32_MAX : 7;
	h->service.proto = IPPROTO_TCP;
	h->service.port = long_names ? 65535 : 80;
	addr_parse(&h->service.server, server	   ? server :
				       family == 6 ? "2001:db8:2::ffff:fff0:10" :
						     "192.0.2.10");
	h->reason = RINGBACK_REASON_HOST_UNREACHABLE;
	h->began = BEGAN;
	h->clients = long_names ? 1000000 : rows * parts;
	h->lossy = long_names;
	if (h->act == HANDOVER_DOWN)
		return;
	h->ended = BEGAN + 3600 * NSEC_PER_SEC;
	h->evidence = EVIDENCE_PROBE;
	if (h->act == HANDOVER_UP)
		return;
	h->list = 1;
	h->parts = parts;
	if (h->act != HANDOVER_PART)
		return;
	h->part = part;
	h->n_rows = rows;
	for (uint32_t i = 0; i < rows; i++)
		row_fill(&h->rows[i], i, long_names);
}
