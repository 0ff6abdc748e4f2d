// SPDX-License-Identifier: GPL-2.0
/*
 * What the mailer is given of a handover.
 */
#include "handover_work.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int add_row(const struct msg_row *row, void *arg)
{
	struct msg_handover *m = arg;

	if (m->n_rows == MSG_ROWS_MAX)
		return -EINVAL;
	m->rows[m->n_rows++] = *row;
	return 0;
}

static void describe_outage(const struct engine *e, const struct outage *o, struct msg_handover *m)
{
	const char *name = conf_server_name(e->conf, &o->service.server);

	m->outage = o->id;
	m->service = o->service;
	m->reason = o->reason;
	m->lossy = o->lossy;
	m->began = o->began;
	memcpy(m->watch, o->watch, sizeof(m->watch));
	if (name && strlen(name) < sizeof(m->server_name))
		strcpy(m->server_name, name);
	/* What is down is not back yet, even where it is when this goes out. */
	if (m->act == HANDOVER_DOWN)
		return;
	m->evidence = o->evidence;
	m->ended = o->ended;
}

static uint8_t act_of(const struct handing *x)
{
	if (x->h.kind != HANDOVER_PART || x->parts)
		return x->h.kind;
	if (x->h.state == HANDOVER_RELEASING)
		return HANDOVER_RELEASE;
	return x->h.state == HANDOVER_WITHDRAWING ? HANDOVER_WITHDRAW : HANDOVER_PART;
}

int handing_message(const struct handovers *hs, const struct handing *x, uint32_t unit,
		    struct msg_handover *m)
{
	int rc = 0;

	memset(m, 0, msg_handover_size(0));
	m->id = handover_key(x->h.id, unit);
	m->act = act_of(x);
	m->route = x->h.route;
	memcpy(m->target, x->h.target, sizeof(m->target));
	snprintf(m->router, sizeof(m->router), "%s", hs->host);
	describe_outage(hs->e, &x->o, m);
	if (x->h.kind != HANDOVER_PART)
		return 0;
	m->list = x->h.list ? x->h.list : x->h.id;
	m->clients = x->h.clients;
	m->parts = x->h.parts;
	if (m->act != HANDOVER_PART)
		return 0;
	m->part = unit ? unit : x->h.part;
	rc = store_handover_rows(hs->e->store, x->h.id, m->part, add_row, m);
	if (rc < 0)
		return rc;
	return m->n_rows ? 0 : -ENOENT;
}
