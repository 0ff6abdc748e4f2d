// SPDX-License-Identifier: GPL-2.0
/*
 * Which queue a notice or a handover goes to.
 */
#include "queues.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "handover.h"
#include "mail.h"

struct queue {
	struct queues *home;
	enum msg_type answer;
	struct lane lane;
	struct deliver *deliver;
	struct handover_way handover; /* of a target */
};

struct queues {
	const struct conf *conf;
	struct mail_way mail_way;
	queues_result result;
	void *arg;
	struct queue *mail; /* or NULL */
	struct queue *targets; /* one for each of conf->targets */
	size_t n; /* of all, mail included if there is */
	struct queue all[];
};

static void result(const struct msg_result *r, void *arg)
{
	const struct queue *q = arg;

	q->home->result(q->answer, r, q->home->arg);
}

static bool queue_open(struct queues *qs, enum msg_type answer, struct lane lane)
{
	struct queue *q = &qs->all[qs->n];

	q->home = qs;
	q->answer = answer;
	q->lane = lane;
	q->deliver = deliver_new(&lane, result, q);
	qs->n += q->deliver != NULL;
	return q->deliver;
}

struct queues *queues_new(const struct conf *conf, const struct via *via, queues_result cb,
			  void *arg)
{
	size_t n = conf->mail.configured + conf->n_targets;
	struct queues *q = calloc(1, sizeof(*q) + n * sizeof(q->all[0]));
	bool ok = true;

	if (!q)
		return NULL;
	q->conf = conf;
	q->mail_way = (struct mail_way){ &conf->mail, via };
	q->result = cb;
	q->arg = arg;
	if (conf->mail.configured) {
		q->mail = q->all;
		ok = queue_open(q, MSG_RESULT, mail_lane(&q->mail_way));
	}
	q->targets = q->all + q->n;
	for (size_t i = 0; ok && i < conf->n_targets; i++) {
		struct handover_way *way = &q->targets[i].handover;

		handover_way_init(way, conf, &conf->targets[i]);
		ok = queue_open(q, MSG_HANDED, handover_lane(way));
	}
	if (ok)
		return q;
	queues_free(q);
	return NULL;
}

void queues_free(struct queues *q)
{
	for (size_t i = 0; i < q->n; i++)
		deliver_free(q->all[i].deliver);
	free(q);
}

/* @q NULL: there is no such queue. */
static void take(struct queues *qs, struct queue *q, enum msg_type answer, uint64_t id,
		 const void *item, size_t size)
{
	int err = q ? deliver_add(q->deliver, id, item, size) : -ENOENT;
	struct msg_result r = { .id = id, .delivery = DELIVERY_LATER };

	if (!err || err == -EALREADY)
		return;
	snprintf(r.text, sizeof(r.text), "%s",
		 err == -ENOENT ? "not in the configuration" : "the mailer is out of memory");
	qs->result(answer, &r, qs->arg);
}

void queues_notice(struct queues *q, const struct msg_notice *n)
{
	take(q, q->mail, MSG_RESULT, n->id, n, msg_notice_size(n->n_items));
}

void queues_handover(struct queues *q, const struct msg_handover *h)
{
	const struct conf_target *t = conf_target_find(q->conf, h->route, h->target);

	take(q, t ? &q->targets[t - q->conf->targets] : NULL, MSG_HANDED, h->id, h,
	     msg_handover_size(h->n_rows));
}

void queues_drop(struct queues *q)
{
	for (size_t i = 0; i < q->n; i++)
		deliver_drop_queue(q->all[i].deliver);
}

uint32_t queues_window(const struct queues *q)
{
	uint32_t most, held;

	if (!q->mail)
		return 0;
	/* Each session has a batch at work and one more waiting. */
	most = 2 * q->mail->lane.sessions * q->mail->lane.batch;
	held = deliver_held(q->mail->deliver);
	return held < most ? most - held : 0;
}

uint32_t queues_space(const struct queues *q)
{
	uint32_t held, space = 0;

	/* One that does not answer takes nothing from the others. */
	for (struct queue *t = q->targets; t < q->all + q->n; t++) {
		held = deliver_held(t->deliver);
		space += held < MSG_TARGET_MAX ? MSG_TARGET_MAX - held : 0;
	}
	return space;
}

nfds_t queues_poll_max(const struct queues *q)
{
	nfds_t n = 0;

	for (size_t i = 0; i < q->n; i++)
		n += q->all[i].lane.sessions;
	return n;
}

nfds_t queues_poll(const struct queues *q, struct pollfd *fds, int *timeout_ms)
{
	nfds_t n = 0;

	for (size_t i = 0; i < q->n; i++)
		n += deliver_poll(q->all[i].deliver, fds + n, timeout_ms);
	return n;
}

void queues_step(struct queues *q)
{
	for (size_t i = 0; i < q->n; i++)
		deliver_step(q->all[i].deliver);
}
