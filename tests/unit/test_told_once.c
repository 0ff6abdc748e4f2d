// SPDX-License-Identifier: GPL-2.0
/*
 * Whatever happens to lists and mails on their way, each client is told once or has a dead
 * end to show: stories by dice, with targets that remember what they heard.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "common/log.h"
#include "engine/handover.h"
#include "engine/outbox.h"
#include "engine_story.h"
#include "handover_story.h"

#define CLIENTS 14

/* What the others know: lists by target and number, and who has been told how often. */
struct heard {
	char target[CONF_NAME_MAX + 1];
	uint64_t key; /* number of the list; of a webhook, of the message */
	bool got[8], member[CLIENTS], released;
};

static struct {
	struct heard list[256];
	unsigned int n, told[CLIENTS], done, mails;
	char mail_seen[256][128];
	unsigned int n_mail_seen, dice;
} world;

static unsigned int roll(unsigned int sides)
{
	world.dice = world.dice * 1103515245 + 12345;
	return world.dice / 65536 % sides;
}

static unsigned int client_number(const struct addr *a)
{
	return a->bytes[3] - 1;
}

static void tell(const bool member[CLIENTS])
{
	unsigned int i;

	for (i = 0; i < CLIENTS; i++)
		world.told[i] += member[i];
}

static struct heard *list_of(const struct msg_handover *m, uint64_t key)
{
	unsigned int i;

	for (i = 0; i < world.n; i++)
		if (world.list[i].key == key && strcmp(world.list[i].target, m->target) == 0)
			return &world.list[i];
	assert_true(world.n < 256);
	memset(&world.list[world.n], 0, sizeof(world.list[0]));
	world.list[world.n].key = key;
	strcpy(world.list[world.n].target, m->target);
	return &world.list[world.n++];
}

static void take_part(struct heard *l, const struct msg_handover *m)
{
	unsigned int i;

	l->got[m->part] = true;
	for (i = 0; i < m->n_rows; i++)
		l->member[client_number(&m->rows[i].client)] = true;
}

static enum delivery take_release(struct heard *l, const struct msg_handover *m)
{
	unsigned int i;

	for (i = 1; i <= m->parts; i++)
		if (!l->got[i])
			return DELIVERY_REFUSED;
	if (!l->released)
		tell(l->member);
	l->released = true;
	return DELIVERY_SENT;
}

/* The target got it: what it answers. */
static enum delivery arrives(const struct msg_handover *m)
{
	bool hook = m->route == ROUTE_WEBHOOK;
	struct heard *l = list_of(m, hook ? m->id : m->list);

	if (m->act == HANDOVER_RELEASE)
		return take_release(l, m);
	if (m->act == HANDOVER_WITHDRAW) {
		assert_false(l->released);
		memset(l->got, 0, sizeof(l->got));
		memset(l->member, 0, sizeof(l->member));
		return DELIVERY_SENT;
	}
	take_part(l, m);
	if (hook && !l->released)
		tell(l->member);
	l->released |= hook;
	return DELIVERY_SENT;
}

/* On its way there, or back, anything may be lost; where @well, nothing is. */
static enum delivery travels(const struct msg_handover *m, bool well)
{
	unsigned int fate = well ? 99 : roll(100);
	enum delivery d;

	if (fate < 25)
		return DELIVERY_LATER;
	if (fate < 32 && m->act == HANDOVER_PART &&
	    !(m->route == ROUTE_WEBHOOK && list_of(m, m->id)->released))
		return DELIVERY_REFUSED;
	d = arrives(m);
	return fate < 55 ? DELIVERY_UNSURE : d;
}

static void mail_travels(unsigned int i, bool well)
{
	bool member[CLIENTS] = { false };
	unsigned int k, fate = well ? 99 : roll(100);

	if (fate < 60) {
		result(i, fate < 30 ? DELIVERY_LATER : DELIVERY_REFUSED, "no");
		return;
	}
	for (k = 0; k < world.n_mail_seen; k++)
		if (strcmp(world.mail_seen[k], sent[i].message_id) == 0)
			break;
	if (k == world.n_mail_seen) {
		memcpy(world.mail_seen[world.n_mail_seen++], sent[i].message_id, 128);
		for (k = 0; k < sent[i].n_items; k++)
			member[client_number(&sent[i].items[k].client)] = true;
		tell(member);
	}
	result(i, DELIVERY_SENT, "ok");
}

/* All that is at the mailer meets its fate; or the mailer dies, and nobody hears of it. */
static void traffic(bool well)
{
	bool dies = !well && roll(4) == 0;
	unsigned int n = n_handed, mails = n_sent;

	for (; world.done < n; world.done++) {
		enum delivery d = travels(&handed[world.done], well);

		if (!dies)
			hand_result(world.done, d, "said");
	}
	for (; world.mails < mails; world.mails++)
		mail_travels(world.mails, well);
	if (dies) {
		handovers_mailer_gone(e.handovers);
		handovers_space(e.handovers, 100);
	}
	run(50);
}

static int nothing_left(const struct handover *h, void *arg)
{
	*(unsigned int *)arg += !h->done;
	return 0;
}

static int is_dead_end(const struct notice *n, const struct message *m, const struct handover *h,
		       void *arg)
{
	bool *end = arg;

	(void)n;
	*end |= h && (h->state == HANDOVER_REFUSED || h->state == HANDOVER_GIVEN_UP);
	*end |= m && (m->state == MESSAGE_REFUSED || m->state == MESSAGE_GIVEN_UP);
	return 0;
}

/* Told once, or at an end that says so; never twice. */
static void check_clients(unsigned int seed)
{
	const struct service s = web();
	char text[ADDR_STRLEN];
	struct addr client;
	unsigned int i;
	bool end;

	for (i = 0; i < CLIENTS; i++) {
		snprintf(text, sizeof(text), "198.51.100.%u", i + 1);
		client = address(text);
		end = false;
		assert_int_equal(
			store_notice_of(e.store, latest(&s).id, &client, 50, is_dead_end, &end), 0);
		if (world.told[i] > 1 || (!world.told[i] && !end))
			fail_msg("seed %u: client %u was told %u times", seed, i, world.told[i]);
	}
}

static void one_story(unsigned int seed)
{
	unsigned int i, left = 1;

	memset(&world, 0, sizeof(world));
	world.dice = seed;
	conf.mail.retry_min = conf.mail.retry_max = 0; /* at once */
	contact("198.51.100.0/29", "few@example.org");
	switch (seed % 4) {
	case 0:
		NOTIFY("nms:a", "webhook:w", "mail");
		break;
	case 1:
		NOTIFY("mail", "nms:a", "nms:b");
		break;
	case 2:
		NOTIFY("webhook:w", "nms:a", "mail");
		break;
	case 3:
		NOTIFY("server", "mail", "webhook:w");
		break;
	}
	outbox_window(e.outbox, 100);
	n_clients_waited(CLIENTS);
	space(100);
	for (i = 0; i < 8; i++) {
		traffic(false);
		if (roll(2))
			time_passes(roll(80));
	}
	for (i = 0; i < 20 && left; i++) {
		traffic(true);
		time_passes(310);
		traffic(true);
		left = outbox_counts().queued + outbox_counts().waiting;
		store_handover_list(e.store, 0, 1000, nothing_left, &left);
	}
	assert_int_equal(left, 0);
	check_clients(seed);
}

static void nobody_is_told_twice(void **state)
{
	unsigned int seed;

	for (seed = 1; seed <= 8; seed++) {
		if (seed > 1) {
			teardown(state);
			n_sent = 0;
			setup_sqlite(state);
		}
		one_story(seed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nobody_is_told_twice, setup_sqlite, teardown),
	};

	log_init("engine", LOG_TO_STDERR, false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
