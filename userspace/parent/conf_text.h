/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A configuration file as text: sections, options and values with their lines,
 * not yet understood. Only the syntax and the names are checked here; the
 * meaning is conf_read.c's.
 */
#ifndef RINGBACK_PARENT_CONF_TEXT_H
#define RINGBACK_PARENT_CONF_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --- mistakes, in a list so that all of them are told at once -------------- */
struct conf_errors {
	struct conf_error {
		int line; /* 0: of the file as a whole */
		char *text; /* ":LINE: what was expected", to follow the path */
	} * list;
	size_t n;
};

__attribute__((format(printf, 3, 4))) void conf_errors_add(struct conf_errors *errors, int line,
							   const char *fmt, ...);
void conf_errors_sort(struct conf_errors *errors);
void conf_errors_free(struct conf_errors *errors);

/* --- what a file may contain ----------------------------------------------- */
struct conf_reader;
struct conf_entry;

/* One option of a section and how its value is read into the section's object. */
struct conf_key {
	const char *name;
	void (*parse)(struct conf_reader *reader, const struct conf_key *key,
		      const struct conf_entry *entry, void *object);
	size_t offset; /* of the field in the object */
	uint32_t min, max; /* of a number; max bytes of a string */
	const char *unit; /* of a number, "" without one */
	const char *const *words; /* of an enumeration, NULL-terminated */
	bool required;
};

struct conf_section {
	const char *name;
	bool titled;
	const struct conf_key *keys; /* ends with a nameless one */
	const struct conf_section *inside; /* NULL, or ends with a nameless one */
};

/* --- what a file contains -------------------------------------------------- */
struct conf_value {
	char *text;
	int line;
};

struct conf_entry {
	const char *key; /* the schema's own string */
	int line;
	unsigned int times; /* assigned */
	struct conf_value *values;
	size_t n;
};

struct conf_block {
	const struct conf_section *section; /* its schema */
	char *title; /* or NULL */
	int line; /* where it begins */
	const void *handle; /* the parser's own name for it */
	struct conf_entry *entries;
	size_t n;
	bool bad; /* for conf_read.c: it has a mistake */
};

/* Blocks in the order of the file; [0] is the file itself. */
struct conf_text {
	struct conf_block *blocks;
	size_t n;
	bool complete; /* false: a syntax error hides the rest of the file */
};

/*
 * Parses @file (a NUL-terminated copy of it, changed here). Mistakes go to
 * @errors; @text then holds what could be read. The caller frees both.
 */
void conf_text_parse(struct conf_text *text, char *file, const struct conf_section *schema,
		     struct conf_errors *errors);
/* Wipes all of it: secrets may be among the values. */
void conf_text_free(struct conf_text *text);

/* --- conf_scrub.c: what libconfuse leaves to do before it reads ------------ */
/* Blanks the comments, keeping the lines. */
void conf_scrub_comments(char *file);
/* Blanks the statement that begins with @word in @line; false: there is none. */
bool conf_scrub_statement(char *file, int line, const char *word);
/* The line of the first @word from @line on; @line if there is none. */
int conf_scrub_line_of(char *file, int line, const char *word);

#endif /* RINGBACK_PARENT_CONF_TEXT_H */
