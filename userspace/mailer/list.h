/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A handover as the varbinds of a notification of RINGBACK-MIB (common/mib.h). Pure:
 * no library, no clock.
 */
#ifndef RINGBACK_MAILER_LIST_H
#define RINGBACK_MAILER_LIST_H

#include <stddef.h>
#include <stdint.h>

#include "../common/mib.h"
#include "../common/msg.h"

#define LIST_OID_MAX	128 /* sub-identifiers, RFC 2578, 3.5 */
#define LIST_OCTETS_MAX 64
#define LIST_VARS_MAX	(20 + MIB_ROWS_IPV4)

struct list_oid {
	uint32_t id[LIST_OID_MAX];
	size_t len;
};

enum list_var_type { LIST_VAR_INTEGER, LIST_VAR_UNSIGNED, LIST_VAR_TICKS, LIST_VAR_OCTETS, LIST_VAR_OID };

struct list_var {
	struct list_oid name;
	enum list_var_type type;
	union {
		uint32_t number; /* INTEGER, UNSIGNED, TICKS */
		struct {
			uint8_t bytes[LIST_OCTETS_MAX];
			size_t len;
		} octets;
		struct list_oid oid;
	};
};

/*
 * Fills @vars (LIST_VARS_MAX) with what tells @h under @base, @uptime (hundredths of
 * a second) first. Returns how many there are; -EMSGSIZE: more clients than one
 * notification takes; -ERANGE: the outage's number does not fit into SNMP's 32 bits,
 * or @base is too long for what goes below it.
 */
int list_encode(struct list_var *vars, const struct msg_handover *h, const struct list_oid *base,
		uint32_t uptime);

#endif /* RINGBACK_MAILER_LIST_H */
