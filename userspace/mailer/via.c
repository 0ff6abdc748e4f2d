// SPDX-License-Identifier: GPL-2.0
/*
 * What all ways of handing on mail share: SMTP's replies as reports.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "via.h"

static uint16_t smtp_code(int code)
{
	return code >= 200 && code <= 599 ? (uint16_t)code : 0;
}

void via_report(const struct via_job *job, uint32_t index, enum delivery delivery, int code,
		const char *text)
{
	/* Some libraries give the whole line, others what follows the code. */
	if (text && smtp_code(code) && strtol(text, NULL, 10) == code && strcspn(text, " -") == 3 &&
	    text[3])
		text += 4;
	report(job->report_fd, index, delivery, smtp_code(code), text);
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
	report_fail(job->report_fd, smtp_code(code), "%s", text);
}
