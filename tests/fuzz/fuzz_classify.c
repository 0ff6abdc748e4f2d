// SPDX-License-Identifier: GPL-2.0
/*
 * Feeds noise to the module's classifier, compiled for userspace with
 * tests/fakes/kernel. The first byte chooses the family and how the packet is
 * read; the rest is the packet, in a buffer of its exact size.
 */
#include <assert.h>
#include <stdlib.h>

#include <linux/skbuff.h>
#include <linux/nf_ringback.h>

#include "../../kmod/classify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rbk_packet p, again;
	enum rbk_verdict verdict;
	struct sk_buff skb;
	unsigned char *copy;
	u8 family;

	if (size < 1)
		return 0;
	family = data[0] & 1 ? NFPROTO_IPV6 : NFPROTO_IPV4;
	copy = malloc(size);
	memcpy(copy, data, size);
	skb = (struct sk_buff){ .data = copy, .len = size };

	memset(&p, 0xaa, sizeof(p));
	verdict = rbk_classify(&skb, 1, family, &p);
	if (verdict >= RBK_SYN) {
		/* What it says is complete: nothing of the old bytes shows. */
		memset(&again, 0x55, sizeof(again));
		assert(rbk_classify(&skb, 1, family, &again) == verdict);
		assert(!memcmp(&p.key, &again.key, sizeof(p.key)));
		assert(p.isn == again.isn && p.client_port == again.client_port);
		assert(p.key.service.family == family);
		assert(p.key.service.proto == IPPROTO_TCP || p.key.service.proto == IPPROTO_UDP);
		assert(p.reason <= RINGBACK_REASON_MAX);
		assert((verdict == RBK_ICMP_ERROR || verdict == RBK_RST) ==
		       (p.reason != RINGBACK_REASON_NONE));
	}
	free(copy);
	return 0;
}
