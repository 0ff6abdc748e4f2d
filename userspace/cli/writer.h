/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The one way to stdout: rows of named values. The text body makes an aligned
 * table, the JSON body an array of objects; with @live the rows leave one by
 * one, a line each.
 *
 *	writer_start(w, columns, n, false);
 *	for each row, in the order of the columns:
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
/* To stdout: JSON, or tables, with colours where the terminal and NO_COLOR allow. */
struct writer *writer_stdout(bool json);
void writer_free(struct writer *w);

/* @columns must stay valid until writer_finish(). */
void writer_start(struct writer *w, const struct column *columns, size_t n, bool live);
/*
 * Values of the current row: in the order of the columns, which may be left out,
 * then those without a column, which are seen in JSON only.
 */
void writer_text(struct writer *w, const char *key, const char *text); /* NULL: absent */
/* The same for what is known to need no escape: an address, a word of our own. */
void writer_word(struct writer *w, const char *key, const char *word);
void writer_number(struct writer *w, const char *key, uint64_t n);
void writer_time(struct writer *w, const char *key, int64_t t); /* ns; 0: absent */
/* Columns service ("tcp/80", for people), proto and port. */
void writer_service(struct writer *w, uint8_t proto, uint16_t port);
/*
 * Takes over @value. NULL stands for one that could not be made for want of memory;
 * absent is json_null().
 */
void writer_attr(struct writer *w, const char *key, json_t *value);
/* The rest of the row: the members of @row (borrowed), in any order. */
void writer_row(struct writer *w, const json_t *row);
void writer_end(struct writer *w);
/* A sentence for people; JSON has none. */
__attribute__((format(printf, 2, 3))) void writer_data(struct writer *w, const char *fmt, ...);
/* Everything is out: 0, or -errno of what failed on the way. */
int writer_finish(struct writer *w);

#endif /* RINGBACK_CLI_WRITER_H */
