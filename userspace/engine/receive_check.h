/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Does a list of another router make sense? Pure. The room that decoded it has looked, too;
 * but that one talks to strangers, and what it says is believed as little as they are.
 */
#ifndef RINGBACK_ENGINE_RECEIVE_CHECK_H
#define RINGBACK_ENGINE_RECEIVE_CHECK_H

#include "../common/msg.h"
#include "../common/timefmt.h"

/*
 * How long a list that was released is remembered, and how old its outage may be: what is
 * said again within that is known, what is said later is refused. More than the 30 days that
 * a router repeats itself at most; ns.
 */
#define RECEIVE_REMEMBERED (31 * 86400 * NSEC_PER_SEC)

/* NULL, or what is wrong with @h, which passed msg_recv(). @now: ns since the Epoch. */
const char *receive_fault(const struct msg_handover *h, int64_t now);

#endif /* RINGBACK_ENGINE_RECEIVE_CHECK_H */
