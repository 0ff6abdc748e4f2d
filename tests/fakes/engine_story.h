/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For stories about the engine: its parts over a made-up kernel (engine_kernel.h), a
 * mailer that keeps what it is given, and either store. The words of the stories.
 */
#ifndef TESTS_FAKES_ENGINE_STORY_H
#define TESTS_FAKES_ENGINE_STORY_H

#include "engine/engine.h"
#include "engine_kernel.h"

extern struct conf_watch watch; /* "w", set back before each test */
extern struct conf conf;
extern struct engine e;
/* What the mailer got; send_rc != 0: what it says instead. */
extern struct msg_notice sent[1024];
extern unsigned int n_sent;
extern int send_rc;
/* What it was asked about contacts; ask_rc != 0: what it says instead. */
extern struct msg_lookup questions[2048];
extern unsigned int n_questions;
extern int ask_rc;
/* What the traps room was told of lists. */
extern struct msg_taken taken[256];
extern unsigned int n_taken;
extern unsigned int n_attached; /* control clients of the room "web" */

/* The same of handovers. */
extern struct msg_handover handed[2048];
extern unsigned int n_handed;
extern int hand_rc;

int setup_mem(void **state);
int setup_sqlite(void **state);
int teardown(void **state);
/* A test on both stores. */
#define ON_BOTH(test)                                                 \
	{ #test " (memory)", test, setup_mem, teardown, NULL },       \
	{                                                             \
#test " (sqlite)", test, setup_sqlite, teardown, NULL \
	}

/* The parts of a new engine, over the store as it is; and as if it were killed. */
void start_parts(void);
void stop_parts(void);
/* Runs the loop for @ms. */
void run(int ms);

struct addr address(const char *text);
/* 192.0.2.10 tcp/80 */
struct service web(void);
void contact(const char *key, const char *mail);
void client_fails(const struct service *s, const char *client);
/* What the kernel says of a service; enum ringback_service_state. */
void service_said(const struct service *s, uint8_t state, int64_t changed, int64_t answered);
void service_is(const struct service *s, uint8_t state);
/* The latest outage of @s. */
struct outage latest(const struct service *s);
/* Its state, or -1: no waiter. */
int waiter_state(const struct service *s, const char *client);
/* What the mailer says of sent[i]. */
void result(unsigned int i, enum delivery d, const char *text);
/* What the mailer says of handed[i]. */
void hand_result(unsigned int i, enum delivery d, const char *text);
struct outbox_counts outbox_counts(void);
/* What it says of questions[i]; @mail: what the contact command printed. */
void answers(unsigned int i, enum found found, const char *mail);

/* --- asking the client --- */

#define ONE "198.51.100.1"

/* Our end of the channel: the test is the room "web". */
extern struct msg_chan room;
void room_opens(void);
int teardown_room(void **state);
/* The next message to the room, which is of @type: its body, valid until the next. */
const void *heard(enum msg_type type);
/* Nothing is said to the room. */
void silence(void);
void says(enum msg_type type, const void *body, size_t len);
void visit(const struct service *s, const char *client, enum visit what);
struct msg_choice choice(const struct service *s, const char *client, enum choice what,
			 const char *mail);
/* The client chooses, a link is followed: what the engine makes of it, more in outcome. */
extern struct msg_outcome outcome;
enum outcome chooses(const struct service *s, const char *client, enum choice what,
		     const char *mail);
enum outcome follows(const char *link, enum token_act act, bool commit);
/* The watch asks, and stands in. */
void asked(enum inquire inquire);
/* An outage of web(), with the client ONE, table@example.org, that the stand-in has met. */
struct service trouble(enum inquire inquire);
void ends(const struct service *s);
/* Another engine takes over, over the same store. */
void new_engine(void);

#endif /* TESTS_FAKES_ENGINE_STORY_H */
