/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which clients have their page open, as the room "web" says: in memory only, for a
 * page that is open says so again when the engine is a new one. Pure but for its
 * memory.
 */
#ifndef RINGBACK_ENGINE_PRESENCE_H
#define RINGBACK_ENGINE_PRESENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "../common/addr.h"

struct presence;

/* @max: event streams at a time. NULL: out of memory. */
struct presence *presence_new(uint32_t max);
void presence_free(struct presence *p);
/* One more event stream of @client about @s. False: there are more than there can be. */
bool presence_open(struct presence *p, const struct addr *client, const struct service *s);
/* One less. False: there was none. */
bool presence_close(struct presence *p, const struct addr *client, const struct service *s);
bool presence_is(const struct presence *p, const struct addr *client, const struct service *s);
/* Nobody any more. */
void presence_clear(struct presence *p);
/* Event streams open. */
uint32_t presence_count(const struct presence *p);

#endif /* RINGBACK_ENGINE_PRESENCE_H */
