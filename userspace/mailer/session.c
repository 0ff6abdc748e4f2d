// SPDX-License-Identifier: GPL-2.0
/*
 * One mail session in a process of its own: it can crash, hang and leak as it
 * likes. It lives no longer than the mailer.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "../common/log.h"
#include "../common/timefmt.h"
#include "message.h"
#include "session.h"

enum { REPORT_FD = 3 };

/* What cannot be rendered is reported at once; the rest is ready to go. */
static void render_all(struct via_job *job, const struct msg_notice *const *notices, size_t n)
{
	job->mails = calloc(n, sizeof(*job->mails));
	if (!job->mails)
		via_fail(job, 0, "out of memory");
	for (size_t i = 0; i < n; i++) {
		struct via_mail *m = &job->mails[job->n];
		int err = message_render(job->mail, notices[i], time_now(), &m->text, &m->len);

		if (err == -EINVAL) {
			via_report(job, (uint32_t)i, DELIVERY_REFUSED, 0,
				   "not an address that mail can be sent to");
			continue;
		}
		if (err)
			via_fail(job, 0, "%s", strerror(-err));
		m->index = (uint32_t)i;
		m->to = notices[i]->to;
		m->utf8 = message_address_utf8(m->to);
		job->n++;
	}
}

static void run(const struct conf_mail *mail, const struct via *via,
		const struct msg_notice *const *notices, size_t n)
{
	struct via_job job = { .mail = mail, .tls = mail->tls, .report_fd = REPORT_FD };
	int err;

	render_all(&job, notices, n);
	if (!job.n)
		return;
	err = via->session(&job);
	if (err == -EPROTO && job.tls == MAIL_TLS_OPPORTUNISTIC) {
		/* RFC 7435: rather in clear than not at all, where TLS is not required. */
		job.tls = MAIL_TLS_OFF;
		err = via->session(&job);
	}
	if (err == -EPROTO)
		via_fail(&job, 0, "TLS with the mail server could not be established");
}

__attribute__((noreturn)) static void child(const struct conf_mail *mail, const struct via *via,
					    const struct msg_notice *const *notices, size_t n,
					    int fd, pid_t mailer)
{
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != mailer)
		_exit(1);
	/* The engine's socket and the other sessions are none of its business. */
	if (fd != REPORT_FD && dup2(fd, REPORT_FD) < 0)
		_exit(1);
	fcntl(REPORT_FD, F_SETFD, FD_CLOEXEC);
	close_range(REPORT_FD + 1, ~0U, 0);
	run(mail, via, notices, n);
	_exit(0);
}

pid_t session_fork(const struct conf_mail *mail, const struct via *via,
		   const struct msg_notice *const *notices, size_t n, int *report_fd)
{
	pid_t mailer = getpid(), pid;
	int fds[2];

	if (pipe2(fds, O_CLOEXEC))
		return -1;
	pid = fork();
	if (!pid)
		child(mail, via, notices, n, fds[1], mailer);
	close(fds[1]);
	if (pid < 0) {
		close(fds[0]);
		return -1;
	}
	setpgid(pid, pid);
	fcntl(fds[0], F_SETFL, O_NONBLOCK);
	*report_fd = fds[0];
	return pid;
}
