// SPDX-License-Identifier: GPL-2.0
/*
 * What became of a client that others are to tell, in plain sentences. Pure.
 */
#include <inttypes.h>

#include "../common/timefmt.h"
#include "why.h"

static void tell_under_way(const struct why_teller *t, const struct notice *n,
			   const struct handover *h)
{
	char target[HANDOVER_TARGET_LEN], next[TIME_STRLEN], until[TIME_STRLEN];

	handover_target(h, target);
	if (h->state == HANDOVER_RELEASING)
		why_tell(t, "notice", "releasing",
			 "Notice %" PRIu64 " (list %" PRIu64
			 "): %s has the whole list, and is being told to tell its clients.",
			 n->id, h->id, target);
	else if (h->state == HANDOVER_UNSURE && h->tries)
		why_tell(t, "notice", "unsure",
			 "Notice %" PRIu64 " (list %" PRIu64
			 ") was sent to %s, which did not answer: it is sent there again, and "
			 "nowhere else.",
			 n->id, h->id, target);
	else if (!h->tries)
		why_tell(t, "notice", "sending",
			 "Notice %" PRIu64 " goes over to %s with list %" PRIu64
			 " (%u clients, %u parts)%s.",
			 n->id, target, h->id, h->clients, h->parts,
			 t->y->mailer_connected ? "" : ", as soon as the mailer runs");
	else
		why_tell(t, "notice", "retry",
			 "Notice %" PRIu64 " (list %" PRIu64
			 " to %s): try %u failed with \"%u %s\"; tried again at %s, until %s.",
			 n->id, h->id, target, h->tries, h->code, h->answer,
			 time_human(h->next, next), time_human(h->until, until));
}

void why_tell_handed(const struct why_teller *t, const struct notice *n, const struct handover *h)
{
	char target[HANDOVER_TARGET_LEN], done[TIME_STRLEN];

	handover_target(h, target);
	time_human(h->done, done);
	switch (h->state) {
	case HANDOVER_SENT:
		why_tell(t, "notice", "sent",
			 "Notice %" PRIu64 ": %s took it with list %" PRIu64
			 " at %s, and tells the client from there.",
			 n->id, target, h->id, done);
		return;
	case HANDOVER_WITHDRAWING:
	case HANDOVER_PASSED_ON:
		why_tell(t, "notice", "passed-on",
			 "Notice %" PRIu64 " (list %" PRIu64
			 ") did not reach %s in its time, or was refused there (\"%u %s\"): the "
			 "next step was taken.",
			 n->id, h->id, target, h->code, h->answer);
		return;
	case HANDOVER_REFUSED:
	case HANDOVER_GIVEN_UP:
	case HANDOVER_DROPPED:
		why_tell(t, "notice", handover_state_name(h->state),
			 "Notice %" PRIu64 " (list %" PRIu64 " to %s) was %s at %s: \"%u %s\".",
			 n->id, h->id, target,
			 h->state == HANDOVER_REFUSED ? "refused for good" : "given up", done,
			 h->code, h->answer);
		return;
	}
	tell_under_way(t, n, h);
}

void why_conclude_handed(const struct why_teller *t, const struct handover *h)
{
	char target[HANDOVER_TARGET_LEN];

	handover_target(h, target);
	if (h->state == HANDOVER_SENT)
		why_tell(t, "verdict", "handed-over", "It was handed over: %s tells it.", target);
	else if (!h->done)
		why_tell(t, "verdict", "owed", "It is being handed over: %s is to tell it.",
			 target);
	else
		why_tell(t, "verdict", handover_state_name(h->state),
			 "It could not be told: the list to %s was %s.", target,
			 h->state == HANDOVER_REFUSED ? "refused for good" : "given up");
}
