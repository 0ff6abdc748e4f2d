// SPDX-License-Identifier: GPL-2.0
/*
 * Logging to stderr, the journal or syslog. A line is put together first and
 * leaves in one write, so that the lines of several processes do not mix.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "log.h"

#define LINE_MAX_BYTES 2048

static struct {
	const char *room;
	enum log_target target;
	bool debug;
	bool journal;
} state = { .room = "ringback", .target = LOG_TO_STDERR };

/* systemd.exec(5): JOURNAL_STREAM is inherited, so it must name our own stderr. */
static bool stderr_is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long dev, ino;
	struct stat st;

	return stream && sscanf(stream, "%llu:%llu", &dev, &ino) == 2 &&
	       !fstat(STDERR_FILENO, &st) && st.st_dev == dev && st.st_ino == ino;
}

void log_init(const char *room, enum log_target target, bool debug)
{
	state.room = room;
	state.target = target;
	state.debug = debug;
	state.journal = target == LOG_TO_STDERR && stderr_is_journal();
	if (target == LOG_TO_SYSLOG)
		openlog(room, LOG_PID | LOG_NDELAY, LOG_DAEMON);
}

/*
 * Length of the printable character at @s: 1 for ASCII, 2..4 for UTF-8, 0 for
 * what must be escaped: controls (C1 in UTF-8 too) and what is not UTF-8.
 */
static size_t printable(const unsigned char *s)
{
	static const uint32_t least[] = { 0, 0, 0xa0, 0x800, 0x10000 };
	uint32_t c;
	size_t n;

	if (s[0] < 0x80)
		return s[0] >= 0x20 && s[0] != 0x7f;
	n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
	if (s[0] < 0xc0 || s[0] > 0xf4)
		return 0;
	c = s[0] & (0x7f >> n);
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	return n;
}

size_t log_escape(char *dst, size_t size, const char *src)
{
	const unsigned char *s = (const unsigned char *)src;
	size_t n = 0;

	while (*s) {
		size_t len = printable(s);

		if (n + (len ? len : 4) >= size)
			break;
		if (len) {
			memcpy(dst + n, s, len);
			n += len;
			s += len;
		} else {
			n += snprintf(dst + n, size - n, "\\x%02x", *s++);
		}
	}
	dst[n] = '\0';
	return n;
}

static const char *severity(int priority)
{
	if (priority <= LOG_ERR)
		return "error: ";
	return priority == LOG_WARNING ? "warning: " : "";
}

static void write_stderr(int priority, const char *text)
{
	char line[LINE_MAX_BYTES + 128];
	ssize_t done;
	int n;

	if (state.journal)
		n = snprintf(line, sizeof(line), "<%d>%s: %s\n", priority, state.room, text);
	else
		n = snprintf(line, sizeof(line), "%s: %s%s\n", state.room, severity(priority),
			     text);
	if ((size_t)n >= sizeof(line))
		n = sizeof(line) - 1;
	/* Nobody is left to tell when stderr itself fails. */
	done = write(STDERR_FILENO, line, n);
	(void)done;
}

void log_line(int priority, const char *fmt, va_list ap)
{
	char raw[LINE_MAX_BYTES], text[LINE_MAX_BYTES];
	int saved = errno;

	if (priority == LOG_DEBUG && !state.debug)
		return;
	vsnprintf(raw, sizeof(raw), fmt, ap);
	log_escape(text, sizeof(text), raw);
	if (state.target == LOG_TO_SYSLOG)
		syslog(priority, "%s", text);
	else
		write_stderr(priority, text);
	errno = saved;
}

void log_debug(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(LOG_DEBUG, fmt, ap);
	va_end(ap);
}

void log_info(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(LOG_INFO, fmt, ap);
	va_end(ap);
}

void log_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(LOG_WARNING, fmt, ap);
	va_end(ap);
}

void log_err(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(LOG_ERR, fmt, ap);
	va_end(ap);
}

bool log_allowed(struct log_rate *rate, unsigned int seconds, unsigned long *missed)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (now.tv_sec < rate->next) {
		rate->missed++;
		return false;
	}
	*missed = rate->missed;
	rate->missed = 0;
	rate->next = now.tv_sec + seconds;
	return true;
}

void fatal(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(LOG_CRIT, fmt, ap);
	va_end(ap);
	exit(1);
}
