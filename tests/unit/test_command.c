// SPDX-License-Identifier: GPL-2.0
/*
 * The contact command, as real processes that behave in every way a program can.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "common/timefmt.h"
#include "mailer/command.h"

static char dir[] = "/tmp/ringback-command-XXXXXX";
static char script[64], script_arg[64];
static char *argv[] = { script, script_arg, NULL };
static struct conf_lookup conf;
static struct command *c;
static char text[8192];

/* The command is this shell script; $1 is @dir, behind it what the engine asks. */
static void command_is(const char *body)
{
	FILE *f = fopen(script, "we");

	assert_non_null(f);
	fprintf(f, "#!/bin/sh\n%s\n", body);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(script, 0755), 0);
}

static void ask(uint64_t id, const char *client, const char *mac)
{
	struct msg_lookup q = { .id = id, .has_mac = mac };

	assert_int_equal(addr_parse(&q.client, client), 0);
	if (mac)
		assert_int_equal(mac_parse(&q.mac, mac), 0);
	command_ask(c, &q);
}

/* Runs it until there is an answer. */
static const struct msg_found *answer(void)
{
	int64_t patience = time_mono_ms() + 60000;

	for (;;) {
		struct pollfd fds[16];
		int timeout = -1;
		nfds_t n;

		command_step(c);
		if (command_answer(c))
			return command_answer(c);
		assert_true(time_mono_ms() < patience);
		n = command_poll(c, fds, &timeout);
		assert_true(n <= command_poll_max(c));
		assert_true(n > 0);
		poll(fds, n, timeout);
	}
}

/* The answer to a question to the script @body. */
static const struct msg_found *told(const char *body)
{
	command_is(body);
	ask(7, "192.0.2.1", NULL);
	answer();
	assert_int_equal(command_answer(c)->id, 7);
	return command_answer(c);
}

static const char *content(const char *name)
{
	char path[96];
	FILE *f;
	size_t n = 0;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "re");
	if (f) {
		n = fread(text, 1, sizeof(text) - 1, f);
		fclose(f);
	}
	text[n] = '\0';
	return text;
}

static void expect_mail(const char *body, const char *mail)
{
	const struct msg_found *f = told(body);

	assert_string_equal(f->mail, mail);
	assert_int_equal(f->found, mail[0] ? FOUND_MAIL : FOUND_NOBODY);
	command_answered(c);
}

static void expect_trouble(const char *body, const char *why)
{
	const struct msg_found *f = told(body);

	assert_int_equal(f->found, FOUND_TROUBLE);
	assert_string_equal(f->mail, "");
	if (!strstr(f->text, why))
		fail_msg("\"%s\" and not \"%s\"", f->text, why);
	command_answered(c);
}

static int setup(void **state)
{
	(void)state;
	conf = (struct conf_lookup){ .argv = argv, .timeout = 20, .cache = 60, .at_once = 2 };
	c = command_new(&conf);
	assert_non_null(c);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	command_free(c);
	return 0;
}

/* --- good ------------------------------------------------------------------------------ */

static void prints_a_mail_address(void **state)
{
	(void)state;
	expect_mail("echo anna@example.org", "anna@example.org");
	expect_mail("printf anna@example.org", "anna@example.org");
	expect_mail("true", "");
	expect_mail("echo \"$nothing\"", "");
}

static void gets_address_and_mac(void **state)
{
	(void)state;
	command_is("printf '%s|' $# \"$@\" >$1/args");
	ask(1, "192.0.2.1", "02:00:00:00:00:0a");
	assert_int_equal(answer()->found, FOUND_NOBODY);
	command_answered(c);
	content("args");
	assert_non_null(strstr(text, "3|/tmp/"));
	assert_non_null(strstr(text, "|192.0.2.1|02:00:00:00:00:0a|"));
	ask(2, "2001:db8::1", NULL);
	assert_int_equal(answer()->found, FOUND_NOBODY);
	command_answered(c);
	assert_non_null(strstr(content("args"), "|2001:db8::1||"));
}

static void gets_nothing_of_ours(void **state)
{
	(void)state;
	assert_int_equal(setenv("SECRET", "of the daemon", 1), 0);
	told("env >$1/env; ls /proc/$$/fd >$1/fds; cat >$1/stdin; pwd >$1/cwd");
	assert_null(strstr(content("env"), "SECRET"));
	assert_non_null(strstr(text, "PATH="));
	/* 10 and above: the shell's own, of the script. */
	assert_memory_equal(content("fds"), "0\n1\n", 4);
	assert_null(strstr(text, "\n3\n"));
	assert_null(strstr(text, "\n4\n"));
	assert_string_equal(content("stdin"), "");
	assert_string_equal(content("cwd"), "/\n");
}

/* What it says on the side is no fault. */
static void may_complain(void **state)
{
	(void)state;
	expect_mail("echo deprecated >&2; head -c 300000 /dev/zero >&2; echo anna@example.org",
		    "anna@example.org");
}

/* --- bad ------------------------------------------------------------------------------- */

static void fails(void **state)
{
	(void)state;
	expect_trouble("echo anna@example.org; exit 3", "status 3");
	expect_trouble("echo 'no server' >&2; echo more >&2; exit 1", "status 1: no server");
	expect_trouble("printf 'a\\033[31mb' >&2; exit 1", "a\\x1b[31mb");
	expect_trouble("kill -SEGV $$", "signal 11");
	snprintf(script, sizeof(script), "%s/none", dir);
	ask(9, "192.0.2.1", NULL);
	assert_int_equal(answer()->found, FOUND_TROUBLE);
	assert_non_null(strstr(command_answer(c)->text, "No such file"));
	snprintf(script, sizeof(script), "%s/command", dir);
}

static void prints_garbage(void **state)
{
	(void)state;
	expect_trouble("echo a@example.org; echo b@example.org", "more than one line");
	expect_trouble("printf 'a@example.org\\r\\nBcc: b@example.org\\n'", "control");
	expect_trouble("printf 'a@example.org\\r\\n'", "control");
	expect_trouble("printf 'a@example.org\\000b'", "control");
	expect_trouble("head -c 1000000 /dev/urandom", "more than a mail address");
	expect_trouble("yes", "more than a mail address");
	expect_trouble("head -c 255 /dev/zero | tr '\\0' a", "more than a mail address");
}

static void hangs(void **state)
{
	(void)state;
	conf.timeout = 1;
	expect_trouble("echo anna@example.org; exec sleep 1000", "within 1 s");
	expect_trouble("exec 1>&- 2>&-; exec sleep 1000", "within 1 s");
	expect_trouble("while :; do echo noise >&2; done", "within 1 s: noise");
}

/* Whoever it leaves behind, with its pipes open, keeps nobody waiting and goes with it. */
static void leaves_others_behind(void **state)
{
	pid_t left;
	int patience = 500;

	(void)state;
	expect_mail("sleep 1000 & echo $! >$1/left; echo anna@example.org", "anna@example.org");
	left = atoi(content("left"));
	assert_true(left > 1);
	/* It is init's to wait for. */
	while (kill(left, 0) == 0 && patience--) {
		char path[64], *stat;

		snprintf(path, sizeof(path), "../../proc/%d/stat", left);
		stat = strrchr(content(path), ')');
		if (stat && stat[2] == 'Z')
			break;
		usleep(10000);
	}
	assert_true(patience > 0);
}

/* --- many -------------------------------------------------------------------------------- */

static void few_run_at_once(void **state)
{
	uint64_t seen = 0;
	int i;

	(void)state;
	/* A mark for each that runs; more than two are too many. */
	command_is("mkdir $1/run.$$; ls -d $1/run.* | wc -l >>$1/runs; sleep 0.05; rmdir $1/run.$$;"
		   "echo anna@example.org");
	for (i = 0; i < 10; i++)
		ask(i, "192.0.2.1", NULL);
	for (i = 0; i < 10; i++) {
		assert_int_equal(answer()->found, FOUND_MAIL);
		seen |= 1 << command_answer(c)->id;
		command_answered(c);
	}
	assert_int_equal(seen, 0x3ff);
	for (i = 0; content("runs")[i]; i++)
		assert_true(text[i] == '1' || text[i] == '2' || text[i] == '\n');
	assert_int_equal(i, 20);
}

static void dropped_is_not_answered(void **state)
{
	(void)state;
	command_is("exec sleep 1000");
	ask(1, "192.0.2.1", NULL);
	ask(2, "192.0.2.1", NULL);
	ask(3, "192.0.2.1", NULL);
	command_step(c);
	command_drop(c);
	command_step(c);
	assert_null(command_answer(c));
	expect_mail("echo anna@example.org", "anna@example.org");
}

static void not_configured(void **state)
{
	(void)state;
	conf.argv = NULL;
	ask(1, "192.0.2.1", NULL);
	assert_int_equal(answer()->found, FOUND_TROUBLE);
}

static int setup_dir(void **state)
{
	(void)state;
	snprintf(script_arg, sizeof(script_arg), "%s", mkdtemp(dir));
	snprintf(script, sizeof(script), "%s/command", dir);
	return 0;
}

static int remove_dir(void **state)
{
	char rm[64];

	(void)state;
	snprintf(rm, sizeof(rm), "rm -rf '%s'", dir);
	return system(rm);
}

#define ALONE(test)                                \
	{                                          \
#test, test, setup, teardown, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ALONE(prints_a_mail_address),
		ALONE(gets_address_and_mac),
		ALONE(gets_nothing_of_ours),
		ALONE(may_complain),
		ALONE(fails),
		ALONE(prints_garbage),
		ALONE(hangs),
		ALONE(leaves_others_behind),
		ALONE(few_run_at_once),
		ALONE(dropped_is_not_answered),
		ALONE(not_configured),
	};

	return cmocka_run_group_tests(tests, setup_dir, remove_dir);
}
