/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The throwaway child of one mail session.
 */
#ifndef RINGBACK_MAILER_SESSION_H
#define RINGBACK_MAILER_SESSION_H

#include <stddef.h>
#include <sys/types.h>

#include "via.h"

/*
 * Forks a child, leader of its own process group, that renders the @n @notices
 * and hands them on by @via. *@report_fd (non-blocking) is then the caller's:
 * struct via_report each, and the end of file when the child is done. Returns
 * its pid, -1 with errno set.
 */
pid_t session_fork(const struct conf_mail *mail, const struct via *via,
		   const struct msg_notice *const *notices, size_t n, int *report_fd);

#endif /* RINGBACK_MAILER_SESSION_H */
