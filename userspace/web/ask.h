/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Questions to the engine and their answers, matched by number. An engine that
 * is away or slow is an answer, too: after ASK_MS at the latest.
 */
#ifndef RINGBACK_WEB_ASK_H
#define RINGBACK_WEB_ASK_H

#include "../common/msg.h"
#include "web.h"

#define ASK_MS			1500
#define ASK_STANDINGS_MAX	256	/* services of one client that are shown */

struct answer {
	int err;			/* 0, -ENOTCONN: no engine, -ETIMEDOUT */
	const struct msg_standing *standings; /* of ask_standing() */
	size_t n_standings;
	const struct msg_outcome *outcome;	/* of the others; NULL with an error */
};

/*
 * Called once, perhaps before the function that asks returns. What @a points to
 * is valid until it returns.
 */
typedef void ask_done(void *arg, const struct answer *a);

/* Fatal: out of memory. */
struct asks *asks_new(struct web *w);
void asks_free(struct asks *a);

/*
 * They return a number to cancel with, 0 when done() was called already.
 * @s NULL: all services of the client.
 */
uint64_t ask_standing(struct web *w, const struct addr *client, const struct service *s,
		      ask_done *done, void *arg);
/* The id in @c is filled in. */
uint64_t ask_choice(struct web *w, struct msg_choice *c, ask_done *done, void *arg);
uint64_t ask_token(struct web *w, struct msg_token *t, ask_done *done, void *arg);
/* done() will not be called; of one that is over or 0: nothing. */
void ask_cancel(struct web *w, uint64_t id);

/* From the engine. */
void ask_standing_came(struct web *w, const struct msg_standing *s);
void ask_outcome_came(struct web *w, const struct msg_outcome *o);
void ask_engine_gone(struct web *w);

#endif /* RINGBACK_WEB_ASK_H */
