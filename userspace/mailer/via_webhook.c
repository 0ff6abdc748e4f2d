// SPDX-License-Identifier: GPL-2.0
/*
 * Lists and announcements by HTTP POST: docs/webhook.md is what receivers are told.
 * A part of a list must not be told twice, so it matters here whether a request may
 * have arrived whose answer did not.
 */
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/timefmt.h"
#include "curl_common.h"
#include "document.h"
#include "handover.h"
#include "report.h"

#define ANSWER_MAX   65536 /* bytes of an answer's body that are waited for */
#define ANSWER_SHOWN 200 /* of these that a result quotes */
#define HEADER_MAX   256

struct post {
	const struct conf_target *target;
	int report_fd;
	CURL *curl;
	char error[CURL_ERROR_SIZE];
	size_t answered; /* bytes of the answer's body */
	char answer[ANSWER_SHOWN]; /* its beginning */
};

/* --- what is sent --------------------------------------------------------- */

__attribute__((format(printf, 3, 4))) static struct curl_slist *
header_add(const struct post *p, struct curl_slist *list, const char *fmt, ...)
{
	char line[HEADER_MAX];
	struct curl_slist *longer;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	longer = curl_slist_append(list, line);
	if (!longer)
		report_fail(p->report_fd, 0, "out of memory");
	return longer;
}

/* "sha256=" and the HMAC in hexadecimal, which many receivers know how to check. */
static struct curl_slist *signature_add(const struct post *p, struct curl_slist *list,
					const char *body)
{
	const char *key = p->target->key;
	unsigned char hash[EVP_MAX_MD_SIZE];
	char hex[2 * EVP_MAX_MD_SIZE + 1];
	unsigned int n = 0;

	if (!key)
		return list;
	if (!HMAC(EVP_sha256(), key, (int)strlen(key), (const unsigned char *)body, strlen(body),
		  hash, &n))
		report_fail(p->report_fd, 0, "no HMAC-SHA-256");
	for (unsigned int i = 0; i < n; i++)
		snprintf(hex + 2 * i, 3, "%02x", hash[i]);
	return header_add(p, list, "X-Ringback-Signature: sha256=%s", hex);
}

static struct curl_slist *headers(const struct post *p, const struct msg_handover *h,
				  const char *body)
{
	char id[DOCUMENT_ID_MAX];
	struct curl_slist *list;

	list = header_add(p, NULL, "Content-Type: application/json");
	list = header_add(p, list, "Expect:"); /* none: we do not wait for a 100 */
	if (p->target->format == WEBHOOK_RINGBACK)
		list = header_add(p, list, "Idempotency-Key: \"%s\"", document_id(h, id));
	return signature_add(p, list, body);
}

/* --- what comes back ------------------------------------------------------ */

/* An endless answer ends here, which is an error to the library alone. */
static size_t answer_read(char *data, size_t size, size_t n, void *arg)
{
	struct post *p = arg;
	size_t len = size * n, left = sizeof(p->answer) - 1 - strlen(p->answer);

	strncat(p->answer, data, len < left ? len : left);
	p->answered += len;
	return p->answered <= ANSWER_MAX ? len : 0;
}

/* It must not be told by anybody else as well. */
static bool told_once(const struct conf_target *t)
{
	return t->format == WEBHOOK_RINGBACK;
}

static enum delivery judge(const struct post *p, enum handover_act act, long status)
{
	if (status >= 200 && status < 300)
		return DELIVERY_SENT;
	/* A proxy has passed it on, and does not know either. */
	if (status == 504 && told_once(p->target))
		return DELIVERY_UNSURE;
	/* Request Timeout, Too Early, Too Many Requests */
	if (status == 408 || status == 425 || status == 429 || status >= 500)
		return DELIVERY_LATER;
	/* Nobody else tells of an announcement: it ends where the document itself is at fault. */
	if (act != HANDOVER_PART && status != 400 && status != 413 && status != 422)
		return DELIVERY_LATER;
	return DELIVERY_REFUSED;
}

/* How many bytes of @url are its scheme and host. */
static size_t host_end(const char *url)
{
	const char *host = strstr(url, "://");
	size_t scheme = host ? (size_t)(host - url) + 3 : 0;
	size_t end = scheme + strcspn(url + scheme, "/?#");

	return end < ANSWER_SHOWN ? end : ANSWER_SHOWN;
}

static void report_status(const struct post *p, uint32_t index, enum handover_act act, long status)
{
	enum delivery d = judge(p, act, status);
	char text[sizeof(p->answer) + 64];
	char *to = NULL;

	curl_easy_getinfo(p->curl, CURLINFO_REDIRECT_URL, &to);
	/* Where to, it often repeats our path, which may be a secret. */
	if (to)
		snprintf(text, sizeof(text), "a redirect, which is not followed: to %.*s",
			 (int)host_end(to), to);
	else
		snprintf(text, sizeof(text), "HTTP status %ld%s%s", status,
			 p->answer[0] ? ": " : "", p->answer);
	report(p->report_fd, index, d, (uint16_t)status, text);
}

/*
 * There was no answer. What left as a whole may have arrived, what did not certainly
 * is of no use there. Who did not even connect, or is silent, has no more to be asked.
 */
static void report_failure(const struct post *p, uint32_t index, CURLcode code, size_t size)
{
	const char *why = p->error[0] ? p->error : curl_easy_strerror(code);
	curl_off_t sent = 0;

	curl_easy_getinfo(p->curl, CURLINFO_SIZE_UPLOAD_T, &sent);
	if (!sent)
		report_fail(p->report_fd, 0, "%s", why);
	report(p->report_fd, index,
	       told_once(p->target) && (size_t)sent >= size ? DELIVERY_UNSURE : DELIVERY_LATER, 0,
	       why);
	if (code == CURLE_OPERATION_TIMEDOUT)
		report_fail(p->report_fd, 0, "%s", why);
}

/* --- the session ---------------------------------------------------------- */

static void post(struct post *p, uint32_t index, const struct msg_handover *h, const char *body)
{
	struct curl_slist *list = headers(p, h, body);
	long status = 0;
	CURLcode code;

	p->answered = 0;
	p->answer[0] = p->error[0] = '\0';
	curl_easy_setopt(p->curl, CURLOPT_HTTPHEADER, list);
	curl_easy_setopt(p->curl, CURLOPT_POSTFIELDS, body);
	code = curl_easy_perform(p->curl);
	curl_easy_getinfo(p->curl, CURLINFO_RESPONSE_CODE, &status);
	if (status >= 200)
		report_status(p, index, h->act, status);
	else
		report_failure(p, index, code, strlen(body));
	curl_easy_setopt(p->curl, CURLOPT_HTTPHEADER, NULL);
	curl_slist_free_all(list);
}

static void options(struct post *p)
{
	const struct conf_target *t = p->target;

	curl_common(p->curl, t->timeout, true, t->ca_file, p->error);
	curl_easy_setopt(p->curl, CURLOPT_URL, t->url);
	curl_easy_setopt(p->curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(p->curl, CURLOPT_USERAGENT, "ringback/" RINGBACK_VERSION);
	curl_easy_setopt(p->curl, CURLOPT_WRITEFUNCTION, answer_read);
	curl_easy_setopt(p->curl, CURLOPT_WRITEDATA, p);
}

/* Neither knows a release, Alertmanager no lists. */
static bool takes(const struct conf_target *t, enum handover_act act)
{
	return act == HANDOVER_DOWN || act == HANDOVER_UP ||
	       (act == HANDOVER_PART && t->format == WEBHOOK_RINGBACK);
}

static char *document(const struct post *p, const struct msg_handover *h)
{
	char *body = p->target->format == WEBHOOK_ALERTMANAGER ? document_alert(h, time_now()) :
								 document_ringback(h);

	if (!body)
		report_fail(p->report_fd, 0, "out of memory");
	return body;
}

void webhook_session(const void *arg, const void *const *items, size_t n, int report_fd)
{
	const struct handover_way *way = arg;
	struct post p = { .target = way->target, .report_fd = report_fd };

	p.curl = curl_easy_init();
	if (!p.curl)
		report_fail(report_fd, 0, "out of memory");
	options(&p);
	for (size_t i = 0; i < n; i++) {
		const struct msg_handover *h = items[i];
		char *body;

		if (!takes(p.target, h->act)) {
			report(report_fd, (uint32_t)i, DELIVERY_REFUSED, 0,
			       "a webhook of this format does not take it");
			continue;
		}
		body = document(&p, h);
		post(&p, (uint32_t)i, h, body);
		free(body);
	}
	curl_easy_cleanup(p.curl);
}
