/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Text in the forms that mail can carry: RFC 5322 folding, RFC 2047 words,
 * RFC 2045 quoted-printable. Input is cleaned first, whoever wrote it.
 */
#ifndef RINGBACK_MAILER_MIME_H
#define RINGBACK_MAILER_MIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/*
 * Copies @src as UTF-8 that is safe in a line for people: controls, line ends
 * and marks that turn the direction of writing become a space, what is no UTF-8
 * becomes "?". With @lines, "\n" stays. Cut after a whole character where
 * @size bytes are not enough. @dst may be @src. Returns @dst.
 */
char *mime_clean(char *dst, size_t size, const char *src, bool lines);

/*
 * Free text (cleaned) of a header field that begins in @column: as it is and folded
 * at spaces where it is ASCII, as encoded words otherwise. No line is longer than
 * 76 bytes; the last one is left open.
 */
void mime_text(FILE *out, size_t column, const char *text);

/* True where @text is ASCII with lines of at most 76 bytes: it needs no encoding. */
bool mime_plain(const char *text);
/* @text (lines end in "\n") as it is or quoted-printable; lines end in CR LF. */
void mime_body_plain(FILE *out, const char *text);
void mime_body_quoted(FILE *out, const char *text);

#endif /* RINGBACK_MAILER_MIME_H */
