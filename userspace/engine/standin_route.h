/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How packets of the stand-in's connections reach this host although their
 * address is another's: a rule for their mark, and a table with the local route.
 */
#ifndef RINGBACK_ENGINE_STANDIN_ROUTE_H
#define RINGBACK_ENGINE_STANDIN_ROUTE_H

#include <stddef.h>

/*
 * Puts in rules and routes, IPv4 and, where this host has it, IPv6; those that a
 * killed daemon left are taken over. 0 or -errno, with a sentence in @why.
 */
int standin_route_install(char *why, size_t size);
/* Takes them out, and nothing else. */
void standin_route_remove(void);

#endif /* RINGBACK_ENGINE_STANDIN_ROUTE_H */
