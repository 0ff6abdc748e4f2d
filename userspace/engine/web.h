/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The engine's side of the channel to the room "web": tells it of services in
 * trouble, takes what its clients do. That room parses what strangers send and may be
 * taken over: whatever it says is checked, bounded, and never worth more than the word
 * of one client. common/msg.h is the protocol.
 */
#ifndef RINGBACK_ENGINE_WEB_H
#define RINGBACK_ENGINE_WEB_H

#include "engine.h"

struct track;

/* NULL: out of memory. */
struct web_peer *web_peer_new(struct engine *e);
void web_peer_free(struct web_peer *p);
/* The room was started, or started again: @fd, taken over, is the socket to it. */
void web_peer_open(struct web_peer *p, int fd);

/* All below accept NULL: no such room. */
bool web_peer_connected(const struct web_peer *p);
/* It is connected, and not stuck: something was heard of it just now. */
bool web_peer_lives(const struct web_peer *p);
/* Something about open outages has changed; what it was is found, and told, soon. */
void web_peer_touch(struct web_peer *p);
/* @o has ended. */
void web_peer_ended(struct web_peer *p, const struct outage *o);
/* @client has its page about @s open: that will take it there. */
bool web_peer_page_open(const struct web_peer *p, const struct addr *client,
			const struct service *s);
/* Event streams open. */
uint32_t web_peer_pages(const struct web_peer *p);

/* What is told of an outage; @tr: who follows it, NULL where it has ended. */
void web_describe(const struct engine *e, const struct outage *o, const struct track *tr,
		  struct msg_service *s);

#endif /* RINGBACK_ENGINE_WEB_H */
