// SPDX-License-Identifier: GPL-2.0
/*
 * dnsmasq.leases: a line a lease,
 *
 *   1795349345 02:00:00:00:00:01 192.0.2.10 laptop 01:02:00:00:00:00:01
 *
 * behind a line "duid 00:01:..." (ours as a server) those of DHCPv6, with the IAID instead
 * of the MAC and the client's DUID at the end. 0: never ends.
 */
#include <string.h>

#include "lease.h"

enum { ENDS, MAC, ADDRESS, NAME, ID, FIELDS };

/* Cuts f->text at its blanks. Returns how many fields there are, at most FIELDS + 1. */
static int split(char *text, char **field)
{
	char *rest = NULL, *s;
	int n = 0;

	for (s = strtok_r(text, " ", &rest); s && n <= FIELDS; s = strtok_r(NULL, " ", &rest)) {
		if (n < FIELDS)
			field[n] = s;
		n++;
	}
	return n;
}

static int dnsmasq_line(struct lease_file *f, struct lease_row *row, const char **why)
{
	char *field[FIELDS];
	int n = split(f->text, field);

	if (n == 2 && strcmp(field[0], "duid") == 0)
		return 0;
	if (n != FIELDS)
		*why = "a lease of dnsmasq has five fields";
	else if (lease_time(field[ENDS], &row->ends) < 0)
		*why = "the time it ends is not a number of seconds";
	else if (addr_parse(&row->client, field[ADDRESS]) < 0)
		*why = "the third field is not an address";
	if (*why)
		return 0;
	if (!row->ends)
		row->ends = LEASE_NEVER;
	/* A network that is not Ethernet, and a DUID without a MAC, are no fault. */
	if (row->client.family == AF_INET6)
		return lease_duid_parse(field[ID], &row->mac) == 0;
	return mac_parse(&row->mac, field[MAC]) == 0;
}

const struct lease_format lease_dnsmasq = { dnsmasq_line };
