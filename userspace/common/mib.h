/* SPDX-License-Identifier: GPL-2.0 */
/*
 * RINGBACK-MIB in numbers (docs/mib/RINGBACK-MIB.txt is the same for people): what the
 * mailer sends, the traps room reads and the AgentX room serves. All OIDs stand below
 * conf.mib_base.
 *
 *   .0.N               notifications (RFC 2578, 8.5: a zero before the last)
 *   .1.1               ringbackDaemon: scalars, counters
 *   .1.2.1.C.SERVICE   ringbackServiceTable: what is down
 *   .1.3.1.C.OUTAGE    ringbackOutageTable
 *   .1.4.1.C.OUTAGE.ADDRESS  ringbackWaiterTable
 *   .1.5.N.0           ringbackList: objects of notifications only
 *   .2                 conformance
 *
 * ADDRESS is InetAddressType, length, octets (RFC 4001, 4.1); SERVICE is ADDRESS, the IP
 * protocol's number, the port; OUTAGE an Unsigned32.
 *
 * A notification bears, after sysUpTime.0 and snmpTrapOID.0, in any order:
 *   all                   LIST_ROUTER; of its outage MIB_OUTAGE_SERVER_TYPE, _SERVER,
 *                         _PROTOCOL, _PORT, _REASON, _BEGAN, and _NAME and _WATCH if any
 *   SERVICE_UP, WAITING, RELEASED   also _EVIDENCE and _ENDED
 *   WAITING               also LIST_NUMBER, _PART, _PARTS, _CLIENTS, _LOSSY and its rows: for
 *                         each client the MIB_WAITER_SUMMARY of its entry
 *   RELEASED, WITHDRAWN   also LIST_NUMBER, _PARTS, _CLIENTS
 * Times are DateAndTime in UTC (11 octets); they are compared as they were sent.
 */
#ifndef RINGBACK_COMMON_MIB_H
#define RINGBACK_COMMON_MIB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"

/* base.0.N */
enum mib_notification {
	MIB_SERVICE_DOWN = 1,
	MIB_SERVICE_UP,
	MIB_WAITING_CLIENTS,	/* HANDOVER_PART */
	MIB_LIST_RELEASED,	/* HANDOVER_RELEASE */
	MIB_LIST_WITHDRAWN,	/* HANDOVER_WITHDRAW */
};

/* base.1.N */
enum mib_group { MIB_DAEMON = 1, MIB_SERVICES, MIB_OUTAGES, MIB_WAITERS, MIB_LIST };

/* base.1.1.N.0 */
enum mib_daemon {
	MIB_VERSION = 1,	/* SnmpAdminString */
	MIB_STARTED,		/* DateAndTime */
	MIB_KERNEL,		/* INTEGER: none(1), connected(2), missing(3) */
	MIB_STORE,		/* INTEGER: ok(1), failing(2) */
	MIB_OPEN_OUTAGES,	/* Gauge32, as all that can go down again */
	MIB_CONTACTS,
	MIB_ATTEMPTS_FAILED,	/* Counter64, as the next five */
	MIB_OUTAGES_BEGUN,
	MIB_RECOVERIES,
	MIB_FLAPS,
	MIB_TRAPS,
	MIB_PROBES,
	MIB_NOTICES_WAITING,	/* Gauge32, as the next six */
	MIB_MESSAGES_QUEUED,
	MIB_MESSAGES_SENT,
	MIB_MESSAGES_REFUSED,
	MIB_MESSAGES_GIVEN_UP,
	MIB_MESSAGES_DROPPED,
	MIB_HANDOVERS_UNDER_WAY,
	MIB_HANDOVERS_DONE,	/* Counter64, as the next three */
	MIB_HANDOVERS_FAILED,
	MIB_LISTS_TAKEN,
	MIB_LISTS_REFUSED,
	MIB_TABLE_ENTRIES,	/* Gauge32; of the kernel module: this and the next three */
	MIB_TABLE_SIZE,		/* Gauge32; have no instance without it */
	MIB_TABLE_REFUSED,	/* Counter64 */
	MIB_EVENTS_LOST,	/* Counter64 */
};

/* base.1.2.1.N */
enum mib_service {
	MIB_SERVICE_SERVER_TYPE = 1,	/* not-accessible, as the next three */
	MIB_SERVICE_SERVER,
	MIB_SERVICE_PROTOCOL,
	MIB_SERVICE_PORT,
	MIB_SERVICE_STATE,	/* INTEGER: down(1), returning(2) */
	MIB_SERVICE_OUTAGE,	/* Unsigned32: index of its outage */
	MIB_SERVICE_WAITING,	/* Gauge32: clients */
	MIB_SERVICE_REASON,	/* INTEGER: enum ringback_reason */
	MIB_SERVICE_SINCE,	/* DateAndTime */
	MIB_SERVICE_NAME,	/* SnmpAdminString, may be empty */
};

/* base.1.3.1.N */
enum mib_outage {
	MIB_OUTAGE_INDEX = 1,	/* not-accessible */
	MIB_OUTAGE_SERVER_TYPE,	/* InetAddressType */
	MIB_OUTAGE_SERVER,	/* InetAddress */
	MIB_OUTAGE_PROTOCOL,	/* Unsigned32: 6, 17 */
	MIB_OUTAGE_PORT,	/* InetPortNumber */
	MIB_OUTAGE_REASON,	/* INTEGER: enum ringback_reason */
	MIB_OUTAGE_EVIDENCE,	/* INTEGER: none(0), trap(1), reply(2), probe(3), operator(4) */
	MIB_OUTAGE_BEGAN,	/* DateAndTime */
	MIB_OUTAGE_ENDED,	/* DateAndTime; eight zero octets while it is open */
	MIB_OUTAGE_WAITING,	/* Gauge32: clients */
	MIB_OUTAGE_WATCH,	/* SnmpAdminString */
	MIB_OUTAGE_NAME,	/* SnmpAdminString: the server's name for people */
};

/* base.1.4.1.N */
enum mib_waiter {
	MIB_WAITER_CLIENT_TYPE = 1,	/* not-accessible, as the next */
	MIB_WAITER_CLIENT,
	MIB_WAITER_STATE,	/* INTEGER: 1 + enum waiter_state */
	/*
	 * OCTET STRING of 13 or 19: reason (1), attempts (4), first and last attempt in
	 * seconds since the Epoch (4 each, unsigned), big endian; MAC (6) where it is known.
	 */
	MIB_WAITER_SUMMARY,
};
#define MIB_SUMMARY_LEN		13
#define MIB_SUMMARY_MAC_LEN	19

struct mib_summary {
	uint8_t reason;		/* enum ringback_reason */
	bool has_mac;
	struct mac mac;
	uint32_t attempts;
	uint32_t first, last;	/* of them, seconds since the Epoch */
};
/* Returns the length. */
size_t mib_put_summary(const struct mib_summary *s, uint8_t octets[MIB_SUMMARY_MAC_LEN]);

/* base.1.5.N.0 */
enum mib_list {
	MIB_LIST_ROUTER = 1,	/* SnmpAdminString, 1..63 */
	MIB_LIST_PART,		/* Unsigned32, 1..parts */
	MIB_LIST_PARTS,		/* Unsigned32 */
	MIB_LIST_CLIENTS,	/* Unsigned32, in all parts */
	MIB_LIST_LOSSY,		/* TruthValue: clients may be missing */
	MIB_LIST_NUMBER,	/* Unsigned32: with router and outage what names a list; those whose
				 * mail was refused later are a list of their own */
};

/*
 * How many clients go into one notification, so that the datagram fits into the least
 * MTU of IPv6 (1280, RFC 8200, 5) under authPriv (SHA-512, AES) with the longest names,
 * user and engine ID: whatever the path is, nothing is fragmented.
 */
#define MIB_DATAGRAM_MAX	1232
#define MIB_ROWS_IPV4		6
#define MIB_ROWS_IPV6		4

/* InetAddressType: ipv4(1), ipv6(2) */
uint32_t mib_address_type(const struct addr *a);
#define MIB_ADDRESS_MAX		18	/* sub-identifiers of ADDRESS */
/* Writes ADDRESS, and returns how many sub-identifiers it has. */
size_t mib_put_address(const struct addr *a, uint32_t id[MIB_ADDRESS_MAX]);

#define MIB_DATE_LEN		11
/* DateAndTime (RFC 2579) in UTC of @t, ns since the Epoch. */
void mib_put_date(int64_t t, uint8_t octets[MIB_DATE_LEN]);

#endif /* RINGBACK_COMMON_MIB_H */
