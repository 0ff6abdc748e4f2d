// SPDX-License-Identifier: GPL-2.0
/*
 * Bytes as a file of leases: whatever comes out of it must be what was promised.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/lease.h"

static void check(const struct lease_row *row)
{
	if (!addr_len(&row->client) || row->ends < 0)
		__builtin_trap();
	if (row->ends != LEASE_NEVER && row->ends > 253402300799LL)
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct lease_file f;
	struct lease_row row;
	unsigned long line = 0;
	const char *why;
	int rc;

	if (!size)
		return 0;
	f = (struct lease_file){ .in = fmemopen((void *)data, size, "r") };
	if (!f.in)
		return 0;
	while ((rc = lease_read(&f, &row, &why)) == 1) {
		if (!why)
			check(&row);
		/* It comes to an end: a line says one thing, and the end one more. */
		if (f.line < line || (f.line == line && !why))
			__builtin_trap();
		line = f.line;
	}
	if (rc != 0 && rc != -EPROTO)
		__builtin_trap();
	fclose(f.in);
	return 0;
}
