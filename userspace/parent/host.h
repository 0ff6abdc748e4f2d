/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a configuration needs of the host it runs on, as far as that can be seen
 * without trying.
 */
#ifndef RINGBACK_PARENT_HOST_H
#define RINGBACK_PARENT_HOST_H

#include "../common/conf.h"

/* Calls @say for each thing of this host that is in the way of @conf's stand-in. */
void host_check(const struct conf *conf, void (*say)(const char *text));

#endif /* RINGBACK_PARENT_HOST_H */
