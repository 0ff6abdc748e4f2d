// SPDX-License-Identifier: GPL-2.0
/*
 * The control socket: requests and answers, garbage, clients that do not read.
 */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <cmocka.h>

#include "common/control.h"
#include "common/log.h"
#include "common/timefmt.h"
#include "engine/batch.h"
#include "engine/control.h"
#include "engine/inquiry.h"
#include "engine/lookup.h"
#include "engine/handover.h"
#include "engine/outbox.h"
#include "engine/probe.h"
#include "engine/tracker.h"
#include "engine_kernel.h"

static struct conf conf;
static struct engine e;
static int listen_fd;
static struct sockaddr_un where;
static socklen_t where_len;

static int no_mailer(const struct msg_notice *n, void *arg)
{
	(void)n, (void)arg;
	return -EPIPE;
}

static int no_command(const struct msg_lookup *q, void *arg)
{
	(void)q;
	(void)arg;
	return -EPIPE;
}

static int no_lists(const struct msg_handover *m, void *arg)
{
	(void)m, (void)arg;
	return -EPIPE;
}

static void nothing(void *arg)
{
	(void)arg;
}

static int setup(void **state)
{
	const struct batch_events ev = { nothing, nothing, nothing, NULL };
	char why[200];

	(void)state;
	memset(&e, 0, sizeof(e));
	conf = (struct conf){ .store_keep = 90 };
	fake_kernel_reset();
	e.base = event_base_new();
	e.conf = &conf;
	e.kernel = &fake_kernel;
	e.contacts_stale = true;
	assert_int_equal(store_open_sqlite(&e.store, ":memory:", why, sizeof(why)), 0);
	e.inquiry = inquiry_new(&e, why, sizeof(why));
	assert_non_null(e.inquiry);
	e.batch = batch_new(e.base, e.store, &ev);
	e.tracker = tracker_new(&e);
	e.outbox = outbox_new(&e, "h", no_mailer, NULL);
	e.lookup = lookup_new(&e, no_command, NULL);
	e.handovers = handovers_new(&e, "h", no_lists, NULL);
	e.probes = probes_new(e.base, 8, tracker_probed, e.tracker);
	listen_fd = socket(AF_UNIX, SOCK_STREAM, 0);
	where = (struct sockaddr_un){ .sun_family = AF_UNIX };
	where_len = sizeof(where);
	assert_int_equal(bind(listen_fd, (struct sockaddr *)&where, sizeof(sa_family_t)), 0);
	assert_int_equal(getsockname(listen_fd, (struct sockaddr *)&where, &where_len), 0);
	assert_int_equal(listen(listen_fd, 100), 0);
	e.control = control_new(&e, listen_fd);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	control_free(e.control);
	e.control = NULL;
	close(listen_fd);
	probes_free(e.probes);
	tracker_free(e.tracker);
	outbox_free(e.outbox);
	lookup_free(e.lookup);
	handovers_free(e.handovers);
	batch_free(e.batch);
	resolver_clear(&e.contacts);
	inquiry_free(e.inquiry);
	store_close(e.store);
	event_base_free(e.base);
	return 0;
}

static void run(int ms)
{
	const struct timeval tv = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 };

	event_base_loopexit(e.base, &tv);
	event_base_dispatch(e.base);
}

static int client(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&where, where_len), 0);
	return fd;
}

static void say(int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t n = send(fd, text, len, MSG_NOSIGNAL);

		if (n < 0) {
			assert_int_equal(errno, EAGAIN);
			run(5);
			continue;
		}
		text += n;
		len -= n;
	}
}

static char answer[1 << 20];

/* What has been answered so far; -1: and the connection is closed. */
static ssize_t hear(int fd)
{
	size_t len = 0;
	ssize_t n = -1;
	int quiet = 0;

	while (quiet < 3 && len < sizeof(answer) - 1) {
		run(10);
		n = recv(fd, answer + len, sizeof(answer) - 1 - len, 0);
		if (n == 0)
			break;
		if (n > 0)
			len += n;
		quiet = n > 0 ? 0 : quiet + 1;
	}
	answer[len] = '\0';
	return n == 0 ? -1 : (ssize_t)len;
}

static void ask(int fd, const char *request)
{
	say(fd, request, strlen(request));
	say(fd, "\n", 1);
	hear(fd);
}

/* Every line is JSON of its own. */
static json_t *line(unsigned int n)
{
	char *start = answer, *end;
	json_t *value;

	while (n-- && (start = strchr(start, '\n')))
		start++;
	assert_non_null(start);
	end = strchr(start, '\n');
	assert_non_null(end);
	value = json_loadb(start, end - start, 0, NULL);
	assert_non_null(value);
	return value;
}

static void assert_line(unsigned int n, const char *member)
{
	json_t *value = line(n);

	if (!json_object_get(value, member))
		fail_msg("no %s in line %u of: %s", member, n, answer);
	json_decref(value);
}

/* --- tests --------------------------------------------------------------------------- */

static void contacts_come_and_go(void **state)
{
	int fd = client();

	(void)state;
	ask(fd,
	    "{\"command\":\"contact add\",\"key\":\"192.0.2.0/24\",\"mail\":\"a@example.org\"}");
	assert_line(0, "done");
	ask(fd,
	    "{\"command\":\"contact add\",\"key\":\"02-00-00-00-00-0A\",\"mail\":\"b@example.org\"}");
	assert_line(0, "done");
	ask(fd,
	    "{\"command\":\"contact add\",\"key\":\"192.0.2.1/24\",\"mail\":\"a@example.org\"}");
	assert_line(0, "error");
	ask(fd,
	    "{\"command\":\"contact add\",\"key\":\"192.0.2.1\",\"mail\":\"a\\r\\n@example.org\"}");
	assert_line(0, "error");
	ask(fd, "{\"command\":\"show contacts\"}");
	assert_line(0, "row");
	assert_line(1, "row");
	assert_line(2, "done");
	assert_non_null(strstr(answer, "02:00:00:00:00:0a"));
	assert_int_equal(engine_contacts(&e)->n, 2);
	ask(fd, "{\"command\":\"contact del\",\"key\":\"192.0.2.0/24\"}");
	assert_line(0, "done");
	ask(fd, "{\"command\":\"contact del\",\"key\":\"192.0.2.0/24\"}");
	assert_line(0, "error");
	assert_int_equal(engine_contacts(&e)->n, 1);
	close(fd);
}

/* 1, 0, or -1: that was an error. */
static int allowed(int fd, const char *mail)
{
	char request[200];
	json_t *value, *was;
	int result;

	snprintf(request, sizeof(request), "{\"command\":\"contact allow\",\"mail\":\"%s\"}", mail);
	ask(fd, request);
	value = line(0);
	was = json_object_get(json_object_get(value, "done"), "suppressed");
	result = was ? json_is_true(was) : -1;
	json_decref(value);
	return result;
}

static void never_again_is_taken_back(void **state)
{
	char fingerprint[FINGERPRINT_LEN];
	int fd = client();

	(void)state;
	inquiry_fingerprint(&e, "anna@example.org", fingerprint);
	assert_int_equal(store_suppressed_put(e.store, fingerprint, 1), 0);
	assert_int_equal(allowed(fd, "berta@example.org"), 0);
	assert_int_equal(allowed(fd, "not an address"), -1);
	assert_int_equal(inquiry_suppressed(&e, "anna@example.org"), 1);
	assert_int_equal(allowed(fd, "Anna@example.org"), 1);
	assert_int_equal(inquiry_suppressed(&e, "anna@example.org"), 0);
	assert_int_equal(allowed(fd, "anna@example.org"), 0);
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
	assert_int_equal(
		json_integer_value(json_object_get(json_object_get(value, "done"), "rows")), n);
	json_decref(value);
	assert_non_null(strstr(answer, "ringback_outages_open{watch=\\\"watch-1999\\\"} 0\\n"));
	close(fd);
}

static void handovers_are_listed(void **state)
{
	struct outage o = { .service = { .proto = IPPROTO_TCP, .port = 80 }, .began = 1 };
	struct handover h = { .kind = HANDOVER_UP,
			      .route = ROUTE_NMS,
			      .target = "hq",
			      .state = HANDOVER_SENDING,
			      .tries = 2,
			      .answer = "no answer",
			      .created = 1 };
	int fd = client();

	(void)state;
	assert_int_equal(addr_parse(&o.service.server, "192.0.2.10"), 0);
	assert_int_equal(store_begin(e.store), 0);
	assert_int_equal(store_outage_put(e.store, &o), 0);
	h.outage = o.id;
	assert_int_equal(store_handover_put(e.store, &h), 0);
	assert_int_equal(store_commit(e.store), 0);
	ask(fd, "{\"command\":\"show handovers\"}");
	assert_line(0, "row");
	assert_line(1, "done");
	assert_non_null(strstr(answer, "\"kind\":\"up\""));
	assert_non_null(strstr(answer, "\"server\":\"192.0.2.10\""));
	assert_non_null(strstr(answer, "\"target\":\"hq\""));
	assert_non_null(strstr(answer, "\"state\":\"sending\""));
	assert_non_null(strstr(answer, "\"answer\":\"no answer\""));
	close(fd);
}

static void lists_of_other_routers(void **state)
{
	struct outage o = { .began = 1, .ended = 2, .origin = "r1", .origin_id = 9, .lossy = true };
	struct list l = { .router = "router.example.org", .parts = 3, .clients = 20, .got = 7 };
	int fd = client();

	(void)state;
	addr_parse(&o.service.server, "192.0.2.10");
	o.service.proto = IPPROTO_TCP;
	o.service.port = 80;
	assert_int_equal(store_begin(e.store), 0);
	assert_int_equal(store_outage_put(e.store, &o), 0);
	l.outage = o.id;
	assert_int_equal(store_list_put(e.store, &l), 0);
	assert_int_equal(store_list_part(e.store, o.id, 2), 1);
	assert_int_equal(store_commit(e.store), 0);
	ask(fd, "{\"command\":\"show lists\"}");
	assert_line(0, "row");
	assert_line(1, "done");
	assert_non_null(strstr(answer, "\"router\":\"router.example.org\",\"section\":\"r1\""));
	assert_non_null(strstr(answer, "\"origin\":9"));
	assert_non_null(strstr(answer, "\"state\":\"collecting\",\"parts\":3,\"got\":1"));
	assert_non_null(strstr(answer, "\"clients\":20,\"taken\":7,\"lossy\":true"));
	ask(fd, "{\"command\":\"show outages\"}");
	assert_line(0, "row");
	assert_non_null(strstr(answer, "\"router\":\"r1\""));
	close(fd);
}

static void import_takes_the_good_rows(void **state)
{
	int fd = client();
	json_t *done;

	(void)state;
	ask(fd, "{\"command\":\"contact import\",\"rows\":["
		"[1,\"192.0.2.1\",\"a@example.org\"],[2,\"nonsense\",\"b@example.org\"],"
		"[3,\"192.0.2.3\",\"not an address\"],[4,\"2001:db8::/32\",\"d@example.org\"],"
		"[5],\"x\",[7,8,9]]}");
	done = line(5);
	assert_int_equal(
		json_integer_value(json_object_get(json_object_get(done, "done"), "imported")), 2);
	assert_int_equal(
		json_integer_value(json_object_get(json_object_get(done, "done"), "refused")), 5);
	json_decref(done);
	assert_int_equal(engine_contacts(&e)->n, 2);
	close(fd);
}

static json_int_t done_number(int fd, const char *request, int lines, const char *member)
{
	json_t *reply;
	json_int_t n;

	ask(fd, request);
	reply = line(lines);
	n = json_integer_value(json_object_get(json_object_get(reply, "done"), member));
	json_decref(reply);
	return n;
}

static void an_import_of_leases_replaces_the_last(void **state)
{
	const struct addr one = { AF_INET, { 192, 0, 2, 1 } }, two = { AF_INET, { 192, 0, 2, 2 } };
	char request[200];
	struct lease l;
	int fd = client();
	json_int_t import;

	(void)state;
	import = done_number(fd,
			     "{\"command\":\"lease import\",\"rows\":["
			     "[1,\"192.0.2.1\",\"02:00:00:00:00:01\",null],"
			     "[2,\"192.0.2.2\",\"02:00:00:00:00:02\",4102444800],"
			     "[3,\"192.0.2.3\",\"02:00:00:00:00:02\",1],"
			     "[4,\"192.0.2.4\",\"nonsense\",null],[5],\"x\","
			     "[7,\"192.0.2.4\",\"02:00:00:00:00:02\",-1]]}",
			     4, "import");
	assert_true(import > 0);
	assert_int_equal(store_lease_get(e.store, &one, &l), 0);
	assert_true(l.ends == INT64_MAX);
	assert_int_equal(store_lease_get(e.store, &two, &l), 0);
	import = done_number(fd,
			     "{\"command\":\"lease import\",\"rows\":["
			     "[1,\"192.0.2.1\",\"02:00:00:00:00:05\",4102444800]]}",
			     0, "import");
	assert_int_equal(store_lease_get(e.store, &two, &l), 0);
	snprintf(request, sizeof(request),
		 "{\"command\":\"lease import\",\"import\":%lld,\"end\":true}", (long long)import);
	done_number(fd, request, 0, "rows");
	assert_int_equal(store_lease_get(e.store, &two, &l), -ENOENT);
	assert_int_equal(store_lease_get(e.store, &one, &l), 0);
	assert_int_equal(l.mac.bytes[5], 5);
	assert_int_equal(done_number(fd, "{\"command\":\"show leases\"}", 1, "rows"), 1);
	assert_int_equal(done_number(fd, "{\"command\":\"lease clear\"}", 0, "cleared"), 1);
	close(fd);
}

static void garbage_is_answered(void **state)
{
	static const char *const rows[] = {
		"",
		"x",
		"{",
		"[]",
		"1",
		"\"show outages\"",
		"null",
		"{}",
		"{\"command\":1}",
		"{\"command\":null}",
		"{\"command\":\"show\"}",
		"{\"command\":\"SHOW OUTAGES\"}",
		"{\"command\":\"show outages\",\"command\":\"recover\"}",
		"\xff\xfe",
		"{\"command\":\"show waiters\",\"server\":\"x\"}",
		"{\"command\":\"show waiters\",\"client\":7}",
		"{\"command\":\"recover\"}",
		"{\"command\":\"recover\",\"server\":\"192.0.2.1\"}",
		"{\"command\":\"recover\",\"server\":\"192.0.2.1\",\"proto\":\"tcp\"}",
		"{\"command\":\"recover\",\"server\":\"192.0.2.1\",\"proto\":\"tcp\",\"port\":65536}",
		"{\"command\":\"recover\",\"server\":\"192.0.2.1\",\"proto\":\"x\",\"port\":80}",
		"{\"command\":\"why\"}",
		"{\"command\":\"why\",\"server\":\"192.0.2.1\"}",
		"{\"command\":\"why\",\"server\":\"192.0.2.1\",\"client\":\"192.0.2.1\"}",
		"{\"command\":\"why\",\"server\":\"192.0.2.1\",\"client\":\"2001:db8::1\","
		"\"proto\":\"tcp\",\"port\":80}",
		"{\"command\":\"contact add\"}",
		"{\"command\":\"contact add\",\"key\":[],\"mail\":{}}",
		"{\"command\":\"contact del\"}",
		"{\"command\":\"contact del\",\"key\":\"\"}",
		"{\"command\":\"contact allow\"}",
		"{\"command\":\"contact allow\",\"mail\":7}",
		"{\"command\":\"contact import\"}",
		"{\"command\":\"contact import\",\"rows\":{}}",
	};
	char deep[4000];
	int fd = client();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ask(fd, rows[i]);
		assert_line(0, "error");
	}
	memset(deep, '[', sizeof(deep));
	deep[sizeof(deep) - 1] = '\0';
	ask(fd, deep);
	assert_line(0, "error");
	ask(fd, "{\"command\":\"show daemon\"}");
	assert_line(0, "row");
	close(fd);
}

static void noise_harms_nobody(void **state)
{
	static char noise[65536];
	unsigned int i, j;
	int fd;

	(void)state;
	srandom(1);
	for (i = 0; i < 20; i++) {
		for (j = 0; j < sizeof(noise); j++)
			noise[j] = random();
		fd = client();
		say(fd, noise, sizeof(noise));
		run(5);
		close(fd);
	}
	run(20);
	fd = client();
	ask(fd, "{\"command\":\"show outages\"}");
	assert_line(0, "done");
	close(fd);
}

static void endless_line_is_cut_off(void **state)
{
	static char much[CONTROL_LINE_MAX + 4096];
	int fd = client();
	size_t done = 0;
	ssize_t n;

	(void)state;
	memset(much, 'a', sizeof(much));
	while (done < sizeof(much)) {
		n = send(fd, much + done, sizeof(much) - done, MSG_NOSIGNAL);
		if (n < 0 && errno != EAGAIN)
			break;
		done += n > 0 ? n : 0;
		run(2);
	}
	assert_int_equal(hear(fd), -1);
	close(fd);
}

static void half_closed_client_gets_its_answer(void **state)
{
	int fd = client();
	const char *request = "{\"command\":\"show daemon\"}\n";

	(void)state;
	say(fd, request, strlen(request));
	shutdown(fd, SHUT_WR);
	assert_int_equal(hear(fd), -1);
	assert_line(0, "row");
	assert_non_null(strstr(answer, "\"done\""));
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
	assert_non_null(strstr(answer, "192.0.2.1"));
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
	assert_non_null(strstr(answer, "last"));
	while (recv(lazy, answer, sizeof(answer), 0) > 0)
		run(5);
	assert_int_equal(recv(lazy, answer, 1, 0), 0);
	close(fd);
	close(lazy);
	run(10);
	control_event(e.control, "outage", &s, NULL, "nobody listens");
}

static void clients_are_bounded(void **state)
{
	int fds[80];
	unsigned int i;

	(void)state;
	for (i = 0; i < 80; i++)
		fds[i] = client();
	run(50);
	assert_int_equal(hear(fds[79]), -1);
	assert_line(0, "error");
	for (i = 0; i < 80; i++)
		close(fds[i]);
	run(50);
	fds[0] = client();
	ask(fds[0], "{\"command\":\"show notices\"}");
	assert_line(0, "done");
	close(fds[0]);
}

static unsigned int open_files(void)
{
	unsigned int n = 0;
	int fd;

	for (fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void many_clients_leave_nothing(void **state)
{
	unsigned int before = open_files(), i;

	(void)state;
	for (i = 0; i < 300; i++) {
		int fd = client();

		say(fd, "{\"command\":\"show daemon\"}\n", 26);
		run(1);
		close(fd);
	}
	run(50);
	assert_int_equal(open_files(), before);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(contacts_come_and_go),
		TEST(never_again_is_taken_back),
		TEST(handovers_are_listed),
		TEST(metrics_come_in_rows),
		TEST(lists_of_other_routers),
		TEST(import_takes_the_good_rows),
		TEST(an_import_of_leases_replaces_the_last),
		TEST(garbage_is_answered),
		TEST(noise_harms_nobody),
		TEST(endless_line_is_cut_off),
		TEST(half_closed_client_gets_its_answer),
		TEST(long_listing_comes_whole),
		TEST(monitors_see_events),
		TEST(clients_are_bounded),
		TEST(many_clients_leave_nothing),
	};

	signal(SIGPIPE, SIG_IGN); /* as in every room */
	log_init("engine", LOG_TO_STDERR, false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
