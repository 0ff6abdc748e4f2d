/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The control socket, as the rest of the engine sees it: it runs by itself, and
 * takes events for those who watch. common/control.h is the protocol.
 */
#ifndef RINGBACK_ENGINE_CONTROL_H
#define RINGBACK_ENGINE_CONTROL_H

#include "engine.h"

/* @listen_fd: bound and listening, stays the caller's. NULL: out of memory. */
struct control *control_new(struct engine *e, int listen_fd);
void control_free(struct control *c);
/*
 * Serves the client behind @fd, taken over: for looking only, whoever it is. Few at a
 * time; one too many is closed. @c may be NULL.
 */
void control_attach(struct control *c, int fd);

/*
 * Tells every "monitor" client. @service, @client and @detail may be NULL. Cheap
 * when nobody watches.
 */
void control_event(struct control *c, const char *event, const struct service *service,
		   const struct addr *client, const char *detail);

#endif /* RINGBACK_ENGINE_CONTROL_H */
