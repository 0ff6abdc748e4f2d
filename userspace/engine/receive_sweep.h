/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Received lists of which nothing comes any more: withdrawn, or never released. What is
 * large is deleted bit by bit.
 */
#ifndef RINGBACK_ENGINE_RECEIVE_SWEEP_H
#define RINGBACK_ENGINE_RECEIVE_SWEEP_H

#include "engine.h"

struct sweeper;

/* NULL: out of memory. */
struct sweeper *sweeper_new(struct engine *e);
/* NULL is fine. What is not deleted yet is found by the next one. */
void sweeper_free(struct sweeper *s);

/* Within the open batch: @l is LIST_DROPPED, and deleted, now or soon. 0, 1 (soon) or -errno. */
int sweeper_drop(struct sweeper *s, struct list *l);
/* Drops what has been silent for a week, with a line in the log; goes on with what is dropped. */
void sweeper_forget(struct sweeper *s);

#endif /* RINGBACK_ENGINE_RECEIVE_SWEEP_H */
