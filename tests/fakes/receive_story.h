/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For stories about lists that other routers hand to the engine: two routers, what they
 * say, and what came of it.
 */
#ifndef TESTS_FAKES_RECEIVE_STORY_H
#define TESTS_FAKES_RECEIVE_STORY_H

#include "engine_story.h"

extern struct conf_receive routers[2]; /* "r1" and "r2", set back before each test */
extern int64_t ended; /* when the outage of their lists did, a minute ago; ns */

/* An engine that takes lists of both, and has mail addresses of 198.51.100.0/24. */
int in_memory(void **state);
int in_sqlite(void **state);
/* A test on both stores. */
#define ON_EITHER(test)                                            \
	{ #test " (memory)", test, in_memory, teardown, NULL },    \
	{                                                          \
#test " (sqlite)", test, in_sqlite, teardown, NULL \
	}

/* --- what a router says --- */

/* Of a list in two parts, in its receive section @section; with a new id each. */
struct msg_handover handover(const char *section, enum handover_act act);
void row(struct msg_handover *h, const char *client);
/* Part 1 has two clients, part 2 has one. */
struct msg_handover part(const char *section, uint32_t number);
/* What is answered to it, once it is on disk (enum taken); -1: nothing. */
int answer_to(const struct msg_handover *h);
int says_part(const char *section, uint32_t number);
/* Both parts, which are taken. */
void says_list(const char *section);
int says_only(const char *section, enum handover_act act);
/* @h becomes the release of the list it is a part of. */
int releases(struct msg_handover *h);

/* --- what came of it --- */

/* The outage of the list; id 0: there is none. */
struct outage received(const char *section);
/* Of a waiter in it; -1: there is none. */
int state_of(const char *section, const char *client);
/* How many are in the store. */
unsigned int notices(void);
/* Mail goes to the mailer: @n since the beginning, and no more. */
void assert_sent(unsigned int n);
/* How often @mail was given to the mailer. */
unsigned int mails_to(const char *mail);

#endif /* TESTS_FAKES_RECEIVE_STORY_H */
