/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From a client to the contact to tell: a sorted copy of the contacts table in
 * memory. Pure but for its memory.
 */
#ifndef RINGBACK_ENGINE_RESOLVE_H
#define RINGBACK_ENGINE_RESOLVE_H

#include <stddef.h>

#include "contact.h"

struct resolver {
	struct contact *contacts; /* sorted by key once finished */
	size_t n, size;
	bool has_len[2][129]; /* [IPv6][length]: some prefix is that long */
};

/* A zeroed struct is an empty resolver. Frees all and makes it empty again. */
void resolver_clear(struct resolver *r);
/* -ENOMEM or 0. Keys are unique, in any order; resolver_finish() after the last. */
int resolver_add(struct resolver *r, const struct contact *c);
void resolver_finish(struct resolver *r);

/*
 * The contact for @client: its exact address, else the longest prefix around it,
 * else @mac (may be NULL). NULL if there is none; valid until the next change.
 */
const struct contact *resolve(const struct resolver *r, const struct addr *client,
			      const struct mac *mac);

#endif /* RINGBACK_ENGINE_RESOLVE_H */
