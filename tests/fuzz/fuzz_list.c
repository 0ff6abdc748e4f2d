// SPDX-License-Identifier: GPL-2.0
/*
 * Notifications of RINGBACK-MIB into the decoder. The input says what is different from a
 * complete one: first its kind, then variables. For each a byte says which one it takes the
 * place of, or that it is added; then come a byte of type, one of how many sub-identifiers
 * follow those of the base, these (a byte each, 255 for a large one), one of length, and the
 * value.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"
#include "traps/list.h"

#define DATE "\x07\xea\x01\x02\x03\x04\x05\x06+\0\0"

/* A part of a list with a client: OIDs below the base, and values. */
static const struct {
	const char *oid;
	uint8_t type;
	int64_t number;
	const char *octets;
	size_t len;
} complete[] = {
	{ "1.5.1.0", LIST_OCTETS, 0, "router", 6 },
	{ "1.3.1.2.7", LIST_NUMBER, 1, NULL, 0 },
	{ "1.3.1.3.7", LIST_OCTETS, 0, "\xc0\x00\x02\x0a", 4 },
	{ "1.3.1.4.7", LIST_NUMBER, 6, NULL, 0 },
	{ "1.3.1.5.7", LIST_NUMBER, 80, NULL, 0 },
	{ "1.3.1.6.7", LIST_NUMBER, 1, NULL, 0 },
	{ "1.3.1.7.7", LIST_NUMBER, 3, NULL, 0 },
	{ "1.3.1.8.7", LIST_OCTETS, 0, DATE, 11 },
	{ "1.3.1.9.7", LIST_OCTETS, 0, DATE, 11 },
	{ "1.3.1.11.7", LIST_OCTETS, 0, "web", 3 },
	{ "1.3.1.12.7", LIST_OCTETS, 0, "name", 4 },
	{ "1.5.3.0", LIST_NUMBER, 2, NULL, 0 },
	{ "1.5.4.0", LIST_NUMBER, 9, NULL, 0 },
	{ "1.5.6.0", LIST_NUMBER, 1, NULL, 0 },
	{ "1.5.2.0", LIST_NUMBER, 2, NULL, 0 },
	{ "1.5.5.0", LIST_NUMBER, 2, NULL, 0 },
	{ "1.4.1.4.7.1.4.198.51.100.1", LIST_OCTETS, 0, "\x01\0\0\0\x02\0\0\0\x03\0\0\0\x04", 13 },
};
#define COMPLETE (sizeof(complete) / sizeof(complete[0]))

static struct trap_oid base;
static struct list_bind whole[COMPLETE], binds[LIST_BINDS_MAX];

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	char oid[200];

	(void)argc;
	(void)argv;
	for (size_t i = 0; i < COMPLETE; i++) {
		snprintf(oid, sizeof(oid), "%s.%s", MIB_BASE_DEFAULT, complete[i].oid);
		trap_oid_parse(&whole[i].oid, oid);
		whole[i].type = complete[i].type;
		whole[i].number = complete[i].number;
		whole[i].octets = (const uint8_t *)complete[i].octets;
		whole[i].len = complete[i].len;
	}
	return trap_oid_parse(&base, MIB_BASE_DEFAULT);
}

/* Reads one variable; what is left of the input, or NULL when that is too short. */
static const uint8_t *bind_read(const uint8_t *p, const uint8_t *end, struct list_bind *b)
{
	size_t n;

	if (end - p < 2)
		return NULL;
	b->type = *p++ % 3;
	n = *p++ % (TRAP_OID_MAX - base.len);
	if ((size_t)(end - p) < n + 1)
		return NULL;
	b->oid = base;
	for (; n; n--, p++)
		b->oid.id[b->oid.len++] = *p == 255 ? UINT32_MAX : *p;
	b->len = *p++;
	if ((size_t)(end - p) < b->len)
		return NULL;
	b->octets = p;
	b->number = 0;
	for (n = 0; n < b->len && n < 8; n++)
		b->number = (int64_t)((uint64_t)b->number << 8 | p[n]);
	return p + b->len;
}

/* What is believed must be what the other rooms take for granted (common/msg.c). */
static void check(const struct msg_handover *h)
{
	assert(h->act <= HANDOVER_UP && h->n_rows <= MSG_ROWS_MAX);
	assert(h->service.server.family == AF_INET || h->service.server.family == AF_INET6);
	assert(h->service.port && h->began > 0 && h->router[0]);
	assert(memchr(h->router, 0, sizeof(h->router)) && utf8_line(h->router));
	assert(memchr(h->server_name, 0, sizeof(h->server_name)) && utf8_line(h->server_name));
	assert(memchr(h->watch, 0, sizeof(h->watch)) && utf8_line(h->watch));
	assert(reason_name(h->reason));
	if (h->act != HANDOVER_PART) {
		assert(!h->n_rows);
		return;
	}
	assert(h->n_rows && h->part && h->part <= h->parts && h->parts <= h->clients);
	for (uint32_t i = 0; i < h->n_rows; i++) {
		assert(h->rows[i].client.family == AF_INET || h->rows[i].client.family == AF_INET6);
		assert(h->rows[i].first <= h->rows[i].last);
		assert(!i || addr_cmp(&h->rows[i - 1].client, &h->rows[i].client) < 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *p = data + 1, *end = data + size;
	struct trap_oid oid = base;
	struct msg_handover h;
	size_t n = COMPLETE, at;

	memcpy(binds, whole, sizeof(whole));
	oid.id[oid.len++] = 0;
	oid.id[oid.len++] = size ? data[0] : 3;
	while (size && p && p < end) {
		at = *p++;
		if (at >= COMPLETE)
			at = n;
		if (at == LIST_BINDS_MAX)
			break;
		p = bind_read(p, end, &binds[at]);
		n += p && at == n;
	}
	if (!list_decode(&base, &oid, binds, n, &h))
		check(&h);
	else if (!size)
		abort(); /* the complete one is one */
	return 0;
}
