/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the engine said to a stand-in that is not there.
 */
#ifndef TESTS_FAKES_ENGINE_STANDIN_H
#define TESTS_FAKES_ENGINE_STANDIN_H

#include "common/addr.h"

/* The last client and service that were to be decided about anew. */
extern struct fake_reconsidered {
	struct addr client;
	struct service service;
} fake_reconsidered;

#endif /* TESTS_FAKES_ENGINE_STANDIN_H */
