/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The HTTP API (docs/inquiry.md): JSON of what is known.
 */
#ifndef RINGBACK_WEB_API_H
#define RINGBACK_WEB_API_H

#include <jansson.h>

#include "../common/msg.h"
#include "conn.h"
#include "words.h"

/* Data of the events "state" and "back"; new references. */
json_t *api_state_event(const struct msg_service *m, enum lang lang);
json_t *api_back_event(const struct msg_service *m, uint32_t after_ms);

/* Sends @body, and drops the reference to it. @type as in struct reply, as @headers. */
void api_send(struct conn *c, int status, const char *type, const char *headers, json_t *body);
/* Problem details (RFC 9457): @outcome as docs/inquiry.md lists them. */
void api_problem(struct conn *c, int status, const char *outcome);
/* The page in place of a service, for a program. */
void api_problem_service(struct conn *c, const struct msg_service *m, const char *headers);

/* v1/inquiry, v1/inquiries */
void api_inquiry(struct conn *c);
void api_inquiries(struct conn *c);

#endif /* RINGBACK_WEB_API_H */
