// SPDX-License-Identifier: GPL-2.0
/* Collecting the rows of a kernel dump, and printing them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rows.h"

/* A busy router may change its table during every dump. */
#define TRIES 5

struct rows {
	const struct rows_table *table;
	void *data;
	size_t n, room;
};

static void *row_at(const struct rows *rows, size_t i)
{
	return (char *)rows->data + i * rows->table->size;
}

int rows_add(struct rows *rows, const void *row)
{
	if (rows->n == rows->room) {
		size_t room = rows->room ? rows->room * 2 : 64;
		void *data = reallocarray(rows->data, room, rows->table->size);

		if (!data)
			return -ENOMEM;
		rows->data = data;
		rows->room = room;
	}
	memcpy(row_at(rows, rows->n++), row, rows->table->size);
	return 0;
}

static void drop_row(const struct rows *rows, size_t i)
{
	if (rows->table->drop)
		rows->table->drop(row_at(rows, i));
}

static void empty(struct rows *rows)
{
	for (size_t i = 0; i < rows->n; i++)
		drop_row(rows, i);
	rows->n = 0;
}

static void drop_doubles(struct rows *rows)
{
	size_t kept = 0;

	for (size_t i = 0; i < rows->n; i++) {
		if (kept && !rows->table->cmp(row_at(rows, kept - 1), row_at(rows, i))) {
			drop_row(rows, i);
			continue;
		}
		if (kept != i)
			memcpy(row_at(rows, kept), row_at(rows, i), rows->table->size);
		kept++;
	}
	rows->n = kept;
}

static int collect(struct cli *cli, struct rows *rows, const void *arg)
{
	int err = cli_kernel(cli);

	if (err)
		return err;
	for (int i = 0; i < TRIES; i++) {
		empty(rows);
		err = rows->table->dump(cli->nl, arg, rows);
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
		qsort(rows->data, rows->n, rows->table->size, rows->table->cmp);
	drop_doubles(rows);
	return CLI_OK;
}

int rows_show(struct cli *cli, const struct rows_table *table, const void *arg)
{
	struct rows rows = { .table = table };
	int err = collect(cli, &rows, arg);

	if (!err) {
		writer_start(cli->out, table->columns, table->n_columns, false);
		for (size_t i = 0; i < rows.n; i++)
			table->write(cli->out, row_at(&rows, i));
		err = cli_finish(cli);
	}
	empty(&rows);
	free(rows.data);
	return err;
}
