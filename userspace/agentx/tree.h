/* SPDX-License-Identifier: GPL-2.0 */
/*
 * RINGBACK-MIB over a view: which instances there are, in the order of their names, and
 * what they are. Names are what follows the base of the module. Pure but for the view:
 * nothing is copied, a step costs a binary search.
 */
#ifndef RINGBACK_AGENTX_TREE_H
#define RINGBACK_AGENTX_TREE_H

#include "view.h"

#define TREE_INDEX_MAX (MIB_ADDRESS_MAX + 2) /* of a service */
#define TREE_NAME_MAX  (4 + TREE_INDEX_MAX) /* 1.GROUP.1.COLUMN */

enum tree_type { TREE_INTEGER, TREE_GAUGE, TREE_COUNTER64, TREE_OCTETS };

struct tree_value {
	enum tree_type type;
	uint64_t number;
	uint8_t octets[128];
	size_t len;
};

enum tree_found { TREE_FOUND, TREE_NO_INSTANCE, TREE_NO_OBJECT };

enum tree_found tree_get(const struct view *v, const uint32_t *name, size_t len,
			 struct tree_value *value);
/*
 * The first instance after @name. @next has TREE_NAME_MAX sub-identifiers; returns how
 * many it got, 0: there is none.
 */
size_t tree_next(const struct view *v, const uint32_t *name, size_t len, uint32_t *next,
		 struct tree_value *value);
/* Whether an answer about @name needs the waiters. */
bool tree_needs_waiters(const struct view *v, const uint32_t *name, size_t len, bool next);

#endif /* RINGBACK_AGENTX_TREE_H */
