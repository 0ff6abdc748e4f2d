/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tables behind words.h, a language each.
 */
#ifndef RINGBACK_WEB_WORDS_TEXT_H
#define RINGBACK_WEB_WORDS_TEXT_H

#include "words.h"

#define WORDS_REASONS	10	/* enum ringback_reason; the last one is for all others */

struct words_text {
	const char *tag;
	const char *words[W_MAX];
	const char *reasons[WORDS_REASONS];
	const char *months[12];
	const char *first;		/* behind the number of a month's first day, or NULL */
	const char *after_day, *after_month, *after_year;
	const char *thousands;		/* between the digits of large numbers */
};

extern const struct words_text words_text[LANG_MAX];

#endif /* RINGBACK_WEB_WORDS_TEXT_H */
