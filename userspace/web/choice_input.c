// SPDX-License-Identifier: GPL-2.0
/*
 * Reading a choice.
 */
#include "choice_input.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "form.h"
#include "html.h"

static int word(struct choice_input *in, const char *text)
{
	for (unsigned int choice = CHOICE_NONE; choice <= CHOICE_NO; choice++) {
		if (!strcmp(text, choice_name((uint8_t)choice))) {
			in->choice = choice;
			return 0;
		}
	}
	return -EINVAL;
}

int choice_from_form(struct choice_input *in, char *text)
{
	struct form f;

	*in = (struct choice_input){ 0 };
	if (form_parse(&f, text))
		return -EINVAL;
	in->mail = form_get(&f, "mail");
	in->token = form_get(&f, "token");
	in->server = form_get(&f, "server");
	in->proto = form_get(&f, "proto");
	in->port = form_get(&f, "port");
	in->back = form_get(&f, "return");
	in->trapped = *form_get(&f, "website");
	return word(in, form_get(&f, "choice"));
}

static const char *member(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

int choice_from_json(struct choice_input *in, const char *text)
{
	json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	const json_t *port = json_object_get(json, "port");

	*in = (struct choice_input){ .json = json, .back = "" };
	in->mail = member(json, "mail");
	in->token = member(json, "token");
	in->server = member(json, "server");
	in->proto = member(json, "proto");
	if (json_integer_value(port) > 0 && json_integer_value(port) <= UINT16_MAX)
		snprintf(in->port_text, sizeof(in->port_text), "%d", (int)json_integer_value(port));
	in->port = in->port_text;
	if (json_is_object(json) && utf8_printable(in->mail) && !word(in, member(json, "choice")))
		return 0;
	choice_input_free(in);
	return -EINVAL;
}

void choice_input_free(struct choice_input *in)
{
	json_decref(in->json);
	in->json = NULL;
}
