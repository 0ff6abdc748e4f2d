/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One option's value, from text into a field of the configuration. Each
 * function is the parse member of a struct conf_key: it writes at key->offset
 * of the object, or adds what was expected to the reader's errors and leaves
 * the field as it was.
 */
#ifndef RINGBACK_PARENT_CONF_VALUE_H
#define RINGBACK_PARENT_CONF_VALUE_H

#include "../common/conf.h"
#include "conf_text.h"

struct conf_reader {
	struct conf *conf;
	struct conf_errors *errors;
	bool sound; /* no mistake in any single section */
	unsigned int seen; /* sections that stand once; conf_schema.c */
};

#define CONF_PARSE_ARGS                                                                    \
	struct conf_reader *r, const struct conf_key *key, const struct conf_entry *entry, \
		void *object

/* uint32_t (conf_u32) or uint16_t (conf_u16) from key->min to key->max. */
void conf_u32(CONF_PARSE_ARGS);
void conf_u16(CONF_PARSE_ARGS);
void conf_bool(CONF_PARSE_ARGS);
/* An enum whose values count through key->words; case does not matter. */
void conf_word(CONF_PARSE_ARGS);
/* unsigned int: bit i for key->words[i]; several words, also none. */
void conf_words(CONF_PARSE_ARGS);

/* char *, owned by the object. */
void conf_line(CONF_PARSE_ARGS); /* UTF-8 of one line */
void conf_lines(CONF_PARSE_ARGS); /* UTF-8 of several lines */
void conf_host(CONF_PARSE_ARGS); /* host name or address */
void conf_mail_address(CONF_PARSE_ARGS);

/* conf_file.c: likewise char *. */
void conf_path(CONF_PARSE_ARGS); /* absolute */
void conf_file(CONF_PARSE_ARGS); /* absolute, and there is such a file */
/* The first line of a file that is closed to others; key->min bytes at least. */
void conf_secret(CONF_PARSE_ARGS);

/* For the parsers of single sections. */

/* The entry's only value; NULL (and an error) if there is another number. */
const struct conf_value *conf_one(struct conf_reader *r, const struct conf_entry *entry);
/* "KEY: expected WHAT, not "TEXT"" */
void conf_expected(struct conf_reader *r, const struct conf_entry *entry,
		   const struct conf_value *value, const char *what);
/* The index of @text in @words, or -1. */
int conf_word_index(const char *const *words, const char *text);
/* "a, b or c"; @buf as large as @size. */
const char *conf_word_list(const char *const *words, char *buf, size_t size);
/* Room for one more in an array of @n; never NULL. */
void *conf_grow(void *array, size_t n, size_t size);
/* strdup() that never fails. */
char *conf_strdup(const char *text);
/* Frees the text in @field and puts a copy of @text there. */
void conf_replace(char **field, const char *text);
/* Whether @text is UTF-8 without control characters; with @lines, of several lines. */
bool conf_text_ok(const char *text, bool lines);
/* Whether @name is one for a section: 1 to 31 letters, digits, dots, hyphens, underscores. */
bool conf_name_ok(const char *name);
/* And of the section @b, whose title has to be such a name. */
bool conf_title_ok(struct conf_reader *r, const struct conf_block *b);
/* 1: "true", "yes" or "on", 0: "false", "no" or "off", -1: neither. */
int conf_truth(const char *text);
/* "PORT" (any address), "IPV4:PORT" or "[IPV6]:PORT" into address and port of @l. */
bool conf_listen_parse(struct conf_listen *l, const char *text);
/* Appends the values of @entry to @list of *@n. */
void conf_addresses(struct conf_reader *r, const struct conf_entry *entry, struct addr **list,
		    size_t *n);
void conf_prefixes(struct conf_reader *r, const struct conf_entry *entry, struct prefix **list,
		   size_t *n);
/*
 * What is in the file that @entry names: 1 to @max bytes and a NUL, to be freed by the
 * caller; NULL and an error. With @secret the file has to be closed to others. @len: may
 * be NULL, then a NUL in the file is an error.
 */
char *conf_file_read(struct conf_reader *r, const struct conf_entry *entry, uint32_t max,
		     bool secret, size_t *len);
/* "KEY: FILE: WHY", of the only value of @entry. */
void conf_file_error(struct conf_reader *r, const struct conf_entry *entry, const char *why);

#endif /* RINGBACK_PARENT_CONF_VALUE_H */
