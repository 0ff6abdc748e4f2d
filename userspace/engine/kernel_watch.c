// SPDX-License-Identifier: GPL-2.0
/*
 * Watches: those of the configuration are put into the kernel, those that left it
 * are taken out, those of the operator are left alone. The store remembers which
 * were seen and which are ours; a watch that vanished took its attempts along, so
 * the waiters behind it must not be mistaken for clients that got through.
 */
#include "kernel.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/log.h"
#include "batch.h"

struct names {
	char (*name)[RINGBACK_WATCH_NAME_MAX + 1];
	bool *ours;
	size_t n;
};

static void names_free(struct names *s)
{
	free(s->name);
	free(s->ours);
}

static int names_add(struct names *s, const char *name, bool ours)
{
	void *more = reallocarray(s->name, s->n + 1, sizeof(*s->name));

	if (!more)
		return -ENOMEM;
	s->name = more;
	more = reallocarray(s->ours, s->n + 1, sizeof(*s->ours));
	if (!more)
		return -ENOMEM;
	s->ours = more;
	snprintf(s->name[s->n], sizeof(*s->name), "%s", name);
	s->ours[s->n++] = ours;
	return 0;
}

static bool names_has(const struct names *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (strcmp(s->name[i], name) == 0)
			return true;
	return false;
}

static int add_stored(const char *name, bool ours, void *arg)
{
	return names_add(arg, name, ours);
}

static int add_dumped(const struct conf_watch *w, void *arg)
{
	return names_add(arg, w->name, false);
}

static int dump_names(struct nl *nl, struct names *s)
{
	int rc, tries = 3;

	do {
		s->n = 0;
		rc = nl_watch_dump(nl, add_dumped, s);
	} while (rc == -EINTR && --tries);
	return rc;
}

/* --- reboot, module loaded anew ------------------------------------------------ */

static void boot_id(char *buf, size_t size)
{
	FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");

	buf[0] = '\0';
	if (!f)
		return;
	if (fgets(buf, size, f))
		buf[strcspn(buf, "\n")] = '\0';
	fclose(f);
}

static int note_boot(struct store *st)
{
	char now[64], then[64];
	int rc;

	boot_id(now, sizeof(now));
	rc = store_meta_get(st, "boot-id", then, sizeof(then));
	if (rc == 0 && strcmp(now, then) == 0)
		return 0;
	if (rc < 0 && rc != -ENOENT)
		return rc;
	rc = store_waiter_lost(st, NULL);
	return rc < 0 ? rc : store_meta_put(st, "boot-id", now);
}

/* --- putting in, taking out ------------------------------------------------------ */

/* What was seen before and is not there any more. */
static int note_vanished(struct engine *e, const struct names *before, const struct names *there)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < before->n; i++) {
		if (names_has(there, before->name[i]))
			continue;
		rc = store_waiter_lost(e->store, before->name[i]);
		if (rc == 0)
			rc = store_watch_del(e->store, before->name[i]);
	}
	return rc;
}

static int take_out(struct engine *e, struct nl *nl, const char *name)
{
	int rc = nl_watch_del(nl, name);

	if (rc < 0 && rc != -ENOENT) {
		log_err("watch %s: cannot be removed from the kernel: %s", name, nl_error(nl));
		return 0; /* stays ours in the store, so it is tried again */
	}
	log_info("watch %s left the configuration and is removed", name);
	rc = store_waiter_lost(e->store, name);
	return rc < 0 ? rc : store_watch_del(e->store, name);
}

static int take_out_left(struct engine *e, struct nl *nl, const struct names *before,
			 const struct names *there)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < before->n; i++)
		if (before->ours[i] && names_has(there, before->name[i]) &&
		    !conf_watch_find(e->conf, before->name[i]))
			rc = take_out(e, nl, before->name[i]);
	return rc;
}

static int remember(struct engine *e, const struct names *before, const struct names *there)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < e->conf->n_watches; i++)
		rc = store_watch_put(e->store, e->conf->watches[i].name, true);
	for (i = 0; rc == 0 && i < there->n; i++)
		if (!names_has(before, there->name[i]) && !conf_watch_find(e->conf, there->name[i]))
			rc = store_watch_put(e->store, there->name[i], false);
	return rc;
}

static void put_in(struct engine *e, struct nl *nl, struct kernel_watches *w)
{
	size_t i;

	for (i = 0; i < e->conf->n_watches; i++) {
		w->accepted[i] = nl_watch_new(nl, &e->conf->watches[i], true) == 0;
		if (!w->accepted[i])
			log_err("watch %s: the kernel refuses it: %s", e->conf->watches[i].name,
				nl_error(nl));
	}
}

int kernel_watches_sync(struct engine *e, struct nl *nl, struct kernel_watches *w)
{
	struct names before = { 0 }, there = { 0 };
	const char *doing = "note the watches";
	int rc = batch_begin(e->batch);

	if (rc < 0)
		return rc;
	rc = note_boot(e->store);
	if (rc == 0 && w->anew)
		rc = store_waiter_lost(e->store, NULL);
	if (rc == 0)
		rc = store_watch_list(e->store, add_stored, &before);
	if (rc < 0)
		goto failed;
	rc = dump_names(nl, &there);
	if (rc < 0) {
		log_err("cannot list the kernel's watches: %s", nl_error(nl));
		goto out;
	}
	if ((rc = note_vanished(e, &before, &there)) < 0 ||
	    (rc = take_out_left(e, nl, &before, &there)) < 0 ||
	    (rc = remember(e, &before, &there)) < 0)
		goto failed;
	/* On disk before they are made: a watch of ours is never forgotten. */
	rc = batch_flush(e->batch);
	if (rc == 0) {
		w->anew = false;
		put_in(e, nl, w);
	}
	goto out;
failed:
	batch_fail(e->batch, rc, doing);
out:
	names_free(&before);
	names_free(&there);
	return rc;
}

/* Watches of the operator that came or went. */
static int note_operator(struct engine *e, const struct names *there)
{
	struct names before = { 0 };
	int rc = store_watch_list(e->store, add_stored, &before);
	size_t i, known = 0;

	for (i = 0; rc == 0 && i < there->n; i++)
		known += names_has(&before, there->name[i]);
	if (rc == 0 && (known < there->n || known < before.n)) {
		rc = batch_begin(e->batch);
		if (rc == 0) {
			rc = note_vanished(e, &before, there);
			if (rc == 0)
				rc = remember(e, &before, there);
			if (rc < 0)
				batch_fail(e->batch, rc, "note the watches");
		}
	}
	names_free(&before);
	return rc;
}

int kernel_watches_check(struct engine *e, struct nl *nl, struct kernel_watches *w)
{
	struct names there = { 0 };
	struct nl_stats stats;
	int rc = dump_names(nl, &there);
	bool intact = true;
	size_t i;

	if (rc == 0)
		rc = nl_stats_get(nl, &stats);
	if (rc < 0)
		goto out;
	for (i = 0; i < e->conf->n_watches; i++)
		if (w->accepted[i] && !names_has(&there, e->conf->watches[i].name))
			intact = false;
	/* The operator's watches may be back under their names before we look. */
	if (stats.value[RINGBACK_A_STATS_RECORDED] < w->recorded) {
		w->anew = true;
		intact = false;
	}
	w->recorded = stats.value[RINGBACK_A_STATS_RECORDED];
	if (intact)
		note_operator(e, &there);
	rc = intact;
out:
	names_free(&there);
	return rc;
}
