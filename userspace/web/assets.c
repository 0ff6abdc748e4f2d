// SPDX-License-Identifier: GPL-2.0
/*
 * Files that are part of the program.
 */
#include "assets.h"

/* The bytes of @file, its path from userspace/, from @name to @name_end. */
#define INCLUDE_BYTES(name, file)                                \
	__asm__(".section .rodata\n"                             \
		".global " #name ", " #name "_end\n" #name ":\n" \
		".incbin \"" file "\"\n" #name "_end:\n"         \
		".previous\n");                                  \
	extern const char name[], name##_end[]

INCLUDE_BYTES(web_style, "web/style.css");
INCLUDE_BYTES(web_script, "web/page.js");

void assets_style(struct conn *c)
{
	static const struct reply r = {
		.status = 200,
		.type = "text/css; charset=utf-8",
		.keep = true,
	};

	conn_reply(c, &r, web_style, (size_t)(web_style_end - web_style));
}

void assets_script(struct conn *c)
{
	static const struct reply r = {
		.status = 200,
		.type = "text/javascript; charset=utf-8",
		.keep = true,
	};

	conn_reply(c, &r, web_script, (size_t)(web_script_end - web_script));
}

/* A picture may be a document with scripts of its own (SVG): here it is none. */
void assets_logo(struct conn *c)
{
	const struct conf_web *conf = &c->web->conf->web;
	struct reply r = { .status = 200, .type = conf->logo_type, .keep = true };

	if (conf->logo)
		conn_reply(c, &r, conf->logo, conf->logo_size);
	else
		conn_plain(c, 404, "There is no logo.");
}
