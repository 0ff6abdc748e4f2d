/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The page in place of a dead service.
 */
#ifndef RINGBACK_WEB_PAGE_H
#define RINGBACK_WEB_PAGE_H

#include "conn.h"

/* Any request to the dead service: 503, in the form and language asked for. */
void page_standin(struct conn *c);

#endif /* RINGBACK_WEB_PAGE_H */
