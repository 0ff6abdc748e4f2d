// SPDX-License-Identifier: GPL-2.0
/*
 * The portal over HTTP: requests one at a time, and beside them the stream of
 * events, which is waited for.
 */
#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../cli/buf.h"
#include "agent.h"

#define API_ROOT     "/.well-known/ringback/"
#define BODY_MAX     (1024 * 1024) /* bytes of an answer */
#define CONNECT_TIME 10L /* seconds */
#define REQUEST_TIME 20L
/* The portal sends a comment every 15 seconds: three that fail to come are too many. */
#define SILENCE_TIME 45L

struct http {
	char *url;
	const char *ca;
	CURL *request, *stream;
	CURLM *multi;
	bool listening; /* stream is in multi */
	struct curl_slist *stream_headers;
	struct sse sse;
	sse_event cb;
	void *arg;
	struct buf body;
	char detail[CURL_ERROR_SIZE];
	char error[CURL_ERROR_SIZE + 64];
};

static int failed(struct http *h, int err, const char *what)
{
	snprintf(h->error, sizeof(h->error), "%s", what);
	return err;
}

static int curl_failed(struct http *h, CURLcode rc)
{
	return failed(h, -EIO, h->detail[0] ? h->detail : curl_easy_strerror(rc));
}

/* What every transfer has. */
static int prepare(struct http *h, CURL *c, const char *path, const char *accept,
		   struct curl_slist **headers)
{
	char *url;

	if (asprintf(&url, "%s" API_ROOT "%s", h->url, path) < 0)
		return failed(h, -ENOMEM, "out of memory");
	curl_easy_reset(c);
	h->detail[0] = '\0';
	curl_easy_setopt(c, CURLOPT_URL, url);
	free(url);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, h->detail);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	/* The portal knows us by our address: a proxy would speak for others. */
	curl_easy_setopt(c, CURLOPT_PROXY, "");
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "ringback/" RINGBACK_VERSION);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, CONNECT_TIME);
	if (h->ca)
		curl_easy_setopt(c, CURLOPT_CAINFO, h->ca);
	*headers = curl_slist_append(NULL, accept);
	if (!*headers)
		return failed(h, -ENOMEM, "out of memory");
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, *headers);
	return 0;
}

/* --- requests ------------------------------------------------------------------ */

static size_t on_body(char *bytes, size_t size, size_t n, void *arg)
{
	struct http *h = arg;

	if (h->body.len + size * n > BODY_MAX)
		return 0; /* libcurl ends the transfer */
	buf_add(&h->body, bytes, size * n);
	return h->body.failed ? 0 : size * n;
}

static int post(struct http *h, const json_t *body, char **text, struct curl_slist **headers)
{
	struct curl_slist *more;

	*text = json_dumps(body, JSON_COMPACT);
	more = curl_slist_append(*headers, "Content-Type: application/json");
	if (!*text || !more)
		return failed(h, -ENOMEM, "out of memory");
	*headers = more;
	curl_easy_setopt(h->request, CURLOPT_POSTFIELDS, *text);
	curl_easy_setopt(h->request, CURLOPT_HTTPHEADER, *headers);
	return 0;
}

static int perform(struct http *h, json_t **answer, long *status)
{
	CURLcode rc;

	curl_easy_setopt(h->request, CURLOPT_TIMEOUT, REQUEST_TIME);
	curl_easy_setopt(h->request, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(h->request, CURLOPT_WRITEDATA, h);
	h->body.len = 0;
	rc = curl_easy_perform(h->request);
	if (h->body.failed)
		return failed(h, -ENOMEM, "out of memory");
	if (rc == CURLE_WRITE_ERROR)
		return failed(h, -EMSGSIZE, "the answer is too long");
	if (rc != CURLE_OK)
		return curl_failed(h, rc);
	curl_easy_getinfo(h->request, CURLINFO_RESPONSE_CODE, status);
	*answer = json_loadb(h->body.data ? h->body.data : "", h->body.len, 0, NULL);
	if (*answer)
		return 0;
	snprintf(h->error, sizeof(h->error), "HTTP %ld, and no JSON: is that the portal?", *status);
	return -EBADMSG;
}

int http_json(struct http *h, const char *path, const json_t *body, json_t **answer, long *status)
{
	struct curl_slist *headers = NULL;
	char *text = NULL;
	int err = prepare(h, h->request, path, "Accept: application/json", &headers);

	*answer = NULL;
	if (!err && body)
		err = post(h, body, &text, &headers);
	if (!err)
		err = perform(h, answer, status);
	if (!err && !body && *status != 200) {
		snprintf(h->error, sizeof(h->error), "HTTP %ld", *status);
		json_decref(*answer);
		err = -EIO;
	}
	curl_slist_free_all(headers);
	free(text);
	return err;
}

/* --- the stream ------------------------------------------------------------------ */

bool http_streaming(const struct http *h)
{
	const char *type = NULL;
	long status = 0;

	curl_easy_getinfo(h->stream, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(h->stream, CURLINFO_CONTENT_TYPE, &type);
	return status == 200 && type && strncmp(type, "text/event-stream", 17) == 0;
}

static size_t on_stream(char *bytes, size_t size, size_t n, void *arg)
{
	struct http *h = arg;

	/* Another answer than a stream is of no interest. */
	if (!http_streaming(h) || sse_feed(&h->sse, bytes, size * n, h->cb, h->arg))
		return 0;
	return size * n;
}

static void stop_listening(struct http *h)
{
	if (h->listening)
		curl_multi_remove_handle(h->multi, h->stream);
	h->listening = false;
	curl_slist_free_all(h->stream_headers);
	h->stream_headers = NULL;
}

int http_listen(struct http *h, const char *path, sse_event cb, void *arg)
{
	int err;

	stop_listening(h);
	memset(&h->sse, 0, sizeof(h->sse));
	h->cb = cb;
	h->arg = arg;
	err = prepare(h, h->stream, path, "Accept: text/event-stream", &h->stream_headers);
	if (err)
		return err;
	curl_easy_setopt(h->stream, CURLOPT_WRITEFUNCTION, on_stream);
	curl_easy_setopt(h->stream, CURLOPT_WRITEDATA, h);
	curl_easy_setopt(h->stream, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(h->stream, CURLOPT_LOW_SPEED_TIME, SILENCE_TIME);
	if (curl_multi_add_handle(h->multi, h->stream))
		return failed(h, -ENOMEM, "out of memory");
	h->listening = true;
	return 0;
}

static void say_end(struct http *h, CURLcode rc)
{
	long status = 0;

	curl_easy_getinfo(h->stream, CURLINFO_RESPONSE_CODE, &status);
	if (rc == CURLE_OK && http_streaming(h))
		failed(h, 0, "the portal ended the stream of events");
	else if (status && !http_streaming(h))
		snprintf(h->error, sizeof(h->error),
			 "HTTP %ld instead of a stream of events: is that the portal?", status);
	else if (rc == CURLE_WRITE_ERROR)
		failed(h, 0, "an event is too long");
	else
		curl_failed(h, rc);
}

int http_wait(struct http *h, int ms)
{
	const CURLMsg *m;
	int running = 0, left;

	if (curl_multi_perform(h->multi, &running) == CURLM_OK && running)
		curl_multi_poll(h->multi, NULL, 0, ms, NULL);
	if (running)
		curl_multi_perform(h->multi, &running);
	if (running)
		return 1;
	while ((m = curl_multi_info_read(h->multi, &left)))
		if (m->msg == CURLMSG_DONE)
			say_end(h, m->data.result);
	stop_listening(h);
	return 0;
}

/* --- life ------------------------------------------------------------------------- */

const char *http_error(const struct http *h)
{
	return h->error;
}

struct http *http_open(const char *url, const char *ca)
{
	struct http *h = calloc(1, sizeof(*h));
	size_t n = strlen(url);

	if (!h || curl_global_init(CURL_GLOBAL_DEFAULT)) {
		free(h);
		return NULL;
	}
	while (n && url[n - 1] == '/')
		n--;
	h->ca = ca;
	h->url = strndup(url, n);
	h->request = curl_easy_init();
	h->stream = curl_easy_init();
	h->multi = curl_multi_init();
	if (h->url && h->request && h->stream && h->multi)
		return h;
	http_close(h);
	return NULL;
}

void http_close(struct http *h)
{
	if (!h)
		return;
	stop_listening(h);
	curl_multi_cleanup(h->multi);
	curl_easy_cleanup(h->stream);
	curl_easy_cleanup(h->request);
	curl_global_cleanup();
	free(h->url);
	buf_free(&h->body);
	free(h);
}
