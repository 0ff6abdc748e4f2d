// SPDX-License-Identifier: GPL-2.0
/*
 * Who may look at the operator's pages: with a password who has it; without one who
 * can reach the listener, which is on loopback unless the operator moved it, and asks
 * for it by its own address or name. Pure.
 */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "status.h"

#define CREDENTIALS_MAX 512 /* bytes of base64 */

/* Host without its port and brackets in @name; false: it is none. */
static bool host_name(const char *host, char *name, size_t size)
{
	bool bracket = host[0] == '[';
	const char *start = host + bracket;
	size_t len = strcspn(start, bracket ? "]" : ":");
	const char *rest = start + len + bracket;

	if (!len || len >= size || (bracket && start[len] != ']') ||
	    (*rest && (*rest != ':' || strspn(rest + 1, "0123456789") != strlen(rest + 1))))
		return false;
	memcpy(name, start, len);
	name[len] = '\0';
	return true;
}

static bool is_loopback(const struct addr *a)
{
	static const struct addr v6 = { .family = AF_INET6, .bytes = { [15] = 1 } };

	return addr_equal(a, &v6) || (a->family == AF_INET && a->bytes[0] == 127);
}

bool status_host_is_ours(const char *host, const struct addr *at, const char *own)
{
	char name[256];
	struct addr addr;

	if (!host || !host_name(host, name, sizeof(name)))
		return false;
	if (addr_parse(&addr, name) == 0)
		return addr_equal(&addr, at);
	return (is_loopback(at) && !strcasecmp(name, "localhost")) ||
	       (own[0] && !strcasecmp(name, own));
}

/* Equal lengths of anything: to be compared without telling by the time it takes. */
static bool digest(const char *text, size_t len, unsigned char out[EVP_MAX_MD_SIZE])
{
	memset(out, 0, EVP_MAX_MD_SIZE);
	return EVP_Digest(text, len, out, NULL, EVP_sha256(), NULL) == 1;
}

bool status_password_fits(const char *authorization, const char *user, const char *password)
{
	unsigned char given[EVP_MAX_MD_SIZE], wanted[EVP_MAX_MD_SIZE];
	unsigned char decoded[CREDENTIALS_MAX];
	const char *text = authorization;
	char *both = NULL;
	bool fits = false;
	size_t len;
	int n;

	if (!text || strncasecmp(text, "Basic ", 6))
		return false;
	text += 6 + strspn(text + 6, " ");
	len = strlen(text);
	if (len > CREDENTIALS_MAX)
		return false;
	n = EVP_DecodeBlock(decoded, (const unsigned char *)text, (int)len);
	/* It counts the padding. */
	while (n > 0 && len && text[len - 1] == '=') {
		n--;
		len--;
	}
	if (n > 0 && asprintf(&both, "%s:%s", user, password) >= 0) {
		fits = digest((char *)decoded, (size_t)n, given) &&
		       digest(both, strlen(both), wanted) &&
		       !CRYPTO_memcmp(given, wanted, sizeof(given));
		OPENSSL_cleanse(both, strlen(both));
		free(both);
	}
	OPENSSL_cleanse(decoded, sizeof(decoded));
	return fits;
}
