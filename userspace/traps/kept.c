// SPDX-License-Identifier: GPL-2.0
/*
 * Informs that are answered later. net-snmp's variables take more than a kilobyte each,
 * whatever is in them; here they wait as they come in a message, name and value.
 */
#include "kept.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#define BUCKETS 1024

struct kept {
	LIST_ENTRY(kept) in_bucket;
	TAILQ_ENTRY(kept) by_age;
	uint64_t ticket;
	int64_t since_ms;
	void *session;
	netsnmp_pdu *answer; /* without its variables */
	u_char *packed; /* these */
	size_t size;
};

LIST_HEAD(bucket, kept);
TAILQ_HEAD(kept_list, kept);

static struct {
	struct bucket bucket[BUCKETS];
	struct kept_list by_age; /* the oldest first */
	unsigned int n;
	size_t bytes; /* of what is packed */
} table = { .by_age = TAILQ_HEAD_INITIALIZER(table.by_age) };

/* --- variables, packed ------------------------------------------------------- */

struct packed {
	uint32_t name_len, val_len; /* sub-identifiers, bytes */
	u_char type;
};

static size_t pack(const netsnmp_variable_list *v, u_char *to)
{
	size_t size = 0;

	for (; v; v = v->next_variable) {
		const struct packed head = { v->name_length, v->val_len, v->type };

		if (to) {
			memcpy(to + size, &head, sizeof(head));
			memcpy(to + size + sizeof(head), v->name, v->name_length * sizeof(oid));
			memcpy(to + size + sizeof(head) + v->name_length * sizeof(oid),
			       v->val.string, v->val_len);
		}
		size += sizeof(head) + v->name_length * sizeof(oid) + v->val_len;
	}
	return size;
}

static bool unpack(netsnmp_pdu *pdu, const u_char *from, size_t size)
{
	oid name[MAX_OID_LEN];
	struct packed head;

	while (size) {
		size_t names;

		memcpy(&head, from, sizeof(head));
		names = head.name_len * sizeof(oid);
		memcpy(name, from + sizeof(head), names);
		if (!snmp_pdu_add_variable(pdu, name, head.name_len, head.type,
					   from + sizeof(head) + names, head.val_len))
			return false;
		from += sizeof(head) + names + head.val_len;
		size -= sizeof(head) + names + head.val_len;
	}
	return true;
}

/* --- the table ---------------------------------------------------------------- */

static struct kept *find(uint64_t ticket)
{
	struct kept *k;

	LIST_FOREACH(k, &table.bucket[ticket % BUCKETS], in_bucket)
	if (k->ticket == ticket)
		return k;
	return NULL;
}

static void drop(struct kept *k)
{
	LIST_REMOVE(k, in_bucket);
	TAILQ_REMOVE(&table.by_age, k, by_age);
	table.n--;
	table.bytes -= k->size;
	if (k->answer)
		snmp_free_pdu(k->answer);
	free(k->packed);
	free(k);
}

/* A clone has a reference to the security state of @pdu, and lets go of it when freed. */
static bool fill(struct kept *k, netsnmp_pdu *pdu)
{
	netsnmp_variable_list *variables = pdu->variables;
	size_t size = pack(variables, NULL);

	k->packed = malloc(size + 1);
	if (!k->packed)
		return false;
	pack(variables, k->packed);
	k->size = size;
	table.bytes += size;
	pdu->variables = NULL;
	k->answer = snmp_clone_pdu(pdu);
	pdu->variables = variables;
	if (!k->answer)
		return false;
	k->answer->command = SNMP_MSG_RESPONSE;
	k->answer->errindex = 0;
	return true;
}

void kept_put(uint64_t ticket, void *session, netsnmp_pdu *pdu, int64_t now_ms)
{
	struct kept *old = find(ticket), *k = calloc(1, sizeof(*k));

	if (!k)
		return;
	k->ticket = ticket;
	k->session = session;
	k->since_ms = old ? old->since_ms : now_ms;
	if (old)
		drop(old);
	else if (table.n == KEPT_MAX)
		drop(TAILQ_FIRST(&table.by_age));
	LIST_INSERT_HEAD(&table.bucket[ticket % BUCKETS], k, in_bucket);
	TAILQ_INSERT_TAIL(&table.by_age, k, by_age);
	table.n++;
	if (!fill(k, pdu))
		drop(k);
	/* A datagram may have 64 KiB: what matters then is how much there is, not how many. */
	while (table.bytes > KEPT_BYTES)
		drop(TAILQ_FIRST(&table.by_age));
}

int64_t kept_for(uint64_t ticket, int64_t now_ms)
{
	const struct kept *k = find(ticket);

	return k ? now_ms - k->since_ms : -1;
}

void kept_answer(uint64_t ticket, long status)
{
	struct kept *k = find(ticket);

	if (!k)
		return;
	k->answer->errstat = status;
	/* snmp_send() would look for the session in a list where ours is not. */
	if (unpack(k->answer, k->packed, k->size) && snmp_sess_send(k->session, k->answer))
		k->answer = NULL;
	drop(k);
}

void kept_drop(const void *session)
{
	struct kept *k, *next;

	for (k = TAILQ_FIRST(&table.by_age); k; k = next) {
		next = TAILQ_NEXT(k, by_age);
		if (!session || k->session == session)
			drop(k);
	}
}
