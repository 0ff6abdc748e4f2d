/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The NFQUEUE to which the module sends SYNs of clients that are not decided on.
 * The only place with libnetfilter_queue.
 */
#ifndef RINGBACK_ENGINE_STANDIN_QUEUE_H
#define RINGBACK_ENGINE_STANDIN_QUEUE_H

#include <event2/event.h>
#include <linux/nf_ringback.h>
#include <stddef.h>
#include <stdint.h>

#include "../common/addr.h"

struct standin_queue;

/* What becomes of this connection. */
typedef enum ringback_verdict (*standin_ask)(const struct addr *client, const struct service *s,
					     void *arg);

/* Binds a queue of its own and answers from the loop. NULL and a sentence in @why. */
struct standin_queue *standin_queue_new(struct event_base *base, standin_ask ask, void *arg,
					char *why, size_t size);
/* What waits there is dropped, and sent again by its client. NULL is fine. */
void standin_queue_free(struct standin_queue *q);
uint16_t standin_queue_number(const struct standin_queue *q);

#endif /* RINGBACK_ENGINE_STANDIN_QUEUE_H */
