// SPDX-License-Identifier: GPL-2.0
/* Collecting the rows of a kernel dump. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rows.h"

/* A busy router may change its table during every dump. */
#define TRIES 5

static void *row_at(const struct rows *rows, size_t i)
{
	return (char *)rows->data + i * rows->size;
}

int rows_add(struct rows *rows, const void *row)
{
	if (rows->n == rows->room) {
		size_t room = rows->room ? rows->room * 2 : 64;
		void *data = reallocarray(rows->data, room, rows->size);

		if (!data)
			return -ENOMEM;
		rows->data = data;
		rows->room = room;
	}
	memcpy(row_at(rows, rows->n++), row, rows->size);
	return 0;
}

static void empty(struct rows *rows)
{
	if (rows->drop)
		for (size_t i = 0; i < rows->n; i++)
			rows->drop(row_at(rows, i));
	rows->n = 0;
}

void rows_free(struct rows *rows)
{
	empty(rows);
	free(rows->data);
	rows->data = NULL;
	rows->room = 0;
}

static void drop_doubles(struct rows *rows, rows_cmp cmp)
{
	size_t kept = 0;

	for (size_t i = 0; i < rows->n; i++) {
		if (kept && !cmp(row_at(rows, kept - 1), row_at(rows, i))) {
			if (rows->drop)
				rows->drop(row_at(rows, i));
			continue;
		}
		if (kept != i)
			memcpy(row_at(rows, kept), row_at(rows, i), rows->size);
		kept++;
	}
	rows->n = kept;
}

int rows_collect(struct cli *cli, struct rows *rows, rows_dump dump, void *arg, rows_cmp cmp)
{
	int err = cli_kernel(cli);

	if (err)
		return err;
	for (int i = 0; i < TRIES; i++) {
		empty(rows);
		err = dump(cli->nl, arg, rows);
		if (err != -EINTR)
			break;
	}
	if (err == -ENOMEM)
		return cli_fail(cli, CLI_FAILED, "out of memory");
	if (err && err != -EINTR)
		return cli_kernel_failed(cli);
	if (err)
		cli_warn("the table changed while it was read: some rows may be missing");
	if (rows->n)
		qsort(rows->data, rows->n, rows->size, cmp);
	drop_doubles(rows, cmp);
	return CLI_OK;
}
