// SPDX-License-Identifier: GPL-2.0
/*
 * The functions of engine/kernel.h on an array.
 */
#include "engine_kernel.h"

#include <errno.h>
#include <string.h>

#include "common/timefmt.h"

struct kernel fake_kernel;

void fake_kernel_reset(void)
{
	memset(&fake_kernel, 0, sizeof(fake_kernel));
	fake_kernel.connected = true;
	fake_kernel.state = -1;
}

struct nl_attempt *fake_kernel_fail(const struct service *s, const struct addr *client,
				    int64_t last)
{
	struct nl_attempt *a = &fake_kernel.attempts[fake_kernel.n++];

	*a = (struct nl_attempt){
		.client = *client,
		.service = *s,
		.state = RINGBACK_ATTEMPT_FAILED,
		.reason = RINGBACK_REASON_NO_REPLY,
		.count = 3,
		.first = last - 1000,
		.last = last,
		.watch = "w",
	};
	return a;
}

static void drop(unsigned int i)
{
	fake_kernel.attempts[i] = fake_kernel.attempts[--fake_kernel.n];
}

void fake_kernel_answer(const struct service *s, const struct addr *client)
{
	unsigned int i;

	for (i = fake_kernel.n; i-- > 0;)
		if (service_equal(&fake_kernel.attempts[i].service, s) &&
		    addr_equal(&fake_kernel.attempts[i].client, client))
			drop(i);
}

uint64_t fake_stat(int attr)
{
	return 1000u + (unsigned int)attr;
}

int kernel_stats(struct kernel *k, struct nl_stats *stats, struct nl_config *limits)
{
	int i;

	if (!kernel_connected(k))
		return -ENOTCONN;
	for (i = 0; i <= RINGBACK_A_STATS_MAX; i++)
		stats->value[i] = fake_stat(i);
	*limits = (struct nl_config){ .value = {
					      [RINGBACK_A_CONFIG_MAX_ATTEMPTS] = 131072,
					      [RINGBACK_A_CONFIG_MAX_SERVICES] = 4096,
				      } };
	return 0;
}

bool kernel_connected(const struct kernel *k)
{
	return k && k->connected;
}

struct nl *kernel_requests(struct kernel *k)
{
	(void)k;
	return NULL; /* dumps are not played here */
}

void kernel_resync(struct kernel *k)
{
	if (k)
		k->resyncs++;
}

void kernel_want_attempts(struct kernel *k, const struct service *s)
{
	(void)s;
	if (k)
		k->wanted++;
}

int kernel_attempts(struct kernel *k, const struct service *s, nl_attempt_cb cb, void *arg)
{
	unsigned int i, missing;
	int rc;

	if (!kernel_connected(k))
		return -ENOTCONN;
	missing = k->torn && k->n ? --k->torn % k->n : k->n;
	for (i = 0; i < k->n; i++)
		if (i != missing && service_equal(&k->attempts[i].service, s) &&
		    (rc = cb(&k->attempts[i], arg)))
			return rc;
	return missing < k->n ? -EINTR : 0;
}

int kernel_declare(struct kernel *k, const struct service *s, enum ringback_service_state state)
{
	(void)s;
	if (!kernel_connected(k))
		return -ENOTCONN;
	if (state == RINGBACK_SERVICE_UP)
		k->up_since = time_now();
	k->state = state;
	return 0;
}

int kernel_forget(struct kernel *k, const struct service *s)
{
	unsigned int i;

	if (!kernel_connected(k))
		return -ENOTCONN;
	k->forgotten++;
	for (i = k->n; i-- > 0;)
		if (service_equal(&k->attempts[i].service, s))
			drop(i);
	return 0;
}

int kernel_note_evicted(struct kernel *k)
{
	bool evicted = k && k->evicted;

	if (evicted)
		k->evicted = false;
	return evicted ? store_waiter_lost(k->store, NULL) : 0;
}

uint32_t kernel_keep(const struct kernel *k, const char *name)
{
	(void)name;
	return k ? k->keep : 0;
}

int64_t kernel_kept_since(const struct kernel *k, const char *name)
{
	(void)name;
	return k ? k->kept_since : 0;
}
