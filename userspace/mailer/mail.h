/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Mail as a kind of delivery.
 */
#ifndef RINGBACK_MAILER_MAIL_H
#define RINGBACK_MAILER_MAIL_H

#include "deliver.h"
#include "via.h"

struct mail_way {
	const struct conf_mail *mail;
	const struct via *via;
};

/* A lane for struct msg_notice. @way stays the caller's and valid. */
struct lane mail_lane(const struct mail_way *way);

#endif /* RINGBACK_MAILER_MAIL_H */
