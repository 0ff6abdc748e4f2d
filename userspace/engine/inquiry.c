// SPDX-License-Identifier: GPL-2.0
/*
 * The inquiry: who is met, and what he may know of himself.
 */
#include "inquiry.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/timefmt.h"
#include "batch.h"
#include "inquiry_mask.h"
#include "inquiry_room.h"
#include "track.h"
#include "web.h"

#define SECRET_KEY	   "link-secret"
#define STANDINGS	   64 /* told at most */
#define DAY		   (86400 * NSEC_PER_SEC)
#define CHANGES_PER_SECOND 200
/* Clients of one outage that only the room "web" vouches for. */
#define VISITORS_MAX 65536

/* --- life ----------------------------------------------------------------------------- */

static bool from_hex(const char *text, uint8_t *bytes, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (sscanf(text + 2 * i, "%2hhx", &bytes[i]) != 1)
			return false;
	return !text[2 * n];
}

static void to_hex(const uint8_t *bytes, size_t n, char *text)
{
	size_t i;

	for (i = 0; i < n; i++)
		sprintf(text + 2 * i, "%02x", bytes[i]);
}

static int secret_make(struct engine *e, struct inquiry *q)
{
	char text[2 * LINK_SECRET_LEN + 1];
	int rc;

	if (!link_secret_new(q->secret))
		return -EIO;
	to_hex(q->secret, sizeof(q->secret), text);
	rc = store_begin(e->store);
	if (rc < 0)
		return rc;
	rc = store_meta_put(e->store, SECRET_KEY, text);
	if (rc == 0)
		rc = store_commit(e->store);
	if (rc < 0)
		store_rollback(e->store);
	explicit_bzero(text, sizeof(text));
	return rc;
}

struct inquiry *inquiry_new(struct engine *e, char *why, size_t size)
{
	struct inquiry *q = calloc(1, sizeof(*q));
	char text[2 * LINK_SECRET_LEN + 2];
	int rc = -ENOMEM;

	if (q)
		rc = store_meta_get(e->store, SECRET_KEY, text, sizeof(text));
	if (rc == 0 && !from_hex(text, q->secret, sizeof(q->secret)))
		rc = -EUCLEAN;
	if (rc == -ENOENT)
		rc = secret_make(e, q);
	if (rc == 0)
		return q;
	snprintf(why, size, "no secret for the links of mails: %s", strerror(-rc));
	free(q);
	return NULL;
}

void inquiry_free(struct inquiry *q)
{
	if (q)
		explicit_bzero(q, sizeof(*q));
	free(q);
}

/* --- visits --------------------------------------------------------------------------- */

bool inquiry_may_change(struct engine *e)
{
	struct inquiry *q = e->inquiry;
	int64_t second = time_mono_ms() / 1000;

	if (second != q->second) {
		q->second = second;
		q->changes = 0;
	}
	return q->changes++ < CHANGES_PER_SECOND;
}

bool inquiry_observed(const struct conf_watch *w, const struct addr *client)
{
	size_t i;

	for (i = 0; i < w->n_clients; i++)
		if (prefix_contains(&w->clients[i], client))
			return true;
	return !w->n_clients;
}

bool inquiry_visit(struct engine *e, const struct service *s, const struct addr *client)
{
	struct track *tr = tracker_find(e->tracker, s);
	const struct conf_watch *w;
	struct waiter known;
	int rc;

	if (!tr)
		return true; /* it has ended while the client was on its way */
	w = track_watch(e->tracker, tr);
	if (conf_profile(e->conf, w, s) == PROFILE_PASS || !inquiry_observed(w, client))
		return false;
	rc = store_waiter_get(e->store, tr->o.id, client, &known);
	if (rc == -ENOENT && (tr->told.waiting >= VISITORS_MAX || !inquiry_may_change(e))) {
		e->count.visits_refused++;
		return false;
	}
	if (batch_begin(e->batch) < 0)
		return true;
	rc = tracker_visit(e->tracker, tr, client);
	if (rc < 0)
		batch_fail(e->batch, rc, "record a waiter");
	else
		e->count.visits += rc;
	return true;
}

enum choice inquiry_choice(struct engine *e, const struct service *s, const struct addr *client)
{
	const struct track *tr = tracker_find(e->tracker, s);
	struct answer a;

	if (!tr || store_answer_get(e->store, tr->o.id, client, &a) < 0)
		return CHOICE_NONE;
	return a.choice;
}

/* --- standings ------------------------------------------------------------------------ */

struct standings {
	const struct msg_ask *ask;
	struct {
		struct waiter w;
		struct outage o;
		bool stranger; /* no waiter: only the service is told */
	} row[STANDINGS];
	unsigned int n;
};

static int collect(const struct waiter *w, const struct outage *o, void *arg)
{
	struct standings *all = arg;

	if (all->ask->service.server.family && !service_equal(&all->ask->service, &o->service))
		return 0;
	all->row[all->n].w = *w;
	all->row[all->n].o = *o;
	all->n++;
	return all->n == STANDINGS || all->ask->service.server.family;
}

/*
 * A client that is not known to have failed: where we stand in, it would learn as much
 * by trying the service itself.
 */
static void stranger(struct engine *e, struct standings *all)
{
	const struct track *tr = tracker_find(e->tracker, &all->ask->service);
	const struct conf_watch *w = tr ? track_watch(e->tracker, tr) : NULL;

	if (!w || conf_profile(e->conf, w, &tr->o.service) == PROFILE_PASS ||
	    !inquiry_observed(w, &all->ask->client))
		return;
	all->row[0].o = tr->o;
	all->row[0].stranger = true;
	all->n = 1;
}

/* Where the client would be told, masked; "" for nowhere. */
static void tell_mail(struct engine *e, const struct waiter *w, const struct answer *a,
		      struct msg_standing *s)
{
	const char *mail = s->choice == CHOICE_YES && a->mail[0] ? a->mail : w->mail;

	s->unconfirmed = e->conf->web.confirm && mail == a->mail && !a->confirmed;
	if (inquiry_suppressed(e, mail) == 0)
		inquiry_mask(mail, s->mail, sizeof(s->mail));
}

static void tell_standing(struct engine *e, const struct standings *all, unsigned int i,
			  struct msg_standing *s)
{
	const struct waiter *w = &all->row[i].w;
	const struct outage *o = &all->row[i].o;
	const struct track *tr = tracker_find_id(e->tracker, o->id);
	struct answer a = { 0 };

	memset(s, 0, sizeof(*s));
	s->id = all->ask->id;
	s->left = all->n - 1 - i;
	web_describe(e, o, o->ended ? NULL : tr, &s->about);
	if (all->row[i].stranger)
		return;
	s->waiting = w->state == WAITER_WAITING;
	s->reached = w->state == WAITER_REACHED;
	if (store_answer_get(e->store, o->id, &w->client, &a) == 0)
		s->choice = a.choice;
	tell_mail(e, w, &a, s);
}

void inquiry_standing(struct engine *e, const struct msg_ask *ask, inquiry_standing_cb cb,
		      void *arg)
{
	static struct standings all; /* large; this process has one thread */
	const struct msg_standing none = { .id = ask->id };
	struct msg_standing s;
	unsigned int i;
	int rc;

	all = (struct standings){ .ask = ask };
	rc = store_waiter_recent(e->store, &ask->client, time_now() - DAY, UINT32_MAX, collect,
				 &all);
	if (rc < 0)
		all.n = 0;
	if (!all.n && ask->service.server.family)
		stranger(e, &all);
	for (i = 0; i < all.n; i++) {
		tell_standing(e, &all, i, &s);
		cb(&s, arg);
	}
	if (!all.n)
		cb(&none, arg);
}
