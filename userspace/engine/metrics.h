/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the engine knows, for Prometheus: docs/metrics.md explains every family. Labels
 * are words of ours and names of the configuration, and watches: never an address, so
 * that their number stays bounded.
 */
#ifndef RINGBACK_ENGINE_METRICS_H
#define RINGBACK_ENGINE_METRICS_H

#include <stdio.h>

#include "engine.h"

/* Never fails for want of the kernel or the store: what they know is left out then. */
void metrics_write(struct engine *e, FILE *f);
/* metrics_route.c: the ways of notices. */
void metrics_write_routes(struct engine *e, FILE *f);
/* metrics_kernel.c: the part that the kernel module knows. */
void metrics_write_kernel(struct engine *e, FILE *f);

#endif /* RINGBACK_ENGINE_METRICS_H */
