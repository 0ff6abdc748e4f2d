// SPDX-License-Identifier: GPL-2.0
/*
 * The sentences of "why": which of them are said, in which order, for which facts.
 */
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "common/timefmt.h"
#include "engine/why.h"

#define NOW (1000 * NSEC_PER_SEC)

static const struct conf_mail mail = { .configured = true,
				       .digest = 10,
				       .rate = 20,
				       .give_up = 3600 };
static const struct conf conf = { .mail = { .configured = true } };
static const struct conf_watch rules = { .keep = 86400,
					 .flap = 300,
					 .stable = 5,
					 .notify = { { ROUTE_MAIL } },
					 .n_notify = 1 };

static char codes[1024]; /* "watch:covered kernel:failed ..." */
static char texts[8192];

static void collect(const char *topic, const char *code, uint64_t outage, const char *text,
		    void *arg)
{
	size_t n = strlen(codes), m = strlen(texts);

	(void)outage;
	(void)arg;
	/* Each is a sentence for people. */
	assert_int_equal(text[strlen(text) - 1], '.');
	snprintf(codes + n, sizeof(codes) - n, "%s%s:%s", n ? " " : "", topic, code);
	snprintf(texts + m, sizeof(texts) - m, "%s\n", text);
}

static struct addr address(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(&a, text), 0);
	return a;
}

/* 198.51.100.7 at 192.0.2.10 tcp/80, watched, nothing happened. */
static struct why *plain(void)
{
	static struct why y;

	memset(&y, 0, sizeof(y));
	y.client = address("198.51.100.7");
	y.service.server = address("192.0.2.10");
	y.service.proto = IPPROTO_TCP;
	y.service.port = 80;
	y.now = NOW;
	y.cover = WHY_COVERED;
	strcpy(y.watch.name, "web");
	y.watch.hooks = RINGBACK_HOOK_FORWARD | RINGBACK_HOOK_MIRROR;
	strcpy(y.watch.mirror_dev, "eth7");
	y.rules = &rules;
	y.conf = &conf;
	y.mail = &mail;
	y.mailer_connected = true;
	y.kernel_expected = y.kernel_answered = true;
	y.store_keep = 90;
	return &y;
}

static struct why_outage *with_outage(struct why *y, enum waiter_state state, const char *to)
{
	struct why_outage *o = &y->outage[y->n_outages++];

	o->o.id = 7;
	o->o.service = y->service;
	o->o.began = NOW - 100 * NSEC_PER_SEC;
	if (state != WAITER_WAITING) {
		o->o.ended = NOW - 10 * NSEC_PER_SEC;
		o->o.evidence = EVIDENCE_PROBE;
		strcpy(o->o.detail, "connected");
	}
	o->waits = true;
	o->w.state = state;
	o->w.first = o->w.last = o->o.began;
	o->w.in_kernel = true;
	strcpy(o->w.mail, to);
	return o;
}

static struct why_notice *with_notice(struct why_outage *o)
{
	struct why_notice *n = &o->notice[o->n_notices++];

	n->n.id = 3;
	n->n.created = o->o.ended;
	n->n.due = n->n.created + 10 * NSEC_PER_SEC;
	strcpy(n->n.mail, o->w.mail);
	return n;
}

static void expect(const struct why *y, const char *wanted)
{
	codes[0] = texts[0] = '\0';
	why_explain(y, collect, NULL);
	assert_string_equal(codes, wanted);
}

static void expect_text(const char *part)
{
	if (!strstr(texts, part))
		fail_msg("\"%s\" is not in:\n%s", part, texts);
}

/* What every story below begins with, and the contact that is not known. */
#define SEEN	"watch:covered watch:rules kernel:no-attempt service:fine "
#define WAITING "watch:covered watch:rules kernel:answered service:fine "
#define FAILED	"watch:covered watch:rules kernel:failed service:suspect "
#define NOBODY	"contact:none "

static void nearest_watch(void **state)
{
	struct prefix server = { .addr = address("192.0.2.0"), .len = 24 };
	struct prefix clients = { .addr = address("198.51.100.0"), .len = 25 };
	struct portrange port = { .proto = IPPROTO_TCP, .first = 80, .last = 89 };
	struct conf_watch w = { .servers = &server,
				.n_servers = 1,
				.clients = &clients,
				.n_clients = 1,
				.ports = &port,
				.n_ports = 1 };
	struct service s = { .server = address("192.0.2.10"), .proto = IPPROTO_TCP, .port = 89 };
	struct addr client = address("198.51.100.7");

	(void)state;
	assert_int_equal(why_cover(&w, &client, &s), WHY_COVERED);
	client = address("198.51.100.200");
	assert_int_equal(why_cover(&w, &client, &s), WHY_OTHER_CLIENT);
	s.port = 90;
	assert_int_equal(why_cover(&w, &client, &s), WHY_OTHER_PORT);
	s.server = address("203.0.113.1");
	assert_int_equal(why_cover(&w, &client, &s), WHY_OTHER_SERVER);
	client = address("198.51.100.7");
	w.n_clients = 0;
	s = (struct service){ .server = address("192.0.2.1"), .proto = IPPROTO_UDP, .port = 80 };
	assert_int_equal(why_cover(&w, &client, &s), WHY_OTHER_PORT);
}

static void not_watched(void **state)
{
	static const struct {
		enum why_cover cover;
		const char *code;
	} rows[] = {
		{ WHY_NO_WATCH, "none" },
		{ WHY_OTHER_SERVER, "other-server" },
		{ WHY_OTHER_PORT, "other-port" },
		{ WHY_OTHER_CLIENT, "other-client" },
	};
	char wanted[200];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct why *y = plain();

		y->cover = rows[i].cover;
		snprintf(wanted, sizeof(wanted),
			 "watch:%s kernel:no-attempt service:fine outage:none contact:none "
			 "verdict:not-watched",
			 rows[i].code);
		expect(y, wanted);
	}
}

static void never_failed(void **state)
{
	struct why *y = plain();

	(void)state;
	expect(y, SEEN "outage:none " NOBODY "verdict:never-failed");
	expect_text("hook forward, mirror:eth7");
	y->stats.value[RINGBACK_A_STATS_REFUSED_CLIENT] = 12;
	expect(y, "watch:covered watch:rules kernel:no-attempt kernel:refused-client service:fine "
		  "outage:none " NOBODY "verdict:never-failed");
	expect_text("one of 12 attempts");
}

static void in_the_kernel(void **state)
{
	struct why *y = plain();

	(void)state;
	y->attempt_known = true;
	y->attempt.count = 1;
	y->attempt.first = y->attempt.last = NOW;
	expect(y, "watch:covered watch:rules kernel:pending service:fine outage:none " NOBODY
		  "verdict:pending");
	y->attempt.state = RINGBACK_ATTEMPT_FAILED;
	y->attempt.reason = RINGBACK_REASON_REFUSED;
	y->service_known = true;
	y->state.failures = 1;
	expect(y, "watch:covered watch:rules kernel:failed service:suspect outage:none " NOBODY
		  "verdict:suspect");
	expect_text("reason refused: tried 1 time,");
	expect_text("1 failure, 0 clients still waiting, last answer never seen");
	y->state.standin = RINGBACK_STANDIN_ASK;
	expect(y, FAILED "standin:no-lease outage:none " NOBODY "verdict:suspect");
	y->lease = 5000;
	expect(y, FAILED "standin:ask outage:none " NOBODY "verdict:suspect");
	y->decided = true;
	y->decision.verdict = RINGBACK_VERDICT_PASS;
	expect(y, FAILED "standin:pass outage:none " NOBODY "verdict:suspect");
	y->state.standin = RINGBACK_STANDIN_ANSWER;
	expect(y, FAILED "standin:answer outage:none " NOBODY "verdict:suspect");
	y->kernel_answered = false;
	expect(y, "watch:covered watch:rules kernel:missing outage:none " NOBODY
		  "verdict:never-failed");
	y->kernel_expected = false;
	expect(y,
	       "watch:covered watch:rules kernel:none outage:none " NOBODY "verdict:never-failed");
}

static void waits(void **state)
{
	struct why *y = plain();
	struct why_outage *o = with_outage(y, WAITER_WAITING, "anna@example.org");

	(void)state;
	expect(y, WAITING "outage:down waiter:failed waiter:waiting " NOBODY "verdict:waiting");
	expect_text("told at anna@example.org when the outage ends");
	o->phase = "confirming";
	o->o.evidence = EVIDENCE_TRAP;
	strcpy(o->o.detail, "coldStart");
	o->w.in_kernel = false;
	expect(y, "watch:covered watch:rules kernel:lost service:fine outage:confirming "
		  "waiter:failed waiter:waiting " NOBODY "verdict:waiting");
	expect_text("evidence trap (coldStart): confirming");
	o->w.last = NOW - 86400 * NSEC_PER_SEC;
	o->w.mail[0] = '\0';
	expect(y, "watch:covered watch:rules kernel:expired service:fine outage:confirming "
		  "waiter:failed waiter:no-contact " NOBODY "verdict:no-contact");
}

static void looked_up(void **state)
{
	struct why *y = plain();
	struct why_outage *o = with_outage(y, WAITER_WAITING, "");

	(void)state;
	y->command = true;
	y->said = -EINPROGRESS;
	o->asking = true;
	expect(y, WAITING "outage:down waiter:failed waiter:asking " NOBODY "contact:command-asked "
			  "verdict:asking");
	y->said = -EIO;
	o->o.ended = NOW;
	o->o.evidence = EVIDENCE_PROBE;
	o->w.state = WAITER_ASKING;
	expect(y, SEEN "outage:ended waiter:failed waiter:asking " NOBODY "contact:command-trouble "
		       "verdict:asking");
	o->asking = false;
	y->said = 0;
	o->w.state = WAITER_NO_CONTACT;
	expect(y, SEEN "outage:ended waiter:failed waiter:no-contact " NOBODY
		       "contact:command-nobody verdict:no-contact");
}

static void asked_first(void **state)
{
	struct conf_watch asking = rules;
	struct why *y = plain();
	struct why_outage *o = with_outage(y, WAITER_WAITING, "anna@example.org");

	(void)state;
	y->rules = &asking;
	asking.inquire = INQUIRE_WHERE;
	expect(y, WAITING "outage:down choice:none waiter:failed waiter:no-answer " NOBODY
			  "verdict:no-answer");
	o->answer.choice = CHOICE_NO;
	expect(y, WAITING "outage:down choice:no waiter:failed waiter:declined " NOBODY
			  "verdict:declined");
	o->answer.choice = CHOICE_YES;
	strcpy(o->answer.mail, "kim@example.net");
	expect(y, WAITING "outage:down choice:yes waiter:failed waiter:waiting " NOBODY
			  "verdict:waiting");
	expect_text("told at kim@example.net when");
	y->confirm = true;
	expect(y, WAITING "outage:down choice:unconfirmed waiter:failed waiter:waiting " NOBODY
			  "verdict:waiting");
	expect_text("told at anna@example.org when");
	o->suppressed = true;
	expect(y, WAITING "outage:down choice:unconfirmed choice:suppressed waiter:failed "
			  "waiter:no-contact " NOBODY "verdict:no-contact");
	o->answer.choice = CHOICE_NONE;
	y->page_open = true;
	expect(y, WAITING "outage:down choice:none choice:suppressed waiter:failed "
			  "waiter:page-open " NOBODY "verdict:page-open");
	o->suppressed = false;
	o->o.ended = NOW;
	o->o.evidence = EVIDENCE_PROBE;
	o->w.state = WAITER_DECLINED;
	expect(y, SEEN "outage:ended choice:none waiter:failed waiter:declined " NOBODY
		       "verdict:declined");
	o->w.state = WAITER_NO_ANSWER;
	expect(y, SEEN "outage:ended choice:none waiter:failed waiter:no-answer " NOBODY
		       "verdict:no-answer");
}

static void not_told(void **state)
{
	struct why *y = plain();
	struct why_outage *o = with_outage(y, WAITER_REACHED, "anna@example.org");

	(void)state;
	expect(y, SEEN "outage:ended waiter:failed waiter:reached " NOBODY "verdict:reached");
	o->w.state = WAITER_NO_CONTACT;
	expect(y, SEEN "outage:ended waiter:failed waiter:no-contact " NOBODY "verdict:no-contact");
	expect_text("no step of the watch can tell it");
	o->w.mail[0] = '\0';
	expect(y, SEEN "outage:ended waiter:failed waiter:no-contact " NOBODY "verdict:no-contact");
	expect_text("no contact was known for it");
	o->w.state = WAITER_NOTIFIED;
	o->w.told = NOW;
	expect(y,
	       SEEN "outage:ended waiter:failed waiter:told-before " NOBODY "verdict:told-before");
	o->waits = false;
	expect(y, SEEN "outage:ended waiter:no-waiter " NOBODY "verdict:never-failed");
}

static void unsent(void **state)
{
	struct conf_mail none = { 0 };
	struct why *y = plain();
	struct why_outage *o = with_outage(y, WAITER_NOTIFIED, "anna@example.org");
	struct why_notice *n = with_notice(o);

	(void)state;
	expect(y, SEEN "outage:ended waiter:failed waiter:notified notice:digest " NOBODY
		       "verdict:owed");
	n->n.due++;
	expect(y, SEEN "outage:ended waiter:failed waiter:notified notice:rate " NOBODY
		       "verdict:owed");
	y->mailer_connected = false;
	expect(y, SEEN "outage:ended waiter:failed waiter:notified notice:no-mailer " NOBODY
		       "verdict:owed");
	y->mail = &none;
	expect(y, SEEN "outage:ended waiter:failed waiter:notified notice:no-mail-section " NOBODY
		       "verdict:owed");
}

static void fates(void **state)
{
	struct why *y = plain();
	struct why_outage *o = with_outage(y, WAITER_NOTIFIED, "anna@example.org");
	struct message *m = &with_notice(o)->m;

	(void)state;
	m->id = 9;
	m->created = NOW;
	expect(y, SEEN "outage:ended waiter:failed waiter:notified notice:queued " NOBODY
		       "verdict:owed");
	m->tries = 2;
	m->code = 451;
	strcpy(m->answer, "later");
	expect(y, SEEN "outage:ended waiter:failed waiter:notified notice:retry " NOBODY
		       "verdict:owed");
	expect_text("try 2 failed with \"451 later\"");
	m->state = MESSAGE_SENT;
	expect(y, SEEN "outage:ended waiter:failed waiter:notified notice:sent " NOBODY
		       "verdict:told");
	m->state = MESSAGE_REFUSED;
	expect(y, SEEN "outage:ended waiter:failed waiter:notified notice:refused " NOBODY
		       "verdict:refused");
	m->state = MESSAGE_DROPPED;
	strcpy(m->answer, "not asked for any more");
	expect(y, SEEN "outage:ended waiter:failed waiter:notified notice:dropped " NOBODY
		       "verdict:dropped");
	m->state = MESSAGE_GIVEN_UP;
	expect(y, SEEN "outage:ended waiter:failed waiter:notified notice:given-up " NOBODY
		       "verdict:given-up");
	/* Told once; failed again soon after, in the outage taken up again. */
	m->state = MESSAGE_SENT;
	o->w.last = o->o.ended + NSEC_PER_SEC;
	o->w.told = o->o.ended;
	expect(y, SEEN "outage:ended waiter:failed waiter:told-before notice:sent " NOBODY
		       "verdict:told");
}

/* Those whom others tell. */
static void handed_over(void **state)
{
	static const struct {
		enum handover_state state;
		uint32_t tries;
		const char *notice, *verdict;
	} rows[] = {
		{ HANDOVER_GATHERING, 0, "sending", "owed" },
		{ HANDOVER_SENDING, 0, "sending", "owed" },
		{ HANDOVER_SENDING, 3, "retry", "owed" },
		{ HANDOVER_UNSURE, 1, "unsure", "owed" },
		{ HANDOVER_RELEASING, 1, "releasing", "owed" },
		{ HANDOVER_SENT, 2, "sent", "handed-over" },
		{ HANDOVER_REFUSED, 1, "refused", "refused" },
		{ HANDOVER_GIVEN_UP, 9, "given-up", "given-up" },
	};
	struct why *y = plain();
	struct why_outage *o = with_outage(y, WAITER_NOTIFIED, "");
	struct why_notice *n = with_notice(o);
	char wanted[300];
	size_t i;

	(void)state;
	n->n.handover = n->h.id = 12;
	n->h.route = ROUTE_NMS;
	strcpy(n->h.target, "hq");
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		n->h.state = rows[i].state;
		n->h.tries = rows[i].tries;
		n->h.done = rows[i].state >= HANDOVER_SENT ? NOW : 0;
		snprintf(wanted, sizeof(wanted),
			 SEEN "outage:ended waiter:failed waiter:notified notice:%s " NOBODY
			      "verdict:%s",
			 rows[i].notice, rows[i].verdict);
		expect(y, wanted);
		expect_text("nms hq");
	}
}

static void contacts(void **state)
{
	struct why *y = plain();
	struct contact_key key;
	const char *why;

	(void)state;
	y->contact_known = true;
	strcpy(y->contact.mail, "anna@example.org");
	assert_int_equal(contact_key_parse(&key, "198.51.100.7", &why), 0);
	y->contact.key = key;
	expect(y, SEEN "outage:none contact:address verdict:never-failed");
	assert_int_equal(contact_key_parse(&key, "2001:db8::/64", &why), 0);
	y->contact.key = key;
	expect(y, SEEN "outage:none contact:prefix verdict:never-failed");
	expect_text("2001:db8::/64 for it, by its prefix: anna@example.org");
	assert_int_equal(contact_key_parse(&key, "02:00:00:00:00:01", &why), 0);
	y->contact.key = key;
	expect(y, SEEN "outage:none contact:MAC verdict:never-failed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nearest_watch), cmocka_unit_test(not_watched),
		cmocka_unit_test(never_failed),	 cmocka_unit_test(in_the_kernel),
		cmocka_unit_test(waits),	 cmocka_unit_test(looked_up),
		cmocka_unit_test(asked_first),	 cmocka_unit_test(not_told),
		cmocka_unit_test(unsent),	 cmocka_unit_test(fates),
		cmocka_unit_test(handed_over),	 cmocka_unit_test(contacts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
