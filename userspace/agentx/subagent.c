// SPDX-License-Identifier: GPL-2.0
/*
 * The only file of the room that knows net-snmp. The library opens its connection,
 * registers and pings by itself, and waits for each answer: nothing but snmpd suffers
 * from this process being stuck. A request for what is not known yet is put off (the
 * library calls that delegated), so that the others go on.
 */
#include "../snmp/library.h"

#include <net-snmp/agent/net-snmp-agent-includes.h>
#include <net-snmp/agent/agent_callbacks.h>
#include <net-snmp/agent/bulk_to_next.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <unistd.h>

#include "../common/log.h"
#include "../common/timefmt.h"
#include "subagent.h"
#include "tree.h"

#define PING_SECONDS 5 /* between two looks whether snmpd is there */
#define PATIENCE_MS  5000 /* snmpd asks again each second, and lets go of us after six */
#define PENDING_MAX  64

/* A request that waits for the engine's answer. */
struct pending {
	TAILQ_ENTRY(pending) link;
	netsnmp_delegated_cache *cache;
	int64_t due; /* CLOCK_MONOTONIC ms */
};

TAILQ_HEAD(pending_list, pending);

static struct {
	struct subagent_ops ops;
	const char *master; /* where snmpd is */
	bool connected;
	struct pending_list pending;
	unsigned int n_pending;
} agent = { .pending = TAILQ_HEAD_INITIALIZER(agent.pending) };

/* --- answers ------------------------------------------------------------------ */

/* What of a request's name is below our base; 0 sub-identifiers also for what is before. */
static size_t name_below(const netsnmp_handler_registration *reg, const netsnmp_variable_list *vb,
			 uint32_t name[MAX_OID_LEN])
{
	size_t n = 0;

	if (snmp_oid_compare(vb->name, vb->name_length, reg->rootoid, reg->rootoid_len) < 0)
		return 0;
	for (size_t i = reg->rootoid_len; i < vb->name_length && n < MAX_OID_LEN; i++)
		name[n++] = (uint32_t)vb->name[i];
	return n;
}

static void set_value(netsnmp_variable_list *vb, const struct tree_value *value)
{
	struct counter64 wide = { .high = value->number >> 32, .low = value->number & UINT32_MAX };
	u_long number = value->number;

	switch (value->type) {
	case TREE_INTEGER:
		snmp_set_var_typed_integer(vb, ASN_INTEGER, (long)number);
		break;
	case TREE_GAUGE:
		snmp_set_var_typed_value(vb, ASN_GAUGE, &number, sizeof(number));
		break;
	case TREE_COUNTER64:
		snmp_set_var_typed_value(vb, ASN_COUNTER64, &wide, sizeof(wide));
		break;
	case TREE_OCTETS:
		snmp_set_var_typed_value(vb, ASN_OCTET_STR, value->octets, value->len);
		break;
	}
}

static void set_name(netsnmp_variable_list *vb, const netsnmp_handler_registration *reg,
		     const uint32_t *name, size_t len)
{
	oid full[MAX_OID_LEN + TREE_NAME_MAX];
	size_t n = reg->rootoid_len;

	memcpy(full, reg->rootoid, n * sizeof(*full));
	for (size_t i = 0; i < len; i++)
		full[n++] = name[i];
	snmp_set_var_objid(vb, full, n);
}

static void answer_get(const struct view *v, const netsnmp_handler_registration *reg,
		       netsnmp_agent_request_info *info, netsnmp_request_info *request)
{
	uint32_t name[MAX_OID_LEN];
	struct tree_value value;

	switch (tree_get(v, name, name_below(reg, request->requestvb, name), &value)) {
	case TREE_FOUND:
		set_value(request->requestvb, &value);
		break;
	case TREE_NO_INSTANCE:
		netsnmp_set_request_error(info, request, SNMP_NOSUCHINSTANCE);
		break;
	case TREE_NO_OBJECT:
		netsnmp_set_request_error(info, request, SNMP_NOSUCHOBJECT);
		break;
	}
}

/* Without a next instance the request stays as it is, and snmpd goes on behind us. */
static void answer_next(const struct view *v, const netsnmp_handler_registration *reg,
			netsnmp_request_info *request)
{
	uint32_t name[MAX_OID_LEN], next[TREE_NAME_MAX];
	size_t len = name_below(reg, request->requestvb, name), n;
	struct tree_value value;

	if (request->inclusive && tree_get(v, name, len, &value) == TREE_FOUND) {
		set_value(request->requestvb, &value);
		return;
	}
	n = tree_next(v, name, len, next, &value);
	if (!n)
		return;
	set_name(request->requestvb, reg, next, n);
	set_value(request->requestvb, &value);
}

/* What all of @requests can be answered from, or NULL: not yet. */
static const struct view *view_for(const netsnmp_handler_registration *reg, bool next,
				   const netsnmp_request_info *requests)
{
	const struct view *v = agent.ops.view(false, agent.ops.arg);
	uint32_t name[MAX_OID_LEN];

	for (; v && requests; requests = requests->next) {
		if (tree_needs_waiters(v, name, name_below(reg, requests->requestvb, name), next))
			return agent.ops.view(true, agent.ops.arg);
	}
	return v;
}

static void answer(const struct view *v, const netsnmp_handler_registration *reg,
		   netsnmp_agent_request_info *info, netsnmp_request_info *requests)
{
	for (; requests; requests = requests->next) {
		if (requests->processed)
			continue;
		if (info->mode == MODE_GET)
			answer_get(v, reg, info, requests);
		else
			answer_next(v, reg, requests);
	}
}

/* --- requests that wait --------------------------------------------------------- */

static bool put_off(netsnmp_mib_handler *handler, netsnmp_handler_registration *reg,
		    netsnmp_agent_request_info *info, netsnmp_request_info *requests)
{
	struct pending *p = agent.n_pending < PENDING_MAX ? calloc(1, sizeof(*p)) : NULL;

	if (p)
		p->cache = netsnmp_create_delegated_cache(handler, reg, info, requests, NULL);
	if (!p || !p->cache) {
		free(p);
		return false;
	}
	netsnmp_handler_mark_requests_as_delegated(requests, REQUEST_IS_DELEGATED);
	p->due = time_mono_ms() + PATIENCE_MS;
	TAILQ_INSERT_TAIL(&agent.pending, p, link);
	agent.n_pending++;
	return true;
}

static void pending_end(struct pending *p)
{
	TAILQ_REMOVE(&agent.pending, p, link);
	agent.n_pending--;
	netsnmp_free_delegated_cache(p->cache);
	free(p);
}

/* @v NULL: with an error. */
static void pending_answer(struct pending *p, const struct view *v)
{
	netsnmp_delegated_cache *c = p->cache;

	netsnmp_handler_mark_requests_as_delegated(c->requests, REQUEST_IS_NOT_DELEGATED);
	if (v)
		answer(v, c->reginfo, c->reqinfo, c->requests);
	else
		netsnmp_set_all_requests_error(c->reqinfo, c->requests, SNMP_ERR_GENERR);
	/* What the library's helper would have done, had it been answered at once. */
	if (c->reqinfo->mode == MODE_GETBULK)
		netsnmp_bulk_to_next_fix_requests(c->requests);
	pending_end(p);
}

void subagent_answer(bool well)
{
	struct pending *p, *next;
	const struct view *v;

	for (p = TAILQ_FIRST(&agent.pending); p; p = next) {
		next = TAILQ_NEXT(p, link);
		if (!netsnmp_handler_check_cache(p->cache)) {
			pending_end(p); /* snmpd went meanwhile */
			continue;
		}
		v = NULL;
		if (well)
			v = view_for(p->cache->reginfo, p->cache->reqinfo->mode != MODE_GET,
				     p->cache->requests);
		if (v || !well)
			pending_answer(p, v);
	}
}

static void answer_overdue(void)
{
	int64_t now = time_mono_ms();
	struct pending *p;

	while ((p = TAILQ_FIRST(&agent.pending)) && p->due <= now) {
		if (netsnmp_handler_check_cache(p->cache))
			pending_answer(p, NULL);
		else
			pending_end(p);
	}
}

/* --- requests ------------------------------------------------------------------- */

static int handle(netsnmp_mib_handler *handler, netsnmp_handler_registration *reg,
		  netsnmp_agent_request_info *info, netsnmp_request_info *requests)
{
	const struct view *v;

	if (info->mode != MODE_GET && info->mode != MODE_GETNEXT) {
		netsnmp_set_all_requests_error(info, requests, SNMP_ERR_NOTWRITABLE);
		return SNMP_ERR_NOERROR;
	}
	v = view_for(reg, info->mode != MODE_GET, requests);
	if (v)
		answer(v, reg, info, requests);
	else if (!put_off(handler, reg, info, requests))
		netsnmp_set_all_requests_error(info, requests, SNMP_ERR_GENERR);
	return SNMP_ERR_NOERROR;
}

/* --- the connection --------------------------------------------------------------- */

static int connected(int major, int minor, void *session, void *arg)
{
	(void)major;
	(void)session;
	(void)arg;
	if (minor == SNMPD_CALLBACK_INDEX_START)
		log_info("connected to snmpd at %s", agent.master);
	else if (agent.connected)
		log_warn("snmpd at %s is gone: trying every %d seconds", agent.master,
			 PING_SECONDS);
	agent.connected = minor == SNMPD_CALLBACK_INDEX_START;
	return 0;
}

static void explain(void)
{
	if (agent.master[0] == '/' && access(agent.master, R_OK | W_OK))
		log_warn("no snmpd at %s (%s): trying every %d seconds", agent.master,
			 strerror(errno), PING_SECONDS);
	else
		log_warn("no snmpd answers at %s: trying every %d seconds", agent.master,
			 PING_SECONDS);
}

static int register_base(const char *base)
{
	oid root[MAX_OID_LEN];
	size_t len = MAX_OID_LEN;
	netsnmp_handler_registration *reg;

	if (!read_objid(base, root, &len))
		return -EINVAL;
	reg = netsnmp_create_handler_registration("ringback", handle, root, len,
						  HANDLER_CAN_RWRITE);
	return reg && netsnmp_register_handler(reg) == MIB_REGISTERED_OK ? 0 : -ENOMEM;
}

int subagent_start(const struct conf *conf, const struct subagent_ops *ops)
{
	int rc;

	agent.ops = *ops;
	agent.master = conf->agentx;
	snmp_library_quiet();
	netsnmp_enable_subagent();
	netsnmp_ds_set_string(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_X_SOCKET, conf->agentx);
	netsnmp_ds_set_int(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_AGENTX_PING_INTERVAL,
			   PING_SECONDS);
	init_agent("ringback");
	rc = register_base(conf->mib_base);
	if (rc)
		return rc;
	snmp_register_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_INDEX_START, connected,
			       NULL);
	snmp_register_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_INDEX_STOP, connected,
			       NULL);
	init_snmp("ringback");
	if (!agent.connected)
		explain();
	return 0;
}

void subagent_prepare(fd_set *fds, int *n, struct timeval *wait)
{
	const struct pending *p = TAILQ_FIRST(&agent.pending);
	int block = 0;
	int64_t ms;

	snmp_select_info(n, fds, wait, &block);
	if (!p)
		return;
	ms = p->due - time_mono_ms();
	if (ms < 0)
		ms = 0;
	if (ms < wait->tv_sec * 1000)
		*wait = (struct timeval){ .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 };
}

void subagent_handle(int n, fd_set *fds)
{
	if (n > 0)
		snmp_read(fds);
	else
		snmp_timeout();
	run_alarms();
	answer_overdue();
	netsnmp_check_outstanding_agent_requests();
}

void subagent_stop(void)
{
	snmp_shutdown("ringback");
	shutdown_agent();
}
