/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Informs that are answered later: what their answers are made of, by a ticket. Their
 * number is bounded, and their size; the oldest goes when another one comes, and its sender
 * repeats it. Only snmp_loop.c knows of this: elsewhere there are tickets.
 */
#ifndef RINGBACK_TRAPS_KEPT_H
#define RINGBACK_TRAPS_KEPT_H

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>

#include <stdbool.h>
#include <stdint.h>

#define KEPT_MAX   4096
#define KEPT_BYTES (8 * 1024 * 1024) /* of their variables, in all */

/*
 * Keeps what is needed to answer @pdu over @session, net-snmp's handle of a single
 * session. One that was kept under @ticket gives way: of a repeated request the latest
 * is answered, which is the one that its sender waits for. Out of memory: it is not kept.
 */
void kept_put(uint64_t ticket, void *session, netsnmp_pdu *pdu, int64_t now_ms);
/* How long something has been kept under @ticket since it was first put, or -1: nothing. */
int64_t kept_for(uint64_t ticket, int64_t now_ms);
/* Answers what is kept under @ticket, if it still is; @status: error-status of RFC 3416. */
void kept_answer(uint64_t ticket, long status);
/* Answers nobody; @session NULL: on any. */
void kept_drop(const void *session);

#endif /* RINGBACK_TRAPS_KEPT_H */
