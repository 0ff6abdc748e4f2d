// SPDX-License-Identifier: GPL-2.0
/* The CSV reader: a line, its two fields, and what they must look like. */
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "../common/addr.h"
#include "../common/msg.h"
#include "csv.h"

/* Two quoted fields in which every byte is a doubled quote, and blanks. */
#define LINE_MAX_BYTES (4 * CSV_FIELD_MAX + 256)

struct line {
	char text[LINE_MAX_BYTES + 1];
	size_t len;
	bool too_long, has_nul;
};

/* One line without its end: 1, 0 at the end of the file, -errno. */
static int read_line(FILE *in, struct line *line)
{
	int c;

	memset(line, 0, sizeof(*line));
	errno = 0;
	while ((c = getc(in)) != EOF && c != '\n') {
		if (c == '\0')
			line->has_nul = true;
		if (line->len < LINE_MAX_BYTES)
			line->text[line->len++] = c;
		else
			line->too_long = true;
	}
	if (ferror(in))
		return errno ? -errno : -EIO;
	if (c == EOF && !line->len)
		return 0;
	if (line->len && line->text[line->len - 1] == '\r')
		line->len--;
	line->text[line->len] = '\0';
	return 1;
}

static const char *skip_blanks(const char *s)
{
	return s + strspn(s, " \t");
}

/* A quoted field at *@s, behind its opening quote. */
static const char *quoted_field(const char **s, char *field)
{
	const char *p = *s;
	size_t n = 0;

	for (;; p++) {
		if (!*p)
			return "a quote is not closed";
		if (*p == '"' && *++p != '"')
			break;
		if (n == CSV_FIELD_MAX)
			return "a field is too long";
		field[n++] = *p;
	}
	field[n] = '\0';
	*s = skip_blanks(p);
	return **s && **s != ',' ? "text follows a closing quote" : NULL;
}

/* The field at *@s, which is left at the comma or the end. NULL, or what is wrong. */
static const char *one_field(const char **s, char *field)
{
	size_t n;

	*s = skip_blanks(*s);
	if (**s == '"') {
		++*s;
		return quoted_field(s, field);
	}
	n = strcspn(*s, ",");
	if (memchr(*s, '"', n))
		return "a quote in a field that is not quoted";
	if (n > CSV_FIELD_MAX)
		return "a field is too long";
	memcpy(field, *s, n);
	*s += n;
	while (n && isblank((unsigned char)field[n - 1]))
		n--;
	field[n] = '\0';
	return NULL;
}

static const char *split(const char *s, struct csv_row *row)
{
	const char *error = one_field(&s, row->key);

	if (error)
		return error;
	if (*s != ',')
		return "expected two columns, key and mail, found one";
	s++;
	error = one_field(&s, row->mail);
	if (!error && *s)
		error = "expected two columns, key and mail, found more";
	return error;
}

static const char *check_key(const char *key)
{
	struct prefix p;
	struct mac m;
	int err;

	if (!mac_parse(&m, key))
		return NULL;
	err = prefix_parse(&p, key);
	if (err == -ERANGE)
		return "the prefix has bits set beyond its length";
	return err ? "the key is not an address, a prefix or a MAC" : NULL;
}

/* Only what can be told at a glance: the daemon has the last word. */
static const char *check_mail(const char *mail)
{
	const char *at = strrchr(mail, '@');

	for (const char *s = mail; *s; s++)
		if (iscntrl((unsigned char)*s) || isspace((unsigned char)*s))
			return "the mail address has blanks or control characters";
	if (!at || at == mail || !at[1])
		return "the mail address is not of the form name@domain";
	return strlen(mail) > MSG_MAIL_MAX ? "the mail address is too long" : NULL;
}

static bool is_header(const struct csv_row *row)
{
	return !strcasecmp(row->key, "key") && !strcasecmp(row->mail, "mail");
}

int csv_read(struct csv *csv, struct csv_row *row)
{
	struct line line;
	const char *text;
	int err;

	for (;;) {
		err = read_line(csv->in, &line);
		if (err <= 0)
			return err;
		text = line.text;
		if (!csv->line++ && !strncmp(text, "\xef\xbb\xbf", 3))
			text += 3;
		text = skip_blanks(text);
		memset(row, 0, sizeof(*row));
		if (line.has_nul)
			row->error = "a NUL byte: this is not a text file";
		else if (line.too_long)
			row->error = "the line is too long";
		else if (!*text || *text == '#')
			continue;
		if (!row->error)
			row->error = split(text, row);
		if (csv->begun || row->error || !is_header(row))
			break;
		csv->begun = true;
	}
	csv->begun = true;
	if (!row->error)
		row->error = check_key(row->key);
	if (!row->error)
		row->error = check_mail(row->mail);
	return 1;
}
