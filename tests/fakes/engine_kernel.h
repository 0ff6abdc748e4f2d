/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A kernel module for tests of the engine: attempts in an array.
 */
#ifndef TESTS_FAKES_ENGINE_KERNEL_H
#define TESTS_FAKES_ENGINE_KERNEL_H

#include "engine/kernel.h"

#define FAKE_ATTEMPTS	2048

struct kernel {
	bool connected;
	struct nl_attempt attempts[FAKE_ATTEMPTS];
	unsigned int n;
	int state;			/* as declared last; -1: never */
	int64_t up_since;		/* when it was declared up last */
	unsigned int wanted, forgotten, resyncs;
	uint32_t keep;			/* seconds; 0: it does not say */
	int64_t kept_since;		/* what failed until then it kept for another time */
	bool evicted;			/* failed attempts gave way to others */
	struct store *store;		/* whose waiters are lost by that */
	unsigned int torn;		/* so many dumps yet lack an entry, each another one */
};

extern struct kernel fake_kernel;

void fake_kernel_reset(void);
/* A failed attempt that the kernel holds; also returned, to be told as an event. */
struct nl_attempt *fake_kernel_fail(const struct service *s, const struct addr *client,
				    int64_t last);
/* What kernel_stats() says of counter @attr; the limits are the module's defaults. */
uint64_t fake_stat(int attr);
/* The client was answered: its attempt goes. */
void fake_kernel_answer(const struct service *s, const struct addr *client);

#endif /* TESTS_FAKES_ENGINE_KERNEL_H */
