// SPDX-License-Identifier: GPL-2.0
/*
 * The section "receive": a router whose lists of waiting clients are taken, to tell
 * them by the contacts of this host.
 */
#include "conf_schema.h"

#include <string.h>

#define CLIENTS_MAX 1000000 /* what the store is measured with */

static void receive_from(CONF_PARSE_ARGS)
{
	struct conf_receive *receive = object;

	(void)key;
	if (!entry->n)
		conf_expected(r, entry, NULL, "one address or more");
	conf_addresses(r, entry, &receive->from, &receive->n_from);
}

const struct conf_key conf_receive_keys[] = {
	CONF_OPTION("from", receive_from, struct conf_receive, from, .required = true),
	CONF_OPTION("user", conf_user_name, struct conf_receive, user),
	CONF_OPTION("community", conf_community, struct conf_receive, community),
	CONF_U32("clients", struct conf_receive, clients, 1, CLIENTS_MAX, "clients"),
	{ 0 },
};

void *conf_receive_new(struct conf_reader *r, const struct conf_block *b)
{
	struct conf_receive receive = { .clients = 200000 };
	struct conf *c = r->conf;

	if (conf_title_ok(r, b))
		strcpy(receive.name, b->title);
	c->receives = conf_grow(c->receives, c->n_receives, sizeof(receive));
	c->receives[c->n_receives] = receive;
	return &c->receives[c->n_receives++];
}

static const struct conf_snmp_user *find_user(const struct conf_snmp *snmp, const char *name)
{
	for (size_t i = 0; i < snmp->n_users; i++) {
		if (!strcmp(snmp->users[i].name, name) && !snmp->users[i].engine_id)
			return &snmp->users[i];
	}
	return NULL;
}

static void check_sender(struct conf_reader *r, const struct conf_block *b,
			 const struct conf_receive *receive)
{
	const struct conf_snmp_user *user;

	if (!receive->user == !receive->community) {
		conf_errors_add(r->errors, b->line,
				"receive \"%s\": expected user or community, one of them",
				b->title);
		return;
	}
	if (!receive->user)
		return;
	user = find_user(&r->conf->snmp, receive->user);
	if (!user)
		conf_errors_add(r->errors, conf_line_of(b, "user"),
				"user: expected the name of a user in section snmp that has no "
				"engine-id, not \"%s\"",
				receive->user);
	else if (!user->priv)
		conf_errors_add(r->errors, conf_line_of(b, "user"),
				"user: user \"%s\" of section snmp has no priv; expected one: "
				"lists must not come in clear",
				receive->user);
}

static void check_from(struct conf_reader *r, const struct conf_block *b,
		       const struct conf_receive *receive)
{
	char text[ADDR_STRLEN];

	for (size_t i = 0; i < receive->n_from; i++) {
		/* the first section that has the address */
		const struct conf_receive *first = conf_receive_from(r->conf, &receive->from[i]);

		if (first != receive)
			conf_errors_add(r->errors, conf_line_of(b, "from"),
					"from: %s is in receive \"%s\" already; expected one "
					"section for an address",
					addr_format(&receive->from[i], text), first->name);
	}
}

void conf_receive_check(struct conf_reader *r, const struct conf_block *b,
			const struct conf_receive *receive)
{
	for (const struct conf_receive *o = r->conf->receives; o != receive; o++) {
		if (!strcmp(o->name, receive->name))
			conf_errors_add(r->errors, b->line,
					"receive \"%s\": there is one of this name already; "
					"expected another",
					b->title);
	}
	check_from(r, b, receive);
	if (!r->sound)
		return; /* what is missing may be what was wrong */
	check_sender(r, b, receive);
	if (!r->conf->snmp.n_listen)
		conf_errors_add(r->errors, b->line,
				"receive \"%s\": expected a section snmp with listen: where lists "
				"come in",
				b->title);
	if (!r->conf->mail.configured)
		conf_errors_add(r->errors, b->line,
				"receive \"%s\": expected a section mail: how the clients are told",
				b->title);
}
