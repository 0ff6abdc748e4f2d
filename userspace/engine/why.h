/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Why a client was told, was not told, or is not told yet: what is known of one
 * client and one service, and the sentences that follow from it.
 */
#ifndef RINGBACK_ENGINE_WHY_H
#define RINGBACK_ENGINE_WHY_H

#include "../nl/nl.h"
#include "store.h"

/* How near a watch comes to a client and a service: the nearest one counts. */
enum why_cover { WHY_NO_WATCH, WHY_OTHER_SERVER, WHY_OTHER_PORT, WHY_OTHER_CLIENT, WHY_COVERED };

/* Of one outage, the latest of each that are told. */
#define WHY_OUTAGES 3
#define WHY_NOTICES 4

struct why_notice {
	struct notice n;
	struct message m; /* id 0: in none yet */
	struct handover h; /* id 0: goes over with no list */
};

struct why_outage {
	struct outage o;
	const char *phase; /* of the recovery of an open one, or NULL */
	bool waits; /* the client is, or was, a waiter of it */
	struct waiter w;
	struct answer answer; /* to the inquiry; choice NONE: none */
	bool asking; /* its contact is still being looked up */
	bool suppressed; /* where it would be told: that address never wants to hear of us */
	unsigned int n_notices; /* newest first */
	struct why_notice notice[WHY_NOTICES];
};

struct why {
	struct addr client;
	struct service service;
	int64_t now; /* ns since the Epoch */

	enum why_cover cover;
	struct conf_watch watch; /* the one that covers, or comes near; borrowed arrays unset */
	const struct conf_watch *rules; /* what the engine goes by; never NULL */

	bool kernel_expected, kernel_answered;
	bool attempt_known, service_known;
	struct nl_attempt attempt;
	struct nl_service state;
	struct nl_stats stats;
	uint32_t lease; /* of the stand-in; 0: everything passes */
	bool decided; /* for this client, where its service's stand-in asks */
	struct nl_decision decision;

	unsigned int n_outages; /* oldest first */
	struct why_outage outage[WHY_OUTAGES];
	uint32_t store_keep; /* days */

	bool contact_known; /* what the table says now */
	struct contact contact;
	bool has_mac;
	struct mac mac; /* as last seen */
	bool leased; /* a DHCP server has given its address to lease_mac */
	struct mac lease_mac;
	size_t n_contacts;
	bool command; /* there is a contact command */
	int said; /* what it said, as of lookup_said() */
	char said_mail[MSG_MAIL_MAX + 1];

	const struct conf *conf;
	const struct conf_mail *mail;
	bool mailer_connected;
	bool confirm; /* an address that is given must be confirmed by its owner */
	bool page_open; /* the client has the page of this service open */
};

/*
 * One sentence. @topic: "watch", "kernel", "service", "standin", "outage", "waiter", "choice",
 * "notice", "contact" or, the last, "verdict"; @code: a word for programs; @outage: its id or 0.
 */
typedef void (*why_say)(const char *topic, const char *code, uint64_t outage, const char *text,
			void *arg);

/* How @w covers @client and @s; pure. */
enum why_cover why_cover(const struct conf_watch *w, const struct addr *client,
			 const struct service *s);
/* Says everything that is known, in the order in which it happened; pure. */
void why_explain(const struct why *y, why_say say, void *arg);

/* Where the waiter of @o is told as things are: the address it gave, or its contact; pure. */
const char *why_target(const struct why *y, const struct why_outage *o);

/* Inside why_text.c, why_outage.c and why_handover.c: who tells, and of which outage (or NULL). */
struct why_teller {
	const struct why *y;
	const struct why_outage *o;
	why_say say;
	void *arg;
};
__attribute__((format(printf, 4, 5))) void why_tell(const struct why_teller *t, const char *topic,
						    const char *code, const char *fmt, ...);
void why_tell_outage(const struct why_teller *t);
/* why_handover.c: the same of a notice that goes over with list @h; and the last word. */
void why_tell_handed(const struct why_teller *t, const struct notice *n, const struct handover *h);
void why_conclude_handed(const struct why_teller *t, const struct handover *h);
/* What became of the client, a waiter of t->o, in a sentence. */
void why_conclude(const struct why_teller *t);

#endif /* RINGBACK_ENGINE_WHY_H */
