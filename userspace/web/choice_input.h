/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A choice as it comes, from a form or from JSON. Knows nothing of connections.
 */
#ifndef RINGBACK_WEB_CHOICE_INPUT_H
#define RINGBACK_WEB_CHOICE_INPUT_H

#include <stdbool.h>

#include "../common/msg.h"

/* Strings are of the form's text or of the JSON; "" where there is none. */
struct choice_input {
	enum choice choice;
	const char *mail, *token, *server, *proto, *port, *back;
	bool trapped;		/* the field is filled in that no person sees */
	char port_text[8];
	struct json_t *json;	/* what the strings are of, or NULL */
};

/* -EINVAL: no choice in it, or not well-formed. @text is decoded in place. */
int choice_from_form(struct choice_input *in, char *text);
int choice_from_json(struct choice_input *in, const char *text);
void choice_input_free(struct choice_input *in);

#endif /* RINGBACK_WEB_CHOICE_INPUT_H */
