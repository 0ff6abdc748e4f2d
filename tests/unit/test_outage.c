// SPDX-License-Identifier: GPL-2.0
/*
 * Outages and waiters: merging, joining, verdicts; contacts: keys, mail addresses,
 * precedence; the retry schedule.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "engine/outage.h"
#include "engine/resolve.h"
#include "engine/retry.h"

#define SEC 1000000000LL

static const struct conf_watch watch = { .keep = 86400,
					 .flap = 300,
					 .notify = { { ROUTE_MAIL } },
					 .n_notify = 1 };

static void outages_merge_within_flap(void **state)
{
	const struct outage open = { .began = 100 * SEC };
	const struct outage ended = { .began = 100 * SEC, .ended = 200 * SEC };
	const struct outage late = { .began = 9900 * SEC, .ended = 10000 * SEC };

	(void)state;
	assert_false(outage_merges(&open, 201 * SEC, 300));
	assert_true(outage_merges(&ended, 150 * SEC, 300));
	assert_true(outage_merges(&ended, 499 * SEC, 300));
	assert_false(outage_merges(&ended, 500 * SEC, 300));
	assert_false(outage_merges(&ended, 201 * SEC, 0));
	/* the clock was set back by hours since */
	assert_true(outage_merges(&late, 9990 * SEC, 300));
	assert_false(outage_merges(&late, 5000 * SEC, 300));
}

static void failures_join(void **state)
{
	struct waiter f = { .first = 10, .last = 20, .attempts = 3, .in_kernel = true };
	struct waiter w;

	(void)state;
	assert_true(waiter_join(&w, false, &f, 100));
	assert_int_equal(w.attempts, 3);
	assert_false(waiter_join(&w, true, &f, 100)); /* a dump says it again */

	/* The kernel lost it and counts anew: one story for the waiter. */
	w.in_kernel = false;
	f = (struct waiter){ .first = 50, .last = 60, .attempts = 1, .in_kernel = true };
	assert_true(waiter_join(&w, true, &f, 100));
	assert_int_equal(w.first, 10);
	assert_int_equal(w.last, 60);
	assert_int_equal(w.attempts, 3);
	assert_true(w.in_kernel);

	/* Told, and failing again in the same outage: waits again, is not owed yet. */
	w.state = WAITER_NOTIFIED;
	w.told = 70;
	assert_false(waiter_join(&w, true, &f, 100));
	assert_int_equal(w.state, WAITER_NOTIFIED);
	f = (struct waiter){ .first = 80, .last = 90, .attempts = 2, .in_kernel = true };
	assert_true(waiter_join(&w, true, &f, 100));
	assert_int_equal(w.state, WAITER_WAITING);
	assert_int_equal(w.first, 80);
	assert_int_equal(w.told, 70);
	assert_false(waiter_owed(&w, 71, 300));
	assert_true(waiter_owed(&w, 70 + 300 * SEC, 300));
	assert_true(waiter_owed(&w, 69, 300)); /* the clock was set back */

	/* By the clock it was before: no older than what was said before that. */
	f = (struct waiter){ .first = 40, .last = 50, .attempts = 1, .in_kernel = true };
	w.state = WAITER_NOTIFIED;
	assert_false(waiter_join(&w, true, &f, 90));
	assert_true(waiter_join(&w, true, &f, 60));
	assert_int_equal(w.state, WAITER_WAITING);
	assert_int_equal(w.last, 50);
	assert_false(waiter_join(&w, true, &f, 40));
}

static void verdicts(void **state)
{
	const int64_t now = 1000000 * SEC;
	static const struct {
		bool in_kernel, still_failed;
		int age; /* seconds since its last SYN */
		bool tellable;
		enum waiter_state verdict;
	} rows[] = {
		{ true, true, 60, true, WAITER_NOTIFIED },
		{ true, true, 60, false, WAITER_NO_CONTACT },
		{ true, false, 60, true, WAITER_REACHED },
		{ true, false, 60, false, WAITER_REACHED },
		/* gone from the kernel, but not because it was answered */
		{ false, false, 60, true, WAITER_NOTIFIED },
		{ true, false, 86400, true, WAITER_NOTIFIED },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct waiter_end end = { .still_failed = rows[i].still_failed,
						.keep = 86400,
						.tellable = rows[i].tellable };
		struct waiter w = { .in_kernel = rows[i].in_kernel,
				    .last = now - rows[i].age * SEC };

		assert_int_equal(waiter_verdict(&w, now, &end, &watch), rows[i].verdict);
	}
}

/* What the client said, by what it was asked and whether its page is open. */
static void verdicts_on_answers(void **state)
{
	enum { OFF = INQUIRE_OFF, WHETHER = INQUIRE_WHETHER, WHERE = INQUIRE_WHERE };
	enum { NONE = CHOICE_NONE, YES = CHOICE_YES, NO = CHOICE_NO };
	static const struct {
		uint8_t inquire; /* enum inquire */
		uint8_t choice;
		bool page, tellable;
		enum waiter_state verdict;
	} rows[] = {
		{ OFF, NONE, false, true, WAITER_NOTIFIED },
		{ OFF, NONE, true, true, WAITER_REACHED },
		{ OFF, YES, true, true, WAITER_NOTIFIED },
		{ OFF, NO, false, true, WAITER_DECLINED },
		{ OFF, NO, true, true, WAITER_DECLINED },
		{ WHETHER, NONE, false, true, WAITER_NO_ANSWER },
		{ WHETHER, NONE, false, false, WAITER_NO_ANSWER },
		{ WHETHER, NONE, true, true, WAITER_REACHED },
		{ WHETHER, YES, false, true, WAITER_NOTIFIED },
		{ WHETHER, YES, true, true, WAITER_NOTIFIED },
		{ WHETHER, YES, false, false, WAITER_NO_CONTACT },
		{ WHETHER, YES, true, false, WAITER_REACHED },
		{ WHETHER, NO, false, true, WAITER_DECLINED },
		{ WHERE, YES, false, false, WAITER_NO_CONTACT },
		{ WHERE, YES, true, false, WAITER_REACHED },
		{ WHERE, NONE, false, false, WAITER_NO_ANSWER },
		{ OFF, NONE, false, false, WAITER_NO_CONTACT },
	};
	struct conf_watch w = watch;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct waiter_end end = { .still_failed = true,
						.page_open = rows[i].page,
						.tellable = rows[i].tellable,
						.choice = rows[i].choice };
		struct waiter waiter = { .last = 1 };

		w.inquire = rows[i].inquire;
		if (waiter_verdict(&waiter, 60 * SEC, &end, &w) != rows[i].verdict)
			fail_msg("row %zu: %s", i,
				 waiter_state_name(waiter_verdict(&waiter, 60 * SEC, &end, &w)));
	}
}

/* Its own address goes before the contact, where it was asked for and is its owner's. */
static void address_that_counts(void **state)
{
	enum { NONE = CHOICE_NONE, YES = CHOICE_YES, NO = CHOICE_NO };
	static const struct {
		uint8_t inquire; /* enum inquire */
		uint8_t choice;
		bool given, confirmed, confirm, own;
	} rows[] = {
		{ INQUIRE_WHERE, YES, true, false, false, true },
		{ INQUIRE_WHERE, YES, true, true, true, true },
		{ INQUIRE_WHERE, YES, true, true, false, true },
		{ INQUIRE_WHERE, YES, true, false, true, false },
		{ INQUIRE_WHERE, YES, false, false, false, false },
		{ INQUIRE_WHERE, NO, true, true, true, false },
		{ INQUIRE_WHERE, NONE, false, false, false, false },
		{ INQUIRE_WHETHER, YES, true, true, true, false },
		{ INQUIRE_OFF, YES, true, true, true, false },
	};
	const struct waiter waiter = { .mail = "table@example.org" };
	struct conf_watch w = watch;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct answer a = { .choice = rows[i].choice, .confirmed = rows[i].confirmed };
		const char *target;

		w.inquire = rows[i].inquire;
		strcpy(a.mail, rows[i].given ? "own@example.org" : "");
		target = waiter_target(&waiter, &a, &w, rows[i].confirm);
		if (target != (rows[i].own ? a.mail : waiter.mail))
			fail_msg("row %zu: %s", i, target);
	}
}

static void add(struct resolver *r, const char *key, const char *mail)
{
	struct contact c = { 0 };
	const char *why;

	assert_int_equal(contact_key_parse(&c.key, key, &why), 0);
	strcpy(c.mail, mail);
	assert_int_equal(resolver_add(r, &c), 0);
}

static const char *who(const struct resolver *r, const char *client, const char *mac)
{
	struct addr a;
	struct mac m;
	const struct contact *c;

	assert_int_equal(addr_parse(&a, client), 0);
	if (mac)
		assert_int_equal(mac_parse(&m, mac), 0);
	c = resolve(r, &a, mac ? &m : NULL);
	return c ? c->mail : "nobody";
}

static void contacts_by_precedence(void **state)
{
	struct resolver r = { 0 };

	(void)state;
	assert_string_equal(who(&r, "192.0.2.1", NULL), "nobody");
	add(&r, "192.0.2.0/24", "net@example.org");
	add(&r, "192.0.2.128/25", "half@example.org");
	add(&r, "192.0.2.1", "one@example.org");
	add(&r, "2001:db8::/32", "six@example.org");
	add(&r, "2001:db8::7", "seven@example.org");
	add(&r, "02:00:00:00:00:01", "mac@example.org");
	resolver_finish(&r);
	assert_string_equal(who(&r, "192.0.2.1", "02:00:00:00:00:01"), "one@example.org");
	assert_string_equal(who(&r, "192.0.2.2", "02:00:00:00:00:01"), "net@example.org");
	assert_string_equal(who(&r, "192.0.2.129", NULL), "half@example.org");
	assert_string_equal(who(&r, "2001:db8::7", NULL), "seven@example.org");
	assert_string_equal(who(&r, "2001:db8::8", NULL), "six@example.org");
	assert_string_equal(who(&r, "198.51.100.1", "02:00:00:00:00:01"), "mac@example.org");
	assert_string_equal(who(&r, "198.51.100.1", "02:00:00:00:00:02"), "nobody");
	assert_string_equal(who(&r, "198.51.100.1", NULL), "nobody");
	add(&r, "0.0.0.0/0", "all@example.org");
	resolver_finish(&r);
	assert_string_equal(who(&r, "198.51.100.1", "02:00:00:00:00:01"), "all@example.org");
	assert_string_equal(who(&r, "fe80::1", NULL), "nobody");
	resolver_clear(&r);
}

static void contact_keys_have_a_normal_form(void **state)
{
	static const char *const rows[][2] = {
		{ "192.0.2.1", "192.0.2.1" },
		{ "192.0.2.1/32", "192.0.2.1" },
		{ "192.0.2.0/24", "192.0.2.0/24" },
		{ "2001:DB8:0:0::1", "2001:db8::1" },
		{ "02-00-00-00-00-0A", "02:00:00:00:00:0a" },
		{ "192.0.2.1/24", NULL },
		{ "192.0.2.1/33", NULL },
		{ "example.org", NULL },
		{ "", NULL },
		{ "02:00:00:00:00", NULL },
	};
	struct contact_key k;
	char buf[ADDR_STRLEN];
	const char *why;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		why = NULL;
		if (!rows[i][1]) {
			assert_true(contact_key_parse(&k, rows[i][0], &why) < 0);
			assert_non_null(why);
			continue;
		}
		assert_int_equal(contact_key_parse(&k, rows[i][0], &why), 0);
		assert_string_equal(contact_key_format(&k, buf), rows[i][1]);
	}
}

static void mail_addresses(void **state)
{
	static const char *const good[] = {
		"a@example.org",
		"first.last+tag@sub.example.org",
		"x@localhost",
		"j\xc3\xb6rg@b\xc3\xbc"
		"cher.example",
		"o'neil@example.org",
		"a=b@example.org",
	};
	static const char *const bad[] = {
		"",
		"a",
		"@example.org",
		"a@",
		"a@b@example.org",
		"a b@example.org",
		"a@exam ple.org",
		"a@example.org\r\nRCPT TO:<b@example.org>",
		"a\n@example.org",
		"<a@example.org>",
		"a@example..org",
		".a@example.org",
		"a.@example.org",
		"a..b@example.org",
		"a@-example.org",
		"a@example-.org",
		"\"a b\"@example.org",
		"a@[192.0.2.1]",
		"a\xff@example.org",
		"a\xc3@example.org",
		"a\xc0\xaf@example.org",
		"a\xed\xa0\x80@example.org",
		"a\xc2\x85@example.org",
		"a\x7f@example.org",
		"-f@example.org",
		"a@exa_mple.org",
		"a,b@example.org",
	};
	char local[400];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(*good); i++)
		if (contact_mail_fault(good[i]))
			fail_msg("%s: %s", good[i], contact_mail_fault(good[i]));
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (!contact_mail_fault(bad[i]))
			fail_msg("accepted: %s", bad[i]);
	memset(local, 'a', 65);
	strcpy(local + 65, "@example.org");
	assert_non_null(contact_mail_fault(local));
	assert_null(contact_mail_fault(local + 1));
}

static void retries_back_off(void **state)
{
	const struct conf_mail m = { .retry_min = 60, .retry_max = 3600, .give_up = 86400 };
	static const int at[] = { 0, 60, 240, 540, 960, 1500 }; /* 60 n n */
	int64_t t = 0;
	uint32_t n;

	(void)state;
	for (n = 1; n < sizeof(at) / sizeof(*at); n++) {
		t = retry_next(&m, 0, n, t);
		assert_int_equal(t, at[n] * SEC);
	}
	assert_int_equal(retry_next(&m, 0, 1000, 50000 * SEC), 53600 * SEC);
	/* the last try is at the end, then no more */
	assert_int_equal(retry_next(&m, 0, 1000, 86000 * SEC), 86400 * SEC);
	assert_int_equal(retry_next(&m, 0, 1001, 86400 * SEC), RETRY_GIVE_UP);
	assert_int_equal(retry_next(&m, 0, UINT32_MAX, SEC), 3601 * SEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(outages_merge_within_flap),
		cmocka_unit_test(failures_join),
		cmocka_unit_test(verdicts),
		cmocka_unit_test(verdicts_on_answers),
		cmocka_unit_test(address_that_counts),
		cmocka_unit_test(contacts_by_precedence),
		cmocka_unit_test(contact_keys_have_a_normal_form),
		cmocka_unit_test(mail_addresses),
		cmocka_unit_test(retries_back_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
