/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TLS of our own pages and of the services the operator gave us certificates
 * for. Never a certificate of our making: a client that is asked to accept one
 * learns to accept any.
 */
#ifndef RINGBACK_WEB_TLS_H
#define RINGBACK_WEB_TLS_H

#include <stdbool.h>

#include "../common/conf.h"

struct tls;
struct ssl_st;

/* Reads every certificate; one that does not fit its key is left out, with a line in the log. */
struct tls *tls_new(const struct conf *conf);
void tls_free(struct tls *t);
/*
 * The server's side of a connection to @server; NULL: there is no certificate.
 * @own: our own page; else that of the stand-in. Which one of several is the
 * client's choice by SNI. Owned by the caller (SSL_free, or its bufferevent).
 */
struct ssl_st *tls_accept(struct tls *t, const struct addr *server, bool own);

#endif /* RINGBACK_WEB_TLS_H */
