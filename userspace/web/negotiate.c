// SPDX-License-Identifier: GPL-2.0
/*
 * Lists with weights: "text/html, text/plain;q=0.5".
 */
#include "negotiate.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

struct element {
	const char *name;
	size_t len;
	unsigned int q; /* thousandths */
};

static bool is(const struct element *e, const char *name)
{
	return e->len == strlen(name) && !strncasecmp(e->name, name, e->len);
}

/* "0.5", "1", "1.000" (RFC 9110, 12.4.2); what is none of them counts nothing. */
static unsigned int weight(const char *s, size_t len)
{
	unsigned int q = 0, unit = 100;

	if (!len || (*s != '0' && *s != '1'))
		return 0;
	q = *s == '1' ? 1000 : 0;
	if (len > 1 && s[1] != '.')
		return 0;
	for (size_t i = 2; i < len && i < 5; i++, unit /= 10) {
		if (s[i] < '0' || s[i] > '9')
			return 0;
		q += (unsigned int)(s[i] - '0') * unit;
	}
	return q > 1000 ? 1000 : q;
}

/* The next element of the list at *@at; false at its end. */
static bool next(const char **at, struct element *e)
{
	const char *s = *at + strspn(*at, " \t,");
	size_t len = strcspn(s, ","), name = strcspn(s, ",; \t");

	if (!*s)
		return false;
	*e = (struct element){ .name = s, .len = name, .q = 1000 };
	for (size_t i = name; i + 2 < len; i++) {
		if (s[i] == ';') {
			size_t q = i + 1 + strspn(s + i + 1, " \t");

			if (q + 2 <= len && (s[q] == 'q' || s[q] == 'Q') && s[q + 1] == '=')
				e->q = weight(s + q + 2, strcspn(s + q + 2, " \t;,"));
		}
	}
	*at = s + len;
	return true;
}

static void raise(unsigned int *to, unsigned int q)
{
	if (q > *to)
		*to = q;
}

enum form_of negotiate_form(const char *accept)
{
	unsigned int html = 0, json = 0, text = 0;
	struct element e;

	while (accept && next(&accept, &e)) {
		if (is(&e, "text/html") || is(&e, "application/xhtml+xml"))
			raise(&html, e.q);
		else if (is(&e, "application/json") || is(&e, "application/problem+json"))
			raise(&json, e.q);
		else if (is(&e, "text/plain") || is(&e, "text/*") || is(&e, "*/*"))
			raise(&text, e.q);
	}
	if (html && html >= json && html >= text)
		return FORM_HTML;
	return json && json >= text ? FORM_JSON : FORM_TEXT;
}

/* "de-AT" is served with "de" (RFC 4647, 3.4). */
static bool speaks(const struct element *e, const char *tag)
{
	size_t len = strlen(tag);

	return e->len >= len && !strncasecmp(e->name, tag, len) &&
	       (e->len == len || e->name[len] == '-');
}

enum lang negotiate_lang(const char *accept)
{
	enum lang best = LANG_EN;
	unsigned int q = 0;
	struct element e;

	while (accept && next(&accept, &e)) {
		for (unsigned int lang = 0; lang < LANG_MAX; lang++) {
			if (speaks(&e, words_tag(lang)) && e.q > q) {
				q = e.q;
				best = lang;
			}
		}
	}
	return best;
}
