/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What may stand in the configuration file: every section, option, range and
 * default in one table.
 */
#ifndef RINGBACK_PARENT_CONF_SCHEMA_H
#define RINGBACK_PARENT_CONF_SCHEMA_H

#include "conf_text.h"
#include "conf_value.h"

/* [0] is the file itself; ends with a nameless section. */
extern const struct conf_section conf_schema[];

/* A new configuration with the defaults of everything outside of lists. */
struct conf *conf_schema_defaults(void);

/*
 * The object that the options of @b are read into: new and with its defaults
 * where the section may repeat. NULL: the section may not (an error was added).
 */
void *conf_schema_object(struct conf_reader *r, const struct conf_block *b);

/* --- between the files that hold the sections ------------------------------ */
#define CONF_DAY (24 * 3600)

#define CONF_U32(option, type, field, lowest, highest, of)                            \
	{                                                                             \
		.name = (option), .parse = conf_u32, .offset = offsetof(type, field), \
		.min = (lowest), .max = (highest), .unit = (of)                       \
	}
#define CONF_OPTION(option, parser, type, field, ...)                                             \
	{                                                                                         \
		.name = (option), .parse = (parser), .offset = offsetof(type, field), __VA_ARGS__ \
	}

extern const struct conf_key conf_watch_keys[];
extern const struct conf_key conf_snmp_keys[];
extern const struct conf_key conf_user_keys[];
extern const struct conf_key conf_web_keys[];
extern const struct conf_key conf_certificate_keys[];
extern const struct conf_key conf_server_keys[];
extern const struct conf_key conf_nms_keys[];
extern const struct conf_key conf_webhook_keys[];
extern const struct conf_key conf_receive_keys[];
void *conf_watch_new(struct conf_reader *r, const struct conf_block *b);
void *conf_user_new(struct conf_reader *r, const struct conf_block *b);
void *conf_certificate_new(struct conf_reader *r, const struct conf_block *b);
/* conf_route.c: by the section's name. */
bool conf_is_target(const char *section);
void *conf_target_new(struct conf_reader *r, const struct conf_block *b);
void *conf_receive_new(struct conf_reader *r, const struct conf_block *b);
void conf_web_defaults(struct conf_web *web);

/* conf_snmp.c: parts of an SNMP user, for all who have one; in the order of the enums. */
extern const char *const conf_auth_words[], *const conf_priv_words[];
void conf_auth(CONF_PARSE_ARGS); /* enum snmp_auth */
void conf_priv(CONF_PARSE_ARGS); /* enum snmp_priv */
void conf_user_name(CONF_PARSE_ARGS); /* char *, as the next two */
void conf_community(CONF_PARSE_ARGS);
void conf_mib_base(CONF_PARSE_ARGS);

/* conf_route.c: the steps of a watch; "nms" is one step until conf_notify_check(). */
void conf_notify(CONF_PARSE_ARGS);
/* conf_lookup.c: argv of the contact-command; where snmpd listens to subagents. */
void conf_contact_command(CONF_PARSE_ARGS);
void conf_agentx(CONF_PARSE_ARGS);

/* What no option can know alone; mistakes go to the reader's errors. */
void conf_web_check(struct conf_reader *r, const struct conf_block *b);
void conf_certificate_check(struct conf_reader *r, const struct conf_block *b,
			    const struct conf_certificate *c);
void conf_standin_check(struct conf_reader *r, const struct conf_block *b,
			const struct conf_watch *w);

void conf_target_check(struct conf_reader *r, const struct conf_block *b,
		       const struct conf_target *t);
void conf_receive_check(struct conf_reader *r, const struct conf_block *b,
			const struct conf_receive *receive);
void conf_lookup_check(struct conf_reader *r, const struct conf_block *b);
/* Puts every section in the place of a step that stands for all of its kind. */
void conf_notify_check(struct conf_reader *r, const struct conf_block *b, struct conf_watch *w);

/* conf_read.c: whether @key stands in @b. */
bool conf_given(const struct conf_block *b, const char *key);
/* Where to point for @key of @b: its line, or that of the section. */
int conf_line_of(const struct conf_block *b, const char *key);
/* An error if @key is given: it has no effect with @with. */
void conf_refuse_unused(struct conf_reader *r, const struct conf_block *b, const char *key,
			const char *with);

#endif /* RINGBACK_PARENT_CONF_SCHEMA_H */
