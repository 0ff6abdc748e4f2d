/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What must be there before a room can start: directories, the lock, the user.
 * Every error is logged where it is found.
 */
#ifndef RINGBACK_PARENT_START_H
#define RINGBACK_PARENT_START_H

#include "../common/conf.h"
#include "rights.h"

/* Fills in @r; the caller frees r->empty. 0 or -errno. */
int start_rights(struct rights *r, const struct conf *conf);

/* The control socket's directory, and in it the empty one. 0 or -errno. */
int start_run_dir(const struct rights *r);

/* The store's directory, which must be the user's own. 0 or -errno. */
int start_store_dir(const struct conf *conf, const struct rights *r);

/*
 * Locks "ringbackd.pid" beside the control socket and writes our number into
 * it. The descriptor, to be held for life; -EWOULDBLOCK: there is another
 * instance; -errno.
 */
int start_lock(const struct conf *conf);

#endif /* RINGBACK_PARENT_START_H */
