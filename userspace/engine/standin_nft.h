/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The stand-in's nftables table: from the module's mark to the transparent
 * listeners. The only place with libnftables.
 *
 * The table belongs to this process ("flags owner"): a flush of the ruleset
 * passes it over, nobody else can change it, and it goes with the process,
 * whatever ends that.
 */
#ifndef RINGBACK_ENGINE_STANDIN_NFT_H
#define RINGBACK_ENGINE_STANDIN_NFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* On packets of connections that are ours: for the routing rule, and for firewalls. */
#define STANDIN_MARK_TAKEN 0x5200

struct standin_nft;

/*
 * Puts the table in, in one transaction; @port: of the listeners. @conntrack: whether
 * connections are tracked here; without, nothing makes the kernel begin to. NULL and a
 * sentence in @why.
 */
struct standin_nft *standin_nft_install(uint16_t port, bool conntrack, char *why, size_t size);
/* Takes it out. NULL is fine. */
void standin_nft_remove(struct standin_nft *n);

#endif /* RINGBACK_ENGINE_STANDIN_NFT_H */
