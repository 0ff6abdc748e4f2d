// SPDX-License-Identifier: GPL-2.0
/*
 * How a room gives up what it does not need: one visible block per room.
 */
#include "rights.h"

#include <errno.h>
#include <grp.h>
#include <libgen.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../common/log.h"

#define FILES_BESIDE 128 /* sockets that listen, the loop, the other rooms, the status page */

void rights_guard_memory(void)
{
	const struct rlimit none = { 0, 0 };

	if (setrlimit(RLIMIT_CORE, &none) || prctl(PR_SET_DUMPABLE, 0))
		fatal("core dumps cannot be turned off: %s", strerror(errno));
}

static void enter(const char *dir)
{
	if (chroot(dir) || chdir("/"))
		fatal("%s: cannot be made the root directory: %s", dir, strerror(errno));
}

/* An empty directory over that of the store, if that is the user's own and not a shared one. */
static int cover_store(const char *store, const struct rights *r)
{
	char path[PATH_MAX], *dir;
	struct stat st;

	snprintf(path, sizeof(path), "%s", store);
	dir = dirname(path);
	if (stat(dir, &st))
		return -1;
	return st.st_uid == r->uid ? mount(r->empty, dir, NULL, MS_BIND, NULL) : 0;
}

/*
 * The rooms are one user, who owns the store and may ask at the control socket. From one
 * that speaks with strangers and needs this host's files both are hidden, in a view of
 * its own of what is mounted; what the host mounts later still comes into it. A container
 * may forbid that, and then the room does its work all the same.
 */
static void hide_store(const struct conf *conf, const struct rights *r)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) ||
	    cover_store(conf->store_path, r) ||
	    mount("/dev/null", conf->control_path, NULL, MS_BIND, NULL))
		log_warn("the store cannot be hidden from this process: %s", strerror(errno));
}

/* The bounding set is what a set-user-ID program could regain. */
static void drop_bounding_set(void)
{
	for (cap_value_t cap = 0; cap < cap_max_bits(); cap++) {
		if (cap_drop_bound(cap))
			fatal("capabilities cannot be dropped: %s", strerror(errno));
	}
}

/* Changing the user clears the capabilities, but for those of @keep_caps. */
static void become(const struct rights *r, bool keep_caps)
{
	if (prctl(PR_SET_KEEPCAPS, keep_caps) || setgroups(0, NULL) ||
	    setresgid(r->gid, r->gid, r->gid) || setresuid(r->uid, r->uid, r->uid))
		fatal("cannot become user %u: %s", r->uid, strerror(errno));
}

static void keep_only(const cap_value_t *caps, int n)
{
	cap_t set = cap_init();

	if (!set ||
	    (n && (cap_set_flag(set, CAP_PERMITTED, n, caps, CAP_SET) ||
		   cap_set_flag(set, CAP_EFFECTIVE, n, caps, CAP_SET))) ||
	    cap_set_proc(set))
		fatal("capabilities cannot be reduced: %s", strerror(errno));
	cap_free(set);
}

static void no_new_privs(void)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		fatal("PR_SET_NO_NEW_PRIVS: %s", strerror(errno));
}

/* A change of user undoes both, so this comes after it. */
static void stay_close(pid_t parent)
{
	rights_guard_memory();
	if (prctl(PR_SET_PDEATHSIG, SIGKILL))
		fatal("PR_SET_PDEATHSIG: %s", strerror(errno));
	if (getppid() != parent)
		_exit(0); /* it died before we asked to be told */
}

/* Descriptors for @connections, and for what else a room has open. */
static void allow_connections(uint32_t connections)
{
	const struct rlimit files = { connections + FILES_BESIDE, connections + FILES_BESIDE };

	if (setrlimit(RLIMIT_NOFILE, &files))
		fatal("cannot have %u descriptors: %s", (unsigned int)files.rlim_max,
		      strerror(errno));
}

void rights_drop(enum room room, const struct conf *conf, const struct rights *r, pid_t parent)
{
	static const cap_value_t net_admin = CAP_NET_ADMIN;

	switch (room) {
	case ROOM_ENGINE: /* the store's files, netlink, probes, the control socket */
		drop_bounding_set();
		become(r, true);
		keep_only(&net_admin, 1);
		stay_close(parent);
		no_new_privs();
		seccomp_no_escape(false);
		break;
	case ROOM_TRAPS: /* datagrams on sockets it already has */
		enter(r->empty);
		drop_bounding_set();
		become(r, false);
		keep_only(NULL, 0);
		stay_close(parent);
		no_new_privs();
		seccomp_only_datagrams();
		break;
	case ROOM_MAILER: /* the network, the resolver's files, contact-command */
		hide_store(conf, r);
		if (conf->mail.client == MAIL_SENDMAIL) {
			/*
			 * The local MTA's submission program is set-group-ID
			 * (postdrop) or set-user-ID (exim): under no_new_privs
			 * it could not write its queue, and without that no
			 * system call filter can be had.
			 */
			become(r, false);
			stay_close(parent);
			break;
		}
		drop_bounding_set();
		become(r, false);
		keep_only(NULL, 0);
		stay_close(parent);
		no_new_privs();
		seccomp_no_escape(conf->lookup.argv != NULL);
		break;
	case ROOM_AGENTX: /* the socket of snmpd, again whenever that was restarted */
		hide_store(conf, r);
		drop_bounding_set();
		become(r, false);
		keep_only(NULL, 0);
		stay_close(parent);
		no_new_privs();
		seccomp_no_escape(false);
		break;
	case ROOM_WEB: /* connections on sockets it already has */
		allow_connections(conf->web.connections);
		enter(r->empty);
		drop_bounding_set();
		become(r, false);
		keep_only(NULL, 0);
		stay_close(parent);
		no_new_privs();
		seccomp_only_connections();
		break;
	case ROOM_PARENT:
	case ROOM_MAX:
		abort();
	}
}
