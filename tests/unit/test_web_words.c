// SPDX-License-Identifier: GPL-2.0
/* Unit tests of web/words.c, web/negotiate.c and web/line.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "common/timefmt.h"
#include "web/line.h"
#include "web/negotiate.h"
#include "web/words_text.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

/* As often "{}" in a text as in the English one, and no text is missing. */
static void each_language_is_complete(void **state)
{
	(void)state;
	for (unsigned int lang = 0; lang < LANG_MAX; lang++) {
		for (unsigned int word = 0; word < W_MAX; word++) {
			print_message("%s %u\n", words_tag(lang), word);
			assert_non_null(words(lang, word));
			assert_int_equal(!strstr(words(lang, word), "{}"),
					 !strstr(words(LANG_EN, word), "{}"));
		}
		for (unsigned int month = 0; month < 12; month++)
			assert_non_null(words_text[lang].months[month]);
		for (unsigned int reason = 0; reason < 300; reason++)
			assert_non_null(words_reason(lang, (uint8_t)reason));
		assert_non_null(words_text[lang].thousands);
	}
}

static void nobody_is_counted_out(void **state)
{
	static const struct {
		uint32_t n;
		const char *en, *fr;
	} rows[] = {
		{ 0, "fewer than 10", "moins de 10" },
		{ 9, "fewer than 10", "moins de 10" },
		{ 10, "about 10", "environ 10" },
		{ 14, "about 10", "environ 10" },
		{ 15, "about 20", "environ 20" },
		{ 99, "about 100", "environ 100" },
		{ 449, "about 400", "environ 400" },
		{ 2501, "about 3,000", "environ 3\u202f000" },
		{ 12499, "about 12,000", "environ 12\u202f000" },
		{ 1234567, "about 1,200,000", "environ 1\u202f200\u202f000" },
	};
	char text[WORDS_WAITING_MAX];

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		assert_string_equal(words_waiting(LANG_EN, rows[i].n, text), rows[i].en);
		assert_string_equal(words_waiting(LANG_FR, rows[i].n, text), rows[i].fr);
	}
	words_waiting(LANG_ES, UINT32_MAX, text);
}

static void dates_as_each_language_writes_them(void **state)
{
	static const char *const first[] = {
		[LANG_EN] = "1 August 2026, 18:07 UTC",
		[LANG_DE] = "1. August 2026, 18:07 UTC",
		[LANG_FR] = "1er août 2026 à 18:07 UTC",
		[LANG_ES] = "1 de agosto de 2026, 18:07 UTC",
	};
	char text[WORDS_TIME_MAX];

	(void)state;
	for (unsigned int lang = 0; lang < LANG_MAX; lang++) {
		words_time(lang, 1785607630 * NSEC_PER_SEC, text);
		assert_string_equal(text, first[lang]);
	}
	words_time(LANG_FR, 1795370830 * NSEC_PER_SEC, text);
	assert_string_equal(text, "22 novembre 2026 à 18:07 UTC");
	words_time(LANG_DE, INT64_MIN, text);
	words_time(LANG_DE, INT64_MAX, text);
}

static void spans_with_their_plurals(void **state)
{
	static const struct {
		int64_t seconds;
		const char *en, *de;
	} rows[] = {
		{ -5, "less than a minute", "weniger als eine Minute" },
		{ 59, "less than a minute", "weniger als eine Minute" },
		{ 60, "1 minute", "1 Minute" },
		{ 3599, "59 minutes", "59 Minuten" },
		{ 3600, "1 hour", "1 Stunde" },
		{ 172799, "47 hours", "47 Stunden" },
		{ 172800, "2 days", "2 Tage" },
	};
	char text[WORDS_TIME_MAX];

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		assert_string_equal(words_span(LANG_EN, rows[i].seconds, text), rows[i].en);
		assert_string_equal(words_span(LANG_DE, rows[i].seconds, text), rows[i].de);
	}
}

static void the_form_that_is_asked_for(void **state)
{
	static const struct {
		const char *accept;
		enum form_of form;
	} rows[] = {
		{ NULL, FORM_TEXT },
		{ "", FORM_TEXT },
		{ "*/*", FORM_TEXT },
		{ "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", FORM_HTML },
		{ "TEXT/HTML", FORM_HTML },
		{ "text/html;q=0", FORM_TEXT },
		{ "text/html;q=0.4, text/plain;q=0.5", FORM_TEXT },
		{ "application/json", FORM_JSON },
		{ "application/json, text/plain, */*", FORM_JSON },
		{ "application/problem+json;q=0.9, text/html;q=0.9", FORM_HTML },
		{ "text/html;level=1;q=0.3, application/json;q=0.4", FORM_JSON },
		{ "image/avif,image/webp,*/*;q=0.8", FORM_TEXT },
		{ ",,;q=1,text/html;q=2,;", FORM_TEXT },
		{ "text/html ; q=1.000", FORM_HTML },
		{ "text/html;q=", FORM_TEXT },
		{ "text/htmlx, text/htm", FORM_TEXT },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		print_message("%s\n", rows[i].accept ? rows[i].accept : "-");
		assert_int_equal(negotiate_form(rows[i].accept), rows[i].form);
	}
}

static void the_language_that_is_asked_for(void **state)
{
	static const struct {
		const char *accept;
		enum lang lang;
	} rows[] = {
		{ NULL, LANG_EN },
		{ "de", LANG_DE },
		{ "de-AT, en;q=0.5", LANG_DE },
		{ "en;q=0.5, fr;q=0.9", LANG_FR },
		{ "pt-BR, es;q=0.8", LANG_ES },
		{ "pt", LANG_EN },
		{ "*", LANG_EN },
		{ "den, fre", LANG_EN },
		{ "DE-ch", LANG_DE },
		{ "fr;q=0, de;q=0.001", LANG_DE },
		{ "es, de", LANG_ES },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		print_message("%s\n", rows[i].accept ? rows[i].accept : "-");
		assert_int_equal(negotiate_lang(rows[i].accept), rows[i].lang);
	}
}

static void greetings(void **state)
{
	struct service s = { .proto = IPPROTO_TCP, .port = 25 };
	char line[LINE_MAX_LEN], name[200];
	size_t len;

	(void)state;
	addr_parse(&s.server, "192.0.2.10");
	len = line_for(&s, "Post", line);
	assert_int_equal(len, strlen(line));
	assert_string_equal(line, "421 [192.0.2.10] Service not available, try again later\r\n");
	addr_parse(&s.server, "2001:db8::10");
	line_for(&s, "", line);
	assert_string_equal(line,
			    "421 [IPv6:2001:db8::10] Service not available, try again later\r\n");
	s.port = 21;
	line_for(&s, "", line);
	assert_string_equal(line, "421 2001:db8::10: service not available, try again later.\r\n");
	s.port = 22;
	line_for(&s, "Build host", line);
	assert_string_equal(line, "Build host is not answering. Please try again later.\r\n");
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	len = line_for(&s, name, line);
	assert_int_equal(len, strlen(line));
	assert_string_equal(line + len - 2, "\r\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_language_is_complete),
		cmocka_unit_test(nobody_is_counted_out),
		cmocka_unit_test(dates_as_each_language_writes_them),
		cmocka_unit_test(spans_with_their_plurals),
		cmocka_unit_test(the_form_that_is_asked_for),
		cmocka_unit_test(the_language_that_is_asked_for),
		cmocka_unit_test(greetings),
	};

	return cmocka_run_group_tests_name("web_words", tests, NULL, NULL);
}
