// SPDX-License-Identifier: GPL-2.0
/*
 * The configuration of routes: to whom lists of waiting clients go, by which steps, from
 * whom they are taken, and the programs beside ours.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "conf_fake.h"

#define WATCH(steps) \
	"watch \"w\" { servers = {\"192.0.2.0/24\"} ports = {\"tcp/80\"}\nnotify = {" steps "} }\n"
#define W    WATCH("")
#define MAIL "mail { server = \"mail.example.org\" from = \"rb@example.org\" }\n"
#define KEYS \
	"auth = \"SHA-256\" auth-key-file = \"@/key\" priv = \"AES\" priv-key-file = \"@/crlf\""
#define USER	   "user = \"rb\" " KEYS
#define NMS(name)  "nms \"" name "\" { host = \"192.0.2.9\" " USER " }\n"
#define HOOK(name) "webhook \"" name "\" { url = \"https://hook.example.org/in\" }\n"
#define ALERTS                                                             \
	"webhook \"am\" { url = \"http://192.0.2.9:9093/api/v2/alerts\"\n" \
	"format = \"alertmanager\" }\n"

#define SNMP	      "snmp { listen = {\"udp:162\"} user \"rb\" { " KEYS " } }\n"
#define RECEIVE(more) "kernel = false\n" MAIL SNMP "receive \"r\" {\n" more "\n}\n"

static const struct mistake mistakes[] = {
	/* steps */
	{ WATCH("\"pigeon\""), { ":2: notify: expected \"mail\", \"server\", \"nms\"" } },
	{ WATCH("\"mail:a\", \"nms:\",\n\"server:a\", \"nms:a b\", \":\""),
	  { ":2: notify: expected", ":2: notify: expected", ":3: notify: expected",
	    ":3: notify: expected", ":3: notify: expected" } },
	{ WATCH("\"mail\""), { ":2: watch \"w\": notify \"mail\" needs a mail section" } },
	{ WATCH("\"server\""), { ":2: watch \"w\": notify \"server\" needs a server section" } },
	{ WATCH("\"nms\""), { ":2: watch \"w\": notify \"nms\" needs a section nms \"NAME\"" } },
	{ WATCH("\"nms:a\"") NMS("b"),
	  { ":2: watch \"w\": notify \"nms:a\" needs a section of this name" } },
	{ WATCH("\"webhook\"") NMS("a"),
	  { ":2: watch \"w\": notify \"webhook\" needs a section webhook \"NAME\" that takes" } },
	{ WATCH("\"webhook\"") ALERTS, { ":2: watch \"w\": notify \"webhook\" needs a section" } },
	{ WATCH("\"webhook:am\"") ALERTS,
	  { ":2: watch \"w\": notify \"webhook:am\" needs one that takes lists" } },
	{ WATCH("\"mail\", \"mail\"") MAIL, { ":2: watch \"w\": notify: expected \"mail\" once" } },
	{ WATCH("\"nms\", \"nms:a\"") NMS("a"),
	  { ":2: watch \"w\": notify: expected \"nms:a\" once" } },
	{ WATCH("\"nms:a\", \"nms:b\", \"nms:c\", \"nms:d\", \"nms:e\", \"nms:f\", \"nms:g\", "
		"\"nms:h\",\n\"nms:i\", \"nms:j\""),
	  { ":3: notify: expected up to 8 steps" } },
	{ WATCH("\"mail\", \"nms\"") MAIL NMS("a") NMS("b") NMS("c") NMS("d") NMS("e") NMS("f")
		  NMS("g") NMS("h"),
	  { ":2: notify: expected up to 8 steps" } },
	{ "watch \"v\" { servers = {\"192.0.2.0/24\"} ports = {\"tcp/80\"}\n"
	  "notify = {\"nms\"} inquire = \"where\" }\nweb { }\n" NMS("a"),
	  { ":2: watch \"v\": inquire \"where\" needs a mail section" } },
	/* the recovered server, management stations */
	{ W "server { }\n", { ":3: section server: expected user or community" } },
	{ W "server { " USER " }\nserver { " USER " }\n", { ":4: section server: given before" } },
	{ W "server { " USER " community = \"c\" }\n",
	  { ":3: section server: expected user or community, one of them" } },
	{ W "server { host = \"192.0.2.9\" " USER " }\n",
	  { ":3: unknown option \"host\"; expected one of port, community, user" } },
	{ W "server { user = \"rb\" auth = \"SHA\" auth-key-file = \"@/key\" }\n",
	  { ":3: user: expected priv beside it", ":3: user: expected priv-key-file beside it" } },
	{ W "server { community = \"c\"\nauth = \"SHA\" }\n",
	  { ":4: auth: has no effect with community" } },
	{ W "server { community = \"\" }\n", { ":3: community: expected 1 to 255 bytes" } },
	{ W "server { user = \"a b\" " KEYS " }\n",
	  { ":3: user: expected a name of printable characters" } },
	{ W "server { user = \"012345678901234567890123456789012\" " KEYS " }\n",
	  { ":3: user: expected a name of 1 to 32 bytes" } },
	{ W "server { " USER " time = 4 }\n",
	  { ":3: time: expected at least timeout (5 seconds), not 4" } },
	{ W "server { " USER "\ntimeout = 61 }\n", { ":4: timeout: expected seconds from 1 to" } },
	{ W "server { " USER "\ntimeout = 0\ngive-up = 59 time = 86401 }\n",
	  { ":4: timeout:", ":5: give-up: expected seconds from 60 to 2592000",
	    ":5: time: expected seconds from 1 to 86400" } },
	{ W "nms { }\n", { ":3: missing title for section 'nms'" } },
	{ W "nms \"a\" { }\n", { ":3: section nms: expected host, which is required" } },
	{ W "nms \"a\" { host = \"a/b\" port = 0\nannounce = 2 " USER " }\n",
	  { ":3: host: expected a host name or an address", ":3: port: expected a port from 1",
	    ":4: announce: expected true or false" } },
	{ W "nms \"a b\" { host = \"a\" " USER " }\n", { ":3: nms: expected a name of 1 to 31" } },
	{ W NMS("a") NMS("a"), { ":4: nms \"a\": there is one of this name already" } },
	{ W "nms \"a\" { host = \"a\" user = \"rb\" auth = \"SHA\" auth-key-file = \"@/open\" }\n",
	  { ":3: auth-key-file: @/open: others may read" } },
	/* webhooks */
	{ W "webhook \"a\" { }\n", { ":3: section webhook: expected url, which is required" } },
	{ W "webhook \"a\" { url = \"ftp://example.org/\" }\n",
	  { ":3: url: expected http:// or https://, a host and a path, up to 1000 bytes" } },
	{ W "webhook \"a\" { url = \"https://\" }\n", { ":3: url: expected http://" } },
	{ W "webhook \"a\" { url = \"https:///path\" }\n", { ":3: url: expected http://" } },
	{ W "webhook \"a\" { url = \"https://u:p@example.org/\" }\n",
	  { ":3: url: expected http://" } },
	{ W "webhook \"a\" { url = \"https://example.org/\\r\\nX: y\" }\n",
	  { ":3: url: expected http://" } },
	{ W "webhook \"a\" { url = \"http://example.org/\"\nca-file = \"@/chain\" }\n",
	  { ":4: ca-file: has no effect with a url of http://" } },
	{ W "webhook \"a\" { url = \"https://example.org/\"\nformat = \"slack\" }\n",
	  { ":4: format: expected \"ringback\" or \"alertmanager\", not \"slack\"" } },
	{ W "webhook \"a\" { url = \"https://example.org/\"\nkey-file = \"@/short\" }\n",
	  { ":4: key-file: @/short: expected 8 bytes or more" } },
	{ W "webhook \"a\" { url = \"https://example.org/\" format = \"alertmanager\"\n"
	    "key-file = \"@/key\"\ntime = 9\nannounce = off }\n",
	  { ":4: key-file: has no effect with format = \"alertmanager\"", ":5: time: has no effect",
	    ":6: announce: expected true" } },
	{ W HOOK("a") HOOK("a"), { ":4: webhook \"a\": there is one of this name already" } },
	/* receiving */
	{ W "receive \"r\" { }\n", { ":3: section receive: expected from, which is required" } },
	{ RECEIVE("from = {} user = \"rb\""), { ":5: from: expected one address or more" } },
	{ RECEIVE("from = {\"192.0.2.1\", \"192.0.2.0/24\"} user = \"rb\""),
	  { ":5: from: expected an address, not \"192.0.2.0/24\"" } },
	{ RECEIVE("from = {\"192.0.2.1\"}"),
	  { ":4: receive \"r\": expected user or community, one of them" } },
	{ RECEIVE("from = {\"192.0.2.1\"} user = \"rb\" community = \"c\""),
	  { ":4: receive \"r\": expected user or community" } },
	{ RECEIVE("from = {\"192.0.2.1\"}\nuser = \"nobody\""),
	  { ":6: user: expected the name of a user in section snmp that has no engine-id, not "
	    "\"nobody\"" } },
	{ "kernel = false\n" MAIL "snmp { listen = {\"udp:162\"}\n"
	  "user \"rb\" { " KEYS " engine-id = \"8000000001ab\" } }\n"
	  "receive \"r\" { from = {\"192.0.2.1\"} user = \"rb\" }\n",
	  { ":5: user: expected the name of a user in section snmp that has no engine-id" } },
	{ "kernel = false\n" MAIL "snmp { listen = {\"udp:162\"}\n"
	  "user \"rb\" { auth = \"SHA\" auth-key-file = \"@/key\" } }\n"
	  "receive \"r\" { from = {\"192.0.2.1\"} user = \"rb\" }\n",
	  { ":5: user: user \"rb\" of section snmp has no priv" } },
	{ RECEIVE("from = {\"192.0.2.1\"} community = \"c\" clients = 1000001"),
	  { ":5: clients: expected clients from 1 to 1000000" } },
	{ RECEIVE("from = {\"192.0.2.1\"} community = \"c\"") "receive \"s\" {\n"
							      "from = {\"192.0.2.2\",\n\"192.0.2.1\"} community = \"c\" }\n",
	  { ":8: from: 192.0.2.1 is in receive \"r\" already" } },
	{ RECEIVE("from = {\"192.0.2.1\"} community = \"c\"") "receive \"r\" { from = {\"192.0.2.2\"} community = \"c\" }\n",
	  { ":7: receive \"r\": there is one of this name already" } },
	{ "kernel = false\nreceive \"r\" { from = {\"192.0.2.2\"} community = \"c\" }\n",
	  { ":2: receive \"r\": expected a section snmp with listen",
	    ":2: receive \"r\": expected a section mail" } },
	{ MAIL SNMP "receive \"r\" { from = {\"192.0.2.2\"} community = \"c\" }\n",
	  { ": expected a watch section, or kernel = false" } },
	/* the programs beside ours */
	{ W "mib = \"enterprises.8072\"\n", { ":3: mib: expected a numeric object identifier" } },
	{ W "mib = \"2.3.6.1.4.1\"\n", { ":3: mib: expected" } },
	{ W "mib = \"1.3.6.1.4.1.8072.9999.9999.746400\"\n", { ":3: mib: expected" } },
	{ W "agentx = \"run/agentx\"\n",
	  { ":3: agentx: expected true, the absolute path of a socket, or" } },
	{ W "agentx = \"tcp:host\"\n", { ":3: agentx: expected" } },
	{ W "agentx = \"tcp:host:0\"\n", { ":3: agentx: expected" } },
	{ W "contact-command = {}\n", { ":3: contact-command: expected a program" } },
	{ W "contact-command = {\"true\"}\n",
	  { ":3: contact-command: true: expected an absolute path" } },
	{ W "contact-command = {\"@/none\"}\n", { ":3: contact-command: @/none: No such file" } },
	{ W "contact-command = {\"@/key\"}\n", { ":3: contact-command: @/key: expected a prog" } },
	{ W "contact-timeout = 3\ncontact-cache = 0\ncontact-processes = 1\n",
	  { ":3: contact-timeout: expected contact-command beside it",
	    ":4: contact-cache: expected", ":5: contact-processes: expected" } },
	{ W "contact-command = {\"/bin/true\"} contact-timeout = 61\n"
	    "contact-cache = 86401 contact-processes = 65\n",
	  { ":3: contact-timeout: expected seconds from 1 to 60",
	    ":4: contact-cache: expected seconds from 0 to 86400",
	    ":4: contact-processes: expected processes from 1 to 64" } },
	{ W "web { metrics = 1 }\n", { ":3: metrics: expected true or false" } },
};

static void test_mistakes(void **state)
{
	(void)state;
	check_mistakes(mistakes, sizeof(mistakes) / sizeof(mistakes[0]));
}

/* A community is a secret: no error repeats it. */
static void test_communities_are_not_told(void **state)
{
	struct conf_errors errors = { 0 };
	char text[600] = W "server { community = \"";

	(void)state;
	memset(text + strlen(text), 'S', 300);
	strcat(text, "\" }\n");
	assert_null(conf_text_read(text, &errors));
	for (size_t i = 0; i < errors.n; i++)
		assert_null(strstr(errors.list[i].text, "SSS"));
	conf_errors_free(&errors);
}

static void step_is(const struct conf_watch *w, size_t i, enum route route, const char *target)
{
	assert_in_range(i, 0, w->n_notify - 1);
	assert_int_equal(w->notify[i].route, route);
	assert_string_equal(w->notify[i].target, target);
}

static void test_steps(void **state)
{
	struct conf *conf =
		conf_good(WATCH("\"server\", \"nms:b\", \"webhook\", \"mail\"") MAIL
			  "server { " USER " }\n" NMS("a") NMS("b") HOOK("x") ALERTS HOOK("y"));
	const struct conf_watch *w = &conf->watches[0];

	(void)state;
	assert_int_equal(w->n_notify, 5);
	step_is(w, 0, ROUTE_SERVER, "");
	step_is(w, 1, ROUTE_NMS, "b");
	step_is(w, 2, ROUTE_WEBHOOK, "x");
	step_is(w, 3, ROUTE_WEBHOOK, "y");
	step_is(w, 4, ROUTE_MAIL, "");
	conf_free(conf);
	/* the sections may stand before the watch; nobody mails here */
	conf = conf_good(NMS("b") NMS("a") WATCH("\"nms\""));
	assert_int_equal(conf->watches[0].n_notify, 2);
	step_is(&conf->watches[0], 0, ROUTE_NMS, "b");
	step_is(&conf->watches[0], 1, ROUTE_NMS, "a");
	conf_free(conf);
}

static void test_target_defaults(void **state)
{
	struct conf *conf = conf_good(W "server { community = \"c\" }\n" NMS("a") HOOK("a") ALERTS);
	const struct conf_target *t = conf_target_find(conf, ROUTE_SERVER, "");

	(void)state;
	assert_int_equal(conf->n_targets, 4);
	assert_string_equal(t->name, "server");
	assert_string_equal(t->community, "c");
	assert_null(t->user.name);
	assert_int_equal(t->port, 162);
	assert_int_equal(t->time, 60);
	assert_int_equal(t->timeout, 5);
	assert_int_equal(t->give_up, 432000);
	assert_false(t->announce);
	assert_true(t->lists);
	t = conf_target_find(conf, ROUTE_NMS, "a");
	assert_string_equal(t->host, "192.0.2.9");
	assert_null(t->community);
	assert_string_equal(t->user.name, "rb");
	assert_int_equal(t->user.auth, SNMP_AUTH_SHA256);
	assert_int_equal(t->user.priv, SNMP_PRIV_AES);
	assert_string_equal(t->user.auth_key, "a secret of some length");
	assert_string_equal(t->user.priv_key, "crlf secret");
	assert_null(t->user.engine_id);
	assert_true(t->announce);
	t = conf_target_find(conf, ROUTE_WEBHOOK, "a");
	assert_int_equal(t->format, WEBHOOK_RINGBACK);
	assert_string_equal(t->url, "https://hook.example.org/in");
	assert_null(t->key);
	assert_null(t->ca_file);
	assert_true(t->announce);
	assert_true(t->lists);
	assert_false(conf_target_find(conf, ROUTE_WEBHOOK, "am")->lists);
	conf_free(conf);
}

static void test_target_values(void **state)
{
	struct conf *conf = conf_good(
		W
		"nms \"a\" { host = \"2001:db8::9\" port = 1162 time = 90 timeout = 9 give-up = 600\n"
		"announce = no " USER " }\n"
		"webhook \"b\" { url = \"https://[2001:db8::9]:8443/in?key=1&x=%20\" time = 5\n"
		"key-file = \"@/key\" ca-file = \"@/chain\" announce = off }\n");
	const struct conf_target *t = conf_target_find(conf, ROUTE_NMS, "a");

	(void)state;
	assert_string_equal(t->host, "2001:db8::9");
	assert_int_equal(t->port, 1162);
	assert_int_equal(t->time, 90);
	assert_int_equal(t->timeout, 9);
	assert_int_equal(t->give_up, 600);
	assert_false(t->announce);
	t = conf_target_find(conf, ROUTE_WEBHOOK, "b");
	assert_string_equal(t->url, "https://[2001:db8::9]:8443/in?key=1&x=%20");
	assert_string_equal(t->key, "a secret of some length");
	assert_non_null(t->ca_file);
	assert_false(t->announce);
	conf_free(conf);
}

static void test_receive(void **state)
{
	struct conf *conf = conf_good(RECEIVE(
		"from = {\"192.0.2.1\", \"2001:db8::1\"} user = \"rb\"") "receive \"s\" {\n"
									 "from = {\"192.0.2.3\"} community = \"c\" clients = 1000000 }\n");
	const struct conf_receive *receive;
	struct addr from;

	(void)state;
	assert_int_equal(conf->n_watches, 0);
	assert_int_equal(conf->n_receives, 2);
	addr_parse(&from, "2001:db8::1");
	receive = conf_receive_from(conf, &from);
	assert_string_equal(receive->name, "r");
	assert_string_equal(receive->user, "rb");
	assert_null(receive->community);
	assert_int_equal(receive->clients, 200000);
	addr_parse(&from, "192.0.2.3");
	receive = conf_receive_from(conf, &from);
	assert_string_equal(receive->name, "s");
	assert_string_equal(receive->community, "c");
	assert_int_equal(receive->clients, 1000000);
	addr_parse(&from, "192.0.2.4");
	assert_null(conf_receive_from(conf, &from));
	conf_free(conf);
	/* a section snmp that serves lists only */
	conf = conf_good("kernel = false\n" MAIL "snmp { listen = {\"udp:162\"} }\n"
			 "receive \"r\" { from = {\"192.0.2.1\"} community = \"c\" }\n");
	assert_int_equal(conf->snmp.n_communities, 0);
	conf_free(conf);
}

static void test_beside(void **state)
{
	struct conf *conf = conf_good(W);

	(void)state;
	assert_string_equal(conf->mib_base, MIB_BASE_DEFAULT);
	assert_null(conf->agentx);
	assert_null(conf->lookup.argv);
	assert_int_equal(conf->lookup.timeout, 5);
	assert_int_equal(conf->lookup.cache, 600);
	assert_int_equal(conf->lookup.at_once, 4);
	conf_free(conf);
	conf = conf_good(W "mib = \".1.3.6.1.4.1.8072.9999.9999.1\" agentx = yes\n"
			   "contact-command = {\"/bin/true\", \"-x\", \"\"} contact-timeout = 1\n"
			   "contact-cache = 0 contact-processes = 64\n");
	assert_string_equal(conf->mib_base, "1.3.6.1.4.1.8072.9999.9999.1");
	assert_string_equal(conf->agentx, AGENTX_SOCKET_DEFAULT);
	assert_string_equal(conf->lookup.argv[0], "/bin/true");
	assert_string_equal(conf->lookup.argv[1], "-x");
	assert_string_equal(conf->lookup.argv[2], "");
	assert_null(conf->lookup.argv[3]);
	assert_int_equal(conf->lookup.timeout, 1);
	assert_int_equal(conf->lookup.cache, 0);
	assert_int_equal(conf->lookup.at_once, 64);
	conf_free(conf);
	conf = conf_good(W "agentx = \"tcp:localhost:705\"\n");
	assert_string_equal(conf->agentx, "tcp:localhost:705");
	conf_free(conf);
	conf = conf_good(W "agentx = no\n");
	assert_null(conf->agentx);
	conf_free(conf);
}

/* Keys of targets stay with the mailer, communities of senders with the traps room. */
static void test_secrets_stay_where_needed(void **state)
{
	struct conf *conf;

	(void)state;
	for (enum room room = ROOM_ENGINE; room < ROOM_MAX; room++) {
		conf = conf_good(
			RECEIVE("from = {\"192.0.2.3\"} community = \"c\"") "server { community = \"c\" }\n" NMS(
				"a") "webhook \"b\" {\n"
				     "url = \"https://example.org/\" key-file = \"@/key\" }\n");
		conf_keep(conf, room);
		assert_int_equal(conf->targets[0].community != NULL, room == ROOM_MAILER);
		assert_int_equal(conf->targets[1].user.auth_key != NULL, room == ROOM_MAILER);
		assert_int_equal(conf->targets[1].user.priv_key != NULL, room == ROOM_MAILER);
		assert_int_equal(conf->targets[2].key != NULL, room == ROOM_MAILER);
		assert_int_equal(conf->receives[0].community != NULL, room == ROOM_TRAPS);
		conf_free(conf);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_communities_are_not_told),
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_target_defaults),
		cmocka_unit_test(test_target_values),
		cmocka_unit_test(test_receive),
		cmocka_unit_test(test_beside),
		cmocka_unit_test(test_secrets_stay_where_needed),
	};

	return cmocka_run_group_tests(tests, conf_files_make, conf_files_remove);
}
