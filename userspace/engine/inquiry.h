/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The inquiry's deciding half: what clients may know of themselves, what they answer,
 * where they want to be told, and what is too much of it. docs/inquiry.md has the rules.
 *
 * An answer belongs to one outage of one client. A later outage asks again; one that is
 * taken up again within flap is the same one, and so is its answer.
 */
#ifndef RINGBACK_ENGINE_INQUIRY_H
#define RINGBACK_ENGINE_INQUIRY_H

#include "engine.h"

/*
 * Reads the secret that signs our links, or makes it, once, in the store. NULL with a
 * sentence in @why.
 */
struct inquiry *inquiry_new(struct engine *e, char *why, size_t size);
void inquiry_free(struct inquiry *q);

/*
 * What @client has answered about the open outage of @s: for whoever decides about its
 * packets. A client that said CHOICE_NO is not to be bothered by a stand-in either. Two
 * look-ups, one of them in the store.
 */
enum choice inquiry_choice(struct engine *e, const struct service *s, const struct addr *client);

/*
 * The stand-in met @client in place of @s: it waits. False: that cannot be (no such
 * client of the watch, nobody stands in there), or is too much.
 */
bool inquiry_visit(struct engine *e, const struct service *s, const struct addr *client);

typedef void (*inquiry_standing_cb)(const struct msg_standing *s, void *arg);
/*
 * What may be told to @ask->client of itself: outages that are open or ended within the
 * last day, latest first, 64 at most; @cb gets at least one answer.
 */
void inquiry_standing(struct engine *e, const struct msg_ask *ask, inquiry_standing_cb cb,
		      void *arg);

/* The client has chosen; OK and CONFIRM: it is on disk. Fills in o->mail. */
enum outcome inquiry_answer(struct engine *e, const struct msg_choice *c, struct msg_outcome *o);

/* A link of a mail was followed. What is done twice is done once. Fills in the rest of @o. */
enum outcome inquiry_token(struct engine *e, const struct msg_token *t, struct msg_outcome *o);

/* --- for the outbox and the end of an outage --------------------------------- */

/* What remains of a mail address where it must be known again, not read. */
const char *inquiry_fingerprint(const struct engine *e, const char *mail, char *buf);
/* Whether the owner of @mail has asked never to hear of us. 1, 0, -errno. */
int inquiry_suppressed(struct engine *e, const char *mail);
/*
 * The operator takes that back, in the open batch: what is sent from now on reaches @mail
 * again. 0, -ENOENT (nobody had asked), -errno.
 */
int inquiry_allow(struct engine *e, const char *mail);
/*
 * The links of a mail to @mail; @buf: MSG_LINK_MAX bytes. "" where the portal has no
 * address of its own (web.url), or a very long one.
 */
void inquiry_stop_link(const struct engine *e, const char *mail, char *buf);
void inquiry_confirm_link(const struct engine *e, const struct message *m, char *buf);
/*
 * Whether message @m, a mail to confirm an address, is still wanted: *@a is then the
 * answer it is about. 1, 0, -errno.
 */
int inquiry_to_confirm(struct engine *e, const struct message *m, struct answer *a);

#endif /* RINGBACK_ENGINE_INQUIRY_H */
