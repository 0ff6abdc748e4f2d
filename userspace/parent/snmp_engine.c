// SPDX-License-Identifier: GPL-2.0
/*
 * The identity of our SNMP engine on disk. Its directory belongs to the rooms'
 * user, so no step follows a link or trusts a file that root did not write.
 */
#include "snmp_engine.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../common/log.h"

#define FILE_NAME "snmp-engine"
#define FILE_NEW  "snmp-engine.new"
#define FORMAT	  "engine-id %s\nboots %u\n"
#define TEXT_MAX  128
#define BOOTS_MAX 2147483647U

/*
 * RFC 3411, 5: the enterprise of net-snmp, whose library speaks for us, with
 * the first bit set; then 5 for "octets" and eight random ones.
 */
static int make_engine_id(char *engine_id)
{
	unsigned char octets[8];

	if (getrandom(octets, sizeof(octets), 0) != sizeof(octets))
		return -errno;
	strcpy(engine_id, "80001f8805");
	for (size_t i = 0; i < sizeof(octets); i++)
		sprintf(engine_id + strlen(engine_id), "%02x", octets[i]);
	return 0;
}

static bool text_parse(const char *text, char *engine_id, uint32_t *boots)
{
	char again[TEXT_MAX];
	size_t len;

	if (sscanf(text, "engine-id %64[0-9a-f] boots %u", engine_id, boots) != 2)
		return false;
	len = strlen(engine_id);
	snprintf(again, sizeof(again), FORMAT, engine_id, *boots);
	return len >= 10 && len % 2 == 0 && *boots >= 1 && *boots <= BOOTS_MAX &&
	       !strcmp(text, again);
}

/* 0, -ENOENT: there is none yet, -EBADMSG: not as we write it, -errno. */
static int load(int dir, char *engine_id, uint32_t *boots)
{
	int fd = openat(dir, FILE_NAME, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	char text[TEXT_MAX];
	struct stat st;
	ssize_t n;
	int err = 0;

	if (fd < 0)
		return -errno;
	n = fstat(fd, &st) ? -1 : read(fd, text, sizeof(text) - 1);
	if (n < 0)
		err = -errno;
	close(fd);
	if (err)
		return err;
	text[n] = '\0';
	return S_ISREG(st.st_mode) && !st.st_uid && text_parse(text, engine_id, boots) ? 0 :
											 -EBADMSG;
}

static int save(int dir, const char *engine_id, uint32_t boots)
{
	char text[TEXT_MAX];
	int len = snprintf(text, sizeof(text), FORMAT, engine_id, boots);
	int fd, err = 0;

	if (unlinkat(dir, FILE_NEW, 0) && errno != ENOENT)
		return -errno;
	fd = openat(dir, FILE_NEW, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	errno = EIO; /* a short write says no more */
	if (write(fd, text, len) != len || fsync(fd) || renameat(dir, FILE_NEW, dir, FILE_NAME) ||
	    fsync(dir))
		err = -errno;
	close(fd);
	return err;
}

static int next_boots(int dir, char *engine_id, uint32_t *boots)
{
	int err = load(dir, engine_id, boots);

	if (err && err != -ENOENT)
		return err;
	if (err || *boots == BOOTS_MAX) {
		/* RFC 3414, 2.2.2: at its end the number cannot serve any more */
		err = make_engine_id(engine_id);
		*boots = 0;
	}
	++*boots;
	return err ?: save(dir, engine_id, *boots);
}

int snmp_engine_next(const char *store_path, char *engine_id, uint32_t *boots)
{
	char path[PATH_MAX], *name;
	int dir, err;

	snprintf(path, sizeof(path), "%s", store_path);
	name = dirname(path);
	dir = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0) {
		err = -errno;
	} else {
		err = next_boots(dir, engine_id, boots);
		close(dir);
	}
	if (err == -EBADMSG)
		log_err("%s/" FILE_NAME
			": damaged or not root's; remove it to get a new SNMP engine ID",
			name);
	else if (err)
		log_err("%s/" FILE_NAME ": %s", name, strerror(-err));
	return err;
}
