/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What differs between Linux 5.10 and the newest. The rest of the module is
 * written for the newest.
 */
#ifndef _RBK_COMPAT_H
#define _RBK_COMPAT_H

#include <linux/random.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <linux/version.h>
#include <net/genetlink.h>

/* hex2bin() of the self-tests: in a header of its own, which once came with kernel.h. */
#if KERNEL_VERSION(6, 12, 0) <= LINUX_VERSION_CODE
#include <linux/hex.h>
#endif

#if !IS_ENABLED(CONFIG_NETFILTER) || !IS_ENABLED(CONFIG_INET)
#error "nf_ringback needs a kernel with CONFIG_INET and CONFIG_NETFILTER"
#endif

/* 6.5: a cache of its own in slabinfo, also where another one has objects of that size. */
#ifndef SLAB_NO_MERGE
#define SLAB_NO_MERGE	0
#endif

/* 6.0: the same, and extack names the attribute that is missing. */
#ifndef GENL_REQ_ATTR_CHECK
#define GENL_REQ_ATTR_CHECK(info, attr)	(!(info)->attrs[attr])
#endif

/* 5.11 renamed nla_strlcpy() and let it tell of truncation. */
#if KERNEL_VERSION(5, 11, 0) > LINUX_VERSION_CODE
#define rbk_nla_strscpy	nla_strlcpy
#else
#define rbk_nla_strscpy	nla_strscpy
#endif

/*
 * From 6.1 on, commands of this number and above refuse NLM_F_REPLACE as an
 * ambiguous flag; WATCH_NEW gives it its usual meaning.
 */
#if KERNEL_VERSION(6, 1, 0) <= LINUX_VERSION_CODE
#define RBK_RESV_START_OP(cmd)	.resv_start_op = (cmd),
#else
#define RBK_RESV_START_OP(cmd)
#endif

/*
 * 6.7, and older stable branches: who may join a multicast group. Before,
 * anybody may; the header says so.
 */
#ifdef GENL_MCAST_CAP_NET_ADMIN
#define RBK_MCAST_ADMIN		.flags = GENL_MCAST_CAP_NET_ADMIN,
#else
#define RBK_MCAST_ADMIN
#endif

/*
 * Some kernels keep a cursor into a table that was replaced, and freed, while the
 * walk paused. What was resumed after -EAGAIN begins anew.
 */
static inline int rbk_walk_resume(struct rhashtable_iter *iter)
	__acquires(RCU)
{
	int err = rhashtable_walk_start_check(iter);

	if (err)
		iter->p = NULL;
	return err;
}

#endif /* _RBK_COMPAT_H */
