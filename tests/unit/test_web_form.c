// SPDX-License-Identifier: GPL-2.0
/* Unit tests of what clients send: web/form.c, choice_input.c, token.c, limit.c, html.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "web/choice_input.h"
#include "web/form.h"
#include "web/html.h"
#include "web/limit.h"
#include "web/token.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static char buf[1024];

static char *text(const char *s)
{
	return strcpy(buf, s);
}

static void fields_are_decoded(void **state)
{
	struct form f;

	(void)state;
	assert_int_equal(form_parse(&f, text("a=1+2&b=%C3%A4%26&c&&d=x%3dy=z&a=later")), 0);
	assert_string_equal(form_get(&f, "a"), "1 2");
	assert_string_equal(form_get(&f, "b"), "ä&");
	assert_string_equal(form_get(&f, "c"), "");
	assert_string_equal(form_get(&f, "d"), "x=y=z");
	assert_string_equal(form_get(&f, "none"), "");
	assert_int_equal(form_parse(&f, text("")), 0);
	assert_int_equal(f.n, 0);
}

static void fields_that_are_none(void **state)
{
	static const char *const rows[] = {
		"a=%",
		"a=%4",
		"a=%zz",
		"a=%00",
		"a=%ff",
		"a=%c0%80",
		"a=%ed%a0%80",
		"a=%0d%0a",
		"%0a=b",
		"a=%c2%85",
		"1&2&3&4&5&6&7&8&9&10&11&12&13&14&15&16&17",
	};
	struct form f;

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		print_message("%s\n", rows[i]);
		assert_int_not_equal(form_parse(&f, text(rows[i])), 0);
	}
}

static void ways_back_are_local(void **state)
{
	static const char *const good[] = { "/", "/a?b=c#d", "/a//b", "/%2f/x" };
	static const char *const bad[] = { "",
					   "a",
					   "//evil.example/",
					   "/\\evil.example",
					   "http://evil.example/",
					   "/a b",
					   "/a\r\nX: y",
					   "/\xc3\xa4",
					   "/\x7f" };

	(void)state;
	for (size_t i = 0; i < N(good); i++)
		assert_true(form_local_path(good[i]));
	for (size_t i = 0; i < N(bad); i++)
		assert_false(form_local_path(bad[i]));
}

static void services_by_name(void **state)
{
	struct service s;

	(void)state;
	assert_int_equal(form_service("2001:db8::1", "tcp", "80", &s), 0);
	assert_int_equal(s.port, 80);
	assert_int_not_equal(form_service("example.org", "tcp", "80", &s), 0);
	assert_int_not_equal(form_service("192.0.2.1", "sctp", "80", &s), 0);
	assert_int_not_equal(form_service("192.0.2.1", "tcp", "0", &s), 0);
	assert_int_not_equal(form_service("192.0.2.1", "tcp", "65536", &s), 0);
	assert_int_not_equal(form_service("192.0.2.1", "tcp", "8 0", &s), 0);
	assert_int_not_equal(form_service("192.0.2.1", "tcp", "", &s), 0);
}

static void choices_from_forms_and_json(void **state)
{
	struct choice_input in;

	(void)state;
	assert_int_equal(choice_from_form(&in, text("choice=yes&mail=kim%40example.org&token=t"
						    "&return=%2Fx&website=")),
			 0);
	assert_int_equal(in.choice, CHOICE_YES);
	assert_string_equal(in.mail, "kim@example.org");
	assert_string_equal(in.back, "/x");
	assert_false(in.trapped);
	assert_int_equal(choice_from_form(&in, text("choice=no&website=http")), 0);
	assert_true(in.trapped);
	assert_int_not_equal(choice_from_form(&in, text("choice=maybe")), 0);
	assert_int_not_equal(choice_from_form(&in, text("mail=x")), 0);

	assert_int_equal(choice_from_json(&in, "{\"choice\":\"none\",\"server\":\"192.0.2.1\","
					       "\"proto\":\"tcp\",\"port\":80,\"mail\":\"a@b\"}"),
			 0);
	assert_int_equal(in.choice, CHOICE_NONE);
	assert_string_equal(in.port, "80");
	assert_string_equal(in.mail, "a@b");
	assert_string_equal(in.token, "");
	choice_input_free(&in);
	static const char *const bad[] = {
		"",
		"[]",
		"{}",
		"null",
		"{\"choice\":1}",
		"{\"choice\":\"yes\"",
		"\"yes\"",
		"{\"choice\":\"yes\",\"choice\":\"no\"}",
		"{\"choice\":\"yes\",\"mail\":\"a\\u000ab\"}",
	};
	for (size_t i = 0; i < N(bad); i++) {
		print_message("%s\n", bad[i]);
		assert_int_not_equal(choice_from_json(&in, bad[i]), 0);
	}
	assert_int_equal(choice_from_json(&in, "{\"choice\":\"yes\",\"port\":65536}"), 0);
	assert_string_equal(in.port, "");
	choice_input_free(&in);
}

static void a_token_is_of_one_client_service_and_time(void **state)
{
	const uint8_t secret[32] = { 1 }, other[32] = { 2 };
	struct service s = { .proto = IPPROTO_TCP, .port = 80 }, t = s;
	struct addr client, stranger;
	char token[TOKEN_STRLEN];
	const int64_t now = 1000 * 3600;

	(void)state;
	addr_parse(&client, "198.51.100.7");
	addr_parse(&stranger, "198.51.100.8");
	addr_parse(&s.server, "192.0.2.10");
	t.server = s.server;
	t.port = 81;
	token_make(secret, &client, &s, now, token);
	assert_int_equal(strlen(token), TOKEN_STRLEN - 1);
	assert_true(token_good(secret, &client, &s, now, token));
	assert_true(token_good(secret, &client, &s, now + 7199, token));
	assert_false(token_good(secret, &client, &s, now + 7200, token));
	assert_false(token_good(secret, &client, &s, now - 1, token));
	assert_false(token_good(secret, &stranger, &s, now, token));
	assert_false(token_good(secret, &client, &t, now, token));
	assert_false(token_good(other, &client, &s, now, token));
	assert_false(token_good(secret, &client, &s, now, ""));
	token[0] ^= 1;
	assert_false(token_good(secret, &client, &s, now, token));
}

static void connections_are_counted_by_client(void **state)
{
	struct limit *l = limit_new(2);
	struct addr a, b, same;

	(void)state;
	addr_parse(&a, "2001:db8:0:1::1");
	addr_parse(&same, "2001:db8:0:1:ffff::2");
	addr_parse(&b, "2001:db8:0:2::1");
	assert_true(limit_enter(l, &a));
	assert_true(limit_enter(l, &same));
	assert_false(limit_enter(l, &a));
	assert_true(limit_enter(l, &b));
	limit_leave(l, &same);
	assert_true(limit_enter(l, &a));
	assert_true(limit_same(&a, &same));
	assert_false(limit_same(&a, &b));
	addr_parse(&a, "192.0.2.1");
	addr_parse(&b, "192.0.2.2");
	assert_false(limit_same(&a, &b));
	limit_free(l);
}

/* What html_fill() makes of @form and @what. */
static const char *filled(const char *form, const char *what)
{
	static char out[256];
	FILE *f = fmemopen(out, sizeof(out), "w");

	html_fill(f, form, what);
	fclose(f);
	return out;
}

static void text_is_escaped(void **state)
{
	static const struct {
		const char *form, *what, *out;
	} rows[] = {
		{ "a {} b", "<i>\"&'", "a &lt;i&gt;&quot;&amp;&#39; b" },
		{ "none", "x", "none" },
		{ "{}", "{}", "{}" },
		{ "{}", "Größe €  \xf0\x9f\x98\x80", "Größe €  \xf0\x9f\x98\x80" },
		{ "{}",
		  "a\xff"
		  "b\xc3",
		  "a\ufffdb\ufffd" },
		{ "{}", "\xe2\x82", "\ufffd\ufffd" },
		{ "{}", "\xed\xa0\x80", "\ufffd\ufffd\ufffd" },
		{ "{}", "\xf4\x90\x80\x80", "\ufffd\ufffd\ufffd\ufffd" },
		{ "{}", "a\tb\nc\x01\x7f", "a\tb\nc\ufffd\ufffd" },
		{ "{}", "\xc2\x9b", "\ufffd" },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++)
		assert_string_equal(filled(rows[i].form, rows[i].what), rows[i].out);
}

static void templates(void **state)
{
	static const struct html_value values[] = { { "title", "<T>" },
						    { "content", "C {{title}}" } };
	static const struct {
		const char *form, *out;
	} rows[] = {
		{ "a {{title}} b {{content}}!", "a <T> b C {{title}}!" },
		{ "{{unknown}}{{title}}", "{{unknown}}<T>" },
		{ "{{{title}}}", "{{{title}}}" },
		{ "{{title", "{{title" },
		{ "{{ title }}", "{{ title }}" },
		{ "}}{{", "}}{{" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		char out[256] = "";
		FILE *f = fmemopen(out, sizeof(out), "w");

		html_template(f, rows[i].form, values, N(values));
		fclose(f);
		assert_string_equal(out, rows[i].out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_decoded),
		cmocka_unit_test(fields_that_are_none),
		cmocka_unit_test(ways_back_are_local),
		cmocka_unit_test(services_by_name),
		cmocka_unit_test(choices_from_forms_and_json),
		cmocka_unit_test(a_token_is_of_one_client_service_and_time),
		cmocka_unit_test(connections_are_counted_by_client),
		cmocka_unit_test(text_is_escaped),
		cmocka_unit_test(templates),
	};

	return cmocka_run_group_tests_name("web_form", tests, NULL, NULL);
}
