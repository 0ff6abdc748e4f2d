/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The throwaway child of one session.
 */
#ifndef RINGBACK_MAILER_SESSION_H
#define RINGBACK_MAILER_SESSION_H

#include <stddef.h>
#include <sys/types.h>

#include "deliver.h"

/*
 * Forks a child, leader of its own process group, that does @lane's session with the
 * @n @items. *@report_fd (non-blocking) is then the caller's: struct report each,
 * and the end of file when the child is done. Returns its pid, -1 with errno set.
 */
pid_t session_fork(const struct lane *lane, const void *const *items, size_t n, int *report_fd);

#endif /* RINGBACK_MAILER_SESSION_H */
