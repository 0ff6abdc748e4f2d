/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All text of a page goes through here: what is not markup of ours is escaped.
 * Pure. UTF-8 of strangers is checked; what is none becomes U+FFFD.
 */
#ifndef RINGBACK_WEB_HTML_H
#define RINGBACK_WEB_HTML_H

#include <stdbool.h>
#include <stdio.h>

/* Text, fit for content and for attributes in double quotes. */
void html_text(FILE *f, const char *text);
/* @form with @what in the place of its "{}". */
void html_fill(FILE *f, const char *form, const char *what);
/*
 * A document: @form with each {{name}} replaced by the value of that name, which
 * is markup already. Names that are not in @values stay as they are.
 */
struct html_value {
	const char *name, *markup;
};
void html_template(FILE *f, const char *form, const struct html_value *values, size_t n);
/* Well-formed UTF-8 (RFC 3629) without control characters? */
bool utf8_printable(const char *text);

#endif /* RINGBACK_WEB_HTML_H */
