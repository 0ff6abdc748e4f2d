// SPDX-License-Identifier: GPL-2.0
/*
 * Unit tests of the pure half of userspace/nl: messages are built by hand, good
 * ones and hostile ones; no socket is opened.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "nl/request.h"

#define FAMILY 0x20

static char buf[4096] __attribute__((aligned(8)));

static struct nlmsghdr *message(uint8_t cmd)
{
	struct genlmsghdr *genl;
	struct nlmsghdr *nlh;

	memset(buf, 0, sizeof(buf));
	nlh = mnl_nlmsg_put_header(buf);
	nlh->nlmsg_type = FAMILY;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	return nlh;
}

static void put_addr(struct nlmsghdr *nlh, uint16_t type, const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(&a, text), 0);
	nl_put_addr(nlh, type, &a);
}

/* Every attribute of an attempt but @without. */
static struct nlmsghdr *attempt_without(int without)
{
	static const uint8_t mac[] = { 2, 0, 0, 0, 0, 1 };
	struct nlmsghdr *nlh = message(RINGBACK_CMD_ATTEMPT_NTF);

#define PUT(attr, put)                 \
	do {                           \
		if (without != (attr)) \
			put;           \
	} while (0)
	PUT(RINGBACK_A_ATTEMPT_CLIENT, put_addr(nlh, RINGBACK_A_ATTEMPT_CLIENT, "192.0.2.1"));
	PUT(RINGBACK_A_ATTEMPT_SERVER, put_addr(nlh, RINGBACK_A_ATTEMPT_SERVER, "198.51.100.2"));
	PUT(RINGBACK_A_ATTEMPT_PROTO, mnl_attr_put_u8(nlh, RINGBACK_A_ATTEMPT_PROTO, 6));
	PUT(RINGBACK_A_ATTEMPT_PORT, nl_put_port(nlh, RINGBACK_A_ATTEMPT_PORT, 8080));
	PUT(RINGBACK_A_ATTEMPT_STATE, mnl_attr_put_u8(nlh, RINGBACK_A_ATTEMPT_STATE, 1));
	PUT(RINGBACK_A_ATTEMPT_REASON, mnl_attr_put_u8(nlh, RINGBACK_A_ATTEMPT_REASON, 2));
	PUT(RINGBACK_A_ATTEMPT_COUNT, mnl_attr_put_u32(nlh, RINGBACK_A_ATTEMPT_COUNT, 5));
	PUT(RINGBACK_A_ATTEMPT_FIRST, mnl_attr_put_u64(nlh, RINGBACK_A_ATTEMPT_FIRST, 1000));
	PUT(RINGBACK_A_ATTEMPT_LAST, mnl_attr_put_u64(nlh, RINGBACK_A_ATTEMPT_LAST, 2000));
	PUT(RINGBACK_A_ATTEMPT_WATCH, mnl_attr_put_strz(nlh, RINGBACK_A_ATTEMPT_WATCH, "web"));
	PUT(RINGBACK_A_ATTEMPT_MAC, mnl_attr_put(nlh, RINGBACK_A_ATTEMPT_MAC, sizeof(mac), mac));
	PUT(RINGBACK_A_ATTEMPT_IFINDEX, mnl_attr_put_u32(nlh, RINGBACK_A_ATTEMPT_IFINDEX, 7));
#undef PUT
	return nlh;
}

static void an_attempt_is_read(void **state)
{
	char text[SERVICE_STRLEN];
	struct nl_attempt a;

	(void)state;
	assert_int_equal(nl_attempt_parse(attempt_without(-1), &a), 0);
	assert_string_equal(addr_format(&a.client, text), "192.0.2.1");
	assert_string_equal(service_format(&a.service, text), "198.51.100.2 tcp/8080");
	assert_int_equal(a.state, RINGBACK_ATTEMPT_FAILED);
	assert_int_equal(a.reason, RINGBACK_REASON_REFUSED);
	assert_int_equal(a.count, 5);
	assert_int_equal(a.first, 1000);
	assert_int_equal(a.last, 2000);
	assert_string_equal(a.watch, "web");
	assert_true(a.has_mac);
	assert_string_equal(mac_format(&a.mac, text), "02:00:00:00:00:01");
	assert_int_equal(a.ifindex, 7);
}

static void missing_attributes(void **state)
{
	static const int required[] = {
		RINGBACK_A_ATTEMPT_CLIENT, RINGBACK_A_ATTEMPT_SERVER, RINGBACK_A_ATTEMPT_PROTO,
		RINGBACK_A_ATTEMPT_PORT,   RINGBACK_A_ATTEMPT_STATE,  RINGBACK_A_ATTEMPT_REASON,
		RINGBACK_A_ATTEMPT_FIRST,  RINGBACK_A_ATTEMPT_LAST,
	};
	static const int optional[] = { RINGBACK_A_ATTEMPT_COUNT, RINGBACK_A_ATTEMPT_WATCH,
					RINGBACK_A_ATTEMPT_MAC, RINGBACK_A_ATTEMPT_IFINDEX };
	struct nl_attempt a;

	(void)state;
	for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++)
		assert_int_equal(nl_attempt_parse(attempt_without(required[i]), &a), -EBADMSG);
	for (size_t i = 0; i < sizeof(optional) / sizeof(optional[0]); i++)
		assert_int_equal(nl_attempt_parse(attempt_without(optional[i]), &a), 0);
	assert_int_equal(nl_attempt_parse(attempt_without(RINGBACK_A_ATTEMPT_MAC), &a), 0);
	assert_false(a.has_mac);
}

/* Each attribute of a good message in turn gets a length it must not have. */
static void wrong_lengths(void **state)
{
	static const uint16_t lengths[] = { 0, 1, 2, 3, 5, 7, 9, 15, 17, 64 };
	static const uint8_t zeros[64];
	struct nl_attempt a;

	(void)state;
	for (int type = RINGBACK_A_ATTEMPT_CLIENT; type <= RINGBACK_A_ATTEMPT_IFINDEX; type++) {
		for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
			struct nlmsghdr *nlh = attempt_without(type);
			bool u8 = type == RINGBACK_A_ATTEMPT_PROTO ||
				  type == RINGBACK_A_ATTEMPT_STATE ||
				  type == RINGBACK_A_ATTEMPT_REASON;

			if ((u8 && lengths[i] == 1) ||
			    (type == RINGBACK_A_ATTEMPT_PORT && lengths[i] == 2))
				continue;
			mnl_attr_put(nlh, type, lengths[i], zeros);
			assert_int_equal(nl_attempt_parse(nlh, &a), -EBADMSG);
		}
	}
}

/* Cut at every byte: either refused, or no more than an optional tail is missing. */
static void cut_messages(void **state)
{
	struct nlmsghdr *nlh = attempt_without(-1);
	uint32_t whole = nlh->nlmsg_len;
	struct nl_attempt a;

	(void)state;
	for (uint32_t len = MNL_NLMSG_HDRLEN; len < whole; len++) {
		/* Its own buffer of that size: the sanitizer sees any byte read beyond. */
		struct nlmsghdr *cut = malloc(len);
		int err;

		memcpy(cut, buf, len);
		cut->nlmsg_len = len;
		err = nl_attempt_parse(cut, &a);
		assert_true(err == -EBADMSG || !err);
		if (!err)
			assert_int_equal(a.last, 2000);
		free(cut);
	}
}

static void lying_attribute_lengths(void **state)
{
	static const uint16_t lies[] = { 0, 1, 3, 4000, 0xffff };
	struct nl_attempt a;

	(void)state;
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		struct nlmsghdr *nlh = attempt_without(-1);
		struct nlattr *first = mnl_nlmsg_get_payload_offset(nlh, sizeof(struct genlmsghdr));

		first->nla_len = lies[i];
		assert_int_equal(nl_attempt_parse(nlh, &a), -EBADMSG);
	}
}

static void unknown_attributes_are_skipped(void **state)
{
	struct nlmsghdr *nlh = attempt_without(-1);
	struct nl_attempt a;

	(void)state;
	mnl_attr_put_u32(nlh, RINGBACK_A_ATTEMPT_MAX + 1, 1);
	mnl_attr_put_u32(nlh, 0x3fff, 1);
	assert_int_equal(nl_attempt_parse(nlh, &a), 0);
}

static void families_do_not_mix(void **state)
{
	struct nlmsghdr *nlh = attempt_without(RINGBACK_A_ATTEMPT_SERVER);
	struct nl_attempt a;

	(void)state;
	put_addr(nlh, RINGBACK_A_ATTEMPT_SERVER, "2001:db8::1");
	assert_int_equal(nl_attempt_parse(nlh, &a), -EBADMSG);
}

static void names_end_where_they_should(void **state)
{
	static const struct {
		const char *bytes;
		uint16_t len;
		int err;
	} row[] = {
		{ "a", 2, 0 },
		{ "", 1, -EBADMSG },
		{ "abc", 3, -EBADMSG }, /* no NUL */
		{ "a\0b", 4, -EBADMSG }, /* NUL inside */
		{ "0123456789012345678901234567890", 32, 0 },
		{ "01234567890123456789012345678901", 33, -EBADMSG },
	};
	struct nl_attempt a;

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct nlmsghdr *nlh = attempt_without(RINGBACK_A_ATTEMPT_WATCH);

		mnl_attr_put(nlh, RINGBACK_A_ATTEMPT_WATCH, row[i].len, row[i].bytes);
		assert_int_equal(nl_attempt_parse(nlh, &a), row[i].err);
	}
}

static struct nlmsghdr *service(void)
{
	struct nlmsghdr *nlh = message(RINGBACK_CMD_SERVICE_NTF);

	put_addr(nlh, RINGBACK_A_SERVICE_SERVER, "2001:db8::1");
	mnl_attr_put_u8(nlh, RINGBACK_A_SERVICE_PROTO, 17);
	nl_put_port(nlh, RINGBACK_A_SERVICE_PORT, 53);
	mnl_attr_put_u8(nlh, RINGBACK_A_SERVICE_STATE, RINGBACK_SERVICE_DOWN);
	mnl_attr_put_u64(nlh, RINGBACK_A_SERVICE_SINCE, 1);
	mnl_attr_put_u64(nlh, RINGBACK_A_SERVICE_CHANGED, 2);
	mnl_attr_put_u8(nlh, RINGBACK_A_SERVICE_STANDIN, RINGBACK_STANDIN_ASK);
	return nlh;
}

static void a_service_is_read(void **state)
{
	char text[SERVICE_STRLEN];
	struct nl_service s;

	(void)state;
	assert_int_equal(nl_service_parse(service(), &s), 0);
	assert_string_equal(service_format(&s.service, text), "2001:db8::1 udp/53");
	assert_int_equal(s.state, RINGBACK_SERVICE_DOWN);
	assert_int_equal(s.since, 1);
	assert_int_equal(s.changed, 2);
	assert_int_equal(s.answered, 0);
	assert_int_equal(s.standin, RINGBACK_STANDIN_ASK);
	assert_string_equal(s.watch, "");
	assert_int_equal(nl_service_parse(message(RINGBACK_CMD_SERVICE_NTF), &s), -EBADMSG);
}

static struct nlmsghdr *decision(const char *client)
{
	struct nlmsghdr *nlh = message(RINGBACK_CMD_DECISION_GET);

	put_addr(nlh, RINGBACK_A_DECISION_CLIENT, client);
	put_addr(nlh, RINGBACK_A_DECISION_SERVER, "192.0.2.10");
	mnl_attr_put_u8(nlh, RINGBACK_A_DECISION_PROTO, 6);
	nl_put_port(nlh, RINGBACK_A_DECISION_PORT, 80);
	mnl_attr_put_u8(nlh, RINGBACK_A_DECISION_VERDICT, RINGBACK_VERDICT_RESET);
	mnl_attr_put_u32(nlh, RINGBACK_A_DECISION_TTL, 1234);
	return nlh;
}

static void a_decision_is_read(void **state)
{
	char text[SERVICE_STRLEN];
	struct nl_decision d;

	(void)state;
	assert_int_equal(nl_decision_parse(decision("198.51.100.7"), &d), 0);
	assert_string_equal(addr_format(&d.client, text), "198.51.100.7");
	assert_string_equal(service_format(&d.service, text), "192.0.2.10 tcp/80");
	assert_int_equal(d.verdict, RINGBACK_VERDICT_RESET);
	assert_int_equal(d.ttl, 1234);
	assert_int_equal(nl_decision_parse(decision("2001:db8::7"), &d), -EBADMSG);
	assert_int_equal(nl_decision_parse(message(RINGBACK_CMD_DECISION_GET), &d), -EBADMSG);
}

static void the_lease_is_read(void **state)
{
	struct nlmsghdr *nlh = message(RINGBACK_CMD_STANDIN_GET);
	struct nl_standin standin;

	(void)state;
	mnl_attr_put_u32(nlh, RINGBACK_A_STANDIN_LEASE, 3000);
	mnl_attr_put_u16(nlh, RINGBACK_A_STANDIN_QUEUE, 5);
	assert_int_equal(nl_standin_parse(nlh, &standin), -EBADMSG);
	mnl_attr_put_u32(nlh, RINGBACK_A_STANDIN_DECISIONS, 7);
	assert_int_equal(nl_standin_parse(nlh, &standin), 0);
	assert_int_equal(standin.lease, 3000);
	assert_int_equal(standin.queue, 5);
	assert_int_equal(standin.decisions, 7);
}

static void a_watch_survives_the_wire(void **state)
{
	struct prefix servers[2], client;
	struct portrange ports[2];
	const struct conf_watch w = {
		.name = "web",
		.servers = servers,
		.n_servers = 2,
		.clients = &client,
		.n_clients = 1,
		.ports = ports,
		.n_ports = 2,
		.hooks = RINGBACK_HOOK_FORWARD | RINGBACK_HOOK_MIRROR,
		.mirror_dev = "eth0",
		.no_reply = 5,
		.down_clients = 2,
		.admission = RINGBACK_ADMISSION_FIRST_SYN,
		.reverse_path = true,
		.standin = true,
	};
	struct nlmsghdr *nlh = message(RINGBACK_CMD_WATCH_NEW);
	struct conf_watch got;
	char text[SERVICE_STRLEN];

	(void)state;
	prefix_parse(&servers[0], "192.0.2.0/24");
	prefix_parse(&servers[1], "2001:db8::/32");
	prefix_parse(&client, "10.0.0.0/8");
	portrange_parse(&ports[0], "tcp/80");
	portrange_parse(&ports[1], "udp/5000-5010");
	nl_watch_put(nlh, &w);
	assert_true(nlh->nlmsg_len <= nl_watch_room(&w));
	assert_int_equal(nl_watch_parse(nlh, &got), 0);
	assert_string_equal(got.name, "web");
	assert_int_equal(got.n_servers, 2);
	assert_string_equal(prefix_format(&got.servers[1], text), "2001:db8::/32");
	assert_int_equal(got.n_clients, 1);
	assert_string_equal(prefix_format(&got.clients[0], text), "10.0.0.0/8");
	assert_int_equal(got.n_ports, 2);
	assert_string_equal(portrange_format(&got.ports[0], text), "tcp/80");
	assert_string_equal(portrange_format(&got.ports[1], text), "udp/5000-5010");
	assert_int_equal(got.hooks, w.hooks);
	assert_string_equal(got.mirror_dev, "eth0");
	assert_int_equal(got.no_reply, 5);
	assert_int_equal(got.keep, 0);
	assert_int_equal(got.down_clients, 2);
	assert_int_equal(got.admission, RINGBACK_ADMISSION_FIRST_SYN);
	assert_true(got.reverse_path);
	assert_true(got.standin);
	nl_watch_clear(&got);
}

/* A watch but for its last nest, which the caller adds. */
static struct nlmsghdr *watch_head(bool with_server)
{
	struct nlmsghdr *nlh = message(RINGBACK_CMD_WATCH_GET);
	struct nlattr *nest;

	mnl_attr_put_strz(nlh, RINGBACK_A_WATCH_NAME, "web");
	mnl_attr_put_u32(nlh, RINGBACK_A_WATCH_HOOKS, 1);
	if (with_server) {
		nest = mnl_attr_nest_start(nlh, RINGBACK_A_WATCH_SERVER);
		put_addr(nlh, RINGBACK_A_PREFIX_ADDR, "192.0.2.0");
		mnl_attr_put_u8(nlh, RINGBACK_A_PREFIX_LEN, 24);
		mnl_attr_nest_end(nlh, nest);
	} else {
		nest = mnl_attr_nest_start(nlh, RINGBACK_A_WATCH_PORT);
		mnl_attr_put_u8(nlh, RINGBACK_A_PORT_PROTO, 6);
		nl_put_port(nlh, RINGBACK_A_PORT_FIRST, 80);
		mnl_attr_nest_end(nlh, nest);
	}
	return nlh;
}

static void refuse_watch(const struct nlmsghdr *nlh)
{
	struct conf_watch w;

	assert_int_equal(nl_watch_parse(nlh, &w), -EBADMSG);
	nl_watch_clear(&w);
}

static void hostile_nests(void **state)
{
	static const struct {
		uint16_t addr_len;
		int len;
	} prefix[] = { { 4, 33 }, { 16, 129 }, { 5, 24 }, { 4, -1 }, { 0, 24 } };
	static const int ports[][2] = { { 0, 80 }, { 80, 79 }, { -1, 80 } };
	static const uint8_t zeros[16];
	struct nlmsghdr *nlh;
	struct nlattr *nest;

	(void)state;
	for (size_t i = 0; i < sizeof(prefix) / sizeof(prefix[0]); i++) {
		nlh = watch_head(false);
		nest = mnl_attr_nest_start(nlh, RINGBACK_A_WATCH_SERVER);
		mnl_attr_put(nlh, RINGBACK_A_PREFIX_ADDR, prefix[i].addr_len, zeros);
		if (prefix[i].len >= 0)
			mnl_attr_put_u8(nlh, RINGBACK_A_PREFIX_LEN, prefix[i].len);
		mnl_attr_nest_end(nlh, nest);
		refuse_watch(nlh);
	}
	for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
		nlh = watch_head(true);
		nest = mnl_attr_nest_start(nlh, RINGBACK_A_WATCH_PORT);
		mnl_attr_put_u8(nlh, RINGBACK_A_PORT_PROTO, 6);
		if (ports[i][0] >= 0)
			nl_put_port(nlh, RINGBACK_A_PORT_FIRST, ports[i][0]);
		nl_put_port(nlh, RINGBACK_A_PORT_LAST, ports[i][1]);
		mnl_attr_nest_end(nlh, nest);
		refuse_watch(nlh);
	}
	refuse_watch(watch_head(true)); /* no port */
	refuse_watch(watch_head(false)); /* no server */
	nlh = watch_head(true);
	mnl_attr_put(nlh, RINGBACK_A_WATCH_PORT, 0, NULL); /* an empty nest */
	refuse_watch(nlh);
	nlh = watch_head(true);
	mnl_attr_put_u32(nlh, RINGBACK_A_WATCH_PORT, 0xffffffff); /* not a nest at all */
	refuse_watch(nlh);
	nlh = watch_head(true);
	mnl_attr_put_strz(nlh, RINGBACK_A_WATCH_MIRROR_DEV, "an-interface-too-long");
	refuse_watch(nlh);
}

static void stats_and_config(void **state)
{
	struct nlmsghdr *nlh = message(RINGBACK_CMD_STATS_GET);
	struct nl_config c;
	struct nl_stats st;

	(void)state;
	mnl_attr_put_u64(nlh, RINGBACK_A_STATS_SYN, 1ULL << 40);
	mnl_attr_put_u64(nlh, RINGBACK_A_STATS_PAD, 9);
	assert_int_equal(nl_stats_parse(nlh, &st), 0);
	assert_int_equal(st.value[RINGBACK_A_STATS_SYN], 1ULL << 40);
	assert_int_equal(st.value[RINGBACK_A_STATS_PAD], 0);
	assert_int_equal(st.value[RINGBACK_A_STATS_EVICTED], 0);
	mnl_attr_put_u32(nlh, RINGBACK_A_STATS_EVICTED, 1);
	assert_int_equal(nl_stats_parse(nlh, &st), -EBADMSG);

	nlh = message(RINGBACK_CMD_CONFIG_GET);
	mnl_attr_put_u32(nlh, RINGBACK_A_CONFIG_MAX_ATTEMPTS, 131072);
	assert_int_equal(nl_config_parse(nlh, &c), 0);
	assert_int_equal(c.value[RINGBACK_A_CONFIG_MAX_ATTEMPTS], 131072);
	mnl_attr_put_u8(nlh, RINGBACK_A_CONFIG_MAX_SERVICES, 1);
	assert_int_equal(nl_config_parse(nlh, &c), -EBADMSG);
}

static int count_attempt(const struct nl_attempt *a, void *arg)
{
	assert_int_equal(a->count, 5);
	++*(int *)arg;
	return 0;
}

static int stop_service(const struct nl_service *s, void *arg)
{
	(void)s;
	(void)arg;
	return 42;
}

static void events_go_where_they_belong(void **state)
{
	int n = 0;
	struct nl_events ev = { .attempt = count_attempt, .service = stop_service, .arg = &n };
	struct nlmsghdr *nlh = attempt_without(-1);

	(void)state;
	assert_int_equal(nl_event_parse(nlh, FAMILY, &ev), 0);
	assert_int_equal(n, 1);
	assert_int_equal(nl_event_parse(nlh, FAMILY + 1, &ev), -EBADMSG);
	ev.attempt = NULL;
	assert_int_equal(nl_event_parse(nlh, FAMILY, &ev), 0);
	assert_int_equal(nl_event_parse(service(), FAMILY, &ev), 42);
	assert_int_equal(nl_event_parse(message(200), FAMILY, &ev), -EBADMSG);
	nlh = message(RINGBACK_CMD_ATTEMPT_NTF);
	nlh->nlmsg_len = MNL_NLMSG_HDRLEN + 2; /* half a generic netlink header */
	assert_int_equal(nl_event_parse(nlh, FAMILY, &ev), -EBADMSG);
}

/* Noise: whatever it is read as, nothing is read beyond the message. */
static void noise(void **state)
{
	uint32_t x = 0x2545f491;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		size_t len = MNL_NLMSG_HDRLEN + round % 200;
		struct nlmsghdr *nlh = malloc(len);
		struct nl_attempt a;
		struct nl_service s;
		struct nl_decision d;
		struct nl_standin standin;
		struct conf_watch w;

		for (size_t i = 0; i < len; i++) {
			x ^= x << 13;
			x ^= x >> 17;
			x ^= x << 5;
			/* Small numbers make plausible lengths and types. */
			((uint8_t *)nlh)[i] = x & 0x8000 ? x & 0x1f : 0;
		}
		nlh->nlmsg_len = len;
		nl_attempt_parse(nlh, &a);
		nl_service_parse(nlh, &s);
		nl_decision_parse(nlh, &d);
		nl_standin_parse(nlh, &standin);
		nl_watch_parse(nlh, &w);
		nl_watch_clear(&w);
		free(nlh);
	}
}

static void words_go_both_ways(void **state)
{
	(void)state;
	for (int i = 0; i <= RINGBACK_ATTEMPT_FAILED; i++)
		assert_int_equal(nl_attempt_state_parse(nl_attempt_state_name(i)), i);
	for (int i = 0; i <= RINGBACK_ADMISSION_FIRST_SYN; i++)
		assert_int_equal(nl_admission_parse(nl_admission_name(i)), i);
	assert_int_equal(nl_attempt_state_parse("asleep"), -EINVAL);
	assert_int_equal(nl_admission_parse(""), -EINVAL);
	assert_string_equal(nl_reason_name(RINGBACK_REASON_HOST_UNREACHABLE), "host-unreachable");
	/* Every number of the contract has a word, others are printed raw. */
	for (int i = 0; i <= RINGBACK_REASON_MAX; i++)
		assert_true(strlen(nl_reason_name(i)) > 3);
	assert_string_equal(nl_reason_name(255), "255");
	assert_string_equal(nl_service_state_name(RINGBACK_SERVICE_PARTIAL), "partial");
	assert_string_equal(nl_service_state_name(9), "9");
	for (int i = 0; i <= RINGBACK_STANDIN_ASK; i++)
		assert_true(strlen(nl_standin_name(i)) > 2);
	for (int i = 0; i <= RINGBACK_VERDICT_RESET; i++)
		assert_true(strlen(nl_verdict_name(i)) > 3);
	for (int i = RINGBACK_A_STATS_PAD + 1; i <= RINGBACK_A_STATS_MAX; i++)
		assert_non_null(nl_stats_name(i));
	assert_null(nl_stats_name(-1));
	assert_null(nl_stats_name(RINGBACK_A_STATS_MAX + 1));
	for (int i = 1; i <= RINGBACK_A_CONFIG_MAX; i++)
		assert_non_null(nl_config_name(i));
	assert_null(nl_config_name(RINGBACK_A_CONFIG_MAX + 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_attempt_is_read),
		cmocka_unit_test(missing_attributes),
		cmocka_unit_test(wrong_lengths),
		cmocka_unit_test(cut_messages),
		cmocka_unit_test(lying_attribute_lengths),
		cmocka_unit_test(unknown_attributes_are_skipped),
		cmocka_unit_test(families_do_not_mix),
		cmocka_unit_test(names_end_where_they_should),
		cmocka_unit_test(a_service_is_read),
		cmocka_unit_test(a_decision_is_read),
		cmocka_unit_test(the_lease_is_read),
		cmocka_unit_test(a_watch_survives_the_wire),
		cmocka_unit_test(hostile_nests),
		cmocka_unit_test(stats_and_config),
		cmocka_unit_test(events_go_where_they_belong),
		cmocka_unit_test(noise),
		cmocka_unit_test(words_go_both_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
