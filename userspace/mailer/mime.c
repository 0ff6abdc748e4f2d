// SPDX-License-Identifier: GPL-2.0
/*
 * Mail's encodings, and the cleaning of text from elsewhere.
 */
#include <stdint.h>
#include <string.h>

#include "../common/utf8.h"
#include "mime.h"

#define LINE_MAX_BYTES 76
/* 39 bytes are 52 in base64: with "=?UTF-8?B??=" and "Subject: " under 76. */
#define WORD_MAX_BYTES 39

/* --- UTF-8 ---------------------------------------------------------------- */

/* The code point of the character of @n bytes at @s; 0 with none. */
static uint32_t utf8_code(const unsigned char *s, size_t n)
{
	uint32_t c = n == 1 ? s[0] : n ? s[0] & (0x7fU >> n) : 0;

	for (size_t i = 1; i < n; i++)
		c = c << 6 | (s[i] & 0x3f);
	return c;
}

/* Controls, line and paragraph separators, and direction marks. */
static bool unsafe(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x061c || c == 0xfeff ||
	       (c >= 0x200e && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069);
}

char *mime_clean(char *dst, size_t size, const char *src, bool lines)
{
	const unsigned char *s = (const unsigned char *)src;
	size_t used = 0;

	while (*s) {
		size_t n = utf8_len(s);
		uint32_t c = utf8_code(s, n);
		const char *put = (const char *)s;
		size_t put_len = n;

		if (!n) {
			put = "?";
			put_len = 1;
		} else if (unsafe(c) && !(lines && c == '\n')) {
			put = " ";
			put_len = 1;
		}
		if (used + put_len >= size)
			break;
		memmove(dst + used, put, put_len); /* @dst may be @src */
		used += put_len;
		s += n ? n : 1;
	}
	dst[used] = '\0';
	return dst;
}

/* --- header fields -------------------------------------------------------- */

/* ASCII that folds well and that nobody takes for an encoded word. */
static bool field_plain(const char *text)
{
	size_t word = 0;

	if (strstr(text, "=?") || text[0] == ' ')
		return false;
	for (const char *p = text; *p; p++) {
		if (*p & 0x80)
			return false;
		word = *p == ' ' ? 0 : word + 1;
		if (word > LINE_MAX_BYTES - 12)
			return false;
	}
	return true;
}

static void field_folded(FILE *out, size_t column, const char *text)
{
	while (*text) {
		size_t word = strcspn(text, " ");
		size_t gap = strspn(text + word, " ");

		fwrite(text, 1, word, out);
		column += word;
		text += word + gap;
		if (!*text)
			break;
		if (column + gap + strcspn(text, " ") > LINE_MAX_BYTES) {
			fputs("\r\n ", out);
			column = 1;
		} else {
			fprintf(out, "%*s", (int)gap, "");
			column += gap;
		}
	}
}

static void base64(FILE *out, const unsigned char *in, size_t len)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < len; i += 3) {
		uint32_t v = (uint32_t)in[i] << 16;

		if (i + 1 < len)
			v |= (uint32_t)in[i + 1] << 8;
		if (i + 2 < len)
			v |= in[i + 2];
		fputc(digits[v >> 18], out);
		fputc(digits[v >> 12 & 63], out);
		fputc(i + 1 < len ? digits[v >> 6 & 63] : '=', out);
		fputc(i + 2 < len ? digits[v & 63] : '=', out);
	}
}

/* Each word holds whole characters (RFC 2047, 5). */
static void field_encoded(FILE *out, const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	while (*s) {
		size_t len = 0;

		while (s[len]) {
			size_t n = utf8_len(s + len);

			if (!n)
				n = 1;
			if (len + n > WORD_MAX_BYTES)
				break;
			len += n;
		}
		fputs("=?UTF-8?B?", out);
		base64(out, s, len);
		fputs("?=", out);
		s += len;
		if (*s)
			fputs("\r\n ", out);
	}
}

void mime_text(FILE *out, size_t column, const char *text)
{
	if (field_plain(text))
		field_folded(out, column, text);
	else
		field_encoded(out, text);
}

/* --- bodies --------------------------------------------------------------- */

bool mime_plain(const char *text)
{
	size_t column = 0;

	for (; *text; text++) {
		if (*text & 0x80)
			return false;
		column = *text == '\n' ? 0 : column + 1;
		if (column > LINE_MAX_BYTES)
			return false;
	}
	return true;
}

void mime_body_plain(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '\n')
			fputc('\r', out);
		fputc(*text, out);
	}
}

void mime_body_quoted(FILE *out, const char *text)
{
	size_t column = 0;

	for (const unsigned char *s = (const unsigned char *)text; *s; s++) {
		bool at_end = s[1] == '\n' || !s[1];
		bool quote = *s == '=' || *s >= 0x7f || (*s == ' ' && at_end);
		size_t width = quote ? 3 : 1;

		if (*s == '\n') {
			fputs("\r\n", out);
			column = 0;
			continue;
		}
		/* One column stays free for the "=" of a soft line break. */
		if (column + width > (at_end ? LINE_MAX_BYTES : LINE_MAX_BYTES - 1)) {
			fputs("=\r\n", out);
			column = 0;
		}
		if (quote)
			fprintf(out, "=%02X", *s);
		else
			fputc(*s, out);
		column += width;
	}
}
