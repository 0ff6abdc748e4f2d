// SPDX-License-Identifier: GPL-2.0
/*
 * The operator's pages: who may look, and what becomes of rows, hostile ones too.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "common/timefmt.h"
#include "web/status.h"

static void hosts(void **state)
{
	static const struct {
		const char *host, *at;
		bool ours;
	} rows[] = {
		{ "127.0.0.1:7071", "127.0.0.1", true },
		{ "127.0.0.1", "127.0.0.1", true },
		{ "localhost:7071", "127.0.0.1", true },
		{ "LOCALHOST", "::1", true },
		{ "[::1]:7071", "::1", true },
		{ "router.example.org:7071", "192.0.2.1", true },
		{ "Router.Example.ORG", "127.0.0.1", true },
		{ "192.0.2.1", "192.0.2.1", true },
		{ "192.0.2.2", "192.0.2.1", false },
		{ "localhost", "192.0.2.1", false },
		{ "evil.example", "127.0.0.1", false },
		{ "evil.example:7071", "127.0.0.1", false },
		{ "router.example.org.evil.example", "127.0.0.1", false },
		{ "router.example.org:80:80", "127.0.0.1", false },
		{ "[::1", "::1", false },
		{ "[::1]x", "::1", false },
		{ "::1", "::1", false },
		{ "", "127.0.0.1", false },
		{ ":7071", "127.0.0.1", false },
		{ NULL, "127.0.0.1", false },
	};
	struct addr at;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_int_equal(addr_parse(&at, rows[i].at), 0);
		if (status_host_is_ours(rows[i].host, &at, "router.example.org") != rows[i].ours)
			fail_msg("host %s at %s", rows[i].host ? rows[i].host : "(none)",
				 rows[i].at);
	}
	assert_int_equal(addr_parse(&at, "192.0.2.1"), 0);
	assert_false(status_host_is_ours("x", &at, ""));
}

static void passwords(void **state)
{
	char *many = malloc(20000);

	(void)state;
	/* operator:secret-12 */
	assert_true(
		status_password_fits("Basic b3BlcmF0b3I6c2VjcmV0LTEy", "operator", "secret-12"));
	assert_true(
		status_password_fits("basic  b3BlcmF0b3I6c2VjcmV0LTEy", "operator", "secret-12"));
	/* a:b:c, padded */
	assert_true(status_password_fits("Basic YTpiOmM=", "a", "b:c"));
	assert_false(status_password_fits("Basic YTpiOmM=", "a", "b:cc"));
	assert_false(status_password_fits("Basic YTpiOmM=", "a", "b:"));
	assert_false(status_password_fits("Basic YTpi", "a", "b:c"));
	assert_false(status_password_fits("Basic ====", "a", "b"));
	assert_false(status_password_fits("Basic ", "a", "b"));
	assert_false(status_password_fits("Basic !!!!", "a", "b"));
	assert_false(status_password_fits("Bearer YTpi", "a", "b"));
	assert_false(status_password_fits(NULL, "a", "b"));
	memset(many, 'A', 20000);
	memcpy(many, "Basic ", 6);
	many[19999] = '\0';
	assert_false(status_password_fits(many, "a", "b"));
	free(many);
}

static char *page;

static const char *write_page(void (*writer)(FILE *f, const struct status_view *v),
			      const struct status_view *v)
{
	size_t len;
	FILE *f;

	free(page);
	f = open_memstream(&page, &len);
	writer(f, v);
	fclose(f);
	return page;
}

static void expect(const char *part)
{
	if (!strstr(page, part))
		fail_msg("\"%s\" is not in:\n%s", part, page);
}

static void expect_not(const char *part)
{
	if (strstr(page, part))
		fail_msg("\"%s\" is in:\n%s", part, page);
}

/* 12:00 of some day, UTC. */
#define NOW (1769774400 * NSEC_PER_SEC)

static json_t *outages(void)
{
	json_t *rows = json_loads(
		"[{\"id\":3,\"server\":\"192.0.2.10\",\"proto\":\"tcp\",\"port\":80,\"name\":\"<b>x\","
		"\"state\":\"down\",\"reason\":\"no-reply\",\"began\":\"2026-01-30T11:00:00.000Z\","
		"\"ended\":null,\"evidence\":null,\"detail\":null,\"waiters\":4},"
		"{\"id\":2,\"server\":\"192.0.2.10\",\"proto\":\"tcp\",\"port\":80,\"name\":null,"
		"\"state\":\"ended\",\"reason\":\"refused\",\"began\":\"2026-01-29T18:00:00.000Z\","
		"\"ended\":\"2026-01-30T00:00:00.000Z\",\"evidence\":\"trap\",\"detail\":\"cold\","
		"\"waiters\":9},"
		"{\"id\":1,\"server\":\"2001:db8::1\",\"proto\":\"tcp\",\"port\":25,\"name\":null,"
		"\"state\":\"ended\",\"reason\":\"refused\",\"began\":\"2025-12-29T18:00:00.000Z\","
		"\"ended\":\"2026-01-30T00:00:01.000Z\",\"evidence\":\"probe\",\"detail\":\"\","
		"\"waiters\":1}]",
		0, NULL);

	assert_non_null(rows);
	return rows;
}

static void overview(void **state)
{
	struct status_view v = {
		.now = NOW, .hours = 24, .client = "", .server = "", .service = ""
	};
	json_t *rows = outages();

	(void)state;
	write_page(status_write_overview, &v);
	expect("Nothing is down");
	expect("No outage in this time");
	v.outages = rows;
	write_page(status_write_overview, &v);
	expect("1 service is down");
	expect("4 clients wait.");
	expect("&lt;b&gt;x");
	expect_not("<b>");
	expect("aria-label=\"2 outages in the last day\"");
	/* An hour ago until now; from before the window; six hours, half a day ago. */
	expect("<rect x=\"95.83%\" y=\"8\" width=\"4.17%\"");
	expect("<rect x=\"0.00%\" y=\"8\" width=\"50.00%\"");
	expect("<rect x=\"25.00%\" y=\"8\" width=\"25.00%\"");
	/* No inline style or script: the policy of content forbids it. */
	expect_not("style=");
	expect_not("<script");
	v.trouble = "The <engine> is away";
	write_page(status_write_overview, &v);
	expect("The &lt;engine&gt; is away");
	expect_not("service is down");
	json_decref(rows);
}

static void hostile_rows(void **state)
{
	static const char *const texts[] = {
		"[]",
		"[1, null, \"x\", [], {}]",
		"[{\"server\":7,\"port\":\"x\",\"began\":\"yesterday\",\"ended\":\"9999\"}]",
		"[{\"server\":\"\\\"><script>\",\"proto\":\"<\",\"port\":-1,\"state\":\"\\\" onload=\\\"\","
		"\"topic\":\"\\\"><script>\",\"text\":\"<script>\",\"client\":\"\\\"><script>\","
		"\"began\":\"9999-12-31T23:59:59Z\",\"mail\":\"<script>\",\"answer\":\"<script>\","
		"\"created\":\"\\\"><script>\",\"name\":\"<script>\"}]",
	};
	void (*const writers[])(FILE *, const struct status_view *) = {
		status_write_overview,
		status_write_outage,
		status_write_why,
	};
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		json_t *rows = json_loads(texts[i], 0, NULL);
		struct status_view v = { .now = NOW,
					 .hours = 24,
					 .daemon = rows,
					 .outages = rows,
					 .notices = rows,
					 .waiters = rows,
					 .why = rows,
					 .client = "\"><script>",
					 .server = "\"><script>",
					 .service = "1" };

		assert_non_null(rows);
		for (k = 0; k < sizeof(writers) / sizeof(*writers); k++) {
			write_page(writers[k], &v);
			expect_not("<script");
			expect_not("\" onload");
		}
		json_decref(rows);
	}
}

static struct addr from(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(&a, text), 0);
	return a;
}

static void wrong_passwords_take_turns(void **state)
{
	const struct addr one = from("198.51.100.1"), other = from("198.51.100.2");
	struct status_guard g = { 0 };

	(void)state;
	assert_int_equal(status_guard_wait(&g, &one, 5000), 0);
	assert_int_equal(status_guard_wait(&g, &one, 5000), 0);
	status_guard_wrong(&g, &one, 5000);
	assert_int_equal(status_guard_wait(&g, &other, 5000), 0);
	assert_int_equal(status_guard_wait(&g, &one, 5400), 600);
	/* That turn is taken: those that come together wait for one another. */
	assert_int_equal(status_guard_wait(&g, &one, 5400), 1600);
	assert_int_equal(status_guard_wait(&g, &one, 5400), 2600);
	assert_int_equal(status_guard_wait(&g, &one, 5400), 3600);
	assert_int_equal(status_guard_wait(&g, &one, 5400), -1);
	assert_int_equal(status_guard_wait(&g, &one, 9999), 1);
	assert_int_equal(status_guard_wait(&g, &one, 20000), 0);
}

static void a_network_is_one_guesser(void **state)
{
	const struct addr one = from("2001:db8::1"), near = from("2001:db8::2");
	const struct addr far = from("2001:db8:0:1::1");
	struct status_guard g = { 0 };
	char text[ADDR_STRLEN];
	struct addr a;

	(void)state;
	status_guard_wrong(&g, &one, 0);
	assert_int_equal(status_guard_wait(&g, &near, 0), 1000);
	assert_int_equal(status_guard_wait(&g, &far, 0), 0);
	/* More than are remembered: the latest of them are. */
	for (int i = 0; i < 3 * STATUS_TURNS; i++) {
		snprintf(text, sizeof(text), "198.51.100.%d", i + 1);
		a = from(text);
		status_guard_wrong(&g, &a, 100 + i);
	}
	assert_int_equal(status_guard_wait(&g, &a, 300), 1000 + 100 + 3 * STATUS_TURNS - 1 - 300);
}

static void why(void **state)
{
	json_t *rows = json_loads(
		"[{\"server\":\"192.0.2.10\",\"proto\":\"tcp\",\"port\":80,\"topic\":\"watch\","
		"\"text\":\"One.\"},"
		"{\"server\":\"192.0.2.10\",\"proto\":\"tcp\",\"port\":80,\"topic\":\"watch\","
		"\"text\":\"Two.\"},"
		"{\"server\":\"192.0.2.10\",\"proto\":\"tcp\",\"port\":81,\"topic\":\"verdict\","
		"\"text\":\"Three.\"}]",
		0, NULL);
	struct status_view v = {
		.client = "198.51.100.7", .server = "192.0.2.10", .service = "", .why = rows
	};

	(void)state;
	write_page(status_write_why, &v);
	expect("value=\"198.51.100.7\"");
	expect("about-watch more");
	expect("192.0.2.10 tcp/80");
	expect("192.0.2.10 tcp/81");
	expect("Three.");
	json_decref(rows);
	free(page);
	page = NULL;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hosts),
		cmocka_unit_test(passwords),
		cmocka_unit_test(overview),
		cmocka_unit_test(hostile_rows),
		cmocka_unit_test(why),
		cmocka_unit_test(wrong_passwords_take_turns),
		cmocka_unit_test(a_network_is_one_guesser),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
