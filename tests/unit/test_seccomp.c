// SPDX-License-Identifier: GPL-2.0
/*
 * What a child of a room gives up before it reads what strangers say.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "common/room.h"

/* The status of a child that executes true(1), at last in a child of its own. */
static int executes(void (*before)(void))
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		if (before)
			before();
		pid = fork();
		if (!pid) {
			execl("/bin/true", "true", NULL);
			_exit(errno);
		}
		_exit(waitpid(pid, &status, 0) == pid ? WEXITSTATUS(status) : 255);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void no_programs_means_none(void **state)
{
	(void)state;
	assert_int_equal(executes(NULL), 0);
	assert_int_equal(executes(room_no_programs), EPERM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_programs_means_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
