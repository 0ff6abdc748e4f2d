/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who wants to connect to what: read from the first bytes of an IP packet. Pure.
 */
#ifndef RINGBACK_ENGINE_STANDIN_SYN_H
#define RINGBACK_ENGINE_STANDIN_SYN_H

#include <stdbool.h>
#include <stddef.h>

#include "../common/addr.h"

/*
 * Fills in @client and @service from @packet, of which @len bytes are there. False:
 * not a TCP SYN, a fragment, cut short, or lying about a length.
 */
bool standin_syn_parse(const void *packet, size_t len, struct addr *client, struct service *s);

#endif /* RINGBACK_ENGINE_STANDIN_SYN_H */
