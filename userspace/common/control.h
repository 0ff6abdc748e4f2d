/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The control socket between the CLI and the engine: AF_UNIX SOCK_STREAM,
 * JSON texts of one line each (RFC 8259, no newline inside). The CLI sends one
 * request, the engine answers with rows and one closing line, then either side
 * may close. Lines of over CONTROL_LINE_MAX bytes end the connection.
 *
 *   > {"command": "show outages"}
 *   < {"row": {"id": 7, "server": "192.0.2.10", ...}}
 *   < {"done": {"rows": 1}}          or   {"error": "one sentence", "status": 1}
 *
 * Commands and their arguments (members beside "command"):
 *
 *   show outages   [hours]                     id server proto port name state
 *                                              reason began ended evidence
 *                                              detail waiters watch router
 *   show waiters   [server] [client] [outage]  client server proto port outage
 *                                              state reason attempts first last
 *                                              mac choice mail watch router
 *   show contacts                              key mail added
 *   show notices   [outage]                    id outage client server proto port
 *                                              mail route target state tries code
 *                                              answer created next done
 *   show handovers                             id kind outage server proto port route
 *                                              target state list part parts clients
 *                                              tries code answer created next until
 *                                              done
 *   show lists                                router section outage origin list
 *                                              server proto port name state parts
 *                                              got clients taken lossy heard
 *   show daemon                                key value: version, counters
 *   contact add    key mail                    key: ADDR, ADDR/LEN or MAC
 *   contact del    key
 *   contact allow  mail                        done: suppressed: whether its owner had
 *                                              asked never to hear of us
 *   contact import rows: [[line, key, mail]..] row per refused line: line, error
 *                                              done: imported, refused
 *   show leases                                client mac ends
 *   lease import   [import] rows: [[line, client, mac, ends]..]
 *                                              ends: seconds since the Epoch, null: never;
 *                                              in the past: the address is free. Row per
 *                                              refused line: line, error. Done: import (its
 *                                              number, for the next piece), imported,
 *                                              refused
 *   lease import   import end: true            forgets some of what came before: to be
 *                                              repeated until done says left: false
 *   lease clear
 *   recover        server [proto port]         row per outage taken up
 *   why            client server [proto port]  a sentence a row, in order: server proto
 *                                              port topic code outage text; without proto
 *                                              and port: of all that is known there
 *   metrics                                    text: whole lines; all rows together
 *                                              are Prometheus' text format
 *   monitor                                    rows until the client closes:
 *                                              time event server proto port
 *                                              client detail
 *
 * A handover is a list on its way to others ("list"; to a webhook one "part" of it), or the
 * announcement that a service is "down" or "up"; states: docs/routes.md.
 *
 * "router" of an outage is the receive section of the router that saw it, null where that
 * was us. A list is of our "outage", which is "origin" and "list" there; of "parts" and
 * "clients" we have "got" and "taken"; state: "collecting", "complete" (but not released:
 * nobody is told), "released", "dropped" (it is being deleted).
 *
 * With "hours" outages that are open or ended within them, with "outage" (0: any)
 * notices come newest first, CONTROL_NEWEST_MAX at most.
 *
 * Times are RFC 3339 strings, absent values are null. A key never changes its
 * meaning; more may join. Who may connect is the socket's file mode (0660,
 * root and the daemon's group); who may change something (contact, lease, recover)
 * must be root or in that group too: SO_PEERCRED is checked again.
 */
#ifndef RINGBACK_COMMON_CONTROL_H
#define RINGBACK_COMMON_CONTROL_H

#define CONTROL_LINE_MAX	(1024 * 1024)
/* Rows of one "contact import" or "lease import" request; the CLI splits larger files. */
#define CONTROL_IMPORT_ROWS	1000
#define CONTROL_NEWEST_MAX	200

#endif /* RINGBACK_COMMON_CONTROL_H */
