// SPDX-License-Identifier: GPL-2.0
/* Unit tests of web/http.c: heads of requests, good and bad. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "web/http.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static struct http_request r;
static char *head;

static int parse(const char *text, size_t len)
{
	free(head);
	head = malloc(len + 1);
	memcpy(head, text, len);
	head[len] = '\0';
	return http_parse(&r, head, len);
}

static int parse_text(const char *text)
{
	return parse(text, strlen(text));
}

static void a_head_comes_apart(void **state)
{
	(void)state;
	assert_int_equal(parse_text("POST /a/b?x=1&y=%20 HTTP/1.1\r\nHost:  example.org \r\n"
				    "Content-Length: 12\r\nX-Empty:\r\n\r\n"),
			 0);
	assert_string_equal(r.method, "POST");
	assert_string_equal(r.target, "/a/b?x=1&y=%20");
	assert_true(http_path_is(&r, "/a/b"));
	assert_false(http_path_is(&r, "/a"));
	assert_string_equal(r.query, "x=1&y=%20");
	assert_int_equal(r.minor, 1);
	assert_int_equal(r.length, 12);
	assert_string_equal(http_header(&r, "host"), "example.org");
	assert_string_equal(http_header(&r, "X-EMPTY"), "");
	assert_null(http_header(&r, "Accept"));
	assert_string_equal(r.body, "");
}

static void targets(void **state)
{
	static const struct {
		const char *sent, *target, *query;
	} rows[] = {
		{ "/", "/", "" },
		{ "/?", "/?", "" },
		{ "//evil.example/x", "//evil.example/x", "" },
		{ "*", "/", "" },
		{ "example.org:443", "/", "" },
		{ "http://example.org", "/", "" },
		{ "HTTP://example.org/p?q", "/p?q", "q" },
		{ "/\xc3\xa4", "/\xc3\xa4", "" },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		char text[256];

		snprintf(text, sizeof(text), "GET %s HTTP/1.0\r\n\r\n", rows[i].sent);
		assert_int_equal(parse_text(text), 0);
		assert_string_equal(r.target, rows[i].target);
		assert_string_equal(r.query, rows[i].query);
	}
}

static void what_is_refused(void **state)
{
	static const struct {
		const char *head;
		int status;
	} rows[] = {
		{ "GET /\r\n\r\n", 400 },
		{ "\r\n\r\n", 400 },
		{ "GET / HTTP/1.1\r\n\r\n", 400 }, /* no Host */
		{ "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400 },
		{ "GET  / HTTP/1.0\r\n\r\n", 400 },
		{ "GET / HTTP/1.0 \r\n\r\n", 400 },
		{ "GET / HTTX/1.0\r\n\r\n", 400 },
		{ "PRI * HTTP/2.0\r\n\r\n", 505 },
		{ "G@T / HTTP/1.0\r\n\r\n", 400 },
		{ "GET / HTTP/1.0\r\nA : b\r\n\r\n", 400 },
		{ "GET / HTTP/1.0\r\nA: b\r\n c\r\n\r\n", 400 },
		{ "GET / HTTP/1.0\r\nA: b\rc\r\n\r\n", 400 },
		{ "GET / HTTP/1.0\r\n: b\r\n\r\n", 400 },
		{ "GET / HTTP/1.0\r\nnothing\r\n\r\n", 400 },
		{ "GET / HTTP/1.0\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", 400 },
		{ "GET / HTTP/1.0\r\nContent-Length: -1\r\n\r\n", 400 },
		{ "GET / HTTP/1.0\r\nContent-Length: 1,1\r\n\r\n", 400 },
		{ "GET / HTTP/1.0\r\nContent-Length: 9999999999999999\r\n\r\n", 400 },
		{ "GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400 },
		{ "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
		  "Content-Length: 3\r\n\r\n",
		  400 },
		{ "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501 },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		print_message("%s", rows[i].head);
		assert_int_equal(parse_text(rows[i].head), rows[i].status);
	}
	assert_int_equal(parse("GET / HTTP/1.0\r\nA: \0b\r\n\r\n", 26), 400);
}

static void bare_line_ends_and_chunks(void **state)
{
	(void)state;
	assert_int_equal(parse_text("GET /x HTTP/1.1\nHost: a\n\n"), 0);
	assert_string_equal(r.target, "/x");
	assert_int_equal(
		parse_text("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"), 0);
	assert_true(r.chunked);
}

static void hosts_of_ours(void **state)
{
	static const struct {
		const char *host;
		bool ours;
	} rows[] = {
		{ "ring.example.org", true },
		{ "RING.example.org:8080", true },
		{ "192.0.2.1", true },
		{ "192.0.2.1:80", true },
		{ "[2001:db8::1]:80", true },
		{ "localhost:1", true },
		{ "evil.example", false },
		{ "ring.example.org.evil.example", false },
		{ "ring.example", false },
		{ "1.2.3.4.evil.example", false },
		{ "localhost.evil.example", false },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		char text[256];

		snprintf(text, sizeof(text), "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", rows[i].host);
		assert_int_equal(parse_text(text), 0);
		assert_int_equal(http_for_host(&r, "https://ring.example.org:8443"), rows[i].ours);
	}
}

static void headers_have_an_end(void **state)
{
	static char text[HTTP_HEAD_MAX];
	size_t len = (size_t)sprintf(text, "GET / HTTP/1.0\r\n");

	(void)state;
	for (int i = 0; i < HTTP_HEADERS_MAX; i++)
		len += (size_t)sprintf(text + len, "A%d: b\r\n", i);
	strcpy(text + len, "\r\n");
	assert_int_equal(parse_text(text), 0);
	strcpy(text + len, "One: more\r\n\r\n");
	assert_int_equal(parse_text(text), 431);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_head_comes_apart), cmocka_unit_test(targets),
		cmocka_unit_test(what_is_refused),    cmocka_unit_test(bare_line_ends_and_chunks),
		cmocka_unit_test(hosts_of_ours),      cmocka_unit_test(headers_have_an_end),
	};
	int failed = cmocka_run_group_tests_name("web_http", tests, NULL, NULL);

	free(head);
	return failed;
}
