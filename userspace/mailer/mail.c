// SPDX-License-Identifier: GPL-2.0
/*
 * Mail as a kind of delivery: notices become texts, and a way of handing on mail takes
 * them from there.
 */
#include "mail.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../common/timefmt.h"
#include "message.h"

/* What cannot be rendered is reported at once; the rest is ready to go. */
static void render_all(struct via_job *job, const void *const *items, size_t n)
{
	job->mails = calloc(n, sizeof(*job->mails));
	if (!job->mails)
		via_fail(job, 0, "out of memory");
	for (size_t i = 0; i < n; i++) {
		const struct msg_notice *notice = items[i];
		struct via_mail *m = &job->mails[job->n];
		int err = message_render(job->mail, notice, time_now(), &m->text, &m->len);

		if (err == -EINVAL) {
			via_report(job, (uint32_t)i, DELIVERY_REFUSED, 0,
				   "not an address that mail can be sent to");
			continue;
		}
		if (err)
			via_fail(job, 0, "%s", strerror(-err));
		m->index = (uint32_t)i;
		m->to = notice->to;
		m->utf8 = message_address_utf8(m->to);
		job->n++;
	}
}

static void session(const void *arg, const void *const *items, size_t n, int report_fd)
{
	const struct mail_way *way = arg;
	struct via_job job = { .mail = way->mail, .tls = way->mail->tls, .report_fd = report_fd };
	int err;

	render_all(&job, items, n);
	if (!job.n)
		return;
	err = way->via->session(&job);
	if (err == -EPROTO && job.tls == MAIL_TLS_OPPORTUNISTIC) {
		/* RFC 7435: rather in clear than not at all, where TLS is not required. */
		job.tls = MAIL_TLS_OFF;
		err = way->via->session(&job);
	}
	if (err == -EPROTO)
		via_fail(&job, 0, "TLS with the mail server could not be established");
}

struct lane mail_lane(const struct mail_way *way)
{
	return (struct lane){
		.name = "mail",
		.client = way->via->name,
		.sessions = way->mail->sessions,
		.batch = way->mail->batch,
		.timeout = way->mail->timeout,
		.programs = way->via == &via_sendmail,
		.session = session,
		.arg = way,
	};
}
