// SPDX-License-Identifier: GPL-2.0
/*
 * Mirror ports. Devices come and go under RTNL, which guards the list against
 * the notifier: that must not wait for a watch_lock whose holder waits for RTNL.
 * The list changes only while both are held, so that either is enough to read it.
 */
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "compat.h"
#include "hook.h"
#include "mirror.h"
#include "pernet.h"

/* Of a namespace: they are looked through under RTNL, for which the whole host waits. */
#define RBK_MAX_MIRRORS	64

struct rbk_mirror {
	struct list_head list;		/* rbk_hooks.mirrors, or of those to be freed */
	char name[IFNAMSIZ];		/* const */
	struct nf_hook_ops ops;
	struct net_device *dev;		/* RTNL, a hint without; NULL: it waits for one */
	bool wanted;			/* RTNL; by a watch */
	bool fresh;			/* RTNL; made by the update under way */
};

static int rbk_mirror_attach(struct rbk_net *rn, struct rbk_mirror *m, struct net_device *dev)
{
	int err;

	m->ops = (struct nf_hook_ops){
		.hook = rbk_hook_mirror,
		.priv = rn,
		.dev = dev,
		.pf = NFPROTO_NETDEV,
		.hooknum = NF_NETDEV_INGRESS,
	};
	err = nf_register_net_hook(rn->net, &m->ops);
	if (err)
		return err;
	WRITE_ONCE(m->dev, dev);
	/* A switch sends the frames of others to a mirror port. */
	dev_set_promiscuity(dev, 1);
	return 0;
}

static void rbk_mirror_detach(struct rbk_net *rn, struct rbk_mirror *m)
{
	if (!m->dev)
		return;
	dev_set_promiscuity(m->dev, -1);
	nf_unregister_net_hook(rn->net, &m->ops);
	WRITE_ONCE(m->dev, NULL);
}

/* Under RTNL; to be freed by rbk_mirrors_free(), without. */
static void rbk_mirror_drop(struct rbk_net *rn, struct rbk_mirror *m, struct list_head *dropped)
{
	rbk_mirror_detach(rn, m);
	list_move(&m->list, dropped);
}

/* Once for all of them, and not under RTNL: a grace period is long. */
static void rbk_mirrors_free(struct list_head *dropped)
{
	struct rbk_mirror *m, *next;

	if (list_empty(dropped))
		return;
	/* A listing of all hooks may be reading m->ops. */
	synchronize_net();
	list_for_each_entry_safe(m, next, dropped, list)
		kfree(m);
}

/* RTNL or watch_lock. */
static struct rbk_mirror *rbk_mirror_find(struct rbk_net *rn, const char *name)
{
	struct rbk_mirror *m;

	list_for_each_entry(m, &rn->hooks.mirrors, list) {
		if (!strcmp(m->name, name))
			return m;
	}
	return NULL;
}

static int rbk_mirror_new(struct rbk_net *rn, const char *name)
{
	struct net_device *dev;
	struct rbk_mirror *m;
	int err = 0;

	m = kzalloc(sizeof(*m), GFP_KERNEL_ACCOUNT);
	if (!m)
		return -ENOMEM;
	strscpy(m->name, name, sizeof(m->name));
	m->wanted = true;
	m->fresh = true;
	dev = __dev_get_by_name(rn->net, name);
	if (dev)
		err = rbk_mirror_attach(rn, m, dev);
	if (err) {
		kfree(m);
		return err;
	}
	list_add_tail(&m->list, &rn->hooks.mirrors);
	return 0;
}

/* @n counts those that are wanted. */
static int rbk_mirror_want(struct rbk_net *rn, const char *name, unsigned int *n)
{
	struct rbk_mirror *m = rbk_mirror_find(rn, name);

	if (m && m->wanted)
		return 0;
	if ((*n)++ == RBK_MAX_MIRRORS)
		return -ENOSPC;
	if (!m)
		return rbk_mirror_new(rn, name);
	m->wanted = true;
	return 0;
}

bool rbk_mirror_waits(struct rbk_net *rn, const char *name)
{
	const struct rbk_mirror *m;

	lockdep_assert_held(&rn->watch_lock);
	m = rbk_mirror_find(rn, name);
	return !m || !READ_ONCE(m->dev);
}

int rbk_mirrors_update(struct rbk_net *rn)
{
	struct rbk_mirror *m, *next;
	struct rbk_watch *w;
	unsigned int n = 0;
	LIST_HEAD(dropped);
	int err = 0;

	lockdep_assert_held(&rn->watch_lock);
	rtnl_lock();
	list_for_each_entry(m, &rn->hooks.mirrors, list) {
		m->wanted = false;
		m->fresh = false;
	}
	list_for_each_entry(w, &rn->watches, list) {
		if (!err && w->hooks & RINGBACK_HOOK_MIRROR)
			err = rbk_mirror_want(rn, w->mirror, &n);
	}
	/* After an error all is as it was before. */
	list_for_each_entry_safe(m, next, &rn->hooks.mirrors, list) {
		if (err ? m->fresh : !m->wanted)
			rbk_mirror_drop(rn, m, &dropped);
	}
	rtnl_unlock();
	rbk_mirrors_free(&dropped);
	return err;
}

/* RTNL: the module goes, and nobody would tell of a device that does. */
static bool rbk_mirror_ending;

/*
 * Follows devices that came, went or changed their names. One of the others that a
 * device may have is as good as the first, so what is found by it is compared; each
 * detaching drops what is in the NFQUEUEs of the namespace. Not in the notifier:
 * from 6.15 on that is called with the lock of the device, which
 * dev_set_promiscuity() takes.
 */
static void rbk_mirror_work(struct work_struct *work)
{
	struct rbk_net *rn = container_of(work, struct rbk_net, hooks.mirror_work);
	struct net_device *dev;
	struct rbk_mirror *m;

	rtnl_lock();
	list_for_each_entry(m, &rn->hooks.mirrors, list) {
		dev = __dev_get_by_name(rn->net, m->name);
		if (dev == m->dev)
			continue;
		rbk_mirror_detach(rn, m);
		if (dev && !rbk_mirror_ending && rbk_mirror_attach(rn, m, dev))
			netdev_warn(dev, "ringback cannot watch this mirror port\n");
	}
	rtnl_unlock();
}

void rbk_mirrors_init(struct rbk_net *rn)
{
	INIT_LIST_HEAD(&rn->hooks.mirrors);
	INIT_WORK(&rn->hooks.mirror_work, rbk_mirror_work);
}

void rbk_mirrors_exit(struct rbk_net *rn)
{
	struct rbk_mirror *m, *next;
	LIST_HEAD(dropped);

	rtnl_lock();
	list_for_each_entry_safe(m, next, &rn->hooks.mirrors, list)
		rbk_mirror_drop(rn, m, &dropped);
	rtnl_unlock();
	rbk_mirrors_free(&dropped);
	/* The notifier found nothing to schedule it for any more. */
	cancel_work_sync(&rn->hooks.mirror_work);
}

static int rbk_mirror_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct rbk_net *rn = rbk_net(dev_net(dev));
	struct rbk_mirror *m;

	switch (event) {
	case NETDEV_UNREGISTER:
		list_for_each_entry(m, &rn->hooks.mirrors, list) {
			if (m->dev == dev)
				rbk_mirror_detach(rn, m);
		}
		break;
	case NETDEV_REGISTER:
	case NETDEV_CHANGENAME:
		if (!list_empty(&rn->hooks.mirrors))
			schedule_work(&rn->hooks.mirror_work);
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block rbk_mirror_notifier = {
	.notifier_call = rbk_mirror_event,
};

int rbk_mirror_module_init(void)
{
	return register_netdevice_notifier(&rbk_mirror_notifier);
}

void rbk_mirror_module_exit(void)
{
	rtnl_lock();
	rbk_mirror_ending = true;
	rtnl_unlock();
	unregister_netdevice_notifier(&rbk_mirror_notifier);
}
