/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Inside userspace/nl only: the socket, one request and its answer, and the
 * checks that every message from the kernel passes before a field is read.
 */
#ifndef RINGBACK_NL_REQUEST_H
#define RINGBACK_NL_REQUEST_H

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <stdint.h>

#include "nl.h"

/* A dump fills messages of up to 32 KiB; a watch with many prefixes may take more. */
#define NL_RECV_SIZE (128 * 1024)

struct nl {
	struct mnl_socket *sock;
	uint16_t family;
	uint32_t group_outages, group_attempts;
	uint32_t seq;
	char *out;			/* the request being built */
	size_t out_size;
	char error[256];
	char in[NL_RECV_SIZE] __attribute__((aligned(8)));
};

/* Keeps a sentence for nl_error() and returns @err. */
__attribute__((format(printf, 3, 4))) int nl_fail(struct nl *nl, int err, const char *fmt, ...);

/*
 * Begins a request of command @cmd to the generic netlink family @family, with
 * room for @room bytes of attributes. NULL without memory (nl_fail() was called).
 * The message belongs to @nl and is good until the next nl_begin().
 */
struct nlmsghdr *nl_begin(struct nl *nl, uint16_t family, uint8_t cmd, uint16_t flags, size_t room);

/* Called for each message of the answer; non-zero stops and is returned. */
typedef int (*nl_msg_fn)(const struct nlmsghdr *nlh, void *arg);

/*
 * Sends @nlh and reads the whole answer, also after @fn stopped. 0, what @fn
 * returned, -EINTR for an inconsistent dump, or -errno of the kernel.
 * -EBADMSG from @fn gets its sentence here.
 */
int nl_run(struct nl *nl, struct nlmsghdr *nlh, nl_msg_fn fn, void *arg);

/* --- checks ---------------------------------------------------------------- */

enum nl_kind {
	NL_IGNORED,		/* not read, so not checked */
	NL_U8,
	NL_U16,
	NL_U32,
	NL_U64,
	NL_ADDRESS,		/* 4 or 16 bytes */
	NL_MAC,			/* 6 bytes */
	NL_TEXT,		/* 1..RINGBACK_WATCH_NAME_MAX bytes and a NUL */
	NL_NEST,
	NL_FLAG,		/* no bytes: it is there or not */
};

struct nl_rule {
	enum nl_kind kind;
	bool required;
};

/*
 * Sorts the attributes of @payload into tb[0..max]; unknown types are skipped
 * (a newer module may have more), of repeated ones the last stays. -EBADMSG:
 * one is cut short, has the wrong length, or a required one is missing.
 */
int nl_sort(const void *payload, size_t len, const struct nl_rule *rules, uint16_t max,
	    const struct nlattr **tb);
/* The same for the attributes behind a generic netlink header. */
int nl_sort_message(const struct nlmsghdr *nlh, const struct nl_rule *rules, uint16_t max,
		    const struct nlattr **tb);

/* Of checked attributes. The getters with a default take NULL. */
void nl_get_addr(struct addr *a, const struct nlattr *attr);
uint16_t nl_get_port(const struct nlattr *attr);	/* in host order */
uint32_t nl_get_u32(const struct nlattr *attr, uint32_t absent);
int64_t nl_get_time(const struct nlattr *attr);		/* 0: absent */
void nl_get_name(char name[RINGBACK_WATCH_NAME_MAX + 1], const struct nlattr *attr);

void nl_put_addr(struct nlmsghdr *nlh, uint16_t type, const struct addr *a);
void nl_put_port(struct nlmsghdr *nlh, uint16_t type, uint16_t port);

/* --- messages to values: pure, -EBADMSG for what does not fit the contract -- */

int nl_attempt_parse(const struct nlmsghdr *nlh, struct nl_attempt *a);
int nl_service_parse(const struct nlmsghdr *nlh, struct nl_service *s);
/* Allocates the arrays; nl_watch_clear() frees them, also after an error. -ENOMEM. */
int nl_watch_parse(const struct nlmsghdr *nlh, struct conf_watch *w);
void nl_watch_clear(struct conf_watch *w);
/* Room for nl_watch_put(). */
size_t nl_watch_room(const struct conf_watch *w);
void nl_watch_put(struct nlmsghdr *nlh, const struct conf_watch *w);
int nl_stats_parse(const struct nlmsghdr *nlh, struct nl_stats *st);
int nl_config_parse(const struct nlmsghdr *nlh, struct nl_config *c);
int nl_standin_parse(const struct nlmsghdr *nlh, struct nl_standin *standin);
int nl_decision_parse(const struct nlmsghdr *nlh, struct nl_decision *d);
/* Hands one multicast message on: 0, what the callback returned, or -EBADMSG. */
int nl_event_parse(const struct nlmsghdr *nlh, uint16_t family, const struct nl_events *ev);

#endif /* RINGBACK_NL_REQUEST_H */
