// SPDX-License-Identifier: GPL-2.0
/*
 * The configuration file's sections, and the options of the short ones with
 * their ranges and defaults. docs/man/ringback.conf.5 tells the same to people.
 */
#include "conf_schema.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "../common/log.h"

/* --- alias ----------------------------------------------------------------- */
static void alias_addresses(CONF_PARSE_ARGS)
{
	struct conf_alias *alias = object;

	(void)key;
	conf_addresses(r, entry, &alias->addresses, &alias->n_addresses);
}

static const struct conf_key alias_keys[] = {
	CONF_OPTION("addresses", alias_addresses, struct conf_alias, addresses),
	CONF_OPTION("name", conf_line, struct conf_alias, name, .max = 127),
	{ 0 },
};

static void *alias_new(struct conf_reader *r, const struct conf_block *b)
{
	struct conf *c = r->conf;
	struct conf_alias alias = { 0 };

	if (addr_parse(&alias.server, b->title))
		conf_errors_add(r->errors, b->line,
				"alias: expected a server's address, not \"%.200s\"", b->title);
	c->aliases = conf_grow(c->aliases, c->n_aliases, sizeof(alias));
	c->aliases[c->n_aliases] = alias;
	return &c->aliases[c->n_aliases++];
}

/* --- mail ------------------------------------------------------------------ */
/* In the order of the enums. */
static const char *const client_words[] = { "libesmtp", "libcurl", "sendmail", NULL };
static const char *const tls_words[] = { "off", "opportunistic", "required", NULL };

static const struct conf_key mail_keys[] = {
	CONF_OPTION("client", conf_word, struct conf_mail, client, .words = client_words),
	CONF_OPTION("server", conf_host, struct conf_mail, server),
	CONF_OPTION("port", conf_u16, struct conf_mail, port, .min = 1, .max = 65535,
		    .unit = "a port"),
	CONF_OPTION("tls", conf_word, struct conf_mail, tls, .words = tls_words),
	CONF_OPTION("ca-file", conf_file, struct conf_mail, ca_file, .max = PATH_MAX),
	CONF_OPTION("user", conf_line, struct conf_mail, user, .max = 254),
	CONF_OPTION("password-file", conf_secret, struct conf_mail, password, .min = 1,
		    .max = PATH_MAX),
	CONF_OPTION("from", conf_mail_address, struct conf_mail, from, .required = true),
	CONF_OPTION("from-name", conf_line, struct conf_mail, from_name, .max = 200),
	CONF_OPTION("footer", conf_lines, struct conf_mail, footer, .max = 4000),
	CONF_OPTION("sendmail", conf_path, struct conf_mail, sendmail, .max = PATH_MAX),
	CONF_U32("sessions", struct conf_mail, sessions, 1, 16, "sessions"),
	CONF_U32("batch", struct conf_mail, batch, 1, 1000, "messages"),
	CONF_U32("timeout", struct conf_mail, timeout, 5, 600, "seconds"),
	CONF_U32("digest", struct conf_mail, digest, 0, 3600, "seconds"),
	CONF_U32("give-up", struct conf_mail, give_up, 60, 30 * CONF_DAY, "seconds"),
	CONF_U32("retry-min", struct conf_mail, retry_min, 1, CONF_DAY, "seconds"),
	CONF_U32("retry-max", struct conf_mail, retry_max, 1, 7 * CONF_DAY, "seconds"),
	CONF_U32("rate", struct conf_mail, rate, 0, 1000000, "messages an hour"),
	{ 0 },
};

/* --- store, control, the file itself --------------------------------------- */
static const struct conf_key store_keys[] = {
	CONF_OPTION("path", conf_path, struct conf, store_path, .max = PATH_MAX - 64),
	CONF_U32("keep", struct conf, store_keep, 1, 3650, "days"),
	{ 0 },
};

static const struct conf_key control_keys[] = {
	CONF_OPTION("path", conf_path, struct conf, control_path,
		    .max = sizeof(((struct sockaddr_un *)0)->sun_path) - 1),
	{ 0 },
};

static const struct conf_key root_keys[] = {
	CONF_OPTION("user", conf_line, struct conf, user, .max = 32),
	CONF_OPTION("kernel", conf_bool, struct conf, kernel),
	CONF_OPTION("mib", conf_mib_base, struct conf, mib_base),
	CONF_OPTION("agentx", conf_agentx, struct conf, agentx),
	CONF_OPTION("contact-command", conf_contact_command, struct conf, lookup),
	CONF_U32("contact-timeout", struct conf, lookup.timeout, 1, 60, "seconds"),
	CONF_U32("contact-cache", struct conf, lookup.cache, 0, CONF_DAY, "seconds"),
	CONF_U32("contact-processes", struct conf, lookup.at_once, 1, 64, "processes"),
	{ 0 },
};

static const struct conf_section snmp_inside[] = {
	{ .name = "user", .titled = true, .keys = conf_user_keys },
	{ 0 },
};

static const struct conf_section web_inside[] = {
	{ .name = "certificate", .titled = true, .keys = conf_certificate_keys },
	{ 0 },
};

static const struct conf_section root_inside[] = {
	{ .name = "watch", .titled = true, .keys = conf_watch_keys },
	{ .name = "snmp", .keys = conf_snmp_keys, .inside = snmp_inside },
	{ .name = "alias", .titled = true, .keys = alias_keys },
	{ .name = "mail", .keys = mail_keys },
	{ .name = "server", .keys = conf_server_keys },
	{ .name = "nms", .titled = true, .keys = conf_nms_keys },
	{ .name = "webhook", .titled = true, .keys = conf_webhook_keys },
	{ .name = "receive", .titled = true, .keys = conf_receive_keys },
	{ .name = "web", .keys = conf_web_keys, .inside = web_inside },
	{ .name = "store", .keys = store_keys },
	{ .name = "control", .keys = control_keys },
	{ 0 },
};

/* libconfuse calls the outermost section "root". */
const struct conf_section conf_schema[] = {
	{ .name = "root", .keys = root_keys, .inside = root_inside },
	{ 0 },
};

struct conf *conf_schema_defaults(void)
{
	struct conf *c = calloc(1, sizeof(*c));

	if (!c)
		fatal("out of memory");
	c->store_path = conf_strdup(STORE_PATH_DEFAULT);
	c->store_keep = 90;
	c->control_path = conf_strdup(CONTROL_PATH_DEFAULT);
	c->user = conf_strdup("ringback");
	c->kernel = true;
	c->mail = (struct conf_mail){
		.client = MAIL_LIBESMTP,
		.port = 25,
		.tls = MAIL_TLS_OPPORTUNISTIC,
		.from_name = conf_strdup("ringback"),
		.sendmail = conf_strdup("/usr/sbin/sendmail"),
		.sessions = 2,
		.batch = 100,
		.timeout = 60,
		.digest = 0,
		.give_up = 5 * CONF_DAY,
		.retry_min = 60,
		.retry_max = 3600,
		.rate = 20,
	};
	c->lookup = (struct conf_lookup){ .timeout = 5, .cache = 600, .at_once = 4 };
	c->mib_base = conf_strdup(MIB_BASE_DEFAULT);
	conf_web_defaults(&c->web);
	return c;
}

/* Sections that stand once: where they are read to, and whether they were. */
static void *only_one(struct conf_reader *r, const struct conf_block *b)
{
	const struct {
		const char *name;
		void *object;
	} sections[] = {
		{ "root", r->conf },  { "snmp", &r->conf->snmp }, { "mail", &r->conf->mail },
		{ "store", r->conf }, { "control", r->conf },	  { "web", &r->conf->web },
	};

	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		if (strcmp(sections[i].name, b->section->name))
			continue;
		if (!(r->seen & 1U << i)) {
			r->seen |= 1U << i;
			return sections[i].object;
		}
		conf_errors_add(r->errors, b->line, "section %s: given before; expected it once",
				b->section->name);
	}
	return NULL;
}

void *conf_schema_object(struct conf_reader *r, const struct conf_block *b)
{
	if (!strcmp(b->section->name, "watch"))
		return conf_watch_new(r, b);
	if (!strcmp(b->section->name, "alias"))
		return alias_new(r, b);
	if (!strcmp(b->section->name, "user"))
		return conf_user_new(r, b);
	if (!strcmp(b->section->name, "certificate"))
		return conf_certificate_new(r, b);
	if (!strcmp(b->section->name, "receive"))
		return conf_receive_new(r, b);
	if (conf_is_target(b->section->name))
		return conf_target_new(r, b);
	if (!strcmp(b->section->name, "mail"))
		r->conf->mail.configured = true;
	if (!strcmp(b->section->name, "web"))
		r->conf->web.configured = true;
	return only_one(r, b);
}
