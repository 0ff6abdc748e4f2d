/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The parts of ringback-agent, which a person runs on a client as "ringback agent".
 * It speaks the API of docs/inquiry.md to the portal, whose every byte is foreign.
 */
#ifndef RINGBACK_AGENT_AGENT_H
#define RINGBACK_AGENT_AGENT_H

#include <jansson.h>

#include "../cli/cli.h"

/* --- sse.c: server-sent events (WHATWG HTML, 9.2.6). Pure. --------------------- */

#define SSE_LINE_MAX  4096 /* bytes of a line */
#define SSE_DATA_MAX  8192 /* bytes of an event's data */
#define SSE_EVENT_MAX 32

struct sse {
	char line[SSE_LINE_MAX + 1];
	size_t line_len;
	bool after_cr; /* a LF that follows belongs to it */
	char event[SSE_EVENT_MAX]; /* "": message */
	char data[SSE_DATA_MAX + 1];
	size_t data_len;
	bool has_data;
};

/* @data: its lines joined by LF, NUL-terminated; valid during the call. */
typedef void (*sse_event)(const char *event, const char *data, void *arg);
/* Takes the next @n bytes; a zeroed struct begins. -EMSGSIZE: beyond our limits. */
int sse_feed(struct sse *s, const char *bytes, size_t n, sse_event cb, void *arg);

/* --- http.c: the way to the portal, the only place of the agent with libcurl ---- */

struct http;

/*
 * @url: of the portal, http or https. @ca: file of certificates to trust instead of
 * the system's, or NULL. NULL without memory. Both strings stay the caller's.
 */
struct http *http_open(const char *url, const char *ca);
void http_close(struct http *h);
/*
 * GET, or with @body POST, of @path below the API's root. 0: *@answer is JSON, owned by
 * the caller, and *@status the HTTP status (of a GET: 200); else -errno with a sentence in http_error().
 * Takes up to 20 seconds.
 */
int http_json(struct http *h, const char *path, const json_t *body, json_t **answer, long *status);
/* Begins to listen to the stream of events at @path: 0 or -errno. */
int http_listen(struct http *h, const char *path, sse_event cb, void *arg);
/*
 * Waits for up to @ms milliseconds and handles what came; events go to the callback.
 * 1: go on; 0: the stream has ended, and http_error() says why.
 */
int http_wait(struct http *h, int ms);
/* Whether the stream has begun with an answer that is one. */
bool http_streaming(const struct http *h);
const char *http_error(const struct http *h);

/* --- desktop.c: a notification on the desktop --------------------------------- */

/* Where notify-send is, or NULL: no desktop here, or no such program. */
const char *desktop_find(void);
/* Shows it and returns at once; what is no text or is markup in the two is made harmless. */
void desktop_notify(const char *program, const char *title, const char *text);

/* --- agent.c: what is done about it -------------------------------------------- */

enum agent_answer { AGENT_ASK, AGENT_YES, AGENT_NO };

struct agent_options {
	const char *url;
	const char *mail; /* for where an address is asked, or NULL */
	const char *ca;
	enum agent_answer answer;
	bool once; /* ends when the first service is back */
};

/* Runs until the first recovery (once), or until it is killed: CLI_OK or CLI_FAILED. */
int agent_run(struct cli *cli, const struct agent_options *o);

#endif /* RINGBACK_AGENT_AGENT_H */
