// SPDX-License-Identifier: GPL-2.0
/*
 * Decoding of forms.
 */
#include "form.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "html.h"

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int decode(char *s)
{
	char *to = s;

	for (; *s; s++, to++) {
		*to = *s == '+' ? ' ' : *s;
		if (*s == '%') {
			int high = hex(s[1]), low = high < 0 ? -1 : hex(s[2]);

			if (low < 0 || !(high | low))
				return -EINVAL;
			*to = (char)(high << 4 | low);
			s += 2;
		}
	}
	*to = '\0';
	return 0;
}

int form_parse(struct form *f, char *text)
{
	char *field, *value;

	f->n = 0;
	while ((field = strsep(&text, "&"))) {
		if (!*field)
			continue;
		value = strchr(field, '=');
		if (value)
			*value++ = '\0';
		else
			value = field + strlen(field);
		if (f->n == FORM_FIELDS_MAX || decode(field) || decode(value) ||
		    !utf8_printable(field) || !utf8_printable(value))
			return -EINVAL;
		f->fields[f->n].name = field;
		f->fields[f->n++].value = value;
	}
	return 0;
}

const char *form_get(const struct form *f, const char *name)
{
	for (size_t i = 0; i < f->n; i++) {
		if (!strcmp(f->fields[i].name, name))
			return f->fields[i].value;
	}
	return "";
}

int form_service(const char *server, const char *proto, const char *port, struct service *s)
{
	size_t len = strlen(port);
	long number = len && len <= 5 && strspn(port, "0123456789") == len ? atol(port) : 0;

	s->proto = proto_parse(proto);
	if (addr_parse(&s->server, server) || !s->proto || number < 1 || number > UINT16_MAX)
		return -EINVAL;
	s->port = (uint16_t)number;
	return 0;
}

bool form_local_path(const char *path)
{
	if (path[0] != '/' || path[1] == '/')
		return false;
	for (const char *c = path; *c; c++) {
		if ((unsigned char)*c <= ' ' || (unsigned char)*c >= 0x7f || *c == '\\')
			return false;
	}
	return true;
}
