// SPDX-License-Identifier: GPL-2.0
/*
 * Questions to the contact command: who was asked about, what is known of the answer,
 * and for how long that is good.
 */
#include "lookup.h"

#include <errno.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/timefmt.h"
#include "lookup_table.h"

/* After trouble it is asked again in so many seconds, then twice as many, ... */
#define TROUBLE_SECONDS 30
#define TROUBLE_MOST	300
#define SEND_AGAIN_MS	200
#define LOG_SECONDS	60

/* --- the table -------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
	const struct question *x = a, *y = b;
	int order = addr_cmp(&x->about.client, &y->about.client);

	if (order || x->about.has_mac != y->about.has_mac)
		return order ? order : x->about.has_mac - y->about.has_mac;
	return memcmp(&x->about.mac, &y->about.mac, sizeof(x->about.mac));
}

static struct question key_of(const struct addr *client, const struct mac *mac)
{
	struct question key = { .about = { .client = *client, .has_mac = mac } };

	if (mac)
		key.about.mac = *mac;
	return key;
}

struct question *question_find(const struct lookup *l, const struct addr *client,
			       const struct mac *mac)
{
	struct question key = key_of(client, mac);
	struct question **node = tfind(&key, &l->tree, compare);

	return node ? *node : NULL;
}

bool question_settled(const struct question *q)
{
	return q && q->state == QUESTION_ANSWERED && q->found != FOUND_TROUBLE;
}

static void enlist(struct lookup *l, struct question *q, uint8_t state)
{
	q->state = state;
	TAILQ_INSERT_TAIL(&l->list[state], q, link);
	l->n[state]++;
}

static void delist(struct lookup *l, struct question *q)
{
	TAILQ_REMOVE(&l->list[q->state], q, link);
	l->n[q->state]--;
}

static void question_free(void *arg)
{
	struct question *q = arg;

	free(q->mail);
	free(q);
}

static struct question *question_new(struct lookup *l, const struct addr *client,
				     const struct mac *mac)
{
	struct question *q = malloc(sizeof(*q));

	if (!q)
		return NULL;
	*q = key_of(client, mac);
	if (tsearch(q, &l->tree, compare))
		return q;
	free(q);
	return NULL;
}

/* The oldest answers make room for new ones. */
static void forget_oldest(struct lookup *l)
{
	struct question *q;

	while (l->n[QUESTION_ANSWERED] > ANSWERS_MAX) {
		q = TAILQ_FIRST(&l->list[QUESTION_ANSWERED]);
		delist(l, q);
		tdelete(q, &l->tree, compare);
		question_free(q);
	}
}

bool question_ask(struct lookup *l, const struct addr *client, const struct mac *mac)
{
	struct question *q = question_find(l, client, mac);

	if (q && q->state != QUESTION_ANSWERED)
		return true;
	if (l->n[QUESTION_WAITING] >= QUESTIONS_MAX)
		return false;
	if (q)
		delist(l, q);
	else
		q = question_new(l, client, mac);
	if (!q)
		return false;
	enlist(l, q, QUESTION_WAITING);
	return true;
}

/* --- to the mailer ------------------------------------------------------------------ */

void lookup_pump(struct lookup *l)
{
	/* Enough that no process waits for us, and few enough to be held in no queue. */
	unsigned int most = 2 * l->e->conf->lookup.at_once;
	struct question *q;
	int rc = 0;

	while (rc == 0 && l->connected && l->n[QUESTION_ASKED] < most &&
	       (q = TAILQ_FIRST(&l->list[QUESTION_WAITING]))) {
		q->about.id = l->last_id + 1;
		rc = l->send(&q->about, l->arg);
		if (rc < 0)
			break;
		l->last_id++;
		l->e->count.lookups++;
		delist(l, q);
		enlist(l, q, QUESTION_ASKED);
	}
	/* One that is gone is replaced, and lookup_mailer() called. */
	if (rc == -EAGAIN)
		engine_arm(l->again, SEND_AGAIN_MS);
	if (l->n[QUESTION_WAITING] >= QUESTIONS_MAX / 2)
		return;
	lookup_scan_on(l);
	if (l->behind)
		lookup_scan(l);
	l->behind = false;
}

static void send_again(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	lookup_pump(arg);
}

void lookup_mailer(struct lookup *l, bool connected)
{
	struct question *q;

	/* What was asked first is asked first again. */
	while ((q = TAILQ_LAST(&l->list[QUESTION_ASKED], question_list))) {
		delist(l, q);
		q->state = QUESTION_WAITING;
		TAILQ_INSERT_HEAD(&l->list[QUESTION_WAITING], q, link);
		l->n[QUESTION_WAITING]++;
	}
	l->connected = connected;
	lookup_pump(l);
}

/* --- from the mailer ---------------------------------------------------------------- */

static void in_trouble(struct lookup *l, struct question *q, const char *why)
{
	int64_t seconds = TROUBLE_SECONDS << q->troubles;
	char client[ADDR_STRLEN];
	unsigned long missed;

	if (seconds < TROUBLE_MOST)
		q->troubles++;
	else
		seconds = TROUBLE_MOST;
	l->e->count.lookups_failed++;
	q->until = time_mono_ms() + seconds * 1000;
	lookup_scan_in(l, seconds * 1000);
	/* What the command did to fail the mailer has said. */
	if (why && log_allowed(&l->rate, LOG_SECONDS, &missed))
		log_warn("contact-command, for %s: %s (%lu more like this before)",
			 addr_format(&q->about.client, client), why, missed);
}

/* Takes over what @f says; why it cannot be used, or NULL. */
static const char *take(struct question *q, const struct msg_found *f)
{
	const char *fault = f->found == FOUND_MAIL ? contact_mail_fault(f->mail) : NULL;

	free(q->mail);
	q->mail = NULL;
	q->found = f->found;
	if (f->found == FOUND_MAIL && !fault) {
		q->mail = strdup(f->mail);
		fault = q->mail ? NULL : "out of memory";
	}
	if (fault)
		q->found = FOUND_TROUBLE;
	return fault;
}

void lookup_found(struct lookup *l, const struct msg_found *f)
{
	struct question *q;
	const char *fault;

	TAILQ_FOREACH(q, &l->list[QUESTION_ASKED], link)
		if (q->about.id == f->id)
			break;
	if (!q) {
		l->e->count.bad_messages++;
		return;
	}
	fault = take(q, f);
	delist(l, q);
	enlist(l, q, QUESTION_ANSWERED);
	if (q->found == FOUND_TROUBLE) {
		in_trouble(l, q, fault);
	} else {
		q->troubles = 0;
		q->until = time_mono_ms() + 1000LL * l->e->conf->lookup.cache;
		lookup_apply(l, q);
	}
	forget_oldest(l);
	lookup_pump(l);
}

/* --- who is told --------------------------------------------------------------------- */

int lookup_contact(struct engine *e, const struct conf_watch *w, const struct addr *client,
		   const struct mac *mac, char *mail)
{
	const struct contact *c = engine_contact(e, client, mac);
	struct lookup *l = e->lookup;
	struct question *q;
	struct mac buf;

	mail[0] = '\0';
	if (c) {
		memcpy(mail, c->mail, sizeof(c->mail));
		return 1;
	}
	if (!e->conf->lookup.argv || !conf_notifies(w, ROUTE_MAIL))
		return 0;
	mac = engine_mac(e, client, mac, &buf);
	q = question_find(l, client, mac);
	if (question_settled(q) && time_mono_ms() < q->until) {
		snprintf(mail, MSG_MAIL_MAX + 1, "%s", q->mail ? q->mail : "");
		return q->mail ? 1 : 0;
	}
	if (q && q->state == QUESTION_ANSWERED && time_mono_ms() < q->until)
		return -EINPROGRESS;
	if (!question_ask(l, client, mac))
		l->behind = true;
	lookup_pump(l);
	return -EINPROGRESS;
}

struct question *question_of(const struct lookup *l, const struct waiter *w)
{
	struct mac buf;

	return question_find(l, &w->client,
			     engine_mac(l->e, &w->client, w->has_mac ? &w->mac : NULL, &buf));
}

bool lookup_pending(const struct engine *e, const struct conf_watch *watch, const struct waiter *w)
{
	const struct conf_step *last = watch->n_notify ? &watch->notify[watch->n_notify - 1] : NULL;

	if (!e->conf->lookup.argv || w->mail[0] || !last || last->route != ROUTE_MAIL)
		return false;
	return !question_settled(question_of(e->lookup, w));
}

void lookup_left_asking(struct lookup *l)
{
	lookup_scan(l);
}

int lookup_said(const struct lookup *l, const struct addr *client, const struct mac *mac,
		char *mail)
{
	const struct question *q = question_find(l, client, mac);

	mail[0] = '\0';
	if (!q)
		return -ENOENT;
	if (q->state != QUESTION_ANSWERED)
		return -EINPROGRESS;
	if (q->found == FOUND_TROUBLE)
		return -EIO;
	snprintf(mail, MSG_MAIL_MAX + 1, "%s", q->mail ? q->mail : "");
	return q->mail ? 1 : 0;
}

unsigned int lookup_waiting(const struct lookup *l)
{
	return l->n[QUESTION_WAITING] + l->n[QUESTION_ASKED];
}

/* --- life ------------------------------------------------------------------------------ */

struct lookup *lookup_new(struct engine *e, lookup_send send, void *arg)
{
	struct lookup *l = calloc(1, sizeof(*l));
	int i;

	if (!l)
		return NULL;
	l->e = e;
	l->send = send;
	l->arg = arg;
	for (i = 0; i <= QUESTION_ANSWERED; i++)
		TAILQ_INIT(&l->list[i]);
	l->again = evtimer_new(e->base, send_again, l);
	if (lookup_scan_new(l) == 0 && l->again)
		return l;
	lookup_free(l);
	return NULL;
}

void lookup_free(struct lookup *l)
{
	if (!l)
		return;
	tdestroy(l->tree, question_free);
	lookup_scan_free(l);
	if (l->again)
		event_free(l->again);
	free(l);
}
