/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What becomes of a client's new connections to a service that is stood in for.
 * Pure but for its memory: time comes in, a verdict comes out.
 */
#ifndef RINGBACK_ENGINE_STANDIN_POLICY_H
#define RINGBACK_ENGINE_STANDIN_POLICY_H

#include <linux/nf_ringback.h>
#include <stdbool.h>
#include <stdint.h>

#include "../common/addr.h"

/*
 * Connections of a client to a service in a minute that are answered. More is no
 * person, and passes: that costs nobody here anything, and it is what would happen
 * without a stand-in.
 */
#define STANDIN_PACE 240
/* A connection that was let through meets the server or nobody in this time, ms: less
 * than the second after which TCP repeats its SYN, so that the repetition is answered. */
#define STANDIN_RETRY_MS 900

struct standin_policy;

/* What holds for the service at the moment. */
struct standin_terms {
	bool reset; /* refuse, instead of answering */
	uint32_t retry; /* each so many-th connection is let through; 0: none */
};

struct standin_ruling {
	enum ringback_verdict verdict;
	uint32_t ttl; /* ms for which it holds, 1.. */
	const char *why; /* for people */
	bool retry; /* let through to see whether the server answers */
};

/* Remembers up to @max clients and services; who was not seen longest is forgotten. */
struct standin_policy *standin_policy_new(uint32_t max);
void standin_policy_free(struct standin_policy *p);

/* A SYN of @client to @s is undecided. @now: CLOCK_MONOTONIC ms. */
struct standin_ruling standin_policy_ask(struct standin_policy *p, const struct addr *client,
					 const struct service *s, const struct standin_terms *terms,
					 int64_t now);
/*
 * A connection was answered. True: about the next one standin_policy_ask() is to be
 * asked, whatever was ruled before.
 */
bool standin_policy_answered(struct standin_policy *p, const struct addr *client,
			     const struct service *s, const struct standin_terms *terms,
			     int64_t now);

#endif /* RINGBACK_ENGINE_STANDIN_POLICY_H */
