/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a client wants to read, and in which language (RFC 9110, 12.5). Pure.
 */
#ifndef RINGBACK_WEB_NEGOTIATE_H
#define RINGBACK_WEB_NEGOTIATE_H

#include "words.h"

enum form_of { FORM_HTML, FORM_JSON, FORM_TEXT };

/*
 * By the header Accept (NULL: none). A page only for those who name HTML: what
 * takes anything is a program more often than a person.
 */
enum form_of negotiate_form(const char *accept);
/* By Accept-Language (NULL: none); English for those we have no words for. */
enum lang negotiate_lang(const char *accept);

#endif /* RINGBACK_WEB_NEGOTIATE_H */
