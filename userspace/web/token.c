// SPDX-License-Identifier: GPL-2.0
/*
 * HMAC-SHA256 of client, service and hour, half of it, as hex digits.
 */
#include "token.h"

#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>

static void of_hour(const uint8_t secret[32], const struct addr *client, const struct service *s,
		    int64_t hour, char *buf)
{
	/* Byte by byte: a struct has holes with anything in them. */
	unsigned char about[2 * 17 + 3 + 8] = { 0 }, mac[EVP_MAX_MD_SIZE] = { 0 };
	unsigned char *at = about;
	unsigned int len = 0;

	*at++ = client->family;
	memcpy(at, client->bytes, 16);
	at += 16;
	*at++ = s->server.family;
	memcpy(at, s->server.bytes, 16);
	at += 16;
	*at++ = s->proto;
	*at++ = (unsigned char)(s->port >> 8);
	*at++ = (unsigned char)s->port;
	memcpy(at, &hour, sizeof(hour));
	HMAC(EVP_sha256(), secret, 32, about, sizeof(about), mac, &len);
	for (size_t i = 0; i < (TOKEN_STRLEN - 1) / 2; i++)
		snprintf(buf + 2 * i, 3, "%02x", mac[i]);
}

const char *token_make(const uint8_t secret[32], const struct addr *client, const struct service *s,
		       int64_t now, char *buf)
{
	of_hour(secret, client, s, now / 3600, buf);
	return buf;
}

bool token_good(const uint8_t secret[32], const struct addr *client, const struct service *s,
		int64_t now, const char *token)
{
	char ours[TOKEN_STRLEN];
	bool good = false;

	if (strlen(token) != TOKEN_STRLEN - 1)
		return false;
	for (int64_t hour = now / 3600; hour >= now / 3600 - 1; hour--) {
		of_hour(secret, client, s, hour, ours);
		good |= !CRYPTO_memcmp(ours, token, TOKEN_STRLEN);
	}
	return good;
}
