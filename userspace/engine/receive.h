/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lists of waiting clients that other routers hand to us, to be told by our own contacts.
 * A part is answered when it is on disk; nobody is told before the list is released.
 */
#ifndef RINGBACK_ENGINE_RECEIVE_H
#define RINGBACK_ENGINE_RECEIVE_H

#include "engine.h"

/* Tells the room "traps" what became of one of its messages. 0 or -errno: it was not told. */
typedef int (*receive_answer)(const struct msg_taken *t, void *arg);

/* NULL: out of memory. */
struct receive *receive_new(struct engine *e, receive_answer answer, void *arg);
/* After the batch: nothing is answered any more. */
void receive_free(struct receive *r);

/* From the room "traps": h->target is the receive section. Answered after the commit. */
void receive_list(struct receive *r, const struct msg_handover *h);

/*
 * What becomes of @w, WAITER_ASKING of @o, now that w->mail is known ("": nobody): in the
 * open batch. 0 or -errno.
 */
int receive_late(struct engine *e, const struct outage *o, struct waiter *w);

/* The batch was committed, or undone. */
void receive_committed(struct receive *r);
void receive_undone(struct receive *r);

/* Drops lists that were not heard of for a week and never released, with a word. */
void receive_forget(struct receive *r);

#endif /* RINGBACK_ENGINE_RECEIVE_H */
