/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Typed messages between the daemon's processes, over SOCK_SEQPACKET pairs:
 * one datagram is one message, a header and a body of the type's own form.
 * Both ends are the same binary, so a body is a plain struct; a receiver still
 * checks every length and string, because the other room may be taken over.
 *
 *   parent -> any      MSG_PEER     with a descriptor: your new socket to ROOM
 *   parent -> any      MSG_READY    all is handed over, begin
 *   any -> parent      MSG_UP       first message: I can work (room_up())
 *   traps -> engine    MSG_TRAP     what a trap said
 *   engine -> mailer   MSG_NOTICE   deliver this
 *   mailer -> engine   MSG_RESULT   what became of it
 *   mailer -> engine   MSG_WINDOW   how many more notices I can hold
 *   engine -> web      MSG_SERVICE  a service in trouble: first all, then each change
 *   web -> engine      MSG_VISIT    a client met the stand-in, opened or closed its page
 *   web -> engine      MSG_ASK      what is known of this client?
 *   engine -> web      MSG_STANDING one service of that client
 *   web -> engine      MSG_CHOICE   the client has answered the inquiry
 *   web -> engine      MSG_TOKEN    somebody followed a link of a mail
 *   engine -> web      MSG_OUTCOME  what became of a choice or a token
 *   web -> engine      MSG_ALIVE    once a second: I am not stuck
 *   web -> engine      MSG_CONTROL  with a descriptor: serve the control protocol there,
 *                                   for looking only (the status page)
 *   agentx -> engine   MSG_CONTROL  the same, for snmpd
 *   engine -> mailer   MSG_HANDOVER hand part of a list over, or say what became of it
 *   mailer -> engine   MSG_HANDED   what became of that
 *   mailer -> engine   MSG_SPACE     how many more of those I can hold
 *   engine -> mailer   MSG_LOOKUP   ask the operator's command who a client is
 *   mailer -> engine   MSG_FOUND    what it said
 *   traps -> engine    MSG_UNHEARD  how many SNMP messages went no further
 *   traps -> engine    MSG_LIST     another router has handed this to us
 *   engine -> traps    MSG_TAKEN    it is on disk, or why not
 */
#ifndef RINGBACK_COMMON_MSG_H
#define RINGBACK_COMMON_MSG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"
#include "conf.h"

enum msg_type {
	MSG_PEER = 1,	/* struct msg_peer + one descriptor */
	MSG_READY,	/* no body */
	MSG_UP,		/* no body */
	MSG_TRAP,	/* struct msg_trap */
	MSG_NOTICE,	/* struct msg_notice, n_items items used */
	MSG_RESULT,	/* struct msg_result */
	MSG_WINDOW,	/* struct msg_window */
	MSG_SERVICE,	/* struct msg_service */
	MSG_VISIT,	/* struct msg_visit */
	MSG_ASK,	/* struct msg_ask */
	MSG_STANDING,	/* struct msg_standing */
	MSG_CHOICE,	/* struct msg_choice */
	MSG_TOKEN,	/* struct msg_token */
	MSG_OUTCOME,	/* struct msg_outcome */
	MSG_CONTROL,	/* no body + one descriptor */
	MSG_ALIVE,	/* no body */
	MSG_HANDOVER,	/* struct msg_handover, n_rows rows used */
	MSG_HANDED,	/* struct msg_result */
	MSG_SPACE,	/* struct msg_window */
	MSG_LOOKUP,	/* struct msg_lookup */
	MSG_FOUND,	/* struct msg_found */
	MSG_LIST,	/* struct msg_handover, n_rows rows used */
	MSG_TAKEN,	/* struct msg_taken */
	MSG_UNHEARD,	/* struct msg_unheard */
};

struct msg_peer {
	uint32_t room;			/* enum room */
};

enum trap_kind { TRAP_COLD_START, TRAP_WARM_START, TRAP_LINK_UP, TRAP_OTHER_OID };

/* The room "traps" has checked version, community or user, kind and sender. */
struct msg_trap {
	struct addr source;		/* who sent it, as the socket says */
	struct addr server;		/* for whom it speaks (conf_speaks_for) */
	uint8_t kind;			/* enum trap_kind */
	uint8_t version;		/* 1, 2 (v2c), 3 */
	bool inform;
	bool authentic;			/* v3 with a verified user */
	uint32_t uptime;		/* sysUpTime, hundredths of a second */
	char oid[128];			/* numeric, NUL-terminated */
};

/* SNMP messages that came and were not passed on, since the last such message. */
struct msg_unheard {
	uint64_t ignored;		/* of a kind that proves nothing */
	uint64_t refused;		/* strangers, wrong keys, broken ones */
	uint64_t lost;			/* they came faster than they could be read */
};

#define MSG_NOTICE_ITEMS	32
#define MSG_MAIL_MAX		254	/* RFC 5321, 4.5.3.1.3 less the brackets */

/* One service that is back, as its waiter experienced it. */
struct msg_notice_item {
	uint64_t outage;
	struct service service;
	struct addr client;
	uint8_t reason;			/* enum ringback_reason, of the last failure */
	uint8_t evidence;		/* enum evidence */
	uint32_t attempts;		/* SYNs the client sent */
	int64_t first, last;		/* of the client's attempts */
	int64_t down, up;		/* of the outage */
	char server_name[128];		/* UTF-8, "" if none */
	char watch[RINGBACK_WATCH_NAME_MAX + 1];
};

enum notice_kind {
	NOTICE_RECOVERY,	/* the services of its items are back */
	NOTICE_CONFIRM,		/* did you ask to be told? items: what about, times 0 */
};

#define MSG_LINK_MAX		320	/* bytes of a URL, with the NUL */
#define MSG_LANG_MAX		8	/* "en", "de", "pt-BR" */

struct msg_notice {
	uint64_t id;			/* engine's key, comes back in the result */
	uint8_t kind;			/* enum notice_kind */
	char lang[MSG_LANG_MAX];	/* of the reader; "": not known */
	char link[MSG_LINK_MAX];	/* CONFIRM: to confirm with; "": none */
	char stop[MSG_LINK_MAX];	/* "never again" (RFC 8058); "": no portal */
	char to[MSG_MAIL_MAX + 1];
	char message_id[128];		/* without the angle brackets, stable over repeats */
	uint32_t tries;			/* deliveries tried before */
	uint32_t n_items;		/* 1..MSG_NOTICE_ITEMS */
	struct msg_notice_item items[MSG_NOTICE_ITEMS];
};
/* Bytes of a notice with @n items on the wire. */
size_t msg_notice_size(uint32_t n);

enum delivery {
	DELIVERY_SENT,		/* the server took responsibility: 250 for this recipient */
	DELIVERY_LATER,		/* 4xx, connection trouble, crash, deadline */
	DELIVERY_REFUSED,	/* 5xx for this recipient or message, or unusable address */
	DELIVERY_UNSURE,	/* handovers only: all was sent, the answer did not come */
	DELIVERIES
};

struct msg_result {
	uint64_t id;
	uint8_t delivery;		/* enum delivery */
	uint16_t code;			/* SMTP reply code, 0 if there was none */
	char text[256];			/* one printable line: what the server said */
};

struct msg_window {
	uint32_t free;
};

/* --- the room "web" --------------------------------------------------------- */

enum page_state {
	PAGE_DOWN,
	PAGE_RETURNING,		/* evidence is being confirmed or held */
	PAGE_UP,		/* its outage has ended */
};

#define MSG_ALIVE_MS		1000	/* between two of MSG_ALIVE */

struct msg_service {
	struct service service;
	uint64_t outage;
	uint8_t state;			/* enum page_state */
	uint8_t reason;			/* enum ringback_reason, of the latest failure */
	uint8_t evidence;		/* enum evidence, 0: none */
	uint8_t inquire;		/* enum inquire */
	uint8_t profile;		/* enum profile; PASS: nobody stands in */
	uint32_t waiting;		/* clients */
	int64_t began;
	int64_t ended;			/* 0: open */
	int64_t heard;			/* when the service last answered somebody; 0: not known */
	char server_name[128];		/* UTF-8, "" if none */
	char watch[RINGBACK_WATCH_NAME_MAX + 1];
};

enum visit { VISIT_CONNECTED, VISIT_OPENED, VISIT_CLOSED };

struct msg_visit {
	struct addr client;
	struct service service;
	uint8_t visit;			/* enum visit; OPENED, CLOSED: its event stream */
};

struct msg_ask {
	uint64_t id;			/* web's, comes back in the answers; never 0 */
	struct addr client;
	struct service service;		/* server AF_UNSPEC: all that the client failed to reach */
};

enum choice { CHOICE_NONE, CHOICE_YES, CHOICE_NO };
/* "none", "yes", "no" */
const char *choice_name(uint8_t choice);

/* Answers MSG_ASK, @left of the same id follow. No service: server AF_UNSPEC, left 0. */
struct msg_standing {
	uint64_t id;
	uint32_t left;
	struct msg_service about;
	bool waiting;			/* the client is a waiter there */
	bool reached;			/* it has reached the service since */
	bool unconfirmed;		/* its address waits to be confirmed */
	uint8_t choice;			/* enum choice */
	char mail[MSG_MAIL_MAX + 1];	/* where it would be told, masked: "a***@e***.org"; "" */
};

struct msg_choice {
	uint64_t id;
	struct addr client;
	struct service service;
	uint8_t choice;			/* enum choice; NONE takes back what was said before */
	char mail[MSG_MAIL_MAX + 1];	/* "": the contact that is known, or the page itself */
	char lang[MSG_LANG_MAX];
};

enum token_act { TOKEN_CONFIRM, TOKEN_STOP };

struct msg_token {
	uint64_t id;
	uint8_t act;			/* enum token_act */
	bool commit;			/* false: would it be good? (a GET changes nothing) */
	char token[160];
};

enum outcome {
	OUTCOME_OK,
	OUTCOME_CONFIRM,		/* a mail to confirm the address is on its way */
	OUTCOME_BAD_ADDRESS,
	OUTCOME_NO_ADDRESS,		/* yes, but no contact is known; the page may stay open */
	OUTCOME_TOO_MANY,		/* a limit: of the client, the address or all */
	OUTCOME_SUPPRESSED,		/* the address asked never to hear of us */
	OUTCOME_UNKNOWN,		/* no such outage of that client, or a bad token */
	OUTCOME_TROUBLE,		/* the store; try again */
};

struct msg_outcome {
	uint64_t id;
	uint8_t outcome;		/* enum outcome */
	char mail[MSG_MAIL_MAX + 1];	/* masked; "" */
	struct service service;		/* of a token; AF_UNSPEC if none */
};

/* --- lists of waiting clients ------------------------------------------------ */

/*
 * A list goes over in parts, each of which is answered when it is on disk at the other
 * end; but nobody is told by it before it is RELEASEd, which happens when every part
 * has been answered. Until then it can be WITHDRAWn, and the next step of its way taken:
 * so whoever waits is told once, whatever gets lost between. A webhook knows no release:
 * its parts count as they are answered.
 */
enum handover_act {
	HANDOVER_PART,
	HANDOVER_RELEASE,
	HANDOVER_WITHDRAW,
	HANDOVER_DOWN,		/* an announcement: the service went down */
	HANDOVER_UP,		/* it is back */
};

#define MSG_ROWS_MAX		256
#define MSG_TARGET_MAX		512	/* handovers to one target that the mailer may hold */

/* A client that waits, as it experienced the outage. */
struct msg_row {
	struct addr client;
	uint8_t reason;			/* enum ringback_reason, of its last failure */
	bool has_mac;
	struct mac mac;
	uint32_t attempts;
	int64_t first, last;		/* of its attempts, ns since the Epoch */
};

struct msg_handover {
	uint64_t id;			/* the sender's key, comes back in the answer */
	uint8_t act;			/* enum handover_act */
	uint8_t route;			/* enum route; of MSG_LIST not looked at */
	char target[CONF_NAME_MAX + 1];	/* HANDOVER: conf_target.name; LIST: conf_receive.name */
	char router[64];		/* host name of who saw the outage */
	uint64_t outage;		/* there */
	uint32_t list;			/* its number there: one outage may have several, one
					 * after the other; 0 with DOWN and UP */
	struct service service;
	uint8_t reason;			/* enum ringback_reason, of the outage */
	uint8_t evidence;		/* enum evidence; 0: none */
	bool lossy;			/* clients may be missing: events were lost */
	int64_t began, ended;		/* ns since the Epoch; ended 0: open */
	char server_name[128];		/* UTF-8, "" if none */
	char watch[RINGBACK_WATCH_NAME_MAX + 1];
	uint32_t clients;		/* that wait, in all parts together */
	uint32_t part, parts;		/* PART: 1..parts; RELEASE: part 0 */
	uint32_t n_rows;		/* PART: 1..MSG_ROWS_MAX, else 0 */
	struct msg_row rows[MSG_ROWS_MAX];
};
/* Bytes of one with @n rows on the wire. */
size_t msg_handover_size(uint32_t n);

enum taken {
	TAKEN_OK,			/* on disk */
	TAKEN_REFUSED,			/* too many, or contradicts what came before */
	TAKEN_INCOMPLETE,		/* a release, but parts are missing: send them again */
};

struct msg_taken {
	uint64_t id;
	uint8_t taken;			/* enum taken */
};

struct msg_lookup {
	uint64_t id;			/* comes back in the answer */
	struct addr client;
	bool has_mac;
	struct mac mac;
};

enum found {
	FOUND_MAIL,
	FOUND_NOBODY,			/* the command ended well and printed nothing */
	FOUND_TROUBLE,			/* it failed, hung, or printed no address */
};

struct msg_found {
	uint64_t id;
	uint8_t found;			/* enum found */
	char mail[MSG_MAIL_MAX + 1];	/* FOUND_MAIL; checked by the engine again */
	char text[128];			/* FOUND_TROUBLE: one printable line: why */
};

#define MSG_MAX			32768	/* bytes, header included */

/*
 * One end of a pair. The descriptor is non-blocking and close-on-exec. A struct
 * msg_chan is owned by who opened it; it has no lock (one thread per process).
 */
struct msg_chan {
	int fd;
};

/* A connected pair; 0 or -errno. */
int msg_pair(struct msg_chan *a, struct msg_chan *b);
void msg_close(struct msg_chan *ch);

/*
 * Sends one message, with @fd (or -1) as ancillary data. 0, -EAGAIN when the
 * other end does not read (nothing was sent), -EPIPE when it is gone, -errno.
 */
int msg_send(struct msg_chan *ch, enum msg_type type, const void *body, size_t len, int fd);

struct msg {
	enum msg_type type;
	size_t len;			/* of body */
	int fd;				/* received descriptor, owned by the caller; or -1 */
	union {				/* aligned for every body */
		uint64_t align;
		uint8_t body[MSG_MAX];
	};
};

/*
 * Receives one message. 1: got one; 0: the other end is closed; -EAGAIN: none
 * there; -EBADMSG: malformed (unknown type, wrong length, string without its
 * NUL, count out of range): dropped, any descriptor in it closed.
 */
int msg_recv(struct msg_chan *ch, struct msg *m);

#endif /* RINGBACK_COMMON_MSG_H */
