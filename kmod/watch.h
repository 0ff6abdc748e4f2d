/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Watches: what is observed. The packet path reads an immutable snapshot of
 * all of them (struct rbk_rules), rebuilt on each change.
 */
#ifndef _RBK_WATCH_H
#define _RBK_WATCH_H

#include <linux/if.h>
#include <linux/nf_ringback.h>

#include "classify.h"
#include "queue.h"

struct netlink_ext_ack;
struct rbk_net;

#define RBK_MAX_WATCHES		4096	/* of a namespace */
#define RBK_MAX_WATCH_ID	8191	/* so many that one is not used again at once */
#define RBK_MAX_RULES		65536	/* prefixes of all watches of a namespace */
#define RBK_MAX_PREFIXES	1024	/* of a watch: it must fit in one message */
#define RBK_MAX_PORTS		256	/* ranges of a watch, likewise */
#define RBK_LENS		129	/* prefix lengths 0..128 */

struct rbk_prefix {
	union nf_inet_addr addr;	/* bits beyond len are zero */
	u8 family;			/* NFPROTO_IPV4 or NFPROTO_IPV6 */
	u8 len;
};

struct rbk_ports {
	u16 first;			/* host order */
	u16 last;
	u8 proto;			/* IPPROTO_TCP or IPPROTO_UDP */
};

/* Constant once it is in rbk_net.watches; a change makes a new one. */
struct rbk_watch {
	struct list_head list;		/* rbk_net.watches: rbk_net.watch_lock */
	struct rbk_queue *queue[RBK_QUEUES]; /* by enum rbk_stage */
	DECLARE_BITMAP(client_lens[2], RBK_LENS); /* IPv4, IPv6: lengths in use */
	char name[RINGBACK_WATCH_NAME_MAX + 1];
	u16 id;				/* 1.. */
	u8 hooks;			/* bits of enum ringback_hook */
	u8 admission;			/* enum ringback_admission */
	bool standin;			/* its services that are down may be stood in for */
	bool reverse_path;		/* clients must come in where the way to them leaves */
	char mirror[IFNAMSIZ];		/* device, with RINGBACK_HOOK_MIRROR */
	u32 no_reply;			/* seconds */
	u32 keep;			/* seconds */
	u32 down_after;
	u32 down_clients;
	u16 n_ports;
	u16 n_servers;
	u16 n_clients;
	struct rbk_ports *port;		/* n_ports, behind the prefixes */
	struct rbk_prefix prefix[];	/* n_servers, then n_clients */
};

struct rbk_rules;

/**
 * rbk_watch_alloc - a watch with room for its lists and the default values
 *
 * May sleep. The caller owns it, and frees it with kvfree(), until
 * rbk_watch_new() takes it over.
 *
 * Return: the watch or NULL.
 */
struct rbk_watch *rbk_watch_alloc(unsigned int n_servers, unsigned int n_clients,
				  unsigned int n_ports);

/**
 * rbk_watch_new - put a watch in force
 * @rn: the namespace; its watch_lock is held
 * @w: the watch; taken over on success only
 * @replace: take the place of the watch of the same name, if there is one
 * @extack: tells why not
 *
 * May sleep.
 *
 * Return: 0, -EEXIST, -ENOSPC, -ENOMEM or what the hooks said.
 */
int rbk_watch_new(struct rbk_net *rn, struct rbk_watch *w, bool replace,
		  struct netlink_ext_ack *extack);

/* Deletes the watch @name and all it recorded. -ENOENT, -ENOMEM. watch_lock; may sleep. */
int rbk_watch_del(struct rbk_net *rn, const char *name);

/* Frees what a dying namespace still has; no packet comes any more. */
void rbk_watch_exit(struct rbk_net *rn);

/**
 * rbk_watch_find - the watch that covers an attempt
 * @rules: snapshot, read under RCU; may be NULL
 * @key: the attempt
 * @places: bits of enum ringback_hook, where the packet was seen
 *
 * Costs a hash lookup for each distinct length of server prefixes. Watches of a
 * single port are found by it, however many. Those of several ports that share
 * a prefix are tried one after the other, up to RBK_MAX_PORTS ranges each; so
 * are watches of the same port and prefix that differ in their clients only.
 *
 * Return: of all that match, the watch that was added first; or NULL.
 */
const struct rbk_watch *rbk_watch_find(const struct rbk_rules *rules,
				       const struct rbk_attempt_key *key, u8 places);

/* The same for any client that tries @s, wherever it is seen. */
const struct rbk_watch *rbk_watch_of_service(const struct rbk_rules *rules,
					     const struct rbk_service_key *s);

/* The watch with that id; NULL once it is deleted. RCU. */
const struct rbk_watch *rbk_watch_by_id(const struct rbk_rules *rules, u16 id);

#ifdef RINGBACK_SELFTEST
bool rbk_watch_selftest(void);
#endif

#endif /* _RBK_WATCH_H */
