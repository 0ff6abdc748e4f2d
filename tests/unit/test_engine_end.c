// SPDX-License-Identifier: GPL-2.0
/*
 * How the engine room ends: it hears the mailer out, and gives it nothing new. The room is
 * real, a process with a store of its own; the test plays its parent and the mailer.
 */
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "common/log.h"
#include "common/room.h"
#include "common/timefmt.h"
#include "store_file.h"

#define PATIENCE_MS 60000
#define PARENT_MS   5000 /* parent/supervise.c: after that it kills */

static char control_path[108];
static char *command[] = { (char *)"/usr/local/bin/who-is", NULL };
static struct conf conf;
static struct msg_chan parent, mailer, web;
static int listener;
static pid_t engine;
static struct msg m;

/* --- the room's neighbours ------------------------------------------------------------ */

static void wait_for(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
}

static void hear(struct msg_chan *from, enum msg_type type)
{
	wait_for(from->fd);
	assert_int_equal(msg_recv(from, &m), 1);
	assert_int_equal(m.type, type);
}

/* The engine's socket to @room; ours is *@end. */
static void introduce(enum room room, struct msg_chan *end)
{
	const struct msg_peer body = { room };
	struct msg_chan theirs;

	assert_int_equal(msg_pair(end, &theirs), 0);
	assert_int_equal(msg_send(&parent, MSG_PEER, &body, sizeof(body), theirs.fd), 0);
	msg_close(&theirs);
}

static void engine_starts(void)
{
	struct room_start start = { .conf = &conf, .listen_fds = &listener, .n_listen_fds = 1 };

	assert_int_equal(msg_pair(&parent, &start.parent), 0);
	engine = fork();
	if (!engine) {
		msg_close(&parent);
		_exit(engine_main(&start));
	}
	msg_close(&start.parent);
	hear(&parent, MSG_UP);
	introduce(ROOM_MAILER, &mailer);
	introduce(ROOM_WEB, &web);
	assert_int_equal(msg_send(&parent, MSG_READY, NULL, 0, -1), 0);
}

/* Its loop is over when it returns: it has let go of the room "web". */
static void engine_is_told_to_end(void)
{
	int got;

	msg_close(&parent);
	do {
		wait_for(web.fd);
		got = msg_recv(&web, &m);
	} while (got);
}

static void engine_has_ended(void)
{
	int status;

	assert_int_equal(waitpid(engine, &status, 0), engine);
	engine = 0;
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void delivered(uint64_t id)
{
	const struct msg_result r = { .id = id, .delivery = DELIVERY_SENT, .code = 250 };

	assert_int_equal(msg_send(&mailer, MSG_RESULT, &r, sizeof(r), -1), 0);
}

static int setup_room(void **state)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };

	if (setup_dir(state))
		return -1;
	snprintf(control_path, sizeof(control_path), "%s.sock", store_path);
	strcpy(sun.sun_path, control_path);
	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&sun, sizeof(sun)), 0);
	assert_int_equal(listen(listener, 4), 0);
	conf = (struct conf){
		.path = "test",
		.store_path = store_path,
		.store_keep = 90,
		.control_path = control_path,
		.mail = { .configured = true,
			  .give_up = 86400,
			  .retry_min = 60,
			  .retry_max = 3600,
			  .rate = 20 },
		.web = { .configured = true, .connections = 16 },
		.lookup = { .argv = command, .timeout = 5, .cache = 600, .at_once = 1 },
	};
	return 0;
}

static int remove_room(void **state)
{
	if (engine > 0) {
		kill(engine, SIGKILL);
		waitpid(engine, NULL, 0);
		engine = 0;
	}
	msg_close(&parent);
	msg_close(&mailer);
	msg_close(&web);
	close(listener);
	unlink(control_path);
	return remove_dir(state);
}

/* --- the store ------------------------------------------------------------------------ */

/* Messages that are due and, as far as the store knows, at the mailer. */
static void owe(unsigned int n)
{
	struct store *st = open_file();

	assert_int_equal(store_begin(st), 0);
	for (unsigned int i = 1; i <= n; i++) {
		struct message due = { .created = 1, .next = 1 };

		snprintf(due.mail, sizeof(due.mail), "%u@example.org", i);
		snprintf(due.message_id, sizeof(due.message_id), "%u@router", i);
		assert_int_equal(store_message_put(st, &due), 0);
		assert_int_equal(due.id, i);
	}
	assert_int_equal(store_commit(st), 0);
	store_close(st);
}

static void all_are_sent(unsigned int n)
{
	struct store *st = open_file();
	struct message found;

	for (unsigned int i = 1; i <= n; i++) {
		assert_int_equal(store_message_get(st, i, &found), 0);
		assert_int_equal(found.state, MESSAGE_SENT);
	}
	store_close(st);
}

/* An open outage with @n waiters that the contact command is to be asked about. */
static uint64_t unknown_wait(unsigned int n)
{
	struct outage o = outage("192.0.2.10", 80);
	struct store *st = open_file();

	o.service.proto = IPPROTO_UDP; /* not to be probed */
	assert_int_equal(store_begin(st), 0);
	assert_int_equal(store_outage_put(st, &o), 0);
	for (unsigned int i = 1; i <= n; i++) {
		struct waiter w = { .outage = o.id, .first = 1000, .last = 1000, .watch = "w" };
		char client[32];

		snprintf(client, sizeof(client), "198.51.100.%u", i);
		w.client = address(client);
		assert_int_equal(store_waiter_put(st, &w), 0);
	}
	assert_int_equal(store_commit(st), 0);
	store_close(st);
	return o.id;
}

/* --- the tests ------------------------------------------------------------------------ */

static void what_was_delivered_is_not_owed(void **state)
{
	const unsigned int n = 100;

	(void)state;
	owe(n);
	engine_starts();
	engine_is_told_to_end();
	for (unsigned int i = 1; i <= n; i++)
		delivered(i);
	msg_close(&mailer);
	engine_has_ended();
	all_are_sent(n);
}

static void a_mailer_that_hangs_is_not_waited_for(void **state)
{
	int64_t began;

	(void)state;
	owe(1);
	engine_starts();
	engine_is_told_to_end();
	began = time_mono_ms();
	delivered(1);
	engine_has_ended();
	assert_in_range(time_mono_ms() - began, 0, PARENT_MS);
	all_are_sent(1);
}

static void nothing_new_is_asked(void **state)
{
	struct msg_found found = { .found = FOUND_MAIL, .mail = "one@example.org" };
	const struct msg_lookup *question = (const void *)m.body;
	struct store *st;
	struct waiter w;
	uint64_t id;

	(void)state;
	id = unknown_wait(3); /* two are asked about at a time */
	engine_starts();
	hear(&mailer, MSG_LOOKUP);
	found.id = question->id;
	w.client = question->client;
	hear(&mailer, MSG_LOOKUP);
	engine_is_told_to_end();
	assert_int_equal(msg_send(&mailer, MSG_FOUND, &found, sizeof(found), -1), 0);
	engine_has_ended();
	assert_int_equal(msg_recv(&mailer, &m), 0);
	st = open_file();
	assert_int_equal(store_waiter_get(st, id, &w.client, &w), 0);
	assert_string_equal(w.mail, "one@example.org");
	store_close(st);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_was_delivered_is_not_owed, setup_room,
						remove_room),
		cmocka_unit_test_setup_teardown(a_mailer_that_hangs_is_not_waited_for, setup_room,
						remove_room),
		cmocka_unit_test_setup_teardown(nothing_new_is_asked, setup_room, remove_room),
	};

	signal(SIGPIPE, SIG_IGN);
	log_init("engine", LOG_TO_STDERR, false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
