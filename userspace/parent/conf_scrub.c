// SPDX-License-Identifier: GPL-2.0
/*
 * Blanks out parts of a configuration file in memory. libconfuse (3.3) counts
 * lines wrongly after comments, does not take comments inside lists, and stops
 * at the first unknown option; so it gets to see neither comments nor, once
 * they are reported, unknown options.
 */
#include "conf_text.h"

#include <ctype.h>
#include <string.h>

static bool word_ends(char c)
{
	return c == '\0' || isspace((unsigned char)c) || strchr("#\"'={}()+,", c);
}

/* The end of the quoted string that begins at @p; the file's end without one. */
static char *quoted_end(char *p)
{
	char quote = *p++;

	while (*p && *p != quote)
		p += *p == '\\' && p[1] ? 2 : 1;
	return *p ? p + 1 : p;
}

/* The end of the word, string or single character at @p. */
static char *token_end(char *p)
{
	if (*p == '"' || *p == '\'')
		return quoted_end(p);
	if (word_ends(*p))
		return *p ? p + 1 : p;
	while (!word_ends(*p))
		p++;
	return p;
}

static void blank(char *from, const char *to)
{
	for (; from < to; from++) {
		if (*from != '\n')
			*from = ' ';
	}
}

/* The end of the comment at @p, or NULL if there is none. */
static char *comment_end(char *p)
{
	char *end;

	if (!strncmp(p, "/*", 2)) {
		end = strstr(p + 2, "*/");
		return end ? end + 2 : p + strlen(p);
	}
	if (*p == '#' || !strncmp(p, "//", 2))
		return p + strcspn(p, "\n");
	return NULL;
}

void conf_scrub_comments(char *file)
{
	char *p = file, *end;

	while (*p) {
		end = comment_end(p);
		if (end)
			blank(p, end);
		else
			end = token_end(p);
		p = end;
	}
}

static char *skip_space(char *p)
{
	return p + strspn(p, " \t\r\n");
}

/* The end of the block in braces that begins at @p. */
static char *braces_end(char *p)
{
	int depth = 0;

	while (*p) {
		if (*p == '{')
			depth++;
		if (*p == '}' && --depth == 0)
			return p + 1;
		p = token_end(p);
	}
	return p;
}

/* The end of "word = value", "word += {list}", "word {..}" or "word title {..}". */
static char *statement_end(char *p)
{
	char *end = token_end(p);

	p = skip_space(end);
	if (*p == '+' || *p == '=') {
		p = skip_space(p + strspn(p, "+="));
		return *p == '{' ? braces_end(p) : token_end(p);
	}
	if (*p == '{')
		return braces_end(p);
	if (!*p || *p == '}')
		return end;
	p = skip_space(token_end(p));
	return *p == '{' ? braces_end(p) : end;
}

/*
 * The first @word from the line *@line on, and then its line in *@line; NULL:
 * there is none.
 */
static char *find_word(char *file, int *line, const char *word)
{
	size_t len = strlen(word);
	char *p = file, *end;
	int at = 1;

	while (*p) {
		end = token_end(p);
		if (at >= *line && end == p + len && !memcmp(p, word, len)) {
			*line = at;
			return p;
		}
		for (; p < end; p++)
			at += *p == '\n';
	}
	return NULL;
}

int conf_scrub_line_of(char *file, int line, const char *word)
{
	find_word(file, &line, word);
	return line;
}

bool conf_scrub_statement(char *file, int line, const char *word)
{
	int at = line;
	char *p = find_word(file, &at, word);

	if (!p || at != line)
		return false;
	blank(p, statement_end(p));
	return true;
}
