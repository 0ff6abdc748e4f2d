// SPDX-License-Identifier: GPL-2.0
/*
 * The section "snmp" and its users: options, ranges and defaults.
 */
#include "conf_schema.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OID_MAX		 128 /* bytes, struct msg_trap */
#define SNMP_USER_MAX	 32 /* bytes, RFC 3414, 2.1 */
#define COMMUNITY_MAX	 255
#define ENGINE_ID_DIGITS 64
#define MIB_BASE_MAX	 32 /* bytes: MIB_ROWS_* leave room for no longer one */

#define FIELD(type) ((type *)((char *)object + key->offset))

/* "udp:PORT", "udp:IPV4:PORT", "udp:[IPV6]:PORT" */
static bool listen_parse(struct conf_listen *l, const char *text)
{
	if (strncmp(text, "udp:", 4) || strlen(text) >= sizeof(l->text))
		return false;
	strcpy(l->text, text);
	return conf_listen_parse(l, text + 4);
}

static void snmp_listen(CONF_PARSE_ARGS)
{
	struct conf_snmp *snmp = object;

	(void)key;
	if (!entry->n)
		conf_expected(r, entry, NULL, "one address or more");
	for (size_t i = 0; i < entry->n; i++) {
		struct conf_listen l = { 0 };

		if (!listen_parse(&l, entry->values[i].text)) {
			conf_expected(r, entry, &entry->values[i],
				      "\"udp:PORT\", \"udp:ADDRESS:PORT\" or \"udp:[IPV6]:PORT\"");
			continue;
		}
		snmp->listen = conf_grow(snmp->listen, snmp->n_listen, sizeof(l));
		snmp->listen[snmp->n_listen++] = l;
	}
}

static void add_string(char ***list, size_t *n, const char *text)
{
	*list = conf_grow(*list, *n, sizeof(**list));
	(*list)[(*n)++] = conf_strdup(text);
}

/* The value is a secret: an error must not show it. */
static bool community_ok(struct conf_reader *r, const struct conf_value *v)
{
	if (*v->text && strlen(v->text) <= COMMUNITY_MAX)
		return true;
	conf_errors_add(r->errors, v->line, "community: expected 1 to %d bytes", COMMUNITY_MAX);
	return false;
}

static void snmp_community(CONF_PARSE_ARGS)
{
	struct conf_snmp *snmp = object;

	(void)key;
	for (size_t i = 0; i < entry->n; i++) {
		if (community_ok(r, &entry->values[i]))
			add_string(&snmp->communities, &snmp->n_communities, entry->values[i].text);
	}
}

void conf_community(CONF_PARSE_ARGS)
{
	const struct conf_value *v = conf_one(r, entry);

	if (v && community_ok(r, v))
		conf_replace(FIELD(char *), v->text);
}

/* "1.3.6.1" or ".1.3.6.1"; returns it without the leading dot, or NULL. */
static const char *oid_parse(const char *text)
{
	const char *oid = *text == '.' ? text + 1 : text;
	unsigned int arcs = 0;

	if (strlen(oid) >= OID_MAX)
		return NULL;
	for (const char *p = oid;; p++) {
		size_t digits = strspn(p, "0123456789");

		if (!digits || digits > 10 || strtoull(p, NULL, 10) > UINT32_MAX)
			return NULL;
		arcs++;
		p += digits;
		if (!*p)
			return arcs > 1 ? oid : NULL;
		if (*p != '.')
			return NULL;
	}
}

static void snmp_oids(CONF_PARSE_ARGS)
{
	struct conf_snmp *snmp = object;

	(void)key;
	for (size_t i = 0; i < entry->n; i++) {
		const char *oid = oid_parse(entry->values[i].text);

		if (!oid)
			conf_expected(r, entry, &entry->values[i],
				      "a numeric object identifier, as 1.3.6.1.4.1");
		else
			add_string(&snmp->oids, &snmp->n_oids, oid);
	}
}

void conf_mib_base(CONF_PARSE_ARGS)
{
	const struct conf_value *v = conf_one(r, entry);
	const char *oid = v ? oid_parse(v->text) : NULL;

	if (oid && strlen(oid) <= MIB_BASE_MAX && !strncmp(oid, "1.3.6.1.", 8))
		conf_replace(FIELD(char *), oid);
	else if (v)
		conf_expected(r, entry, v,
			      "a numeric object identifier below 1.3.6.1, up to 32 bytes");
}

const struct conf_key conf_snmp_keys[] = {
	CONF_OPTION("listen", snmp_listen, struct conf_snmp, listen, .required = true),
	CONF_OPTION("community", snmp_community, struct conf_snmp, communities),
	CONF_OPTION("oids", snmp_oids, struct conf_snmp, oids),
	{ 0 },
};

/* --- snmp user ------------------------------------------------------------- */
/* In the order of the enums; "SHA" is SHA-1, as in net-snmp. */
const char *const conf_auth_words[] = { "MD5",	   "SHA",     "SHA-224", "SHA-256",
					"SHA-384", "SHA-512", NULL };
const char *const conf_priv_words[] = { "DES", "AES", NULL };

/* The enum's value, 0 (none) after a mistake: the words begin at 1. */
static unsigned int word_from_one(struct conf_reader *r, const struct conf_key *key,
				  const struct conf_entry *entry)
{
	struct conf_key alone = { .name = key->name, .words = key->words };
	unsigned int i = -1;

	conf_word(r, &alone, entry, &i);
	return i + 1;
}

void conf_auth(CONF_PARSE_ARGS)
{
	*FIELD(enum snmp_auth) = word_from_one(r, key, entry);
}

void conf_priv(CONF_PARSE_ARGS)
{
	*FIELD(enum snmp_priv) = word_from_one(r, key, entry);
}

/* 5 to 32 bytes in hexadecimal (RFC 3411, 5), "0x" allowed; kept in lower case. */
static void user_engine_id(CONF_PARSE_ARGS)
{
	const struct conf_value *v = conf_one(r, entry);
	struct conf_snmp_user *user = object;
	const char *hex;
	size_t len;

	(void)key;
	if (!v)
		return;
	hex = v->text + (strncmp(v->text, "0x", 2) ? 0 : 2);
	len = strlen(hex);
	if (len < 10 || len > ENGINE_ID_DIGITS || len % 2 ||
	    strspn(hex, "0123456789abcdefABCDEF") != len) {
		conf_expected(r, entry, v, "5 to 32 bytes as hexadecimal digits");
		return;
	}
	user->engine_id = conf_strdup(hex);
	for (char *p = user->engine_id; *p; p++)
		*p = tolower((unsigned char)*p);
}

const struct conf_key conf_user_keys[] = {
	CONF_OPTION("auth", conf_auth, struct conf_snmp_user, auth, .words = conf_auth_words,
		    .required = true),
	CONF_OPTION("auth-key-file", conf_secret, struct conf_snmp_user, auth_key, .min = 8,
		    .max = PATH_MAX, .required = true),
	CONF_OPTION("priv", conf_priv, struct conf_snmp_user, priv, .words = conf_priv_words),
	CONF_OPTION("priv-key-file", conf_secret, struct conf_snmp_user, priv_key, .min = 8,
		    .max = PATH_MAX),
	CONF_OPTION("engine-id", user_engine_id, struct conf_snmp_user, engine_id),
	{ 0 },
};

static bool user_name_ok(struct conf_reader *r, int line, const char *name)
{
	size_t len = strlen(name);

	if (!len || len > SNMP_USER_MAX) {
		conf_errors_add(r->errors, line, "user: expected a name of 1 to %d bytes",
				SNMP_USER_MAX);
		return false;
	}
	for (const char *p = name; *p; p++) {
		if (!isgraph((unsigned char)*p) || strchr("\"'\\", *p)) {
			conf_errors_add(r->errors, line,
					"user: expected a name of printable characters without "
					"blanks, quotes and backslashes");
			return false;
		}
	}
	return true;
}

void conf_user_name(CONF_PARSE_ARGS)
{
	const struct conf_value *v = conf_one(r, entry);

	if (v && user_name_ok(r, v->line, v->text))
		conf_replace(FIELD(char *), v->text);
}

void *conf_user_new(struct conf_reader *r, const struct conf_block *b)
{
	struct conf_snmp *snmp = &r->conf->snmp;

	user_name_ok(r, b->line, b->title);
	snmp->users = conf_grow(snmp->users, snmp->n_users, sizeof(*snmp->users));
	snmp->users[snmp->n_users] = (struct conf_snmp_user){ .name = conf_strdup(b->title) };
	return &snmp->users[snmp->n_users++];
}
