/* SPDX-License-Identifier: GPL-2.0 */
/*
 * When a message is tried again. Pure.
 */
#ifndef RINGBACK_ENGINE_RETRY_H
#define RINGBACK_ENGINE_RETRY_H

#include <stdint.h>

#include "../common/conf.h"

#define RETRY_GIVE_UP 0

/*
 * The try number @tries (1..) of a message first queued at @t0 ended at @now
 * without success: when to try again, or RETRY_GIVE_UP. Times are ns since the
 * Epoch. Left alone, try n + 1 takes place at t0 + retry_min * n * n, with no
 * two tries further apart than retry_max; the last one is when give_up is over.
 */
int64_t retry_next(const struct conf_mail *m, int64_t t0, uint32_t tries, int64_t now);

#endif /* RINGBACK_ENGINE_RETRY_H */
