// SPDX-License-Identifier: GPL-2.0
/*
 * The control socket: what is shown of the engine, long listings, and events for monitors
 * that read them or do not.
 */
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "common/log.h"
#include "engine/control.h"
#include "control_story.h"

/* The outage of 192.0.2.10 tcp/80 is in the store. */
static void keep_outage(struct outage *o)
{
	assert_int_equal(addr_parse(&o->service.server, "192.0.2.10"), 0);
	o->service.proto = IPPROTO_TCP;
	o->service.port = 80;
	assert_int_equal(store_begin(e.store), 0);
	assert_int_equal(store_outage_put(e.store, o), 0);
	assert_int_equal(store_commit(e.store), 0);
}

/* There is one row of it. */
static void ask_one(int fd, const char *request)
{
	ask(fd, request);
	assert_line(0, "row");
	assert_line(1, "done");
}

static void handovers_are_listed(void **state)
{
	struct outage o = { .began = 1 };
	struct handover h = { .kind = HANDOVER_UP,
			      .route = ROUTE_NMS,
			      .target = "hq",
			      .state = HANDOVER_SENDING,
			      .tries = 2,
			      .answer = "no answer",
			      .created = 1 };
	int fd = client();

	(void)state;
	keep_outage(&o);
	h.outage = o.id;
	assert_int_equal(store_begin(e.store), 0);
	assert_int_equal(store_handover_put(e.store, &h), 0);
	assert_int_equal(store_commit(e.store), 0);
	ask_one(fd, "{\"command\":\"show handovers\"}");
	assert_said("\"kind\":\"up\"");
	assert_said("\"server\":\"192.0.2.10\"");
	assert_said("\"target\":\"hq\"");
	assert_said("\"state\":\"sending\"");
	assert_said("\"answer\":\"no answer\"");
	close(fd);
}

static void lists_of_other_routers(void **state)
{
	struct outage o = { .began = 1, .ended = 2, .origin = "r1", .origin_id = 9, .lossy = true };
	struct list l = { .router = "router.example.org", .parts = 3, .clients = 20, .got = 7 };
	int fd = client();

	(void)state;
	keep_outage(&o);
	l.outage = o.id;
	assert_int_equal(store_begin(e.store), 0);
	assert_int_equal(store_list_put(e.store, &l), 0);
	assert_int_equal(store_list_part(e.store, o.id, 2), 1);
	assert_int_equal(store_commit(e.store), 0);
	ask_one(fd, "{\"command\":\"show lists\"}");
	assert_said("\"router\":\"router.example.org\",\"section\":\"r1\"");
	assert_said("\"origin\":9");
	assert_said("\"state\":\"collecting\",\"parts\":3,\"got\":1");
	assert_said("\"clients\":20,\"taken\":7,\"lossy\":true");
	ask(fd, "{\"command\":\"show outages\"}");
	assert_line(0, "row");
	assert_said("\"router\":\"r1\"");
	close(fd);
}

static void the_daemon_counts(void **state)
{
	int fd = client();

	(void)state;
	e.count.outages = 70001;
	e.count.outages_refused = 70002;
	ask(fd, "{\"command\":\"show daemon\"}");
	assert_said("\"outages\",\"value\":70001");
	assert_said("\"outages-refused\",\"value\":70002");
	close(fd);
}

/* All rows together are the text; with many watches they are several, each of whole lines. */
static void metrics_come_in_rows(void **state)
{
	static struct conf_watch many[2000];
	json_t *value, *row;
	const char *text;
	unsigned int n = 0;
	int fd = client();

	(void)state;
	for (size_t i = 0; i < 2000; i++)
		snprintf(many[i].name, sizeof(many[i].name), "watch-%zu", i);
	conf.watches = many;
	conf.n_watches = 2000;
	ask(fd, "{\"command\":\"metrics\"}");
	for (value = line(0); (row = json_object_get(value, "row")); value = line(++n)) {
		text = json_string_value(json_object_get(row, "text"));
		assert_non_null(text);
		assert_true(text[0] == '#' || !strncmp(text, "ringback_", 9));
		assert_int_equal(text[strlen(text) - 1], '\n');
		json_decref(value);
	}
	assert_true(n > 2);
	json_decref(value);
	assert_int_equal(done_of(n, "rows"), n);
	assert_said("ringback_outages_open{watch=\\\"watch-1999\\\"} 0\\n");
	close(fd);
}

static void fill_contacts(unsigned int n)
{
	struct contact c = { .mail = "somebody@example.org", .added = 1 };
	unsigned int i;
	const char *why;
	char key[32];

	assert_int_equal(store_begin(e.store), 0);
	for (i = 0; i < n; i++) {
		snprintf(key, sizeof(key), "10.%u.%u.%u", i >> 16, i >> 8 & 255, i & 255);
		contact_key_parse(&c.key, key, &why);
		store_contact_put(e.store, &c);
	}
	assert_int_equal(store_commit(e.store), 0);
}

static void long_listing_comes_whole(void **state)
{
	const char *request = "{\"command\":\"show contacts\"}\n";
	unsigned int lines = 0;
	int fd = client();
	bool done = false;
	char *s;

	(void)state;
	fill_contacts(20000);
	say(fd, request, strlen(request));
	run(100); /* it does not read: only a page or two may be waiting */
	while (!done) {
		hear(fd);
		for (s = answer; (s = strchr(s, '\n')); s++)
			lines++;
		done = strstr(answer, "\"done\"");
		assert_int_not_equal(answer[0], '\0');
	}
	assert_int_equal(lines, 20001);
	close(fd);
}

static void monitors_see_events(void **state)
{
	const struct service s = { .server = { .family = AF_INET, .bytes = { 192, 0, 2, 1 } },
				   .proto = IPPROTO_TCP,
				   .port = 80 };
	int fd = client(), lazy = client();
	unsigned int i;
	char big[1000];

	(void)state;
	ask(lazy, "{\"command\":\"monitor\"}");
	ask(fd, "{\"command\":\"monitor\"}");
	control_event(e.control, "outage", &s, NULL, "down \"for\" \x01 test \xff");
	hear(fd);
	assert_line(0, "row");
	assert_said("192.0.2.1");
	/* The one that does not read is let go, the other sees all. */
	memset(big, 'x', sizeof(big));
	big[sizeof(big) - 1] = '\0';
	for (i = 0; i < 4000; i++) {
		control_event(e.control, "outage", &s, NULL, big);
		if (i % 100 == 0)
			hear(fd);
	}
	hear(fd);
	control_event(e.control, "outage", &s, NULL, "last");
	hear(fd);
	assert_said("last");
	while (recv(lazy, answer, sizeof(answer), 0) > 0)
		run(5);
	assert_int_equal(recv(lazy, answer, 1, 0), 0);
	close(fd);
	close(lazy);
	run(10);
	control_event(e.control, "outage", &s, NULL, "nobody listens");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_SOCKET(handovers_are_listed),     ON_SOCKET(lists_of_other_routers),
		ON_SOCKET(the_daemon_counts),	     ON_SOCKET(metrics_come_in_rows),
		ON_SOCKET(long_listing_comes_whole), ON_SOCKET(monitors_see_events),
	};

	signal(SIGPIPE, SIG_IGN); /* as in every room */
	log_init("engine", LOG_TO_STDERR, false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
