// SPDX-License-Identifier: GPL-2.0
/*
 * Files that are part of the program.
 */
#include "assets.h"

/* A file by its path from userspace/. */
#define BYTES(file) ".incbin \"" file "\"\n"
/* The bytes of @files, BYTES() one after the other, from @name to @name_end. */
#define INCLUDE(name, files)                                                           \
	__asm__(".section .rodata\n"                                                   \
		".global " #name ", " #name "_end\n" #name ":\n" files #name "_end:\n" \
		".previous\n");                                                        \
	extern const char name[], name##_end[]

INCLUDE(web_style, BYTES("web/palette.css") BYTES("web/style.css"));
INCLUDE(web_script, BYTES("web/page.js"));
INCLUDE(status_style, BYTES("web/palette.css") BYTES("web/status.css"));
INCLUDE(status_script, BYTES("web/status.js"));

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
