/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The channel to the engine. It may be away for a while: then what is known is
 * served, and what would be lost waits in a short queue.
 */
#ifndef RINGBACK_WEB_ENGINE_H
#define RINGBACK_WEB_ENGINE_H

#include <stdbool.h>

#include "../common/msg.h"
#include "web.h"

/* Fatal: out of memory. */
struct engine_link *engine_new(struct web *w);
void engine_free(struct engine_link *e);
/* A new channel; owns @fd. An older one is closed. */
void engine_open(struct web *w, int fd);
bool engine_there(const struct web *w);
/*
 * Sends, or keeps until it can be sent. @fd (or -1) is not kept: with one, and
 * for a full queue, -EAGAIN; without an engine -ENOTCONN.
 */
int engine_send(struct web *w, enum msg_type type, const void *body, size_t len, int fd);
void engine_visit(struct web *w, const struct addr *client, const struct service *s,
		  enum visit visit);

#endif /* RINGBACK_WEB_ENGINE_H */
