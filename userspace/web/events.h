/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The event streams: pages and agents that are told the moment something
 * changes. A stream of the stand-in is about its service; one of the portal
 * about all that its client failed to reach.
 */
#ifndef RINGBACK_WEB_EVENTS_H
#define RINGBACK_WEB_EVENTS_H

#include "../common/msg.h"
#include "conn.h"
#include "web.h"

/* Starts the heartbeat. Fatal: out of memory. */
struct events *events_new(struct web *w);
void events_free(struct events *e);
/* GET v1/events: makes a stream of @c. */
void events_open(struct conn *c);
/* @m has changed: its state, or the rounded number of those who wait. */
void events_service(struct web *w, const struct msg_service *m);
/* To a new engine: which pages are open. */
void events_tell_again(struct web *w);

#endif /* RINGBACK_WEB_EVENTS_H */
