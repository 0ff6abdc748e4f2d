/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One service as a client sees it: what is going on, what we know, and the
 * question. The stand-in's page is one of them, the portal a row of them.
 */
#ifndef RINGBACK_WEB_PANEL_H
#define RINGBACK_WEB_PANEL_H

#include <stdio.h>

#include "../common/msg.h"
#include "conn.h"
#include "words.h"

struct panel {
	enum lang lang;
	const struct msg_service *m;
	const struct msg_standing *standing;	/* NULL: the engine has not said */
	const char *target;			/* where the client wanted to go; NULL: portal */
	enum word notice;			/* what went wrong with its answer; W_MAX: nothing */
};

void panel_write(FILE *f, const struct conn *c, const struct panel *p);
/* The name of a service for people: that of its server, or the address. @buf: ADDR_STRLEN. */
const char *panel_name(const struct msg_service *m, char *buf);
/* The headline's form for a state. */
enum word panel_headline(uint8_t state);

#endif /* RINGBACK_WEB_PANEL_H */
