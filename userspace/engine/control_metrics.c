// SPDX-License-Identifier: GPL-2.0
/*
 * The command "metrics" of the control socket.
 */
#include <stdlib.h>
#include <string.h>

#include "control_client.h"
#include "metrics.h"

#define ROW_MAX 32768 /* bytes of a row's text: about */

/* How many bytes of @text make the next row: whole lines. */
static size_t row_length(const char *text, size_t len)
{
	const char *end = len > ROW_MAX ? memchr(text + ROW_MAX, '\n', len - ROW_MAX) : NULL;

	return end ? (size_t)(end - text) + 1 : len;
}

static void show_metrics(struct client *cl, json_t *request)
{
	char *text = NULL;
	size_t size = 0, done, len;
	int rows = 0;
	FILE *f = open_memstream(&text, &size);

	(void)request;
	if (f)
		metrics_write(cl->e, f);
	if (!f || fclose(f)) {
		client_error(cl, 1, "out of memory");
		free(text);
		return;
	}
	for (done = 0; done < size; done += len) {
		len = row_length(text + done, size - done);
		client_row(cl, json_pack("{s:s%}", "text", text + done, len));
		rows++;
	}
	client_done(cl, json_pack("{s:i}", "rows", rows));
	free(text);
}

const struct control_command control_metrics_commands[] = {
	{ .name = "metrics", .run = show_metrics },
	{ .name = NULL },
};
