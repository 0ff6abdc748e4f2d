// SPDX-License-Identifier: GPL-2.0
/*
 * Traps judged: who may speak, how it proved itself, and what it said.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "list.h"
#include "trap.h"

/* snmpTraps of RFC 3418: coldStart is .1, the generic trap of v1 is one less. */
static const struct trap_oid snmp_traps = { { 1, 3, 6, 1, 6, 3, 1, 1, 5 }, 9 };

enum { GENERIC_ENTERPRISE_SPECIFIC = 6 };

const char *trap_verdict_text(enum trap_verdict v)
{
	static const char *const text[TRAP_VERDICTS] = {
		[TRAP_ACCEPTED] = "accepted",
		[TRAP_IGNORED] = "it says nothing about a recovery",
		[TRAP_DISCOVERY] = "it asks for our engine ID",
		[TRAP_STRANGER] =
			"the sender is neither a watched server nor an alias of one, nor a router of a receive section",
		[TRAP_MALFORMED] = "it is malformed",
		[TRAP_BAD_COMMAND] = "it is neither a trap nor an inform",
		[TRAP_NO_ROUTER] = "the sender is in no receive section",
		[TRAP_NO_INFORM] = "it is a list, which has to be an inform",
		[TRAP_BAD_COMMUNITY] = "its community is not configured",
		[TRAP_BAD_USER] = "its user is not configured for that engine ID",
		[TRAP_BAD_LEVEL] = "its security level is below the user's",
		[TRAP_BAD_AUTH] = "its authentication or privacy key is wrong",
		[TRAP_BAD_TIME] = "it is outside the time window",
	};

	return v < TRAP_VERDICTS ? text[v] : "?";
}

int trap_oid_parse(struct trap_oid *oid, const char *text)
{
	const char *p = text[0] == '.' ? text + 1 : text;
	char *end;

	for (oid->len = 0; oid->len < TRAP_OID_MAX; p = end + 1) {
		unsigned long id;

		if (*p < '0' || *p > '9')
			return -EINVAL;
		errno = 0;
		id = strtoul(p, &end, 10);
		if (errno || id > UINT32_MAX)
			return -EINVAL;
		oid->id[oid->len++] = (uint32_t)id;
		if (!*end)
			return oid->len >= 2 ? 0 : -EINVAL;
		if (*end != '.')
			return -EINVAL;
	}
	return -EINVAL;
}

const char *trap_oid_format(const struct trap_oid *oid, char *buf, size_t size)
{
	static const char more[] = "...";
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < oid->len; i++) {
		bool last = i + 1 == oid->len;
		char id[16];
		size_t len;

		len = (size_t)snprintf(id, sizeof(id), "%s%u", i ? "." : "", oid->id[i]);
		if (used + len + (last ? 1 : sizeof(more)) > size) {
			snprintf(buf + used, size - used, "%s", more);
			break;
		}
		memcpy(buf + used, id, len + 1);
		used += len;
	}
	return buf;
}

int trap_oid_from_v1(struct trap_oid *oid, const struct trap_oid *enterprise, long generic,
		     long specific)
{
	if (generic >= 0 && generic < GENERIC_ENTERPRISE_SPECIFIC) {
		*oid = snmp_traps;
		oid->id[oid->len++] = (uint32_t)generic + 1;
		return 0;
	}
	if (generic != GENERIC_ENTERPRISE_SPECIFIC || enterprise->len + 2 > TRAP_OID_MAX)
		return -EINVAL;
	*oid = *enterprise;
	oid->id[oid->len++] = 0;
	oid->id[oid->len++] = (uint32_t)specific;
	return 0;
}

/* True where @oid is @top or lies below it. */
static bool oid_below(const struct trap_oid *oid, const struct trap_oid *top)
{
	return oid->len >= top->len && !memcmp(oid->id, top->id, top->len * sizeof(top->id[0]));
}

/* The kind of evidence in @oid, or -ENOENT. */
static int trap_kind(const struct conf_snmp *snmp, const struct trap_oid *oid)
{
	struct trap_oid top;

	if (oid->len == snmp_traps.len + 1 && oid_below(oid, &snmp_traps)) {
		switch (oid->id[snmp_traps.len]) {
		case 1:
			return TRAP_COLD_START;
		case 2:
			return TRAP_WARM_START;
		case 4:
			return TRAP_LINK_UP;
		}
	}
	for (size_t i = 0; i < snmp->n_oids; i++)
		if (!trap_oid_parse(&top, snmp->oids[i]) && oid_below(oid, &top))
			return TRAP_OTHER_OID;
	return -ENOENT;
}

/*
 * Compares in a time that depends on the stranger's own bytes alone: neither
 * where they differ nor how long the secret is shows.
 */
static bool secret_equal(const char *secret, const uint8_t *given, size_t len)
{
	size_t secret_len = strlen(secret);
	volatile unsigned char diff = secret_len != len;

	for (size_t i = 0; i < len; i++)
		diff |= (unsigned char)secret[secret_len ? i % secret_len : 0] ^ given[i];
	return !diff;
}

static bool community_known(const struct conf_snmp *snmp, const struct trap_raw *raw)
{
	bool known = false;

	for (size_t i = 0; i < snmp->n_communities; i++)
		known |= secret_equal(snmp->communities[i], raw->community, raw->community_len);
	return known;
}

/* Hex digits of the configuration against the bytes of a message. */
static bool engine_equal(const char *hex, const uint8_t *id, size_t len)
{
	if (!strncmp(hex, "0x", 2))
		hex += 2;
	if (strlen(hex) != 2 * len)
		return false;
	for (size_t i = 0; i < len; i++) {
		char byte[3];

		snprintf(byte, sizeof(byte), "%02x", id[i]);
		if (strncasecmp(hex + 2 * i, byte, 2))
			return false;
	}
	return true;
}

/*
 * An inform is secured by our own engine (RFC 3414, 1.5.1), which every user
 * knows; a trap by the engine of its sender.
 */
static const struct conf_snmp_user *user_find(const struct conf_snmp *snmp,
					      const struct trap_raw *raw)
{
	for (size_t i = 0; i < snmp->n_users; i++) {
		const struct conf_snmp_user *u = &snmp->users[i];

		if (strlen(u->name) != raw->user_len || memcmp(u->name, raw->user, raw->user_len))
			continue;
		if (raw->own_engine)
			return u;
		if (raw->command == TRAP_COMMAND_TRAP && u->engine_id &&
		    engine_equal(u->engine_id, raw->engine, raw->engine_len))
			return u;
	}
	return NULL;
}

/* Who sent it and how it is secured. */
static enum trap_verdict judge_sender(const struct conf_snmp *snmp, const struct trap_raw *raw)
{
	const struct conf_snmp_user *user;

	switch (raw->version) {
	case 1:
	case 2:
		return community_known(snmp, raw) ? TRAP_ACCEPTED : TRAP_BAD_COMMUNITY;
	case 3:
		user = user_find(snmp, raw);
		if (!user)
			return TRAP_BAD_USER;
		if (raw->level < (user->priv ? TRAP_LEVEL_PRIV : TRAP_LEVEL_AUTH))
			return TRAP_BAD_LEVEL;
		return TRAP_ACCEPTED;
	}
	return TRAP_MALFORMED;
}

enum trap_verdict trap_judge(const struct conf *conf, const struct trap_raw *raw,
			     struct msg_trap *out)
{
	enum trap_verdict v;
	struct addr server;
	int kind;

	if (!conf_speaks_for(conf, &raw->source, &server))
		return TRAP_STRANGER;
	if (raw->command == TRAP_COMMAND_OTHER)
		return TRAP_BAD_COMMAND;
	v = judge_sender(&conf->snmp, raw);
	if (v != TRAP_ACCEPTED)
		return v;
	if (!raw->oid.len)
		return TRAP_MALFORMED;
	kind = trap_kind(&conf->snmp, &raw->oid);
	if (kind < 0)
		return TRAP_IGNORED;

	*out = (struct msg_trap){
		.source = raw->source,
		.server = server,
		.kind = (uint8_t)kind,
		.version = raw->version,
		.inform = raw->command == TRAP_COMMAND_INFORM,
		.authentic = raw->version == 3,
		.uptime = raw->uptime,
	};
	trap_oid_format(&raw->oid, out->oid, sizeof(out->oid));
	return TRAP_ACCEPTED;
}

/* Who hands a list over proves it by what his section names, and nothing less. */
static enum trap_verdict judge_router(const struct conf *conf, const struct conf_receive *r,
				      const struct trap_raw *raw)
{
	const struct conf_snmp_user *user;

	switch (raw->version) {
	case 2:
		return r->community && secret_equal(r->community, raw->community,
						    raw->community_len) ?
			       TRAP_ACCEPTED :
			       TRAP_BAD_COMMUNITY;
	case 3:
		user = user_find(&conf->snmp, raw);
		if (!user || !r->user || strcmp(user->name, r->user))
			return TRAP_BAD_USER;
		return raw->level < TRAP_LEVEL_PRIV ? TRAP_BAD_LEVEL : TRAP_ACCEPTED;
	}
	return TRAP_MALFORMED;
}

enum trap_verdict trap_judge_list(const struct conf *conf, const struct trap_oid *base,
				  const struct trap_raw *raw, struct msg_handover *out,
				  const char **why)
{
	const struct conf_receive *r = conf_receive_from(conf, &raw->source);
	enum trap_verdict v;

	if (!r)
		return TRAP_NO_ROUTER;
	if (raw->command != TRAP_COMMAND_INFORM)
		return TRAP_NO_INFORM;
	v = judge_router(conf, r, raw);
	if (v != TRAP_ACCEPTED)
		return v;
	*why = raw->binds_cut ? "it has too many variables" :
				list_decode(base, &raw->oid, raw->binds, raw->n_binds, out);
	if (*why)
		return TRAP_MALFORMED;
	memcpy(out->target, r->name, sizeof(out->target));
	return TRAP_ACCEPTED;
}
