// SPDX-License-Identifier: GPL-2.0
/*
 * Clocks and how points in time are written. The names of days and months are
 * our own tables: RFC 5322 wants English whatever the locale.
 */
#include <stdio.h>
#include <time.h>

#include "timefmt.h"

int64_t time_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

int64_t time_mono_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

/* Rounds down also before the Epoch, so that the rest is never negative. */
static time_t whole_seconds(int64_t t, long *nsec)
{
	int64_t sec = t / NSEC_PER_SEC, rest = t % NSEC_PER_SEC;

	if (rest < 0) {
		rest += NSEC_PER_SEC;
		sec--;
	}
	*nsec = rest;
	return sec;
}

const char *time_rfc3339(int64_t t, char *buf)
{
	struct tm tm;
	long nsec;
	time_t sec = whole_seconds(t, &nsec);
	size_t n;

	gmtime_r(&sec, &tm);
	n = strftime(buf, TIME_STRLEN, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(buf + n, TIME_STRLEN - n, ".%03ldZ", nsec / 1000000);
	return buf;
}

const char *time_rfc5322(int64_t t, char *buf)
{
	static const char day[][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char month[][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	char date[4], rest[24];
	struct tm tm;
	long nsec;
	time_t sec = whole_seconds(t, &nsec);

	localtime_r(&sec, &tm);
	strftime(date, sizeof(date), "%d", &tm);
	strftime(rest, sizeof(rest), "%Y %H:%M:%S %z", &tm);
	snprintf(buf, TIME_STRLEN, "%s, %s %s %s", day[tm.tm_wday], date, month[tm.tm_mon], rest);
	return buf;
}

const char *time_human(int64_t t, char *buf)
{
	struct tm tm;
	long nsec;
	time_t sec = whole_seconds(t, &nsec);

	localtime_r(&sec, &tm);
	strftime(buf, TIME_STRLEN, "%Y-%m-%d %H:%M:%S", &tm);
	return buf;
}

const char *time_span(int64_t seconds, char *buf)
{
	long long s = seconds < 0 ? 0 : seconds;
	long long days = s / 86400, hours = s / 3600 % 24;

	if (s < 60)
		snprintf(buf, TIME_STRLEN, "%lld s", s);
	else if (s < 3600)
		snprintf(buf, TIME_STRLEN, "%lld min", s / 60);
	else if (s < 86400)
		snprintf(buf, TIME_STRLEN, "%lld h %02lld min", s / 3600, s / 60 % 60);
	else
		snprintf(buf, TIME_STRLEN, "%lld %s %lld h", days, days == 1 ? "day" : "days",
			 hours);
	return buf;
}
