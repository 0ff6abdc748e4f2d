// SPDX-License-Identifier: GPL-2.0
/*
 * From notices to messages: what a contact is owed goes into one, up to a bound.
 */
#include "outbox.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/timefmt.h"

#define HOUR (3600 * NSEC_PER_SEC)

struct mails {
	char (*mail)[MSG_MAIL_MAX + 1];
	unsigned int n;
};

static int collect_mail(const char *mail, void *arg)
{
	struct mails *all = arg;

	snprintf(all->mail[all->n++], sizeof(*all->mail), "%s", mail);
	return 0;
}

struct notices {
	struct notice row[MSG_NOTICE_ITEMS];
	unsigned int n;
};

static int collect_notice(const struct notice *n, const struct message *m, const struct handover *h,
			  void *arg)
{
	struct notices *all = arg;

	(void)m;
	(void)h;
	all->row[all->n++] = *n;
	return 0;
}

/* Whether @to may have another message now; if not, its notices are put off. */
static int within_rate(struct store *st, const struct conf_mail *mail, const char *to, int64_t now)
{
	unsigned int n;
	int64_t oldest;
	int rc;

	if (!mail->rate)
		return 1;
	rc = store_message_recent(st, to, now - HOUR, now, &n, &oldest);
	if (rc < 0)
		return rc;
	if (n < mail->rate)
		return 1;
	return store_notice_defer(st, to, oldest + HOUR);
}

static int make_message(struct store *st, const char *to, const char *host, int64_t now)
{
	struct message m = { .state = MESSAGE_QUEUED, .created = now, .next = now };
	struct notices all = { .n = 0 };
	unsigned int i;
	int rc;

	rc = store_notice_list(st, to, 0, 0, MSG_NOTICE_ITEMS, collect_notice, &all);
	if (rc < 0 || !all.n)
		return rc;
	snprintf(m.mail, sizeof(m.mail), "%s", to);
	/* The time, for a store made anew counts from 1 again: mail systems drop what
	 * comes twice under one ID. */
	snprintf(m.message_id, sizeof(m.message_id), "ringback.%llu.%llu.%llx@%s",
		 (unsigned long long)all.row[0].outage, (unsigned long long)all.row[0].id,
		 (unsigned long long)now, host);
	rc = store_message_put(st, &m);
	for (i = 0; rc == 0 && i < all.n; i++) {
		all.row[i].message = m.id;
		rc = store_notice_put(st, &all.row[i]);
	}
	return rc < 0 ? rc : 1;
}

int outbox_ask(struct store *st, const char *host, const struct answer *a)
{
	struct message m = {
		.kind = NOTICE_CONFIRM,
		.outage = a->outage,
		.client = a->client,
		.state = MESSAGE_QUEUED,
		.created = a->at,
		.next = a->at,
	};

	memcpy(m.mail, a->mail, sizeof(m.mail));
	snprintf(m.message_id, sizeof(m.message_id), "ringback.ask.%llu.%llx@%s",
		 (unsigned long long)a->outage, (unsigned long long)a->at, host);
	return store_message_put(st, &m);
}

int outbox_group(struct store *st, const struct conf_mail *mail, const char *host, int64_t now,
		 unsigned int limit)
{
	struct mails all = { .mail = calloc(limit, sizeof(*all.mail)) };
	unsigned int i;
	int rc;

	if (!all.mail)
		return -ENOMEM;
	rc = store_notice_mails(st, now, limit, collect_mail, &all);
	for (i = 0; rc >= 0 && i < all.n; i++) {
		rc = within_rate(st, mail, all.mail[i], now);
		if (rc == 1)
			rc = make_message(st, all.mail[i], host, now);
	}
	free(all.mail);
	return rc < 0 ? rc : (int)all.n;
}
