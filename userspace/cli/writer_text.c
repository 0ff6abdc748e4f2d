// SPDX-License-Identifier: GPL-2.0
/*
 * The text body: a table with a header row. Rows are kept until all widths are
 * known; live rows leave at once, and a column grows when a value needs it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../common/log.h"
#include "../common/timefmt.h"
#include "writer_body.h"

#define MAX_COLUMNS 20

struct text_writer {
	struct writer w;
	bool colour;
	const struct column *shown[MAX_COLUMNS];
	int width[MAX_COLUMNS]; /* characters */
	size_t n_shown;
	char **cells; /* n_shown per row */
	size_t n_cells, room;
};

/* Characters, not bytes: all bytes but those that continue one. */
static int width_of(const char *s)
{
	int n = 0;

	for (; *s; s++)
		n += (*s & 0xc0) != 0x80;
	return n;
}

/*
 * "18:07:10" today, "2026-11-21 18:07" on other days, local time; what is not
 * RFC 3339 in UTC stays as it is.
 */
static void shorten_time(char *cell, size_t size)
{
	char then[TIME_STRLEN], now[TIME_STRLEN];
	struct tm tm = { 0 };
	const char *end = strptime(cell, "%Y-%m-%dT%H:%M:%S", &tm);

	if (!end || cell[strlen(cell) - 1] != 'Z')
		return;
	time_human(timegm(&tm) * NSEC_PER_SEC, then);
	time_human(time_now(), now);
	if (!strncmp(then, now, 10))
		snprintf(cell, size, "%.8s", then + 11);
	else
		snprintf(cell, size, "%.16s", then);
}

/* The value for people, unescaped; the caller frees it. NULL: out of memory. */
static char *plain(const json_t *value)
{
	char *text = NULL;
	size_t i, len = 0;
	json_t *item;
	FILE *f;

	switch (json_typeof(value)) {
	case JSON_STRING:
		return strdup(json_string_value(value));
	case JSON_NULL:
		return strdup("-");
	case JSON_TRUE:
		return strdup("yes");
	case JSON_FALSE:
		return strdup("no");
	case JSON_ARRAY:
		f = open_memstream(&text, &len);
		if (!f)
			return NULL;
		json_array_foreach(value, i, item)
			fprintf(f, "%s%s", i ? "," : "",
				json_is_string(item) ? json_string_value(item) : "?");
		fclose(f);
		return text;
	default:
		return json_dumps(value, JSON_ENCODE_ANY);
	}
}

static char *make_cell(const struct column *col, const json_t *value)
{
	char *text = value ? plain(value) : strdup("-");
	size_t size;
	char *cell;

	if (!text)
		return NULL;
	/* A shortened time is never longer than an escaped one. */
	size = strlen(text) * 4 + TIME_STRLEN;
	cell = malloc(size);
	if (cell) {
		log_escape(cell, size, text[0] ? text : "-");
		if (col->flags & COL_TIME)
			shorten_time(cell, size);
	}
	free(text);
	return cell;
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

static void print_cell(struct text_writer *t, size_t i, const char *cell, const char *colour)
{
	int pad = t->width[i] - width_of(cell);
	bool right = t->shown[i]->flags & COL_RIGHT, last = i + 1 == t->n_shown;

	if (i)
		fputs("  ", t->w.out);
	if (pad > 0 && right)
		fprintf(t->w.out, "%*s", pad, "");
	fprintf(t->w.out, "%s%s%s", colour ? colour : "", cell, colour ? "\033[0m" : "");
	if (pad > 0 && !right && !last)
		fprintf(t->w.out, "%*s", pad, "");
	if (last)
		fputc('\n', t->w.out);
}

static void print_header(struct text_writer *t)
{
	for (size_t i = 0; i < t->n_shown; i++)
		print_cell(t, i, t->shown[i]->title, t->colour ? "\033[1m" : NULL);
}

static void print_row(struct text_writer *t, char **cells)
{
	for (size_t i = 0; i < t->n_shown; i++)
		print_cell(t, i, cells[i], colour_of(t, t->shown[i], cells[i]));
}

static void forget_cells(struct text_writer *t)
{
	for (size_t i = 0; i < t->n_cells; i++)
		free(t->cells[i]);
	t->n_cells = 0;
}

static int start(struct writer *w)
{
	struct text_writer *t = (struct text_writer *)w;

	forget_cells(t);
	t->n_shown = 0;
	for (size_t i = 0; i < w->n_columns && t->n_shown < MAX_COLUMNS; i++) {
		if (!w->columns[i].title)
			continue;
		t->width[t->n_shown] = width_of(w->columns[i].title);
		t->shown[t->n_shown++] = &w->columns[i];
	}
	if (w->live)
		print_header(t);
	return 0;
}

static int row(struct writer *w, json_t *row)
{
	struct text_writer *t = (struct text_writer *)w;

	if (t->n_cells + t->n_shown > t->room) {
		size_t room = (t->room + t->n_shown) * 2;
		char **cells = realloc(t->cells, room * sizeof(*cells));

		if (!cells)
			return -ENOMEM;
		t->cells = cells;
		t->room = room;
	}
	for (size_t i = 0; i < t->n_shown; i++) {
		char *cell = make_cell(t->shown[i], json_object_get(row, t->shown[i]->key));

		if (!cell)
			return -ENOMEM;
		if (width_of(cell) > t->width[i])
			t->width[i] = width_of(cell);
		t->cells[t->n_cells++] = cell;
	}
	if (w->live) {
		print_row(t, t->cells);
		forget_cells(t);
	}
	return 0;
}

static int finish(struct writer *w)
{
	struct text_writer *t = (struct text_writer *)w;

	if (!w->live && t->n_shown) {
		print_header(t);
		for (size_t i = 0; i < t->n_cells; i += t->n_shown)
			print_row(t, t->cells + i);
	}
	return 0;
}

static void data(struct writer *w, const char *line)
{
	fprintf(w->out, "%s\n", line);
}

static void destroy(struct writer *w)
{
	struct text_writer *t = (struct text_writer *)w;

	forget_cells(t);
	free(t->cells);
	free(t);
}

struct writer *writer_text_new(FILE *out, bool colour)
{
	static const struct writer_body body = {
		.start = start,
		.row = row,
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
