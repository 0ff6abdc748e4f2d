/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The engine room: what its parts share. Each part has an opaque type of its own
 * and is reached through the functions declared in its header; only engine.c
 * knows them all.
 */
#ifndef RINGBACK_ENGINE_ENGINE_H
#define RINGBACK_ENGINE_ENGINE_H

#include <event2/event.h>
#include <stdbool.h>
#include <stdint.h>

#include "../common/conf.h"
#include "../common/msg.h"
#include "measure.h"
#include "recovery.h"
#include "resolve.h"
#include "store.h"

struct kernel;
struct outbox;
struct handovers;
struct probes;
struct control;
struct tracker;
struct web_peer;
struct standin;
struct inquiry;
struct lookup;
struct receive;
struct tally;

#define N_EVIDENCE 4

/* Counters for "show daemon" and the metrics, since the engine started. */
struct engine_counters {
	uint64_t failures; /* failed attempts reported by the kernel */
	uint64_t failed[RINGBACK_REASON_MAX + 1]; /* the same, by reason */
	uint64_t outages; /* opened or taken up again */
	uint64_t outages_refused; /* times that one was not, because OUTAGES_MAX are open */
	uint64_t recoveries;
	uint64_t recovered[N_EVIDENCE]; /* the same, by evidence */
	uint64_t evidence[N_EVIDENCE]; /* that came for open outages */
	uint64_t settled[WAITER_STATES]; /* waiters, by what became of them */
	uint64_t flaps; /* recoveries undone by a new failure */
	uint64_t traps;
	struct msg_unheard unheard; /* SNMP messages that came no further than to their room */
	uint64_t probes;
	uint64_t probes_answered, probes_failed;
	uint64_t tries[DELIVERIES]; /* of messages, by how they went */
	uint64_t notices[MESSAGE_STATES]; /* mailed, by what became of them */
	uint64_t bad_messages; /* malformed, from other rooms or the kernel */
	uint64_t overruns; /* events of the kernel that came faster than we read */
	uint64_t resyncs;
	uint64_t visits; /* clients that the stand-in met and that were no waiters before */
	uint64_t visits_refused; /* of those, how many came too fast or were too many */
	uint64_t choices; /* answers to the inquiry */
	uint64_t too_many_client, too_many_address, too_many_total; /* refused by a limit */
	uint64_t lists, lists_refused; /* of other routers: released; parts that were refused */
	uint64_t confirmed, suppressed; /* links of mails that were followed */
	uint64_t lookups, lookups_failed; /* questions to the contact command */
	struct histogram times[N_MEASURES];
};

struct engine {
	struct event_base *base;
	const struct conf *conf;
	int64_t started; /* ns since the Epoch */
	struct store *store;
	struct batch *batch;
	struct resolver contacts;
	bool contacts_stale; /* to be read again from the store */
	struct kernel *kernel; /* NULL: none expected */
	struct tracker *tracker;
	struct probes *probes;
	struct outbox *outbox;
	struct handovers *handovers;
	bool traps_connected, mailer_connected, agentx_connected;
	struct control *control;
	struct web_peer *web; /* NULL: no such room */
	struct standin *standin; /* NULL: no watch wants it */
	struct inquiry *inquiry;
	struct lookup *lookup;
	struct receive *receive;
	struct tally *tally; /* NULL: nothing is counted by name */
	struct engine_counters count;
};

struct moment engine_now(void);
/* Counts evidence @e, at its place in @count: N_EVIDENCE of them. */
void engine_count_evidence(uint64_t *count, enum evidence e);
bool engine_store_failing(const struct engine *e);
/* The watch @name of the configuration, else (made by the CLI) the defaults. */
const struct conf_watch *engine_watch(const struct engine *e, const char *name);
/* The contacts, read again if they changed; never NULL. */
const struct resolver *engine_contacts(struct engine *e);
/*
 * The MAC that @client has by its lease, else @seen, that its packets had (NULL: none).
 * That of a lease comes first because a packet from behind another router has that one's.
 * NULL: not known. @buf: room for it.
 */
const struct mac *engine_mac(const struct engine *e, const struct addr *client,
			     const struct mac *seen, struct mac *buf);
/* The contact of the table for @client: by its address, @seen, or its lease. NULL: none. */
const struct contact *engine_contact(struct engine *e, const struct addr *client,
				     const struct mac *seen);
/* Arms @ev in @ms milliseconds (at once for 0 or less; never for RECOVERY_NEVER). */
void engine_arm(struct event *ev, int64_t ms);

#endif /* RINGBACK_ENGINE_ENGINE_H */
