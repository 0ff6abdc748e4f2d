// SPDX-License-Identifier: GPL-2.0
/*
 * The text of a mail, in its reader's language.
 */
#include "message_text.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../common/timefmt.h"
#include "message_words.h"
#include "mime.h"

#define FOOTER_MAX 4096

/* --- names ---------------------------------------------------------------- */

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

const char *message_port(const struct service *s, char *buf)
{
	const char *name = port_name(s);
	char proto[8];

	proto_format(s->proto, proto);
	if (name)
		snprintf(buf, MESSAGE_PORT_MAX, "%s (%s/%u)", name, proto, s->port);
	else
		snprintf(buf, MESSAGE_PORT_MAX, "%s/%u", proto, s->port);
	return buf;
}

const char *message_server(const struct msg_notice_item *i, char *buf)
{
	char name[sizeof(i->server_name)], text[ADDR_STRLEN];

	mime_clean(name, sizeof(name), i->server_name, false);
	addr_format(&i->service.server, text);
	if (name[0])
		snprintf(buf, MESSAGE_SERVER_MAX, "%s (%s)", name, text);
	else
		snprintf(buf, MESSAGE_SERVER_MAX, "%s", text);
	return buf;
}

bool message_link_ok(const char *link)
{
	const char *s;

	for (s = link; *s; s++)
		if (*s <= ' ' || *s >= 0x7f || strchr("<>\"\\", *s))
			return false;
	return !strncmp(link, "https://", 8) || !strncmp(link, "http://", 7);
}

/* --- lines ---------------------------------------------------------------- */

/* "  Away since    ", in characters, not bytes. */
static void put_label(FILE *out, const char *label)
{
	int width = 14;

	fprintf(out, "  %s", label);
	for (; *label; label++)
		width -= (*label & 0xc0) != 0x80;
	fprintf(out, "%*s", width > 1 ? width : 1, "");
}

static void put_span(FILE *out, const struct mail_words *w, const char *when, int64_t seconds)
{
	char days[24], hours[8], span[2 * TIME_STRLEN];
	FILE *mem;

	if (seconds < 86400) {
		mail_fill(out, w->after, when, time_span(seconds, span), NULL);
		return;
	}
	snprintf(days, sizeof(days), "%lld", (long long)(seconds / 86400));
	snprintf(hours, sizeof(hours), "%lld", (long long)(seconds / 3600 % 24));
	mem = fmemopen(span, sizeof(span), "w");
	if (!mem)
		return;
	mail_fill(mem, seconds < 2 * 86400 ? w->day : w->days, days, hours, NULL);
	fclose(mem);
	mail_fill(out, w->after, when, span, NULL);
}

static void put_tries(FILE *out, const struct mail_words *w, const struct msg_notice_item *i)
{
	char number[16], text[TIME_STRLEN];

	put_label(out, w->tried);
	if (i->attempts <= 1) {
		mail_fill(out, w->once, time_human(i->last, text), NULL, NULL);
		fputc('\n', out);
		return;
	}
	snprintf(number, sizeof(number), "%u", i->attempts);
	mail_fill(out, w->often, number, time_human(i->first, text), NULL);
	fputc('\n', out);
	put_label(out, "");
	mail_fill(out, w->and_last, time_human(i->last, text), NULL, NULL);
	fputc('\n', out);
}

/* A link to what people open in a browser. The server's name is for people: its address. */
static void put_open(FILE *out, const struct mail_words *w, const struct service *s)
{
	const char *name = port_name(s);
	bool v6 = s->server.family == AF_INET6, tls;
	char text[ADDR_STRLEN], port[8] = "";

	if (!name || s->proto != IPPROTO_TCP || (strcmp(name, "http") && strcmp(name, "https")))
		return;
	tls = !strcmp(name, "https");
	if (s->port != (tls ? 443 : 80))
		snprintf(port, sizeof(port), ":%u", s->port);
	put_label(out, w->open);
	fprintf(out, "http%s://%s%s%s%s/\n", tls ? "s" : "", v6 ? "[" : "",
		addr_format(&s->server, text), v6 ? "]" : "", port);
}

static const char *reason_text(const struct mail_words *w, uint8_t reason)
{
	const char *text = reason < MAIL_REASONS ? w->reasons[reason] : NULL;

	return text ? text : w->unknown_reason;
}

static const char *evidence_text(const struct mail_words *w, uint8_t evidence)
{
	switch (evidence) {
	case EVIDENCE_TRAP:
		return w->evidence[1];
	case EVIDENCE_REPLY:
		return w->evidence[2];
	case EVIDENCE_PROBE:
		return w->evidence[3];
	case EVIDENCE_OPERATOR:
		return w->evidence[4];
	default:
		return w->unknown_evidence;
	}
}

static void put_line(FILE *out, const char *label, const char *text)
{
	put_label(out, label);
	fprintf(out, "%s\n", text);
}

/* --- a recovery ----------------------------------------------------------- */

static void put_intro(FILE *out, const struct msg_notice *n, const struct mail_words *w)
{
	char server[MESSAGE_SERVER_MAX], text[MESSAGE_PORT_MAX];

	if (n->n_items > 1) {
		snprintf(text, sizeof(text), "%u", n->n_items);
		mail_fill(out, w->much_news, text, NULL, NULL);
		return;
	}
	mail_fill(out, w->news, message_server(&n->items[0], server),
		  message_port(&n->items[0].service, text), NULL);
}

static void put_item(FILE *out, const struct msg_notice_item *i, const struct mail_words *w,
		     bool alone)
{
	char text[MESSAGE_SERVER_MAX], port[MESSAGE_PORT_MAX];

	fputc('\n', out);
	if (!alone)
		fprintf(out, "%s, %s\n", message_server(i, text), message_port(&i->service, port));
	put_line(out, w->away, time_human(i->down, text));
	put_label(out, w->back_since);
	put_span(out, w, time_human(i->up, text), (i->up - i->down) / NSEC_PER_SEC);
	fputc('\n', out);
	put_tries(out, w, i);
	put_line(out, w->place, addr_format(&i->client, text));
	put_line(out, w->trouble, reason_text(w, i->reason));
	put_line(out, w->proof, evidence_text(w, i->evidence));
	put_open(out, w, &i->service);
}

static void put_why(FILE *out, const struct conf_mail *mail, const struct msg_notice *n,
		    const struct mail_words *w)
{
	time_t sec = (time_t)(n->items[0].up / NSEC_PER_SEC);
	struct tm tm;
	char zone[32] = "";

	if (localtime_r(&sec, &tm))
		strftime(zone, sizeof(zone), "%Z (%z)", &tm);
	fputc('\n', out);
	mail_fill(out, w->times, zone, NULL, NULL);
	fputs("\n\n", out);
	mail_fill(out, n->n_items > 1 ? w->why_several : w->why, mail->from, NULL, NULL);
}

/* --- a question ----------------------------------------------------------- */

static void put_question(FILE *out, const struct msg_notice *n, const struct mail_words *w)
{
	char server[MESSAGE_SERVER_MAX], port[MESSAGE_PORT_MAX], client[ADDR_STRLEN];
	const struct msg_notice_item *i = &n->items[0];

	mail_fill(out, w->question, message_server(i, server), message_port(&i->service, port),
		  addr_format(&i->client, client));
	fprintf(out, "\n  %s\n\n%s", message_link_ok(n->link) ? n->link : "", w->question_end);
}

/* --- the whole ------------------------------------------------------------ */

static void put_stop(FILE *out, const struct msg_notice *n, const struct mail_words *w)
{
	if (message_link_ok(n->stop))
		fprintf(out, "\n%s%s\n", w->stop, n->stop);
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

char *message_text(const struct conf_mail *mail, const struct msg_notice *n)
{
	const struct mail_words *w = mail_words(n->lang);
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return NULL;
	if (n->kind == NOTICE_CONFIRM) {
		put_question(out, n, w);
	} else {
		put_intro(out, n, w);
		for (uint32_t i = 0; i < n->n_items; i++)
			put_item(out, &n->items[i], w, n->n_items == 1);
		put_why(out, mail, n, w);
	}
	put_stop(out, n, w);
	put_footer(out, mail->footer);
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}
