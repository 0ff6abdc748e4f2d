// SPDX-License-Identifier: GPL-2.0
/*
 * The commands of the control socket that change something: contacts, and the
 * operator's evidence. A change is on disk before it is answered.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../common/control.h"
#include "../common/log.h"
#include "../common/timefmt.h"
#include "batch.h"
#include "control_client.h"
#include "inquiry.h"
#include "tracker.h"

/* --- contacts -------------------------------------------------------------------- */

/* NULL and *@c, or why not. */
static const char *contact_parse(struct contact *c, json_t *key, json_t *mail)
{
	const char *why = NULL, *text = json_string_value(mail);

	if (!json_is_string(key) || !text)
		return "a contact is a key and a mail address";
	memset(c, 0, sizeof(*c));
	if (contact_key_parse(&c->key, json_string_value(key), &why) < 0)
		return why;
	why = contact_mail_fault(text);
	if (why)
		return why;
	snprintf(c->mail, sizeof(c->mail), "%s", text);
	c->added = time_now();
	return NULL;
}

bool client_begin(struct client *cl)
{
	/* What else is being gathered is not to share this one's fate. */
	if (batch_flush(cl->e->batch) == 0 && batch_begin(cl->e->batch) == 0)
		return true;
	client_error(cl, 1, "the store cannot be written: %s", store_error(cl->e->store));
	return false;
}

bool client_commit(struct client *cl, int rc)
{
	if (rc < 0)
		batch_fail(cl->e->batch, rc, "change what the operator wants");
	else
		rc = batch_flush(cl->e->batch);
	cl->e->contacts_stale = true;
	if (rc == 0)
		return true;
	client_error(cl, 1, "the store cannot be written: %s", store_error(cl->e->store));
	return false;
}

static void contact_add(struct client *cl, json_t *request)
{
	struct contact c;
	const char *why = contact_parse(&c, json_object_get(request, "key"),
					json_object_get(request, "mail"));

	if (why) {
		client_error(cl, 2, "%s", why);
		return;
	}
	if (client_begin(cl) && client_commit(cl, store_contact_put(cl->e->store, &c)))
		client_done(cl, json_pack("{s:i}", "rows", 0));
}

static void contact_del(struct client *cl, json_t *request)
{
	const char *text = json_string_value(json_object_get(request, "key"));
	const char *why = "a contact's key is needed";
	struct contact_key key;
	int rc;

	if (!text || contact_key_parse(&key, text, &why) < 0) {
		client_error(cl, 2, "%s", why);
		return;
	}
	if (!client_begin(cl))
		return;
	rc = store_contact_del(cl->e->store, &key);
	if (!client_commit(cl, rc == -ENOENT ? 0 : rc))
		return;
	if (rc == -ENOENT)
		client_error(cl, 1, "there is no contact '%.60s'", text);
	else
		client_done(cl, json_pack("{s:i}", "rows", 0));
}

static void contact_allow(struct client *cl, json_t *request)
{
	const char *mail = json_string_value(json_object_get(request, "mail"));
	const char *why = mail ? contact_mail_fault(mail) : "a mail address is needed";
	int rc;

	if (why) {
		client_error(cl, 2, "%s", why);
		return;
	}
	if (!client_begin(cl))
		return;
	rc = inquiry_allow(cl->e, mail);
	if (!client_commit(cl, rc == -ENOENT ? 0 : rc))
		return;
	if (rc == 0)
		log_info("an address that was never to be told again may be, says the operator");
	client_done(cl, json_pack("{s:i,s:b}", "rows", 0, "suppressed", rc == 0));
}

/* 1 imported, 0 refused (and said so), -errno. */
static int import_row(struct client *cl, json_t *row)
{
	struct contact c;
	json_t *line = json_array_get(row, 0);
	const char *why = contact_parse(&c, json_array_get(row, 1), json_array_get(row, 2));
	int rc;

	if (!json_is_integer(line))
		why = "a row is a line number, a key and a mail address";
	if (why) {
		client_row(cl,
			   json_pack("{s:I,s:s}", "line", json_integer_value(line), "error", why));
		return 0;
	}
	rc = store_contact_put(cl->e->store, &c);
	return rc < 0 ? rc : 1;
}

static void contact_import(struct client *cl, json_t *request)
{
	json_t *rows = json_object_get(request, "rows"), *row;
	int rc = 0, imported = 0, refused = 0;
	size_t i;

	if (!json_is_array(rows) || json_array_size(rows) > CONTROL_IMPORT_ROWS) {
		client_error(cl, 2, "an import has up to %d rows", CONTROL_IMPORT_ROWS);
		return;
	}
	if (!client_begin(cl))
		return;
	json_array_foreach(rows, i, row) {
		rc = import_row(cl, row);
		if (rc < 0)
			break;
		imported += rc == 1;
		refused += rc == 0;
	}
	if (client_commit(cl, rc < 0 ? rc : 0))
		client_done(cl, json_pack("{s:i,s:i,s:i}", "rows", refused, "imported", imported,
					  "refused", refused));
}

/* --- recover --------------------------------------------------------------------- */

static void recover_row(const struct outage *o, void *arg)
{
	struct client *cl = arg;

	client_row(cl,
		   json_pack("{s:I,s:o,s:o,s:i,s:o}", "id", (json_int_t)o->id, "server",
			     json_addr(&o->service.server), "proto", json_proto(o->service.proto),
			     "port", o->service.port, "began", json_time(o->began)));
}

static void recover(struct client *cl, json_t *request)
{
	char text[ADDR_STRLEN];
	struct service s;
	unsigned int n;

	if (!request_service(request, &s)) {
		client_error(cl, 2, "the server must be an address, its service like tcp/80");
		return;
	}
	n = tracker_recover(cl->e->tracker, &s.server, s.proto, s.port, recover_row, cl);
	if (n)
		client_done(cl, json_pack("{s:i}", "rows", (int)n));
	else
		client_error(cl, 1, "no outage of %s is open", addr_format(&s.server, text));
}

const struct control_command control_change_commands[] = {
	{ .name = "contact add", .changes = true, .run = contact_add },
	{ .name = "contact del", .changes = true, .run = contact_del },
	{ .name = "contact allow", .changes = true, .run = contact_allow },
	{ .name = "contact import", .changes = true, .run = contact_import },
	{ .name = "recover", .changes = true, .run = recover },
	{ .name = NULL },
};
