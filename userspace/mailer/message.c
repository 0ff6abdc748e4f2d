// SPDX-License-Identifier: GPL-2.0
/*
 * What a person reads when a server is back.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../common/timefmt.h"
#include "message.h"
#include "mime.h"

#define SUBJECT_MAX	 400 /* bytes of UTF-8 before encoding */
#define SUBJECT_SERVICES 3 /* named in a subject; more are counted */
#define FOOTER_MAX	 4096

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

/* --- words ---------------------------------------------------------------- */

/* What people call a well-known port, or NULL. */
static const char *port_name(const struct service *s)
{
	static const struct {
		uint8_t proto;
		uint16_t port;
		const char *name;
	} known[] = {
		{ IPPROTO_TCP, 21, "ftp" },
		{ IPPROTO_TCP, 22, "ssh" },
		{ IPPROTO_TCP, 23, "telnet" },
		{ IPPROTO_TCP, 25, "smtp" },
		{ IPPROTO_TCP, 53, "dns" },
		{ IPPROTO_UDP, 53, "dns" },
		{ IPPROTO_TCP, 80, "http" },
		{ IPPROTO_TCP, 88, "kerberos" },
		{ IPPROTO_TCP, 110, "pop3" },
		{ IPPROTO_UDP, 123, "ntp" },
		{ IPPROTO_TCP, 139, "netbios" },
		{ IPPROTO_TCP, 143, "imap" },
		{ IPPROTO_TCP, 389, "ldap" },
		{ IPPROTO_TCP, 443, "https" },
		{ IPPROTO_UDP, 443, "http/3" },
		{ IPPROTO_TCP, 445, "smb" },
		{ IPPROTO_TCP, 465, "submissions" },
		{ IPPROTO_TCP, 515, "printer" },
		{ IPPROTO_TCP, 587, "submission" },
		{ IPPROTO_TCP, 631, "ipp" },
		{ IPPROTO_TCP, 636, "ldaps" },
		{ IPPROTO_TCP, 873, "rsync" },
		{ IPPROTO_TCP, 993, "imaps" },
		{ IPPROTO_TCP, 995, "pop3s" },
		{ IPPROTO_TCP, 1433, "ms-sql" },
		{ IPPROTO_TCP, 1521, "oracle" },
		{ IPPROTO_TCP, 1883, "mqtt" },
		{ IPPROTO_TCP, 2049, "nfs" },
		{ IPPROTO_TCP, 3128, "http proxy" },
		{ IPPROTO_TCP, 3306, "mysql" },
		{ IPPROTO_TCP, 3389, "remote desktop" },
		{ IPPROTO_TCP, 5060, "sip" },
		{ IPPROTO_UDP, 5060, "sip" },
		{ IPPROTO_TCP, 5222, "xmpp" },
		{ IPPROTO_TCP, 5432, "postgresql" },
		{ IPPROTO_TCP, 5900, "vnc" },
		{ IPPROTO_TCP, 8080, "http" },
		{ IPPROTO_TCP, 8443, "https" },
		{ IPPROTO_TCP, 9100, "printer" },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].proto == s->proto && known[i].port == s->port)
			return known[i].name;
	return NULL;
}

/* "http (tcp/80)", or "tcp/8123" where the port has no name. */
static void put_port(FILE *out, const struct service *s)
{
	const char *name = port_name(s);
	char proto[8];

	proto_format(s->proto, proto);
	if (name)
		fprintf(out, "%s (%s/%u)", name, proto, s->port);
	else
		fprintf(out, "%s/%u", proto, s->port);
}

/* "Intranet (192.0.2.10)", or the address alone. */
static void put_server(FILE *out, const struct msg_notice_item *i)
{
	char name[sizeof(i->server_name)], text[ADDR_STRLEN];

	mime_clean(name, sizeof(name), i->server_name, false);
	addr_format(&i->service.server, text);
	if (name[0])
		fprintf(out, "%s (%s)", name, text);
	else
		fputs(text, out);
}

static const char *reason_text(uint8_t reason)
{
	switch (reason) {
	case RINGBACK_REASON_NO_REPLY:
		return "nothing answered";
	case RINGBACK_REASON_REFUSED:
		return "the connection was refused";
	case RINGBACK_REASON_NET_UNREACHABLE:
		return "its network could not be reached";
	case RINGBACK_REASON_HOST_UNREACHABLE:
		return "the server could not be reached";
	case RINGBACK_REASON_PROTO_UNREACHABLE:
	case RINGBACK_REASON_PORT_UNREACHABLE:
		return "the server runs, but this service did not";
	case RINGBACK_REASON_ADMIN_PROHIBITED:
		return "a firewall turned you away";
	case RINGBACK_REASON_TTL_EXCEEDED:
		return "the way to the server ran in circles";
	default:
		return "the server could not be reached";
	}
}

static const char *evidence_text(uint8_t evidence)
{
	switch (evidence) {
	case EVIDENCE_TRAP:
		return "the server itself reported that it is up";
	case EVIDENCE_REPLY:
		return "it was seen to answer somebody";
	case EVIDENCE_PROBE:
		return "it answered a test connection of ours";
	case EVIDENCE_OPERATOR:
		return "the people who run it say so";
	default:
		return "it was seen to be up";
	}
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

/* "Intranet (192.0.2.10) is back: http (tcp/80), https (tcp/443)" */
static void subject_one_server(FILE *out, const struct msg_notice *n)
{
	put_server(out, &n->items[0]);
	fputs(" is back: ", out);
	if (n->n_items > SUBJECT_SERVICES) {
		fprintf(out, "%u services", n->n_items);
		return;
	}
	for (uint32_t i = 0; i < n->n_items; i++) {
		fputs(i ? ", " : "", out);
		put_port(out, &n->items[i].service);
	}
}

/* "Back again: Intranet (192.0.2.10), Shop (192.0.2.20) and 2 more servers" */
static void subject_servers(FILE *out, const struct msg_notice *n)
{
	uint32_t named = 0, more = 0;

	fputs("Back again: ", out);
	for (uint32_t i = 0; i < n->n_items; i++) {
		if (!first_of_server(n, i))
			continue;
		if (named >= 2) {
			more++;
			continue;
		}
		fputs(named++ ? ", " : "", out);
		put_server(out, &n->items[i]);
	}
	if (more)
		fprintf(out, " and %u more server%s", more, more == 1 ? "" : "s");
}

static void put_subject(FILE *out, const struct msg_notice *n)
{
	char text[SUBJECT_MAX];
	FILE *mem = fmemopen(text, sizeof(text), "w");

	if (!mem)
		return;
	setbuf(mem, NULL);
	if (same_server(n))
		subject_one_server(mem, n);
	else
		subject_servers(mem, n);
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

static void put_header(FILE *out, const struct conf_mail *mail, const struct msg_notice *n,
		       int64_t now, bool plain)
{
	char date[TIME_STRLEN];

	fprintf(out, "Date: %s\r\n", time_rfc5322(now, date));
	put_from(out, mail);
	fprintf(out, "To: %s\r\n", n->to);
	put_subject(out, n);
	put_message_id(out, n->message_id);
	fputs("Auto-Submitted: auto-generated\r\n"
	      "MIME-Version: 1.0\r\n"
	      "Content-Type: text/plain; charset=utf-8\r\n",
	      out);
	fprintf(out, "Content-Transfer-Encoding: %s\r\n\r\n", plain ? "7bit" : "quoted-printable");
}

/* --- text ----------------------------------------------------------------- */

static void put_intro(FILE *out, const struct msg_notice *n)
{
	fputs("Good news: ", out);
	if (n->n_items > 1) {
		fprintf(out,
			"%u services that you could not reach are back.\n"
			"You can use them again.\n",
			n->n_items);
		return;
	}
	put_server(out, &n->items[0]);
	fputs(" is back.\nYou can use its service ", out);
	put_port(out, &n->items[0].service);
	fputs(" again.\n", out);
}

static void put_item(FILE *out, const struct msg_notice_item *i, bool alone)
{
	char text[TIME_STRLEN], client[ADDR_STRLEN];

	fputc('\n', out);
	if (!alone) {
		put_server(out, i);
		fputs(", ", out);
		put_port(out, &i->service);
		fputc('\n', out);
	}
	fprintf(out, "  Away since    %s\n", time_human(i->down, text));
	fprintf(out, "  Back since    %s", time_human(i->up, text));
	fprintf(out, ", after %s\n", time_span((i->up - i->down) / NSEC_PER_SEC, text));
	if (i->attempts > 1) {
		fprintf(out, "  You tried     %u times, first at %s\n", i->attempts,
			time_human(i->first, text));
		fprintf(out, "                and last at %s\n", time_human(i->last, text));
	} else {
		fprintf(out, "  You tried     once, at %s\n", time_human(i->last, text));
	}
	fprintf(out, "  You were at   %s\n", addr_format(&i->client, client));
	fprintf(out, "  The trouble   %s\n", reason_text(i->reason));
	fprintf(out, "  How we know   %s\n", evidence_text(i->evidence));
}

static void put_why(FILE *out, const struct conf_mail *mail, const struct msg_notice *n)
{
	time_t sec = (time_t)(n->items[0].up / NSEC_PER_SEC);
	struct tm tm;
	char zone[32] = "";

	if (localtime_r(&sec, &tm))
		strftime(zone, sizeof(zone), "%Z (%z)", &tm);
	fprintf(out,
		"\nAll times are %s.\n\n"
		"You get this message, once, because somebody at your address tried to\n"
		"reach %s in vain. If that was not you, or if you do not want such\n"
		"messages, just answer this one or write to\n"
		"%s: a person will read it.\n",
		zone, n->n_items > 1 ? "these services" : "this service", mail->from);
}

static void put_footer(FILE *out, const char *footer)
{
	char text[FOOTER_MAX];
	size_t len;

	if (!footer || !*footer)
		return;
	len = strlen(mime_clean(text, sizeof(text), footer, true));
	fprintf(out, "\n-- \n%s%s", text, text[len - 1] == '\n' ? "" : "\n");
}

/* The text in UTF-8 with "\n"; NULL when out of memory. */
static char *text_new(const struct conf_mail *mail, const struct msg_notice *n)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return NULL;
	put_intro(out, n);
	for (uint32_t i = 0; i < n->n_items; i++)
		put_item(out, &n->items[i], n->n_items == 1);
	put_why(out, mail, n);
	put_footer(out, mail->footer);
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}

int message_render(const struct conf_mail *mail, const struct msg_notice *n, int64_t now,
		   char **text, size_t *len)
{
	char *body;
	FILE *out;
	bool plain;

	if (!message_address_ok(n->to) || !message_address_ok(mail->from))
		return -EINVAL;
	body = text_new(mail, n);
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
