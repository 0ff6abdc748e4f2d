/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How long things take, as histograms: in memory, since the engine started. Pure.
 */
#ifndef RINGBACK_ENGINE_MEASURE_H
#define RINGBACK_ENGINE_MEASURE_H

#include <stdint.h>

enum measure {
	MEASURE_DETECTION, /* from a service's first failure to its outage */
	MEASURE_OUTAGE, /* from the first failure to the end */
	MEASURE_DELIVERY, /* from the end to where the mail server has taken the notice */
	N_MEASURES
};

#define MEASURE_BOUNDS 12

/* All zero: empty. */
struct histogram {
	uint64_t count[MEASURE_BOUNDS + 1]; /* of each bucket alone; the last: above all bounds */
	double sum; /* seconds */
};

/* The upper bounds of its buckets in seconds, MEASURE_BOUNDS of them, ascending. */
const double *measure_bounds(enum measure m);
/* @h: N_MEASURES of them. @ns: negative (the clock was set back) is 0. */
void measure_add(struct histogram *h, enum measure m, int64_t ns);

#endif /* RINGBACK_ENGINE_MEASURE_H */
