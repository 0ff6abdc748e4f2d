// SPDX-License-Identifier: GPL-2.0
/* Unit tests of common/addr.c: tables of text and value. */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "common/addr.h"

static void addresses_round_trip(void **state)
{
	static const struct {
		const char *in, *out;
	} row[] = {
		{ "192.0.2.10", "192.0.2.10" },
		{ "0.0.0.0", "0.0.0.0" },
		{ "2001:DB8:0:0:0:0:0:1", "2001:db8::1" },
		{ "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1" },
		{ "::", "::" },
	};
	char buf[ADDR_STRLEN];
	struct addr a;

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		assert_int_equal(addr_parse(&a, row[i].in), 0);
		assert_string_equal(addr_format(&a, buf), row[i].out);
	}
}

/* Every pattern of zero groups, and what stands for an IPv4 address. */
static void addresses_are_written_as_libc_writes_them(void **state)
{
	char ours[ADDR_STRLEN], theirs[ADDR_STRLEN];
	struct addr a = { .family = AF_INET6 };

	(void)state;
	for (unsigned int pattern = 0; pattern < 3 * 256; pattern++) {
		static const uint16_t fill[] = { 0x0001, 0xffff, 0x20a0 };

		for (int i = 0; i < 8; i++) {
			uint16_t group = pattern >> i & 1 ? fill[pattern / 256] : 0;

			a.bytes[2 * i] = group >> 8;
			a.bytes[2 * i + 1] = group & 0xff;
		}
		assert_non_null(inet_ntop(AF_INET6, a.bytes, theirs, sizeof(theirs)));
		assert_string_equal(addr_format(&a, ours), theirs);
	}
	a = (struct addr){ .family = AF_INET };
	for (unsigned int octet = 0; octet < 256; octet++) {
		a.bytes[octet % 4] = octet;
		assert_non_null(inet_ntop(AF_INET, a.bytes, theirs, sizeof(theirs)));
		assert_string_equal(addr_format(&a, ours), theirs);
	}
	a.family = AF_UNSPEC;
	assert_string_equal(addr_format(&a, ours), "-");
}

static void bad_addresses_are_refused(void **state)
{
	static const char *const row[] = { "",	     "192.0.2",	   "192.0.2.256", "192.0.2.10 ",
					   "::1%lo", "192.0.02.1", "example.org", "2001:db8::g" };
	struct addr a;

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		assert_int_equal(addr_parse(&a, row[i]), -EINVAL);
	assert_int_equal(addr_from_bytes(&a, "12345", 5), -EINVAL);
	assert_int_equal(addr_from_bytes(&a, "", 0), -EINVAL);
}

static void sockaddr_round_trips(void **state)
{
	struct sockaddr_storage ss;
	struct sockaddr other = { .sa_family = AF_UNIX };
	struct addr a, b;

	(void)state;
	addr_parse(&a, "192.0.2.10");
	assert_int_equal(addr_to_sockaddr(&a, 80, &ss), sizeof(struct sockaddr_in));
	assert_int_equal(((struct sockaddr_in *)&ss)->sin_port, htons(80));
	assert_int_equal(addr_from_sockaddr(&b, (struct sockaddr *)&ss), 0);
	assert_true(addr_equal(&a, &b));

	addr_parse(&a, "2001:db8::1");
	assert_int_equal(addr_to_sockaddr(&a, 80, &ss), sizeof(struct sockaddr_in6));
	assert_int_equal(addr_from_sockaddr(&b, (struct sockaddr *)&ss), 0);
	assert_true(addr_equal(&a, &b));

	assert_int_equal(addr_from_sockaddr(&b, &other), -EAFNOSUPPORT);
}

static void mapped_sockaddr_is_ipv4(void **state)
{
	struct sockaddr_storage ss;
	struct addr mapped, a, want;

	(void)state;
	addr_parse(&mapped, "::ffff:192.0.2.10");
	addr_parse(&want, "192.0.2.10");
	addr_to_sockaddr(&mapped, 0, &ss);
	assert_int_equal(addr_from_sockaddr(&a, (struct sockaddr *)&ss), 0);
	assert_true(addr_equal(&a, &want));
}

static void order_is_family_then_bytes(void **state)
{
	static const char *const sorted[] = { "10.0.0.1", "192.0.2.9", "192.0.2.10", "::1",
					      "2001:db8::" };
	struct addr a, b;

	(void)state;
	for (size_t i = 0; i + 1 < sizeof(sorted) / sizeof(sorted[0]); i++) {
		addr_parse(&a, sorted[i]);
		addr_parse(&b, sorted[i + 1]);
		assert_true(addr_cmp(&a, &b) < 0);
		assert_true(addr_cmp(&b, &a) > 0);
		assert_int_equal(addr_cmp(&a, &a), 0);
	}
}

static void prefixes(void **state)
{
	static const struct {
		const char *in;
		int err;
		const char *out;
	} row[] = {
		{ "192.0.2.0/24", 0, "192.0.2.0/24" },
		{ "192.0.2.10", 0, "192.0.2.10" },
		{ "192.0.2.10/32", 0, "192.0.2.10" },
		{ "0.0.0.0/0", 0, "0.0.0.0/0" },
		{ "192.0.2.128/25", 0, "192.0.2.128/25" },
		{ "2001:db8::/32", 0, "2001:db8::/32" },
		{ "2001:db8::1/128", 0, "2001:db8::1" },
		{ "::/0", 0, "::/0" },
		{ "192.0.2.1/24", -ERANGE, NULL },
		{ "192.0.2.192/25", -ERANGE, NULL },
		{ "2001:db8::1/127", -ERANGE, NULL },
		{ "192.0.2.0/33", -EINVAL, NULL },
		{ "192.0.2.0/", -EINVAL, NULL },
		{ "192.0.2.0/-1", -EINVAL, NULL },
		{ "192.0.2.0/024", -EINVAL, NULL },
		{ "192.0.2.0/24/24", -EINVAL, NULL },
		{ "192.0.2.0/24x", -EINVAL, NULL },
		{ "/24", -EINVAL, NULL },
		{ "2001:db8::/129", -EINVAL, NULL },
		{ "2001:db8:0000000000000000000000000000000000000000000000000000::/32", -EINVAL,
		  NULL },
	};
	char buf[ADDR_STRLEN];
	struct prefix p;

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		assert_int_equal(prefix_parse(&p, row[i].in), row[i].err);
		if (!row[i].err)
			assert_string_equal(prefix_format(&p, buf), row[i].out);
	}
}

static void prefix_contains_what_it_should(void **state)
{
	static const struct {
		const char *prefix, *addr;
		bool in;
	} row[] = {
		{ "192.0.2.0/24", "192.0.2.255", true },
		{ "192.0.2.0/24", "192.0.3.0", false },
		{ "192.0.2.128/25", "192.0.2.127", false },
		{ "192.0.2.128/25", "192.0.2.128", true },
		{ "192.0.2.10", "192.0.2.10", true },
		{ "192.0.2.10", "192.0.2.11", false },
		{ "0.0.0.0/0", "198.51.100.1", true },
		{ "0.0.0.0/0", "2001:db8::1", false },
		{ "::/0", "2001:db8::1", true },
		{ "2001:db8::/33", "2001:db8:8000::1", false },
	};
	struct prefix p;
	struct addr a;

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		prefix_parse(&p, row[i].prefix);
		addr_parse(&a, row[i].addr);
		assert_int_equal(prefix_contains(&p, &a), row[i].in);
	}
}

static void macs(void **state)
{
	static const char *const bad[] = { "",
					   "02",
					   "02:00:00:00:00",
					   "02:00:00:00:00:0g",
					   "02:00-00:00:00:01",
					   "02:00:00:00:00:01:",
					   "020000000001",
					   "02:00:00:00:00: 1",
					   "02.00.00.00.00.01" };
	char buf[ADDR_STRLEN];
	struct mac m;

	(void)state;
	assert_int_equal(mac_parse(&m, "02-00-00-aB-00-01"), 0);
	assert_string_equal(mac_format(&m, buf), "02:00:00:ab:00:01");
	assert_int_equal(mac_parse(&m, "02:00:00:00:00:01"), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(mac_parse(&m, bad[i]), -EINVAL);
}

static void ports(void **state)
{
	static const char *const bad[] = { "",
					   "tcp",
					   "tcp/",
					   "tcp/0",
					   "tcp/65536",
					   "sctp/80",
					   "tcp/80-79",
					   "tcp/80-",
					   "tcp/-80",
					   "tcp/ 80",
					   "80",
					   "tcp/80/81",
					   "tcp/000000000000000000000000000080" };
	char buf[SERVICE_STRLEN];
	struct portrange r;
	uint8_t proto;
	uint16_t port;

	(void)state;
	assert_int_equal(portrange_parse(&r, "udp/8000-8099"), 0);
	assert_string_equal(portrange_format(&r, buf), "udp/8000-8099");
	assert_int_equal(portrange_parse(&r, "tcp/65535"), 0);
	assert_string_equal(portrange_format(&r, buf), "tcp/65535");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(portrange_parse(&r, bad[i]), -EINVAL);
	assert_int_equal(port_parse(&proto, &port, "tcp/80"), 0);
	assert_int_equal(port, 80);
	assert_int_equal(port_parse(&proto, &port, "tcp/80-80"), -EINVAL);
}

static void services(void **state)
{
	struct service a = { .proto = IPPROTO_TCP, .port = 80 }, b;
	char buf[SERVICE_STRLEN];

	(void)state;
	addr_parse(&a.server, "2001:db8::10");
	assert_string_equal(service_format(&a, buf), "2001:db8::10 tcp/80");
	b = a;
	assert_true(service_equal(&a, &b));
	b.proto = 132;
	assert_false(service_equal(&a, &b));
	assert_string_equal(service_format(&b, buf), "2001:db8::10 132/80");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_round_trip),
		cmocka_unit_test(addresses_are_written_as_libc_writes_them),
		cmocka_unit_test(bad_addresses_are_refused),
		cmocka_unit_test(sockaddr_round_trips),
		cmocka_unit_test(mapped_sockaddr_is_ipv4),
		cmocka_unit_test(order_is_family_then_bytes),
		cmocka_unit_test(prefixes),
		cmocka_unit_test(prefix_contains_what_it_should),
		cmocka_unit_test(macs),
		cmocka_unit_test(ports),
		cmocka_unit_test(services),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
