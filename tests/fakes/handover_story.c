// SPDX-License-Identifier: GPL-2.0
/*
 * The words of stories about handovers: handover_story.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "common/timefmt.h"
#include "engine/handover.h"
#include "engine/outbox.h"
#include "engine_story.h"
#include "handover_story.h"

struct conf_target targets[N_TARGETS];

void all_targets(void)
{
	static const struct conf_target t[N_TARGETS] = {
		{ .route = ROUTE_NMS, .name = "a" },
		{ .route = ROUTE_NMS, .name = "b" },
		{ .route = ROUTE_WEBHOOK, .name = "w" },
		{ .route = ROUTE_SERVER, .name = "server" },
	};
	unsigned int i;

	for (i = 0; i < N_TARGETS; i++) {
		targets[i] = t[i];
		targets[i].lists = true;
		targets[i].time = 60;
		targets[i].timeout = 5;
		targets[i].give_up = 86400;
	}
	conf.targets = targets;
	conf.n_targets = N_TARGETS;
}

void notify_by(const char *const steps[], unsigned int n)
{
	const char *colon;
	unsigned int i;

	for (i = 0; i < n; i++) {
		struct conf_step *s = &watch.notify[i];

		*s = (struct conf_step){ 0 };
		s->route = strncmp(steps[i], "mail", 4) == 0   ? ROUTE_MAIL :
			   strncmp(steps[i], "server", 6) == 0 ? ROUTE_SERVER :
			   strncmp(steps[i], "nms", 3) == 0    ? ROUTE_NMS :
								 ROUTE_WEBHOOK;
		colon = strchr(steps[i], ':');
		strcpy(s->target, colon ? colon + 1 : "");
	}
	watch.n_notify = n;
}

void one_has_mail(void)
{
	contact(ONE, "one@example.org");
	outbox_window(e.outbox, 10);
}

void n_clients_waited(unsigned int n)
{
	const struct service s = web();
	char client[ADDR_STRLEN];
	unsigned int i;

	service_is(&s, RINGBACK_SERVICE_DOWN);
	for (i = 0; i < n; i++) {
		snprintf(client, sizeof(client), "198.51.%u.%u", 100 + i / 250, i % 250 + 1);
		client_fails(&s, client);
	}
	run(60);
	ends(&s);
	run(60);
}

void space(uint32_t n)
{
	handovers_space(e.handovers, n);
	run(60);
}

void list_goes(unsigned int n)
{
	n_clients_waited(n);
	space(10);
}

struct handover handover_of(unsigned int i)
{
	struct handover h;

	assert_int_equal(store_handover_get(e.store, handed[i].id >> HANDOVER_UNIT_BITS, &h), 0);
	return h;
}

void write_handover(struct handover *h)
{
	assert_int_equal(store_begin(e.store), 0);
	assert_int_equal(store_handover_put(e.store, h), 0);
	assert_int_equal(store_commit(e.store), 0);
}

/* Time passes for handovers: what is due then is due now. */
static int pass_time(const struct handover *h, void *arg)
{
	int64_t by = *(int64_t *)arg;
	struct handover earlier = *h;

	if (h->done)
		return 0;
	earlier.created -= by;
	earlier.until -= by;
	earlier.next -= by;
	return store_handover_put(e.store, &earlier);
}

static int collect(const struct handover *h, void *arg)
{
	struct all_handovers *all = arg;

	all->row[all->n++] = *h;
	return 0;
}

void all_handovers(struct all_handovers *all)
{
	all->n = 0;
	assert_int_equal(store_handover_list(e.store, 0, N_ALL, collect, all), 0);
}

void time_passes(int seconds)
{
	struct all_handovers all;
	int64_t by = seconds * SEC;
	unsigned int i;

	stop_parts();
	all_handovers(&all);
	assert_int_equal(store_begin(e.store), 0);
	for (i = 0; i < all.n; i++)
		assert_int_equal(pass_time(&all.row[i], &by), 0);
	assert_int_equal(store_commit(e.store), 0);
	start_parts();
	outbox_window(e.outbox, 100);
	handovers_space(e.handovers, 100);
	run(100);
}

void restart(void)
{
	stop_parts();
	start_parts();
	outbox_window(e.outbox, 100);
	space(100);
}

void answer(enum delivery d)
{
	int patience = 100;

	while (!handovers_in_flight(e.handovers) && patience--)
		run(20);
	hand_result(n_handed - 1, d, "said");
	run(60);
}

const struct msg_handover *newest(void)
{
	assert_true(n_handed > 0);
	return &handed[n_handed - 1];
}

void expect(unsigned int n, enum handover_act act, const char *target)
{
	int patience = 100;

	while (n_handed < n && patience--)
		run(20);
	assert_int_equal(n_handed, n);
	assert_int_equal(newest()->act, act);
	assert_string_equal(newest()->target, target);
}
