/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The pages: in place of a dead service, and the client's own on the portal.
 */
#ifndef RINGBACK_WEB_PAGE_H
#define RINGBACK_WEB_PAGE_H

#include "conn.h"
#include "words.h"

/* Any request to the dead service: 503, in the form and language asked for. */
void page_standin(struct conn *c);
/* GET / of the portal: everything that the client could not reach. */
void page_portal(struct conn *c);
/*
 * The page again, after an answer of the client's: with that status, and the word
 * why it was refused, or W_MAX. It leads back to @target, which lives as long as the
 * request.
 */
void page_answered(struct conn *c, int status, enum word why, const char *target);

#endif /* RINGBACK_WEB_PAGE_H */
