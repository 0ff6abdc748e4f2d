// SPDX-License-Identifier: GPL-2.0
/* Unit tests of the CLI's writer: the same rows through both bodies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "cli/writer.h"
#include "common/timefmt.h"

static const struct column columns[] = {
	{ "client", "CLIENT", 0 },
	{ "service", "PORT", COL_TEXT_ONLY },
	{ "proto", NULL, 0 },
	{ "port", NULL, 0 },
	{ "state", "STATE", COL_STATE },
	{ "attempts", "ATTEMPTS", COL_RIGHT },
	{ "last", "LAST", COL_TIME },
	{ "list", "LIST", 0 },
};

#define N_COLUMNS (sizeof(columns) / sizeof(columns[0]))

static char *text;
static size_t size;
static FILE *out;

static int open_out(void **state)
{
	(void)state;
	setenv("TZ", "UTC0", 1);
	tzset();
	out = open_memstream(&text, &size);
	return out ? 0 : -1;
}

static int close_out(void **state)
{
	(void)state;
	fclose(out);
	free(text);
	return 0;
}

/* 2001-09-09 01:46:40 UTC: never today. */
#define LONG_AGO (1000000000 * NSEC_PER_SEC)

static void two_rows(struct writer *w)
{
	writer_text(w, "client", "192.0.2.1");
	writer_service(w, 6, 80);
	writer_text(w, "state", "failed");
	writer_number(w, "attempts", 3);
	writer_time(w, "last", LONG_AGO);
	writer_attr(w, "list", json_pack("[s, s]", "a", "b"));
	writer_end(w);
	writer_text(w, "client", "2001:db8::1");
	writer_service(w, 17, 53);
	writer_text(w, "state", "pending");
	writer_number(w, "attempts", 1000);
	writer_time(w, "last", 0);
	writer_attr(w, "list", json_array());
	writer_end(w);
}

static void a_table_is_aligned(void **state)
{
	struct writer *w = writer_text_new(out, false);

	(void)state;
	writer_start(w, columns, N_COLUMNS, false);
	two_rows(w);
	assert_int_equal(writer_finish(w), 0);
	assert_string_equal(text, "CLIENT       PORT    STATE    ATTEMPTS  LAST              LIST\n"
				  "192.0.2.1    tcp/80  failed          3  2001-09-09 01:46  a,b\n"
				  "2001:db8::1  udp/53  pending      1000  -                 -\n");
	writer_free(w);
}

static void json_is_one_array(void **state)
{
	struct writer *w = writer_json_new(out);

	(void)state;
	writer_start(w, columns, N_COLUMNS, false);
	two_rows(w);
	assert_int_equal(writer_finish(w), 0);
	assert_string_equal(text,
			    "[\n {\"client\": \"192.0.2.1\", \"proto\": \"tcp\", \"port\": 80, "
			    "\"state\": \"failed\", \"attempts\": 3, "
			    "\"last\": \"2001-09-09T01:46:40.000Z\", \"list\": [\"a\", \"b\"]},\n"
			    " {\"client\": \"2001:db8::1\", \"proto\": \"udp\", \"port\": 53, "
			    "\"state\": \"pending\", \"attempts\": 1000, \"last\": null, "
			    "\"list\": []}\n]\n");
	writer_free(w);
}

static void empty_tables(void **state)
{
	struct writer *w = writer_text_new(out, false);

	(void)state;
	writer_start(w, columns, N_COLUMNS, false);
	assert_int_equal(writer_finish(w), 0);
	assert_string_equal(text, "CLIENT  PORT  STATE  ATTEMPTS  LAST  LIST\n");
	writer_free(w);

	rewind(out);
	w = writer_json_new(out);
	writer_start(w, columns, N_COLUMNS, false);
	assert_int_equal(writer_finish(w), 0);
	assert_memory_equal(text, "[]\n", 3);
	writer_free(w);
}

static void live_rows_leave_at_once(void **state)
{
	struct writer *w = writer_json_new(out);
	json_t *json;

	(void)state;
	writer_start(w, columns, N_COLUMNS, true);
	writer_text(w, "client", "192.0.2.1");
	writer_text(w, "more", "kept");
	writer_end(w);
	json = json_loads(text, 0, NULL); /* whole before finish, absent keys are null */
	assert_true(json_is_null(json_object_get(json, "state")));
	assert_string_equal(json_string_value(json_object_get(json, "more")), "kept");
	assert_int_equal(text[strlen(text) - 1], '\n');
	json_decref(json);
	writer_free(w);
}

static void live_text_has_its_header_first(void **state)
{
	static const struct column two[] = { { "a", "A   ", 0 }, { "b", "B", 0 } };
	struct writer *w = writer_text_new(out, false);

	(void)state;
	writer_start(w, two, 2, true);
	assert_string_equal(text, "A     B\n");
	writer_text(w, "a", "1");
	writer_text(w, "b", "2");
	writer_end(w);
	assert_string_equal(text, "A     B\n1     2\n");
	writer_free(w);
}

static void strangers_paint_no_terminal(void **state)
{
	static const struct column one[] = { { "a", "A", 0 }, { "b", "B", 0 } };
	struct writer *w = writer_text_new(out, false);

	(void)state;
	writer_start(w, one, 2, false);
	writer_text(w, "a", "\033[31mred\n");
	writer_text(w, "b", "\xff");
	writer_end(w);
	assert_int_equal(writer_finish(w), 0);
	assert_string_equal(text, "A                B\n\\x1b[31mred\\x0a  \\xff\n");
	writer_free(w);
}

static void bytes_that_are_not_utf8_stay_json(void **state)
{
	struct writer *w = writer_json_new(out);
	json_t *json;

	(void)state;
	writer_start(w, columns, N_COLUMNS, false);
	writer_text(w, "client", "\xff\"");
	writer_end(w);
	assert_int_equal(writer_finish(w), 0);
	json = json_loads(text, 0, NULL);
	assert_string_equal(json_string_value(json_object_get(json_array_get(json, 0), "client")),
			    "\\xff\"");
	json_decref(json);
	writer_free(w);
}

/* Each byte, as a value and as a key, as jansson writes it. */
static void json_strings_are_those_of_jansson(void **state)
{
	static const char *const texts[] = { "",    "plain",	     "\"quoted\"",   "back\\slash",
					     "a/b", "Z\xc3\xbcrich", "\xe2\x82\xac", "\x7f" };
	char one[] = "x.y";

	(void)state;
	for (int c = 1; c < 128 + (int)(sizeof(texts) / sizeof(texts[0])); c++) {
		const char *s = c < 128 ? one : texts[c - 128];
		struct writer *w = writer_json_new(out);
		json_t *row;
		char *theirs;

		one[1] = c;
		row = json_pack("{s:s}", s, s);
		theirs = json_dumps(row, 0);
		rewind(out);
		writer_start(w, NULL, 0, true);
		writer_text(w, s, s);
		writer_end(w);
		assert_memory_equal(text, theirs, strlen(theirs));
		assert_int_equal(text[strlen(theirs)], '\n');
		free(theirs);
		json_decref(row);
		writer_free(w);
	}
}

/* A row of the daemon: members in any order, some unknown, some missing. */
static void foreign_rows_get_the_order_of_the_columns(void **state)
{
	json_t *row =
		json_pack("{s:i, s:s, s:n, s:b}", "newer", 1, "state", "open", "client", "port", 1);
	struct writer *w = writer_json_new(out);

	(void)state;
	writer_start(w, columns, 5, false);
	writer_row(w, row);
	writer_end(w);
	assert_int_equal(writer_finish(w), 0);
	assert_string_equal(text, "[\n {\"client\": null, \"proto\": null, \"port\": true, "
				  "\"state\": \"open\", \"newer\": 1}\n]\n");
	json_decref(row);
	writer_free(w);
}

/* More than leaves at a time. */
static void long_tables_are_whole(void **state)
{
	static const struct column one[] = { { "n", "N", COL_RIGHT } };
	struct writer *json = writer_json_new(out), *table;
	json_t *rows;
	char *line;

	(void)state;
	writer_start(json, one, 1, false);
	for (int i = 0; i < 20000; i++) {
		writer_number(json, "n", i);
		writer_end(json);
	}
	assert_int_equal(writer_finish(json), 0);
	rows = json_loads(text, 0, NULL);
	assert_int_equal(json_array_size(rows), 20000);
	json_decref(rows);
	writer_free(json);

	rewind(out);
	table = writer_text_new(out, false);
	writer_start(table, one, 1, false);
	for (int i = 0; i < 20000; i++) {
		writer_number(table, "n", i);
		writer_end(table);
	}
	assert_int_equal(writer_finish(table), 0);
	line = text;
	assert_memory_equal(line, "    N\n", 6);
	for (int i = 0; i < 20000; i++)
		assert_int_equal(strtol(line += 6, NULL, 10), i);
	writer_free(table);
}

static void numbers_reach_their_ends(void **state)
{
	struct writer *w = writer_json_new(out);

	(void)state;
	writer_start(w, NULL, 0, true);
	writer_number(w, "least", 0);
	writer_number(w, "most", UINT64_MAX);
	writer_end(w);
	assert_string_equal(text, "{\"least\": 0, \"most\": 18446744073709551615}\n");
	writer_free(w);
}

/* Local time changes its distance to UTC at 01:00 UTC on 2026-10-25. */
static void times_follow_the_local_clock(void **state)
{
	static const struct column one[] = { { "t", "T", COL_TIME } };
	struct writer *w = writer_text_new(out, false);

	(void)state;
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	writer_start(w, one, 1, false);
	writer_time(w, "t", 1792889999 * NSEC_PER_SEC);
	writer_end(w);
	writer_time(w, "t", 1792890000 * NSEC_PER_SEC);
	writer_end(w);
	writer_time(w, "t", 1792972800 * NSEC_PER_SEC);
	writer_end(w);
	assert_int_equal(writer_finish(w), 0);
	assert_string_equal(text, "T\n2026-10-25 02:59\n2026-10-25 02:00\n2026-10-26 01:00\n");
	writer_free(w);
}

static void characters_count_not_bytes(void **state)
{
	static const struct column two[] = { { "a", "A", 0 }, { "b", "B", 0 } };
	struct writer *w = writer_text_new(out, false);

	(void)state;
	writer_start(w, two, 2, false);
	writer_text(w, "a", "Zürich");
	writer_text(w, "b", "x");
	writer_end(w);
	assert_int_equal(writer_finish(w), 0);
	assert_string_equal(text, "A       B\nZürich  x\n");
	writer_free(w);
}

static void colour_only_where_wanted(void **state)
{
	static const struct column one[] = { { "state", "STATE", COL_STATE } };
	struct writer *w = writer_text_new(out, true);

	(void)state;
	writer_start(w, one, 1, false);
	writer_text(w, "state", "down");
	writer_end(w);
	assert_int_equal(writer_finish(w), 0);
	assert_string_equal(text, "\033[1mSTATE\033[0m\n\033[31mdown\033[0m\n");
	writer_free(w);
}

static void times_that_are_none_stay(void **state)
{
	static const struct column one[] = { { "t", "T", COL_TIME } };
	char today[TIME_STRLEN], human[TIME_STRLEN];
	struct writer *w = writer_text_new(out, false);
	int64_t now = time_now();

	(void)state;
	writer_start(w, one, 1, false);
	writer_text(w, "t", time_rfc3339(now, today));
	writer_end(w);
	writer_text(w, "t", "soon");
	writer_end(w);
	assert_int_equal(writer_finish(w), 0);
	assert_memory_equal(text, "T\n", 2);
	assert_memory_equal(text + 2, time_human(now, human) + 11, 8);
	assert_string_equal(text + 10, "\nsoon\n");
	writer_free(w);
}

static void a_full_disk_is_an_error(void **state)
{
	FILE *full = fopen("/dev/full", "w");
	struct writer *w;

	(void)state;
	if (!full)
		skip();
	w = writer_text_new(full, false);
	writer_start(w, columns, N_COLUMNS, false);
	two_rows(w);
	assert_true(writer_finish(w) < 0);
	writer_free(w);
	fclose(full);
}

static void data_is_for_people(void **state)
{
	static const struct column one[] = { { "n", NULL, 0 } };
	struct writer *w = writer_text_new(out, false);

	(void)state;
	writer_start(w, one, 1, false);
	writer_number(w, "n", 3);
	writer_end(w);
	writer_data(w, "%d forgotten%c", 3, '\a');
	assert_int_equal(writer_finish(w), 0);
	assert_string_equal(text, "3 forgotten\\x07\n");
	writer_free(w);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_out, close_out)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_table_is_aligned),
		TEST(json_is_one_array),
		TEST(empty_tables),
		TEST(live_rows_leave_at_once),
		TEST(live_text_has_its_header_first),
		TEST(strangers_paint_no_terminal),
		TEST(bytes_that_are_not_utf8_stay_json),
		TEST(json_strings_are_those_of_jansson),
		TEST(foreign_rows_get_the_order_of_the_columns),
		TEST(long_tables_are_whole),
		TEST(numbers_reach_their_ends),
		TEST(times_follow_the_local_clock),
		TEST(characters_count_not_bytes),
		TEST(colour_only_where_wanted),
		TEST(times_that_are_none_stay),
		TEST(a_full_disk_is_an_error),
		TEST(data_is_for_people),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
