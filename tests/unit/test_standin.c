// SPDX-License-Identifier: GPL-2.0
/*
 * The stand-in's pure parts: who wants to connect to what, by the packet, and what
 * becomes of it, by the client's history.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "engine/standin_policy.h"
#include "engine/standin_syn.h"

/* --- packets --------------------------------------------------------------- */
/* 198.51.100.7 to 192.0.2.10 port 80, no options. */
static const uint8_t syn4[] = {
	0x45, 0,    0, 40, 0, 1, 0x40, 0, 64, 6, 0, 0, 198,  51,   100, 7, 192, 0, 2, 10,
	0x9c, 0x40, 0, 80, 0, 0, 0,    1, 0,  0, 0, 0, 0x50, 0x02, 0,	0, 0,	0, 0, 0,
};
/* 2001:db8:1::7 to 2001:db8:3::10 port 80, with a hop-by-hop header of 8 bytes. */
static const uint8_t syn6[] = {
	0x60, 0, 0, 0, 0, 28,	0, 64,	 0x20, 1,    0x0d, 0xb8, 0, 1, 0,    0,	   0,
	0,    0, 0, 0, 0, 0,	7, 0x20, 1,    0x0d, 0xb8, 0,	 3, 0, 0,    0,	   0,
	0,    0, 0, 0, 0, 0x10, 6, 0,	 1,    4,    0,	   0,	 0, 0, 0x9c, 0x40, 0,
	80,   0, 0, 0, 1, 0,	0, 0,	 0,    0x50, 0x02, 0,	 0, 0, 0,    0,	   0,
};

static void parses(const uint8_t *packet, size_t len, const char *from, const char *to)
{
	char client[ADDR_STRLEN], service[SERVICE_STRLEN];
	struct service s;
	struct addr a;

	assert_true(standin_syn_parse(packet, len, &a, &s));
	assert_string_equal(addr_format(&a, client), from);
	assert_string_equal(service_format(&s, service), to);
}

/* In memory of just its size, so that a sanitizer sees a step beyond. */
static bool accepted(const uint8_t *packet, size_t len)
{
	uint8_t *exact = malloc(len ?: 1);
	struct service s;
	struct addr a;
	bool ok;

	assert_non_null(exact);
	memcpy(exact, packet, len);
	ok = standin_syn_parse(exact, len, &a, &s);
	free(exact);
	return ok;
}

static void test_syn(void **state)
{
	(void)state;
	parses(syn4, sizeof(syn4), "198.51.100.7", "192.0.2.10 tcp/80");
	parses(syn6, sizeof(syn6), "2001:db8:1::7", "2001:db8:3::10 tcp/80");
}

static void test_cut_anywhere(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof(syn4); n++)
		assert_false(accepted(syn4, n));
	for (size_t n = 0; n < sizeof(syn6); n++)
		assert_false(accepted(syn6, n));
}

/* One byte of a good packet is another: no SYN any more. */
static void test_no_syn(void **state)
{
	static const struct {
		bool v6;
		size_t at;
		uint8_t value;
	} rows[] = {
		{ false, 0, 0x44 }, /* a header of 16 bytes */
		{ false, 0, 0x4f }, /* one that is longer than the packet leaves room for TCP */
		{ false, 0, 0x55 }, /* version 5 */
		{ false, 6, 0x20 }, /* more fragments */
		{ false, 7, 0x01 }, /* not the first one */
		{ false, 9, 17 }, /* UDP */
		{ false, 32, 0x40 }, /* a TCP header of 16 bytes */
		{ false, 33, 0x12 }, /* SYN+ACK */
		{ false, 33, 0x06 }, /* SYN+RST */
		{ false, 33, 0x03 }, /* SYN+FIN */
		{ false, 33, 0x10 }, /* ACK */
		{ false, 23, 0 }, /* port 0 */
		{ true, 6, 44 }, /* a fragment */
		{ true, 6, 17 }, /* UDP */
		{ true, 41, 1 }, /* the extension reaches into TCP */
		{ true, 41, 255 }, /* and beyond the packet */
		{ true, 40, 59 }, /* nothing follows */
		{ true, 40, 0 }, /* extensions without end */
	};
	uint8_t packet[sizeof(syn6)];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t len = rows[i].v6 ? sizeof(syn6) : sizeof(syn4);

		memcpy(packet, rows[i].v6 ? syn6 : syn4, len);
		packet[rows[i].at] = rows[i].value;
		if (accepted(packet, len))
			fail_msg("row %zu is taken for a SYN", i);
	}
}

/* --- policy ---------------------------------------------------------------- */
static const struct addr client1 = { AF_INET, { 198, 51, 100, 7 } };
static const struct addr client2 = { AF_INET, { 198, 51, 100, 8 } };
static const struct service web = { { AF_INET, { 192, 0, 2, 10 } }, IPPROTO_TCP, 80 };
static const struct service other = { { AF_INET, { 192, 0, 2, 10 } }, IPPROTO_TCP, 81 };

static struct standin_policy *policy(uint32_t max)
{
	struct standin_policy *p = standin_policy_new(max);

	assert_non_null(p);
	return p;
}

static void test_first_contact(void **state)
{
	const struct standin_terms terms = { .retry = 3 };
	struct standin_policy *p = policy(10);
	struct standin_ruling r = standin_policy_ask(p, &client1, &web, &terms, 1000);

	(void)state;
	assert_int_equal(r.verdict, RINGBACK_VERDICT_ANSWER);
	assert_int_equal(r.ttl, 60000);
	assert_false(r.retry);
	standin_policy_free(p);
}

static void test_each_third_is_let_through(void **state)
{
	const struct standin_terms terms = { .retry = 3 };
	struct standin_policy *p = policy(10);
	struct standin_ruling r;

	(void)state;
	for (int round = 0; round < 4; round++) {
		r = standin_policy_ask(p, &client1, &web, &terms, 1000);
		assert_int_equal(r.verdict, RINGBACK_VERDICT_ANSWER);
		assert_false(standin_policy_answered(p, &client1, &web, &terms, 1000));
		assert_true(standin_policy_answered(p, &client1, &web, &terms, 1000));
		/* others have their own count */
		r = standin_policy_ask(p, &client2, &web, &terms, 1000);
		assert_int_equal(r.verdict, RINGBACK_VERDICT_ANSWER);
		r = standin_policy_ask(p, &client1, &other, &terms, 1000);
		assert_int_equal(r.verdict, RINGBACK_VERDICT_ANSWER);
		r = standin_policy_ask(p, &client1, &web, &terms, 1000);
		assert_int_equal(r.verdict, RINGBACK_VERDICT_PASS);
		assert_true(r.retry);
		assert_true(r.ttl < 1000);
	}
	standin_policy_free(p);
}

static void test_never_let_through(void **state)
{
	const struct standin_terms terms = { .retry = 0 };
	struct standin_policy *p = policy(10);

	(void)state;
	for (int i = 0; i < STANDIN_PACE - 1; i++) {
		assert_false(standin_policy_answered(p, &client1, &web, &terms, 1000));
		assert_int_equal(standin_policy_ask(p, &client1, &web, &terms, 1000).verdict,
				 RINGBACK_VERDICT_ANSWER);
	}
	standin_policy_free(p);
}

static void test_pace(void **state)
{
	const struct standin_terms terms = { .retry = 0 };
	struct standin_policy *p = policy(10);
	struct standin_ruling r;

	(void)state;
	for (int i = 1; i < STANDIN_PACE; i++)
		assert_false(standin_policy_answered(p, &client1, &web, &terms, 1000));
	assert_true(standin_policy_answered(p, &client1, &web, &terms, 11000));
	r = standin_policy_ask(p, &client1, &web, &terms, 11000);
	assert_int_equal(r.verdict, RINGBACK_VERDICT_PASS);
	assert_int_equal(r.ttl, 50000); /* to the end of the minute */
	assert_false(r.retry);
	r = standin_policy_ask(p, &client1, &web, &terms, 61000);
	assert_int_equal(r.verdict, RINGBACK_VERDICT_ANSWER);
	assert_false(standin_policy_answered(p, &client1, &web, &terms, 61000));
	standin_policy_free(p);
}

/* Refused connections show only in questions: these count. */
static void test_reset(void **state)
{
	const struct standin_terms terms = { .reset = true, .retry = 2 };
	struct standin_policy *p = policy(10);
	struct standin_ruling r = standin_policy_ask(p, &client1, &web, &terms, 1000);

	(void)state;
	assert_int_equal(r.verdict, RINGBACK_VERDICT_RESET);
	assert_int_equal(r.ttl, 2000);
	r = standin_policy_ask(p, &client1, &web, &terms, 3000);
	assert_int_equal(r.verdict, RINGBACK_VERDICT_PASS);
	assert_true(r.retry);
	r = standin_policy_ask(p, &client1, &web, &terms, 4000);
	assert_int_equal(r.verdict, RINGBACK_VERDICT_RESET);
	standin_policy_free(p);
}

/* Full: who was seen longest ago is forgotten, and begins anew. */
static void test_full(void **state)
{
	const struct standin_terms terms = { .retry = 2 };
	struct standin_policy *p = policy(2);

	(void)state;
	assert_true(standin_policy_answered(p, &client1, &web, &terms, 1000));
	assert_true(standin_policy_answered(p, &client2, &web, &terms, 1000));
	assert_true(standin_policy_answered(p, &client1, &web, &terms, 1000));
	standin_policy_answered(p, &client1, &other, &terms, 1000);
	assert_int_equal(standin_policy_ask(p, &client1, &web, &terms, 1000).verdict,
			 RINGBACK_VERDICT_PASS);
	assert_int_equal(standin_policy_ask(p, &client2, &web, &terms, 1000).verdict,
			 RINGBACK_VERDICT_ANSWER);
	for (uint32_t i = 0; i < 1000; i++) {
		struct addr a = { AF_INET, { 10, 0, i >> 8, i } };

		standin_policy_ask(p, &a, &web, &terms, 1000);
	}
	standin_policy_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_syn),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_no_syn),
		cmocka_unit_test(test_first_contact),
		cmocka_unit_test(test_each_third_is_let_through),
		cmocka_unit_test(test_never_let_through),
		cmocka_unit_test(test_pace),
		cmocka_unit_test(test_reset),
		cmocka_unit_test(test_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
