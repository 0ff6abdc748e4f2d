// SPDX-License-Identifier: GPL-2.0
#include "conf_fake.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static char dir[] = "/tmp/ringback-test-conf-XXXXXX";

static void put_bytes(const char *name, const char *bytes, size_t n, mode_t mode)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, n), n);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static void put_file(const char *name, const char *text, mode_t mode)
{
	put_bytes(name, text, strlen(text), mode);
}

/* Reads @text, in which "@" stands for the directory of the tests' files. */
struct conf *conf_text_read(const char *text, struct conf_errors *errors)
{
	static char buf[65536], path[128];
	char *out = buf;

	for (const char *p = text; *p; p++) {
		if (p[0] == '@' && p[1] == '/')
			out += sprintf(out, "%s", dir);
		else
			*out++ = *p;
	}
	*out = '\0';
	put_file("ringback.conf", buf, 0600);
	snprintf(path, sizeof(path), "%s/ringback.conf", dir);
	return conf_read(path, errors);
}

struct conf *conf_good(const char *text)
{
	struct conf_errors errors = { 0 };
	struct conf *conf = conf_text_read(text, &errors);

	for (size_t i = 0; i < errors.n; i++)
		print_error("unexpected: %s\n", errors.list[i].text);
	conf_errors_free(&errors);
	assert_non_null(conf);
	return conf;
}

/* "@/" in what is expected stands for the directory too. */
static bool begins(const char *text, const char *expected)
{
	char buf[256], *out = buf;

	for (const char *p = expected; *p; p++) {
		if (p[0] == '@' && p[1] == '/')
			out += sprintf(out, "%s", dir);
		else
			*out++ = *p;
	}
	*out = '\0';
	return !strncmp(text, buf, strlen(buf));
}

static int check_mistake(const struct mistake *m)
{
	struct conf_errors errors = { 0 };
	struct conf *conf = conf_text_read(m->text, &errors);
	size_t n = 0, wrong = 0;

	while (n < 8 && m->errors[n])
		n++;
	for (size_t i = 0; i < n && i < errors.n; i++)
		wrong += !begins(errors.list[i].text, m->errors[i]);
	wrong += errors.n != n || (conf == NULL) != (n > 0);
	if (wrong) {
		print_error("--- text:\n%s--- expected:\n", m->text);
		for (size_t i = 0; i < n; i++)
			print_error("%s\n", m->errors[i]);
		print_error("--- said:\n");
		for (size_t i = 0; i < errors.n; i++)
			print_error("%s\n", errors.list[i].text);
	}
	conf_errors_free(&errors);
	conf_free(conf);
	return wrong != 0;
}

void check_mistakes(const struct mistake *mistakes, size_t n)
{
	int wrong = 0;

	for (size_t i = 0; i < n; i++)
		wrong += check_mistake(&mistakes[i]);
	assert_int_equal(wrong, 0);
}

int conf_files_make(void **state)
{
	static char big[64 * 1024 + 1];
	char path[128], line[1200];

	(void)state;
	memset(big, 'x', sizeof(big));
	if (!mkdtemp(dir))
		return -1;
	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\0';
	put_file("key", "a secret of some length\nsecond line\n", 0640);
	put_file("crlf", "crlf secret\r\n", 0600);
	put_file("open", "a secret of some length\n", 0644);
	put_file("short", "1234567\n", 0600);
	put_file("long", line, 0600);
	put_file("empty", "", 0600);
	put_file("latin1", "caf\351\n", 0600);
	put_file("page.html", "<p>{page}</p>\n", 0644);
	put_file("chain", "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n", 0640);
	put_file("pem", "-----BEGIN EC PRIVATE KEY-----\nAA==\n-----END EC PRIVATE KEY-----\n",
		 0600);
	put_file("locked", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAA==\n-----END ", 0600);
	put_bytes("logo.png", "\x89PNG\r\n\x1a\n\0\0\0\r", 12, 0644);
	put_bytes("big", big, sizeof(big), 0644);
	snprintf(path, sizeof(path), "%s/fifo", dir);
	return mkfifo(path, 0600);
}

int conf_files_remove(void **state)
{
	static const char *const names[] = { "key",	 "crlf", "open",	 "short",
					     "long",	 "fifo", "empty",	 "latin1",
					     "chain",	 "pem",	 "locked",	 "page.html",
					     "logo.png", "big",	 "ringback.conf" };
	char path[128];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		unlink(path);
	}
	return rmdir(dir);
}
