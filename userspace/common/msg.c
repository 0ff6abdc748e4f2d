// SPDX-License-Identifier: GPL-2.0
/*
 * Typed messages between the daemon's processes: one datagram each, checked on
 * arrival so that the receiver may use a body without looking again.
 */
#include "msg.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

struct msg_header {
	uint32_t type;
	uint32_t len; /* of the body */
};

/* One descriptor; the alignment of a control message leaves room for a second. */
#define MSG_FDS_MAX 2

union control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(sizeof(int))];
};

_Static_assert(sizeof(struct msg_header) + sizeof(struct msg_notice) <= MSG_MAX,
	       "a full notice is one message");

_Static_assert(sizeof(struct msg_header) + sizeof(struct msg_handover) <= MSG_MAX,
	       "a full part of a list is one message");

size_t msg_handover_size(uint32_t n)
{
	return offsetof(struct msg_handover, rows) + n * sizeof(struct msg_row);
}

size_t msg_notice_size(uint32_t n)
{
	return offsetof(struct msg_notice, items) + n * sizeof(struct msg_notice_item);
}

int msg_pair(struct msg_chan *a, struct msg_chan *b)
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds))
		return -errno;
	a->fd = fds[0];
	b->fd = fds[1];
	return 0;
}

void msg_close(struct msg_chan *ch)
{
	if (ch->fd >= 0)
		close(ch->fd);
	ch->fd = -1;
}

static void put_fd(struct msghdr *mh, union control *control, int fd)
{
	struct cmsghdr *c;

	memset(control, 0, sizeof(*control));
	mh->msg_control = control->bytes;
	mh->msg_controllen = sizeof(control->bytes);
	c = CMSG_FIRSTHDR(mh);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
}

int msg_send(struct msg_chan *ch, enum msg_type type, const void *body, size_t len, int fd)
{
	struct msg_header h = { .type = type, .len = len };
	struct iovec iov[] = { { &h, sizeof(h) }, { (void *)body, len } };
	struct msghdr mh = { .msg_iov = iov, .msg_iovlen = len ? 2 : 1 };
	union control control;

	if (len > MSG_MAX - sizeof(h))
		return -EMSGSIZE;
	if (fd >= 0)
		put_fd(&mh, &control, fd);
	while (sendmsg(ch->fd, &mh, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
		switch (errno) {
		case EINTR:
			continue;
		case ENOBUFS:
		case EAGAIN:
			return -EAGAIN;
		case ECONNRESET:
		case ENOTCONN:
			return -EPIPE;
		default:
			return -errno;
		}
	}
	return 0;
}

/* Takes over the descriptors of @mh: the only one goes to @m, more are closed. */
static int take_fds(struct msghdr *mh, struct msg *m)
{
	int fds[MSG_FDS_MAX], n = 0;
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(mh); c; c = CMSG_NXTHDR(mh, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		memcpy(fds, CMSG_DATA(c), n * sizeof(int));
	}
	if (n == 1) {
		m->fd = fds[0];
		return 0;
	}
	for (int i = 0; i < n; i++)
		close(fds[i]);
	return n ? -EBADMSG : 0;
}

#define TERMINATED(array) (memchr((array), '\0', sizeof(array)) != NULL)

static bool addr_ok(const struct addr *a)
{
	return a->family == AF_INET || a->family == AF_INET6;
}

/* Reading a bool that holds neither 0 nor 1 is undefined: look at its byte. */
static bool bool_ok(const bool *b)
{
	uint8_t byte;

	memcpy(&byte, b, sizeof(byte));
	return byte <= 1;
}

static bool peer_ok(const struct msg *m)
{
	const struct msg_peer *p = (const struct msg_peer *)m->body;

	return m->len == sizeof(*p) && p->room > ROOM_PARENT && p->room < ROOM_MAX && m->fd >= 0;
}

static bool trap_ok(const struct msg *m)
{
	const struct msg_trap *t = (const struct msg_trap *)m->body;

	return m->len == sizeof(*t) && addr_ok(&t->source) && addr_ok(&t->server) &&
	       t->kind <= TRAP_OTHER_OID && t->version >= 1 && t->version <= 3 &&
	       bool_ok(&t->inform) && bool_ok(&t->authentic) && TERMINATED(t->oid);
}

static bool item_ok(const struct msg_notice_item *i)
{
	return addr_ok(&i->service.server) && addr_ok(&i->client) && TERMINATED(i->server_name) &&
	       TERMINATED(i->watch);
}

static bool notice_ok(const struct msg *m)
{
	const struct msg_notice *n = (const struct msg_notice *)m->body;

	if (m->len < msg_notice_size(1) || n->n_items < 1 || n->n_items > MSG_NOTICE_ITEMS ||
	    m->len != msg_notice_size(n->n_items))
		return false;
	for (uint32_t i = 0; i < n->n_items; i++) {
		if (!item_ok(&n->items[i]))
			return false;
	}
	return n->kind <= NOTICE_CONFIRM && TERMINATED(n->to) && TERMINATED(n->message_id) &&
	       TERMINATED(n->lang) && TERMINATED(n->link) && TERMINATED(n->stop);
}

static bool result_ok(const struct msg *m)
{
	const struct msg_result *r = (const struct msg_result *)m->body;
	enum delivery last = m->type == MSG_HANDED ? DELIVERY_UNSURE : DELIVERY_REFUSED;

	return m->len == sizeof(*r) && r->delivery <= last && TERMINATED(r->text);
}

static bool service_ok(const struct service *s)
{
	return addr_ok(&s->server) && (s->proto == IPPROTO_TCP || s->proto == IPPROTO_UDP) &&
	       s->port;
}

static bool service_msg_ok(const struct msg_service *s)
{
	return service_ok(&s->service) && s->state <= PAGE_UP && s->inquire <= INQUIRE_WHERE &&
	       s->profile <= PROFILE_PASS && TERMINATED(s->server_name) && TERMINATED(s->watch);
}

static bool visit_ok(const struct msg *m)
{
	const struct msg_visit *v = (const struct msg_visit *)m->body;

	return m->len == sizeof(*v) && addr_ok(&v->client) && service_ok(&v->service) &&
	       v->visit <= VISIT_CLOSED;
}

static bool ask_ok(const struct msg *m)
{
	const struct msg_ask *a = (const struct msg_ask *)m->body;

	return m->len == sizeof(*a) && a->id && addr_ok(&a->client) &&
	       (!a->service.server.family || service_ok(&a->service));
}

static bool standing_ok(const struct msg *m)
{
	const struct msg_standing *s = (const struct msg_standing *)m->body;

	return m->len == sizeof(*s) && bool_ok(&s->waiting) && bool_ok(&s->reached) &&
	       bool_ok(&s->unconfirmed) && s->choice <= CHOICE_NO && TERMINATED(s->mail) &&
	       (service_msg_ok(&s->about) || (!s->about.service.server.family && !s->left));
}

static bool choice_ok(const struct msg *m)
{
	const struct msg_choice *c = (const struct msg_choice *)m->body;

	return m->len == sizeof(*c) && c->id && addr_ok(&c->client) && service_ok(&c->service) &&
	       c->choice <= CHOICE_NO && TERMINATED(c->mail) && TERMINATED(c->lang);
}

static bool token_ok(const struct msg *m)
{
	const struct msg_token *t = (const struct msg_token *)m->body;

	return m->len == sizeof(*t) && t->id && t->act <= TOKEN_STOP && bool_ok(&t->commit) &&
	       TERMINATED(t->token);
}

static bool outcome_ok(const struct msg *m)
{
	const struct msg_outcome *o = (const struct msg_outcome *)m->body;

	return m->len == sizeof(*o) && o->outcome <= OUTCOME_TROUBLE && TERMINATED(o->mail) &&
	       (!o->service.server.family || service_ok(&o->service));
}

static bool rows_ok(const struct msg_handover *h)
{
	for (uint32_t i = 0; i < h->n_rows; i++) {
		if (!addr_ok(&h->rows[i].client) || !bool_ok(&h->rows[i].has_mac))
			return false;
	}
	return true;
}

static bool handover_ok(const struct msg *m)
{
	const struct msg_handover *h = (const struct msg_handover *)m->body;

	if (m->len < msg_handover_size(0) || h->n_rows > MSG_ROWS_MAX ||
	    m->len != msg_handover_size(h->n_rows) || h->act > HANDOVER_UP ||
	    h->route > ROUTE_WEBHOOK || !bool_ok(&h->lossy))
		return false;
	if (h->act == HANDOVER_PART ? !h->n_rows || !h->part || h->part > h->parts : h->n_rows)
		return false;
	return service_ok(&h->service) && TERMINATED(h->target) && TERMINATED(h->router) &&
	       TERMINATED(h->server_name) && TERMINATED(h->watch) && rows_ok(h);
}

static bool taken_ok(const struct msg *m)
{
	const struct msg_taken *t = (const struct msg_taken *)m->body;

	return m->len == sizeof(*t) && t->taken <= TAKEN_INCOMPLETE;
}

static bool lookup_ok(const struct msg *m)
{
	const struct msg_lookup *l = (const struct msg_lookup *)m->body;

	return m->len == sizeof(*l) && addr_ok(&l->client) && bool_ok(&l->has_mac);
}

static bool found_ok(const struct msg *m)
{
	const struct msg_found *f = (const struct msg_found *)m->body;

	return m->len == sizeof(*f) && f->found <= FOUND_TROUBLE && TERMINATED(f->mail) &&
	       TERMINATED(f->text);
}

const char *choice_name(uint8_t choice)
{
	static const char *const names[] = { "none", "yes", "no" };

	return choice < sizeof(names) / sizeof(names[0]) ? names[choice] : "unknown";
}

static bool body_ok(const struct msg *m)
{
	if (m->fd >= 0 && m->type != MSG_PEER && m->type != MSG_CONTROL)
		return false;
	switch (m->type) {
	case MSG_PEER:
		return peer_ok(m);
	case MSG_READY:
	case MSG_UP:
	case MSG_ALIVE:
		return m->len == 0;
	case MSG_TRAP:
		return trap_ok(m);
	case MSG_UNHEARD:
		return m->len == sizeof(struct msg_unheard);
	case MSG_NOTICE:
		return notice_ok(m);
	case MSG_RESULT:
	case MSG_HANDED:
		return result_ok(m);
	case MSG_HANDOVER:
	case MSG_LIST:
		return handover_ok(m);
	case MSG_TAKEN:
		return taken_ok(m);
	case MSG_LOOKUP:
		return lookup_ok(m);
	case MSG_FOUND:
		return found_ok(m);
	case MSG_WINDOW:
	case MSG_SPACE:
		return m->len == sizeof(struct msg_window);
	case MSG_SERVICE:
		return m->len == sizeof(struct msg_service) &&
		       service_msg_ok((const void *)m->body);
	case MSG_VISIT:
		return visit_ok(m);
	case MSG_ASK:
		return ask_ok(m);
	case MSG_STANDING:
		return standing_ok(m);
	case MSG_CHOICE:
		return choice_ok(m);
	case MSG_TOKEN:
		return token_ok(m);
	case MSG_OUTCOME:
		return outcome_ok(m);
	case MSG_CONTROL:
		return m->len == 0 && m->fd >= 0;
	}
	return false;
}

/*
 * An empty datagram reads like the end of the connection. No end sends one, so
 * a peer that does is treated as gone.
 *
 * A peer that ended without having read everything leaves ECONNRESET, once, in
 * front of what it had said: that is read nevertheless, the end comes after it.
 */
int msg_recv(struct msg_chan *ch, struct msg *m)
{
	struct msg_header h;
	struct iovec iov[] = { { &h, sizeof(h) }, { m->body, MSG_MAX - sizeof(h) } };
	union control control;
	struct msghdr mh = { .msg_iov = iov,
			     .msg_iovlen = 2,
			     .msg_control = control.bytes,
			     .msg_controllen = sizeof(control.bytes) };
	ssize_t got;
	int err;

	m->fd = -1;
	do {
		got = recvmsg(ch->fd, &mh, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	} while (got < 0 && (errno == EINTR || errno == ECONNRESET));
	if (got == 0)
		return 0;
	if (got < 0)
		return -errno;

	err = take_fds(&mh, m);
	if (!err && !(mh.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) && got >= (ssize_t)sizeof(h) &&
	    h.len == got - sizeof(h)) {
		m->type = h.type;
		m->len = h.len;
		if (body_ok(m))
			return 1;
	}
	if (m->fd >= 0)
		close(m->fd);
	m->fd = -1;
	return -EBADMSG;
}
