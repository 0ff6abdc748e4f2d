// SPDX-License-Identifier: GPL-2.0
/*
 * Noise for what reads HTTP: heads of requests, forms, choices, weighted lists,
 * and the writers that escape what came. The first byte chooses.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "web/choice_input.h"
#include "web/form.h"
#include "web/html.h"
#include "web/http.h"
#include "web/negotiate.h"

static void fuzz_head(char *text, size_t len)
{
	struct http_request r;

	if (http_parse(&r, text, len))
		return;
	assert(r.target[0] == '/' && r.path_len <= strlen(r.target) && *r.method);
	assert(r.n_headers <= HTTP_HEADERS_MAX && r.minor <= 1 && !strpbrk(r.target, " \r\n"));
	for (size_t i = 0; i < r.n_headers; i++)
		assert(!strpbrk(r.headers[i].value, "\r\n") && *r.headers[i].name);
	negotiate_form(http_header(&r, "Accept"));
	negotiate_lang(http_header(&r, "Accept-Language"));
}

/* What is taken for a way back can stand in a header. */
static void fuzz_choice(struct choice_input *in)
{
	assert(in->choice <= CHOICE_NO && utf8_printable(in->mail));
	if (form_local_path(in->back))
		assert(in->back[0] == '/' && in->back[1] != '/' && !strpbrk(in->back, " \r\n\\"));
	choice_input_free(in);
}

/* Escaped text holds no markup and is UTF-8, whatever it was. */
static void fuzz_html(const char *text)
{
	char *out = NULL;
	size_t len;
	FILE *f = open_memstream(&out, &len);
	const struct html_value value = { "a", "{{a}}" };

	html_text(f, text);
	fflush(f);
	assert(!strpbrk(out, "<>\"'"));
	for (char *c = out; *c; c++)
		*c = *c == '\n' || *c == '\t' || *c == '\r' ? ' ' : *c;
	assert(utf8_printable(out));
	html_template(f, text, &value, 1);
	html_fill(f, text, text);
	fclose(f);
	free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct choice_input in;
	char *text;

	if (!size)
		return 0;
	text = malloc(size);
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	switch (data[0] % 4) {
	case 0:
		fuzz_head(text, size - 1);
		break;
	case 1:
		if (!choice_from_form(&in, text))
			fuzz_choice(&in);
		break;
	case 2:
		if (!choice_from_json(&in, text))
			fuzz_choice(&in);
		break;
	default:
		negotiate_form(text);
		negotiate_lang(text);
		fuzz_html(text);
		break;
	}
	free(text);
	return 0;
}
