// SPDX-License-Identifier: GPL-2.0
/*
 * The types of values in the configuration file: numbers, words, texts, addresses.
 */
#include "conf_value.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../common/log.h"
#include "../common/utf8.h"

#define FIELD(type) ((type *)((char *)object + key->offset))

/* --- helpers --------------------------------------------------------------- */
void *conf_grow(void *array, size_t n, size_t size)
{
	void *p = reallocarray(array, n + 1, size);

	if (!p)
		fatal("out of memory");
	return p;
}

char *conf_strdup(const char *text)
{
	char *p = strdup(text);

	if (!p)
		fatal("out of memory");
	return p;
}

void conf_expected(struct conf_reader *r, const struct conf_entry *entry,
		   const struct conf_value *value, const char *what)
{
	conf_errors_add(r->errors, value ? value->line : entry->line,
			value ? "%s: expected %s, not \"%.200s\"" : "%s: expected %s", entry->key,
			what, value ? value->text : "");
}

const struct conf_value *conf_one(struct conf_reader *r, const struct conf_entry *entry)
{
	if (entry->n == 1)
		return &entry->values[0];
	conf_errors_add(r->errors, entry->line, "%s: expected one value, not %zu", entry->key,
			entry->n);
	return NULL;
}

int conf_word_index(const char *const *words, const char *text)
{
	for (int i = 0; words[i]; i++) {
		if (!strcasecmp(words[i], text))
			return i;
	}
	return -1;
}

const char *conf_word_list(const char *const *words, char *buf, size_t size)
{
	size_t n = 0;

	for (int i = 0; words[i] && n < size; i++) {
		const char *before = !i ? "" : words[i + 1] ? ", " : " or ";

		n += snprintf(buf + n, size - n, "%s\"%s\"", before, words[i]);
	}
	return buf;
}

/* --- numbers and words ----------------------------------------------------- */
/* Decimal digits only: no sign, no octal, no unit. */
static bool parse_number(const char *text, uint32_t *value)
{
	unsigned long long n;
	size_t len = strlen(text);

	if (!len || len > 10 || strspn(text, "0123456789") != len)
		return false;
	n = strtoull(text, NULL, 10);
	*value = n;
	return n <= UINT32_MAX;
}

static bool number(struct conf_reader *r, const struct conf_key *key,
		   const struct conf_entry *entry, uint32_t *value)
{
	const struct conf_value *v = conf_one(r, entry);
	char what[80];

	if (!v)
		return false;
	if (parse_number(v->text, value) && *value >= key->min && *value <= key->max)
		return true;
	snprintf(what, sizeof(what), "%s%sfrom %u to %u", key->unit, *key->unit ? " " : "",
		 key->min, key->max);
	conf_expected(r, entry, v, what);
	return false;
}

void conf_u32(CONF_PARSE_ARGS)
{
	uint32_t value;

	if (number(r, key, entry, &value))
		*FIELD(uint32_t) = value;
}

void conf_u16(CONF_PARSE_ARGS)
{
	uint32_t value;

	if (number(r, key, entry, &value))
		*FIELD(uint16_t) = value;
}

int conf_truth(const char *text)
{
	static const char *const words[] = { "false", "true", "no", "yes", "off", "on", NULL };
	int i = conf_word_index(words, text);

	return i < 0 ? i : i & 1;
}

void conf_bool(CONF_PARSE_ARGS)
{
	const struct conf_value *v = conf_one(r, entry);
	int truth;

	if (!v)
		return;
	truth = conf_truth(v->text);
	if (truth < 0)
		conf_expected(r, entry, v, "true or false");
	else
		*FIELD(bool) = truth;
}

void conf_word(CONF_PARSE_ARGS)
{
	const struct conf_value *v = conf_one(r, entry);
	char what[128];
	int i;

	if (!v)
		return;
	i = conf_word_index(key->words, v->text);
	if (i < 0)
		conf_expected(r, entry, v, conf_word_list(key->words, what, sizeof(what)));
	else
		*FIELD(unsigned int) = i;
}

void conf_words(CONF_PARSE_ARGS)
{
	unsigned int bits = 0;
	char what[128];

	for (size_t n = 0; n < entry->n; n++) {
		int i = conf_word_index(key->words, entry->values[n].text);

		if (i < 0)
			conf_expected(r, entry, &entry->values[n],
				      conf_word_list(key->words, what, sizeof(what)));
		else
			bits |= 1U << i;
	}
	*FIELD(unsigned int) = bits;
}

/* --- texts ----------------------------------------------------------------- */
bool conf_text_ok(const char *text, bool lines)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t n;

	for (; *s; s += n) {
		n = utf8_len(s);
		if (!n || (iscntrl(*s) && !(lines && (*s == '\n' || *s == '\t'))))
			return false;
	}
	return true;
}

void conf_replace(char **field, const char *text)
{
	free(*field);
	*field = conf_strdup(text);
}

static void text_value(CONF_PARSE_ARGS, bool lines)
{
	const struct conf_value *v = conf_one(r, entry);
	char what[80];

	if (!v)
		return;
	snprintf(what, sizeof(what), "1 to %u bytes of UTF-8 text%s", key->max,
		 lines ? "" : " in one line");
	if (!*v->text || strlen(v->text) > key->max || !conf_text_ok(v->text, lines))
		conf_expected(r, entry, v, what);
	else
		conf_replace(FIELD(char *), v->text);
}

void conf_line(CONF_PARSE_ARGS)
{
	text_value(r, key, entry, object, false);
}

void conf_lines(CONF_PARSE_ARGS)
{
	text_value(r, key, entry, object, true);
}

void conf_host(CONF_PARSE_ARGS)
{
	const struct conf_value *v = conf_one(r, entry);
	size_t len;

	if (!v)
		return;
	len = strlen(v->text);
	if (!len || len > 253 || v->text[0] == '-' ||
	    strspn(v->text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			    "0123456789-._:") != len)
		conf_expected(r, entry, v, "a host name or an address");
	else
		conf_replace(FIELD(char *), v->text);
}

/*
 * What goes between the angle brackets of MAIL FROM: plain ASCII (RFC 5321), and
 * nothing that the mailer would refuse later (message_address_ok()).
 */
static bool mail_address_ok(const char *text)
{
	const char *at = strchr(text, '@');
	size_t len = strlen(text);

	if (!at || at == text || !at[1] || strchr(at + 1, '@') || len > 254)
		return false;
	for (const char *p = text; *p; p++) {
		if (!isgraph((unsigned char)*p) || strchr("<>()[],;:\\\"", *p))
			return false;
	}
	if (text[0] == '-')
		return false;
	for (const char *p = at + 1; *p; p++) {
		if (!isalnum((unsigned char)*p) && *p != '-' && *p != '.')
			return false;
	}
	return true;
}

void conf_mail_address(CONF_PARSE_ARGS)
{
	const struct conf_value *v = conf_one(r, entry);

	if (!v)
		return;
	if (!mail_address_ok(v->text))
		conf_expected(r, entry, v, "a mail address");
	else
		conf_replace(FIELD(char *), v->text);
}

bool conf_title_ok(struct conf_reader *r, const struct conf_block *b)
{
	if (conf_name_ok(b->title))
		return true;
	conf_errors_add(r->errors, b->line,
			"%s: expected a name of 1 to %d letters, digits, dots, hyphens and "
			"underscores, not \"%.200s\"",
			b->section->name, CONF_NAME_MAX, b->title);
	return false;
}

bool conf_name_ok(const char *name)
{
	size_t len = strlen(name);

	return len && len <= CONF_NAME_MAX &&
	       strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") ==
		       len;
}

/* --- addresses ------------------------------------------------------------- */
/* "162": all of @text is a port. */
static bool listen_port(const char *text, uint16_t *port)
{
	size_t len = strlen(text);
	unsigned long n = strtoul(text, NULL, 10);

	*port = n;
	return len && len <= 5 && strspn(text, "0123456789") == len && n >= 1 && n <= 65535;
}

bool conf_listen_parse(struct conf_listen *l, const char *text)
{
	char host[sizeof(l->text)], *port;

	if (strlen(text) >= sizeof(host))
		return false;
	strcpy(host, text);
	port = strrchr(host, ':');
	if (!port)
		return listen_port(host, &l->port);
	*port++ = '\0';
	if (!listen_port(port, &l->port))
		return false;
	if (*host == '[' && port[-2] == ']') {
		port[-2] = '\0';
		return !addr_parse(&l->addr, host + 1) && l->addr.family == AF_INET6;
	}
	return !addr_parse(&l->addr, host) && l->addr.family == AF_INET;
}

void conf_addresses(struct conf_reader *r, const struct conf_entry *entry, struct addr **list,
		    size_t *n)
{
	struct addr addr;

	for (size_t i = 0; i < entry->n; i++) {
		if (addr_parse(&addr, entry->values[i].text)) {
			conf_expected(r, entry, &entry->values[i], "an address");
			continue;
		}
		*list = conf_grow(*list, *n, sizeof(**list));
		(*list)[(*n)++] = addr;
	}
}

void conf_prefixes(struct conf_reader *r, const struct conf_entry *entry, struct prefix **list,
		   size_t *n)
{
	for (size_t i = 0; i < entry->n; i++) {
		const struct conf_value *v = &entry->values[i];
		struct prefix p;
		int err = prefix_parse(&p, v->text);

		if (err == -ERANGE)
			conf_expected(r, entry, v, "a prefix without bits beyond its length");
		else if (err)
			conf_expected(r, entry, v, "an address or a prefix, as 192.0.2.0/24");
		if (err)
			continue;
		*list = conf_grow(*list, *n, sizeof(**list));
		(*list)[(*n)++] = p;
	}
}
