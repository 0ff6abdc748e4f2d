/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For stories about the engine: its parts over a made-up kernel (engine_kernel.h), a
 * mailer that keeps what it is given, and either store. The words of the stories.
 */
#ifndef TESTS_FAKES_ENGINE_STORY_H
#define TESTS_FAKES_ENGINE_STORY_H

#include "engine/engine.h"
#include "engine_kernel.h"

extern struct conf_watch watch;	/* "w", set back before each test */
extern struct conf conf;
extern struct engine e;
/* What the mailer got; send_rc != 0: what it says instead. */
extern struct msg_notice sent[1024];
extern unsigned int n_sent;
extern int send_rc;
extern unsigned int n_attached;	/* control clients of the room "web" */

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
struct outbox_counts outbox_counts(void);

#endif /* TESTS_FAKES_ENGINE_STORY_H */
