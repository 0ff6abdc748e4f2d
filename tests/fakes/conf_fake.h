/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Configuration files out of texts, with a directory of other files that they name, for
 * the tests of what is read from them.
 */
#ifndef RINGBACK_TESTS_CONF_FAKE_H
#define RINGBACK_TESTS_CONF_FAKE_H

#include "parent/conf_read.h"

/* A text and all that is said about it: beginnings of sentences with lines. */
struct mistake {
	const char *text;
	const char *errors[8];
};

/*
 * The files of the tests, named "@/NAME" in a text: "key" and "crlf" are secrets in good
 * order; "open", "short", "long", "empty", "latin1", "fifo" and "big" have what their names
 * say; "chain", "pem" and "locked" are PEM; "page.html", "logo.png". For the group's setup
 * and teardown.
 */
int conf_files_make(void **state);
int conf_files_remove(void **state);

/* Reads @text as a configuration file. */
struct conf *conf_text_read(const char *text, struct conf_errors *errors);
/* Likewise; fails the test where there is a mistake. */
struct conf *conf_good(const char *text);
/* Fails the test, and says what was expected, where anything else is said of any text. */
void check_mistakes(const struct mistake *mistakes, size_t n);

#endif /* RINGBACK_TESTS_CONF_FAKE_H */
