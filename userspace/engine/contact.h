/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A line of the client mail address table: whom to tell about a client. Pure.
 */
#ifndef RINGBACK_ENGINE_CONTACT_H
#define RINGBACK_ENGINE_CONTACT_H

#include <stdbool.h>
#include <stdint.h>

#include "../common/addr.h"
#include "../common/msg.h"

/* The family of a MAC in a contact key; next to AF_INET and AF_INET6. */
#define CONTACT_MAC 255

struct contact_key {
	uint8_t family; /* AF_INET, AF_INET6, CONTACT_MAC */
	uint8_t len; /* prefix length in bits; 0 for a MAC */
	uint8_t bytes[16]; /* the rest is zero */
};

struct contact {
	struct contact_key key;
	char mail[MSG_MAIL_MAX + 1];
	int64_t added; /* ns since the Epoch */
};

/*
 * ADDR, ADDR/LEN or MAC. -EINVAL, or -ERANGE for bits beyond the length; then
 * *@why is a sentence.
 */
int contact_key_parse(struct contact_key *k, const char *text, const char **why);
/* The normal form; @buf: ADDR_STRLEN bytes. */
const char *contact_key_format(const struct contact_key *k, char *buf);
int contact_key_cmp(const struct contact_key *a, const struct contact_key *b);

/* NULL if @mail can be a recipient (RFC 5321, with UTF-8 of RFC 6531), else why not. */
const char *contact_mail_fault(const char *mail);

#endif /* RINGBACK_ENGINE_CONTACT_H */
