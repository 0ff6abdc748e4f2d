// SPDX-License-Identifier: GPL-2.0
/*
 * Lists and announcements as SNMP informs, SNMPv3 authPriv or v2c, many on the way at a
 * time. The only file of the mailer that knows net-snmp. An inform may be repeated:
 * what is not acknowledged just waits.
 */
#include "../snmp/library.h"

#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <time.h>

#include "../common/timefmt.h"
#include "handover.h"
#include "list.h"
#include "report.h"

#define WINDOW_MAX    64 /* informs on the way */
#define RETRIES	      2 /* repetitions within conf_target.timeout */
#define ADDRESSES_MAX 2 /* of a name, that are tried */

struct informs {
	const struct conf_target *target;
	struct list_oid base;
	char host[ADDR_STRLEN + 256]; /* for people: as configured, or the server's address */
	void *session; /* net-snmp's handle */
	int report_fd;
	size_t on_way;
	size_t window; /* so many may be; 1..WINDOW_MAX */
	bool heard; /* it has answered an inform */
	int64_t heard_ms; /* CLOCK_MONOTONIC: when it last did, or we began */
	struct inform {
		struct informs *home;
		uint32_t index;
		const struct msg_handover *h;
		int64_t sent_ms; /* CLOCK_MONOTONIC */
	} * all;
};

/* --- answers -------------------------------------------------------------- */

static void judge(const struct inform *i, const netsnmp_pdu *pdu)
{
	enum delivery d = DELIVERY_LATER;

	if (!pdu->errstat) {
		report(i->home->report_fd, i->index, DELIVERY_SENT, 0, "acknowledged");
		return;
	}
	/* What is released before all of it is there must be sent again as a whole. */
	if (pdu->errstat == SNMP_ERR_RESOURCEUNAVAILABLE ||
	    (pdu->errstat == SNMP_ERR_INCONSISTENTVALUE && i->h->act == HANDOVER_RELEASE))
		d = DELIVERY_REFUSED;
	report(i->home->report_fd, i->index, d, (uint16_t)pdu->errstat,
	       snmp_errstring((int)pdu->errstat));
}

/* A report PDU: the station could not even read it, and so it will be with all. */
__attribute__((noreturn)) static void not_read(const struct informs *s, netsnmp_pdu *pdu)
{
	const char *user = s->target->user.name;
	int type = snmpv3_get_report_type(pdu);

	switch (type) {
	case SNMPERR_UNKNOWN_USER_NAME:
		report_fail(s->report_fd, 0, "%s does not know the user %s", s->host, user);
	case SNMPERR_AUTHENTICATION_FAILURE:
		report_fail(s->report_fd, 0, "%s has another auth key or algorithm for the user %s",
			    s->host, user);
	case SNMPERR_DECRYPTION_ERR:
		report_fail(s->report_fd, 0, "%s has another priv key or algorithm for the user %s",
			    s->host, user);
	case SNMPERR_UNSUPPORTED_SEC_LEVEL:
		report_fail(s->report_fd, 0, "%s has no auth and priv for the user %s", s->host,
			    user);
	default:
		report_fail(s->report_fd, 0, "%s reports: %s", s->host, snmp_api_errstring(type));
	}
}

static void not_answered(const struct inform *i)
{
	const struct informs *s = i->home;
	/* with v3 a station is asked for its engine ID first */
	bool found = !s->heard && snmp_sess_session(s->session)->securityEngineIDLen;
	char text[128];

	snprintf(text, sizeof(text), "no answer within %u s%s", s->target->timeout,
		 found ? ", though it told its engine ID: another priv key?" : "");
	/* It has been silent to all: the rest need not try. */
	if (time_mono_ms() - s->heard_ms >= 1000LL * s->target->timeout)
		report_fail(s->report_fd, 0, "%s port %u: %s", s->host, s->target->port, text);
	report(s->report_fd, i->index, DELIVERY_LATER, 0, text);
}

/*
 * A station that writes each to disk may take a while for many: what is on the way
 * must be answered long before it would be repeated, or it would only get slower.
 */
static void heard(const struct inform *i)
{
	struct informs *s = i->home;
	int64_t took, timeout = 1000LL * s->target->timeout;

	s->heard = true;
	s->heard_ms = time_mono_ms();
	took = s->heard_ms - i->sent_ms;
	if (took < timeout / 8 && s->window < WINDOW_MAX)
		s->window++;
	else if (took > timeout / 4 && s->window > 1)
		s->window--;
}

static int answered(int op, netsnmp_session *session, int reqid, netsnmp_pdu *pdu, void *magic)
{
	const struct inform *i = magic;
	struct informs *s = i->home;

	(void)session;
	(void)reqid;
	switch (op) {
	case NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE:
		if (pdu->command == SNMP_MSG_REPORT)
			not_read(s, pdu);
		heard(i);
		judge(i, pdu);
		break;
	case NETSNMP_CALLBACK_OP_TIMED_OUT:
		not_answered(i);
		break;
	case NETSNMP_CALLBACK_OP_SEND_FAILED:
	case NETSNMP_CALLBACK_OP_DISCONNECT:
		report(s->report_fd, i->index, DELIVERY_LATER, 0, "it could not be sent");
		break;
	default: /* a repetition, or a report that follows: it stays on its way */
		return 1;
	}
	s->on_way--;
	return 1;
}

/* --- sending -------------------------------------------------------------- */

static size_t oid_of(oid *to, const struct list_oid *from)
{
	for (size_t i = 0; i < from->len; i++)
		to[i] = from->id[i];
	return from->len;
}

static bool var_add(netsnmp_pdu *pdu, const struct list_var *v)
{
	static const u_char types[] = {
		[LIST_VAR_INTEGER] = ASN_INTEGER, [LIST_VAR_UNSIGNED] = ASN_UNSIGNED,
		[LIST_VAR_TICKS] = ASN_TIMETICKS, [LIST_VAR_OCTETS] = ASN_OCTET_STR,
		[LIST_VAR_OID] = ASN_OBJECT_ID,
	};
	oid name[LIST_OID_MAX], value[LIST_OID_MAX];
	size_t len = oid_of(name, &v->name);
	long number = v->number;
	const void *data = &number;
	size_t size = sizeof(number);

	if (v->type == LIST_VAR_OCTETS) {
		data = v->octets.bytes;
		size = v->octets.len;
	} else if (v->type == LIST_VAR_OID) {
		data = value;
		size = oid_of(value, &v->oid) * sizeof(oid);
	}
	return snmp_pdu_add_variable(pdu, name, len, types[v->type], data, size);
}

/* Hundredths of a second since this host started. */
static uint32_t uptime(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (uint32_t)(ts.tv_sec * 100 + ts.tv_nsec / 10000000);
}

static netsnmp_pdu *pdu_new(const struct informs *s, const struct list_var *vars, int n)
{
	netsnmp_pdu *pdu = snmp_pdu_create(SNMP_MSG_INFORM);
	bool ok = pdu;

	for (int i = 0; ok && i < n; i++)
		ok = var_add(pdu, &vars[i]);
	if (!ok)
		report_fail(s->report_fd, 0, "out of memory");
	return pdu;
}

static void inform_send(struct inform *i)
{
	static struct list_var vars[LIST_VARS_MAX];
	struct informs *s = i->home;
	int n = list_encode(vars, i->h, &s->base, uptime());
	netsnmp_pdu *pdu;

	if (n < 0) {
		report(s->report_fd, i->index, DELIVERY_REFUSED, 0,
		       n == -EMSGSIZE ? "too many clients for one inform" :
					"a number too large for SNMP");
		return;
	}
	pdu = pdu_new(s, vars, n);
	if (!snmp_sess_async_send(s->session, pdu, answered, i)) {
		char *why = NULL;

		snmp_sess_error(s->session, NULL, NULL, &why);
		report_fail(s->report_fd, 0, "%s port %u: %s", s->host, s->target->port,
			    why ? why : "cannot send");
	}
	i->sent_ms = time_mono_ms();
	s->on_way++;
}

/* Waits for answers, and for what none comes to. */
static void wait_some(const struct informs *s)
{
	struct timeval wait = { 0 };
	int n = 0, block = 1;
	fd_set fds;

	FD_ZERO(&fds);
	snmp_sess_select_info(s->session, &n, &fds, &wait, &block);
	n = select(n, &fds, NULL, NULL, block ? NULL : &wait);
	if (n > 0)
		snmp_sess_read(s->session, &fds);
	snmp_sess_timeout(s->session);
}

/* --- the session ---------------------------------------------------------- */

static void key_make(const struct informs *s, u_char *key, size_t *len, const char *phrase)
{
	if (generate_Ku(snmp_auth_protocol(s->target->user.auth), SNMP_PROTOCOL_LEN,
			(const u_char *)phrase, strlen(phrase), key, len) != SNMPERR_SUCCESS)
		report_fail(s->report_fd, 0, "no key can be made for the user %s",
			    s->target->user.name);
}

static void settings_v3(const struct informs *s, netsnmp_session *session)
{
	const struct conf_snmp_user *u = &s->target->user;

	session->version = SNMP_VERSION_3;
	session->securityName = u->name;
	session->securityNameLen = strlen(u->name);
	session->securityLevel = SNMP_SEC_LEVEL_AUTHPRIV;
	/* The library copies what it changes. */
	session->securityAuthProto = (oid *)(uintptr_t)snmp_auth_protocol(u->auth);
	session->securityAuthProtoLen = SNMP_PROTOCOL_LEN;
	session->securityPrivProto = (oid *)(uintptr_t)snmp_priv_protocol(u->priv);
	session->securityPrivProtoLen = SNMP_PROTOCOL_LEN;
	session->securityAuthKeyLen = sizeof(session->securityAuthKey);
	key_make(s, session->securityAuthKey, &session->securityAuthKeyLen, u->auth_key);
	session->securityPrivKeyLen = sizeof(session->securityPrivKey);
	key_make(s, session->securityPrivKey, &session->securityPrivKeyLen, u->priv_key);
}

/* @peer: "udp:192.0.2.9:162". With SNMPv3 this asks the station for its engine ID. */
static void session_open(struct informs *s, char *peer)
{
	const struct conf_target *t = s->target;
	netsnmp_session session;

	snmp_sess_init(&session);
	session.peername = peer;
	session.retries = RETRIES;
	session.timeout = t->timeout * 1000000L / (RETRIES + 1);
	if (t->community) {
		session.version = SNMP_VERSION_2c;
		session.community = (u_char *)t->community;
		session.community_len = strlen(t->community);
	} else {
		settings_v3(s, &session);
	}
	s->session = snmp_sess_open(&session);
	explicit_bzero(&session, sizeof(session));
}

static void connect_to(struct informs *s, const struct sockaddr *sa, socklen_t len)
{
	char text[INET6_ADDRSTRLEN + 20], peer[sizeof(text) + 20];
	bool v6 = sa->sa_family == AF_INET6;

	if (getnameinfo(sa, len, text, sizeof(text), NULL, 0, NI_NUMERICHOST))
		return;
	snprintf(peer, sizeof(peer), v6 ? "udp6:[%s]:%u" : "udp:%s:%u", text, s->target->port);
	session_open(s, peer);
}

static void connect_name(struct informs *s)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_DGRAM, .ai_flags = AI_ADDRCONFIG };
	struct addrinfo *found;
	int err = getaddrinfo(s->target->host, NULL, &hints, &found), n = 0;

	if (err)
		report_fail(s->report_fd, 0, "%s: %s", s->host, gai_strerror(err));
	for (const struct addrinfo *a = found; a && !s->session && n++ < ADDRESSES_MAX;
	     a = a->ai_next)
		connect_to(s, a->ai_addr, a->ai_addrlen);
	freeaddrinfo(found);
}

static void start(struct informs *s, const struct conf *conf, const struct msg_handover *first)
{
	oid base[MAX_OID_LEN];
	struct sockaddr_storage ss;

	snmp_library_quiet();
	init_snmp("ringback");
	s->base.len = MAX_OID_LEN;
	if (!read_objid(conf->mib_base, base, &s->base.len))
		report_fail(s->report_fd, 0, "%s is no OID", conf->mib_base);
	for (size_t i = 0; i < s->base.len; i++)
		s->base.id[i] = (uint32_t)base[i];

	if (s->target->route == ROUTE_SERVER) {
		addr_format(&first->service.server, s->host);
		connect_to(s, (struct sockaddr *)&ss,
			   addr_to_sockaddr(&first->service.server, 0, &ss));
	} else {
		snprintf(s->host, sizeof(s->host), "%s", s->target->host);
		connect_name(s);
	}
	if (!s->session)
		report_fail(s->report_fd, 0, "%s port %u: %s", s->host, s->target->port,
			    snmp_errno == SNMPERR_TIMEOUT ? "no answer" :
							    snmp_api_errstring(snmp_errno));
}

void inform_session(const void *arg, const void *const *items, size_t n, int report_fd)
{
	const struct handover_way *way = arg;
	struct informs s = { .target = way->target, .report_fd = report_fd, .window = 1 };

	s.all = calloc(n, sizeof(*s.all));
	if (!s.all)
		report_fail(report_fd, 0, "out of memory");
	start(&s, way->conf, items[0]);
	s.heard_ms = time_mono_ms();
	for (size_t next = 0; next < n || s.on_way;) {
		for (; next < n && s.on_way < s.window; next++) {
			s.all[next] = (struct inform){ &s, (uint32_t)next, items[next], 0 };
			inform_send(&s.all[next]);
		}
		if (s.on_way)
			wait_some(&s);
	}
	snmp_sess_close(s.session);
	free(s.all);
}
