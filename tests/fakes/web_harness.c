// SPDX-License-Identifier: GPL-2.0
/*
 * The room "web" alone: plays its parent and the engine, for tests/web/run.
 *
 *   web_harness [KEY=VALUE]..
 *
 * Keys: standin, portal, tls-portal, status (a port each, on all addresses; 0: any),
 * connections, per-client, confirm, url, operator, text, template (a file), logo (a
 * file), chain and key (files) with name, and servers (a prefix) of a certificate; password
 * of the user "operator", metrics (0, 1), control (a file: what the engine answers when the
 * status page asks something).
 *
 * It says "pid N", then "listen FACE PORT" for each socket, then "ready", and a
 * line for each message of the room: "visit connected CLIENT SERVICE", "choice yes
 * CLIENT SERVICE MAIL LANG", "token confirm commit TEXT". On its standard input:
 *
 *   service ADDRESS PORT [KEY=VALUE]..   state profile inquire waiting name outage
 *                                        began ended heard (seconds ago) told: said to the room
 *   standing KEY=VALUE..                 mail unconfirmed reached: of whoever asks
 *   outcome N MAIL                       what choices and tokens are answered with
 *   silent 0|1                           asks get no answer
 *   away | return                        the engine ends, a new one begins
 *   forget                               all services
 *   end
 */
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/log.h"
#include "common/room.h"
#include "common/timefmt.h"

#define SERVICES 64

static struct prefix any_server;
static struct conf_certificate certificate;
static struct conf_watch watch = { .name = "web", .standin = true, .standin_tls_reset = true };
static struct conf conf = {
	.watches = &watch,
	.n_watches = 1,
	.web = { .configured = true, .connections = 4096, .per_client = 4096, .metrics = true }
};
static struct msg_service services[SERVICES];
static uint8_t choices[SERVICES];
static size_t n_services;
static struct msg_standing standing;
static struct msg_outcome outcome;
static bool silent;
static char *control_answer = (char *)"";
static struct msg_chan parent, engine = { -1 };
static int listen_fds[4];
static struct listen_web faces[4];
static size_t n_listen;

static char *file(const char *path, size_t *size)
{
	static char data[262144];
	FILE *f = fopen(path, "r");
	size_t len;

	if (!f)
		err(2, "%s", path);
	len = fread(data, 1, sizeof(data) - 1, f);
	data[len] = '\0';
	fclose(f);
	if (size)
		*size = len;
	return memcpy(malloc(len + 1), data, len + 1);
}

static void listen_on(const char *what, uint8_t face, bool tls, const char *port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	socklen_t len = sizeof(sin);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	sin.sin_port = htons((uint16_t)atoi(port));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&sin, len) || listen(fd, 4096) ||
	    getsockname(fd, (struct sockaddr *)&sin, &len))
		err(1, "port %s", port);
	printf("listen %s %u\n", what, ntohs(sin.sin_port));
	faces[n_listen] = (struct listen_web){ face, tls };
	listen_fds[n_listen++] = fd;
}

static void key(char *arg)
{
	char *value = strchr(arg, '=');
	struct conf_web *w = &conf.web;

	if (!value)
		errx(2, "%s?", arg);
	*value++ = '\0';
	if (!strcmp(arg, "standin"))
		listen_on(arg, WEB_STANDIN, false, value);
	else if (!strcmp(arg, "portal"))
		listen_on(arg, WEB_PORTAL, false, value);
	else if (!strcmp(arg, "tls-portal"))
		listen_on(arg, WEB_PORTAL, true, value);
	else if (!strcmp(arg, "status"))
		listen_on(arg, WEB_STATUS, false, value);
	else if (!strcmp(arg, "connections"))
		w->connections = (uint32_t)atoi(value);
	else if (!strcmp(arg, "per-client"))
		w->per_client = (uint32_t)atoi(value);
	else if (!strcmp(arg, "confirm"))
		w->confirm = atoi(value);
	else if (!strcmp(arg, "url"))
		w->url = value;
	else if (!strcmp(arg, "operator"))
		w->operator= value;
	else if (!strcmp(arg, "text"))
		w->text = value;
	else if (!strcmp(arg, "template"))
		w->template = file(value, NULL);
	else if (!strcmp(arg, "logo"))
		w->logo = file(value, &w->logo_size), w->logo_type = "image/svg+xml";
	else if (!strcmp(arg, "chain"))
		certificate.chain = file(value, NULL), w->n_certificates = 1;
	else if (!strcmp(arg, "key"))
		certificate.key = file(value, NULL);
	else if (!strcmp(arg, "name"))
		certificate.name = value;
	else if (!strcmp(arg, "password"))
		w->status_user = (char *)"operator", w->status_password = value;
	else if (!strcmp(arg, "metrics"))
		w->metrics = atoi(value);
	else if (!strcmp(arg, "control"))
		control_answer = file(value, NULL);
	else if (!strcmp(arg, "servers") && !prefix_parse(&any_server, value))
		certificate.n_servers = 1;
	else
		errx(2, "%s?", arg);
}

static struct msg_service *service_of(const struct service *s)
{
	for (size_t i = 0; i < n_services; i++) {
		if (service_equal(&services[i].service, s))
			return &services[i];
	}
	return NULL;
}

static void service_key(struct msg_service *s, char *arg)
{
	char *value = strchr(arg, '=');
	int64_t now = time_now();

	if (!value)
		return;
	*value++ = '\0';
	if (!strcmp(arg, "state"))
		s->state = (uint8_t)atoi(value);
	else if (!strcmp(arg, "profile"))
		s->profile = (uint8_t)atoi(value);
	else if (!strcmp(arg, "inquire"))
		s->inquire = (uint8_t)atoi(value);
	else if (!strcmp(arg, "reason"))
		s->reason = (uint8_t)atoi(value);
	else if (!strcmp(arg, "waiting"))
		s->waiting = (uint32_t)atoi(value);
	else if (!strcmp(arg, "outage"))
		s->outage = (uint64_t)atoll(value);
	else if (!strcmp(arg, "began"))
		s->began = now - atoll(value) * NSEC_PER_SEC;
	else if (!strcmp(arg, "ended"))
		s->ended = now - atoll(value) * NSEC_PER_SEC;
	else if (!strcmp(arg, "heard"))
		s->heard = now - atoll(value) * NSEC_PER_SEC;
	else if (!strcmp(arg, "name"))
		snprintf(s->server_name, sizeof(s->server_name), "%s", value);
	for (char *c = s->server_name; *c; c++)
		*c = *c == '_' ? ' ' : *c;
}

static void say(enum msg_type type, const void *body, size_t len)
{
	if (engine.fd >= 0 && msg_send(&engine, type, body, len, -1))
		warnx("the room does not listen");
}

static void service_set(char *words)
{
	char *address = strtok(words, " "), *port = strtok(NULL, " "), *arg;
	struct service s = { .proto = IPPROTO_TCP };
	struct msg_service *m;

	if (!address || !port || addr_parse(&s.server, address))
		errx(2, "service?");
	s.port = (uint16_t)atoi(port);
	m = service_of(&s);
	if (!m) {
		m = &services[n_services++ % SERVICES];
		*m = (struct msg_service){ .service = s,
					   .outage = n_services,
					   .profile = PROFILE_HTTP,
					   .reason = RINGBACK_REASON_NO_REPLY,
					   .began = time_now() };
		strcpy(m->watch, "web");
	}
	while ((arg = strtok(NULL, " ")))
		service_key(m, arg);
	say(MSG_SERVICE, m, sizeof(*m));
}

static void standing_set(char *words)
{
	for (char *arg = strtok(words, " "); arg; arg = strtok(NULL, " ")) {
		if (!strncmp(arg, "mail=", 5))
			snprintf(standing.mail, sizeof(standing.mail), "%s", arg + 5);
		else if (!strncmp(arg, "unconfirmed=", 12))
			standing.unconfirmed = atoi(arg + 12);
		else if (!strncmp(arg, "reached=", 8))
			standing.reached = atoi(arg + 8);
	}
}

static void engine_begin(void)
{
	struct msg_peer peer = { ROOM_ENGINE };
	struct msg_chan theirs;

	if (msg_pair(&engine, &theirs))
		err(1, "socketpair");
	msg_send(&parent, MSG_PEER, &peer, sizeof(peer), theirs.fd);
	msg_close(&theirs);
	for (size_t i = 0; i < n_services; i++)
		say(MSG_SERVICE, &services[i], sizeof(services[i]));
}

/* False: the end. */
static bool command(char *line)
{
	char *rest = strchr(line, ' ');

	line[strcspn(line, "\n")] = '\0';
	if (rest)
		*rest++ = '\0';
	if (!strcmp(line, "service") && rest)
		service_set(rest);
	else if (!strcmp(line, "standing") && rest)
		standing_set(rest);
	else if (!strcmp(line, "outcome") && rest)
		sscanf(rest, "%hhu %254s", &outcome.outcome, outcome.mail);
	else if (!strcmp(line, "silent") && rest)
		silent = atoi(rest);
	else if (!strcmp(line, "away"))
		msg_close(&engine);
	else if (!strcmp(line, "forget"))
		n_services = 0;
	else if (!strcmp(line, "return"))
		engine_begin();
	else if (!strcmp(line, "end"))
		return false;
	printf("done %s\n", line);
	return true;
}

static void answer_ask(const struct msg_ask *a)
{
	uint32_t left = 0;

	standing.id = a->id;
	for (size_t i = 0; i < n_services; i++)
		left += !a->service.server.family ||
			service_equal(&a->service, &services[i].service);
	if (!left) {
		standing.about = (struct msg_service){ 0 };
		standing.left = 0;
		say(MSG_STANDING, &standing, sizeof(standing));
	}
	for (size_t i = 0; i < n_services; i++) {
		if (a->service.server.family && !service_equal(&a->service, &services[i].service))
			continue;
		standing.left = --left;
		standing.about = services[i];
		standing.waiting = true;
		standing.choice = choices[i];
		say(MSG_STANDING, &standing, sizeof(standing));
	}
}

static void answer_choice(const struct msg_choice *c)
{
	char client[ADDR_STRLEN], service[SERVICE_STRLEN];
	struct msg_service *m = service_of(&c->service);

	printf("choice %s %s %s <%s> %s\n", choice_name(c->choice), addr_format(&c->client, client),
	       service_format(&c->service, service), c->mail, c->lang);
	if (m && outcome.outcome <= OUTCOME_CONFIRM)
		choices[m - services] = c->choice;
	outcome.id = c->id;
	say(MSG_OUTCOME, &outcome, sizeof(outcome));
}

/* One question, one answer, which fits into the socket. */
static void answer_control(int fd)
{
	struct pollfd pfd = { fd, POLLIN, 0 };
	char question[4096];
	ssize_t n;

	if (poll(&pfd, 1, 5000) != 1)
		errx(1, "the room has no question");
	n = read(fd, question, sizeof(question));
	printf("control %.*s", (int)n, question);
	if (write(fd, control_answer, strlen(control_answer)) < 0)
		warn("the room does not wait for its answer");
}

static void answer(const struct msg *m)
{
	static const char *const visits[] = { "connected", "opened", "closed" };
	char client[ADDR_STRLEN], service[SERVICE_STRLEN];
	const struct msg_visit *v = (const void *)m->body;
	const struct msg_token *t = (const void *)m->body;

	if (m->type == MSG_CONTROL)
		answer_control(m->fd);
	if (m->fd >= 0)
		close(m->fd);
	if (m->type == MSG_VISIT) {
		printf("visit %s %s %s\n", visits[v->visit], addr_format(&v->client, client),
		       service_format(&v->service, service));
	} else if (m->type == MSG_ASK && !silent) {
		answer_ask((const void *)m->body);
	} else if (m->type == MSG_CHOICE && !silent) {
		answer_choice((const void *)m->body);
	} else if (m->type == MSG_TOKEN && !silent) {
		printf("token %s %s %s\n", t->act == TOKEN_STOP ? "stop" : "confirm",
		       t->commit ? "commit" : "look", t->token);
		outcome.id = t->id;
		say(MSG_OUTCOME, &outcome, sizeof(outcome));
	}
}

static void engine_read(void)
{
	static struct msg m;
	int got;

	while ((got = msg_recv(&engine, &m)) == 1)
		answer(&m);
	if (got != -EAGAIN && got != -EBADMSG)
		errx(1, "the room is gone");
}

static pid_t room_start(void)
{
	struct room_start start = { .conf = &conf,
				    .listen_fds = listen_fds,
				    .n_listen_fds = n_listen,
				    .listen_web = faces };
	pid_t pid;

	if (msg_pair(&parent, &start.parent))
		err(1, "socketpair");
	pid = fork();
	if (!pid) {
		msg_close(&parent);
		close(STDIN_FILENO);
		log_init("web", LOG_TO_STDERR, true);
		exit(web_main(&start));
	}
	msg_close(&start.parent);
	for (size_t i = 0; i < n_listen; i++)
		close(listen_fds[i]);
	return pid;
}

int main(int argc, char **argv)
{
	char line[4096];
	bool more = true;
	int status;
	pid_t pid;

	setvbuf(stdout, NULL, _IOLBF, 0);
	setvbuf(stdin, NULL, _IONBF, 0);
	signal(SIGPIPE, SIG_IGN);
	certificate.servers = &any_server;
	conf.web.certificates = &certificate;
	for (int i = 1; i < argc; i++)
		key(argv[i]);
	pid = room_start();
	printf("pid %d\n", pid);
	engine_begin();
	printf("ready\n");
	while (more) {
		struct pollfd pfd[] = { { STDIN_FILENO, POLLIN, 0 }, { engine.fd, POLLIN, 0 } };

		poll(pfd, 2, -1);
		if (pfd[1].revents)
			engine_read();
		if (pfd[0].revents)
			more = fgets(line, sizeof(line), stdin) && command(line);
	}
	msg_close(&parent);
	waitpid(pid, &status, 0);
	printf("exit %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	return 0;
}
