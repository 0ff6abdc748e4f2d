// SPDX-License-Identifier: GPL-2.0
/*
 * The stand-in's nftables table, through libnftables.
 */
#include "standin_nft.h"

#include <errno.h>
#include <linux/nf_ringback.h>
#include <nftables/libnftables.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TABLE "inet ringback"

struct standin_nft {
	struct nft_ctx *ctx; /* its socket owns the table */
};

/*
 * Why it is as it is:
 *  - The module marks at -95, behind destination NAT: the server is the real one.
 *  - Two marks: what the module sets only asks; what is routed to this host is marked
 *    when tproxy has found a listener. With one mark and no listener, connections
 *    would end here even though the server lives.
 *  - Packets of connections that are ours are known by their socket. SYNs, too, or a
 *    port used again would meet our TIME_WAIT; and ICMP, or a path's MTU is not learned.
 *  - Under SYN cookies an ACK finds no socket: the connection's mark brings it back.
 *  - All of the mark but RINGBACK_MARK_MASK belongs to others.
 */
static const char ruleset[] =
	"add table " TABLE " { flags owner; }\n"
	"delete table " TABLE "\n"
	"table " TABLE " {\n"
	"	flags owner\n"
	"	chain pre {\n"
	"		type filter hook prerouting priority -90; policy accept;\n"
	"		meta mark & %1$#x == %2$#x meta l4proto tcp reject with tcp reset\n"
	"		meta mark & %1$#x == %3$#x jump take_over\n"
	"		meta l4proto { tcp, icmp, ipv6-icmp } socket transparent 1 meta mark set"
	" meta mark & %4$#x | %5$#x accept\n"
	"		%7$s\n"
	"	}\n"
	"	chain take_over {\n"
	"		meta nfproto ipv4 meta l4proto tcp tproxy ip to 127.0.0.1:%6$u goto taken\n"
	"		meta nfproto ipv6 meta l4proto tcp tproxy ip6 to [::1]:%6$u goto taken\n"
	"	}\n"
	"	chain taken {\n"
	"		meta mark set meta mark & %4$#x | %5$#x\n"
	"		%8$s\n"
	"		accept\n"
	"	}\n"
	"}\n";

static int render(char *buf, size_t size, uint16_t port, bool conntrack)
{
	char again[128] = "", keep[128] = "";
	const unsigned int others = ~RINGBACK_MARK_MASK;

	if (conntrack) {
		snprintf(
			again, sizeof(again),
			"meta l4proto tcp ct direction original ct mark & %#x == %#x jump take_over",
			RINGBACK_MARK_MASK, STANDIN_MARK_TAKEN);
		snprintf(keep, sizeof(keep), "ct mark set ct mark & %#x | %#x", others,
			 STANDIN_MARK_TAKEN);
	}
	return snprintf(buf, size, ruleset, RINGBACK_MARK_MASK, RINGBACK_MARK_RESET,
			RINGBACK_MARK_ANSWER, others, STANDIN_MARK_TAKEN, port, again, keep);
}

/* 0, or -EIO with what nft says, in one line. */
static int run(struct nft_ctx *ctx, const char *commands, char *why, size_t size)
{
	const char *said;

	if (!nft_run_cmd_from_buffer(ctx, commands))
		return 0;
	said = nft_ctx_get_error_buffer(ctx);
	snprintf(why, size, "nftables table " TABLE ": %.*s", (int)strcspn(said, "\n"), said);
	return -EIO;
}

struct standin_nft *standin_nft_install(uint16_t port, bool conntrack, char *why, size_t size)
{
	struct standin_nft *n = calloc(1, sizeof(*n));
	char commands[2048];

	if (n)
		n->ctx = nft_ctx_new(NFT_CTX_DEFAULT);
	if (!n || !n->ctx) {
		snprintf(why, size, "out of memory");
		free(n);
		return NULL;
	}
	nft_ctx_buffer_error(n->ctx);
	nft_ctx_buffer_output(n->ctx);
	/* One without an owner is nobody's: it would stand in the way. */
	run(n->ctx, "delete table " TABLE, why, size);
	render(commands, sizeof(commands), port, conntrack);
	if (!run(n->ctx, commands, why, size))
		return n;
	nft_ctx_free(n->ctx);
	free(n);
	return NULL;
}

void standin_nft_remove(struct standin_nft *n)
{
	if (!n)
		return;
	nft_ctx_free(n->ctx);
	free(n);
}
