/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A file whose rows go to the daemon in batches, because a line of the control socket has
 * a limit. What is refused, here or there, is told with its line; the rest is imported.
 */
#ifndef RINGBACK_CLI_IMPORT_H
#define RINGBACK_CLI_IMPORT_H

#include "control.h"

struct import {
	struct cli *cli;
	const char *command; /* "contact import" */
	const char *name; /* of the file, for messages */
	json_t *batch;
	json_int_t number; /* the daemon's for this import; 0: none */
	json_int_t imported, refused;
};

/* A control_row for who expects none. */
int import_no_rows(struct cli *cli, json_t *row, void *arg);
void import_refuse(struct import *im, json_int_t line, const char *error);
/* @row, taken over, is [line, ...]. */
int import_row(struct import *im, json_t *row);
/* What is in the batch, also nothing. */
int import_send(struct import *im);
/* The result for people or programs; @what: "contact", "contacts" */
int import_result(const struct import *im, const char *one, const char *many);

#endif /* RINGBACK_CLI_IMPORT_H */
