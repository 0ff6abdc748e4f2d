// SPDX-License-Identifier: GPL-2.0
/* Reading arguments and complaining about them; the way to the kernel. */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/log.h"
#include "cli.h"

int cli_fail(struct cli *cli, int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(cli->error, sizeof(cli->error), fmt, ap);
	va_end(ap);
	return status;
}

void cli_warn(const char *fmt, ...)
{
	char raw[512], line[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	log_escape(line, sizeof(line), raw);
	fprintf(stderr, "ringback: %s\n", line);
}

const char *cli_reason(uint8_t reason)
{
	return reason == RINGBACK_REASON_NONE ? NULL : nl_reason_name(reason);
}

int cli_end(struct cli *cli, int status)
{
	if (cli->error[0])
		cli_warn("%s", cli->error);
	writer_free(cli->out);
	nl_close(cli->nl);
	return status;
}

int cli_finish(struct cli *cli)
{
	int err = writer_finish(cli->out);

	return err ? cli_fail(cli, CLI_FAILED, "cannot write the output: %s", strerror(-err)) :
		     CLI_OK;
}

int cli_kernel(struct cli *cli)
{
	int err = cli->nl ? 0 : nl_open(&cli->nl);

	return err ? cli_fail(cli, CLI_FAILED, "%s", nl_strerror_open(err)) : CLI_OK;
}

int cli_kernel_failed(struct cli *cli)
{
	return cli_fail(cli, CLI_FAILED, "%s", nl_error(cli->nl));
}

#define WORD_MAX 32

/* Levenshtein distance of words of up to WORD_MAX letters. */
static size_t distance(const char *a, const char *b)
{
	size_t la = strlen(a), lb = strlen(b);
	size_t row[WORD_MAX + 1];

	if (la > WORD_MAX || lb > WORD_MAX)
		return WORD_MAX;
	for (size_t j = 0; j <= lb; j++)
		row[j] = j;
	for (size_t i = 1; i <= la; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[lb];
}

const char *cli_nearest(const char *word, const char *const *words)
{
	/* A third of the letters wrong is no longer a slip of the fingers. */
	size_t best = strlen(word) / 3 + 2;
	const char *nearest = NULL;

	for (; *words; words++) {
		size_t d = distance(word, *words);

		if (d < best) {
			best = d;
			nearest = *words;
		}
	}
	return nearest;
}

int cli_unknown(struct cli *cli, const char *word, const char *const *words)
{
	const char *nearest = word ? cli_nearest(word, words) : NULL;
	char list[256] = "";

	for (; *words; words++) {
		size_t n = strlen(list);

		snprintf(list + n, sizeof(list) - n, "%s%s", n ? ", " : "", *words);
	}
	if (!word)
		return cli_fail(cli, CLI_USAGE, "a word is missing, expected: %s", list);
	if (!nearest)
		return cli_fail(cli, CLI_USAGE, "unknown word \"%s\", expected: %s", word, list);
	return cli_fail(cli, CLI_USAGE, "unknown word \"%s\", did you mean \"%s\"? expected: %s",
			word, nearest, list);
}

int cli_no_arguments(struct cli *cli, int argc, char **argv)
{
	if (!argc)
		return CLI_OK;
	return cli_fail(cli, CLI_USAGE, "\"%s\" is too much: this command takes no arguments",
			argv[0]);
}

int cli_addr(struct cli *cli, const char *text, struct addr *a)
{
	if (!addr_parse(a, text))
		return CLI_OK;
	return cli_fail(cli, CLI_USAGE, "\"%s\" is not an IPv4 or IPv6 address", text);
}

int cli_service(struct cli *cli, const char *addr, const char *port, struct service *s)
{
	int err = cli_addr(cli, addr, &s->server);

	if (err)
		return err;
	if (!port_parse(&s->proto, &s->port, port))
		return CLI_OK;
	return cli_fail(cli, CLI_USAGE, "\"%s\" is not a port: write tcp/80 or udp/53", port);
}

int cli_number(struct cli *cli, const char *key, const char *text, uint32_t min, uint32_t max,
	       uint32_t *n)
{
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (!isdigit((unsigned char)text[0]) || *end || errno || value < min || value > max)
		return cli_fail(cli, CLI_USAGE, "%s \"%s\": expected a number from %u to %u", key,
				text, min, max);
	*n = value;
	return CLI_OK;
}
