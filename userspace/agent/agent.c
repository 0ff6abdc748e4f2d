// SPDX-License-Identifier: GPL-2.0
/*
 * The agent: follows what the portal says of this client's services, answers its
 * inquiries as it was told to, and tells the person. The list of inquiries is the
 * truth; events say when to look at it, and when to go back.
 */
#include "agent.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../common/timefmt.h"

#define SERVICES_MAX 256
#define NAME_MAX_LEN 128
#define AFTER_MAX_MS 600000 /* of a "back" event */
#define RETRY_MIN_MS 1000
#define RETRY_MAX_MS 60000
#define STEP_MS	     60000
#define NEVER	     INT64_MAX

/* A service that this client failed to reach. */
struct seen {
	char server[ADDR_STRLEN], proto[8];
	uint16_t port;
	char name[NAME_MAX_LEN];
	json_int_t outage;
	bool down; /* the person was told so */
	int64_t back_at; /* CLOCK_MONOTONIC ms: tell that it is back then; or NEVER */
};

struct agent {
	struct cli *cli;
	const struct agent_options *o;
	struct http *http;
	const char *notify; /* the program, or NULL */
	struct seen seen[SERVICES_MAX];
	size_t n_seen;
	bool look; /* at the list of inquiries */
	bool complained; /* that the portal is away */
	bool done;
	unsigned int tries; /* in vain, in a row */
};

/* --- telling ------------------------------------------------------------------ */

/* The titles are as wide as the usual values: a live table cannot look ahead. */
static const struct column columns[] = {
	{ "time", "TIME    ", COL_TIME },
	{ "event", "EVENT   ", COL_STATE },
	{ "server", "SERVER         ", 0 },
	{ "service", "PORT    ", COL_TEXT_ONLY },
	{ "proto", NULL, 0 },
	{ "port", NULL, 0 },
	{ "name", "NAME            ", 0 },
	{ "text", "TEXT", 0 },
};

static void tell(struct agent *a, const struct seen *s, const char *event, const char *text)
{
	struct writer *out = a->cli->out;
	char service[32];

	snprintf(service, sizeof(service), "%s/%u", s->proto, s->port);
	writer_time(out, "time", time_now());
	writer_text(out, "event", event);
	writer_text(out, "server", s->server);
	writer_text(out, "service", service);
	writer_text(out, "proto", s->proto);
	writer_number(out, "port", s->port);
	writer_text(out, "name", s->name[0] ? s->name : NULL);
	writer_text(out, "text", text);
	writer_end(out);
}

/* The same on the desktop, for what a person wants to know at once. */
static void tell_person(struct agent *a, const struct seen *s, const char *event, const char *what,
			const char *text)
{
	char title[NAME_MAX_LEN + ADDR_STRLEN + 64];

	tell(a, s, event, text);
	if (!a->notify)
		return;
	if (s->name[0])
		snprintf(title, sizeof(title), "%s %s", s->name, what);
	else
		snprintf(title, sizeof(title), "%s %s/%u %s", s->server, s->proto, s->port, what);
	desktop_notify(a->notify, title, text);
}

static void tell_back(struct agent *a, struct seen *s)
{
	s->back_at = NEVER;
	if (!s->down)
		return;
	s->down = false;
	tell_person(a, s, "back", "is back", "The service answers again.");
	a->done |= a->o->once;
}

/* --- services ------------------------------------------------------------------- */

/* The service that @row names; made when it is new. NULL: it names none, or too many. */
static struct seen *find(struct agent *a, const json_t *row)
{
	const char *server = json_string_value(json_object_get(row, "server"));
	const char *proto = json_string_value(json_object_get(row, "proto"));
	const char *name = json_string_value(json_object_get(row, "name"));
	json_int_t port = json_integer_value(json_object_get(row, "port"));
	struct seen *s = a->seen;
	char text[ADDR_STRLEN];
	struct addr addr;

	if (!server || addr_parse(&addr, server) || !proto || !proto_parse(proto) || port < 1 ||
	    port > 65535)
		return NULL;
	addr_format(&addr, text);
	for (; s < &a->seen[a->n_seen]; s++)
		if (!strcmp(s->server, text) && !strcmp(s->proto, proto) && s->port == port)
			break;
	if (s == &a->seen[SERVICES_MAX])
		return NULL;
	if (s == &a->seen[a->n_seen]) {
		a->n_seen++;
		memset(s, 0, sizeof(*s));
		memcpy(s->server, text, sizeof(text));
		snprintf(s->proto, sizeof(s->proto), "%s", proto);
		s->port = port;
		s->back_at = NEVER;
	}
	if (name && strlen(name) < sizeof(s->name))
		strcpy(s->name, name);
	return s;
}

/* --- inquiries -------------------------------------------------------------------- */

static const char *member(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

/* What the portal made of our answer, for people. */
static void tell_outcome(struct agent *a, const struct seen *s, const json_t *answer, long status)
{
	const char *outcome = member(answer, "outcome"), *mail = member(answer, "mail");
	char text[300];

	if (status != 200)
		snprintf(text, sizeof(text), "The portal did not take the answer: %.200s",
			 outcome[0] ? outcome : member(answer, "title"));
	else if (a->o->answer == AGENT_NO)
		snprintf(text, sizeof(text), "Answered: no notice.");
	else if (strcmp(outcome, "confirm") == 0)
		snprintf(text, sizeof(text), "Answered: yes; a mail to confirm it is on its way.");
	else
		snprintf(text, sizeof(text), "Answered: yes%s%.200s", mail[0] ? ", at " : "", mail);
	tell(a, s, status == 200 ? "answered" : "refused", text);
}

static void answer_inquiry(struct agent *a, const struct seen *s, const json_t *row)
{
	bool where = strcmp(member(row, "inquire"), "where") == 0;
	json_t *choice, *answer;
	long status = 0;

	choice = json_pack("{s:s,s:s,s:i,s:s,s:s}", "server", s->server, "proto", s->proto, "port",
			   s->port, "choice", a->o->answer == AGENT_YES ? "yes" : "no", "token",
			   member(row, "token"));
	if (choice && where && a->o->mail && a->o->answer == AGENT_YES)
		json_object_set_new(choice, "mail", json_string(a->o->mail));
	if (!choice || http_json(a->http, "v1/choice", choice, &answer, &status)) {
		tell(a, s, "refused", choice ? http_error(a->http) : "Out of memory.");
	} else {
		tell_outcome(a, s, answer, status);
		json_decref(answer);
	}
	json_decref(choice);
}

static void ask(struct agent *a, const struct seen *s)
{
	char text[400];

	snprintf(text, sizeof(text), "Tell you when it is back? Answer at %.300s/", a->o->url);
	tell_person(a, s, "asked", "cannot be reached", text);
}

/* A service is down that was not, or is down again. */
static void newly_down(struct agent *a, struct seen *s, const json_t *row)
{
	bool open = strcmp(member(row, "inquire"), "off") && !strcmp(member(row, "choice"), "none");
	char text[200];

	s->down = true;
	s->outage = json_integer_value(json_object_get(row, "outage"));
	if (open && a->o->answer == AGENT_ASK) {
		ask(a, s);
		return;
	}
	snprintf(text, sizeof(text), "No way to it since %.40s (%.40s).", member(row, "since"),
		 member(row, "reason"));
	tell_person(a, s, "down", "cannot be reached", text);
	if (open)
		answer_inquiry(a, s, row);
}

static void meet_inquiry(struct agent *a, const json_t *row)
{
	struct seen *s = find(a, json_object_get(row, "service"));
	bool up = strcmp(member(row, "state"), "up") == 0;

	if (!s)
		return;
	if (!up && (!s->down || json_integer_value(json_object_get(row, "outage")) != s->outage))
		newly_down(a, s, row);
	else if (up && s->down && s->back_at == NEVER)
		tell_back(a, s); /* it came back while nobody listened */
}

/* False: the portal did not say. */
static bool look(struct agent *a)
{
	json_t *rows, *row;
	long status = 0;
	size_t i;

	if (http_json(a->http, "v1/inquiries", NULL, &rows, &status))
		return false;
	json_array_foreach(rows, i, row)
		meet_inquiry(a, row);
	json_decref(rows);
	a->look = false;
	return true;
}

/* --- events --------------------------------------------------------------------------- */

static void on_back(struct agent *a, const json_t *data)
{
	json_int_t after = json_integer_value(json_object_get(data, "after"));
	struct seen *s = find(a, data);

	if (!s)
		return;
	/* A server that just returned is not to be knocked over by all at once. */
	if (after < 0 || after > AFTER_MAX_MS)
		after = AFTER_MAX_MS;
	s->back_at = time_mono_ms() + after;
}

static void on_state(struct agent *a, const json_t *data)
{
	bool up = strcmp(member(data, "state"), "up") == 0;
	struct seen *s = find(a, data);

	if (!s)
		return;
	a->look |= !s->down || up || s->back_at != NEVER;
	if (!up)
		s->back_at = NEVER; /* down again before it was told */
}

static void on_event(const char *event, const char *data, void *arg)
{
	json_t *json = json_loads(data, JSON_REJECT_DUPLICATES, NULL);
	struct agent *a = arg;

	if (json && strcmp(event, "back") == 0)
		on_back(a, json);
	else if (json && strcmp(event, "state") == 0)
		on_state(a, json);
	json_decref(json);
}

/* --- the connection --------------------------------------------------------------------- */

/* Tells who is back by now; milliseconds until the next is. */
static int tell_due(struct agent *a)
{
	int64_t now = time_mono_ms(), next = now + STEP_MS;
	size_t i;

	for (i = 0; i < a->n_seen && !a->done; i++) {
		if (a->seen[i].back_at <= now)
			tell_back(a, &a->seen[i]);
		else if (a->seen[i].back_at < next)
			next = a->seen[i].back_at;
	}
	return next - now;
}

/* Until the stream ends, for whatever reason. */
static void listen_on(struct agent *a)
{
	bool more = http_listen(a->http, "v1/events", on_event, a) == 0;

	/* After the stream has begun, so that nothing falls in between. */
	a->look = true;
	while (more && !a->done) {
		more = http_wait(a->http, tell_due(a));
		if (!more || !http_streaming(a->http))
			continue;
		if (a->look && !look(a))
			return;
		if (a->complained)
			cli_warn("the portal answers again");
		a->complained = false;
		a->tries = 0;
		tell_due(a);
	}
}

/* Twice as long each time; jitter, so that not all agents come back at once. */
static int64_t pause_ms(unsigned int tries)
{
	int64_t ms = tries < 7 ? RETRY_MIN_MS << tries : RETRY_MAX_MS;

	if (ms > RETRY_MAX_MS)
		ms = RETRY_MAX_MS;
	return ms / 2 + random() % (ms / 2 + 1);
}

/* The pause before the next try; who is back meanwhile is told. */
static void pause_for(struct agent *a, int64_t ms)
{
	int64_t end = time_mono_ms() + ms, left;

	while (!a->done && (left = end - time_mono_ms()) > 0) {
		int64_t due = tell_due(a);

		usleep((due < left ? due : left) * 1000);
	}
}

int agent_run(struct cli *cli, const struct agent_options *o)
{
	struct agent *a = calloc(1, sizeof(*a));
	int err;

	if (a)
		a->http = http_open(o->url, o->ca);
	if (!a || !a->http) {
		free(a);
		return cli_fail(cli, CLI_FAILED, "out of memory");
	}
	a->cli = cli;
	a->o = o;
	a->notify = desktop_find();
	srandom(time_now() ^ getpid());
	writer_start(cli->out, columns, sizeof(columns) / sizeof(columns[0]), true);
	while (!a->done) {
		listen_on(a);
		if (a->done)
			break;
		if (!a->complained)
			cli_warn("%s: %s; trying again", o->url, http_error(a->http));
		a->complained = true;
		pause_for(a, pause_ms(a->tries++));
	}
	err = cli_finish(cli);
	http_close(a->http);
	free(a);
	return err;
}
