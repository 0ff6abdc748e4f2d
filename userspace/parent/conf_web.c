// SPDX-License-Identifier: GPL-2.0
/*
 * The section "web" and its certificates, and what the stand-in needs of a watch:
 * options, ranges, defaults and what has to go together.
 */
#include "conf_schema.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define TEMPLATE_MAX (64 * 1024) /* bytes, as the following */
#define LOGO_MAX     (256 * 1024)
#define PEM_MAX	     (64 * 1024)
#define URL_MAX	     120 /* MSG_LINK_MAX less a path and a token */

/* --- where to listen ------------------------------------------------------- */
static void listen_list(struct conf_reader *r, const struct conf_entry *entry,
			struct conf_listen **list, size_t *n)
{
	for (size_t i = 0; i < entry->n; i++) {
		const char *text = entry->values[i].text;
		struct conf_listen l = { .tls = !strncmp(text, "tls:", 4) };

		if (strlen(text) >= sizeof(l.text) || !conf_listen_parse(&l, text + 4 * l.tls)) {
			conf_expected(r, entry, &entry->values[i],
				      "\"PORT\", \"ADDRESS:PORT\" or \"[IPV6]:PORT\", perhaps with "
				      "\"tls:\" before it");
			continue;
		}
		strcpy(l.text, text);
		*list = conf_grow(*list, *n, sizeof(l));
		(*list)[(*n)++] = l;
	}
}

static void web_listen(CONF_PARSE_ARGS)
{
	struct conf_web *web = object;

	(void)key;
	listen_list(r, entry, &web->listen, &web->n_listen);
}

/* Instead of the default. */
static void web_status(CONF_PARSE_ARGS)
{
	struct conf_web *web = object;

	(void)key;
	web->n_status = 0;
	listen_list(r, entry, &web->status, &web->n_status);
}

/* --- texts and files ------------------------------------------------------- */
/* "https://ringback.example.org:8443": paths of ours are put behind it. */
static void web_url(CONF_PARSE_ARGS)
{
	const struct conf_value *v = conf_one(r, entry);
	struct conf_web *web = object;
	const char *host;
	size_t len;

	(void)key;
	if (!v)
		return;
	len = strlen(v->text);
	host = !strncmp(v->text, "http://", 7)	? v->text + 7 :
	       !strncmp(v->text, "https://", 8) ? v->text + 8 :
						  "";
	if (!*host || len > URL_MAX || host[strlen(host) - 1] == '/' ||
	    strspn(host, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			 "0123456789-._~:[]/%") != strlen(host))
		conf_expected(r, entry, v, "http:// or https://, a host, and no slash at the end");
	else
		conf_replace(&web->url, v->text);
}

static void web_template(CONF_PARSE_ARGS)
{
	char *html = conf_file_read(r, entry, TEMPLATE_MAX, false, NULL);
	struct conf_web *web = object;

	(void)key;
	if (html && !conf_text_ok(html, true))
		conf_file_error(r, entry, "expected UTF-8 text");
	else if (html)
		conf_replace(&web->template, html);
	free(html);
}

/* By its first bytes; an SVG is a text that says so early. NULL: another type. */
static const char *image_type(const char *bytes, size_t size)
{
	if (size > 8 && !memcmp(bytes, "\x89PNG\r\n\x1a\n", 8))
		return "image/png";
	if (size > 3 && !memcmp(bytes, "\xff\xd8\xff", 3))
		return "image/jpeg";
	return *bytes == '<' && strlen(bytes) == size && strstr(bytes, "<svg") ? "image/svg+xml" :
										 NULL;
}

static void web_logo(CONF_PARSE_ARGS)
{
	struct conf_web *web = object;
	size_t size;
	char *bytes = conf_file_read(r, entry, LOGO_MAX, false, &size);
	const char *type = bytes ? image_type(bytes, size) : NULL;

	(void)key;
	if (type) {
		free(web->logo);
		web->logo = bytes;
		web->logo_size = size;
		web->logo_type = type;
		return;
	}
	if (bytes)
		conf_file_error(r, entry, "expected an image: PNG, JPEG or SVG");
	free(bytes);
}

/* Whether @pem has a block whose name ends in @what; OpenSSL reads it all, in the room. */
static bool pem_has(const char *pem, const char *what)
{
	char end[64];
	const char *begin, *name;

	snprintf(end, sizeof(end), "%s-----", what);
	for (begin = strstr(pem, "-----BEGIN "); begin; begin = strstr(begin + 1, "-----BEGIN ")) {
		name = strstr(begin, end);
		if (name && name < begin + strcspn(begin, "\r\n") && strstr(name, "-----END "))
			return true;
	}
	return false;
}

static void certificate_chain(CONF_PARSE_ARGS)
{
	char *pem = conf_file_read(r, entry, PEM_MAX, false, NULL);
	struct conf_certificate *c = object;

	(void)key;
	if (pem && !pem_has(pem, "CERTIFICATE"))
		conf_file_error(r, entry, "expected certificates in PEM form");
	else if (pem)
		conf_replace(&c->chain, pem);
	free(pem);
}

static void certificate_key(CONF_PARSE_ARGS)
{
	char *pem = conf_file_read(r, entry, PEM_MAX, true, NULL);
	struct conf_certificate *c = object;

	(void)key;
	if (!pem)
		return;
	if (!pem_has(pem, "PRIVATE KEY") || strstr(pem, "ENCRYPTED"))
		conf_file_error(r, entry, "expected a private key in PEM form, not encrypted");
	else
		conf_replace(&c->key, pem);
	explicit_bzero(pem, strlen(pem));
	free(pem);
}

static void certificate_servers(CONF_PARSE_ARGS)
{
	struct conf_certificate *c = object;

	(void)key;
	conf_prefixes(r, entry, &c->servers, &c->n_servers);
}

/* --- the sections ---------------------------------------------------------- */
const struct conf_key conf_web_keys[] = {
	CONF_OPTION("listen", web_listen, struct conf_web, listen),
	CONF_OPTION("status", web_status, struct conf_web, status),
	CONF_OPTION("status-user", conf_line, struct conf_web, status_user, .max = 64),
	CONF_OPTION("status-password-file", conf_secret, struct conf_web, status_password, .min = 8,
		    .max = 4095),
	CONF_OPTION("url", web_url, struct conf_web, url),
	CONF_OPTION("standin-port", conf_u16, struct conf_web, standin_port, .min = 1, .max = 65535,
		    .unit = "a port"),
	CONF_OPTION("operator", conf_line, struct conf_web, operator, .max = 200),
	CONF_OPTION("text", conf_lines, struct conf_web, text, .max = 4000),
	CONF_OPTION("template", web_template, struct conf_web, template),
	CONF_OPTION("logo", web_logo, struct conf_web, logo),
	CONF_U32("connections", struct conf_web, connections, 16, 65536, "connections"),
	CONF_U32("per-client", struct conf_web, per_client, 1, 65536, "connections"),
	CONF_OPTION("confirm", conf_bool, struct conf_web, confirm),
	CONF_OPTION("metrics", conf_bool, struct conf_web, metrics),
	CONF_U32("ask-client", struct conf_web, ask_client, 1, 1000000, "addresses an hour"),
	CONF_U32("ask-address", struct conf_web, ask_address, 1, 1000000, "times a day"),
	CONF_U32("ask-total", struct conf_web, ask_total, 1, 1000000, "addresses an hour"),
	{ 0 },
};

const struct conf_key conf_certificate_keys[] = {
	CONF_OPTION("servers", certificate_servers, struct conf_certificate, servers),
	CONF_OPTION("chain-file", certificate_chain, struct conf_certificate, chain,
		    .required = true),
	CONF_OPTION("key-file", certificate_key, struct conf_certificate, key, .required = true),
	{ 0 },
};

void conf_web_defaults(struct conf_web *web)
{
	static const char *const status[] = { "127.0.0.1:7071", "[::1]:7071" };

	*web = (struct conf_web){
		.standin_port = 7070,
		.connections = 4096,
		.per_client = 64,
		.ask_client = 10,
		.ask_address = 5,
		.ask_total = 1000,
		.metrics = true,
	};
	for (size_t i = 0; i < sizeof(status) / sizeof(status[0]); i++) {
		web->status = conf_grow(web->status, i, sizeof(*web->status));
		web->status[i] = (struct conf_listen){ 0 };
		strcpy(web->status[i].text, status[i]);
		conf_listen_parse(&web->status[i], status[i]);
		web->n_status++;
	}
}

/* A host name, perhaps with "*." before it; kept in lower case, as names are compared. */
static bool host_pattern(const char *title)
{
	const char *name = strncmp(title, "*.", 2) ? title : title + 2;
	size_t len = strlen(name);

	return len && len <= 253 && *name != '.' && *name != '-' &&
	       strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			    "0123456789-._") == len;
}

void *conf_certificate_new(struct conf_reader *r, const struct conf_block *b)
{
	struct conf_certificate c = { .name = conf_strdup(b->title) };
	struct conf_web *web = &r->conf->web;

	if (!host_pattern(b->title))
		conf_errors_add(r->errors, b->line,
				"certificate: expected a host name, or one as \"*.example.org\", "
				"not \"%.200s\"",
				b->title);
	for (char *p = c.name; *p; p++)
		*p = tolower((unsigned char)*p);
	web->certificates = conf_grow(web->certificates, web->n_certificates, sizeof(c));
	web->certificates[web->n_certificates] = c;
	return &web->certificates[web->n_certificates++];
}

/* --- what has to go together ----------------------------------------------- */
void conf_certificate_check(struct conf_reader *r, const struct conf_block *b,
			    const struct conf_certificate *c)
{
	for (const struct conf_certificate *o = r->conf->web.certificates; o != c; o++) {
		if (!strcmp(o->name, c->name))
			conf_errors_add(
				r->errors, b->line,
				"certificate \"%s\": there is one of this name already; expected one",
				c->name);
	}
}

/* Whether both cannot be bound: "any" takes the port of every address of its family. */
static bool collide(const struct conf_listen *a, const struct conf_listen *b)
{
	static const struct addr any6 = { .family = AF_INET6 }, any4 = { .family = AF_INET };
	const struct addr *x = &a->addr, *y = &b->addr;

	if (a->port != b->port)
		return false;
	if (!x->family || !y->family)
		return true;
	return x->family == y->family &&
	       (addr_equal(x, y) || addr_equal(x, &any4) || addr_equal(y, &any4) ||
		addr_equal(x, &any6) || addr_equal(y, &any6));
}

static void check_collisions(struct conf_reader *r, const struct conf_block *b, const char *key,
			     const struct conf_listen *mine, size_t n,
			     const struct conf_listen *others, size_t n_others)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < n_others && &others[j] != &mine[i]; j++) {
			if (collide(&mine[i], &others[j]))
				conf_errors_add(
					r->errors, conf_line_of(b, key),
					"%s: %s and %s cannot both be had; expected another port",
					key, mine[i].text, others[j].text);
		}
	}
}

static void check_listeners(struct conf_reader *r, const struct conf_block *b)
{
	const struct conf_web *web = &r->conf->web;
	struct conf_listen standin[] = {
		{ .port = web->standin_port, .text = "the stand-in's 127.0.0.1" },
		{ .port = web->standin_port, .text = "the stand-in's ::1" },
	};

	addr_parse(&standin[0].addr, "127.0.0.1");
	addr_parse(&standin[1].addr, "::1");
	check_collisions(r, b, "listen", web->listen, web->n_listen, web->listen, web->n_listen);
	check_collisions(r, b, "status", web->status, web->n_status, web->status, web->n_status);
	check_collisions(r, b, "status", web->status, web->n_status, web->listen, web->n_listen);
	check_collisions(r, b, "standin-port", standin, 2, web->listen, web->n_listen);
	check_collisions(r, b, "standin-port", standin, 2, web->status, web->n_status);
}

static bool is_loopback(const struct addr *a)
{
	static const struct addr one6 = { .family = AF_INET6, .bytes[15] = 1 };

	return a->family == AF_INET ? a->bytes[0] == 127 : addr_equal(a, &one6);
}

/* The status page tells who failed to reach what: not to strangers, nor in clear. */
static void check_status(struct conf_reader *r, const struct conf_block *b)
{
	const struct conf_web *web = &r->conf->web;

	if (conf_given(b, "status-user") != conf_given(b, "status-password-file"))
		conf_errors_add(
			r->errors,
			conf_line_of(b, web->status_user ? "status-user" : "status-password-file"),
			"expected status-user and status-password-file, both or none");
	for (size_t i = 0; i < web->n_status; i++) {
		const struct conf_listen *l = &web->status[i];

		if (!is_loopback(&l->addr) && !(l->tls && web->status_user))
			conf_errors_add(
				r->errors, conf_line_of(b, "status"),
				"status: %s can be reached from outside; expected \"tls:\" before "
				"it and a status-user, or an address of the loopback",
				l->text);
	}
}

static void check_tls(struct conf_reader *r, const struct conf_block *b, const char *key,
		      const struct conf_listen *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (list[i].tls && !r->conf->web.n_certificates)
			conf_errors_add(r->errors, conf_line_of(b, key),
					"%s: %s: expected a certificate section for \"tls:\"", key,
					list[i].text);
	}
}

void conf_web_check(struct conf_reader *r, const struct conf_block *b)
{
	struct conf_web *web = &r->conf->web;

	check_listeners(r, b);
	check_status(r, b);
	check_tls(r, b, "listen", web->listen, web->n_listen);
	check_tls(r, b, "status", web->status, web->n_status);
	if (web->url && !web->n_listen)
		conf_errors_add(r->errors, conf_line_of(b, "url"),
				"url: expected listen beside it: where the portal is served");
	if (web->confirm && !web->url)
		conf_errors_add(
			r->errors, conf_line_of(b, "confirm"),
			"confirm: expected url beside it: the link in the mail leads there");
	if (!conf_given(b, "confirm"))
		web->confirm = web->url != NULL;
	if (web->per_client > web->connections)
		conf_errors_add(r->errors, conf_line_of(b, "per-client"),
				"per-client: expected at most connections (%u), not %u",
				web->connections, web->per_client);
}

static bool has_tcp(const struct conf_watch *w)
{
	for (size_t i = 0; i < w->n_ports; i++) {
		if (w->ports[i].proto == IPPROTO_TCP)
			return true;
	}
	return false;
}

/* What is missing for the stand-in of @w, or NULL. */
static const char *standin_lacks(const struct conf *conf, const struct conf_watch *w)
{
	if (!(w->hooks & RINGBACK_HOOK_FORWARD))
		return "the hook \"forward\": only a router stands in the way";
	if (!conf->web.configured)
		return "a web section, which answers";
	if (!conf->kernel)
		return "the kernel module (kernel = true)";
	return has_tcp(w) ? NULL : "a tcp port: others are let through";
}

void conf_standin_check(struct conf_reader *r, const struct conf_block *b,
			const struct conf_watch *w)
{
	static const char *const standin_only[] = { "standin-profile", "standin-tls",
						    "standin-retry" };
	const char *lack = w->standin ? standin_lacks(r->conf, w) : NULL;

	if (lack)
		conf_errors_add(r->errors, conf_line_of(b, "standin"),
				"watch \"%s\": standin needs %s", w->name, lack);
	for (size_t i = 0; i < sizeof(standin_only) / sizeof(standin_only[0]); i++) {
		if (!w->standin)
			conf_refuse_unused(r, b, standin_only[i], "standin = false");
	}
	if (w->inquire == INQUIRE_OFF)
		return;
	if (!r->conf->web.configured)
		conf_errors_add(r->errors, conf_line_of(b, "inquire"),
				"watch \"%s\": inquire needs a web section, which asks", w->name);
	if (!w->n_notify)
		conf_errors_add(r->errors, conf_line_of(b, "inquire"),
				"watch \"%s\": inquire asks whom to notify; expected notify",
				w->name);
	else if (w->inquire == INQUIRE_WHERE && !r->conf->mail.configured)
		conf_errors_add(r->errors, conf_line_of(b, "inquire"),
				"watch \"%s\": inquire \"where\" needs a mail section: the address "
				"that a client gives is written to by this host",
				w->name);
}
