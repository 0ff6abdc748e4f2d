/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The generic netlink interface of nf_ringback: who failed to reach which
 * service, and which service is down.
 *
 * The machine-readable form of this file is docs/netlink/ringback.yaml; the
 * two are compared by the tests. Values are only ever appended.
 *
 * Conventions:
 *  - an address is 4 bytes (IPv4) or 16 bytes (IPv6), network byte order;
 *  - a port is a u16 in network byte order, everything else in host order;
 *  - a time is a u64, nanoseconds since the Epoch (CLOCK_REALTIME);
 *  - every command needs CAP_NET_ADMIN in the user namespace that owns the
 *    network namespace; a refusal carries an extack message.
 */
#ifndef _UAPI_LINUX_NF_RINGBACK_H
#define _UAPI_LINUX_NF_RINGBACK_H

#define RINGBACK_GENL_NAME		"ringback"
#define RINGBACK_GENL_VERSION		1

/* Services that went down or came up: rare, must not be missed. */
#define RINGBACK_MCGRP_OUTAGES		"outages"
/* One message for each attempt that failed. */
#define RINGBACK_MCGRP_ATTEMPTS		"attempts"

#define RINGBACK_WATCH_NAME_MAX		31	/* bytes, without the NUL */
#define RINGBACK_NO_REPLY_MAX		240	/* seconds */
#define RINGBACK_KEEP_MAX		2592000	/* seconds: 30 days */

/*
 * Packets of this host that bear it (SO_MARK) are no attempts: the probes of
 * the daemon. The other bits of the mark belong to others.
 */
#define RINGBACK_MARK_MASK		0xff00
#define RINGBACK_MARK_PROBE		0x5400
/*
 * Put on a SYN in PREROUTING, between destination NAT and priority -90, for the
 * host's firewall to act on: answer it in place of the server, or reset it.
 */
#define RINGBACK_MARK_ANSWER		0x5100
#define RINGBACK_MARK_RESET		0x5300

#define RINGBACK_LEASE_MAX		60000	/* milliseconds */
#define RINGBACK_DECISION_TTL_MAX	86400000 /* milliseconds: a day */

/**
 * enum ringback_cmd - commands of the family
 * @RINGBACK_CMD_WATCH_NEW: add a watch (attributes: ringback_watch_attr).
 *	With NLM_F_REPLACE an existing watch of that name is changed and keeps
 *	its attempts; without it an existing name is refused with -EEXIST.
 * @RINGBACK_CMD_WATCH_DEL: delete the watch NAME and all it recorded.
 * @RINGBACK_CMD_WATCH_GET: dump the watches.
 * @RINGBACK_CMD_ATTEMPT_GET: dump attempts, optionally only those that match
 *	CLIENT, SERVER, PROTO + PORT, STATE (ringback_attempt_attr).
 * @RINGBACK_CMD_ATTEMPT_FORGET: forget attempts that match CLIENT and/or
 *	SERVER (+ PROTO + PORT), or all of them when ALL is given. Answers
 *	with FORGOTTEN, their number.
 * @RINGBACK_CMD_ATTEMPT_NTF: in group "attempts": an attempt has failed.
 * @RINGBACK_CMD_SERVICE_GET: dump the services in trouble.
 * @RINGBACK_CMD_SERVICE_SET: declare STATE (down or up) of SERVER, PROTO, PORT
 *	on evidence that the kernel cannot see, and/or its STANDIN, which lasts
 *	until the service leaves down. One of which nothing is known can be
 *	declared down where a watch covers it, whatever its clients; it is then
 *	listed, and goes up by an answer, as others. Nothing else can be set of
 *	an unknown one, and a STANDIN only of one that is down (-ENOENT). In a
 *	full table nothing gives way to it (-ENOSPC).
 * @RINGBACK_CMD_SERVICE_NTF: in group "outages": a service changed its state.
 * @RINGBACK_CMD_STATS_GET: counters since the namespace was created.
 * @RINGBACK_CMD_CONFIG_GET: limits of the namespace.
 * @RINGBACK_CMD_CONFIG_SET: change limits; what is absent stays as it is.
 * @RINGBACK_CMD_STANDIN_SET: renew (or with LEASE 0 end) the lease for which the
 *	stand-in is in force; QUEUE is where undecided SYNs go.
 * @RINGBACK_CMD_STANDIN_GET: the lease that is left, QUEUE, the number of decisions.
 * @RINGBACK_CMD_DECISION_NEW: what becomes of new connections of CLIENT to a
 *	service whose STANDIN is ASK (-ENOENT: it is not), for TTL and at most
 *	until the service leaves down. Replaces an older decision.
 * @RINGBACK_CMD_DECISION_GET: dump the decisions.
 * @RINGBACK_CMD_DECISION_DEL: forget decisions that match CLIENT and/or SERVER
 *	(+ PROTO + PORT), or all of them when ALL is given.
 */
enum ringback_cmd {
	RINGBACK_CMD_UNSPEC,
	RINGBACK_CMD_WATCH_NEW,
	RINGBACK_CMD_WATCH_DEL,
	RINGBACK_CMD_WATCH_GET,
	RINGBACK_CMD_ATTEMPT_GET,
	RINGBACK_CMD_ATTEMPT_FORGET,
	RINGBACK_CMD_ATTEMPT_NTF,
	RINGBACK_CMD_SERVICE_GET,
	RINGBACK_CMD_SERVICE_SET,
	RINGBACK_CMD_SERVICE_NTF,
	RINGBACK_CMD_STATS_GET,
	RINGBACK_CMD_CONFIG_GET,
	RINGBACK_CMD_CONFIG_SET,
	RINGBACK_CMD_STANDIN_SET,
	RINGBACK_CMD_STANDIN_GET,
	RINGBACK_CMD_DECISION_NEW,
	RINGBACK_CMD_DECISION_GET,
	RINGBACK_CMD_DECISION_DEL,

	__RINGBACK_CMD_MAX,
	RINGBACK_CMD_MAX = (__RINGBACK_CMD_MAX - 1)
};

/* Where a watch looks at packets: bits of RINGBACK_A_WATCH_HOOKS. */
enum ringback_hook {
	RINGBACK_HOOK_FORWARD	= 1 << 0,	/* forwarded by this router */
	RINGBACK_HOOK_LOCAL	= 1 << 1,	/* to and from this host */
	RINGBACK_HOOK_BRIDGE	= 1 << 2,	/* bridged by this host */
	RINGBACK_HOOK_MIRROR	= 1 << 3,	/* ingress of MIRROR_DEV, a SPAN port */
};

/* What makes the module record an attempt. */
enum ringback_admission {
	RINGBACK_ADMISSION_TROUBLE,	/* a sign of trouble: the SYN again, RST, ICMP */
	RINGBACK_ADMISSION_FIRST_SYN,	/* the first SYN */
};

enum ringback_attempt_state {
	RINGBACK_ATTEMPT_PENDING,	/* not yet answered */
	RINGBACK_ATTEMPT_FAILED,
};

/*
 * Why an attempt failed. The ICMP reasons stand for the codes of RFC 792,
 * RFC 1122 and RFC 1812 and their ICMPv6 likes of RFC 4443.
 */
enum ringback_reason {
	RINGBACK_REASON_NONE,			/* pending; a service: declared only */
	RINGBACK_REASON_NO_REPLY,		/* nothing came back in time */
	RINGBACK_REASON_REFUSED,		/* RST */
	RINGBACK_REASON_NET_UNREACHABLE,
	RINGBACK_REASON_HOST_UNREACHABLE,	/* ICMPv6: address unreachable */
	RINGBACK_REASON_PROTO_UNREACHABLE,
	RINGBACK_REASON_PORT_UNREACHABLE,
	RINGBACK_REASON_ADMIN_PROHIBITED,
	RINGBACK_REASON_TTL_EXCEEDED,		/* ICMPv6: hop limit */
	RINGBACK_REASON_ICMP_OTHER,		/* another destination unreachable */

	__RINGBACK_REASON_MAX,
	RINGBACK_REASON_MAX = (__RINGBACK_REASON_MAX - 1)
};

enum ringback_service_state {
	RINGBACK_SERVICE_SUSPECT,	/* failures, but fewer than down-after */
	RINGBACK_SERVICE_DOWN,
	RINGBACK_SERVICE_PARTIAL,	/* answers some clients, fails others */
	RINGBACK_SERVICE_UP,		/* answered after it was down */
};

/* What becomes of new connections to a service that is down. */
enum ringback_standin {
	RINGBACK_STANDIN_OFF,		/* they go to the server */
	RINGBACK_STANDIN_ANSWER,	/* RINGBACK_MARK_ANSWER */
	RINGBACK_STANDIN_RESET,		/* RINGBACK_MARK_RESET */
	RINGBACK_STANDIN_ASK,		/* as decided for the client, else to the queue */
};

enum ringback_verdict {
	RINGBACK_VERDICT_PASS,		/* to the server */
	RINGBACK_VERDICT_ANSWER,
	RINGBACK_VERDICT_RESET,
};

/* Attributes of WATCH_*. */
enum ringback_watch_attr {
	RINGBACK_A_WATCH_UNSPEC,
	RINGBACK_A_WATCH_PAD,
	RINGBACK_A_WATCH_NAME,		/* string, 1..31 bytes of [A-Za-z0-9._-] */
	RINGBACK_A_WATCH_ID,		/* u32, answers only */
	RINGBACK_A_WATCH_SERVER,	/* nest ringback_prefix_attr, 1 or more */
	RINGBACK_A_WATCH_CLIENT,	/* nest ringback_prefix_attr, 0 or more (0: any) */
	RINGBACK_A_WATCH_PORT,		/* nest ringback_port_attr, 1 or more */
	RINGBACK_A_WATCH_HOOKS,		/* u32, bits of enum ringback_hook; default FORWARD */
	RINGBACK_A_WATCH_MIRROR_DEV,	/* string, interface, may come later; HOOK_MIRROR only */
	RINGBACK_A_WATCH_NO_REPLY,	/* u32, seconds, 1..240; default 3 */
	RINGBACK_A_WATCH_KEEP,		/* u32, seconds, 1..2592000; default 86400 */
	RINGBACK_A_WATCH_DOWN_AFTER,	/* u32, failures, 1..; default 1 */
	RINGBACK_A_WATCH_DOWN_CLIENTS,	/* u32, distinct clients, 1..; default 1 */
	RINGBACK_A_WATCH_ADMISSION,	/* u8, enum ringback_admission */
	RINGBACK_A_WATCH_REVERSE_PATH,	/* u8, 0 or 1; default 0 */
	RINGBACK_A_WATCH_WAITING,	/* flag, answers only: there is no MIRROR_DEV yet */
	RINGBACK_A_WATCH_STANDIN,	/* u8, 0 or 1; default 0; needs HOOK_FORWARD */

	__RINGBACK_A_WATCH_MAX,
	RINGBACK_A_WATCH_MAX = (__RINGBACK_A_WATCH_MAX - 1)
};

/* Attributes of a prefix, nested. Bits beyond LEN must be zero. */
enum ringback_prefix_attr {
	RINGBACK_A_PREFIX_UNSPEC,
	RINGBACK_A_PREFIX_ADDR,		/* binary, 4 or 16 bytes */
	RINGBACK_A_PREFIX_LEN,		/* u8, 0..32 or 0..128 */

	__RINGBACK_A_PREFIX_MAX,
	RINGBACK_A_PREFIX_MAX = (__RINGBACK_A_PREFIX_MAX - 1)
};

/* Attributes of a port range, nested. */
enum ringback_port_attr {
	RINGBACK_A_PORT_UNSPEC,
	RINGBACK_A_PORT_PROTO,		/* u8, IPPROTO_TCP or IPPROTO_UDP */
	RINGBACK_A_PORT_FIRST,		/* u16, network order, 1..65535 */
	RINGBACK_A_PORT_LAST,		/* u16, network order; absent: FIRST */

	__RINGBACK_A_PORT_MAX,
	RINGBACK_A_PORT_MAX = (__RINGBACK_A_PORT_MAX - 1)
};

/* Attributes of ATTEMPT_*. */
enum ringback_attempt_attr {
	RINGBACK_A_ATTEMPT_UNSPEC,
	RINGBACK_A_ATTEMPT_PAD,
	RINGBACK_A_ATTEMPT_CLIENT,	/* binary, 4 or 16 bytes */
	RINGBACK_A_ATTEMPT_SERVER,	/* binary, 4 or 16 bytes */
	RINGBACK_A_ATTEMPT_PROTO,	/* u8 */
	RINGBACK_A_ATTEMPT_PORT,	/* u16, network order */
	RINGBACK_A_ATTEMPT_STATE,	/* u8, enum ringback_attempt_state */
	RINGBACK_A_ATTEMPT_REASON,	/* u8, enum ringback_reason */
	RINGBACK_A_ATTEMPT_COUNT,	/* u32, SYNs (UDP: datagrams) seen */
	RINGBACK_A_ATTEMPT_FIRST,	/* u64, time of the first SYN recorded */
	RINGBACK_A_ATTEMPT_LAST,	/* u64, time of the last SYN recorded */
	RINGBACK_A_ATTEMPT_WATCH,	/* string, the watch's name */
	RINGBACK_A_ATTEMPT_MAC,		/* binary, 6 bytes; absent if there was none */
	RINGBACK_A_ATTEMPT_IFINDEX,	/* u32, ingress interface; absent if none */
	RINGBACK_A_ATTEMPT_ALL,		/* flag, FORGET only */
	RINGBACK_A_ATTEMPT_FORGOTTEN,	/* u32, answer of FORGET only */

	__RINGBACK_A_ATTEMPT_MAX,
	RINGBACK_A_ATTEMPT_MAX = (__RINGBACK_A_ATTEMPT_MAX - 1)
};

/* Attributes of SERVICE_*. */
enum ringback_service_attr {
	RINGBACK_A_SERVICE_UNSPEC,
	RINGBACK_A_SERVICE_PAD,
	RINGBACK_A_SERVICE_SERVER,	/* binary, 4 or 16 bytes */
	RINGBACK_A_SERVICE_PROTO,	/* u8 */
	RINGBACK_A_SERVICE_PORT,	/* u16, network order */
	RINGBACK_A_SERVICE_STATE,	/* u8, enum ringback_service_state */
	RINGBACK_A_SERVICE_REASON,	/* u8, of the latest failure */
	RINGBACK_A_SERVICE_FAILURES,	/* u32, failed attempts since SINCE */
	RINGBACK_A_SERVICE_CLIENTS,	/* u32, distinct clients that failed and still wait */
	RINGBACK_A_SERVICE_SINCE,	/* u64, first failure, or when declared down */
	RINGBACK_A_SERVICE_CHANGED,	/* u64, when STATE last changed */
	RINGBACK_A_SERVICE_ANSWERED,	/* u64, last answer seen; absent if none */
	RINGBACK_A_SERVICE_WATCH,	/* string, the watch's name */
	RINGBACK_A_SERVICE_STANDIN,	/* u8, enum ringback_standin; ends when it is not down */

	__RINGBACK_A_SERVICE_MAX,
	RINGBACK_A_SERVICE_MAX = (__RINGBACK_A_SERVICE_MAX - 1)
};

/* Attributes of STATS_GET: u64 counters, but for the gauges marked so. */
enum ringback_stats_attr {
	RINGBACK_A_STATS_UNSPEC,
	RINGBACK_A_STATS_PAD,
	RINGBACK_A_STATS_ATTEMPTS,		/* gauge: entries in the table */
	RINGBACK_A_STATS_PENDING,		/* gauge: of these, pending */
	RINGBACK_A_STATS_SERVICES,		/* gauge: services in trouble */
	RINGBACK_A_STATS_WATCHES,		/* gauge */
	RINGBACK_A_STATS_SYN,			/* SYNs towards a watched service, each once */
	RINGBACK_A_STATS_RECORDED,		/* entries made */
	RINGBACK_A_STATS_ANSWERED,		/* entries whose client was answered */
	RINGBACK_A_STATS_FAILED_NO_REPLY,	/* attempts that failed, by reason */
	RINGBACK_A_STATS_FAILED_REFUSED,
	RINGBACK_A_STATS_FAILED_ICMP,
	RINGBACK_A_STATS_EXPIRED,		/* failed entries that outlived keep */
	RINGBACK_A_STATS_FORGOTTEN,		/* by command */
	RINGBACK_A_STATS_EVICTED,		/* entries that gave way, table full */
	RINGBACK_A_STATS_REFUSED_FULL,		/* not recorded: table full of failed ones */
	RINGBACK_A_STATS_REFUSED_CLIENT,	/* not recorded: share of the client used up */
	RINGBACK_A_STATS_REFUSED_SERVICE,	/* not recorded: share of the service used up */
	RINGBACK_A_STATS_NO_MEMORY,		/* not recorded: allocation failed */
	RINGBACK_A_STATS_UNMATCHED_RST,		/* RST or SYN+ACK with a wrong number */
	RINGBACK_A_STATS_UNMATCHED_ICMP,	/* ICMP error that quotes no attempt */
	RINGBACK_A_STATS_MALFORMED,		/* truncated or lying headers, left alone */
	RINGBACK_A_STATS_EVENTS_LOST,		/* events that could not be sent */
	RINGBACK_A_STATS_REFUSED_REVERSE_PATH,	/* not recorded: client came the wrong way */
	RINGBACK_A_STATS_REFUSED_HOST,		/* not recorded: unprivileged namespaces are full */
	RINGBACK_A_STATS_STANDIN_ANSWER,	/* SYNs marked to be answered */
	RINGBACK_A_STATS_STANDIN_RESET,		/* SYNs marked to be reset */
	RINGBACK_A_STATS_STANDIN_PASS,		/* SYNs let through by a decision */
	RINGBACK_A_STATS_STANDIN_ASK,		/* SYNs that went to the queue */
	RINGBACK_A_STATS_EVICTED_FAILED,	/* of EVICTED, attempts that had failed */

	__RINGBACK_A_STATS_MAX,
	RINGBACK_A_STATS_MAX = (__RINGBACK_A_STATS_MAX - 1)
};

/* Attributes of CONFIG_*: u32 each. */
enum ringback_config_attr {
	RINGBACK_A_CONFIG_UNSPEC,
	RINGBACK_A_CONFIG_MAX_ATTEMPTS,		/* 1..16777216; default 131072 */
	RINGBACK_A_CONFIG_MAX_PER_CLIENT,	/* 1..; default 256; an IPv6 /64 is one client */
	RINGBACK_A_CONFIG_MAX_PER_SERVICE,	/* 1..; default 65536 */
	RINGBACK_A_CONFIG_MAX_SERVICES,		/* 1..1048576; default 4096 */
	RINGBACK_A_CONFIG_MAX_DECISIONS,	/* 1..1048576; default 65536 */

	__RINGBACK_A_CONFIG_MAX,
	RINGBACK_A_CONFIG_MAX = (__RINGBACK_A_CONFIG_MAX - 1)
};

/* Attributes of STANDIN_*. */
enum ringback_standin_attr {
	RINGBACK_A_STANDIN_UNSPEC,
	RINGBACK_A_STANDIN_LEASE,	/* u32, milliseconds from now, 0..60000 */
	RINGBACK_A_STANDIN_QUEUE,	/* u16, number of the NFQUEUE; absent: 0 */
	RINGBACK_A_STANDIN_DECISIONS,	/* u32, answers only */

	__RINGBACK_A_STANDIN_MAX,
	RINGBACK_A_STANDIN_MAX = (__RINGBACK_A_STANDIN_MAX - 1)
};

/* Attributes of DECISION_*. */
enum ringback_decision_attr {
	RINGBACK_A_DECISION_UNSPEC,
	RINGBACK_A_DECISION_CLIENT,	/* binary, 4 or 16 bytes */
	RINGBACK_A_DECISION_SERVER,	/* binary, 4 or 16 bytes */
	RINGBACK_A_DECISION_PROTO,	/* u8 */
	RINGBACK_A_DECISION_PORT,	/* u16, network order */
	RINGBACK_A_DECISION_VERDICT,	/* u8, enum ringback_verdict */
	RINGBACK_A_DECISION_TTL,	/* u32, milliseconds, 1..86400000 */
	RINGBACK_A_DECISION_ALL,	/* flag, DEL only */

	__RINGBACK_A_DECISION_MAX,
	RINGBACK_A_DECISION_MAX = (__RINGBACK_A_DECISION_MAX - 1)
};

#endif /* _UAPI_LINUX_NF_RINGBACK_H */
