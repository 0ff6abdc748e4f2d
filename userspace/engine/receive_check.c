// SPDX-License-Identifier: GPL-2.0
/*
 * Does a list of another router make sense? Pure.
 */
#include "receive_check.h"

#include "../common/utf8.h"

/* How far the clock of a router may be ahead of ours. */
#define AHEAD	     (86400 * NSEC_PER_SEC)
#define EVIDENCE_ALL (EVIDENCE_TRAP | EVIDENCE_REPLY | EVIDENCE_PROBE | EVIDENCE_OPERATOR)

/* What is said of its outage. One without an end would be open, and nobody would close it. */
static const char *outage_fault(const struct msg_handover *h, int64_t now)
{
	if (!reason_name(h->reason) || h->evidence & ~EVIDENCE_ALL)
		return "its reason or evidence is not known";
	if (h->began <= 0 || h->ended < h->began)
		return "its outage has not ended, or ended before it began";
	if (h->ended > now + AHEAD)
		return "its outage ends in the future";
	if (h->ended < now - RECEIVE_REMEMBERED)
		return "its outage is over for more than 31 days";
	return NULL;
}

static const char *rows_fault(const struct msg_handover *h)
{
	if (!h->parts || h->clients < h->parts || h->clients < h->n_rows)
		return "its numbers of parts and clients contradict one another";
	for (uint32_t i = 0; i < h->n_rows; i++) {
		if (!reason_name(h->rows[i].reason))
			return "the reason of a client is not known";
	}
	return NULL;
}

const char *receive_fault(const struct msg_handover *h, int64_t now)
{
	const char *why;

	if (!h->router[0] || !utf8_line(h->router) || !utf8_line(h->server_name) ||
	    !utf8_line(h->watch))
		return "one of its names is no text";
	if (h->act != HANDOVER_PART && h->act != HANDOVER_RELEASE)
		return NULL;
	why = outage_fault(h, now);
	return why ? why : rows_fault(h);
}
