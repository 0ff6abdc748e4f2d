// SPDX-License-Identifier: GPL-2.0
/*
 * The inquiry: what clients answer, within limits, and the links of our mails. Anybody
 * can type anybody's address: it is checked, counted, and, where the operator wants
 * that, confirmed by its owner before anything else is sent there.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../common/log.h"
#include "../common/timefmt.h"
#include "batch.h"
#include "control.h"
#include "inquiry_mask.h"
#include "inquiry_room.h"
#include "outbox.h"
#include "track.h"

#define HOUR	       (3600 * NSEC_PER_SEC)
#define DAY	       (24 * HOUR)
#define CONFIRM_WITHIN (7 * DAY)
#define BELOW	       "/.well-known/ringback/"

/* What is signed, by purpose. Never to be changed: links in old mails have to work. */
#define FOR_ADDRESS "address"
#define FOR_CONFIRM "confirm"
#define FOR_STOP    "stop"

/* --- addresses and links ---------------------------------------------------------------- */

/* To the same person, whatever the case; only ASCII: nobody's list of letters. */
static void address_hash(const struct engine *e, const char *mail, uint8_t *hash)
{
	char lower[MSG_MAIL_MAX + 1];
	size_t i;

	for (i = 0; i < MSG_MAIL_MAX && mail[i]; i++)
		lower[i] = mail[i] >= 'A' && mail[i] <= 'Z' ? mail[i] + 32 : mail[i];
	link_hash(e->inquiry->secret, FOR_ADDRESS, lower, i, hash);
}

static const char *hash_text(const uint8_t *hash, char *buf)
{
	int i;

	for (i = 0; i < LINK_HASH_LEN; i++)
		sprintf(buf + 2 * i, "%02x", hash[i]);
	return buf;
}

const char *inquiry_fingerprint(const struct engine *e, const char *mail, char *buf)
{
	uint8_t hash[LINK_HASH_LEN];

	address_hash(e, mail, hash);
	return hash_text(hash, buf);
}

int inquiry_suppressed(struct engine *e, const char *mail)
{
	char fingerprint[FINGERPRINT_LEN];

	if (!mail[0])
		return 0;
	return store_suppressed_get(e->store, inquiry_fingerprint(e, mail, fingerprint));
}

int inquiry_allow(struct engine *e, const char *mail)
{
	char fingerprint[FINGERPRINT_LEN];

	return store_suppressed_del(e->store, inquiry_fingerprint(e, mail, fingerprint));
}

static void put_link(const struct engine *e, const char *what, const char *token, char *buf)
{
	const char *url = e->conf->web.url;
	int n = 0;

	if (url)
		n = snprintf(buf, MSG_LINK_MAX, "%s" BELOW "%s?t=%s", url, what, token);
	if (!url || n >= MSG_LINK_MAX)
		buf[0] = '\0';
}

void inquiry_stop_link(const struct engine *e, const char *mail, char *buf)
{
	uint8_t hash[LINK_HASH_LEN];
	char token[160];

	address_hash(e, mail, hash);
	link_token_make(e->inquiry->secret, FOR_STOP, hash, sizeof(hash), token);
	put_link(e, "stop", token, buf);
}

/* What a link to confirm says; without gaps, in our own byte order: only we read it. */
struct confirmation {
	uint64_t outage;
	int64_t until;
	struct addr client;
	uint8_t address[LINK_HASH_LEN];
} __attribute__((packed));

void inquiry_confirm_link(const struct engine *e, const struct message *m, char *buf)
{
	struct confirmation c = {
		.outage = m->outage,
		.until = m->created + CONFIRM_WITHIN,
		.client = m->client,
	};
	char token[160];

	address_hash(e, m->mail, c.address);
	link_token_make(e->inquiry->secret, FOR_CONFIRM, &c, sizeof(c), token);
	put_link(e, "confirm", token, buf);
}

int inquiry_to_confirm(struct engine *e, const struct message *m, struct answer *a)
{
	int rc = store_answer_get(e->store, m->outage, &m->client, a);

	if (rc < 0)
		return rc == -ENOENT ? 0 : rc;
	return a->choice == CHOICE_YES && !a->confirmed && strcmp(a->mail, m->mail) == 0;
}

/* --- the change, on disk before it is answered ------------------------------------------- */

static int change_begin(struct engine *e)
{
	/* What else is being gathered is not to share this one's fate. */
	int rc = batch_flush(e->batch);

	return rc < 0 ? rc : batch_begin(e->batch);
}

static int change_end(struct engine *e, int rc)
{
	if (rc == 0)
		return batch_flush(e->batch);
	batch_fail(e->batch, rc, "record an answer to the inquiry");
	return rc;
}

/* --- limits ---------------------------------------------------------------------------- */

/* Who counts as one client: an address, or the network that an IPv6 host can roam in. */
static void one_client(const struct addr *client, char *buf)
{
	struct prefix p = { .addr = *client, .len = 8 * addr_len(client) };

	if (client->family == AF_INET6) {
		memset(p.addr.bytes + 8, 0, 8);
		p.len = 64;
	}
	prefix_format(&p, buf);
}

struct limit {
	const char *client, *address;
	int64_t span;
	uint32_t most;
	uint64_t *refused;
};

/* 1: one more is too many; 0; -errno. */
static int exceeds(struct engine *e, const struct asked *a, const struct limit *l)
{
	unsigned int n;
	int rc = store_asked_count(e->store, l->client, l->address, a->at - l->span, &n);

	if (rc < 0 || n < l->most)
		return rc;
	++*l->refused;
	return 1;
}

/* Counts that @c's address was given, in the open batch. 1: that is too often; 0; -errno. */
static int count_asked(struct engine *e, const struct msg_choice *c)
{
	const struct conf_web *web = &e->conf->web;
	struct asked a = { .at = time_now() };
	const struct limit limits[] = {
		{ a.client, NULL, HOUR, web->ask_client, &e->count.too_many_client },
		{ NULL, a.address, DAY, web->ask_address, &e->count.too_many_address },
		{ NULL, NULL, HOUR, web->ask_total, &e->count.too_many_total },
	};
	size_t i;
	int rc;

	one_client(&c->client, a.client);
	inquiry_fingerprint(e, c->mail, a.address);
	rc = store_asked_purge(e->store, a.at - DAY, a.at);
	for (i = 0; rc == 0 && i < sizeof(limits) / sizeof(*limits); i++)
		rc = exceeds(e, &a, &limits[i]);
	return rc ? rc : store_asked_put(e->store, &a);
}

/* --- answers --------------------------------------------------------------------------- */

/* The contact that is known without the client's help; "" if there is none. */
static void known_contact(struct engine *e, const struct track *tr, const struct addr *client,
			  char *mail)
{
	const struct contact *c;
	struct waiter w;

	mail[0] = '\0';
	if (store_waiter_get(e->store, tr->o.id, client, &w) == 0) {
		memcpy(mail, w.mail, sizeof(w.mail));
		return;
	}
	c = engine_contact(e, client, NULL);
	if (c)
		memcpy(mail, c->mail, sizeof(c->mail));
}

/* An outcome, or -errno. */
static int yes_to_known(struct engine *e, const struct track *tr, const struct msg_choice *c,
			struct msg_outcome *o)
{
	char mail[MSG_MAIL_MAX + 1];
	int rc;

	known_contact(e, tr, &c->client, mail);
	if (!mail[0])
		return OUTCOME_NO_ADDRESS;
	rc = inquiry_suppressed(e, mail);
	if (rc)
		return rc < 0 ? rc : OUTCOME_SUPPRESSED;
	inquiry_mask(mail, o->mail, sizeof(o->mail));
	return OUTCOME_OK;
}

/*
 * A yes with an address: *@a as it was before becomes what it is now. An outcome, or
 * -errno. TOO_MANY and SUPPRESSED change nothing but the counts.
 */
static int yes_to_typed(struct engine *e, const struct msg_choice *c, struct answer *a,
			struct msg_outcome *o)
{
	bool again = a->choice == CHOICE_YES && strcmp(a->mail, c->mail) == 0;
	int rc = 0;

	if (!again) {
		rc = count_asked(e, c);
		if (rc)
			return rc < 0 ? rc : OUTCOME_TOO_MANY;
		a->confirmed = false;
		memcpy(a->mail, c->mail, sizeof(a->mail));
	}
	rc = inquiry_suppressed(e, c->mail);
	if (rc)
		return rc < 0 ? rc : OUTCOME_SUPPRESSED;
	inquiry_mask(c->mail, o->mail, sizeof(o->mail));
	if (!e->conf->web.confirm || a->confirmed)
		return OUTCOME_OK;
	if (!again)
		rc = outbox_ask(e->store, outbox_host(e->outbox), a);
	return rc < 0 ? rc : OUTCOME_CONFIRM;
}

/* Writes what @c says, in the open batch. An outcome, or -errno. */
static int write_answer(struct engine *e, struct track *tr, const struct msg_choice *c,
			struct msg_outcome *o)
{
	struct answer a = { 0 };
	int outcome = OUTCOME_OK, rc;

	rc = store_answer_get(e->store, tr->o.id, &c->client, &a);
	if (rc < 0 && rc != -ENOENT)
		return rc;
	if (c->choice == CHOICE_NONE) {
		rc = store_answer_del(e->store, tr->o.id, &c->client);
		return rc < 0 ? rc : OUTCOME_OK;
	}
	a.outage = tr->o.id;
	a.client = c->client;
	a.at = time_now();
	memcpy(a.lang, c->lang, sizeof(a.lang));
	if (c->choice == CHOICE_YES && c->mail[0])
		outcome = yes_to_typed(e, c, &a, o);
	else
		a.mail[0] = '\0';
	if (c->choice == CHOICE_YES && !c->mail[0])
		outcome = yes_to_known(e, tr, c, o);
	if (outcome < 0 || outcome == OUTCOME_TOO_MANY ||
	    (outcome == OUTCOME_SUPPRESSED && c->mail[0]))
		return outcome;
	a.choice = c->choice;
	rc = store_answer_put(e->store, &a);
	/* A yes waits, even where its attempt was never seen (claim 17). */
	if (rc == 0 && c->choice == CHOICE_YES)
		rc = tracker_visit(e->tracker, tr, &c->client);
	return rc < 0 ? rc : outcome;
}

static void report(struct engine *e, const struct msg_choice *c, const struct msg_outcome *o)
{
	char line[MSG_MAIL_MAX + 16];

	snprintf(line, sizeof(line), "%s %s", choice_name(c->choice), o->mail);
	control_event(e->control, "choice", &c->service, &c->client, line);
}

/* Whether @c can be meant: OUTCOME_OK, or what is wrong with it. */
static enum outcome check_choice(struct engine *e, const struct track *tr,
				 const struct msg_choice *c)
{
	const struct conf_watch *w = tr ? track_watch(e->tracker, tr) : NULL;

	if (!w || !inquiry_observed(w, &c->client))
		return OUTCOME_UNKNOWN;
	if (c->mail[0] &&
	    (c->choice != CHOICE_YES || w->inquire != INQUIRE_WHERE || contact_mail_fault(c->mail)))
		return OUTCOME_BAD_ADDRESS;
	return inquiry_may_change(e) ? OUTCOME_OK : OUTCOME_TOO_MANY;
}

enum outcome inquiry_answer(struct engine *e, const struct msg_choice *c, struct msg_outcome *o)
{
	struct track *tr = tracker_find(e->tracker, &c->service);
	enum outcome outcome = check_choice(e, tr, c);
	int rc;

	o->service = c->service;
	if (outcome != OUTCOME_OK)
		return outcome;
	rc = change_begin(e);
	if (rc < 0)
		return OUTCOME_TROUBLE;
	rc = write_answer(e, tr, c, o);
	if (change_end(e, rc < 0 ? rc : 0) < 0) {
		o->mail[0] = '\0';
		return OUTCOME_TROUBLE;
	}
	outcome = rc;
	e->count.choices++;
	if (outcome == OUTCOME_CONFIRM)
		outbox_kick(e->outbox);
	report(e, c, o);
	return outcome;
}

/* --- links that were followed ------------------------------------------------------------ */

static enum outcome confirm(struct engine *e, const struct msg_token *t, struct msg_outcome *o)
{
	uint8_t hash[LINK_HASH_LEN];
	struct confirmation c;
	const struct track *tr;
	struct answer a;
	int rc;

	if (!link_token_read(e->inquiry->secret, FOR_CONFIRM, t->token, &c, sizeof(c)) ||
	    time_now() > c.until)
		return OUTCOME_UNKNOWN;
	rc = store_answer_get(e->store, c.outage, &c.client, &a);
	if (rc < 0)
		return rc == -ENOENT ? OUTCOME_UNKNOWN : OUTCOME_TROUBLE;
	address_hash(e, a.mail, hash);
	if (a.choice != CHOICE_YES || memcmp(hash, c.address, sizeof(hash)))
		return OUTCOME_UNKNOWN; /* the client has changed its mind */
	tr = tracker_find_id(e->tracker, c.outage);
	if (tr)
		o->service = tr->o.service;
	inquiry_mask(a.mail, o->mail, sizeof(o->mail));
	if (!t->commit || a.confirmed)
		return OUTCOME_OK;
	a.confirmed = true;
	rc = change_begin(e);
	if (rc < 0)
		return OUTCOME_TROUBLE;
	rc = change_end(e, store_answer_put(e->store, &a));
	e->count.confirmed += rc == 0;
	return rc < 0 ? OUTCOME_TROUBLE : OUTCOME_OK;
}

static enum outcome stop(struct engine *e, const struct msg_token *t)
{
	uint8_t hash[LINK_HASH_LEN];
	char address[FINGERPRINT_LEN];
	int rc;

	if (!link_token_read(e->inquiry->secret, FOR_STOP, t->token, hash, sizeof(hash)))
		return OUTCOME_UNKNOWN;
	if (!t->commit)
		return OUTCOME_OK;
	hash_text(hash, address);
	rc = store_suppressed_get(e->store, address);
	if (rc)
		return rc < 0 ? OUTCOME_TROUBLE : OUTCOME_OK;
	rc = change_begin(e);
	if (rc < 0)
		return OUTCOME_TROUBLE;
	rc = change_end(e, store_suppressed_put(e->store, address, time_now()));
	if (rc < 0)
		return OUTCOME_TROUBLE;
	e->count.suppressed++;
	log_info("an address is never told again, as its owner wants it");
	return OUTCOME_OK;
}

enum outcome inquiry_token(struct engine *e, const struct msg_token *t, struct msg_outcome *o)
{
	return t->act == TOKEN_CONFIRM ? confirm(e, t, o) : stop(e, t);
}
