// SPDX-License-Identifier: GPL-2.0
/*
 * From the text of the configuration file to a checked struct conf: reads the
 * file, hands each section to its schema (conf_schema.c), then checks what no
 * section can know alone.
 */
#include "conf_read.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../common/log.h"
#include "conf_schema.h"

#define FILE_MAX (1024 * 1024) /* bytes: far above any list of watches */

/* --- the file -------------------------------------------------------------- */
static const char *read_fd(int fd, char *buf, size_t size, size_t *len)
{
	ssize_t n;

	for (*len = 0; *len < size; *len += n) {
		n = read(fd, buf + *len, size - *len);
		if (n < 0)
			return strerror(errno);
		if (n == 0)
			break;
	}
	if (*len == size)
		return "larger than 1 MiB";
	if (memchr(buf, '\0', *len))
		return "not a text: contains a NUL byte";
	buf[*len] = '\0';
	return NULL;
}

/* The whole file, NUL-terminated; NULL and an error. */
static char *read_file(const char *path, struct conf_errors *errors, size_t *len)
{
	char *buf = malloc(FILE_MAX);
	const char *why;
	int fd;

	if (!buf)
		fatal("out of memory");
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	why = fd < 0 ? strerror(errno) : read_fd(fd, buf, FILE_MAX, len);
	if (fd >= 0)
		close(fd);
	if (!why)
		return buf;
	conf_errors_add(errors, 0, "%s", why);
	explicit_bzero(buf, FILE_MAX);
	free(buf);
	return NULL;
}

/* --- sections -------------------------------------------------------------- */
bool conf_given(const struct conf_block *b, const char *key)
{
	for (size_t i = 0; i < b->n; i++) {
		if (!strcmp(b->entries[i].key, key))
			return true;
	}
	return false;
}

int conf_line_of(const struct conf_block *b, const char *key)
{
	for (size_t i = 0; i < b->n; i++) {
		if (!strcmp(b->entries[i].key, key))
			return b->entries[i].line;
	}
	return b->line;
}

static void read_block(struct conf_reader *r, struct conf_block *b, bool complete)
{
	size_t before = r->errors->n;
	void *object = conf_schema_object(r, b);
	const struct conf_key *key;

	for (size_t i = 0; i < b->n && object; i++) {
		const struct conf_entry *e = &b->entries[i];

		for (key = b->section->keys; key->name != e->key; key++)
			;
		if (e->times > 1)
			conf_errors_add(r->errors, e->values[e->n - 1].line,
					"%s: set twice in this section; expected it once", e->key);
		else
			key->parse(r, key, e, object);
	}
	for (key = b->section->keys; key->name && complete && object; key++) {
		if (key->required && !conf_given(b, key->name))
			conf_errors_add(r->errors, b->line,
					"section %s: expected %s, which is required",
					b->section->name, key->name);
	}
	b->bad = r->errors->n > before;
}

/* --- checks across options ------------------------------------------------- */
static void check_watch(struct conf_reader *r, const struct conf_block *b, struct conf_watch *w)
{
	if (w->probe_min > w->probe_max)
		conf_errors_add(
			r->errors,
			conf_line_of(b, conf_given(b, "probe-max") ? "probe-max" : "probe-min"),
			"probe-max: expected at least probe-min (%u seconds), not %u", w->probe_min,
			w->probe_max);
	conf_notify_check(r, b, w);
	conf_standin_check(r, b, w);
}

static void check_snmp(struct conf_reader *r, const struct conf_block *b)
{
	const struct conf_snmp *snmp = &r->conf->snmp;

	/* each receive section has a community or one of the users */
	if (!snmp->n_communities && !snmp->n_users && !r->conf->n_receives)
		conf_errors_add(
			r->errors, b->line,
			"section snmp: expected a community or a user section: with neither, "
			"every trap is refused");
}

static void check_user(struct conf_reader *r, const struct conf_block *b,
		       const struct conf_snmp_user *user)
{
	bool key = conf_given(b, "priv-key-file");

	if (conf_given(b, "priv") && !key)
		conf_errors_add(r->errors, conf_line_of(b, "priv"),
				"priv: expected priv-key-file beside it");
	if (key && !conf_given(b, "priv"))
		conf_errors_add(r->errors, conf_line_of(b, "priv-key-file"),
				"priv-key-file: expected priv beside it");
	for (const struct conf_snmp_user *u = r->conf->snmp.users; u != user; u++) {
		if (!strcmp(u->name, user->name) &&
		    !strcmp(u->engine_id ?: "", user->engine_id ?: ""))
			conf_errors_add(
				r->errors, b->line,
				"user \"%s\": there is one of this name and engine-id already; "
				"expected another",
				user->name);
	}
}

static bool alias_is_watched(const struct conf *conf, const struct conf_alias *a)
{
	struct conf without = *conf;
	struct addr server;

	without.n_aliases = 0;
	return conf_speaks_for(&without, &a->server, &server);
}

static void check_alias(struct conf_reader *r, const struct conf_block *b,
			const struct conf_alias *alias)
{
	char text[ADDR_STRLEN];

	if (!alias->n_addresses && !alias->name)
		conf_errors_add(r->errors, b->line, "alias \"%s\": expected addresses or a name",
				b->title);
	/* a watch that is wrong may be the one that was meant */
	if (r->sound && !alias_is_watched(r->conf, alias))
		conf_errors_add(r->errors, b->line,
				"alias \"%s\": expected the address of a server in a watch",
				b->title);
	for (const struct conf_alias *a = r->conf->aliases; a != alias; a++) {
		if (addr_equal(&a->server, &alias->server))
			conf_errors_add(
				r->errors, b->line,
				"alias \"%s\": there is one of this server already; expected one",
				b->title);
		for (size_t i = 0; i < a->n_addresses * alias->n_addresses; i++) {
			const struct addr *mine = &alias->addresses[i / a->n_addresses];

			if (addr_equal(mine, &a->addresses[i % a->n_addresses]))
				conf_errors_add(r->errors, conf_line_of(b, "addresses"),
						"addresses: %s belongs to another alias already; "
						"expected one server for an address",
						addr_format(mine, text));
		}
	}
}

void conf_refuse_unused(struct conf_reader *r, const struct conf_block *b, const char *key,
			const char *with)
{
	if (conf_given(b, key))
		conf_errors_add(r->errors, conf_line_of(b, key),
				"%s: has no effect with %s; leave it out", key, with);
}

/* The local mail program knows by itself where mail goes. */
static void check_sendmail(struct conf_reader *r, const struct conf_block *b)
{
	static const char *const smtp_only[] = { "server",  "port", "tls",
						 "ca-file", "user", "password-file" };

	for (size_t i = 0; i < sizeof(smtp_only) / sizeof(smtp_only[0]); i++)
		conf_refuse_unused(r, b, smtp_only[i], "client = \"sendmail\"");
	if (access(r->conf->mail.sendmail, X_OK))
		conf_errors_add(r->errors, conf_line_of(b, "sendmail"),
				"sendmail: %s: %s; expected a program", r->conf->mail.sendmail,
				strerror(errno));
}

static void check_smtp(struct conf_reader *r, const struct conf_block *b)
{
	const struct conf_mail *m = &r->conf->mail;

	conf_refuse_unused(r, b, "sendmail", "this client");
	if (m->tls != MAIL_TLS_REQUIRED)
		conf_refuse_unused(r, b, "ca-file", "tls other than \"required\"");
	if (!conf_given(b, "server"))
		conf_errors_add(r->errors, b->line,
				"section mail: expected server, which is required");
	if (conf_given(b, "user") != conf_given(b, "password-file"))
		conf_errors_add(r->errors, conf_line_of(b, m->user ? "user" : "password-file"),
				"expected user and password-file, both or none");
	if (conf_given(b, "user") && m->tls != MAIL_TLS_REQUIRED)
		conf_errors_add(
			r->errors, conf_line_of(b, "user"),
			"user: expected tls = \"required\" beside it: a password must not go out "
			"in clear");
}

static void check_mail(struct conf_reader *r, const struct conf_block *b)
{
	const struct conf_mail *m = &r->conf->mail;

	if (m->client == MAIL_SENDMAIL)
		check_sendmail(r, b);
	else
		check_smtp(r, b);
	if (m->retry_min > m->retry_max)
		conf_errors_add(
			r->errors,
			conf_line_of(b, conf_given(b, "retry-max") ? "retry-max" : "retry-min"),
			"retry-max: expected at least retry-min (%u seconds), not %u", m->retry_min,
			m->retry_max);
}

/* How many objects of each kind were seen: they are in the order of their sections. */
struct seen {
	size_t watches, aliases, users, certificates, targets, receives;
};

/* What @section, the next of its name, was read into; NULL for those that stand once. */
static void *next_object(const struct conf *c, const char *section, struct seen *seen)
{
	if (!strcmp(section, "watch"))
		return &c->watches[seen->watches++];
	if (!strcmp(section, "alias"))
		return &c->aliases[seen->aliases++];
	if (!strcmp(section, "user"))
		return &c->snmp.users[seen->users++];
	if (!strcmp(section, "certificate"))
		return &c->web.certificates[seen->certificates++];
	if (!strcmp(section, "receive"))
		return &c->receives[seen->receives++];
	return conf_is_target(section) ? &c->targets[seen->targets++] : NULL;
}

static void check_block(struct conf_reader *r, const struct conf_block *b, void *object)
{
	const char *name = b->section->name;

	if (!strcmp(name, "watch"))
		check_watch(r, b, object);
	else if (!strcmp(name, "alias"))
		check_alias(r, b, object);
	else if (!strcmp(name, "user"))
		check_user(r, b, object);
	else if (!strcmp(name, "snmp"))
		check_snmp(r, b);
	else if (!strcmp(name, "mail"))
		check_mail(r, b);
	else if (!strcmp(name, "web"))
		conf_web_check(r, b);
	else if (!strcmp(name, "certificate"))
		conf_certificate_check(r, b, object);
	else if (!strcmp(name, "receive"))
		conf_receive_check(r, b, object);
	else if (conf_is_target(name))
		conf_target_check(r, b, object);
	else if (!strcmp(name, "root"))
		conf_lookup_check(r, b);
}

/* A section with a mistake in it is left alone: the wrong value may have been meant to fit. */
static void check_all(struct conf_reader *r, const struct conf_text *text)
{
	struct seen seen = { 0 };

	r->sound = !r->errors->n;
	for (size_t i = 0; i < text->n; i++) {
		const struct conf_block *b = &text->blocks[i];
		void *object = next_object(r->conf, b->section->name, &seen);

		if (!b->bad)
			check_block(r, b, object);
	}
	if (!r->conf->n_watches && r->conf->kernel)
		conf_errors_add(r->errors, 0,
				r->conf->n_receives ?
					"expected a watch section, or kernel = false where lists "
					"are received only" :
					"expected a watch section: there is nothing to observe");
}

static char *absolute(const char *path)
{
	char *real = realpath(path, NULL);

	return real ? real : conf_strdup(path);
}

struct conf *conf_read(const char *path, struct conf_errors *errors)
{
	struct conf_reader r = { .conf = conf_schema_defaults(), .errors = errors };
	struct conf_text text;
	size_t len = 0;
	char *file = read_file(path, errors, &len);

	if (file) {
		conf_text_parse(&text, file, conf_schema, errors);
		for (size_t i = 0; i < text.n; i++)
			read_block(&r, &text.blocks[i], text.complete);
		if (text.complete)
			check_all(&r, &text);
		conf_text_free(&text);
		explicit_bzero(file, len);
		free(file);
		r.conf->path = absolute(path);
	}
	if (!errors->n)
		return r.conf;
	conf_errors_sort(errors);
	conf_free(r.conf);
	return NULL;
}
