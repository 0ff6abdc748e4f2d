// SPDX-License-Identifier: GPL-2.0
/*
 * By what a client can be told.
 */
#include "route.h"

#include <errno.h>
#include <string.h>

#include "inquiry.h"

int route_way(struct engine *e, const struct conf_watch *watch, struct waiter *w, struct answer *a,
	      struct way *way)
{
	int rc = store_answer_get(e->store, w->outage, &w->client, a);
	const char *target;

	memset(way, 0, sizeof(*way));
	if (rc == -ENOENT)
		memset(a, 0, sizeof(*a));
	else if (rc < 0)
		return rc;
	target = waiter_target(w, a, watch, e->conf->web.confirm);
	way->own = target != w->mail;
	if (way->own)
		memcpy(w->mail, target, sizeof(w->mail));
	rc = inquiry_suppressed(e, w->mail);
	if (rc < 0)
		return rc;
	/* Who wants never to hear of us does not want to hear of us by others. */
	way->list = !rc && a->choice != CHOICE_NO;
	way->mail = way->list && w->mail[0];
	return 0;
}

void notice_about(struct notice *n, const struct outage *o, const struct waiter *w, int64_t now)
{
	*n = (struct notice){
		.outage = o->id,
		.client = w->client,
		.service = o->service,
		.reason = w->reason,
		.evidence = o->evidence,
		.attempts = w->attempts,
		.first = w->first,
		.last = w->last,
		/* For this client it was away when he tried, whatever was seen first. */
		.began = w->first && w->first < o->began ? w->first : o->began,
		.ended = o->ended,
		.created = now,
	};
	memcpy(n->mail, w->mail, sizeof(n->mail));
	memcpy(n->watch, w->watch, sizeof(n->watch));
}
