// SPDX-License-Identifier: GPL-2.0
/*
 * Signed links: HMAC and base64url.
 */
#include "token.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <string.h>

#include "../common/log.h"

#define TOKEN_MAX 160

_Static_assert((LINK_PAYLOAD_MAX + LINK_HASH_LEN + 2) / 3 * 4 < TOKEN_MAX, "a token fits");

bool link_secret_new(uint8_t *secret)
{
	return RAND_bytes(secret, LINK_SECRET_LEN) == 1;
}

void link_hash(const uint8_t *secret, const char *purpose, const void *data, size_t len,
	       uint8_t *hash)
{
	uint8_t text[512];
	size_t n = strlen(purpose) + 1;

	if (n + len > sizeof(text))
		fatal("%zu bytes are too many to be signed", len);
	memcpy(text, purpose, n);
	memcpy(text + n, data, len);
	if (!HMAC(EVP_sha256(), secret, LINK_SECRET_LEN, text, n + len, hash, NULL))
		fatal("no HMAC-SHA-256");
}

/* Between the alphabets of base64 and base64url; the padding goes. */
static void to_url(char *s)
{
	for (; *s; s++) {
		if (*s == '+')
			*s = '-';
		else if (*s == '/')
			*s = '_';
		else if (*s == '=')
			*s = '\0';
		if (!*s)
			return;
	}
}

const char *link_token_make(const uint8_t *secret, const char *purpose, const void *payload,
			    size_t len, char *buf)
{
	uint8_t bytes[LINK_PAYLOAD_MAX + LINK_HASH_LEN];

	if (len > LINK_PAYLOAD_MAX)
		fatal("%zu bytes are too many for a link", len);
	memcpy(bytes, payload, len);
	link_hash(secret, purpose, payload, len, bytes + len);
	EVP_EncodeBlock((unsigned char *)buf, bytes, (int)(len + LINK_HASH_LEN));
	to_url(buf);
	return buf;
}

/* The bytes of @token, which are as many as fit its length; -1: it is none. */
static int decode(const char *token, uint8_t *bytes)
{
	char text[TOKEN_MAX] = "";
	size_t i, len = strlen(token);

	if (len >= TOKEN_MAX)
		return -1;
	for (i = 0; i < len; i++)
		text[i] = token[i] == '-' ? '+' : token[i] == '_' ? '/' : token[i];
	while (i % 4)
		text[i++] = '=';
	return i < TOKEN_MAX ? EVP_DecodeBlock(bytes, (unsigned char *)text, (int)i) : -1;
}

bool link_token_read(const uint8_t *secret, const char *purpose, const char *token, void *payload,
		     size_t len)
{
	uint8_t bytes[TOKEN_MAX];
	char good[TOKEN_MAX];

	if (decode(token, bytes) < (int)(len + LINK_HASH_LEN))
		return false;
	/* What we would have made of that payload: there is one way to write a token. */
	link_token_make(secret, purpose, bytes, len, good);
	if (strlen(good) != strlen(token) || CRYPTO_memcmp(good, token, strlen(good)))
		return false;
	memcpy(payload, bytes, len);
	return true;
}
