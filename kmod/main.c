// SPDX-License-Identifier: GPL-2.0
/*
 * nf_ringback: remembers who failed to reach which service. Only the order of
 * init and exit lives here, for the module and for a network namespace.
 */
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "admission.h"
#include "attempt.h"
#include "classify.h"
#include "compat.h"
#include "event.h"
#include "mirror.h"
#include "netlink.h"
#include "pernet.h"
#include "purge.h"
#include "queue.h"
#include "service.h"
#include "share.h"
#include "standin.h"
#include "watch.h"

#define RBK_FILTER_KIB_MAX	(256 * 1024)

static unsigned int filter_kib = 1024;
module_param(filter_kib, uint, 0444);
MODULE_PARM_DESC(filter_kib,
		 "Size of a namespace's admission filter in KiB; each remembers 160 SYNs (1024)");

static unsigned int guest_attempts = 131072;
module_param(guest_attempts, uint, 0644);
MODULE_PARM_DESC(guest_attempts,
		 "Attempts, services and decisions of all unprivileged namespaces together (131072)");

static atomic_t rbk_guest_attempts = ATOMIC_INIT(0);

static unsigned int rbk_net_id __read_mostly;

const u32 rbk_limit_default[RINGBACK_A_CONFIG_MAX + 1] = {
	[RINGBACK_A_CONFIG_MAX_ATTEMPTS] = 131072,
	[RINGBACK_A_CONFIG_MAX_PER_CLIENT] = 256,
	[RINGBACK_A_CONFIG_MAX_PER_SERVICE] = 65536,
	[RINGBACK_A_CONFIG_MAX_SERVICES] = 4096,
	[RINGBACK_A_CONFIG_MAX_DECISIONS] = 65536,
};

struct rbk_net *rbk_net(const struct net *net)
{
	return net_generic(net, rbk_net_id);
}

bool rbk_guest_full(const struct rbk_net *rn)
{
	return rn->guest &&
	       (unsigned int)atomic_read(&rbk_guest_attempts) >= READ_ONCE(guest_attempts);
}

void rbk_guest_charge(struct rbk_net *rn, int by)
{
	if (rn->guest)
		atomic_add(by, &rbk_guest_attempts);
}

static int rbk_net_alloc(struct rbk_net *rn)
{
	rn->stats = alloc_percpu_gfp(struct rbk_stats, GFP_KERNEL_ACCOUNT);
	rn->filter = rbk_filter_new(filter_kib);
	rn->by_client = rbk_shares_new();
	rn->by_service = rbk_shares_new();
	return rn->stats && rn->filter && rn->by_client && rn->by_service ? 0 : -ENOMEM;
}

static void rbk_net_free(struct rbk_net *rn)
{
	rbk_shares_free(rn->by_service);
	rbk_shares_free(rn->by_client);
	rbk_filter_free(rn->filter);
	free_percpu(rn->stats);
}

int rbk_net_start(struct rbk_net *rn)
{
	int err;

	lockdep_assert_held(&rn->watch_lock);
	if (rn->started)
		return 0;
	err = rbk_net_alloc(rn);
	if (err)
		goto err_alloc;
	err = rbk_attempt_init(rn);
	if (err)
		goto err_alloc;
	err = rbk_service_init(rn);
	if (err)
		goto err_attempt;
	err = rbk_standin_init(rn);
	if (err)
		goto err_service;
	/* Pairs with rbk_net_started(). */
	smp_store_release(&rn->started, true);
	return 0;

err_service:
	rbk_service_exit(rn);
err_attempt:
	rbk_attempt_exit(rn);
err_alloc:
	rbk_net_free(rn);
	return err;
}

static int __net_init rbk_net_init(struct net *net)
{
	struct rbk_net *rn = rbk_net(net);

	rn->net = net;
	rn->guest = net->user_ns != &init_user_ns;
	mutex_init(&rn->watch_lock);
	INIT_LIST_HEAD(&rn->watches);
	ida_init(&rn->watch_ids);
	spin_lock_init(&rn->lock);
	memcpy(rn->limit, rbk_limit_default, sizeof(rn->limit));
	/* A dump takes 0 for "none yet". */
	rn->watch_seq = 1;
	rn->attempt_seq = 1;
	rn->service_seq = 1;
	rn->standin.seq = 1;
	INIT_LIST_HEAD(&rn->standin.outlived);
	rbk_queue_init(rn);
	rbk_events_init(rn);
	rbk_hooks_init(rn);
	return 0;
}

/* Before the grace period of the exit: packets cease. No socket, hence no request, is left. */
static void __net_exit rbk_net_pre_exit(struct net *net)
{
	rbk_hooks_exit(rbk_net(net));
}

static void __net_exit rbk_net_exit(struct net *net)
{
	struct rbk_net *rn = rbk_net(net);

	rbk_queue_stop(rn);
	rbk_events_exit(rn);
	rbk_watch_exit(rn);
	if (rn->started) {
		rbk_attempt_exit(rn);
		rbk_service_exit(rn);
		rbk_standin_exit(rn);
		rbk_net_free(rn);
	}
	rbk_queue_exit(rn);
}

static struct pernet_operations rbk_net_ops = {
	.init = rbk_net_init,
	.pre_exit = rbk_net_pre_exit,
	.exit = rbk_net_exit,
	.id = &rbk_net_id,
	.size = sizeof(struct rbk_net),
};

static int __init rbk_selftest(void)
{
#ifdef RINGBACK_SELFTEST
	if (!rbk_classify_selftest() || !rbk_filter_selftest() || !rbk_watch_selftest() ||
	    !rbk_queue_selftest() || !rbk_standin_selftest() || !rbk_purge_selftest())
		return -ENOTRECOVERABLE;
	pr_info("nf_ringback: self-tests passed\n");
#endif
	return 0;
}

static int __init rbk_init(void)
{
	int err;

	filter_kib = clamp(filter_kib, 1U, RBK_FILTER_KIB_MAX);
	err = rbk_selftest();
	if (err)
		return err;
	err = rbk_attempt_module_init();
	if (err)
		return err;
	err = rbk_standin_module_init();
	if (err)
		goto err_attempt;
	err = rbk_queue_module_init();
	if (err)
		goto err_standin;
	err = register_pernet_subsys(&rbk_net_ops);
	if (err)
		goto err_queue;
	err = rbk_mirror_module_init();
	if (err)
		goto err_pernet;
	err = genl_register_family(&rbk_family);
	if (err)
		goto err_mirror;
	return 0;

err_mirror:
	rbk_mirror_module_exit();
err_pernet:
	unregister_pernet_subsys(&rbk_net_ops);
err_queue:
	rbk_queue_module_exit();
err_standin:
	rbk_standin_module_exit();
err_attempt:
	rbk_attempt_module_exit();
	return err;
}

static void __exit rbk_exit(void)
{
	rbk_events_module_stop();
	genl_unregister_family(&rbk_family);
	rbk_mirror_module_exit();
	unregister_pernet_subsys(&rbk_net_ops);
	rbk_queue_module_exit();
	/* Entries are freed by call_rcu(), whose callback is code of this module. */
	rcu_barrier();
	rbk_standin_module_exit();
	rbk_attempt_module_exit();
}

module_init(rbk_init);
module_exit(rbk_exit);

MODULE_DESCRIPTION("ringback: remembers clients whose attempts to reach a service failed");
MODULE_AUTHOR("The ringback authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(RINGBACK_VERSION);
MODULE_ALIAS_GENL_FAMILY(RINGBACK_GENL_NAME);
