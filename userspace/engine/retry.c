// SPDX-License-Identifier: GPL-2.0
/*
 * The retry schedule of the outbox.
 */
#include "retry.h"

#include "../common/timefmt.h"

int64_t retry_next(const struct conf_mail *m, int64_t t0, uint32_t tries, int64_t now)
{
	int64_t end = t0 + (int64_t)m->give_up * NSEC_PER_SEC;
	int64_t wait, next;

	if (now >= end)
		return RETRY_GIVE_UP;
	/*
	 * n * n - (n - 1) * (n - 1), counted from now: after the daemon was away
	 * tries do not pile up.
	 */
	wait = (int64_t)m->retry_min * (2 * (int64_t)(tries ? tries : 1) - 1);
	if (wait > m->retry_max)
		wait = m->retry_max;
	next = now + wait * NSEC_PER_SEC;
	return next < end ? next : end;
}
