// SPDX-License-Identifier: GPL-2.0
/*
 * Keys and mail addresses of contacts: parsed, normalised, checked. Pure.
 */
#include "contact.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "../common/utf8.h"

int contact_key_parse(struct contact_key *k, const char *text, const char **why)
{
	struct prefix p;
	struct mac m;
	int rc;

	memset(k, 0, sizeof(*k));
	if (mac_parse(&m, text) == 0) {
		k->family = CONTACT_MAC;
		memcpy(k->bytes, m.bytes, sizeof(m.bytes));
		return 0;
	}
	rc = prefix_parse(&p, text);
	if (rc == -ERANGE)
		*why = "the prefix has bits set beyond its length";
	else if (rc < 0)
		*why = "not an address, a prefix or a MAC";
	if (rc < 0)
		return rc;
	k->family = p.addr.family;
	k->len = p.len;
	memcpy(k->bytes, p.addr.bytes, addr_len(&p.addr));
	return 0;
}

const char *contact_key_format(const struct contact_key *k, char *buf)
{
	struct prefix p = { .len = k->len };
	struct mac m;

	if (k->family == CONTACT_MAC) {
		memcpy(m.bytes, k->bytes, sizeof(m.bytes));
		return mac_format(&m, buf);
	}
	p.addr.family = k->family;
	memcpy(p.addr.bytes, k->bytes, sizeof(p.addr.bytes));
	return prefix_format(&p, buf);
}

int contact_key_cmp(const struct contact_key *a, const struct contact_key *b)
{
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	if (a->len != b->len)
		return a->len < b->len ? -1 : 1;
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

static const char *characters_fault(const char *mail)
{
	const unsigned char *s = (const unsigned char *)mail;
	size_t n;

	for (; *s; s += n) {
		n = utf8_len(s);
		/* U+0080..U+009F: control characters, too */
		if (!n || (s[0] == 0xc2 && s[1] < 0xa0))
			return "the mail address is not valid UTF-8";
		if (*s <= ' ' || *s == 0x7f)
			return "the mail address has a space or a control character";
		if (strchr("<>()[]\\,;:\"", *s))
			return "the mail address has a character that needs quoting";
	}
	return NULL;
}

/* Dots stand between non-empty parts. */
static bool dots_fine(const char *s, size_t len)
{
	size_t i;

	if (!len || s[0] == '.' || s[len - 1] == '.')
		return false;
	for (i = 1; i < len; i++)
		if (s[i] == '.' && s[i - 1] == '.')
			return false;
	return true;
}

static bool domain_fine(const char *s)
{
	size_t label = 0;

	for (; *s; s++) {
		unsigned char c = *s;

		if (c == '.') {
			label = 0;
			continue;
		}
		if (c < 0x80 && c != '-' && !(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') &&
		    !(c >= 'A' && c <= 'Z'))
			return false;
		if (c == '-' && (label == 0 || s[1] == '.' || !s[1]))
			return false;
		/* 63 for what goes on the wire as it is; UTF-8 becomes longer or shorter. */
		if (++label > 63)
			return false;
	}
	return true;
}

const char *contact_mail_fault(const char *mail)
{
	const char *at = strchr(mail, '@');
	const char *fault = characters_fault(mail);

	if (fault)
		return fault;
	if (!at || strchr(at + 1, '@'))
		return "a mail address has exactly one @";
	if (strlen(mail) > MSG_MAIL_MAX || at - mail > 64)
		return "the mail address is too long";
	if (mail[0] == '-')
		return "a mail address that begins with - is not accepted";
	if (!dots_fine(mail, at - mail))
		return "the part before the @ is empty or has a dot out of place";
	if (!dots_fine(at + 1, strlen(at + 1)) || !domain_fine(at + 1))
		return "the part after the @ is not a domain";
	return NULL;
}
