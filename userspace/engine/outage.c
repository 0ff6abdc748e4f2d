// SPDX-License-Identifier: GPL-2.0
/*
 * The decisions about outages and waiters: when two outages are one, when a
 * failure is news, who is owed a notice. Pure.
 */
#include "outage.h"

#include <stdlib.h>

#include "../common/timefmt.h"

const char *waiter_state_name(uint8_t state)
{
	static const char *const names[] = {
		[WAITER_WAITING] = "waiting",	[WAITER_REACHED] = "reached",
		[WAITER_NOTIFIED] = "notified", [WAITER_NO_CONTACT] = "no-contact",
		[WAITER_DECLINED] = "declined", [WAITER_NO_ANSWER] = "no-answer",
		[WAITER_ASKING] = "asking",
	};

	return state < sizeof(names) / sizeof(*names) ? names[state] : "unknown";
}

bool outage_merges(const struct outage *last, int64_t began, uint32_t flap)
{
	/* Trouble may begin while the end is being told; long before it only by a clock set back. */
	return last->ended && llabs(began - last->ended) < (int64_t)flap * NSEC_PER_SEC;
}

bool waiter_join(struct waiter *w, bool known, const struct waiter *f, int64_t now)
{
	int64_t told = known ? w->told : 0;
	int64_t first = f->first;
	uint32_t attempts = f->attempts;

	/*
	 * The same failure again, from a dump: nothing but that the kernel has it. (What
	 * lies in the future is from before the clock was set back, and no measure.)
	 */
	if (known && (f->last == w->last || (f->last < w->last && w->last <= now))) {
		if (w->in_kernel || !f->in_kernel || w->state != WAITER_WAITING)
			return false;
		w->in_kernel = true;
		return true;
	}
	/*
	 * Still waiting: one story, even where the kernel began to count anew
	 * after it had lost the attempt.
	 */
	if (known && w->state == WAITER_WAITING) {
		if (w->first < first)
			first = w->first;
		if (w->attempts > attempts)
			attempts = w->attempts;
	}
	*w = *f;
	w->state = WAITER_WAITING;
	w->told = told;
	w->first = first;
	w->attempts = attempts;
	return true;
}

const char *waiter_target(const struct waiter *w, const struct answer *a,
			  const struct conf_watch *watch, bool confirm)
{
	bool counts = watch->inquire == INQUIRE_WHERE && a->choice == CHOICE_YES && a->mail[0] &&
		      (a->confirmed || !confirm);

	return counts ? a->mail : w->mail;
}

enum waiter_state waiter_verdict(const struct waiter *w, int64_t now, const struct waiter_end *end,
				 const struct conf_watch *watch)
{
	/*
	 * What is older than keep has left the kernel without having been answered; what
	 * failed while that was another time may have.
	 */
	bool expired =
		now - w->last >= (int64_t)end->keep * NSEC_PER_SEC || w->last <= end->kept_since;

	if (!end->still_failed && w->in_kernel && !expired)
		return WAITER_REACHED;
	if (end->choice == CHOICE_NO)
		return WAITER_DECLINED;
	/* Anything on top of the page only to who asked for it. */
	if (end->page_open && (end->choice != CHOICE_YES || !end->tellable))
		return WAITER_REACHED;
	if (watch->inquire != INQUIRE_OFF && end->choice != CHOICE_YES)
		return WAITER_NO_ANSWER;
	if (end->tellable)
		return WAITER_NOTIFIED;
	return end->asking ? WAITER_ASKING : WAITER_NO_CONTACT;
}

bool waiter_owed(const struct waiter *w, int64_t now, uint32_t flap)
{
	/* In the future: the clock was set back, and says nothing about then. */
	return !w->told || w->told > now || now - w->told >= (int64_t)flap * NSEC_PER_SEC;
}
