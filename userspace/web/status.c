// SPDX-License-Identifier: GPL-2.0
/*
 * The operator's pages: what is asked of the engine for each, and the document
 * around what is answered.
 */
#include "status.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../common/timefmt.h"
#include "form.h"
#include "html.h"
#include "query.h"

#define HOURS_EVER (24 * 365) /* for one outage, however old */

/* --- a page ------------------------------------------------------------------------ */

/* A request for a page whose answer is being gathered. */
struct looker {
	struct conn *c;
	struct query *query;
	struct status_view view;
	char client[ADDR_STRLEN], server[ADDR_STRLEN], service[32];
	const char *title;
	int trouble_status; /* of the answer, where there is trouble */
	/* Which member of the view each answer becomes, in the order of the requests. */
	const json_t **wanted[3];
	size_t n_wanted;
	void (*write)(FILE *f, const struct status_view *v);
};

static const char head[] =
	"<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	"<meta name=\"color-scheme\" content=\"light dark\">\n"
	"<meta name=\"robots\" content=\"noindex\">\n"
	"<noscript><meta http-equiv=\"refresh\" content=\"30\"></noscript>\n"
	"<link rel=\"stylesheet\" href=\"/status.css\">\n"
	"<script src=\"/status.js\" defer></script>\n";

static void send_page(struct looker *v)
{
	const char *operator= v->c->web->conf->web.operator;
	struct reply r = { .status = v->view.trouble ? v->trouble_status : 200,
			   .type = "text/html; charset=utf-8",
			   .lang = "en" };
	char *page = NULL;
	size_t len;
	FILE *f = open_memstream(&page, &len);

	if (f) {
		fprintf(f, "%s<title>%s - ringback</title>\n</head>\n<body>\n", head, v->title);
		fputs("<header><a href=\"/\">ringback</a><span>", f);
		html_text(f, operator? operator: "");
		fputs("</span></header>\n<main>\n", f);
		v->write(f, &v->view);
		fputs("</main>\n</body>\n</html>\n", f);
	}
	if (f && !fclose(f))
		conn_reply(v->c, &r, page, len);
	else
		conn_plain(v->c, 503, "Out of memory.");
	free(page);
}

static void answered(const json_t *answers, const char *why, void *arg)
{
	struct looker *v = arg;
	size_t i;

	conn_on_gone(v->c, NULL, NULL);
	v->view.trouble = why;
	for (i = 0; i < v->n_wanted; i++) {
		const json_t *answer = json_array_get(answers, i);

		*v->wanted[i] = json_object_get(answer, "rows");
		if (json_object_get(answer, "error") && v->wanted[i] != &v->view.why)
			v->view.trouble = row_text(answer, "error");
	}
	send_page(v);
	free(v);
}

static void gone(struct conn *c, void *arg)
{
	struct looker *v = arg;

	(void)c;
	query_cancel(v->query);
	free(v);
}

static struct looker *looker_new(struct conn *c, const char *title,
				 void (*write)(FILE *f, const struct status_view *v))
{
	struct looker *v = calloc(1, sizeof(*v));

	if (!v) {
		conn_plain(c, 503, "Out of memory.");
		return NULL;
	}
	v->c = c;
	v->title = title;
	v->trouble_status = 503;
	v->write = write;
	v->view.now = time_now();
	v->view.hours = 24;
	v->view.client = v->client;
	v->view.server = v->server;
	v->view.service = v->service;
	return v;
}

static void want(struct looker *v, const json_t **member)
{
	v->wanted[v->n_wanted++] = member;
}

/* @requests are for what was wanted, in that order. */
static void ask(struct looker *v, json_t *requests)
{
	v->query = query_ask(v->c->web, requests, answered, v);
	if (v->query)
		conn_on_gone(v->c, gone, v);
	else
		answered(NULL, "The engine is away, or too many are looking: try again.", v);
}

/* The query as a form; *@copy is to be freed. */
static bool read_query(struct conn *c, struct form *form, char **copy)
{
	*copy = strdup(c->req->query);
	if (*copy && !form_parse(form, *copy))
		return true;
	free(*copy);
	conn_plain(c, 400, "That is no query.");
	return false;
}

static unsigned int number(const char *text, unsigned int max)
{
	unsigned long n = strlen(text) < 10 ? strtoul(text, NULL, 10) : 0;

	return n > max ? max : (unsigned int)n;
}

void status_overview(struct conn *c)
{
	struct form form = { 0 };
	struct looker *v;
	unsigned int hours;
	char *copy;

	if (!status_admit(c) || !read_query(c, &form, &copy))
		return;
	hours = number(form_get(&form, "hours"), STATUS_HOURS_MAX);
	free(copy);
	v = looker_new(c, "Status", status_write_overview);
	if (!v)
		return;
	if (hours >= 24)
		v->view.hours = hours;
	want(v, &v->view.daemon);
	want(v, &v->view.outages);
	want(v, &v->view.notices);
	ask(v, json_pack("[{s:s},{s:s,s:i},{s:s,s:i}]", "command", "show daemon", "command",
			 "show outages", "hours", (int)v->view.hours, "command", "show notices",
			 "outage", 0));
}

void status_outage(struct conn *c)
{
	struct form form = { 0 };
	struct looker *v;
	unsigned int id;
	char *copy;

	if (!status_admit(c) || !read_query(c, &form, &copy))
		return;
	id = number(form_get(&form, "id"), INT32_MAX);
	free(copy);
	if (!id) {
		conn_plain(c, 404, "There is no such outage.");
		return;
	}
	v = looker_new(c, "Outage", status_write_outage);
	if (!v)
		return;
	snprintf(v->service, sizeof(v->service), "%u", id);
	want(v, &v->view.outages);
	want(v, &v->view.notices);
	want(v, &v->view.waiters);
	ask(v, json_pack("[{s:s,s:i},{s:s,s:i},{s:s,s:i}]", "command", "show outages", "hours",
			 HOURS_EVER, "command", "show notices", "outage", (int)id, "command",
			 "show waiters", "outage", (int)id));
}

/* What is asked about, from the form; false: nothing yet, or nothing that can be. */
static bool read_why(struct looker *v, const struct form *form, struct service *s)
{
	const char *client = form_get(form, "client"), *server = form_get(form, "server");
	const char *service = form_get(form, "service");
	struct addr addr;

	memset(s, 0, sizeof(*s));
	snprintf(v->client, sizeof(v->client), "%s", client);
	snprintf(v->server, sizeof(v->server), "%s", server);
	snprintf(v->service, sizeof(v->service), "%s", service);
	if (!client[0] && !server[0])
		return false;
	if (!addr_parse(&addr, client) && !addr_parse(&s->server, server) &&
	    (!service[0] || !port_parse(&s->proto, &s->port, service)))
		return true;
	v->trouble_status = 400;
	v->view.trouble = "Client and server are addresses, a service is like tcp/80.";
	return false;
}

static json_t *why_request(const struct looker *v, const struct service *s)
{
	char proto[8];

	if (!s->proto)
		return json_pack("[{s:s,s:s,s:s}]", "command", "why", "client", v->client, "server",
				 v->server);
	return json_pack("[{s:s,s:s,s:s,s:s,s:i}]", "command", "why", "client", v->client, "server",
			 v->server, "proto", proto_format(s->proto, proto), "port", s->port);
}

void status_why(struct conn *c)
{
	struct form form = { 0 };
	struct service s;
	struct looker *v;
	char *copy;
	bool good;

	if (!status_admit(c) || !read_query(c, &form, &copy))
		return;
	v = looker_new(c, "Why", status_write_why);
	if (!v) {
		free(copy);
		return;
	}
	good = read_why(v, &form, &s);
	free(copy);
	if (good) {
		want(v, &v->view.why);
		ask(v, why_request(v, &s));
		return;
	}
	send_page(v);
	free(v);
}
