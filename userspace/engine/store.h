/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the engine must not lose: outages, waiters, contacts, the outbox, what
 * clients answered to the inquiry. A table of functions with two bodies, SQLite and memory (for tests); the wrappers
 * below are all that the engine calls.
 *
 * Every function returns 0 (or what it says) or -errno with a sentence in
 * store_error(): -EBUSY locked by another program, -ENOSPC disk full, -EROFS
 * not writable, -EUCLEAN damaged, -EPROTO made by a newer ringback or by another
 * program, -EIO, -ENOMEM, -ENOENT. Changes are made between store_begin() and
 * store_commit(); after an error in between, the caller rolls back.
 *
 * Callbacks get a row that is valid during the call, must not call the store
 * and stop the listing by returning non-zero, which is then returned.
 */
#ifndef RINGBACK_ENGINE_STORE_H
#define RINGBACK_ENGINE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "contact.h"
#include "handover_policy.h"
#include "outage.h"

/* One waiter's claim to be told about one recovery, as things were at its end. */
struct notice {
	uint64_t id; /* 0: not stored yet */
	uint64_t outage;
	struct addr client;
	struct service service;
	char mail[MSG_MAIL_MAX + 1];
	char watch[RINGBACK_WATCH_NAME_MAX + 1];
	uint8_t reason; /* enum ringback_reason */
	uint8_t evidence; /* enum evidence */
	uint32_t attempts;
	int64_t first, last; /* of the client's attempts */
	int64_t began, ended; /* of the outage */
	int64_t created, due; /* when to put it into a message at the latest */
	uint64_t message; /* 0: none yet */
	char lang[MSG_LANG_MAX]; /* of the reader; "": not known */
	uint64_t handover; /* the list that it goes over with, its mail is "" then; or 0 */
	uint32_t part; /* of that list; 0: not numbered yet */
};

/* The due of a notice that is not ours to mail (now): it goes over with a list, or its own
 * list is not released yet. */
#define NOTICE_HELD INT64_MAX

enum message_state {
	MESSAGE_QUEUED,
	MESSAGE_SENT,
	MESSAGE_REFUSED,
	MESSAGE_GIVEN_UP,
	MESSAGE_DROPPED, /* not wanted any more before it could be sent; why: answer */
	MESSAGE_STATES
};
/* "queued", "sent", "refused", "given-up", "dropped" */
const char *message_state_name(uint8_t state);

/* On its way to one contact: one or several notices, or the question whether he asked. */
struct message {
	uint64_t id; /* 0: not stored yet */
	uint8_t kind; /* enum notice_kind */
	uint64_t outage; /* CONFIRM: whose answer is to be confirmed; else 0 */
	struct addr client; /* the same */
	char mail[MSG_MAIL_MAX + 1];
	char message_id[128]; /* without angle brackets; never changes */
	uint8_t state; /* enum message_state */
	uint32_t tries; /* deliveries tried */
	uint16_t code; /* of the last answer; 0: none */
	char answer[256]; /* the last answer; "": none */
	int64_t created, next, done; /* next: when to try; done: 0 while queued */
};

/* An address that a DHCP server has given to a MAC. */
struct lease {
	struct addr client;
	struct mac mac;
	int64_t ends; /* ns since the Epoch; INT64_MAX: never */
};

struct outbox_counts {
	uint64_t waiting; /* notices not in a message yet */
	uint64_t queued, sent, refused, given_up, dropped; /* messages */
};

/* What is on its way to be mailed. */
struct outbox_backlog {
	uint64_t notices; /* in no message yet */
	uint64_t messages; /* to be delivered */
	int64_t oldest; /* when the first of these notices was made, ns since the Epoch; 0: none */
};

/* Addresses are remembered as what inquiry_fingerprint() makes of them. */
#define FINGERPRINT_LEN 65 /* hex digits of 32 bytes, with the NUL */

/* That an address was given, for the limits; kept for a day. */
struct asked {
	int64_t at;
	char client[ADDR_STRLEN]; /* the address or network that counts as one client */
	char address[FINGERPRINT_LEN];
};

enum list_state {
	LIST_COLLECTING, /* its notices are held */
	LIST_RELEASED,
	LIST_DROPPED, /* withdrawn, or forgotten: it is being deleted */
};
/* "collecting", "released", "dropped" */
const char *list_state_name(uint8_t state);

/* The clients that another router handed to us, about an outage that it saw. */
struct list {
	uint64_t outage; /* ours, made for it */
	char router[64]; /* as it calls itself */
	char name[128]; /* as it calls the server, for people; "": it does not */
	uint8_t state; /* enum list_state */
	uint32_t parts, clients; /* there are */
	uint32_t got; /* clients that came so far */
	int64_t at; /* when we last heard of it, ns since the Epoch */
	uint32_t n_parts; /* that came so far; filled in by lists only */
};

/* What the release of a list came to. */
struct list_told {
	uint64_t told;
	uint64_t spared; /* of the same service they heard a moment ago */
};

typedef int (*store_name_cb)(const char *name, bool ours, void *arg);
typedef int (*store_outage_cb)(const struct outage *o, void *arg);
/* @o: the outage of the waiter */
typedef int (*store_waiter_cb)(const struct waiter *w, const struct outage *o, void *arg);
typedef int (*store_list_cb)(const struct list *l, const struct outage *o, void *arg);
typedef int (*store_contact_cb)(const struct contact *c, void *arg);
typedef int (*store_lease_cb)(const struct lease *l, void *arg);
typedef int (*store_mail_cb)(const char *mail, void *arg);
typedef int (*store_message_cb)(const struct message *m, void *arg);
/* @m: the message that carries it, or NULL; @h: the list it goes over with, or NULL */
typedef int (*store_notice_cb)(const struct notice *n, const struct message *m,
			       const struct handover *h, void *arg);
typedef int (*store_handover_cb)(const struct handover *h, void *arg);
typedef int (*store_row_cb)(const struct msg_row *row, void *arg);

/* Pages: rows after the cursor, @limit of them. */
struct outage_query {
	bool open_only; /* seen by ourselves: of others there is none that is open */
	int64_t since; /* not 0: newest first, what is open or ended since then; no cursor */
	uint64_t after; /* id */
	unsigned int limit;
};

struct waiter_query {
	uint64_t outage; /* 0: of any */
	int state; /* -1: any */
	struct addr server, client; /* AF_UNSPEC: any */
	uint64_t after_outage; /* cursor: the last row seen */
	struct addr after_client;
	unsigned int limit;
};

struct store;

struct store_ops {
	void (*close)(struct store *st);
	int (*begin)(struct store *st);
	int (*commit)(struct store *st);
	void (*rollback)(struct store *st);

	int (*meta_get)(struct store *st, const char *key, char *value, size_t size);
	int (*meta_put)(struct store *st, const char *key, const char *value);
	int (*watch_put)(struct store *st, const char *name, bool ours);
	int (*watch_del)(struct store *st, const char *name);
	int (*watch_list)(struct store *st, store_name_cb cb, void *arg);

	int (*outage_put)(struct store *st, struct outage *o);
	int (*outage_latest)(struct store *st, const struct service *s, struct outage *o);
	int (*outage_list)(struct store *st, const struct outage_query *q, store_outage_cb cb,
			   void *arg);
	int (*outage_purge)(struct store *st, int64_t before, int64_t heard, unsigned int limit);

	int (*outage_get)(struct store *st, uint64_t id, struct outage *o);
	int (*outage_origin)(struct store *st, struct outage *o);
	int (*outage_del)(struct store *st, uint64_t id, unsigned int limit);

	int (*list_put)(struct store *st, const struct list *l);
	int (*list_get)(struct store *st, uint64_t outage, struct list *l);
	int (*list_part)(struct store *st, uint64_t outage, uint32_t part);
	int (*list_parts)(struct store *st, uint64_t outage, uint32_t *n);
	int (*list_list)(struct store *st, uint64_t after, unsigned int limit, store_list_cb cb,
			 void *arg);
	int (*list_promised)(struct store *st, const char *origin, uint64_t *clients);
	int (*list_stale)(struct store *st, enum list_state state, int64_t before, unsigned int limit, store_list_cb cb,
			  void *arg);
	int (*list_release)(struct store *st, const struct outage *o, int64_t now, int64_t due, struct list_told *n);

	int (*waiter_put)(struct store *st, const struct waiter *w);
	int (*waiter_get)(struct store *st, uint64_t outage, const struct addr *client,
			  struct waiter *w);
	int (*waiter_list)(struct store *st, const struct waiter_query *q, store_waiter_cb cb,
			   void *arg);
	int (*waiter_lost)(struct store *st, const char *watch);
	int (*waiter_recent)(struct store *st, const struct addr *client, int64_t since,
			     unsigned int limit, store_waiter_cb cb, void *arg);
	int (*waiter_count)(struct store *st, uint64_t outage, uint32_t *n);
	int (*waiter_unknown)(struct store *st, uint64_t after_outage,
			      const struct addr *after_client, unsigned int limit,
			      store_waiter_cb cb, void *arg);

	int (*answer_put)(struct store *st, const struct answer *a);
	int (*answer_get)(struct store *st, uint64_t outage, const struct addr *client,
			  struct answer *a);
	int (*answer_del)(struct store *st, uint64_t outage, const struct addr *client);
	int (*asked_put)(struct store *st, const struct asked *a);
	int (*asked_count)(struct store *st, const char *client, const char *address, int64_t since,
			   unsigned int *n);
	int (*asked_purge)(struct store *st, int64_t before, int64_t now);
	int (*suppressed_put)(struct store *st, const char *address, int64_t at);
	int (*suppressed_get)(struct store *st, const char *address);
	int (*suppressed_del)(struct store *st, const char *address);

	int (*contact_put)(struct store *st, const struct contact *c);
	int (*contact_del)(struct store *st, const struct contact_key *key);
	int (*contact_list)(struct store *st, const struct contact_key *after, unsigned int limit,
			    store_contact_cb cb, void *arg);

	int (*lease_put)(struct store *st, const struct lease *l, int64_t import);
	int (*lease_get)(struct store *st, const struct addr *client, struct lease *l);
	int (*lease_del)(struct store *st, const struct addr *client);
	int (*lease_list)(struct store *st, const struct addr *after, unsigned int limit,
			  store_lease_cb cb, void *arg);
	int (*lease_keep)(struct store *st, int64_t import, unsigned int limit);
	int (*lease_purge)(struct store *st, int64_t before, unsigned int limit);

	int (*notice_put)(struct store *st, struct notice *n);
	int (*notice_mails)(struct store *st, int64_t now, unsigned int limit, store_mail_cb cb,
			    void *arg);
	int (*notice_list)(struct store *st, const char *mail, uint64_t message, uint64_t after,
			   unsigned int limit, store_notice_cb cb, void *arg);
	int (*notice_of)(struct store *st, uint64_t outage, const struct addr *client,
			 unsigned int limit, store_notice_cb cb, void *arg);
	int (*notice_defer)(struct store *st, const char *mail, int64_t due);
	int (*notice_handed)(struct store *st, uint64_t handover, const struct notice *after,
			     unsigned int limit, store_notice_cb cb, void *arg);
	int (*notice_number)(struct store *st, uint64_t id, uint64_t handover, uint32_t part);

	int (*handover_put)(struct store *st, struct handover *h);
	int (*handover_get)(struct store *st, uint64_t id, struct handover *h);
	int (*handover_due)(struct store *st, int64_t now, unsigned int limit, store_handover_cb cb,
			    void *arg);
	int (*handover_next)(struct store *st, int64_t now, int64_t *when);
	int (*handover_clamp)(struct store *st, int64_t now, int64_t latest);
	int (*handover_list)(struct store *st, uint64_t after, unsigned int limit,
			     store_handover_cb cb, void *arg);
	int (*handover_gathering)(struct store *st, uint64_t outage, uint8_t step,
				  struct handover *h);
	int (*handover_said)(struct store *st, uint64_t outage, uint8_t route, const char *target,
			     unsigned int limit, store_handover_cb cb, void *arg);
	int (*handover_rows)(struct store *st, uint64_t id, uint32_t part, store_row_cb cb,
			     void *arg);
	int (*handover_backlog)(struct store *st, uint8_t route, const char *target, uint64_t *n,
				int64_t *oldest);

	int (*message_put)(struct store *st, struct message *m);
	int (*message_get)(struct store *st, uint64_t id, struct message *m);
	int (*message_due)(struct store *st, int64_t now, unsigned int limit, store_message_cb cb,
			   void *arg);
	int (*message_recent)(struct store *st, const char *mail, int64_t since, int64_t now,
			      unsigned int *n, int64_t *oldest);
	int (*outbox_next)(struct store *st, int64_t now, int64_t *when);
	int (*outbox_clamp)(struct store *st, int64_t now, int64_t latest);
	int (*outbox_count)(struct store *st, struct outbox_counts *c);
	int (*outbox_backlog)(struct store *st, struct outbox_backlog *b);
};

/* Each backend's own struct begins with this. */
struct store {
	const struct store_ops *ops;
	char error[256];
};

/*
 * Opens the database @path and brings its schema up to date. A file that is
 * damaged, newer or not ours is left as it is. On failure *@sp is NULL and @why
 * (@size bytes) a sentence. Damage is looked for where the store was not closed by
 * store_close(), and is not large; else it is found by what meets it: -EUCLEAN.
 */
int store_open_sqlite(struct store **sp, const char *path, char *why, size_t size);
/* Everything in memory; -ENOMEM. */
int store_open_mem(struct store **sp);
/*
 * Test hook of the memory store: from now on every change fails with @err
 * (-errno), until set back to 0.
 */
void store_mem_fail(struct store *st, int err);

void store_close(struct store *st);
const char *store_error(const struct store *st);

int store_begin(struct store *st);
int store_commit(struct store *st);
void store_rollback(struct store *st);

/* Small facts about ourselves. -ENOENT: @key was never put. */
int store_meta_get(struct store *st, const char *key, char *value, size_t size);
int store_meta_put(struct store *st, const char *key, const char *value);

/* The watches seen in the kernel; @ours: made from the configuration. */
int store_watch_put(struct store *st, const char *name, bool ours);
int store_watch_del(struct store *st, const char *name);
int store_watch_list(struct store *st, store_name_cb cb, void *arg);

/* Id 0 is inserted and gets its id, else changed. -EEXIST: the service has an open one. */
int store_outage_put(struct store *st, struct outage *o);
/* The outage of @s that began last, seen by ourselves. -ENOENT: never had one. */
int store_outage_latest(struct store *st, const struct service *s, struct outage *o);
int store_outage_list(struct store *st, const struct outage_query *q, store_outage_cb cb,
		      void *arg);
/*
 * Deletes outages that ended before @before (before @heard, and were not heard of since,
 * where they are another router's: who repeats himself is known), of which nothing is
 * being handed over and nobody is still to be told (no notice is to be mailed, no waiter is
 * WAITER_ASKING), with their waiters and notices, and messages that are done and carry
 * nothing any more: about @limit rows. 1: there may be more; 0: none.
 */
int store_outage_purge(struct store *st, int64_t before, int64_t heard, unsigned int limit);
/* -ENOENT: there is none of that id. */
int store_outage_get(struct store *st, uint64_t id, struct outage *o);
/* Fills in the outage with the origin, origin_id, origin_list and began of @o. -ENOENT. */
int store_outage_origin(struct store *st, struct outage *o);
/*
 * With all that hangs on it, @limit rows of that at most. 0: it is gone; 1: there is more,
 * it is still there.
 */
int store_outage_del(struct store *st, uint64_t id, unsigned int limit);

/* Inserted or changed, by its outage. */
int store_list_put(struct store *st, const struct list *l);
/* -ENOENT: none. */
int store_list_get(struct store *st, uint64_t outage, struct list *l);
/* Notes that @part came. 1: it is new; 0: it came before. */
int store_list_part(struct store *st, uint64_t outage, uint32_t part);
/* How many parts came. */
int store_list_parts(struct store *st, uint64_t outage, uint32_t *n);
int store_list_list(struct store *st, uint64_t after, unsigned int limit, store_list_cb cb,
		    void *arg);
/* The clients of all lists of @origin that are not released, whether they came or not. */
int store_list_promised(struct store *st, const char *origin, uint64_t *clients);
/* Those in @state, which is not LIST_RELEASED, that were last heard of before @before. */
int store_list_stale(struct store *st, enum list_state state, int64_t before, unsigned int limit, store_list_cb cb,
		     void *arg);
/*
 * The held notices about @o fall due at @due, but for clients that were told of another
 * outage of the same service that was not over when @o began: two routers saw the same.
 * Theirs are deleted. All that waited there are told by that.
 */
int store_list_release(struct store *st, const struct outage *o, int64_t now, int64_t due, struct list_told *n);

int store_waiter_put(struct store *st, const struct waiter *w);
int store_waiter_get(struct store *st, uint64_t outage, const struct addr *client,
		     struct waiter *w);
int store_waiter_list(struct store *st, const struct waiter_query *q, store_waiter_cb cb,
		      void *arg);
/* The kernel lost the attempts of @watch (NULL: of all): waiter.in_kernel = false. */
int store_waiter_lost(struct store *st, const char *watch);
/* @client in outages that are open or ended after @since, latest outage first. */
int store_waiter_recent(struct store *st, const struct addr *client, int64_t since,
			unsigned int limit, store_waiter_cb cb, void *arg);
/* How many wait in @outage. */
int store_waiter_count(struct store *st, uint64_t outage, uint32_t *n);
/*
 * Those that are waiting or asking and have no mail address, by outage and client, after
 * the cursor; 0 and AF_UNSPEC to begin.
 */
int store_waiter_unknown(struct store *st, uint64_t after_outage, const struct addr *after_client,
			 unsigned int limit, store_waiter_cb cb, void *arg);

/* One answer per outage and client; a later one takes the place of the first. */
int store_answer_put(struct store *st, const struct answer *a);
/* -ENOENT: it has said nothing. */
int store_answer_get(struct store *st, uint64_t outage, const struct addr *client,
		     struct answer *a);
/* No answer there is no error. */
int store_answer_del(struct store *st, uint64_t outage, const struct addr *client);
int store_asked_put(struct store *st, const struct asked *a);
/* How many since then: by @client, else for @address; both NULL: in all. */
int store_asked_count(struct store *st, const char *client, const char *address, int64_t since,
		      unsigned int *n);
/* Deletes those before @before, and those after @now: the clock was set back since. */
int store_asked_purge(struct store *st, int64_t before, int64_t now);
/* @address never hears of us again. Again is no error. */
int store_suppressed_put(struct store *st, const char *address, int64_t at);
/* 1: it is to be left alone; 0; -errno. */
int store_suppressed_get(struct store *st, const char *address);
/* It may hear of us again. -ENOENT: it might all along. */
int store_suppressed_del(struct store *st, const char *address);

/* An existing key gets the new mail address. */
int store_contact_put(struct store *st, const struct contact *c);
int store_contact_del(struct store *st, const struct contact_key *key);
/* @after: NULL to begin. @limit 0: all. */
int store_contact_list(struct store *st, const struct contact_key *after, unsigned int limit,
		       store_contact_cb cb, void *arg);

/* An existing one of that client is replaced. @import: the number of its import, not 0. */
int store_lease_put(struct store *st, const struct lease *l, int64_t import);
/* -ENOENT: that client has none. One that has ended is found, too. */
int store_lease_get(struct store *st, const struct addr *client, struct lease *l);
/* None there is no error. */
int store_lease_del(struct store *st, const struct addr *client);
/* In the order of their text; @after: AF_UNSPEC to begin. */
int store_lease_list(struct store *st, const struct addr *after, unsigned int limit,
		     store_lease_cb cb, void *arg);
/* Deletes up to @limit of other imports; 0: of all. Returns how many. */
int store_lease_keep(struct store *st, int64_t import, unsigned int limit);
/* Deletes up to @limit that ended before then. Returns how many. */
int store_lease_purge(struct store *st, int64_t before, unsigned int limit);

int store_notice_put(struct store *st, struct notice *n);
/*
 * Contacts of the first @limit notices in no message yet that are due at @now, each
 * once: none only where none is due.
 */
int store_notice_mails(struct store *st, int64_t now, unsigned int limit, store_mail_cb cb,
		       void *arg);
/*
 * With @mail: its notices that are in no message yet, due or not, but not held. With @message:
 * those of that message. With neither: all.
 */
int store_notice_list(struct store *st, const char *mail, uint64_t message, uint64_t after,
		      unsigned int limit, store_notice_cb cb, void *arg);
/*
 * The latest notices about @outage, or any (0), that @client, or anybody (NULL; with any
 * outage always), was owed: newest first.
 */
int store_notice_of(struct store *st, uint64_t outage, const struct addr *client,
		    unsigned int limit, store_notice_cb cb, void *arg);
/* Notices for @mail that are in no message yet are not due before @due. */
int store_notice_defer(struct store *st, const char *mail, int64_t due);
/* Those of a list, by part; within it in the order in which they joined. @after: NULL to begin. */
int store_notice_handed(struct store *st, uint64_t handover, const struct notice *after,
			unsigned int limit, store_notice_cb cb, void *arg);
/* Notice @id stands in @part of @handover. */
int store_notice_number(struct store *st, uint64_t id, uint64_t handover, uint32_t part);

/* Id 0 is inserted and gets its id, else changed. */
int store_handover_put(struct store *st, struct handover *h);
/* -ENOENT: there is none of that id. */
int store_handover_get(struct store *st, uint64_t id, struct handover *h);
/*
 * Handovers under way whose next try is due, longest due first; no announcement before
 * those that were to go to the same target about the same outage earlier are done.
 */
int store_handover_due(struct store *st, int64_t now, unsigned int limit, store_handover_cb cb,
		       void *arg);
/* When the next of them falls due after @now; INT64_MAX: none does. */
int store_handover_next(struct store *st, int64_t now, int64_t *when);
/*
 * The clock was set back since, for what is to be tried after @latest: that is made, and to
 * be tried, @now, and its time (until) begins with that. Returns how many; -errno.
 */
int store_handover_clamp(struct store *st, int64_t now, int64_t latest);
/* All, by id. */
int store_handover_list(struct store *st, uint64_t after, unsigned int limit, store_handover_cb cb,
			void *arg);
/* The list of @outage for @step that others may still join. -ENOENT. */
int store_handover_gathering(struct store *st, uint64_t outage, uint8_t step, struct handover *h);
/*
 * What was, or is to be, announced about @outage to that target, newest first; not what
 * was dropped.
 */
int store_handover_said(struct store *st, uint64_t outage, uint8_t route, const char *target,
			unsigned int limit, store_handover_cb cb, void *arg);
/* The clients in @part of a list, in order. */
int store_handover_rows(struct store *st, uint64_t id, uint32_t part, store_row_cb cb, void *arg);
/*
 * How many are under way to a target ("": to all of the route), and when the first was
 * made; 0: none. Quick as store_outbox_backlog() is.
 */
int store_handover_backlog(struct store *st, uint8_t route, const char *target, uint64_t *n,
			   int64_t *oldest);

int store_message_put(struct store *st, struct message *m);
/* -ENOENT: there is none of that id. */
int store_message_get(struct store *st, uint64_t id, struct message *m);
/* Queued messages whose next try is due, longest due first. */
int store_message_due(struct store *st, int64_t now, unsigned int limit, store_message_cb cb,
		      void *arg);
/*
 * How many messages were made for @mail after @since and until @now, and when the first of
 * them: those of the future were made before the clock was set back.
 */
int store_message_recent(struct store *st, const char *mail, int64_t since, int64_t now,
			 unsigned int *n, int64_t *oldest);
/* When the next notice or message falls due after @now; INT64_MAX: none does. */
int store_outbox_next(struct store *st, int64_t now, int64_t *when);
/*
 * The clock was set back since, for notices that are due after @latest, but not held, and
 * messages that are to be tried after it: they are made, and due, @now. Returns how many;
 * -errno.
 */
int store_outbox_clamp(struct store *st, int64_t now, int64_t latest);
int store_outbox_count(struct store *st, struct outbox_counts *c);
/* Takes as long as there is backlog, not history: for looking often. */
int store_outbox_backlog(struct store *st, struct outbox_backlog *b);

#endif /* RINGBACK_ENGINE_STORE_H */
