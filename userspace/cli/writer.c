// SPDX-License-Identifier: GPL-2.0
/* What both bodies of the writer have in common: collecting a row. */
#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../common/addr.h"
#include "../common/log.h"
#include "writer_body.h"

static void note(struct writer *w, int err)
{
	if (err && !w->err)
		w->err = err;
}

/* What leaves at a time. */
#define BLOCK 16384

void writer_print(struct writer *w, struct buf *b, bool all)
{
	if (b->failed)
		note(w, -ENOMEM);
	else if (b->len && (all || b->len >= BLOCK)) {
		fwrite(b->data, 1, b->len, w->out);
		b->len = 0;
	}
}

ssize_t writer_plain(const char *text)
{
	const char *s;

	for (s = text; *s; s++)
		if (*s < ' ' || *s > '~' || *s == '"' || *s == '\\')
			return -1;
	return s - text;
}

void writer_start(struct writer *w, const struct column *columns, size_t n, bool live)
{
	assert(n <= WRITER_COLUMNS);
	w->columns = columns;
	w->n_columns = n;
	w->live = live;
	for (size_t i = 0; i < n; i++)
		w->shown[i] = w->body->shows(&columns[i]);
	w->begun = false;
	w->next = 0;
	w->row.len = 0;
	w->body->start(w);
	if (live)
		fflush(w->out);
}

static bool want_colour(void)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(no_color && no_color[0]) && term && strcmp(term, "dumb");
}

struct writer *writer_stdout(bool json)
{
	return json ? writer_json_new(stdout) : writer_text_new(stdout, want_colour());
}

/* The column @key from @i on, or n_columns. */
static size_t find_column(const struct writer *w, size_t i, const char *key)
{
	while (i < w->n_columns && strcmp(w->columns[i].key, key))
		i++;
	return i;
}

/* The columns before @i are absent from the row. */
static void skip_to(struct writer *w, size_t i)
{
	for (; w->next < i; w->next++)
		if (w->shown[w->next])
			w->body->absent(w, w->next);
}

#define HIDDEN SIZE_MAX

/* What is not the next column: absent ones lie between, or it has none. */
static size_t open_further(struct writer *w, const char *key)
{
	size_t i = find_column(w, w->next, key);

	skip_to(w, i);
	w->begun = true;
	if (i < w->n_columns) {
		w->next = i + 1;
		return w->shown[i] ? i : HIDDEN;
	}
	assert(find_column(w, 0, key) == i);
	if (!w->body->extra)
		return HIDDEN;
	w->body->extra(w, key);
	return i;
}

/* The column of the value, n_columns if it has none, or HIDDEN. */
static inline size_t open_value(struct writer *w, const char *key)
{
	size_t i = w->next;

	/* Mostly it is the same literal. */
	if (i == w->n_columns || w->columns[i].key != key)
		return open_further(w, key);
	w->begun = true;
	w->next++;
	return w->shown[i] ? i : HIDDEN;
}

static void write_value(struct writer *w, const char *key, const json_t *value)
{
	size_t i = open_value(w, key);

	if (i != HIDDEN)
		w->body->value(w, i, value);
}

void writer_attr(struct writer *w, const char *key, json_t *value)
{
	if (value)
		write_value(w, key, value);
	else
		note(w, -ENOMEM);
	json_decref(value);
}

void writer_row(struct writer *w, const json_t *row)
{
	const json_t *value;
	const char *key;

	for (size_t i = w->next; i < w->n_columns; i++) {
		value = json_object_get(row, w->columns[i].key);
		if (value)
			write_value(w, w->columns[i].key, value);
	}
	json_object_foreach((json_t *)row, key, value)
		if (find_column(w, 0, key) == w->n_columns)
			write_value(w, key, value);
}

void writer_text(struct writer *w, const char *key, const char *text)
{
	size_t i = open_value(w, key);

	if (i == HIDDEN)
		return;
	if (text)
		w->body->text(w, i, text);
	else
		w->body->absent(w, i);
}

void writer_word(struct writer *w, const char *key, const char *word)
{
	size_t i = open_value(w, key);

	if (i == HIDDEN)
		return;
	if (word)
		w->body->word(w, i, word, strlen(word));
	else
		w->body->absent(w, i);
}

void writer_number(struct writer *w, const char *key, uint64_t n)
{
	size_t i = open_value(w, key);

	if (i != HIDDEN)
		w->body->number(w, i, n);
}

void writer_time(struct writer *w, const char *key, int64_t t)
{
	size_t i = open_value(w, key);

	if (i == HIDDEN)
		return;
	if (t)
		w->body->time(w, i, t);
	else
		w->body->absent(w, i);
}

void writer_service(struct writer *w, uint8_t proto, uint16_t port)
{
	const struct portrange r = { proto, port, port };
	char name[8], service[SERVICE_STRLEN];
	size_t i = open_value(w, "service");

	if (i != HIDDEN)
		w->body->word(w, i, service, strlen(portrange_format(&r, service)));
	writer_word(w, "proto", proto_format(proto, name));
	writer_number(w, "port", port);
}

void writer_end(struct writer *w)
{
	if (w->begun) {
		skip_to(w, w->n_columns);
		if (w->row.failed)
			note(w, -ENOMEM);
		if (!w->err)
			w->body->end(w);
	}
	w->begun = false;
	w->next = 0;
	if (w->live && fflush(w->out))
		note(w, -errno);
}

void writer_data(struct writer *w, const char *fmt, ...)
{
	char raw[512], line[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	log_escape(line, sizeof(line), raw);
	w->body->data(w, line);
}

int writer_finish(struct writer *w)
{
	if (!w->err)
		w->body->finish(w);
	errno = 0;
	if (fflush(w->out) || ferror(w->out))
		note(w, errno ? -errno : -EIO);
	return w->err;
}

void writer_free(struct writer *w)
{
	if (!w)
		return;
	buf_free(&w->row);
	w->body->free(w);
}
