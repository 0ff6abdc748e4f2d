/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A page of ours: content, and the operator's template around it (docs/pages.md).
 */
#ifndef RINGBACK_WEB_DOCUMENT_H
#define RINGBACK_WEB_DOCUMENT_H

#include <stdio.h>

#include "conn.h"
#include "words.h"

struct document {
	FILE *f;		/* the content goes here; NULL: out of memory */
	char *content;
	size_t len;
	enum lang lang;		/* as the client wants it */
};

/* False: out of memory, and the client was told. */
bool document_begin(struct document *d, struct conn *c);
/* Sends it and frees everything. @title: text. @headers as in struct reply. */
void document_send(struct document *d, struct conn *c, int status, const char *title,
		   const char *headers);
/* For answers that depend on what the client wants to read. */
#define VARY	"Vary: Accept, Accept-Language\r\n"

#endif /* RINGBACK_WEB_DOCUMENT_H */
