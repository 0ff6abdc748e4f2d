// SPDX-License-Identifier: GPL-2.0
/*
 * Handovers as notifications of RINGBACK-MIB: what is sent, and that the other end reads
 * the same from it.
 */
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "common/timefmt.h"
#include "mailer/list.h"
#include "traps/list.h"

#define BEGAN (1795341600LL * NSEC_PER_SEC) /* 2026-11-22T10:00:00Z */

static const struct list_oid base = { { 1, 3, 6, 1, 4, 1, 8072, 9999, 9999, 7464 }, 10 };
static struct list_var vars[LIST_VARS_MAX];

static void fill(struct msg_handover *h, enum handover_act act, const char *server)
{
	*h = (struct msg_handover){
		.act = act,
		.router = "router.example.org",
		.outage = 7,
		.service = { .proto = IPPROTO_TCP, .port = 8080 },
		.reason = RINGBACK_REASON_REFUSED,
		.began = BEGAN,
		.server_name = "Größe",
		.watch = "intranet",
	};
	addr_parse(&h->service.server, server);
	if (act == HANDOVER_DOWN)
		return;
	if (act != HANDOVER_WITHDRAW) {
		h->evidence = EVIDENCE_OPERATOR;
		h->ended = BEGAN + 3600 * NSEC_PER_SEC;
	}
	if (act == HANDOVER_UP)
		return;
	h->list = 3;
	h->parts = 9;
	h->clients = 50;
}

static void fill_part(struct msg_handover *h, const char *server, uint32_t rows)
{
	char text[ADDR_STRLEN];

	fill(h, HANDOVER_PART, server);
	h->part = 4;
	h->lossy = true;
	h->n_rows = rows;
	for (uint32_t i = 0; i < rows; i++) {
		struct msg_row *r = &h->rows[i];

		snprintf(text, sizeof(text), strchr(server, ':') ? "2001:db8::%x" : "198.51.100.%u",
			 240 + i);
		addr_parse(&r->client, text);
		r->reason = RINGBACK_REASON_NO_REPLY;
		r->attempts = 0x01020304 + i;
		r->first = BEGAN + i * NSEC_PER_SEC;
		r->last = BEGAN + 60 * NSEC_PER_SEC;
		r->has_mac = i % 2;
		if (r->has_mac)
			mac_parse(&r->mac, "02:00:00:00:00:07");
	}
}

/* --- what is sent --------------------------------------------------------- */

/* The variable base.@below, "1.3.1.5.7"; NULL: there is none. */
static const struct list_var *find(int n, const char *below)
{
	char text[400];

	for (int i = 0; i < n; i++) {
		const struct list_oid *name = &vars[i].name;
		int used = 0;

		if (name->len <= base.len || memcmp(name->id, base.id, base.len * sizeof(uint32_t)))
			continue;
		for (size_t k = base.len; k < name->len; k++)
			used += snprintf(text + used, sizeof(text) - (size_t)used, "%s%u",
					 used ? "." : "", name->id[k]);
		if (!strcmp(text, below))
			return &vars[i];
	}
	return NULL;
}

static void assert_number(int n, const char *below, enum list_var_type type, uint32_t number)
{
	const struct list_var *v = find(n, below);

	assert_non_null(v);
	assert_int_equal(v->type, type);
	assert_int_equal(v->number, number);
}

static void assert_octets(int n, const char *below, const void *octets, size_t len)
{
	const struct list_var *v = find(n, below);

	assert_non_null(v);
	assert_int_equal(v->type, LIST_VAR_OCTETS);
	assert_int_equal(v->octets.len, len);
	assert_memory_equal(v->octets.bytes, octets, len);
}

static void the_head_comes_first(void **state)
{
	static const uint32_t up[] = { 1, 3, 6, 1, 2, 1, 1, 3, 0 };
	static const uint32_t trap[] = { 1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0 };
	static const uint32_t kinds[] = { 3, 4, 5, 1, 2 };
	static struct msg_handover h;

	(void)state;
	for (uint8_t act = HANDOVER_PART; act <= HANDOVER_UP; act++) {
		fill(&h, act, "192.0.2.10");
		assert_true(list_encode(vars, &h, &base, 4711) > 2);
		assert_int_equal(vars[0].type, LIST_VAR_TICKS);
		assert_int_equal(vars[0].number, 4711);
		assert_int_equal(vars[0].name.len, 9);
		assert_memory_equal(vars[0].name.id, up, sizeof(up));
		assert_memory_equal(vars[1].name.id, trap, sizeof(trap));
		assert_int_equal(vars[1].type, LIST_VAR_OID);
		assert_int_equal(vars[1].oid.len, base.len + 2);
		assert_int_equal(vars[1].oid.id[base.len], 0);
		assert_int_equal(vars[1].oid.id[base.len + 1], kinds[act]);
	}
}

static void a_part_in_numbers(void **state)
{
	static const uint8_t row[] = { 1,    1,	   2,	 3, 5, 0x6b, 0x02, 0xbd, 0x21, 0x6b,
				       0x02, 0xbd, 0x5c, 2, 0, 0,    0,	   0,	 7 };
	static const uint8_t began[] = { 0x07, 0xea, 11, 22, 10, 0, 0, 0, '+', 0, 0 };
	static struct msg_handover h;
	int n;

	(void)state;
	fill_part(&h, "192.0.2.10", 2);
	n = list_encode(vars, &h, &base, 0);
	assert_int_equal(n, 18 + 2);
	assert_octets(n, "1.5.1.0", "router.example.org", 18);
	assert_number(n, "1.3.1.2.7", LIST_VAR_INTEGER, 1);
	assert_octets(n, "1.3.1.3.7", "\xc0\x00\x02\x0a", 4);
	assert_number(n, "1.3.1.4.7", LIST_VAR_UNSIGNED, 6);
	assert_number(n, "1.3.1.5.7", LIST_VAR_UNSIGNED, 8080);
	assert_number(n, "1.3.1.6.7", LIST_VAR_INTEGER, 2);
	assert_number(n, "1.3.1.7.7", LIST_VAR_INTEGER, 4);
	assert_octets(n, "1.3.1.8.7", began, sizeof(began));
	assert_octets(n, "1.3.1.11.7", "intranet", 8);
	assert_octets(n, "1.3.1.12.7", "Größe", 7);
	assert_number(n, "1.5.2.0", LIST_VAR_UNSIGNED, 4);
	assert_number(n, "1.5.3.0", LIST_VAR_UNSIGNED, 9);
	assert_number(n, "1.5.4.0", LIST_VAR_UNSIGNED, 50);
	assert_number(n, "1.5.5.0", LIST_VAR_INTEGER, 1);
	assert_number(n, "1.5.6.0", LIST_VAR_UNSIGNED, 3);
	assert_octets(n, "1.4.1.4.7.1.4.198.51.100.241", row, sizeof(row));
}

static void what_is_not_known_is_left_out(void **state)
{
	static struct msg_handover h;
	int n;

	(void)state;
	fill(&h, HANDOVER_DOWN, "192.0.2.10");
	h.server_name[0] = h.watch[0] = '\0';
	n = list_encode(vars, &h, &base, 0);
	assert_int_equal(n, 2 + 7);
	assert_null(find(n, "1.3.1.12.7"));
	assert_null(find(n, "1.3.1.11.7"));
	assert_null(find(n, "1.3.1.9.7"));
}

static void a_name_is_cut_between_characters(void **state)
{
	static struct msg_handover h;
	const struct list_var *v;

	(void)state;
	fill(&h, HANDOVER_DOWN, "192.0.2.10");
	strcpy(h.server_name, "x");
	for (size_t i = 0; i < 60; i++)
		strcat(h.server_name, "ü");
	v = find(list_encode(vars, &h, &base, 0), "1.3.1.12.7");
	assert_non_null(v);
	assert_int_equal(v->octets.len, 63);
	assert_memory_equal(v->octets.bytes + 61, "ü", 2);
	strcpy(h.server_name, "ü");
	for (size_t i = 0; i < 60; i++)
		strcat(h.server_name, "ü");
	v = find(list_encode(vars, &h, &base, 0), "1.3.1.12.7");
	assert_int_equal(v->octets.len, 62);
}

static void what_does_not_fit_is_an_error(void **state)
{
	static struct msg_handover h;
	struct list_oid longest = base;

	(void)state;
	fill_part(&h, "192.0.2.10", MIB_ROWS_IPV4 + 1);
	assert_int_equal(list_encode(vars, &h, &base, 0), -EMSGSIZE);
	fill_part(&h, "2001:db8::10", MIB_ROWS_IPV6 + 1);
	assert_int_equal(list_encode(vars, &h, &base, 0), -EMSGSIZE);
	fill(&h, HANDOVER_UP, "192.0.2.10");
	h.outage = UINT32_MAX;
	assert_true(list_encode(vars, &h, &base, 0) > 0);
	h.outage++;
	assert_int_equal(list_encode(vars, &h, &base, 0), -ERANGE);
	fill_part(&h, "2001:db8::10", MIB_ROWS_IPV6);
	longest.len = LIST_OID_MAX - 4 - 1 - MIB_ADDRESS_MAX;
	assert_true(list_encode(vars, &h, &longest, 0) > 0);
	longest.len++;
	assert_int_equal(list_encode(vars, &h, &longest, 0), -ERANGE);
}

/* --- there and back ------------------------------------------------------- */

static void oid_copy(struct trap_oid *to, const struct list_oid *from)
{
	memcpy(to->id, from->id, from->len * sizeof(to->id[0]));
	to->len = from->len;
}

static void sent_and_read(const struct msg_handover *h, struct msg_handover *read)
{
	static struct list_bind binds[LIST_VARS_MAX];
	static struct trap_oid top, oid;
	int n = list_encode(vars, h, &base, 0);

	assert_true(n > 2);
	for (int i = 2; i < n; i++) {
		struct list_bind *b = &binds[i - 2];

		oid_copy(&b->oid, &vars[i].name);
		b->type = vars[i].type == LIST_VAR_OCTETS ? LIST_OCTETS : LIST_NUMBER;
		b->number = vars[i].type == LIST_VAR_OCTETS ? 0 : vars[i].number;
		b->octets = vars[i].octets.bytes;
		b->len = vars[i].octets.len;
	}
	oid_copy(&top, &base);
	oid_copy(&oid, &vars[1].oid);
	assert_true(list_is_ours(&top, &oid));
	memset(read, 0, sizeof(*read));
	assert_null(list_decode(&top, &oid, binds, (size_t)n - 2, read));
}

static void rows_equal(const struct msg_row *a, const struct msg_row *b)
{
	assert_true(addr_equal(&a->client, &b->client));
	assert_int_equal(a->reason, b->reason);
	assert_int_equal(a->attempts, b->attempts);
	assert_int_equal(a->first, b->first);
	assert_int_equal(a->last, b->last);
	assert_int_equal(a->has_mac, b->has_mac);
	assert_memory_equal(&a->mac, &b->mac, sizeof(a->mac));
}

static void handovers_equal(const struct msg_handover *a, const struct msg_handover *b)
{
	assert_int_equal(a->act, b->act);
	assert_string_equal(a->router, b->router);
	assert_int_equal(a->outage, b->outage);
	assert_int_equal(a->list, b->list);
	assert_true(service_equal(&a->service, &b->service));
	assert_int_equal(a->reason, b->reason);
	assert_int_equal(a->evidence, b->evidence);
	assert_int_equal(a->lossy, b->lossy);
	assert_int_equal(a->began, b->began);
	assert_int_equal(a->ended, b->ended);
	assert_string_equal(a->server_name, b->server_name);
	assert_string_equal(a->watch, b->watch);
	assert_int_equal(a->clients, b->clients);
	assert_int_equal(a->part, b->part);
	assert_int_equal(a->parts, b->parts);
	assert_int_equal(a->n_rows, b->n_rows);
	for (uint32_t i = 0; i < a->n_rows; i++)
		rows_equal(&a->rows[i], &b->rows[i]);
}

static void the_other_end_reads_the_same(void **state)
{
	static const char *const servers[] = { "192.0.2.10", "2001:db8::10" };
	static struct msg_handover h, read;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		for (uint8_t act = HANDOVER_RELEASE; act <= HANDOVER_UP; act++) {
			fill(&h, act, servers[i]);
			sent_and_read(&h, &read);
			handovers_equal(&h, &read);
		}
		fill_part(&h, servers[i], i ? MIB_ROWS_IPV6 : MIB_ROWS_IPV4);
		h.part = 9;
		h.clients = 9 * h.n_rows;
		sent_and_read(&h, &read);
		handovers_equal(&h, &read);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_head_comes_first),
		cmocka_unit_test(a_part_in_numbers),
		cmocka_unit_test(what_is_not_known_is_left_out),
		cmocka_unit_test(a_name_is_cut_between_characters),
		cmocka_unit_test(what_does_not_fit_is_an_error),
		cmocka_unit_test(the_other_end_reads_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
