/* SPDX-License-Identifier: GPL-2.0 */
/* Between writer.c and its two bodies only. */
#ifndef RINGBACK_CLI_WRITER_BODY_H
#define RINGBACK_CLI_WRITER_BODY_H

#include "writer.h"

struct writer;

/* Each returns 0 or -ENOMEM; failed output shows in ferror(w->out). */
struct writer_body {
	int (*start)(struct writer *w);
	int (*row)(struct writer *w, json_t *row);	/* may change @row */
	int (*finish)(struct writer *w);
	void (*data)(struct writer *w, const char *line);
	void (*free)(struct writer *w);
};

/* A body embeds this as its first member. */
struct writer {
	const struct writer_body *body;
	FILE *out;
	const struct column *columns;
	size_t n_columns;
	bool live;
	json_t *row;		/* under construction */
	int err;		/* first failure */
};

#endif /* RINGBACK_CLI_WRITER_BODY_H */
