/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who answers which path, on each face.
 */
#ifndef RINGBACK_WEB_ROUTE_H
#define RINGBACK_WEB_ROUTE_H

#include "conn.h"

/* The request of @c is complete: hands it to whom it is for. */
void route_request(struct conn *c);

#endif /* RINGBACK_WEB_ROUTE_H */
