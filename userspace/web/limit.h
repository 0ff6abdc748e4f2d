/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How many connections each client has. An IPv6 client is its /64 network: one
 * has all the addresses of it.
 */
#ifndef RINGBACK_WEB_LIMIT_H
#define RINGBACK_WEB_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "../common/addr.h"

struct limit;

/* At most @max of one client at a time; NULL: out of memory. */
struct limit *limit_new(uint32_t max);
void limit_free(struct limit *l);
/* One more: false, and nothing counted, when that is too many (or out of memory). */
bool limit_enter(struct limit *l, const struct addr *client);
/* One less; exactly one for each limit_enter() that was true. */
void limit_leave(struct limit *l, const struct addr *client);
/* The same client, for the purpose of this limit? */
bool limit_same(const struct addr *a, const struct addr *b);

#endif /* RINGBACK_WEB_LIMIT_H */
