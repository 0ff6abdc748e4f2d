// SPDX-License-Identifier: GPL-2.0
/*
 * A context for each certificate. A connection begins with the first one that
 * may speak for its server; the name that the client asks for can change it to
 * another one of these.
 */
#include "tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../common/log.h"

struct identity {
	SSL_CTX *ctx; /* NULL: unusable */
	const struct conf_certificate *conf;
};

struct tls {
	struct identity *ids;
	size_t n;
};

/* What the connection is for, until the client has said its name. */
struct wanted {
	const struct tls *tls;
	struct addr server;
	bool own;
};

static void wanted_free(void *parent, void *ptr, CRYPTO_EX_DATA *ad, int idx, long argl, void *argp)
{
	(void)parent;
	(void)ad;
	(void)idx;
	(void)argl;
	(void)argp;
	free(ptr);
}

static int wanted_index(void)
{
	static int index = -1;

	if (index < 0)
		index = SSL_get_ex_new_index(0, NULL, NULL, NULL, wanted_free);
	return index;
}

static bool may_speak_for(const struct identity *id, const struct wanted *w)
{
	if (!id->ctx)
		return false;
	for (size_t i = 0; i < id->conf->n_servers; i++) {
		if (prefix_contains(&id->conf->servers[i], &w->server))
			return true;
	}
	return w->own;
}

/* "www.example.org" of "*.example.org": one label, RFC 6125, 6.4.3. */
static bool name_fits(const char *pattern, const char *name)
{
	const char *dot = strchr(name, '.');

	if (!strncmp(pattern, "*.", 2))
		return dot && dot > name && !strcasecmp(pattern + 1, dot);
	return !strcasecmp(pattern, name);
}

static int by_name(SSL *ssl, int *alert, void *arg)
{
	const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
	const struct wanted *w = SSL_get_ex_data(ssl, wanted_index());

	(void)alert;
	(void)arg;
	if (!name || !w)
		return SSL_TLSEXT_ERR_NOACK;
	for (size_t i = 0; i < w->tls->n; i++) {
		const struct identity *id = &w->tls->ids[i];

		if (may_speak_for(id, w) && name_fits(id->conf->name, name)) {
			SSL_set_SSL_CTX(ssl, id->ctx);
			return SSL_TLSEXT_ERR_OK;
		}
	}
	return SSL_TLSEXT_ERR_NOACK;
}

/* HTTP/1.1 is all we speak: a client that also knows h2 falls back to it. */
static int by_protocol(SSL *ssl, const unsigned char **out, unsigned char *outlen,
		       const unsigned char *in, unsigned int inlen, void *arg)
{
	static const unsigned char ours[] = "\x08http/1.1";
	unsigned char *chosen;

	(void)ssl;
	(void)arg;
	if (SSL_select_next_proto(&chosen, outlen, ours, sizeof(ours) - 1, in, inlen) !=
	    OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_NOACK;
	*out = chosen;
	return SSL_TLSEXT_ERR_OK;
}

static bool use_chain(SSL_CTX *ctx, const char *pem)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	X509 *cert = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
	bool good = cert && SSL_CTX_use_certificate(ctx, cert) == 1;

	X509_free(cert);
	while (good && (cert = PEM_read_bio_X509(bio, NULL, NULL, NULL)))
		good = SSL_CTX_add0_chain_cert(ctx, cert) == 1;
	BIO_free(bio);
	ERR_clear_error();
	return good;
}

/* Nobody is there to type a passphrase. */
static int no_passphrase(char *buf, int size, int writing, void *arg)
{
	(void)buf;
	(void)size;
	(void)writing;
	(void)arg;
	return 0;
}

static bool use_key(SSL_CTX *ctx, const char *pem)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL) : NULL;
	bool good =
		key && SSL_CTX_use_PrivateKey(ctx, key) == 1 && SSL_CTX_check_private_key(ctx) == 1;

	EVP_PKEY_free(key);
	BIO_free(bio);
	ERR_clear_error();
	return good;
}

static SSL_CTX *context(const struct conf_certificate *c)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	if (!ctx)
		fatal("out of memory");
	SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
	/* HTTP knows where it ends: who closes his half without a word gets his answer, too. */
	SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION |
					 SSL_OP_CIPHER_SERVER_PREFERENCE |
					 SSL_OP_IGNORE_UNEXPECTED_EOF);
	SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_tlsext_servername_callback(ctx, by_name);
	SSL_CTX_set_alpn_select_cb(ctx, by_protocol, NULL);
	if (use_chain(ctx, c->chain) && use_key(ctx, c->key))
		return ctx;
	SSL_CTX_free(ctx);
	return NULL;
}

struct tls *tls_new(const struct conf *conf)
{
	struct tls *t = calloc(1, sizeof(*t));

	OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, NULL); /* this room opens no file */
	if (!t)
		fatal("out of memory");
	t->n = conf->web.n_certificates;
	t->ids = calloc(t->n + 1, sizeof(*t->ids));
	if (!t->ids)
		fatal("out of memory");
	for (size_t i = 0; i < t->n; i++) {
		t->ids[i].conf = &conf->web.certificates[i];
		t->ids[i].ctx = context(t->ids[i].conf);
		if (!t->ids[i].ctx)
			log_err("certificate \"%s\": not usable, or not of its key",
				t->ids[i].conf->name);
	}
	return t;
}

void tls_free(struct tls *t)
{
	for (size_t i = 0; i < t->n; i++)
		SSL_CTX_free(t->ids[i].ctx);
	free(t->ids);
	free(t);
}

struct ssl_st *tls_accept(struct tls *t, const struct addr *server, bool own)
{
	struct wanted w = { t, *server, own }, *kept;
	SSL *ssl = NULL;

	for (size_t i = 0; i < t->n && !ssl; i++) {
		if (may_speak_for(&t->ids[i], &w))
			ssl = SSL_new(t->ids[i].ctx);
	}
	kept = ssl ? malloc(sizeof(*kept)) : NULL;
	if (!kept) {
		SSL_free(ssl);
		return NULL;
	}
	*kept = w;
	SSL_set_ex_data(ssl, wanted_index(), kept);
	return ssl;
}
