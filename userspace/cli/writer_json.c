// SPDX-License-Identifier: GPL-2.0
/* The JSON body: one array with a row a line; live, one object a line. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "writer_body.h"

struct json_writer {
	struct writer w;
	bool any;
};

static int start(struct writer *w)
{
	((struct json_writer *)w)->any = false;
	if (!w->live)
		fputc('[', w->out);
	return 0;
}

/*
 * The row in the order of the columns, absent ones as null, so that every row has
 * the same keys; then what has no column. NULL: out of memory.
 */
static json_t *in_order(const struct writer *w, json_t *row)
{
	json_t *ordered = json_object(), *value;
	const char *key;
	int err = 0;

	for (size_t i = 0; i < w->n_columns; i++) {
		key = w->columns[i].key;
		value = json_object_get(row, key);
		if (!(w->columns[i].flags & COL_TEXT_ONLY))
			err |= json_object_set_new(ordered, key,
						   value ? json_incref(value) : json_null());
		json_object_del(row, key);
	}
	err |= json_object_update(ordered, row);
	if (!err)
		return ordered;
	json_decref(ordered);
	return NULL;
}

static int row(struct writer *w, json_t *row)
{
	struct json_writer *j = (struct json_writer *)w;
	json_t *ordered = in_order(w, row);
	char *text = ordered ? json_dumps(ordered, 0) : NULL;

	json_decref(ordered);
	if (!text)
		return -ENOMEM;
	if (!w->live)
		fputs(j->any ? ",\n " : "\n ", w->out);
	fputs(text, w->out);
	if (w->live)
		fputc('\n', w->out);
	free(text);
	j->any = true;
	return 0;
}

static int finish(struct writer *w)
{
	if (!w->live)
		fputs(((struct json_writer *)w)->any ? "\n]\n" : "]\n", w->out);
	return 0;
}

static void data(struct writer *w, const char *line)
{
	(void)w;
	(void)line;
}

static void destroy(struct writer *w)
{
	free(w);
}

struct writer *writer_json_new(FILE *out)
{
	static const struct writer_body body = {
		.start = start,
		.row = row,
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
