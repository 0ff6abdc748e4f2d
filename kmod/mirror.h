/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Mirror ports: devices whose received frames are watched at ingress. One that
 * is not there is waited for, and one that goes away is waited for again: what
 * counts is the name.
 */
#ifndef _RBK_MIRROR_H
#define _RBK_MIRROR_H

struct rbk_net;

/* No mirrors yet. */
void rbk_mirrors_init(struct rbk_net *rn);
/*
 * Makes the mirrors those of rbk_net.watches. watch_lock, takes RTNL; may sleep.
 * -ENOSPC: too many, -ENOMEM, or what netfilter says to a hook at a device that is
 * there; nothing is changed then.
 */
int rbk_mirrors_update(struct rbk_net *rn);
/* Is there no device @name that could be watched? watch_lock; it may change at once. */
bool rbk_mirror_waits(struct rbk_net *rn, const char *name);
/* Lets all of them go. Takes RTNL; may sleep. */
void rbk_mirrors_exit(struct rbk_net *rn);

int rbk_mirror_module_init(void);
void rbk_mirror_module_exit(void);

#endif /* _RBK_MIRROR_H */
