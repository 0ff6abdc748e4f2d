// SPDX-License-Identifier: GPL-2.0
/*
 * The configuration in use: names, look-ups, and what each room may keep of it.
 * Reading the file is the parent's (parent/conf_read.c).
 */
#include "conf.h"

#include <netinet/in.h>
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

const char *reason_name(uint8_t reason)
{
	static const char *const names[] = {
		[RINGBACK_REASON_NONE] = "none",
		[RINGBACK_REASON_NO_REPLY] = "no-reply",
		[RINGBACK_REASON_REFUSED] = "refused",
		[RINGBACK_REASON_NET_UNREACHABLE] = "net-unreachable",
		[RINGBACK_REASON_HOST_UNREACHABLE] = "host-unreachable",
		[RINGBACK_REASON_PROTO_UNREACHABLE] = "proto-unreachable",
		[RINGBACK_REASON_PORT_UNREACHABLE] = "port-unreachable",
		[RINGBACK_REASON_ADMIN_PROHIBITED] = "admin-prohibited",
		[RINGBACK_REASON_TTL_EXCEEDED] = "ttl-exceeded",
		[RINGBACK_REASON_ICMP_OTHER] = "icmp-other",
	};

	return reason < sizeof(names) / sizeof(names[0]) ? names[reason] : NULL;
}

const char *route_name(uint8_t route)
{
	static const char *const names[] = {
		[ROUTE_MAIL] = "mail",
		[ROUTE_SERVER] = "server",
		[ROUTE_NMS] = "nms",
		[ROUTE_WEBHOOK] = "webhook",
	};

	return route < sizeof(names) / sizeof(names[0]) ? names[route] : "unknown";
}

const char *room_name(enum room room)
{
	static const char *const names[ROOM_MAX] = {
		[ROOM_PARENT] = "parent", [ROOM_ENGINE] = "engine", [ROOM_TRAPS] = "traps",
		[ROOM_MAILER] = "mailer", [ROOM_WEB] = "web",	    [ROOM_AGENTX] = "agentx",
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

static void user_free(struct conf_snmp_user *user)
{
	free(user->name);
	secret_free(&user->auth_key);
	secret_free(&user->priv_key);
	free(user->engine_id);
	*user = (struct conf_snmp_user){ 0 };
}

/* Communities and users make sense together or not at all. */
static void snmp_secrets_free(struct conf_snmp *snmp)
{
	for (size_t i = 0; i < snmp->n_communities; i++)
		secret_free(&snmp->communities[i]);
	free(snmp->communities);
	snmp->communities = NULL;
	snmp->n_communities = 0;

	for (size_t i = 0; i < snmp->n_users; i++)
		user_free(&snmp->users[i]);
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

/* A certificate without its key serves nobody, but the engine wants to know that it is there. */
static void web_secrets_free(struct conf_web *web)
{
	for (size_t i = 0; i < web->n_certificates; i++)
		secret_free(&web->certificates[i].key);
	secret_free(&web->status_password);
}

static void target_secrets_free(struct conf_target *t)
{
	secret_free(&t->community);
	secret_free(&t->key);
	secret_free(&t->url); /* may be a capability */
	user_free(&t->user);
}

void conf_keep(struct conf *conf, enum room room)
{
	if (room != ROOM_WEB)
		web_secrets_free(&conf->web);
	if (room != ROOM_TRAPS)
		snmp_secrets_free(&conf->snmp);
	if (room != ROOM_MAILER)
		mail_secrets_free(&conf->mail);
	for (size_t i = 0; room != ROOM_MAILER && i < conf->n_targets; i++)
		target_secrets_free(&conf->targets[i]);
	for (size_t i = 0; room != ROOM_TRAPS && i < conf->n_receives; i++)
		secret_free(&conf->receives[i].community);
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

static void web_free(struct conf_web *web)
{
	web_secrets_free(web);
	for (size_t i = 0; i < web->n_certificates; i++) {
		free(web->certificates[i].name);
		free(web->certificates[i].servers);
		free(web->certificates[i].chain);
	}
	free(web->certificates);
	free(web->listen);
	free(web->status);
	free(web->status_user);
	free(web->url);
	free(web->operator);
	free(web->text);
	free(web->template);
	free(web->logo);
}

static void target_free(struct conf_target *t)
{
	target_secrets_free(t);
	free(t->host);
	free(t->ca_file);
}

static void receive_free(struct conf_receive *r)
{
	free(r->from);
	free(r->user);
	secret_free(&r->community);
}

static void lookup_free(struct conf_lookup *l)
{
	for (size_t i = 0; l->argv && l->argv[i]; i++)
		free(l->argv[i]);
	free(l->argv);
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
	web_free(&conf->web);
	for (size_t i = 0; i < conf->n_targets; i++)
		target_free(&conf->targets[i]);
	free(conf->targets);
	for (size_t i = 0; i < conf->n_receives; i++)
		receive_free(&conf->receives[i]);
	free(conf->receives);
	lookup_free(&conf->lookup);
	free(conf->mib_base);
	free(conf->agentx);
	free(conf->path);
	free(conf->store_path);
	free(conf->control_path);
	free(conf->user);
	free(conf);
}

bool conf_notifies(const struct conf_watch *w, enum route route)
{
	for (size_t i = 0; i < w->n_notify; i++) {
		if (w->notify[i].route == route)
			return true;
	}
	return false;
}

const struct conf_target *conf_target_find(const struct conf *conf, uint8_t route, const char *name)
{
	for (size_t i = 0; i < conf->n_targets; i++) {
		const struct conf_target *t = &conf->targets[i];

		if (t->route == route && (route == ROUTE_SERVER || !strcmp(t->name, name)))
			return t;
	}
	return NULL;
}

const struct conf_receive *conf_receive_from(const struct conf *conf, const struct addr *from)
{
	for (size_t i = 0; i < conf->n_receives; i++) {
		for (size_t j = 0; j < conf->receives[i].n_from; j++) {
			if (addr_equal(&conf->receives[i].from[j], from))
				return &conf->receives[i];
		}
	}
	return NULL;
}

bool conf_needs_mailer(const struct conf *conf)
{
	return conf->mail.configured || conf->n_targets || conf->lookup.argv;
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

const struct conf_certificate *conf_certificate_for(const struct conf *conf,
						    const struct addr *server)
{
	for (size_t i = 0; i < conf->web.n_certificates; i++) {
		const struct conf_certificate *c = &conf->web.certificates[i];

		for (size_t j = 0; j < c->n_servers; j++) {
			if (prefix_contains(&c->servers[j], server))
				return c;
		}
	}
	return NULL;
}

/* What is spoken on a port, where that is well known; a web page everywhere else. */
static enum profile profile_of_port(uint16_t port)
{
	switch (port) {
	case 443:
	case 465:
	case 636:
	case 853:
	case 990:
	case 993:
	case 995:
	case 8443:
		return PROFILE_TLS;
	case 21:
	case 22:
	case 23:
	case 25:
	case 587:
		return PROFILE_TEXT;
	default:
		return PROFILE_HTTP;
	}
}

enum profile conf_profile(const struct conf *conf, const struct conf_watch *w,
			  const struct service *s)
{
	enum profile p = w->profile == PROFILE_AUTO ? profile_of_port(s->port) : w->profile;

	if (!w->standin || s->proto != IPPROTO_TCP)
		return PROFILE_PASS;
	if (p != PROFILE_TLS || conf_certificate_for(conf, &s->server))
		return p;
	return w->standin_tls_reset ? PROFILE_RESET : PROFILE_PASS;
}
