// SPDX-License-Identifier: GPL-2.0
/*
 * Questions to the contact command, and what became of them. A process is over when
 * its leader has ended, whoever still holds its pipes; then, or when its time is up or it
 * prints too much, its whole group is killed.
 */
#include "command.h"

#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../common/log.h"
#include "../common/timefmt.h"
#include "command_fork.h"

#define LOG_SECONDS 60 /* one line of the log in this time */
#define FDS_PER_JOB 3
#define READ_TURN   64 /* reads of its complaints, before the others get their turn */

struct question {
	STAILQ_ENTRY(question) link;
	struct msg_lookup about;
	struct msg_found answer;
};
STAILQ_HEAD(questions, question);

struct job {
	struct question *question; /* NULL: the slot is free */
	struct command_process p;
	int64_t deadline_ms; /* CLOCK_MONOTONIC */
	char line[MSG_MAIL_MAX + 2]; /* what it printed; full: too much, whatever follows */
	size_t n;
	char complaint[96]; /* the first line of its stderr, as far as it fits */
	size_t n_complaint;
	bool complained; /* that line is complete */
};

struct command {
	const struct conf_lookup *conf;
	struct questions waiting, answered;
	struct job *jobs; /* conf->at_once slots */
	struct log_rate rate;
};

struct command *command_new(const struct conf_lookup *conf)
{
	struct command *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->conf = conf;
	c->jobs = calloc(conf->at_once ? conf->at_once : 1, sizeof(*c->jobs));
	STAILQ_INIT(&c->waiting);
	STAILQ_INIT(&c->answered);
	if (c->jobs)
		return c;
	free(c);
	return NULL;
}

/* --- answers ----------------------------------------------------------------- */

static void answer(struct command *c, struct question *q, uint8_t found)
{
	q->answer.id = q->about.id;
	q->answer.found = found;
	STAILQ_INSERT_TAIL(&c->answered, q, link);
}

/* The operator learns of it from the log, but not at the rate of the clients. */
static void complain(struct command *c, const struct question *q, const char *what)
{
	char client[ADDR_STRLEN];
	unsigned long missed;

	if (log_allowed(&c->rate, LOG_SECONDS, &missed))
		log_warn("%s, for %s: %s (%lu more like this before)", c->conf->argv[0],
			 addr_format(&q->about.client, client), what, missed);
}

/* @what, and what the process itself said of it. */
static void trouble(struct command *c, struct job *j, const char *what)
{
	struct question *q = j->question;
	char text[sizeof(q->answer.text) + sizeof(j->complaint)];

	snprintf(text, sizeof(text), "%s%s%s", what, j->n_complaint ? ": " : "", j->complaint);
	log_escape(q->answer.text, sizeof(q->answer.text), text);
	complain(c, q, q->answer.text);
	answer(c, q, FOUND_TROUBLE);
}

/* One line of printable bytes, its end of line cut off; whether it is an address is for the engine. */
static const char *line_fault(struct job *j)
{
	size_t i;

	if (j->n == sizeof(j->line))
		return "it printed more than a mail address";
	if (j->n && j->line[j->n - 1] == '\n')
		j->n--;
	for (i = 0; i < j->n; i++) {
		if (j->line[i] == '\n')
			return "it printed more than one line";
		if (iscntrl((unsigned char)j->line[i]))
			return "it printed control characters";
	}
	return j->n > MSG_MAIL_MAX ? "it printed more than a mail address" : NULL;
}

static void judge(struct command *c, struct job *j, bool overdue, int status)
{
	const char *fault = line_fault(j);
	char what[64];

	if (overdue) {
		snprintf(what, sizeof(what), "it did not end within %u s", c->conf->timeout);
		fault = what;
	} else if (j->n < sizeof(j->line) && WIFSIGNALED(status)) {
		snprintf(what, sizeof(what), "it was killed by signal %d", WTERMSIG(status));
		fault = what;
	} else if (WIFEXITED(status) && WEXITSTATUS(status)) {
		snprintf(what, sizeof(what), "it ended with status %d", WEXITSTATUS(status));
		fault = what;
	}
	if (fault) {
		trouble(c, j, fault);
		return;
	}
	if (j->n_complaint)
		complain(c, j->question, j->complaint);
	memcpy(j->question->answer.mail, j->line, j->n);
	answer(c, j->question, j->n ? FOUND_MAIL : FOUND_NOBODY);
}

const struct msg_found *command_answer(const struct command *c)
{
	const struct question *q = STAILQ_FIRST(&c->answered);

	return q ? &q->answer : NULL;
}

static void take_off(struct questions *list)
{
	struct question *q = STAILQ_FIRST(list);

	STAILQ_REMOVE_HEAD(list, link);
	free(q);
}

void command_answered(struct command *c)
{
	take_off(&c->answered);
}

/* --- processes ---------------------------------------------------------------- */

static void job_start(struct command *c, struct job *j, struct question *q)
{
	char what[64];
	int rc;

	*j = (struct job){ .question = q };
	rc = command_fork(&j->p, c->conf, &q->about);
	j->deadline_ms = time_mono_ms() + 1000LL * c->conf->timeout;
	if (rc == 0)
		return;
	snprintf(what, sizeof(what), "no process for it: %s", strerror(-rc));
	trouble(c, j, what);
	j->question = NULL;
}

static void read_line(struct job *j)
{
	ssize_t n;

	while (j->p.out >= 0 && j->n < sizeof(j->line)) {
		n = read(j->p.out, j->line + j->n, sizeof(j->line) - j->n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		if (n > 0)
			j->n += n;
		else
			command_close(&j->p.out);
	}
}

/* All of it is read, so that it can end; its first line is kept. */
static void read_complaint(struct job *j)
{
	char buf[4096];
	int turns;

	for (turns = 0; turns < READ_TURN && j->p.err >= 0; turns++) {
		ssize_t n = read(j->p.err, buf, sizeof(buf)), i;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		if (n <= 0)
			command_close(&j->p.err);
		for (i = 0; i < n && !j->complained; i++) {
			j->complained = buf[i] == '\n' || !buf[i] ||
					j->n_complaint == sizeof(j->complaint) - 1;
			if (!j->complained)
				j->complaint[j->n_complaint++] = buf[i];
		}
	}
}

static void job_check(struct command *c, struct job *j, int64_t now)
{
	bool ended, overdue = false;
	int status;

	read_line(j);
	read_complaint(j);
	ended = command_ended(&j->p);
	if (!ended && j->n < sizeof(j->line)) {
		overdue = now >= j->deadline_ms;
		if (!overdue)
			return;
	}
	/* What it printed last may have come after we read. */
	if (ended) {
		read_line(j);
		read_complaint(j);
	}
	status = command_end(&j->p);
	judge(c, j, overdue, status);
	j->question = NULL;
}

nfds_t command_poll_max(const struct command *c)
{
	return FDS_PER_JOB * (nfds_t)c->conf->at_once;
}

nfds_t command_poll(const struct command *c, struct pollfd *fds, int *timeout_ms)
{
	int64_t now = time_mono_ms();
	nfds_t n = 0;

	for (uint32_t i = 0; i < c->conf->at_once; i++) {
		const struct job *j = &c->jobs[i];
		int64_t wait = j->deadline_ms > now ? j->deadline_ms - now : 0;

		if (!j->question)
			continue;
		if (*timeout_ms < 0 || wait < *timeout_ms)
			*timeout_ms = (int)wait;
		fds[n++] = (struct pollfd){ j->p.pidfd, POLLIN, 0 };
		fds[n++] = (struct pollfd){ j->p.out, POLLIN, 0 };
		fds[n++] = (struct pollfd){ j->p.err, POLLIN, 0 };
	}
	return n;
}

void command_step(struct command *c)
{
	int64_t now = time_mono_ms();

	for (uint32_t i = 0; i < c->conf->at_once; i++) {
		struct job *j = &c->jobs[i];
		struct question *q;

		if (j->question)
			job_check(c, j, now);
		while (!j->question && (q = STAILQ_FIRST(&c->waiting))) {
			STAILQ_REMOVE_HEAD(&c->waiting, link);
			job_start(c, j, q);
		}
	}
}

/* --- questions ------------------------------------------------------------------ */

void command_ask(struct command *c, const struct msg_lookup *about)
{
	struct question *q = calloc(1, sizeof(*q));

	/* The engine waits for one answer to each question; it asks the next mailer again. */
	if (!q)
		fatal("out of memory");
	q->about = *about;
	if (c->conf->argv) {
		STAILQ_INSERT_TAIL(&c->waiting, q, link);
		return;
	}
	snprintf(q->answer.text, sizeof(q->answer.text), "no contact-command is configured");
	answer(c, q, FOUND_TROUBLE);
}

void command_drop(struct command *c)
{
	for (uint32_t i = 0; i < c->conf->at_once; i++) {
		struct job *j = &c->jobs[i];

		if (!j->question)
			continue;
		command_end(&j->p);
		free(j->question);
		j->question = NULL;
	}
	while (!STAILQ_EMPTY(&c->waiting))
		take_off(&c->waiting);
	while (!STAILQ_EMPTY(&c->answered))
		take_off(&c->answered);
}

void command_free(struct command *c)
{
	command_drop(c);
	free(c->jobs);
	free(c);
}
