/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Text of others: is it UTF-8, and is it one line?
 */
#ifndef RINGBACK_COMMON_UTF8_H
#define RINGBACK_COMMON_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Bytes of the character at @s (RFC 3629), which a NUL ends; 0 when it is none: overlong,
 * a surrogate, too large, cut.
 */
size_t utf8_len(const unsigned char *s);
/* UTF-8 without control characters (C0, DEL, C1): "" is, too. */
bool utf8_line(const char *text);

#endif /* RINGBACK_COMMON_UTF8_H */
