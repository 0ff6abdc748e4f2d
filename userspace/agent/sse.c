// SPDX-License-Identifier: GPL-2.0
/*
 * Bytes to server-sent events. Fields that an agent has no use for (id, retry) and
 * comments are skipped.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "agent.h"

static int add_data(struct sse *s, const char *value)
{
	size_t n = strlen(value);

	if (s->data_len + s->has_data + n > SSE_DATA_MAX)
		return -EMSGSIZE;
	if (s->has_data)
		s->data[s->data_len++] = '\n';
	memcpy(s->data + s->data_len, value, n + 1);
	s->data_len += n;
	s->has_data = true;
	return 0;
}

static void dispatch(struct sse *s, sse_event cb, void *arg)
{
	if (s->has_data)
		cb(s->event[0] ? s->event : "message", s->data, arg);
	s->event[0] = s->data[0] = '\0';
	s->data_len = 0;
	s->has_data = false;
}

/* One line without its end. What has a NUL in it ends there. */
static int end_line(struct sse *s, sse_event cb, void *arg)
{
	char *value;

	s->line[s->line_len] = '\0';
	s->line_len = 0;
	if (!s->line[0]) {
		dispatch(s, cb, arg);
		return 0;
	}
	value = s->line + strcspn(s->line, ":");
	if (*value) {
		*value++ = '\0';
		value += *value == ' ';
	}
	if (strcmp(s->line, "event") == 0)
		snprintf(s->event, sizeof(s->event), "%s", value);
	return strcmp(s->line, "data") == 0 ? add_data(s, value) : 0;
}

int sse_feed(struct sse *s, const char *bytes, size_t n, sse_event cb, void *arg)
{
	int err = 0;
	size_t i;

	for (i = 0; !err && i < n; i++) {
		bool lf_of_crlf = bytes[i] == '\n' && s->after_cr;

		s->after_cr = bytes[i] == '\r';
		if (lf_of_crlf)
			continue;
		if (bytes[i] == '\n' || bytes[i] == '\r')
			err = end_line(s, cb, arg);
		else if (s->line_len == SSE_LINE_MAX)
			err = -EMSGSIZE;
		else
			s->line[s->line_len++] = bytes[i];
	}
	return err;
}
