// SPDX-License-Identifier: GPL-2.0
/*
 * JSON in and out.
 */
#include "api.h"

#include "../common/conf.h"
#include <stdio.h>
#include "words.h"

static const char *state_name(uint8_t state)
{
	static const char *const names[] = { "down", "returning", "up" };

	return state < sizeof(names) / sizeof(names[0]) ? names[state] : "unknown";
}

json_t *api_state_event(const struct msg_service *m)
{
	char server[ADDR_STRLEN], proto[8], waiting[WORDS_WAITING_MAX];

	return json_pack("{ss ss si ss ss}", "server", addr_format(&m->service.server, server),
			 "proto", proto_format(m->service.proto, proto), "port", m->service.port,
			 "state", state_name(m->state), "waiting",
			 words_waiting(LANG_EN, m->waiting, waiting));
}

json_t *api_back_event(const struct msg_service *m, uint32_t after_ms)
{
	char server[ADDR_STRLEN], proto[8];

	return json_pack("{ss ss si ss* sI}", "server", addr_format(&m->service.server, server),
			 "proto", proto_format(m->service.proto, proto), "port", m->service.port,
			 "name", m->server_name, "after", (json_int_t)after_ms);
}

void api_inquiry(struct conn *c)
{
	conn_plain(c, 503, "not yet");
}

void api_inquiries(struct conn *c)
{
	conn_plain(c, 503, "not yet");
}

void api_choice(struct conn *c)
{
	conn_plain(c, 503, "not yet");
}
