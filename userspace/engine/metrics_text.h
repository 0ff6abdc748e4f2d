/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The text format of Prometheus, version 0.0.4, as far as we speak it. Errors of the
 * stream are the stream's.
 */
#ifndef RINGBACK_ENGINE_METRICS_TEXT_H
#define RINGBACK_ENGINE_METRICS_TEXT_H

#include <stdio.h>

#include "measure.h"

/* A time in ns since the Epoch as Prometheus has it. */
double text_seconds(int64_t t);
/*
 * Begins the family @name, whose samples follow. @type: "counter", "gauge", "histogram".
 * @help: one line without backslashes.
 */
void text_family(FILE *f, const char *name, const char *type, const char *help);
#define TEXT_END ((const char *)NULL)
/* A sample of it; then pairs of a label and its value (any text), and TEXT_END. */
__attribute__((sentinel)) void text_sample(FILE *f, const char *name, double value, ...);
/* A family of one sample without a label. */
void text_single(FILE *f, const char *name, const char *type, const char *help, double value);
/* All samples of the histogram @h of @m. */
void text_histogram(FILE *f, const char *name, enum measure m, const struct histogram *h);

#endif /* RINGBACK_ENGINE_METRICS_TEXT_H */
