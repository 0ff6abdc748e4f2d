/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the throwaway child of a session says of its items. Each word goes out at once
 * and in one piece, so that a later crash takes nothing back.
 */
#ifndef RINGBACK_MAILER_REPORT_H
#define RINGBACK_MAILER_REPORT_H

#include <stddef.h>
#include <stdint.h>

#include "../common/msg.h"

#define REPORT_SESSION UINT32_MAX /* as index: the session failed, not one item */
struct report {
	uint32_t index; /* of the item in its session */
	uint16_t code; /* of the protocol, 0: none */
	uint8_t delivery; /* enum delivery */
	char text[256]; /* one printable line */
};

/* What became of one item. @text may be anything that the other side said. */
void report(int fd, uint32_t index, enum delivery delivery, uint16_t code, const char *text);
/*
 * The session cannot go on for a reason that is not an item's: all that have not
 * been reported wait. Ends the process.
 */
__attribute__((noreturn, format(printf, 3, 4))) void report_fail(int fd, uint16_t code,
								 const char *fmt, ...);
/* One printable ASCII line of at most @size - 1 bytes. Returns @dst. */
char *report_clean(char *dst, size_t size, const char *src);

#endif /* RINGBACK_MAILER_REPORT_H */
