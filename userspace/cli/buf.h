/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A growing run of bytes. Want of memory is remembered, so that a row can be put
 * together without a check at each step: see @failed at its end.
 */
#ifndef RINGBACK_CLI_BUF_H
#define RINGBACK_CLI_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Zeroed: empty. */
struct buf {
	char *data;
	size_t len, room;
	bool failed;		/* something did not fit for want of memory */
};

/* Makes room for @n more bytes; false, and @failed, without memory. */
bool buf_grow(struct buf *b, size_t n);
void buf_free(struct buf *b);

static inline bool buf_reserve(struct buf *b, size_t n)
{
	return b->room - b->len >= n || buf_grow(b, n);
}

static inline void buf_add(struct buf *b, const void *bytes, size_t n)
{
	if (buf_reserve(b, n)) {
		memcpy(b->data + b->len, bytes, n);
		b->len += n;
	}
}

static inline void buf_str(struct buf *b, const char *text)
{
	buf_add(b, text, strlen(text));
}

/* @n blanks. */
void buf_pad(struct buf *b, size_t n);
/* In decimal digits. */
void buf_number(struct buf *b, uint64_t n);

#endif /* RINGBACK_CLI_BUF_H */
