// SPDX-License-Identifier: GPL-2.0
/*
 * The store in memory: plain arrays, walked from end to end. For tests of what
 * uses a store, and as the second body that keeps the table of functions honest.
 * A transaction is a copy of everything, so a rollback is a real one.
 */
#include "store_mem.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct meta {
	char key[32], value[128];
};

struct seen_watch {
	char name[RINGBACK_WATCH_NAME_MAX + 1];
	bool ours;
};

/* --- rows -------------------------------------------------------------------------- */

int mem_changing(struct store *st)
{
	if (!to_mem(st)->fail)
		return 0;
	snprintf(st->error, sizeof(st->error), "told to fail: %s", strerror(-to_mem(st)->fail));
	return to_mem(st)->fail;
}

int mem_row_add(struct store *st, enum table which, const void *row)
{
	struct rows *t = &to_mem(st)->table[which];
	void *more = reallocarray(t->row, t->n + 1, t->element);

	if (!more)
		return -ENOMEM;
	t->row = more;
	memcpy(mem_row(t, t->n++), row, t->element);
	return 0;
}

void mem_row_del(struct store *st, enum table which, void *row)
{
	struct rows *t = &to_mem(st)->table[which];
	size_t after = (char *)mem_row(t, t->n) - (char *)row - t->element;

	memmove(row, (char *)row + t->element, after);
	t->n--;
}

static void rows_drop(struct rows *t)
{
	int i;

	for (i = 0; i < TABLES; i++) {
		free(t[i].row);
		t[i].row = NULL;
		t[i].n = 0;
	}
}

/* --- transactions ------------------------------------------------------------------- */

static void mem_close(struct store *st)
{
	rows_drop(to_mem(st)->table);
	rows_drop(to_mem(st)->saved);
	free(st);
}

static int mem_begin(struct store *st)
{
	struct mem_store *m = to_mem(st);
	int i, rc = mem_changing(st);

	if (rc < 0)
		return rc;
	for (i = 0; i < TABLES; i++) {
		size_t size = m->table[i].n * m->table[i].element;

		m->saved[i] = m->table[i];
		m->saved[i].row = malloc(size + 1);
		if (!m->saved[i].row) {
			rows_drop(m->saved);
			return -ENOMEM;
		}
		if (size)
			memcpy(m->saved[i].row, m->table[i].row, size);
	}
	m->open = true;
	return 0;
}

static int mem_commit(struct store *st)
{
	int rc = mem_changing(st);

	if (rc < 0)
		return rc;
	rows_drop(to_mem(st)->saved);
	to_mem(st)->open = false;
	return 0;
}

static void mem_rollback(struct store *st)
{
	struct mem_store *m = to_mem(st);
	int i;

	if (!m->open)
		return;
	rows_drop(m->table);
	for (i = 0; i < TABLES; i++) {
		m->table[i] = m->saved[i];
		m->saved[i].row = NULL;
	}
	m->open = false;
}

/* --- meta, watches --------------------------------------------------------------------- */

static int mem_meta_get(struct store *st, const char *key, char *value, size_t size)
{
	FOR_EACH(st, META, struct meta, m)
	{
		if (strcmp(m->key, key))
			continue;
		snprintf(value, size, "%s", m->value);
		return 0;
	}
	return -ENOENT;
}

static int mem_meta_put(struct store *st, const char *key, const char *value)
{
	struct meta fresh;
	int rc = mem_changing(st);

	if (rc < 0)
		return rc;
	FOR_EACH(st, META, struct meta, m)
	{
		if (strcmp(m->key, key))
			continue;
		snprintf(m->value, sizeof(m->value), "%s", value);
		return 0;
	}
	snprintf(fresh.key, sizeof(fresh.key), "%s", key);
	snprintf(fresh.value, sizeof(fresh.value), "%s", value);
	return mem_row_add(st, META, &fresh);
}

static int mem_watch_del(struct store *st, const char *name)
{
	int rc = mem_changing(st);

	FOR_EACH(st, WATCHES, struct seen_watch, w)
	{
		if (rc < 0 || strcmp(w->name, name))
			continue;
		mem_row_del(st, WATCHES, w);
		break;
	}
	return rc;
}

static int mem_watch_put(struct store *st, const char *name, bool ours)
{
	struct seen_watch w = { .ours = ours };
	int rc = mem_watch_del(st, name);

	snprintf(w.name, sizeof(w.name), "%s", name);
	return rc < 0 ? rc : mem_row_add(st, WATCHES, &w);
}

static int mem_watch_list(struct store *st, store_name_cb cb, void *arg)
{
	int rc;

	FOR_EACH(st, WATCHES, struct seen_watch, w)
	if ((rc = cb(w->name, w->ours, arg)))
		return rc;
	return 0;
}

static const struct store_ops mem_ops = {
	.close = mem_close,
	.begin = mem_begin,
	.commit = mem_commit,
	.rollback = mem_rollback,
	.meta_get = mem_meta_get,
	.meta_put = mem_meta_put,
	.watch_put = mem_watch_put,
	.watch_del = mem_watch_del,
	.watch_list = mem_watch_list,
	.outage_put = mem_outage_put,
	.outage_latest = mem_outage_latest,
	.outage_list = mem_outage_list,
	.outage_purge = mem_outage_purge,
	.outage_get = mem_outage_get,
	.outage_origin = mem_outage_origin,
	.outage_del = mem_outage_del,
	.list_put = mem_list_put,
	.list_get = mem_list_get,
	.list_part = mem_list_part,
	.list_parts = mem_list_parts,
	.list_list = mem_list_list,
	.list_promised = mem_list_promised,
	.list_stale = mem_list_stale,
	.list_release = mem_list_release,
	.waiter_put = mem_waiter_put,
	.waiter_get = mem_waiter_get,
	.waiter_list = mem_waiter_list,
	.waiter_lost = mem_waiter_lost,
	.waiter_recent = mem_waiter_recent,
	.waiter_count = mem_waiter_count,
	.waiter_unknown = mem_waiter_unknown,
	.answer_put = mem_answer_put,
	.answer_get = mem_answer_get,
	.answer_del = mem_answer_del,
	.asked_put = mem_asked_put,
	.asked_count = mem_asked_count,
	.asked_purge = mem_asked_purge,
	.suppressed_put = mem_suppressed_put,
	.suppressed_get = mem_suppressed_get,
	.suppressed_del = mem_suppressed_del,
	.contact_put = mem_contact_put,
	.contact_del = mem_contact_del,
	.contact_list = mem_contact_list,
	.lease_put = mem_lease_put,
	.lease_get = mem_lease_get,
	.lease_del = mem_lease_del,
	.lease_list = mem_lease_list,
	.lease_keep = mem_lease_keep,
	.lease_purge = mem_lease_purge,
	.notice_put = mem_notice_put,
	.notice_mails = mem_notice_mails,
	.notice_list = mem_notice_list,
	.notice_of = mem_notice_of,
	.notice_defer = mem_notice_defer,
	.notice_handed = mem_notice_handed,
	.notice_number = mem_notice_number,
	.handover_put = mem_handover_put,
	.handover_get = mem_handover_get,
	.handover_due = mem_handover_due,
	.handover_next = mem_handover_next,
	.handover_clamp = mem_handover_clamp,
	.handover_list = mem_handover_list,
	.handover_gathering = mem_handover_gathering,
	.handover_said = mem_handover_said,
	.handover_rows = mem_handover_rows,
	.handover_backlog = mem_handover_backlog,
	.message_put = mem_message_put,
	.message_get = mem_message_get,
	.message_due = mem_message_due,
	.message_recent = mem_message_recent,
	.outbox_next = mem_outbox_next,
	.outbox_clamp = mem_outbox_clamp,
	.outbox_count = mem_outbox_count,
	.outbox_backlog = mem_outbox_backlog,
};

void store_mem_fail(struct store *st, int err)
{
	to_mem(st)->fail = err;
}

int store_open_mem(struct store **sp)
{
	static const size_t element[TABLES] = {
		[META] = sizeof(struct meta),	     [WATCHES] = sizeof(struct seen_watch),
		[OUTAGES] = sizeof(struct outage),   [WAITERS] = sizeof(struct waiter),
		[CONTACTS] = sizeof(struct contact), [LEASES] = sizeof(struct mem_lease),
		[NOTICES] = sizeof(struct notice),   [MESSAGES] = sizeof(struct message),
		[ANSWERS] = sizeof(struct answer),   [ASKED] = sizeof(struct asked),
		[SUPPRESSED] = FINGERPRINT_LEN,	     [HANDOVERS] = sizeof(struct handover),
		[LISTS] = sizeof(struct list),	     [LIST_PARTS] = sizeof(struct list_part),
	};
	struct mem_store *m = calloc(1, sizeof(*m));
	int i;

	if (!m)
		return -ENOMEM;
	m->st.ops = &mem_ops;
	for (i = 0; i < TABLES; i++)
		m->table[i].element = element[i];
	*sp = &m->st;
	return 0;
}
