// SPDX-License-Identifier: GPL-2.0
/*
 * The client's answer on its way to the engine. Nothing is believed of it: who
 * it is says the connection, that it is meant says the token.
 */
#include "choice.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../common/timefmt.h"
#include "api.h"
#include "ask.h"
#include "choice_input.h"
#include "form.h"
#include "negotiate.h"
#include "page.h"
#include "token.h"

/* What becomes of an answer, for programs and for people. */
static const struct result {
	const char *name;
	int status;
	enum word word;
} results[] = {
	[OUTCOME_OK] = { "ok", 200, W_MAX },
	[OUTCOME_CONFIRM] = { "confirm", 200, W_MAX },
	[OUTCOME_BAD_ADDRESS] = { "bad-address", 422, W_BAD_ADDRESS },
	[OUTCOME_NO_ADDRESS] = { "no-address", 422, W_NO_ADDRESS },
	[OUTCOME_TOO_MANY] = { "too-many", 429, W_TOO_MANY },
	[OUTCOME_SUPPRESSED] = { "suppressed", 403, W_SUPPRESSED },
	[OUTCOME_UNKNOWN] = { "unknown", 404, W_UNKNOWN },
	[OUTCOME_TROUBLE] = { "trouble", 503, W_TROUBLE },
};
static const struct result bad_token = { "bad-token", 403, W_BAD_TOKEN };

static bool from_json(const struct conn *c)
{
	const char *type = http_header(c->req, "Content-Type");

	return type && !strncasecmp(type, "application/json", 16);
}

static void go_back(struct conn *c, const char *path)
{
	struct reply r = { .status = 303 };
	char *location;

	if (asprintf(&location, "Location: %s\r\n", path) < 0) {
		conn_plain(c, 503, "Out of memory.");
		return;
	}
	r.headers = location;
	conn_reply(c, &r, "", 0);
	free(location);
}

static void tell(struct conn *c, const struct result *r, const char *mail, const char *back)
{
	if (!from_json(c) && r->status == 200 && c->leaves)
		page_answered(c, 200, W_MAX, back);
	else if (!from_json(c) && r->status == 200)
		go_back(c, back);
	else if (!from_json(c))
		page_answered(c, r->status, r->word, back);
	else if (r->status == 200)
		api_send(c, 200, "application/json", NULL,
			 json_pack("{ss so}", "outcome", r->name, "mail",
				   *mail ? json_string(mail) : json_null()));
	else
		api_problem(c, r->status, r->name);
}

static void outcome_came(void *arg, const struct answer *a)
{
	struct conn *c = arg;
	const struct result *r = &results[a->outcome ? a->outcome->outcome : OUTCOME_TROUBLE];

	c->ask = 0;
	tell(c, r, a->outcome ? a->outcome->mail : "", c->back);
}

static void send_choice(struct conn *c, const struct choice_input *in)
{
	enum lang lang = negotiate_lang(http_header(c->req, "Accept-Language"));
	struct msg_choice m = { .client = c->client, .service = c->service };

	m.choice = in->choice;
	snprintf(m.mail, sizeof(m.mail), "%s", in->mail);
	snprintf(m.lang, sizeof(m.lang), "%s", words_tag(lang));
	/* From now on it goes to the server, which is dead: it would not see our page again. */
	c->leaves = c->face == WEB_STANDIN && in->choice == CHOICE_NO;
	c->ask = ask_choice(c->web, &m, outcome_came, c);
}

/* A machine that fills in what nobody sees is told that all is well. */
static void take(struct conn *c, const struct choice_input *in)
{
	int64_t now = time_now() / NSEC_PER_SEC;

	if (in->trapped)
		tell(c, &results[OUTCOME_OK], "", c->back);
	else if (c->face != WEB_STANDIN &&
		 form_service(in->server, in->proto, in->port, &c->service))
		tell(c, &results[OUTCOME_UNKNOWN], "", c->back);
	else if (!token_good(c->web->secret, &c->client, &c->service, now, in->token))
		tell(c, &bad_token, "", c->back);
	else if (strlen(in->mail) > MSG_MAIL_MAX)
		tell(c, &results[OUTCOME_BAD_ADDRESS], "", c->back);
	else
		send_choice(c, in);
}

void choice_post(struct conn *c)
{
	const char *type = http_header(c->req, "Content-Type");
	struct choice_input in;
	int err;

	c->back = "/";
	if (from_json(c)) {
		err = choice_from_json(&in, c->req->body);
	} else if (type && !strncasecmp(type, "application/x-www-form-urlencoded", 33)) {
		err = choice_from_form(&in, c->req->body);
	} else {
		conn_plain(c, 415, "A form or JSON is expected.");
		return;
	}
	if (err) {
		conn_plain(c, 400, "That is no choice.");
		return;
	}
	if (form_local_path(in.back))
		c->back = in.back;
	take(c, &in);
	choice_input_free(&in);
}
