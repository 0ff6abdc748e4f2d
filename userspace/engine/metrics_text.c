// SPDX-License-Identifier: GPL-2.0
/*
 * The text format of Prometheus: lines.
 */
#include "metrics_text.h"

#include <stdarg.h>

#include "../common/timefmt.h"

double text_seconds(int64_t t)
{
	return (double)(t / (NSEC_PER_SEC / 1000)) / 1000;
}

void text_family(FILE *f, const char *name, const char *type, const char *help)
{
	fprintf(f, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void put_label(FILE *f, const char *label, const char *value)
{
	fprintf(f, "%s=\"", label);
	for (; *value; value++) {
		if (*value == '\n')
			fputs("\\n", f);
		else if (*value == '"' || *value == '\\')
			fprintf(f, "\\%c", *value);
		else
			putc(*value, f);
	}
	putc('"', f);
}

void text_sample(FILE *f, const char *name, double value, ...)
{
	const char *label;
	char before = '{';
	va_list ap;

	fputs(name, f);
	va_start(ap, value);
	while ((label = va_arg(ap, const char *))) {
		putc(before, f);
		put_label(f, label, va_arg(ap, const char *));
		before = ',';
	}
	va_end(ap);
	/* 15 digits: what a double holds of any decimal number. */
	fprintf(f, "%s %.15g\n", before == ',' ? "}" : "", value);
}

void text_single(FILE *f, const char *name, const char *type, const char *help, double value)
{
	text_family(f, name, type, help);
	text_sample(f, name, value, TEXT_END);
}

void text_histogram(FILE *f, const char *name, enum measure m, const struct histogram *h)
{
	const double *bounds = measure_bounds(m);
	uint64_t n = 0;
	int i;

	for (i = 0; i < MEASURE_BOUNDS; i++) {
		n += h->count[i];
		fprintf(f, "%s_bucket{le=\"%.15g\"} %llu\n", name, bounds[i],
			(unsigned long long)n);
	}
	n += h->count[i];
	fprintf(f, "%s_bucket{le=\"+Inf\"} %llu\n%s_sum %.15g\n%s_count %llu\n", name,
		(unsigned long long)n, name, h->sum, name, (unsigned long long)n);
}
