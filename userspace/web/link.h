/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The links of our mails: "confirm" and "stop".
 */
#ifndef RINGBACK_WEB_LINK_H
#define RINGBACK_WEB_LINK_H

#include "conn.h"

/* GET shows what would be done, POST does it: confirm?t=TOKEN, stop?t=TOKEN. */
void link_follow(struct conn *c);

#endif /* RINGBACK_WEB_LINK_H */
