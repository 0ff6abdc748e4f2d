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
INCLUDE_BYTES(status_style, "web/status.css");
INCLUDE_BYTES(status_script, "web/status.js");

static void send_file(struct conn *c, const char *type, const char *begin, const char *end)
{
	struct reply r = { .status = 200, .type = type, .keep = true };

	conn_reply(c, &r, begin, (size_t)(end - begin));
}

void assets_style(struct conn *c)
{
	send_file(c, "text/css; charset=utf-8", web_style, web_style_end);
}

void assets_script(struct conn *c)
{
	send_file(c, "text/javascript; charset=utf-8", web_script, web_script_end);
}

void assets_status_style(struct conn *c)
{
	send_file(c, "text/css; charset=utf-8", status_style, status_style_end);
}

void assets_status_script(struct conn *c)
{
	send_file(c, "text/javascript; charset=utf-8", status_script, status_script_end);
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
