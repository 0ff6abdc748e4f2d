// SPDX-License-Identifier: GPL-2.0
/*
 * The types of values in the configuration file: numbers, words, texts, files.
 */
#include "conf_value.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../common/log.h"

#define SECRET_MAX 1024 /* bytes of a passphrase or password */

#define FIELD(type) ((type *)((char *)object + key->offset))

/* --- helpers --------------------------------------------------------------- */
void *conf_grow(void *array, size_t n, size_t size)
{
	void *p = reallocarray(array, n + 1, size);

	if (!p)
		fatal("out of memory");
	return p;
}

char *conf_strdup(const char *text)
{
	char *p = strdup(text);

	if (!p)
		fatal("out of memory");
	return p;
}

void conf_expected(struct conf_reader *r, const struct conf_entry *entry,
		   const struct conf_value *value, const char *what)
{
	conf_errors_add(r->errors, value ? value->line : entry->line,
			value ? "%s: expected %s, not \"%.200s\"" : "%s: expected %s", entry->key,
			what, value ? value->text : "");
}

const struct conf_value *conf_one(struct conf_reader *r, const struct conf_entry *entry)
{
	if (entry->n == 1)
		return &entry->values[0];
	conf_errors_add(r->errors, entry->line, "%s: expected one value, not %zu", entry->key,
			entry->n);
	return NULL;
}

int conf_word_index(const char *const *words, const char *text)
{
	for (int i = 0; words[i]; i++) {
		if (!strcasecmp(words[i], text))
			return i;
	}
	return -1;
}

const char *conf_word_list(const char *const *words, char *buf, size_t size)
{
	size_t n = 0;

	for (int i = 0; words[i] && n < size; i++) {
		const char *before = !i ? "" : words[i + 1] ? ", " : " or ";

		n += snprintf(buf + n, size - n, "%s\"%s\"", before, words[i]);
	}
	return buf;
}

/* --- numbers and words ----------------------------------------------------- */
/* Decimal digits only: no sign, no octal, no unit. */
static bool parse_number(const char *text, uint32_t *value)
{
	unsigned long long n;
	size_t len = strlen(text);

	if (!len || len > 10 || strspn(text, "0123456789") != len)
		return false;
	n = strtoull(text, NULL, 10);
	*value = n;
	return n <= UINT32_MAX;
}

static bool number(struct conf_reader *r, const struct conf_key *key,
		   const struct conf_entry *entry, uint32_t *value)
{
	const struct conf_value *v = conf_one(r, entry);
	char what[80];

	if (!v)
		return false;
	if (parse_number(v->text, value) && *value >= key->min && *value <= key->max)
		return true;
	snprintf(what, sizeof(what), "%s%sfrom %u to %u", key->unit, *key->unit ? " " : "",
		 key->min, key->max);
	conf_expected(r, entry, v, what);
	return false;
}

void conf_u32(CONF_PARSE_ARGS)
{
	uint32_t value;

	if (number(r, key, entry, &value))
		*FIELD(uint32_t) = value;
}

void conf_u16(CONF_PARSE_ARGS)
{
	uint32_t value;

	if (number(r, key, entry, &value))
		*FIELD(uint16_t) = value;
}

void conf_bool(CONF_PARSE_ARGS)
{
	static const char *const words[] = { "false", "true", "no", "yes", "off", "on", NULL };
	const struct conf_value *v = conf_one(r, entry);
	int i;

	if (!v)
		return;
	i = conf_word_index(words, v->text);
	if (i < 0)
		conf_expected(r, entry, v, "true or false");
	else
		*FIELD(bool) = i & 1;
}

void conf_word(CONF_PARSE_ARGS)
{
	const struct conf_value *v = conf_one(r, entry);
	char what[128];
	int i;

	if (!v)
		return;
	i = conf_word_index(key->words, v->text);
	if (i < 0)
		conf_expected(r, entry, v, conf_word_list(key->words, what, sizeof(what)));
	else
		*FIELD(unsigned int) = i;
}

void conf_words(CONF_PARSE_ARGS)
{
	unsigned int bits = 0;
	char what[128];

	for (size_t n = 0; n < entry->n; n++) {
		int i = conf_word_index(key->words, entry->values[n].text);

		if (i < 0)
			conf_expected(r, entry, &entry->values[n],
				      conf_word_list(key->words, what, sizeof(what)));
		else
			bits |= 1U << i;
	}
	*FIELD(unsigned int) = bits;
}

/* --- texts ----------------------------------------------------------------- */
/* Bytes of the UTF-8 character at @s (RFC 3629), 0 if it is not one. */
static size_t utf8_char(const unsigned char *s)
{
	size_t n = *s < 0x80 ? 1 : *s >= 0xf0 ? 4 : *s >= 0xe0 ? 3 : 2;
	uint32_t c = n == 1 ? *s : *s & (0x7f >> n);
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };

	if (*s > 0xf4 || (*s >= 0x80 && *s < 0xc2))
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	return c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff) ? 0 : n;
}

static bool text_ok(const char *text, bool lines)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t n;

	for (; *s; s += n) {
		n = utf8_char(s);
		if (!n || (iscntrl(*s) && !(lines && (*s == '\n' || *s == '\t'))))
			return false;
	}
	return true;
}

static void replace(char **field, const char *text)
{
	free(*field);
	*field = conf_strdup(text);
}

static void text_value(CONF_PARSE_ARGS, bool lines)
{
	const struct conf_value *v = conf_one(r, entry);
	char what[80];

	if (!v)
		return;
	snprintf(what, sizeof(what), "1 to %u bytes of UTF-8 text%s", key->max,
		 lines ? "" : " in one line");
	if (!*v->text || strlen(v->text) > key->max || !text_ok(v->text, lines))
		conf_expected(r, entry, v, what);
	else
		replace(FIELD(char *), v->text);
}

void conf_line(CONF_PARSE_ARGS)
{
	text_value(r, key, entry, object, false);
}

void conf_lines(CONF_PARSE_ARGS)
{
	text_value(r, key, entry, object, true);
}

void conf_host(CONF_PARSE_ARGS)
{
	const struct conf_value *v = conf_one(r, entry);
	size_t len;

	if (!v)
		return;
	len = strlen(v->text);
	if (!len || len > 253 || v->text[0] == '-' ||
	    strspn(v->text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			    "0123456789-._:") != len)
		conf_expected(r, entry, v, "a host name or an address");
	else
		replace(FIELD(char *), v->text);
}

/*
 * What goes between the angle brackets of MAIL FROM: plain ASCII (RFC 5321), and
 * nothing that the mailer would refuse later (message_address_ok()).
 */
static bool mail_address_ok(const char *text)
{
	const char *at = strchr(text, '@');
	size_t len = strlen(text);

	if (!at || at == text || !at[1] || strchr(at + 1, '@') || len > 254)
		return false;
	for (const char *p = text; *p; p++) {
		if (!isgraph((unsigned char)*p) || strchr("<>()[],;:\\\"", *p))
			return false;
	}
	if (text[0] == '-')
		return false;
	for (const char *p = at + 1; *p; p++) {
		if (!isalnum((unsigned char)*p) && *p != '-' && *p != '.')
			return false;
	}
	return true;
}

void conf_mail_address(CONF_PARSE_ARGS)
{
	const struct conf_value *v = conf_one(r, entry);

	if (!v)
		return;
	if (!mail_address_ok(v->text))
		conf_expected(r, entry, v, "a mail address");
	else
		replace(FIELD(char *), v->text);
}

/* --- files ----------------------------------------------------------------- */
static const struct conf_value *path_value(struct conf_reader *r, const struct conf_key *key,
					   const struct conf_entry *entry)
{
	const struct conf_value *v = conf_one(r, entry);
	size_t len;
	char what[80];

	if (!v)
		return NULL;
	len = strlen(v->text);
	if (len > 1 && len <= key->max && v->text[0] == '/' && v->text[len - 1] != '/')
		return v;
	snprintf(what, sizeof(what), "the absolute path of a file, up to %u bytes", key->max);
	conf_expected(r, entry, v, what);
	return NULL;
}

void conf_path(CONF_PARSE_ARGS)
{
	const struct conf_value *v = path_value(r, key, entry);

	if (v)
		replace(FIELD(char *), v->text);
}

static void file_error(struct conf_reader *r, const struct conf_entry *entry,
		       const struct conf_value *v, const char *why)
{
	conf_errors_add(r->errors, v->line, "%s: %.200s: %s", entry->key, v->text, why);
}

/* Opens a regular file for reading; -1 and an error. */
static int open_file(struct conf_reader *r, const struct conf_entry *entry,
		     const struct conf_value *v, struct stat *st)
{
	/* O_NONBLOCK: a FIFO must not stop the parent */
	int fd = open(v->text, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0 || fstat(fd, st)) {
		file_error(r, entry, v, strerror(errno));
	} else if (!S_ISREG(st->st_mode)) {
		file_error(r, entry, v, "expected a regular file");
	} else {
		return fd;
	}
	if (fd >= 0)
		close(fd);
	return -1;
}

void conf_file(CONF_PARSE_ARGS)
{
	const struct conf_value *v = path_value(r, key, entry);
	struct stat st;
	int fd;

	if (!v)
		return;
	fd = open_file(r, entry, v, &st);
	if (fd < 0)
		return;
	close(fd);
	replace(FIELD(char *), v->text);
}

static void take_secret(CONF_PARSE_ARGS, const struct conf_value *v, char *secret)
{
	char why[80];

	secret[strcspn(secret, "\r\n")] = '\0';
	if (strlen(secret) < key->min) {
		snprintf(why, sizeof(why), "expected %u bytes or more in its first line", key->min);
		file_error(r, entry, v, why);
	} else {
		replace(FIELD(char *), secret);
	}
}

void conf_secret(CONF_PARSE_ARGS)
{
	const struct conf_value *v = path_value(r, key, entry);
	char secret[SECRET_MAX + 2];
	struct stat st;
	ssize_t n;
	int fd;

	if (!v)
		return;
	fd = open_file(r, entry, v, &st);
	if (fd < 0)
		return;
	if (st.st_mode & S_IRWXO) {
		file_error(r, entry, v, "others may read or write this secret: chmod o= FILE");
		close(fd);
		return;
	}
	n = read(fd, secret, sizeof(secret) - 1);
	close(fd);
	if (n < 0) {
		file_error(r, entry, v, strerror(errno));
		return;
	}
	secret[n] = '\0';
	if (strcspn(secret, "\r\n") > SECRET_MAX)
		file_error(r, entry, v, "its first line is longer than 1024 bytes");
	else
		take_secret(r, key, entry, object, v, secret);
	explicit_bzero(secret, sizeof(secret));
}
