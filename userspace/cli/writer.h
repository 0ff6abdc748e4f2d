/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The one way to stdout: rows of named values. The text body makes an aligned
 * table, the JSON body an array of objects; with @live the rows leave one by
 * one, a line each.
 *
 *	writer_start(w, columns, n, false);
 *	for each row:
 *		writer_text(w, "client", ..); writer_number(w, "port", ..); ..
 *		writer_end(w);
 *	writer_finish(w);
 */
#ifndef RINGBACK_CLI_WRITER_H
#define RINGBACK_CLI_WRITER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum column_flags {
	COL_RIGHT	= 1 << 0,	/* numbers: aligned to the right */
	COL_TIME	= 1 << 1,	/* an RFC 3339 string; people get a short form */
	COL_STATE	= 1 << 2,	/* coloured by its word */
	COL_TEXT_ONLY	= 1 << 3,	/* not in JSON */
};

struct column {
	const char *key;
	const char *title;		/* NULL: not in text */
	unsigned int flags;
};

struct writer;

/* @colour concerns text only. The caller owns @out. NULL: out of memory. */
struct writer *writer_text_new(FILE *out, bool colour);
struct writer *writer_json_new(FILE *out);
void writer_free(struct writer *w);

/* @columns must stay valid until writer_finish(). */
void writer_start(struct writer *w, const struct column *columns, size_t n, bool live);
/*
 * A value of the current row, which takes over @value. NULL stands for a value
 * that could not be made for want of memory; absent ones are json_null(). A key
 * without a column is seen in JSON only.
 */
void writer_attr(struct writer *w, const char *key, json_t *value);
void writer_text(struct writer *w, const char *key, const char *text); /* NULL: absent */
void writer_number(struct writer *w, const char *key, uint64_t n);
void writer_time(struct writer *w, const char *key, int64_t t); /* ns; 0: absent */
/* Both halves, and "tcp/80" for people in column "service". */
void writer_service(struct writer *w, uint8_t proto, uint16_t port);
void writer_end(struct writer *w);
/* A sentence for people; JSON has none. */
__attribute__((format(printf, 2, 3))) void writer_data(struct writer *w, const char *fmt, ...);
/* Everything is out: 0, or -errno of what failed on the way. */
int writer_finish(struct writer *w);

#endif /* RINGBACK_CLI_WRITER_H */
