// SPDX-License-Identifier: GPL-2.0
/*
 * JSON of services and inquiries.
 */
#include "api.h"

#include <stdlib.h>
#include <string.h>

#include "../common/timefmt.h"
#include "ask.h"
#include "form.h"
#include "services.h"
#include "token.h"
#include "words.h"

/* English, as all that programs read. */
static const char *state_name(uint8_t state)
{
	static const char *const names[] = { "down", "returning", "up" };

	return names[state];
}

static const char *inquire_name(uint8_t inquire)
{
	static const char *const names[] = { "off", "whether", "where" };

	return names[inquire];
}

/* null for 0: not known, or not yet. */
static json_t *when(int64_t t)
{
	char text[TIME_STRLEN], *end;

	if (!t)
		return json_null();
	end = time_iso8601(t / NSEC_PER_SEC, text);
	strcpy(end, "Z");
	return json_string(text);
}

static json_t *waiting(const struct msg_service *m)
{
	char text[WORDS_WAITING_MAX];

	return json_string(words_waiting(LANG_EN, m->waiting, text));
}

/* {"server", "proto", "port"}; a new reference. */
static json_t *service(const struct service *s)
{
	char server[ADDR_STRLEN], proto[8];

	return json_pack("{ss ss si}", "server", addr_format(&s->server, server), "proto",
			 proto_format(s->proto, proto), "port", s->port);
}

/* NULL (out of memory) is left out by those who use it. */
static void set(json_t *object, const char *key, json_t *value)
{
	json_object_set_new(object, key, value);
}

json_t *api_state_event(const struct msg_service *m, enum lang lang)
{
	json_t *data = service(&m->service);
	char text[WORDS_WAITING_MAX];

	set(data, "state", json_string(state_name(m->state)));
	set(data, "waiting", waiting(m));
	set(data, "others",
	    words_alone(m->waiting) ? json_null() :
				      json_string(words_waiting(lang, m->waiting, text)));
	return data;
}

json_t *api_back_event(const struct msg_service *m, uint32_t after_ms)
{
	json_t *data = service(&m->service);

	set(data, "name", json_string(m->server_name));
	set(data, "after", json_integer(after_ms));
	return data;
}

static json_t *about(const struct msg_service *m)
{
	json_t *object = json_object(), *s = service(&m->service);
	const char *reason = m->reason ? reason_name(m->reason) : NULL;

	set(s, "name", *m->server_name ? json_string(m->server_name) : json_null());
	set(object, "service", s);
	set(object, "outage", m->outage ? json_integer((json_int_t)m->outage) : json_null());
	set(object, "state", json_string(state_name(m->state)));
	set(object, "reason", reason ? json_string(reason) : json_null());
	set(object, "since", when(m->began));
	set(object, "until", when(m->ended));
	set(object, "heard", when(m->heard));
	set(object, "waiting", waiting(m));
	set(object, "inquire", json_string(inquire_name(m->inquire)));
	return object;
}

static json_t *inquiry(const struct conn *c, const struct msg_standing *s)
{
	json_t *object = about(&s->about);
	char token[TOKEN_STRLEN];

	set(object, "waits", json_boolean(s->waiting));
	set(object, "reached", json_boolean(s->reached));
	set(object, "choice", json_string(choice_name(s->choice)));
	set(object, "mail", *s->mail ? json_string(s->mail) : json_null());
	set(object, "unconfirmed", json_boolean(s->unconfirmed));
	set(object, "token",
	    json_string(token_make(c->web->secret, &c->client, &s->about.service,
				   time_now() / NSEC_PER_SEC, token)));
	return object;
}

void api_send(struct conn *c, int status, const char *type, const char *headers, json_t *body)
{
	struct reply r = { .status = status, .type = type, .headers = headers };
	char *text = json_dumps(body, JSON_COMPACT);

	json_decref(body);
	if (text)
		conn_reply(c, &r, text, strlen(text));
	else
		conn_plain(c, 503, "Out of memory.");
	free(text);
}

static json_t *problem(int status)
{
	return json_pack("{ss ss si}", "type", "about:blank", "title", http_reason(status),
			 "status", status);
}

void api_problem(struct conn *c, int status, const char *outcome)
{
	json_t *body = problem(status);

	set(body, "outcome", json_string(outcome));
	api_send(c, status, "application/problem+json", NULL, body);
}

void api_problem_service(struct conn *c, const struct msg_service *m, const char *headers)
{
	json_t *body = problem(503), *more = about(m);

	set(body, "detail",
	    json_string(m->state == PAGE_UP ? "The service is back." :
					      "The service is not answering; the network says so "
					      "in its place."));
	json_object_update(body, more);
	json_decref(more);
	api_send(c, 503, "application/problem+json", headers, body);
}

/* Without the engine only what everybody may know can be told. */
static void one_came(void *arg, const struct answer *a)
{
	struct conn *c = arg;
	const struct msg_service *m = services_find(c->web->services, &c->service);

	if (a->n_standings)
		api_send(c, 200, "application/json", NULL, inquiry(c, &a->standings[0]));
	else if (a->err && m && c->face == WEB_STANDIN)
		api_send(c, 200, "application/json", NULL, about(m));
	else if (a->err)
		api_problem(c, 503, "trouble");
	else
		api_problem(c, 404, "unknown");
}

void api_inquiry(struct conn *c)
{
	char *query = strdup(c->req->query);
	struct form f;
	bool good = true;

	if (c->face != WEB_STANDIN)
		good = query && !form_parse(&f, query) &&
		       !form_service(form_get(&f, "server"), form_get(&f, "proto"),
				     form_get(&f, "port"), &c->service);
	free(query);
	if (good)
		c->ask = ask_standing(c->web, &c->client, &c->service, one_came, c);
	else
		api_problem(c, 404, "unknown");
}

static void all_came(void *arg, const struct answer *a)
{
	struct conn *c = arg;
	json_t *list;

	if (a->err) {
		api_problem(c, 503, "trouble");
		return;
	}
	list = json_array();
	for (size_t i = 0; i < a->n_standings; i++)
		json_array_append_new(list, inquiry(c, &a->standings[i]));
	api_send(c, 200, "application/json", NULL, list);
}

void api_inquiries(struct conn *c)
{
	c->ask = ask_standing(c->web, &c->client, NULL, all_came, c);
}
