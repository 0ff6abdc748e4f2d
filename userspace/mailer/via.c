// SPDX-License-Identifier: GPL-2.0
/*
 * What all ways of handing on mail share: their reports.
 */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "via.h"

_Static_assert(sizeof(struct via_report) <= PIPE_BUF, "a report is written in one piece");

char *via_clean(char *dst, size_t size, const char *src)
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

static void report_write(const struct via_job *job, const struct via_report *r)
{
	while (write(job->report_fd, r, sizeof(*r)) < 0)
		/* Nobody listens any more: what is not known is tried again. */
		if (errno != EINTR)
			_exit(1);
}

void via_report(const struct via_job *job, uint32_t index, enum delivery delivery, int code,
		const char *text)
{
	struct via_report r = {
		.index = index,
		.code = code >= 200 && code <= 599 ? (uint16_t)code : 0,
		.delivery = (uint8_t)delivery,
	};

	/* Some libraries give the whole line, others what follows the code. */
	if (text && r.code && strtol(text, NULL, 10) == code && strcspn(text, " -") == 3 && text[3])
		text += 4;
	via_clean(r.text, sizeof(r.text), text);
	report_write(job, &r);
}

void via_report_reply(const struct via_job *job, uint32_t index, int code, const char *text)
{
	enum delivery d = code >= 500 && code <= 599 ? DELIVERY_REFUSED : DELIVERY_LATER;

	via_report(job, index, d, code, text);
}

void via_fail(const struct via_job *job, int code, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	via_report(job, VIA_SESSION, DELIVERY_LATER, code, text);
	_exit(1);
}
