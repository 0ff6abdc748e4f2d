// SPDX-License-Identifier: GPL-2.0
/*
 * Mail by libcurl: SMTP with TLS 1.3 and SMTPUTF8, one transfer a mail over a
 * connection that is kept.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "curl_common.h"
#include "via.h"

struct transfer {
	const struct via_job *job;
	CURL *curl;
	const struct via_mail *mail;
	size_t sent; /* bytes of mail->text */
	/* The command that was last sent, as the trace shows it. */
	enum { STEP_SESSION, STEP_TLS, STEP_AUTH, STEP_FROM, STEP_RCPT, STEP_DATA } step;
	char reply[512]; /* the last line that came back to it */
	bool quitting; /* what comes back now says nothing */
	bool logged_in; /* on this connection */
	char error[CURL_ERROR_SIZE];
};

static size_t read_text(char *buf, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;
	size_t len = t->mail->len - t->sent;

	if (len > size * n)
		len = size * n;
	memcpy(buf, t->mail->text + t->sent, len);
	t->sent += len;
	return len;
}

static void command_sent(struct transfer *t, const char *data, size_t len)
{
	static const struct {
		const char *verb;
		int step;
	} verbs[] = { { "EHLO", STEP_SESSION }, { "HELO", STEP_SESSION }, { "STARTTLS", STEP_TLS },
		      { "AUTH", STEP_AUTH },	{ "MAIL", STEP_FROM },	  { "RCPT", STEP_RCPT },
		      { "DATA", STEP_DATA } };

	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		size_t n = strlen(verbs[i].verb);

		if (len <= n || strncmp(data, verbs[i].verb, n) || !strchr(" \r", data[n]))
			continue;
		t->step = verbs[i].step;
		if (t->step == STEP_SESSION)
			t->logged_in = false;
	}
	t->quitting = len >= 4 && !strncmp(data, "QUIT", 4);
	/* A server that offers no mechanism of ours is used without, by the library. */
	if (t->step == STEP_FROM && t->job->mail->user && !t->logged_in)
		via_fail(t->job, 0, "the mail server does not offer a login that we have");
}

static void reply_received(struct transfer *t, const char *data, size_t len)
{
	if (t->quitting)
		return;
	if (len >= sizeof(t->reply))
		len = sizeof(t->reply) - 1;
	memcpy(t->reply, data, len);
	t->reply[len] = '\0';
	if (t->step == STEP_AUTH && !strncmp(t->reply, "235", 3))
		t->logged_in = true;
}

/* libcurl says which command failed only in this trace. */
static int trace(CURL *curl, curl_infotype type, char *data, size_t len, void *arg)
{
	(void)curl;
	if (type == CURLINFO_HEADER_OUT)
		command_sent(arg, data, len);
	else if (type == CURLINFO_HEADER_IN)
		reply_received(arg, data, len);
	return 0;
}

static void options_tls(CURL *curl, const struct via_job *job)
{
	static const long use[] = {
		[MAIL_TLS_OFF] = CURLUSESSL_NONE,
		[MAIL_TLS_OPPORTUNISTIC] = CURLUSESSL_TRY,
		[MAIL_TLS_REQUIRED] = CURLUSESSL_ALL,
	};

	curl_easy_setopt(curl, CURLOPT_USE_SSL, use[job->tls]);
	if (!job->mail->user)
		return;
	if (job->tls != MAIL_TLS_REQUIRED)
		via_fail(job, 0, "a login needs tls = \"required\"");
	curl_easy_setopt(curl, CURLOPT_USERNAME, job->mail->user);
	curl_easy_setopt(curl, CURLOPT_PASSWORD, job->mail->password);
}

static void options(CURL *curl, struct transfer *t)
{
	const struct conf_mail *mail = t->job->mail;
	char url[300];
	bool v6 = strchr(mail->server, ':');

	curl_common(curl, mail->timeout, t->job->tls == MAIL_TLS_REQUIRED, mail->ca_file, t->error);
	snprintf(url, sizeof(url), "smtp://%s%s%s:%u", v6 ? "[" : "", mail->server, v6 ? "]" : "",
		 mail->port);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp");
	curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)mail->timeout);
	curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(curl, CURLOPT_MAIL_FROM, mail->from);
	curl_easy_setopt(curl, CURLOPT_READFUNCTION, read_text);
	curl_easy_setopt(curl, CURLOPT_READDATA, t);
	curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
	curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, trace);
	curl_easy_setopt(curl, CURLOPT_DEBUGDATA, t);
	options_tls(curl, t->job);
}

/* What a failed transfer means: trouble of the session, of TLS, or of this mail. */
static int transfer_failed(struct transfer *t, CURLcode code)
{
	int reply = atoi(t->reply);

	if (reply < 400 || reply > 599)
		reply = 0;
	switch (t->step) {
	case STEP_TLS:
		/* 454 to STARTTLS is passed over by libcurl; this is the handshake. */
		if (t->job->tls == MAIL_TLS_OPPORTUNISTIC)
			return -EPROTO;
		via_fail(t->job, reply, "TLS with the mail server could not be established: %s",
			 t->error);
	case STEP_SESSION:
		via_fail(t->job, reply, "no SMTP session with %s port %u: %s%s%s",
			 t->job->mail->server, t->job->mail->port,
			 t->error[0] ? t->error : curl_easy_strerror(code), reply ? ": " : "",
			 reply ? t->reply : "");
	case STEP_AUTH:
		via_fail(t->job, reply, "the mail server refused our login: %s", t->reply);
	case STEP_FROM:
		if (reply)
			/* Our sender address is not this recipient's fault. */
			via_report(t->job, t->mail->index, DELIVERY_LATER, reply, t->reply);
		break;
	case STEP_RCPT:
	case STEP_DATA:
		if (reply)
			via_report_reply(t->job, t->mail->index, reply, t->reply);
		break;
	}
	/* No reply: the line was lost, and the mailer blames the mail at work. */
	return reply ? 0 : -EPIPE;
}

static int transfer(struct transfer *t)
{
	char to[MSG_MAIL_MAX + 3];
	struct curl_slist *rcpt;
	CURLcode code;

	snprintf(to, sizeof(to), "<%s>", t->mail->to);
	rcpt = curl_slist_append(NULL, to);
	if (!rcpt)
		via_fail(t->job, 0, "out of memory");
	t->sent = 0;
	t->step = STEP_SESSION;
	t->quitting = false;
	t->reply[0] = t->error[0] = '\0';
	curl_easy_setopt(t->curl, CURLOPT_MAIL_RCPT, rcpt);
	code = curl_easy_perform(t->curl);
	curl_easy_setopt(t->curl, CURLOPT_MAIL_RCPT, NULL);
	curl_slist_free_all(rcpt);
	if (code != CURLE_OK)
		return transfer_failed(t, code);
	/* Success is the server's 250 after the data, nothing less. */
	if (t->step != STEP_DATA || strncmp(t->reply, "250", 3))
		return -EPIPE;
	via_report(t->job, t->mail->index, DELIVERY_SENT, 250, t->reply);
	return 0;
}

static int curl_session(struct via_job *job)
{
	struct transfer t = { .job = job };
	int err = 0;

	t.curl = curl_easy_init();
	if (!t.curl)
		via_fail(job, 0, "out of memory");
	options(t.curl, &t);
	for (size_t i = 0; i < job->n && !err; i++) {
		t.mail = &job->mails[i];
		err = transfer(&t);
	}
	curl_easy_cleanup(t.curl);
	return err;
}

const struct via via_curl = { "libcurl", curl_session };
