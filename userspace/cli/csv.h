/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Contacts as comma-separated values (RFC 4180): two columns, key and mail.
 * Quotes, CRLF, a byte order mark, blank lines and comments (#) are understood.
 * A quoted field ends with its line, so that one forgotten quote costs one row
 * and not the rest of the file.
 */
#ifndef RINGBACK_CLI_CSV_H
#define RINGBACK_CLI_CSV_H

#include <stdbool.h>
#include <stdio.h>

#define CSV_FIELD_MAX	320	/* bytes */

struct csv {
	FILE *in;
	unsigned long line;		/* of the row last read, from 1 */
	bool begun;			/* the first row, perhaps a header, is behind us */
};

struct csv_row {
	char key[CSV_FIELD_MAX + 1];
	char mail[CSV_FIELD_MAX + 1];
	const char *error;		/* what is wrong with the row, or NULL */
};

/* @csv is zeroed but for @in. 1: a row, look at its error; 0: the end; -errno. */
int csv_read(struct csv *csv, struct csv_row *row);

#endif /* RINGBACK_CLI_CSV_H */
