// SPDX-License-Identifier: GPL-2.0
/*
 * Values of the configuration file that name a file. What the rooms need of one
 * is read here, while there are the rights: they have no files of their own.
 */
#include "conf_value.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../common/log.h"

#define SECRET_MAX 1024 /* bytes of a passphrase or password */

#define FIELD(type) ((type *)((char *)object + key->offset))

/* The only value of @entry, which has to be an absolute path; NULL and an error. */
static const struct conf_value *path_value(struct conf_reader *r, uint32_t max,
					   const struct conf_entry *entry)
{
	const struct conf_value *v = conf_one(r, entry);
	size_t len;
	char what[80];

	if (!v)
		return NULL;
	len = strlen(v->text);
	if (len > 1 && len <= max && v->text[0] == '/' && v->text[len - 1] != '/')
		return v;
	snprintf(what, sizeof(what), "the absolute path of a file, up to %u bytes", max);
	conf_expected(r, entry, v, what);
	return NULL;
}

void conf_path(CONF_PARSE_ARGS)
{
	const struct conf_value *v = path_value(r, key->max, entry);

	if (v)
		conf_replace(FIELD(char *), v->text);
}

void conf_file_error(struct conf_reader *r, const struct conf_entry *entry, const char *why)
{
	const struct conf_value *v = &entry->values[0];

	conf_errors_add(r->errors, v->line, "%s: %.200s: %s", entry->key, v->text, why);
}

/* Opens a regular file for reading, with @secret one that is closed to others; -1 and an error. */
static int open_file(struct conf_reader *r, const struct conf_entry *entry, bool secret)
{
	/* O_NONBLOCK: a FIFO must not stop the parent */
	int fd = open(entry->values[0].text, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		conf_file_error(r, entry, strerror(errno));
	else if (!S_ISREG(st.st_mode))
		conf_file_error(r, entry, "expected a regular file");
	else if (secret && (st.st_mode & S_IRWXO))
		conf_file_error(r, entry, "others may read or write this secret: chmod o= FILE");
	else
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

void conf_file(CONF_PARSE_ARGS)
{
	const struct conf_value *v = path_value(r, key->max, entry);
	int fd;

	if (!v)
		return;
	fd = open_file(r, entry, false);
	if (fd < 0)
		return;
	close(fd);
	conf_replace(FIELD(char *), v->text);
}

static void take_secret(CONF_PARSE_ARGS, char *secret)
{
	char why[80];

	secret[strcspn(secret, "\r\n")] = '\0';
	if (strlen(secret) < key->min) {
		snprintf(why, sizeof(why), "expected %u bytes or more in its first line", key->min);
		conf_file_error(r, entry, why);
	} else {
		conf_replace(FIELD(char *), secret);
	}
}

void conf_secret(CONF_PARSE_ARGS)
{
	char secret[SECRET_MAX + 2];
	ssize_t n;
	int fd;

	if (!path_value(r, key->max, entry))
		return;
	fd = open_file(r, entry, true);
	if (fd < 0)
		return;
	n = read(fd, secret, sizeof(secret) - 1);
	close(fd);
	if (n < 0) {
		conf_file_error(r, entry, strerror(errno));
		return;
	}
	secret[n] = '\0';
	if (strcspn(secret, "\r\n") > SECRET_MAX)
		conf_file_error(r, entry, "its first line is longer than 1024 bytes");
	else
		take_secret(r, key, entry, object, secret);
	explicit_bzero(secret, sizeof(secret));
}

/* All of @fd, @max bytes at most, and a NUL; NULL and in *@why the reason. */
static char *read_all(int fd, size_t max, size_t *len, const char **why)
{
	char *buf = malloc(max + 2);
	ssize_t n = 1;

	if (!buf)
		fatal("out of memory");
	for (*len = 0; n > 0 && *len <= max; *len += n) {
		n = read(fd, buf + *len, max + 1 - *len);
		if (n < 0)
			break;
	}
	*why = n < 0	  ? strerror(errno) :
	       *len > max ? "it is too long" :
	       *len	  ? NULL :
			    "it is empty";
	buf[n < 0 ? 0 : *len] = '\0';
	if (!*why)
		return buf;
	explicit_bzero(buf, max + 2);
	free(buf);
	return NULL;
}

char *conf_file_read(struct conf_reader *r, const struct conf_entry *entry, uint32_t max,
		     bool secret, size_t *len)
{
	const char *why;
	size_t size;
	char *buf;
	int fd;

	if (!path_value(r, PATH_MAX, entry))
		return NULL;
	fd = open_file(r, entry, secret);
	if (fd < 0)
		return NULL;
	buf = read_all(fd, max, &size, &why);
	close(fd);
	if (buf && !len && strlen(buf) < size) {
		why = "not a text: contains a NUL byte";
		explicit_bzero(buf, size);
		free(buf);
		buf = NULL;
	}
	if (!buf)
		conf_file_error(r, entry, why);
	else if (len)
		*len = size;
	return buf;
}
