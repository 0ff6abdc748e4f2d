// SPDX-License-Identifier: GPL-2.0
/*
 * The stand-in's needs of the host: settings that keep marked packets from it, and
 * modules of the kernel that may not be installed.
 */
#include "host.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define LINE_LEN 512

static bool is_set(const char *path)
{
	FILE *f = fopen(path, "re");
	int value = 0;

	if (!f)
		return false;
	if (fscanf(f, "%d", &value) != 1)
		value = 0;
	fclose(f);
	return value;
}

static void check_settings(void (*say)(const char *text))
{
	/* of each interface, of all, and of those to come */
	static const char *const patterns[] = {
		"/proc/sys/net/ipv4/conf/*/src_valid_mark",
		"/proc/sys/net/ipv4/tcp_fwmark_accept",
	};
	char text[LINE_LEN];
	glob_t found;

	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		if (glob(patterns[i], 0, NULL, &found))
			continue;
		for (size_t j = 0; j < found.gl_pathc; j++) {
			if (!is_set(found.gl_pathv[j]))
				continue;
			snprintf(text, sizeof(text), "the stand-in does not work unless %s is 0",
				 found.gl_pathv[j]);
			say(text);
		}
		globfree(&found);
	}
}

/* Whether a line of @path, a list of the kernel's modules, is about @module. */
static bool lists(const char *path, const char *module)
{
	char name[64], line[LINE_LEN];
	FILE *f = fopen(path, "re");
	bool found = false;

	if (!f)
		return false;
	snprintf(name, sizeof(name), "/%s.ko", module);
	while (!found && fgets(line, sizeof(line), f)) {
		line[strcspn(line, ":\n")] = '\0'; /* what it depends on is not it */
		found = strstr(line, name);
	}
	fclose(f);
	return found;
}

static void check_modules(void (*say)(const char *text))
{
	static const char *const modules[] = { "nft_tproxy", "nft_socket", "nfnetlink_queue" };
	char there[128], builtin[128], text[LINE_LEN];
	struct utsname u;

	if (uname(&u))
		return;
	snprintf(there, sizeof(there), "/lib/modules/%.64s/modules.dep", u.release);
	snprintf(builtin, sizeof(builtin), "/lib/modules/%.64s/modules.builtin", u.release);
	/* A kernel without any list is somebody's own: its owner knows. */
	if (access(there, R_OK))
		return;
	for (size_t i = 0; i < sizeof(modules) / sizeof(modules[0]); i++) {
		if (lists(there, modules[i]) || lists(builtin, modules[i]))
			continue;
		snprintf(text, sizeof(text),
			 "the stand-in needs the kernel's module %s, which is not installed",
			 modules[i]);
		say(text);
	}
}

void host_check(const struct conf *conf, void (*say)(const char *text))
{
	bool standin = false;

	for (size_t i = 0; i < conf->n_watches; i++)
		standin |= conf->watches[i].standin;
	if (!standin)
		return;
	check_settings(say);
	check_modules(say);
}
