// SPDX-License-Identifier: GPL-2.0
/*
 * The configuration file: what is read from a right one, and what is said about
 * every kind of mistake, with its line.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "parent/conf_read.h"

#define W  "watch \"w\" { servers = {\"192.0.2.0/24\"} ports = {\"tcp/80\"} notify = {} }\n"
#define WM "watch \"w\" { servers = {\"192.0.2.0/24\"} ports = {\"tcp/80\"} }\n"
/* a watch with one more option in its line 2 */
#define WITH(option)                                                                           \
	"watch \"w\" { servers = {\"192.0.2.0/24\"} ports = {\"tcp/80\"} notify = {}\n" option \
	"\n}\n"
#define MAIL(more) \
	WM "mail { server = \"mail.example.org\" from = \"rb@example.org\"\n" more "\n}\n"
#define SNMP(more) W "snmp { listen = {\"udp:162\"}\n" more "\n}\n"
#define USER	   "user \"u\" { auth = \"SHA\" auth-key-file = \"@/key\""

#define SECRET_MAIL MAIL("user = \"u\" password-file = \"@/key\" tls = \"required\"")
#define SECRET_SNMP "snmp { listen = {\"udp:162\"} community = {\"c\"}\n" USER "} }\n"

static char dir[] = "/tmp/ringback-test-conf-XXXXXX";

static void put_file(const char *name, const char *text, mode_t mode)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

/* Reads @text, in which "@" stands for the directory of the tests' files. */
static struct conf *read_text(const char *text, struct conf_errors *errors)
{
	static char buf[65536], path[128];
	char *out = buf;

	for (const char *p = text; *p; p++) {
		if (p[0] == '@' && p[1] == '/')
			out += sprintf(out, "%s", dir);
		else
			*out++ = *p;
	}
	*out = '\0';
	put_file("ringback.conf", buf, 0600);
	snprintf(path, sizeof(path), "%s/ringback.conf", dir);
	return conf_read(path, errors);
}

static struct conf *good(const char *text)
{
	struct conf_errors errors = { 0 };
	struct conf *conf = read_text(text, &errors);

	for (size_t i = 0; i < errors.n; i++)
		print_error("unexpected: %s\n", errors.list[i].text);
	conf_errors_free(&errors);
	assert_non_null(conf);
	return conf;
}

/* --- mistakes -------------------------------------------------------------- */
/* A text and all that is said about it: beginnings of sentences with lines. */
static const struct mistake {
	const char *text;
	const char *errors[8];
} mistakes[] = {
	/* the file */
	{ "", { ": expected a watch section" } },
	{ W "bogus = 1\n",
	  { ":2: unknown option \"bogus\"; expected one of user, kernel, watch" } },
	{ W "\n\nweb { listen = {\"[::]:8080\"} # x\n}\nfoo \"t\" { a { b = 1 } }\n",
	  { ":4: unknown option \"web\"", ":6: unknown option \"foo\"" } },
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
	  { ":2: notify: expected \"mail\", not \"pigeon\"",
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
	/* comments must not move lines */
	{ "# one\n/* two\n three */ // four\n" W "no = 1\n", { ":5: unknown option \"no\"" } },
	{ "watch \"w\" { servers = { # one\n\"192.0.2.0/24\", // two\n /* three */ \"x\" }\n"
	  "ports = {\"tcp/80\"} notify = {} }\n",
	  { ":3: servers: expected an address" } },
	{ W "/* not closed\nbogus = 1\n", { NULL } },
};

/* "@/" in what is expected stands for the directory too. */
static bool begins(const char *text, const char *expected)
{
	char buf[256], *out = buf;

	for (const char *p = expected; *p; p++) {
		if (p[0] == '@' && p[1] == '/')
			out += sprintf(out, "%s", dir);
		else
			*out++ = *p;
	}
	*out = '\0';
	return !strncmp(text, buf, strlen(buf));
}

static int check_mistake(const struct mistake *m)
{
	struct conf_errors errors = { 0 };
	struct conf *conf = read_text(m->text, &errors);
	size_t n = 0, wrong = 0;

	while (n < 8 && m->errors[n])
		n++;
	for (size_t i = 0; i < n && i < errors.n; i++)
		wrong += !begins(errors.list[i].text, m->errors[i]);
	wrong += errors.n != n || (conf == NULL) != (n > 0);
	if (wrong) {
		print_error("--- text:\n%s--- expected:\n", m->text);
		for (size_t i = 0; i < n; i++)
			print_error("%s\n", m->errors[i]);
		print_error("--- said:\n");
		for (size_t i = 0; i < errors.n; i++)
			print_error("%s\n", errors.list[i].text);
	}
	conf_errors_free(&errors);
	conf_free(conf);
	return wrong != 0;
}

static void test_mistakes(void **state)
{
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++)
		wrong += check_mistake(&mistakes[i]);
	assert_int_equal(wrong, 0);
}

/* A syntax error leaves nothing behind in the parser. */
static void test_after_a_syntax_error(void **state)
{
	static const struct mistake open_quote = { W "user = \"x\n", { ":3: premature end" } };
	struct conf *conf;

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(check_mistake(&open_quote), 0);
		conf = good(W "user = \"x\"\n");
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

/* --- right ones ------------------------------------------------------------ */
static void test_defaults(void **state)
{
	struct conf *conf = good(MAIL(""));
	const struct conf_watch *w = &conf->watches[0];

	(void)state;
	assert_int_equal(conf->n_watches, 1);
	assert_string_equal(w->name, "w");
	assert_int_equal(w->n_servers, 1);
	assert_int_equal(w->servers[0].len, 24);
	assert_int_equal(w->n_clients, 0);
	assert_int_equal(w->hooks, RINGBACK_HOOK_FORWARD);
	assert_int_equal(w->no_reply, 3);
	assert_int_equal(w->keep, 86400);
	assert_int_equal(w->down_after, 1);
	assert_int_equal(w->admission, RINGBACK_ADMISSION_TROUBLE);
	assert_false(w->reverse_path);
	assert_int_equal(w->recovery, EVIDENCE_TRAP | EVIDENCE_REPLY | EVIDENCE_PROBE);
	assert_true(w->confirm);
	assert_int_equal(w->stable, 5);
	assert_int_equal(w->flap, 300);
	assert_int_equal(w->notify, ROUTE_MAIL);
	assert_true(conf->kernel);
	assert_true(conf->mail.configured);
	assert_int_equal(conf->mail.client, MAIL_LIBESMTP);
	assert_int_equal(conf->mail.tls, MAIL_TLS_OPPORTUNISTIC);
	assert_int_equal(conf->mail.port, 25);
	assert_int_equal(conf->mail.give_up, 432000);
	assert_string_equal(conf->store_path, STORE_PATH_DEFAULT);
	assert_string_equal(conf->control_path, CONTROL_PATH_DEFAULT);
	assert_string_equal(conf->user, "ringback");
	conf_free(conf);
}

static void test_watch_values(void **state)
{
	struct conf *conf = good("watch \"a.b_c-1\" {\n"
				 "servers = {\"192.0.2.7\"} servers += {\"2001:db8::/32\"}\n"
				 "clients = {\"10.0.0.0/8\"} ports = {\"tcp/80\", \"udp/53-54\"}\n"
				 "hooks = {\"local\", \"bridge\", \"mirror:eth0\"} no-reply = 240\n"
				 "admission = first-syn recovery = {\"reply\"} confirm = no\n"
				 "reverse-path = yes\n"
				 "stable = 0 notify = {} }\nkernel = off\n");
	const struct conf_watch *w = conf_watch_find(conf, "a.b_c-1");

	(void)state;
	assert_non_null(w);
	assert_null(conf_watch_find(conf, "a"));
	assert_int_equal(w->n_servers, 2);
	assert_int_equal(w->servers[0].len, 32);
	assert_int_equal(w->servers[1].addr.family, AF_INET6);
	assert_int_equal(w->n_clients, 1);
	assert_int_equal(w->n_ports, 2);
	assert_int_equal(w->ports[1].first, 53);
	assert_int_equal(w->ports[1].last, 54);
	assert_int_equal(w->hooks,
			 RINGBACK_HOOK_LOCAL | RINGBACK_HOOK_BRIDGE | RINGBACK_HOOK_MIRROR);
	assert_string_equal(w->mirror_dev, "eth0");
	assert_int_equal(w->no_reply, 240);
	assert_int_equal(w->admission, RINGBACK_ADMISSION_FIRST_SYN);
	assert_true(w->reverse_path);
	assert_int_equal(w->recovery, EVIDENCE_REPLY);
	assert_false(w->confirm);
	assert_int_equal(w->stable, 0);
	assert_int_equal(w->notify, 0);
	assert_false(conf->kernel);
	conf_free(conf);
}

static void test_snmp_values(void **state)
{
	struct conf *conf = good(
		W
		"snmp { listen = {\"udp:162\", \"udp:192.0.2.1:1162\", \"udp:[2001:db8::1]:162\"}\n"
		"community = {\"pub # lic\", 'it\\'s'} oids = {\".1.3.6.1.4.1.8072\"}\n"
		"user \"full\" { auth = \"sha-256\" auth-key-file = \"@/key\" priv = AES\n"
		"  priv-key-file = \"@/crlf\" engine-id = 0x8000000001AB }\n" USER " } }\n");
	const struct conf_snmp *s = &conf->snmp;

	(void)state;
	assert_int_equal(s->n_listen, 3);
	assert_int_equal(s->listen[0].addr.family, AF_UNSPEC);
	assert_int_equal(s->listen[1].addr.family, AF_INET);
	assert_int_equal(s->listen[1].port, 1162);
	assert_int_equal(s->listen[2].addr.family, AF_INET6);
	assert_string_equal(s->listen[2].text, "udp:[2001:db8::1]:162");
	assert_int_equal(s->n_communities, 2);
	assert_string_equal(s->communities[0], "pub # lic");
	assert_string_equal(s->communities[1], "it's");
	assert_string_equal(s->oids[0], "1.3.6.1.4.1.8072");
	assert_int_equal(s->n_users, 2);
	assert_int_equal(s->users[0].auth, SNMP_AUTH_SHA256);
	assert_string_equal(s->users[0].auth_key, "a secret of some length");
	assert_int_equal(s->users[0].priv, SNMP_PRIV_AES);
	assert_string_equal(s->users[0].priv_key, "crlf secret");
	assert_string_equal(s->users[0].engine_id, "8000000001ab");
	assert_int_equal(s->users[1].auth, SNMP_AUTH_SHA1);
	assert_int_equal(s->users[1].priv, SNMP_PRIV_NONE);
	assert_null(s->users[1].priv_key);
	assert_null(s->users[1].engine_id);
	conf_free(conf);
}

static void test_speaks_for(void **state)
{
	struct conf *conf = good(W "alias \"192.0.2.1\" { addresses = {\"198.51.100.1\"} "
				   "name = \"Zeitung \303\274\" }\n");
	struct addr from, server, expected;

	(void)state;
	addr_parse(&expected, "192.0.2.1");
	addr_parse(&from, "198.51.100.1");
	assert_true(conf_speaks_for(conf, &from, &server));
	assert_true(addr_equal(&server, &expected));
	assert_string_equal(conf_server_name(conf, &server), "Zeitung \303\274");
	addr_parse(&from, "192.0.2.77");
	assert_true(conf_speaks_for(conf, &from, &server));
	assert_true(addr_equal(&server, &from));
	assert_null(conf_server_name(conf, &from));
	addr_parse(&from, "198.51.100.2");
	assert_false(conf_speaks_for(conf, &from, &server));
	conf_free(conf);
}

static void test_secrets_stay_where_needed(void **state)
{
	static const enum room rooms[] = { ROOM_ENGINE, ROOM_TRAPS, ROOM_MAILER };
	static const char text[] = SECRET_MAIL SECRET_SNMP;
	struct conf *conf;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		conf = good(text);
		conf_keep(conf, rooms[i]);
		assert_int_equal(conf->snmp.n_communities, rooms[i] == ROOM_TRAPS);
		assert_int_equal(conf->snmp.n_users, rooms[i] == ROOM_TRAPS);
		assert_int_equal(conf->mail.password != NULL, rooms[i] == ROOM_MAILER);
		assert_int_equal(conf->mail.user != NULL, rooms[i] == ROOM_MAILER);
		conf_free(conf);
	}
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(evidence_name(EVIDENCE_TRAP), "trap");
	assert_string_equal(evidence_name(EVIDENCE_REPLY), "reply");
	assert_string_equal(evidence_name(EVIDENCE_PROBE), "probe");
	assert_string_equal(evidence_name(EVIDENCE_OPERATOR), "operator");
	assert_string_equal(room_name(ROOM_PARENT), "parent");
	assert_string_equal(room_name(ROOM_MAILER), "mailer");
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
		conf_free(read_text(buf, &errors));
		conf_errors_free(&errors);
	}
}

static int make_files(void **state)
{
	char path[128], line[1200];

	(void)state;
	if (!mkdtemp(dir))
		return -1;
	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\0';
	put_file("key", "a secret of some length\nsecond line\n", 0640);
	put_file("crlf", "crlf secret\r\n", 0600);
	put_file("open", "a secret of some length\n", 0644);
	put_file("short", "1234567\n", 0600);
	put_file("long", line, 0600);
	snprintf(path, sizeof(path), "%s/fifo", dir);
	return mkfifo(path, 0600);
}

static int remove_files(void **state)
{
	static const char *const names[] = { "key",  "crlf", "open",	     "short",
					     "long", "fifo", "ringback.conf" };
	char path[128];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		unlink(path);
	}
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_after_a_syntax_error),
		cmocka_unit_test(test_files_that_are_none),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_watch_values),
		cmocka_unit_test(test_snmp_values),
		cmocka_unit_test(test_speaks_for),
		cmocka_unit_test(test_secrets_stay_where_needed),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_cut_anywhere),
	};

	return cmocka_run_group_tests(tests, make_files, remove_files);
}
