// SPDX-License-Identifier: GPL-2.0
/*
 * Lists that other routers hand to us: what is kept, what is answered and when, and
 * who is told, whatever order the messages come in and however often.
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
#include "engine/batch.h"
#include "engine/inquiry.h"
#include "engine/lookup.h"
#include "engine/outbox.h"
#include "engine/receive.h"
#include "engine/tracker.h"
#include "engine_story.h"

#define DAY (86400 * NSEC_PER_SEC)

static struct conf_receive routers[2];
static int64_t ended;

static int setup_routers(void)
{
	for (int i = 0; i < 2; i++) {
		snprintf(routers[i].name, sizeof(routers[i].name), "r%d", i + 1);
		routers[i].clients = 1000;
	}
	conf.receives = routers;
	conf.n_receives = 2;
	ended = time_now() - 60 * NSEC_PER_SEC;
	outbox_window(e.outbox, 100);
	contact("198.51.100.0/24", "office@example.org");
	contact("198.51.100.2", "two@example.org");
	return 0;
}

static int in_memory(void **state)
{
	return setup_mem(state) ? -1 : setup_routers();
}

static int in_sqlite(void **state)
{
	return setup_sqlite(state) ? -1 : setup_routers();
}

#define ON_EITHER(test)                                            \
	{ #test " (memory)", test, in_memory, teardown, NULL },    \
	{                                                          \
#test " (sqlite)", test, in_sqlite, teardown, NULL \
	}

/* --- what a router says ------------------------------------------------------------ */

static struct msg_handover handover(const char *section, enum handover_act act)
{
	static uint64_t id;
	struct msg_handover h = {
		.act = (uint8_t)act,
		.router = "router.example.org",
		.outage = 7,
		.list = 1,
		.service = web(),
		.reason = RINGBACK_REASON_NO_REPLY,
		.evidence = EVIDENCE_PROBE,
		.began = ended - 600 * NSEC_PER_SEC,
		.ended = ended,
		.server_name = "Intranet",
		.watch = "w",
		.clients = 3,
		.parts = 2,
	};

	h.id = ++id;
	snprintf(h.target, sizeof(h.target), "%s", section);
	return h;
}

static void row(struct msg_handover *h, const char *client)
{
	h->rows[h->n_rows++] = (struct msg_row){
		.client = address(client),
		.reason = RINGBACK_REASON_REFUSED,
		.attempts = 5,
		.first = h->began,
		.last = h->ended,
	};
}

/* Part 1 has two clients, part 2 has one. */
static struct msg_handover part(const char *section, uint32_t number)
{
	struct msg_handover h = handover(section, HANDOVER_PART);

	h.part = number;
	row(&h, number == 1 ? "198.51.100.1" : "198.51.100.3");
	if (number == 1)
		row(&h, "198.51.100.2");
	return h;
}

/* What is answered to it, once it is on disk; -1: nothing. */
static int answer_to(const struct msg_handover *h)
{
	unsigned int before = n_taken;

	receive_list(e.receive, h);
	assert_int_equal(n_taken, before);
	for (int patience = 10; n_taken == before && patience; patience--)
		run(50);
	if (n_taken == before)
		return -1;
	assert_int_equal(n_taken, before + 1);
	assert_int_equal(taken[before].id, h->id);
	return taken[before].taken;
}

static int says_part(const char *section, uint32_t number)
{
	struct msg_handover h = part(section, number);

	return answer_to(&h);
}

static int says_only(const char *section, enum handover_act act)
{
	struct msg_handover h = handover(section, act);

	return answer_to(&h);
}

/* --- what came of it ------------------------------------------------------------------ */

static struct outage received(const char *section)
{
	struct outage o = { .origin_id = 7, .origin_list = 1, .began = ended - 600 * NSEC_PER_SEC };

	snprintf(o.origin, sizeof(o.origin), "%s", section);
	if (store_outage_origin(e.store, &o) < 0)
		o.id = 0;
	return o;
}

static int state_of(const char *section, const char *client)
{
	struct addr a = address(client);
	struct waiter w;

	return store_waiter_get(e.store, received(section).id, &a, &w) < 0 ? -1 : w.state;
}

static int count_notice(const struct notice *n, const struct message *m, const struct handover *h,
			void *arg)
{
	(void)n, (void)m, (void)h;
	++*(unsigned int *)arg;
	return 0;
}

static unsigned int notices(void)
{
	unsigned int n = 0;

	assert_int_equal(store_notice_list(e.store, NULL, 0, 0, 1000, count_notice, &n), 0);
	return n;
}

/* Mail goes to the mailer: @n since the beginning, and no more. */
static void assert_sent(unsigned int n)
{
	for (int patience = 50; n_sent < n && patience; patience--)
		run(40);
	run(60);
	assert_int_equal(n_sent, n);
}

/* How often @mail was given to the mailer. */
static unsigned int mails_to(const char *mail)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < n_sent; i++)
		n += strcmp(sent[i].to, mail) == 0;
	return n;
}

/* --- the stories ------------------------------------------------------------------------ */

static void released(void **state)
{
	struct outage o;

	(void)state;
	assert_int_equal(says_part("r1", 1), TAKEN_OK);
	assert_int_equal(says_part("r1", 2), TAKEN_OK);
	o = received("r1");
	assert_int_equal(o.ended, ended);
	assert_int_equal(o.evidence, EVIDENCE_PROBE);
	assert_int_equal(state_of("r1", "198.51.100.1"), WAITER_WAITING);
	assert_int_equal(outbox_counts().waiting, 0);
	assert_int_equal(n_sent, 0);
	assert_int_equal(says_only("r1", HANDOVER_RELEASE), TAKEN_OK);
	assert_sent(2);
	assert_int_equal(state_of("r1", "198.51.100.1"), WAITER_NOTIFIED);
	assert_int_equal(mails_to("office@example.org"), 1);
	assert_int_equal(mails_to("two@example.org"), 1);
	assert_int_equal(sent[0].items[0].attempts, 5);
	assert_string_equal(sent[0].items[0].server_name, "Intranet");
}

/* Every message twice, and then all of them once more. */
static void repeated(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(says_part("r1", 1), TAKEN_OK);
		assert_int_equal(says_part("r1", 2), TAKEN_OK);
	}
	assert_int_equal(notices(), 3);
	for (int i = 0; i < 2; i++)
		assert_int_equal(says_only("r1", HANDOVER_RELEASE), TAKEN_OK);
	assert_int_equal(says_part("r1", 2), TAKEN_OK);
	assert_int_equal(says_part("r1", 1), TAKEN_OK);
	assert_int_equal(says_only("r1", HANDOVER_RELEASE), TAKEN_OK);
	assert_sent(2);
	assert_int_equal(notices(), 3);
}

static void a_missing_part(void **state)
{
	(void)state;
	assert_int_equal(says_only("r1", HANDOVER_RELEASE), TAKEN_INCOMPLETE);
	assert_int_equal(says_part("r1", 2), TAKEN_OK);
	assert_int_equal(says_only("r1", HANDOVER_RELEASE), TAKEN_INCOMPLETE);
	assert_sent(0);
	assert_int_equal(says_part("r1", 1), TAKEN_OK);
	assert_int_equal(says_only("r1", HANDOVER_RELEASE), TAKEN_OK);
	assert_sent(2);
}

static void withdrawn(void **state)
{
	(void)state;
	assert_int_equal(says_part("r1", 1), TAKEN_OK);
	assert_int_equal(says_only("r1", HANDOVER_WITHDRAW), TAKEN_OK);
	assert_int_equal(received("r1").id, 0);
	assert_int_equal(notices(), 0);
	assert_int_equal(says_only("r1", HANDOVER_WITHDRAW), TAKEN_OK);
	assert_int_equal(says_only("r1", HANDOVER_RELEASE), TAKEN_INCOMPLETE);
	assert_sent(0);
	assert_int_equal(says_part("r1", 1), TAKEN_OK);
	assert_int_equal(says_part("r1", 2), TAKEN_OK);
	assert_int_equal(says_only("r1", HANDOVER_RELEASE), TAKEN_OK);
	assert_int_equal(says_only("r1", HANDOVER_WITHDRAW), TAKEN_REFUSED);
	assert_sent(2);
}

/* A large one takes several turns; what is said of it meanwhile has to be said again. */
static void a_large_one_withdrawn(void **state)
{
	struct msg_handover h = handover("r1", HANDOVER_PART);
	unsigned int before;

	(void)state;
	h.parts = 24;
	routers[0].clients = h.clients = h.parts * MSG_ROWS_MAX;
	for (unsigned int i = 0; i < MSG_ROWS_MAX; i++)
		row(&h, "203.0.113.1");
	for (h.part = 1; h.part <= h.parts; h.part++) {
		for (unsigned int i = 0; i < MSG_ROWS_MAX; i++) {
			h.rows[i].client.bytes[2] = (uint8_t)h.part;
			h.rows[i].client.bytes[3] = (uint8_t)i;
		}
		assert_int_equal(answer_to(&h), TAKEN_OK);
	}
	h.act = HANDOVER_WITHDRAW;
	h.n_rows = h.part = 0;
	receive_list(e.receive, &h);
	assert_int_not_equal(received("r1").id, 0);
	h.act = HANDOVER_RELEASE;
	before = n_taken;
	receive_list(e.receive, &h);
	run(200);
	/* The withdrawal was answered, the release was not. */
	assert_int_equal(n_taken, before + 1);
	assert_int_equal(received("r1").id, 0);
	assert_int_equal(answer_to(&h), TAKEN_INCOMPLETE);
}

static void contradictions(void **state)
{
	struct msg_handover h = part("r1", 1);

	(void)state;
	assert_int_equal(answer_to(&h), TAKEN_OK);
	h = part("r1", 2);
	h.parts = 3;
	assert_int_equal(answer_to(&h), TAKEN_REFUSED);
	h = part("r1", 2);
	h.clients = 4;
	assert_int_equal(answer_to(&h), TAKEN_REFUSED);
	h = part("r1", 2);
	h.service.port = 81;
	assert_int_equal(answer_to(&h), TAKEN_REFUSED);
	h = part("r1", 2);
	h.clients = 1001;
	assert_int_equal(answer_to(&h), TAKEN_REFUSED);
	h = part("unknown", 2);
	assert_int_equal(answer_to(&h), TAKEN_REFUSED);
	h = handover("r1", HANDOVER_RELEASE);
	h.parts = 1;
	assert_int_equal(answer_to(&h), TAKEN_REFUSED);
	assert_int_equal(notices(), 2);
	assert_int_equal(e.count.lists_refused, 6);
}

/* What the room that decodes them should never have let through is not believed either. */
static void nonsense(void **state)
{
	const int64_t now = time_now();
	struct msg_handover wrong[14];
	unsigned int n = sizeof(wrong) / sizeof(wrong[0]);

	(void)state;
	for (unsigned int i = 0; i < n; i++)
		wrong[i] = part("r1", 1);
	wrong[0].ended = 0;
	wrong[1].began = 0;
	wrong[2].ended = wrong[2].began - 1;
	wrong[3].ended = now + 2 * DAY;
	wrong[4].ended = now - 32 * DAY;
	wrong[4].began = wrong[4].ended;
	wrong[5].reason = 200;
	wrong[6].evidence = 1 << 4;
	wrong[7].clients = 0;
	wrong[8].clients = 1;
	wrong[9].parts = wrong[9].clients + 1;
	wrong[10].rows[1].reason = 200;
	strcpy(wrong[11].server_name, "\xff");
	strcpy(wrong[12].watch, "a\nb");
	strcpy(wrong[13].router, "");
	for (unsigned int i = 0; i < n; i++)
		assert_int_equal(answer_to(&wrong[i]), TAKEN_REFUSED);
	assert_int_equal(received("r1").id, 0);
	assert_int_equal(e.count.lists_refused, n);
	for (uint32_t i = 1; i <= 2; i++)
		assert_int_equal(says_part("r1", i), TAKEN_OK);
	wrong[0].act = HANDOVER_RELEASE;
	wrong[0].n_rows = 0;
	assert_int_equal(answer_to(&wrong[0]), TAKEN_REFUSED);
	assert_int_equal(says_only("r1", HANDOVER_RELEASE), TAKEN_OK);
	new_engine();
	assert_int_equal(tracker_open(e.tracker), 0);
}

/* However many parts there are: not more clients than it said. */
static void more_than_it_said(void **state)
{
	struct msg_handover h = part("r1", 1);

	(void)state;
	h.parts = 3;
	assert_int_equal(answer_to(&h), TAKEN_OK);
	h.part = 2;
	h.rows[0].client = address("198.51.100.11");
	h.rows[1].client = address("198.51.100.12");
	assert_int_equal(answer_to(&h), TAKEN_REFUSED);
	h.rows[1].client = address("198.51.100.1");
	assert_int_equal(answer_to(&h), TAKEN_OK);
	/* What came is known, in a list that is full, too. */
	assert_int_equal(answer_to(&h), TAKEN_OK);
	h.part = 3;
	h.rows[0].client = address("198.51.100.13");
	assert_int_equal(answer_to(&h), TAKEN_REFUSED);
	assert_int_equal(notices(), 3);
}

/* One section has room for lists on their way of twice its clients, and no other's. */
static void too_many_lists(void **state)
{
	struct msg_handover h = part("r1", 1);

	(void)state;
	h.clients = 1000;
	for (h.list = 1; h.list <= 2; h.list++)
		assert_int_equal(answer_to(&h), TAKEN_OK);
	h.clients = 2;
	assert_int_equal(answer_to(&h), TAKEN_REFUSED);
	assert_int_equal(says_part("r2", 1), TAKEN_OK);
	h = handover("r1", HANDOVER_WITHDRAW);
	h.clients = 1000;
	assert_int_equal(answer_to(&h), TAKEN_OK);
	h = part("r1", 1);
	h.list = 3;
	assert_int_equal(answer_to(&h), TAKEN_OK);
}

/* Another part has it, too: it is told once. */
static void a_client_in_two_parts(void **state)
{
	struct msg_handover h = part("r1", 2);

	(void)state;
	assert_int_equal(says_part("r1", 1), TAKEN_OK);
	h.rows[0].client = address("198.51.100.2");
	assert_int_equal(answer_to(&h), TAKEN_OK);
	assert_int_equal(says_only("r1", HANDOVER_RELEASE), TAKEN_OK);
	assert_sent(2);
	assert_int_equal(notices(), 2);
}

static void another_list_of_the_outage(void **state)
{
	struct msg_handover h = handover("r1", HANDOVER_PART);

	(void)state;
	says_part("r1", 1);
	says_part("r1", 2);
	says_only("r1", HANDOVER_RELEASE);
	h.list = 2;
	h.part = h.parts = h.clients = 1;
	row(&h, "198.51.100.9");
	assert_int_equal(answer_to(&h), TAKEN_OK);
	h.act = HANDOVER_RELEASE;
	h.n_rows = h.part = 0;
	assert_int_equal(answer_to(&h), TAKEN_OK);
	run(60);
	assert_int_equal(notices(), 4);
}

/* Two routers saw the outage: who was told by the list of one is not told by the other's. */
static void two_routers(void **state)
{
	(void)state;
	for (uint32_t i = 1; i <= 2; i++) {
		assert_int_equal(says_part("r1", i), TAKEN_OK);
		assert_int_equal(says_part("r2", i), TAKEN_OK);
	}
	assert_int_equal(says_only("r1", HANDOVER_RELEASE), TAKEN_OK);
	assert_int_equal(says_only("r2", HANDOVER_RELEASE), TAKEN_OK);
	assert_sent(2);
	assert_int_equal(notices(), 3);
	assert_int_equal(state_of("r2", "198.51.100.1"), WAITER_NOTIFIED);
}

/* A minute after the first: it began when that one was over, and is another one. */
static void a_second_outage(void **state)
{
	struct msg_handover h;

	(void)state;
	for (uint32_t i = 1; i <= 2; i++)
		says_part("r1", i);
	says_only("r1", HANDOVER_RELEASE);
	for (uint32_t i = 1; i <= 3; i++) {
		h = i < 3 ? part("r2", i) : handover("r2", HANDOVER_RELEASE);
		h.began = ended + 30 * NSEC_PER_SEC;
		h.ended = h.began + 30 * NSEC_PER_SEC;
		assert_int_equal(answer_to(&h), TAKEN_OK);
	}
	assert_int_equal(notices(), 6);
}

static void nobody_to_tell(void **state)
{
	struct msg_handover h = handover("r1", HANDOVER_PART);
	char print[FINGERPRINT_LEN];

	(void)state;
	assert_int_equal(store_begin(e.store), 0);
	inquiry_fingerprint(&e, "two@example.org", print);
	assert_int_equal(store_suppressed_put(e.store, print, 1), 0);
	assert_int_equal(store_commit(e.store), 0);
	h.part = h.parts = 1;
	h.clients = 2;
	row(&h, "203.0.113.1");
	row(&h, "198.51.100.2");
	assert_int_equal(answer_to(&h), TAKEN_OK);
	assert_int_equal(state_of("r1", "203.0.113.1"), WAITER_NO_CONTACT);
	assert_int_equal(state_of("r1", "198.51.100.2"), WAITER_NO_CONTACT);
	h.act = HANDOVER_RELEASE;
	h.n_rows = 0;
	assert_int_equal(answer_to(&h), TAKEN_OK);
	assert_sent(0);
	assert_int_equal(notices(), 0);
}

static void by_the_mac(void **state)
{
	struct msg_handover h = part("r1", 2);

	(void)state;
	contact("02:00:00:00:00:01", "mac@example.org");
	h.parts = h.part = h.clients = 1;
	h.rows[0].client = address("203.0.113.7");
	h.rows[0].has_mac = true;
	mac_parse(&h.rows[0].mac, "02:00:00:00:00:01");
	answer_to(&h);
	h.act = HANDOVER_RELEASE;
	h.n_rows = 0;
	answer_to(&h);
	run(60);
	assert_int_equal(mails_to("mac@example.org"), 1);
}

/* Many parts are one transaction, and are answered after it. */
static void group_commit(void **state)
{
	uint64_t before;

	(void)state;
	run(60);
	before = batch_commits(e.batch);
	for (uint32_t i = 1; i <= 200; i++) {
		struct msg_handover h = part("r1", 2);

		h.clients = h.parts = 200;
		h.part = i;
		h.rows[0].client.bytes[3] = (uint8_t)i;
		receive_list(e.receive, &h);
	}
	assert_int_equal(n_taken, 0);
	run(60);
	assert_int_equal(batch_commits(e.batch), before + 1);
	assert_int_equal(n_taken, 200);
	assert_int_equal(notices(), 200);
}

static void the_disk_fails(void **state)
{
	(void)state;
	store_mem_fail(e.store, -ENOSPC);
	assert_int_equal(says_part("r1", 1), -1);
	store_mem_fail(e.store, 0);
	/* Still pausing: no answer, the router comes again. */
	assert_int_equal(says_part("r1", 1), -1);
	assert_int_equal(received("r1").id, 0);
	run(5200);
	assert_int_equal(says_part("r1", 1), TAKEN_OK);
	assert_int_not_equal(received("r1").id, 0);
}

/* Undone with what came before it in the same batch. */
static void the_commit_fails(void **state)
{
	struct msg_handover h = part("r1", 1);

	(void)state;
	receive_list(e.receive, &h);
	store_mem_fail(e.store, -EIO);
	run(60);
	assert_int_equal(n_taken, 0);
	store_mem_fail(e.store, 0);
	assert_int_equal(received("r1").id, 0);
}

static void killed_between(void **state)
{
	(void)state;
	assert_int_equal(says_part("r1", 1), TAKEN_OK);
	new_engine();
	assert_int_equal(says_part("r1", 2), TAKEN_OK);
	assert_int_equal(says_only("r1", HANDOVER_RELEASE), TAKEN_OK);
	assert_sent(2);
	/* Mail was handed to the mailer, which has said nothing yet: the same goes again. */
	new_engine();
	assert_sent(4);
	assert_int_equal(mails_to("two@example.org"), 2);
	for (unsigned int i = 0; i < n_sent; i++)
		assert_string_equal(sent[i].message_id, sent[i % 2].message_id);
}

/* What we saw ourselves is not disturbed by it. */
static void our_own_outage(void **state)
{
	const struct service s = web();
	struct outage o;

	(void)state;
	service_is(&s, RINGBACK_SERVICE_DOWN);
	client_fails(&s, "198.51.100.2");
	run(60);
	says_part("r1", 1);
	says_part("r1", 2);
	o = latest(&s);
	assert_int_equal(o.ended, 0);
	assert_int_equal(o.origin[0], 0);
	assert_int_equal(tracker_open(e.tracker), 1);
	assert_int_equal(says_only("r1", HANDOVER_RELEASE), TAKEN_OK);
	assert_int_equal(tracker_open(e.tracker), 1);
	assert_int_equal(waiter_state(&s, "198.51.100.2"), WAITER_WAITING);
	new_engine();
	assert_int_equal(tracker_open(e.tracker), 1);
}

static void announcements(void **state)
{
	(void)state;
	assert_int_equal(says_only("r1", HANDOVER_DOWN), TAKEN_OK);
	assert_int_equal(says_only("r1", HANDOVER_UP), TAKEN_OK);
	assert_int_equal(received("r1").id, 0);
}

static void forgotten_after_a_week(void **state)
{
	struct list l;

	(void)state;
	says_part("r1", 1);
	says_part("r2", 1);
	assert_int_equal(store_list_get(e.store, received("r1").id, &l), 0);
	assert_int_equal(l.got, 2);
	l.at = time_now() - 7 * DAY - NSEC_PER_SEC;
	assert_int_equal(store_begin(e.store), 0);
	assert_int_equal(store_list_put(e.store, &l), 0);
	assert_int_equal(store_commit(e.store), 0);
	receive_forget(e.receive);
	assert_sent(0);
	assert_int_equal(received("r1").id, 0);
	assert_int_not_equal(received("r2").id, 0);
	assert_int_equal(notices(), 2);
}

/* An outage of weeks ago, whose list came just now, is not old. */
static void an_old_outage(void **state)
{
	(void)state;
	ended = time_now() - 30 * DAY;
	says_part("r1", 1);
	assert_int_equal(store_begin(e.store), 0);
	assert_int_equal(store_outage_purge(e.store, time_now(), time_now() - 30 * DAY, 10), 0);
	assert_int_equal(notices(), 2);
	assert_int_equal(store_outage_purge(e.store, time_now(), time_now() + DAY, 10), 0);
	assert_int_equal(store_commit(e.store), 0);
	assert_int_equal(notices(), 0);
}

/* The command says later who it is: then, and not before the release, he is told. */
static void a_contact_that_is_looked_up(void **state)
{
	static char *argv[] = { (char *)"/bin/true", NULL };
	struct msg_handover h = part("r1", 2);
	struct msg_found f = { .found = FOUND_MAIL, .mail = "found@example.org" };

	(void)state;
	conf.lookup =
		(struct conf_lookup){ .argv = argv, .timeout = 5, .cache = 600, .at_once = 4 };
	lookup_mailer(e.lookup, true);
	h.parts = h.part = 1;
	h.clients = 2;
	h.rows[0].client = address("203.0.113.1");
	row(&h, "203.0.113.2");
	assert_int_equal(answer_to(&h), TAKEN_OK);
	assert_int_equal(state_of("r1", "203.0.113.1"), WAITER_ASKING);
	assert_int_equal(n_questions, 2);
	f.id = questions[0].id;
	lookup_found(e.lookup, &f);
	assert_sent(0);
	assert_int_equal(state_of("r1", "203.0.113.1"), WAITER_WAITING);
	h.act = HANDOVER_RELEASE;
	h.n_rows = 0;
	assert_int_equal(answer_to(&h), TAKEN_OK);
	assert_sent(1);
	f.id = questions[1].id;
	strcpy(f.mail, "late@example.org");
	lookup_found(e.lookup, &f);
	assert_sent(2);
	assert_int_equal(state_of("r1", "203.0.113.2"), WAITER_NOTIFIED);
	assert_int_equal(mails_to("found@example.org"), 1);
	assert_int_equal(mails_to("late@example.org"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_EITHER(released),
		ON_EITHER(repeated),
		ON_EITHER(a_missing_part),
		ON_EITHER(withdrawn),
		{ "a_large_one_withdrawn", a_large_one_withdrawn, in_sqlite, teardown, NULL },
		ON_EITHER(contradictions),
		ON_EITHER(nonsense),
		ON_EITHER(more_than_it_said),
		ON_EITHER(too_many_lists),
		ON_EITHER(a_client_in_two_parts),
		ON_EITHER(another_list_of_the_outage),
		ON_EITHER(two_routers),
		ON_EITHER(a_second_outage),
		ON_EITHER(nobody_to_tell),
		ON_EITHER(by_the_mac),
		ON_EITHER(group_commit),
		{ "the_disk_fails", the_disk_fails, in_memory, teardown, NULL },
		{ "the_commit_fails", the_commit_fails, in_memory, teardown, NULL },
		ON_EITHER(killed_between),
		ON_EITHER(our_own_outage),
		ON_EITHER(announcements),
		ON_EITHER(forgotten_after_a_week),
		ON_EITHER(an_old_outage),
		ON_EITHER(a_contact_that_is_looked_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
