// SPDX-License-Identifier: GPL-2.0
/* A database for a test, and rows to put in. */
#include "store_file.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

char store_path[96], store_why[256];
static char dir[64];

struct addr address(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(&a, text), 0);
	return a;
}

struct outage outage(const char *server, uint16_t port)
{
	return (struct outage){
		.service = { .server = address(server), .proto = IPPROTO_TCP, .port = port },
		.watch = "w",
		.reason = RINGBACK_REASON_REFUSED,
		.began = 1000,
	};
}

struct store *open_file(void)
{
	struct store *st;

	if (store_open_sqlite(&st, store_path, store_why, sizeof(store_why)) < 0)
		fail_msg("%s", store_why);
	return st;
}

int setup_dir(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/ringback-store-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(store_path, sizeof(store_path), "%s/s.db", dir);
	return 0;
}

int remove_dir(void **state)
{
	static const char *const names[] = { "s.db", "s.db-wal", "s.db-shm", "s.db-journal" };
	char file[128];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(file, sizeof(file), "%s/%s", dir, names[i]);
		unlink(file);
	}
	return rmdir(dir);
}

int setup_memory(void **state)
{
	struct store *st;
	int rc = store_open_mem(&st);

	*state = st;
	return rc;
}

int close_memory(void **state)
{
	store_close(*state);
	return 0;
}

int setup_disk(void **state)
{
	if (setup_dir(state) < 0)
		return -1;
	*state = open_file();
	return 0;
}

int close_disk(void **state)
{
	store_close(*state);
	return remove_dir(state);
}
