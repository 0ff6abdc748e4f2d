// SPDX-License-Identifier: GPL-2.0
/*
 * The functions of engine/standin.h where nobody stands in.
 */
#include "engine_standin.h"

#include "engine/standin.h"

struct fake_reconsidered fake_reconsidered;

void standin_outage(struct standin *st, const struct conf_watch *w, const struct service *s,
		    enum recovery_phase phase)
{
	(void)st;
	(void)w;
	(void)s;
	(void)phase;
}

void standin_over(struct standin *st, const struct service *s)
{
	(void)st;
	(void)s;
}

void standin_heard(struct standin *st, const struct nl_service *s)
{
	(void)st;
	(void)s;
}

void standin_met(struct standin *st, const struct addr *client, const struct service *s)
{
	(void)st;
	(void)client;
	(void)s;
}

void standin_reconsider(struct standin *st, const struct addr *client, const struct service *s)
{
	(void)st;
	fake_reconsidered.client = *client;
	fake_reconsidered.service = *s;
}
