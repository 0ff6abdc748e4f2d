// SPDX-License-Identifier: GPL-2.0
/*
 * Notifications of RINGBACK-MIB, decoded: what is right, and all that may be wrong.
 */
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "common/mib.h"
#include "common/timefmt.h"
#include "traps/list.h"

#define BEGAN  (1790000000LL * NSEC_PER_SEC)
#define ENDED  (1790000600LL * NSEC_PER_SEC)
#define OUTAGE 7

static struct trap_oid base;
static struct list_bind binds[LIST_BINDS_MAX];
static size_t n;
static uint8_t octets[LIST_BINDS_MAX][160]; /* the values of binds[] */
static struct msg_handover h;

/* --- messages, as a router makes them --------------------------------------------- */

static struct list_bind *bind_add(const char *oid)
{
	struct list_bind *b = &binds[n++];
	char text[300];

	snprintf(text, sizeof(text), "%s.%s", MIB_BASE_DEFAULT, oid);
	*b = (struct list_bind){ .type = LIST_OTHER };
	assert_int_equal(trap_oid_parse(&b->oid, text), 0);
	return b;
}

static void number(const char *oid, int64_t value)
{
	struct list_bind *b = bind_add(oid);

	b->type = LIST_NUMBER;
	b->number = value;
}

static void bytes(const char *oid, const void *value, size_t len)
{
	struct list_bind *b = bind_add(oid);

	memcpy(octets[b - binds], value, len);
	b->type = LIST_OCTETS;
	b->octets = octets[b - binds];
	b->len = len;
}

static void date(const char *oid, int64_t t)
{
	uint8_t value[MIB_DATE_LEN];

	mib_put_date(t, value);
	bytes(oid, value, sizeof(value));
}

static void row(const char *client)
{
	const struct mib_summary s = {
		.reason = RINGBACK_REASON_REFUSED,
		.has_mac = true,
		.mac = { { 2, 0, 0, 0, 0, 1 } },
		.attempts = 0x01020304,
		.first = BEGAN / NSEC_PER_SEC,
		.last = ENDED / NSEC_PER_SEC,
	};
	uint8_t value[MIB_SUMMARY_MAC_LEN];
	char oid[100];

	snprintf(oid, sizeof(oid), "1.4.1.4.7.%s", client);
	bytes(oid, value, mib_put_summary(&s, value));
}

/* The notification @which of outage 7, complete. */
static void message(enum mib_notification which)
{
	n = 0;
	bytes("1.5.1.0", "router.example.org", 18);
	number("1.3.1.2.7", 1);
	bytes("1.3.1.3.7", "\xc0\x00\x02\x0a", 4);
	number("1.3.1.4.7", IPPROTO_TCP);
	number("1.3.1.5.7", 80);
	number("1.3.1.6.7", RINGBACK_REASON_NO_REPLY);
	date("1.3.1.8.7", BEGAN);
	bytes("1.3.1.11.7", "web", 3);
	bytes("1.3.1.12.7", "B\xc3\xbcro", 5);
	if (which == MIB_SERVICE_DOWN)
		return;
	number("1.3.1.7.7", 3);
	date("1.3.1.9.7", ENDED);
	if (which == MIB_SERVICE_UP)
		return;
	number("1.5.3.0", 2);
	number("1.5.4.0", 10);
	number("1.5.6.0", 3);
	if (which != MIB_WAITING_CLIENTS)
		return;
	number("1.5.2.0", 2);
	number("1.5.5.0", 1);
	row("1.4.198.51.100.1");
	row("2.16.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.1");
}

static const char *decode(uint32_t which)
{
	struct trap_oid oid = base;

	oid.id[oid.len++] = 0;
	oid.id[oid.len++] = which;
	return list_decode(&base, &oid, binds, n, &h);
}

/* Of the message so far. */
static struct list_bind *of(const char *oid)
{
	struct trap_oid want;
	char text[300];

	snprintf(text, sizeof(text), "%s.%s", MIB_BASE_DEFAULT, oid);
	assert_int_equal(trap_oid_parse(&want, text), 0);
	for (size_t i = 0; i < n; i++)
		if (binds[i].oid.len == want.len && !memcmp(binds[i].oid.id, want.id, want.len * 4))
			return &binds[i];
	fail_msg("no %s in the message", oid);
	return NULL;
}

#define REFUSED(why) assert_string_equal(decode(MIB_WAITING_CLIENTS), why)

static int setup(void **state)
{
	(void)state;
	assert_int_equal(trap_oid_parse(&base, MIB_BASE_DEFAULT), 0);
	message(MIB_WAITING_CLIENTS);
	assert_null(decode(MIB_WAITING_CLIENTS));
	return 0;
}

/* --- the tests ----------------------------------------------------------------------- */

static void a_part(void **state)
{
	struct addr v4, v6;

	(void)state;
	addr_parse(&v4, "198.51.100.1");
	addr_parse(&v6, "2001:db8::1");
	assert_int_equal(h.act, HANDOVER_PART);
	assert_string_equal(h.router, "router.example.org");
	assert_int_equal(h.outage, OUTAGE);
	assert_int_equal(h.list, 3);
	assert_int_equal(h.service.proto, IPPROTO_TCP);
	assert_int_equal(h.service.port, 80);
	assert_int_equal(h.reason, RINGBACK_REASON_NO_REPLY);
	assert_int_equal(h.evidence, EVIDENCE_PROBE);
	assert_true(h.lossy);
	assert_int_equal(h.began, BEGAN);
	assert_int_equal(h.ended, ENDED);
	assert_string_equal(h.server_name, "B\xc3\xbcro");
	assert_string_equal(h.watch, "web");
	assert_int_equal(h.clients, 10);
	assert_int_equal(h.part, 2);
	assert_int_equal(h.parts, 2);
	assert_int_equal(h.n_rows, 2);
	assert_true(addr_equal(&h.rows[0].client, &v4));
	assert_true(addr_equal(&h.rows[1].client, &v6));
	assert_int_equal(h.rows[0].reason, RINGBACK_REASON_REFUSED);
	assert_int_equal(h.rows[0].attempts, 0x01020304);
	assert_int_equal(h.rows[0].first, BEGAN);
	assert_int_equal(h.rows[0].last, ENDED);
	assert_true(h.rows[0].has_mac);
	assert_int_equal(h.rows[0].mac.bytes[5], 1);
}

static void the_others(void **state)
{
	static const uint8_t act[] = { [MIB_SERVICE_DOWN] = HANDOVER_DOWN,
				       [MIB_SERVICE_UP] = HANDOVER_UP,
				       [MIB_LIST_RELEASED] = HANDOVER_RELEASE,
				       [MIB_LIST_WITHDRAWN] = HANDOVER_WITHDRAW };

	(void)state;
	for (int which = MIB_SERVICE_DOWN; which <= MIB_LIST_WITHDRAWN; which++) {
		if (which == MIB_WAITING_CLIENTS)
			continue;
		message(which);
		assert_null(decode(which));
		assert_int_equal(h.act, act[which]);
		assert_int_equal(h.outage, OUTAGE);
		assert_int_equal(h.n_rows, 0);
	}
	assert_non_null(decode(0));
	assert_non_null(decode(6));
	assert_non_null(decode(UINT32_MAX));
}

/* Whatever is left out of those that it must have, it is refused; of the others, not. */
static void each_missing(void **state)
{
	(void)state;
	for (int which = MIB_SERVICE_DOWN; which <= MIB_LIST_WITHDRAWN; which++) {
		size_t all, lost = 0;

		message(which);
		all = n;
		for (size_t i = 0; i < all; i++) {
			message(which);
			memmove(&binds[i], &binds[i + 1], (all - i - 1) * sizeof(binds[0]));
			n--;
			lost += decode(which) != NULL;
		}
		/* watch and name; a row; a withdrawal tells neither evidence nor end */
		assert_int_equal(lost, all - 2 - (which == MIB_WAITING_CLIENTS ? 2 : 0) -
					       (which == MIB_LIST_WITHDRAWN ? 2 : 0));
	}
}

static void each_twice(void **state)
{
	size_t all = n;

	(void)state;
	for (size_t i = 0; i < all; i++) {
		message(MIB_WAITING_CLIENTS);
		binds[n++] = binds[i];
		assert_string_equal(decode(MIB_WAITING_CLIENTS), i < all - 2 ?
									 "a variable comes twice" :
									 "a client comes twice");
	}
}

static void each_of_a_wrong_type(void **state)
{
	size_t all = n;

	(void)state;
	for (size_t i = 0; i < all; i++) {
		for (int type = LIST_OTHER; type <= LIST_OCTETS; type++) {
			message(MIB_WAITING_CLIENTS);
			if (binds[i].type == type)
				continue;
			binds[i].type = (uint8_t)type;
			assert_non_null(decode(MIB_WAITING_CLIENTS));
		}
	}
}

static void numbers(void **state)
{
	static const struct {
		const char *oid;
		int64_t bad[4];
	} of_range[] = {
		{ "1.3.1.2.7", { 0, 3, 16, -1 } },
		{ "1.3.1.4.7", { 0, 1, 262, -1 } },
		{ "1.3.1.5.7", { 0, 65536, -1, 1LL << 32 } },
		{ "1.3.1.6.7", { -1, 99, 256, 255 } },
		{ "1.3.1.7.7", { -1, 5, 256, 1LL << 33 } },
		{ "1.5.2.0", { 0, 3, 4000000000, -1 } },
		{ "1.5.3.0", { 0, 1, 11, 4000000000 } },
		{ "1.5.4.0", { 0, 1, -1, 1LL << 32 } },
		{ "1.5.5.0", { 0, 3, -1, 1LL << 32 } },
		{ "1.5.6.0", { -1, 1LL << 32, -5, 1LL << 40 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(of_range) / sizeof(of_range[0]); i++) {
		for (size_t j = 0; j < 4; j++) {
			message(MIB_WAITING_CLIENTS);
			of(of_range[i].oid)->number = of_range[i].bad[j];
			if (!decode(MIB_WAITING_CLIENTS))
				fail_msg("%s = %lld is taken", of_range[i].oid,
					 (long long)of_range[i].bad[j]);
		}
	}
}

static void a_million_clients(void **state)
{
	(void)state;
	of("1.5.3.0")->number = 1000000;
	of("1.5.4.0")->number = 1000000;
	of("1.5.2.0")->number = 1000000;
	assert_null(decode(MIB_WAITING_CLIENTS)); /* how many are too many is the engine's */
	assert_int_equal(h.clients, 1000000);
}

static void addresses(void **state)
{
	static const char *const bad[] = {
		"1.3.198.51.100",
		"1.5.198.51.100.1.1",
		"1.4.198.51.100",
		"1.4.198.51.100.1.1",
		"1.4.198.51.100.256",
		"2.4.198.51.100.1",
		"1.16.1.2.3.4",
		"0.0",
		"3.8.198.51.100.1.0.0.0.1",
		"16.4.97.46.98.99",
		"1.4294967295.1",
		"2.17.1.1.1.1.1.1.1.1"
		".1.1.1.1.1.1.1.1.1",
		"1",
	};
	struct addr v4;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		message(MIB_WAITING_CLIENTS);
		row(bad[i]);
		REFUSED("the address of a client has a wrong length or type");
	}
	for (size_t len = 0; len < 20; len++) {
		message(MIB_WAITING_CLIENTS);
		of("1.3.1.3.7")->len = len;
		assert_int_equal(!decode(MIB_WAITING_CLIENTS), len == 4);
	}
	/* A mapped address is the one that it means, also where that is there already. */
	message(MIB_WAITING_CLIENTS);
	n -= 2;
	row("2.16.0.0.0.0.0.0.0.0.0.0.255.255.198.51.100.1");
	assert_null(decode(MIB_WAITING_CLIENTS));
	addr_parse(&v4, "198.51.100.1");
	assert_true(addr_equal(&h.rows[0].client, &v4));
	row("1.4.198.51.100.1");
	REFUSED("a client comes twice");
}

static void summaries(void **state)
{
	struct list_bind *b;

	(void)state;
	for (size_t len = 0; len <= 24; len++) {
		message(MIB_WAITING_CLIENTS);
		binds[n - 1].len = len;
		assert_int_equal(!decode(MIB_WAITING_CLIENTS),
				 len == MIB_SUMMARY_LEN || len == MIB_SUMMARY_MAC_LEN);
	}
	message(MIB_WAITING_CLIENTS);
	b = &binds[n - 1];
	b->len = MIB_SUMMARY_LEN;
	assert_null(decode(MIB_WAITING_CLIENTS));
	assert_false(h.rows[1].has_mac);
	/* The clock was set back between the first and the last. */
	memset(octets[n - 1] + 5, 0xff, 4);
	assert_null(decode(MIB_WAITING_CLIENTS));
	assert_int_equal(h.rows[1].first, h.rows[1].last);
	octets[n - 1][0] = 0xee;
	REFUSED("the reason of a client is not known");
}

static void outages(void **state)
{
	(void)state;
	binds[n - 1].oid.id[base.len + 4] = OUTAGE + 1;
	REFUSED("it is of several outages");
	message(MIB_WAITING_CLIENTS);
	of("1.3.1.12.7")->oid.id[base.len + 4] = OUTAGE + 1;
	REFUSED("it is of several outages");
}

static const char *with_date(const void *value, size_t len)
{
	struct list_bind *b;

	message(MIB_WAITING_CLIENTS);
	b = of("1.3.1.9.7");
	memcpy(octets[b - binds], value, len);
	b->len = len;
	return decode(MIB_WAITING_CLIENTS);
}

static void dates(void **state)
{
	static const char *const bad[] = {
		"\x07\xea\x00\x01\x00\x00\x00\x00+\x00\x00",
		"\x07\xea\x0d\x01\x00\x00\x00\x00+\x00\x00",
		"\x07\xea\x02\x1e\x00\x00\x00\x00+\x00\x00",
		"\x07\xea\x01\x00\x00\x00\x00\x00+\x00\x00",
		"\x07\xea\x01\x20\x00\x00\x00\x00+\x00\x00",
		"\x07\xea\x01\x01\x18\x00\x00\x00+\x00\x00",
		"\x07\xea\x01\x01\x00\x3c\x00\x00+\x00\x00",
		"\x07\xea\x01\x01\x00\x00\x3d\x00+\x00\x00",
		"\x07\xea\x01\x01\x00\x00\x00\x0a+\x00\x00",
		"\x07\xea\x01\x01\x00\x00\x00\x00*\x00\x00",
		"\x07\xea\x01\x01\x00\x00\x00\x00+\x0f\x00",
		"\x07\xea\x01\x01\x00\x00\x00\x00+\x00\x3c",
		"\x07\xb1\x01\x01\x00\x00\x00\x00+\x00\x00",
		"\xff\xff\x01\x01\x00\x00\x00\x00+\x00\x00",
		"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
		"\x07\xb2\x01\x01\x00\x00\x00\x00+\x01\x00",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_string_equal(with_date(bad[i], 11), "its end is no date");
	for (size_t len = 0; len < 14; len++)
		assert_int_equal(!with_date("\x07\xea\x01\x01\x00\x00\x00\x00+\x00\x00\0\0", len),
				 len == 8 || len == 11);
	/* 2026-01-01 01:30:00.5 two hours east of Greenwich */
	assert_null(with_date("\x07\xea\x01\x01\x01\x1e\x00\x05+\x02\x00", 11));
	assert_int_equal(h.ended, 1767223800500000000);
	assert_null(with_date("\x07\xea\x01\x01\x01\x1e\x00\x05-\x02\x00", 11));
	assert_int_equal(h.ended, 1767238200500000000);
	assert_null(
		with_date("\x07\xe8\x02\x1d\x00\x00\x3c\x00+\x00\x00", 11)); /* leap day, second */
}

static const char *with_text(const char *oid, const char *text, size_t len)
{
	struct list_bind *b;

	message(MIB_WAITING_CLIENTS);
	b = of(oid);
	memcpy(octets[b - binds], text, len);
	b->len = len;
	return decode(MIB_WAITING_CLIENTS);
}

static void texts(void **state)
{
	static const char *const names[] = { "1.5.1.0", "1.3.1.11.7", "1.3.1.12.7" };
	static const size_t most[] = { 63, RINGBACK_WATCH_NAME_MAX, 127 };
	char many[160];

	(void)state;
	memset(many, 'x', sizeof(many));
	for (size_t i = 0; i < 3; i++) {
		assert_non_null(with_text(names[i], "\xff\xfe", 2));
		assert_non_null(with_text(names[i], "\xc3", 1));
		assert_non_null(with_text(names[i], "a\nb", 3));
		assert_non_null(with_text(names[i], "a\0b", 3));
		assert_non_null(with_text(names[i], "\xed\xa0\x80", 3));
		assert_null(with_text(names[i], many, most[i]));
		assert_non_null(with_text(names[i], many, most[i] + 1));
	}
	assert_non_null(with_text("1.5.1.0", "", 0));
}

/* What a later version may say more is passed over. */
static void unknown_variables(void **state)
{
	static const char *const oids[] = {
		"9",	      "1.5.99.0",  "1.5.0.0",	  "1.5.1.1",
		"1.3.1.13.7", "1.3.2.2.7", "1.3.1.2.7.1", "1.4.1.3.7.1.4.1.2.3.4",
		"1.1.1.0",    "1",	   "0.3",	  "1.3.1.10.7",
		"1.3.1.1.7"
	};

	(void)state;
	for (size_t i = 0; i < sizeof(oids) / sizeof(oids[0]); i++)
		number(oids[i], 1);
	binds[n++] = (struct list_bind){ .type = LIST_NUMBER }; /* an OID too long to be one */
	assert_null(decode(MIB_WAITING_CLIENTS));
	assert_int_equal(h.n_rows, 2);
}

static void ours_or_not(void **state)
{
	struct trap_oid oid = base;

	(void)state;
	assert_false(list_is_ours(&base, &oid));
	oid.id[oid.len++] = 5;
	assert_true(list_is_ours(&base, &oid));
	assert_string_equal(list_decode(&base, &oid, binds, n, &h),
			    "it is no notification of ours");
	oid.id[0] = 2;
	assert_false(list_is_ours(&base, &oid));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_part, setup),
		cmocka_unit_test_setup(the_others, setup),
		cmocka_unit_test_setup(each_missing, setup),
		cmocka_unit_test_setup(each_twice, setup),
		cmocka_unit_test_setup(each_of_a_wrong_type, setup),
		cmocka_unit_test_setup(numbers, setup),
		cmocka_unit_test_setup(a_million_clients, setup),
		cmocka_unit_test_setup(addresses, setup),
		cmocka_unit_test_setup(summaries, setup),
		cmocka_unit_test_setup(outages, setup),
		cmocka_unit_test_setup(dates, setup),
		cmocka_unit_test_setup(texts, setup),
		cmocka_unit_test_setup(unknown_variables, setup),
		cmocka_unit_test_setup(ours_or_not, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
