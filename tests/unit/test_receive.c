// SPDX-License-Identifier: GPL-2.0
/*
 * Lists that other routers hand to us: parts, release and withdrawal, whatever order they
 * come in and however often, and who is told.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "common/timefmt.h"
#include "engine/inquiry.h"
#include "engine/lookup.h"
#include "engine/receive.h"
#include "engine/tracker.h"
#include "receive_story.h"

static void released(void **state)
{
	struct outage o;

	(void)state;
	says_list("r1");
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
	says_list("r1");
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
	h.part = 0;
	assert_int_equal(releases(&h), TAKEN_OK);
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
	assert_int_equal(releases(&h), TAKEN_OK);
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
	releases(&h);
	run(60);
	assert_int_equal(mails_to("mac@example.org"), 1);
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
	assert_int_equal(releases(&h), TAKEN_OK);
	assert_sent(1);
	f.id = questions[1].id;
	strcpy(f.mail, "late@example.org");
	lookup_found(e.lookup, &f);
	assert_sent(2);
	assert_int_equal(state_of("r1", "203.0.113.2"), WAITER_NOTIFIED);
	assert_int_equal(mails_to("found@example.org"), 1);
	assert_int_equal(mails_to("late@example.org"), 1);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_EITHER(released),
		ON_EITHER(repeated),
		ON_EITHER(a_missing_part),
		ON_EITHER(withdrawn),
		{ "a_large_one_withdrawn", a_large_one_withdrawn, in_sqlite, teardown, NULL },
		ON_EITHER(a_client_in_two_parts),
		ON_EITHER(another_list_of_the_outage),
		ON_EITHER(two_routers),
		ON_EITHER(a_second_outage),
		ON_EITHER(nobody_to_tell),
		ON_EITHER(by_the_mac),
		ON_EITHER(a_contact_that_is_looked_up),
		ON_EITHER(our_own_outage),
		ON_EITHER(announcements),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
