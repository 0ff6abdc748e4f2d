/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Questions to the engine in the words of the control socket (common/control.h),
 * for the operator's pages: over a socket of its own for each, which the engine
 * serves for looking only.
 */
#ifndef RINGBACK_WEB_QUERY_H
#define RINGBACK_WEB_QUERY_H

#include <jansson.h>

#include "web.h"

#define QUERY_ROWS_MAX 1000 /* of one answer; the rest is cut off */

struct query;

/*
 * @answers: for each request {"rows": [..], "error": text or absent}, borrowed; NULL: the
 * engine is away, and @why says so. The query is gone when this is called.
 */
typedef void (*query_done)(const json_t *answers, const char *why, void *arg);

/*
 * Asks all of @requests (an array, taken over; NULL: out of memory), one after the other;
 * only the last may have more rows than QUERY_ROWS_MAX. NULL: too many are under way, or
 * no engine; @done is then not called.
 */
struct query *query_ask(struct web *w, json_t *requests, query_done done, void *arg);
/*
 * Listens to the engine's events: each goes to @row, until @done or query_cancel().
 */
struct query *query_monitor(struct web *w, void (*row)(const json_t *row, void *arg),
			    query_done done, void *arg);
/* Forgets it without a call. */
void query_cancel(struct query *q);

#endif /* RINGBACK_WEB_QUERY_H */
