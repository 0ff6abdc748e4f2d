// SPDX-License-Identifier: GPL-2.0
/*
 * The configuration file: what is read from a right one, what it has where nothing is said,
 * and which room keeps what of it.
 */
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "conf_fake.h"
#include "conf_texts.h"

#define SECRET_WEB                                                                            \
	"web { status-user = \"o\" status-password-file = \"@/key\" certificate \"c\" { " PEM \
	" } }\n"
#define SECRET_MAIL MAIL("user = \"u\" password-file = \"@/key\" tls = \"required\"")
#define SECRET_SNMP "snmp { listen = {\"udp:162\"} community = {\"c\"}\n" USER "} }\n"

static void test_defaults(void **state)
{
	struct conf *conf = conf_good(MAIL(""));
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
	assert_int_equal(w->n_notify, 1);
	assert_int_equal(w->notify[0].route, ROUTE_MAIL);
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
	struct conf *conf =
		conf_good("watch \"a.b_c-1\" {\n"
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
	assert_int_equal(w->n_notify, 0);
	assert_false(conf->kernel);
	conf_free(conf);
}

static void test_snmp_values(void **state)
{
	struct conf *conf = conf_good(
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

static void test_web_defaults(void **state)
{
	struct conf *conf = conf_good(WITH("standin = on") "web { }\n");
	const struct conf_watch *w = &conf->watches[0];
	const struct conf_web *web = &conf->web;

	(void)state;
	assert_true(w->standin);
	assert_int_equal(w->profile, PROFILE_AUTO);
	assert_false(w->standin_tls_reset);
	assert_int_equal(w->standin_retry, 20);
	assert_int_equal(w->inquire, INQUIRE_OFF);
	assert_true(web->configured);
	assert_int_equal(web->n_listen, 0);
	assert_int_equal(web->n_status, 2);
	assert_int_equal(web->status[0].addr.family, AF_INET);
	assert_int_equal(web->status[1].addr.family, AF_INET6);
	assert_int_equal(web->status[1].port, 7071);
	assert_int_equal(web->standin_port, 7070);
	assert_int_equal(web->connections, 4096);
	assert_int_equal(web->per_client, 64);
	assert_false(web->confirm);
	assert_int_equal(web->ask_client, 10);
	assert_int_equal(web->ask_address, 5);
	assert_int_equal(web->ask_total, 1000);
	assert_true(web->metrics);
	conf_free(conf);
	conf = conf_good(
		WITH("standin = on") "web { status = {} listen = {\"80\"} url = \"http://rb\" }\n");
	assert_int_equal(conf->web.n_status, 0);
	assert_true(conf->web.confirm);
	conf_free(conf);
}

static void test_web_values(void **state)
{
	struct conf *conf = conf_good(MAIL(
		"") "watch \"v\" { servers = {\"192.0.2.7\"} ports = {\"tcp/80\"} standin = on\n"
		    "standin-profile = RESET standin-tls = reset standin-retry = 0 inquire = where }\n"
		    "web { listen = {\"8080\", \"tls:[2001:db8::1]:8443\"} confirm = no\n"
		    "url = \"https://rb.example.org:8443\" status = {\"tls:192.0.2.1:7071\"}\n"
		    "status-user = \"op\" status-password-file = \"@/key\" standin-port = 7072\n"
		    "metrics = off operator = \"Z\303\274rich\" text = \"a\\nb\" template = \"@/page.html\" logo = \"@/logo.png\"\n"
		    "certificate \"*.Example.org\" { servers = {\"192.0.2.0/24\", \"2001:db8::/32\"} " PEM
		    " } }\n");
	const struct conf_watch *w = conf_watch_find(conf, "v");
	const struct conf_web *web = &conf->web;

	(void)state;
	assert_int_equal(w->profile, PROFILE_RESET);
	assert_true(w->standin_tls_reset);
	assert_int_equal(w->standin_retry, 0);
	assert_int_equal(w->inquire, INQUIRE_WHERE);
	assert_int_equal(web->n_listen, 2);
	assert_int_equal(web->listen[0].addr.family, AF_UNSPEC);
	assert_int_equal(web->listen[0].port, 8080);
	assert_true(web->listen[1].tls);
	assert_int_equal(web->listen[1].addr.family, AF_INET6);
	assert_string_equal(web->listen[1].text, "tls:[2001:db8::1]:8443");
	assert_false(web->confirm);
	assert_false(web->metrics);
	assert_string_equal(web->url, "https://rb.example.org:8443");
	assert_int_equal(web->n_status, 1);
	assert_string_equal(web->status_password, "a secret of some length");
	assert_int_equal(web->standin_port, 7072);
	assert_string_equal(web->text, "a\nb");
	assert_string_equal(web->template, "<p>{page}</p>\n");
	assert_string_equal(web->logo_type, "image/png");
	assert_int_equal(web->logo_size, 12);
	assert_string_equal(web->certificates[0].name, "*.example.org");
	assert_int_equal(web->certificates[0].n_servers, 2);
	assert_non_null(strstr(web->certificates[0].key, "PRIVATE KEY"));
	conf_free(conf);
}

static void profile_is(const struct conf *conf, const char *watch, const char *server,
		       uint8_t proto, uint16_t port, enum profile expected)
{
	struct service s = { .proto = proto, .port = port };

	assert_int_equal(addr_parse(&s.server, server), 0);
	assert_int_equal(conf_profile(conf, conf_watch_find(conf, watch), &s), expected);
}

static void test_profiles(void **state)
{
	struct conf *conf = conf_good(
		"watch \"a\" { servers = {\"192.0.2.0/24\"} ports = {\"tcp/1-65535\", \"udp/1-65535\"}\n"
		"notify = {} standin = on }\n"
		"watch \"r\" { servers = {\"2001:db8::/32\"} ports = {\"tcp/443\"} notify = {}\n"
		"standin = on standin-tls = reset }\n"
		"watch \"t\" { servers = {\"2001:db8::/32\"} ports = {\"tcp/443\"} notify = {}\n"
		"standin = on standin-profile = text }\n" W
		"web { certificate \"c\" { servers = {\"192.0.2.8/29\"} " PEM " } }\n");

	(void)state;
	profile_is(conf, "a", "192.0.2.1", IPPROTO_TCP, 80, PROFILE_HTTP);
	profile_is(conf, "a", "192.0.2.1", IPPROTO_TCP, 25, PROFILE_TEXT);
	profile_is(conf, "a", "192.0.2.1", IPPROTO_TCP, 443, PROFILE_PASS);
	profile_is(conf, "a", "192.0.2.9", IPPROTO_TCP, 443, PROFILE_TLS);
	profile_is(conf, "a", "192.0.2.1", IPPROTO_UDP, 80, PROFILE_PASS);
	profile_is(conf, "r", "2001:db8::1", IPPROTO_TCP, 443, PROFILE_RESET);
	profile_is(conf, "t", "2001:db8::1", IPPROTO_TCP, 443, PROFILE_TEXT);
	profile_is(conf, "w", "192.0.2.1", IPPROTO_TCP, 80, PROFILE_PASS);
	conf_free(conf);
}

static void test_speaks_for(void **state)
{
	struct conf *conf = conf_good(W "alias \"192.0.2.1\" { addresses = {\"198.51.100.1\"} "
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
	static const enum room rooms[] = { ROOM_ENGINE, ROOM_TRAPS, ROOM_MAILER, ROOM_WEB };
	static const char text[] = SECRET_MAIL SECRET_SNMP SECRET_WEB;
	struct conf *conf;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		conf = conf_good(text);
		conf_keep(conf, rooms[i]);
		assert_int_equal(conf->snmp.n_communities, rooms[i] == ROOM_TRAPS);
		assert_int_equal(conf->snmp.n_users, rooms[i] == ROOM_TRAPS);
		assert_int_equal(conf->mail.password != NULL, rooms[i] == ROOM_MAILER);
		assert_int_equal(conf->mail.user != NULL, rooms[i] == ROOM_MAILER);
		assert_int_equal(conf->web.status_password != NULL, rooms[i] == ROOM_WEB);
		assert_int_equal(conf->web.certificates[0].key != NULL, rooms[i] == ROOM_WEB);
		assert_non_null(conf->web.certificates[0].chain);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_watch_values),
		cmocka_unit_test(test_snmp_values),
		cmocka_unit_test(test_web_defaults),
		cmocka_unit_test(test_web_values),
		cmocka_unit_test(test_profiles),
		cmocka_unit_test(test_speaks_for),
		cmocka_unit_test(test_secrets_stay_where_needed),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, conf_files_make, conf_files_remove);
}
