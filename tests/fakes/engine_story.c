// SPDX-License-Identifier: GPL-2.0
/*
 * The engine's parts put together over a made-up kernel and mailer.
 */
#include "engine_story.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "common/timefmt.h"
#include "engine/batch.h"
#include "engine/control.h"
#include "engine/handover.h"
#include "engine/inquiry.h"
#include "engine/lookup.h"
#include "engine/outbox.h"
#include "engine/probe.h"
#include "engine/receive.h"
#include "engine/tracker.h"
#include "engine/web.h"

struct conf_watch watch;
static struct prefix servers[2];
struct conf conf;
struct engine e;
struct msg_notice sent[1024];
unsigned int n_sent;
int send_rc;
struct msg_lookup questions[2048];
unsigned int n_questions;
int ask_rc;
struct msg_taken taken[256];
unsigned int n_taken;
struct msg_handover handed[2048];
unsigned int n_handed;
int hand_rc;
unsigned int n_attached;

/* --- the other parts ---------------------------------------------------------------- */

void control_event(struct control *c, const char *event, const struct service *service,
		   const struct addr *client, const char *detail)
{
	(void)c, (void)event, (void)service, (void)client, (void)detail;
}

void control_attach(struct control *c, int fd)
{
	(void)c;
	n_attached++;
	close(fd);
}

static int take_notice(const struct msg_notice *n, void *arg)
{
	(void)arg;
	if (send_rc)
		return send_rc;
	sent[n_sent++] = *n;
	return 0;
}

static int take_question(const struct msg_lookup *q, void *arg)
{
	(void)arg;
	if (ask_rc)
		return ask_rc;
	questions[n_questions++] = *q;
	return 0;
}

static int take_taken(const struct msg_taken *t, void *arg)
{
	(void)arg;
	taken[n_taken++] = *t;
	return 0;
}

static int take_handover(const struct msg_handover *m, void *arg)
{
	(void)arg;
	if (hand_rc)
		return hand_rc;
	assert_true(n_handed < sizeof(handed) / sizeof(*handed));
	memcpy(&handed[n_handed++], m, msg_handover_size(m->n_rows));
	return 0;
}

static void committed(void *arg)
{
	(void)arg;
	tracker_committed(e.tracker);
	outbox_committed(e.outbox);
	lookup_committed(e.lookup);
	receive_committed(e.receive);
	handovers_committed(e.handovers);
}

static void undone(void *arg)
{
	(void)arg;
	tracker_undone(e.tracker);
	outbox_undone(e.outbox);
	receive_undone(e.receive);
	handovers_undone(e.handovers);
}

static void retry(void *arg)
{
	(void)arg;
	tracker_retry(e.tracker);
	kernel_resync(e.kernel);
	outbox_retry(e.outbox);
	lookup_retry(e.lookup);
	handovers_retry(e.handovers);
}

void start_parts(void)
{
	const struct batch_events ev = { committed, undone, retry, NULL };

	e.batch = batch_new(e.base, e.store, &ev);
	e.tracker = tracker_new(&e);
	e.outbox = outbox_new(&e, "router.example.org", take_notice, NULL);
	e.lookup = lookup_new(&e, take_question, NULL);
	e.receive = receive_new(&e, take_taken, NULL);
	e.handovers = handovers_new(&e, "router.example.org", take_handover, NULL);
	e.probes = probes_new(e.base, 8, tracker_probed, e.tracker);
	e.web = web_peer_new(&e);
	e.contacts_stale = true;
	assert_int_equal(tracker_load(e.tracker), 0);
}

void stop_parts(void)
{
	web_peer_free(e.web);
	probes_free(e.probes);
	tracker_free(e.tracker);
	outbox_free(e.outbox);
	lookup_free(e.lookup);
	handovers_free(e.handovers);
	batch_free(e.batch);
	receive_free(e.receive);
}

static void defaults(void)
{
	watch = (struct conf_watch){
		.name = "w",
		.servers = servers,
		.n_servers = 2,
		.keep = 86400,
		.no_reply = 3,
		.recovery = EVIDENCE_TRAP | EVIDENCE_REPLY | EVIDENCE_PROBE,
		.confirm = true,
		.stable = 0,
		.flap = 300,
		.probe_min = 1,
		.probe_max = 1,
		.probe_timeout = 1,
		.notify = { { ROUTE_MAIL } },
		.n_notify = 1,
	};
	prefix_parse(&servers[0], "192.0.2.0/24");
	prefix_parse(&servers[1], "127.0.0.0/8");
	conf = (struct conf){
		.watches = &watch,
		.n_watches = 1,
		.store_keep = 90,
		.kernel = true,
		.mail = { .configured = true,
			  .give_up = 86400,
			  .retry_min = 60,
			  .retry_max = 3600,
			  .rate = 20 },
		.web = { .configured = true,
			 .url = (char *)"https://ringback.example.org",
			 .connections = 64,
			 .ask_client = 3,
			 .ask_address = 4,
			 .ask_total = 6 },
	};
}

static int setup(struct store *st)
{
	char why[200];

	memset(&e, 0, sizeof(e));
	n_sent = 0;
	send_rc = 0;
	n_questions = 0;
	ask_rc = 0;
	n_handed = 0;
	hand_rc = 0;
	n_attached = 0;
	n_taken = 0;
	defaults();
	fake_kernel_reset();
	e.base = event_base_new();
	e.conf = &conf;
	e.kernel = &fake_kernel;
	e.store = st;
	e.inquiry = inquiry_new(&e, why, sizeof(why));
	assert_non_null(e.inquiry);
	start_parts();
	return 0;
}

int setup_mem(void **state)
{
	struct store *st;

	(void)state;
	assert_int_equal(store_open_mem(&st), 0);
	return setup(st);
}

int setup_sqlite(void **state)
{
	struct store *st;
	char why[200];

	(void)state;
	assert_int_equal(store_open_sqlite(&st, ":memory:", why, sizeof(why)), 0);
	return setup(st);
}

int teardown(void **state)
{
	(void)state;
	stop_parts();
	resolver_clear(&e.contacts);
	inquiry_free(e.inquiry);
	store_close(e.store);
	event_base_free(e.base);
	return 0;
}

/* Runs the loop for @ms. */
void run(int ms)
{
	const struct timeval tv = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 };

	event_base_loopexit(e.base, &tv);
	event_base_dispatch(e.base);
}

/* --- words for the stories ------------------------------------------------------------- */

struct addr address(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(&a, text), 0);
	return a;
}

struct service web(void)
{
	return (struct service){ address("192.0.2.10"), IPPROTO_TCP, 80 };
}

void contact(const char *key, const char *mail)
{
	struct contact c = { .added = 1 };
	const char *why;

	assert_int_equal(contact_key_parse(&c.key, key, &why), 0);
	strcpy(c.mail, mail);
	assert_int_equal(store_begin(e.store), 0);
	assert_int_equal(store_contact_put(e.store, &c), 0);
	assert_int_equal(store_commit(e.store), 0);
	e.contacts_stale = true;
}

void client_fails(const struct service *s, const char *client)
{
	struct addr a = address(client);

	tracker_attempt(e.tracker, fake_kernel_fail(s, &a, time_now()));
}

void service_said(const struct service *s, uint8_t state, int64_t changed, int64_t answered)
{
	const struct nl_service row = {
		.service = *s,
		.state = state,
		.reason = RINGBACK_REASON_NO_REPLY,
		.since = time_now() - NSEC_PER_SEC,
		.changed = changed,
		.answered = answered,
		.watch = "w",
	};

	tracker_service(e.tracker, &row);
}

void service_is(const struct service *s, uint8_t state)
{
	service_said(s, state, time_now(), time_now());
}

struct outage latest(const struct service *s)
{
	struct outage o;

	assert_int_equal(store_outage_latest(e.store, s, &o), 0);
	return o;
}

int waiter_state(const struct service *s, const char *client)
{
	struct addr a = address(client);
	struct waiter w;

	if (store_waiter_get(e.store, latest(s).id, &a, &w) < 0)
		return -1;
	return w.state;
}

void result(unsigned int i, enum delivery d, const char *text)
{
	struct msg_result r = { .id = sent[i].id, .delivery = d, .code = 250 };

	snprintf(r.text, sizeof(r.text), "%s", text);
	outbox_result(e.outbox, &r);
}

void answers(unsigned int i, enum found found, const char *mail)
{
	struct msg_found f = { .id = questions[i].id, .found = found };

	assert_true(i < n_questions);
	snprintf(f.mail, sizeof(f.mail), "%s", mail);
	lookup_found(e.lookup, &f);
}

void hand_result(unsigned int i, enum delivery d, const char *text)
{
	struct msg_result r = { .id = handed[i].id, .delivery = d, .code = 7 };

	snprintf(r.text, sizeof(r.text), "%s", text);
	handovers_result(e.handovers, &r);
}

struct outbox_counts outbox_counts(void)
{
	struct outbox_counts c;

	assert_int_equal(store_outbox_count(e.store, &c), 0);
	return c;
}

/* --- the room "web", asking ---------------------------------------------------------- */

struct msg_chan room = { .fd = -1 };
static struct msg got; /* what the room heard last */

void room_opens(void)
{
	struct msg_chan engine_end;

	assert_int_equal(msg_pair(&engine_end, &room), 0);
	web_peer_open(e.web, engine_end.fd);
}

int teardown_room(void **state)
{
	msg_close(&room);
	return teardown(state);
}

/* The next message to the room, which is of @type; its body. */
const void *heard(enum msg_type type)
{
	int patience = 500;

	while (msg_recv(&room, &got) != 1) {
		if (!patience--)
			fail_msg("nothing is said to the room");
		run(10);
	}
	assert_int_equal(got.type, type);
	return got.body;
}

void silence(void)
{
	if (msg_recv(&room, &got) != -EAGAIN)
		fail_msg("message %d is said to the room", got.type);
}

void says(enum msg_type type, const void *body, size_t len)
{
	assert_int_equal(msg_send(&room, type, body, len, -1), 0);
	run(40);
}

void visit(const struct service *s, const char *client, enum visit what)
{
	const struct msg_visit v = { .client = address(client), .service = *s, .visit = what };

	says(MSG_VISIT, &v, sizeof(v));
}

struct msg_choice choice(const struct service *s, const char *client, enum choice what,
			 const char *mail)
{
	struct msg_choice c = {
		.id = 7, .client = address(client), .service = *s, .choice = what, .lang = "de"
	};

	snprintf(c.mail, sizeof(c.mail), "%s", mail);
	return c;
}

struct msg_outcome outcome;

/* The client chooses; what the engine makes of it. */
enum outcome chooses(const struct service *s, const char *client, enum choice what,
		     const char *mail)
{
	const struct msg_choice c = choice(s, client, what, mail);

	memset(&outcome, 0, sizeof(outcome));
	return inquiry_answer(&e, &c, &outcome);
}

enum outcome follows(const char *link, enum token_act act, bool commit)
{
	struct msg_token t = { .id = 9, .act = act, .commit = commit };
	const char *token = strstr(link, "?t=");

	assert_non_null(token);
	snprintf(t.token, sizeof(t.token), "%s", token + 3);
	memset(&outcome, 0, sizeof(outcome));
	return inquiry_token(&e, &t, &outcome);
}

void asked(enum inquire inquire)
{
	watch.standin = true;
	watch.inquire = inquire;
}

/* An outage with one client that the stand-in has met. */
struct service trouble(enum inquire inquire)
{
	const struct service s = web();
	const struct addr one = address(ONE);

	asked(inquire);
	contact(ONE, "table@example.org");
	service_is(&s, RINGBACK_SERVICE_DOWN);
	run(30);
	assert_true(inquiry_visit(&e, &s, &one));
	outbox_window(e.outbox, 10);
	run(30);
	return s;
}

void ends(const struct service *s)
{
	service_is(s, RINGBACK_SERVICE_UP);
	run(100);
	assert_true(latest(s).ended > 0);
}

void new_engine(void)
{
	stop_parts();
	start_parts();
	outbox_window(e.outbox, 10);
	run(30);
}
