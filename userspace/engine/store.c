// SPDX-License-Identifier: GPL-2.0
/*
 * The store's front: calls go to the backend that was opened.
 */
#include "store.h"

const char *message_state_name(uint8_t state)
{
	static const char *const names[] = {
		[MESSAGE_QUEUED] = "queued",   [MESSAGE_SENT] = "sent",
		[MESSAGE_REFUSED] = "refused", [MESSAGE_GIVEN_UP] = "given-up",
		[MESSAGE_DROPPED] = "dropped",
	};

	return state < sizeof(names) / sizeof(*names) ? names[state] : "unknown";
}

const char *list_state_name(uint8_t state)
{
	static const char *const names[] = {
		[LIST_COLLECTING] = "collecting",
		[LIST_RELEASED] = "released",
		[LIST_DROPPED] = "dropped",
	};

	return state < sizeof(names) / sizeof(*names) ? names[state] : "unknown";
}

void store_close(struct store *st)
{
	if (st)
		st->ops->close(st);
}

const char *store_error(const struct store *st)
{
	return st->error;
}

int store_begin(struct store *st)
{
	return st->ops->begin(st);
}

int store_commit(struct store *st)
{
	return st->ops->commit(st);
}

void store_rollback(struct store *st)
{
	st->ops->rollback(st);
}

int store_meta_get(struct store *st, const char *key, char *value, size_t size)
{
	return st->ops->meta_get(st, key, value, size);
}

int store_meta_put(struct store *st, const char *key, const char *value)
{
	return st->ops->meta_put(st, key, value);
}

int store_watch_put(struct store *st, const char *name, bool ours)
{
	return st->ops->watch_put(st, name, ours);
}

int store_watch_del(struct store *st, const char *name)
{
	return st->ops->watch_del(st, name);
}

int store_watch_list(struct store *st, store_name_cb cb, void *arg)
{
	return st->ops->watch_list(st, cb, arg);
}

int store_outage_put(struct store *st, struct outage *o)
{
	return st->ops->outage_put(st, o);
}

int store_outage_latest(struct store *st, const struct service *s, struct outage *o)
{
	return st->ops->outage_latest(st, s, o);
}

int store_outage_list(struct store *st, const struct outage_query *q, store_outage_cb cb, void *arg)
{
	return st->ops->outage_list(st, q, cb, arg);
}

int store_outage_purge(struct store *st, int64_t before, int64_t heard, unsigned int limit)
{
	return st->ops->outage_purge(st, before, heard, limit);
}

int store_outage_get(struct store *st, uint64_t id, struct outage *o)
{
	return st->ops->outage_get(st, id, o);
}

int store_outage_origin(struct store *st, struct outage *o)
{
	return st->ops->outage_origin(st, o);
}

int store_outage_del(struct store *st, uint64_t id, unsigned int limit)
{
	return st->ops->outage_del(st, id, limit);
}

int store_list_put(struct store *st, const struct list *l)
{
	return st->ops->list_put(st, l);
}

int store_list_get(struct store *st, uint64_t outage, struct list *l)
{
	return st->ops->list_get(st, outage, l);
}

int store_list_part(struct store *st, uint64_t outage, uint32_t part)
{
	return st->ops->list_part(st, outage, part);
}

int store_list_parts(struct store *st, uint64_t outage, uint32_t *n)
{
	return st->ops->list_parts(st, outage, n);
}

int store_list_list(struct store *st, uint64_t after, unsigned int limit, store_list_cb cb,
		    void *arg)
{
	return st->ops->list_list(st, after, limit, cb, arg);
}

int store_list_promised(struct store *st, const char *origin, uint64_t *clients)
{
	return st->ops->list_promised(st, origin, clients);
}

int store_list_stale(struct store *st, enum list_state state, int64_t before, unsigned int limit,
		     store_list_cb cb, void *arg)
{
	return st->ops->list_stale(st, state, before, limit, cb, arg);
}

int store_list_release(struct store *st, const struct outage *o, int64_t now, int64_t due,
		       struct list_told *n)
{
	return st->ops->list_release(st, o, now, due, n);
}

int store_waiter_put(struct store *st, const struct waiter *w)
{
	return st->ops->waiter_put(st, w);
}

int store_waiter_get(struct store *st, uint64_t outage, const struct addr *client, struct waiter *w)
{
	return st->ops->waiter_get(st, outage, client, w);
}

int store_waiter_list(struct store *st, const struct waiter_query *q, store_waiter_cb cb, void *arg)
{
	return st->ops->waiter_list(st, q, cb, arg);
}

int store_waiter_lost(struct store *st, const char *watch)
{
	return st->ops->waiter_lost(st, watch);
}

int store_waiter_recent(struct store *st, const struct addr *client, int64_t since,
			unsigned int limit, store_waiter_cb cb, void *arg)
{
	return st->ops->waiter_recent(st, client, since, limit, cb, arg);
}

int store_waiter_count(struct store *st, uint64_t outage, uint32_t *n)
{
	return st->ops->waiter_count(st, outage, n);
}

int store_waiter_unknown(struct store *st, uint64_t after_outage, const struct addr *after_client,
			 unsigned int limit, store_waiter_cb cb, void *arg)
{
	return st->ops->waiter_unknown(st, after_outage, after_client, limit, cb, arg);
}

int store_answer_put(struct store *st, const struct answer *a)
{
	return st->ops->answer_put(st, a);
}

int store_answer_get(struct store *st, uint64_t outage, const struct addr *client, struct answer *a)
{
	return st->ops->answer_get(st, outage, client, a);
}

int store_answer_del(struct store *st, uint64_t outage, const struct addr *client)
{
	return st->ops->answer_del(st, outage, client);
}

int store_asked_put(struct store *st, const struct asked *a)
{
	return st->ops->asked_put(st, a);
}

int store_asked_count(struct store *st, const char *client, const char *address, int64_t since,
		      unsigned int *n)
{
	return st->ops->asked_count(st, client, address, since, n);
}

int store_asked_purge(struct store *st, int64_t before, int64_t now)
{
	return st->ops->asked_purge(st, before, now);
}

int store_suppressed_put(struct store *st, const char *address, int64_t at)
{
	return st->ops->suppressed_put(st, address, at);
}

int store_suppressed_get(struct store *st, const char *address)
{
	return st->ops->suppressed_get(st, address);
}

int store_suppressed_del(struct store *st, const char *address)
{
	return st->ops->suppressed_del(st, address);
}

int store_contact_put(struct store *st, const struct contact *c)
{
	return st->ops->contact_put(st, c);
}

int store_contact_del(struct store *st, const struct contact_key *key)
{
	return st->ops->contact_del(st, key);
}

int store_contact_list(struct store *st, const struct contact_key *after, unsigned int limit,
		       store_contact_cb cb, void *arg)
{
	return st->ops->contact_list(st, after, limit, cb, arg);
}

int store_lease_put(struct store *st, const struct lease *l, int64_t import)
{
	return st->ops->lease_put(st, l, import);
}

int store_lease_get(struct store *st, const struct addr *client, struct lease *l)
{
	return st->ops->lease_get(st, client, l);
}

int store_lease_del(struct store *st, const struct addr *client)
{
	return st->ops->lease_del(st, client);
}

int store_lease_list(struct store *st, const struct addr *after, unsigned int limit,
		     store_lease_cb cb, void *arg)
{
	return st->ops->lease_list(st, after, limit, cb, arg);
}

int store_lease_keep(struct store *st, int64_t import, unsigned int limit)
{
	return st->ops->lease_keep(st, import, limit);
}

int store_lease_purge(struct store *st, int64_t before, unsigned int limit)
{
	return st->ops->lease_purge(st, before, limit);
}

int store_notice_put(struct store *st, struct notice *n)
{
	return st->ops->notice_put(st, n);
}

int store_notice_mails(struct store *st, int64_t now, unsigned int limit, store_mail_cb cb,
		       void *arg)
{
	return st->ops->notice_mails(st, now, limit, cb, arg);
}

int store_notice_list(struct store *st, const char *mail, uint64_t message, uint64_t after,
		      unsigned int limit, store_notice_cb cb, void *arg)
{
	return st->ops->notice_list(st, mail, message, after, limit, cb, arg);
}

int store_notice_of(struct store *st, uint64_t outage, const struct addr *client,
		    unsigned int limit, store_notice_cb cb, void *arg)
{
	return st->ops->notice_of(st, outage, client, limit, cb, arg);
}

int store_notice_defer(struct store *st, const char *mail, int64_t due)
{
	return st->ops->notice_defer(st, mail, due);
}

int store_notice_handed(struct store *st, uint64_t handover, const struct notice *after,
			unsigned int limit, store_notice_cb cb, void *arg)
{
	return st->ops->notice_handed(st, handover, after, limit, cb, arg);
}

int store_notice_number(struct store *st, uint64_t id, uint64_t handover, uint32_t part)
{
	return st->ops->notice_number(st, id, handover, part);
}

int store_handover_put(struct store *st, struct handover *h)
{
	return st->ops->handover_put(st, h);
}

int store_handover_get(struct store *st, uint64_t id, struct handover *h)
{
	return st->ops->handover_get(st, id, h);
}

int store_handover_due(struct store *st, int64_t now, unsigned int limit, store_handover_cb cb,
		       void *arg)
{
	return st->ops->handover_due(st, now, limit, cb, arg);
}

int store_handover_next(struct store *st, int64_t now, int64_t *when)
{
	return st->ops->handover_next(st, now, when);
}

int store_handover_clamp(struct store *st, int64_t now, int64_t latest)
{
	return st->ops->handover_clamp(st, now, latest);
}

int store_handover_list(struct store *st, uint64_t after, unsigned int limit, store_handover_cb cb,
			void *arg)
{
	return st->ops->handover_list(st, after, limit, cb, arg);
}

int store_handover_gathering(struct store *st, uint64_t outage, uint8_t step, struct handover *h)
{
	return st->ops->handover_gathering(st, outage, step, h);
}

int store_handover_said(struct store *st, uint64_t outage, uint8_t route, const char *target,
			unsigned int limit, store_handover_cb cb, void *arg)
{
	return st->ops->handover_said(st, outage, route, target, limit, cb, arg);
}

int store_handover_rows(struct store *st, uint64_t id, uint32_t part, store_row_cb cb, void *arg)
{
	return st->ops->handover_rows(st, id, part, cb, arg);
}

int store_handover_backlog(struct store *st, uint8_t route, const char *target, uint64_t *n,
			   int64_t *oldest)
{
	return st->ops->handover_backlog(st, route, target, n, oldest);
}

int store_message_put(struct store *st, struct message *m)
{
	return st->ops->message_put(st, m);
}

int store_message_get(struct store *st, uint64_t id, struct message *m)
{
	return st->ops->message_get(st, id, m);
}

int store_message_due(struct store *st, int64_t now, unsigned int limit, store_message_cb cb,
		      void *arg)
{
	return st->ops->message_due(st, now, limit, cb, arg);
}

int store_message_recent(struct store *st, const char *mail, int64_t since, int64_t now,
			 unsigned int *n, int64_t *oldest)
{
	return st->ops->message_recent(st, mail, since, now, n, oldest);
}

int store_outbox_next(struct store *st, int64_t now, int64_t *when)
{
	return st->ops->outbox_next(st, now, when);
}

int store_outbox_clamp(struct store *st, int64_t now, int64_t latest)
{
	return st->ops->outbox_clamp(st, now, latest);
}

int store_outbox_count(struct store *st, struct outbox_counts *c)
{
	return st->ops->outbox_count(st, c);
}

int store_outbox_backlog(struct store *st, struct outbox_backlog *b)
{
	return st->ops->outbox_backlog(st, b);
}
