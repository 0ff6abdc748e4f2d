// SPDX-License-Identifier: GPL-2.0
/*
 * What became of a client in one outage, in plain sentences: the outage, the
 * waiter, its notices and their messages. Pure.
 */
#include <inttypes.h>
#include <string.h>

#include "../common/timefmt.h"
#include "why.h"

/* --- the outage -------------------------------------------------------------------- */

static void tell_outage(const struct why_teller *t)
{
	const struct outage *o = &t->o->o;
	const char *phase = t->o->phase ? t->o->phase : "down";
	char began[TIME_STRLEN], ended[TIME_STRLEN];

	if (o->ended)
		why_tell(t, "outage", "ended",
			 "Outage %" PRIu64 " began %s (%s) and ended %s by the evidence %s: %s.",
			 o->id, time_human(o->began, began), nl_reason_name(o->reason),
			 time_human(o->ended, ended), evidence_name(o->evidence), o->detail);
	else if (o->evidence)
		why_tell(t, "outage", phase,
			 "Outage %" PRIu64
			 " began %s (%s) and is open, but there is evidence %s (%s): "
			 "%s, to last %u s.",
			 o->id, time_human(o->began, began), nl_reason_name(o->reason),
			 evidence_name(o->evidence), o->detail, phase, t->y->rules->stable);
	else
		why_tell(t, "outage", phase,
			 "Outage %" PRIu64 " began %s (%s) and is open: nothing says yet that the "
			 "service is back.",
			 o->id, time_human(o->began, began), nl_reason_name(o->reason));
}

/* --- the waiter -------------------------------------------------------------------- */

const char *why_target(const struct why *y, const struct why_outage *o)
{
	return waiter_target(&o->w, &o->answer, y->rules, y->confirm);
}

/* By which step of its watch a client that waits would be told; STEP_NONE: by none. */
static int step_ahead(const struct why_teller *t)
{
	const char *target = why_target(t->y, t->o);
	const bool spoken_to = !t->o->suppressed && t->o->answer.choice != CHOICE_NO;
	const struct way way = {
		.own = target != t->o->w.mail,
		.mail = spoken_to && target[0],
		.list = spoken_to,
	};

	return step_for(t->y->conf, t->y->rules, 0, &way);
}

/* What would become of a client that waits, if its outage ended now. */
static enum waiter_state forecast(const struct why_teller *t)
{
	const struct waiter_end end = {
		.still_failed = true,
		.page_open = t->y->page_open,
		.tellable = step_ahead(t) != STEP_NONE,
		.asking = t->o->asking,
		.choice = t->o->answer.choice,
	};
	struct waiter w = t->o->w;

	memcpy(w.mail, why_target(t->y, t->o), sizeof(w.mail));
	return waiter_verdict(&w, t->y->now, &end, t->y->rules);
}

static void tell_no_way(const struct why_teller *t, const char *when)
{
	const char *why = t->o->suppressed	    ? "the owner of its address wants none" :
			  why_target(t->y, t->o)[0] ? "no step of the watch can tell it" :
						      "no contact was known for it when it failed";

	why_tell(t, "waiter", "no-contact", "It %s, but %s.", when, why);
}

static void tell_ahead(const struct why_teller *t, int step)
{
	const struct conf_step *to = &t->y->rules->notify[step];

	if (step_is_mail(t->y->rules, step))
		why_tell(t, "waiter", "waiting",
			 "It waits, and will be told at %s when the outage ends, if it has not "
			 "reached the service by then.",
			 why_target(t->y, t->o));
	else
		why_tell(t, "waiter", "waiting",
			 "It waits, and will be handed over to %s%s%s when the outage ends, if it "
			 "has not reached the service by then.",
			 route_name(to->route), to->target[0] ? " " : "", to->target);
}

static void tell_waiting(const struct why_teller *t)
{
	switch (forecast(t)) {
	case WAITER_DECLINED:
		why_tell(t, "waiter", "declined", "It waits, but wants no notice.");
		return;
	case WAITER_NO_ANSWER:
		why_tell(t, "waiter", "no-answer",
			 "It waits, but the watch asks first, and it has not said yes.");
		return;
	case WAITER_REACHED:
		why_tell(t, "waiter", "page-open",
			 "It waits with its page open, which takes it to the service: no mail on "
			 "top.");
		return;
	case WAITER_NO_CONTACT:
		tell_no_way(t, "waits");
		return;
	case WAITER_ASKING:
		why_tell(t, "waiter", "asking",
			 "It waits, and will be told when the outage ends and the contact command "
			 "has said where.");
		return;
	default:
		tell_ahead(t, step_ahead(t));
	}
}

/* A waiter that was to be told, without a notice of this outage that is kept. */
static void tell_told(const struct why_teller *t)
{
	const struct waiter *w = &t->o->w;
	char told[TIME_STRLEN];

	if (t->o->n_notices && t->o->notice[0].n.created >= w->last)
		why_tell(t, "waiter", "notified",
			 "It still waited at the end, and is owed a notice.");
	else
		why_tell(
			t, "waiter", "told-before",
			"It still waited at the end, but was told of a recovery at %s, less than flap "
			"(%u s) before: not told again.",
			w->told ? time_human(w->told, told) : "that time", t->y->rules->flap);
}

static void tell_waiter(const struct why_teller *t)
{
	const struct waiter *w = &t->o->w;
	char first[TIME_STRLEN], last[TIME_STRLEN];

	if (!t->o->waits) {
		why_tell(t, "waiter", "no-waiter",
			 "The client is no waiter of it: no failed attempt of it was seen then.");
		return;
	}
	why_tell(t, "waiter", "failed",
		 "The client failed to reach it (%s), tried %u time%s from %s to %s.",
		 nl_reason_name(w->reason), w->attempts, w->attempts == 1 ? "" : "s",
		 time_human(w->first, first), time_human(w->last, last));
	switch (w->state) {
	case WAITER_WAITING:
		tell_waiting(t);
		return;
	case WAITER_REACHED:
		why_tell(t, "waiter", "reached",
			 "It reached the service by itself before the outage ended, or its open "
			 "page took it there: it knows already.");
		return;
	case WAITER_NO_CONTACT:
		tell_no_way(t, "still waited at the end");
		return;
	case WAITER_DECLINED:
		why_tell(t, "waiter", "declined", "It had said that it wants no notice.");
		return;
	case WAITER_NO_ANSWER:
		why_tell(t, "waiter", "no-answer",
			 "It still waited at the end, but was to be asked first, and had not said "
			 "yes.");
		return;
	case WAITER_ASKING:
		why_tell(t, "waiter", "asking",
			 "It still waited at the end, but the contact command had not said where "
			 "to tell it: that is done as soon as it does.");
		return;
	case WAITER_NOTIFIED:
		tell_told(t);
		return;
	}
}

/* --- the choice ---------------------------------------------------------------------- */

static void tell_yes(const struct why_teller *t)
{
	const struct answer *a = &t->o->answer;
	char at[TIME_STRLEN];

	if (a->mail[0])
		why_tell(t, "choice", a->confirmed || !t->y->confirm ? "yes" : "unconfirmed",
			 "Asked, it said yes at %s and gave the address %s%s.",
			 time_human(a->at, at), a->mail,
			 !t->y->confirm ? "" :
			 a->confirmed	? ", which its owner confirmed" :
					  ", which its owner has not confirmed: it does not count");
	else
		why_tell(t, "choice", "yes", "Asked, it said yes at %s.", time_human(a->at, at));
}

static void tell_choice(const struct why_teller *t)
{
	const struct answer *a = &t->o->answer;
	char at[TIME_STRLEN];

	if (a->choice == CHOICE_YES)
		tell_yes(t);
	else if (a->choice == CHOICE_NO)
		why_tell(t, "choice", "no", "Asked, it said no at %s.", time_human(a->at, at));
	else if (t->o->waits && t->y->rules->inquire != INQUIRE_OFF)
		why_tell(t, "choice", "none",
			 "The watch asks clients (%s): this one has not answered.",
			 t->y->rules->inquire == INQUIRE_WHERE ? "whether and where" : "whether");
	if (t->o->suppressed)
		why_tell(t, "choice", "suppressed", "The owner of %s asked never to hear of us.",
			 why_target(t->y, t->o));
}

/* --- notices ------------------------------------------------------------------------- */

static void tell_unsent(const struct why_teller *t, const struct notice *n)
{
	const struct conf_mail *mail = t->y->mail;
	bool held = n->due > n->created + (int64_t)mail->digest * NSEC_PER_SEC;
	char due[TIME_STRLEN];

	if (n->due == NOTICE_HELD)
		why_tell(t, "notice", "held",
			 "Notice %" PRIu64
			 " to %s waits for the router that handed it to us to release its list.",
			 n->id, n->mail);
	else if (!mail->configured)
		why_tell(t, "notice", "no-mail-section",
			 "Notice %" PRIu64 " to %s stays: the configuration has no mail section.",
			 n->id, n->mail);
	else if (!t->y->mailer_connected)
		why_tell(t, "notice", "no-mailer",
			 "Notice %" PRIu64 " to %s waits: the mailer is not running.", n->id,
			 n->mail);
	else if (held)
		why_tell(t, "notice", "rate",
			 "Notice %" PRIu64 " to %s is held until %s: that contact has had its %u "
			 "messages of this hour.",
			 n->id, n->mail, time_human(n->due, due), mail->rate);
	else
		why_tell(t, "notice", "digest",
			 "Notice %" PRIu64
			 " to %s is gathered with others until %s (digest, %u s).",
			 n->id, n->mail, time_human(n->due, due), mail->digest);
}

static void tell_queued(const struct why_teller *t, const struct notice *n, const struct message *m)
{
	char next[TIME_STRLEN], end[TIME_STRLEN];

	if (!m->tries)
		why_tell(t, "notice", "queued", "Notice %" PRIu64 " to %s is being delivered%s.",
			 n->id, n->mail,
			 t->y->mailer_connected ? "" : " as soon as the mailer runs");
	else
		why_tell(t, "notice", "retry",
			 "Notice %" PRIu64
			 " to %s: try %u failed with \"%u %s\"; tried again at %s, "
			 "given up at %s.",
			 n->id, n->mail, m->tries, m->code, m->answer, time_human(m->next, next),
			 time_human(m->created + (int64_t)t->y->mail->give_up * NSEC_PER_SEC, end));
}

static void tell_notice(const struct why_teller *t, const struct why_notice *p)
{
	const struct notice *n = &p->n;
	const struct message *m = &p->m;
	char done[TIME_STRLEN];

	if (p->h.id) {
		why_tell_handed(t, n, &p->h);
		return;
	}
	if (!m->id) {
		tell_unsent(t, n);
		return;
	}
	time_human(m->done, done);
	switch (m->state) {
	case MESSAGE_QUEUED:
		tell_queued(t, n, m);
		return;
	case MESSAGE_SENT:
		why_tell(t, "notice", "sent",
			 "Notice %" PRIu64
			 ": the mail server took it for %s at %s, on try %u, and said "
			 "\"%u %s\" (Message-ID %s).",
			 n->id, n->mail, done, m->tries, m->code, m->answer, m->message_id);
		return;
	case MESSAGE_REFUSED:
		why_tell(t, "notice", "refused",
			 "Notice %" PRIu64 " to %s was refused for good at %s: \"%u %s\".", n->id,
			 n->mail, done, m->code, m->answer);
		return;
	case MESSAGE_DROPPED:
		why_tell(t, "notice", "dropped",
			 "Notice %" PRIu64 " to %s was not sent, at %s: %s.", n->id, n->mail, done,
			 m->answer);
		return;
	case MESSAGE_GIVEN_UP:
		why_tell(t, "notice", "given-up",
			 "Notice %" PRIu64 " to %s was given up at %s after %u tries: \"%u %s\".",
			 n->id, n->mail, done, m->tries, m->code, m->answer);
		return;
	}
}

void why_tell_outage(const struct why_teller *t)
{
	const struct why_outage *o = t->o;
	unsigned int i;

	tell_outage(t);
	tell_choice(t);
	tell_waiter(t);
	for (i = o->n_notices; i-- > 0;)
		tell_notice(t, &o->notice[i]);
}

/* --- the verdict ----------------------------------------------------------------------- */

static void conclude_notice(const struct why_teller *t)
{
	const struct why_notice *last = &t->o->notice[0];

	if (last->h.id)
		why_conclude_handed(t, &last->h);
	else if (!last->m.id || last->m.state == MESSAGE_QUEUED)
		why_tell(t, "verdict", "owed", "It is owed a notice, which is on its way to %s.",
			 last->n.mail);
	else if (last->m.state == MESSAGE_SENT)
		why_tell(t, "verdict", "told", "It was told at %s.", last->n.mail);
	else
		why_tell(t, "verdict", message_state_name(last->m.state),
			 "It could not be told: the mail to %s %s.", last->n.mail,
			 last->m.state == MESSAGE_REFUSED ? "was refused for good" :
			 last->m.state == MESSAGE_DROPPED ? "was not wanted any more" :
							    "was given up");
}

static void conclude_waiting(const struct why_teller *t)
{
	switch (forecast(t)) {
	case WAITER_DECLINED:
		why_tell(t, "verdict", "declined", "It will not be told: it wants no notice.");
		return;
	case WAITER_NO_ANSWER:
		why_tell(t, "verdict", "no-answer", "It will not be told unless it says yes.");
		return;
	case WAITER_REACHED:
		why_tell(t, "verdict", "page-open", "Its page will take it to the service.");
		return;
	case WAITER_NO_CONTACT:
		why_tell(t, "verdict", "no-contact",
			 "It will not be told: there is no address that could be used.");
		return;
	case WAITER_ASKING:
		why_tell(t, "verdict", "asking",
			 "It will be told if the contact command knows where.");
		return;
	default:
		why_tell(t, "verdict", "waiting", "It will be told when the service is back.");
	}
}

void why_conclude(const struct why_teller *t)
{
	const struct why_outage *o = t->o;

	if (o->w.state == WAITER_WAITING)
		conclude_waiting(t);
	else if (o->w.state == WAITER_REACHED)
		why_tell(t, "verdict", "reached", "It was not told: it knew already.");
	else if (o->w.state == WAITER_NO_CONTACT)
		why_tell(t, "verdict", "no-contact",
			 "It was not told: there was no address that could be used.");
	else if (o->w.state == WAITER_ASKING)
		why_tell(t, "verdict", "asking",
			 "It will be told as soon as the contact command has said where.");
	else if (o->w.state == WAITER_DECLINED)
		why_tell(t, "verdict", "declined", "It was not told: it wanted no notice.");
	else if (o->w.state == WAITER_NO_ANSWER)
		why_tell(t, "verdict", "no-answer", "It was not told: it had not said yes.");
	else if (o->n_notices)
		conclude_notice(t);
	else
		why_tell(t, "verdict", "told-before",
			 "It was not told of this recovery: it had been told just before.");
}
