// SPDX-License-Identifier: GPL-2.0
/*
 * Rows of the engine into the markup of the operator's pages. All text goes through
 * html_text(); what is printed otherwise is a number or a word of ours.
 */
#include <stdlib.h>
#include <string.h>

#include "../common/timefmt.h"
#include "html.h"
#include "status.h"

#define OUTAGES_SHOWN 50
#define NOTICES_SHOWN 50
/* Can be moved sideways, by the keyboard, too. */
#define WIDE "<div class=\"wide\" tabindex=\"0\">"

/* --- pieces ------------------------------------------------------------------------ */

/* Without the date where that is today's; @buf: TIME_STRLEN bytes. */
static const char *short_time(int64_t t, char *buf)
{
	enum { DATE = sizeof("2026-01-02 ") - 1 };
	char now[TIME_STRLEN];

	time_human(t, buf);
	return memcmp(buf, time_human(time_now(), now), DATE) ? buf : buf + DATE;
}

static void put_time(FILE *f, const json_t *row, const char *key)
{
	int64_t t = row_time(row, key);
	char human[TIME_STRLEN];

	fputs("<td>", f);
	if (t) {
		fputs("<time datetime=\"", f);
		html_text(f, row_text(row, key));
		fprintf(f, "\">%s</time>", short_time(t, human));
	}
	fputs("</td>", f);
}

static void put_cell(FILE *f, const json_t *row, const char *key)
{
	fputs("<td>", f);
	html_text(f, row_text(row, key));
	fputs("</td>", f);
}

static void put_number(FILE *f, const json_t *row, const char *key)
{
	fprintf(f, "<td class=\"n\">%lld</td>", (long long)row_number(row, key));
}

/* A word of the engine as a badge, its colour by the word. */
static void put_badge(FILE *f, const char *word, const char *text)
{
	fputs("<span class=\"badge is-", f);
	html_text(f, word);
	fputs("\">", f);
	html_text(f, text);
	fputs("</span>", f);
}

static void put_service(FILE *f, const json_t *row)
{
	const char *name = row_text(row, "name");

	if (name[0]) {
		fputs("<strong>", f);
		html_text(f, name);
		fputs("</strong> ", f);
	}
	fputs("<span class=\"addr\">", f);
	html_text(f, row_text(row, "server"));
	fputs(" ", f);
	html_text(f, row_text(row, "proto"));
	fprintf(f, "/%lld</span>", (long long)row_number(row, "port"));
}

static bool is_open(const json_t *outage)
{
	return !row_text(outage, "ended")[0];
}

static const char *span_of(const json_t *outage, int64_t now, char buf[TIME_STRLEN])
{
	int64_t ended = row_time(outage, "ended");

	return time_span(((ended ? ended : now) - row_time(outage, "began")) / NSEC_PER_SEC, buf);
}

static void put_why_form(FILE *f, const struct status_view *v)
{
	static const struct {
		const char *name, *label, *example;
	} fields[] = {
		{ "client", "Client", "198.51.100.7" },
		{ "server", "Server", "192.0.2.10" },
		{ "service", "Service", "tcp/80" },
	};
	const char *values[] = { v->client, v->server, v->service };
	size_t i;

	fputs("<form class=\"why\" action=\"/why\" method=\"get\">\n<h2>Why was somebody told, or "
	      "not?</h2>\n<div class=\"fields\">\n",
	      f);
	for (i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		fprintf(f,
			"<label>%s<input name=\"%s\" placeholder=\"%s\" autocomplete=\"off\" value=\"",
			fields[i].label, fields[i].name, fields[i].example);
		html_text(f, values[i]);
		fputs("\"></label>\n", f);
	}
	fputs("<button>Why?</button>\n</div>\n</form>\n", f);
}

static void put_trouble(FILE *f, const struct status_view *v)
{
	if (!v->trouble)
		return;
	fputs("<p class=\"trouble\" role=\"alert\">", f);
	html_text(f, v->trouble);
	fputs("</p>\n", f);
}

static void put_why_link(FILE *f, const json_t *row)
{
	fputs("<td><a href=\"/why?client=", f);
	html_text(f, row_text(row, "client"));
	fputs("&amp;server=", f);
	html_text(f, row_text(row, "server"));
	fputs("&amp;service=", f);
	html_text(f, row_text(row, "proto"));
	fprintf(f, "/%lld\">why</a></td>", (long long)row_number(row, "port"));
}

/* --- the summary ------------------------------------------------------------------- */

struct sums {
	unsigned int down, returning;
	json_int_t waiting;
};

static struct sums sum_up(const json_t *outages)
{
	struct sums s = { 0 };
	json_t *o;
	size_t i;

	json_array_foreach(outages, i, o) {
		if (!is_open(o))
			continue;
		s.waiting += row_number(o, "waiters");
		if (strcmp(row_text(o, "state"), "down") == 0)
			s.down++;
		else
			s.returning++;
	}
	return s;
}

static const json_t *daemon_value(const struct status_view *v, const char *key)
{
	json_t *row;
	size_t i;

	json_array_foreach(v->daemon, i, row)
		if (strcmp(row_text(row, "key"), key) == 0)
			return row;
	return NULL;
}

static void put_part(FILE *f, const struct status_view *v, const char *key, const char *label)
{
	const char *value = row_text(daemon_value(v, key), "value");

	fprintf(f, "<li class=\"part\">%s ", label);
	put_badge(f, value, value);
	fputs("</li>\n", f);
}

static void put_headline(FILE *f, const struct sums *s)
{
	const char *is = s->down ? "down" : s->returning ? "returning" : "up";

	fprintf(f, "<h1 class=\"is-%s\">", is);
	if (s->down)
		fprintf(f, s->down == 1 ? "1 service is down" : "%u services are down", s->down);
	else if (s->returning)
		fprintf(f,
			s->returning == 1 ? "1 service is coming back" :
					    "%u services are coming back",
			s->returning);
	else
		fputs("Nothing is down", f);
	fputs("</h1>\n", f);
}

static void put_summary(FILE *f, const struct status_view *v)
{
	struct sums s = sum_up(v->outages);
	json_int_t owed = row_number(daemon_value(v, "notices-waiting"), "value") +
			  row_number(daemon_value(v, "messages-queued"), "value");
	json_int_t failed = row_number(daemon_value(v, "messages-refused"), "value") +
			    row_number(daemon_value(v, "messages-given-up"), "value");

	put_headline(f, &s);
	fputs("<p class=\"lead\">", f);
	if (s.down && s.returning)
		fprintf(f, "%u more coming back. ", s.returning);
	fprintf(f, "%lld client%s wait%s. ", (long long)s.waiting, s.waiting == 1 ? "" : "s",
		s.waiting == 1 ? "s" : "");
	fprintf(f, "%lld notice%s on the way, %lld sent, %lld failed.</p>\n", (long long)owed,
		owed == 1 ? "" : "s",
		(long long)row_number(daemon_value(v, "messages-sent"), "value"),
		(long long)failed);
	fputs("<ul class=\"parts\">\n", f);
	put_part(f, v, "kernel", "Kernel module");
	put_part(f, v, "mailer", "Mailer");
	put_part(f, v, "store", "Store");
	fputs("</ul>\n", f);
}

/* --- services ------------------------------------------------------------------------ */

/* Outages come newest first: the first of a service says how it is now. */
static bool first_of_service(const json_t *outages, size_t at)
{
	const json_t *o = json_array_get(outages, at);
	size_t i;

	for (i = 0; i < at; i++)
		if (row_same_service(json_array_get(outages, i), o))
			return false;
	return true;
}

static void put_service_row(FILE *f, const struct status_view *v, const json_t *o)
{
	bool down = is_open(o);
	char span[TIME_STRLEN], text[TIME_STRLEN + 32];

	if (down)
		snprintf(text, sizeof(text), "%s, %s", row_text(o, "state"),
			 span_of(o, v->now, span));
	else
		snprintf(text, sizeof(text), "up, for %s",
			 time_span((v->now - row_time(o, "ended")) / NSEC_PER_SEC, span));
	fputs("<tr><th scope=\"row\">", f);
	put_service(f, o);
	fputs("</th><td>", f);
	put_badge(f, down ? row_text(o, "state") : "up", text);
	fputs("</td>", f);
	if (down)
		put_number(f, o, "waiters");
	else
		fputs("<td class=\"n\">0</td>", f);
	fputs("<td class=\"line\">", f);
	timeline_write(f, v, o);
	fputs("</td></tr>\n", f);
}

static void put_windows(FILE *f, const struct status_view *v)
{
	static const struct {
		unsigned int hours;
		const char *name;
	} windows[] = { { 24, "Day" }, { 24 * 7, "Week" }, { 24 * 30, "Month" } };
	size_t i;

	fputs("<nav aria-label=\"Time shown\">", f);
	for (i = 0; i < sizeof(windows) / sizeof(*windows); i++)
		fprintf(f, "<a href=\"/?hours=%u\"%s>%s</a>", windows[i].hours,
			windows[i].hours == v->hours ? " aria-current=\"page\"" : "",
			windows[i].name);
	fputs("</nav>\n", f);
}

static void put_services(FILE *f, const struct status_view *v)
{
	size_t i, n = json_array_size(v->outages);
	int open;

	fputs("<section>\n<div class=\"title\"><h2>Services</h2>", f);
	put_windows(f, v);
	fputs("</div>\n", f);
	if (!n) {
		fputs("<p class=\"empty\">No outage in this time.</p>\n</section>\n", f);
		return;
	}
	fputs("<table class=\"services\">\n<thead><tr><th>Service</th><th>State</th>"
	      "<th class=\"n\">Waiting</th><th class=\"line\">",
	      f);
	timeline_write_axis(f, v);
	fputs("</th></tr></thead>\n<tbody>\n", f);
	for (open = 1; open >= 0; open--)
		for (i = 0; i < n; i++)
			if (is_open(json_array_get(v->outages, i)) == open &&
			    first_of_service(v->outages, i))
				put_service_row(f, v, json_array_get(v->outages, i));
	fputs("</tbody>\n</table>\n<p class=\"legend\"><span class=\"key open\">down now</span> "
	      "<span class=\"key past\">outage</span> ended by &#9650; trap, &#9679; reply, "
	      "&#9632; probe, &#9670; operator</p>\n</section>\n",
	      f);
}

/* --- outages and notices --------------------------------------------------------------- */

static void put_outage_row(FILE *f, const struct status_view *v, const json_t *o)
{
	const char *state = row_text(o, "state");
	char span[TIME_STRLEN];

	fprintf(f, "<tr><td class=\"n\"><a href=\"/outage?id=%lld\">%lld</a></td><td>",
		(long long)row_number(o, "id"), (long long)row_number(o, "id"));
	put_service(f, o);
	fputs("</td><td>", f);
	put_badge(f, state, state);
	fputs("</td>", f);
	put_time(f, o, "began");
	fprintf(f, "<td>%s</td>", span_of(o, v->now, span));
	put_cell(f, o, "reason");
	fputs("<td class=\"long\">", f);
	html_text(f, row_text(o, "evidence"));
	if (row_text(o, "detail")[0]) {
		fputs(" <span class=\"addr\">", f);
		html_text(f, row_text(o, "detail"));
		fputs("</span>", f);
	}
	fputs("</td>", f);
	put_number(f, o, "waiters");
	fputs("</tr>\n", f);
}

static void put_outages(FILE *f, const struct status_view *v)
{
	size_t i, n = json_array_size(v->outages);

	if (!n)
		return;
	fputs("<section>\n<h2>Outages</h2>\n" WIDE "<table>\n<thead><tr>"
	      "<th class=\"n\">No.</th><th>Service</th><th>State</th><th>Began</th><th>Lasted</th>"
	      "<th>Reason</th><th>Evidence</th><th class=\"n\">Waiters</th></tr></thead>\n<tbody>\n",
	      f);
	for (i = 0; i < n && i < OUTAGES_SHOWN; i++)
		put_outage_row(f, v, json_array_get(v->outages, i));
	fputs("</tbody>\n</table></div>\n", f);
	if (n > OUTAGES_SHOWN)
		fprintf(f,
			"<p class=\"legend\">The newest %d of %zu. All: ringback show outages</p>\n",
			OUTAGES_SHOWN, n);
	fputs("</section>\n", f);
}

static void put_notice_row(FILE *f, const json_t *n)
{
	const char *state = row_text(n, "state");

	fputs("<tr>", f);
	put_time(f, n, "created");
	put_cell(f, n, "mail");
	fputs("<td>", f);
	put_service(f, n);
	fputs("</td>", f);
	put_cell(f, n, "client");
	fputs("<td>", f);
	put_badge(f, state, state);
	fputs("</td>", f);
	put_number(f, n, "tries");
	put_time(f, n, "next");
	fputs("<td class=\"long\">", f);
	html_text(f, row_text(n, "answer"));
	fputs("</td>", f);
	put_why_link(f, n);
	fputs("</tr>\n", f);
}

static void put_notices(FILE *f, const struct status_view *v)
{
	size_t i, n = json_array_size(v->notices);

	fputs("<section>\n<h2>Notices</h2>\n", f);
	if (!n) {
		fputs("<p class=\"empty\">None was owed.</p>\n</section>\n", f);
		return;
	}
	fputs(WIDE
	      "<table>\n<thead><tr><th>Owed</th><th>To</th><th>About</th>"
	      "<th>Client</th><th>Fate</th><th class=\"n\">Tries</th><th>Next</th><th>Answer</th>"
	      "<th></th></tr></thead>\n<tbody>\n",
	      f);
	for (i = 0; i < n && i < NOTICES_SHOWN; i++)
		put_notice_row(f, json_array_get(v->notices, i));
	fputs("</tbody>\n</table></div>\n</section>\n", f);
}

static void put_waiters(FILE *f, const struct status_view *v)
{
	json_t *w;
	size_t i;

	fputs("<section>\n<h2>Waiters</h2>\n" WIDE "<table>\n<thead><tr><th>Client</th>"
	      "<th>State</th><th>Reason</th><th class=\"n\">Tried</th><th>First</th><th>Last</th>"
	      "<th>Told at</th><th></th></tr></thead>\n<tbody>\n",
	      f);
	json_array_foreach(v->waiters, i, w) {
		fputs("<tr>", f);
		put_cell(f, w, "client");
		fputs("<td>", f);
		put_badge(f, row_text(w, "state"), row_text(w, "state"));
		fputs("</td>", f);
		put_cell(f, w, "reason");
		put_number(f, w, "attempts");
		put_time(f, w, "first");
		put_time(f, w, "last");
		put_cell(f, w, "mail");
		put_why_link(f, w);
		fputs("</tr>\n", f);
	}
	fputs("</tbody>\n</table></div>\n</section>\n", f);
}

/* --- pages ------------------------------------------------------------------------------ */

void status_write_overview(FILE *f, const struct status_view *v)
{
	fputs("<div id=\"now\" data-live>\n", f);
	put_trouble(f, v);
	if (!v->trouble) {
		put_summary(f, v);
		put_services(f, v);
		put_outages(f, v);
		put_notices(f, v);
	}
	fputs("</div>\n<section id=\"log\" hidden>\n<h2>As it happens</h2>\n<ol></ol>\n"
	      "</section>\n",
	      f);
	put_why_form(f, v);
}

void status_write_outage(FILE *f, const struct status_view *v)
{
	struct status_view one = *v;
	json_t *o;
	size_t i;

	/* v->service: the id */
	fprintf(f, "<div id=\"now\" data-live>\n<h1>Outage %s</h1>\n", v->service);
	put_trouble(f, v);
	json_array_foreach(v->outages, i, o) {
		if (row_number(o, "id") != atoll(v->service))
			continue;
		one.outages = json_pack("[O]", o);
		put_outages(f, &one);
		json_decref((json_t *)one.outages);
	}
	put_waiters(f, v);
	put_notices(f, v);
	fputs("</div>\n", f);
}

static void put_sentence(FILE *f, const json_t *row, const char *before)
{
	const char *topic = row_text(row, "topic");
	bool same = strcmp(topic, before) == 0;

	fprintf(f, "<li class=\"about-");
	html_text(f, topic);
	fputs(same ? " more\"><span class=\"topic\"></span>" : "\"><span class=\"topic\">", f);
	if (!same) {
		html_text(f, topic);
		fputs("</span>", f);
	}
	fputs("<span>", f);
	html_text(f, row_text(row, "text"));
	fputs("</span></li>\n", f);
}

void status_write_why(FILE *f, const struct status_view *v)
{
	const json_t *last = NULL;
	json_t *row;
	size_t i;

	put_why_form(f, v);
	put_trouble(f, v);
	json_array_foreach(v->why, i, row) {
		if (!last || !row_same_service(last, row)) {
			fprintf(f, "%s<section>\n<h2>", last ? "</ol>\n</section>\n" : "");
			put_service(f, row);
			fputs("</h2>\n<ol class=\"story\">\n", f);
		}
		put_sentence(f, row,
			     last && row_same_service(last, row) ? row_text(last, "topic") : "");
		last = row;
	}
	if (last)
		fputs("</ol>\n</section>\n", f);
	else if (v->why)
		fputs("<p class=\"empty\">Nothing is known of that client at that server: name the "
		      "service, as in tcp/80.</p>\n",
		      f);
}
