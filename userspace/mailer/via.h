/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Ways to hand mail on. A session function runs in a throwaway child process: it
 * may block, hang or crash. What becomes of each mail it reports at once.
 */
#ifndef RINGBACK_MAILER_VIA_H
#define RINGBACK_MAILER_VIA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../common/conf.h"
#include "../common/msg.h"
#include "report.h"

struct via_mail {
	uint32_t index; /* of the notice, for via_report() */
	const char *to; /* message_address_ok() */
	bool utf8; /* needs SMTPUTF8 */
	char *text; /* header and body, lines end in CR LF */
	size_t len;
};

struct via_job {
	const struct conf_mail *mail;
	enum mail_tls tls; /* mail->tls, or OFF at the second try of opportunistic */
	struct via_mail *mails;
	size_t n;
	int report_fd;
};

/* What became of one mail. @text may be anything the server said. */
void via_report(const struct via_job *job, uint32_t index, enum delivery delivery, int code,
		const char *text);
/* By the reply to a command that concerned this mail alone: 5xx refuses it, the rest waits. */
void via_report_reply(const struct via_job *job, uint32_t index, int code, const char *text);
/*
 * The session cannot go on for a reason that is not a mail's: all that have
 * not been reported wait. Ends the process.
 */
__attribute__((noreturn, format(printf, 3, 4))) void via_fail(const struct via_job *job, int code,
							      const char *fmt, ...);

struct via {
	const char *name;
	/*
	 * Hands on @job's mails. Returns when all are reported or the session ended
	 * early. -EPROTO: TLS could not be established and nothing was sent.
	 */
	int (*session)(struct via_job *job);
};

/* libesmtp, the only file that knows it. */
extern const struct via via_esmtp;
/* libcurl. */
extern const struct via via_curl;
/* The local MTA: /usr/sbin/sendmail. */
extern const struct via via_sendmail;

#endif /* RINGBACK_MAILER_VIA_H */
