// SPDX-License-Identifier: GPL-2.0
/* Unit tests of common/log.c: stderr is a pipe that the test reads. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "common/log.h"

static int saved_stderr, pipe_end;

static int stderr_to_pipe(void **state)
{
	int fds[2];

	(void)state;
	unsetenv("JOURNAL_STREAM");
	saved_stderr = dup(STDERR_FILENO);
	if (pipe(fds))
		return -1;
	dup2(fds[1], STDERR_FILENO);
	close(fds[1]);
	pipe_end = fds[0];
	return 0;
}

static int stderr_back(void **state)
{
	(void)state;
	dup2(saved_stderr, STDERR_FILENO);
	close(saved_stderr);
	close(pipe_end);
	return 0;
}

static const char *read_line(void)
{
	static char line[4096];
	ssize_t n = read(pipe_end, line, sizeof(line) - 1);

	line[n > 0 ? n : 0] = '\0';
	return line;
}

static void lines_name_room_and_severity(void **state)
{
	(void)state;
	log_init("engine", LOG_TO_STDERR, false);
	log_info("watch %s", "web");
	assert_string_equal(read_line(), "engine: watch web\n");
	log_warn("hot");
	assert_string_equal(read_line(), "engine: warning: hot\n");
	log_err("broken");
	assert_string_equal(read_line(), "engine: error: broken\n");
	log_debug("unseen");
	log_info("next");
	assert_string_equal(read_line(), "engine: next\n");
}

static void debug_is_shown_when_asked_for(void **state)
{
	(void)state;
	log_init("engine", LOG_TO_STDERR, true);
	log_debug("seen");
	assert_string_equal(read_line(), "engine: seen\n");
}

static void strangers_write_no_lines(void **state)
{
	(void)state;
	log_init("traps", LOG_TO_STDERR, false);
	log_info("from %s", "a\nengine: all is well\033[2J\x7f");
	assert_string_equal(read_line(), "traps: from a\\x0aengine: all is well\\x1b[2J\\x7f\n");
}

static void errno_is_kept(void **state)
{
	(void)state;
	log_init("engine", LOG_TO_STDERR, false);
	errno = ENOENT;
	log_err("%m");
	assert_int_equal(errno, ENOENT);
	assert_string_equal(read_line(), "engine: error: No such file or directory\n");
}

static void long_lines_are_cut(void **state)
{
	static char text[10000];
	const char *line;

	(void)state;
	log_init("engine", LOG_TO_STDERR, false);
	memset(text, '\n', sizeof(text) - 1);
	log_info("%s", text);
	line = read_line();
	assert_true(strlen(line) > 1000 && strlen(line) < 2200);
	assert_int_equal(line[strlen(line) - 1], '\n');
}

static void the_journal_gets_a_priority(void **state)
{
	char stream[64];
	struct stat st;

	(void)state;
	fstat(STDERR_FILENO, &st);
	snprintf(stream, sizeof(stream), "%llu:%llu", (unsigned long long)st.st_dev,
		 (unsigned long long)st.st_ino);
	setenv("JOURNAL_STREAM", stream, 1);
	log_init("engine", LOG_TO_STDERR, false);
	log_warn("hot");
	assert_string_equal(read_line(), "<4>engine: hot\n");

	setenv("JOURNAL_STREAM", "1:1", 1);
	log_init("engine", LOG_TO_STDERR, false);
	log_warn("hot");
	assert_string_equal(read_line(), "engine: warning: hot\n");
}

static void escape_keeps_text_and_only_text(void **state)
{
	static const struct {
		const char *in, *out;
	} row[] = {
		{ "plain", "plain" },
		{ "Zürich €", "Zürich €" },
		{ "\xf0\x9f\x94\x94", "\xf0\x9f\x94\x94" },
		{ "\t", "\\x09" },
		{ "\xc2\x9b"
		  "31m",
		  "\\xc2\\x9b31m" }, /* C1 CSI */
		{ "\xff\xfe", "\\xff\\xfe" }, /* never UTF-8 */
		{ "\xc0\xaf", "\\xc0\\xaf" }, /* overlong '/' */
		{ "\xe2\x82", "\\xe2\\x82" }, /* cut short */
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80" }, /* surrogate */
		{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" }, /* beyond Unicode */
	};
	char buf[64];

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		assert_int_equal(log_escape(buf, sizeof(buf), row[i].in), strlen(row[i].out));
		assert_string_equal(buf, row[i].out);
	}
	assert_int_equal(log_escape(buf, 4, "a€"), 1); /* no half character */
	assert_int_equal(log_escape(buf, 5, "a€"), 4);
	assert_int_equal(log_escape(buf, 1, "a"), 0);
}

static void rate_is_limited_and_counted(void **state)
{
	struct log_rate rate = { 0 };
	unsigned long missed = 99;

	(void)state;
	assert_true(log_allowed(&rate, 3600, &missed));
	assert_int_equal(missed, 0);
	assert_false(log_allowed(&rate, 3600, &missed));
	assert_false(log_allowed(&rate, 3600, &missed));
	rate.next = 0;
	assert_true(log_allowed(&rate, 3600, &missed));
	assert_int_equal(missed, 2);
}

static void fatal_exits_with_1(void **state)
{
	pid_t pid = fork();
	int status;

	(void)state;
	if (pid == 0) {
		log_init("parent", LOG_TO_STDERR, false);
		fatal("cannot start");
	}
	waitpid(pid, &status, 0);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 1);
	assert_string_equal(read_line(), "parent: error: cannot start\n");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, stderr_to_pipe, stderr_back)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(lines_name_room_and_severity),
		TEST(debug_is_shown_when_asked_for),
		TEST(strangers_write_no_lines),
		TEST(errno_is_kept),
		TEST(long_lines_are_cut),
		TEST(the_journal_gets_a_priority),
		cmocka_unit_test(escape_keeps_text_and_only_text),
		TEST(rate_is_limited_and_counted),
		TEST(fatal_exits_with_1),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
