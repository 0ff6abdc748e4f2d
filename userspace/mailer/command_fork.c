// SPDX-License-Identifier: GPL-2.0
/*
 * A process for the contact command: no shell, nothing of ours but two pipes, few
 * rights and limited means. It lives no longer than the mailer.
 */
#include "command_fork.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB (1024UL * 1024UL)

/* --- the child ---------------------------------------------------------------- */

/* Generous for a lookup, an end for what runs away. */
static void set_limits(const struct conf_lookup *conf)
{
	const struct {
		int what;
		rlim_t most;
	} limits[] = {
		{ RLIMIT_CORE, 0 },	   { RLIMIT_CPU, conf->timeout + 1 },
		{ RLIMIT_AS, 1024 * MIB }, { RLIMIT_FSIZE, 16 * MIB },
		{ RLIMIT_NOFILE, 128 },	   { RLIMIT_NPROC, 512 }, /* of our user in all */
	};
	size_t i;

	for (i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
		struct rlimit r = { limits[i].most, limits[i].most }, now;

		/* Never more than we have. */
		if (getrlimit(limits[i].what, &now) == 0 && now.rlim_max < r.rlim_max)
			continue;
		setrlimit(limits[i].what, &r);
	}
}

static size_t count_args(char *const *argv)
{
	size_t n = 0;

	while (argv[n])
		n++;
	return n;
}

__attribute__((noreturn)) static void execute(const struct conf_lookup *conf,
					      const struct msg_lookup *about)
{
	static char *const environment[] = { "PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
					     "LC_ALL=C.UTF-8", NULL };
	char client[ADDR_STRLEN], mac[ADDR_STRLEN] = "";
	size_t n = count_args(conf->argv);
	char **argv = calloc(n + 3, sizeof(*argv));

	if (!argv)
		_exit(127);
	memcpy(argv, conf->argv, n * sizeof(*argv));
	addr_format(&about->client, client);
	if (about->has_mac)
		mac_format(&about->mac, mac);
	argv[n] = client;
	argv[n + 1] = mac;
	set_limits(conf);
	execve(argv[0], argv, environment);
	dprintf(STDERR_FILENO, "cannot be executed: %s\n", strerror(errno));
	_exit(127);
}

__attribute__((noreturn)) static void child(const struct conf_lookup *conf,
					    const struct msg_lookup *about, int out, int err,
					    pid_t mailer)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (getppid() != mailer || null < 0 || dup2(null, STDIN_FILENO) < 0 ||
	    dup2(out, STDOUT_FILENO) < 0 || dup2(err, STDERR_FILENO) < 0 ||
	    close_range(STDERR_FILENO + 1, ~0U, 0) < 0 || chdir("/") < 0)
		_exit(127);
	signal(SIGPIPE, SIG_DFL);
	umask(077);
	execute(conf, about);
}

/* --- the mailer ----------------------------------------------------------------- */

void command_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Pipes with our ends first. All or none. */
static int make_pipes(int out[2], int err[2])
{
	int rc;

	if (pipe2(out, O_CLOEXEC) < 0)
		return -errno;
	if (pipe2(err, O_CLOEXEC) < 0) {
		rc = -errno;
		close(out[0]);
		close(out[1]);
		return rc;
	}
	fcntl(out[0], F_SETFL, O_NONBLOCK);
	fcntl(err[0], F_SETFL, O_NONBLOCK);
	return 0;
}

int command_fork(struct command_process *p, const struct conf_lookup *conf,
		 const struct msg_lookup *about)
{
	pid_t mailer = getpid();
	int out[2], err[2];
	int rc = make_pipes(out, err);

	if (rc < 0)
		return rc;
	p->pid = fork();
	if (!p->pid)
		child(conf, about, out[1], err[1], mailer);
	rc = p->pid < 0 ? -errno : 0;
	close(out[1]);
	close(err[1]);
	*p = (struct command_process){ .pid = p->pid, .pidfd = -1, .out = out[0], .err = err[0] };
	if (rc == 0) {
		setpgid(p->pid, p->pid);
		p->pidfd = pidfd_open(p->pid, 0);
		if (p->pidfd >= 0)
			return 0;
		rc = -errno;
		command_end(p);
	}
	command_close(&p->out);
	command_close(&p->err);
	return rc;
}

bool command_ended(const struct command_process *p)
{
	siginfo_t info = { 0 };

	return waitid(P_PID, p->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
	       info.si_pid == p->pid;
}

int command_end(struct command_process *p)
{
	int status = 0;

	/* Before it is waited for: until then nobody else can have the number. */
	kill(-p->pid, SIGKILL);
	kill(p->pid, SIGKILL);
	while (waitpid(p->pid, &status, 0) < 0 && errno == EINTR)
		;
	command_close(&p->pidfd);
	command_close(&p->out);
	command_close(&p->err);
	return status;
}
