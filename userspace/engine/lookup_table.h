/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What lookup.c and lookup_scan.c share: the questions, by client and MAC.
 */
#ifndef RINGBACK_ENGINE_LOOKUP_TABLE_H
#define RINGBACK_ENGINE_LOOKUP_TABLE_H

#include <sys/queue.h>

#include "../common/log.h"
#include "lookup.h"

#define QUESTIONS_MAX 1024 /* waiting to be asked; more are found again in the store */
#define ANSWERS_MAX   32768 /* remembered */

enum question_state {
	QUESTION_WAITING,
	QUESTION_ASKED, /* at the mailer */
	QUESTION_ANSWERED,
};

struct question {
	TAILQ_ENTRY(question) link; /* in the list of its state, oldest first */
	struct msg_lookup about; /* id: of the latest time it was asked */
	uint8_t state; /* enum question_state */
	uint8_t found; /* enum found; ANSWERED */
	uint8_t troubles; /* in a row, as far as the distance between tries grows */
	int64_t until; /* ANSWERED: when it may be asked again, CLOCK_MONOTONIC in ms */
	char *mail; /* FOUND_MAIL */
};
TAILQ_HEAD(question_list, question);

struct lookup {
	struct engine *e;
	lookup_send send;
	void *arg;
	void *tree; /* tsearch(3) by client and MAC: no stranger chooses its shape */
	struct question_list list[QUESTION_ANSWERED + 1];
	unsigned int n[QUESTION_ANSWERED + 1];
	uint64_t last_id;
	bool connected; /* to the mailer */
	bool behind; /* a question did not fit */
	bool told; /* notices were written in the open batch */
	struct event *again; /* the mailer's socket was full */
	struct log_rate rate;

	/* The pass through the waiters in the store that have no address. */
	bool scanning, rescan; /* under way; once more after it */
	bool scan_full; /* it waits for questions to be answered */
	uint64_t after_outage; /* its cursor */
	struct addr after_client;
	struct event *scan;
	struct event *scan_later; /* for those that were in trouble */
	int64_t later_at; /* when that is, CLOCK_MONOTONIC in ms */
};

/* What is known, without asking; NULL: it was never asked. */
struct question *question_find(const struct lookup *l, const struct addr *client,
			       const struct mac *mac);
/* That about @w. */
struct question *question_of(const struct lookup *l, const struct waiter *w);
/* Puts it among those to be asked, new or again. False: there are too many, or no memory. */
bool question_ask(struct lookup *l, const struct addr *client, const struct mac *mac);
/* Has been answered, by whatever but trouble. */
bool question_settled(const struct question *q);
/* Sends what may be sent. */
void lookup_pump(struct lookup *l);

/* Begins a pass, or another one after that which is under way. */
void lookup_scan(struct lookup *l);
/* Goes on with one that waited for room. */
void lookup_scan_on(struct lookup *l);
/* A pass in @ms, if none is due before. */
void lookup_scan_in(struct lookup *l, int64_t ms);
/* Writes what @q says into the waiters of its client. */
void lookup_apply(struct lookup *l, const struct question *q);
/* Makes the events of lookup_scan.c; -ENOMEM. */
int lookup_scan_new(struct lookup *l);
void lookup_scan_free(struct lookup *l);

#endif /* RINGBACK_ENGINE_LOOKUP_TABLE_H */
