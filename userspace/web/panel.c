// SPDX-License-Identifier: GPL-2.0
/*
 * The markup of one service.
 */
#include "panel.h"

#include "../common/timefmt.h"
#include "html.h"
#include "token.h"

const char *panel_name(const struct msg_service *m, char *buf)
{
	return *m->server_name ? m->server_name : addr_format(&m->service.server, buf);
}

enum word panel_headline(uint8_t state)
{
	return state == PAGE_UP ? W_UP : state == PAGE_RETURNING ? W_RETURNING : W_DOWN;
}

static void say(FILE *f, const struct panel *p, const char *open, enum word word, const char *what,
		const char *close)
{
	fputs(open, f);
	html_fill(f, words(p->lang, word), what);
	fputs(close, f);
}

/* All three states are there; the script shows another one when the time has come. */
static void write_status(FILE *f, const struct panel *p)
{
	static const struct {
		const char *name;
		enum word lead;
	} states[] = {
		[PAGE_DOWN] = { "down", W_LEAD_DOWN },
		[PAGE_RETURNING] = { "returning", W_LEAD_RETURNING },
		[PAGE_UP] = { "up", W_LEAD_UP },
	};
	const char *h = p->target ? "h1" : "h2";
	char address[ADDR_STRLEN];

	fputs("<div class=\"status\" role=\"status\">\n", f);
	for (uint8_t s = PAGE_DOWN; s <= PAGE_UP; s++) {
		fprintf(f, "<div data-is=\"%s\"%s><%s>", states[s].name,
			s == p->m->state ? "" : " hidden", h);
		html_fill(f, words(p->lang, panel_headline(s)), panel_name(p->m, address));
		fprintf(f, "</%s>", h);
		say(f, p, "<p class=\"lead\">",
		    s == PAGE_UP && !p->target ? W_MISSED : states[s].lead, "", "</p></div>\n");
	}
	fputs("</div>\n", f);
}

static void write_time(FILE *f, const struct panel *p, int64_t t)
{
	char text[WORDS_TIME_MAX], iso[TIME_STRLEN];

	*time_iso8601(t / NSEC_PER_SEC, iso) = '\0';
	fprintf(f, "<time datetime=\"%sZ\">", iso);
	html_text(f, words_time(p->lang, t, text));
	fputs("</time>", f);
}

static void write_when(FILE *f, const struct panel *p, enum word label, int64_t t, bool span)
{
	char text[WORDS_TIME_MAX];

	if (!t)
		return;
	say(f, p, "<div><dt>", label, "", "</dt><dd>");
	write_time(f, p, t);
	if (span) {
		fputs(" <span class=\"span\">(", f);
		html_text(f, words_span(p->lang, (time_now() - t) / NSEC_PER_SEC, text));
		fputs(")</span>", f);
	}
	fputs("</dd></div>\n", f);
}

static void write_facts(FILE *f, const struct panel *p)
{
	const struct msg_service *m = p->m;
	char text[WORDS_WAITING_MAX], server[ADDR_STRLEN], port[8];

	fputs("<dl>\n", f);
	if (m->state != PAGE_UP)
		write_when(f, p, W_SINCE, m->began, true);
	write_when(f, p, W_BACK_SINCE, m->ended, true);
	if (m->state != PAGE_UP) {
		write_when(f, p, W_HEARD, m->heard, false);
		if (m->reason) {
			say(f, p, "<div><dt>", W_REASON, "", "</dt><dd>");
			html_text(f, words_reason(p->lang, m->reason));
			fputs("</dd></div>\n", f);
		}
		/* The script says when somebody comes, or how many have. */
		fprintf(f, "<div class=\"others\"%s>", words_alone(m->waiting) ? " hidden" : "");
		say(f, p, "<dt>", W_WAITING, "", "</dt><dd>");
		fprintf(f, "%s</dd></div>\n", words_waiting(p->lang, m->waiting, text));
	}
	say(f, p, "<div><dt>", W_SERVICE, "", "</dt><dd>");
	fprintf(f, "%s, ", addr_format(&m->service.server, server));
	snprintf(port, sizeof(port), "%u", m->service.port);
	html_fill(f, words(p->lang, W_PORT), port);
	fputs("</dd></div>\n</dl>\n", f);
}

static void write_hidden(FILE *f, const char *name, const char *value)
{
	fprintf(f, "<input type=\"hidden\" name=\"%s\" value=\"", name);
	html_text(f, value);
	fputs("\">\n", f);
}

/* A field that no person sees: what fills it in is a machine. */
static void write_trap(FILE *f, const struct panel *p)
{
	say(f, p, "<p class=\"trap\" aria-hidden=\"true\"><label>", W_SKIP, "",
	    " <input name=\"website\" tabindex=\"-1\" autocomplete=\"off\"></label></p>\n");
}

static void begin_form(FILE *f, const struct conn *c, const struct panel *p)
{
	const struct service *s = &p->m->service;
	char token[TOKEN_STRLEN], server[ADDR_STRLEN], word[8];

	fputs("<form method=\"post\" action=\"" WELL_KNOWN "v1/choice\">\n", f);
	write_hidden(f, "token",
		     token_make(c->web->secret, &c->client, s, time_now() / NSEC_PER_SEC, token));
	write_hidden(f, "return", p->target ? p->target : "/");
	if (p->target)
		return;
	write_hidden(f, "server", addr_format(&s->server, server));
	write_hidden(f, "proto", proto_format(s->proto, word));
	snprintf(word, sizeof(word), "%u", s->port);
	write_hidden(f, "port", word);
}

static void write_button(FILE *f, const struct panel *p, const char *value, enum word word)
{
	fprintf(f, "<button name=\"choice\" value=\"%s\"%s>", value,
		*value == 'y' ? " class=\"yes\"" : " formnovalidate");
	html_text(f, words(p->lang, word));
	fputs("</button>\n", f);
}

static void write_mail(FILE *f, const struct panel *p)
{
	const char *known = p->standing->mail;
	char id[SERVICE_STRLEN];

	snprintf(id, sizeof(id), "mail-%llu", (unsigned long long)p->m->outage);
	fprintf(f, "<p class=\"mail\"><label for=\"%s\">", id);
	html_text(f, words(p->lang, W_MAIL));
	fprintf(f,
		"</label>\n<input id=\"%s\" name=\"mail\" type=\"email\" maxlength=\"254\" "
		"autocomplete=\"email\" aria-describedby=\"%s-hint\"%s>\n"
		"<small id=\"%s-hint\">",
		id, id, *known ? "" : " required", id);
	if (*known) {
		html_fill(f, words(p->lang, W_MAIL_KNOWN), known);
		fputc(' ', f);
	}
	html_text(f, words(p->lang, W_MAIL_USE));
	fputs("</small></p>\n", f);
}

static void write_question(FILE *f, const struct conn *c, const struct panel *p)
{
	begin_form(f, c, p);
	say(f, p, p->target ? "<h2>" : "<h3>", W_ASK, "", p->target ? "</h2>\n" : "</h3>\n");
	if (p->m->inquire == INQUIRE_WHERE)
		write_mail(f, p);
	else if (*p->standing->mail)
		say(f, p, "<p class=\"at\">", W_MAIL_KNOWN, p->standing->mail, "</p>\n");
	fputs("<p class=\"buttons\">\n", f);
	write_button(f, p, "yes", W_YES);
	write_button(f, p, "no", W_NO);
	fputs("</p>\n", f);
	write_trap(f, p);
	fputs("</form>\n", f);
}

/* What was answered, and the way to change it. */
static void write_answered(FILE *f, const struct conn *c, const struct panel *p)
{
	const struct msg_standing *s = p->standing;
	enum word word = s->choice == CHOICE_NO ? W_NOT_TOLD :
			 s->unconfirmed		? W_UNCONFIRMED :
			 *s->mail		? W_TOLD_AT :
						  W_TOLD_PAGE;

	begin_form(f, c, p);
	say(f, p, "<p class=\"answered\">", word, s->mail, "</p>\n<p class=\"buttons\">\n");
	if (s->choice == CHOICE_NO)
		write_button(f, p, "none", W_AFTER_ALL);
	else
		write_button(f, p, "no", W_NO_MORE);
	fputs("</p>\n", f);
	write_trap(f, p);
	fputs("</form>\n", f);
}

static void write_inquiry(FILE *f, const struct conn *c, const struct panel *p)
{
	const struct msg_standing *s = p->standing;

	if (p->notice != W_MAX)
		say(f, p, "<p class=\"notice\" role=\"alert\">", p->notice, "", "</p>\n");
	if (!s)
		return;
	if (p->m->inquire == INQUIRE_OFF)
		say(f, p, "<p class=\"answered\">", *s->mail ? W_TOLD_AT : W_OFF, s->mail,
		    "</p>\n");
	else if (s->choice == CHOICE_NONE)
		write_question(f, c, p);
	else
		write_answered(f, c, p);
}

static void write_ways(FILE *f, const struct panel *p)
{
	char address[ADDR_STRLEN];

	say(f, p, "<p class=\"open\" hidden>", W_OPEN, panel_name(p->m, address), "</p>\n");
	say(f, p, "<noscript><p class=\"open\">", W_RELOAD, "", "</p></noscript>\n");
}

void panel_write(FILE *f, const struct conn *c, const struct panel *p)
{
	const struct msg_service *m = p->m;
	char server[ADDR_STRLEN], proto[8];
	static const char *const states[] = { "down", "returning", "up" };

	fprintf(f,
		"<article data-state=\"%s\" data-server=\"%s\" data-proto=\"%s\" data-port=\"%u\">\n",
		states[m->state], addr_format(&m->service.server, server),
		proto_format(m->service.proto, proto), m->service.port);
	write_status(f, p);
	if (m->state != PAGE_UP) {
		fputs("<div class=\"ask\">\n", f);
		write_inquiry(f, c, p);
		if (p->target)
			write_ways(f, p);
		fputs("</div>\n", f);
	}
	write_facts(f, p);
	if (p->target) {
		fputs("<p class=\"again\"><a href=\"", f);
		html_text(f, p->target);
		say(f, p, "\">", W_AGAIN, "", "</a></p>\n");
	}
	fputs("</article>\n", f);
}
