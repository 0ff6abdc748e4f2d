// SPDX-License-Identifier: GPL-2.0
/*
 * Whose turn it is among the probes. One at a time, to a port that refuses at once, so that
 * results come in the order in which they were begun.
 */
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "common/log.h"
#include "engine/probe.h"

static struct event_base *base;
static struct probes *probes;
static struct service refuses;
static int bound; /* keeps the port from others; does not listen */
static uint64_t done[64];
static unsigned int n_done;

static void ended(uint64_t key, int err, void *arg)
{
	(void)arg;
	assert_true(err < 0);
	done[n_done++] = key;
}

static int setup(void **state)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(sin);

	(void)state;
	bound = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(bound, (struct sockaddr *)&sin, sizeof(sin)), 0);
	assert_int_equal(getsockname(bound, (struct sockaddr *)&sin, &len), 0);
	assert_int_equal(addr_parse(&refuses.server, "127.0.0.1"), 0);
	refuses.proto = IPPROTO_TCP;
	refuses.port = ntohs(sin.sin_port);
	n_done = 0;
	base = event_base_new();
	probes = probes_new(base, 1, ended, NULL);
	return !probes;
}

static int teardown(void **state)
{
	(void)state;
	probes_free(probes);
	event_base_free(base);
	return close(bound);
}

static struct probe *probe(uint64_t key, bool confirms)
{
	struct probe *p = probe_start(probes, &refuses, 5, key, confirms);

	assert_non_null(p);
	return p;
}

static void all_end(unsigned int n)
{
	assert_int_equal(probes_pending(probes), n);
	event_base_dispatch(base);
	assert_int_equal(n_done, n);
	assert_int_equal(probes_pending(probes), 0);
}

static void what_confirms_goes_first(void **state)
{
	(void)state;
	probe(1, false); /* runs at once */
	probe(2, false);
	probe(3, false);
	probe(11, true);
	probe(12, true);
	all_end(5);
	assert_int_equal(done[0], 1);
	assert_int_equal(done[1], 11);
	assert_int_equal(done[2], 12);
	assert_int_equal(done[3], 2);
	assert_int_equal(done[4], 3);
}

static void who_waits_can_be_hastened(void **state)
{
	struct probe *running, *last;

	(void)state;
	running = probe(1, false);
	probe(2, false);
	probe(3, false);
	last = probe(4, false);
	probe_hasten(running);
	probe_hasten(last);
	probe_hasten(last);
	all_end(4);
	assert_int_equal(done[0], 1);
	assert_int_equal(done[1], 4);
	assert_int_equal(done[2], 2);
}

static void what_is_due_has_its_turn(void **state)
{
	unsigned int i, before = 0;

	(void)state;
	probe(100, true);
	probe(1, false);
	for (i = 0; i < 40; i++)
		probe(101 + i, true);
	all_end(42);
	while (done[before] != 1)
		before++;
	assert_in_range(before, 5, 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_confirms_goes_first, setup, teardown),
		cmocka_unit_test_setup_teardown(who_waits_can_be_hastened, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_due_has_its_turn, setup, teardown),
	};

	log_init("engine", LOG_TO_STDERR, false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
