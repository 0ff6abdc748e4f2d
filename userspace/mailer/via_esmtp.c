// SPDX-License-Identifier: GPL-2.0
/*
 * Mail by libesmtp: many messages in one SMTP session. The library has faults
 * that would lose mail or send what it must not; what this file does
 * about each is said where it is done. The rest of the fence is the
 * throwaway process around it.
 */
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <auth-client.h>
#include <libesmtp.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "via.h"

struct esmtp {
	struct via_job *job;
	smtp_session_t session;
	SSL_CTX *ssl;
	auth_context_t auth;
	struct mail_state {
		struct esmtp *e;
		const struct via_mail *mail;
		smtp_recipient_t recipient;
		bool done;
	} * states;
	/* What passed on the line, until the first mail begins. */
	enum { STAGE_CONNECT, STAGE_HELLO, STAGE_TLS, STAGE_AUTH, STAGE_MAIL } stage;
	bool logged_in;
	bool tls_answered; /* the reply to STARTTLS is complete */
	char reply[512]; /* last line of the last reply */
	char partial[512]; /* of a line that has not ended */
	size_t partial_len;
};

static int reply_code(const char *reply)
{
	int code = atoi(reply);

	return code >= 200 && code <= 599 ? code : 0;
}

/* Fails the session with what the server said last. */
__attribute__((noreturn)) static void fail(struct esmtp *e, const char *what)
{
	via_fail(e->job, reply_code(e->reply), "%s%s%s", what, e->reply[0] ? ": " : "", e->reply);
}

/* --- watching the line ---------------------------------------------------- */

static void line_received(struct esmtp *e, const char *line)
{
	/* The library would take what follows the answer in clear for something said
	 * within TLS (as CVE-2011-0411): there must be nothing. */
	if (e->stage == STAGE_TLS && e->tls_answered)
		via_fail(e->job, 0, "somebody speaks where TLS should begin");
	e->tls_answered = e->stage == STAGE_TLS && !(strlen(line) > 3 && line[3] == '-');
	snprintf(e->reply, sizeof(e->reply), "%s", line);
	if (e->stage != STAGE_AUTH)
		return;
	if (!strncmp(line, "235", 3))
		e->logged_in = true;
	else if (line[0] == '4' || line[0] == '5')
		/* libesmtp would go on and send without having logged in. */
		fail(e, "the mail server refused our login");
}

static void line_sent(struct esmtp *e, const char *line, size_t len)
{
	static const struct {
		const char *verb;
		int stage;
	} verbs[] = { { "EHLO", STAGE_HELLO },
		      { "HELO", STAGE_HELLO },
		      { "STARTTLS", STAGE_TLS },
		      { "AUTH", STAGE_AUTH },
		      { "MAIL", STAGE_MAIL } };

	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		size_t n = strlen(verbs[i].verb);

		if (len > n && !strncasecmp(line, verbs[i].verb, n) && strchr(" \r", line[n]))
			e->stage = verbs[i].stage;
	}
	e->tls_answered = false;
	/* A server that offers no mechanism of ours is used without, too. */
	if (e->stage == STAGE_MAIL && e->job->mail->user && !e->logged_in)
		fail(e, "the mail server does not offer a login that we have");
}

/*
 * Sees both directions in clear, also within TLS. Of use only up to the first
 * mail: later, commands are pipelined and each mail has its own status.
 */
static void monitor(const char *buf, int len, int writing, void *arg)
{
	struct esmtp *e = arg;

	if (e->stage == STAGE_MAIL || len <= 0)
		return;
	if (writing) {
		line_sent(e, buf, (size_t)len);
		return;
	}
	for (int i = 0; i < len; i++) {
		if (buf[i] == '\n') {
			e->partial[e->partial_len] = '\0';
			e->partial_len = 0;
			line_received(e, e->partial);
		} else if (e->partial_len + 1 < sizeof(e->partial) && buf[i] != '\r') {
			e->partial[e->partial_len++] = buf[i];
		}
	}
}

/* --- what became of a mail ------------------------------------------------ */

static bool positive(const smtp_status_t *s)
{
	return s && s->code >= 200 && s->code < 300;
}

static bool negative(const smtp_status_t *s)
{
	return s && s->code >= 400 && s->code < 600;
}

/*
 * Reports @m where its fate is sealed. Only a positive reply to its recipient
 * and one to its data make it sent; that smtp_start_session() is content
 * says nothing.
 */
static void mail_settle(struct mail_state *m, smtp_message_t message)
{
	const smtp_status_t *from = smtp_reverse_path_status(message);
	const smtp_status_t *rcpt = smtp_recipient_status(m->recipient);
	const smtp_status_t *data = smtp_message_transfer_status(message);
	const struct via_job *job = m->e->job;

	if (m->done)
		return;
	if (negative(from)) {
		/* Our sender address is not this recipient's fault. */
		via_report(job, m->mail->index, DELIVERY_LATER, from->code, from->text);
	} else if (negative(rcpt)) {
		via_report_reply(job, m->mail->index, rcpt->code, rcpt->text);
	} else if (negative(data)) {
		via_report_reply(job, m->mail->index, data->code, data->text);
	} else if (positive(rcpt) && positive(data)) {
		via_report(job, m->mail->index, DELIVERY_SENT, data->code, data->text);
	} else {
		return;
	}
	m->done = true;
}

static void settle_cb(smtp_message_t message, void *arg)
{
	(void)arg;
	mail_settle(smtp_message_get_application_data(message), message);
}

/* Small messages over several segments would wait for delayed ACKs: 22 a second. */
static void no_delay(void)
{
	int on = 1;

	/* The library does not show its socket. */
	for (int fd = 3; fd < 32; fd++)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

static void event(smtp_session_t session, int number, void *arg, ...)
{
	struct esmtp *e = arg;
	va_list ap;

	va_start(ap, arg);
	switch (number) {
	case SMTP_EV_CONNECT:
		no_delay();
		break;
	case SMTP_EV_MAILSTATUS:
	case SMTP_EV_RCPTSTATUS:
	case SMTP_EV_MESSAGESENT:
		smtp_enumerate_messages(session, settle_cb, e);
		break;
	/* Where TLS is required OpenSSL has verified the chain and the name by now,
	 * or the handshake had failed; the library's own idea of names knows no
	 * addresses. Where it is opportunistic any certificate will do. */
	case SMTP_EV_WRONG_PEER_CERTIFICATE:
		*va_arg(ap, int *) = 1;
		break;
	case SMTP_EV_INVALID_PEER_CERTIFICATE:
		va_arg(ap, long);
		*va_arg(ap, int *) = e->job->tls == MAIL_TLS_OPPORTUNISTIC;
		break;
	case SMTP_EV_NO_PEER_CERTIFICATE:
		*va_arg(ap, int *) = e->job->tls == MAIL_TLS_OPPORTUNISTIC;
		break;
	case SMTP_EV_NO_CLIENT_CERTIFICATE:
		*va_arg(ap, int *) = 1; /* we need none */
		break;
	}
	va_end(ap);
}

/* --- setting up ----------------------------------------------------------- */

static void tls_verify(struct esmtp *e)
{
	const struct conf_mail *mail = e->job->mail;
	X509_VERIFY_PARAM *param = SSL_CTX_get0_param(e->ssl);
	int ok;

	ok = mail->ca_file ? SSL_CTX_load_verify_locations(e->ssl, mail->ca_file, NULL) :
			     SSL_CTX_set_default_verify_paths(e->ssl);
	if (!ok)
		via_fail(e->job, 0, "the certificates in %s cannot be used",
			 mail->ca_file ? mail->ca_file : "the system's store");
	if (!X509_VERIFY_PARAM_set1_ip_asc(param, mail->server) &&
	    !X509_VERIFY_PARAM_set1_host(param, mail->server, 0))
		via_fail(e->job, 0, "out of memory");
	/* A name is no address: that error, left there, would pass for the handshake's. */
	ERR_clear_error();
	SSL_CTX_set_verify(e->ssl, SSL_VERIFY_PEER, NULL);
}

/*
 * A context of our own: the library's default one is freed with the session and
 * knows no host names. TLS 1.2 at most: with 1.3 a session ticket is taken for
 * a reply, which hangs the session and reports success.
 */
static void tls_set(struct esmtp *e)
{
	enum starttls_option how = Starttls_ENABLED;

	if (e->job->tls == MAIL_TLS_OFF) {
		smtp_starttls_enable(e->session, Starttls_DISABLED);
		return;
	}
	e->ssl = SSL_CTX_new(TLS_client_method());
	if (!e->ssl || !SSL_CTX_set_max_proto_version(e->ssl, TLS1_2_VERSION) ||
	    !SSL_CTX_set_min_proto_version(e->ssl, TLS1_2_VERSION))
		via_fail(e->job, 0, "TLS cannot be set up");
	if (e->job->tls == MAIL_TLS_REQUIRED) {
		how = Starttls_REQUIRED;
		tls_verify(e);
	}
	smtp_starttls_set_ctx(e->session, e->ssl);
	smtp_starttls_enable(e->session, how);
}

static int interact(auth_client_request_t request, char **result, int fields, void *arg)
{
	const struct conf_mail *mail = arg;

	for (int i = 0; i < fields; i++) {
		if (request[i].flags & AUTH_USER)
			result[i] = mail->user;
		else if (request[i].flags & AUTH_PASS)
			result[i] = mail->password;
		else
			return 0;
	}
	return 1;
}

static void auth_set(struct esmtp *e)
{
	if (!e->job->mail->user)
		return;
	/* Else the library sends the password in clear where TLS is not offered. */
	if (e->job->tls != MAIL_TLS_REQUIRED)
		via_fail(e->job, 0, "a login needs tls = \"required\"");
	auth_client_init();
	e->auth = auth_create_context();
	auth_set_mechanism_flags(e->auth, AUTH_PLUGIN_PLAIN, 0);
	auth_set_interact_cb(e->auth, interact, (void *)(uintptr_t)e->job->mail);
	smtp_auth_set_context(e->session, e->auth);
}

static void timeouts_set(struct esmtp *e)
{
	static const int which[] = { Timeout_GREETING, Timeout_ENVELOPE, Timeout_DATA,
				     Timeout_TRANSFER, Timeout_DATA2 };

	for (size_t i = 0; i < sizeof(which) / sizeof(which[0]); i++)
		smtp_set_timeout(e->session, which[i] | Timeout_OVERRIDE_RFC2822_MINIMUM,
				 1000L * e->job->mail->timeout);
}

static const char *text_cb(void **ctx, int *len, void *arg)
{
	struct mail_state *m = arg;

	if (!len) {
		*ctx = NULL; /* from the beginning */
		return NULL;
	}
	if (*ctx) {
		*len = 0;
		return NULL;
	}
	/* The library frees the context with the message. */
	*ctx = malloc(1);
	*len = (int)m->mail->len;
	return m->mail->text;
}

static void message_add(struct esmtp *e, struct mail_state *m)
{
	smtp_message_t message = smtp_add_message(e->session);

	if (!message || !smtp_set_reverse_path(message, e->job->mail->from) ||
	    !smtp_set_messagecb(message, text_cb, m))
		via_fail(e->job, 0, "out of memory");
	smtp_message_set_application_data_release(message, m, NULL);
	m->recipient = smtp_add_recipient(message, m->mail->to);
	if (!m->recipient)
		via_fail(e->job, 0, "out of memory");
}

/* "host:port", an IPv6 address in brackets. */
static void server_set(struct esmtp *e)
{
	const struct conf_mail *mail = e->job->mail;
	char text[300];
	bool v6 = strchr(mail->server, ':');

	snprintf(text, sizeof(text), "%s%s%s:%u", v6 ? "[" : "", mail->server, v6 ? "]" : "",
		 mail->port);
	if (!smtp_set_server(e->session, text))
		via_fail(e->job, 0, "%s is no server name", text);
}

static int session_end(struct esmtp *e)
{
	char text[128];

	/* A mail was begun: what is not reported now went down with the line. */
	if (e->stage == STAGE_MAIL)
		return 0;
	if (e->stage == STAGE_TLS && e->job->tls != MAIL_TLS_REQUIRED)
		return -EPROTO;
	if (e->stage == STAGE_TLS)
		fail(e, "TLS with the mail server could not be established");
	if (!e->reply[0])
		via_fail(e->job, 0, "no SMTP session with %s port %u: %s", e->job->mail->server,
			 e->job->mail->port, smtp_strerror(smtp_errno(), text, sizeof(text)));
	fail(e, "the mail server ended the session");
}

static int esmtp_session(struct via_job *job)
{
	struct esmtp *e = calloc(1, sizeof(*e));

	if (!e || !(e->states = calloc(job->n, sizeof(*e->states))))
		via_fail(job, 0, "out of memory");
	e->job = job;
	/* It asks there for a client certificate, and gives up where it may not look. */
	setenv("HOME", "/nonexistent", 1);
	unsetenv("XDG_CONFIG_HOME");
	e->session = smtp_create_session();
	if (!e->session)
		via_fail(job, 0, "out of memory");
	server_set(e);
	timeouts_set(e);
	tls_set(e);
	auth_set(e);
	smtp_set_monitorcb(e->session, monitor, e, 1);
	smtp_set_eventcb(e->session, event, e);
	for (size_t i = 0; i < job->n; i++) {
		struct mail_state *m = &e->states[i];

		m->e = e;
		m->mail = &job->mails[i];
		if (m->mail->utf8) {
			m->done = true;
			via_report(job, m->mail->index, DELIVERY_REFUSED, 0,
				   "an address that is not ASCII needs client = \"libcurl\"");
			continue;
		}
		message_add(e, m);
	}
	/* Its result says nothing: it is content with sessions that failed, too. */
	smtp_start_session(e->session);
	smtp_enumerate_messages(e->session, settle_cb, e);
	return session_end(e);
}

const struct via via_esmtp = { "libesmtp", esmtp_session };
