// SPDX-License-Identifier: GPL-2.0
/*
 * The room "mailer" alone: plays its parent and the engine, hands it notices and
 * handovers, asks for contacts, and prints a line for each result.
 *
 *   mailer_harness [KEY=VALUE].. {ADDRESS|ACT/ROUTE/TARGET|ask/CLIENT/MAC}..
 *
 * Keys: client (libesmtp, libcurl, sendmail, null), server, port, tls (off,
 * opportunistic, required), ca, user, password, sessions, batch, timeout,
 * sendmail, footer, count (notices per address, handovers per word), name (of the
 * server), command (that knows contacts), asks (of it at once); of targets see
 * mailer_handover.h. Ends when each has its result.
 */
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/log.h"
#include "common/timefmt.h"
#include "mailer/room.h"
#include "mailer_handover.h"

static char *command[2];
static struct conf conf = {
	.mail = { .configured = true,
		  .server = "127.0.0.1",
		  .port = 25,
		  .tls = MAIL_TLS_OPPORTUNISTIC,
		  .from = "ringback@example.org",
		  .from_name = "ringback",
		  .sendmail = "/usr/sbin/sendmail",
		  .sessions = 2,
		  .batch = 100,
		  .timeout = 5 },
	.lookup = { .argv = command, .timeout = 5, .at_once = 4 },
	.mib_base = (char[]){ MIB_BASE_DEFAULT },
};
static const char *client = "libesmtp", *server_name = "Intranet";
static unsigned int count = 1;

/* A way that hands on nothing and is content. */
static int null_session(struct via_job *job)
{
	for (size_t i = 0; i < job->n; i++)
		via_report(job, job->mails[i].index, DELIVERY_SENT, 250, "nowhere");
	return 0;
}
static const struct via via_null = { "null", null_session };

static enum mail_tls tls_of(const char *word)
{
	return !strcmp(word, "off")	 ? MAIL_TLS_OFF :
	       !strcmp(word, "required") ? MAIL_TLS_REQUIRED :
					   MAIL_TLS_OPPORTUNISTIC;
}

static void key(char *arg)
{
	char *value = strchr(arg, '=');
	struct conf_mail *m = &conf.mail;

	*value++ = '\0';
	if (!strcmp(arg, "client"))
		client = value;
	else if (!strcmp(arg, "server"))
		m->server = value;
	else if (!strcmp(arg, "port"))
		m->port = (uint16_t)atoi(value);
	else if (!strcmp(arg, "tls"))
		m->tls = tls_of(value);
	else if (!strcmp(arg, "ca"))
		m->ca_file = value;
	else if (!strcmp(arg, "user"))
		m->user = value;
	else if (!strcmp(arg, "password"))
		m->password = value;
	else if (!strcmp(arg, "sessions"))
		m->sessions = (uint32_t)atoi(value);
	else if (!strcmp(arg, "batch"))
		m->batch = (uint32_t)atoi(value);
	else if (!strcmp(arg, "timeout"))
		m->timeout = (uint32_t)atoi(value);
	else if (!strcmp(arg, "sendmail"))
		m->sendmail = value;
	else if (!strcmp(arg, "footer"))
		m->footer = value;
	else if (!strcmp(arg, "count"))
		count = (unsigned int)atoi(value);
	else if (!strcmp(arg, "command"))
		command[0] = value;
	else if (!strcmp(arg, "asks"))
		conf.lookup.at_once = (uint32_t)atoi(value);
	else if (!strcmp(arg, "name"))
		server_name = value;
	else if (!handover_key(&conf, arg, value))
		errx(2, "%s?", arg);
}

static const struct via *via(void)
{
	return !strcmp(client, "null")	   ? &via_null :
	       !strcmp(client, "libcurl")  ? &via_curl :
	       !strcmp(client, "sendmail") ? &via_sendmail :
					     &via_esmtp;
}

static void notice_fill(struct msg_notice *n, uint64_t id, const char *to)
{
	struct msg_notice_item *i = &n->items[0];
	int64_t now = time_now();

	*n = (struct msg_notice){ .id = id, .n_items = 1 };
	snprintf(n->to, sizeof(n->to), "%s", to);
	snprintf(n->message_id, sizeof(n->message_id), "7.%llu@ringback.example.org",
		 (unsigned long long)id);
	addr_parse(&i->service.server, "192.0.2.10");
	addr_parse(&i->client, "198.51.100.7");
	i->service.proto = IPPROTO_TCP;
	i->service.port = 80;
	i->reason = RINGBACK_REASON_NO_REPLY;
	i->evidence = EVIDENCE_PROBE;
	i->attempts = 3;
	i->down = now - 3600 * NSEC_PER_SEC;
	i->first = now - 3000 * NSEC_PER_SEC;
	i->last = now - 2900 * NSEC_PER_SEC;
	i->up = now;
	snprintf(i->server_name, sizeof(i->server_name), "%s", server_name);
}

static pid_t room_start(struct msg_chan *parent, struct msg_chan *engine)
{
	struct room_start start = { .conf = &conf };
	struct msg_peer peer = { ROOM_ENGINE };
	struct msg_chan theirs;
	pid_t pid;

	if (msg_pair(parent, &start.parent) || msg_pair(engine, &theirs))
		err(1, "socketpair");
	pid = fork();
	if (!pid) {
		msg_close(parent);
		msg_close(engine);
		close(STDIN_FILENO);
		log_init("mailer", LOG_TO_STDERR, true);
		_exit(mailer_run(&start, via()));
	}
	msg_close(&start.parent);
	msg_send(parent, MSG_PEER, &peer, sizeof(peer), theirs.fd);
	msg_close(&theirs);
	msg_send(parent, MSG_READY, NULL, 0, -1);
	return pid;
}

/* How many of each kind the room takes now. */
struct room_for {
	uint32_t notices, handovers;
};

/* Returns how many results came. */
static unsigned int results_read(struct msg_chan *engine, struct room_for *room,
				 unsigned int in_hand)
{
	static const char *const words[] = { "sent", "later", "refused", "unsure" };
	static const char *const founds[] = { "mail", "nobody", "trouble" };
	static struct msg m;
	unsigned int n = 0;
	int got;

	while ((got = msg_recv(engine, &m)) == 1) {
		const struct msg_result *r = (const void *)m.body;
		const struct msg_window *w = (const void *)m.body;
		const struct msg_found *f = (const void *)m.body;

		if (m.type == MSG_WINDOW) {
			room->notices = w->free;
		} else if (m.type == MSG_SPACE) {
			room->handovers = w->free;
		} else if (m.type == MSG_FOUND) {
			printf("found %llu %s %s%s\n", (unsigned long long)f->id, founds[f->found],
			       f->mail, f->text);
			n++;
		} else {
			printf("result %llu %s %u %s\n", (unsigned long long)r->id,
			       words[r->delivery], r->code, r->text);
			n++;
		}
	}
	if (got != -EAGAIN)
		errx(1, "the room is gone with %u notices", in_hand);
	return n;
}

/* "ask/CLIENT/MAC" */
static bool question_send(struct msg_chan *engine, const char *word, unsigned int id)
{
	struct msg_lookup q = { .id = id };
	char text[2 * ADDR_STRLEN], *mac;

	snprintf(text, sizeof(text), "%s", word + strlen("ask/"));
	mac = strchr(text, '/');
	if (mac)
		*mac++ = '\0';
	q.has_mac = mac && mac_parse(&q.mac, mac) == 0;
	if (addr_parse(&q.client, text))
		errx(2, "%s?", word);
	return !msg_send(engine, MSG_LOOKUP, &q, sizeof(q), -1);
}

/* The @k-th (from 1) of what @word asks for; false: the room takes no more now. */
static bool item_send(struct msg_chan *engine, struct room_for *room, const char *word,
		      unsigned int id, unsigned int k)
{
	static struct msg_handover handover;
	static struct msg_notice notice;
	uint32_t *window = handover_word(word) ? &room->handovers : &room->notices;
	int err_no;

	if (!strncmp(word, "ask/", 4))
		return question_send(engine, word, id);
	if (!*window)
		return false;
	if (handover_word(word)) {
		handover_fill(&handover, word, k, count);
		handover.id = id;
		err_no = msg_send(engine, MSG_HANDOVER, &handover,
				  msg_handover_size(handover.n_rows), -1);
	} else {
		notice_fill(&notice, id, word);
		err_no = msg_send(engine, MSG_NOTICE, &notice, msg_notice_size(notice.n_items), -1);
	}
	*window -= !err_no;
	return !err_no;
}

int main(int argc, char **argv)
{
	struct msg_chan parent, engine;
	unsigned int total, sent = 0, done = 0;
	struct room_for room = { 0 };
	int64_t began;
	int first = 1, status;
	pid_t pid;

	setvbuf(stdout, NULL, _IOLBF, 0);
	while (first < argc && strchr(argv[first], '=') && !strchr(argv[first], '@'))
		key(argv[first++]);
	total = (unsigned int)(argc - first) * count;
	signal(SIGPIPE, SIG_IGN);
	pid = room_start(&parent, &engine);
	began = time_mono_ms();
	while (done < total) {
		struct pollfd pfd = { engine.fd, POLLIN, 0 };

		while (sent < total && item_send(&engine, &room, argv[first + (int)(sent / count)],
						 sent + 1, sent % count + 1))
			sent++;
		poll(&pfd, 1, sent < total && (room.notices || room.handovers) ? 5 : -1);
		done += results_read(&engine, &room, sent - done);
	}
	printf("done %u in %lld ms\n", done, (long long)(time_mono_ms() - began));
	msg_close(&parent);
	waitpid(pid, &status, 0);
	printf("exit %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	return 0;
}
