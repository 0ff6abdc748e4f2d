// SPDX-License-Identifier: GPL-2.0
/*
 * Pages of services, made of panels. They wait for the engine to say what it
 * knows of the client, but not for long, and not when it is away.
 */
#include "page.h"

#include <stdlib.h>
#include <string.h>

#include "../common/timefmt.h"
#include "api.h"
#include "ask.h"
#include "document.h"
#include "html.h"
#include "negotiate.h"
#include "panel.h"
#include "services.h"

#define RETRY_AFTER "Retry-After: 30\r\n"

/* What is known of a service here; where that is nothing, it is down: we stand in for it. */
static struct msg_service known(const struct conn *c)
{
	const struct msg_service *m = services_find(c->web->services, &c->service);

	return m ? *m : (struct msg_service){ .service = c->service, .state = PAGE_DOWN };
}

static void title_of(enum lang lang, const struct msg_service *m, char *title, size_t size)
{
	const char *form = words(lang, panel_headline(m->state)), *at = strstr(form, "{}");
	char address[ADDR_STRLEN];

	snprintf(title, size, "%.*s%s%s", (int)(at - form), form, panel_name(m, address), at + 2);
}

static void standing_came(void *arg, const struct answer *a)
{
	struct conn *c = arg;
	struct msg_service m = a->n_standings ? a->standings[0].about : known(c);
	struct panel p = { .m = &m,
			   .standing = a->n_standings ? &a->standings[0] : NULL,
			   .target = c->req->target,
			   .notice = c->notice };
	struct document d;
	char title[256];

	if (!document_begin(&d, c))
		return;
	p.lang = d.lang;
	panel_write(d.f, c, &p);
	title_of(d.lang, &m, title, sizeof(title));
	document_send(&d, c, c->status, title, VARY RETRY_AFTER);
}

static void show_standin(struct conn *c)
{
	c->ask = ask_standing(c->web, &c->client, &c->service, standing_came, c);
}

/* One line, for people who look through a terminal. */
static void send_line(struct conn *c)
{
	struct reply r = { .status = 503,
			   .type = "text/plain; charset=utf-8",
			   .headers = VARY RETRY_AFTER };
	struct msg_service m = known(c);
	enum lang lang = negotiate_lang(http_header(c->req, "Accept-Language"));
	char title[256], service[SERVICE_STRLEN], when[WORDS_TIME_MAX], text[512];
	int len;

	title_of(lang, &m, title, sizeof(title));
	r.lang = words_tag(lang);
	service_format(&m.service, service);
	if (m.began && m.state != PAGE_UP)
		len = snprintf(text, sizeof(text), "%s. %s. %s %s.\n", title, service,
			       words(lang, W_SINCE), words_time(lang, m.began, when));
	else
		len = snprintf(text, sizeof(text), "%s. %s.\n", title, service);
	conn_reply(c, &r, text, (size_t)len);
}

void page_standin(struct conn *c)
{
	switch (negotiate_form(http_header(c->req, "Accept"))) {
	case FORM_HTML:
		c->status = 503;
		show_standin(c);
		break;
	case FORM_JSON: {
		struct msg_service m = known(c);

		api_problem_service(c, &m, VARY RETRY_AFTER);
		break;
	}
	case FORM_TEXT:
		send_line(c);
		break;
	}
}

static void write_portal(struct document *d, struct conn *c, const struct answer *a)
{
	size_t shown = 0;

	fputs("<h1 data-listen>", d->f);
	html_text(d->f, words(d->lang, W_PORTAL));
	fputs("</h1>\n", d->f);
	for (size_t i = 0; i < a->n_standings; i++) {
		const struct msg_standing *s = &a->standings[i];
		struct panel p = {
			.lang = d->lang, .m = &s->about, .standing = s, .notice = W_MAX
		};

		if (s->reached && s->about.state == PAGE_UP)
			continue;
		if (service_equal(&s->about.service, &c->service))
			p.notice = c->notice;
		panel_write(d->f, c, &p);
		shown++;
	}
	if (!shown) {
		fputs("<p class=\"lead\">", d->f);
		html_text(d->f, words(d->lang, a->err ? W_AWAY : W_PORTAL_NONE));
		fputs("</p>\n", d->f);
	}
}

static void all_came(void *arg, const struct answer *a)
{
	struct conn *c = arg;
	struct document d;

	if (!document_begin(&d, c))
		return;
	write_portal(&d, c, a);
	document_send(&d, c, a->err ? 503 : c->status, words(d.lang, W_PORTAL), VARY);
}

void page_portal(struct conn *c)
{
	if (negotiate_form(http_header(c->req, "Accept")) == FORM_JSON) {
		api_inquiries(c);
		return;
	}
	c->ask = ask_standing(c->web, &c->client, NULL, all_came, c);
}

void page_answered(struct conn *c, int status, enum word why, const char *target)
{
	c->status = status;
	c->notice = why;
	c->req->target = target;
	if (c->face == WEB_STANDIN)
		show_standin(c);
	else
		page_portal(c);
}
