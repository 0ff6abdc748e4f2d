// SPDX-License-Identifier: GPL-2.0
/*
 * Counters by names of the configuration.
 */
#include "tally.h"

#include <stdlib.h>
#include <string.h>

struct tally {
	const struct conf *conf;
	uint64_t (*sections)[TALLY_LISTS];
	struct tally_target *targets;
};

const char *tally_list_name(uint8_t what)
{
	static const char *const names[TALLY_LISTS] = {
		[TALLY_PART] = "part",		 [TALLY_RELEASED] = "released",
		[TALLY_WITHDRAWN] = "withdrawn", [TALLY_INCOMPLETE] = "incomplete",
		[TALLY_REFUSED] = "refused",	 [TALLY_ANNOUNCED] = "announced",
	};

	return names[what];
}

struct tally *tally_new(const struct conf *conf)
{
	struct tally *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->conf = conf;
	t->sections = calloc(conf->n_receives + 1, sizeof(*t->sections));
	t->targets = calloc(conf->n_targets + 1, sizeof(*t->targets));
	if (t->sections && t->targets)
		return t;
	tally_free(t);
	return NULL;
}

void tally_free(struct tally *t)
{
	if (!t)
		return;
	free(t->sections);
	free(t->targets);
	free(t);
}

static enum tally_list what_it_was(const struct msg_handover *h, enum taken taken)
{
	if (taken == TAKEN_REFUSED)
		return TALLY_REFUSED;
	if (taken == TAKEN_INCOMPLETE)
		return TALLY_INCOMPLETE;
	switch (h->act) {
	case HANDOVER_PART:
		return TALLY_PART;
	case HANDOVER_RELEASE:
		return TALLY_RELEASED;
	case HANDOVER_WITHDRAW:
		return TALLY_WITHDRAWN;
	default:
		return TALLY_ANNOUNCED;
	}
}

void tally_received(struct tally *t, const struct msg_handover *h, enum taken taken)
{
	for (size_t i = 0; t && i < t->conf->n_receives; i++) {
		if (!strcmp(t->conf->receives[i].name, h->target))
			t->sections[i][what_it_was(h, taken)]++;
	}
}

/* NULL: it is not in the configuration. */
static struct tally_target *target_of(struct tally *t, const struct handover *h)
{
	const struct conf_target *target =
		t ? conf_target_find(t->conf, h->route, h->target) : NULL;

	return target ? &t->targets[target - t->conf->targets] : NULL;
}

void tally_handover(struct tally *t, const struct handover *h)
{
	struct tally_target *n = target_of(t, h);

	if (!n)
		return;
	if (h->kind != HANDOVER_PART) {
		n->announcements[h->state]++;
		return;
	}
	n->lists[h->state]++;
	n->clients[h->state] += h->clients;
}

void tally_try(struct tally *t, const struct handover *h, enum delivery d)
{
	struct tally_target *n = target_of(t, h);

	if (n && d < DELIVERIES)
		n->tries[d]++;
}

const uint64_t *tally_of_section(const struct tally *t, size_t i)
{
	return t->sections[i];
}

const struct tally_target *tally_of_target(const struct tally *t, size_t i)
{
	return &t->targets[i];
}
