// SPDX-License-Identifier: GPL-2.0
/*
 * The engine's parts together, over a made-up kernel and mailer, each test on both
 * stores: from the failure over the evidence to the end of the outage.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "common/log.h"
#include "common/timefmt.h"
#include "engine/batch.h"
#include "engine/outbox.h"
#include "engine/probe.h"
#include "engine/tracker.h"
#include "engine_kernel.h"
#include "engine_story.h"

#define SEC NSEC_PER_SEC

/* --- stories ----------------------------------------------------------------------------- */

static void waiters_are_told_when_a_reply_passes(void **state)
{
	const struct service s = web();
	const struct addr two = address("198.51.100.2");

	(void)state;
	contact("198.51.100.0/24", "all@example.org");
	contact("198.51.100.1", "one@example.org");
	service_is(&s, RINGBACK_SERVICE_DOWN);
	client_fails(&s, "198.51.100.1");
	client_fails(&s, "198.51.100.2");
	client_fails(&s, "203.0.113.5");
	run(50);
	assert_int_equal(latest(&s).ended, 0);
	fake_kernel_answer(&s, &two); /* it got through by itself */
	outbox_window(e.outbox, 10);
	service_is(&s, RINGBACK_SERVICE_UP);
	run(100);
	assert_true(latest(&s).ended > 0);
	assert_int_equal(latest(&s).evidence, EVIDENCE_REPLY);
	assert_int_equal(waiter_state(&s, "198.51.100.1"), WAITER_NOTIFIED);
	assert_int_equal(waiter_state(&s, "198.51.100.2"), WAITER_REACHED);
	assert_int_equal(waiter_state(&s, "203.0.113.5"), WAITER_NO_CONTACT);
	assert_int_equal(n_sent, 1);
	assert_string_equal(sent[0].to, "one@example.org");
	assert_int_equal(sent[0].n_items, 1);
	assert_int_equal(sent[0].items[0].attempts, 3);
	assert_int_equal(fake_kernel.state, RINGBACK_SERVICE_UP);
	assert_int_equal(fake_kernel.n, 0);
	result(0, DELIVERY_SENT, "queued");
	run(50);
	assert_int_equal(outbox_counts().sent, 1);
	assert_int_equal(outbox_in_flight(e.outbox), 0);
}

static void failures_before_the_outage_are_in_it(void **state)
{
	const struct service s = web();

	(void)state;
	contact("198.51.100.1", "one@example.org");
	client_fails(&s, "198.51.100.1");
	service_is(&s, RINGBACK_SERVICE_DOWN);
	assert_int_equal(fake_kernel.wanted, 1);
	run(50);
	assert_int_equal(waiter_state(&s, "198.51.100.1"), WAITER_WAITING);
}

static void ignore_outage(const struct outage *o, void *arg)
{
	(void)o;
	++*(int *)arg;
}

static void operator_recovers(void **state)
{
	struct service s = web(), other = web();
	int n = 0;

	(void)state;
	other.port = 81;
	service_is(&s, RINGBACK_SERVICE_DOWN);
	service_is(&other, RINGBACK_SERVICE_DOWN);
	fake_kernel.connected = false;
	run(50);
	assert_int_equal(tracker_recover(e.tracker, &s.server, IPPROTO_TCP, 81, ignore_outage, &n),
			 1);
	assert_int_equal(n, 1);
	assert_int_equal(latest(&s).ended, 0);
	assert_int_equal(latest(&other).evidence, EVIDENCE_OPERATOR);
	assert_int_equal(tracker_recover(e.tracker, &s.server, 0, 0, ignore_outage, &n), 1);
	assert_int_equal(tracker_open(e.tracker), 0);
}

static void new_failure_undoes_a_recovery(void **state)
{
	const struct service s = web();

	(void)state;
	watch.stable = 1;
	service_is(&s, RINGBACK_SERVICE_DOWN);
	service_is(&s, RINGBACK_SERVICE_UP);
	run(100);
	client_fails(&s, "198.51.100.1");
	run(1200);
	assert_int_equal(latest(&s).ended, 0);
	assert_int_equal(e.count.flaps, 1);
}

static void failure_seen_only_at_the_end_undoes_it(void **state)
{
	const struct service s = web();
	const struct addr one = address("198.51.100.1");

	(void)state;
	watch.stable = 1;
	service_is(&s, RINGBACK_SERVICE_DOWN);
	service_is(&s, RINGBACK_SERVICE_UP);
	run(100);
	fake_kernel_fail(&s, &one, time_now()); /* its event is still under way */
	run(1200);
	assert_int_equal(latest(&s).ended, 0);
	assert_int_equal(fake_kernel.state, RINGBACK_SERVICE_DOWN);
	/* That we called it up comes back as an event: nobody was answered. */
	service_said(&s, RINGBACK_SERVICE_UP, fake_kernel.up_since, time_now() - 20 * SEC);
	run(1200);
	assert_int_equal(latest(&s).ended, 0);
	assert_int_equal(fake_kernel.n, 1);
}

static void flapping_is_one_outage_and_one_notice(void **state)
{
	const struct service s = web();
	uint64_t id;

	(void)state;
	contact("198.51.100.1", "one@example.org");
	contact("198.51.100.2", "two@example.org");
	outbox_window(e.outbox, 10);
	service_is(&s, RINGBACK_SERVICE_DOWN);
	client_fails(&s, "198.51.100.1");
	service_is(&s, RINGBACK_SERVICE_UP);
	id = latest(&s).id;
	run(100);
	assert_int_equal(n_sent, 1);
	service_is(&s, RINGBACK_SERVICE_DOWN);
	assert_int_equal(latest(&s).id, id);
	assert_int_equal(latest(&s).ended, 0);
	client_fails(&s, "198.51.100.1");
	client_fails(&s, "198.51.100.2");
	service_is(&s, RINGBACK_SERVICE_UP);
	run(100);
	assert_int_equal(n_sent, 2);
	assert_string_equal(sent[1].to, "two@example.org");
}

static int listener(uint16_t *port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(sin);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&sin, sizeof(sin)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&sin, &len), 0);
	*port = ntohs(sin.sin_port);
	return fd;
}

static void trap_is_confirmed_by_a_real_connection(void **state)
{
	struct service s = { address("127.0.0.1"), IPPROTO_TCP, 0 };
	struct msg_trap trap = { .source = s.server, .server = s.server, .version = 2 };
	int fd = listener(&s.port);

	(void)state;
	watch.recovery = EVIDENCE_TRAP;
	service_is(&s, RINGBACK_SERVICE_DOWN);
	tracker_trap(e.tracker, &trap);
	run(100);
	assert_int_equal(latest(&s).ended, 0); /* the host is up, its service is not */
	assert_int_equal(listen(fd, 5), 0);
	run(1500);
	assert_true(latest(&s).ended > 0);
	assert_int_equal(latest(&s).evidence, EVIDENCE_TRAP);
	assert_non_null(strstr(latest(&s).detail, "coldStart"));
	close(fd);
}

/* A port of every 127.x.y.z that neither answers nor refuses: its queue is full. */
static uint16_t silent_port(int *fds, unsigned int n)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	socklen_t len = sizeof(sin);

	fds[0] = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(fds[0], (struct sockaddr *)&sin, sizeof(sin)), 0);
	assert_int_equal(listen(fds[0], 0), 0);
	assert_int_equal(getsockname(fds[0], (struct sockaddr *)&sin, &len), 0);
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (unsigned int i = 1; i < n; i++) {
		fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		connect(fds[i], (struct sockaddr *)&sin, sizeof(sin));
	}
	return ntohs(sin.sin_port);
}

static void trap_is_confirmed_before_the_silent_are_probed(void **state)
{
	struct service s = { address("127.0.0.1"), IPPROTO_TCP, 0 }, silent = s;
	struct msg_trap trap = { .source = s.server, .server = s.server, .version = 2 };
	int fd = listener(&s.port), queue[4];

	(void)state;
	silent.port = silent_port(queue, 4);
	for (unsigned int i = 0; i < 80; i++) {
		silent.server.bytes[3] = 100 + i;
		service_is(&silent, RINGBACK_SERVICE_DOWN);
	}
	run(500);
	service_is(&s, RINGBACK_SERVICE_DOWN);
	run(1300); /* all are due now, eight are under way, and it is the last */
	assert_true(e.count.probes >= 81);
	assert_int_equal(e.count.probes_answered, 0);
	assert_int_equal(listen(fd, 5), 0);
	tracker_trap(e.tracker, &trap);
	run(3000);
	assert_true(latest(&s).ended > 0);
	assert_int_equal(latest(&s).evidence, EVIDENCE_TRAP);
	close(fd);
	for (unsigned int i = 0; i < 4; i++)
		close(queue[i]);
}

static void restart_engine(void)
{
	stop_parts();
	start_parts();
	outbox_window(e.outbox, 10);
}

static void trap_to_be_confirmed_survives_the_engine(void **state)
{
	struct service s = { address("127.0.0.1"), IPPROTO_TCP, 0 };
	struct msg_trap trap = { .source = s.server, .server = s.server, .version = 2 };
	int fd = listener(&s.port);

	(void)state;
	watch.recovery = EVIDENCE_TRAP;
	contact("198.51.100.1", "one@example.org");
	service_is(&s, RINGBACK_SERVICE_DOWN);
	client_fails(&s, "198.51.100.1");
	tracker_trap(e.tracker, &trap);
	run(100);
	assert_int_equal(latest(&s).evidence, EVIDENCE_TRAP);
	assert_int_equal(latest(&s).proven, 0);
	assert_int_equal(listen(fd, 5), 0);
	restart_engine();
	run(200);
	assert_true(latest(&s).ended > 0);
	assert_non_null(strstr(latest(&s).detail, "coldStart"));
	assert_int_equal(n_sent, 1);
	close(fd);
}

static void hold_survives_the_engine(void **state)
{
	const struct service s = web();
	int n = 0;

	(void)state;
	watch.recovery = EVIDENCE_TRAP;
	watch.stable = 1;
	contact("198.51.100.1", "one@example.org");
	service_is(&s, RINGBACK_SERVICE_DOWN);
	client_fails(&s, "198.51.100.1");
	tracker_recover(e.tracker, &s.server, 0, 0, ignore_outage, &n);
	run(100);
	assert_true(latest(&s).proven > 0);
	restart_engine();
	run(300);
	assert_int_equal(latest(&s).ended, 0); /* the hold began anew */
	run(1000);
	assert_true(latest(&s).ended > 0);
	assert_int_equal(latest(&s).evidence, EVIDENCE_OPERATOR);
	assert_int_equal(n_sent, 1);
}

static void undone_recovery_leaves_nothing(void **state)
{
	const struct service s = web();
	int n = 0;

	(void)state;
	watch.recovery = EVIDENCE_TRAP;
	watch.stable = 1;
	service_is(&s, RINGBACK_SERVICE_DOWN);
	tracker_recover(e.tracker, &s.server, 0, 0, ignore_outage, &n);
	run(100);
	assert_int_equal(latest(&s).evidence, EVIDENCE_OPERATOR);
	client_fails(&s, "198.51.100.1");
	run(100);
	assert_int_equal(latest(&s).evidence, 0);
	assert_int_equal(latest(&s).proven, 0);
	assert_string_equal(latest(&s).detail, "");
	restart_engine();
	run(1200);
	assert_int_equal(latest(&s).ended, 0);
}

static void evidence_waits_for_the_store(void **state)
{
	const struct service s = web();
	int n = 0;

	(void)state;
	watch.stable = 60;
	service_is(&s, RINGBACK_SERVICE_DOWN);
	run(50);
	store_mem_fail(e.store, -ENOSPC);
	tracker_recover(e.tracker, &s.server, 0, 0, ignore_outage, &n);
	run(100);
	assert_int_equal(latest(&s).evidence, 0);
	store_mem_fail(e.store, 0);
	run(5200);
	assert_int_equal(latest(&s).evidence, EVIDENCE_OPERATOR);
}

static void strangers_prove_nothing(void **state)
{
	const struct service s = web();
	struct msg_trap trap = { .source = address("203.0.113.9"), .server = s.server };

	(void)state;
	watch.confirm = false;
	service_is(&s, RINGBACK_SERVICE_DOWN);
	tracker_trap(e.tracker, &trap);
	assert_int_equal(latest(&s).ended, 0);
	assert_int_equal(e.count.bad_messages, 1);
}

static void probes_find_a_service_that_is_back(void **state)
{
	struct service s = { address("127.0.0.1"), IPPROTO_TCP, 0 };
	int fd = listener(&s.port);

	(void)state;
	assert_int_equal(listen(fd, 5), 0);
	watch.stable = 1;
	service_is(&s, RINGBACK_SERVICE_DOWN);
	run(2500);
	assert_int_equal(latest(&s).evidence, EVIDENCE_PROBE);
	assert_int_equal(e.count.probes, 2); /* the second verifies */
	close(fd);
}

static void open_outages_survive_the_engine(void **state)
{
	const struct service s = web();
	uint64_t id;

	(void)state;
	contact("198.51.100.1", "one@example.org");
	service_is(&s, RINGBACK_SERVICE_DOWN);
	client_fails(&s, "198.51.100.1");
	run(50);
	id = latest(&s).id;
	stop_parts();
	start_parts();
	assert_int_equal(tracker_open(e.tracker), 1);
	/* The first dump may tell of an answer from before the latest failure. */
	service_said(&s, RINGBACK_SERVICE_PARTIAL, time_now() - SEC, time_now() - SEC);
	assert_int_equal(latest(&s).ended, 0);
	service_is(&s, RINGBACK_SERVICE_DOWN);
	assert_int_equal(tracker_open(e.tracker), 1);
	assert_int_equal(latest(&s).id, id);
	service_is(&s, RINGBACK_SERVICE_UP);
	assert_int_equal(waiter_state(&s, "198.51.100.1"), WAITER_NOTIFIED);
}

static void outage_of_a_lost_watch_is_adopted(void **state)
{
	static struct portrange ports = { IPPROTO_TCP, 80, 80 };
	const struct nl_service row = { .service = web(),
					.state = RINGBACK_SERVICE_DOWN,
					.since = time_now(),
					.watch = "gone" };

	(void)state;
	watch.ports = &ports;
	watch.n_ports = 1;
	watch.recovery = 0;
	tracker_service(e.tracker, &row);
	service_is(&row.service, RINGBACK_SERVICE_UP); /* no evidence by the rules of "w" */
	assert_int_equal(tracker_open(e.tracker), 1);
}

static struct service service_number(unsigned int i)
{
	struct service s = web();

	s.port = i;
	return s;
}

static void outages_are_bounded(void **state)
{
	struct service s;
	struct outage o;
	unsigned int i;
	int n = 0;

	(void)state;
	watch.recovery = EVIDENCE_TRAP; /* no probes */
	for (i = 1; i <= OUTAGES_MAX + 2; i++) {
		s = service_number(i);
		service_is(&s, RINGBACK_SERVICE_DOWN);
	}
	assert_int_equal(tracker_open(e.tracker), OUTAGES_MAX);
	assert_int_equal(e.count.outages_refused, 2);
	assert_int_equal(store_outage_latest(e.store, &s, &o), -ENOENT);
	s = service_number(1); /* is followed already */
	service_is(&s, RINGBACK_SERVICE_DOWN);
	assert_int_equal(e.count.outages_refused, 2);

	/* Of an engine that knew no bound. */
	o = latest(&s);
	o.id = 0;
	o.service = service_number(OUTAGES_MAX + 1);
	assert_int_equal(batch_begin(e.batch), 0);
	assert_int_equal(store_outage_put(e.store, &o), 0);
	restart_engine();
	assert_int_equal(tracker_open(e.tracker), OUTAGES_MAX + 1);

	for (i = 1; i <= 2; i++)
		tracker_recover(e.tracker, &s.server, IPPROTO_TCP, i, ignore_outage, &n);
	assert_int_equal(tracker_open(e.tracker), OUTAGES_MAX - 1);
	s = service_number(OUTAGES_MAX + 2);
	service_is(&s, RINGBACK_SERVICE_DOWN);
	assert_int_equal(latest(&s).ended, 0);
	assert_int_equal(e.count.outages_refused, 2);
}

/* Of the sanitizer: what is allocated at the moment. */
size_t __sanitizer_get_current_allocated_bytes(void);

static unsigned int open_files(void)
{
	unsigned int n = 0;
	int fd;

	for (fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void ten_thousand_outages_leave_nothing(void **state)
{
	struct service s = web();
	size_t before = 0, after;
	unsigned int i, files = 0;

	(void)state;
	watch.flap = 0;
	contact("198.51.100.1", "one@example.org");
	conf.mail.rate = 0;
	for (i = 0; i < 10000; i++) {
		if (i == 1000) {
			before = __sanitizer_get_current_allocated_bytes();
			files = open_files();
		}
		s.port = 1000 + i % 100;
		service_is(&s, RINGBACK_SERVICE_DOWN);
		client_fails(&s, "198.51.100.1");
		outbox_window(e.outbox, 100); /* what is owed stays in the store */
		service_is(&s, RINGBACK_SERVICE_UP);
		if (i % 100)
			continue;
		run(25);
		for (; n_sent; n_sent--)
			result(n_sent - 1, DELIVERY_SENT, "ok");
		run(25);
		assert_int_equal(batch_begin(e.batch), 0);
		assert_true(store_outage_purge(e.store, INT64_MAX, INT64_MAX, 1000) >= 0);
		assert_int_equal(batch_flush(e.batch), 0);
	}
	after = __sanitizer_get_current_allocated_bytes();
	assert_int_equal(tracker_open(e.tracker), 0);
	assert_int_equal(open_files(), files);
	if (after > before + 65536)
		fail_msg("%zu bytes before, %zu after", before, after);
}

/* --- the store fails (memory store only: it fails when told to) --------------------------- */

static void store_trouble_costs_only_time(void **state)
{
	const struct service s = web();

	(void)state;
	contact("198.51.100.1", "one@example.org");
	store_mem_fail(e.store, -ENOSPC);
	service_is(&s, RINGBACK_SERVICE_DOWN);
	client_fails(&s, "198.51.100.1");
	run(50);
	assert_int_equal(tracker_open(e.tracker), 0);
	assert_true(batch_failing(e.batch));
	store_mem_fail(e.store, 0);
	run(5200);
	assert_int_equal(fake_kernel.resyncs, 1);
	service_is(&s, RINGBACK_SERVICE_DOWN); /* what the resync brings */
	tracker_attempt(e.tracker, &fake_kernel.attempts[0]);
	run(50);
	assert_int_equal(waiter_state(&s, "198.51.100.1"), WAITER_WAITING);

	/* An end that cannot be recorded leaves everything as it was. */
	store_mem_fail(e.store, -EIO);
	service_is(&s, RINGBACK_SERVICE_UP);
	run(50);
	assert_int_equal(latest(&s).ended, 0);
	assert_int_equal(fake_kernel.n, 1);
	assert_int_equal(fake_kernel.forgotten, 0);
	store_mem_fail(e.store, 0);
	run(5500);
	assert_true(latest(&s).ended > 0);
	assert_int_equal(fake_kernel.n, 0);
	assert_int_equal(waiter_state(&s, "198.51.100.1"), WAITER_NOTIFIED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(waiters_are_told_when_a_reply_passes),
		ON_BOTH(failures_before_the_outage_are_in_it),
		ON_BOTH(operator_recovers),
		ON_BOTH(new_failure_undoes_a_recovery),
		ON_BOTH(failure_seen_only_at_the_end_undoes_it),
		ON_BOTH(flapping_is_one_outage_and_one_notice),
		ON_BOTH(trap_is_confirmed_by_a_real_connection),
		ON_BOTH(trap_to_be_confirmed_survives_the_engine),
		ON_BOTH(hold_survives_the_engine),
		ON_BOTH(undone_recovery_leaves_nothing),
		ON_BOTH(strangers_prove_nothing),
		ON_BOTH(probes_find_a_service_that_is_back),
		ON_BOTH(open_outages_survive_the_engine),
		ON_BOTH(outage_of_a_lost_watch_is_adopted),
		{ "outages_are_bounded", outages_are_bounded, setup_sqlite, teardown, NULL },
		{ "ten_thousand_outages_leave_nothing", ten_thousand_outages_leave_nothing,
		  setup_sqlite, teardown, NULL },
		cmocka_unit_test_setup_teardown(trap_is_confirmed_before_the_silent_are_probed,
						setup_mem, teardown),
		cmocka_unit_test_setup_teardown(store_trouble_costs_only_time, setup_mem, teardown),
		cmocka_unit_test_setup_teardown(evidence_waits_for_the_store, setup_mem, teardown),
	};

	log_init("engine", LOG_TO_STDERR, false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
