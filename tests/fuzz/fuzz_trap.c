// SPDX-License-Identifier: GPL-2.0
/*
 * Datagrams into the SNMP loop: net-snmp's decoder, our transport, and the judge.
 * The input goes the whole way, over a socket.
 */
#include <err.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/log.h"
#include "traps/list.h"
#include "traps/snmp_loop.h"
#include "traps/trap.h"

static char *communities[] = { "secret" };
static char *oids[] = { "1.3.6.1.4.1.9" };
static struct conf_snmp_user user = { .name = "monitor",
				      .auth = SNMP_AUTH_SHA256,
				      .auth_key = "authpass12",
				      .priv = SNMP_PRIV_AES,
				      .priv_key = "privpass12",
				      .engine_id = "8000000001020304" };
static struct prefix loopback;
static struct conf_watch watch = { .servers = &loopback, .n_servers = 1 };
static struct conf conf = { .watches = &watch,
			    .n_watches = 1,
			    .snmp = { .communities = communities,
				      .n_communities = 1,
				      .users = &user,
				      .n_users = 1,
				      .oids = oids,
				      .n_oids = 1 } };
static struct snmp_listener *listener;
static int sender;

static bool known(const struct addr *source, void *arg)
{
	(void)source;
	(void)arg;
	return true;
}

/* A verdict that does not fit what was said is a bug, too. */
static enum snmp_reply message(const struct trap_raw *raw, uint64_t *ticket, void *arg)
{
	struct msg_trap out;

	(void)arg;
	if (raw->command == TRAP_COMMAND_INFORM && raw->n_binds > 2) {
		*ticket = raw->n_binds;
		return SNMP_LATER;
	}
	if (trap_judge(&conf, raw, &out) != TRAP_ACCEPTED)
		return SNMP_SILENCE;
	if (raw->command == TRAP_COMMAND_OTHER || !raw->oid.len ||
	    !memchr(out.oid, 0, sizeof(out.oid)))
		__builtin_trap();
	if (raw->version != 3 && (raw->community_len != 6 || memcmp(raw->community, "secret", 6)))
		__builtin_trap();
	return SNMP_ANSWER;
}

static void refused(const struct addr *source, enum trap_verdict why, void *arg)
{
	(void)source;
	(void)why;
	(void)arg;
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static const struct snmp_loop_ops ops = { known, message, refused, NULL };
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t len = sizeof(sin);
	const char *why = "";
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	(void)argc;
	(void)argv;
	prefix_parse(&loopback, "127.0.0.0/8");
	if (snmp_loop_init(&conf.snmp, "80001f880472696e676261636b", 2, &ops, &why))
		errx(1, "%s", why);
	sender = socket(AF_INET, SOCK_DGRAM, 0);
	if (fd < 0 || sender < 0 || bind(fd, (struct sockaddr *)&sin, len) ||
	    getsockname(fd, (struct sockaddr *)&sin, &len) ||
	    connect(sender, (struct sockaddr *)&sin, len))
		err(1, "socket");
	listener = snmp_loop_listen(fd);
	if (!listener)
		err(1, "snmp");
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char answer[65536];

	if (size > 60000 || send(sender, data, size, 0) < 0)
		return 0;
	snmp_loop_read(listener);
	for (size_t ticket = 0; ticket <= LIST_BINDS_MAX; ticket++)
		snmp_loop_answer(ticket, TAKEN_INCOMPLETE);
	while (recv(sender, answer, sizeof(answer), MSG_DONTWAIT) >= 0)
		;
	return 0;
}
