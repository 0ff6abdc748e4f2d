// SPDX-License-Identifier: GPL-2.0
/* Unit tests of common/timefmt.c, in a fixed time zone east and west. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>

#include "common/timefmt.h"

/* 2026-11-22 18:07:10.123456789 UTC */
#define MOMENT (1795370830 * NSEC_PER_SEC + 123456789)

static void set_zone(const char *zone)
{
	setenv("TZ", zone, 1);
	tzset();
}

static void rfc3339_is_utc(void **state)
{
	char buf[TIME_STRLEN];

	(void)state;
	set_zone("EST5");
	assert_string_equal(time_rfc3339(MOMENT, buf), "2026-11-22T18:07:10.123Z");
	assert_string_equal(time_rfc3339(0, buf), "1970-01-01T00:00:00.000Z");
	assert_string_equal(time_rfc3339(-1, buf), "1969-12-31T23:59:59.999Z");
	assert_string_equal(time_rfc3339(INT64_MAX, buf), "2262-04-11T23:47:16.854Z");
	assert_string_equal(time_rfc3339(INT64_MIN, buf), "1677-09-21T00:12:43.145Z");
}

/* Each day from 1900 to 2300, at its first and last second, against libc. */
static void dates_are_those_of_libc(void **state)
{
	char ours[TIME_STRLEN], theirs[TIME_STRLEN];

	(void)state;
	for (int64_t day = -25567; day < 120530; day++) {
		for (int64_t sec = day * 86400; sec <= day * 86400 + 86399; sec += 86399) {
			time_t t = sec;
			struct tm tm;

			gmtime_r(&t, &tm);
			strftime(theirs, sizeof(theirs), "%Y-%m-%dT%H:%M:%S", &tm);
			assert_ptr_equal(time_iso8601(sec, ours), ours + 19);
			assert_string_equal(ours, theirs);
		}
	}
	time_iso8601(-62135596800, ours);
	assert_string_equal(ours, "0001-01-01T00:00:00");
	time_iso8601(253402300799, ours);
	assert_string_equal(ours, "9999-12-31T23:59:59");
}

static void rfc5322_has_the_zone(void **state)
{
	char buf[TIME_STRLEN];

	(void)state;
	set_zone("UTC0");
	assert_string_equal(time_rfc5322(MOMENT, buf), "Sun, 22 Nov 2026 18:07:10 +0000");
	set_zone("EST5");
	assert_string_equal(time_rfc5322(MOMENT, buf), "Sun, 22 Nov 2026 13:07:10 -0500");
	set_zone("IST-5:30");
	assert_string_equal(time_rfc5322(MOMENT, buf), "Sun, 22 Nov 2026 23:37:10 +0530");
}

static void human_is_local(void **state)
{
	char buf[TIME_STRLEN];

	(void)state;
	set_zone("CET-1");
	assert_string_equal(time_human(MOMENT, buf), "2026-11-22 19:07:10");
}

static void spans(void **state)
{
	static const struct {
		int64_t seconds;
		const char *text;
	} row[] = {
		{ -5, "0 s" },
		{ 0, "0 s" },
		{ 59, "59 s" },
		{ 60, "1 min" },
		{ 3599, "59 min" },
		{ 3600, "1 h 00 min" },
		{ 4 * 3600 + 5 * 60 + 59, "4 h 05 min" },
		{ 86399, "23 h 59 min" },
		{ 86400, "1 day 0 h" },
		{ 2 * 86400 + 3 * 3600, "2 days 3 h" },
		{ INT64_MAX, "106751991167300 days 15 h" },
	};
	char buf[TIME_STRLEN];

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		assert_string_equal(time_span(row[i].seconds, buf), row[i].text);
}

static void clocks_run(void **state)
{
	int64_t mono = time_mono_ms();

	(void)state;
	assert_true(time_now() / NSEC_PER_SEC - time(NULL) <= 1);
	assert_true(time_mono_ms() >= mono);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc3339_is_utc),
		cmocka_unit_test(dates_are_those_of_libc),
		cmocka_unit_test(rfc5322_has_the_zone),
		cmocka_unit_test(human_is_local),
		cmocka_unit_test(spans),
		cmocka_unit_test(clocks_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
