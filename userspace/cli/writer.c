// SPDX-License-Identifier: GPL-2.0
/* What both bodies of the writer have in common: collecting a row. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "../common/addr.h"
#include "../common/log.h"
#include "../common/timefmt.h"
#include "writer_body.h"

static void note(struct writer *w, int err)
{
	if (err && !w->err)
		w->err = err;
}

void writer_start(struct writer *w, const struct column *columns, size_t n, bool live)
{
	w->columns = columns;
	w->n_columns = n;
	w->live = live;
	note(w, w->body->start(w));
	if (live)
		fflush(w->out);
}

void writer_attr(struct writer *w, const char *key, json_t *value)
{
	if (!w->row)
		w->row = json_object();
	/* Both take a NULL for a failure, and the object takes the reference. */
	if (json_object_set_new(w->row, key, value))
		note(w, -ENOMEM);
}

void writer_text(struct writer *w, const char *key, const char *text)
{
	json_t *value = text ? json_string(text) : json_null();

	if (!value) {
		/* Not UTF-8: then escaped, so that the output stays valid. */
		size_t size = strlen(text) * 4 + 1;
		char *escaped = malloc(size);

		if (escaped) {
			log_escape(escaped, size, text);
			value = json_string(escaped);
			free(escaped);
		}
	}
	writer_attr(w, key, value);
}

void writer_number(struct writer *w, const char *key, uint64_t n)
{
	writer_attr(w, key, json_integer(n));
}

void writer_time(struct writer *w, const char *key, int64_t t)
{
	char buf[TIME_STRLEN];

	writer_text(w, key, t ? time_rfc3339(t, buf) : NULL);
}

void writer_service(struct writer *w, uint8_t proto, uint16_t port)
{
	char name[8], service[SERVICE_STRLEN];

	proto_format(proto, name);
	writer_text(w, "proto", name);
	writer_number(w, "port", port);
	snprintf(service, sizeof(service), "%s/%u", name, port);
	writer_text(w, "service", service);
}

void writer_end(struct writer *w)
{
	if (w->row && !w->err)
		note(w, w->body->row(w, w->row));
	json_decref(w->row);
	w->row = NULL;
	if (w->live && fflush(w->out))
		note(w, -errno);
}

void writer_data(struct writer *w, const char *fmt, ...)
{
	char raw[512], line[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	log_escape(line, sizeof(line), raw);
	w->body->data(w, line);
}

int writer_finish(struct writer *w)
{
	if (!w->err)
		note(w, w->body->finish(w));
	errno = 0;
	if (fflush(w->out) || ferror(w->out))
		note(w, errno ? -errno : -EIO);
	return w->err;
}

void writer_free(struct writer *w)
{
	if (!w)
		return;
	json_decref(w->row);
	w->body->free(w);
}
