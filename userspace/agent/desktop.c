// SPDX-License-Identifier: GPL-2.0
/*
 * Notifications by notify-send(1): executed without a shell, with texts that came
 * from afar.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent.h"

#define TEXT_MAX 512

static bool is_set(const char *name)
{
	const char *value = getenv(name);

	return value && value[0];
}

const char *desktop_find(void)
{
	static char found[512];
	const char *dir = getenv("PATH");
	size_t n;

	if (!dir || (!is_set("DISPLAY") && !is_set("WAYLAND_DISPLAY")))
		return NULL;
	for (;; dir += n + 1) {
		n = strcspn(dir, ":");
		/* An empty part is the current directory: not for us. */
		if (n && dir[0] == '/' && n + sizeof("/notify-send") <= sizeof(found)) {
			snprintf(found, sizeof(found), "%.*s/notify-send", (int)n, dir);
			if (access(found, X_OK) == 0)
				return found;
		}
		if (!dir[n])
			return NULL;
	}
}

/* Controls become blanks; @markup: what a notification's body would read as HTML is escaped. */
static void harmless(char to[TEXT_MAX], const char *from, bool markup)
{
	size_t n = 0;

	for (; *from && n + sizeof("&amp;") < TEXT_MAX; from++) {
		const char *entity = *from == '<' ? "&lt;" :
				     *from == '>' ? "&gt;" :
				     *from == '&' ? "&amp;" :
						    NULL;

		if (markup && entity)
			n += sprintf(to + n, "%s", entity);
		else
			to[n++] = (unsigned char)*from < ' ' || *from == 0x7f ? ' ' : *from;
	}
	/* Not in the middle of a character. */
	if (((unsigned char)*from & 0xc0) == 0x80) {
		while (n && ((unsigned char)to[n - 1] & 0xc0) == 0x80)
			n--;
		n -= n > 0;
	}
	to[n] = '\0';
}

void desktop_notify(const char *program, const char *title, const char *text)
{
	char summary[TEXT_MAX], body[TEXT_MAX];
	int null;

	harmless(summary, title, false);
	harmless(body, text, true);
	/* Nobody waits for it. */
	signal(SIGCHLD, SIG_IGN);
	if (fork() != 0)
		return;
	null = open("/dev/null", O_RDWR);
	if (null >= 0) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
	}
	signal(SIGCHLD, SIG_DFL);
	execl(program, program, "--app-name=ringback", "--", summary, body, (char *)NULL);
	_exit(127);
}
