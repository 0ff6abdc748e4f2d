/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Mail addresses for eyes that may not be their owner's. Pure.
 */
#ifndef RINGBACK_ENGINE_INQUIRY_MASK_H
#define RINGBACK_ENGINE_INQUIRY_MASK_H

#include <stddef.h>

/*
 * "kim@example.org" as "k***@e***.org": the first character of either part and the
 * last label. How long the rest is does not show. "" for what is no address. Returns
 * @buf, of @size bytes; UTF-8 is cut between characters only.
 */
const char *inquiry_mask(const char *mail, char *buf, size_t size);

#endif /* RINGBACK_ENGINE_INQUIRY_MASK_H */
