// SPDX-License-Identifier: GPL-2.0
/*
 * The tables of routes.
 */
#include "route.h"

#include <string.h>

#include "api.h"
#include "assets.h"
#include "choice.h"
#include "events.h"
#include "link.h"
#include "page.h"
#include "status.h"

static const struct web_route inquiry_routes[] = {
	{ "GET", WELL_KNOWN "v1/inquiry", api_inquiry },
	{ "POST", WELL_KNOWN "v1/choice", choice_post },
	{ "GET", WELL_KNOWN "v1/events", events_open },
	{ NULL, WELL_KNOWN "confirm", link_follow },
	{ NULL, WELL_KNOWN "stop", link_follow },
	{ "GET", WELL_KNOWN "style.css", assets_style },
	{ "GET", WELL_KNOWN "page.js", assets_script },
	{ "GET", WELL_KNOWN "logo", assets_logo },
	{ 0 },
};

/* Each path of the dead site is the page. */
static const struct web_route standin_routes[] = {
	{ NULL, NULL, page_standin },
	{ 0 },
};

static const struct web_route portal_routes[] = {
	{ "GET", WELL_KNOWN "v1/inquiries", api_inquiries },
	{ "GET", "/", page_portal },
	{ 0 },
};

static const struct web_route status_routes[] = {
	{ "GET", "/", status_overview },
	{ "GET", "/outage", status_outage },
	{ "GET", "/why", status_why },
	{ "GET", "/events", status_events },
	{ "GET", "/metrics", status_metrics },
	{ "GET", "/status.css", assets_status_style },
	{ "GET", "/status.js", assets_status_script },
	{ 0 },
};

static const struct web_route *const faces[][2] = {
	[WEB_STANDIN] = { inquiry_routes, standin_routes },
	[WEB_PORTAL] = { inquiry_routes, portal_routes },
	[WEB_STATUS] = { status_routes, NULL },
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
	/* A stream has no end, hence no head of its own. */
	return !strcmp(r->method, "GET") && http_is(req, "HEAD") && r->handle != events_open &&
	       r->handle != status_events;
}

/* True: answered. *@path_known: the path is there, for other methods. */
static bool try_table(const struct web_route *r, struct conn *c, bool *path_known)
{
	for (; r && r->handle; r++) {
		if (!path_fits(r, c->req))
			continue;
		if (method_fits(r, c->req)) {
			r->handle(c);
			return true;
		}
		*path_known = true;
	}
	return false;
}

void route_request(struct conn *c)
{
	const char *url = c->web->conf->web.url;
	bool path_known = false;

	if (c->face == WEB_PORTAL && url && !http_for_host(c->req, url)) {
		conn_plain(c, 421, "This is another host.");
		return;
	}
	for (size_t i = 0; i < 2 && !path_known; i++) {
		if (try_table(faces[c->face][i], c, &path_known))
			return;
	}
	if (path_known)
		conn_plain(c, 405, "That cannot be done here.");
	else
		conn_plain(c, 404, "There is no such page.");
}
