/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The choice that clients send.
 */
#ifndef RINGBACK_WEB_CHOICE_H
#define RINGBACK_WEB_CHOICE_H

#include "conn.h"

/* POST v1/choice, form or JSON */
void choice_post(struct conn *c);

#endif /* RINGBACK_WEB_CHOICE_H */
