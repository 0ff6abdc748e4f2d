/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What other routers tell us: notifications of RINGBACK-MIB (common/mib.h), from the
 * values of a message to struct msg_handover. Pure: no SNMP library, no clock, no log,
 * no memory but what it is given.
 */
#ifndef RINGBACK_TRAPS_LIST_H
#define RINGBACK_TRAPS_LIST_H

#include "../common/msg.h"
#include "trap.h"

/* Variables of one notification; ours have 14 and a row for each client. */
#define LIST_BINDS_MAX 64

enum list_type {
	LIST_OTHER, /* one that RINGBACK-MIB has no use for */
	LIST_NUMBER, /* INTEGER, Unsigned32 */
	LIST_OCTETS,
};

/* A variable, as decoded by the SNMP library. */
struct list_bind {
	struct trap_oid oid; /* len 0: it had no oid that is one (RFC 2578, 3.5) */
	uint8_t type; /* enum list_type */
	int64_t number;
	const uint8_t *octets; /* the library's; valid as long as its message is */
	size_t len;
};

/* Whether @oid, a snmpTrapOID, is a notification below @base. */
bool list_is_ours(const struct trap_oid *base, const struct trap_oid *oid);

/*
 * Decodes the notification @oid with its @n variables. The fields id, route and target of
 * @out are left 0. NULL: it is one that can be believed in itself; else why not, as part
 * of a sentence ("a row is of another outage"), and @out is undefined. Variables that are
 * not known are passed over.
 */
const char *list_decode(const struct trap_oid *base, const struct trap_oid *oid,
			const struct list_bind *binds, size_t n, struct msg_handover *out);

#endif /* RINGBACK_TRAPS_LIST_H */
