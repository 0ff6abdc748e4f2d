/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where a client is told: by the contacts table, else by what the operator's contact
 * command says (ringback.conf(5), contact-command). The engine runs nothing itself: it
 * asks the room "mailer", goes on, and writes the answer into the waiters when it comes.
 *
 * Nothing is lost by that: a waiter without an address whose question has no answer when
 * its outage ends is WAITER_ASKING, and gets its notice when the answer comes. Questions
 * that do not fit in here, or were under way when a process died, are found again in the
 * store.
 */
#ifndef RINGBACK_ENGINE_LOOKUP_H
#define RINGBACK_ENGINE_LOOKUP_H

#include "engine.h"

struct lookup;

/* Hands a question to the mailer. 0, -EAGAIN: its socket is full; -EPIPE: it is gone; -errno. */
typedef int (*lookup_send)(const struct msg_lookup *q, void *arg);

/* Works without a contact-command, too: then nobody is asked. NULL: out of memory. */
struct lookup *lookup_new(struct engine *e, lookup_send send, void *arg);
void lookup_free(struct lookup *l);

/* Everything is there: looks for waiters in the store whose question was never answered. */
void lookup_begin(struct lookup *l);
/* A mailer is there, or gone: what it was asked is asked again. */
void lookup_mailer(struct lookup *l, bool connected);
/* An answer of the mailer's. */
void lookup_found(struct lookup *l, const struct msg_found *f);
/* The batch was committed; or writing may be tried again after it was undone. */
void lookup_committed(struct lookup *l);
void lookup_retry(struct lookup *l);

/*
 * Where @client, whose packets had @mac (NULL: not known), is told as things are now: *@mail,
 * of MSG_MAIL_MAX + 1 bytes, "" for nowhere. 1: there; 0: nobody is to be told;
 * -EINPROGRESS: the command is asked. In that case a waiter of that client that is stored
 * without an address gets it later: one that waits in an open outage just so, one that is
 * WAITER_ASKING by waiter_late(). @w: the watch; the command is only asked where it
 * notifies by mail.
 */
int lookup_contact(struct engine *e, const struct conf_watch *w, const struct addr *client,
		   const struct mac *mac, char *mail);
/*
 * Whether @w, whose outage ends, is to stay WAITER_ASKING: it has no address, the command
 * has not answered, and there is no step after mail that would tell it now.
 */
bool lookup_pending(const struct engine *e, const struct conf_watch *watch, const struct waiter *w);

/* Some waiters stay WAITER_ASKING: whoever of them nobody asks about any more is asked about. */
void lookup_left_asking(struct lookup *l);

/*
 * What the command has said of that client, @mac as of engine_mac(), however long ago: 1: *@mail; 0: nobody;
 * -EINPROGRESS: it is asked; -EIO: there was trouble, it will be asked again; -ENOENT: it
 * was not asked, as far as is remembered.
 */
int lookup_said(const struct lookup *l, const struct addr *client, const struct mac *mac,
		char *mail);

/* Questions that are waiting or at the mailer. */
unsigned int lookup_waiting(const struct lookup *l);

#endif /* RINGBACK_ENGINE_LOOKUP_H */
