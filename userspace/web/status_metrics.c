// SPDX-License-Identifier: GPL-2.0
/*
 * /metrics: the engine's own text, for Prometheus. It stands beside the status page and
 * is admitted like it.
 */
#include <stdlib.h>

#include "query.h"
#include "status.h"

struct scrape {
	struct conn *c;
	struct query *query;
};

static void send_text(struct conn *c, const json_t *rows)
{
	static const struct reply r = { .status = 200,
					.type = "text/plain; version=0.0.4; charset=utf-8" };
	const json_t *row;
	char *text = NULL;
	size_t len, i;
	FILE *f = open_memstream(&text, &len);

	if (f) {
		json_array_foreach(rows, i, row)
			fputs(row_text(row, "text"), f);
	}
	if (f && !fclose(f))
		conn_reply(c, &r, text, len);
	else
		conn_plain(c, 503, "Out of memory.");
	free(text);
}

static void answered(const json_t *answers, const char *why, void *arg)
{
	const json_t *answer = json_array_get(answers, 0);
	struct scrape *s = arg;

	conn_on_gone(s->c, NULL, NULL);
	if (why || json_object_get(answer, "error"))
		conn_plain(s->c, 503, why ? why : row_text(answer, "error"));
	else
		send_text(s->c, json_object_get(answer, "rows"));
	free(s);
}

static void gone(struct conn *c, void *arg)
{
	struct scrape *s = arg;

	(void)c;
	query_cancel(s->query);
	free(s);
}

void status_metrics(struct conn *c)
{
	struct scrape *s;

	if (!status_admit(c))
		return;
	if (!c->web->conf->web.metrics) {
		conn_plain(c, 404, "The configuration says: no metrics.");
		return;
	}
	s = calloc(1, sizeof(*s));
	if (s) {
		s->c = c;
		s->query =
			query_ask(c->web, json_pack("[{s:s}]", "command", "metrics"), answered, s);
	}
	if (s && s->query) {
		conn_on_gone(c, gone, s);
		return;
	}
	free(s);
	conn_plain(c, 503, "The engine is away, or too many are looking: try again.");
}
