// SPDX-License-Identifier: GPL-2.0
/*
 * "show lists" of the control socket: what other routers handed to us.
 */
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

const struct control_command control_list_commands[] = {
	{ .name = "show lists", .run = show_lists },
	{ .name = NULL },
};
