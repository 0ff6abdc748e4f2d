// SPDX-License-Identifier: GPL-2.0
/*
 * Messages between rooms: what is sent arrives, and what a room that was taken
 * over could send is refused.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>
#include <cmocka.h>

#include "common/msg.h"

struct pair {
	struct msg_chan a, b;
};

static struct msg m;

static int open_fds(void)
{
	int n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static int setup(void **state)
{
	struct pair *p = malloc(sizeof(*p));

	*state = p;
	return msg_pair(&p->a, &p->b);
}

static int teardown(void **state)
{
	struct pair *p = *state;

	msg_close(&p->a);
	msg_close(&p->b);
	free(p);
	return 0;
}

static struct addr v4(uint8_t last)
{
	return (struct addr){ .family = AF_INET, .bytes = { 192, 0, 2, last } };
}

static struct msg_trap a_trap(void)
{
	return (struct msg_trap){ .source = v4(1),
				  .server = v4(2),
				  .kind = TRAP_OTHER_OID,
				  .version = 3,
				  .inform = true,
				  .authentic = true,
				  .uptime = 4711,
				  .oid = "1.3.6.1.6.3.1.1.5.1" };
}

static struct msg_notice a_notice(uint32_t n)
{
	struct msg_notice notice = {
		.id = 7, .to = "a@example.org", .message_id = "x@example.org", .n_items = n
	};

	for (uint32_t i = 0; i < n && i < MSG_NOTICE_ITEMS; i++)
		notice.items[i] = (struct msg_notice_item){ .outage = i,
							    .client = v4(9),
							    .service = { v4(2), 6, 80 },
							    .server_name = "caf\303\251",
							    .watch = "w" };
	return notice;
}

static void round_trip(struct pair *p, enum msg_type type, const void *body, size_t len)
{
	assert_int_equal(msg_send(&p->a, type, body, len, -1), 0);
	assert_int_equal(msg_recv(&p->b, &m), 1);
	assert_int_equal(m.type, type);
	assert_int_equal(m.len, len);
	assert_int_equal(m.fd, -1);
	if (len)
		assert_memory_equal(m.body, body, len);
	assert_int_equal(msg_recv(&p->b, &m), -EAGAIN);
}

static void test_round_trips(void **state)
{
	struct msg_trap trap = a_trap();
	struct msg_notice one = a_notice(1), full = a_notice(MSG_NOTICE_ITEMS);
	struct msg_result result = {
		.id = 7, .delivery = DELIVERY_REFUSED, .code = 550, .text = "550 5.1.1 no such user"
	};
	struct msg_window window = { .free = 12 };

	round_trip(*state, MSG_READY, NULL, 0);
	round_trip(*state, MSG_UP, NULL, 0);
	round_trip(*state, MSG_TRAP, &trap, sizeof(trap));
	round_trip(*state, MSG_NOTICE, &one, msg_notice_size(1));
	round_trip(*state, MSG_NOTICE, &full, msg_notice_size(MSG_NOTICE_ITEMS));
	round_trip(*state, MSG_RESULT, &result, sizeof(result));
	round_trip(*state, MSG_WINDOW, &window, sizeof(window));
}

static void test_descriptor_travels(void **state)
{
	struct pair *p = *state;
	struct msg_peer peer = { .room = ROOM_TRAPS };
	int ends[2], before = open_fds();
	char c = 0;

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(msg_send(&p->a, MSG_PEER, &peer, sizeof(peer), ends[1]), 0);
	assert_int_equal(msg_recv(&p->b, &m), 1);
	assert_true(m.fd >= 0);
	assert_true(fcntl(m.fd, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(write(m.fd, "x", 1), 1);
	assert_int_equal(read(ends[0], &c, 1), 1);
	assert_int_equal(c, 'x');
	close(m.fd);
	close(ends[0]);
	close(ends[1]);
	assert_int_equal(open_fds(), before);
}

/* Sends raw bytes and @n descriptors, as a room that was taken over may. */
static void send_raw(struct msg_chan *ch, const void *bytes, size_t len, int n)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(8 * sizeof(int))];
	} control = { 0 };
	struct iovec iov = { (void *)bytes, len };
	struct msghdr mh = { .msg_iov = &iov, .msg_iovlen = 1 };
	int fds[8];

	if (n) {
		mh.msg_control = control.bytes;
		mh.msg_controllen = CMSG_SPACE(n * sizeof(int));
		control.align = (struct cmsghdr){ .cmsg_level = SOL_SOCKET,
						  .cmsg_type = SCM_RIGHTS,
						  .cmsg_len = CMSG_LEN(n * sizeof(int)) };
		for (int i = 0; i < n; i++)
			fds[i] = STDIN_FILENO;
		memcpy(CMSG_DATA(&control.align), fds, n * sizeof(int));
	}
	assert_int_equal(sendmsg(ch->fd, &mh, 0), len);
}

static void refused_raw(struct pair *p, uint32_t type, uint32_t claimed, const void *body,
			size_t len, int n_fds)
{
	static char bytes[MSG_MAX + 64];
	int before = open_fds();

	memcpy(bytes, &type, 4);
	memcpy(bytes + 4, &claimed, 4);
	if (len)
		memcpy(bytes + 8, body, len);
	send_raw(&p->a, bytes, 8 + len, n_fds);
	assert_int_equal(msg_recv(&p->b, &m), -EBADMSG);
	assert_int_equal(m.fd, -1);
	assert_int_equal(open_fds(), before);
	/* the next message is read as if nothing had been */
	round_trip(p, MSG_UP, NULL, 0);
}

static void refused(struct pair *p, uint32_t type, const void *body, size_t len)
{
	refused_raw(p, type, len, body, len, 0);
}

static void test_wrong_frames(void **state)
{
	static const char zeros[MSG_MAX];
	struct pair *p = *state;

	for (size_t len = 1; len < 8; len++) { /* shorter than the header */
		send_raw(&p->a, zeros, len, 0);
		assert_int_equal(msg_recv(&p->b, &m), -EBADMSG);
	}
	refused(p, 0, NULL, 0);
	refused(p, MSG_WINDOW + 1, zeros, 4);
	refused(p, UINT32_MAX, NULL, 0);
	refused_raw(p, MSG_UP, 4, NULL, 0, 0); /* claims more than there is */
	refused_raw(p, MSG_UP, 0, zeros, 4, 0); /* and less */
	refused_raw(p, MSG_UP, UINT32_MAX, NULL, 0, 0);
	refused(p, MSG_UP, zeros, 4);
	refused(p, MSG_WINDOW, zeros, 3);
	refused(p, MSG_WINDOW, zeros, 5);
	refused(p, MSG_NOTICE, zeros, MSG_MAX - 8);
	refused(p, MSG_NOTICE, zeros, MSG_MAX); /* cut by the receiver */
}

static void test_wrong_peers(void **state)
{
	struct msg_peer peer = { .room = ROOM_TRAPS };
	struct pair *p = *state;

	refused(p, MSG_PEER, &peer, sizeof(peer)); /* without a descriptor */
	refused_raw(p, MSG_PEER, sizeof(peer), &peer, sizeof(peer), 2);
	refused_raw(p, MSG_PEER, sizeof(peer), &peer, sizeof(peer), 8);
	refused_raw(p, MSG_UP, 0, NULL, 0, 1); /* with one that nobody asked for */
	peer.room = ROOM_PARENT;
	refused_raw(p, MSG_PEER, sizeof(peer), &peer, sizeof(peer), 1);
	peer.room = ROOM_MAX;
	refused_raw(p, MSG_PEER, sizeof(peer), &peer, sizeof(peer), 1);
}

static void test_wrong_traps(void **state)
{
	struct pair *p = *state;
	struct msg_trap trap = a_trap();

	refused(p, MSG_TRAP, &trap, sizeof(trap) - 1);
	memset(trap.oid, '1', sizeof(trap.oid)); /* no NUL */
	refused(p, MSG_TRAP, &trap, sizeof(trap));
	trap = a_trap();
	trap.kind = TRAP_OTHER_OID + 1;
	refused(p, MSG_TRAP, &trap, sizeof(trap));
	trap = a_trap();
	trap.version = 4;
	refused(p, MSG_TRAP, &trap, sizeof(trap));
	trap.version = 0;
	refused(p, MSG_TRAP, &trap, sizeof(trap));
	trap = a_trap();
	trap.source.family = AF_UNSPEC;
	refused(p, MSG_TRAP, &trap, sizeof(trap));
	trap = a_trap();
	trap.server.family = 77;
	refused(p, MSG_TRAP, &trap, sizeof(trap));
	trap = a_trap();
	memset(&trap.inform, 2, 1); /* a bool that is none */
	refused(p, MSG_TRAP, &trap, sizeof(trap));
}

static void test_wrong_notices(void **state)
{
	struct pair *p = *state;
	struct msg_notice n = a_notice(2);

	refused(p, MSG_NOTICE, &n, msg_notice_size(1));
	refused(p, MSG_NOTICE, &n, msg_notice_size(3));
	refused(p, MSG_NOTICE, &n, msg_notice_size(0));
	n.n_items = 0;
	refused(p, MSG_NOTICE, &n, msg_notice_size(0));
	n.n_items = MSG_NOTICE_ITEMS + 1;
	refused(p, MSG_NOTICE, &n, sizeof(n));
	n.n_items = UINT32_MAX;
	refused(p, MSG_NOTICE, &n, sizeof(n));
	n = a_notice(2);
	memset(n.to, 'a', sizeof(n.to));
	refused(p, MSG_NOTICE, &n, msg_notice_size(2));
	n = a_notice(2);
	memset(n.message_id, 'a', sizeof(n.message_id));
	refused(p, MSG_NOTICE, &n, msg_notice_size(2));
	n = a_notice(2);
	memset(n.items[1].server_name, 'a', sizeof(n.items[1].server_name));
	refused(p, MSG_NOTICE, &n, msg_notice_size(2));
	n = a_notice(2);
	memset(n.items[1].watch, 'a', sizeof(n.items[1].watch));
	refused(p, MSG_NOTICE, &n, msg_notice_size(2));
	n = a_notice(2);
	n.items[1].client.family = 0;
	refused(p, MSG_NOTICE, &n, msg_notice_size(2));
	n = a_notice(2);
	n.items[0].service.server.family = 255;
	refused(p, MSG_NOTICE, &n, msg_notice_size(2));
}

static void test_wrong_results(void **state)
{
	struct pair *p = *state;
	struct msg_result r = { .id = 1, .delivery = DELIVERY_REFUSED + 1 };

	refused(p, MSG_RESULT, &r, sizeof(r));
	r.delivery = DELIVERY_SENT;
	memset(r.text, 'a', sizeof(r.text));
	refused(p, MSG_RESULT, &r, sizeof(r));
}

static void test_peer_that_does_not_read(void **state)
{
	struct msg_notice full = a_notice(MSG_NOTICE_ITEMS);
	size_t len = msg_notice_size(MSG_NOTICE_ITEMS);
	struct pair *p = *state;
	int sent = 0, got = 0, err;

	while (!(err = msg_send(&p->a, MSG_NOTICE, &full, len, -1)))
		assert_true(++sent < 10000);
	assert_int_equal(err, -EAGAIN);
	assert_true(sent > 0);
	while (msg_recv(&p->b, &m) == 1)
		got++;
	assert_int_equal(got, sent); /* what was refused did not arrive in part */
}

static void test_peer_that_is_gone(void **state)
{
	struct pair *p = *state;

	assert_int_equal(msg_send(&p->a, MSG_UP, NULL, 0, -1), 0);
	msg_close(&p->a);
	assert_int_equal(p->a.fd, -1);
	assert_int_equal(msg_recv(&p->b, &m), 1); /* sent before the end */
	assert_int_equal(msg_recv(&p->b, &m), 0);
	assert_int_equal(msg_send(&p->b, MSG_UP, NULL, 0, -1), -EPIPE);
	msg_close(&p->a); /* twice does no harm */
}

/* Killed with notices unread: the results before that count. */
static void test_last_words_of_a_killed_peer(void **state)
{
	const struct msg_result r = { .id = 7, .delivery = DELIVERY_SENT };
	struct pair *p = *state;

	assert_int_equal(msg_send(&p->b, MSG_UP, NULL, 0, -1), 0);
	assert_int_equal(msg_send(&p->a, MSG_RESULT, &r, sizeof(r), -1), 0);
	msg_close(&p->a);
	assert_int_equal(msg_recv(&p->b, &m), 1);
	assert_int_equal(m.type, MSG_RESULT);
	assert_int_equal(msg_recv(&p->b, &m), 0);
	assert_int_equal(msg_recv(&p->b, &m), 0);
}

static void test_too_long_to_send(void **state)
{
	static const char zeros[MSG_MAX];
	struct pair *p = *state;

	assert_int_equal(msg_send(&p->a, MSG_NOTICE, zeros, MSG_MAX, -1), -EMSGSIZE);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_round_trips),
		TEST(test_descriptor_travels),
		TEST(test_wrong_frames),
		TEST(test_wrong_peers),
		TEST(test_wrong_traps),
		TEST(test_wrong_notices),
		TEST(test_wrong_results),
		TEST(test_peer_that_does_not_read),
		TEST(test_peer_that_is_gone),
		TEST(test_too_long_to_send),
		TEST(test_last_words_of_a_killed_peer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
