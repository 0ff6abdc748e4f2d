// SPDX-License-Identifier: GPL-2.0
/*
 * The replica: a chained hash table. A service that is up is kept for a while,
 * for clients who come with a question from before.
 */
#include "services.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "../common/log.h"
#include "../common/timefmt.h"
#include "events.h"
#include "words.h"

#define BUCKETS	      4096 /* a power of two */
#define SERVICES_MAX  65536
#define SWEEP_SECONDS 5
#define UP_KEPT_MS    600000
#define ANEW_MS	      10000

struct entry {
	struct entry *next;
	struct msg_service m;
	int64_t heard; /* time_mono_ms() of the latest update */
	bool stale; /* not named by the engine that is there now */
};

struct services {
	struct web *web;
	struct event *sweep;
	uint64_t key; /* nobody shall choose services that share a chain */
	size_t n;
	struct entry *buckets[BUCKETS];
};

static struct entry **find(struct services *s, const struct service *key)
{
	uint64_t h = s->key ^ ((uint64_t)key->port << 8 | key->proto);
	struct entry **e;

	for (size_t i = 0; i < addr_len(&key->server); i++)
		h = (h ^ key->server.bytes[i]) * 0x9e3779b97f4a7c15ULL;
	e = &s->buckets[(h ^ h >> 32) & (BUCKETS - 1)];
	while (*e && !service_equal(&(*e)->m.service, key))
		e = &(*e)->next;
	return e;
}

static void drop(struct services *s, struct entry **e)
{
	struct entry *old = *e;

	*e = old->next;
	free(old);
	s->n--;
}

static void recovered(struct services *s, struct entry *e, int64_t now)
{
	e->stale = false;
	e->heard = now;
	e->m.state = PAGE_UP;
	e->m.ended = time_now();
	events_service(s->web, &e->m);
}

static void sweep(evutil_socket_t fd, short what, void *arg)
{
	struct services *s = arg;
	int64_t now = time_mono_ms();

	(void)fd;
	(void)what;
	for (size_t i = 0; i < BUCKETS; i++) {
		struct entry **e = &s->buckets[i];

		while (*e) {
			if ((*e)->m.state == PAGE_UP && (*e)->heard + UP_KEPT_MS < now) {
				drop(s, e);
				continue;
			}
			if ((*e)->stale && (*e)->heard + ANEW_MS < now)
				recovered(s, *e, now);
			e = &(*e)->next;
		}
	}
}

struct services *services_new(struct web *w)
{
	static const struct timeval every = { SWEEP_SECONDS, 0 };
	struct services *s = calloc(1, sizeof(*s));

	if (!s)
		fatal("out of memory");
	s->web = w;
	if (getrandom(&s->key, sizeof(s->key), 0) != sizeof(s->key))
		fatal("no random numbers");
	s->sweep = event_new(w->base, -1, EV_PERSIST, sweep, s);
	if (!s->sweep || event_add(s->sweep, &every))
		fatal("out of memory");
	return s;
}

void services_free(struct services *s)
{
	for (size_t i = 0; i < BUCKETS; i++) {
		while (s->buckets[i])
			drop(s, &s->buckets[i]);
	}
	event_free(s->sweep);
	free(s);
}

const struct msg_service *services_find(const struct services *s, const struct service *key)
{
	struct entry *e = *find((struct services *)s, key);

	return e ? &e->m : NULL;
}

/* For those who listen: numbers are rounded, or each visit would be an event for all. */
static bool differ(const struct msg_service *a, const struct msg_service *b)
{
	char one[WORDS_WAITING_MAX], other[WORDS_WAITING_MAX];

	return a->outage != b->outage || a->state != b->state ||
	       words_alone(a->waiting) != words_alone(b->waiting) ||
	       strcmp(words_waiting(LANG_EN, a->waiting, one),
		      words_waiting(LANG_EN, b->waiting, other));
}

void services_update(struct services *s, const struct msg_service *m)
{
	struct entry **e = find(s, &m->service);
	bool news;

	if (!*e) {
		*e = s->n < SERVICES_MAX ? calloc(1, sizeof(**e)) : NULL;
		if (!*e)
			return;
		s->n++;
	}
	news = differ(&(*e)->m, m);
	(*e)->m = *m;
	(*e)->heard = time_mono_ms();
	(*e)->stale = false;
	if (news)
		events_service(s->web, m);
}

void services_all_anew(struct services *s)
{
	int64_t now = time_mono_ms();

	for (size_t i = 0; i < BUCKETS; i++) {
		for (struct entry *e = s->buckets[i]; e; e = e->next) {
			e->stale = e->m.state != PAGE_UP;
			e->heard = now;
		}
	}
}

enum profile services_profile(const struct conf *conf, const struct msg_service *m)
{
	const struct conf_watch *w = conf_watch_find(conf, m->watch);
	enum profile p = m->profile;

	if (p == PROFILE_AUTO || p == PROFILE_PASS)
		p = w ? conf_profile(conf, w, &m->service) : PROFILE_HTTP;
	return p;
}
