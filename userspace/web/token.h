/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a form has to bring along, so that no other site can fill it in: a
 * number that only we can make, of one client and one service, good for the
 * hour it was made in and the next.
 */
#ifndef RINGBACK_WEB_TOKEN_H
#define RINGBACK_WEB_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "../common/addr.h"

#define TOKEN_STRLEN	33	/* with the NUL */

/* @now: seconds since the Epoch. Returns @buf of TOKEN_STRLEN bytes. */
const char *token_make(const uint8_t secret[32], const struct addr *client,
		       const struct service *s, int64_t now, char *buf);
bool token_good(const uint8_t secret[32], const struct addr *client, const struct service *s,
		int64_t now, const char *token);

#endif /* RINGBACK_WEB_TOKEN_H */
