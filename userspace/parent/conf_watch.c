// SPDX-License-Identifier: GPL-2.0
/*
 * The section "watch": its options, ranges and defaults.
 */
#include "conf_schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT_MAX 1000000 /* failures or clients before a service is down */

static void watch_servers(CONF_PARSE_ARGS)
{
	struct conf_watch *w = object;

	(void)key;
	if (!entry->n)
		conf_expected(r, entry, NULL, "one server or more");
	conf_prefixes(r, entry, &w->servers, &w->n_servers);
}

static void watch_clients(CONF_PARSE_ARGS)
{
	struct conf_watch *w = object;

	(void)key;
	conf_prefixes(r, entry, &w->clients, &w->n_clients);
}

static void watch_ports(CONF_PARSE_ARGS)
{
	struct conf_watch *w = object;
	struct portrange range;

	(void)key;
	if (!entry->n)
		conf_expected(r, entry, NULL, "one port or more");
	for (size_t i = 0; i < entry->n; i++) {
		if (portrange_parse(&range, entry->values[i].text)) {
			conf_expected(r, entry, &entry->values[i],
				      "ports from 1 to 65535, as tcp/80 or tcp/8000-8099");
			continue;
		}
		w->ports = conf_grow(w->ports, w->n_ports, sizeof(*w->ports));
		w->ports[w->n_ports++] = range;
	}
}

/* "mirror:eth0"; a watch has one mirror port. */
static bool mirror_hook(struct conf_watch *w, const char *text)
{
	static const char prefix[] = "mirror:";
	const char *dev = text + strlen(prefix);

	if (strncmp(text, prefix, strlen(prefix)) || !*dev ||
	    strlen(dev) >= sizeof(w->mirror_dev) || strpbrk(dev, "/ \t\n:") ||
	    (*w->mirror_dev && strcmp(w->mirror_dev, dev)))
		return false;
	strcpy(w->mirror_dev, dev);
	w->hooks |= RINGBACK_HOOK_MIRROR;
	return true;
}

static void watch_hooks(CONF_PARSE_ARGS)
{
	static const char *const words[] = { "forward", "local", "bridge", NULL };
	struct conf_watch *w = object;

	(void)key;
	if (!entry->n)
		conf_expected(r, entry, NULL, "one hook or more");
	w->hooks = 0;
	for (size_t n = 0; n < entry->n; n++) {
		const struct conf_value *v = &entry->values[n];
		int i = conf_word_index(words, v->text);

		if (i >= 0)
			w->hooks |= RINGBACK_HOOK_FORWARD << i;
		else if (!mirror_hook(w, v->text))
			conf_expected(
				r, entry, v,
				"\"forward\", \"local\", \"bridge\" or one \"mirror:INTERFACE\"");
	}
}

static void watch_admission(CONF_PARSE_ARGS)
{
	static const char *const words[] = { "trouble", "first-syn", NULL };
	const struct conf_value *v = conf_one(r, entry);
	struct conf_watch *w = object;
	int i;

	(void)key;
	if (!v)
		return;
	i = conf_word_index(words, v->text);
	if (i < 0)
		conf_expected(r, entry, v, "\"trouble\" or \"first-syn\"");
	else
		w->admission = i;
}

/* "tls" is a port's and "pass" nobody's wish: neither can be asked for. */
static void watch_profile(CONF_PARSE_ARGS)
{
	static const char *const words[] = { "auto", "http", "text", "reset", NULL };
	static const enum profile profiles[] = { PROFILE_AUTO, PROFILE_HTTP, PROFILE_TEXT,
						 PROFILE_RESET };
	struct conf_key alone = { .name = key->name, .words = words };
	struct conf_watch *w = object;
	unsigned int i = 0;

	conf_word(r, &alone, entry, &i);
	w->profile = profiles[i];
}

static void watch_tls(CONF_PARSE_ARGS)
{
	static const char *const words[] = { "pass", "reset", NULL };
	struct conf_key alone = { .name = key->name, .words = words };
	struct conf_watch *w = object;
	unsigned int i = 0;

	conf_word(r, &alone, entry, &i);
	w->standin_tls_reset = i;
}

/* In the order of enum inquire. */
static const char *const inquire_words[] = { "off", "whether", "where", NULL };

/* In the order of the bits of enum evidence; the operator always counts. */
static const char *const evidence_words[] = { "trap", "reply", "probe", NULL };

const struct conf_key conf_watch_keys[] = {
	CONF_OPTION("servers", watch_servers, struct conf_watch, servers, .required = true),
	CONF_OPTION("ports", watch_ports, struct conf_watch, ports, .required = true),
	CONF_OPTION("clients", watch_clients, struct conf_watch, clients),
	CONF_OPTION("hooks", watch_hooks, struct conf_watch, hooks),
	CONF_U32("no-reply", struct conf_watch, no_reply, 1, RINGBACK_NO_REPLY_MAX, "seconds"),
	CONF_U32("keep", struct conf_watch, keep, 1, RINGBACK_KEEP_MAX, "seconds"),
	CONF_U32("down-after", struct conf_watch, down_after, 1, COUNT_MAX, "failures"),
	CONF_U32("down-clients", struct conf_watch, down_clients, 1, COUNT_MAX, "clients"),
	CONF_OPTION("admission", watch_admission, struct conf_watch, admission),
	CONF_OPTION("reverse-path", conf_bool, struct conf_watch, reverse_path),
	CONF_OPTION("recovery", conf_words, struct conf_watch, recovery, .words = evidence_words),
	CONF_OPTION("confirm", conf_bool, struct conf_watch, confirm),
	CONF_U32("stable", struct conf_watch, stable, 0, 3600, "seconds"),
	CONF_U32("flap", struct conf_watch, flap, 0, CONF_DAY, "seconds"),
	CONF_U32("probe-min", struct conf_watch, probe_min, 1, 3600, "seconds"),
	CONF_U32("probe-max", struct conf_watch, probe_max, 1, CONF_DAY, "seconds"),
	CONF_U32("probe-timeout", struct conf_watch, probe_timeout, 1, 60, "seconds"),
	CONF_OPTION("notify", conf_notify, struct conf_watch, notify),
	CONF_OPTION("standin", conf_bool, struct conf_watch, standin),
	CONF_OPTION("standin-profile", watch_profile, struct conf_watch, profile),
	CONF_OPTION("standin-tls", watch_tls, struct conf_watch, standin_tls_reset),
	CONF_U32("standin-retry", struct conf_watch, standin_retry, 0, COUNT_MAX, "connections"),
	CONF_OPTION("inquire", conf_word, struct conf_watch, inquire, .words = inquire_words),
	{ 0 },
};

void *conf_watch_new(struct conf_reader *r, const struct conf_block *b)
{
	struct conf *c = r->conf;
	struct conf_watch w = {
		.hooks = RINGBACK_HOOK_FORWARD,
		.no_reply = 3,
		.keep = CONF_DAY,
		.down_after = 1,
		.down_clients = 1,
		.admission = RINGBACK_ADMISSION_TROUBLE,
		.recovery = EVIDENCE_TRAP | EVIDENCE_REPLY | EVIDENCE_PROBE,
		.confirm = true,
		.stable = 5,
		.flap = 300,
		.probe_min = 5,
		.probe_max = 300,
		.probe_timeout = 5,
		.notify = { { ROUTE_MAIL } },
		.n_notify = 1,
		.profile = PROFILE_AUTO,
		.standin_retry = 20,
		.inquire = INQUIRE_OFF,
	};

	_Static_assert(CONF_NAME_MAX == RINGBACK_WATCH_NAME_MAX, "a watch is named as a section");
	if (conf_title_ok(r, b) && conf_watch_find(c, b->title))
		conf_errors_add(r->errors, b->line,
				"watch \"%s\": there is one of this name already; expected another",
				b->title);
	else
		snprintf(w.name, sizeof(w.name), "%s", b->title);
	c->watches = conf_grow(c->watches, c->n_watches, sizeof(w));
	c->watches[c->n_watches] = w;
	return &c->watches[c->n_watches++];
}
