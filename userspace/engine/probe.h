/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Probes: TCP connections to see whether a service answers. Non-blocking, a
 * bounded number at a time; the others wait for their turn.
 */
#ifndef RINGBACK_ENGINE_PROBE_H
#define RINGBACK_ENGINE_PROBE_H

#include <event2/event.h>
#include <stdbool.h>
#include <stdint.h>

#include "../common/addr.h"

#define PROBES_AT_A_TIME 64

struct probes;

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
/* @timeout: seconds, from the moment it is its turn. 0 or -ENOMEM. */
int probe_start(struct probes *p, const struct service *s, unsigned int timeout, uint64_t key);
/* Probes running and waiting. */
unsigned int probes_pending(const struct probes *p);

#endif /* RINGBACK_ENGINE_PROBE_H */
