/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Handovers as values, and the decisions about them that need nothing but values: which
 * step of a watch tells a client, which part of a list it stands in, what an answer
 * leads to. Pure.
 *
 * A list to a server or a management station (SNMP) is one handover of many parts:
 *
 *   GATHERING --> SENDING --every part answered--> RELEASING --> SENT
 *                    \--refused, or its time is over--> WITHDRAWING --> PASSED_ON
 *
 * To a webhook each part is a handover of its own, since it counts as it is answered:
 *
 *   GATHERING --> SENDING <--> UNSURE --> SENT
 *                    \--refused, or its time is over--> PASSED_ON
 *
 * An announcement goes from SENDING to SENT. REFUSED and GIVEN_UP end any of them.
 */
#ifndef RINGBACK_ENGINE_HANDOVER_POLICY_H
#define RINGBACK_ENGINE_HANDOVER_POLICY_H

#include "../common/conf.h"
#include "../common/msg.h"
#include "outage.h"

enum handover_state {
	HANDOVER_GATHERING, /* a list that others may still join; without parts yet */
	HANDOVER_SENDING,
	HANDOVER_UNSURE, /* a webhook may have it: it goes nowhere else */
	HANDOVER_RELEASING, /* every part is answered: it goes nowhere else */
	HANDOVER_WITHDRAWING, /* its clients have gone on; the target is to forget them */
	HANDOVER_SENT, /* released, or answered */
	HANDOVER_PASSED_ON, /* its clients have gone on to the next step */
	HANDOVER_REFUSED,
	HANDOVER_GIVEN_UP,
	HANDOVER_DROPPED, /* it has lost its point before it could be sent */
};
/* "gathering", "sending", "unsure", ..., "passed-on", "refused", "given-up", "dropped" */
const char *handover_state_name(uint8_t state);

struct handover {
	uint64_t id; /* 0: not stored yet */
	uint8_t kind; /* enum handover_act: PART is a list; DOWN, UP: an announcement */
	uint64_t outage;
	uint8_t route; /* enum route; never MAIL */
	char target[CONF_NAME_MAX + 1];
	uint8_t step; /* of its watch when it was made; 0 with an announcement */
	uint8_t state; /* enum handover_state */
	uint64_t list; /* what names the list: the id of its first handover; 0: this one */
	uint32_t part; /* 1..parts with a webhook, else 0 */
	uint32_t parts; /* 0: not numbered yet, or no list */
	uint32_t clients; /* in all parts */
	uint32_t tries; /* that failed, and the one that did not */
	uint16_t code; /* of the last answer; 0: none */
	char answer[256]; /* "": none */
	int64_t created, until, next, done; /* next: when to try; done: 0 while under way */
};

/* "list", "down", "up" */
const char *handover_kind_name(uint8_t kind);
#define HANDOVER_TARGET_LEN (CONF_NAME_MAX + 16)
/* "server", "nms hq"; @buf: HANDOVER_TARGET_LEN bytes. */
const char *handover_target(const struct handover *h, char *buf);
/* Whether its parts are held by the target until they are released. */
bool handover_is_held(const struct handover *h);
/* Whether an announcement of @kind is told to @t again and again while it is true. */
bool handover_repeats(const struct conf_target *t, uint8_t kind);

/* --- steps ------------------------------------------------------------------- */

/* By what a client can be told. */
struct way {
	bool own; /* it gave an address itself: told there by our mail, in no list */
	bool mail; /* there is a mail address to use */
	bool list; /* others may be asked to tell it */
};

#define STEP_NONE (-1)
#define STEP_OWN  CONF_STEPS_MAX /* by mail, whatever the steps are */

/*
 * The first step of @watch from @from on that can tell a client, or STEP_NONE. Its own
 * address is open to it at any time: it may have given it while others were asked.
 */
int step_for(const struct conf *conf, const struct conf_watch *watch, unsigned int from,
	     const struct way *way);
/* Whether step @s leads to that target. */
bool step_is_to(const struct conf_step *s, uint8_t route, const char *target);
bool step_is_mail(const struct conf_watch *watch, int step);
/*
 * The step after the one that @h took, as the watch is now: the configuration may have
 * changed since.
 */
unsigned int step_after(const struct conf_watch *watch, const struct handover *h);
/* The step after the last mail. */
unsigned int step_after_mail(const struct conf_watch *watch);

/* --- parts --------------------------------------------------------------------- */

/* Begin with all but the route zero, and give it the clients in order (addr_cmp). */
struct numbering {
	uint8_t route;
	uint8_t family;
	uint32_t part; /* the last one */
	uint32_t in_part;
};
/* The part, 1.., that the next client stands in. */
uint32_t numbering_next(struct numbering *n, const struct addr *client);

/*
 * The key of a message to the mailer: @unit is a part of a held list, 0 all else. The same
 * for each repetition, whatever becomes of us.
 */
#define HANDOVER_UNIT_BITS 20 /* more than 1000000 / MIB_ROWS_IPV6 */
uint64_t handover_key(uint64_t id, uint32_t unit);
void handover_of_key(uint64_t key, uint64_t *id, uint32_t *unit);

/* --- time ------------------------------------------------------------------------ */

/* The clock was set back since @h was written: it is made, and to be tried, @now. */
void handover_clamp(struct handover *h, int64_t now);

/* --- answers --------------------------------------------------------------------- */

/* Seconds. Nothing waits longer for its next try. */
#define HANDOVER_PAUSE_MAX 300
/* Seconds before the next try after @failed (1..) that failed in a row: 5..HANDOVER_PAUSE_MAX. */
uint32_t handover_pause(uint32_t failed);

enum handover_then {
	HANDOVER_ANSWERED, /* this message is dealt with */
	HANDOVER_AGAIN, /* later */
	HANDOVER_NEXT_STEP, /* its clients are told another way, or not at all */
	HANDOVER_FROM_START, /* the target lacks parts: all of them, then the release again */
	HANDOVER_END, /* it is over, as refused */
};
/*
 * What follows from @d with @code for a message of @h, which has the code of the answer
 * before. @pinned: a webhook may have got it before, on a try that was not answered.
 */
enum handover_then handover_answer(const struct handover *h, enum delivery d, uint16_t code,
				   bool pinned);

#endif /* RINGBACK_ENGINE_HANDOVER_POLICY_H */
