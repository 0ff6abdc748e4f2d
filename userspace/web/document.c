// SPDX-License-Identifier: GPL-2.0
/*
 * Content into template into answer.
 */
#include "document.h"

#include <stdlib.h>

#include "html.h"
#include "negotiate.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static const char ours[] = "<!doctype html>\n"
			   "<html lang=\"{{lang}}\">\n"
			   "<head>\n"
			   "<title>{{title}}</title>\n"
			   "{{head}}"
			   "</head>\n"
			   "<body>\n"
			   "<header>{{logo}}<p>{{operator}}</p></header>\n"
			   "<main>\n{{content}}</main>\n"
			   "<footer>{{text}}</footer>\n"
			   "</body>\n"
			   "</html>\n";

static const char head[] =
	"<meta charset=\"utf-8\">\n"
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	"<meta name=\"color-scheme\" content=\"light dark\">\n"
	"<meta name=\"robots\" content=\"noindex\">\n"
	"<link rel=\"stylesheet\" href=\"" WELL_KNOWN "style.css\">\n"
	"<script src=\"" WELL_KNOWN "page.js\" defer></script>\n";

bool document_begin(struct document *d, struct conn *c)
{
	d->content = NULL;
	d->lang = negotiate_lang(c->req ? http_header(c->req, "Accept-Language") : NULL);
	d->f = open_memstream(&d->content, &d->len);
	if (!d->f)
		conn_plain(c, 503, "Out of memory.");
	return d->f;
}

/* @text escaped, within @before and @after; "" for none. NULL: out of memory. */
static char *markup(const char *before, const char *text, const char *after)
{
	char *out = NULL;
	size_t len;
	FILE *f = open_memstream(&out, &len);

	if (!f)
		return NULL;
	if (text) {
		fputs(before, f);
		html_text(f, text);
		fputs(after, f);
	}
	fclose(f);
	return out;
}

void document_send(struct document *d, struct conn *c, int status, const char *title,
		   const char *headers)
{
	const struct conf_web *conf = &c->web->conf->web;
	struct reply r = {
		.status = status,
		.type = "text/html; charset=utf-8",
		.lang = words_tag(d->lang),
		.headers = headers,
	};
	char *title_markup = markup("", title, "");
	char *operator_markup = markup("", conf->operator? conf->operator: "", "");
	char *text_markup = markup("<p>", conf->text, "</p>");
	char *page = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&page, &len);
	bool whole = !fclose(d->f) && f && title_markup && operator_markup && text_markup;

	if (whole) {
		const struct html_value values[] = {
			{ "lang", words_tag(d->lang) },
			{ "title", title_markup },
			{ "head", head },
			{ "operator", operator_markup },
			{ "text", text_markup },
			{ "logo", conf->logo ? "<img src=\"" WELL_KNOWN
					       "logo\" alt=\"\" class=\"logo\">" :
					       "" },
			{ "content", d->content },
		};

		html_template(f, conf->template ? conf->template : ours, values,
			      ARRAY_SIZE(values));
	}
	whole = f && !fclose(f) && whole;
	if (whole)
		conn_reply(c, &r, page, len);
	else
		conn_plain(c, 503, "Out of memory.");
	free(page);
	free(title_markup);
	free(operator_markup);
	free(text_markup);
	free(d->content);
}
