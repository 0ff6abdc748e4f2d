/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel module as C functions: the only place with libmnl. Used by the
 * engine and the CLI. No function logs or exits; an error is -errno and a
 * sentence in nl_error() (the kernel's extack message where there was one).
 *
 * Blocking: requests wait for the kernel's answer, which does not depend on
 * anything outside this host.
 */
#ifndef RINGBACK_NL_NL_H
#define RINGBACK_NL_NL_H

#include <stdbool.h>
#include <stdint.h>
#include <linux/nf_ringback.h>

#include "../common/addr.h"
#include "../common/conf.h"

struct nl;

/*
 * Opens a generic netlink socket and asks for the family. -ENOENT: the module
 * is not loaded (*@nlp is then NULL; see nl_strerror_open()). The caller owns
 * *@nlp until nl_close().
 */
int nl_open(struct nl **nlp);
void nl_close(struct nl *nl);
/* One sentence on the last error of @nl: what happened and what to do. */
const char *nl_error(const struct nl *nl);
/* The same for a failed nl_open(). */
const char *nl_strerror_open(int err);

/* Room for nl_instance(), its NUL included. */
#define NL_INSTANCE_LEN 32
/*
 * Names the module and the network namespace that @nl talks to: since the host started no
 * other module or namespace had that name. (A kernel before 5.14 names no namespaces.) @buf: NL_INSTANCE_LEN bytes;
 * returned.
 */
char *nl_instance(const struct nl *nl, char *buf);

/* --- watches ------------------------------------------------------------ */
/* @replace: change an existing watch of that name instead of -EEXIST. */
int nl_watch_new(struct nl *nl, const struct conf_watch *w, bool replace);
int nl_watch_del(struct nl *nl, const char *name);
/* The row and its arrays are valid during the callback only. Fields of the
 * daemon (recovery, confirm, ...) are zero. */
typedef int (*nl_watch_cb)(const struct conf_watch *w, void *arg);
int nl_watch_dump(struct nl *nl, nl_watch_cb cb, void *arg);

/* --- attempts ----------------------------------------------------------- */
struct nl_attempt {
	struct addr client;
	struct service service;
	uint8_t state;			/* enum ringback_attempt_state */
	uint8_t reason;			/* enum ringback_reason */
	uint32_t count;
	int64_t first, last;		/* ns since the Epoch */
	char watch[RINGBACK_WATCH_NAME_MAX + 1];
	bool has_mac;
	struct mac mac;
	uint32_t ifindex;		/* 0: none */
};

/* What is AF_UNSPEC, 0 or -1 matches everything. */
struct nl_filter {
	struct addr client;
	struct addr server;
	uint8_t proto;			/* 0: any; else port counts too */
	uint16_t port;
	int state;			/* -1: any */
};
#define NL_FILTER_ALL ((struct nl_filter){ .state = -1 })

/* A callback that returns non-zero stops the dump, which then returns it. */
typedef int (*nl_attempt_cb)(const struct nl_attempt *a, void *arg);
/* -EINTR: the table changed meanwhile (NLM_F_DUMP_INTR): rows may be missing
 * or double, dump again. */
int nl_attempt_dump(struct nl *nl, const struct nl_filter *f, nl_attempt_cb cb, void *arg);
/* @f without any address forgets all. Returns in *@n how many (may be NULL). */
int nl_attempt_forget(struct nl *nl, const struct nl_filter *f, uint32_t *n);

/* --- services ----------------------------------------------------------- */
struct nl_service {
	struct service service;
	uint8_t state;			/* enum ringback_service_state */
	uint8_t reason;			/* enum ringback_reason */
	uint32_t failures, clients;
	int64_t since, changed;
	int64_t answered;		/* 0: never */
	uint8_t standin;		/* enum ringback_standin */
	char watch[RINGBACK_WATCH_NAME_MAX + 1];
};
typedef int (*nl_service_cb)(const struct nl_service *s, void *arg);
int nl_service_dump(struct nl *nl, nl_service_cb cb, void *arg);
/* -ENOENT: the kernel knows no trouble with that service. */
int nl_service_set(struct nl *nl, const struct service *s, enum ringback_service_state state);
/* What becomes of new connections until the service leaves down. -ENOENT: it is not down. */
int nl_service_standin(struct nl *nl, const struct service *s, enum ringback_standin standin);

/* --- stand-in ----------------------------------------------------------- */
struct nl_standin {
	uint32_t lease;			/* ms that are left; 0: everything passes */
	uint16_t queue;			/* number of the NFQUEUE */
	uint32_t decisions;
};
/* The stand-in is in force for @lease ms from now, up to RINGBACK_LEASE_MAX; 0 ends it. */
int nl_standin_set(struct nl *nl, uint32_t lease, uint16_t queue);
int nl_standin_get(struct nl *nl, struct nl_standin *standin);

/* What becomes of new connections of a client to a service whose stand-in is ASK. */
struct nl_decision {
	struct addr client;
	struct service service;
	uint8_t verdict;		/* enum ringback_verdict */
	uint32_t ttl;			/* ms from now; 1..RINGBACK_DECISION_TTL_MAX */
};
typedef int (*nl_decision_cb)(const struct nl_decision *d, void *arg);
/* In the place of an older one. -ENOENT: the service is not down, or not asked for. */
int nl_decision_new(struct nl *nl, const struct nl_decision *d);
/* -EINTR: as nl_attempt_dump(). */
int nl_decision_dump(struct nl *nl, nl_decision_cb cb, void *arg);
/* @f without any address forgets all; its state does not matter. */
int nl_decision_del(struct nl *nl, const struct nl_filter *f);

/* --- stats, config ------------------------------------------------------ */
/* Indexed by RINGBACK_A_STATS_*; absent ones are 0. */
struct nl_stats {
	uint64_t value[RINGBACK_A_STATS_MAX + 1];
};
int nl_stats_get(struct nl *nl, struct nl_stats *st);
/* Key of a counter as printed: "attempts", "refused-full"; NULL beyond. */
const char *nl_stats_name(int attr);
/* Indexed by RINGBACK_A_CONFIG_*; in a set, 0 leaves a limit as it is. */
struct nl_config {
	uint32_t value[RINGBACK_A_CONFIG_MAX + 1];
};
int nl_config_get(struct nl *nl, struct nl_config *c);
int nl_config_set(struct nl *nl, const struct nl_config *c);
const char *nl_config_name(int attr);

/* --- events ------------------------------------------------------------- */
/* A socket of its own for multicast: open one more struct nl for it. */
int nl_subscribe(struct nl *nl, bool outages, bool attempts);
/* Non-blocking after nl_subscribe(); poll it for reading. */
int nl_fd(const struct nl *nl);
struct nl_events {
	int (*attempt)(const struct nl_attempt *a, void *arg);	/* or NULL */
	int (*service)(const struct nl_service *s, void *arg);	/* or NULL */
	void *arg;
};
/*
 * Handles what is there. 0: read all, or enough for one turn (poll again, level
 * triggered); what a callback returned if not 0; -ENOBUFS: events were lost,
 * resync by dumps; -errno. A malformed event is skipped and counted in *@bad
 * (may be NULL).
 */
int nl_receive(struct nl *nl, const struct nl_events *ev, unsigned long *bad);

/* --- words -------------------------------------------------------------- */
/* "no-reply", "refused", "host-unreachable", ...; unknown: the number. */
const char *nl_reason_name(uint8_t reason);
/* "pending", "failed" */
const char *nl_attempt_state_name(uint8_t state);
int nl_attempt_state_parse(const char *text);	/* -EINVAL */
/* "suspect", "down", "partial", "up" */
const char *nl_service_state_name(uint8_t state);
/* "off", "answer", "reset", "ask" */
const char *nl_standin_name(uint8_t standin);
/* "pass", "answer", "reset" */
const char *nl_verdict_name(uint8_t verdict);
/* "forward", "local", "bridge", "mirror"; one bit at a time */
const char *nl_hook_name(uint32_t bit);
const char *nl_admission_name(uint8_t admission);	/* "trouble", "first-syn" */
int nl_admission_parse(const char *text);		/* -EINVAL */

#endif /* RINGBACK_NL_NL_H */
