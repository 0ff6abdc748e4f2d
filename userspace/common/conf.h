/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The configuration as every process of the daemon sees it. The parent reads
 * it (parent/conf_read.c, the only place with libconfuse); the others inherit
 * it at fork and drop what is not theirs with conf_keep().
 *
 * Everything here is checked and complete: no NULL where a string is
 * required, every number within its documented range.
 */
#ifndef RINGBACK_COMMON_CONF_H
#define RINGBACK_COMMON_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <linux/nf_ringback.h>

#include "addr.h"

#define CONF_PATH_DEFAULT	"/etc/ringback/ringback.conf"
#define CONTROL_PATH_DEFAULT	"/run/ringback/control.sock"
#define STORE_PATH_DEFAULT	"/var/lib/ringback/ringback.db"

/* Which evidence counts: bits of conf_watch.recovery. */
enum evidence {
	EVIDENCE_TRAP		= 1 << 0,
	EVIDENCE_REPLY		= 1 << 1,
	EVIDENCE_PROBE		= 1 << 2,
	EVIDENCE_OPERATOR	= 1 << 3,	/* always counts */
};
/* "trap", "reply", "probe", "operator" */
const char *evidence_name(enum evidence e);
/* "no-reply", "refused", "host-unreachable", ...: enum ringback_reason; NULL: not known. */
const char *reason_name(uint8_t reason);

/* Ways to tell the clients that wait: by mail of ours, or by handing their list over. */
enum route {
	ROUTE_MAIL,			/* to the contacts of our own table */
	ROUTE_SERVER,			/* the list goes to the recovered server (claims 10, 11) */
	ROUTE_NMS,			/* to a management station (claims 12, 13) */
	ROUTE_WEBHOOK,
};
/* "mail", "server", "nms", "webhook" */
const char *route_name(uint8_t route);

#define CONF_NAME_MAX	31		/* bytes of the title of a section */
#define CONF_STEPS_MAX	8

/* One step on the way of a watch's lists: where the step before failed, this one follows. */
struct conf_step {
	uint8_t route;			/* enum route */
	char target[CONF_NAME_MAX + 1];	/* NMS, WEBHOOK: the section's name; else "" */
};

/* Whether the clients are asked before they are told, and for an address, too. */
enum inquire { INQUIRE_OFF, INQUIRE_WHETHER, INQUIRE_WHERE };

/* What the stand-in speaks on a port. AUTO: by the port's number. */
enum profile { PROFILE_AUTO, PROFILE_HTTP, PROFILE_TLS, PROFILE_TEXT, PROFILE_RESET,
	       PROFILE_PASS };

struct conf_watch {
	char name[RINGBACK_WATCH_NAME_MAX + 1];
	struct prefix *servers;
	size_t n_servers;
	struct prefix *clients;		/* none: any */
	size_t n_clients;
	struct portrange *ports;
	size_t n_ports;
	uint32_t hooks;			/* enum ringback_hook */
	char mirror_dev[16];		/* IFNAMSIZ; "" without HOOK_MIRROR */
	bool mirror_waits;		/* the kernel says: there is no mirror_dev yet */
	uint32_t id;			/* the kernel says: one of that name with another id is
					 * another watch; 0 where it says nothing */
	uint32_t no_reply;		/* seconds, 1..240; 3 */
	uint32_t keep;			/* seconds, 1..2592000; 86400 */
	uint32_t down_after;		/* failures, 1..; 1 */
	uint32_t down_clients;		/* distinct clients, 1..; 1 */
	uint8_t admission;		/* enum ringback_admission; TROUBLE */
	bool reverse_path;		/* the client must come the way back to it leads; false */
	unsigned int recovery;		/* bits of enum evidence; trap, reply, probe */
	bool confirm;			/* true: a trap alone is not enough */
	uint32_t stable;		/* seconds a recovery must last, 0..3600; 5 */
	uint32_t flap;			/* seconds, 0..86400; 300: recoveries closer than
					 * this to the one before are not told again */
	uint32_t probe_min;		/* seconds, 1..3600; 5: first probe interval */
	uint32_t probe_max;		/* seconds, probe_min..86400; 300: back-off ends */
	uint32_t probe_timeout;		/* seconds, 1..60; 5 */
	struct conf_step notify[CONF_STEPS_MAX]; /* in the order they are tried; mail. "nms" in
					 * the file has become one step a section */
	size_t n_notify;		/* 0: nobody is told */
	bool standin;			/* false; with the hook FORWARD only */
	enum profile profile;		/* AUTO; never TLS or PASS in a checked configuration */
	bool standin_tls_reset;		/* TLS without a certificate of ours: true: reset; false: pass */
	uint32_t standin_retry;		/* every so many-th connection of a client goes to the
					 * server; 0: none; 20 */
	enum inquire inquire;		/* OFF */
};

enum snmp_auth { SNMP_AUTH_NONE, SNMP_AUTH_MD5, SNMP_AUTH_SHA1, SNMP_AUTH_SHA224,
		 SNMP_AUTH_SHA256, SNMP_AUTH_SHA384, SNMP_AUTH_SHA512 };
enum snmp_priv { SNMP_PRIV_NONE, SNMP_PRIV_DES, SNMP_PRIV_AES };

/* An SNMPv3 user (RFC 3414). Without auth, or with auth but no priv where the
 * section has priv, messages of that user are refused. */
struct conf_snmp_user {
	char *name;
	enum snmp_auth auth;		/* never NONE in a checked configuration */
	enum snmp_priv priv;
	char *auth_key;			/* passphrase, >= 8 bytes; secret */
	char *priv_key;			/* NULL with PRIV_NONE; secret */
	char *engine_id;		/* hex digits; NULL: informs only (our own engine) */
};

struct conf_listen {
	struct addr addr;		/* AF_UNSPEC: any, both families */
	uint16_t port;
	char text[80];			/* as written, for messages */
	bool tls;			/* web only: "tls:[::]:8443" */
};

struct conf_snmp {
	struct conf_listen *listen;	/* none: no traps process */
	size_t n_listen;
	char **communities;		/* v1 and v2c; none: none accepted; secret */
	size_t n_communities;
	struct conf_snmp_user *users;
	size_t n_users;
	char **oids;			/* numeric OIDs that count beside coldStart,
					 * warmStart and linkUp: "1.3.6.1.4.1..." */
	size_t n_oids;
};

enum webhook_format { WEBHOOK_RINGBACK, WEBHOOK_ALERTMANAGER };

/*
 * Somebody who is told of outages, and takes lists of waiting clients: the recovered
 * server, a management station, a webhook.
 */
struct conf_target {
	uint8_t route;			/* enum route; never MAIL */
	char name[CONF_NAME_MAX + 1];	/* of the section; "server" with ROUTE_SERVER */
	uint32_t time;			/* seconds without an answer, then the next step follows; 60 */
	uint32_t timeout;		/* seconds for one answer, 1..60; 5 */
	uint32_t give_up;		/* seconds, 60..; 432000: for what has no next step */
	bool announce;			/* is told when a service goes down and when it is back */
	bool lists;			/* takes lists: always but for Alertmanager */
	/* SERVER, NMS */
	char *host;			/* name or address; NULL with SERVER */
	uint16_t port;			/* 162 */
	char *community;		/* v2c; secret; NULL: v3 with user */
	struct conf_snmp_user user;	/* authPriv, engine_id NULL (found out); keys secret */
	/* WEBHOOK */
	uint8_t format;			/* enum webhook_format */
	char *url;			/* http:// or https://; may be a capability: secret */
	char *key;			/* HMAC-SHA256 of every body; secret; or NULL */
	char *ca_file;			/* NULL: the system's */
};

/* A router whose lists we take, to tell its clients by our own contacts. */
struct conf_receive {
	char name[CONF_NAME_MAX + 1];
	struct addr *from;		/* addresses that it sends from; one or more */
	size_t n_from;
	char *user;			/* of the section snmp, with auth and priv; or NULL */
	char *community;		/* v2c; secret; or NULL */
	uint32_t clients;		/* at most in one list, 1..1000000; 200000 */
};

/* An external command that knows contacts: given the address and the MAC, prints a mail
 * address. Asked where the table has none. */
struct conf_lookup {
	char **argv;			/* absolute path and fixed arguments, NULL at the end; or NULL */
	uint32_t timeout;		/* seconds, 1..60; 5 */
	uint32_t cache;			/* seconds an answer is good for, 0..86400; 600 */
	uint32_t at_once;		/* processes, 1..64; 4 */
};

/* Other addresses a server sends its traps from, and its name for people. */
struct conf_alias {
	struct addr server;
	struct addr *addresses;
	size_t n_addresses;
	char *name;			/* UTF-8, one line; or NULL */
};

enum mail_client { MAIL_LIBESMTP, MAIL_LIBCURL, MAIL_SENDMAIL };
enum mail_tls { MAIL_TLS_OFF, MAIL_TLS_OPPORTUNISTIC, MAIL_TLS_REQUIRED };

struct conf_mail {
	bool configured;		/* section present */
	enum mail_client client;	/* libesmtp */
	char *server;			/* host name or address; NULL with sendmail */
	uint16_t port;			/* 25 */
	enum mail_tls tls;		/* opportunistic */
	char *ca_file;			/* NULL: the system's */
	char *user, *password;		/* NULL: no AUTH; AUTH needs TLS_REQUIRED; secret */
	char *from;			/* address; required */
	char *from_name;		/* UTF-8; "ringback" */
	char *footer;			/* UTF-8 text of the operator, or NULL */
	char *sendmail;			/* /usr/sbin/sendmail */
	uint32_t sessions;		/* at a time, 1..16; 2 */
	uint32_t batch;			/* messages per session, 1..1000; 100 */
	uint32_t timeout;		/* seconds for one session's silence, 5..600; 60 */
	uint32_t digest;		/* seconds, 0..3600; 0 */
	uint32_t give_up;		/* seconds, 60..; 432000 (5 days, RFC 5321 4.5.4.1) */
	uint32_t retry_min;		/* seconds, 1..; 60: t0 + min * step * step */
	uint32_t retry_max;		/* seconds, retry_min..; 3600 */
	uint32_t rate;			/* messages per contact and hour, 0: no limit; 20 */
};

/* Of services that the stand-in answers over TLS, and of our own pages. */
struct conf_certificate {
	char *name;			/* the section's title: a host name, or "*.example.org" */
	struct prefix *servers;		/* for the stand-in; none: our own pages only */
	size_t n_servers;
	char *chain;			/* PEM, read by the parent */
	char *key;			/* PEM; secret */
};

struct conf_web {
	bool configured;		/* section present; needed by standin and inquire */
	struct conf_listen *listen;	/* the portal */
	size_t n_listen;
	struct conf_listen *status;	/* the operator's status page; 127.0.0.1:7071 and [::1]:7071 */
	size_t n_status;
	char *status_user, *status_password; /* NULL: none asked; secret */
	char *url;			/* of the portal, as clients reach it, no slash at the end; or NULL */
	uint16_t standin_port;		/* 7070: of the transparent listeners */
	char *operator;			/* UTF-8: who runs this, on the pages; or NULL */
	char *text;			/* UTF-8: a paragraph of the operator's; or NULL */
	char *template;			/* HTML around the page, or NULL: ours (docs/pages.md) */
	char *logo;			/* bytes of an image, or NULL */
	size_t logo_size;
	const char *logo_type;		/* "image/png", "image/svg+xml", "image/jpeg" */
	struct conf_certificate *certificates;
	size_t n_certificates;
	uint32_t connections;		/* at a time, 16..65536; 4096 */
	uint32_t per_client;		/* of these one client's, 1..; 64 */
	bool confirm;			/* a typed address gets a mail to confirm it first; needs url */
	uint32_t ask_client;		/* addresses one client may give in an hour, 1..; 10 */
	uint32_t ask_address;		/* times an address may be given in a day, 1..; 5 */
	uint32_t ask_total;		/* addresses given in an hour, 1..; 1000 */
	bool metrics;			/* /metrics beside the status page; true */
};

#define MIB_BASE_DEFAULT	"1.3.6.1.4.1.8072.9999.9999.7464"
#define AGENTX_SOCKET_DEFAULT	"/var/agentx/master"

struct conf {
	char *path;			/* of the file, absolute */
	struct conf_watch *watches;
	size_t n_watches;
	struct conf_alias *aliases;
	size_t n_aliases;
	struct conf_snmp snmp;
	struct conf_mail mail;
	struct conf_web web;
	struct conf_target *targets;	/* in the order of the file */
	size_t n_targets;
	struct conf_receive *receives;
	size_t n_receives;
	struct conf_lookup lookup;
	char *mib_base;			/* numeric OID that RINGBACK-MIB stands at */
	char *agentx;			/* snmpd's AgentX socket: a path or "tcp:HOST:PORT"; NULL:
					 * we do not serve our tables */
	char *store_path;
	uint32_t store_keep;		/* days a closed outage is kept, 1..3650; 90 */
	char *control_path;
	char *user;			/* the processes' user; "ringback" */
	bool kernel;			/* true: a kernel module is expected */
};

/* Processes; also the index of their sockets in the parent. */
enum room { ROOM_PARENT, ROOM_ENGINE, ROOM_TRAPS, ROOM_MAILER, ROOM_WEB, ROOM_AGENTX,
	    ROOM_MAX };
/* "parent", "engine", "traps", "mailer", "web", "agentx" */
const char *room_name(enum room room);

/* Wipes (explicit_bzero) and frees every secret that @room does not need. */
void conf_keep(struct conf *conf, enum room room);
void conf_free(struct conf *conf);

/* Whether @route is among the steps of @w. */
bool conf_notifies(const struct conf_watch *w, enum route route);
/* NULL: no such target (any more). @name is not looked at with ROUTE_SERVER. */
const struct conf_target *conf_target_find(const struct conf *conf, uint8_t route,
					   const char *name);
/* The section that @from may send lists under, or NULL: a stranger. */
const struct conf_receive *conf_receive_from(const struct conf *conf, const struct addr *from);
/* There is something for the room "mailer" to deliver or to ask. */
bool conf_needs_mailer(const struct conf *conf);

const struct conf_watch *conf_watch_find(const struct conf *conf, const char *name);
/*
 * The server that @from may speak for: itself where it lies in a watch, else the
 * server that lists it as an alias. False: a stranger.
 */
bool conf_speaks_for(const struct conf *conf, const struct addr *from, struct addr *server);
/* The name for people of a server, or NULL. */
const char *conf_server_name(const struct conf *conf, const struct addr *server);

/* The certificate for connections to @server, or NULL. */
const struct conf_certificate *conf_certificate_for(const struct conf *conf,
						    const struct addr *server);
/*
 * What the stand-in does for service @s of watch @w: HTTP, TLS, TEXT, RESET, or PASS
 * where it has nothing to say (UDP, TLS without a certificate, stand-in off).
 */
enum profile conf_profile(const struct conf *conf, const struct conf_watch *w,
			  const struct service *s);

#endif /* RINGBACK_COMMON_CONF_H */
