/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From what a datagram said to evidence: every decision on a trap that needs no
 * SNMP library. No allocation, no clock, no log.
 */
#ifndef RINGBACK_TRAPS_TRAP_H
#define RINGBACK_TRAPS_TRAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../common/conf.h"
#include "../common/msg.h"

struct list_bind;

#define TRAP_OID_MAX 128 /* sub-identifiers, RFC 2578, 3.5 */

struct trap_oid {
	uint32_t id[TRAP_OID_MAX];
	size_t len; /* 0: absent */
};

enum trap_command { TRAP_COMMAND_OTHER, TRAP_COMMAND_TRAP, TRAP_COMMAND_INFORM };

/* securityLevel of RFC 3411, 3.4.3, in its own order. */
enum trap_level { TRAP_LEVEL_NONE = 1, TRAP_LEVEL_AUTH, TRAP_LEVEL_PRIV };

/*
 * A message as decoded by the SNMP library, unjudged. The pointers belong to
 * the library and are valid only during the call that hands this over.
 */
struct trap_raw {
	struct addr source; /* as the socket says */
	uint8_t version; /* 1, 2 (v2c), 3 */
	enum trap_command command;
	const uint8_t *community; /* v1, v2c; may be NULL with length 0 */
	size_t community_len;
	const char *user; /* v3: user name, not terminated */
	size_t user_len;
	const uint8_t *engine; /* v3: the authoritative engine's ID */
	size_t engine_len;
	bool own_engine; /* v3: that engine is this program */
	enum trap_level level; /* v3: verified by the library */
	struct trap_oid oid; /* snmpTrapOID.0; of a v1 trap by trap_oid_from_v1() */
	uint32_t uptime; /* hundredths of a second */
	const struct list_bind *binds; /* its variables, of v2c and v3 */
	size_t n_binds;
	bool binds_cut; /* it had more of them */
};

/* What became of a message; the order is that of trap_verdict_text(). */
enum trap_verdict {
	TRAP_ACCEPTED,
	TRAP_IGNORED, /* well-formed and allowed, of a kind that proves nothing */
	TRAP_DISCOVERY, /* our engine ID was asked for, as before an inform (RFC 3414, 4) */
	TRAP_STRANGER, /* neither a watched server nor an alias of one */
	TRAP_MALFORMED,
	TRAP_BAD_COMMAND, /* neither trap nor inform */
	TRAP_NO_ROUTER, /* a list from an address that is in no receive section */
	TRAP_NO_INFORM, /* a list as a trap, which nobody would repeat */
	TRAP_BAD_COMMUNITY,
	TRAP_BAD_USER,
	TRAP_BAD_LEVEL, /* less security than the user must have */
	TRAP_BAD_AUTH, /* wrong digest or key */
	TRAP_BAD_TIME, /* outside the time window: perhaps a replay */
	TRAP_VERDICTS,
};
/* "the community is not configured": a part of a sentence. */
const char *trap_verdict_text(enum trap_verdict v);

/* "1.3.6.1.4.1.9" or with a leading dot; -EINVAL. */
int trap_oid_parse(struct trap_oid *oid, const char *text);
/*
 * Numeric form. What does not fit in @size bytes is cut after a whole
 * sub-identifier and ends in "...". Returns @buf.
 */
const char *trap_oid_format(const struct trap_oid *oid, char *buf, size_t size);
/*
 * The notification that a v1 trap stands for (RFC 3584, 3.1). -EINVAL: generic
 * trap out of range or enterprise too long.
 */
int trap_oid_from_v1(struct trap_oid *oid, const struct trap_oid *enterprise, long generic,
		     long specific);

/*
 * Judges @raw. TRAP_ACCEPTED fills @out; otherwise @out is undefined. A
 * configured OID counts with everything below it.
 */
enum trap_verdict trap_judge(const struct conf *conf, const struct trap_raw *raw,
			     struct msg_trap *out);

/*
 * Judges @raw, a notification of RINGBACK-MIB that stands at @base (list_is_ours()): who
 * may hand lists to us is another question than who may say that he is back.
 * TRAP_ACCEPTED fills @out, but for its id. TRAP_MALFORMED: *@why says what is wrong, as
 * part of a sentence.
 */
enum trap_verdict trap_judge_list(const struct conf *conf, const struct trap_oid *base,
				  const struct trap_raw *raw, struct msg_handover *out,
				  const char **why);

#endif /* RINGBACK_TRAPS_TRAP_H */
