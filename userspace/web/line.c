// SPDX-License-Identifier: GPL-2.0
/*
 * Greetings of line protocols.
 */
#include "line.h"

#include <stdio.h>

size_t line_for(const struct service *s, const char *name, char buf[LINE_MAX_LEN])
{
	char server[ADDR_STRLEN];
	int len;

	addr_format(&s->server, server);
	switch (s->port) {
	case 25:
	case 587:
		len = snprintf(buf, LINE_MAX_LEN,
			       "421 [%s%s] Service not available, try again later\r\n",
			       s->server.family == AF_INET6 ? "IPv6:" : "", server);
		break;
	case 21:
		len = snprintf(buf, LINE_MAX_LEN,
			       "421 %s: service not available, try again later.\r\n", server);
		break;
	default:
		len = snprintf(buf, LINE_MAX_LEN,
			       "%.128s is not answering. Please try again later.\r\n",
			       *name ? name : server);
		break;
	}
	return len < 0 ? 0 : (size_t)len;
}
