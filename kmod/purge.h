/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Taking entries out of a table that is in use meanwhile.
 */
#ifndef _RBK_PURGE_H
#define _RBK_PURGE_H

#include <linux/rhashtable-types.h>

struct rbk_net;

/**
 * rbk_purge - remove entries of a table
 * @rn: the namespace
 * @table: one of its tables
 * @remove: called for each entry, with rbk_net.lock and RCU; removes it if it is to go,
 *	and returns whether it has done so
 * @arg: handed to @remove
 *
 * In portions, so that others get the lock and the CPU. May sleep. All that was in
 * the table at the beginning is offered to @remove; what others add meanwhile may be,
 * and does not keep it from ending.
 *
 * Return: how many entries were removed.
 */
u32 rbk_purge(struct rbk_net *rn, struct rhashtable *table,
	      bool (*remove)(struct rbk_net *rn, void *entry, const void *arg), const void *arg);

#ifdef RINGBACK_SELFTEST
bool rbk_purge_selftest(void);
#endif

#endif /* _RBK_PURGE_H */
