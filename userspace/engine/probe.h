/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Probes: TCP connections to see whether a service answers. Non-blocking, a
 * bounded number at a time; the others wait for their turn, and what confirms evidence
 * goes before what is merely due. Silent services can be many, and somebody who tries
 * dead addresses makes more of them: a trap must not wait behind all these.
 */
#ifndef RINGBACK_ENGINE_PROBE_H
#define RINGBACK_ENGINE_PROBE_H

#include <event2/event.h>
#include <stdbool.h>
#include <stdint.h>

#include "../common/addr.h"

#define PROBES_AT_A_TIME 64

struct probes;
struct probe; /* one of them: good until its probe_cb is called */

/*
 * @key is the caller's. @err: 0 when the service answered, else what connect(2)
 * said, -ETIMEDOUT after the timeout. Called from the loop, never from within
 * probe_start().
 */
typedef void (*probe_cb)(uint64_t key, int err, void *arg);

/* NULL: out of memory. */
struct probes *probes_new(struct event_base *base, unsigned int at_a_time, probe_cb cb, void *arg);
/* No callback comes any more. */
void probes_free(struct probes *p);
/*
 * @timeout: seconds, from the moment it is its turn. @confirms: it goes before those that
 * do not. NULL: out of memory.
 */
struct probe *probe_start(struct probes *p, const struct service *s, unsigned int timeout,
			  uint64_t key, bool confirms);
/* It confirms evidence now: as if it had been started so. */
void probe_hasten(struct probe *p);
/* Probes running and waiting. */
unsigned int probes_pending(const struct probes *p);

#endif /* RINGBACK_ENGINE_PROBE_H */
