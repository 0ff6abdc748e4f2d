// SPDX-License-Identifier: GPL-2.0
/* watch add, watch del, show watches */
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "rows.h"

/* One more element of @size at the end of @array; NULL: out of memory. */
static void *grow(void **array, size_t *n, size_t size)
{
	void *data = reallocarray(*array, *n + 1, size);

	if (!data)
		return NULL;
	*array = data;
	return (char *)data + (*n)++ * size;
}

static int one_prefix(struct cli *cli, const char *text, struct prefix **array, size_t *n)
{
	struct prefix *p = grow((void **)array, n, sizeof(*p));
	int err;

	if (!p)
		return cli_fail(cli, CLI_FAILED, "out of memory");
	err = prefix_parse(p, text);
	if (err == -ERANGE)
		return cli_fail(cli, CLI_USAGE, "\"%s\" has bits set beyond its length", text);
	if (err)
		return cli_fail(cli, CLI_USAGE,
				"\"%s\" is not a prefix: write 192.0.2.0/24 or an address", text);
	return CLI_OK;
}

static int read_server(struct cli *cli, const char *text, struct conf_watch *w)
{
	return one_prefix(cli, text, &w->servers, &w->n_servers);
}

static int read_client(struct cli *cli, const char *text, struct conf_watch *w)
{
	return one_prefix(cli, text, &w->clients, &w->n_clients);
}

static int read_port(struct cli *cli, const char *text, struct conf_watch *w)
{
	struct portrange *r = grow((void **)&w->ports, &w->n_ports, sizeof(*r));

	if (!r)
		return cli_fail(cli, CLI_FAILED, "out of memory");
	if (portrange_parse(r, text))
		return cli_fail(cli, CLI_USAGE,
				"\"%s\" is not a port: write tcp/80, tcp/8000-8099 or udp/53",
				text);
	return CLI_OK;
}

static int read_hook(struct cli *cli, const char *text, struct conf_watch *w)
{
	static const char *const words[] = { "forward", "local", "bridge", "mirror:IF", NULL };

	if (!strncmp(text, "mirror:", 7) && text[7] && strlen(text + 7) < sizeof(w->mirror_dev)) {
		strcpy(w->mirror_dev, text + 7);
		w->hooks |= RINGBACK_HOOK_MIRROR;
		return CLI_OK;
	}
	for (uint32_t bit = RINGBACK_HOOK_FORWARD; bit <= RINGBACK_HOOK_BRIDGE; bit <<= 1) {
		if (!strcmp(text, nl_hook_name(bit))) {
			w->hooks |= bit;
			return CLI_OK;
		}
	}
	return cli_unknown(cli, text, words);
}

static int read_no_reply(struct cli *cli, const char *text, struct conf_watch *w)
{
	return cli_number(cli, "no-reply", text, 1, RINGBACK_NO_REPLY_MAX, &w->no_reply);
}

static int read_keep(struct cli *cli, const char *text, struct conf_watch *w)
{
	return cli_number(cli, "keep", text, 1, RINGBACK_KEEP_MAX, &w->keep);
}

static int read_down_after(struct cli *cli, const char *text, struct conf_watch *w)
{
	return cli_number(cli, "down-after", text, 1, UINT32_MAX, &w->down_after);
}

static int read_down_clients(struct cli *cli, const char *text, struct conf_watch *w)
{
	return cli_number(cli, "down-clients", text, 1, UINT32_MAX, &w->down_clients);
}

static int read_admission(struct cli *cli, const char *text, struct conf_watch *w)
{
	static const char *const words[] = { "trouble", "first-syn", NULL };
	int admission = nl_admission_parse(text);

	if (admission < 0)
		return cli_unknown(cli, text, words);
	w->admission = admission;
	return CLI_OK;
}

static int on_or_off(struct cli *cli, const char *text, bool *on)
{
	static const char *const words[] = { "on", "off", NULL };

	*on = !strcmp(text, "on");
	return *on || !strcmp(text, "off") ? CLI_OK : cli_unknown(cli, text, words);
}

static int read_reverse_path(struct cli *cli, const char *text, struct conf_watch *w)
{
	return on_or_off(cli, text, &w->reverse_path);
}

static int read_standin(struct cli *cli, const char *text, struct conf_watch *w)
{
	return on_or_off(cli, text, &w->standin);
}

struct watch_key {
	const char *word;
	bool list; /* the value is split at commas */
	int (*read)(struct cli *cli, const char *text, struct conf_watch *w);
};

static const struct watch_key keys[] = {
	{ "server", true, read_server },	  { "port", true, read_port },
	{ "client", true, read_client },	  { "hook", true, read_hook },
	{ "no-reply", false, read_no_reply },	  { "keep", false, read_keep },
	{ "down-after", false, read_down_after }, { "down-clients", false, read_down_clients },
	{ "admission", false, read_admission },	  { "reverse-path", false, read_reverse_path },
	{ "standin", false, read_standin },
};

#define N_KEYS (sizeof(keys) / sizeof(keys[0]))

static int read_value(struct cli *cli, const struct watch_key *key, char *value,
		      struct conf_watch *w)
{
	int err = CLI_OK;

	if (!key->list)
		return key->read(cli, value, w);
	for (char *item; !err && (item = strsep(&value, ","));)
		err = key->read(cli, item, w);
	return err;
}

static int read_key(struct cli *cli, const char *word, char *value, struct conf_watch *w)
{
	const char *words[N_KEYS + 1] = { NULL };

	for (size_t i = 0; i < N_KEYS; i++) {
		words[i] = keys[i].word;
		if (strcmp(word, keys[i].word))
			continue;
		if (!value)
			return cli_fail(cli, CLI_USAGE, "\"%s\" needs a value", word);
		return read_value(cli, &keys[i], value, w);
	}
	return cli_unknown(cli, word, words);
}

static int read_name(struct cli *cli, const char *name, struct conf_watch *w)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789._-";

	if (!name[0] || strlen(name) > RINGBACK_WATCH_NAME_MAX || name[strspn(name, allowed)])
		return cli_fail(cli, CLI_USAGE,
				"\"%s\" cannot name a watch: use 1 to %d letters, digits, . _ or -",
				name, RINGBACK_WATCH_NAME_MAX);
	strcpy(w->name, name);
	return CLI_OK;
}

static int read_watch(struct cli *cli, int argc, char **argv, struct conf_watch *w)
{
	int err;

	if (!argc)
		return cli_fail(cli, CLI_USAGE,
				"watch add needs a name: watch add web "
				"server 192.0.2.0/24 port tcp/80");
	err = read_name(cli, argv[0], w);
	for (int i = 1; !err && i < argc; i += 2)
		err = read_key(cli, argv[i], argv[i + 1], w);
	if (err)
		return err;
	if (!w->n_servers || !w->n_ports)
		return cli_fail(cli, CLI_USAGE, "watch \"%s\" needs a %s", w->name,
				w->n_servers ? "port: port tcp/80" : "server: server 192.0.2.0/24");
	return CLI_OK;
}

static void free_lists(void *watch)
{
	struct conf_watch *w = watch;

	free(w->servers);
	free(w->clients);
	free(w->ports);
}

/* The result of add and del: silent for people, a row for programs. */
static int report(struct cli *cli, const char *name, const char *result)
{
	static const struct column columns[] = { { "name", NULL, 0 }, { "result", NULL, 0 } };

	writer_start(cli->out, columns, 2, false);
	writer_text(cli->out, "name", name);
	writer_text(cli->out, "result", result);
	writer_end(cli->out);
	return cli_finish(cli);
}

static int refused(struct cli *cli, const char *name)
{
	return cli_fail(cli, CLI_FAILED, "watch \"%s\": %s", name, nl_error(cli->nl));
}

int cmd_watch_add(struct cli *cli, int argc, char **argv)
{
	struct conf_watch w = { 0 };
	int err = read_watch(cli, argc, argv, &w);

	if (!err)
		err = cli_kernel(cli);
	if (!err && nl_watch_new(cli->nl, &w, false))
		err = refused(cli, w.name);
	if (!err)
		err = report(cli, w.name, "added");
	free_lists(&w);
	return err;
}

int cmd_watch_del(struct cli *cli, int argc, char **argv)
{
	int err;

	if (argc != 1)
		return cli_fail(cli, CLI_USAGE, "watch del needs one name");
	err = cli_kernel(cli);
	if (err)
		return err;
	if (nl_watch_del(cli->nl, argv[0]))
		return refused(cli, argv[0]);
	return report(cli, argv[0], "deleted");
}

static int collect_row(const struct conf_watch *w, void *rows)
{
	struct conf_watch copy = *w;
	int err = -ENOMEM;

	copy.servers = calloc(w->n_servers + 1, sizeof(*copy.servers));
	copy.clients = calloc(w->n_clients + 1, sizeof(*copy.clients));
	copy.ports = calloc(w->n_ports + 1, sizeof(*copy.ports));
	if (copy.servers && copy.clients && copy.ports) {
		memcpy(copy.servers, w->servers, w->n_servers * sizeof(*copy.servers));
		memcpy(copy.clients, w->clients, w->n_clients * sizeof(*copy.clients));
		memcpy(copy.ports, w->ports, w->n_ports * sizeof(*copy.ports));
		err = rows_add(rows, &copy);
	}
	if (err)
		free_lists(&copy);
	return err;
}

static int dump(struct nl *nl, const void *arg, struct rows *rows)
{
	(void)arg;
	return nl_watch_dump(nl, collect_row, rows);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct conf_watch *)a)->name, ((const struct conf_watch *)b)->name);
}

static void write_prefixes(struct writer *out, const char *key, const struct prefix *p, size_t n)
{
	json_t *list = json_array();
	char buf[ADDR_STRLEN];

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_string(prefix_format(&p[i], buf)));
	writer_attr(out, key, list);
}

static void write_ports(struct writer *out, const struct conf_watch *w)
{
	json_t *list = json_array();
	char buf[SERVICE_STRLEN];

	for (size_t i = 0; i < w->n_ports; i++)
		json_array_append_new(list, json_string(portrange_format(&w->ports[i], buf)));
	writer_attr(out, "ports", list);
}

static void write_hooks(struct writer *out, const struct conf_watch *w)
{
	json_t *list = json_array();
	char mirror[sizeof("mirror:") + sizeof(w->mirror_dev)];

	for (uint32_t bit = RINGBACK_HOOK_FORWARD; bit <= RINGBACK_HOOK_BRIDGE; bit <<= 1)
		if (w->hooks & bit)
			json_array_append_new(list, json_string(nl_hook_name(bit)));
	if (w->hooks & RINGBACK_HOOK_MIRROR) {
		snprintf(mirror, sizeof(mirror), "mirror:%s", w->mirror_dev);
		json_array_append_new(list, json_string(mirror));
	}
	writer_attr(out, "hooks", list);
}

static void write_watch(struct writer *out, const void *row)
{
	const struct conf_watch *w = row;

	writer_text(out, "name", w->name);
	write_prefixes(out, "servers", w->servers, w->n_servers);
	write_ports(out, w);
	write_prefixes(out, "clients", w->clients, w->n_clients);
	write_hooks(out, w);
	writer_number(out, "no-reply", w->no_reply);
	writer_number(out, "keep", w->keep);
	writer_number(out, "down-after", w->down_after);
	writer_number(out, "down-clients", w->down_clients);
	writer_text(out, "admission", nl_admission_name(w->admission));
	writer_text(out, "reverse-path", w->reverse_path ? "on" : "off");
	writer_attr(out, "waiting", json_boolean(w->mirror_waits));
	writer_text(out, "standin", w->standin ? "on" : "off");
	writer_end(out);
}

int cmd_show_watches(struct cli *cli, int argc, char **argv)
{
	static const struct column columns[] = {
		{ "name", "NAME", 0 },
		{ "servers", "SERVERS", 0 },
		{ "ports", "PORTS", 0 },
		{ "clients", "CLIENTS", 0 },
		{ "hooks", "HOOKS", 0 },
		{ "no-reply", "NO-REPLY", COL_RIGHT },
		{ "keep", "KEEP", COL_RIGHT },
		{ "down-after", "DOWN-AFTER", COL_RIGHT },
		{ "down-clients", "DOWN-CLIENTS", COL_RIGHT },
		{ "admission", "ADMISSION", 0 },
		{ "reverse-path", "REVERSE-PATH", 0 },
		{ "waiting", "WAITING", 0 },
		{ "standin", "STANDIN", 0 },
	};
	static const struct rows_table table = {
		.columns = columns,
		.n_columns = sizeof(columns) / sizeof(columns[0]),
		.size = sizeof(struct conf_watch),
		.dump = dump,
		.cmp = by_name,
		.write = write_watch,
		.drop = free_lists,
	};
	int err = cli_no_arguments(cli, argc, argv);

	return err ? err : rows_show(cli, &table, NULL);
}
