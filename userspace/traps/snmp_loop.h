/* SPDX-License-Identifier: GPL-2.0 */
/*
 * SNMP messages from bound UDP sockets. net-snmp keeps its state in globals, so
 * there is one loop in a process and no handle to it. The library opens no
 * file and no socket: everything it needs is given to snmp_loop_init().
 */
#ifndef RINGBACK_TRAPS_SNMP_LOOP_H
#define RINGBACK_TRAPS_SNMP_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "../common/conf.h"
#include "trap.h"

enum snmp_reply {
	SNMP_SILENCE, /* its sender may repeat it */
	SNMP_ANSWER,
	SNMP_LATER, /* snmp_loop_answer() with the ticket that was set */
};

struct snmp_loop_ops {
	/* Before a byte is decoded: false drops the datagram. */
	bool (*known)(const struct addr *source, void *arg);
	/* A decoded message, and whether it is answered, where it is an inform. */
	enum snmp_reply (*message)(const struct trap_raw *raw, uint64_t *ticket, void *arg);
	/* The library refused a datagram by itself. */
	void (*refused)(const struct addr *source, enum trap_verdict why, void *arg);
	void *arg;
};

/*
 * @engine_id: our snmpEngineID in hex digits; @boots: our snmpEngineBoots, which
 * must be greater than in every start before. The users of @snmp are
 * known on our own engine, and on their engine_id where they have one. -EINVAL:
 * an unusable engine ID or key; *@why then says which. Once per process.
 */
int snmp_loop_init(const struct conf_snmp *snmp, const char *engine_id, uint32_t boots,
		   const struct snmp_loop_ops *ops, const char **why);

struct snmp_listener;

/* Takes over the bound UDP socket @fd; NULL with errno set. */
struct snmp_listener *snmp_loop_listen(int fd);
void snmp_loop_close(struct snmp_listener *l);

/* Handles one of the datagrams that wait on @l; false: none did. */
bool snmp_loop_read(struct snmp_listener *l);
/* Datagrams that the kernel dropped because we were slow, since listening. */
uint32_t snmp_loop_lost(const struct snmp_listener *l);

/*
 * Answers the inform of @ticket, unless too many came since: the error-status tells what
 * @taken is. How long it has waited, ms, or -1: it does not wait.
 */
void snmp_loop_answer(uint64_t ticket, enum taken taken);
int64_t snmp_loop_waits(uint64_t ticket);
/* Whoever waits for an answer gets none. */
void snmp_loop_forget(void);

#endif /* RINGBACK_TRAPS_SNMP_LOOP_H */
