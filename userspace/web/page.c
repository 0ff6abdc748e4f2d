// SPDX-License-Identifier: GPL-2.0
/*
 * The page in place of a dead service.
 */
#include "page.h"

#include "services.h"

void page_standin(struct conn *c)
{
	const struct msg_service *m = services_find(c->web->services, &c->service);
	struct reply r = {
		.status = 503,
		.type = "text/plain; charset=utf-8",
		.headers = "Retry-After: 30\r\n",
	};
	char text[512], server[ADDR_STRLEN];
	int len;

	addr_format(&c->service.server, server);
	len = snprintf(text, sizeof(text), "%s is not answering.\n",
		       m && *m->server_name ? m->server_name : server);
	conn_reply(c, &r, text, (size_t)len);
}
