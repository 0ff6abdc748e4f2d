// SPDX-License-Identifier: GPL-2.0
/*
 * The pipe from a session's child to the mailer.
 */
#include "report.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

_Static_assert(sizeof(struct report) <= PIPE_BUF, "a report is written in one piece");

char *report_clean(char *dst, size_t size, const char *src)
{
	size_t k = 0;

	for (; src && *src && k + 1 < size; src++) {
		bool printable = *src > ' ' && *src < 0x7f;

		if (printable)
			dst[k++] = *src;
		else if (*src & 0x80)
			dst[k++] = '?';
		else if (k && dst[k - 1] != ' ')
			dst[k++] = ' ';
	}
	while (k && dst[k - 1] == ' ')
		k--;
	dst[k] = '\0';
	return dst;
}

void report(int fd, uint32_t index, enum delivery delivery, uint16_t code, const char *text)
{
	struct report r = { .index = index, .code = code, .delivery = (uint8_t)delivery };

	report_clean(r.text, sizeof(r.text), text);
	while (write(fd, &r, sizeof(r)) < 0)
		/* Nobody listens any more: what is not known is tried again. */
		if (errno != EINTR)
			_exit(1);
}

void report_fail(int fd, uint16_t code, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	report(fd, REPORT_SESSION, DELIVERY_LATER, code, text);
	_exit(1);
}
