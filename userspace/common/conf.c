// SPDX-License-Identifier: GPL-2.0
/*
 * The configuration in use: names, look-ups, and what each room may keep of it.
 * Reading the file is the parent's (parent/conf_read.c).
 */
#include "conf.h"

#include <stdlib.h>
#include <string.h>

const char *evidence_name(enum evidence e)
{
	switch (e) {
	case EVIDENCE_TRAP:
		return "trap";
	case EVIDENCE_REPLY:
		return "reply";
	case EVIDENCE_PROBE:
		return "probe";
	case EVIDENCE_OPERATOR:
		return "operator";
	}
	return "unknown";
}

const char *room_name(enum room room)
{
	static const char *const names[ROOM_MAX] = {
		[ROOM_PARENT] = "parent",
		[ROOM_ENGINE] = "engine",
		[ROOM_TRAPS] = "traps",
		[ROOM_MAILER] = "mailer",
	};

	return room < ROOM_MAX ? names[room] : "unknown";
}

static void secret_free(char **secret)
{
	if (*secret)
		explicit_bzero(*secret, strlen(*secret));
	free(*secret);
	*secret = NULL;
}

/* Communities and users make sense together or not at all. */
static void snmp_secrets_free(struct conf_snmp *snmp)
{
	for (size_t i = 0; i < snmp->n_communities; i++)
		secret_free(&snmp->communities[i]);
	free(snmp->communities);
	snmp->communities = NULL;
	snmp->n_communities = 0;

	for (size_t i = 0; i < snmp->n_users; i++) {
		free(snmp->users[i].name);
		secret_free(&snmp->users[i].auth_key);
		secret_free(&snmp->users[i].priv_key);
		free(snmp->users[i].engine_id);
	}
	free(snmp->users);
	snmp->users = NULL;
	snmp->n_users = 0;
}

/* A user without its password would be a half AUTH: both go. */
static void mail_secrets_free(struct conf_mail *mail)
{
	free(mail->user);
	mail->user = NULL;
	secret_free(&mail->password);
}

void conf_keep(struct conf *conf, enum room room)
{
	if (room != ROOM_TRAPS)
		snmp_secrets_free(&conf->snmp);
	if (room != ROOM_MAILER)
		mail_secrets_free(&conf->mail);
}

static void watch_free(struct conf_watch *w)
{
	free(w->servers);
	free(w->clients);
	free(w->ports);
}

static void mail_free(struct conf_mail *mail)
{
	mail_secrets_free(mail);
	free(mail->server);
	free(mail->ca_file);
	free(mail->from);
	free(mail->from_name);
	free(mail->footer);
	free(mail->sendmail);
}

static void snmp_free(struct conf_snmp *snmp)
{
	snmp_secrets_free(snmp);
	free(snmp->listen);
	for (size_t i = 0; i < snmp->n_oids; i++)
		free(snmp->oids[i]);
	free(snmp->oids);
}

void conf_free(struct conf *conf)
{
	if (!conf)
		return;
	for (size_t i = 0; i < conf->n_watches; i++)
		watch_free(&conf->watches[i]);
	free(conf->watches);
	for (size_t i = 0; i < conf->n_aliases; i++) {
		free(conf->aliases[i].addresses);
		free(conf->aliases[i].name);
	}
	free(conf->aliases);
	snmp_free(&conf->snmp);
	mail_free(&conf->mail);
	free(conf->path);
	free(conf->store_path);
	free(conf->control_path);
	free(conf->user);
	free(conf);
}

const struct conf_watch *conf_watch_find(const struct conf *conf, const char *name)
{
	for (size_t i = 0; i < conf->n_watches; i++) {
		if (!strcmp(conf->watches[i].name, name))
			return &conf->watches[i];
	}
	return NULL;
}

static bool watched(const struct conf *conf, const struct addr *server)
{
	for (size_t i = 0; i < conf->n_watches; i++) {
		const struct conf_watch *w = &conf->watches[i];

		for (size_t j = 0; j < w->n_servers; j++) {
			if (prefix_contains(&w->servers[j], server))
				return true;
		}
	}
	return false;
}

bool conf_speaks_for(const struct conf *conf, const struct addr *from, struct addr *server)
{
	if (watched(conf, from)) {
		*server = *from;
		return true;
	}
	for (size_t i = 0; i < conf->n_aliases; i++) {
		const struct conf_alias *a = &conf->aliases[i];

		for (size_t j = 0; j < a->n_addresses; j++) {
			if (addr_equal(&a->addresses[j], from)) {
				*server = a->server;
				return true;
			}
		}
	}
	return false;
}

const char *conf_server_name(const struct conf *conf, const struct addr *server)
{
	for (size_t i = 0; i < conf->n_aliases; i++) {
		if (addr_equal(&conf->aliases[i].server, server))
			return conf->aliases[i].name;
	}
	return NULL;
}
