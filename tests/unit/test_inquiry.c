// SPDX-License-Identifier: GPL-2.0
/*
 * Asking the client: answers, limits, addresses to be confirmed, links, a store that
 * fails and an engine that is killed.
 */
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "common/log.h"
#include "common/timefmt.h"
#include "engine/batch.h"
#include "engine/inquiry.h"
#include "engine/inquiry_mask.h"
#include "engine/outbox.h"
#include "engine/token.h"
#include "engine/tracker.h"
#include "engine_story.h"

/* --- answers ----------------------------------------------------------------------------- */

static void only_a_yes_is_told(void **state)
{
	struct service s = trouble(INQUIRE_WHETHER);

	(void)state;
	contact("198.51.100.2", "two@example.org");
	contact("198.51.100.3", "three@example.org");
	client_fails(&s, "198.51.100.2");
	client_fails(&s, "198.51.100.3");
	run(30);
	assert_int_equal(chooses(&s, ONE, CHOICE_YES, ""), OUTCOME_OK);
	assert_string_equal(outcome.mail, "t***@e***.org");
	assert_int_equal(chooses(&s, "198.51.100.2", CHOICE_NO, ""), OUTCOME_OK);
	assert_int_equal(inquiry_choice(&e, &s, &(struct addr){ AF_INET, { 198, 51, 100, 2 } }),
			 CHOICE_NO);
	ends(&s);
	assert_int_equal(n_sent, 1);
	assert_string_equal(sent[0].to, "table@example.org");
	assert_string_equal(sent[0].lang, "de");
	assert_int_equal(waiter_state(&s, "198.51.100.2"), WAITER_DECLINED);
	assert_int_equal(waiter_state(&s, "198.51.100.3"), WAITER_NO_ANSWER);
}

static void given_address_beats_the_table(void **state)
{
	struct service s = trouble(INQUIRE_WHERE);

	(void)state;
	assert_int_equal(chooses(&s, ONE, CHOICE_YES, "me@example.com"), OUTCOME_OK);
	assert_string_equal(outcome.mail, "m***@e***.com");
	new_engine(); /* it is on disk */
	ends(&s);
	assert_int_equal(n_sent, 1);
	assert_string_equal(sent[0].to, "me@example.com");
	assert_int_equal(e.count.choices, 1);
}

static void a_yes_waits_though_never_seen(void **state)
{
	struct service s = trouble(INQUIRE_WHERE);

	(void)state;
	assert_int_equal(chooses(&s, "198.51.100.9", CHOICE_YES, "nine@example.com"), OUTCOME_OK);
	assert_int_equal(waiter_state(&s, "198.51.100.9"), WAITER_WAITING);
	ends(&s);
	assert_int_equal(n_sent, 1);
	assert_string_equal(sent[0].to, "nine@example.com");
}

static void minds_change(void **state)
{
	struct service s = trouble(INQUIRE_WHERE);

	(void)state;
	assert_int_equal(chooses(&s, ONE, CHOICE_NO, ""), OUTCOME_OK);
	assert_int_equal(chooses(&s, ONE, CHOICE_YES, "me@example.com"), OUTCOME_OK);
	assert_int_equal(chooses(&s, ONE, CHOICE_YES, ""), OUTCOME_OK);
	assert_int_equal(chooses(&s, "198.51.100.2", CHOICE_YES, "two@example.com"), OUTCOME_OK);
	assert_int_equal(chooses(&s, "198.51.100.2", CHOICE_NONE, ""), OUTCOME_OK);
	ends(&s);
	assert_int_equal(n_sent, 1); /* one for each client at most */
	assert_string_equal(sent[0].to, "table@example.org");
	assert_int_equal(waiter_state(&s, "198.51.100.2"), WAITER_NO_ANSWER);
}

static void answers_belong_to_their_outage(void **state)
{
	struct service s = trouble(INQUIRE_WHERE);

	(void)state;
	assert_int_equal(chooses(&s, ONE, CHOICE_NO, ""), OUTCOME_OK);
	ends(&s);
	/* Within flap it is the same outage, and the no stands. */
	service_is(&s, RINGBACK_SERVICE_DOWN);
	client_fails(&s, ONE);
	ends(&s);
	assert_int_equal(waiter_state(&s, ONE), WAITER_DECLINED);
	watch.flap = 0;
	watch.inquire = INQUIRE_OFF;
	service_is(&s, RINGBACK_SERVICE_DOWN);
	client_fails(&s, ONE);
	run(30);
	assert_int_equal(chooses(&s, ONE, CHOICE_NONE, ""), OUTCOME_OK);
	ends(&s);
	assert_int_equal(waiter_state(&s, ONE), WAITER_NOTIFIED);
}

static void answers_that_cannot_be(void **state)
{
	static const char *const bad[] = { "nobody", "a@b@c",	  "a b@example.org",
					   "a@",     "a@x\nBcc:", "<a@example.org>" };
	struct service s = trouble(INQUIRE_WHERE), other = s;
	size_t i;

	(void)state;
	other.port = 81;
	assert_int_equal(chooses(&other, ONE, CHOICE_YES, ""), OUTCOME_UNKNOWN);
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(chooses(&s, ONE, CHOICE_YES, bad[i]), OUTCOME_BAD_ADDRESS);
	assert_int_equal(chooses(&s, ONE, CHOICE_NO, "me@example.com"), OUTCOME_BAD_ADDRESS);
	/* Nobody knows where to tell him: he waits, the page may stay open. */
	assert_int_equal(chooses(&s, "203.0.113.7", CHOICE_YES, ""), OUTCOME_NO_ADDRESS);
	assert_int_equal(waiter_state(&s, "203.0.113.7"), WAITER_WAITING);
	watch.inquire = INQUIRE_WHETHER;
	assert_int_equal(chooses(&s, ONE, CHOICE_YES, "me@example.com"), OUTCOME_BAD_ADDRESS);
	ends(&s);
	assert_int_equal(n_sent, 0);
	assert_int_equal(chooses(&s, ONE, CHOICE_YES, ""), OUTCOME_UNKNOWN); /* it is over */
}

/* --- limits ------------------------------------------------------------------------------ */

static void one_client_has_a_limit(void **state)
{
	struct service s = trouble(INQUIRE_WHERE);
	char mail[32], client[32];
	int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		snprintf(mail, sizeof(mail), "u%d@example.com", i);
		snprintf(client, sizeof(client), "2001:db8::%d", i + 1); /* one network */
		assert_int_equal(chooses(&s, client, CHOICE_YES, mail), OUTCOME_OK);
		assert_int_equal(chooses(&s, client, CHOICE_YES, mail), OUTCOME_OK); /* no news */
	}
	assert_int_equal(chooses(&s, "2001:db8::9", CHOICE_YES, "z@example.com"), OUTCOME_TOO_MANY);
	assert_int_equal(waiter_state(&s, "2001:db8::9"), -1);
	assert_int_equal(e.count.too_many_client, 1);
	assert_int_equal(chooses(&s, "2001:db8::9", CHOICE_NO, ""), OUTCOME_OK);
	assert_int_equal(chooses(&s, "2001:db8:0:1::1", CHOICE_YES, "z@example.com"), OUTCOME_OK);
}

static void one_address_has_a_limit(void **state)
{
	struct service s = trouble(INQUIRE_WHERE);
	char client[32];
	int i;

	(void)state;
	for (i = 0; i < 5; i++) {
		snprintf(client, sizeof(client), "198.51.100.%d", i + 10);
		assert_int_equal(chooses(&s, client, CHOICE_YES,
					 i % 2 ? "victim@example.com" : "Victim@Example.com"),
				 i < 4 ? OUTCOME_OK : OUTCOME_TOO_MANY);
	}
	assert_int_equal(e.count.too_many_address, 1);
}

static void all_together_have_a_limit(void **state)
{
	struct service s = trouble(INQUIRE_WHERE);
	char client[32], mail[32];
	int i;

	(void)state;
	for (i = 0; i < 8; i++) {
		if (i == 7)
			new_engine(); /* limits outlive it */
		snprintf(client, sizeof(client), "198.51.100.%d", i + 10);
		snprintf(mail, sizeof(mail), "u%d@example.com", i);
		assert_int_equal(chooses(&s, client, CHOICE_YES, mail),
				 i < 6 ? OUTCOME_OK : OUTCOME_TOO_MANY);
	}
	assert_int_equal(e.count.too_many_total, 2);
}

/* --- links of mails ---------------------------------------------------------------------- */

static void address_is_confirmed(void **state)
{
	struct service s = trouble(INQUIRE_WHERE);

	(void)state;
	conf.web.confirm = true;
	assert_int_equal(chooses(&s, ONE, CHOICE_YES, "me@example.com"), OUTCOME_CONFIRM);
	run(60);
	assert_int_equal(n_sent, 1);
	assert_int_equal(sent[0].kind, NOTICE_CONFIRM);
	assert_string_equal(sent[0].to, "me@example.com");
	assert_string_equal(sent[0].lang, "de");
	assert_int_equal(sent[0].n_items, 1);
	assert_true(service_equal(&sent[0].items[0].service, &s));
	assert_non_null(strstr(sent[0].link,
			       "https://ringback.example.org/.well-known/ringback/confirm?t="));
	/* Said again, it is no second mail. */
	assert_int_equal(chooses(&s, ONE, CHOICE_YES, "me@example.com"), OUTCOME_CONFIRM);
	run(60);
	assert_int_equal(n_sent, 1);
	result(0, DELIVERY_SENT, "ok");

	assert_int_equal(follows(sent[0].link, TOKEN_CONFIRM, false), OUTCOME_OK);
	assert_string_equal(outcome.mail, "m***@e***.com");
	assert_true(service_equal(&outcome.service, &s));
	assert_int_equal(e.count.confirmed, 0);
	assert_int_equal(follows(sent[0].link, TOKEN_CONFIRM, true), OUTCOME_OK);
	assert_int_equal(follows(sent[0].link, TOKEN_CONFIRM, true), OUTCOME_OK);
	assert_int_equal(e.count.confirmed, 1);
	assert_int_equal(chooses(&s, ONE, CHOICE_YES, "me@example.com"), OUTCOME_OK);
	ends(&s);
	assert_int_equal(n_sent, 2);
	assert_string_equal(sent[1].to, "me@example.com");
}

static void unconfirmed_address_gets_nothing(void **state)
{
	struct service s = trouble(INQUIRE_WHERE);

	(void)state;
	conf.web.confirm = true;
	assert_int_equal(chooses(&s, ONE, CHOICE_YES, "me@example.com"), OUTCOME_CONFIRM);
	run(60);
	ends(&s);
	assert_int_equal(n_sent, 2);
	assert_string_equal(sent[1].to, "table@example.org");
}

/* The link is good for the answer it was made for, not for a later one. */
static void link_of_another_answer(void **state)
{
	struct service s = trouble(INQUIRE_WHERE);

	(void)state;
	conf.web.confirm = true;
	send_rc = -EAGAIN;
	assert_int_equal(chooses(&s, ONE, CHOICE_YES, "a@example.com"), OUTCOME_CONFIRM);
	run(60);
	assert_int_equal(chooses(&s, ONE, CHOICE_YES, "b@example.com"), OUTCOME_CONFIRM);
	send_rc = 0;
	run(100);
	/* The first question is not asked any more. */
	assert_int_equal(n_sent, 1);
	assert_string_equal(sent[0].to, "b@example.com");
	assert_int_equal(outbox_counts().dropped, 1);
	assert_int_equal(chooses(&s, ONE, CHOICE_NO, ""), OUTCOME_OK);
	assert_int_equal(follows(sent[0].link, TOKEN_CONFIRM, true), OUTCOME_UNKNOWN);
	assert_int_equal(e.count.confirmed, 0);
}

static void forged_links(void **state)
{
	struct service s = trouble(INQUIRE_WHERE);
	char link[MSG_LINK_MAX];
	size_t i, len;

	(void)state;
	conf.web.confirm = true;
	chooses(&s, ONE, CHOICE_YES, "me@example.com");
	run(60);
	strcpy(link, sent[0].link);
	len = strlen(link);
	/* One for another purpose is none. */
	assert_int_equal(follows(link, TOKEN_STOP, true), OUTCOME_UNKNOWN);
	assert_int_equal(follows(sent[0].stop, TOKEN_CONFIRM, true), OUTCOME_UNKNOWN);
	for (i = (size_t)(strstr(link, "?t=") - link) + 3; i < len; i++) {
		link[i] = link[i] == 'A' ? 'B' : 'A';
		assert_int_equal(follows(link, TOKEN_CONFIRM, true), OUTCOME_UNKNOWN);
		link[i] = sent[0].link[i];
	}
	link[len - 1] = '\0';
	assert_int_equal(follows(link, TOKEN_CONFIRM, true), OUTCOME_UNKNOWN);
	strcpy(link + len - 1, "==");
	assert_int_equal(follows(link, TOKEN_CONFIRM, true), OUTCOME_UNKNOWN);
	assert_int_equal(follows("?t=", TOKEN_CONFIRM, true), OUTCOME_UNKNOWN);
	assert_int_equal(follows(sent[0].link, TOKEN_CONFIRM, true), OUTCOME_OK);
}

static void links_to_confirm_expire(void **state)
{
	struct service s = trouble(INQUIRE_WHERE);
	struct message m = { .outage = latest(&s).id, .client = address(ONE) };
	char link[MSG_LINK_MAX];

	(void)state;
	conf.web.confirm = true;
	chooses(&s, ONE, CHOICE_YES, "me@example.com");
	strcpy(m.mail, "me@example.com");
	m.created = time_now() - 7 * 86400 * NSEC_PER_SEC - 1;
	inquiry_confirm_link(&e, &m, link);
	assert_int_equal(follows(link, TOKEN_CONFIRM, true), OUTCOME_UNKNOWN);
	m.created = time_now() - 6 * 86400 * NSEC_PER_SEC;
	inquiry_confirm_link(&e, &m, link);
	assert_int_equal(follows(link, TOKEN_CONFIRM, true), OUTCOME_OK);
	conf.web.url = NULL;
	inquiry_confirm_link(&e, &m, link);
	assert_string_equal(link, "");
}

static void never_again(void **state)
{
	struct service s = trouble(INQUIRE_WHERE), other = s;
	char stop[MSG_LINK_MAX];

	(void)state;
	other.port = 81;
	assert_int_equal(chooses(&s, ONE, CHOICE_YES, "Me@example.com"), OUTCOME_OK);
	ends(&s);
	assert_int_equal(n_sent, 1);
	strcpy(stop, sent[0].stop);
	assert_int_equal(follows(stop, TOKEN_STOP, false), OUTCOME_OK);
	assert_int_equal(e.count.suppressed, 0);

	/* What is in the outbox already is not sent either. */
	service_is(&other, RINGBACK_SERVICE_DOWN);
	run(30);
	assert_int_equal(chooses(&other, "198.51.100.2", CHOICE_YES, "me@EXAMPLE.com"), OUTCOME_OK);
	assert_int_equal(chooses(&other, ONE, CHOICE_YES, ""), OUTCOME_OK);
	outbox_mailer_gone(e.outbox);
	ends(&other);
	assert_int_equal(follows(stop, TOKEN_STOP, true), OUTCOME_OK);
	assert_int_equal(follows(stop, TOKEN_STOP, true), OUTCOME_OK);
	assert_int_equal(e.count.suppressed, 1);
	outbox_window(e.outbox, 10);
	run(100);
	assert_int_equal(n_sent, 2);
	assert_string_equal(sent[1].to, "table@example.org");
	assert_int_equal(outbox_counts().dropped, 2);

	new_engine();
	other.port = 82;
	service_is(&other, RINGBACK_SERVICE_DOWN);
	run(30);
	assert_int_equal(chooses(&other, ONE, CHOICE_YES, "me@example.com"), OUTCOME_SUPPRESSED);
	assert_string_equal(outcome.mail, "");
	contact(ONE, "ME@example.com");
	client_fails(&other, ONE);
	run(30);
	assert_int_equal(chooses(&other, ONE, CHOICE_YES, ""), OUTCOME_SUPPRESSED);
	ends(&other);
	assert_int_equal(waiter_state(&other, ONE), WAITER_NO_CONTACT);
}

static void secret_is_made_once(void **state)
{
	struct service s = trouble(INQUIRE_WHERE);
	char why[200], first[MSG_LINK_MAX], again[MSG_LINK_MAX];

	(void)s;
	(void)state;
	inquiry_stop_link(&e, "a@example.org", first);
	inquiry_free(e.inquiry);
	e.inquiry = inquiry_new(&e, why, sizeof(why));
	assert_non_null(e.inquiry);
	inquiry_stop_link(&e, "a@example.org", again);
	assert_string_equal(first, again);
	inquiry_stop_link(&e, "b@example.org", again);
	assert_string_not_equal(first, again);
}

/* --- trouble with the store, and death ------------------------------------------------------ */

static void store_that_fails_is_no_yes(void **state)
{
	struct service s = trouble(INQUIRE_WHERE);

	(void)state;
	store_mem_fail(e.store, -ENOSPC);
	assert_int_equal(chooses(&s, ONE, CHOICE_YES, "me@example.com"), OUTCOME_TROUBLE);
	assert_string_equal(outcome.mail, "");
	assert_int_equal(chooses(&s, ONE, CHOICE_NO, ""), OUTCOME_TROUBLE);
	store_mem_fail(e.store, 0);
	run(5200);
	assert_int_equal(inquiry_choice(&e, &s, &(struct addr){ AF_INET, { 198, 51, 100, 1 } }),
			 CHOICE_NONE);
	assert_int_equal(chooses(&s, ONE, CHOICE_YES, "me@example.com"), OUTCOME_OK);
	ends(&s);
	assert_string_equal(sent[0].to, "me@example.com");
}

static char dir[64], path[96];

static struct store *open_file(void)
{
	struct store *st;
	char why[200];

	if (store_open_sqlite(&st, path, why, sizeof(why)) < 0)
		fail_msg("%s", why);
	return st;
}

/* An engine of its own on the file, killed when @client has its outcome. */
__attribute__((noreturn)) static void child_engine(const char *client, bool in_the_middle)
{
	struct service s = web();
	struct msg_choice c = choice(&s, client, CHOICE_YES, "me@example.com");
	struct answer a = { .client = c.client, .choice = CHOICE_YES };

	setup_sqlite(NULL);
	stop_parts();
	store_close(e.store);
	e.store = open_file();
	start_parts();
	asked(INQUIRE_WHERE);
	service_is(&s, RINGBACK_SERVICE_DOWN);
	run(30);
	if (in_the_middle) {
		a.outage = latest(&s).id;
		batch_begin(e.batch);
		store_answer_put(e.store, &a);
	} else if (inquiry_answer(&e, &c, &outcome) != OUTCOME_OK) {
		_exit(1);
	}
	raise(SIGKILL);
	_exit(1);
}

static void killed_engine(bool in_the_middle)
{
	const struct addr one = address(ONE);
	struct service s = web();
	struct outage o;
	struct answer a;
	int status, rc;
	pid_t pid = fork();

	if (pid == 0)
		child_engine(ONE, in_the_middle);
	waitpid(pid, &status, 0);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	e.store = open_file();
	assert_int_equal(store_outage_latest(e.store, &s, &o), 0);
	rc = store_answer_get(e.store, o.id, &one, &a);
	assert_int_equal(rc, in_the_middle ? -ENOENT : 0);
	if (rc == 0)
		assert_string_equal(a.mail, "me@example.com");
	store_close(e.store);
}

/* What was acknowledged is there; what was not is not there by half. */
static void kill_between_answer_and_commit(void **state)
{
	static const char *const names[] = { "s.db", "s.db-wal", "s.db-shm" };
	char file[128];
	size_t i;

	(void)state;
	strcpy(dir, "/tmp/ringback-inquiry-XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/s.db", dir);
	killed_engine(true);
	killed_engine(false);
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(file, sizeof(file), "%s/%s", dir, names[i]);
		unlink(file);
	}
	assert_int_equal(rmdir(dir), 0);
}

/* --- values ------------------------------------------------------------------------------ */

static void masks(void **state)
{
	static const char *const rows[][2] = {
		{ "kim@example.org", "k***@e***.org" },
		{ "k@example.org", "k***@e***.org" },
		{ "kim@a.b.example.co", "k***@a***.co" },
		{ "jürgen@bücher.example", "j***@b***.example" },
		{ "ürgen@ücher.example", "ü***@ü***.example" },
		{ "root@localhost", "r***@l***" },
		{ "\xf0\x9f\x96\xa7x@example.org", "\xf0\x9f\x96\xa7***@e***.org" },
		{ "", "" },
		{ "nobody", "" },
		{ "@example.org", "" },
		{ "nobody@", "" },
	};
	char buf[MSG_MAIL_MAX + 1], small[12];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_string_equal(inquiry_mask(rows[i][0], buf, sizeof(buf)), rows[i][1]);
	assert_string_equal(inquiry_mask("kim@example.org", small, sizeof(small)), "");
}

static void tokens(void **state)
{
	const uint8_t secret[LINK_SECRET_LEN] = { 1 }, other[LINK_SECRET_LEN] = { 2 };
	uint8_t payload[LINK_PAYLOAD_MAX], back[LINK_PAYLOAD_MAX];
	char token[160], noise[200];
	unsigned int seed = 1;
	size_t len, i;

	(void)state;
	for (len = 0; len <= sizeof(payload); len++) {
		for (i = 0; i < len; i++)
			payload[i] = rand_r(&seed);
		link_token_make(secret, "a", payload, len, token);
		assert_int_equal(strspn(token,
					"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
					"0123456789-_"),
				 strlen(token));
		assert_true(link_token_read(secret, "a", token, back, len));
		assert_memory_equal(payload, back, len);
		assert_false(link_token_read(secret, "b", token, back, len));
		assert_false(link_token_read(other, "a", token, back, len));
		if (len)
			assert_false(link_token_read(secret, "a", token, back, len - 1));
	}
	for (i = 0; i < 20000; i++) {
		for (len = 0; len < sizeof(noise) - 1; len++)
			noise[len] = rand_r(&seed) % 255 + 1;
		noise[rand_r(&seed) % sizeof(noise)] = '\0';
		noise[sizeof(noise) - 1] = '\0';
		assert_false(link_token_read(secret, "a", noise, back, 32));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(only_a_yes_is_told),
		ON_BOTH(given_address_beats_the_table),
		ON_BOTH(a_yes_waits_though_never_seen),
		ON_BOTH(minds_change),
		ON_BOTH(answers_belong_to_their_outage),
		ON_BOTH(answers_that_cannot_be),
		ON_BOTH(one_client_has_a_limit),
		ON_BOTH(one_address_has_a_limit),
		ON_BOTH(all_together_have_a_limit),
		ON_BOTH(address_is_confirmed),
		ON_BOTH(unconfirmed_address_gets_nothing),
		ON_BOTH(link_of_another_answer),
		ON_BOTH(forged_links),
		ON_BOTH(links_to_confirm_expire),
		ON_BOTH(never_again),
		ON_BOTH(secret_is_made_once),
		cmocka_unit_test_setup_teardown(store_that_fails_is_no_yes, setup_mem, teardown),
		cmocka_unit_test(kill_between_answer_and_commit),
		cmocka_unit_test(masks),
		cmocka_unit_test(tokens),
	};

	log_init("engine", LOG_TO_STDERR, false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
