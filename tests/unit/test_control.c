// SPDX-License-Identifier: GPL-2.0
/*
 * The control socket: requests and answers, what is changed by them, garbage, and clients
 * that are too many.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "common/control.h"
#include "common/log.h"
#include "engine/inquiry.h"
#include "control_story.h"

static void contacts_come_and_go(void **state)
{
	int fd = client();

	(void)state;
	ask(fd,
	    "{\"command\":\"contact add\",\"key\":\"192.0.2.0/24\",\"mail\":\"a@example.org\"}");
	assert_line(0, "done");
	ask(fd,
	    "{\"command\":\"contact add\",\"key\":\"02-00-00-00-00-0A\",\"mail\":\"b@example.org\"}");
	assert_line(0, "done");
	ask(fd,
	    "{\"command\":\"contact add\",\"key\":\"192.0.2.1/24\",\"mail\":\"a@example.org\"}");
	assert_line(0, "error");
	ask(fd,
	    "{\"command\":\"contact add\",\"key\":\"192.0.2.1\",\"mail\":\"a\\r\\n@example.org\"}");
	assert_line(0, "error");
	ask(fd, "{\"command\":\"show contacts\"}");
	assert_line(0, "row");
	assert_line(1, "row");
	assert_line(2, "done");
	assert_said("02:00:00:00:00:0a");
	assert_int_equal(engine_contacts(&e)->n, 2);
	ask(fd, "{\"command\":\"contact del\",\"key\":\"192.0.2.0/24\"}");
	assert_line(0, "done");
	ask(fd, "{\"command\":\"contact del\",\"key\":\"192.0.2.0/24\"}");
	assert_line(0, "error");
	assert_int_equal(engine_contacts(&e)->n, 1);
	close(fd);
}

/* 1, 0, or -1: that was an error. */
static int allowed(int fd, const char *mail)
{
	char request[200];
	json_t *value, *was;
	int result;

	snprintf(request, sizeof(request), "{\"command\":\"contact allow\",\"mail\":\"%s\"}", mail);
	ask(fd, request);
	value = line(0);
	was = json_object_get(json_object_get(value, "done"), "suppressed");
	result = was ? json_is_true(was) : -1;
	json_decref(value);
	return result;
}

static void never_again_is_taken_back(void **state)
{
	char fingerprint[FINGERPRINT_LEN];
	int fd = client();

	(void)state;
	inquiry_fingerprint(&e, "anna@example.org", fingerprint);
	assert_int_equal(store_suppressed_put(e.store, fingerprint, 1), 0);
	assert_int_equal(allowed(fd, "berta@example.org"), 0);
	assert_int_equal(allowed(fd, "not an address"), -1);
	assert_int_equal(inquiry_suppressed(&e, "anna@example.org"), 1);
	assert_int_equal(allowed(fd, "Anna@example.org"), 1);
	assert_int_equal(inquiry_suppressed(&e, "anna@example.org"), 0);
	assert_int_equal(allowed(fd, "anna@example.org"), 0);
	close(fd);
}

static void import_takes_the_good_rows(void **state)
{
	int fd = client();

	(void)state;
	ask(fd, "{\"command\":\"contact import\",\"rows\":["
		"[1,\"192.0.2.1\",\"a@example.org\"],[2,\"nonsense\",\"b@example.org\"],"
		"[3,\"192.0.2.3\",\"not an address\"],[4,\"2001:db8::/32\",\"d@example.org\"],"
		"[5],\"x\",[7,8,9]]}");
	assert_int_equal(done_of(5, "imported"), 2);
	assert_int_equal(done_of(5, "refused"), 5);
	assert_int_equal(engine_contacts(&e)->n, 2);
	close(fd);
}

static json_int_t done_number(int fd, const char *request, int lines, const char *member)
{
	ask(fd, request);
	return done_of(lines, member);
}

static void an_import_of_leases_replaces_the_last(void **state)
{
	const struct addr one = { AF_INET, { 192, 0, 2, 1 } }, two = { AF_INET, { 192, 0, 2, 2 } };
	char request[200];
	struct lease l;
	int fd = client();
	json_int_t import;

	(void)state;
	import = done_number(fd,
			     "{\"command\":\"lease import\",\"rows\":["
			     "[1,\"192.0.2.1\",\"02:00:00:00:00:01\",null],"
			     "[2,\"192.0.2.2\",\"02:00:00:00:00:02\",4102444800],"
			     "[3,\"192.0.2.3\",\"02:00:00:00:00:02\",1],"
			     "[4,\"192.0.2.4\",\"nonsense\",null],[5],\"x\","
			     "[7,\"192.0.2.4\",\"02:00:00:00:00:02\",-1]]}",
			     4, "import");
	assert_true(import > 0);
	assert_int_equal(store_lease_get(e.store, &one, &l), 0);
	assert_true(l.ends == INT64_MAX);
	assert_int_equal(store_lease_get(e.store, &two, &l), 0);
	import = done_number(fd,
			     "{\"command\":\"lease import\",\"rows\":["
			     "[1,\"192.0.2.1\",\"02:00:00:00:00:05\",4102444800]]}",
			     0, "import");
	assert_int_equal(store_lease_get(e.store, &two, &l), 0);
	snprintf(request, sizeof(request),
		 "{\"command\":\"lease import\",\"import\":%lld,\"end\":true}", (long long)import);
	done_number(fd, request, 0, "rows");
	assert_int_equal(store_lease_get(e.store, &two, &l), -ENOENT);
	assert_int_equal(store_lease_get(e.store, &one, &l), 0);
	assert_int_equal(l.mac.bytes[5], 5);
	assert_int_equal(done_number(fd, "{\"command\":\"show leases\"}", 1, "rows"), 1);
	assert_int_equal(done_number(fd, "{\"command\":\"lease clear\"}", 0, "cleared"), 1);
	close(fd);
}

static void garbage_is_answered(void **state)
{
	static const char *const rows[] = {
		"",
		"x",
		"{",
		"[]",
		"1",
		"\"show outages\"",
		"null",
		"{}",
		"{\"command\":1}",
		"{\"command\":null}",
		"{\"command\":\"show\"}",
		"{\"command\":\"SHOW OUTAGES\"}",
		"{\"command\":\"show outages\",\"command\":\"recover\"}",
		"\xff\xfe",
		"{\"command\":\"show waiters\",\"server\":\"x\"}",
		"{\"command\":\"show waiters\",\"client\":7}",
		"{\"command\":\"recover\"}",
		"{\"command\":\"recover\",\"server\":\"192.0.2.1\"}",
		"{\"command\":\"recover\",\"server\":\"192.0.2.1\",\"proto\":\"tcp\"}",
		"{\"command\":\"recover\",\"server\":\"192.0.2.1\",\"proto\":\"tcp\",\"port\":65536}",
		"{\"command\":\"recover\",\"server\":\"192.0.2.1\",\"proto\":\"x\",\"port\":80}",
		"{\"command\":\"why\"}",
		"{\"command\":\"why\",\"server\":\"192.0.2.1\"}",
		"{\"command\":\"why\",\"server\":\"192.0.2.1\",\"client\":\"192.0.2.1\"}",
		"{\"command\":\"why\",\"server\":\"192.0.2.1\",\"client\":\"2001:db8::1\","
		"\"proto\":\"tcp\",\"port\":80}",
		"{\"command\":\"contact add\"}",
		"{\"command\":\"contact add\",\"key\":[],\"mail\":{}}",
		"{\"command\":\"contact del\"}",
		"{\"command\":\"contact del\",\"key\":\"\"}",
		"{\"command\":\"contact allow\"}",
		"{\"command\":\"contact allow\",\"mail\":7}",
		"{\"command\":\"contact import\"}",
		"{\"command\":\"contact import\",\"rows\":{}}",
	};
	char deep[4000];
	int fd = client();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ask(fd, rows[i]);
		assert_line(0, "error");
	}
	memset(deep, '[', sizeof(deep));
	deep[sizeof(deep) - 1] = '\0';
	ask(fd, deep);
	assert_line(0, "error");
	ask(fd, "{\"command\":\"show daemon\"}");
	assert_line(0, "row");
	close(fd);
}

static void noise_harms_nobody(void **state)
{
	static char noise[65536];
	unsigned int i, j;
	int fd;

	(void)state;
	srandom(1);
	for (i = 0; i < 20; i++) {
		for (j = 0; j < sizeof(noise); j++)
			noise[j] = random();
		fd = client();
		say(fd, noise, sizeof(noise));
		run(5);
		close(fd);
	}
	run(20);
	fd = client();
	ask(fd, "{\"command\":\"show outages\"}");
	assert_line(0, "done");
	close(fd);
}

static void endless_line_is_cut_off(void **state)
{
	static char much[CONTROL_LINE_MAX + 4096];
	int fd = client();
	size_t done = 0;
	ssize_t n;

	(void)state;
	memset(much, 'a', sizeof(much));
	while (done < sizeof(much)) {
		n = send(fd, much + done, sizeof(much) - done, MSG_NOSIGNAL);
		if (n < 0 && errno != EAGAIN)
			break;
		done += n > 0 ? n : 0;
		run(2);
	}
	assert_int_equal(hear(fd), -1);
	close(fd);
}

static void half_closed_client_gets_its_answer(void **state)
{
	int fd = client();
	const char *request = "{\"command\":\"show daemon\"}\n";

	(void)state;
	say(fd, request, strlen(request));
	shutdown(fd, SHUT_WR);
	assert_int_equal(hear(fd), -1);
	assert_line(0, "row");
	assert_said("\"done\"");
	close(fd);
}

static void clients_are_bounded(void **state)
{
	int fds[80];
	unsigned int i;

	(void)state;
	for (i = 0; i < 80; i++)
		fds[i] = client();
	run(50);
	assert_int_equal(hear(fds[79]), -1);
	assert_line(0, "error");
	for (i = 0; i < 80; i++)
		close(fds[i]);
	run(50);
	fds[0] = client();
	ask(fds[0], "{\"command\":\"show notices\"}");
	assert_line(0, "done");
	close(fds[0]);
}

static unsigned int open_files(void)
{
	unsigned int n = 0;
	int fd;

	for (fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void many_clients_leave_nothing(void **state)
{
	unsigned int before = open_files(), i;

	(void)state;
	for (i = 0; i < 300; i++) {
		int fd = client();

		say(fd, "{\"command\":\"show daemon\"}\n", 26);
		run(1);
		close(fd);
	}
	run(50);
	assert_int_equal(open_files(), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_SOCKET(contacts_come_and_go),
		ON_SOCKET(never_again_is_taken_back),
		ON_SOCKET(import_takes_the_good_rows),
		ON_SOCKET(an_import_of_leases_replaces_the_last),
		ON_SOCKET(garbage_is_answered),
		ON_SOCKET(noise_harms_nobody),
		ON_SOCKET(endless_line_is_cut_off),
		ON_SOCKET(half_closed_client_gets_its_answer),
		ON_SOCKET(clients_are_bounded),
		ON_SOCKET(many_clients_leave_nothing),
	};

	signal(SIGPIPE, SIG_IGN); /* as in every room */
	log_init("engine", LOG_TO_STDERR, false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
