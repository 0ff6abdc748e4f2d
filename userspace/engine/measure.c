// SPDX-License-Identifier: GPL-2.0
/*
 * Histograms of durations. Pure.
 */
#include "measure.h"

#include "../common/timefmt.h"

enum { MINUTE = 60, HOUR = 3600, DAY = 86400 };

const double *measure_bounds(enum measure m)
{
	static const double bounds[N_MEASURES][MEASURE_BOUNDS] = {
		[MEASURE_DETECTION] = { 0.05, 0.25, 1, 2, 3, 5, 10, 15, 30, MINUTE, 2 * MINUTE,
					5 * MINUTE },
		[MEASURE_OUTAGE] = { 15, MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR,
				     2 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 3 * DAY, 7 * DAY },
		[MEASURE_DELIVERY] = { 0.1, 0.5, 1, 5, 15, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR,
				       4 * HOUR, DAY, 5 * DAY },
	};

	return bounds[m];
}

void measure_add(struct histogram *h, enum measure m, int64_t ns)
{
	const double *bounds = measure_bounds(m);
	double seconds = ns > 0 ? (double)ns / NSEC_PER_SEC : 0;
	unsigned int i = 0;

	while (i < MEASURE_BOUNDS && seconds > bounds[i])
		i++;
	h[m].count[i]++;
	h[m].sum += seconds;
}
