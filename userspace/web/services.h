/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the engine has said of the services in trouble: a replica, for pages that
 * cannot wait and for those who listen.
 */
#ifndef RINGBACK_WEB_SERVICES_H
#define RINGBACK_WEB_SERVICES_H

#include "../common/msg.h"
#include "web.h"

/* Fatal: out of memory. */
struct services *services_new(struct web *w);
void services_free(struct services *s);
/* NULL: nothing is known. Valid until the next update. */
const struct msg_service *services_find(const struct services *s, const struct service *key);
/* From the engine: kept, and those who listen are told what changed. */
void services_update(struct services *s, const struct msg_service *m);
/*
 * A new engine tells all services in trouble. One that it has not named some
 * seconds later is in trouble no more.
 */
void services_all_anew(struct services *s);
/* What the stand-in speaks; HTTP where it has recovered this moment. */
enum profile services_profile(const struct conf *conf, const struct msg_service *m);

#endif /* RINGBACK_WEB_SERVICES_H */
