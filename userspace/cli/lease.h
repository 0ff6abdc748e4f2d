/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What DHCP servers write down: which address they have given to which MAC. Files of
 * dnsmasq, ISC dhcpd and Kea are told apart by their first line, and read a line at a
 * time: whoever writes host names into them is a stranger. In a file that grows, a later
 * entry about an address replaces an earlier one.
 */
#ifndef RINGBACK_CLI_LEASE_H
#define RINGBACK_CLI_LEASE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "../common/addr.h"

#define LEASE_LINE_MAX 16384 /* bytes; more than any of them writes */
#define LEASE_NEVER    INT64_MAX

struct lease_row {
	struct addr client;
	struct mac mac; /* all zero where the address is free */
	int64_t ends; /* seconds since the Epoch; 0: the address is free; or LEASE_NEVER */
};

struct lease_file;

struct lease_format {
	/* Looks at f->text. 1: *@row is complete; 0: go on; *@why: what is wrong with it. */
	int (*line)(struct lease_file *f, struct lease_row *row, const char **why);
};

/* Columns of Kea's files that matter; -1: not there. */
enum lease_column {
	KEA_ADDRESS,
	KEA_HWADDR,
	KEA_DUID,
	KEA_EXPIRE,
	KEA_LIFETIME,
	KEA_STATE,
	KEA_TYPE,
	KEA_COLUMNS
};

struct lease_file {
	FILE *in;
	unsigned long line; /* that was read last, from 1 */
	const struct lease_format *format; /* NULL: not known yet */
	char text[LEASE_LINE_MAX + 1];
	size_t len;
	int column[KEA_COLUMNS];
	/* ISC dhcpd: the entry being read */
	unsigned int depth; /* of braces; 0: between entries */
	unsigned int entry_depth; /* where the entry's own statements are; 0: none is open */
	bool bad; /* it cannot be used, and that was said */
	bool active, has_mac, duid_known;
	struct lease_row row;
	struct mac duid_mac; /* of the client's DUID, for all its addresses */
};

/*
 * @f is zeroed but for @in. 1: a row, or *@why is a sentence about f->line; 0: the end;
 * -EPROTO: this is no file of leases, as far as is known; another -errno.
 */
int lease_read(struct lease_file *f, struct lease_row *row, const char **why);

/* --- for the formats --------------------------------------------------------------- */

extern const struct lease_format lease_dnsmasq, lease_isc, lease_kea;

/* Of digits only, to 9999-12-31; -EINVAL. */
int lease_time(const char *text, int64_t *seconds);
/*
 * The MAC within a DUID (RFC 8415, 11): of type LLT or LL, for Ethernet. -ENOENT for
 * any other.
 */
int lease_duid_mac(const uint8_t *duid, size_t len, struct mac *mac);
/* The same, of a DUID as "00:01:00:01:...". */
int lease_duid_parse(const char *text, struct mac *mac);

#endif /* RINGBACK_CLI_LEASE_H */
