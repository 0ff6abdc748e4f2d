// SPDX-License-Identifier: GPL-2.0
/*
 * What must be there before a room can start: directories, the lock, the user.
 */
#include "start.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../common/log.h"

#define EMPTY_DIR "empty"
#define LOCK_FILE "ringbackd.pid"

/* "/a/b" of "/a/b/c"; @buf: PATH_MAX bytes. */
static const char *dir_of(const char *path, char *buf)
{
	snprintf(buf, PATH_MAX, "%s", path);
	return dirname(buf);
}

/* Makes what is missing of the path @dir, open to all but writable by root only. */
static int make_parents(const char *dir)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s", dir);
	for (char *p = strchr(path + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = '\0';
		if (!mkdir(path, 0755)) {
			if (chmod(path, 0755))
				return -errno;
		} else if (errno != EEXIST) {
			return -errno;
		}
		*p = '/';
	}
	return 0;
}

/* Makes @dir with that owner and mode unless it exists. 1: made, 0: there, -errno. */
static int make_dir(const char *dir, uid_t uid, gid_t gid, mode_t mode)
{
	int err = make_parents(dir);

	if (err)
		return err;
	if (mkdir(dir, 0700))
		return errno == EEXIST ? 0 : -errno;
	return lchown(dir, uid, gid) || chmod(dir, mode) ? -errno : 1;
}

int start_rights(struct rights *r, const struct conf *conf)
{
	char dir[PATH_MAX];
	struct passwd *pw;

	errno = 0;
	pw = getpwnam(conf->user);
	if (!pw || !pw->pw_uid || !pw->pw_gid) {
		int err = errno ? -errno : -ENOENT;

		if (pw)
			log_err("user \"%s\" has root's number; expected an ordinary user",
				conf->user);
		else
			log_err("there is no user \"%s\"; make one with: useradd --system %s",
				conf->user, conf->user);
		return err;
	}
	r->uid = pw->pw_uid;
	r->gid = pw->pw_gid;
	if (asprintf(&r->empty, "%s/" EMPTY_DIR, dir_of(conf->control_path, dir)) < 0)
		fatal("out of memory");
	return 0;
}

/* A root directory that nobody but root can put anything into. */
static int check_empty(const char *dir)
{
	struct stat st;

	if (lstat(dir, &st))
		return -errno;
	if (!S_ISDIR(st.st_mode))
		return -ENOTDIR;
	if (st.st_uid || (st.st_mode & (S_IWGRP | S_IWOTH)))
		return -EPERM;
	return 0;
}

int start_run_dir(const struct rights *r)
{
	int err = make_dir(r->empty, 0, 0, 0755);

	if (err >= 0)
		err = check_empty(r->empty);
	if (err)
		log_err("%s: %s; expected an empty directory of root's", r->empty, strerror(-err));
	return err;
}

static bool user_may_write(const struct stat *st, const struct rights *r)
{
	const mode_t all = S_IWOTH | S_IXOTH;

	if (st->st_uid == r->uid)
		return (st->st_mode & (all << 6)) == all << 6;
	if (st->st_gid == r->gid)
		return (st->st_mode & (all << 3)) == all << 3;
	return (st->st_mode & all) == all;
}

int start_store_dir(const struct conf *conf, const struct rights *r)
{
	char buf[PATH_MAX];
	const char *dir = dir_of(conf->store_path, buf);
	int err = make_dir(dir, r->uid, r->gid, 0750);
	struct stat st;

	if (err >= 0)
		err = stat(dir, &st) ? -errno : 0;
	if (!err && !user_may_write(&st, r))
		err = -EACCES;
	if (err == -EACCES)
		log_err("store directory %s: user \"%s\" may not write in it; make it its own with: "
			"chown %s %s",
			dir, conf->user, conf->user, dir);
	else if (err)
		log_err("store directory %s: %s", dir, strerror(-err));
	return err;
}

int start_lock(const struct conf *conf)
{
	char buf[PATH_MAX], path[PATH_MAX + sizeof(LOCK_FILE)];
	int fd, err;

	snprintf(path, sizeof(path), "%s/" LOCK_FILE, dir_of(conf->control_path, buf));
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd >= 0 && !flock(fd, LOCK_EX | LOCK_NB) && !fchmod(fd, 0644) && !ftruncate(fd, 0) &&
	    dprintf(fd, "%d\n", getpid()) > 0)
		return fd;
	err = -errno;
	if (err == -EWOULDBLOCK)
		log_err("another ringbackd is running: it holds %s", path);
	else
		log_err("%s: %s", path, strerror(-err));
	if (fd >= 0)
		close(fd);
	return err;
}
