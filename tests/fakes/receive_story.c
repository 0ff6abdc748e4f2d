// SPDX-License-Identifier: GPL-2.0
/*
 * Two routers that hand lists to the engine, and what is found of them in its store.
 */
#include "receive_story.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "common/timefmt.h"
#include "engine/outbox.h"
#include "engine/receive.h"

struct conf_receive routers[2];
int64_t ended;

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

int in_memory(void **state)
{
	return setup_mem(state) ? -1 : setup_routers();
}

int in_sqlite(void **state)
{
	return setup_sqlite(state) ? -1 : setup_routers();
}

/* --- what a router says ------------------------------------------------------------ */

struct msg_handover handover(const char *section, enum handover_act act)
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

void row(struct msg_handover *h, const char *client)
{
	h->rows[h->n_rows++] = (struct msg_row){
		.client = address(client),
		.reason = RINGBACK_REASON_REFUSED,
		.attempts = 5,
		.first = h->began,
		.last = h->ended,
	};
}

struct msg_handover part(const char *section, uint32_t number)
{
	struct msg_handover h = handover(section, HANDOVER_PART);

	h.part = number;
	row(&h, number == 1 ? "198.51.100.1" : "198.51.100.3");
	if (number == 1)
		row(&h, "198.51.100.2");
	return h;
}

int answer_to(const struct msg_handover *h)
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

int says_part(const char *section, uint32_t number)
{
	struct msg_handover h = part(section, number);

	return answer_to(&h);
}

void says_list(const char *section)
{
	for (uint32_t i = 1; i <= 2; i++)
		assert_int_equal(says_part(section, i), TAKEN_OK);
}

int says_only(const char *section, enum handover_act act)
{
	struct msg_handover h = handover(section, act);

	return answer_to(&h);
}

int releases(struct msg_handover *h)
{
	h->act = HANDOVER_RELEASE;
	h->n_rows = 0;
	return answer_to(h);
}

/* --- what came of it ------------------------------------------------------------------ */

struct outage received(const char *section)
{
	struct outage o = { .origin_id = 7, .origin_list = 1, .began = ended - 600 * NSEC_PER_SEC };

	snprintf(o.origin, sizeof(o.origin), "%s", section);
	if (store_outage_origin(e.store, &o) < 0)
		o.id = 0;
	return o;
}

int state_of(const char *section, const char *client)
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

unsigned int notices(void)
{
	unsigned int n = 0;

	assert_int_equal(store_notice_list(e.store, NULL, 0, 0, 1000, count_notice, &n), 0);
	return n;
}

void assert_sent(unsigned int n)
{
	for (int patience = 50; n_sent < n && patience; patience--)
		run(40);
	run(60);
	assert_int_equal(n_sent, n);
}

unsigned int mails_to(const char *mail)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < n_sent; i++)
		n += strcmp(sent[i].to, mail) == 0;
	return n;
}
