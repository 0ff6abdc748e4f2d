// SPDX-License-Identifier: GPL-2.0
/* Files of leases: lines, what kind of file it is, and what all of them have. */
#include "lease.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SECONDS_MAX 253402300799LL /* 9999-12-31 */

enum { DUID_LLT = 1, DUID_LL = 3, HARDWARE_ETHERNET = 1 };

int lease_time(const char *text, int64_t *seconds)
{
	size_t n = strspn(text, "0123456789");

	if (!n || n > 12 || text[n])
		return -EINVAL;
	*seconds = strtoll(text, NULL, 10);
	return *seconds <= SECONDS_MAX ? 0 : -EINVAL;
}

int lease_duid_mac(const uint8_t *duid, size_t len, struct mac *mac)
{
	size_t at;

	if (len < 4 || duid[0] || duid[2] || duid[3] != HARDWARE_ETHERNET)
		return -ENOENT;
	at = duid[1] == DUID_LLT ? 8 : duid[1] == DUID_LL ? 4 : len;
	if (len != at + sizeof(mac->bytes))
		return -ENOENT;
	memcpy(mac->bytes, duid + at, sizeof(mac->bytes));
	return 0;
}

int lease_duid_parse(const char *text, struct mac *mac)
{
	uint8_t duid[130];
	size_t n;
	char *end;

	for (n = 0; n < sizeof(duid); n++) {
		if (!isxdigit((unsigned char)text[0]) || !isxdigit((unsigned char)text[1]))
			return -EINVAL;
		duid[n] = (uint8_t)strtoul((char[]){ text[0], text[1], '\0' }, &end, 16);
		text += 2;
		if (!*text)
			return lease_duid_mac(duid, n + 1, mac);
		if (*text++ != ':')
			return -EINVAL;
	}
	return -EINVAL;
}

/* --- lines ---------------------------------------------------------------------------- */

/* One line without its end: 1; 0 at the end of the file; -errno. */
static int read_line(struct lease_file *f, const char **why)
{
	int c;

	*why = NULL;
	f->len = 0;
	errno = 0;
	while ((c = getc_unlocked(f->in)) != EOF && c != '\n') {
		if (f->len < LEASE_LINE_MAX)
			f->text[f->len++] = (char)c;
		else
			*why = "the line is too long";
		if (!c)
			*why = "the line has a NUL";
	}
	if (ferror(f->in))
		return errno ? -errno : -EIO;
	if (c == EOF && !f->len && !*why)
		return 0;
	if (f->len && f->text[f->len - 1] == '\r')
		f->len--;
	f->text[f->len] = '\0';
	f->line++;
	return 1;
}

static bool begins(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

/* Which of them begins with this line; NULL: none. */
static const struct lease_format *format_of(const char *line)
{
	static const char *const isc[] = {
		"#",	  "authoring-byte-order ", "lease ",	    "ia-na ",	 "ia-ta ",
		"ia-pd ", "server-duid ",	   "default-duid ", "failover ", "host ",
		"group "
	};
	size_t i;

	if (begins(line, "address,"))
		return &lease_kea;
	if (begins(line, "duid ") || isdigit((unsigned char)*line))
		return &lease_dnsmasq;
	for (i = 0; i < sizeof(isc) / sizeof(*isc); i++)
		if (begins(line, isc[i]))
			return &lease_isc;
	return NULL;
}

int lease_read(struct lease_file *f, struct lease_row *row, const char **why)
{
	int rc;

	while ((rc = read_line(f, why)) == 1) {
		if (*why)
			return 1;
		if (!f->text[strspn(f->text, " \t")])
			continue;
		if (!f->format)
			f->format = format_of(f->text);
		if (!f->format)
			return -EPROTO;
		*row = (struct lease_row){ 0 };
		if (f->format->line(f, row, why) || *why)
			return 1;
	}
	if (rc == 0 && f->depth && !f->bad) {
		*why = "the file ends within an entry";
		f->bad = true;
		return 1;
	}
	return rc;
}
