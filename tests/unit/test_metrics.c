// SPDX-License-Identifier: GPL-2.0
/*
 * The metrics of the engine: histograms, the text, and the values after a story.
 *
 *   test_metrics --print     the text after that story, for tests/metrics/run
 */
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "common/timefmt.h"
#include "engine/measure.h"
#include "engine/metrics.h"
#include "engine/metrics_text.h"
#include "engine/outbox.h"
#include "engine/tally.h"
#include "engine/tracker.h"
#include "engine_story.h"

static char *text;
static size_t text_size;

/* The metrics as they are now, in text. */
static void scrape(void)
{
	FILE *f;

	free(text);
	f = open_memstream(&text, &text_size);
	metrics_write(&e, f);
	assert_int_equal(fclose(f), 0);
}

static int drop_text(void **state)
{
	free(text);
	text = NULL;
	return teardown(state);
}

/* The value of the sample "name" or "name{label="value"}"; NULL: there is none. */
static const char *sample(const char *name)
{
	size_t len = strlen(name);
	const char *line = text;

	while (line && (strncmp(line, name, len) || line[len] != ' ')) {
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	return line ? line + len + 1 : NULL;
}

static void is(const char *name, double value)
{
	const char *found = sample(name);

	if (!found)
		fail_msg("no sample %s in\n%s", name, text);
	if (strtod(found, NULL) != value)
		fail_msg("%s is %.20s, not %g", name, found, value);
}

/* --- the parts ---------------------------------------------------------------------- */

static void buckets_are_apart_and_ascend(void **state)
{
	(void)state;
	for (int m = 0; m < N_MEASURES; m++) {
		const double *bounds = measure_bounds(m);

		assert_true(bounds[0] > 0);
		for (int i = 1; i < MEASURE_BOUNDS; i++)
			assert_true(bounds[i] > bounds[i - 1]);
	}
}

static void durations_find_their_bucket(void **state)
{
	const double *bounds = measure_bounds(MEASURE_OUTAGE);
	struct histogram h[N_MEASURES] = { 0 };

	(void)state;
	measure_add(h, MEASURE_OUTAGE, (int64_t)bounds[0] * NSEC_PER_SEC); /* belongs to it */
	measure_add(h, MEASURE_OUTAGE, (int64_t)bounds[0] * NSEC_PER_SEC + 1);
	measure_add(h, MEASURE_OUTAGE, INT64_MAX);
	measure_add(h, MEASURE_OUTAGE, -5);
	assert_int_equal(h[MEASURE_OUTAGE].count[0], 2);
	assert_int_equal(h[MEASURE_OUTAGE].count[1], 1);
	assert_int_equal(h[MEASURE_OUTAGE].count[MEASURE_BOUNDS], 1);
	assert_true(h[MEASURE_OUTAGE].sum > 9e9);
	assert_int_equal(h[MEASURE_DELIVERY].count[0], 0);
}

static void histogram_is_cumulative(void **state)
{
	struct histogram h[N_MEASURES] = { 0 };
	FILE *f = open_memstream(&text, &text_size);

	(void)state;
	measure_add(h, MEASURE_DELIVERY, NSEC_PER_SEC / 20);
	measure_add(h, MEASURE_DELIVERY, NSEC_PER_SEC / 4);
	measure_add(h, MEASURE_DELIVERY, 6 * 86400 * NSEC_PER_SEC);
	text_histogram(f, "h", MEASURE_DELIVERY, &h[MEASURE_DELIVERY]);
	fclose(f);
	is("h_bucket{le=\"0.1\"}", 1);
	is("h_bucket{le=\"0.5\"}", 2);
	is("h_bucket{le=\"432000\"}", 2);
	is("h_bucket{le=\"+Inf\"}", 3);
	is("h_count", 3);
	is("h_sum", 518400.3);
	free(text);
	text = NULL;
}

static void labels_are_escaped(void **state)
{
	FILE *f = open_memstream(&text, &text_size);

	(void)state;
	text_sample(f, "m", 3, "a", "say \"C:\\\"\nand go", "b", "", TEXT_END);
	text_sample(f, "n", 9007199254740991.0, TEXT_END);
	fclose(f);
	assert_string_equal(text, "m{a=\"say \\\"C:\\\\\\\"\\nand go\",b=\"\"} 3\n"
				  "n 9.00719925474099e+15\n");
	free(text);
	text = NULL;
}

/* --- stories ------------------------------------------------------------------------- */

static void nothing_has_happened(void **state)
{
	(void)state;
	scrape();
	is("ringback_build_info{version=\"test\"}", 1);
	is("ringback_outages_open{watch=\"w\"}", 0);
	is("ringback_waiters{watch=\"w\"}", 0);
	is("ringback_services{state=\"down\"}", 0);
	is("ringback_notices_total{route=\"mail\",result=\"given-up\"}", 0);
	is("ringback_attempts_failed_total{reason=\"icmp-other\"}", 0);
	is("ringback_outage_seconds_count", 0);
	is("ringback_store_failing", 0);
	is("ringback_kernel_connected", 1);
	is("ringback_room_connected{room=\"mailer\"}", 0);
	conf.agentx = (char *)AGENTX_SOCKET_DEFAULT;
	e.agentx_connected = true;
	scrape();
	is("ringback_room_connected{room=\"agentx\"}", 1);
	assert_null(sample("ringback_room_connected{room=\"traps\"}")); /* not wanted */
	assert_null(sample("ringback_outage_oldest_timestamp_seconds{watch=\"w\"}"));
	assert_null(sample("ringback_notice_oldest_timestamp_seconds"));
}

/* Three clients wait, one of them without a contact; another watch has an outage, too. */
static void begin_outages(void)
{
	struct service s = web(), other = web();
	const struct nl_service row = {
		.service = { address("203.0.113.1"), IPPROTO_TCP, 25 },
		.state = RINGBACK_SERVICE_DOWN,
		.since = time_now() - 100 * NSEC_PER_SEC,
		.changed = time_now(),
		.watch = "by-hand",
	};

	other.port = 81;
	contact("198.51.100.1", "one@example.org");
	contact("198.51.100.2", "two@example.org");
	service_is(&s, RINGBACK_SERVICE_DOWN);
	service_is(&other, RINGBACK_SERVICE_DOWN);
	tracker_service(e.tracker, &row);
	client_fails(&s, "198.51.100.1");
	client_fails(&s, "198.51.100.2");
	client_fails(&s, "198.51.100.3");
	client_fails(&other, "198.51.100.1");
	run(50);
}

static void what_is_open(void **state)
{
	const char *began;

	(void)state;
	begin_outages();
	scrape();
	is("ringback_outages_open{watch=\"w\"}", 2);
	is("ringback_outages_open{watch=\"by-hand\"}", 1);
	is("ringback_outages_total", 3);
	is("ringback_outages_refused_total", 0);
	is("ringback_services{state=\"down\"}", 3);
	is("ringback_waiters{watch=\"w\"}", 4);
	is("ringback_waiters{watch=\"by-hand\"}", 0);
	is("ringback_contacts", 2);
	is("ringback_detection_seconds_count", 3);
	is("ringback_detection_seconds_bucket{le=\"60\"}", 2);
	is("ringback_detection_seconds_bucket{le=\"120\"}", 3);
	began = sample("ringback_outage_oldest_timestamp_seconds{watch=\"by-hand\"}");
	assert_non_null(began);
	assert_true(time_now() / 1e9 - strtod(began, NULL) >= 100);
	assert_true(time_now() / 1e9 - strtod(began, NULL) < 160);
}

/* The first service is back; its two notices are in the outbox. */
static void end_one(void)
{
	const struct service s = web();
	const struct addr three = address("198.51.100.3");

	fake_kernel_answer(&s, &three);
	ends(&s);
	run(50);
}

static void what_has_ended(void **state)
{
	(void)state;
	begin_outages();
	end_one();
	scrape();
	is("ringback_outages_open{watch=\"w\"}", 1);
	is("ringback_waiters{watch=\"w\"}", 1);
	is("ringback_recoveries_total{evidence=\"reply\"}", 1);
	is("ringback_recoveries_total{evidence=\"trap\"}", 0);
	is("ringback_evidence_total{kind=\"reply\"}", 1);
	is("ringback_waiters_settled_total{state=\"notified\"}", 2);
	is("ringback_waiters_settled_total{state=\"reached\"}", 1);
	is("ringback_outage_seconds_count", 1);
	is("ringback_outage_seconds_bucket{le=\"15\"}", 1);
	is("ringback_notices_waiting", 2);
	is("ringback_messages_queued", 0);
	assert_non_null(sample("ringback_notice_oldest_timestamp_seconds"));
}

static void what_the_mail_server_said(void **state)
{
	(void)state;
	begin_outages();
	end_one();
	outbox_window(e.outbox, 10);
	run(50);
	assert_int_equal(n_sent, 2);
	scrape();
	is("ringback_messages_in_flight", 2);
	is("ringback_mailer_window", 8);
	is("ringback_notices_waiting", 0);
	is("ringback_messages_queued", 2);
	assert_non_null(sample("ringback_notice_oldest_timestamp_seconds"));
	result(0, DELIVERY_LATER, "greylisted");
	result(1, DELIVERY_SENT, "queued");
	run(50);
	scrape();
	is("ringback_mail_tries_total{result=\"later\"}", 1);
	is("ringback_mail_tries_total{result=\"sent\"}", 1);
	is("ringback_notices_total{route=\"mail\",result=\"sent\"}", 1);
	is("ringback_notices_total{route=\"mail\",result=\"refused\"}", 0);
	is("ringback_delivery_seconds_count", 1);
	is("ringback_delivery_seconds_bucket{le=\"300\"}", 1);
	is("ringback_messages_queued", 1);
}

/* The mailer outlived the engine: what this one did not send counts, too. */
static void results_of_what_the_engine_before_sent(void **state)
{
	(void)state;
	begin_outages();
	end_one();
	outbox_window(e.outbox, 10);
	run(50);
	stop_parts();
	memset(&e.count, 0, sizeof(e.count));
	start_parts();
	result(0, DELIVERY_REFUSED, "no such user");
	result(1, DELIVERY_SENT, "queued");
	run(50);
	scrape();
	is("ringback_notices_total{route=\"mail\",result=\"refused\"}", 1);
	is("ringback_notices_total{route=\"mail\",result=\"sent\"}", 1);
	is("ringback_delivery_seconds_count", 1);
}

static struct conf_target targets[] = {
	{ .route = ROUTE_SERVER, .name = "server" },
	{ .route = ROUTE_NMS, .name = "noc" },
	{ .route = ROUTE_NMS, .name = "spare" },
};
static struct conf_receive receives[] = { { .name = "north" }, { .name = "south" } };

static void configure_routes(void)
{
	conf.targets = targets;
	conf.n_targets = 3;
	conf.receives = receives;
	conf.n_receives = 2;
	e.tally = tally_new(&conf);
	assert_non_null(e.tally);
}

static int drop_tally(void **state)
{
	tally_free(e.tally);
	return drop_text(state);
}

static struct handover to(uint8_t route, const char *target, uint8_t kind, uint8_t state)
{
	struct handover h = {
		.kind = kind,
		.route = route,
		.state = state,
		.clients = kind == HANDOVER_PART ? 40 : 0,
		.created = time_now(),
	};

	strcpy(h.target, target);
	return h;
}

static void lists_that_went_over(void **state)
{
	const struct handover ends[] = {
		to(ROUTE_NMS, "noc", HANDOVER_PART, HANDOVER_SENT),
		to(ROUTE_NMS, "noc", HANDOVER_PART, HANDOVER_PASSED_ON),
		to(ROUTE_NMS, "spare", HANDOVER_PART, HANDOVER_SENT),
		to(ROUTE_NMS, "spare", HANDOVER_DOWN, HANDOVER_GIVEN_UP),
		to(ROUTE_NMS, "not configured", HANDOVER_PART, HANDOVER_SENT),
		to(ROUTE_SERVER, "", HANDOVER_PART, HANDOVER_REFUSED),
	};
	size_t i;

	(void)state;
	configure_routes();
	for (i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		tally_handover(e.tally, &ends[i]);
	tally_try(e.tally, &ends[0], DELIVERY_UNSURE);
	scrape();
	is("ringback_lists_handed_total{route=\"nms\",target=\"noc\",result=\"sent\"}", 1);
	is("ringback_lists_handed_total{route=\"nms\",target=\"noc\",result=\"passed-on\"}", 1);
	is("ringback_lists_handed_total{route=\"server\",target=\"server\",result=\"refused\"}", 1);
	is("ringback_announcements_total{route=\"nms\",target=\"spare\",result=\"given-up\"}", 1);
	is("ringback_announcements_total{route=\"nms\",target=\"spare\",result=\"sent\"}", 0);
	is("ringback_notices_total{route=\"nms\",result=\"sent\"}", 80);
	is("ringback_notices_total{route=\"nms\",result=\"passed-on\"}", 40);
	is("ringback_notices_total{route=\"server\",result=\"refused\"}", 40);
	assert_null(sample("ringback_notices_total{route=\"webhook\",result=\"sent\"}"));
	is("ringback_handover_tries_total{route=\"nms\",target=\"noc\",result=\"unsure\"}", 1);
}

static void lists_under_way(void **state)
{
	struct handover h = to(ROUTE_NMS, "noc", HANDOVER_PART, HANDOVER_SENDING);
	struct outage o = { .service = web(), .began = 1, .ended = 2 };

	(void)state;
	configure_routes();
	assert_int_equal(store_begin(e.store), 0);
	assert_int_equal(store_outage_put(e.store, &o), 0);
	h.outage = o.id;
	h.created = 5 * NSEC_PER_SEC / 2;
	assert_int_equal(store_handover_put(e.store, &h), 0);
	h.id = 0;
	h.route = ROUTE_SERVER;
	h.target[0] = '\0';
	assert_int_equal(store_handover_put(e.store, &h), 0);
	h = to(ROUTE_NMS, "noc", HANDOVER_PART, HANDOVER_RELEASING);
	h.outage = o.id;
	h.created = 9 * NSEC_PER_SEC;
	assert_int_equal(store_handover_put(e.store, &h), 0);
	assert_int_equal(store_commit(e.store), 0);
	scrape();
	is("ringback_handovers_open{route=\"nms\",target=\"noc\"}", 2);
	is("ringback_handovers_open{route=\"nms\",target=\"spare\"}", 0);
	is("ringback_handovers_open{route=\"server\",target=\"server\"}", 1);
	is("ringback_handover_oldest_timestamp_seconds{route=\"nms\",target=\"noc\"}", 2.5);
	assert_null(sample(
		"ringback_handover_oldest_timestamp_seconds{route=\"nms\",target=\"spare\"}"));
}

static void lists_that_came(void **state)
{
	struct msg_handover h = { .target = "north", .act = HANDOVER_PART };

	(void)state;
	configure_routes();
	tally_received(e.tally, &h, TAKEN_OK);
	tally_received(e.tally, &h, TAKEN_REFUSED);
	h.act = HANDOVER_RELEASE;
	tally_received(e.tally, &h, TAKEN_INCOMPLETE);
	tally_received(e.tally, &h, TAKEN_OK);
	h.act = HANDOVER_UP;
	strcpy(h.target, "nowhere");
	tally_received(e.tally, &h, TAKEN_OK);
	scrape();
	is("ringback_lists_received_total{router=\"north\",result=\"part\"}", 1);
	is("ringback_lists_received_total{router=\"north\",result=\"refused\"}", 1);
	is("ringback_lists_received_total{router=\"north\",result=\"incomplete\"}", 1);
	is("ringback_lists_received_total{router=\"north\",result=\"released\"}", 1);
	is("ringback_lists_received_total{router=\"south\",result=\"part\"}", 0);
	assert_null(strstr(text, "nowhere"));
}

static void no_address_is_a_label(void **state)
{
	(void)state;
	begin_outages();
	end_one();
	scrape();
	assert_null(strstr(text, "198.51.100"));
	assert_null(strstr(text, "192.0.2."));
	assert_null(strstr(text, "203.0.113"));
	assert_null(strstr(text, "example.org"));
}

static void without_the_kernel(void **state)
{
	(void)state;
	scrape();
	is("ringback_kernel_entries", fake_stat(RINGBACK_A_STATS_ATTEMPTS));
	is("ringback_kernel_removed_total{cause=\"evicted\"}", fake_stat(RINGBACK_A_STATS_EVICTED));
	is("ringback_kernel_evicted_failed_total", fake_stat(RINGBACK_A_STATS_EVICTED_FAILED));
	is("ringback_kernel_entries_limit", 131072);
	fake_kernel.connected = false;
	scrape();
	is("ringback_kernel_connected", 0);
	assert_null(sample("ringback_kernel_entries"));
	e.kernel = NULL; /* the configuration wants none */
	scrape();
	assert_null(sample("ringback_kernel_connected"));
}

/* --- the text for other tests ---------------------------------------------------------- */

static void print(void **state)
{
	(void)state;
	conf.snmp.n_listen = 1;
	conf.store_path = (char *)"/dev/null";
	begin_outages();
	end_one();
	outbox_window(e.outbox, 1);
	run(50);
	/* Last: left to the engine they would be given up, so old they are. */
	lists_under_way(NULL);
	scrape();
	conf.snmp.n_listen = 0;
	fputs(text, stdout);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest printing[] = {
		cmocka_unit_test_setup_teardown(print, setup_sqlite, drop_tally),
	};
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buckets_are_apart_and_ascend),
		cmocka_unit_test(durations_find_their_bucket),
		cmocka_unit_test(histogram_is_cumulative),
		cmocka_unit_test(labels_are_escaped),
		cmocka_unit_test_setup_teardown(nothing_has_happened, setup_sqlite, drop_text),
		cmocka_unit_test_setup_teardown(what_is_open, setup_sqlite, drop_text),
		cmocka_unit_test_setup_teardown(what_is_open, setup_mem, drop_text),
		cmocka_unit_test_setup_teardown(what_has_ended, setup_sqlite, drop_text),
		cmocka_unit_test_setup_teardown(what_has_ended, setup_mem, drop_text),
		cmocka_unit_test_setup_teardown(what_the_mail_server_said, setup_sqlite, drop_text),
		cmocka_unit_test_setup_teardown(what_the_mail_server_said, setup_mem, drop_text),
		cmocka_unit_test_setup_teardown(results_of_what_the_engine_before_sent,
						setup_sqlite, drop_text),
		cmocka_unit_test_setup_teardown(lists_that_went_over, setup_mem, drop_tally),
		cmocka_unit_test_setup_teardown(lists_under_way, setup_sqlite, drop_tally),
		cmocka_unit_test_setup_teardown(lists_under_way, setup_mem, drop_tally),
		cmocka_unit_test_setup_teardown(lists_that_came, setup_mem, drop_tally),
		cmocka_unit_test_setup_teardown(no_address_is_a_label, setup_sqlite, drop_text),
		cmocka_unit_test_setup_teardown(without_the_kernel, setup_mem, drop_text),
	};

	if (argc == 2 && !strcmp(argv[1], "--print"))
		return cmocka_run_group_tests(printing, NULL, NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
