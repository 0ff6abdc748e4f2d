/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a packet, or the end of a timeout, does to the attempts.
 */
#ifndef _RBK_ATTEMPT_H
#define _RBK_ATTEMPT_H

#include <linux/netdevice.h>

#include "table.h"

/* A packet that was seen: where, and with whose eyes. */
struct rbk_sighting {
	struct rbk_net *rn;
	const struct rbk_rules *rules;	/* RCU; may be NULL */
	const struct sk_buff *skb;
	struct net_device *in;		/* or NULL */
	struct net_device *out;		/* or NULL */
	u8 places;			/* bits of enum ringback_hook */
	bool own;			/* an ICMP error made by this host */
	bool frame;			/* bridged or mirrored: MAC addresses are at hand */
};

/*
 * What a packet does to the table. All: RCU, in any context; takes
 * rbk_net.lock where there is something to change. The packet @p is the one
 * that rbk_classify() took apart.
 */
void rbk_attempt_syn(const struct rbk_sighting *s, struct rbk_packet *p);
void rbk_attempt_synack(const struct rbk_sighting *s, struct rbk_packet *p);
/* @p is a RST or an ICMP error. */
void rbk_attempt_error(const struct rbk_sighting *s, struct rbk_packet *p);
/* @p may go either way, and is reversed when it comes from the server. */
void rbk_attempt_udp(const struct rbk_sighting *s, struct rbk_packet *p);

/* The time of the stage of @a is up: it fails, or leaves. RCU, rbk_net.lock. */
void rbk_attempt_timeout(struct rbk_net *rn, struct rbk_attempt *a, u32 now);

#endif /* _RBK_ATTEMPT_H */
