// SPDX-License-Identifier: GPL-2.0
/*
 * The commands of the control socket about leases: what a DHCP server has given to which
 * MAC. An import comes in pieces, each on disk before it is answered; what came before
 * counts until the last piece is there.
 */
#include <errno.h>
#include <string.h>

#include "../common/control.h"
#include "../common/timefmt.h"
#include "control_client.h"

#define FORGET_AT_A_TIME 10000 /* in one request: the engine has other things to do */
#define SECONDS_MAX	 253402300799LL /* 9999-12-31 */

/* NULL and *@l, or why not. */
static const char *lease_parse(struct lease *l, json_t *row)
{
	const char *client = json_string_value(json_array_get(row, 1));
	const char *mac = json_string_value(json_array_get(row, 2));
	json_t *ends = json_array_get(row, 3);

	if (!json_is_integer(json_array_get(row, 0)) || !client || !mac)
		return "a row is a line number, an address, a MAC and an end";
	if (addr_parse(&l->client, client) < 0)
		return "not an address";
	if (mac_parse(&l->mac, mac) < 0)
		return "not a MAC";
	if (json_is_null(ends)) {
		l->ends = INT64_MAX;
		return NULL;
	}
	if (!json_is_integer(ends) || json_integer_value(ends) < 0 ||
	    json_integer_value(ends) > SECONDS_MAX)
		return "not a time";
	/* The store counts in ns, which end earlier than years do. */
	l->ends = json_integer_value(ends) < INT64_MAX / NSEC_PER_SEC ?
			  json_integer_value(ends) * NSEC_PER_SEC :
			  INT64_MAX;
	return NULL;
}

/* 1 imported, 0 refused (and said so), -errno. */
static int import_row(struct client *cl, json_t *row, int64_t import, int64_t now)
{
	struct lease l = { 0 };
	const char *why = lease_parse(&l, row);
	int rc;

	if (why) {
		client_row(cl, json_pack("{s:I,s:s}", "line",
					 json_integer_value(json_array_get(row, 0)), "error", why));
		return 0;
	}
	if (l.ends > now)
		rc = store_lease_put(cl->e->store, &l, import);
	else
		rc = store_lease_del(cl->e->store, &l.client);
	return rc < 0 ? rc : 1;
}

static void import_rows(struct client *cl, json_t *rows, int64_t import)
{
	int64_t now = time_now();
	int rc = 0, imported = 0, refused = 0;
	json_t *row;
	size_t i;

	if (!client_begin(cl))
		return;
	json_array_foreach(rows, i, row) {
		rc = import_row(cl, row, import, now);
		if (rc < 0)
			break;
		imported += rc == 1;
		refused += rc == 0;
	}
	if (client_commit(cl, rc < 0 ? rc : 0))
		client_done(cl, json_pack("{s:i,s:I,s:i,s:i}", "rows", refused, "import",
					  (json_int_t)import, "imported", imported, "refused",
					  refused));
}

static void import_end(struct client *cl, int64_t import)
{
	int n;

	if (!client_begin(cl))
		return;
	n = store_lease_keep(cl->e->store, import, FORGET_AT_A_TIME);
	if (client_commit(cl, n < 0 ? n : 0))
		client_done(cl, json_pack("{s:i,s:b}", "rows", 0, "left", n == FORGET_AT_A_TIME));
}

static void lease_import(struct client *cl, json_t *request)
{
	json_int_t import = json_integer_value(json_object_get(request, "import"));
	json_t *rows = json_object_get(request, "rows");

	if (json_is_true(json_object_get(request, "end")) && import > 0)
		import_end(cl, import);
	else if (json_is_array(rows) && json_array_size(rows) <= CONTROL_IMPORT_ROWS)
		import_rows(cl, rows, import > 0 ? import : time_now());
	else
		client_error(cl, 2, "an import has up to %d rows, or a number and an end",
			     CONTROL_IMPORT_ROWS);
}

static void lease_clear(struct client *cl, json_t *request)
{
	int n;

	(void)request;
	if (!client_begin(cl))
		return;
	n = store_lease_keep(cl->e->store, 0, 0);
	if (client_commit(cl, n < 0 ? n : 0))
		client_done(cl, json_pack("{s:i,s:i}", "rows", 0, "cleared", n));
}

/* --- show ------------------------------------------------------------------------------ */

static int lease_row(const struct lease *l, void *arg)
{
	struct page *p = arg;
	char mac[ADDR_STRLEN];

	client_row(p->cl, json_pack("{s:o,s:s,s:o}", "client", json_addr(&l->client), "mac",
				    mac_format(&l->mac, mac), "ends",
				    json_time(l->ends == INT64_MAX ? 0 : l->ends)));
	p->l->after_client = l->client;
	p->n++;
	return 0;
}

static int leases_page(struct client *cl, struct listing *l)
{
	const struct addr after = l->after_client;
	struct page p = { .cl = cl, .l = l };
	int rc = store_lease_list(cl->e->store, &after, LISTING_PAGE, lease_row, &p);

	return rc < 0 ? rc : p.n;
}

static void show_leases(struct client *cl, json_t *request)
{
	(void)request;
	client_list(cl, &(struct listing){ .page = leases_page });
}

const struct control_command control_lease_commands[] = {
	{ .name = "show leases", .run = show_leases },
	{ .name = "lease import", .changes = true, .run = lease_import },
	{ .name = "lease clear", .changes = true, .run = lease_clear },
	{ .name = NULL },
};
