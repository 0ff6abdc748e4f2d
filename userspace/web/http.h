/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The head of an HTTP/1.x request as a value (RFC 9112). Pure: bytes in, a
 * verdict out. libevent's own server is not used: it refuses methods that it
 * does not know before anybody is asked, cannot take a connection that somebody
 * else has accepted and looked into, and has one timeout for all that a client
 * may do slowly.
 */
#ifndef RINGBACK_WEB_HTTP_H
#define RINGBACK_WEB_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HTTP_HEAD_MAX		16384	/* bytes of a request's head */
#define HTTP_BODY_MAX		8192	/* bytes of a body that we read */
#define HTTP_HEADERS_MAX	100

struct http_header {
	const char *name, *value;
};

/* Strings are of the buffer that was parsed, cut up there. */
struct http_request {
	const char *method;		/* a token, as sent */
	const char *target;		/* path and query as sent, not decoded; begins with '/' */
	size_t path_len;		/* of the path in it */
	const char *query;		/* what follows the '?'; "" if there is none */
	uint8_t minor;			/* HTTP/1.minor, 0 or 1 */
	struct http_header headers[HTTP_HEADERS_MAX];
	size_t n_headers;
	bool chunked;			/* the body has no length of its own */
	uint64_t length;		/* of the body; 0 if there is none */
	char *body;			/* NUL-terminated; "" until it was read */
};

/*
 * Parses a head, the empty line at its end included, in place; @len counts no
 * NUL, head[len] is one. Returns 0, or the status to refuse it with: 400, 431
 * (too many headers), 501 (transfer coding), 505 (not HTTP/1.x).
 */
int http_parse(struct http_request *r, char *head, size_t len);
/* The first header of that name, or NULL. */
const char *http_header(const struct http_request *r, const char *name);
bool http_is(const struct http_request *r, const char *method);
bool http_path_is(const struct http_request *r, const char *path);
/*
 * Is it for the host of @url, or for a numeric address or "localhost"? What else
 * comes is a page of another site that gave our address to a name of its own.
 */
bool http_for_host(const struct http_request *r, const char *url);
/* The words that belong to a status, "Service Unavailable". */
const char *http_reason(int status);

#endif /* RINGBACK_WEB_HTTP_H */
