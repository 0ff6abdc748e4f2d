// SPDX-License-Identifier: GPL-2.0
/*
 * System call filters of the rooms.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "../common/log.h"
#include "../common/room.h"
#include "rights.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/*
 * Names, not numbers: a call that this architecture or this libseccomp does not
 * know is left out.
 */
static void add_rules(scmp_filter_ctx ctx, uint32_t action, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int nr = seccomp_syscall_resolve_name(names[i]);
		int err = nr == __NR_SCMP_ERROR ? 0 : seccomp_rule_add(ctx, action, nr, 0);

		if (err)
			fatal("seccomp: rule for %s: %s", names[i], strerror(-err));
	}
}

static scmp_filter_ctx filter_new(uint32_t action)
{
	scmp_filter_ctx ctx = seccomp_init(action);

	if (!ctx)
		fatal("seccomp: out of memory");
	return ctx;
}

static void filter_load(scmp_filter_ctx ctx)
{
	int err = seccomp_load(ctx);

	if (err)
		fatal("seccomp: %s", strerror(-err));
	seccomp_release(ctx);
}

/*
 * fcntl and ioctl that leave a socket non-blocking. One that the room handed over
 * it still shares with the engine, and could make the engine wait on it for ever.
 */
static void never_blocking(scmp_filter_ctx ctx)
{
	static const int calls[] = { SCMP_SYS(fcntl), SCMP_SYS(fcntl64) };
	static const int harmless[] = { F_GETFD, F_SETFD, F_GETFL, F_DUPFD, F_DUPFD_CLOEXEC };
	int err = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
				   SCMP_A1(SCMP_CMP_EQ, FIONREAD));

	for (size_t i = 0; !err && i < ARRAY_SIZE(calls); i++) {
		err = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, calls[i], 2,
				       SCMP_A1(SCMP_CMP_EQ, F_SETFL),
				       SCMP_A2(SCMP_CMP_MASKED_EQ, O_NONBLOCK, O_NONBLOCK));
		for (size_t j = 0; !err && j < ARRAY_SIZE(harmless); j++)
			err = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, calls[i], 1,
					       SCMP_A1(SCMP_CMP_EQ, harmless[j]));
	}
	if (err)
		fatal("seccomp: rules for fcntl and ioctl: %s", strerror(-err));
}

/*
 * What a room does with the sockets it was given, and @more; @hands_over: to others,
 * too. The rest kills it.
 */
static void only(const char *const *more, size_t n, bool hands_over)
{
	static const char *const allowed[] = {
		/* the sockets it was given */
		"read",
		"write",
		"readv",
		"writev",
		"recvfrom",
		"recvmsg",
		"recvmmsg",
		"sendto",
		"sendmsg",
		"sendmmsg",
		"getsockname",
		"getpeername",
		"getsockopt",
		"setsockopt",
		"shutdown",
		"close",
		"lseek",
		"_llseek",
		"fstat",
		"fstat64",
		"dup",
		/* waiting */
		"poll",
		"ppoll",
		"ppoll_time64",
		"select",
		"_newselect",
		"pselect6",
		"pselect6_time64",
		"epoll_create1",
		"epoll_ctl",
		"epoll_wait",
		"epoll_pwait",
		"epoll_pwait2",
		"nanosleep",
		"clock_nanosleep",
		"clock_nanosleep_time64",
		"restart_syscall",
		"sched_yield",
		/* time, chance, who am I */
		"clock_gettime",
		"clock_gettime64",
		"clock_getres",
		"gettimeofday",
		"time",
		"times",
		"getrandom",
		"getpid",
		"gettid",
		"getppid",
		"getuid",
		"geteuid",
		"getgid",
		"getegid",
		"uname",
		"sysinfo",
		"getrusage",
		"getrlimit",
		/* memory, but for executable mappings */
		"brk",
		"munmap",
		"mremap",
		"madvise",
		"futex",
		"futex_time64",
		/* signals and the end */
		"rt_sigaction",
		"rt_sigprocmask",
		"rt_sigreturn",
		"sigaltstack",
		"exit",
		"exit_group",
	};
	/* Libraries ask for files and sockets on the side; they get none. */
	static const char *const refused[] = {
		"open",	      "openat",	    "openat2",	  "stat",      "stat64",  "lstat",
		"lstat64",    "newfstatat", "fstatat64",  "statx",     "access",  "faccessat",
		"faccessat2", "readlink",   "readlinkat", "mkdir",     "mkdirat", "unlink",
		"unlinkat",   "rename",	    "renameat",	  "renameat2", "getcwd",  "chmod",
		"fchmod",     "socket",	    "connect",	  "bind",
	};
	scmp_filter_ctx ctx = filter_new(SCMP_ACT_KILL_PROCESS);
	static const int mappings[] = { SCMP_SYS(mmap), SCMP_SYS(mmap2), SCMP_SYS(mprotect) };

	add_rules(ctx, SCMP_ACT_ALLOW, allowed, ARRAY_SIZE(allowed));
	add_rules(ctx, SCMP_ACT_ALLOW, more, n);
	add_rules(ctx, SCMP_ACT_ERRNO(EACCES), refused, ARRAY_SIZE(refused));
	for (size_t i = 0; i < ARRAY_SIZE(mappings); i++) {
		if (seccomp_rule_add(ctx, SCMP_ACT_ALLOW, mappings[i], 1,
				     SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)))
			fatal("seccomp: rule for mappings");
	}
	/* To itself only: the other rooms are processes of the same user. */
	if (seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
			     SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid())) ||
	    seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, SCMP_A0(SCMP_CMP_EQ, 0)))
		fatal("seccomp: rule for the own process");
	if (hands_over)
		never_blocking(ctx);
	filter_load(ctx);
}

void seccomp_only_datagrams(void)
{
	static const char *const more[] = { "fcntl", "fcntl64", "ioctl" };

	only(more, ARRAY_SIZE(more), false);
}

void seccomp_only_connections(void)
{
	static const char *const more[] = {
		"accept",
		"accept4",
		/* a pair for the control protocol; other families make none */
		"socketpair",
		/* what libevent's loop is made of */
		"eventfd2",
		"pipe2",
		"timerfd_create",
		"timerfd_settime",
		"timerfd_settime64",
	};

	only(more, ARRAY_SIZE(more), true);
}

static const char *const execute[] = { "execve", "execveat" };

void room_no_programs(void)
{
	scmp_filter_ctx ctx = filter_new(SCMP_ACT_ALLOW);

	/* Without it a process without rights may have no filter. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		fatal("PR_SET_NO_NEW_PRIVS: %s", strerror(errno));
	add_rules(ctx, SCMP_ACT_ERRNO(EPERM), execute, ARRAY_SIZE(execute));
	filter_load(ctx);
}

void seccomp_no_escape(bool programs)
{
	static const char *const refused[] = {
		/* other processes */
		"ptrace",
		"process_vm_readv",
		"process_vm_writev",
		"kcmp",
		"pidfd_getfd",
		"perf_event_open",
		"userfaultfd",
		/* the file system's shape */
		"mount",
		"umount",
		"umount2",
		"pivot_root",
		"chroot",
		"move_mount",
		"open_tree",
		"fsopen",
		"fspick",
		"fsconfig",
		"fsmount",
		"mount_setattr",
		"open_by_handle_at",
		"quotactl",
		"quotactl_fd",
		"swapon",
		"swapoff",
		"acct",
		"mknod",
		"mknodat",
		/* namespaces; clone is below */
		"unshare",
		"setns",
		/* the kernel */
		"bpf",
		"init_module",
		"finit_module",
		"delete_module",
		"kexec_load",
		"kexec_file_load",
		"reboot",
		"syslog",
		"iopl",
		"ioperm",
		"io_uring_setup",
		"add_key",
		"request_key",
		"keyctl",
		"personality",
		"vhangup",
		"nfsservctl",
		/* the clock and the names of the host */
		"settimeofday",
		"clock_settime",
		"clock_settime64",
		"clock_adjtime",
		"clock_adjtime64",
		"adjtimex",
		"stime",
		"sethostname",
		"setdomainname",
	};
	static const unsigned long new_namespaces[] = {
		CLONE_NEWUSER, CLONE_NEWNS,  CLONE_NEWPID,    CLONE_NEWNET,
		CLONE_NEWIPC,  CLONE_NEWUTS, CLONE_NEWCGROUP,
	};
	/* clone3 keeps its flags in memory, where a filter cannot look: libc
	 * falls back to clone. */
	static const char *const unknown[] = { "clone3" };
	scmp_filter_ctx ctx = filter_new(SCMP_ACT_ALLOW);

	add_rules(ctx, SCMP_ACT_ERRNO(EPERM), refused, ARRAY_SIZE(refused));
	if (!programs)
		add_rules(ctx, SCMP_ACT_ERRNO(EPERM), execute, ARRAY_SIZE(execute));
	add_rules(ctx, SCMP_ACT_ERRNO(ENOSYS), unknown, ARRAY_SIZE(unknown));
	for (size_t i = 0; i < ARRAY_SIZE(new_namespaces); i++) {
		if (seccomp_rule_add(
			    ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
			    SCMP_A0(SCMP_CMP_MASKED_EQ, new_namespaces[i], new_namespaces[i])))
			fatal("seccomp: rule for clone");
	}
	filter_load(ctx);
}
