// SPDX-License-Identifier: GPL-2.0
/* monitor: the events of the module, and the daemon's when it runs */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "../common/timefmt.h"
#include "control.h"

/* The titles are as wide as the usual values: a live table cannot look ahead. */
static const struct column columns[] = {
	{ "time", "TIME    ", COL_TIME },
	{ "source", NULL, 0 },
	{ "event", "EVENT   ", COL_STATE },
	{ "client", "CLIENT         ", 0 },
	{ "server", "SERVER         ", 0 },
	{ "service", "PORT    ", COL_TEXT_ONLY },
	{ "proto", NULL, 0 },
	{ "port", NULL, 0 },
	{ "reason", "REASON          ", 0 },
	{ "watch", "WATCH     ", 0 },
	{ "detail", "DETAIL", 0 },
};

struct monitor {
	struct cli *cli;
	struct control *daemon; /* NULL: not there */
	bool kernel;
	bool lost; /* kernel events, and no resync since */
};

static void begin(struct writer *out, int64_t t, const char *source, const char *event)
{
	writer_time(out, "time", t);
	writer_text(out, "source", source);
	writer_text(out, "event", event);
}

/* What is not about one service: events lost, the daemon gone. */
static void note(struct monitor *m, const char *source, const char *event, const char *detail)
{
	begin(m->cli->out, time_now(), source, event);
	writer_text(m->cli->out, "detail", detail);
	writer_end(m->cli->out);
}

static int on_attempt(const struct nl_attempt *a, void *arg)
{
	struct writer *out = ((struct monitor *)arg)->cli->out;
	char buf[ADDR_STRLEN];

	begin(out, time_now(), "kernel", nl_attempt_state_name(a->state));
	writer_word(out, "client", addr_format(&a->client, buf));
	writer_word(out, "server", addr_format(&a->service.server, buf));
	writer_service(out, a->service.proto, a->service.port);
	writer_word(out, "reason", cli_reason(a->reason));
	writer_text(out, "watch", a->watch[0] ? a->watch : NULL);
	writer_number(out, "attempts", a->count);
	writer_end(out);
	return 0;
}

static int on_service(const struct nl_service *s, void *arg)
{
	struct writer *out = ((struct monitor *)arg)->cli->out;
	char buf[ADDR_STRLEN];

	begin(out, s->changed, "kernel", nl_service_state_name(s->state));
	writer_word(out, "server", addr_format(&s->service.server, buf));
	writer_service(out, s->service.proto, s->service.port);
	writer_word(out, "reason", cli_reason(s->reason));
	writer_text(out, "watch", s->watch[0] ? s->watch : NULL);
	writer_number(out, "failures", s->failures);
	writer_number(out, "clients", s->clients);
	writer_end(out);
	return 0;
}

/* Events were lost: say so, and list anew what cannot be missed. */
static int resync(struct monitor *m)
{
	struct nl *nl;
	int err;

	m->lost = false;
	note(m, "kernel", "resync", "events were lost, the services follow as they are now");
	err = nl_open(&nl);
	if (err)
		return cli_fail(m->cli, CLI_FAILED, "%s", nl_strerror_open(err));
	/* Torn or not: a line more is better than a state missed. */
	err = nl_service_dump(nl, on_service, m);
	if (err && err != -EINTR)
		cli_fail(m->cli, CLI_FAILED, "%s", nl_error(nl));
	nl_close(nl);
	return err && err != -EINTR ? CLI_FAILED : CLI_OK;
}

static int kernel_step(struct monitor *m)
{
	const struct nl_events events = { on_attempt, on_service, m };
	unsigned long bad = 0;
	int err = nl_receive(m->cli->nl, &events, &bad);

	if (bad)
		note(m, "kernel", "malformed", "an event that this program does not understand");
	if (err == -ENOBUFS) {
		m->lost = true;
		return CLI_OK;
	}
	return err ? cli_kernel_failed(m->cli) : CLI_OK;
}

static int on_daemon_row(struct cli *cli, json_t *row, void *arg)
{
	(void)arg;
	writer_text(cli->out, "time", json_string_value(json_object_get(row, "time")));
	writer_text(cli->out, "source", "daemon");
	control_write(cli->out, row);
	writer_end(cli->out);
	return CLI_OK;
}

static int daemon_step(struct monitor *m)
{
	bool ended;
	int err = control_step(m->cli, m->daemon, on_daemon_row, m, &ended);

	if (err || !ended)
		return err;
	control_close(m->daemon);
	m->daemon = NULL;
	if (!m->kernel)
		return cli_fail(m->cli, CLI_FAILED, "the daemon has ended");
	note(m, "daemon", "ended", "the daemon has ended, its events are missing from here on");
	return CLI_OK;
}

static int open_kernel(struct monitor *m)
{
	int err = cli_kernel(m->cli);

	if (!err && nl_subscribe(m->cli->nl, true, true))
		err = cli_kernel_failed(m->cli);
	m->kernel = !err;
	return err;
}

static int open_daemon(struct monitor *m)
{
	json_t *request = json_pack("{s:s}", "command", "monitor");
	int err = control_open(m->cli, request, &m->daemon);

	json_decref(request);
	return err;
}

/* One of kernel and daemon is enough; without both, the kernel's error is told. */
static int open_sources(struct monitor *m)
{
	char why[sizeof(m->cli->error)];
	int err = open_kernel(m);

	if (m->cli->kernel_only)
		return err;
	strcpy(why, m->cli->error);
	if (open_daemon(m) && err)
		return cli_fail(m->cli, err, "%s", why);
	m->cli->error[0] = '\0';
	return CLI_OK;
}

static int watch_sources(struct monitor *m)
{
	struct pollfd fds[3] = { { .fd = STDOUT_FILENO } };
	int err = CLI_OK;

	while (!err) {
		fds[1] = (struct pollfd){ m->kernel ? nl_fd(m->cli->nl) : -1, POLLIN, 0 };
		fds[2] = (struct pollfd){ m->daemon ? control_fd(m->daemon) : -1, POLLIN, 0 };
		if (poll(fds, 3, m->lost ? 0 : -1) < 0) {
			if (errno == EINTR)
				continue;
			return cli_fail(m->cli, CLI_FAILED, "cannot wait for events: %m");
		}
		/* The reader of our pipe has gone: nobody is told any more. */
		if (fds[0].revents & (POLLERR | POLLHUP | POLLNVAL))
			return CLI_OK;
		if (fds[1].revents)
			err = kernel_step(m);
		else if (m->lost)
			/* What was still queued is older than the dump: it went first. */
			err = resync(m);
		if (!err && fds[2].revents)
			err = daemon_step(m);
		if (!err && ferror(stdout))
			return cli_finish(m->cli);
	}
	return err;
}

int cmd_monitor(struct cli *cli, int argc, char **argv)
{
	struct monitor m = { .cli = cli };
	int err = cli_no_arguments(cli, argc, argv);

	if (!err)
		err = open_sources(&m);
	if (!err) {
		writer_start(cli->out, columns, sizeof(columns) / sizeof(columns[0]), true);
		err = watch_sources(&m);
	}
	control_close(m.daemon);
	return err;
}
