/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The open outages, followed from the first failure to the end: what happens is
 * fed in here, the store, the probes and the log learn of it.
 */
#ifndef RINGBACK_ENGINE_TRACKER_H
#define RINGBACK_ENGINE_TRACKER_H

#include "../nl/nl.h"
#include "engine.h"

struct track;
struct track_list;

/*
 * So many are followed at a time. The module's bound is none for us: what it evicts to make
 * room for others stays open here. Beyond that a new one is refused, which is counted, and
 * tried again whenever the kernel tells of it.
 */
#define OUTAGES_MAX 16384

struct tracker *tracker_new(struct engine *e);
void tracker_free(struct tracker *t);
/*
 * Takes up the open outages of the store and the recoveries under way: what was to be
 * confirmed is probed at once, holds begin anew. All of them, be they more than OUTAGES_MAX.
 * 0 or -errno.
 */
int tracker_load(struct tracker *t);
unsigned int tracker_open(const struct tracker *t);

/* The kernel on a service: down, or answering again. False: nothing came of it. */
bool tracker_service(struct tracker *t, const struct nl_service *s);
/*
 * All of the kernel's services follow, by tracker_service(); and were told. A service that
 * is not among them has no answer that the kernel would tell us of: after a reboot, a
 * module loaded anew, or where it had to make room. It is made to know it again.
 */
void tracker_services_begin(struct tracker *t);
void tracker_services_end(struct tracker *t);
/*
 * Something happened that the kernel did not tell us: clients of the open outages may be
 * missing among their waiters (outage.lossy).
 */
void tracker_blind(struct tracker *t);
/* A failed attempt, from an event or a dump; told before is no harm. */
void tracker_attempt(struct tracker *t, const struct nl_attempt *a);
/* The kernel was told to drop the attempts of @s: what was on its way meanwhile went, too. */
void tracker_forgotten(struct tracker *t, const struct service *s);
/* A trap, checked by the room "traps"; the sender is checked here again. */
void tracker_trap(struct tracker *t, const struct msg_trap *trap);
/*
 * The operator says that @server is back: all its services when @proto is 0. @cb
 * gets each outage that this ends, before it ends. Returns how many.
 */
unsigned int tracker_recover(struct tracker *t, const struct addr *server, uint8_t proto,
			     uint16_t port, void (*cb)(const struct outage *o, void *arg),
			     void *arg);
/* A probe_cb; @key is the outage's id. */
void tracker_probed(uint64_t key, int err, void *arg);
/* The phase of an open outage, for people; NULL if it is not open. */
const char *tracker_phase(const struct tracker *t, const struct outage *o);

/* The open outages, oldest first (track.h). Those not committed may yet vanish. */
struct track_list *tracker_tracks(struct tracker *t);
/* The open outage of @s that is on disk, or NULL; by its id. */
struct track *tracker_find(const struct tracker *t, const struct service *s);
struct track *tracker_find_id(const struct tracker *t, uint64_t id);
/*
 * A client met the stand-in for @tr, or wants to be told: it waits as if its attempt had
 * been seen. Within the open batch. 1: it is new among the waiters; 0; -errno.
 */
int tracker_visit(struct tracker *t, struct track *tr, const struct addr *client);

/* What was opened since the last commit is on disk; or is not, and is dropped from the loop. */
void tracker_committed(struct tracker *t);
void tracker_undone(struct tracker *t);
/* The store may be written again: notes the evidence that it lacks. */
void tracker_retry(struct tracker *t);

/*
 * Writes the waiter behind @a into outage @o, within the open batch. @in_kernel: the
 * kernel is known to hold it. 1: news; 0; -errno.
 */
int waiter_record(struct engine *e, const struct outage *o, const struct nl_attempt *a,
		  bool in_kernel);

/*
 * The same for a client that the stand-in has met at just this moment: the kernel has
 * no failed attempt of it, and neither its MAC. 1: it was not waiting before; 0; -errno.
 */
int waiter_visit(struct engine *e, const struct outage *o, const struct addr *client);

/*
 * What becomes of @w, WAITER_ASKING of the ended outage @o, now that w->mail is known,
 * or is known to be nothing; within the open batch. Its state is its verdict then; with a
 * notice the caller kicks the outbox when that is on disk. 0 or -errno.
 */
int waiter_late(struct engine *e, const struct outage *o, struct waiter *w);

/*
 * Ends outage @o on the evidence in @r: its waiters' verdicts, the notices and the
 * end itself in one transaction; then the kernel is told. -EAGAIN: a client failed
 * after the evidence (when: *@failed), so it is not over; another -errno: it could
 * not be recorded, try again.
 */
int outage_close(struct engine *e, struct outage *o, const struct recovery *r, int64_t *failed);

#endif /* RINGBACK_ENGINE_TRACKER_H */
