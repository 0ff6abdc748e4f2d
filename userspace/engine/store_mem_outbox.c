// SPDX-License-Identifier: GPL-2.0
/*
 * The store in memory: contacts, notices and the messages that carry them.
 */
#include "store_mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* --- contacts ------------------------------------------------------------------------------ */

static int contact_cmp(const void *a, const void *b)
{
	const struct contact *x = a, *y = b;

	return contact_key_cmp(&x->key, &y->key);
}

int mem_contact_del(struct store *st, const struct contact_key *key)
{
	int rc = mem_changing(st);

	if (rc < 0)
		return rc;
	FOR_EACH(st, CONTACTS, struct contact, c)
	{
		if (contact_key_cmp(&c->key, key))
			continue;
		mem_row_del(st, CONTACTS, c);
		return 0;
	}
	return -ENOENT;
}

int mem_contact_put(struct store *st, const struct contact *c)
{
	struct rows *t = &to_mem(st)->table[CONTACTS];
	int rc = mem_contact_del(st, &c->key);

	if (rc < 0 && rc != -ENOENT)
		return rc;
	rc = mem_row_add(st, CONTACTS, c);
	if (rc == 0)
		qsort(t->row, t->n, t->element, contact_cmp);
	return rc;
}

int mem_contact_list(struct store *st, const struct contact_key *after, unsigned int limit,
		     store_contact_cb cb, void *arg)
{
	unsigned int n = 0;
	int rc;

	FOR_EACH(st, CONTACTS, struct contact, c)
	{
		if (after && contact_key_cmp(&c->key, after) <= 0)
			continue;
		if (limit && n++ == limit)
			break;
		if ((rc = cb(c, arg)))
			return rc;
	}
	return 0;
}

/* --- outbox -------------------------------------------------------------------------------- */

static struct message *find_message(struct store *st, uint64_t id)
{
	FOR_EACH(st, MESSAGES, struct message, m)
	if (m->id == id)
		return m;
	return NULL;
}

int mem_notice_put(struct store *st, struct notice *n)
{
	int rc = mem_changing(st);

	if (rc < 0)
		return rc;
	FOR_EACH(st, NOTICES, struct notice, old)
	{
		if (old->id != n->id)
			continue;
		old->due = n->due;
		old->message = n->message;
		return 0;
	}
	n->id = ++to_mem(st)->last_id;
	return mem_row_add(st, NOTICES, n);
}

int mem_notice_mails(struct store *st, int64_t now, unsigned int limit, store_mail_cb cb, void *arg)
{
	unsigned int n = 0;
	int rc;

	FOR_EACH(st, NOTICES, struct notice, row)
	{
		bool said = false;

		if (row->message || row->due > now)
			continue;
		if (n++ == limit)
			break;
		FOR_EACH(st, NOTICES, struct notice, before)
		{
			if (before == row)
				break;
			said |= !before->message && before->due <= now &&
				strcmp(before->mail, row->mail) == 0;
		}
		if (!said && (rc = cb(row->mail, arg)))
			return rc;
	}
	return 0;
}

int mem_notice_list(struct store *st, const char *mail, uint64_t message, uint64_t after,
		    unsigned int limit, store_notice_cb cb, void *arg)
{
	unsigned int n = 0;
	int rc;

	FOR_EACH(st, NOTICES, struct notice, row)
	{
		if (row->id <= after ||
		    (mail &&
		     (row->message || row->due == NOTICE_HELD || strcmp(row->mail, mail))) ||
		    (message && row->message != message))
			continue;
		if (n++ == limit)
			break;
		if ((rc = cb(row, find_message(st, row->message),
			     mem_find_handover(st, row->handover), arg)))
			return rc;
	}
	return 0;
}

int mem_notice_of(struct store *st, uint64_t outage, const struct addr *client, unsigned int limit,
		  store_notice_cb cb, void *arg)
{
	const struct rows *t = &to_mem(st)->table[NOTICES];
	size_t i;
	int rc;

	for (i = t->n; i-- > 0 && limit;) {
		const struct notice *row = mem_row(t, i);

		if (outage &&
		    (row->outage != outage || (client && !addr_equal(&row->client, client))))
			continue;
		limit--;
		if ((rc = cb(row, find_message(st, row->message),
			     mem_find_handover(st, row->handover), arg)))
			return rc;
	}
	return 0;
}

int mem_notice_defer(struct store *st, const char *mail, int64_t due)
{
	int rc = mem_changing(st);

	if (rc < 0)
		return rc;
	FOR_EACH(st, NOTICES, struct notice, n)
	if (!n->message && strcmp(n->mail, mail) == 0 && n->due < due)
		n->due = due;
	return 0;
}

int mem_message_put(struct store *st, struct message *m)
{
	struct message *old = find_message(st, m->id);
	int rc = mem_changing(st);

	if (rc < 0)
		return rc;
	if (old) {
		*old = *m;
		return 0;
	}
	m->id = ++to_mem(st)->last_id;
	return mem_row_add(st, MESSAGES, m);
}

int mem_message_get(struct store *st, uint64_t id, struct message *m)
{
	const struct message *found = find_message(st, id);

	if (!found)
		return -ENOENT;
	*m = *found;
	return 0;
}

int mem_message_due(struct store *st, int64_t now, unsigned int limit, store_message_cb cb,
		    void *arg)
{
	unsigned int n = 0;
	int rc;

	FOR_EACH(st, MESSAGES, struct message, m)
	{
		if (m->state != MESSAGE_QUEUED || m->next > now)
			continue;
		if (n++ == limit)
			break;
		if ((rc = cb(m, arg)))
			return rc;
	}
	return 0;
}

int mem_message_recent(struct store *st, const char *mail, int64_t since, int64_t now,
		       unsigned int *n, int64_t *oldest)
{
	*n = 0;
	*oldest = 0;
	FOR_EACH(st, MESSAGES, struct message, m)
	{
		if (m->created <= since || m->created > now || strcmp(m->mail, mail))
			continue;
		if (!(*n)++ || m->created < *oldest)
			*oldest = m->created;
	}
	return 0;
}

int mem_outbox_next(struct store *st, int64_t now, int64_t *when)
{
	*when = INT64_MAX;
	FOR_EACH(st, NOTICES, struct notice, n)
	if (!n->message && n->due > now && n->due < *when)
		*when = n->due;
	FOR_EACH(st, MESSAGES, struct message, m)
	if (m->state == MESSAGE_QUEUED && m->next > now && m->next < *when)
		*when = m->next;
	return 0;
}

int mem_outbox_clamp(struct store *st, int64_t now, int64_t latest)
{
	int n = 0, rc = mem_changing(st);

	if (rc < 0)
		return rc;
	FOR_EACH(st, NOTICES, struct notice, row)
	{
		if (row->message || row->due <= latest || row->due == NOTICE_HELD)
			continue;
		row->due = now;
		row->created = row->created < now ? row->created : now;
		n++;
	}
	FOR_EACH(st, MESSAGES, struct message, m)
	{
		if (m->state != MESSAGE_QUEUED || m->next <= latest)
			continue;
		m->next = now;
		m->created = m->created < now ? m->created : now;
		n++;
	}
	return n;
}

int mem_outbox_count(struct store *st, struct outbox_counts *c)
{
	memset(c, 0, sizeof(*c));
	FOR_EACH(st, NOTICES, struct notice, n)
	c->waiting += !n->message && n->due < NOTICE_HELD;
	FOR_EACH(st, MESSAGES, struct message, m)
	{
		c->queued += m->state == MESSAGE_QUEUED;
		c->sent += m->state == MESSAGE_SENT;
		c->refused += m->state == MESSAGE_REFUSED;
		c->given_up += m->state == MESSAGE_GIVEN_UP;
		c->dropped += m->state == MESSAGE_DROPPED;
	}
	return 0;
}

int mem_outbox_backlog(struct store *st, struct outbox_backlog *b)
{
	struct message *m;

	memset(b, 0, sizeof(*b));
	FOR_EACH(st, NOTICES, struct notice, n)
	{
		m = n->message ? find_message(st, n->message) : NULL;
		if (m ? m->state != MESSAGE_QUEUED : n->due == NOTICE_HELD)
			continue;
		b->notices += !m;
		if (!b->oldest || n->created < b->oldest)
			b->oldest = n->created;
	}
	FOR_EACH(st, MESSAGES, struct message, queued)
	b->messages += queued->state == MESSAGE_QUEUED;
	return 0;
}
