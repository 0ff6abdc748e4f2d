// SPDX-License-Identifier: GPL-2.0
/*
 * net-snmp on sockets that somebody else has bound. It decodes, verifies SNMPv3
 * and answers engine discovery and informs, some of them later (kept.c);
 * everything else is decided outside.
 */
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/library/large_fd_set.h>
#include <net-snmp/library/transform_oids.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../snmp/library.h"
#include "../common/timefmt.h"
#include "kept.h"
#include "list.h"
#include "snmp_loop.h"
#include "snmp_user.h"

#define RECEIVE_BUFFER (4 * 1024 * 1024)

struct snmp_listener {
	int fd;
	void *session; /* net-snmp's handle of a single session */
	netsnmp_large_fd_set fds; /* fd alone, in the library's form */
	uint32_t lost;
};

/* The library has one state per process, and so have we. */
static struct {
	struct snmp_loop_ops ops;
	struct snmp_listener *reading; /* whose datagram is in the library's hands */
	struct addr source; /* of that datagram */
	bool received; /* there was one */
	bool judged; /* somebody outside has seen it */
	struct list_bind binds[LIST_BINDS_MAX]; /* of the message in hand */
} loop;

/* --- transport: what net-snmp does with our sockets ----------------------- */

static void control_read(struct snmp_listener *l, struct msghdr *msg,
			 netsnmp_indexed_addr_pair *pair)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_RXQ_OVFL) {
			memcpy(&l->lost, CMSG_DATA(c), sizeof(l->lost));
		} else if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			struct in_pktinfo info;

			memcpy(&info, CMSG_DATA(c), sizeof(info));
			pair->local_addr.sin.sin_family = AF_INET;
			pair->local_addr.sin.sin_addr = info.ipi_spec_dst;
			pair->if_index = info.ipi_ifindex;
		} else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
			struct in6_pktinfo info;

			memcpy(&info, CMSG_DATA(c), sizeof(info));
			pair->local_addr.sin6.sin6_family = AF_INET6;
			pair->local_addr.sin6.sin6_addr = info.ipi6_addr;
			pair->if_index = (int)info.ipi6_ifindex;
		}
	}
}

static int transport_recv(netsnmp_transport *t, void *buf, int size, void **opaque, int *olength)
{
	netsnmp_indexed_addr_pair *pair = calloc(1, sizeof(*pair));
	char control[256] __attribute__((aligned(__alignof__(struct cmsghdr))));
	struct iovec iov = { buf, (size_t)size };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n;

	*opaque = NULL;
	*olength = 0;
	if (!pair)
		return -1;
	msg.msg_name = &pair->remote_addr;
	msg.msg_namelen = sizeof(pair->remote_addr);
	n = recvmsg(t->sock, &msg, MSG_DONTWAIT);
	if (n < 0) {
		free(pair);
		return -1;
	}
	control_read(loop.reading, &msg, pair);
	loop.received = true;
	if (addr_from_sockaddr(&loop.source, &pair->remote_addr.sa))
		loop.source = (struct addr){ 0 };
	*opaque = pair;
	*olength = sizeof(*pair);
	return (int)n;
}

/* An answer leaves from the address that was asked: others are dropped by firewalls. */
static void control_source(struct msghdr *msg, const netsnmp_indexed_addr_pair *pair)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);

	if (pair->local_addr.sa.sa_family == AF_INET) {
		struct in_pktinfo info = { .ipi_spec_dst = pair->local_addr.sin.sin_addr };

		*c = (struct cmsghdr){ CMSG_LEN(sizeof(info)), IPPROTO_IP, IP_PKTINFO };
		memcpy(CMSG_DATA(c), &info, sizeof(info));
		msg->msg_controllen = CMSG_SPACE(sizeof(info));
	} else if (pair->local_addr.sa.sa_family == AF_INET6) {
		struct in6_pktinfo info = { .ipi6_addr = pair->local_addr.sin6.sin6_addr };

		*c = (struct cmsghdr){ CMSG_LEN(sizeof(info)), IPPROTO_IPV6, IPV6_PKTINFO };
		memcpy(CMSG_DATA(c), &info, sizeof(info));
		msg->msg_controllen = CMSG_SPACE(sizeof(info));
	} else {
		msg->msg_control = NULL;
		msg->msg_controllen = 0;
	}
}

static int transport_send(netsnmp_transport *t, const void *buf, int size, void **opaque,
			  int *olength)
{
	char control[CMSG_SPACE(sizeof(struct in6_pktinfo))]
		__attribute__((aligned(__alignof__(struct cmsghdr)))) = { 0 };
	struct iovec iov = { (void *)(uintptr_t)buf, (size_t)size };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	netsnmp_indexed_addr_pair *pair;

	/* We only ever answer; without a peer there is nobody to answer. */
	if (!opaque || !*opaque || *olength != (int)sizeof(*pair))
		return -1;
	pair = *opaque;
	msg.msg_name = &pair->remote_addr;
	msg.msg_namelen = pair->remote_addr.sa.sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) :
								       sizeof(struct sockaddr_in);
	control_source(&msg, pair);
	return (int)sendmsg(t->sock, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static int transport_close(netsnmp_transport *t)
{
	close(t->sock);
	t->sock = -1;
	return 0;
}

static char *transport_format(netsnmp_transport *t, const void *data, int len)
{
	char text[ADDR_STRLEN];

	(void)t;
	(void)data;
	(void)len;
	return strdup(addr_format(&loop.source, text));
}

static netsnmp_transport *transport_new(int fd)
{
	netsnmp_transport *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->domain = netsnmpUDPDomain;
	t->domain_length = (int)netsnmpUDPDomain_len;
	t->sock = fd;
	t->msgMaxSize = 0xffff - 8 - 20;
	t->f_recv = transport_recv;
	t->f_send = transport_send;
	t->f_close = transport_close;
	t->f_fmtaddr = transport_format;
	return t;
}

/* --- messages ------------------------------------------------------------- */

static bool oid_copy(struct trap_oid *to, const oid *from, size_t len)
{
	to->len = 0;
	if (len > TRAP_OID_MAX)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (from[i] > UINT32_MAX)
			return false;
		to->id[i] = (uint32_t)from[i];
	}
	to->len = len;
	return true;
}

static void fill_v1(struct trap_raw *raw, const netsnmp_pdu *pdu)
{
	struct trap_oid enterprise;

	raw->command = TRAP_COMMAND_TRAP;
	raw->uptime = (uint32_t)pdu->time;
	if (!oid_copy(&enterprise, pdu->enterprise, pdu->enterprise_length) ||
	    trap_oid_from_v1(&raw->oid, &enterprise, pdu->trap_type, pdu->specific_type))
		raw->oid.len = 0;
}

static void bind_fill(struct list_bind *b, const netsnmp_variable_list *v)
{
	oid_copy(&b->oid, v->name, v->name_length);
	b->type = LIST_OTHER;
	switch (v->type) {
	case ASN_INTEGER:
	case ASN_UNSIGNED:
		if (v->val_len < sizeof(*v->val.integer))
			break;
		b->type = LIST_NUMBER;
		b->number = *v->val.integer;
		break;
	case ASN_OCTET_STR:
		b->type = LIST_OCTETS;
		b->octets = v->val.string;
		b->len = v->val_len;
		break;
	}
}

/* sysUpTime.0 and snmpTrapOID.0 should come first (RFC 3416, 4.2.6); some
 * devices send them elsewhere. */
static void fill_v2(struct trap_raw *raw, const netsnmp_pdu *pdu)
{
	static const oid uptime[] = { 1, 3, 6, 1, 2, 1, 1, 3, 0 };
	static const oid trap_oid[] = { 1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0 };

	raw->command = pdu->command == SNMP_MSG_INFORM ? TRAP_COMMAND_INFORM : TRAP_COMMAND_TRAP;
	for (const netsnmp_variable_list *v = pdu->variables; v; v = v->next_variable) {
		if (v->type == ASN_TIMETICKS && v->val_len >= sizeof(*v->val.integer) &&
		    !snmp_oid_compare(v->name, v->name_length, uptime, OID_LENGTH(uptime)))
			raw->uptime = (uint32_t)*v->val.integer;
		else if (v->type == ASN_OBJECT_ID && !raw->oid.len &&
			 !snmp_oid_compare(v->name, v->name_length, trap_oid, OID_LENGTH(trap_oid)))
			oid_copy(&raw->oid, v->val.objid, v->val_len / sizeof(oid));
		if (raw->n_binds < LIST_BINDS_MAX)
			bind_fill(&loop.binds[raw->n_binds++], v);
		else
			raw->binds_cut = true;
	}
	raw->binds = loop.binds;
}

static void fill_security(struct trap_raw *raw, const netsnmp_pdu *pdu)
{
	u_char own[MAX_ENGINEID_LENGTH];
	size_t own_len;

	if (raw->version != 3) {
		raw->community = pdu->community;
		raw->community_len = pdu->community_len;
		return;
	}
	own_len = snmpv3_get_engineID(own, sizeof(own));
	raw->user = pdu->securityName;
	raw->user_len = pdu->securityNameLen;
	raw->engine = pdu->securityEngineID;
	raw->engine_len = pdu->securityEngineIDLen;
	raw->own_engine = own_len == raw->engine_len && !memcmp(own, raw->engine, own_len);
	if (pdu->securityModel == SNMP_SEC_MODEL_USM)
		raw->level = (enum trap_level)pdu->securityLevel;
}

/* Each version has its own commands; a trap PDU in the wrong version is no trap. */
static void raw_fill(struct trap_raw *raw, const netsnmp_pdu *pdu)
{
	*raw = (struct trap_raw){ .source = loop.source };
	switch (pdu->version) {
	case SNMP_VERSION_1:
		raw->version = 1;
		if (pdu->command == SNMP_MSG_TRAP)
			fill_v1(raw, pdu);
		break;
	case SNMP_VERSION_2c:
	case SNMP_VERSION_3:
		raw->version = pdu->version == SNMP_VERSION_3 ? 3 : 2;
		if (pdu->command == SNMP_MSG_TRAP2 || pdu->command == SNMP_MSG_INFORM)
			fill_v2(raw, pdu);
		break;
	}
	fill_security(raw, pdu);
}

static void answer(netsnmp_pdu *pdu)
{
	netsnmp_pdu *reply = snmp_clone_pdu(pdu);

	if (!reply)
		return;
	reply->command = SNMP_MSG_RESPONSE;
	reply->errstat = 0;
	reply->errindex = 0;
	/* snmp_send() would look for the session in a list where ours is not. */
	if (!snmp_sess_send(loop.reading->session, reply))
		snmp_free_pdu(reply);
}

static int session_callback(int op, netsnmp_session *session, int reqid, netsnmp_pdu *pdu,
			    void *magic)
{
	struct trap_raw raw;
	enum snmp_reply reply;
	uint64_t ticket = 0;

	(void)session;
	(void)reqid;
	(void)magic;
	/* A message that failed verification arrives here too, without a command;
	 * the library's statistics then say why. */
	if (op != NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE || !pdu || !pdu->command ||
	    pdu->command == SNMP_MSG_REPORT)
		return 1;
	loop.judged = true;
	raw_fill(&raw, pdu);
	reply = loop.ops.message(&raw, &ticket, loop.ops.arg);
	if (raw.command != TRAP_COMMAND_INFORM)
		return 1;
	if (reply == SNMP_ANSWER)
		answer(pdu);
	else if (reply == SNMP_LATER)
		kept_put(ticket, loop.reading->session, pdu, time_mono_ms());
	return 1;
}

static int session_pre_parse(netsnmp_session *session, netsnmp_transport *t, void *data, int len)
{
	(void)session;
	(void)t;
	(void)data;
	(void)len;
	if (loop.ops.known(&loop.source, loop.ops.arg))
		return 1;
	loop.judged = true;
	return 0;
}

/* --- reading -------------------------------------------------------------- */

static const struct {
	int stat;
	enum trap_verdict why;
} refusals[] = {
	{ STAT_USMSTATSWRONGDIGESTS, TRAP_BAD_AUTH },
	{ STAT_USMSTATSDECRYPTIONERRORS, TRAP_BAD_AUTH },
	{ STAT_USMSTATSNOTINTIMEWINDOWS, TRAP_BAD_TIME },
	{ STAT_USMSTATSUNKNOWNUSERNAMES, TRAP_BAD_USER },
	{ STAT_USMSTATSUNKNOWNENGINEIDS, TRAP_DISCOVERY },
	{ STAT_USMSTATSUNSUPPORTEDSECLEVELS, TRAP_BAD_LEVEL },
	{ STAT_SNMPUNKNOWNPDUHANDLERS, TRAP_BAD_COMMAND },
};
#define N_REFUSALS (sizeof(refusals) / sizeof(refusals[0]))

static void stats_read(u_int stats[N_REFUSALS])
{
	for (size_t i = 0; i < N_REFUSALS; i++)
		stats[i] = snmp_get_statistic(refusals[i].stat);
}

/* Why the library kept the last datagram to itself. */
static enum trap_verdict refusal(const u_int before[N_REFUSALS])
{
	u_int after[N_REFUSALS];

	stats_read(after);
	for (size_t i = 0; i < N_REFUSALS; i++)
		if (after[i] != before[i])
			return refusals[i].why;
	return TRAP_MALFORMED;
}

bool snmp_loop_read(struct snmp_listener *l)
{
	u_int before[N_REFUSALS];

	loop.reading = l;
	loop.received = false;
	loop.judged = false;
	stats_read(before);
	netsnmp_large_fd_setfd(l->fd, &l->fds);
	snmp_sess_read2(l->session, &l->fds);
	loop.reading = NULL;
	if (loop.received && !loop.judged)
		loop.ops.refused(&loop.source, refusal(before), loop.ops.arg);
	return loop.received;
}

void snmp_loop_answer(uint64_t ticket, enum taken taken)
{
	static const long status[] = {
		[TAKEN_OK] = SNMP_ERR_NOERROR,
		[TAKEN_REFUSED] = SNMP_ERR_RESOURCEUNAVAILABLE,
		[TAKEN_INCOMPLETE] = SNMP_ERR_INCONSISTENTVALUE,
	};

	kept_answer(ticket, status[taken]);
}

int64_t snmp_loop_waits(uint64_t ticket)
{
	return kept_for(ticket, time_mono_ms());
}

void snmp_loop_forget(void)
{
	kept_drop(NULL);
}

uint32_t snmp_loop_lost(const struct snmp_listener *l)
{
	return l->lost;
}

/* --- opening -------------------------------------------------------------- */

static void socket_prepare(int fd)
{
	int size = RECEIVE_BUFFER;
	int on = 1;

	/* A restart of many servers is a blast. Each of these is worth having and
	 * none is necessary, so a refusal is no error. */
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof(on));
	setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on));
	setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof(on));
}

struct snmp_listener *snmp_loop_listen(int fd)
{
	struct snmp_listener *l = calloc(1, sizeof(*l));
	netsnmp_transport *t = transport_new(fd);
	netsnmp_session session;

	if (!l || !t) {
		free(l);
		free(t);
		errno = ENOMEM;
		return NULL;
	}
	socket_prepare(fd);
	snmp_sess_init(&session);
	session.peername = SNMP_DEFAULT_PEERNAME;
	session.version = SNMP_DEFAULT_VERSION;
	session.community_len = SNMP_DEFAULT_COMMUNITY_LEN;
	session.retries = SNMP_DEFAULT_RETRIES;
	session.timeout = SNMP_DEFAULT_TIMEOUT;
	session.callback = session_callback;
	session.isAuthoritative = SNMP_SESS_UNKNOWNAUTH;

	l->fd = fd;
	netsnmp_large_fd_set_init(&l->fds, FD_SETSIZE);
	l->session = snmp_sess_add(&session, t, session_pre_parse, NULL);
	if (!l->session) {
		netsnmp_large_fd_set_cleanup(&l->fds);
		free(l);
		errno = EINVAL;
		return NULL;
	}
	return l;
}

void snmp_loop_close(struct snmp_listener *l)
{
	kept_drop(l->session);
	snmp_sess_close(l->session);
	netsnmp_large_fd_set_cleanup(&l->fds);
	free(l);
}

/* --- the library's own state ---------------------------------------------- */

/* Only what is said here. */
static void library_start(const char *engine_id, uint32_t boots)
{
	char line[160];

	snmp_library_quiet();
	snprintf(line, sizeof(line), "exactEngineID 0x%s", engine_id);
	netsnmp_config_remember(line);
	/* The boots count only where the engine ID is the old one, and are
	 * incremented as they are read. */
	snprintf(line, sizeof(line), "oldEngineID 0x%s", engine_id);
	netsnmp_config_remember(line);
	snprintf(line, sizeof(line), "engineBoots %u", boots ? boots - 1 : 0);
	netsnmp_config_remember(line);
	init_snmp("ringback");
	init_usm_conf("ringback");
}

int snmp_loop_init(const struct conf_snmp *snmp, const char *engine_id, uint32_t boots,
		   const struct snmp_loop_ops *ops, const char **why)
{
	u_char own[MAX_ENGINEID_LENGTH];
	int err;

	loop.ops = *ops;
	library_start(engine_id, boots);
	if (snmpv3_get_engineID(own, sizeof(own)) * 2 != strlen(engine_id)) {
		*why = "our SNMP engine ID";
		return -EINVAL;
	}
	for (size_t i = 0; i < snmp->n_users; i++) {
		const struct conf_snmp_user *u = &snmp->users[i];

		err = snmp_user_add(u, NULL);
		if (!err && u->engine_id)
			err = snmp_user_add(u, u->engine_id);
		if (err) {
			*why = u->name;
			return err;
		}
	}
	return 0;
}
