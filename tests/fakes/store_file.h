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

/* Fixtures: the state is an empty store, in memory or on disk. */
int setup_memory(void **state);
int close_memory(void **state);
int setup_disk(void **state);
int close_disk(void **state);
#define STORE_TEST(test, body)                                                          \
	{                                                                               \
		.name = #test "_" #body, .test_func = test, .setup_func = setup_##body, \
		.teardown_func = close_##body                                           \
	}
/* Two entries of a table of tests. */
#define IN_BOTH(test) STORE_TEST(test, memory), STORE_TEST(test, disk)

/* Opens the database, or fails the test. */
struct store *open_file(void);
struct addr address(const char *text);
/* Of TCP port @port, watch "w"; an open one. */
struct outage outage(const char *server, uint16_t port);

#endif /* STORE_FILE_H */
