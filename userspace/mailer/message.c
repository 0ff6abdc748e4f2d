// SPDX-License-Identifier: GPL-2.0
/*
 * What a person reads when a server is back: the address, the header, the whole.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/timefmt.h"
#include "message.h"
#include "message_text.h"
#include "message_words.h"
#include "mime.h"

#define SUBJECT_MAX	 400 /* bytes of UTF-8 before encoding */
#define SUBJECT_SERVICES 3 /* named in a subject; more are counted */

/* --- addresses ------------------------------------------------------------ */

static bool atom_char(unsigned char c)
{
	return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       (c >= 'a' && c <= 'z') || (c && strchr("!#$%&'*+-/=?^_`{|}~.", c));
}

static bool domain_char(unsigned char c, bool literal)
{
	return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       (c >= 'a' && c <= 'z') || c == '-' || c == '.' || (literal && c == ':');
}

bool message_address_ok(const char *address)
{
	const char *at = strrchr(address, '@');
	char clean[MSG_MAIL_MAX + 2];
	const char *d;
	size_t len;
	bool literal;

	if (!at || at == address || address[0] == '-' || strlen(address) > MSG_MAIL_MAX)
		return false;
	for (const char *p = address; p < at; p++)
		if (!atom_char((unsigned char)*p))
			return false;
	d = at + 1;
	len = strlen(d);
	literal = len > 2 && d[0] == '[' && d[len - 1] == ']';
	if (literal) {
		d++;
		len -= 2;
	}
	for (size_t i = 0; i < len; i++)
		if (!domain_char((unsigned char)d[i], literal))
			return false;
	/* Invalid UTF-8 and C1 controls do not survive cleaning unchanged. */
	return len && !strcmp(mime_clean(clean, sizeof(clean), address, false), address);
}

bool message_address_utf8(const char *address)
{
	for (; *address; address++)
		if (*address & 0x80)
			return true;
	return false;
}

/* --- header --------------------------------------------------------------- */

static bool same_server(const struct msg_notice *n)
{
	for (uint32_t i = 1; i < n->n_items; i++)
		if (!addr_equal(&n->items[0].service.server, &n->items[i].service.server))
			return false;
	return true;
}

/* True for the first item of its server. */
static bool first_of_server(const struct msg_notice *n, uint32_t i)
{
	for (uint32_t k = 0; k < i; k++)
		if (addr_equal(&n->items[k].service.server, &n->items[i].service.server))
			return false;
	return true;
}

/* "http (tcp/80), https (tcp/443)", or how many. */
static void subject_ports(FILE *out, const struct msg_notice *n, const struct mail_words *w)
{
	char text[MESSAGE_PORT_MAX];

	if (n->n_items > SUBJECT_SERVICES) {
		snprintf(text, sizeof(text), "%u", n->n_items);
		mail_fill(out, w->services, text, NULL, NULL);
		return;
	}
	for (uint32_t i = 0; i < n->n_items; i++)
		fprintf(out, "%s%s", i ? ", " : "", message_port(&n->items[i].service, text));
}

/* "Intranet (192.0.2.10) is back: http (tcp/80), https (tcp/443)" */
static void subject_one_server(FILE *out, const struct msg_notice *n, const struct mail_words *w)
{
	char server[MESSAGE_SERVER_MAX], ports[SUBJECT_SERVICES * (MESSAGE_PORT_MAX + 2)] = "";
	FILE *mem = fmemopen(ports, sizeof(ports), "w");

	if (mem) {
		subject_ports(mem, n, w);
		fclose(mem);
	}
	mail_fill(out, n->kind == NOTICE_CONFIRM ? w->confirm : w->back,
		  message_server(&n->items[0], server), ports, NULL);
}

/* "Intranet (192.0.2.10), Shop (192.0.2.20) and 2 more servers" */
static void subject_servers(FILE *out, const struct msg_notice *n, const struct mail_words *w)
{
	char server[MESSAGE_SERVER_MAX], number[16];
	uint32_t named = 0, more = 0;

	for (uint32_t i = 0; i < n->n_items; i++) {
		if (!first_of_server(n, i))
			continue;
		if (named >= 2) {
			more++;
			continue;
		}
		fprintf(out, "%s%s", named++ ? ", " : "", message_server(&n->items[i], server));
	}
	snprintf(number, sizeof(number), "%u", more);
	if (more)
		mail_fill(out, more == 1 ? w->one_more : w->more, number, NULL, NULL);
}

static void subject_several(FILE *out, const struct msg_notice *n, const struct mail_words *w)
{
	char servers[SUBJECT_MAX];
	FILE *mem = fmemopen(servers, sizeof(servers), "w");

	if (!mem)
		return;
	setbuf(mem, NULL);
	subject_servers(mem, n, w);
	fclose(mem);
	servers[sizeof(servers) - 1] = '\0';
	mail_fill(out, w->several, servers, NULL, NULL);
}

static void put_subject(FILE *out, const struct msg_notice *n, const struct mail_words *w)
{
	char text[SUBJECT_MAX];
	FILE *mem = fmemopen(text, sizeof(text), "w");

	if (!mem)
		return;
	setbuf(mem, NULL);
	if (same_server(n))
		subject_one_server(mem, n, w);
	else
		subject_several(mem, n, w);
	fclose(mem);
	text[sizeof(text) - 1] = '\0';
	/* Cut inside a character, it is cleaned once more. */
	mime_clean(text, sizeof(text), text, false);
	fputs("Subject: ", out);
	mime_text(out, strlen("Subject: "), text);
	fputs("\r\n", out);
}

/* A name in ASCII is quoted: it may hold what a phrase of RFC 5322 may not. */
static void put_name(FILE *out, const char *name)
{
	bool ascii = true;

	for (const char *p = name; *p; p++)
		ascii &= !(*p & 0x80);
	if (!ascii || strlen(name) > 60) {
		mime_text(out, strlen("From: "), name);
		return;
	}
	fputc('"', out);
	for (const char *p = name; *p; p++) {
		if (*p == '"' || *p == '\\')
			fputc('\\', out);
		fputc(*p, out);
	}
	fputc('"', out);
}

static void put_from(FILE *out, const struct conf_mail *mail)
{
	char name[128];

	mime_clean(name, sizeof(name), mail->from_name, false);
	fputs("From: ", out);
	if (!name[0]) {
		fprintf(out, "%s\r\n", mail->from);
		return;
	}
	put_name(out, name);
	fprintf(out, "%s<%s>\r\n", strlen(name) + strlen(mail->from) < 60 ? " " : "\r\n ",
		mail->from);
}

/* The engine makes message IDs of harmless characters; nothing else passes. */
static void put_message_id(FILE *out, const char *id)
{
	fputs("Message-ID: <", out);
	for (; *id; id++)
		fputc(*id == '@' || (!(*id & 0x80) && atom_char((unsigned char)*id)) ? *id : '_',
		      out);
	fputs(">\r\n", out);
}

/* One click and never again (RFC 2369, RFC 8058). A URL cannot be folded. */
static void put_unsubscribe(FILE *out, const char *link)
{
	if (!message_link_ok(link))
		return;
	fprintf(out,
		"List-Unsubscribe: <%s>\r\n"
		"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
		link);
}

static void put_header(FILE *out, const struct conf_mail *mail, const struct msg_notice *n,
		       int64_t now, bool plain)
{
	const struct mail_words *w = mail_words(n->lang);
	char date[TIME_STRLEN];

	fprintf(out, "Date: %s\r\n", time_rfc5322(now, date));
	put_from(out, mail);
	fprintf(out, "To: %s\r\n", n->to);
	put_subject(out, n, w);
	put_message_id(out, n->message_id);
	put_unsubscribe(out, n->stop);
	if (n->lang[0])
		fprintf(out, "Content-Language: %s\r\n", w->tag);
	fputs("Auto-Submitted: auto-generated\r\n"
	      "MIME-Version: 1.0\r\n"
	      "Content-Type: text/plain; charset=utf-8\r\n",
	      out);
	fprintf(out, "Content-Transfer-Encoding: %s\r\n\r\n", plain ? "7bit" : "quoted-printable");
}

int message_render(const struct conf_mail *mail, const struct msg_notice *n, int64_t now,
		   char **text, size_t *len)
{
	char *body;
	FILE *out;
	bool plain;

	if (!message_address_ok(n->to) || !message_address_ok(mail->from))
		return -EINVAL;
	body = message_text(mail, n);
	if (!body)
		return -ENOMEM;
	*text = NULL;
	out = open_memstream(text, len);
	if (!out) {
		free(body);
		return -ENOMEM;
	}
	plain = mime_plain(body);
	put_header(out, mail, n, now, plain);
	if (plain)
		mime_body_plain(out, body);
	else
		mime_body_quoted(out, body);
	free(body);
	if (fclose(out)) {
		free(*text);
		*text = NULL;
		return -ENOMEM;
	}
	return 0;
}
