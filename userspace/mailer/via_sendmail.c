// SPDX-License-Identifier: GPL-2.0
/*
 * Mail by the local MTA's submission program, once per mail. Its exit status
 * (sysexits.h) is all that it says for certain.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "via.h"

__attribute__((noreturn)) static void execute(const struct via_job *job, const char *to, int in,
					      int err)
{
	const struct conf_mail *mail = job->mail;

	signal(SIGPIPE, SIG_DFL);
	if (dup2(in, STDIN_FILENO) < 0 || dup2(err, STDOUT_FILENO) < 0 ||
	    dup2(err, STDERR_FILENO) < 0)
		_exit(EX_OSERR);
	execl(mail->sendmail, mail->sendmail, "-i", "-f", mail->from, "--", to, (char *)NULL);
	fprintf(stderr, "%s: %s\n", mail->sendmail, strerror(errno));
	_exit(EX_UNAVAILABLE);
}

/* In the form of this host: lines end in LF. False: the program stopped reading. */
static bool text_write(int fd, const struct via_mail *m)
{
	FILE *out = fdopen(fd, "w");
	bool ok;

	if (!out) {
		close(fd);
		return false;
	}
	for (size_t i = 0; i < m->len; i++)
		if (m->text[i] != '\r')
			fputc(m->text[i], out);
	ok = !ferror(out);
	return !fclose(out) && ok;
}

/* What the program says, as far as it is of use; reads to the end. */
static void answer_read(int fd, char *buf, size_t size)
{
	char rest[512];
	size_t used = 0;
	ssize_t n;

	for (;;) {
		bool room = used + 1 < size;

		if (room)
			n = read(fd, buf + used, size - used - 1);
		else
			n = read(fd, rest, sizeof(rest));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		if (room)
			used += (size_t)n;
	}
	buf[used] = '\0';
	close(fd);
}

static void judge(const struct via_job *job, const struct via_mail *m, int status, bool written,
		  const char *answer)
{
	enum delivery d = DELIVERY_LATER;
	char text[600];

	if (!WIFEXITED(status)) {
		snprintf(text, sizeof(text), "%s crashed: signal %d", job->mail->sendmail,
			 WTERMSIG(status));
		via_report(job, m->index, d, 0, text);
		return;
	}
	switch (WEXITSTATUS(status)) {
	case EX_OK:
		if (written)
			d = DELIVERY_SENT;
		break;
	case EX_DATAERR:
	case EX_NOUSER:
	case EX_NOHOST:
		d = DELIVERY_REFUSED;
		break;
	}
	if (d == DELIVERY_SENT)
		snprintf(text, sizeof(text), "taken by %s", job->mail->sendmail);
	else
		snprintf(text, sizeof(text), "%s: exit status %d%s%s", job->mail->sendmail,
			 WEXITSTATUS(status), *answer ? ": " : "", answer);
	via_report(job, m->index, d, 0, text);
}

static void hand_on(const struct via_job *job, const struct via_mail *m)
{
	int in[2], err[2], status = 0;
	char answer[512];
	bool written;
	pid_t pid;

	if (pipe2(in, O_CLOEXEC) || pipe2(err, O_CLOEXEC))
		via_fail(job, 0, "no pipe to %s: %s", job->mail->sendmail, strerror(errno));
	pid = fork();
	if (pid < 0)
		via_fail(job, 0, "no process for %s: %s", job->mail->sendmail, strerror(errno));
	if (!pid)
		execute(job, m->to, in[0], err[1]);
	close(in[0]);
	close(err[1]);
	written = text_write(in[1], m);
	answer_read(err[0], answer, sizeof(answer));
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	judge(job, m, status, written, answer);
}

static int sendmail_session(struct via_job *job)
{
	if (access(job->mail->sendmail, X_OK))
		via_fail(job, 0, "%s: %s", job->mail->sendmail, strerror(errno));
	for (size_t i = 0; i < job->n; i++)
		hand_on(job, &job->mails[i]);
	return 0;
}

const struct via via_sendmail = { "sendmail", sendmail_session };
