/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rows of a kernel dump, collected before anything is printed, because a dump
 * may have to be made again.
 */
#ifndef RINGBACK_CLI_ROWS_H
#define RINGBACK_CLI_ROWS_H

#include <stddef.h>

#include "cli.h"

struct rows {
	size_t size;			/* of one row */
	void (*drop)(void *row);	/* frees what a row owns, or NULL */
	void *data;
	size_t n, room;
};

/* Copies @row to the end: 0 or -ENOMEM. */
int rows_add(struct rows *rows, const void *row);
void rows_free(struct rows *rows);

/* One dump into @rows: 0 or -errno. */
typedef int (*rows_dump)(struct nl *nl, void *arg, struct rows *rows);
typedef int (*rows_cmp)(const void *a, const void *b);

/*
 * Connects, dumps until the dump is consistent or tries run out (then says on
 * stderr that rows may be missing), sorts by @cmp and drops rows that compare
 * equal. CLI_OK or CLI_FAILED; the caller frees @rows in either case.
 */
int rows_collect(struct cli *cli, struct rows *rows, rows_dump dump, void *arg, rows_cmp cmp);

#endif /* RINGBACK_CLI_ROWS_H */
