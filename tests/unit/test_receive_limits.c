// SPDX-License-Identifier: GPL-2.0
/*
 * Lists that other routers hand to us, where something is wrong: what contradicts itself or
 * is too much, a disk that fails, a daemon that is killed, and when a list is forgotten.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "common/timefmt.h"
#include "engine/batch.h"
#include "engine/receive.h"
#include "engine/tracker.h"
#include "receive_story.h"

#define DAY (86400 * NSEC_PER_SEC)

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
	says_list("r1");
	assert_int_equal(releases(&wrong[0]), TAKEN_REFUSED);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_EITHER(contradictions),
		ON_EITHER(nonsense),
		ON_EITHER(more_than_it_said),
		ON_EITHER(too_many_lists),
		ON_EITHER(group_commit),
		{ "the_disk_fails", the_disk_fails, in_memory, teardown, NULL },
		{ "the_commit_fails", the_commit_fails, in_memory, teardown, NULL },
		ON_EITHER(killed_between),
		ON_EITHER(forgotten_after_a_week),
		ON_EITHER(an_old_outage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
