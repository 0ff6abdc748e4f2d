// SPDX-License-Identifier: GPL-2.0
/* Unit tests of cli/csv.c: texts in, rows and complaints out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "cli/csv.h"

static struct csv csv;
static struct csv_row row;

static void open_text(const char *text, size_t len)
{
	csv = (struct csv){ .in = tmpfile() };
	assert_non_null(csv.in);
	assert_int_equal(fwrite(text, 1, len, csv.in), len);
	rewind(csv.in);
}

static void expect_row(unsigned long line, const char *key, const char *mail)
{
	assert_int_equal(csv_read(&csv, &row), 1);
	assert_null(row.error);
	assert_int_equal(csv.line, line);
	assert_string_equal(row.key, key);
	assert_string_equal(row.mail, mail);
}

static void expect_bad(unsigned long line, const char *error)
{
	assert_int_equal(csv_read(&csv, &row), 1);
	assert_non_null(row.error);
	assert_non_null(strstr(row.error, error));
	assert_int_equal(csv.line, line);
}

static void expect_end(void)
{
	assert_int_equal(csv_read(&csv, &row), 0);
	fclose(csv.in);
}

static void a_plain_file(void **state)
{
	static const char text[] = "Key,Mail\n"
				   "192.0.2.1,a@example.org\n"
				   "2001:db8::/64,b@example.org\n"
				   "02-00-00-00-00-01,c@example.org";

	(void)state;
	open_text(text, sizeof(text) - 1);
	expect_row(2, "192.0.2.1", "a@example.org");
	expect_row(3, "2001:db8::/64", "b@example.org");
	expect_row(4, "02-00-00-00-00-01", "c@example.org");
	expect_end();
}

static void a_file_from_a_spreadsheet(void **state)
{
	static const char text[] = "\xef\xbb\xbf\"key\",\"mail\"\r\n"
				   "# comment, with a comma\r\n"
				   "\r\n"
				   " \"192.0.2.1\" , \"a@example.org\" \r\n"
				   "192.0.2.2\t, z\xc3\xbcrich@example.org\r\n"
				   "192.0.2.3,\"\"\"odd\"\"@example.org\"\r\n";

	(void)state;
	open_text(text, sizeof(text) - 1);
	expect_row(4, "192.0.2.1", "a@example.org");
	expect_row(5, "192.0.2.2", "z\xc3\xbcrich@example.org");
	expect_row(6, "192.0.2.3", "\"odd\"@example.org");
	expect_end();
}

static void bad_rows_cost_only_themselves(void **state)
{
	static const char text[] = "192.0.2.1\n"
				   "192.0.2.1,a@example.org,x\n"
				   "\"192.0.2.1,a@example.org\n"
				   "192.0.2.1,\"a@example.org\"x\n"
				   "192.0.2\"1,a@example.org\n"
				   "192.0.2.256,a@example.org\n"
				   "192.0.2.1/24,a@example.org\n"
				   "192.0.2.1,nobody\n"
				   "192.0.2.1,@example.org\n"
				   "192.0.2.1,nobody@\n"
				   "192.0.2.1,a b@example.org\n"
				   "192.0.2.1,a\r@example.org\n"
				   ",\n"
				   "key,mail\n"
				   "192.0.2.1,last@example.org\n";

	(void)state;
	open_text(text, sizeof(text) - 1);
	expect_bad(1, "found one");
	expect_bad(2, "found more");
	expect_bad(3, "not closed");
	expect_bad(4, "follows a closing quote");
	expect_bad(5, "not quoted");
	expect_bad(6, "not an address");
	expect_bad(7, "beyond its length");
	expect_bad(8, "name@domain");
	expect_bad(9, "name@domain");
	expect_bad(10, "name@domain");
	expect_bad(11, "blanks");
	expect_bad(12, "control");
	expect_bad(13, "not an address");
	expect_bad(14, "not an address"); /* a header in the middle is no header */
	expect_row(15, "192.0.2.1", "last@example.org");
	expect_end();
}

static void long_and_binary_lines(void **state)
{
	static const char tail[] = "\n192.0.2.1,a\0@example.org\n192.0.2.1,a@example.org\n";
	static char text[100000];
	size_t n = 50000;

	(void)state;
	memset(text, 'x', n);
	memcpy(text + n, tail, sizeof(tail) - 1);
	open_text(text, n + sizeof(tail) - 1);
	expect_bad(1, "too long");
	expect_bad(2, "NUL");
	expect_row(3, "192.0.2.1", "a@example.org");
	expect_end();

	memcpy(text, "192.0.2.1,", 10);
	memset(text + 10, 'x', CSV_FIELD_MAX + 1);
	open_text(text, 10 + CSV_FIELD_MAX + 1);
	expect_bad(1, "field is too long");
	expect_end();

	strcpy(text + 10 + 250, "@example.org");
	open_text(text, strlen(text));
	expect_bad(1, "too long");
	expect_end();
}

static void nothing_in_nothing_out(void **state)
{
	(void)state;
	open_text("", 0);
	expect_end();
	open_text("\xef\xbb\xbf", 3);
	expect_end();
	open_text("key,mail\r\n\r\n# end", 17);
	expect_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plain_file),
		cmocka_unit_test(a_file_from_a_spreadsheet),
		cmocka_unit_test(bad_rows_cost_only_themselves),
		cmocka_unit_test(long_and_binary_lines),
		cmocka_unit_test(nothing_in_nothing_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
