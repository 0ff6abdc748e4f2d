// SPDX-License-Identifier: GPL-2.0
/*
 * Lists of clients on their way to others, within the engine and on both stores: the
 * steps of a watch, every answer at every moment, and nobody told twice.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "common/log.h"
#include "common/mib.h"
#include "common/timefmt.h"
#include "engine/handover.h"
#include "engine/outbox.h"
#include "engine/tracker.h"
#include "engine_kernel.h"
#include "engine_story.h"

#define SEC NSEC_PER_SEC

static struct conf_target targets[4];

/* Steps: words like "mail", "server", "nms:a", "webhook:w". */
static void notify(const char *const steps[], unsigned int n)
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
#define NOTIFY(...)                                       \
	do {                                              \
		const char *const _s[] = { __VA_ARGS__ }; \
		notify(_s, sizeof(_s) / sizeof(_s[0]));   \
	} while (0)

static void all_targets(void)
{
	static const struct conf_target t[] = {
		{ .route = ROUTE_NMS, .name = "a" },
		{ .route = ROUTE_NMS, .name = "b" },
		{ .route = ROUTE_WEBHOOK, .name = "w" },
		{ .route = ROUTE_SERVER, .name = "server" },
	};
	unsigned int i;

	for (i = 0; i < 4; i++) {
		targets[i] = t[i];
		targets[i].lists = true;
		targets[i].time = 60;
		targets[i].timeout = 5;
		targets[i].give_up = 86400;
	}
	conf.targets = targets;
	conf.n_targets = 4;
}

/* An outage of web() with @n clients 198.51.100.1.., which ends. */
static void n_clients_waited(unsigned int n)
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

static void space(uint32_t n)
{
	handovers_space(e.handovers, n);
	run(60);
}

static struct handover handover_of(unsigned int i)
{
	struct handover h;

	assert_int_equal(store_handover_get(e.store, handed[i].id >> HANDOVER_UNIT_BITS, &h), 0);
	return h;
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

struct all {
	struct handover row[64];
	unsigned int n;
};

static int collect(const struct handover *h, void *arg)
{
	struct all *all = arg;

	all->row[all->n++] = *h;
	return 0;
}

/* The engine sleeps for @seconds: only the clock of the handovers goes on. */
static void time_passes(int seconds)
{
	struct all all = { .n = 0 };
	int64_t by = seconds * SEC;
	unsigned int i;

	stop_parts();
	assert_int_equal(store_handover_list(e.store, 0, 64, collect, &all), 0);
	assert_int_equal(store_begin(e.store), 0);
	for (i = 0; i < all.n; i++)
		assert_int_equal(pass_time(&all.row[i], &by), 0);
	assert_int_equal(store_commit(e.store), 0);
	start_parts();
	outbox_window(e.outbox, 100);
	handovers_space(e.handovers, 100);
	run(100);
}

static void list_is_released(void **state)
{
	(void)state;
	all_targets();
	NOTIFY("nms:a");
	n_clients_waited(3);
	assert_int_equal(n_handed, 0);
	space(10);
	assert_int_equal(n_handed, 1);
	assert_int_equal(handed[0].act, HANDOVER_PART);
	assert_string_equal(handed[0].target, "a");
	assert_string_equal(handed[0].router, "router.example.org");
	assert_int_equal(handed[0].n_rows, 3);
	assert_int_equal(handed[0].part, 1);
	assert_int_equal(handed[0].parts, 1);
	assert_int_equal(handed[0].clients, 3);
	assert_true(handed[0].ended > handed[0].began);
	hand_result(0, DELIVERY_SENT, "ok");
	run(60);
	assert_int_equal(n_handed, 2);
	assert_int_equal(handed[1].act, HANDOVER_RELEASE);
	assert_int_equal(handed[1].list, handed[0].list);
	assert_int_equal(handover_of(0).state, HANDOVER_RELEASING);
	hand_result(1, DELIVERY_SENT, "ok");
	run(60);
	assert_int_equal(handover_of(0).state, HANDOVER_SENT);
	assert_true(handover_of(0).done > 0);
	assert_int_equal(n_handed, 2);
	assert_int_equal(n_sent, 0);
}

static void falls_back_to_mail(void **state)
{
	(void)state;
	all_targets();
	NOTIFY("nms:a", "mail");
	contact("198.51.100.1", "one@example.org");
	outbox_window(e.outbox, 10);
	n_clients_waited(1);
	space(10);
	assert_int_equal(n_handed, 1);
	hand_result(0, DELIVERY_LATER, "no answer");
	run(60);
	assert_int_equal(n_sent, 0);
	time_passes(30);
	assert_int_equal(n_handed, 2); /* once more */
	time_passes(40);
	assert_int_equal(n_sent, 1);
	assert_int_equal(handed[n_handed - 1].act, HANDOVER_WITHDRAW);
	assert_int_equal(handover_of(0).state, HANDOVER_WITHDRAWING);
	hand_result(n_handed - 1, DELIVERY_SENT, "ok");
	run(60);
	assert_int_equal(handover_of(0).state, HANDOVER_PASSED_ON);
	assert_int_equal(n_sent, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(list_is_released),
		ON_BOTH(falls_back_to_mail),
	};

	log_init("engine", LOG_TO_STDERR, false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
