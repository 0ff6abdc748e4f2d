// SPDX-License-Identifier: GPL-2.0
/*
 * The admission filter. Races between CPUs are welcome: a torn line loses a
 * key, and the client's next retransmission brings it back.
 */
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/siphash.h>
#include <linux/slab.h>

#include "admission.h"
#include "clock.h"
#include "compat.h"

#define RBK_LINE_KEYS	10

struct rbk_line {
	u32 key[RBK_LINE_KEYS];		/* fingerprints, 0: empty */
	u16 seen[RBK_LINE_KEYS];	/* low bits of rbk_coarse() at first sight */
	u32 next;			/* slot of the oldest key */
};

struct rbk_filter {
	siphash_key_t secret;
	u32 mask;			/* number of lines - 1 */
	struct rbk_line line[] __aligned(sizeof(struct rbk_line));
};

struct rbk_filter *rbk_filter_new(unsigned int kib)
{
	size_t n = roundup_pow_of_two(kib * 1024UL / sizeof(struct rbk_line));
	struct rbk_filter *f;

	BUILD_BUG_ON(sizeof(struct rbk_line) != 64);

	/* Where there is no room it is refused; nobody is killed to make some. */
	f = kvzalloc(struct_size(f, line, n),
		     GFP_KERNEL_ACCOUNT | __GFP_RETRY_MAYFAIL | __GFP_NOWARN);
	if (!f)
		return NULL;
	get_random_bytes(&f->secret, sizeof(f->secret));
	f->mask = n - 1;
	return f;
}

void rbk_filter_free(struct rbk_filter *f)
{
	kvfree(f);
}

static u64 rbk_filter_hash(const struct rbk_filter *f, const struct rbk_packet *p)
{
	const struct rbk_service_key *s = &p->key.service;

	if (s->family == NFPROTO_IPV4 && s->proto == IPPROTO_TCP)
		return siphash_2u64((u64)(__force u32)p->key.client.ip << 32 |
					    (__force u32)s->server.ip,
				    (u64)(__force u16)p->client_port << 48 |
					    (u64)(__force u16)s->port << 32 | p->isn,
				    &f->secret);
	return siphash(p, offsetofend(struct rbk_packet, client_port), &f->secret);
}

/* The line of @p, and in *@key its fingerprint there. */
static struct rbk_line *rbk_filter_line(struct rbk_filter *f, const struct rbk_packet *p, u32 *key)
{
	u64 hash = rbk_filter_hash(f, p);

	*key = (lower_32_bits(hash) ^ p->path) ?: 1;
	return &f->line[upper_32_bits(hash) & f->mask];
}

static int rbk_line_find(const struct rbk_line *line, u32 key)
{
	int i;

	/* Clang unrolls so short a loop by itself. */
#ifdef CONFIG_CC_IS_GCC
#pragma GCC unroll 10
#endif
	for (i = 0; i < RBK_LINE_KEYS; i++) {
		if (READ_ONCE(line->key[i]) == key)
			return i;
	}
	return -1;
}

static void rbk_line_add(struct rbk_line *line, u32 key, u32 now)
{
	u32 i = READ_ONCE(line->next);

	WRITE_ONCE(line->seen[i], now);
	WRITE_ONCE(line->key[i], key);
	WRITE_ONCE(line->next, i + 1 < RBK_LINE_KEYS ? i + 1 : 0);
}

static int rbk_line_age(const struct rbk_line *line, int i, u32 now)
{
	return rbk_coarse_ticks(now - READ_ONCE(line->seen[i]));
}

/* Where @p is among the keys of its *@line, or -1; *@key is what it has there. */
static __always_inline int rbk_filter_find(struct rbk_filter *f, const struct rbk_packet *p,
					   struct rbk_line **line, u32 *key)
{
	*line = rbk_filter_line(f, p, key);
	return rbk_line_find(*line, *key);
}

int rbk_filter_see(struct rbk_filter *f, const struct rbk_packet *p, u32 now)
{
	struct rbk_line *line;
	u32 key;
	int i = rbk_filter_find(f, p, &line, &key);

	if (i >= 0)
		return rbk_line_age(line, i, now);
	rbk_line_add(line, key, now);
	return -1;
}

int rbk_filter_age(struct rbk_filter *f, const struct rbk_packet *p, u32 now)
{
	struct rbk_line *line;
	u32 key;
	int i = rbk_filter_find(f, p, &line, &key);

	return i < 0 ? -1 : rbk_line_age(line, i, now);
}

void rbk_filter_renew(struct rbk_filter *f, const struct rbk_packet *p, u32 now)
{
	struct rbk_line *line;
	u32 key;
	int i = rbk_filter_find(f, p, &line, &key);

	if (i < 0)
		rbk_line_add(line, key, now);
	else
		WRITE_ONCE(line->seen[i], now);
}

bool rbk_filter_forget(struct rbk_filter *f, const struct rbk_packet *p)
{
	struct rbk_line *line;
	u32 key;
	int i = rbk_filter_find(f, p, &line, &key);

	if (i < 0)
		return false;
	WRITE_ONCE(line->key[i], 0);
	return true;
}

#ifdef RINGBACK_SELFTEST
#include "selftest/admission.c"
#endif
