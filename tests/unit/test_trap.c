// SPDX-License-Identifier: GPL-2.0
/* Traps judged: OIDs, the v1 mapping, senders, communities, users, kinds. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "traps/pending.h"
#include "traps/trap.h"

static char *communities[] = { "secret", "s3cond" };
static char *oids[] = { "1.3.6.1.4.1.9.9" };
static uint8_t device[] = { 0x80, 0, 0, 0, 1, 2 };
static struct conf_snmp_user users[] = {
	{ .name = "full",
	  .auth = SNMP_AUTH_SHA256,
	  .priv = SNMP_PRIV_AES,
	  .engine_id = "800000000102" },
	{ .name = "auth", .auth = SNMP_AUTH_SHA256 },
};
static struct addr alias_addr[1];
static struct conf_alias alias = { .addresses = alias_addr, .n_addresses = 1 };
static struct prefix servers[1];
static struct conf_watch watch = { .servers = servers, .n_servers = 1 };
static struct conf conf = {
	.watches = &watch,
	.n_watches = 1,
	.aliases = &alias,
	.n_aliases = 1,
	.snmp = { .communities = communities,
		  .n_communities = 2,
		  .users = users,
		  .n_users = 2,
		  .oids = oids,
		  .n_oids = 1 },
};

static struct trap_oid oid(const char *text)
{
	struct trap_oid o;

	assert_int_equal(trap_oid_parse(&o, text), 0);
	return o;
}

static struct trap_raw raw_v2(const char *from, const char *community, const char *what)
{
	struct trap_raw r = { .version = 2, .command = TRAP_COMMAND_TRAP, .oid = oid(what) };

	assert_int_equal(addr_parse(&r.source, from), 0);
	r.community = (const uint8_t *)community;
	r.community_len = strlen(community);
	return r;
}

static struct trap_raw raw_v3(const char *user, enum trap_level level, bool own)
{
	struct trap_raw r = raw_v2("192.0.2.10", "", "1.3.6.1.6.3.1.1.5.1");

	r.version = 3;
	r.user = user;
	r.user_len = strlen(user);
	r.engine = device;
	r.engine_len = sizeof(device);
	r.own_engine = own;
	r.level = level;
	return r;
}

static enum trap_verdict judge(struct trap_raw r)
{
	struct msg_trap out;

	return trap_judge(&conf, &r, &out);
}

static void oid_text(void **state)
{
	static const char *const bad[] = { "",	   "1",	   "1.",	   "1..3", "a.b",
					   "1.3x", "1.-3", "1.4294967296", "..1" };
	struct trap_oid o;
	char buf[64], tight[16];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(trap_oid_parse(&o, bad[i]), -EINVAL);
	o = oid(".1.3.6.1.4294967295");
	assert_string_equal(trap_oid_format(&o, buf, sizeof(buf)), "1.3.6.1.4294967295");
	o = oid("1.3.6.1.4.1.311.1");
	assert_string_equal(trap_oid_format(&o, tight, sizeof(tight)), "1.3.6.1.4.1...");
	o = oid("1.3.6.1.4.1.999");
	assert_string_equal(trap_oid_format(&o, tight, sizeof(tight)), "1.3.6.1.4.1.999");
}

static void v1_mapping(void **state)
{
	struct trap_oid enterprise = oid("1.3.6.1.4.1.9.9.7"), o;
	char buf[64];

	(void)state;
	assert_int_equal(trap_oid_from_v1(&o, &enterprise, 0, 0), 0);
	assert_string_equal(trap_oid_format(&o, buf, sizeof(buf)), "1.3.6.1.6.3.1.1.5.1");
	assert_int_equal(trap_oid_from_v1(&o, &enterprise, 5, 0), 0);
	assert_string_equal(trap_oid_format(&o, buf, sizeof(buf)), "1.3.6.1.6.3.1.1.5.6");
	assert_int_equal(trap_oid_from_v1(&o, &enterprise, 6, 4), 0);
	assert_string_equal(trap_oid_format(&o, buf, sizeof(buf)), "1.3.6.1.4.1.9.9.7.0.4");
	assert_int_equal(trap_oid_from_v1(&o, &enterprise, 7, 0), -EINVAL);
	assert_int_equal(trap_oid_from_v1(&o, &enterprise, -1, 0), -EINVAL);
	enterprise.len = TRAP_OID_MAX - 1;
	assert_int_equal(trap_oid_from_v1(&o, &enterprise, 6, 1), -EINVAL);
}

static void senders(void **state)
{
	struct msg_trap out;
	struct trap_raw r = raw_v2("198.51.100.7", "secret", "1.3.6.1.6.3.1.1.5.1");
	char buf[ADDR_STRLEN];

	(void)state;
	assert_int_equal(trap_judge(&conf, &r, &out), TRAP_ACCEPTED);
	assert_string_equal(addr_format(&out.source, buf), "198.51.100.7");
	assert_string_equal(addr_format(&out.server, buf), "192.0.2.10");
	r = raw_v2("203.0.113.1", "secret", "1.3.6.1.6.3.1.1.5.1");
	assert_int_equal(judge(r), TRAP_STRANGER);
}

static void community(void **state)
{
	static const char *const bad[] = { "",	     "secre",	     "secrets",
					   "Secret", "secretsecret", "s3conD" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(judge(raw_v2("192.0.2.1", bad[i], "1.3.6.1.6.3.1.1.5.1")),
				 TRAP_BAD_COMMUNITY);
	assert_int_equal(judge(raw_v2("192.0.2.1", "s3cond", "1.3.6.1.6.3.1.1.5.1")),
			 TRAP_ACCEPTED);
	conf.snmp.n_communities = 0;
	assert_int_equal(judge(raw_v2("192.0.2.1", "", "1.3.6.1.6.3.1.1.5.1")), TRAP_BAD_COMMUNITY);
	conf.snmp.n_communities = 2;
}

static void user_levels(void **state)
{
	struct trap_raw r;

	(void)state;
	assert_int_equal(judge(raw_v3("full", TRAP_LEVEL_PRIV, false)), TRAP_ACCEPTED);
	assert_int_equal(judge(raw_v3("full", TRAP_LEVEL_AUTH, false)), TRAP_BAD_LEVEL);
	assert_int_equal(judge(raw_v3("full", TRAP_LEVEL_NONE, false)), TRAP_BAD_LEVEL);
	assert_int_equal(judge(raw_v3("full", 0, true)), TRAP_BAD_LEVEL);
	assert_int_equal(judge(raw_v3("auth", TRAP_LEVEL_AUTH, true)), TRAP_ACCEPTED);
	assert_int_equal(judge(raw_v3("auth", TRAP_LEVEL_NONE, true)), TRAP_BAD_LEVEL);
	/* Without an engine ID of its own a user is good for informs only. */
	assert_int_equal(judge(raw_v3("auth", TRAP_LEVEL_AUTH, false)), TRAP_BAD_USER);
	assert_int_equal(judge(raw_v3("nobody", TRAP_LEVEL_PRIV, true)), TRAP_BAD_USER);
	assert_int_equal(judge(raw_v3("ful", TRAP_LEVEL_PRIV, true)), TRAP_BAD_USER);
	/* An inform on an engine that is not ours proves no freshness. */
	r = raw_v3("full", TRAP_LEVEL_PRIV, false);
	r.command = TRAP_COMMAND_INFORM;
	assert_int_equal(judge(r), TRAP_BAD_USER);
	r = raw_v3("full", TRAP_LEVEL_PRIV, false);
	r.engine_len--;
	assert_int_equal(judge(r), TRAP_BAD_USER);
}

static void kinds(void **state)
{
	static const struct {
		const char *oid;
		int verdict;
		int kind;
	} rows[] = {
		{ "1.3.6.1.6.3.1.1.5.1", TRAP_ACCEPTED, TRAP_COLD_START },
		{ "1.3.6.1.6.3.1.1.5.2", TRAP_ACCEPTED, TRAP_WARM_START },
		{ "1.3.6.1.6.3.1.1.5.3", TRAP_IGNORED, 0 },
		{ "1.3.6.1.6.3.1.1.5.4", TRAP_ACCEPTED, TRAP_LINK_UP },
		{ "1.3.6.1.6.3.1.1.5", TRAP_IGNORED, 0 },
		{ "1.3.6.1.6.3.1.1.5.1.1", TRAP_IGNORED, 0 },
		{ "1.3.6.1.4.1.9.9", TRAP_ACCEPTED, TRAP_OTHER_OID },
		{ "1.3.6.1.4.1.9.9.1.2", TRAP_ACCEPTED, TRAP_OTHER_OID },
		{ "1.3.6.1.4.1.9.91", TRAP_IGNORED, 0 },
		{ "1.3.6.1.4.1.9", TRAP_IGNORED, 0 },
	};
	struct trap_raw r;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct msg_trap out;

		r = raw_v2("192.0.2.1", "secret", rows[i].oid);
		assert_int_equal(trap_judge(&conf, &r, &out), rows[i].verdict);
		if (rows[i].verdict == TRAP_ACCEPTED)
			assert_int_equal(out.kind, rows[i].kind);
	}
	r.oid.len = 0;
	assert_int_equal(judge(r), TRAP_MALFORMED);
	r.command = TRAP_COMMAND_OTHER;
	assert_int_equal(judge(r), TRAP_BAD_COMMAND);
}

struct collected {
	unsigned int n;
	int err;
};

static int collect(const struct msg_trap *trap, void *arg)
{
	struct collected *c = arg;

	(void)trap;
	if (!c->err)
		c->n++;
	return c->err;
}

static void repeats(void **state)
{
	static struct pending p;
	struct msg_trap t = { .oid = "1.3.6.1.6.3.1.1.5.1" };
	struct collected c = { 0 };
	unsigned long lost = 0;
	bool owed;

	(void)state;
	addr_parse(&t.server, "192.0.2.10");
	assert_int_equal(pending_add(&p, &t, 1000, &owed, &lost), PENDING_NEW);
	/* The engine is away: the repetition waits with the first. */
	c.err = -EAGAIN;
	assert_int_equal(pending_flush(&p, 1000, collect, &c, &lost), -EAGAIN);
	assert_int_equal(pending_add(&p, &t, 5000, &owed, &lost), PENDING_REPEATED);
	assert_true(owed);
	c.err = 0;
	assert_int_equal(pending_flush(&p, 6000, collect, &c, &lost), 0);
	assert_int_equal(c.n, 1);
	assert_int_equal(p.owed, 0);
	assert_int_equal(pending_add(&p, &t, 1000 + PENDING_REPEAT_MS - 1, &owed, &lost),
			 PENDING_REPEATED);
	assert_false(owed);
	assert_int_equal(pending_add(&p, &t, 1000 + PENDING_REPEAT_MS, &owed, &lost), PENDING_NEW);
	/* Old news is dropped and counted. */
	assert_int_equal(pending_flush(&p, 2000 + PENDING_KEEP_MS + 1, collect, &c, &lost), 0);
	assert_int_equal(c.n, 1);
	assert_int_equal(lost, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(oid_text),    cmocka_unit_test(v1_mapping),
		cmocka_unit_test(senders),     cmocka_unit_test(community),
		cmocka_unit_test(user_levels), cmocka_unit_test(kinds),
		cmocka_unit_test(repeats),
	};

	prefix_parse(&servers[0], "192.0.2.0/24");
	addr_parse(&alias.server, "192.0.2.10");
	addr_parse(&alias_addr[0], "198.51.100.7");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
