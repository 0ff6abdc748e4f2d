/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Points in time are int64_t nanoseconds since the Epoch (CLOCK_REALTIME),
 * as the kernel module reports them; intervals are seconds unless named _ms.
 */
#ifndef RINGBACK_COMMON_TIMEFMT_H
#define RINGBACK_COMMON_TIMEFMT_H

#include <stdint.h>

#define TIME_STRLEN	40
#define NSEC_PER_SEC	1000000000LL

/* CLOCK_REALTIME; for what people and other machines read. */
int64_t time_now(void);
/* CLOCK_MONOTONIC in milliseconds; for every wait of our own. */
int64_t time_mono_ms(void);

/* "2026-11-22T18:07:10", seconds since the Epoch; years 1 to 9999. Returns its end. */
char *time_iso8601(int64_t sec, char *buf);
/* RFC 3339 with milliseconds, UTC: "2026-11-22T18:07:10.123Z". @buf: TIME_STRLEN. */
const char *time_rfc3339(int64_t t, char *buf);
/* RFC 5322, 3.3, local time zone: "Sun, 22 Nov 2026 18:07:10 +0000". @buf: TIME_STRLEN. */
const char *time_rfc5322(int64_t t, char *buf);
/* For people, local time zone: "2026-11-22 18:07:10". @buf: TIME_STRLEN. */
const char *time_human(int64_t t, char *buf);
/* "3 s", "12 min", "4 h 05 min", "2 days 3 h". @buf: TIME_STRLEN. */
const char *time_span(int64_t seconds, char *buf);

#endif /* RINGBACK_COMMON_TIMEFMT_H */
