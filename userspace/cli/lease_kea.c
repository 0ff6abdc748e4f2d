// SPDX-License-Identifier: GPL-2.0
/*
 * Kea's memfile, kea-leases4.csv and kea-leases6.csv: a header names the columns, which
 * differ by version. What changes is appended. Commas within values are escaped there.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lease.h"

#define FIELDS_MAX 40

enum { STATE_ASSIGNED = 0, TYPE_PREFIX = 2 };

/* Cuts @text at its commas; how many fields there are, at most FIELDS_MAX. */
static int split(char *text, char **field)
{
	int n = 0;

	while (n < FIELDS_MAX) {
		field[n++] = strsep(&text, ",");
		if (!text)
			break;
	}
	return n;
}

static void header(struct lease_file *f, char **field, int n, const char **why)
{
	static const char *const names[KEA_COLUMNS] = {
		"address", "hwaddr", "duid", "expire", "valid_lifetime", "state", "lease_type",
	};
	int i, k;

	for (k = 0; k < KEA_COLUMNS; k++) {
		f->column[k] = -1;
		for (i = 0; i < n; i++)
			if (strcmp(field[i], names[k]) == 0)
				f->column[k] = i;
	}
	if (f->column[KEA_EXPIRE] < 0 || (f->column[KEA_HWADDR] < 0 && f->column[KEA_DUID] < 0))
		*why = "the header has no columns expire and hwaddr";
}

/* Whether the address is in use; what the columns say is in *@row. */
static bool in_use(const struct lease_file *f, char **field, int n, struct lease_row *row,
		   const char **why)
{
	static const char *const zero = "0";
	const char *value[KEA_COLUMNS];
	int k;

	for (k = 0; k < KEA_COLUMNS; k++)
		value[k] = f->column[k] < 0 ? "" : f->column[k] < n ? field[f->column[k]] : NULL;
	for (k = 0; k < KEA_COLUMNS; k++)
		if (!value[k])
			*why = "the line has fewer fields than the header";
	if (*why)
		return false;
	if (addr_parse(&row->client, value[KEA_ADDRESS]) < 0)
		*why = "the first field is not an address";
	else if (lease_time(value[KEA_EXPIRE], &row->ends) < 0)
		*why = "the time it expires is not a number of seconds";
	if (*why || strcmp(value[KEA_STATE][0] ? value[KEA_STATE] : zero, zero) != 0 ||
	    strcmp(value[KEA_LIFETIME], zero) == 0)
		return false;
	return mac_parse(&row->mac, value[KEA_HWADDR]) == 0 ||
	       lease_duid_parse(value[KEA_DUID], &row->mac) == 0;
}

static int kea_line(struct lease_file *f, struct lease_row *row, const char **why)
{
	char *field[FIELDS_MAX];
	int n = split(f->text, field);
	int type;

	if (f->line == 1 || strcmp(field[0], "address") == 0) {
		header(f, field, n, why);
		f->bad = *why;
		return 0;
	}
	/* Without its columns nothing can be read, which was said. */
	if (f->bad)
		return 0;
	type = f->column[KEA_TYPE];
	if (type >= 0 && type < n && atoi(field[type]) == TYPE_PREFIX)
		return 0;
	if (in_use(f, field, n, row, why))
		return 1;
	if (*why)
		return 0;
	row->ends = 0;
	return 1;
}

const struct lease_format lease_kea = { kea_line };
