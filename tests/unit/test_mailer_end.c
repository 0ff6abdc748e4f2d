// SPDX-License-Identifier: GPL-2.0
/*
 * How the room "mailer" ends: all that its sessions have reported reaches an engine that is
 * slow to listen, and one that does not listen at all is not waited for. The room is real;
 * the test plays its parent, the engine and the mail server.
 */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "common/log.h"
#include "common/timefmt.h"
#include "mailer/room.h"

#define PATIENCE_S 60
#define PARENT_MS  5000 /* parent/supervise.c: after that it kills */
#define SLOW_MS	   300
#define NOTICES	   1000 /* their results are more than a socket holds */

static struct conf conf = {
	.mail = { .configured = true,
		  .from = (char *)"ringback@example.org",
		  .from_name = (char *)"ringback",
		  .sessions = 2,
		  .batch = NOTICES / 4,
		  .timeout = PATIENCE_S },
};
static struct msg_chan parent, engine;
static sem_t *reports; /* shared with the sessions */
static pid_t mailer;
static struct msg m;

static int report_all(struct via_job *job)
{
	for (size_t i = 0; i < job->n; i++) {
		via_report(job, job->mails[i].index, DELIVERY_SENT, 250, "nowhere");
		sem_post(reports);
	}
	return 0;
}

static const struct via nowhere = { "nowhere", report_all };

static void wait_for(int fd, short what)
{
	struct pollfd p = { .fd = fd, .events = what };

	assert_int_equal(poll(&p, 1, PATIENCE_S * 1000), 1);
}

static void hand_over(uint64_t id)
{
	static struct msg_notice n = { .n_items = 1, .to = "one@example.org", .message_id = "1@r" };
	int rc;

	n.id = id;
	assert_int_equal(addr_parse(&n.items[0].client, "198.51.100.7"), 0);
	assert_int_equal(addr_parse(&n.items[0].service.server, "192.0.2.10"), 0);
	n.items[0].service.proto = IPPROTO_TCP;
	n.items[0].service.port = 80;
	while ((rc = msg_send(&engine, MSG_NOTICE, &n, msg_notice_size(1), -1)) == -EAGAIN)
		wait_for(engine.fd, POLLOUT);
	assert_int_equal(rc, 0);
}

/* The sessions have reported all, of which the engine has heard nothing yet. */
static void all_is_reported(void)
{
	struct timespec end = { .tv_sec = time(NULL) + PATIENCE_S };

	for (int i = 1; i <= NOTICES; i++)
		hand_over(i);
	for (int i = 1; i <= NOTICES; i++)
		assert_int_equal(sem_timedwait(reports, &end), 0);
}

static void mailer_has_ended(void)
{
	int status;

	assert_int_equal(waitpid(mailer, &status, 0), mailer);
	mailer = 0;
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static int setup(void **state)
{
	struct room_start start = { .conf = &conf };
	const struct msg_peer body = { ROOM_ENGINE };
	struct msg_chan theirs;

	(void)state;
	assert_int_equal(sem_init(reports, 1, 0), 0);
	assert_int_equal(msg_pair(&parent, &start.parent), 0);
	assert_int_equal(msg_pair(&engine, &theirs), 0);
	mailer = fork();
	if (!mailer) {
		msg_close(&parent);
		msg_close(&engine);
		msg_close(&theirs);
		_exit(mailer_run(&start, &nowhere));
	}
	msg_close(&start.parent);
	assert_int_equal(msg_send(&parent, MSG_PEER, &body, sizeof(body), theirs.fd), 0);
	assert_int_equal(msg_send(&parent, MSG_READY, NULL, 0, -1), 0);
	msg_close(&theirs);
	wait_for(engine.fd, POLLIN);
	assert_int_equal(msg_recv(&engine, &m), 1);
	assert_int_equal(m.type, MSG_WINDOW);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	if (mailer > 0) {
		kill(mailer, SIGKILL);
		waitpid(mailer, NULL, 0);
	}
	msg_close(&parent);
	msg_close(&engine);
	return sem_destroy(reports);
}

static void every_result_reaches_a_slow_engine(void **state)
{
	int got, n = 0;

	(void)state;
	all_is_reported();
	msg_close(&parent);
	poll(NULL, 0, SLOW_MS);
	do {
		wait_for(engine.fd, POLLIN);
		got = msg_recv(&engine, &m);
		n += got == 1 && m.type == MSG_RESULT;
	} while (got);
	assert_int_equal(n, NOTICES);
	mailer_has_ended();
}

static void an_engine_that_hangs_is_not_waited_for(void **state)
{
	int64_t began;

	(void)state;
	all_is_reported();
	began = time_mono_ms();
	msg_close(&parent);
	mailer_has_ended();
	assert_in_range(time_mono_ms() - began, 0, PARENT_MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_result_reaches_a_slow_engine, setup,
						teardown),
		cmocka_unit_test_setup_teardown(an_engine_that_hangs_is_not_waited_for, setup,
						teardown),
	};

	signal(SIGPIPE, SIG_IGN);
	log_init("mailer", LOG_TO_STDERR, false);
	reports = mmap(NULL, sizeof(*reports), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		       -1, 0);
	if (reports == MAP_FAILED)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
