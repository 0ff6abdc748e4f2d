// SPDX-License-Identifier: GPL-2.0
/* A growing run of bytes. */
#include <stdlib.h>

#include "buf.h"

bool buf_grow(struct buf *b, size_t n)
{
	size_t room = b->room ? b->room * 2 : 256;
	char *data;

	while (room - b->len < n)
		room *= 2;
	data = b->failed ? NULL : realloc(b->data, room);
	if (!data) {
		b->failed = true;
		return false;
	}
	b->data = data;
	b->room = room;
	return true;
}

void buf_free(struct buf *b)
{
	free(b->data);
	memset(b, 0, sizeof(*b));
}

void buf_pad(struct buf *b, size_t n)
{
	if (buf_reserve(b, n)) {
		memset(b->data + b->len, ' ', n);
		b->len += n;
	}
}

void buf_number(struct buf *b, uint64_t n)
{
	char digits[20];
	size_t at = sizeof(digits);

	do
		digits[--at] = '0' + n % 10;
	while (n /= 10);
	buf_add(b, digits + at, sizeof(digits) - at);
}
