// SPDX-License-Identifier: GPL-2.0
/*
 * What the parts of the engine ask of the whole: the time, the watch of a name, the
 * contacts.
 */
#include "engine.h"

#include <stdlib.h>
#include <strings.h>

#include "../common/timefmt.h"
#include "batch.h"

struct moment engine_now(void)
{
	return (struct moment){
		.ms = time_mono_ms(),
		.real = time_now(),
		.dice = (uint32_t)random(),
	};
}

void engine_count_evidence(uint64_t *count, enum evidence e)
{
	int place = ffs(e) - 1;

	if (place >= 0 && place < N_EVIDENCE)
		count[place]++;
}

const struct conf_watch *engine_watch(const struct engine *e, const char *name)
{
	/* As the configuration's own defaults; for watches made by the CLI. */
	static const struct conf_watch defaults = {
		.no_reply = 3,
		.keep = 86400,
		.down_after = 1,
		.down_clients = 1,
		.recovery = EVIDENCE_TRAP | EVIDENCE_REPLY | EVIDENCE_PROBE,
		.confirm = true,
		.stable = 5,
		.flap = 300,
		.probe_min = 5,
		.probe_max = 300,
		.probe_timeout = 5,
		.notify = { { ROUTE_MAIL } },
		.n_notify = 1,
	};
	const struct conf_watch *w = conf_watch_find(e->conf, name);

	return w ? w : &defaults;
}

static int add_contact(const struct contact *c, void *arg)
{
	return resolver_add(arg, c);
}

const struct resolver *engine_contacts(struct engine *e)
{
	struct resolver fresh = { 0 };

	if (!e->contacts_stale)
		return &e->contacts;
	if (store_contact_list(e->store, NULL, 0, add_contact, &fresh) == 0) {
		resolver_finish(&fresh);
		resolver_clear(&e->contacts);
		e->contacts = fresh;
		e->contacts_stale = false;
	} else {
		resolver_clear(&fresh); /* the old ones are better than none */
	}
	return &e->contacts;
}

const struct mac *engine_mac(const struct engine *e, const struct addr *client,
			     const struct mac *seen, struct mac *buf)
{
	struct lease l;

	if (store_lease_get(e->store, client, &l) < 0 || l.ends <= time_now())
		return seen;
	*buf = l.mac;
	return buf;
}

const struct contact *engine_contact(struct engine *e, const struct addr *client,
				     const struct mac *seen)
{
	const struct resolver *contacts = engine_contacts(e);
	const struct contact *c = resolve(contacts, client, seen);
	struct mac buf;

	return c ? c : resolve(contacts, client, engine_mac(e, client, seen, &buf));
}

void engine_arm(struct event *ev, int64_t ms)
{
	struct timeval tv;

	evtimer_del(ev);
	if (ms == RECOVERY_NEVER)
		return;
	if (ms < 0)
		ms = 0;
	tv.tv_sec = ms / 1000;
	tv.tv_usec = ms % 1000 * 1000;
	evtimer_add(ev, &tv);
}

bool engine_store_failing(const struct engine *e)
{
	return batch_failing(e->batch);
}
