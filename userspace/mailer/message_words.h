/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The words of the mails, by language. $1, $2 and $3 stand for what message.c puts in.
 */
#ifndef RINGBACK_MAILER_MESSAGE_WORDS_H
#define RINGBACK_MAILER_MESSAGE_WORDS_H

#include <stdint.h>
#include <stdio.h>
#include <linux/nf_ringback.h>

#define MAIL_REASONS   (RINGBACK_REASON_MAX + 1)
#define MAIL_EVIDENCES 5

struct mail_words {
	char tag[3]; /* ISO 639-1 */
	/* Subjects. */
	const char *back; /* $1 server, $2 ports */
	const char *services; /* $1 how many; in place of the ports */
	const char *several; /* $1 servers */
	const char *one_more, *more; /* $1 how many servers */
	const char *confirm; /* $1 server */
	/* The text. */
	const char *news; /* $1 server, $2 port */
	const char *much_news; /* $1 how many */
	const char *away, *back_since, *tried, *place, *trouble, *proof, *open; /* labels */
	const char *after; /* $1 time, $2 span */
	const char *day, *days; /* $1 how many, $2 hours */
	const char *often, *and_last; /* $1 how often, $2 first; $1 last */
	const char *once; /* $1 when */
	const char *times; /* $1 time zone */
	const char *why, *why_several; /* $1 address of a person */
	const char *stop; /* a link follows */
	const char *question; /* $1 server, $2 port, $3 client; a link follows */
	const char *question_end;
	const char *unknown_reason, *unknown_evidence;
	const char *reasons[MAIL_REASONS]; /* by enum ringback_reason; NULL: unknown */
	const char *evidence[MAIL_EVIDENCES]; /* unknown, trap, reply, probe, operator */
};

/* For @lang as pages say it ("de", "pt-BR"); English where it is another or "". */
const struct mail_words *mail_words(const char *lang);
/* @text with what it leaves out; each may be NULL. */
void mail_fill(FILE *out, const char *text, const char *one, const char *two, const char *three);

#endif /* RINGBACK_MAILER_MESSAGE_WORDS_H */
