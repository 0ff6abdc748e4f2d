/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the inquiry share.
 */
#ifndef RINGBACK_ENGINE_INQUIRY_ROOM_H
#define RINGBACK_ENGINE_INQUIRY_ROOM_H

#include "inquiry.h"
#include "token.h"

struct inquiry {
	uint8_t secret[LINK_SECRET_LEN];
	int64_t second; /* CLOCK_MONOTONIC: of the changes counted */
	unsigned int changes;
};

/*
 * Whether another change may be written at the word of the room "web" in this second:
 * it may be taken over, and each change costs disk.
 */
bool inquiry_may_change(struct engine *e);
/* Whether @client is one of those that watch @w observes. */
bool inquiry_observed(const struct conf_watch *w, const struct addr *client);

#endif /* RINGBACK_ENGINE_INQUIRY_ROOM_H */
