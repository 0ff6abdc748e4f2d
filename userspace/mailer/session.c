// SPDX-License-Identifier: GPL-2.0
/*
 * One session in a process of its own: it can crash, hang and leak as it likes. It
 * lives no longer than the mailer.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "../common/room.h"
#include "session.h"

enum { REPORT_FD = 3 };

__attribute__((noreturn)) static void child(const struct lane *lane, const void *const *items,
					    size_t n, int fd, pid_t mailer)
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
	/* The room may, for contact-command; who reads what strangers say may not. */
	if (!lane->programs)
		room_no_programs();
	lane->session(lane->arg, items, n, REPORT_FD);
	_exit(0);
}

pid_t session_fork(const struct lane *lane, const void *const *items, size_t n, int *report_fd)
{
	pid_t mailer = getpid(), pid;
	int fds[2];

	if (pipe2(fds, O_CLOEXEC))
		return -1;
	pid = fork();
	if (!pid)
		child(lane, items, n, fds[1], mailer);
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
