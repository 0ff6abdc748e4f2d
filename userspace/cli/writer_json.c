// SPDX-License-Identifier: GPL-2.0
/* The JSON body: one array with a row a line; live, one object a line. */
#include <stdlib.h>

#include "../common/log.h"
#include "../common/timefmt.h"
#include "writer_body.h"

struct json_writer {
	struct writer w;
	bool any, open; /* a row is printed, has begun */
	struct buf keys; /* ', "client": , "server": ' .. */
	struct {
		size_t start, len;
	} key[WRITER_COLUMNS]; /* of each column, in keys */
};

static int add(const char *bytes, size_t n, void *to)
{
	buf_add(to, bytes, n);
	return 0;
}

static void add_value(struct buf *to, const json_t *value)
{
	if (json_dump_callback(value, add, to, JSON_ENCODE_ANY))
		to->failed = true;
}

/* What needs escapes is left to jansson, which refuses what is not UTF-8. */
static void add_odd_string(struct buf *to, const char *s)
{
	json_t *string = json_string(s);

	if (!string) {
		size_t size = strlen(s) * 4 + 1;
		char *escaped = malloc(size);

		if (escaped) {
			log_escape(escaped, size, s);
			string = json_string(escaped);
			free(escaped);
		}
	}
	add_value(to, string);
	json_decref(string);
}

static inline void add_word(struct buf *to, const char *s, size_t n)
{
	if (!buf_reserve(to, n + 2))
		return;
	to->data[to->len] = '"';
	memcpy(to->data + to->len + 1, s, n);
	to->data[to->len + n + 1] = '"';
	to->len += n + 2;
}

static void add_string(struct buf *to, const char *s)
{
	ssize_t n = writer_plain(s);

	if (n < 0)
		add_odd_string(to, s);
	else
		add_word(to, s, n);
}

static void open_row(struct json_writer *j)
{
	struct buf *row = &j->w.row;

	if (j->w.live)
		buf_add(row, "{", 1);
	else
		buf_str(row, j->any ? ",\n {" : "\n {");
	j->any = j->open = true;
}

static inline void add_key(struct writer *w, size_t i)
{
	struct json_writer *j = (struct json_writer *)w;
	size_t comma = 0;

	if (i == w->n_columns)
		return; /* extra() wrote it */
	if (!j->open) {
		open_row(j);
		comma = 2;
	}
	buf_add(&w->row, j->keys.data + j->key[i].start + comma, j->key[i].len - comma);
}

static void extra(struct writer *w, const char *key)
{
	struct json_writer *j = (struct json_writer *)w;

	if (j->open)
		buf_add(&w->row, ", ", 2);
	else
		open_row(j);
	add_string(&w->row, key);
	buf_add(&w->row, ": ", 2);
}

static void absent(struct writer *w, size_t i)
{
	add_key(w, i);
	buf_add(&w->row, "null", 4);
}

static void word(struct writer *w, size_t i, const char *s, size_t n)
{
	add_key(w, i);
	add_word(&w->row, s, n);
}

static void text(struct writer *w, size_t i, const char *s)
{
	add_key(w, i);
	add_string(&w->row, s);
}

static void number(struct writer *w, size_t i, uint64_t n)
{
	add_key(w, i);
	buf_number(&w->row, n);
}

static void write_time(struct writer *w, size_t i, int64_t t)
{
	char s[TIME_STRLEN];

	time_rfc3339(t, s);
	word(w, i, s, strlen(s));
}

static void value(struct writer *w, size_t i, const json_t *json)
{
	add_key(w, i);
	add_value(&w->row, json);
}

static bool shows(const struct column *col)
{
	return !(col->flags & COL_TEXT_ONLY);
}

static void start(struct writer *w)
{
	struct json_writer *j = (struct json_writer *)w;

	j->any = j->open = false;
	j->keys.len = 0;
	for (size_t i = 0; i < w->n_columns; i++) {
		j->key[i].start = j->keys.len;
		buf_add(&j->keys, ", ", 2);
		add_string(&j->keys, w->columns[i].key);
		buf_add(&j->keys, ": ", 2);
		j->key[i].len = j->keys.len - j->key[i].start;
	}
	if (j->keys.failed)
		w->row.failed = true;
	if (!w->live)
		buf_add(&w->row, "[", 1);
}

static void end(struct writer *w)
{
	buf_str(&w->row, w->live ? "}\n" : "}");
	((struct json_writer *)w)->open = false;
	writer_print(w, &w->row, w->live);
}

static void finish(struct writer *w)
{
	if (!w->live)
		buf_str(&w->row, ((struct json_writer *)w)->any ? "\n]\n" : "]\n");
	writer_print(w, &w->row, true);
}

static void data(struct writer *w, const char *line)
{
	(void)w;
	(void)line;
}

static void destroy(struct writer *w)
{
	buf_free(&((struct json_writer *)w)->keys);
	free(w);
}

struct writer *writer_json_new(FILE *out)
{
	static const struct writer_body body = {
		.shows = shows,
		.start = start,
		.extra = extra,
		.absent = absent,
		.word = word,
		.text = text,
		.number = number,
		.time = write_time,
		.value = value,
		.end = end,
		.finish = finish,
		.data = data,
		.free = destroy,
	};
	struct json_writer *j = calloc(1, sizeof(*j));

	if (!j)
		return NULL;
	j->w.body = &body;
	j->w.out = out;
	return &j->w;
}
