/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Between writer.c and its two bodies only. Values are formatted as they come, to
 * the end of one buffer: no object is made for a value or a row.
 */
#ifndef RINGBACK_CLI_WRITER_BODY_H
#define RINGBACK_CLI_WRITER_BODY_H

#include "buf.h"
#include "writer.h"

#define WRITER_COLUMNS 24

struct writer;

/*
 * Values come column by column, @i being the column, for all that are shown; then
 * those without a column, each begun by extra(), whose @i is w->n_columns; then
 * end(). They go to the end of w->row, which the body empties when it prints.
 */
struct writer_body {
	/* Whether this body prints the column. */
	bool (*shows)(const struct column *col);
	void (*start)(struct writer *w);
	void (*extra)(struct writer *w, const char *key);	/* NULL: such are not printed */
	void (*absent)(struct writer *w, size_t i);
	/* @n bytes that need no escape */
	void (*word)(struct writer *w, size_t i, const char *word, size_t n);
	void (*text)(struct writer *w, size_t i, const char *text);
	void (*number)(struct writer *w, size_t i, uint64_t n);
	void (*time)(struct writer *w, size_t i, int64_t t);
	void (*value)(struct writer *w, size_t i, const json_t *value);
	void (*end)(struct writer *w);
	void (*finish)(struct writer *w);
	void (*data)(struct writer *w, const char *line);
	void (*free)(struct writer *w);
};

/* A body embeds this as its first member. */
struct writer {
	const struct writer_body *body;
	FILE *out;
	const struct column *columns;
	size_t n_columns;
	bool shown[WRITER_COLUMNS];
	bool live;
	bool begun;		/* the row has a value */
	size_t next;		/* column whose turn it is */
	struct buf row;
	int err;		/* first failure */
};

/* Prints and empties @b; if not @all, only once there is enough to be worth it. */
void writer_print(struct writer *w, struct buf *b, bool all);
/*
 * Length of @text if nobody has to escape any of it: printable ASCII without
 * quotes and backslashes; else -1.
 */
ssize_t writer_plain(const char *text);

#endif /* RINGBACK_CLI_WRITER_BODY_H */
