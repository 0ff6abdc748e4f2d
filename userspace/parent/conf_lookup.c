// SPDX-License-Identifier: GPL-2.0
/*
 * Other programs of the host that the daemon works with: the command that knows
 * contacts, and the SNMP agent that our tables are served by.
 */
#include "conf_schema.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define ARGS_MAX      32 /* with the program itself */
#define ARG_MAX_BYTES 1000

static const char *program_fault(const char *path)
{
	struct stat st;

	if (*path != '/')
		return "expected an absolute path";
	if (stat(path, &st))
		return strerror(errno);
	if (!S_ISREG(st.st_mode) || !(st.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)))
		return "expected a program";
	return NULL;
}

void conf_contact_command(CONF_PARSE_ARGS)
{
	struct conf_lookup *lookup = &((struct conf *)object)->lookup;
	const char *fault;

	(void)key;
	if (!entry->n || entry->n > ARGS_MAX) {
		conf_expected(r, entry, NULL, "a program and up to 31 arguments");
		return;
	}
	fault = program_fault(entry->values[0].text);
	if (fault)
		conf_file_error(r, entry, fault);
	for (size_t i = 1; i < entry->n; i++) {
		if (strlen(entry->values[i].text) > ARG_MAX_BYTES) {
			conf_errors_add(r->errors, entry->values[i].line,
					"%s: expected arguments of up to %d bytes", entry->key,
					ARG_MAX_BYTES);
			return;
		}
	}
	lookup->argv = conf_grow(NULL, entry->n, sizeof(*lookup->argv));
	for (size_t i = 0; i < entry->n; i++)
		lookup->argv[i] = conf_strdup(entry->values[i].text);
	lookup->argv[entry->n] = NULL;
}

void conf_lookup_check(struct conf_reader *r, const struct conf_block *b)
{
	static const char *const with[] = { "contact-timeout", "contact-cache",
					    "contact-processes" };

	for (size_t i = 0; i < sizeof(with) / sizeof(with[0]); i++) {
		if (conf_given(b, with[i]) && !r->conf->lookup.argv)
			conf_errors_add(r->errors, conf_line_of(b, with[i]),
					"%s: expected contact-command beside it", with[i]);
	}
}

/* "tcp:HOST:PORT", as snmpd's agentXSocket has it */
static bool tcp_ok(const char *text)
{
	const char *port = strrchr(text, ':');

	return !strncmp(text, "tcp:", 4) && port > text + 4 && port - text < 4 + 253 &&
	       strlen(port + 1) <= 5 && strspn(port + 1, "0123456789") == strlen(port + 1) &&
	       atoi(port + 1) >= 1 && atoi(port + 1) <= 65535;
}

void conf_agentx(CONF_PARSE_ARGS)
{
	const struct conf_value *v = conf_one(r, entry);
	struct conf *conf = object;
	int truth;

	(void)key;
	if (!v)
		return;
	truth = conf_truth(v->text);
	if (truth > 0)
		conf_replace(&conf->agentx, AGENTX_SOCKET_DEFAULT);
	else if (tcp_ok(v->text) ||
		 (*v->text == '/' && strlen(v->text) < sizeof(((struct sockaddr_un *)0)->sun_path)))
		conf_replace(&conf->agentx, v->text);
	else if (truth < 0)
		conf_expected(r, entry, v,
			      "true, the absolute path of a socket, or \"tcp:HOST:PORT\"");
}
