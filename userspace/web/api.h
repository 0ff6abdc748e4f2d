/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The HTTP API (docs/inquiry.md): JSON of what is known, and the client's answer.
 */
#ifndef RINGBACK_WEB_API_H
#define RINGBACK_WEB_API_H

#include <jansson.h>

#include "../common/msg.h"
#include "conn.h"

/* Data of the events "state" and "back"; new references. */
json_t *api_state_event(const struct msg_service *m);
json_t *api_back_event(const struct msg_service *m, uint32_t after_ms);

/* v1/inquiry, v1/inquiries, v1/choice */
void api_inquiry(struct conn *c);
void api_inquiries(struct conn *c);
void api_choice(struct conn *c);

#endif /* RINGBACK_WEB_API_H */
