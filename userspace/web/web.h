/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The room "web": what its parts share.
 */
#ifndef RINGBACK_WEB_WEB_H
#define RINGBACK_WEB_WEB_H

#include <event2/event.h>

#include "../common/conf.h"
#include "../common/msg.h"

struct web {
	const struct conf *conf;
	struct event_base *base;
	struct msg_chan parent, engine;
	struct event *from_parent, *from_engine; /* from_engine NULL: not connected */
	struct msg msg; /* the one being received */
};

#endif /* RINGBACK_WEB_WEB_H */
