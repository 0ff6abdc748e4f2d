// SPDX-License-Identifier: GPL-2.0
/*
 * Who is to be told about a client: exact address, longest prefix, MAC.
 */
#include "resolve.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void resolver_clear(struct resolver *r)
{
	free(r->contacts);
	memset(r, 0, sizeof(*r));
}

int resolver_add(struct resolver *r, const struct contact *c)
{
	if (r->n == r->size) {
		size_t size = r->size ? r->size * 2 : 64;
		struct contact *more = reallocarray(r->contacts, size, sizeof(*more));

		if (!more)
			return -ENOMEM;
		r->contacts = more;
		r->size = size;
	}
	r->contacts[r->n++] = *c;
	if (c->key.family != CONTACT_MAC && c->key.len <= 128)
		r->has_len[c->key.family == AF_INET6][c->key.len] = true;
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct contact *x = a, *y = b;

	return contact_key_cmp(&x->key, &y->key);
}

void resolver_finish(struct resolver *r)
{
	if (r->n)
		qsort(r->contacts, r->n, sizeof(*r->contacts), compare);
}

static const struct contact *find(const struct resolver *r, const struct contact_key *key)
{
	struct contact wanted = { .key = *key };

	return r->n ? bsearch(&wanted, r->contacts, r->n, sizeof(wanted), compare) : NULL;
}

static void cut(uint8_t *bytes, size_t n, unsigned int bits)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (bits >= 8 * (i + 1))
			continue;
		bytes[i] &= bits > 8 * i ? (uint8_t)(0xff << (8 - (bits - 8 * i))) : 0;
	}
}

const struct contact *resolve(const struct resolver *r, const struct addr *client,
			      const struct mac *mac)
{
	struct contact_key key = { .family = client->family };
	const struct contact *c;
	int len;

	memcpy(key.bytes, client->bytes, addr_len(client));
	for (len = 8 * addr_len(client); len >= 0 && client->family != AF_UNSPEC; len--) {
		cut(key.bytes, sizeof(key.bytes), len);
		key.len = len;
		if (!r->has_len[client->family == AF_INET6][len])
			continue;
		c = find(r, &key);
		if (c)
			return c;
	}
	if (!mac)
		return NULL;
	key = (struct contact_key){ .family = CONTACT_MAC };
	memcpy(key.bytes, mac->bytes, sizeof(mac->bytes));
	return find(r, &key);
}
