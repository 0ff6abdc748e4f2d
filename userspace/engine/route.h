/* SPDX-License-Identifier: GPL-2.0 */
/*
 * By what a client can be told, as things are: its contact, the address that it gave, a
 * list.
 */
#ifndef RINGBACK_ENGINE_ROUTE_H
#define RINGBACK_ENGINE_ROUTE_H

#include "engine.h"

/*
 * What @w answered (choice NONE: nothing), and by what it can be told under @watch.
 * w->mail becomes the address to use. 0 or -errno.
 */
int route_way(struct engine *e, const struct conf_watch *watch, struct waiter *w, struct answer *a,
	      struct way *way);

/*
 * *@n: what @w is owed about @o, created at @now; to its mail address, which may be "".
 * Nothing is said of when it is due.
 */
void notice_about(struct notice *n, const struct outage *o, const struct waiter *w, int64_t now);

#endif /* RINGBACK_ENGINE_ROUTE_H */
