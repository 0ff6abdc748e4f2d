// SPDX-License-Identifier: GPL-2.0
/*
 * ISC dhcpd.leases and dhcpd6.leases (dhcpd.leases(5)): a journal of entries,
 *
 *   lease 192.0.2.10 {
 *     ends 4 2026/11/26 10:00:00;
 *     binding state active;
 *     hardware ethernet 02:00:00:00:00:01;
 *   }
 *   ia-na "\001\000\000\000\000\003\000\001\002\000\000\000\000\001" {
 *     iaaddr 2001:db8::10 {
 *       binding state active;
 *       ends never;
 *     }
 *   }
 *
 * of which the last about an address counts. dhcpd writes a statement a line. The string
 * is the IAID, four bytes, and the client's DUID.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lease.h"

#define DEPTH_MAX 16
#define IAID_LEN  4

/* What follows @word and blanks in @s, or NULL. */
static char *after(char *s, const char *word)
{
	size_t n = strlen(word);

	if (strncmp(s, word, n) != 0 || (s[n] != ' ' && s[n] != '\t'))
		return NULL;
	return s + n + strspn(s + n, " \t");
}

/* "4 2026/11/22 10:00:00", UTC; "epoch 1795341600"; "never". */
static int parse_ends(char *s, int64_t *ends)
{
	struct tm tm = { 0 };
	char *epoch = after(s, "epoch");
	int weekday, end = -1;

	if (strcmp(s, "never") == 0) {
		*ends = LEASE_NEVER;
		return 0;
	}
	if (epoch)
		return lease_time(epoch, ends);
	if (sscanf(s, "%1d %4d/%2d/%2d %2d:%2d:%2d%n", &weekday, &tm.tm_year, &tm.tm_mon,
		   &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &end) != 7 ||
	    s[end] || tm.tm_year < 1970 || tm.tm_mon < 1 || tm.tm_mon > 12 || tm.tm_mday < 1 ||
	    tm.tm_mday > 31 || tm.tm_hour < 0 || tm.tm_hour > 23 || tm.tm_min < 0 ||
	    tm.tm_min > 59 || tm.tm_sec < 0 || tm.tm_sec > 60)
		return -EINVAL;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	*ends = timegm(&tm);
	return 0;
}

/* The bytes of a string in quotes, with \ooo and \c. How many, or -EINVAL. */
static int parse_string(const char *s, uint8_t *bytes, size_t size)
{
	size_t n = 0;

	if (*s++ != '"')
		return -EINVAL;
	for (; *s && *s != '"'; n++) {
		if (n == size)
			return -EINVAL;
		if (*s == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' && s[2] <= '7' &&
		    s[3] >= '0' && s[3] <= '7') {
			bytes[n] = (uint8_t)((s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0'));
			s += 4;
			continue;
		}
		if (*s == '\\' && s[1])
			s++;
		bytes[n] = (uint8_t)*s++;
	}
	return *s == '"' ? (int)n : -EINVAL;
}

/* The client of an "ia-na". */
static void take_duid(struct lease_file *f, const char *s)
{
	uint8_t bytes[IAID_LEN + 130];
	int n = parse_string(s, bytes, sizeof(bytes));

	f->duid_known =
		n > IAID_LEN && lease_duid_mac(bytes + IAID_LEN, n - IAID_LEN, &f->duid_mac) == 0;
}

/* "lease 192.0.2.10" or, within an "ia-na", "iaaddr 2001:db8::10"; the brace is cut off. */
static void open_entry(struct lease_file *f, char *s, const char **why)
{
	f->entry_depth = f->depth;
	f->bad = false;
	f->active = false;
	f->has_mac = false;
	f->row = (struct lease_row){ 0 };
	s[strcspn(s, " \t")] = '\0';
	if (addr_parse(&f->row.client, s) == 0)
		return;
	f->bad = true;
	*why = "a lease of what is not an address";
}

/* A line that ends with a brace, which is cut off. */
static void open_block(struct lease_file *f, char *s, const char **why)
{
	char *rest;

	if (f->depth == DEPTH_MAX) {
		*why = "braces within braces within braces";
		return;
	}
	f->depth++;
	if (f->depth == 1)
		f->duid_known = false;
	if (f->depth == 1 && (rest = after(s, "ia-na")))
		take_duid(f, rest);
	else if ((f->depth == 1 && (rest = after(s, "lease"))) ||
		 (f->depth == 2 && (rest = after(s, "iaaddr"))))
		open_entry(f, rest, why);
}

/* 1: that completes *@row. */
static int close_block(struct lease_file *f, struct lease_row *row, const char **why)
{
	if (!f->depth) {
		*why = "a brace that closes nothing";
		return 0;
	}
	if (f->depth-- != f->entry_depth)
		return 0;
	f->entry_depth = 0;
	if (f->bad)
		return 0;
	if (!f->has_mac && f->duid_known) {
		f->row.mac = f->duid_mac;
		f->has_mac = true;
	}
	*row = f->row;
	/* Of a network that is not Ethernet: nothing we could know it by. */
	if (!f->active || !f->has_mac)
		row->ends = 0;
	return 1;
}

/* A statement of an entry, without its semicolon. */
static void statement(struct lease_file *f, char *s, const char **why)
{
	char *rest;

	if ((rest = after(s, "ends"))) {
		if (parse_ends(rest, &f->row.ends) == 0)
			return;
		f->bad = true;
		*why = "the time it ends cannot be read";
	} else if ((rest = after(s, "binding"))) {
		f->active = strcmp(rest, "state active") == 0;
	} else if ((rest = after(s, "hardware ethernet"))) {
		f->has_mac = mac_parse(&f->row.mac, rest) == 0;
	}
}

static int isc_line(struct lease_file *f, struct lease_row *row, const char **why)
{
	char *s = f->text + strspn(f->text, " \t"), *end, *comment;

	if (*s == '#')
		return 0;
	/* Behind a statement; never within one that we read. */
	comment = strstr(s, "; #");
	end = comment ? comment + 1 : s + strlen(s);
	while (end > s && isspace((unsigned char)end[-1]))
		end--;
	*end = '\0';
	if (strcmp(s, "}") == 0)
		return close_block(f, row, why);
	if (end > s && end[-1] == '{') {
		end[-1] = '\0';
		open_block(f, s, why);
	} else if (end > s && end[-1] == ';' && f->entry_depth && f->depth == f->entry_depth) {
		end[-1] = '\0';
		if (!f->bad)
			statement(f, s, why);
	}
	return 0;
}

const struct lease_format lease_isc = { isc_line };
