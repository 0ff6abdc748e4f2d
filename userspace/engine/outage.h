/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Outages and their waiters as values, and the decisions about them that need
 * nothing but those values: no library, no clock, no store.
 */
#ifndef RINGBACK_ENGINE_OUTAGE_H
#define RINGBACK_ENGINE_OUTAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "../common/addr.h"
#include "../common/conf.h"
#include "../common/msg.h"

#define DETAIL_MAX 160 /* bytes, with the NUL */

struct outage {
	uint64_t id; /* 0: not stored yet */
	struct service service;
	char watch[RINGBACK_WATCH_NAME_MAX + 1];
	uint8_t reason; /* enum ringback_reason, of the latest failure */
	uint8_t evidence; /* enum evidence; while it is open: under way, 0 for none */
	char detail[DETAIL_MAX]; /* of the evidence, for people */
	int64_t proven; /* since when it counts, ns since the Epoch; 0: to be confirmed, or none */
	int64_t began; /* ns since the Epoch: first failed attempt */
	int64_t ended; /* 0: open */
	/*
	 * Of one that another router saw and whose list we took: the receive section,
	 * the router's own id and the number of the list. It ended there, never here, and is none of the tracker's.
	 */
	char origin[CONF_NAME_MAX + 1]; /* "": seen by ourselves */
	uint64_t origin_id;
	uint32_t origin_list;
	bool lossy; /* clients may be missing: events were lost */
	uint32_t n_waiters; /* filled in by lists only */
};

enum waiter_state {
	WAITER_WAITING,
	WAITER_REACHED, /* reached the service by itself */
	WAITER_NOTIFIED, /* a notice is in the outbox or was delivered */
	WAITER_NO_CONTACT, /* nobody to tell */
	WAITER_DECLINED, /* answered the inquiry with no */
	WAITER_NO_ANSWER, /* was to be asked first, and has not said yes */
	WAITER_ASKING, /* is told when the contact command says where (lookup.h) */
	WAITER_STATES
};

struct waiter {
	uint64_t outage;
	struct addr client;
	uint8_t state; /* enum waiter_state */
	uint8_t reason; /* enum ringback_reason */
	uint32_t attempts; /* SYNs seen */
	int64_t first, last; /* of its attempts, ns since the Epoch */
	int64_t told; /* when the last notice was queued; 0: never */
	bool has_mac;
	struct mac mac;
	char mail[MSG_MAIL_MAX + 1]; /* as resolved when the failure happened; "": none */
	char watch[RINGBACK_WATCH_NAME_MAX + 1];
	/*
	 * The kernel holds the failed attempt behind this waiter, so that its
	 * absence at recovery means "the client got through". False once the
	 * kernel has lost it for another reason: reboot, module reloaded, watch
	 * deleted.
	 */
	bool in_kernel;
	uint8_t choice; /* enum choice; filled in by lists only */
};

/* What a client answered to the inquiry about an outage. */
struct answer {
	uint64_t outage;
	struct addr client;
	uint8_t choice; /* enum choice; never CHOICE_NONE */
	char mail[MSG_MAIL_MAX + 1]; /* the address it gave; "": none */
	char lang[MSG_LANG_MAX]; /* of its page; "": not known */
	bool confirmed; /* mail: its owner followed the link */
	int64_t at; /* when, ns since the Epoch */
};

/* "waiting", "reached", "notified", "no-contact", "declined", "no-answer", "asking" */
const char *waiter_state_name(uint8_t state);

/* Whether trouble that began at @began continues the ended outage @last. */
bool outage_merges(const struct outage *last, int64_t began, uint32_t flap);

/*
 * A failed attempt @f (state and told are not looked at) meets what is known of
 * that client: *@w, or nothing when @known is false. Returns true when this is
 * news and *@w has to be stored; only then is a contact to be resolved.
 */
bool waiter_join(struct waiter *w, bool known, const struct waiter *f, int64_t now);

/*
 * Where @w is told as things are: at the address of its answer @a, where @watch asks for
 * one and, with @confirm, its owner has confirmed it; else at its contact. "": nowhere.
 * Points into @w or @a.
 */
const char *waiter_target(const struct waiter *w, const struct answer *a,
			  const struct conf_watch *watch, bool confirm);

/* What is known of a waiter at the end of its outage, beside itself. */
struct waiter_end {
	bool still_failed; /* the kernel has its failed attempt, or could not be asked */
	uint32_t keep; /* seconds for which the kernel keeps such an attempt */
	int64_t kept_since; /* what failed until then it kept for another time */
	bool page_open; /* its page takes it to the service */
	bool tellable; /* a step of its watch can tell it */
	bool asking; /* the contact command has not answered */
	uint8_t choice; /* enum choice: its answer to the inquiry */
};

/* What becomes of a waiting @w, whose mail is the address to use, at @now. */
enum waiter_state waiter_verdict(const struct waiter *w, int64_t now, const struct waiter_end *end,
				 const struct conf_watch *watch);
/* Whether a waiter whose verdict is WAITER_NOTIFIED gets a notice, or had it just now. */
bool waiter_owed(const struct waiter *w, int64_t now, uint32_t flap);

#endif /* RINGBACK_ENGINE_OUTAGE_H */
