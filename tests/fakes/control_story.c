// SPDX-License-Identifier: GPL-2.0
/*
 * The engine's parts put together under a control socket, and its clients.
 */
#include "control_story.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <cmocka.h>

#include "engine/batch.h"
#include "engine/control.h"
#include "engine/handover.h"
#include "engine/inquiry.h"
#include "engine/lookup.h"
#include "engine/outbox.h"
#include "engine/probe.h"
#include "engine/tracker.h"
#include "engine_kernel.h"

struct conf conf;
struct engine e;
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
	(void)q, (void)arg;
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

int setup_control(void **state)
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

int teardown_control(void **state)
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

void run(int ms)
{
	const struct timeval tv = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 };

	event_base_loopexit(e.base, &tv);
	event_base_dispatch(e.base);
}

int client(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&where, where_len), 0);
	return fd;
}

void say(int fd, const char *text, size_t len)
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

char answer[1 << 20];

ssize_t hear(int fd)
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

void ask(int fd, const char *request)
{
	say(fd, request, strlen(request));
	say(fd, "\n", 1);
	hear(fd);
}

json_t *line(unsigned int n)
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

void assert_line(unsigned int n, const char *member)
{
	json_t *value = line(n);

	if (!json_object_get(value, member))
		fail_msg("no %s in line %u of: %s", member, n, answer);
	json_decref(value);
}

json_int_t done_of(unsigned int n, const char *member)
{
	json_t *value = line(n);
	json_int_t number;

	number = json_integer_value(json_object_get(json_object_get(value, "done"), member));
	json_decref(value);
	return number;
}

void assert_said(const char *text)
{
	if (!strstr(answer, text))
		fail_msg("no %s in: %s", text, answer);
}
