/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For tests of the store: a database in a directory of its own, and rows to put in.
 */
#ifndef STORE_FILE_H
#define STORE_FILE_H

#include "engine/store.h"

extern char store_path[96]; /* of the database, while a test runs */
extern char store_why[256]; /* why it could not be opened */

/* Fixtures: the directory. */
int setup_dir(void **state);
int remove_dir(void **state);
#define IN_DIR(test) cmocka_unit_test_setup_teardown(test, setup_dir, remove_dir)

/* Opens the database, or fails the test. */
struct store *open_file(void);
struct addr address(const char *text);
/* Of TCP port @port, watch "w"; an open one. */
struct outage outage(const char *server, uint16_t port);

#endif /* STORE_FILE_H */
