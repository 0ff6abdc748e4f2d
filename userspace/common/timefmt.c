// SPDX-License-Identifier: GPL-2.0
/*
 * Clocks and how points in time are written. The names of days and months are
 * our own tables: RFC 5322 wants English whatever the locale.
 */
#include <stdio.h>
#include <string.h>
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

static char *put_two(char *p, unsigned int n, char then)
{
	*p++ = '0' + n / 10;
	*p++ = '0' + n % 10;
	*p++ = then;
	return p;
}

/* A day since the Epoch as "2026-11-22" in the Gregorian calendar, whose cycle is 400 years. */
static char *put_date(char *p, int64_t day, char then)
{
	/* Years that begin on 1 March have their odd day last; from the year 0 on. */
	unsigned int n = day + 719468, cycle = n / 146097, rest = n % 146097;
	unsigned int year = (rest - rest / 1460 + rest / 36524 - rest / 146096) / 365;
	unsigned int of_year = rest - (365 * year + year / 4 - year / 100);
	unsigned int month = (5 * of_year + 2) / 153;

	rest = of_year - (153 * month + 2) / 5 + 1;
	year += cycle * 400 + (month >= 10);
	month += month < 10 ? 3 : -9;
	put_two(p, year / 100, '-');
	p = put_two(p + 2, year % 100, '-');
	p = put_two(p, month, '-');
	return put_two(p, rest, then);
}

/* By hand, not by strftime(): long tables are mostly times, and most of one day. */
char *time_iso8601(int64_t sec, char *buf)
{
	static int64_t known_day = INT64_MIN;
	static char known[sizeof("2026-11-22T")];
	int64_t day = sec / 86400;
	unsigned int of_day;
	char *p;

	if (sec < day * 86400)
		day--;
	of_day = sec - day * 86400;
	if (day != known_day) {
		put_date(known, day, 'T');
		known_day = day;
	}
	p = mempcpy(buf, known, sizeof(known) - 1);
	p = put_two(p, of_day / 3600, ':');
	p = put_two(p, of_day / 60 % 60, ':');
	p = put_two(p, of_day % 60, '\0');
	return p - 1;
}

const char *time_rfc3339(int64_t t, char *buf)
{
	long nsec;
	char *p = time_iso8601(whole_seconds(t, &nsec), buf);

	*p++ = '.';
	*p++ = '0' + nsec / 100000000;
	p = put_two(p, nsec / 1000000 % 100, 'Z');
	*p = '\0';
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
