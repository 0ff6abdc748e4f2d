// SPDX-License-Identifier: GPL-2.0
/*
 * The decisions about handovers. Pure.
 */
#include "handover_policy.h"

#include <stdio.h>
#include <string.h>

#include "../common/mib.h"

#define PAUSE_MIN 5

const char *handover_state_name(uint8_t state)
{
	static const char *const names[] = {
		[HANDOVER_GATHERING] = "gathering",	[HANDOVER_SENDING] = "sending",
		[HANDOVER_UNSURE] = "unsure",		[HANDOVER_RELEASING] = "releasing",
		[HANDOVER_WITHDRAWING] = "withdrawing", [HANDOVER_SENT] = "sent",
		[HANDOVER_PASSED_ON] = "passed-on",	[HANDOVER_REFUSED] = "refused",
		[HANDOVER_GIVEN_UP] = "given-up",	[HANDOVER_DROPPED] = "dropped",
	};

	return state < sizeof(names) / sizeof(*names) ? names[state] : "unknown";
}

const char *handover_kind_name(uint8_t kind)
{
	return kind == HANDOVER_DOWN ? "down" : kind == HANDOVER_UP ? "up" : "list";
}

const char *handover_target(const struct handover *h, char *buf)
{
	bool one = h->route == ROUTE_SERVER; /* there is but one section of that kind */

	snprintf(buf, HANDOVER_TARGET_LEN, "%s%s%s", route_name(h->route), one ? "" : " ",
		 one ? "" : h->target);
	return buf;
}

bool handover_is_held(const struct handover *h)
{
	return h->kind == HANDOVER_PART && h->route != ROUTE_WEBHOOK;
}

bool handover_repeats(const struct conf_target *t, uint8_t kind)
{
	return kind == HANDOVER_DOWN && t->route == ROUTE_WEBHOOK &&
	       t->format == WEBHOOK_ALERTMANAGER;
}

/* --- steps ------------------------------------------------------------------- */

bool step_is_to(const struct conf_step *s, uint8_t route, const char *target)
{
	return s->route == route && (route == ROUTE_SERVER || strcmp(s->target, target) == 0);
}

bool step_is_mail(const struct conf_watch *watch, int step)
{
	return step == STEP_OWN || watch->notify[step].route == ROUTE_MAIL;
}

int step_for(const struct conf *conf, const struct conf_watch *watch, unsigned int from,
	     const struct way *way)
{
	const struct conf_target *t;
	unsigned int i;

	if (way->own && way->mail && conf->mail.configured)
		return watch->n_notify ? STEP_OWN : STEP_NONE;
	for (i = from; i < watch->n_notify; i++) {
		if (watch->notify[i].route == ROUTE_MAIL) {
			if (way->mail)
				return i;
			continue;
		}
		t = conf_target_find(conf, watch->notify[i].route, watch->notify[i].target);
		if (way->list && t && t->lists)
			return i;
	}
	return STEP_NONE;
}

unsigned int step_after(const struct conf_watch *watch, const struct handover *h)
{
	unsigned int i;

	/* The last, should it stand there twice: who goes on never comes back. */
	for (i = watch->n_notify; i-- > 0;)
		if (step_is_to(&watch->notify[i], h->route, h->target))
			return i + 1;
	/* It stands there no more, and what followed it has moved up. */
	return h->step;
}

unsigned int step_after_mail(const struct conf_watch *watch)
{
	unsigned int i;

	for (i = watch->n_notify; i-- > 0;)
		if (watch->notify[i].route == ROUTE_MAIL)
			return i + 1;
	return watch->n_notify;
}

/* --- parts --------------------------------------------------------------------- */

uint32_t numbering_next(struct numbering *n, const struct addr *client)
{
	bool held = n->route != ROUTE_WEBHOOK;
	uint32_t most = !held			   ? MSG_ROWS_MAX :
			client->family == AF_INET6 ? MIB_ROWS_IPV6 :
						     MIB_ROWS_IPV4;

	/* What fits is known of parts of one family only. */
	if (!n->part || n->in_part >= most || (held && n->family != client->family)) {
		n->part++;
		n->in_part = 0;
	}
	n->family = client->family;
	n->in_part++;
	return n->part;
}

uint64_t handover_key(uint64_t id, uint32_t unit)
{
	return id << HANDOVER_UNIT_BITS | unit;
}

void handover_of_key(uint64_t key, uint64_t *id, uint32_t *unit)
{
	*id = key >> HANDOVER_UNIT_BITS;
	*unit = key & ((1u << HANDOVER_UNIT_BITS) - 1);
}

/* --- time ------------------------------------------------------------------------ */

void handover_clamp(struct handover *h, int64_t now)
{
	int64_t ahead = h->created > now ? h->created - now : 0;

	h->created -= ahead;
	if (h->until && h->until != INT64_MAX)
		h->until -= ahead;
	h->next = now;
}

/* --- answers --------------------------------------------------------------------- */

uint32_t handover_pause(uint32_t failed)
{
	uint32_t pause = PAUSE_MIN;

	while (--failed && pause < HANDOVER_PAUSE_MAX)
		pause *= 2;
	return pause < HANDOVER_PAUSE_MAX ? pause : HANDOVER_PAUSE_MAX;
}

/* Of SNMP (RFC 3416): who takes no list from us; who lacks parts says inconsistentValue. */
#define RESOURCE_UNAVAILABLE 13

static enum handover_then refused(const struct handover *h, uint16_t code, bool pinned)
{
	if (h->state == HANDOVER_RELEASING)
		return code == RESOURCE_UNAVAILABLE && h->code == code ? HANDOVER_END :
									 HANDOVER_FROM_START;
	if (h->state == HANDOVER_SENT)
		return HANDOVER_AGAIN; /* it took it before: an alert that is repeated */
	if (h->state == HANDOVER_WITHDRAWING)
		return HANDOVER_ANSWERED; /* it knows nothing of the list: as good */
	if (h->kind != HANDOVER_PART || pinned)
		return HANDOVER_END;
	return HANDOVER_NEXT_STEP;
}

enum handover_then handover_answer(const struct handover *h, enum delivery d, uint16_t code,
				   bool pinned)
{
	if (d == DELIVERY_SENT)
		return HANDOVER_ANSWERED;
	return d == DELIVERY_REFUSED ? refused(h, code, pinned) : HANDOVER_AGAIN;
}
