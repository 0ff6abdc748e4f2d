// SPDX-License-Identifier: GPL-2.0
/*
 * The sections "server", "nms" and "webhook", to whom lists of waiting clients and
 * announcements go, and the steps of a watch that lead there.
 */
#include "conf_schema.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#define URL_MAX	 1000 /* bytes */
#define TIME_MAX CONF_DAY /* seconds until the next step */

/* --- options --------------------------------------------------------------- */
/* In the order of enum webhook_format. */
static const char *const format_words[] = { "ringback", "alertmanager", NULL };

/* The value may be a capability: an error must not show it. */
static void webhook_url(CONF_PARSE_ARGS)
{
	const struct conf_value *v = conf_one(r, entry);
	struct conf_target *t = object;
	const char *host;

	(void)key;
	if (!v)
		return;
	host = !strncmp(v->text, "http://", 7)	? v->text + 7 :
	       !strncmp(v->text, "https://", 8) ? v->text + 8 :
						  "";
	if (!*host || *host == '/' || strlen(v->text) > URL_MAX ||
	    strspn(host, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			 "0123456789-._~:[]/%?&=+,;!$()*") != strlen(host))
		conf_errors_add(r->errors, v->line,
				"url: expected http:// or https://, a host and a path, up to %d "
				"bytes and without a user",
				URL_MAX);
	else
		conf_replace(&t->url, v->text);
}

static void webhook_format(CONF_PARSE_ARGS)
{
	struct conf_key alone = { .name = key->name, .words = format_words };
	struct conf_target *t = object;
	unsigned int format = t->format;

	conf_word(r, &alone, entry, &format);
	t->format = format;
	t->lists = format != WEBHOOK_ALERTMANAGER;
}

#define TARGET_OPTIONS                                                                          \
	CONF_U32("time", struct conf_target, time, 1, TIME_MAX, "seconds"),                     \
		CONF_U32("timeout", struct conf_target, timeout, 1, 60, "seconds"),             \
		CONF_U32("give-up", struct conf_target, give_up, 60, 30 * CONF_DAY, "seconds"), \
		CONF_OPTION("announce", conf_bool, struct conf_target, announce)

#define SNMP_OPTIONS                                                                         \
	CONF_OPTION("port", conf_u16, struct conf_target, port, .min = 1, .max = 65535,      \
		    .unit = "a port"),                                                       \
		CONF_OPTION("community", conf_community, struct conf_target, community),     \
		CONF_OPTION("user", conf_user_name, struct conf_target, user.name),          \
		CONF_OPTION("auth", conf_auth, struct conf_target, user.auth,                \
			    .words = conf_auth_words),                                       \
		CONF_OPTION("auth-key-file", conf_secret, struct conf_target, user.auth_key, \
			    .min = 8, .max = PATH_MAX),                                      \
		CONF_OPTION("priv", conf_priv, struct conf_target, user.priv,                \
			    .words = conf_priv_words),                                       \
		CONF_OPTION("priv-key-file", conf_secret, struct conf_target, user.priv_key, \
			    .min = 8, .max = PATH_MAX)

const struct conf_key conf_server_keys[] = {
	SNMP_OPTIONS,
	TARGET_OPTIONS,
	{ 0 },
};

const struct conf_key conf_nms_keys[] = {
	CONF_OPTION("host", conf_host, struct conf_target, host, .required = true),
	SNMP_OPTIONS,
	TARGET_OPTIONS,
	{ 0 },
};

const struct conf_key conf_webhook_keys[] = {
	CONF_OPTION("url", webhook_url, struct conf_target, url, .required = true),
	CONF_OPTION("format", webhook_format, struct conf_target, format),
	CONF_OPTION("key-file", conf_secret, struct conf_target, key, .min = 8, .max = PATH_MAX),
	CONF_OPTION("ca-file", conf_file, struct conf_target, ca_file, .max = PATH_MAX),
	TARGET_OPTIONS,
	{ 0 },
};

/* --- sections -------------------------------------------------------------- */
/* In the order of enum route. */
static const char *const route_words[] = { "mail", "server", "nms", "webhook", NULL };

/* The route of the section or the step @name; -1: none. */
static int route_of(const char *name)
{
	return conf_word_index(route_words, name);
}

bool conf_is_target(const char *section)
{
	return route_of(section) > ROUTE_MAIL;
}

static void check_title(struct conf_reader *r, const struct conf_block *b, uint8_t route)
{
	if (route == ROUTE_SERVER) {
		if (conf_target_find(r->conf, route, NULL))
			conf_errors_add(r->errors, b->line,
					"section server: given before; expected it once");
	} else if (conf_title_ok(r, b) && conf_target_find(r->conf, route, b->title)) {
		conf_errors_add(r->errors, b->line,
				"%s \"%s\": there is one of this name already; expected another",
				b->section->name, b->title);
	}
}

void *conf_target_new(struct conf_reader *r, const struct conf_block *b)
{
	struct conf *c = r->conf;
	struct conf_target t = {
		.route = route_of(b->section->name),
		.time = 60,
		.timeout = 5,
		.give_up = 5 * CONF_DAY,
		.lists = true,
		.port = 162,
	};

	check_title(r, b, t.route);
	t.announce = t.route != ROUTE_SERVER;
	snprintf(t.name, sizeof(t.name), "%s", b->title ?: b->section->name);
	c->targets = conf_grow(c->targets, c->n_targets, sizeof(t));
	c->targets[c->n_targets] = t;
	return &c->targets[c->n_targets++];
}

/* --- what has to go together ----------------------------------------------- */
static void check_credentials(struct conf_reader *r, const struct conf_block *b,
			      const struct conf_target *t)
{
	static const char *const of_user[] = { "auth", "auth-key-file", "priv", "priv-key-file" };

	if (!t->user.name == !t->community) {
		conf_errors_add(r->errors, b->line,
				"section %s: expected user or community, one of them",
				b->section->name);
		return;
	}
	for (size_t i = 0; i < sizeof(of_user) / sizeof(of_user[0]); i++) {
		if (t->community)
			conf_refuse_unused(r, b, of_user[i], "community");
		else if (!conf_given(b, of_user[i]))
			conf_errors_add(r->errors, conf_line_of(b, "user"),
					"user: expected %s beside it: lists must not go out in "
					"clear",
					of_user[i]);
	}
}

static void check_webhook(struct conf_reader *r, const struct conf_block *b,
			  const struct conf_target *t)
{
	if (!strncmp(t->url, "http://", 7))
		conf_refuse_unused(r, b, "ca-file", "a url of http://");
	if (t->format != WEBHOOK_ALERTMANAGER)
		return;
	conf_refuse_unused(r, b, "time", "format = \"alertmanager\"");
	conf_refuse_unused(r, b, "key-file", "format = \"alertmanager\"");
	if (!t->announce)
		conf_errors_add(r->errors, conf_line_of(b, "announce"),
				"announce: expected true: Alertmanager takes nothing else");
}

void conf_target_check(struct conf_reader *r, const struct conf_block *b,
		       const struct conf_target *t)
{
	if (t->route == ROUTE_WEBHOOK)
		check_webhook(r, b, t);
	else
		check_credentials(r, b, t);
	if (t->time < t->timeout)
		conf_errors_add(r->errors,
				conf_line_of(b, conf_given(b, "time") ? "time" : "timeout"),
				"time: expected at least timeout (%u seconds), not %u", t->timeout,
				t->time);
}

/* --- the steps of a watch -------------------------------------------------- */
static void too_many(struct conf_reader *r, int line)
{
	conf_errors_add(r->errors, line, "notify: expected up to %d steps", CONF_STEPS_MAX);
}

/* "mail", "nms", "nms:NAME": false if it is none. */
static bool parse_step(struct conf_step *step, const char *text)
{
	const char *colon = strchr(text, ':');
	char word[16];
	int route;

	snprintf(word, sizeof(word), "%.*s", colon ? (int)(colon - text) : (int)strlen(text), text);
	route = route_of(word);
	if (route < 0)
		return false;
	*step = (struct conf_step){ .route = route };
	if (!colon)
		return true;
	if ((route != ROUTE_NMS && route != ROUTE_WEBHOOK) || !conf_name_ok(colon + 1))
		return false;
	strcpy(step->target, colon + 1);
	return true;
}

static bool same_step(const struct conf_step *a, const struct conf_step *b)
{
	return a->route == b->route && !strcmp(a->target, b->target);
}

/* Steps in the order in which they stand; they take the place of the default. */
void conf_notify(CONF_PARSE_ARGS)
{
	struct conf_watch *w = object;

	(void)key;
	w->n_notify = 0;
	for (size_t i = 0; i < entry->n; i++) {
		const struct conf_value *v = &entry->values[i];

		if (w->n_notify == CONF_STEPS_MAX) {
			too_many(r, v->line);
			return;
		}
		if (parse_step(&w->notify[w->n_notify], v->text))
			w->n_notify++;
		else
			conf_expected(r, entry, v,
				      "\"mail\", \"server\", \"nms\", \"nms:NAME\", "
				      "\"webhook\" or \"webhook:NAME\"");
	}
}

/* --- the steps among the sections ------------------------------------------ */
/* Appends a step that leads somewhere; false: it cannot be had. */
static bool add_step(struct conf_reader *r, int line, struct conf_watch *w,
		     const struct conf_step *step)
{
	for (size_t i = 0; i < w->n_notify; i++) {
		if (!same_step(&w->notify[i], step))
			continue;
		conf_errors_add(r->errors, line,
				"watch \"%s\": notify: expected \"%s%s%s\" once: it comes twice",
				w->name, route_name(step->route), *step->target ? ":" : "",
				step->target);
		return false;
	}
	if (w->n_notify == CONF_STEPS_MAX) {
		too_many(r, line);
		return false;
	}
	w->notify[w->n_notify++] = *step;
	return true;
}

/* What the configuration lacks for the step, or NULL. */
static const char *step_lacks(const struct conf *conf, const struct conf_step *step)
{
	static const char *const lacks[] = {
		[ROUTE_MAIL] = "a mail section; expected one, or notify = {} to tell nobody",
		[ROUTE_SERVER] = "a server section, which says how to talk to recovered servers",
		[ROUTE_NMS] = "a section of this name, which says how to talk to the station",
		[ROUTE_WEBHOOK] = "a section of this name, which says where to post to",
	};
	const struct conf_target *t;

	if (step->route == ROUTE_MAIL)
		return conf->mail.configured ? NULL : lacks[ROUTE_MAIL];
	t = conf_target_find(conf, step->route, step->target);
	if (!t)
		return lacks[step->route];
	return t->lists ? NULL : "one that takes lists: Alertmanager takes announcements only";
}

/* "nms": all sections of that kind, in the order of the file. */
static void add_all(struct conf_reader *r, int line, struct conf_watch *w, uint8_t route)
{
	bool found = false;

	for (size_t i = 0; i < r->conf->n_targets; i++) {
		const struct conf_target *t = &r->conf->targets[i];
		struct conf_step step = { .route = route };

		if (t->route != route || !t->lists)
			continue;
		strcpy(step.target, t->name);
		found = true;
		if (!add_step(r, line, w, &step))
			return;
	}
	if (!found)
		conf_errors_add(r->errors, line,
				"watch \"%s\": notify \"%s\" needs a section %s \"NAME\"%s",
				w->name, route_name(route), route_name(route),
				route == ROUTE_WEBHOOK ? " that takes lists" : "");
}

void conf_notify_check(struct conf_reader *r, const struct conf_block *b, struct conf_watch *w)
{
	const struct conf_watch written = *w;
	int line = conf_line_of(b, "notify");

	w->n_notify = 0;
	for (size_t i = 0; i < written.n_notify; i++) {
		const struct conf_step *step = &written.notify[i];
		bool named = *step->target || step->route < ROUTE_NMS;
		const char *lack = named ? step_lacks(r->conf, step) : NULL;

		if (lack)
			conf_errors_add(r->errors, line, "watch \"%s\": notify \"%s%s%s\" needs %s",
					w->name, route_name(step->route), *step->target ? ":" : "",
					step->target, lack);
		else if (named)
			add_step(r, line, w, step);
		else
			add_all(r, line, w, step->route);
	}
}
