// SPDX-License-Identifier: GPL-2.0
/*
 * Numbers and dates in words. The texts are in words_text.c.
 */
#include "words.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../common/timefmt.h"
#include "words_text.h"

const char *words(enum lang lang, enum word word)
{
	return words_text[lang].words[word];
}

const char *words_tag(enum lang lang)
{
	return words_text[lang].tag;
}

const char *words_reason(enum lang lang, uint8_t reason)
{
	const char *text = reason < WORDS_REASONS ? words_text[lang].reasons[reason] : NULL;

	return text ? text : words_text[lang].reasons[WORDS_REASONS - 1];
}

/* Replaces the "{}" of @form. */
static const char *put_in(char *buf, size_t size, const char *form, const char *what)
{
	const char *at = strstr(form, "{}");

	if (!at)
		snprintf(buf, size, "%s", form);
	else
		snprintf(buf, size, "%.*s%s%s", (int)(at - form), form, what, at + 2);
	return buf;
}

/* One digit that counts, two from 10,000 on. */
static uint32_t round_off(uint32_t n)
{
	uint64_t step = 10, rounded;

	while (step * (n >= 10000 ? 100 : 10) <= n)
		step *= 10;
	rounded = (n + step / 2) / step * step;
	return rounded > UINT32_MAX ? n : (uint32_t)rounded;
}

bool words_alone(uint32_t n)
{
	return n <= 1;
}

const char *words_waiting(enum lang lang, uint32_t n, char *buf)
{
	char number[24];
	uint32_t r = round_off(n);

	if (n < 10)
		return strcpy(buf, words(lang, W_FEWER));
	if (r >= 1000000)
		snprintf(number, sizeof(number), "%u%s%03u%s%03u", r / 1000000,
			 words_text[lang].thousands, r / 1000 % 1000, words_text[lang].thousands,
			 r % 1000);
	else if (r >= 1000)
		snprintf(number, sizeof(number), "%u%s%03u", r / 1000, words_text[lang].thousands,
			 r % 1000);
	else
		snprintf(number, sizeof(number), "%u", r);
	return put_in(buf, WORDS_WAITING_MAX, words(lang, W_ABOUT), number);
}

const char *words_time(enum lang lang, int64_t t, char *buf)
{
	const struct words_text *text = &words_text[lang];
	time_t seconds = t / NSEC_PER_SEC;
	struct tm tm;
	const char *first;

	if (!gmtime_r(&seconds, &tm))
		return strcpy(buf, "?");
	first = tm.tm_mday == 1 && text->first ? text->first : "";
	snprintf(buf, WORDS_TIME_MAX, "%d%s%s%s%s%d%s%02d:%02d UTC", tm.tm_mday, first,
		 text->after_day, text->months[tm.tm_mon], text->after_month, tm.tm_year + 1900,
		 text->after_year, tm.tm_hour, tm.tm_min);
	return buf;
}

const char *words_span(enum lang lang, int64_t seconds, char *buf)
{
	static const struct {
		int64_t seconds;
		enum word one, many;
	} units[] = {
		{ 172800, W_DAY, W_DAYS }, /* 36 hours say more than 1 day */
		{ 3600, W_HOUR, W_HOURS },
		{ 60, W_MINUTE, W_MINUTES },
	};
	char number[24];

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		int64_t unit = units[i].one == W_DAY ? 86400 : units[i].seconds;

		if (seconds < units[i].seconds)
			continue;
		snprintf(number, sizeof(number), "%lld", (long long)(seconds / unit));
		return put_in(buf, WORDS_TIME_MAX,
			      words(lang, seconds / unit == 1 ? units[i].one : units[i].many),
			      number);
	}
	return put_in(buf, WORDS_TIME_MAX, words(lang, W_MOMENT), "");
}
