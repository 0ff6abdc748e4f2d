// SPDX-License-Identifier: GPL-2.0
/*
 * Values as RINGBACK-MIB has them.
 */
#include "mib.h"

#include <string.h>
#include <time.h>

#include "timefmt.h"

/* Big endian. Returns what follows. */
static uint8_t *put_number(uint8_t *to, uint32_t number, size_t len)
{
	for (size_t i = len; i-- > 0;)
		*to++ = (uint8_t)(number >> (8 * i));
	return to;
}

size_t mib_put_summary(const struct mib_summary *s, uint8_t octets[MIB_SUMMARY_MAC_LEN])
{
	uint8_t *to = put_number(octets, s->reason, 1);

	to = put_number(to, s->attempts, 4);
	to = put_number(to, s->first, 4);
	to = put_number(to, s->last, 4);
	if (!s->has_mac)
		return MIB_SUMMARY_LEN;
	memcpy(to, s->mac.bytes, sizeof(s->mac.bytes));
	return MIB_SUMMARY_MAC_LEN;
}

uint32_t mib_address_type(const struct addr *a)
{
	return a->family == AF_INET6 ? 2 : 1;
}

size_t mib_put_address(const struct addr *a, uint32_t id[MIB_ADDRESS_MAX])
{
	size_t len = addr_len(a);

	id[0] = mib_address_type(a);
	id[1] = (uint32_t)len;
	for (size_t i = 0; i < len; i++)
		id[2 + i] = a->bytes[i];
	return 2 + len;
}

void mib_put_date(int64_t t, uint8_t octets[MIB_DATE_LEN])
{
	time_t seconds = t / NSEC_PER_SEC;
	struct tm tm = { 0 };

	gmtime_r(&seconds, &tm);
	octets = put_number(octets, (uint32_t)tm.tm_year + 1900, 2);
	octets = put_number(octets, (uint32_t)tm.tm_mon + 1, 1);
	octets = put_number(octets, (uint32_t)tm.tm_mday, 1);
	octets = put_number(octets, (uint32_t)tm.tm_hour, 1);
	octets = put_number(octets, (uint32_t)tm.tm_min, 1);
	octets = put_number(octets, (uint32_t)tm.tm_sec, 1);
	octets = put_number(octets, (uint32_t)(t % NSEC_PER_SEC / (NSEC_PER_SEC / 10)), 1);
	octets = put_number(octets, '+', 1);
	put_number(octets, 0, 2); /* hours and minutes from UTC */
}
