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
#define TEXT_OF(x)  #x
#define TEXT(macro) TEXT_OF(macro)
#define MASK	    TEXT(RINGBACK_MARK_MASK)
#define OTHERS	    "0xffff00ff"
#define RESET	    TEXT(RINGBACK_MARK_RESET)
#define ANSWER	    TEXT(RINGBACK_MARK_ANSWER)
#define TAKEN	    TEXT(STANDIN_MARK_TAKEN)
_Static_assert(RINGBACK_MARK_MASK == (uint32_t)~0xffff00ff, "OTHERS is what is not ours");

/* What brings cookies back, the port twice, what notes a connection. */
static const char ruleset[] =
	"add table " TABLE " { flags owner; }\n"
	"delete table " TABLE "\n"
	"table " TABLE " {\n"
	"	flags owner\n"
	"	chain pre {\n"
	"		type filter hook prerouting priority -90; policy accept;\n"
	"		meta mark & " MASK " == " RESET " meta l4proto tcp reject with tcp reset\n"
	"		meta mark & " MASK " == " ANSWER " jump take_over\n"
	"		meta l4proto { tcp, icmp, ipv6-icmp } socket transparent 1"
	" meta mark set meta mark & " OTHERS " | " TAKEN " accept\n"
	"		%s\n"
	"	}\n"
	"	chain take_over {\n"
	"		meta nfproto ipv4 meta l4proto tcp tproxy ip to 127.0.0.1:%u goto taken\n"
	"		meta nfproto ipv6 meta l4proto tcp tproxy ip6 to [::1]:%u goto taken\n"
	"	}\n"
	"	chain taken {\n"
	"		meta mark set meta mark & " OTHERS " | " TAKEN "\n"
	"		%s\n"
	"		accept\n"
	"	}\n"
	"}\n";

static const char cookies[] =
	"meta l4proto tcp ct direction original ct mark & " MASK " == " TAKEN " jump take_over";
static const char note[] = "ct mark set ct mark & " OTHERS " | " TAKEN;

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

static int put_table(struct nft_ctx *ctx, uint16_t port, bool conntrack, char *why, size_t size)
{
	char commands[2048];

	snprintf(commands, sizeof(commands), ruleset, conntrack ? cookies : "", port, port,
		 conntrack ? note : "");
	return run(ctx, commands, why, size);
}

struct standin_nft *standin_nft_install(uint16_t port, bool conntrack, char *why, size_t size)
{
	struct standin_nft *n = calloc(1, sizeof(*n));

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
	/* Connections bear no marks in every kernel; without them SYN cookies alone do not work. */
	if (!put_table(n->ctx, port, conntrack, why, size) ||
	    (conntrack && !put_table(n->ctx, port, false, why, size)))
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
