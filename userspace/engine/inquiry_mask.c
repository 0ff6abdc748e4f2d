// SPDX-License-Identifier: GPL-2.0
/*
 * Masked mail addresses.
 */
#include "inquiry_mask.h"

#include <stdio.h>
#include <string.h>

/* Bytes of the first character of @s; contacts are valid UTF-8 (contact_mail_fault). */
static int first_char(const char *s)
{
	int n = 1;

	while (((unsigned char)s[n] & 0xc0) == 0x80)
		n++;
	return n;
}

const char *inquiry_mask(const char *mail, char *buf, size_t size)
{
	const char *at = strrchr(mail, '@'), *dot;
	int n;

	buf[0] = '\0';
	if (!at || at == mail || !at[1])
		return buf;
	dot = strrchr(at, '.');
	n = snprintf(buf, size, "%.*s***@%.*s***%s", first_char(mail), mail, first_char(at + 1),
		     at + 1, dot ? dot : "");
	/* The last label is longer than there is room for. */
	if (n < 0 || (size_t)n >= size)
		buf[0] = '\0';
	return buf;
}
