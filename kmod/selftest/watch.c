// SPDX-License-Identifier: GPL-2.0
/*
 * The lookup of watches: prefixes and ports, clients, places, and who wins when
 * several match. Addresses are IPv4 in host order, or the last word of an IPv6
 * one below 2001:db8::.
 */

struct rbk_watch_spec {
	u8 family;
	u32 server;
	u8 server_len;
	u32 client;
	u8 client_len;		/* 0: any client */
	u8 proto;
	u16 first;
	u16 last;
	u8 hooks;
};

#define FWD	RINGBACK_HOOK_FORWARD
#define LOC	RINGBACK_HOOK_LOCAL
#define V4	NFPROTO_IPV4
#define V6	NFPROTO_IPV6
#define NET10	0x0a000000

/* In the order they are added; ids are 1, 2, ... */
static const struct rbk_watch_spec rbk_watch_specs[] __initconst = {
	{ V4, 0xc0000200, 24, 0, 0, IPPROTO_TCP, 80, 80, FWD },
	{ V4, 0xc000020a, 32, 0, 0, IPPROTO_TCP, 1, 1000, FWD },
	{ V4, 0xc0000200, 24, 0, 0, IPPROTO_TCP, 443, 443, FWD },
	{ V4, 0xc6336400, 24, NET10, 8, IPPROTO_TCP, 80, 80, FWD },
	{ V4, 0xc6336400, 24, NET10, 8, IPPROTO_TCP, 80, 80, LOC },
	{ V6, 0x10, 128, 0, 0, IPPROTO_TCP, 80, 80, FWD },
	{ V6, 0, 32, 0x77, 128, IPPROTO_UDP, 53, 54, FWD },
	{ V4, 0, 0, 0, 0, IPPROTO_UDP, 53, 53, FWD },
};

struct rbk_watch_row {
	const char *name;
	u8 family;
	u32 server;
	u32 client;
	u8 proto;
	u16 port;
	u8 places;
	u16 id;		/* expected; 0: none */
};

static const struct rbk_watch_row rbk_watch_rows[] __initconst = {
	{ "by prefix", V4, 0xc0000214, 1, IPPROTO_TCP, 80, FWD, 1 },
	{ "the first that was added wins", V4, 0xc000020a, 1, IPPROTO_TCP, 80, FWD, 1 },
	{ "a range behind it", V4, 0xc000020a, 1, IPPROTO_TCP, 81, FWD, 2 },
	{ "a range before a lone port", V4, 0xc000020a, 1, IPPROTO_TCP, 443, FWD, 2 },
	{ "a lone port beside it", V4, 0xc000020b, 1, IPPROTO_TCP, 443, FWD, 3 },
	{ "no such port", V4, 0xc000020b, 1, IPPROTO_TCP, 81, FWD, 0 },
	{ "the other protocol", V4, 0xc0000214, 1, IPPROTO_UDP, 80, FWD, 0 },
	{ "no such server", V4, 0xc0000314, 1, IPPROTO_TCP, 80, FWD, 0 },
	{ "a watched client", V4, 0xc6336401, NET10 + 9, IPPROTO_TCP, 80, FWD, 4 },
	{ "another client", V4, 0xc6336401, 0x0b000009, IPPROTO_TCP, 80, FWD, 0 },
	{ "another place", V4, 0xc6336401, NET10 + 9, IPPROTO_TCP, 80, LOC, 5 },
	{ "both places", V4, 0xc6336401, NET10 + 9, IPPROTO_TCP, 80, FWD | LOC, 4 },
	{ "a place nobody watches", V4, 0xc0000214, 1, IPPROTO_TCP, 80, LOC, 0 },
	{ "IPv6 address", V6, 0x10, 1, IPPROTO_TCP, 80, FWD, 6 },
	{ "IPv6 prefix and client", V6, 0x11, 0x77, IPPROTO_UDP, 54, FWD, 7 },
	{ "IPv6, another client", V6, 0x11, 0x78, IPPROTO_UDP, 54, FWD, 0 },
	{ "prefix of length 0", V4, 0x01010101, 1, IPPROTO_UDP, 53, FWD, 8 },
};

static union nf_inet_addr __init rbk_test_addr(u8 family, u32 n)
{
	union nf_inet_addr addr = { .all = {} };

	if (family == NFPROTO_IPV4) {
		addr.ip = htonl(n);
	} else {
		addr.ip6[0] = htonl(0x20010db8);
		addr.ip6[3] = htonl(n);
	}
	return addr;
}

static struct rbk_watch *__init rbk_test_watch(const struct rbk_watch_spec *spec, u16 id)
{
	struct rbk_watch *w = rbk_watch_alloc(1, !!spec->client_len, 1);

	if (!w)
		return NULL;
	w->id = id;
	w->hooks = spec->hooks;
	w->prefix[0] = (struct rbk_prefix){
		rbk_test_addr(spec->family, spec->server), spec->family, spec->server_len
	};
	if (spec->client_len) {
		w->prefix[1] = (struct rbk_prefix){
			rbk_test_addr(spec->family, spec->client), spec->family, spec->client_len
		};
		__set_bit(spec->client_len, w->client_lens[spec->family == NFPROTO_IPV6]);
	}
	w->port[0] = (struct rbk_ports){ spec->first, spec->last, spec->proto };
	return w;
}

static bool __init rbk_test_rules(const struct rbk_rules *rules)
{
	bool ok = true;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rbk_watch_rows); i++) {
		const struct rbk_watch_row *row = &rbk_watch_rows[i];
		struct rbk_attempt_key key = {
			.client = rbk_test_addr(row->family, row->client),
			.service.server = rbk_test_addr(row->family, row->server),
			.service.port = htons(row->port),
			.service.proto = row->proto,
			.service.family = row->family,
		};
		const struct rbk_watch *w = rbk_watch_find(rules, &key, row->places);

		if ((w ? w->id : 0) != row->id) {
			pr_err("nf_ringback: self-test watch: %s: %d, not %d: FAIL\n", row->name,
			       w ? w->id : 0, row->id);
			ok = false;
		}
	}
	return ok;
}

bool __init rbk_watch_selftest(void)
{
	struct rbk_watch *w, *next;
	struct rbk_rules *rules;
	LIST_HEAD(watches);
	bool ok = false;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rbk_watch_specs); i++) {
		w = rbk_test_watch(&rbk_watch_specs[i], i + 1);
		if (!w)
			goto out;
		list_add_tail(&w->list, &watches);
	}
	rules = rbk_rules_build(&watches);
	if (rules)
		ok = rbk_test_rules(rules);
	kvfree(rules);
out:
	list_for_each_entry_safe(w, next, &watches, list)
		kvfree(w);
	return ok;
}
