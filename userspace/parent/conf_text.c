// SPDX-License-Identifier: GPL-2.0
/*
 * Syntax of the configuration file: the only place with libconfuse.
 *
 * libconfuse stops where a callback fails, so every option is declared as a
 * list of strings and every value accepted: types and ranges are checked later,
 * all of them, with the line that was noted here.
 */
#include "conf_text.h"

#include <confuse.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/log.h"

#define UNKNOWN_MAX 64 /* bytes of an unknown option's name that are told */

/* libconfuse's callbacks get no pointer of ours; there is one parse at a time. */
static struct parse {
	struct conf_text *text;
	const struct conf_section *schema;
	struct conf_errors *errors;
	char *file;
	char unknown[UNKNOWN_MAX + 1]; /* the option that ended this round */
	int line; /* of the latest token seen */
	bool told; /* what ended this round is among the errors */
} now;

/* --- mistakes -------------------------------------------------------------- */
void conf_errors_add(struct conf_errors *errors, int line, const char *fmt, ...)
{
	char where[16] = "", *what, *text;
	va_list ap;

	if (line)
		snprintf(where, sizeof(where), ":%d", line);
	va_start(ap, fmt);
	errors->list = reallocarray(errors->list, errors->n + 1, sizeof(*errors->list));
	if (!errors->list || vasprintf(&what, fmt, ap) < 0 ||
	    asprintf(&text, "%s: %s", where, what) < 0)
		fatal("out of memory");
	va_end(ap);
	free(what);
	errors->list[errors->n++] = (struct conf_error){ .line = line, .text = text };
}

void conf_errors_sort(struct conf_errors *errors)
{
	/* by insertion: few, and those of one line keep their order */
	for (size_t i = 1; i < errors->n; i++) {
		struct conf_error e = errors->list[i];
		size_t j = i;

		for (; j && errors->list[j - 1].line > e.line; j--)
			errors->list[j] = errors->list[j - 1];
		errors->list[j] = e;
	}
}

void conf_errors_free(struct conf_errors *errors)
{
	for (size_t i = 0; i < errors->n; i++)
		free(errors->list[i].text);
	free(errors->list);
	*errors = (struct conf_errors){ 0 };
}

/* --- the tree -------------------------------------------------------------- */
static const struct conf_section *find_section(const struct conf_section *s, const char *name)
{
	const struct conf_section *found;

	for (; s && s->name; s++) {
		if (!strcmp(s->name, name))
			return s;
		found = find_section(s->inside, name);
		if (found)
			return found;
	}
	return NULL;
}

static const char *find_key(const struct conf_section *s, const char *name)
{
	for (const struct conf_key *k = s->keys; k->name; k++) {
		if (!strcmp(k->name, name))
			return k->name;
	}
	return NULL;
}

static char *copy(const char *text)
{
	char *p = strdup(text);

	if (!p)
		fatal("out of memory");
	return p;
}

static void add_block(const struct conf_section *section, const cfg_t *cfg)
{
	struct conf_text *t = now.text;

	t->blocks = reallocarray(t->blocks, t->n + 1, sizeof(*t->blocks));
	if (!t->blocks)
		fatal("out of memory");
	t->blocks[t->n++] = (struct conf_block){
		.section = section,
		.title = cfg->title ? copy(cfg->title) : NULL,
		.line = cfg->line,
		.handle = cfg,
	};
}

/*
 * The block of @cfg. A section whose title repeats takes the place of the one
 * before, perhaps even at its address: the newest is meant.
 */
static struct conf_block *find_block(const cfg_t *cfg)
{
	for (size_t i = now.text->n; i--;) {
		if (now.text->blocks[i].handle == cfg)
			return &now.text->blocks[i];
	}
	return NULL;
}

static struct conf_entry *find_entry(struct conf_block *b, const char *name, int line)
{
	const char *key = find_key(b->section, name);

	for (size_t i = 0; i < b->n; i++) {
		if (b->entries[i].key == key)
			return &b->entries[i];
	}
	if (!key)
		return NULL;
	b->entries = reallocarray(b->entries, b->n + 1, sizeof(*b->entries));
	if (!b->entries)
		fatal("out of memory");
	b->entries[b->n] = (struct conf_entry){ .key = key, .line = line };
	return &b->entries[b->n++];
}

static void add_value(struct conf_entry *e, const char *text, int line)
{
	e->values = reallocarray(e->values, e->n + 1, sizeof(*e->values));
	if (!e->values)
		fatal("out of memory");
	e->values[e->n++] = (struct conf_value){ .text = copy(text), .line = line };
}

static void block_free(struct conf_block *b)
{
	for (size_t i = 0; i < b->n; i++) {
		for (size_t j = 0; j < b->entries[i].n; j++) {
			char *text = b->entries[i].values[j].text;

			explicit_bzero(text, strlen(text));
			free(text);
		}
		free(b->entries[i].values);
	}
	free(b->entries);
	free(b->title);
}

void conf_text_free(struct conf_text *text)
{
	for (size_t i = 0; i < text->n; i++)
		block_free(&text->blocks[i]);
	free(text->blocks);
	*text = (struct conf_text){ 0 };
}

/* --- libconfuse's callbacks ------------------------------------------------ */
/* The default value of a nameless option: called as a section begins. */
static int on_open(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	(void)opt;
	add_block(find_section(now.schema, cfg->name), cfg);
	now.line = cfg->line;
	*(const char **)result = value;
	return 0;
}

static int on_value(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	struct conf_block *b = find_block(cfg);
	struct conf_entry *e = b ? find_entry(b, opt->name, cfg->line) : NULL;

	*(const char **)result = value;
	now.line = cfg->line;
	if (!e)
		return -1;
	/* "=" empties the list first, "+=" does not */
	if (opt->nvalues == 1)
		e->times++;
	add_value(e, value, cfg->line);
	return 0;
}

/* "option = {}" has no value to call back for. */
static void note_empty_lists(cfg_t *cfg)
{
	struct conf_block *b = find_block(cfg);

	for (cfg_opt_t *o = cfg->opts; b && o->name; o++) {
		if (o->type == CFGT_STR && (o->flags & CFGF_MODIFIED) && !o->nvalues)
			find_entry(b, o->name, conf_scrub_line_of(now.file, b->line, o->name));
	}
}

static int on_close(cfg_t *cfg, cfg_opt_t *opt)
{
	cfg_t *section = cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1);

	now.line = cfg->line;
	note_empty_lists(section);
	return 0;
}

/* "a, b, c": what would have been right where an unknown option stands. */
static void list_names(const struct conf_section *s, char *buf, size_t size)
{
	FILE *f = fmemopen(buf, size, "w");
	const char *comma = "";

	if (!f)
		fatal("out of memory");
	for (const struct conf_key *k = s->keys; k->name; k++, comma = ", ")
		fprintf(f, "%s%s", comma, k->name);
	for (const struct conf_section *in = s->inside; in && in->name; in++, comma = ", ")
		fprintf(f, "%s%s", comma, in->name);
	fclose(f);
}

/* libconfuse stops after an error: this is the only one of a round. */
static void on_error(cfg_t *cfg, const char *fmt, va_list ap)
{
	char text[512];

	now.line = cfg->line;
	now.told = true;
	if (strstr(fmt, "no such option")) {
		snprintf(now.unknown, sizeof(now.unknown), "%s", va_arg(ap, const char *));
		list_names(find_section(now.schema, cfg->name), text, sizeof(text));
		conf_errors_add(now.errors, now.line, "unknown option \"%s\"; expected one of %s",
				now.unknown, text);
		return;
	}
	vsnprintf(text, sizeof(text), fmt, ap);
	conf_errors_add(now.errors, now.line, "%s; what follows was not read", text);
}

/* --- the schema in libconfuse's form --------------------------------------- */
static size_t count_keys(const struct conf_section *s)
{
	size_t n = 0;

	while (s->keys[n].name)
		n++;
	return n;
}

static size_t count_inside(const struct conf_section *s)
{
	size_t n = 0;

	while (s->inside && s->inside[n].name)
		n++;
	return n;
}

static void free_opts(cfg_opt_t *opts)
{
	for (cfg_opt_t *o = opts; o->name; o++) {
		if (o->type == CFGT_SEC)
			free_opts(o->subopts);
	}
	free(opts);
}

static cfg_opt_t *make_opts(const struct conf_section *s, bool root)
{
	size_t n_keys = count_keys(s), n_inside = count_inside(s), n = 0;
	cfg_opt_t *opts = calloc(n_keys + n_inside + 2, sizeof(*opts));

	if (!opts)
		fatal("out of memory");
	if (!root)
		opts[n++] = (cfg_opt_t)CFG_STR_LIST_CB("", "{begin}", CFGF_NONE, on_open);
	for (size_t i = 0; i < n_keys; i++)
		opts[n++] = (cfg_opt_t)CFG_STR_LIST_CB(s->keys[i].name, NULL, CFGF_NONE, on_value);
	for (size_t i = 0; i < n_inside; i++) {
		const struct conf_section *in = &s->inside[i];

		opts[n] = (cfg_opt_t)CFG_SEC(in->name, make_opts(in, false),
					     CFGF_MULTI | (in->titled ? CFGF_TITLE : CFGF_NONE));
		opts[n++].validcb = on_close;
	}
	opts[n] = (cfg_opt_t)CFG_END();
	return opts;
}

/* --- the rounds ------------------------------------------------------------ */
/* Reads the file as it now is; true: to its end. */
static bool parse_round(void)
{
	cfg_opt_t *opts = make_opts(now.schema, true);
	cfg_t *cfg = cfg_init(opts, CFGF_NONE);
	bool done;

	if (!cfg)
		fatal("out of memory");
	conf_text_free(now.text);
	now.unknown[0] = '\0';
	now.told = false;
	now.line = 1;
	cfg_set_error_function(cfg, on_error);
	add_block(now.schema, cfg);
	done = cfg_parse_buf(cfg, now.file) == CFG_SUCCESS;
	if (done)
		note_empty_lists(cfg);
	else if (!now.told)
		conf_errors_add(now.errors, cfg->line > now.line ? cfg->line : now.line,
				"syntax error here or below: expected the name of an option or "
				"section; what follows was not read");
	cfg_free(cfg);
	free_opts(opts);
	return done;
}

void conf_text_parse(struct conf_text *text, char *file, const struct conf_section *schema,
		     struct conf_errors *errors)
{
	now = (struct parse){ .text = text, .schema = schema, .errors = errors, .file = file };
	*text = (struct conf_text){ 0 };
	conf_scrub_comments(file);
	do {
		text->complete = parse_round();
	} while (!text->complete && now.unknown[0] &&
		 conf_scrub_statement(file, now.line, now.unknown));
}
