// SPDX-License-Identifier: GPL-2.0
/*
 * The text body: a table with a header row. Rows are kept in w.row, a cell with
 * its NUL behind the other, until all widths are known; live rows leave at once,
 * and a column grows when a value needs it.
 */
#include <stdlib.h>
#include <time.h>

#include "../common/log.h"
#include "../common/timefmt.h"
#include "writer_body.h"

#define DAY 86400

/* Of this many days the distance to UTC is known at a time. */
#define N_DAYS 8

/* A day of UTC through which local time keeps its distance. */
struct zone_day {
	int64_t start, end; /* seconds since the Epoch */
	long offset;
};

struct text_writer {
	struct writer w;
	bool colour;
	size_t width[WRITER_COLUMNS]; /* characters */
	bool wide[WRITER_COLUMNS]; /* a value has more bytes than characters */
	size_t first, last; /* of the columns shown */
	struct buf line; /* lines to be printed */
	struct zone_day zone[N_DAYS];
};

/* Characters, not bytes: all bytes but those that continue one. */
static size_t width_of(const struct text_writer *t, size_t i, const char *s, size_t len)
{
	size_t n = len;

	if (t->wide[i])
		for (size_t k = 0; k < len; k++)
			n -= (s[k] & 0xc0) == 0x80;
	return n;
}

static long offset_at(time_t sec)
{
	struct tm tm;

	return localtime_r(&sec, &tm) ? tm.tm_gmtoff : 0;
}

/* Seconds that local time is ahead at @sec. */
static long local_offset(struct text_writer *t, int64_t sec)
{
	struct zone_day *day = &t->zone[sec / DAY & (N_DAYS - 1)];
	int64_t start = sec / DAY * DAY;
	long offset;

	if (sec >= day->start && sec < day->end)
		return day->offset;
	offset = offset_at(start);
	if (sec < 0 || offset != offset_at(start + DAY))
		return offset_at(sec);
	*day = (struct zone_day){ start, start + DAY, offset };
	return offset;
}

/* "18:07:10" today, "2026-11-21 18:07" on other days, local time. */
static void add_seconds(struct text_writer *t, int64_t sec)
{
	struct buf *to = &t->w.row;
	int64_t now = time(NULL);
	char s[TIME_STRLEN];

	now += local_offset(t, now);
	sec += local_offset(t, sec);
	time_iso8601(sec, s);
	s[10] = ' ';
	if (sec / DAY == now / DAY)
		buf_add(to, s + 11, 8);
	else
		buf_add(to, s, 16);
}

/* Seconds of an RFC 3339 string in UTC; -1: it is none, or from before the Epoch. */
static int64_t parse_time(const char *s)
{
	struct tm tm = { 0 };

	if (!strptime(s, "%Y-%m-%dT%H:%M:%S", &tm) || s[strlen(s) - 1] != 'Z')
		return -1;
	return timegm(&tm);
}

/* Ends the cell of column @i that begins at @start of w.row. */
static void end_cell(struct text_writer *t, size_t i, size_t start)
{
	struct buf *row = &t->w.row;
	size_t width;

	if (row->len == start)
		buf_add(row, "-", 1);
	buf_add(row, "", 1);
	if (row->failed)
		return;
	width = width_of(t, i, row->data + start, row->len - 1 - start);
	if (width > t->width[i])
		t->width[i] = width;
}

static void word(struct writer *w, size_t i, const char *s, size_t n)
{
	size_t start = w->row.len;

	buf_add(&w->row, s, n);
	end_cell((struct text_writer *)w, i, start);
}

static void absent(struct writer *w, size_t i)
{
	word(w, i, "-", 1);
}

static void text(struct writer *w, size_t i, const char *s)
{
	struct text_writer *t = (struct text_writer *)w;
	int64_t sec = w->columns[i].flags & COL_TIME ? parse_time(s) : -1;
	size_t start = w->row.len;
	ssize_t n = writer_plain(s);

	if (sec >= 0) {
		add_seconds(t, sec);
	} else if (n >= 0) {
		buf_add(&w->row, s, n);
	} else if (buf_reserve(&w->row, strlen(s) * 4 + 1)) {
		w->row.len += log_escape(w->row.data + start, w->row.room - start, s);
		t->wide[i] = true;
	}
	end_cell(t, i, start);
}

static void number(struct writer *w, size_t i, uint64_t n)
{
	size_t start = w->row.len;

	buf_number(&w->row, n);
	end_cell((struct text_writer *)w, i, start);
}

static void write_time(struct writer *w, size_t i, int64_t ns)
{
	size_t start = w->row.len;

	add_seconds((struct text_writer *)w, ns / NSEC_PER_SEC);
	end_cell((struct text_writer *)w, i, start);
}

/* A list as "a,b". */
static void write_array(struct writer *w, size_t i, const json_t *list)
{
	struct buf joined = { 0 };
	size_t k;
	json_t *item;

	json_array_foreach(list, k, item) {
		if (k)
			buf_add(&joined, ",", 1);
		buf_str(&joined, json_is_string(item) ? json_string_value(item) : "?");
	}
	buf_add(&joined, "", 1);
	if (joined.failed)
		w->row.failed = true;
	else
		text(w, i, joined.data);
	buf_free(&joined);
}

static void value(struct writer *w, size_t i, const json_t *json)
{
	char *dump;

	switch (json_typeof(json)) {
	case JSON_STRING:
		text(w, i, json_string_value(json));
		break;
	case JSON_NULL:
		absent(w, i);
		break;
	case JSON_TRUE:
		text(w, i, "yes");
		break;
	case JSON_FALSE:
		text(w, i, "no");
		break;
	case JSON_ARRAY:
		write_array(w, i, json);
		break;
	default:
		dump = json_dumps(json, JSON_ENCODE_ANY);
		if (dump)
			text(w, i, dump);
		else
			w->row.failed = true;
		free(dump);
	}
}

static const char *colour_of(const struct text_writer *t, const struct column *col,
			     const char *cell)
{
	static const struct {
		const char *word, *colour;
	} palette[] = {
		{ "down", "\033[31m" },	   { "failed", "\033[31m" },  { "open", "\033[31m" },
		{ "refused", "\033[31m" }, { "pending", "\033[33m" }, { "suspect", "\033[33m" },
		{ "partial", "\033[33m" }, { "waiting", "\033[33m" }, { "up", "\033[32m" },
		{ "sent", "\033[32m" },	   { "closed", "\033[32m" },  { "recovered", "\033[32m" },
	};

	if (!t->colour || !(col->flags & COL_STATE))
		return NULL;
	for (size_t i = 0; i < sizeof(palette) / sizeof(palette[0]); i++)
		if (!strcmp(cell, palette[i].word))
			return palette[i].colour;
	return NULL;
}

/* Adds the cell of column @i to the line. */
static void add_cell(struct text_writer *t, size_t i, const char *cell, size_t len,
		     const char *colour)
{
	struct buf *line = &t->line;
	size_t pad = t->width[i] - width_of(t, i, cell, len);
	bool right = t->w.columns[i].flags & COL_RIGHT;

	if (i != t->first)
		buf_add(line, "  ", 2);
	if (pad && right)
		buf_pad(line, pad);
	if (colour)
		buf_str(line, colour);
	buf_add(line, cell, len);
	if (colour)
		buf_str(line, "\033[0m");
	if (pad && !right && i != t->last)
		buf_pad(line, pad);
}

static void print_header(struct text_writer *t)
{
	const struct writer *w = &t->w;

	for (size_t i = 0; i < w->n_columns; i++)
		if (w->shown[i])
			add_cell(t, i, w->columns[i].title, strlen(w->columns[i].title),
				 t->colour ? "\033[1m" : NULL);
	buf_add(&t->line, "\n", 1);
}

/* Prints the row of @cells and returns the next one. */
static const char *print_row(struct text_writer *t, const char *cells)
{
	const struct writer *w = &t->w;

	for (size_t i = 0; i < w->n_columns; i++) {
		size_t len;

		if (!w->shown[i])
			continue;
		len = strlen(cells);
		add_cell(t, i, cells, len, colour_of(t, &w->columns[i], cells));
		cells += len + 1;
	}
	buf_add(&t->line, "\n", 1);
	writer_print(&t->w, &t->line, t->w.live);
	return cells;
}

static void print_rows(struct text_writer *t)
{
	const char *cells = t->w.row.data, *end_of_rows = cells + t->w.row.len;

	while (cells < end_of_rows)
		cells = print_row(t, cells);
	t->w.row.len = 0;
}

static bool shows(const struct column *col)
{
	return col->title;
}

static void start(struct writer *w)
{
	struct text_writer *t = (struct text_writer *)w;

	t->line.len = 0;
	t->first = w->n_columns;
	for (size_t i = 0; i < w->n_columns; i++) {
		if (!w->shown[i])
			continue;
		t->wide[i] = false;
		t->width[i] = strlen(w->columns[i].title);
		t->last = i;
		if (t->first == w->n_columns)
			t->first = i;
	}
	if (w->live) {
		print_header(t);
		writer_print(w, &t->line, true);
	}
}

static void end(struct writer *w)
{
	if (w->live)
		print_rows((struct text_writer *)w);
}

static void finish(struct writer *w)
{
	struct text_writer *t = (struct text_writer *)w;

	if (!w->live && t->first < w->n_columns) {
		print_header(t);
		print_rows(t);
	}
	writer_print(w, &t->line, true);
}

static void data(struct writer *w, const char *line)
{
	fprintf(w->out, "%s\n", line);
}

static void destroy(struct writer *w)
{
	buf_free(&((struct text_writer *)w)->line);
	free(w);
}

struct writer *writer_text_new(FILE *out, bool colour)
{
	static const struct writer_body body = {
		.shows = shows,
		.start = start,
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
	struct text_writer *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->w.body = &body;
	t->w.out = out;
	t->colour = colour;
	return &t->w;
}
