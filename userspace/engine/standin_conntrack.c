// SPDX-License-Identifier: GPL-2.0
/*
 * Deletes conntrack entries of connections that a dead server never answered.
 */
#include "standin_conntrack.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libnetfilter_conntrack/libnetfilter_conntrack.h>
#include <libnetfilter_conntrack/libnetfilter_conntrack_tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/log.h"

/* In each namespace the number of its entries; no such file: not loaded. */
#define COUNT_FILE "/proc/sys/net/netfilter/nf_conntrack_count"

bool standin_conntrack_used(void)
{
	FILE *f = fopen(COUNT_FILE, "re");
	unsigned int n = 0;

	if (!f)
		return false;
	if (fscanf(f, "%u", &n) != 1)
		n = 0;
	fclose(f);
	return n > 0;
}

struct search {
	const struct service *service;
	struct nfct_handle *del; /* the dump's own is busy */
	int n;
};

static bool addr_is(const struct nf_conntrack *ct, enum nf_conntrack_attr v4,
		    enum nf_conntrack_attr v6, const struct addr *a)
{
	const void *bytes = nfct_get_attr(ct, a->family == AF_INET ? v4 : v6);

	return bytes && memcmp(bytes, a->bytes, addr_len(a)) == 0;
}

/* The server is where answers would come from: behind destination NAT, too. */
static bool matches(const struct nf_conntrack *ct, const struct service *to)
{
	return nfct_get_attr_u8(ct, ATTR_L3PROTO) == to->server.family &&
	       nfct_get_attr_u8(ct, ATTR_L4PROTO) == to->proto &&
	       nfct_get_attr_u8(ct, ATTR_TCP_STATE) == TCP_CONNTRACK_SYN_SENT &&
	       nfct_get_attr_u16(ct, ATTR_REPL_PORT_SRC) == htons(to->port) &&
	       addr_is(ct, ATTR_REPL_IPV4_SRC, ATTR_REPL_IPV6_SRC, &to->server);
}

static int on_entry(enum nf_conntrack_msg_type type, struct nf_conntrack *ct, void *data)
{
	struct search *s = data;

	(void)type;
	if (matches(ct, s->service) && nfct_query(s->del, NFCT_Q_DESTROY, ct) == 0)
		s->n++;
	return NFCT_CB_CONTINUE;
}

/* Only what saw no reply is worth a copy; older kernels send all, which is only slower. */
static struct nfct_filter_dump *unreplied(const struct service *s)
{
	static const struct nfct_filter_dump_mark status = { .val = 0, .mask = IPS_SEEN_REPLY };
	struct nfct_filter_dump *filter = nfct_filter_dump_create();

	if (!filter)
		return NULL;
	nfct_filter_dump_set_attr(filter, NFCT_FILTER_DUMP_STATUS, &status);
	nfct_filter_dump_set_attr_u8(filter, NFCT_FILTER_DUMP_L3NUM, s->server.family);
	return filter;
}

int standin_conntrack_forget(const struct service *service)
{
	struct search s = { .service = service };
	struct nfct_filter_dump *filter = unreplied(service);
	struct nfct_handle *dump = nfct_open(CONNTRACK, 0);
	int rc = -ENOMEM;

	s.del = nfct_open(CONNTRACK, 0);
	if (filter && dump && s.del) {
		nfct_callback_register(dump, NFCT_T_ALL, on_entry, &s);
		rc = nfct_query(dump, NFCT_Q_DUMP_FILTER, filter) ? -errno : s.n;
	}
	if (dump)
		nfct_close(dump);
	if (s.del)
		nfct_close(s.del);
	if (filter)
		nfct_filter_dump_destroy(filter);
	return rc;
}
