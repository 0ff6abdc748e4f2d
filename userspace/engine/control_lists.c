// SPDX-License-Identifier: GPL-2.0
/*
 * "show lists" and "show handovers" of the control socket: what other routers handed to us,
 * and what we hand over.
 */
#include <errno.h>
#include <stdlib.h>

#include "control_client.h"

static int list_row(const struct list *l, const struct outage *o, void *arg)
{
	struct page *p = arg;

	client_row(p->cl,
		   json_pack("{s:o,s:o,s:I,s:I,s:I,s:o,s:o,s:i,s:o,s:s,s:I,s:I,s:I,s:I,s:b,s:o}",
			     "router", json_text(l->router), "section", json_text(o->origin),
			     "outage", (json_int_t)o->id, "origin", (json_int_t)o->origin_id,
			     "list", (json_int_t)o->origin_list, "server",
			     json_addr(&o->service.server), "proto", json_proto(o->service.proto),
			     "port", o->service.port, "name", json_text(l->name), "state",
			     l->state == LIST_COLLECTING && l->n_parts == l->parts ?
				     "complete" :
				     list_state_name(l->state),
			     "parts", (json_int_t)l->parts, "got", (json_int_t)l->n_parts,
			     "clients", (json_int_t)l->clients, "taken", (json_int_t)l->got,
			     "lossy", o->lossy, "heard", json_time(l->at)));
	p->l->after = l->outage;
	p->n++;
	return 0;
}

static int lists_page(struct client *cl, struct listing *l)
{
	struct page p = { .cl = cl, .l = l };
	int rc = store_list_list(cl->e->store, l->after, LISTING_PAGE, list_row, &p);

	return rc < 0 ? rc : p.n;
}

static void show_lists(struct client *cl, json_t *request)
{
	(void)request;
	client_list(cl, &(struct listing){ .page = lists_page });
}

/* --- handovers ------------------------------------------------------------------- */

struct handover_page {
	struct handover row[LISTING_PAGE];
	int n;
};

static int add_handover(const struct handover *h, void *arg)
{
	struct handover_page *p = arg;

	p->row[p->n++] = *h;
	return 0;
}

static void handover_row(struct client *cl, const struct handover *h, const struct outage *o)
{
	client_row(cl,
		   json_pack("{s:I,s:s,s:I,s:o,s:o,s:i,s:s,s:o,s:s,s:I,s:o,s:I,s:I,s:I,s:o,s:o,s:o,"
			     "s:o,s:o,s:o}",
			     "id", (json_int_t)h->id, "kind", handover_kind_name(h->kind), "outage",
			     (json_int_t)h->outage, "server", json_addr(&o->service.server),
			     "proto", json_proto(o->service.proto), "port", o->service.port,
			     "route", route_name(h->route), "target", json_text(h->target), "state",
			     handover_state_name(h->state), "list",
			     (json_int_t)(h->list ? h->list : h->id), "part",
			     h->part ? json_integer(h->part) : json_null(), "parts",
			     (json_int_t)h->parts, "clients", (json_int_t)h->clients, "tries",
			     (json_int_t)h->tries, "code",
			     h->code ? json_integer(h->code) : json_null(), "answer",
			     json_text(h->answer), "created", json_time(h->created), "next",
			     json_time(h->done ? 0 : h->next), "until",
			     json_time(h->done || h->until == INT64_MAX ? 0 : h->until), "done",
			     json_time(h->done)));
}

static int handovers_page(struct client *cl, struct listing *l)
{
	struct handover_page *p = calloc(1, sizeof(*p));
	struct store *st = cl->e->store;
	struct outage o;
	int i, rc;

	if (!p)
		return -ENOMEM;
	rc = store_handover_list(st, l->after, LISTING_PAGE, add_handover, p);
	for (i = 0; rc == 0 && i < p->n; i++) {
		rc = store_outage_get(st, p->row[i].outage, &o);
		if (rc == 0)
			handover_row(cl, &p->row[i], &o);
		l->after = p->row[i].id;
	}
	i = p->n;
	free(p);
	return rc < 0 ? rc : i;
}

static void show_handovers(struct client *cl, json_t *request)
{
	(void)request;
	client_list(cl, &(struct listing){ .page = handovers_page });
}

const struct control_command control_list_commands[] = {
	{ .name = "show lists", .run = show_lists },
	{ .name = "show handovers", .run = show_handovers },
	{ .name = NULL },
};
