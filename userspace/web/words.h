/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the pages say, in each language. Pure: no library, no state. Texts are
 * UTF-8, not yet escaped; "{}" in one stands for the thing it is about.
 */
#ifndef RINGBACK_WEB_WORDS_H
#define RINGBACK_WEB_WORDS_H

#include <stdbool.h>
#include <stdint.h>

enum lang { LANG_EN, LANG_DE, LANG_FR, LANG_ES, LANG_MAX };

enum word {
	W_DOWN, W_RETURNING, W_UP,		/* headlines, {}: the server's name */
	W_LEAD_DOWN, W_LEAD_RETURNING, W_LEAD_UP,
	W_SERVICE, W_PORT, W_SINCE, W_REASON, W_HEARD, W_WAITING, W_BACK_SINCE,
	W_ASK, W_YES, W_NO, W_MAIL, W_MAIL_KNOWN, W_MAIL_USE,
	W_OPEN, W_RELOAD, W_AGAIN,
	W_TOLD_AT, W_TOLD_PAGE, W_UNCONFIRMED, W_NOT_TOLD, W_NO_MORE, W_AFTER_ALL, W_OFF,
	W_BAD_ADDRESS, W_NO_ADDRESS, W_TOO_MANY, W_SUPPRESSED, W_UNKNOWN, W_BAD_TOKEN, W_TROUBLE,
	W_PORTAL, W_PORTAL_NONE, W_MISSED, W_AWAY,
	W_CONFIRM, W_CONFIRM_ASK, W_CONFIRM_DO, W_CONFIRMED,
	W_STOP, W_STOP_ASK, W_STOP_DO, W_STOPPED, W_LINK_BAD,
	W_SKIP,					/* what the trap for machines is called */
	W_FEWER, W_ABOUT,			/* "fewer than 10", "about {}" */
	W_MOMENT, W_MINUTE, W_MINUTES, W_HOUR, W_HOURS, W_DAY, W_DAYS,
	W_MAX
};

#define WORDS_WAITING_MAX	64
#define WORDS_TIME_MAX		96

const char *words(enum lang lang, enum word word);
/* "en" */
const char *words_tag(enum lang lang);
/* Why a service was not reached; @reason is an enum ringback_reason. */
const char *words_reason(enum lang lang, uint8_t reason);
/*
 * A number of clients, so coarse that nobody is counted out of it: "fewer than
 * 10", "about 20", "about 3,000". @buf: WORDS_WAITING_MAX bytes.
 */
const char *words_waiting(enum lang lang, uint32_t n, char *buf);
/* Whether one who waits has nobody to wait with: then nothing is said of others. */
bool words_alone(uint32_t n);
/* "22 November 2026, 18:07 UTC", of nanoseconds since the Epoch; @buf: WORDS_TIME_MAX. */
const char *words_time(enum lang lang, int64_t t, char *buf);
/* "12 minutes", "1 hour"; @buf: WORDS_TIME_MAX bytes. */
const char *words_span(enum lang lang, int64_t seconds, char *buf);

#endif /* RINGBACK_WEB_WORDS_H */
