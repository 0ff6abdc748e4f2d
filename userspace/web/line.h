/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the stand-in says on ports of line protocols, where no page can be shown.
 */
#ifndef RINGBACK_WEB_LINE_H
#define RINGBACK_WEB_LINE_H

#include <stddef.h>

#include "../common/addr.h"

#define LINE_MAX_LEN	256

/*
 * The greeting of a service that is not there: 421 of SMTP (RFC 5321, 3.8) and
 * FTP (RFC 959, 4.2), for others a sentence, which ssh shows as it comes before
 * the version (RFC 4253, 4.2). @name: of the server, UTF-8, "" if none.
 * Returns the length of what is in @buf, its CRLF included.
 */
size_t line_for(const struct service *s, const char *name, char buf[LINE_MAX_LEN]);

#endif /* RINGBACK_WEB_LINE_H */
