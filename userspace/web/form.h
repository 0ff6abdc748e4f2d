/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Fields of a form or a query (application/x-www-form-urlencoded). Pure.
 */
#ifndef RINGBACK_WEB_FORM_H
#define RINGBACK_WEB_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "../common/addr.h"

#define FORM_FIELDS_MAX	16

struct form {
	size_t n;
	struct {
		const char *name, *value;
	} fields[FORM_FIELDS_MAX];
};

/*
 * Decodes @text in place; the form's strings are of it. -EINVAL: too many fields,
 * an escape that is none or a NUL, text that is no printable UTF-8.
 */
int form_parse(struct form *f, char *text);
/* The first field of that name; "" if there is none. */
const char *form_get(const struct form *f, const char *name);
/* Fields server, proto and port; -EINVAL when these name no service. */
int form_service(const char *server, const char *proto, const char *port, struct service *s);
/*
 * A path of this site to go back to: begins with one slash, and has nothing in
 * it that a Location header or a browser could understand otherwise.
 */
bool form_local_path(const char *path);

#endif /* RINGBACK_WEB_FORM_H */
