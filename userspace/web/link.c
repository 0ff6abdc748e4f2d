// SPDX-License-Identifier: GPL-2.0
/*
 * The links of our mails. Who only looks changes nothing (mail servers follow
 * links, too): the page has a button. A mail program may press it by itself, by
 * a POST to the same address (RFC 8058).
 */
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "document.h"
#include "form.h"
#include "html.h"
#include "link.h"

static const struct link {
	const char *path;
	enum token_act act;
	enum word title, ask, button, done;
} links[] = {
	{ WELL_KNOWN "confirm", TOKEN_CONFIRM, W_CONFIRM, W_CONFIRM_ASK, W_CONFIRM_DO,
	  W_CONFIRMED },
	{ WELL_KNOWN "stop", TOKEN_STOP, W_STOP, W_STOP_ASK, W_STOP_DO, W_STOPPED },
};

static const struct link *link_of(const struct conn *c)
{
	return &links[!http_path_is(c->req, links[0].path)];
}

static void write_text(struct document *d, const char *open, enum word word, const char *what,
		       const char *close)
{
	fputs(open, d->f);
	html_fill(d->f, words(d->lang, word), what);
	fputs(close, d->f);
}

static void outcome_came(void *arg, const struct answer *a)
{
	struct conn *c = arg;
	const struct link *l = link_of(c);
	bool commit = http_is(c->req, "POST");
	bool good = a->outcome && a->outcome->outcome <= OUTCOME_CONFIRM;
	bool trouble = !a->outcome || a->outcome->outcome == OUTCOME_TROUBLE;
	const char *mail = good && *a->outcome->mail ? a->outcome->mail : "…";
	struct document d;

	if (!document_begin(&d, c))
		return;
	if (!good) {
		write_text(&d, "<h1>", trouble ? W_TROUBLE : W_LINK_BAD, "", "</h1>\n");
	} else if (commit) {
		write_text(&d, "<h1>", l->done, mail, "</h1>\n");
	} else {
		write_text(&d, "<h1>", l->title, "", "</h1>\n");
		write_text(&d, "<p class=\"lead\">", l->ask, mail, "</p>\n");
		fputs("<form class=\"bare\" method=\"post\" action=\"", d.f);
		html_text(d.f, c->req->target);
		write_text(&d, "\"><p class=\"buttons\"><button class=\"yes\">", l->button, "",
			   "</button></p></form>\n");
	}
	document_send(&d, c, good ? 200 : trouble ? 503 : 404, words(d.lang, l->title), VARY);
}

void link_follow(struct conn *c)
{
	struct msg_token m = { .act = link_of(c)->act, .commit = http_is(c->req, "POST") };
	char *query = strdup(c->req->query);
	struct form f;

	if (!m.commit && !http_is(c->req, "GET") && !http_is(c->req, "HEAD")) {
		free(query);
		conn_plain(c, 405, "That cannot be done here.");
		return;
	}
	if (query && !form_parse(&f, query) && strlen(form_get(&f, "t")) < sizeof(m.token))
		strcpy(m.token, form_get(&f, "t"));
	free(query);
	c->ask = ask_token(c->web, &m, outcome_came, c);
}
