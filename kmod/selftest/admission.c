// SPDX-License-Identifier: GPL-2.0
/*
 * The admission filter: what was seen is known with its age, a flood pushes out
 * the oldest and nothing else, and strangers are not taken for acquaintances.
 */

static struct rbk_packet __init rbk_filter_packet(u8 family, u8 proto, u32 n)
{
	struct rbk_packet p = {
		.key.client.all = { n },
		.key.service = {
			.server.all = { 1 },
			.port = htons(80),
			.proto = proto,
			.family = family,
		},
		.client_port = htons(40000),
		.isn = 4711,
	};

	return p;
}

/* Each step is one packet, later by a number of periods of rbk_coarse(), in order. */
struct rbk_filter_row {
	const char *name;
	u8 family;
	u8 proto;
	u32 n;		/* which packet */
	u32 now;
	enum { SEE, RENEW, FORGET } first;	/* what is done before it is seen */
	int age;	/* expected of rbk_filter_see() */
};

static const struct rbk_filter_row rbk_filter_rows[] __initconst = {
	{ "first SYN", NFPROTO_IPV4, IPPROTO_TCP, 1, 1000, SEE, -1 },
	{ "the same SYN", NFPROTO_IPV4, IPPROTO_TCP, 1, 1060, SEE, 60 },
	{ "age counts from the first", NFPROTO_IPV4, IPPROTO_TCP, 1, 1180, SEE, 180 },
	{ "another client", NFPROTO_IPV4, IPPROTO_TCP, 2, 1180, SEE, -1 },
	{ "IPv6 is another matter", NFPROTO_IPV6, IPPROTO_TCP, 1, 1180, SEE, -1 },
	{ "so is UDP", NFPROTO_IPV4, IPPROTO_UDP, 1, 1180, SEE, -1 },
	{ "renewed", NFPROTO_IPV4, IPPROTO_UDP, 1, 1280, RENEW, 0 },
	{ "age counts from the renewal", NFPROTO_IPV4, IPPROTO_UDP, 1, 1290, SEE, 10 },
	{ "clock beyond 16 bits", NFPROTO_IPV4, IPPROTO_TCP, 3, 65530, SEE, -1 },
	{ "age across the wrap", NFPROTO_IPV4, IPPROTO_TCP, 3, 65550, SEE, 20 },
	{ "forgotten", NFPROTO_IPV4, IPPROTO_TCP, 3, 65560, FORGET, -1 },
	{ "and seen anew", NFPROTO_IPV4, IPPROTO_TCP, 3, 65570, SEE, 10 },
};

static bool __init rbk_filter_steps(struct rbk_filter *f)
{
	bool ok = true;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rbk_filter_rows); i++) {
		const struct rbk_filter_row *row = &rbk_filter_rows[i];
		struct rbk_packet p = rbk_filter_packet(row->family, row->proto, row->n);

		int age = row->age < 0 ? row->age : (int)rbk_coarse_ticks(row->age);

		if (row->first == RENEW)
			rbk_filter_renew(f, &p, row->now);
		if (row->first == FORGET)
			ok &= rbk_filter_forget(f, &p) && !rbk_filter_forget(f, &p);
		if (rbk_filter_see(f, &p, row->now) != age) {
			pr_err("nf_ringback: self-test admission: %s: FAIL\n", row->name);
			ok = false;
		}
	}
	return ok;
}

bool __init rbk_filter_selftest(void)
{
	struct rbk_filter *f = rbk_filter_new(64);
	unsigned int n, known = 0, strange = 0;
	struct rbk_packet p;
	bool ok;

	if (!f)
		return false;
	ok = rbk_filter_steps(f);

	/*
	 * 64 KiB remember about 10,000. Of a flood of 100,000 a stranger is taken for one of
	 * them once in some thousand runs.
	 */
	for (n = 1000; n < 101000; n++) {
		p = rbk_filter_packet(NFPROTO_IPV4, IPPROTO_TCP, n);
		strange += rbk_filter_see(f, &p, n) >= 0;
	}
	for (n = 1000; n < 101000; n++) {
		p = rbk_filter_packet(NFPROTO_IPV4, IPPROTO_TCP, n);
		known += rbk_filter_age(f, &p, n) >= 0;
	}
	if (strange > 2 || known < 9000 || known > 10240) {
		pr_err("nf_ringback: self-test admission: flood: %u strange, %u known: FAIL\n",
		       strange, known);
		ok = false;
	}
	rbk_filter_free(f);
	return ok;
}
