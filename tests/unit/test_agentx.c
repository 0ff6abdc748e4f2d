// SPDX-License-Identifier: GPL-2.0
/*
 * What the AgentX room keeps of the engine's answers, and how it walks through it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
/* after those: cmocka.h does not include them */
#include <cmocka.h>

#include "agentx/tree.h"
#include "common/timefmt.h"

#define DAY (VIEW_KEEP * NSEC_PER_SEC)

static struct view v;

static int setup(void **state)
{
	(void)state;
	v = (struct view){ 0 };
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	view_clear(&v);
	return 0;
}

/* --- rows ------------------------------------------------------------------- */

static void add_outage(uint64_t id, const char *server, int port, const char *state,
		       const char *ended)
{
	json_t *row =
		json_pack("{s:I,s:s,s:s,s:i,s:s,s:s,s:s,s:s*,s:s,s:i,s:s,s:n}", "id",
			  (json_int_t)id, "server", server, "proto", "tcp", "port", port, "state",
			  state, "reason", "refused", "began", "2026-11-23T01:02:03.456Z", "ended",
			  ended, "evidence", "operator", "waiters", 2, "watch", "web", "name");

	assert_non_null(row);
	assert_int_equal(view_outage(&v, row, time_now()), 0);
	json_decref(row);
}

static void add_waiter(uint64_t outage, const char *client, const char *mac)
{
	json_t *row = json_pack("{s:I,s:s,s:s,s:s,s:i,s:s,s:s,s:s*}", "outage", (json_int_t)outage,
				"client", client, "state", "no-contact", "reason", "no-reply",
				"attempts", 258, "first", "1970-01-01T00:00:01.000Z", "last",
				"1970-01-01T00:00:02.999Z", "mac", mac);

	assert_non_null(row);
	assert_int_equal(view_waiter(&v, row), 0);
	json_decref(row);
}

static void add_daemon(const char *key, json_t *value)
{
	json_t *row = json_pack("{s:s,s:o}", "key", key, "value", value);

	assert_int_equal(view_daemon(&v, row), 0);
	json_decref(row);
}

static void some_rows(void)
{
	add_daemon("version", json_string("1.2"));
	add_daemon("store", json_string("failing"));
	add_daemon("traps", json_integer(5000000000));
	add_daemon("contacts", json_integer(5000000000));
	add_outage(4, "192.0.2.10", 80, "down", NULL);
	add_outage(5, "2001:db8::10", 80, "holding", NULL);
	add_outage(6, "192.0.2.9", 8080, "down", NULL);
	assert_int_equal(view_outages_done(&v), 0);
	add_waiter(5, "2001:db8::1", "02:00:00:00:00:01");
	add_waiter(5, "198.51.100.100", NULL);
	add_waiter(4, "198.51.100.7", NULL);
	add_waiter(5, "198.51.100.7", NULL);
	view_waiters_done(&v);
}

/* --- names ------------------------------------------------------------------ */

static size_t parse(const char *text, uint32_t *name)
{
	size_t n = 0;
	int used;

	for (; sscanf(text, "%u%n", &name[n], &used) == 1; n++) {
		text += used;
		if (*text != '.')
			return n + 1;
		text++;
	}
	return n;
}

static const char *format(const uint32_t *name, size_t n)
{
	static char text[256];
	size_t len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < n; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, i ? ".%u" : "%u", name[i]);
	return text;
}

static enum tree_found get(const char *text, struct tree_value *value)
{
	uint32_t name[64];

	return tree_get(&v, name, parse(text, name), value);
}

static const char *next(const char *text, struct tree_value *value)
{
	uint32_t name[64], found[TREE_NAME_MAX];

	return format(found, tree_next(&v, name, parse(text, name), found, value));
}

static bool needs_waiters(const char *text, bool is_next)
{
	uint32_t name[64];

	return tree_needs_waiters(&v, name, parse(text, name), is_next);
}

/* --- tests ------------------------------------------------------------------ */

/* Each step is greater than the one before, and a get of it says the same. */
static void a_walk_sees_each_instance_once_and_in_order(void **state)
{
	uint32_t name[TREE_NAME_MAX] = { 0 }, found[TREE_NAME_MAX];
	struct tree_value value, again;
	size_t len = 0, n, steps = 0;

	(void)state;
	some_rows();
	while ((n = tree_next(&v, name, len, found, &value))) {
		bool greater = n > len;

		for (size_t i = 0; i < n && i < len; i++) {
			if (found[i] != name[i]) {
				greater = found[i] > name[i];
				break;
			}
		}
		assert_true(greater);
		assert_int_equal(tree_get(&v, found, n, &again), TREE_FOUND);
		assert_int_equal(again.type, value.type);
		assert_int_equal(again.number, value.number);
		memcpy(name, found, sizeof(name));
		len = n;
		steps++;
	}
	/* 4 scalars, 6 columns of services, 11 of outages, 2 of waiters */
	assert_int_equal(steps, 4 + 3 * 6 + 3 * 11 + 4 * 2);
}

static void an_index_is_type_length_octets(void **state)
{
	struct tree_value value;

	(void)state;
	some_rows();
	assert_string_equal(next("1.2", &value), "1.2.1.5.1.4.192.0.2.9.6.8080");
	assert_string_equal(next("1.2.1.5.1.4.192.0.2.9.6.8080", &value),
			    "1.2.1.5.1.4.192.0.2.10.6.80");
	assert_string_equal(next("1.2.1.5.1.4.192.0.2.10.6.80", &value),
			    "1.2.1.5.2.16.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.16.6.80");
	assert_int_equal(value.number, 2); /* holding: returning(2) */
	assert_string_equal(next("1.4.1.3.5.1.4.198.51.100.7", &value),
			    "1.4.1.3.5.1.4.198.51.100.100");
}

static void names_between_and_beyond(void **state)
{
	struct tree_value value;

	(void)state;
	some_rows();
	assert_string_equal(next("", &value), "1.1.1.0");
	assert_string_equal(next("0.3", &value), "1.1.1.0");
	assert_string_equal(next("1.1.1.0.7", &value), "1.1.4.0"); /* the store */
	assert_string_equal(next("1.3.1.2.4.1", &value), "1.3.1.2.5");
	assert_string_equal(next("1.3.1.2.4294967295", &value), "1.3.1.3.4");
	assert_string_equal(next("1.4.1.4.5.2.16.255", &value), "");
	assert_string_equal(next("1.5", &value), "");
	assert_string_equal(next("7", &value), "");
	assert_int_equal(get("1.3.1.5.4", &value), TREE_FOUND);
	assert_int_equal(value.number, 80);
	assert_int_equal(get("1.3.1.5.4.0", &value), TREE_NO_INSTANCE);
	assert_int_equal(get("1.3.1.5", &value), TREE_NO_INSTANCE);
	assert_int_equal(get("1.3.1.1.4", &value), TREE_NO_OBJECT);
	assert_int_equal(get("1.2.1.2.1", &value), TREE_NO_OBJECT);
	assert_int_equal(get("1.1.3.0", &value), TREE_NO_INSTANCE); /* nobody said it */
	assert_int_equal(get("", &value), TREE_NO_OBJECT);
}

static void values_are_what_the_mib_says(void **state)
{
	static const uint8_t date[] = { 0x07, 0xea, 11, 23, 1, 2, 3, 4, '+', 0, 0 };
	static const uint8_t summary[] = {
		1, 0, 0, 1, 2, 0, 0, 0, 1, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1
	};
	struct tree_value value;

	(void)state;
	some_rows();
	get("1.3.1.8.4", &value);
	assert_int_equal(value.len, sizeof(date));
	assert_memory_equal(value.octets, date, sizeof(date));
	get("1.3.1.9.4", &value); /* open: no date, in the shorter form */
	assert_int_equal(value.len, 8);
	assert_memory_equal(value.octets, "\0\0\0\0\0\0\0\0", 8);
	get("1.3.1.7.4", &value);
	assert_int_equal(value.number, 4); /* operator(4) */
	get("1.3.1.6.4", &value);
	assert_int_equal(value.number, RINGBACK_REASON_REFUSED);
	get("1.4.1.4.5.2.16.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.1", &value);
	assert_int_equal(value.len, sizeof(summary));
	assert_memory_equal(value.octets, summary, sizeof(summary));
	get("1.4.1.4.5.1.4.198.51.100.7", &value);
	assert_int_equal(value.len, MIB_SUMMARY_LEN);
	get("1.4.1.3.5.1.4.198.51.100.7", &value);
	assert_int_equal(value.number, 4); /* noContact(4) */
	get("1.1.11.0", &value);
	assert_int_equal(value.type, TREE_COUNTER64);
	assert_int_equal(value.number, 5000000000);
	get("1.1.6.0", &value); /* a gauge stops at its end */
	assert_int_equal(value.number, UINT32_MAX);
	get("1.1.4.0", &value);
	assert_int_equal(value.number, 2);
}

static void rows_without_sense_are_left_out(void **state)
{
	json_t *row = json_pack("{s:s,s:[]}", "id", "x", "server");

	(void)state;
	assert_int_equal(view_outage(&v, row, time_now()), 0);
	assert_int_equal(view_waiter(&v, row), 0);
	assert_int_equal(view_daemon(&v, row), 0);
	json_decref(row);
	add_outage(5000000000, "192.0.2.10", 80, "down", NULL); /* more than SNMP can say */
	add_outage(1, "nowhere", 80, "down", NULL);
	add_outage(2, "192.0.2.10", 70000, "down", NULL);
	add_outage(9, "192.0.2.10", 80, "down", NULL);
	add_outage(9, "192.0.2.11", 80, "down", NULL); /* the same again */
	add_waiter(0, "198.51.100.7", NULL);
	add_waiter(9, "198.51.100.7.8", NULL);
	assert_int_equal(view_outages_done(&v), 0);
	view_waiters_done(&v);
	assert_int_equal(v.n_outages, 1);
	assert_int_equal(v.n_waiters, 0);
}

static void what_ended_long_ago_is_left_out(void **state)
{
	char before[TIME_STRLEN], after[TIME_STRLEN];

	(void)state;
	add_outage(1, "192.0.2.10", 80, "ended", time_rfc3339(time_now() - 2 * DAY, before));
	add_outage(2, "192.0.2.10", 80, "ended", time_rfc3339(time_now() - DAY / 2, after));
	add_outage(3, "192.0.2.10", 80, "down", NULL);
	assert_int_equal(view_outages_done(&v), 0);
	assert_int_equal(v.n_outages, 2);
	assert_int_equal(v.n_services, 1);
	assert_int_equal(v.outages[v.services[0]].id, 3);
}

static void of_too_many_outages_the_newest_stay(void **state)
{
	(void)state;
	for (uint64_t id = 1; id <= 3 * VIEW_OUTAGES_MAX; id++)
		add_outage(id, "192.0.2.10", 80, "down", NULL);
	assert_int_equal(view_outages_done(&v), 0);
	assert_int_equal(v.n_outages, VIEW_OUTAGES_MAX);
	assert_int_equal(v.outages[0].id, 2 * VIEW_OUTAGES_MAX + 1);
	assert_int_equal(v.outages[VIEW_OUTAGES_MAX - 1].id, 3 * VIEW_OUTAGES_MAX);
}

static void waiters_of_the_newest_outages_are_wanted(void **state)
{
	uint64_t sum = 0;
	size_t at;

	(void)state;
	add_outage(1, "192.0.2.10", 80, "down", NULL);
	add_outage(2, "192.0.2.11", 80, "down", NULL);
	add_outage(3, "192.0.2.12", 80, "down", NULL);
	assert_int_equal(view_outages_done(&v), 0);
	v.outages[0].waiters = VIEW_WAITERS_MAX - 1; /* with those of the third too many */
	v.outages[1].waiters = 0;
	at = v.n_outages;
	assert_true(view_wants_waiters(&v, &at, &sum));
	assert_int_equal(v.outages[at].id, 3);
	assert_false(view_wants_waiters(&v, &at, &sum));
}

static void waiters_are_asked_for_when_the_answer_needs_them(void **state)
{
	(void)state;
	some_rows();
	assert_false(needs_waiters("1.1.1.0", false));
	assert_false(needs_waiters("1.1", true));
	assert_false(needs_waiters("1.3.1.12.5", true));
	assert_true(needs_waiters("1.3.1.12.6", true)); /* the last outage's last column */
	assert_true(needs_waiters("1.4", true));
	assert_true(needs_waiters("1.4.1.3.5.1.4.198.51.100.7", false));
	assert_false(needs_waiters("1.5", true));
	assert_false(needs_waiters("1.5.1.0", false));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_walk_sees_each_instance_once_and_in_order),
		TEST(an_index_is_type_length_octets),
		TEST(names_between_and_beyond),
		TEST(values_are_what_the_mib_says),
		TEST(rows_without_sense_are_left_out),
		TEST(what_ended_long_ago_is_left_out),
		TEST(of_too_many_outages_the_newest_stay),
		TEST(waiters_of_the_newest_outages_are_wanted),
		TEST(waiters_are_asked_for_when_the_answer_needs_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
