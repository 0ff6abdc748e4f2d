/* SPDX-License-Identifier: GPL-2.0 */
/*
 * libcurl as the mailer wants it, whatever the protocol.
 */
#ifndef RINGBACK_MAILER_CURL_COMMON_H
#define RINGBACK_MAILER_CURL_COMMON_H

#include <curl/curl.h>

#include <stdbool.h>
#include <stdint.h>

/*
 * No proxy, no signals, @timeout seconds for each transfer, certificates that @ca_file
 * (NULL: the system's) vouches for where @verify. @error, of CURL_ERROR_SIZE bytes,
 * is where the library says what went wrong.
 */
void curl_common(CURL *curl, uint32_t timeout, bool verify, const char *ca_file, char *error);

#endif /* RINGBACK_MAILER_CURL_COMMON_H */
