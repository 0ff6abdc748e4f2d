// SPDX-License-Identifier: GPL-2.0
/*
 * The timeline of a service, drawn by the server: a bar for each outage, a mark at its
 * end for the evidence. All lengths are in percent of the width, so that it fits a
 * phone; the marks are drawn in small pictures of their own, which are not stretched.
 */
#include <string.h>
#include <time.h>

#include "../common/timefmt.h"
#include "html.h"
#include "status.h"

#define HEIGHT	  28
#define BAR_TOP	  8
#define BAR	  12
#define NARROWEST 0.35 /* percent: still to be seen */
#define TICKS	  4

/* What an evidence looks like, around 0,0. */
static const struct {
	const char *name, *path;
} marks[] = {
	{ "trap", "M0-5 5 4H-5Z" },
	{ "reply", "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0Z" },
	{ "probe", "M-4-4H4V4H-4Z" },
	{ "operator", "M0-5.5 5.5 0 0 5.5-5.5 0Z" },
};

static int64_t width(const struct status_view *v)
{
	return (int64_t)v->hours * 3600 * NSEC_PER_SEC;
}

/* Where @t lies, 0 to 100. */
static double percent(const struct status_view *v, int64_t t)
{
	int64_t start = v->now - width(v);

	if (t <= start)
		return 0;
	return t >= v->now ? 100 : (double)(t - start) / width(v) * 100;
}

static void write_title(FILE *f, const struct status_view *v, const json_t *o)
{
	int64_t began = row_time(o, "began"), ended = row_time(o, "ended");
	char from[TIME_STRLEN], span[TIME_STRLEN];

	fprintf(f, "<title>%s, ", time_human(began, from));
	fprintf(f, "%s", time_span(((ended ? ended : v->now) - began) / NSEC_PER_SEC, span));
	fputs(": ", f);
	html_text(f, row_text(o, "reason"));
	fputs(ended ? ", ended by " : ", not over", f);
	html_text(f, ended ? row_text(o, "evidence") : "");
	fputs("</title>", f);
}

static void write_mark(FILE *f, const json_t *o, double x)
{
	const char *evidence = row_text(o, "evidence");
	size_t i;

	for (i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		if (!strcmp(marks[i].name, evidence))
			fprintf(f,
				"<svg class=\"mark\" x=\"%.2f%%\" y=\"%d\" overflow=\"visible\">"
				"<path d=\"%s\"/></svg>",
				x, BAR_TOP + BAR / 2, marks[i].path);
}

static void write_bar(FILE *f, const struct status_view *v, const json_t *o)
{
	int64_t ended = row_time(o, "ended");
	double x = percent(v, row_time(o, "began")), end = percent(v, ended ? ended : v->now);
	double w = end - x;

	if (w < NARROWEST) {
		w = NARROWEST;
		x = end - w < 0 ? 0 : end - w;
	}
	fprintf(f, "<g class=\"%s\">", ended ? "past" : "open");
	write_title(f, v, o);
	fprintf(f, "<rect x=\"%.2f%%\" y=\"%d\" width=\"%.2f%%\" height=\"%d\" rx=\"2\"/>", x,
		BAR_TOP, w, BAR);
	if (ended)
		write_mark(f, o, x + w);
	fputs("</g>", f);
}

static void write_grid(FILE *f, int height)
{
	int i;

	for (i = 0; i <= TICKS; i++)
		fprintf(f, "<line x1=\"%d%%\" x2=\"%d%%\" y1=\"0\" y2=\"%d\"/>", i * 100 / TICKS,
			i * 100 / TICKS, height);
}

void timeline_write(FILE *f, const struct status_view *v, const json_t *of)
{
	unsigned int n = 0;
	json_t *o;
	size_t i;

	json_array_foreach(v->outages, i, o)
		n += row_same_service(o, of);
	fprintf(f,
		"<svg class=\"timeline\" width=\"100%%\" height=\"%d\" role=\"img\" "
		"aria-label=\"%u outage%s in the last ",
		HEIGHT, n, n == 1 ? "" : "s");
	fprintf(f, v->hours == 24 ? "day\">" : "%u days\">", v->hours / 24);
	write_grid(f, HEIGHT);
	fprintf(f, "<rect class=\"fine\" x=\"0\" y=\"%d\" width=\"100%%\" height=\"%d\" rx=\"2\"/>",
		BAR_TOP, BAR);
	json_array_foreach(v->outages, i, o)
		if (row_same_service(o, of))
			write_bar(f, v, o);
	fputs("</svg>", f);
}

void timeline_write_axis(FILE *f, const struct status_view *v)
{
	static const char *const anchors[TICKS + 1] = { "start", "middle", "middle", "middle",
							"end" };
	char label[32];
	struct tm tm;
	time_t t;
	int i;

	fputs("<svg class=\"axis\" width=\"100%\" height=\"18\" aria-hidden=\"true\">", f);
	for (i = 0; i <= TICKS; i++) {
		t = (v->now - width(v) / TICKS * (TICKS - i)) / NSEC_PER_SEC;
		if (i == TICKS || !localtime_r(&t, &tm))
			snprintf(label, sizeof(label), "now");
		else
			strftime(label, sizeof(label), v->hours == 24 ? "%H:%M" : "%d %b", &tm);
		fprintf(f, "<text x=\"%d%%\" y=\"13\" text-anchor=\"%s\">%s</text>",
			i * 100 / TICKS, anchors[i], label);
	}
	fputs("</svg>", f);
}
