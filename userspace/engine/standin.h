/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The stand-in: lets this host answer in the place of servers that are down. Decides
 * for which services and clients, and keeps what that needs in the kernel: the
 * module's lease and modes, the nftables table, rules and routes, the queue.
 *
 * The lease is renewed from the loop, and only while the room "web" is there: whatever
 * dies or hangs, connections pass when it is over.
 */
#ifndef RINGBACK_ENGINE_STANDIN_H
#define RINGBACK_ENGINE_STANDIN_H

#include "../nl/nl.h"
#include "engine.h"

/* NULL: no watch wants it. All below accept that. */
struct standin *standin_new(struct engine *e);
/* An orderly end: nothing of it stays in the kernel. */
void standin_free(struct standin *st);

/* The module can be talked to; it cannot any more. */
void standin_module_here(struct standin *st);
void standin_module_gone(struct standin *st);

/* The open outage of @s, under watch @w, is in @phase. */
void standin_outage(struct standin *st, const struct conf_watch *w, const struct service *s,
		    enum recovery_phase phase);
/* It is not open any more. */
void standin_over(struct standin *st, const struct service *s);
/* What the module says of a service: it may have forgotten what it was told. */
void standin_heard(struct standin *st, const struct nl_service *s);
/* The room "web" has met @client in the place of @s. */
void standin_met(struct standin *st, const struct addr *client, const struct service *s);
/* @client is not to be bothered any more, or may be again. */
void standin_reconsider(struct standin *st, const struct addr *client, const struct service *s);

#endif /* RINGBACK_ENGINE_STANDIN_H */
