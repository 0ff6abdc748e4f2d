// SPDX-License-Identifier: GPL-2.0
/*
 * The configuration file: what is said about every kind of mistake, with its line.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "conf_fake.h"
#include "conf_texts.h"

#define WEB(more) W "web {\n" more "\n}\n"

static const struct mistake mistakes[] = {
	/* the file */
	{ "", { ": expected a watch section" } },
	{ W "bogus = 1\n",
	  { ":2: unknown option \"bogus\"; expected one of user, kernel, mib, agentx" } },
	{ W "\n\nwww { listen = {\"[::]:8080\"} # x\n}\nfoo \"t\" { a { b = 1 } }\n",
	  { ":4: unknown option \"www\"", ":6: unknown option \"foo\"" } },
	{ W "user = \"a\"\nuser = \"b\"\n", { ":3: user: set twice" } },
	{ W "user = {\"a\", \"b\"}\n", { ":2: user: expected one value, not 2" } },
	{ W "user = {}\n", { ":2: user: expected one value, not 0" } },
	{ W "user = \"a\\nb\"\n",
	  { ":2: user: expected 1 to 32 bytes of UTF-8 text in one line" } },
	{ W "kernel = perhaps\n", { ":2: kernel: expected true or false, not \"perhaps\"" } },
	{ W "kernel true\n",
	  { ":2: missing equal sign after option 'kernel'; what follows was not" } },
	{ W "kernel = \"true\n", { ":3: premature end of file; what follows" } },
	{ W "kernel = true, false\n", { ":2: unexpected token ','" } },
	{ W "}\n", { ":2: unexpected closing brace" } },
	{ W "= 3\n", { ":2: unexpected token '='" } },
	{ W "\"\" = 3\n", { ":2: syntax error" } },
	{ W "store = 3\n", { ":2: missing opening brace for section 'store'" } },
	{ W "store { path = \"relative.db\" }\n", { ":2: path: expected the absolute path" } },
	{ W "store { path = \"/dir/\" }\n", { ":2: path: expected the absolute path" } },
	{ W "store { keep = 0 }\n", { ":2: keep: expected days from 1 to 3650, not \"0\"" } },
	{ W "store { }\nstore { }\n", { ":3: section store: given before" } },
	{ W
	  "control { path = \"/0123456789012345678901234567890123456789012345678901234567890123456789"
	  "01234567890123456789012345678901234567890\" }\n",
	  { ":2: path: expected the absolute path of a file, up to 107 bytes" } },
	/* watches */
	{ "watch \"w\" { }\n",
	  { ":1: section watch: expected servers, which is required",
	    ":1: section watch: expected ports" } },
	{ "watch { }\n", { ":1: missing title for section 'watch'" } },
	{ "watch \"\" { servers = {\"::1\"} ports = {\"tcp/1\"} notify = {} }\n",
	  { ":1: watch: expected a name of 1 to 31 letters" } },
	{ "watch \"a b\" { servers = {\"::1\"} ports = {\"tcp/1\"} notify = {} }\n",
	  { ":1: watch: expected a name" } },
	{ W W, { ":2: watch \"w\": there is one of this name already" } },
	{ WITH("servers = {\"192.0.2.1\"}"), { ":2: servers: set twice" } },
	{ "watch \"w\" { servers = {} ports = {} notify = {} }\n",
	  { ":1: servers: expected one server or more", ":1: ports: expected one port or more" } },
	{ "watch \"w\" { servers = {\"192.0.2.0/33\",\n\"192.0.2.1/24\",\n\"host\", \"2001:db8::/129\"}\n"
	  "ports = {\"tcp/0\", \"tcp/65536\", \"80\",\n\"tcp/9-8\"} notify = {} }\n",
	  { ":1: servers: expected an address or a prefix, as 192.0.2.0/24, not \"192.0.2.0/33\"",
	    ":2: servers: expected a prefix without bits beyond its length, not \"192.0.2.1/24\"",
	    ":3: servers: expected an address or a prefix",
	    ":3: servers: expected an address or a prefix",
	    ":4: ports: expected ports from 1 to 65535", ":4: ports: expected",
	    ":4: ports: expected", ":5: ports: expected" } },
	{ WITH("clients = {\"10.0.0.1/8\"}"), { ":2: clients: expected a prefix without bits" } },
	{ WITH("no-reply = 0"), { ":2: no-reply: expected seconds from 1 to 240, not \"0\"" } },
	{ WITH("no-reply = 241"), { ":2: no-reply: expected seconds from 1 to 240" } },
	{ WITH("no-reply = -3"), { ":2: no-reply: expected seconds" } },
	{ WITH("no-reply = \"3 s\""), { ":2: no-reply: expected seconds" } },
	{ WITH("no-reply = 0x10"), { ":2: no-reply: expected seconds" } },
	{ WITH("keep = 99999999999999999999"), { ":2: keep: expected seconds from 1 to 2592000" } },
	{ WITH("down-after = 0"), { ":2: down-after: expected failures from 1 to" } },
	{ WITH("confirm = 2"), { ":2: confirm: expected true or false" } },
	{ WITH("admission = \"second\""),
	  { ":2: admission: expected \"trouble\" or \"first-syn\"" } },
	{ WITH("reverse-path = 1"), { ":2: reverse-path: expected true or false" } },
	{ WITH("recovery = {\"trap\", \"operator\"}"),
	  { ":2: recovery: expected \"trap\", \"reply\" or \"probe\", not \"operator\"" } },
	{ WITH("hooks = {}"), { ":2: hooks: expected one hook or more" } },
	{ WITH("hooks = {\"mirror:\", \"mirror:a/b\",\n\"mirror:0123456789abcdef\", \"nowhere\"}"),
	  { ":2: hooks: expected", ":2: hooks:", ":3: hooks:", ":3: hooks:" } },
	{ WITH("hooks = {\"mirror:eth0\", \"mirror:eth1\"}"),
	  { ":2: hooks: expected \"forward\", \"local\", \"bridge\" or one \"mirror:INTERFACE\"" } },
	{ WITH("probe-min = 20 probe-max = 10"),
	  { ":2: probe-max: expected at least probe-min (20" } },
	{ WM, { ":1: watch \"w\": notify \"mail\" needs a mail section" } },
	{ WITH("notify = \"pigeon\"\nprots = 1\nstable = x"),
	  { ":2: notify: expected \"mail\", \"server\", \"nms\"",
	    ":3: unknown option \"prots\"; expected one of servers, ports",
	    ":4: stable: expected seconds from 0 to 3600" } },
	/* snmp */
	{ W "snmp { community = {\"c\"} }\n", { ":2: section snmp: expected listen" } },
	{ W "snmp { listen = {} community = {\"c\"} }\n",
	  { ":2: listen: expected one address or more" } },
	{ SNMP(""), { ":2: section snmp: expected a community or a user section" } },
	{ SNMP("community = {\"\"}"), { ":3: community: expected 1 to 255 bytes" } },
	{ W
	  "snmp { community = {\"c\"} listen = {\"162\", \"udp:\", \"udp:0\",\n\"udp:192.0.2.1\", "
	  "\"udp:2001:db8::1:162\", \"tcp:162\",\n\"udp:[192.0.2.1]:162\", \"udp:host:162\"} }\n",
	  { ":2: listen:", ":2: listen:", ":2: listen:", ":3: listen:", ":3: listen:",
	    ":3: listen:", ":4: listen:", ":4: listen:" } },
	{ SNMP("community = {\"c\"} oids = {\"1.3.6.\", \"enterprises.1\", \"1\"}"),
	  { ":3: oids: expected a numeric object identifier", ":3: oids:", ":3: oids:" } },
	{ SNMP("user \"u\" { }"),
	  { ":3: section user: expected auth,", ":3: section user: expected auth-key-file," } },
	{ SNMP("user \"u\" { auth = \"none\" auth-key-file = \"@/key\" }"),
	  { ":3: auth: expected \"MD5\", \"SHA\", \"SHA-224\", \"SHA-256\"" } },
	{ SNMP(USER " priv = \"AES\" }"), { ":3: priv: expected priv-key-file beside it" } },
	{ SNMP(USER " priv-key-file = \"@/key\" }"),
	  { ":3: priv-key-file: expected priv beside it" } },
	{ SNMP(USER " engine-id = \"80001\" }"), { ":3: engine-id: expected 5 to 32 bytes" } },
	{ SNMP(USER "}\n" USER "}"), { ":4: user \"u\": there is one of this name" } },
	{ SNMP("user \"a b\" { auth = \"SHA\" auth-key-file = \"@/key\" }"),
	  { ":3: user: expected a name of printable characters" } },
	/* secrets */
	{ SNMP("user \"u\" { auth = \"SHA\" auth-key-file = \"@/open\" }"),
	  { ":3: auth-key-file: @/open: others may read or write this secret" } },
	{ SNMP("user \"u\" { auth = \"SHA\" auth-key-file = \"@/short\" }"),
	  { ":3: auth-key-file: @/short: expected 8 bytes or more in its first line" } },
	{ SNMP("user \"u\" { auth = \"SHA\" auth-key-file = \"@/none\" }"),
	  { ":3: auth-key-file: @/none: No such file" } },
	{ SNMP("user \"u\" { auth = \"SHA\" auth-key-file = \"@/fifo\" }"),
	  { ":3: auth-key-file: @/fifo: expected a regular file" } },
	{ SNMP("user \"u\" { auth = \"SHA\" auth-key-file = \"key\" }"),
	  { ":3: auth-key-file: expected the absolute path" } },
	{ SNMP("user \"u\" { auth = \"SHA\" auth-key-file = \"@/long\" }"),
	  { ":3: auth-key-file: @/long: its first line is longer" } },
	/* aliases */
	{ W "alias \"host\" { name = \"x\" }\n", { ":2: alias: expected a server's address" } },
	{ W "alias \"192.0.2.1\" { }\n",
	  { ":2: alias \"192.0.2.1\": expected addresses or a name" } },
	{ W "alias \"198.51.100.1\" { name = \"x\" }\n",
	  { ":2: alias \"198.51.100.1\": expected the address of a server in a watch" } },
	{ W "alias \"192.0.2.1\" { name = \"\377\" }\n",
	  { ":2: name: expected 1 to 127 bytes of UTF-8" } },
	{ W "alias \"192.0.2.1\" { name = \"x\" }\nalias \"192.0.2.1\" { name = \"x\" }\n",
	  { ":3: alias \"192.0.2.1\": there is one of this server already" } },
	{ W "alias \"192.0.2.1\" { addresses = {\"198.51.100.1\"} }\n"
	    "alias \"192.0.2.2\" { addresses = {\"198.51.100.2\",\n\"198.51.100.1\", \"x\"} }\n",
	  { ":4: addresses: expected an address, not \"x\"" } },
	{ W "alias \"192.0.2.1\" { addresses = {\"198.51.100.1\"} }\n"
	    "alias \"192.0.2.2\" { addresses = {\"198.51.100.2\", \"198.51.100.1\"} }\n",
	  { ":3: addresses: 198.51.100.1 belongs to another alias" } },
	/* mail */
	{ WM "mail { }\n", { ":2: section mail: expected from, which is required" } },
	{ WM "mail { from = \"rb@example.org\" }\n", { ":2: section mail: expected server" } },
	{ WM "mail { server = \"a b\" from = \"rb\" }\n",
	  { ":2: server: expected a host name or an address",
	    ":2: from: expected a mail address" } },
	{ WM "mail { server = \"::1\" from = \"rb@my_host.example.org\" }\n",
	  { ":2: from: expected a mail address" } },
	{ WM "mail { server = \"::1\" from = \"-rb@example.org\" }\n",
	  { ":2: from: expected a mail address" } },
	{ WM "mail { server = \"::1\" from = \"rb@example.org\\r\\nBcc: x\" }\n",
	  { ":2: from: expected a mail address" } },
	{ MAIL("port = 65536"), { ":3: port: expected a port from 1 to 65535" } },
	{ MAIL("client = \"mutt\""),
	  { ":3: client: expected \"libesmtp\", \"libcurl\" or \"sendmail\"" } },
	{ MAIL("tls = \"maybe\""),
	  { ":3: tls: expected \"off\", \"opportunistic\" or \"required\", not \"maybe\"" } },
	{ MAIL("ca-file = \"@/none\""), { ":3: ca-file: @/none: No such file" } },
	{ MAIL("tls = \"off\" ca-file = \"@/key\""), { ":3: ca-file: has no effect with tls" } },
	{ MAIL("user = \"u\" tls = \"required\""),
	  { ":3: expected user and password-file, both" } },
	{ MAIL("user = \"u\" password-file = \"@/key\""),
	  { ":3: user: expected tls = \"required\" beside it: a password must not go out in clear" } },
	{ MAIL("tls = \"required\" user = \"u\" password-file = \"@/open\""),
	  { ":3: password-file: @/open: others may" } },
	{ MAIL("sessions = 17\nbatch = 0"),
	  { ":3: sessions: expected sessions from 1 to 16",
	    ":4: batch: expected messages from 1" } },
	{ MAIL("retry-min = 600 retry-max = 60"),
	  { ":3: retry-max: expected at least retry-min" } },
	{ MAIL("footer = \"a\\e[31mb\""),
	  { ":3: footer: expected 1 to 4000 bytes of UTF-8 text" } },
	{ MAIL("sendmail = \"/bin/true\""), { ":3: sendmail: has no effect with this client" } },
	{ MAIL("client = \"sendmail\" sendmail = \"/bin/true\""),
	  { ":2: server: has no effect with client = \"sendmail\"" } },
	{ WM "mail { client = \"sendmail\" from = \"rb@example.org\"\nsendmail = \"@/none\" }\n",
	  { ":3: sendmail: @/none: No such file or directory; expected a program" } },
	/* the stand-in and the inquiry */
	{ WITH("standin = on"), { ":2: watch \"w\": standin needs a web section" } },
	{ WITH("standin = on hooks = {\"local\"}") "web { }\n",
	  { ":2: watch \"w\": standin needs the hook \"forward\"" } },
	{ WITH("standin = on") "web { }\nkernel = false\n",
	  { ":2: watch \"w\": standin needs the kernel module" } },
	{ "watch \"w\" { servers = {\"::1\"} ports = {\"udp/53\"} notify = {} standin = on }\nweb { }\n",
	  { ":1: watch \"w\": standin needs a tcp port" } },
	{ WITH("standin-profile = \"text\"\nstandin-tls = \"reset\" standin-retry = 3"),
	  { ":2: standin-profile: has no effect with standin = false",
	    ":3: standin-tls: has no effect", ":3: standin-retry: has no effect" } },
	{ WITH("standin = on standin-profile = \"tls\"") "web { }\n",
	  { ":2: standin-profile: expected \"auto\", \"http\", \"text\" or \"reset\"" } },
	{ WITH("standin = on standin-tls = \"forge\"") "web { }\n",
	  { ":2: standin-tls: expected \"pass\" or \"reset\", not \"forge\"" } },
	{ WITH("inquire = \"where\""),
	  { ":2: watch \"w\": inquire needs a web section",
	    ":2: watch \"w\": inquire asks whom" } },
	{ WITH("inquire = \"how\""),
	  { ":2: inquire: expected \"off\", \"whether\" or \"where\"" } },
	/* web */
	{ W "web { }\nweb { }\n", { ":3: section web: given before" } },
	{ WEB("listen = {\"http:8080\", \"0\", \"2001:db8::1:80\",\n\"tls:\", \"udp:[::1]:80\", \"[::1]\"}"),
	  { ":3: listen: expected \"PORT\", \"ADDRESS:PORT\"",
	    ":3: listen:", ":3: listen:", ":4: listen:", ":4: listen:", ":4: listen:" } },
	{ WEB("listen = {\"8080\", \"192.0.2.1:8080\"}"),
	  { ":3: listen: 192.0.2.1:8080 and 8080 cannot both be had" } },
	{ WEB("listen = {\"0.0.0.0:8080\", \"192.0.2.1:8080\",\n\"[::1]:8080\"}"),
	  { ":3: listen: 192.0.2.1:8080 and 0.0.0.0:8080 cannot" } },
	{ WEB("listen = {\"127.0.0.1:7071\"}"),
	  { ":2: status: 127.0.0.1:7071 and 127.0.0.1:7071 cannot" } },
	{ WEB("listen = {\"[::]:7070\"}"),
	  { ":2: standin-port: the stand-in's ::1 and [::]:7070 cannot" } },
	{ WEB("standin-port = 7071"),
	  { ":3: standin-port: the stand-in's 127.0.0.1 and", ":3: " } },
	{ WEB("listen = {\"tls:443\"}"),
	  { ":3: listen: tls:443: expected a certificate section" } },
	{ WEB("status = {\"192.0.2.1:7071\"}"),
	  { ":3: status: 192.0.2.1:7071 can be reached from outside" } },
	{ WEB("status-user = \"o\""),
	  { ":3: expected status-user and status-password-file, both" } },
	{ WEB("status-user = \"o\" status-password-file = \"@/open\""),
	  { ":3: status-password-file: @/open: others may read" } },
	{ WEB("status-user = \"o\" status-password-file = \"@/short\""),
	  { ":3: status-password-file: @/short: expected 8 bytes" } },
	{ WEB("url = \"http://rb.example.org\""), { ":3: url: expected listen beside it" } },
	{ WEB("listen = {\"80\"} url = \"rb.example.org\""), { ":3: url: expected http:// or" } },
	{ WEB("listen = {\"80\"} url = \"http://rb.example.org/\""), { ":3: url: expected" } },
	{ WEB("listen = {\"80\"} url = \"http://rb/?a=<b>\""), { ":3: url: expected" } },
	{ WEB("confirm = true"), { ":3: confirm: expected url beside it" } },
	{ WEB("connections = 16 per-client = 17"),
	  { ":3: per-client: expected at most connections (16), not 17" } },
	{ WEB("connections = 15\nask-total = 0 template = \"@/none\""),
	  { ":3: connections: expected connections from 16 to 65536", ":4: ask-total: expected",
	    ":4: template: @/none: No such file" } },
	{ WEB("template = \"@/latin1\"\nlogo = \"@/key\"\ntext = \"\""),
	  { ":3: template: @/latin1: expected UTF-8 text",
	    ":4: logo: @/key: expected an image: PNG, JPEG or SVG", ":5: text: expected 1 to" } },
	{ WEB("logo = \"@/empty\"\ntemplate = \"@/big\""),
	  { ":3: logo: @/empty: it is empty", ":4: template: @/big: it is too long" } },
	{ WEB("template = \"@/logo.png\""), { ":3: template: @/logo.png: not a text" } },
	/* certificates */
	{ WEB("certificate \"w.example.org\" { }"),
	  { ":3: section certificate: expected chain-file",
	    ":3: section certificate: expected key" } },
	{ WEB("certificate \"w w\" { chain-file = \"@/chain\" key-file = \"@/pem\" }"),
	  { ":3: certificate: expected a host name" } },
	{ WEB("certificate \"W\" { " PEM " }\ncertificate \"w\" { " PEM " }"),
	  { ":4: certificate \"w\": there is one of this name" } },
	{ WEB("certificate \"w\" { chain-file = \"@/pem\"\nkey-file = \"@/chain\" }"),
	  { ":3: chain-file: @/pem: expected certificates in PEM form",
	    ":4: key-file: @/chain: expected a private key in PEM form" } },
	{ WEB("certificate \"w\" { chain-file = \"@/chain\" key-file = \"@/open\" }"),
	  { ":3: key-file: @/open: others may read or write this secret" } },
	{ WEB("certificate \"w\" { chain-file = \"@/chain\" key-file = \"@/locked\" }"),
	  { ":3: key-file: @/locked: expected a private key in PEM form, not encrypted" } },
	{ WEB("certificate \"w\" { " PEM " servers = {\"192.0.2.1/24\"} }"),
	  { ":3: servers: expected a prefix without bits" } },
	/* comments must not move lines */
	{ "# one\n/* two\n three */ // four\n" W "no = 1\n", { ":5: unknown option \"no\"" } },
	{ "watch \"w\" { servers = { # one\n\"192.0.2.0/24\", // two\n /* three */ \"x\" }\n"
	  "ports = {\"tcp/80\"} notify = {} }\n",
	  { ":3: servers: expected an address" } },
	{ W "/* not closed\nbogus = 1\n", { NULL } },
};

static void test_mistakes(void **state)
{
	(void)state;
	check_mistakes(mistakes, sizeof(mistakes) / sizeof(mistakes[0]));
}

/* A syntax error leaves nothing behind in the parser. */
static void test_after_a_syntax_error(void **state)
{
	static const struct mistake open_quote = { W "user = \"x\n", { ":3: premature end" } };
	struct conf *conf;

	(void)state;
	for (int i = 0; i < 3; i++) {
		check_mistakes(&open_quote, 1);
		conf = conf_good(W "user = \"x\"\n");
		assert_string_equal(conf->user, "x");
		conf_free(conf);
	}
}

static void test_files_that_are_none(void **state)
{
	static const char *const paths[] = { "/nonexistent/ringback.conf", "/", "/dev/zero",
					     "/proc/self/mem" };
	struct conf_errors errors = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		assert_null(conf_read(paths[i], &errors));
		assert_int_equal(errors.n, 1);
		assert_int_equal(errors.list[0].line, 0);
		conf_errors_free(&errors);
	}
}

/* Any cut of a long file is an error or a configuration, never a crash. */
static void test_cut_anywhere(void **state)
{
	static const char text[] =
		MAIL("footer = 'a\\'b' /* x */") SNMP("community = {\"c\", // y\n'd'}");
	struct conf_errors errors = { 0 };
	char buf[sizeof(text)];

	(void)state;
	for (size_t n = 0; n < sizeof(text); n++) {
		snprintf(buf, n + 1, "%s", text);
		conf_free(conf_text_read(buf, &errors));
		conf_errors_free(&errors);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_after_a_syntax_error),
		cmocka_unit_test(test_files_that_are_none),
		cmocka_unit_test(test_cut_anywhere),
	};

	return cmocka_run_group_tests(tests, conf_files_make, conf_files_remove);
}
