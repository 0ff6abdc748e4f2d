// SPDX-License-Identifier: GPL-2.0
/*
 * The tables of routes.
 */
#include "route.h"

#include <string.h>

#include "api.h"
#include "events.h"
#include "page.h"

/* The last one is the dead site's: each of its paths is the page. */
static const struct web_route standin_routes[] = {
	{ "GET", WELL_KNOWN "v1/inquiry", api_inquiry },
	{ "POST", WELL_KNOWN "v1/choice", api_choice },
	{ "GET", WELL_KNOWN "v1/events", events_open },
	{ NULL, NULL, page_standin },
	{ 0 },
};

static const struct web_route portal_routes[] = {
	{ "GET", WELL_KNOWN "v1/inquiry", api_inquiry },
	{ "GET", WELL_KNOWN "v1/inquiries", api_inquiries },
	{ "POST", WELL_KNOWN "v1/choice", api_choice },
	{ "GET", WELL_KNOWN "v1/events", events_open },
	{ 0 },
};

static const struct web_route status_routes[] = {
	{ 0 },
};

static const struct web_route *const faces[] = {
	[WEB_STANDIN] = standin_routes,
	[WEB_PORTAL] = portal_routes,
	[WEB_STATUS] = status_routes,
};

static bool path_fits(const struct web_route *r, const struct http_request *req)
{
	size_t len = r->path ? strlen(r->path) : 0;

	if (!r->path || http_path_is(req, r->path))
		return true;
	return len > 1 && r->path[len - 1] == '/' && req->path_len > len &&
	       !memcmp(req->target, r->path, len);
}

static bool method_fits(const struct web_route *r, const struct http_request *req)
{
	if (!r->method || http_is(req, r->method))
		return true;
	return !strcmp(r->method, "GET") && http_is(req, "HEAD");
}

void route_request(struct conn *c)
{
	bool path_known = false;

	for (const struct web_route *r = faces[c->face]; r->handle; r++) {
		if (!path_fits(r, c->req))
			continue;
		if (method_fits(r, c->req)) {
			r->handle(c);
			return;
		}
		path_known = true;
	}
	if (path_known)
		conn_plain(c, 405, "That cannot be done here.");
	else
		conn_plain(c, 404, "There is no such page.");
}
