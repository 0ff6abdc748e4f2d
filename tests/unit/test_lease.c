// SPDX-License-Identifier: GPL-2.0
/*
 * Files of leases as dnsmasq, ISC dhcpd and Kea write them, and as they never would.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "cli/lease.h"

static struct lease_file f;
static char said[8192]; /* "192.0.2.10=02:..@1795349345 " a row, "!3 " a line refused */

/* Reads @text to its end; what lease_read() returned last. */
static int read_bytes(const void *text, size_t len)
{
	char client[ADDR_STRLEN], mac[ADDR_STRLEN];
	struct lease_row row;
	const char *why;
	int rc;

	f = (struct lease_file){ .in = fmemopen((void *)text, len, "r") };
	assert_non_null(f.in);
	said[0] = '\0';
	while ((rc = lease_read(&f, &row, &why)) == 1) {
		size_t n = strlen(said);

		if (why)
			snprintf(said + n, sizeof(said) - n, "!%lu ", f.line);
		else if (row.ends == LEASE_NEVER)
			snprintf(said + n, sizeof(said) - n, "%s=%s@never ",
				 addr_format(&row.client, client), mac_format(&row.mac, mac));
		else if (!row.ends)
			snprintf(said + n, sizeof(said) - n, "%s free ",
				 addr_format(&row.client, client));
		else
			snprintf(said + n, sizeof(said) - n, "%s=%s@%lld ",
				 addr_format(&row.client, client), mac_format(&row.mac, mac),
				 (long long)row.ends);
	}
	fclose(f.in);
	return rc;
}

static void expect(const char *text, const char *rows)
{
	assert_int_equal(read_bytes(text, strlen(text)), 0);
	assert_string_equal(said, rows);
}

static void refused(const char *text)
{
	assert_int_equal(read_bytes(text, strlen(text)), -EPROTO);
	assert_string_equal(said, "");
}

/* --- dnsmasq --------------------------------------------------------------------------- */

static void dnsmasq(void **state)
{
	(void)state;
	expect("1795349345 02:00:00:00:00:01 192.0.2.10 laptop 01:02:00:00:00:00:01\n"
	       "0 02:00:00:00:00:02 192.0.2.11 * *\n"
	       "1795349345 06-aa:bb:cc:dd:ee:ff 192.0.2.12 token-ring *\n"
	       "duid 00:01:00:01:2a:2b:2c:2d:02:00:00:00:00:99\n"
	       "1795349345 4607 2001:db8::10 laptop 00:01:00:01:2a:2b:2c:2d:02:00:00:00:00:01\n"
	       "1795349345 T4607 2001:db8::11 * 00:03:00:01:02:00:00:00:00:02\n"
	       "1795349345 4607 2001:db8::12 * 00:04:11:22:33:44:55:66:77:88\n"
	       "1795349345 4607 2001:db8::13 * 00:01:00:06:2a:2b:2c:2d:02:00:00:00:00:01\n",
	       "192.0.2.10=02:00:00:00:00:01@1795349345 192.0.2.11=02:00:00:00:00:02@never "
	       "2001:db8::10=02:00:00:00:00:01@1795349345 "
	       "2001:db8::11=02:00:00:00:00:02@1795349345 ");
}

static void dnsmasq_bad_lines(void **state)
{
	(void)state;
	expect("1795349345 02:00:00:00:00:01 192.0.2.10 a b c\n"
	       "never 02:00:00:00:00:01 192.0.2.10 a *\n"
	       "1795349345 02:00:00:00:00:01 192.0.2.999 a *\n"
	       "99999999999999999999 02:00:00:00:00:01 192.0.2.10 a *\n"
	       "\n"
	       "1795349345 02:00:00:00:00:01 192.0.2.10 a *\r\n"
	       "1795349345",
	       "!1 !2 !3 !4 192.0.2.10=02:00:00:00:00:01@1795349345 !7 ");
}

/* --- ISC dhcpd --------------------------------------------------------------------------- */

static void isc(void **state)
{
	(void)state;
	expect("# The format of this file is documented in the dhcpd.leases(5) manual page.\n"
	       "# This lease file was written by isc-dhcp-4.4.3-P1\n"
	       "\n"
	       "# authoring-byte-order entry is generated, DO NOT DELETE\n"
	       "authoring-byte-order little-endian;\n"
	       "\n"
	       "lease 192.0.2.10 {\n"
	       "  starts 0 2026/11/22 08:00:00;\n"
	       "  ends 0 2026/11/22 10:00:00;\n"
	       "  tstp 0 2026/11/22 10:00:00;\n"
	       "  cltt 0 2026/11/22 08:00:00;\n"
	       "  binding state active;\n"
	       "  next binding state free;\n"
	       "  rewind binding state free;\n"
	       "  hardware ethernet 02:00:00:00:00:01;\n"
	       "  uid \"\\001\\002}{;\\\"\\000\\000\\000\\001\";\n"
	       "  set vendor-class-identifier = \"ends never; binding state free;\";\n"
	       "  client-hostname \"lap } top {\";\n"
	       "}\n"
	       "lease 192.0.2.11 {\n"
	       "  ends epoch 1795349345; # Sun Nov 22 10:09:05 2026\n"
	       "  binding state active;\n"
	       "  hardware ethernet 02:00:00:00:00:02;\n"
	       "  on release or expiry {\n"
	       "    set done = 1;\n"
	       "    ends never;\n"
	       "  }\n"
	       "}\n"
	       "lease 192.0.2.12 {\n"
	       "  ends never;\n"
	       "  binding state active;\n"
	       "  hardware ethernet 02:00:00:00:00:03;\n"
	       "}\n"
	       "lease 192.0.2.10 {\n"
	       "  ends 0 2026/11/22 09:00:00;\n"
	       "  binding state free;\n"
	       "  hardware ethernet 02:00:00:00:00:01;\n"
	       "}\n"
	       "lease 192.0.2.13 {\n"
	       "  ends never;\n"
	       "  binding state active;\n"
	       "  hardware token-ring 02:00:00:00:00:03;\n"
	       "}\n",
	       "192.0.2.10=02:00:00:00:00:01@1795341600 192.0.2.11=02:00:00:00:00:02@1795349345 "
	       "192.0.2.12=02:00:00:00:00:03@never 192.0.2.10 free 192.0.2.13 free ");
}

static void isc_ipv6(void **state)
{
	(void)state;
	expect("server-duid \"\\000\\001\\000\\001*+,-\\002\\000\\000\\000\\000\\231\";\n"
	       "ia-na \"\\001\\000\\000\\000\\000\\003\\000\\001\\002\\000\\000\\000\\000\\001\" {\n"
	       "  cltt 0 2026/11/22 08:00:00;\n"
	       "  iaaddr 2001:db8::10 {\n"
	       "    binding state active;\n"
	       "    preferred-life 225;\n"
	       "    max-life 360;\n"
	       "    ends 0 2026/11/22 10:00:00;\n"
	       "  }\n"
	       "  iaaddr 2001:db8::11 {\n"
	       "    binding state released;\n"
	       "    ends 0 2026/11/22 10:00:00;\n"
	       "  }\n"
	       "}\n"
	       "ia-na \"\\001\\000\\000\\000\\000\\002\\000\\000\\011\\277x\" {\n"
	       "  iaaddr 2001:db8::12 {\n"
	       "    binding state active;\n"
	       "    ends never;\n"
	       "  }\n"
	       "}\n"
	       "ia-pd \"\\001\\000\\000\\000\\000\\003\\000\\001\\002\\000\\000\\000\\000\\001\" {\n"
	       "  iaprefix 2001:db8:1::/48 {\n"
	       "    binding state active;\n"
	       "  }\n"
	       "}\n",
	       "2001:db8::10=02:00:00:00:00:01@1795341600 2001:db8::11 free 2001:db8::12 free ");
}

static void isc_bad_entries(void **state)
{
	(void)state;
	expect("lease 192.0.2.999 {\n"
	       "  ends never;\n"
	       "  binding state active;\n"
	       "  hardware ethernet 02:00:00:00:00:01;\n"
	       "}\n"
	       "lease 192.0.2.10 {\n"
	       "  ends 0 2026/13/22 10:00:00;\n"
	       "  binding state active;\n"
	       "}\n"
	       "}\n"
	       "lease 192.0.2.11 {\n"
	       "  ends never;\n"
	       "  binding state active;\n"
	       "  hardware ethernet 02:00:00:00:00:01;\n"
	       "}\n"
	       "lease 192.0.2.12 {\n"
	       "  ends never;\n",
	       "!1 !7 !10 192.0.2.11=02:00:00:00:00:01@never !17 ");
}

static void isc_braces(void **state)
{
	char text[4096] = "lease 192.0.2.10 {\n";
	int i;

	(void)state;
	for (i = 0; i < 40; i++)
		strcat(text, "on expiry {\n");
	assert_int_equal(read_bytes(text, strlen(text)), 0);
	assert_non_null(strstr(said, "!17 "));
}

/* --- Kea ------------------------------------------------------------------------------------ */

static void kea4(void **state)
{
	(void)state;
	expect("address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,"
	       "state,user_context,pool_id\n"
	       "192.0.2.10,02:00:00:00:00:01,01:02:00:00:00:00:01,3600,1795349345,1,0,0,laptop,0,,0\n"
	       "192.0.2.11,02:00:00:00:00:02,,3600,1795349345,1,0,0,,1,{ \"a\": 1&#x2c \"b\": 2 },0\n"
	       "192.0.2.10,02:00:00:00:00:01,01:02:00:00:00:00:01,0,1795340000,1,0,0,laptop,0,,0\n"
	       "192.0.2.12,,,3600,1795349345,1,0,0,,0,,0\n",
	       "192.0.2.10=02:00:00:00:00:01@1795349345 192.0.2.11 free 192.0.2.10 free "
	       "192.0.2.12 free ");
}

static void kea6(void **state)
{
	(void)state;
	expect("address,duid,valid_lifetime,expire,subnet_id,pref_lifetime,lease_type,iaid,prefix_len,"
	       "fqdn_fwd,fqdn_rev,hostname,hwaddr,state,user_context,hwtype,hwaddr_source,pool_id\n"
	       "2001:db8::10,00:04:11:22,3600,1795349345,1,3000,0,7,128,0,0,,02:00:00:00:00:01,0,,1,2,0\n"
	       "2001:db8::11,00:03:00:01:02:00:00:00:00:02,3600,1795349345,1,3000,0,7,128,0,0,,,0,,,,0\n"
	       "2001:db8:1::,00:03:00:01:02:00:00:00:00:02,3600,1795349345,1,3000,2,7,56,0,0,,,0,,,,0\n",
	       "2001:db8::10=02:00:00:00:00:01@1795349345 "
	       "2001:db8::11=02:00:00:00:00:02@1795349345 ");
}

static void kea_bad_lines(void **state)
{
	(void)state;
	expect("address,hwaddr,valid_lifetime,expire,state\n"
	       "192.0.2.10,02:00:00:00:00:01\n"
	       "192.0.2.x,02:00:00:00:00:01,3600,1795349345,0\n"
	       "192.0.2.10,02:00:00:00:00:01,3600,soon,0\n"
	       "192.0.2.10,02:00:00:00:00:01,3600,1795349345,0\n",
	       "!2 !3 !4 192.0.2.10=02:00:00:00:00:01@1795349345 ");
	expect("address,something,else\n192.0.2.10,02:00:00:00:00:01,1795349345\n", "!1 ");
}

/* --- neither ---------------------------------------------------------------------------------- */

static void something_else(void **state)
{
	(void)state;
	refused("key,mail\n192.0.2.10,a@example.org\n");
	refused("<html>\n");
	refused("\x7f"
		"ELF\x02\x01\x01");
	expect("", "");
	expect("\n \n", "");
}

static void long_lines_and_nuls(void **state)
{
	static const char nul[] = "1795349345 02:00:00:00:00:01 192.0.2.10\0a *\n"
				  "1795349345 02:00:00:00:00:01 192.0.2.11 a *\n";
	char *text = malloc(100000);
	size_t n;

	(void)state;
	n = snprintf(text, 100, "1795349345 02:00:00:00:00:01 192.0.2.10 ");
	memset(text + n, 'a', 90000);
	strcpy(text + n + 90000, " *\n1795349345 02:00:00:00:00:01 192.0.2.11 a *\n");
	expect(text, "!1 192.0.2.11=02:00:00:00:00:01@1795349345 ");
	free(text);
	assert_int_equal(read_bytes(nul, sizeof(nul) - 1), 0);
	assert_string_equal(said, "!1 192.0.2.11=02:00:00:00:00:01@1795349345 ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dnsmasq),
		cmocka_unit_test(dnsmasq_bad_lines),
		cmocka_unit_test(isc),
		cmocka_unit_test(isc_ipv6),
		cmocka_unit_test(isc_bad_entries),
		cmocka_unit_test(isc_braces),
		cmocka_unit_test(kea4),
		cmocka_unit_test(kea6),
		cmocka_unit_test(kea_bad_lines),
		cmocka_unit_test(something_else),
		cmocka_unit_test(long_lines_and_nuls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
