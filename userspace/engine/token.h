/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What stands in the links of our mails: bytes that only we can have signed. Nothing
 * of them is stored. The only place of the engine with OpenSSL.
 */
#ifndef RINGBACK_ENGINE_TOKEN_H
#define RINGBACK_ENGINE_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINK_SECRET_LEN 32
#define LINK_HASH_LEN	32
/* Payloads are up to so long; a token is then one of 160 characters, NUL included. */
#define LINK_PAYLOAD_MAX 80

/* Fresh chance; false: there is none to be had. */
bool link_secret_new(uint8_t *secret);
/*
 * HMAC-SHA-256 (RFC 2104) of @purpose, a NUL and @data. What is made for one purpose is
 * good for no other.
 */
void link_hash(const uint8_t *secret, const char *purpose, const void *data, size_t len,
	       uint8_t *hash);
/* @payload and its hash in base64url (RFC 4648, 5, no padding). @buf: 160 bytes. */
const char *link_token_make(const uint8_t *secret, const char *purpose, const void *payload,
			    size_t len, char *buf);
/* True where @token was made by us for @purpose with a payload of @len bytes. */
bool link_token_read(const uint8_t *secret, const char *purpose, const char *token, void *payload,
		     size_t len);

#endif /* RINGBACK_ENGINE_TOKEN_H */
