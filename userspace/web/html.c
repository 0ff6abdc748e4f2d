// SPDX-License-Identifier: GPL-2.0
/*
 * Escaping, and the operator's template.
 */
#include "html.h"

#include <string.h>

#include "../common/utf8.h"

/* C0 but for tab and line ends, DEL, C1. */
static bool control(const unsigned char *s, size_t len)
{
	if (len == 1)
		return *s == 0x7f || (*s < ' ' && *s != '\t' && *s != '\n' && *s != '\r');
	return len == 2 && *s == 0xc2 && s[1] < 0xa0;
}

static const char *entity(unsigned char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

static void text_n(FILE *f, const char *text, const char *end)
{
	const unsigned char *s = (const unsigned char *)text;

	while (s < (const unsigned char *)end) {
		size_t len = utf8_len(s);
		const char *name = entity(*s);

		if (name)
			fputs(name, f);
		else if (!len || control(s, len))
			fputs("\xef\xbf\xbd", f);
		else
			fwrite(s, 1, len, f);
		s += len ? len : 1;
	}
}

void html_text(FILE *f, const char *text)
{
	text_n(f, text, text + strlen(text));
}

void html_fill(FILE *f, const char *form, const char *what)
{
	const char *at = strstr(form, "{}");

	if (!at) {
		html_text(f, form);
		return;
	}
	text_n(f, form, at);
	html_text(f, what);
	html_text(f, at + 2);
}

static const char *value_of(const char *name, size_t len, const struct html_value *values, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strlen(values[i].name) == len && !memcmp(values[i].name, name, len))
			return values[i].markup;
	}
	return NULL;
}

void html_template(FILE *f, const char *form, const struct html_value *values, size_t n)
{
	const char *open, *close, *markup;

	while ((open = strstr(form, "{{")) && (close = strstr(open, "}}"))) {
		markup = value_of(open + 2, (size_t)(close - open - 2), values, n);
		fwrite(form, 1, (size_t)(open - form), f);
		if (markup) {
			fputs(markup, f);
			form = close + 2;
		} else {
			fputs("{{", f);
			form = open + 2;
		}
	}
	fputs(form, f);
}

bool utf8_printable(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	while (*s) {
		size_t len = utf8_len(s);

		if (!len || *s < ' ' || control(s, len))
			return false;
		s += len;
	}
	return true;
}
