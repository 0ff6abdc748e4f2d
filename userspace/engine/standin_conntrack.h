/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Connection tracking's memory of SYNs that went to the server: as long as it is
 * there, what the stand-in answers in a server's place is translated as if it were
 * not, and a masqueraded client hears nothing. The only place with
 * libnetfilter_conntrack.
 */
#ifndef RINGBACK_ENGINE_STANDIN_CONNTRACK_H
#define RINGBACK_ENGINE_STANDIN_CONNTRACK_H

#include <stdbool.h>

#include "../common/addr.h"

/* Whether connections are tracked in this namespace. */
bool standin_conntrack_used(void);
/* Deletes what has not been answered of connections to @s. Returns how many, -errno. */
int standin_conntrack_forget(const struct service *s);

#endif /* RINGBACK_ENGINE_STANDIN_CONNTRACK_H */
