/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Mirror ports: devices whose received frames are watched at ingress. One that
 * goes away is let go, and watched again when a device of its name appears.
 */
#ifndef _RBK_MIRROR_H
#define _RBK_MIRROR_H

struct rbk_net;

/* No mirrors yet. */
void rbk_mirrors_init(struct rbk_net *rn);
/* Makes the mirrors those of rbk_net.watches. watch_lock, takes RTNL. -ENOMEM, -ENODEV, ... */
int rbk_mirrors_update(struct rbk_net *rn);
/* Lets all of them go. Takes RTNL; may sleep. */
void rbk_mirrors_exit(struct rbk_net *rn);

int rbk_mirror_module_init(void);
void rbk_mirror_module_exit(void);

#endif /* _RBK_MIRROR_H */
