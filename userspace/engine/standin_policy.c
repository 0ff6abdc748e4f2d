// SPDX-License-Identifier: GPL-2.0
/*
 * The stand-in's policy per client, and its memory of clients: a tree, as strangers
 * choose the keys, and a list in the order in which they were seen.
 */
#include "standin_policy.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#define ANSWER_MS 60000 /* for how long a client is not asked about again */
#define RESET_MS  2000 /* refused connections are seen only when they are asked about */
#define MINUTE_MS 60000

struct client {
	TAILQ_ENTRY(client) seen;
	struct addr addr;
	struct service service;
	uint32_t since_retry; /* connections since one was let through */
	uint32_t in_minute; /* connections since minute */
	int64_t minute;
};

TAILQ_HEAD(client_list, client);

struct standin_policy {
	void *tree;
	struct client_list seen; /* longest ago first */
	uint32_t n, max;
};

/* --- memory ------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
	const struct client *x = a, *y = b;
	int order = addr_cmp(&x->addr, &y->addr);

	if (!order)
		order = addr_cmp(&x->service.server, &y->service.server);
	if (!order)
		order = x->service.proto - y->service.proto;
	return order ?: x->service.port - y->service.port;
}

static void forget(struct standin_policy *p, struct client *c)
{
	tdelete(c, &p->tree, compare);
	TAILQ_REMOVE(&p->seen, c, seen);
	p->n--;
	free(c);
}

/* NULL: out of memory. */
static struct client *remember(struct standin_policy *p, const struct addr *addr,
			       const struct service *s, int64_t now)
{
	struct client *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	*c = (struct client){ .addr = *addr, .service = *s, .minute = now };
	if (!tsearch(c, &p->tree, compare)) {
		free(c);
		return NULL;
	}
	TAILQ_INSERT_TAIL(&p->seen, c, seen);
	if (++p->n > p->max)
		forget(p, TAILQ_FIRST(&p->seen));
	return c;
}

static struct client *find(struct standin_policy *p, const struct addr *addr,
			   const struct service *s, int64_t now)
{
	const struct client key = { .addr = *addr, .service = *s };
	struct client **found = tfind(&key, &p->tree, compare);
	struct client *c;

	if (!found)
		return remember(p, addr, s, now);
	c = *found;
	TAILQ_REMOVE(&p->seen, c, seen);
	TAILQ_INSERT_TAIL(&p->seen, c, seen);
	return c;
}

struct standin_policy *standin_policy_new(uint32_t max)
{
	struct standin_policy *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	TAILQ_INIT(&p->seen);
	p->max = max;
	return p;
}

void standin_policy_free(struct standin_policy *p)
{
	struct client *c;

	if (!p)
		return;
	while ((c = TAILQ_FIRST(&p->seen)))
		forget(p, c);
	free(p);
}

/* --- ruling ------------------------------------------------------------------- */

static void count(struct client *c, int64_t now)
{
	if (now - c->minute >= MINUTE_MS) {
		c->minute = now;
		c->in_minute = 0;
	}
	c->in_minute++;
	c->since_retry++;
}

static bool too_many(const struct client *c, int64_t now)
{
	return c->in_minute >= STANDIN_PACE && now - c->minute < MINUTE_MS;
}

static bool retry_due(const struct client *c, const struct standin_terms *terms)
{
	return terms->retry && c->since_retry + 1 >= terms->retry;
}

struct standin_ruling standin_policy_ask(struct standin_policy *p, const struct addr *client,
					 const struct service *s, const struct standin_terms *terms,
					 int64_t now)
{
	struct client *c = find(p, client, s, now);

	if (!c)
		return (struct standin_ruling){ RINGBACK_VERDICT_PASS, ANSWER_MS, "out of memory",
						false };
	if (too_many(c, now))
		return (struct standin_ruling){ RINGBACK_VERDICT_PASS, c->minute + MINUTE_MS - now,
						"too many connections in a minute", false };
	if (retry_due(c, terms)) {
		c->since_retry = 0;
		return (struct standin_ruling){ RINGBACK_VERDICT_PASS, STANDIN_RETRY_MS,
						"to see whether the server answers", true };
	}
	if (!terms->reset)
		return (struct standin_ruling){ RINGBACK_VERDICT_ANSWER, ANSWER_MS, "down", false };
	count(c, now);
	return (struct standin_ruling){ RINGBACK_VERDICT_RESET, RESET_MS, "down", false };
}

bool standin_policy_answered(struct standin_policy *p, const struct addr *client,
			     const struct service *s, const struct standin_terms *terms,
			     int64_t now)
{
	struct client *c = find(p, client, s, now);

	if (!c)
		return false;
	count(c, now);
	return too_many(c, now) || retry_due(c, terms);
}
