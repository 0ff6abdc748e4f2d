/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the handovers share: those under way in memory.
 */
#ifndef RINGBACK_ENGINE_HANDOVER_WORK_H
#define RINGBACK_ENGINE_HANDOVER_WORK_H

#include <sys/queue.h>

#include "handover.h"

/* A handover that is being worked on. Its messages are units: 1.. its parts, 0 all else. */
struct handing {
	LIST_ENTRY(handing) by_id;
	TAILQ_ENTRY(handing) all;
	struct handover h; /* as it is on disk, or (dirty) in the open batch */
	struct outage o;
	bool dirty;
	bool pinned; /* a try before this one may have arrived */
	bool parts; /* its parts are due, not its one message */
	uint32_t failed; /* tries, in a row */
	uint32_t window; /* messages at a time: grows as they are answered */
	uint32_t answered, flying; /* how many units */
	uint32_t at; /* where the next unit is looked for */
	uint8_t *is_answered, *is_flying; /* bits by unit */
};

/* What a target has of ours at the mailer. */
struct load {
	uint32_t messages;
	uint32_t parts; /* of lists for a webhook, that may have arrived or will be sent now */
};

#define HANDING_BUCKETS 256

LIST_HEAD(handing_bucket, handing);
TAILQ_HEAD(handing_list, handing);

struct handovers {
	struct engine *e;
	handover_send send;
	void *arg;
	char host[64];
	uint32_t space;
	struct handing_bucket by_id[HANDING_BUCKETS];
	struct handing_list all;
	unsigned int n, n_flying;
	struct load *load; /* of each target of the configuration, while the pump works */
	bool written; /* something, in the open batch */
	bool mailing; /* notices for the outbox are in it */
	bool stale; /* what is in memory was not written: to be read again */
	bool kicked;
	struct event *pump;
};

/* --- handover_work.c --- */

bool unit_is(const uint8_t *bits, uint32_t unit);
void unit_set(uint8_t *bits, uint32_t unit);
/* How many units there are beside 0. */
uint32_t handing_parts(const struct handing *x);
/* The mailer holds @unit no more. */
void handing_land(struct handovers *hs, struct handing *x, uint32_t unit);

struct handing *handing_find(const struct handovers *hs, uint64_t id);
/* @h, which is in the store, to be worked on. NULL: out of memory, or the store. */
struct handing *handing_new(struct handovers *hs, const struct handover *h);
void handing_free(struct handovers *hs, struct handing *x);
/* All of them: they are read again. */
void handing_forget_all(struct handovers *hs);
/* Writes x->h into the open batch. Where that fails, all is read again later. */
void handing_write(struct handovers *hs, struct handing *x);
/* It ends here, in @state. */
void handing_end(struct handovers *hs, struct handing *x, enum handover_state state);
/* Says what became of it. */
void handing_report(struct handovers *hs, const struct handing *x);

/* --- handover_answer.c --- */

/* Its time is over, and nothing of it is at the mailer, or it has been for too long. */
void handing_overdue(struct handovers *hs, struct handing *x);
/* Its target is in the configuration no more. */
void handing_homeless(struct handovers *hs, struct handing *x);

/* --- the others --- */

/* handover_send.c: the message of @unit. 0 or -errno; a part without clients is -ENOENT. */
int handing_message(const struct handovers *hs, const struct handing *x, uint32_t unit,
		    struct msg_handover *m);

/*
 * handover_list.c: until when @h, of which something was answered @now or that begins, may
 * wait for the next answer, where another step may follow.
 */
int64_t handing_deadline(const struct engine *e, const struct handover *h, const struct outage *o,
			 int64_t now);
/*
 * handover_list.c, in the open batch: a gathered list gets its parts and is sent from
 * now on. 0 or -errno.
 */
int handing_begin(struct handovers *hs, struct handover *h, const struct outage *o);
/*
 * handover_list.c, in the open batch: the clients of @h take the next step that can tell
 * them. Who has none stays with the target, in a list of his own, unless it @refused.
 * Changes *@h, which the caller writes. Returns how many went on, or -errno.
 */
int handing_pass_on(struct handovers *hs, struct handover *h, const struct outage *o, bool refused);

#endif /* RINGBACK_ENGINE_HANDOVER_WORK_H */
