// SPDX-License-Identifier: GPL-2.0
/*
 * Lets people in to the operator's pages, at once, after a while, or not.
 */
#include <stdlib.h>
#include <unistd.h>

#include <event2/event.h>

#include "../common/timefmt.h"
#include "route.h"
#include "status.h"

static struct status_guard guard;

/* One whose password is looked at when it is his turn. */
struct waiting {
	struct conn *c;
	struct event *turn;
};

static void waiting_free(struct waiting *w)
{
	event_free(w->turn);
	free(w);
}

static void gone(struct conn *c, void *arg)
{
	(void)c;
	waiting_free(arg);
}

static void his_turn(evutil_socket_t fd, short what, void *arg)
{
	struct waiting *w = arg;
	struct conn *c = w->c;

	(void)fd;
	(void)what;
	conn_on_gone(c, NULL, NULL);
	waiting_free(w);
	c->waited = true;
	route_request(c);
}

static void wait_for_turn(struct conn *c, int ms)
{
	const struct timeval tv = { ms / 1000, ms % 1000 * 1000L };
	struct waiting *w = calloc(1, sizeof(*w));

	if (w)
		w->turn = evtimer_new(c->web->base, his_turn, w);
	if (!w || !w->turn) {
		free(w);
		conn_plain(c, 503, "Out of memory.");
		return;
	}
	w->c = c;
	event_add(w->turn, &tv);
	conn_on_gone(c, gone, w);
}

static void ask_password(struct conn *c)
{
	static const struct reply r = {
		.status = 401,
		.type = "text/plain; charset=utf-8",
		.headers = "WWW-Authenticate: Basic realm=\"ringback\", charset=\"UTF-8\"\r\n",
	};
	static const char text[] = "A password is needed here.\n";

	conn_reply(c, &r, text, sizeof(text) - 1);
}

static bool password_fits(struct conn *c)
{
	const struct conf_web *conf = &c->web->conf->web;
	const char *given = http_header(c->req, "Authorization");
	int wait = given && !c->waited ? status_guard_wait(&guard, &c->client, time_mono_ms()) : 0;

	if (wait < 0) {
		conn_plain(c, 429,
			   "Too many wrong passwords came from your address: wait a while.");
		return false;
	}
	if (wait) {
		wait_for_turn(c, wait);
		return false;
	}
	if (status_password_fits(given, conf->status_user, conf->status_password))
		return true;
	if (given)
		status_guard_wrong(&guard, &c->client, time_mono_ms());
	ask_password(c);
	return false;
}

bool status_admit(struct conn *c)
{
	char own[256] = "";

	if (c->web->conf->web.status_user)
		return password_fits(c);
	gethostname(own, sizeof(own) - 1);
	if (status_host_is_ours(http_header(c->req, "Host"), &c->service.server, own))
		return true;
	conn_plain(c, 421, "Ask for this page by the address or the name of this host.");
	return false;
}
