// SPDX-License-Identifier: GPL-2.0
/* The mail that people get: header, folding, UTF-8, text, and nothing injected. */
#include <ctype.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "common/timefmt.h"
#include "mailer/message.h"
#include "mailer/mime.h"

#define UP 1795371600LL /* seconds since the Epoch */

static struct conf_mail mail = { .from = "ringback@example.org", .from_name = "ringback" };

static struct msg_notice *notice(uint32_t n)
{
	static struct msg_notice m;

	m = (struct msg_notice){ .id = 1,
				 .to = "kim@example.org",
				 .n_items = n,
				 .message_id = "7.3@ringback.example.org" };
	for (uint32_t i = 0; i < n; i++) {
		struct msg_notice_item *it = &m.items[i];

		addr_parse(&it->service.server, "192.0.2.10");
		addr_parse(&it->client, "198.51.100.7");
		it->service.proto = IPPROTO_TCP;
		it->service.port = 80;
		it->reason = RINGBACK_REASON_NO_REPLY;
		it->evidence = EVIDENCE_PROBE;
		it->attempts = 3;
		it->down = (UP - 3420) * NSEC_PER_SEC;
		it->first = (UP - 3400) * NSEC_PER_SEC;
		it->last = (UP - 3300) * NSEC_PER_SEC;
		it->up = UP * NSEC_PER_SEC;
		strcpy(it->server_name, "Intranet");
	}
	return &m;
}

/* Every line ends in CR LF and is short enough; there is no other CR, LF or NUL. */
static void check_lines(const char *text, size_t len)
{
	const char *line = text;
	size_t column = 0;

	assert_int_equal(strlen(text), len);
	assert_true(len > 2 && !strcmp(text + len - 2, "\r\n"));
	for (size_t i = 0; i < len; i++) {
		assert_true(!(text[i] & 0x80));
		if (text[i] == '\r') {
			assert_int_equal(text[i + 1], '\n');
			/* A URL cannot be folded. */
			assert_true(column <= 78 ||
				    (column < 998 && memmem(line, column, "://", 3)));
			line = text + i + 2;
			column = 0;
			i++;
			continue;
		}
		assert_true(text[i] == '\t' || !iscntrl((unsigned char)text[i]));
		column++;
	}
}

static char *render(const struct msg_notice *n)
{
	char *text;
	size_t len;

	assert_int_equal(message_render(&mail, n, UP * NSEC_PER_SEC, &text, &len), 0);
	check_lines(text, len);
	return text;
}

static unsigned int count(const char *text, const char *what)
{
	unsigned int n = 0;

	for (const char *p = text; (p = strstr(p, what)); p++)
		n++;
	return n;
}

/* The header alone. */
static char *header_of(char *text)
{
	char *end = strstr(text, "\r\n\r\n");

	assert_non_null(end);
	end[2] = '\0';
	return text;
}

static unsigned int sextet(char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	return (unsigned int)(strchr(digits, c) - digits);
}

/* The value of field @name, unfolded and with its encoded words read back. */
static char *field(const char *text, const char *name)
{
	static char out[2048];
	char start[64];
	const char *p;
	size_t k = 0;

	snprintf(start, sizeof(start), "\r\n%s: ", name);
	p = strstr(text, start);
	assert_non_null(p);
	p += strlen(start);
	while (*p && !(p[0] == '\r' && p[2] != ' ')) {
		if (!strncmp(p, "=?UTF-8?B?", 10)) {
			const char *word = p;

			for (p += 10; *p != '?'; p += 4) {
				unsigned int v = sextet(p[0]) << 18 | sextet(p[1]) << 12 |
						 (p[2] == '=' ? 0 : sextet(p[2]) << 6) |
						 (p[3] == '=' ? 0 : sextet(p[3]));

				out[k++] = (char)(v >> 16);
				if (p[2] != '=')
					out[k++] = (char)(v >> 8);
				if (p[3] != '=')
					out[k++] = (char)v;
			}
			p += 2;
			assert_true(p - word <= 75);
			/* White space between two words is not part of the text. */
			if (!strncmp(p, "\r\n =?", 5))
				p += 3;
			continue;
		}
		if (*p == '\r')
			p += 2;
		out[k++] = *p++;
	}
	out[k] = '\0';
	return out;
}

static void one_service(void **state)
{
	char *text = render(notice(1));

	(void)state;
	assert_string_equal(field(text, "Subject"), "Intranet (192.0.2.10) is back: http (tcp/80)");
	assert_string_equal(field(text, "From"), "\"ringback\" <ringback@example.org>");
	assert_string_equal(field(text, "To"), "kim@example.org");
	assert_string_equal(field(text, "Message-ID"), "<7.3@ringback.example.org>");
	assert_string_equal(field(text, "Auto-Submitted"), "auto-generated");
	assert_string_equal(field(text, "MIME-Version"), "1.0");
	assert_string_equal(field(text, "Content-Type"), "text/plain; charset=utf-8");
	assert_string_equal(field(text, "Content-Transfer-Encoding"), "7bit");
	assert_non_null(strstr(text, "Good news: Intranet (192.0.2.10) is back.\r\n"
				     "You can use its service http (tcp/80) again.\r\n"));
	assert_non_null(strstr(text, ", after 57 min\r\n"));
	assert_non_null(strstr(text, "  You tried     3 times, first at "));
	assert_non_null(strstr(text, "  You were at   198.51.100.7\r\n"));
	assert_non_null(strstr(text, "  The trouble   nothing answered\r\n"));
	assert_non_null(strstr(text, "  How we know   it answered a test connection of ours\r\n"));
	assert_non_null(strstr(text, "write to\r\nringback@example.org"));
	free(text);
}

#define STOP	"https://r.example.org/.well-known/ringback/stop?t=AAAA"
#define CONFIRM "https://r.example.org/.well-known/ringback/confirm?t=BBBB"

static struct msg_notice *linked(const char *lang, uint8_t kind)
{
	struct msg_notice *n = notice(1);

	n->kind = kind;
	strcpy(n->lang, lang);
	strcpy(n->stop, STOP);
	if (kind == NOTICE_CONFIRM)
		strcpy(n->link, CONFIRM);
	return n;
}

/* All of a mail, as it goes over the wire. */
static void whole_mails(void **state)
{
	static const char english[] =
		"Date: Sun, 22 Nov 2026 18:20:00 +0000\r\n"
		"From: \"ringback\" <ringback@example.org>\r\n"
		"To: kim@example.org\r\n"
		"Subject: Intranet (192.0.2.10) is back: http (tcp/80)\r\n"
		"Message-ID: <7.3@ringback.example.org>\r\n"
		"List-Unsubscribe: <https://r.example.org/.well-known/ringback/stop?t=AAAA>\r\n"
		"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
		"Auto-Submitted: auto-generated\r\n"
		"MIME-Version: 1.0\r\n"
		"Content-Type: text/plain; charset=utf-8\r\n"
		"Content-Transfer-Encoding: 7bit\r\n"
		"\r\n"
		"Good news: Intranet (192.0.2.10) is back.\r\n"
		"You can use its service http (tcp/80) again.\r\n"
		"\r\n"
		"  Away since    2026-11-18 18:56:20\r\n"
		"  Back since    2026-11-22 18:20:00, after 3 days 23 h\r\n"
		"  You tried     3 times, first at 2026-11-22 17:23:20\r\n"
		"                and last at 2026-11-22 17:25:00\r\n"
		"  You were at   198.51.100.7\r\n"
		"  The trouble   nothing answered\r\n"
		"  How we know   it answered a test connection of ours\r\n"
		"  Open it       http://192.0.2.10/\r\n"
		"\r\n"
		"All times are UTC (+0000).\r\n"
		"\r\n"
		"You get this message, once, because somebody at your address tried to\r\n"
		"reach this service in vain. If that was not you, or if you do not want such\r\n"
		"messages, just answer this one or write to\r\n"
		"ringback@example.org: a person will read it.\r\n"
		"\r\n"
		"Never again a message from here: open this page.\r\n"
		"https://r.example.org/.well-known/ringback/stop?t=AAAA\r\n";
	static const char german_question[] =
		"Date: Sun, 22 Nov 2026 18:20:00 +0000\r\n"
		"From: \"ringback\" <ringback@example.org>\r\n"
		"To: kim@example.org\r\n"
		"Subject: Bescheid geben, wenn Intranet (192.0.2.10) wieder da ist?\r\n"
		"Message-ID: <7.3@ringback.example.org>\r\n"
		"List-Unsubscribe: <https://r.example.org/.well-known/ringback/stop?t=AAAA>\r\n"
		"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
		"Content-Language: de\r\n"
		"Auto-Submitted: auto-generated\r\n"
		"MIME-Version: 1.0\r\n"
		"Content-Type: text/plain; charset=utf-8\r\n"
		"Content-Transfer-Encoding: quoted-printable\r\n"
		"\r\n"
		"Jemand unter 198.51.100.7 konnte Intranet (192.0.2.10),\r\n"
		"Dienst http (tcp/80), nicht erreichen und hat diese Adresse angegeben, um\r\n"
		"Bescheid zu bekommen, wenn er wieder da ist.\r\n"
		"Waren Sie das? Dann best=C3=A4tigen Sie es auf dieser Seite:\r\n"
		"\r\n"
		"  https://r.example.org/.well-known/ringback/confirm?t=3DBBBB\r\n"
		"\r\n"
		"Die Seite wartet sieben Tage auf Sie. Waren Sie es nicht, dann tun Sie\r\n"
		"nichts: Es kommt keine weitere Nachricht.\r\n"
		"\r\n"
		"Nie wieder eine Nachricht von hier: =C3=96ffnen Sie diese Seite.\r\n"
		"https://r.example.org/.well-known/ringback/stop?t=3DAAAA\r\n";
	struct msg_notice *n = linked("", NOTICE_RECOVERY);
	char *text;

	(void)state;
	n->items[0].down = (UP - 343420) * NSEC_PER_SEC;
	text = render(n);
	assert_string_equal(text, english);
	free(text);
	text = render(linked("de", NOTICE_CONFIRM));
	assert_string_equal(text, german_question);
	free(text);
}

/* Each language has all its words, and labels that stand in one column. */
static void languages(void **state)
{
	static const struct {
		const char *lang, *tag, *news, *question;
	} rows[] = {
		{ "en", "en", "Intranet (192.0.2.10) is back: http (tcp/80)",
		  "Shall we tell you when Intranet (192.0.2.10) is back?" },
		{ "de", "de", "Intranet (192.0.2.10) ist wieder da: http (tcp/80)",
		  "Bescheid geben, wenn Intranet (192.0.2.10) wieder da ist?" },
		{ "fr", "fr", "Intranet (192.0.2.10) est de retour : http (tcp/80)",
		  "Vous prévenir du retour de Intranet (192.0.2.10) ?" },
		{ "es-MX", "es", "Intranet (192.0.2.10) ha vuelto: http (tcp/80)",
		  "¿Le avisamos cuando vuelva Intranet (192.0.2.10)?" },
		{ "pt-BR", "en", "Intranet (192.0.2.10) is back: http (tcp/80)",
		  "Shall we tell you when Intranet (192.0.2.10) is back?" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *text = render(linked(rows[i].lang, NOTICE_RECOVERY));

		assert_string_equal(field(text, "Subject"), rows[i].news);
		assert_string_equal(field(text, "Content-Language"), rows[i].tag);
		assert_int_equal(count(text, "$"), 0);
		free(text);
		text = render(linked(rows[i].lang, NOTICE_CONFIRM));
		assert_string_equal(field(text, "Subject"), rows[i].question);
		assert_int_equal(count(text, "$"), 0);
		free(text);
	}
	for (uint8_t reason = 0; reason < 12; reason++) {
		struct msg_notice *n = linked("es", NOTICE_RECOVERY);

		n->items[0].reason = reason;
		n->items[0].evidence = reason;
		free(render(n));
	}
}

static void links(void **state)
{
	static const struct {
		uint16_t port;
		const char *server, *line;
	} rows[] = {
		{ 80, "192.0.2.10", "  Open it       http://192.0.2.10/\r\n" },
		{ 8080, "192.0.2.10", "  Open it       http://192.0.2.10:8080/\r\n" },
		{ 443, "2001:db8::1", "  Open it       https://[2001:db8::1]/\r\n" },
		{ 8443, "2001:db8::1", "  Open it       https://[2001:db8::1]:8443/\r\n" },
		{ 22, "192.0.2.10", NULL },
	};
	struct msg_notice *n;
	char *text;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		n = notice(1);
		n->items[0].service.port = rows[i].port;
		addr_parse(&n->items[0].service.server, rows[i].server);
		text = render(n);
		if (rows[i].line)
			assert_non_null(strstr(text, rows[i].line));
		else
			assert_null(strstr(text, "Open it"));
		/* No portal, no way out by a click. */
		assert_int_equal(count(text, "List-Unsubscribe"), 0);
		free(text);
	}
	text = render(linked("", NOTICE_RECOVERY));
	assert_string_equal(field(text, "List-Unsubscribe"), "<" STOP ">");
	assert_string_equal(field(text, "List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
	free(text);
}

static void several_services(void **state)
{
	struct msg_notice *n = notice(2);
	char *text;

	(void)state;
	n->items[1].service.port = 8123;
	text = render(n);
	assert_string_equal(field(text, "Subject"),
			    "Intranet (192.0.2.10) is back: http (tcp/80), tcp/8123");
	assert_non_null(strstr(text, "\r\nIntranet (192.0.2.10), tcp/8123\r\n"));
	free(text);

	n = notice(MSG_NOTICE_ITEMS);
	for (uint32_t i = 0; i < n->n_items; i++) {
		n->items[i].service.server.bytes[3] = (uint8_t)i;
		memset(n->items[i].server_name, 'a' + (int)(i % 26),
		       sizeof(n->items[i].server_name) - 1);
	}
	text = render(n);
	assert_non_null(strstr(text, "32 services that you could not reach are back."));
	assert_non_null(strstr(field(text, "Subject"), " and 30 more servers"));
	free(text);
}

static void names_in_utf8(void **state)
{
	static const char name[] =
		"Büro für größere Störungen – サーバー 🖧 und noch ein Wort";
	struct msg_notice *n = notice(1);
	char *text, want[512];

	(void)state;
	strcpy(n->items[0].server_name, name);
	mail.from_name = (char *)"Störungsdienst";
	mail.footer = (char *)"Ihre Technik = für Sie da   \nüber alles";
	text = render(n);
	snprintf(want, sizeof(want), "%s (192.0.2.10) is back: http (tcp/80)", name);
	assert_string_equal(field(text, "Subject"), want);
	assert_string_equal(field(text, "From"), "Störungsdienst <ringback@example.org>");
	assert_string_equal(field(text, "Content-Transfer-Encoding"), "quoted-printable");
	assert_non_null(strstr(text, "\r\n--=20\r\nIhre Technik =3D f=C3=BCr Sie da  =20\r\n"));
	free(text);
	mail.from_name = (char *)"ringback";
	mail.footer = NULL;
}

static void nothing_injected(void **state)
{
	static const char *const evil[] = {
		"x\r\nBcc: all@example.org",
		"x\nBcc: all@example.org",
		"x\rBcc: all@example.org",
		"x\r\n\r\nbody",
		"=?UTF-8?B?QmNjOg==?=\r\n",
		"\xff\xfe\x80\r\nBcc: a",
		"\xc2\x85"
		"Bcc: x",
		"\xe2\x80\xa8"
		"Bcc: x",
		"\xe2\x80\xae"
		"Bcc: x",
		"\r\n.\r\nQUIT\r\n",
		"\"\\ <a@b>, c",
		"\x1b[31m",
	};
	(void)state;
	for (size_t i = 0; i < sizeof(evil) / sizeof(evil[0]); i++) {
		struct msg_notice *n = notice(2);
		char *text;

		strcpy(n->items[0].server_name, evil[i]);
		strcpy(n->items[1].server_name, evil[i]);
		strcpy(n->message_id, evil[i]);
		snprintf(n->stop, sizeof(n->stop), "https://r.example.org/%s", evil[i]);
		snprintf(n->link, sizeof(n->link), "https://r.example.org/%s", evil[i]);
		snprintf(n->lang, sizeof(n->lang), "%s", evil[i]);
		n->kind = i % 2 ? NOTICE_CONFIRM : NOTICE_RECOVERY;
		mail.from_name = (char *)evil[i];
		mail.footer = (char *)evil[i];
		text = header_of(render(n));
		assert_int_equal(count(text, "\r\nBcc"), 0);
		assert_int_equal(count(text, "\r\nTo: "), 1);
		assert_int_equal(count(text, "\r\nSubject: "), 1);
		assert_int_equal(count(text, "List-Unsubscribe"), 0);
		assert_int_equal(count(text, "\r\nMessage-ID: <"), 1);
		free(text);
	}
	mail.from_name = (char *)"ringback";
	mail.footer = NULL;
}

static void addresses(void **state)
{
	static const char *const good[] = {
		"a@b",		 "a.b+c=d@example.org",	 "o'neil@example.org",
		"x@[192.0.2.1]", "x@[IPv6:2001:db8::1]", "jürgen@bücher.example"
	};
	static const char *const bad[] = { "",	      "a",     "@b",	"a@",	    "a b@c",
					   "<a@b>",   "a@b c", "a@b\n", "a@b>\r\n", "\"a b\"@c",
					   "a@b,c@d", "a;b@c", "-f@b",	"a\xff@b",  "a@b\xc2\x85",
					   "a(x)@b",  "a@[]",  "a\tb@c" };
	char long_one[MSG_MAIL_MAX + 2];
	struct msg_notice *n = notice(1);
	char *text;
	size_t len;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(message_address_ok(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(message_address_ok(bad[i]));
		strcpy(n->to, bad[i]);
		assert_int_equal(message_render(&mail, n, 0, &text, &len), -EINVAL);
	}
	memset(long_one, 'a', sizeof(long_one) - 1);
	long_one[sizeof(long_one) - 1] = '\0';
	long_one[5] = '@';
	assert_false(message_address_ok(long_one));
	long_one[MSG_MAIL_MAX] = '\0';
	assert_true(message_address_ok(long_one));
	assert_true(message_address_utf8("jürgen@example.org"));
	assert_false(message_address_utf8("kim@example.org"));
}

/* Any bytes at all give a well-formed message. */
static void noise(void **state)
{
	static char footer[3000];
	unsigned int seed = 1;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		struct msg_notice *n = notice(1 + (uint32_t)rand_r(&seed) % 4);

		n->kind = rand_r(&seed) % 2;
		for (size_t k = 0; k + 1 < sizeof(n->link); k++) {
			n->link[k] = (char)rand_r(&seed);
			n->stop[k] = (char)rand_r(&seed);
			n->lang[k % (sizeof(n->lang) - 1)] = (char)rand_r(&seed);
		}
		for (uint32_t i = 0; i < n->n_items; i++) {
			struct msg_notice_item *it = &n->items[i];

			for (size_t k = 0; k + 1 < sizeof(it->server_name); k++)
				it->server_name[k] = (char)rand_r(&seed);
			it->service.proto = (uint8_t)rand_r(&seed);
			it->service.port = (uint16_t)rand_r(&seed);
			it->reason = (uint8_t)rand_r(&seed);
			it->evidence = (uint8_t)rand_r(&seed);
			it->attempts = (uint32_t)rand_r(&seed);
			it->down = rand_r(&seed) * NSEC_PER_SEC;
			it->up = rand_r(&seed) * NSEC_PER_SEC;
		}
		for (size_t k = 0; k + 1 < sizeof(footer); k++)
			footer[k] = (char)(rand_r(&seed) % 255 + 1);
		mail.footer = footer;
		free(render(n));
	}
	mail.footer = NULL;
}

static void cleaning(void **state)
{
	char buf[16];

	(void)state;
	assert_string_equal(mime_clean(buf, sizeof(buf), "a\tb\r\nc", false), "a b  c");
	assert_string_equal(mime_clean(buf, sizeof(buf), "a\nb", true), "a\nb");
	assert_string_equal(mime_clean(buf, sizeof(buf), "\xc3(\xed\xa0\x80", false), "?(???");
	assert_string_equal(mime_clean(buf, 4, "aüü", false), "aü");
	assert_string_equal(mime_clean(buf, sizeof(buf), "\xf0\x9f\x96\xa7\xf0\x9f", false),
			    "\xf0\x9f\x96\xa7??");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_service),
		cmocka_unit_test(whole_mails),
		cmocka_unit_test(languages),
		cmocka_unit_test(links),
		cmocka_unit_test(several_services),
		cmocka_unit_test(names_in_utf8),
		cmocka_unit_test(nothing_injected),
		cmocka_unit_test(addresses),
		cmocka_unit_test(noise),
		cmocka_unit_test(cleaning),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
