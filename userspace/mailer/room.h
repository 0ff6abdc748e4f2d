/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The room "mailer" with a way of handing on mail chosen by the caller; tests
 * choose one that hands on nothing.
 */
#ifndef RINGBACK_MAILER_ROOM_H
#define RINGBACK_MAILER_ROOM_H

#include "../common/room.h"
#include "via.h"

int mailer_run(const struct room_start *start, const struct via *via);

#endif /* RINGBACK_MAILER_ROOM_H */
