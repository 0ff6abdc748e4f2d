/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Logging of all programs: one line an event, to stderr (with the sd-daemon
 * priority prefix "<N>" when stderr is the journal: JOURNAL_STREAM set) or to
 * syslog. Control characters in a message are printed as \xNN, so that no
 * stranger writes log lines of his own. errno is left as it was.
 */
#ifndef RINGBACK_COMMON_LOG_H
#define RINGBACK_COMMON_LOG_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <syslog.h>
#include <time.h>

enum log_target { LOG_TO_STDERR, LOG_TO_SYSLOG };

/* @room: the name before each line, e.g. "engine"; it must stay valid. */
void log_init(const char *room, enum log_target target, bool debug);

__attribute__((format(printf, 1, 2))) void log_debug(const char *fmt, ...);
__attribute__((format(printf, 1, 2))) void log_info(const char *fmt, ...);
__attribute__((format(printf, 1, 2))) void log_warn(const char *fmt, ...);
__attribute__((format(printf, 1, 2))) void log_err(const char *fmt, ...);
void log_line(int priority, const char *fmt, va_list ap);

/*
 * Copies @src to @dst of @size bytes (at least 1) for a line that people read:
 * control characters (C0, C1, DEL) and bytes that are not UTF-8 become \xNN.
 * Cut at a whole character where it does not fit. Returns strlen(dst).
 */
size_t log_escape(char *dst, size_t size, const char *src);

/*
 * A line at most every @seconds: for what strangers can cause. Returns whether
 * the caller may log now, and in *@missed how many it kept quiet before.
 * A zeroed struct is ready for use.
 */
struct log_rate {
	time_t next;		/* CLOCK_MONOTONIC */
	unsigned long missed;
};
bool log_allowed(struct log_rate *rate, unsigned int seconds, unsigned long *missed);

/*
 * For start-up and our own invariants only, never for input: logs and exits
 * with status 1.
 */
__attribute__((format(printf, 1, 2), noreturn)) void fatal(const char *fmt, ...);

#endif /* RINGBACK_COMMON_LOG_H */
