/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For stories about the control socket: an engine that listens there, over a store in
 * memory and without other rooms, and clients that ask it.
 */
#ifndef TESTS_FAKES_CONTROL_STORY_H
#define TESTS_FAKES_CONTROL_STORY_H

#include <jansson.h>
#include <sys/types.h>

#include "engine/engine.h"

extern struct conf conf; /* nothing in it, set back before each test */
extern struct engine e;

int setup_control(void **state);
int teardown_control(void **state);
#define ON_SOCKET(test) cmocka_unit_test_setup_teardown(test, setup_control, teardown_control)

/* Runs the loop for @ms. */
void run(int ms);

/* Another client; it never waits. To be closed. */
int client(void);
void say(int fd, const char *text, size_t len);

/* What was heard last: lines of JSON. */
extern char answer[1 << 20];

/* What has been answered so far, bytes; -1: and the connection is closed. */
ssize_t hear(int fd);
/* Says the line @request, hears the answer. */
void ask(int fd, const char *request);
/* Line @n of the answer, from 0; to be released. Every line is JSON of its own. */
json_t *line(unsigned int n);
/* It has @member. */
void assert_line(unsigned int n, const char *member);
/* A number out of its "done"; 0: it has none. */
json_int_t done_of(unsigned int n, const char *member);
/* @text is somewhere in the answer. */
void assert_said(const char *text);

#endif /* TESTS_FAKES_CONTROL_STORY_H */
