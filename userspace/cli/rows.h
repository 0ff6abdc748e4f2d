/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The listing of a kernel table: its rows are collected before anything is
 * printed, because a dump may have to be made again.
 */
#ifndef RINGBACK_CLI_ROWS_H
#define RINGBACK_CLI_ROWS_H

#include <stddef.h>

#include "cli.h"

struct rows;

/* A table of the kernel, and how its rows are shown. */
struct rows_table {
	const struct column *columns;
	size_t n_columns;
	size_t size;			/* of one row */
	/* One dump into @rows by rows_add(): 0 or -errno. */
	int (*dump)(struct nl *nl, const void *arg, struct rows *rows);
	/* The order; rows that compare equal are the same one. */
	int (*cmp)(const void *a, const void *b);
	void (*write)(struct writer *out, const void *row);
	void (*drop)(void *row);	/* frees what a row owns, or NULL */
};

/* Copies @row to the end: 0 or -ENOMEM. */
int rows_add(struct rows *rows, const void *row);

/*
 * Connects, dumps until the dump is consistent or tries run out (then says on
 * stderr that rows may be missing), and prints each row once, sorted. @arg is
 * handed to dump(). CLI_OK or CLI_FAILED.
 */
int rows_show(struct cli *cli, const struct rows_table *table, const void *arg);

#endif /* RINGBACK_CLI_ROWS_H */
