/* SPDX-License-Identifier: GPL-2.0 */
/*
 * net-snmp as the rooms want it: no files, no environment, no log of its own. The
 * library has one state a process, and so has this.
 */
#ifndef RINGBACK_SNMP_LIBRARY_H
#define RINGBACK_SNMP_LIBRARY_H

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>

#include "../common/conf.h"

/* Before init_snmp(): it then knows what it is told, and what it has to say is a
 * debug line of ours at most every 10 seconds. */
void snmp_library_quiet(void);

/* The OIDs of RFC 3414, 3826 and 7860, each of SNMP_PROTOCOL_LEN sub-identifiers. */
#define SNMP_PROTOCOL_LEN OID_LENGTH(usmNoPrivProtocol)
const oid *snmp_auth_protocol(enum snmp_auth auth);
const oid *snmp_priv_protocol(enum snmp_priv priv);

#endif /* RINGBACK_SNMP_LIBRARY_H */
