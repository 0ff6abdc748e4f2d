/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The daemon's control socket (common/control.h): one connection, one request,
 * rows, a closing line. Everything that arrives is checked here.
 */
#ifndef RINGBACK_CLI_CONTROL_H
#define RINGBACK_CLI_CONTROL_H

#include <jansson.h>

#include "cli.h"

struct control;

/*
 * Connects and sends @request (borrowed). CLI_OK, or CLI_FAILED with a sentence:
 * the daemon is not running, no rights. The caller owns *@cp until control_close().
 */
int control_open(struct cli *cli, json_t *request, struct control **cp);
void control_close(struct control *c);

/* Called for each row (borrowed); a status other than CLI_OK ends the reading. */
typedef int (*control_row)(struct cli *cli, json_t *row, void *arg);

/*
 * Reads rows until the closing line, whose "done" object is put in *@done (owned
 * by the caller; may be NULL). CLI_OK, what @fn returned, or the daemon's error.
 */
int control_read(struct cli *cli, struct control *c, control_row fn, void *arg, json_t **done);

/* control_open(), control_read(), control_close(). */
int control_request(struct cli *cli, json_t *request, control_row fn, void *arg, json_t **done);

/* A request about a server or, where it has a protocol, a service. NULL: out of memory. */
json_t *control_about(const char *command, const struct service *s);
/*
 * The whole of a command that lists: collects the rows of @request (taken over),
 * then prints them in @columns.
 */
int control_show(struct cli *cli, json_t *request, const struct column *columns, size_t n);
/*
 * What @row has for the columns not yet written, and a member "service", "tcp/80",
 * which @row gets of its proto and port.
 */
void control_write(struct writer *out, json_t *row);

/* For poll(), and one step of reading when there is something: rows to @fn.
 * CLI_OK: more may come; *@ended: the daemon closed. */
int control_fd(const struct control *c);
int control_step(struct cli *cli, struct control *c, control_row fn, void *arg, bool *ended);

#endif /* RINGBACK_CLI_CONTROL_H */
