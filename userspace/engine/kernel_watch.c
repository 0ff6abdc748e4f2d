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
#include "../common/timefmt.h"
#include "batch.h"

/* Between our look at the clock and the kernel's new time, ns. */
#define KEEP_GRAIN   NSEC_PER_SEC
#define KEPT_UNKNOWN INT64_MAX

static int names_add(struct watch_names *s, const struct watch_name *w)
{
	void *more = reallocarray(s->row, s->n + 1, sizeof(*s->row));

	if (!more)
		return -ENOMEM;
	s->row = more;
	s->row[s->n++] = *w;
	return 0;
}

static const struct watch_name *names_find(const struct watch_names *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (strcmp(s->row[i].name, name) == 0)
			return &s->row[i];
	return NULL;
}

static int add_stored(const char *name, bool ours, void *arg)
{
	struct watch_name w = { .ours = ours };

	snprintf(w.name, sizeof(w.name), "%s", name);
	return names_add(arg, &w);
}

static int add_dumped(const struct conf_watch *dumped, void *arg)
{
	struct watch_name w = { .id = dumped->id, .keep = dumped->keep };

	memcpy(w.name, dumped->name, sizeof(w.name));
	return names_add(arg, &w);
}

static int dump_names(struct nl *nl, struct watch_names *s)
{
	int rc, tries = 3;

	do {
		s->n = 0;
		rc = nl_watch_dump(nl, add_dumped, s);
	} while (rc == -EINTR && --tries);
	return rc;
}

/* --- reboot, module or namespace anew ------------------------------------------- */

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

/* Whether it is the one that had recorded what we know, or came while we were away. */
static int note_instance(struct store *st, const struct nl *nl)
{
	char boot[64], instance[NL_INSTANCE_LEN], now[96], then[96];
	int rc;

	boot_id(boot, sizeof(boot));
	snprintf(now, sizeof(now), "%s %s", boot, nl_instance(nl, instance));
	rc = store_meta_get(st, "instance", then, sizeof(then));
	if (rc == 0 && strcmp(now, then) == 0)
		return 0;
	if (rc < 0 && rc != -ENOENT)
		return rc;
	rc = store_waiter_lost(st, NULL);
	return rc < 0 ? rc : store_meta_put(st, "instance", now);
}

/* --- putting in, taking out ------------------------------------------------------ */

/* What was seen before and is not there any more. */
static int note_vanished(struct engine *e, const struct watch_names *before,
			 const struct watch_names *there)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < before->n; i++) {
		if (names_find(there, before->row[i].name))
			continue;
		rc = store_waiter_lost(e->store, before->row[i].name);
		if (rc == 0)
			rc = store_watch_del(e->store, before->row[i].name);
	}
	return rc;
}

/* Deleted since we looked, and made again under its name. */
static bool is_another(const struct watch_names *seen, const struct watch_name *w)
{
	const struct watch_name *then = names_find(seen, w->name);

	return then && then->id != w->id;
}

static int note_made_again(struct engine *e, const struct watch_names *seen,
			   const struct watch_names *there)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < there->n; i++)
		if (is_another(seen, &there->row[i])) {
			log_info("watch %s was made again", there->row[i].name);
			rc = store_waiter_lost(e->store, there->row[i].name);
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

static int take_out_left(struct engine *e, struct nl *nl, const struct watch_names *before,
			 const struct watch_names *there)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < before->n; i++)
		if (before->row[i].ours && names_find(there, before->row[i].name) &&
		    !conf_watch_find(e->conf, before->row[i].name))
			rc = take_out(e, nl, before->row[i].name);
	return rc;
}

static int remember(struct engine *e, const struct watch_names *before,
		    const struct watch_names *there)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < e->conf->n_watches; i++)
		rc = store_watch_put(e->store, e->conf->watches[i].name, true);
	for (i = 0; rc == 0 && i < there->n; i++)
		if (!names_find(before, there->row[i].name) &&
		    !conf_watch_find(e->conf, there->row[i].name))
			rc = store_watch_put(e->store, there->row[i].name, false);
	return rc;
}

/* --- how long the kernel keeps what a watch has recorded --------------------------- */

/* Since when: what failed before leaves by the time that was right then. */
static int note_keep(struct engine *e, struct watch_name *w)
{
	char key[sizeof(w->name) + 8], value[48];
	int64_t since;
	uint32_t keep;
	int rc;

	snprintf(key, sizeof(key), "keep %s", w->name);
	rc = store_meta_get(e->store, key, value, sizeof(value));
	if (rc < 0 && rc != -ENOENT)
		return rc;
	w->kept_since = 0;
	if (rc == 0) {
		w->kept_since = time_now() + KEEP_GRAIN;
		if (sscanf(value, "%" SCNu32 " %" SCNd64, &keep, &since) == 2 && keep == w->keep) {
			w->kept_since = since;
			return 0;
		}
		log_info("watch %s keeps what it records for another time from now on", w->name);
	}
	snprintf(value, sizeof(value), "%" PRIu32 " %" PRId64, w->keep, w->kept_since);
	return store_meta_put(e->store, key, value);
}

/* One of ours, of which the store remembers that. What fails is done at the next look. */
static void note_our_keep(struct engine *e, struct watch_name *w)
{
	int rc;

	w->kept_since = KEPT_UNKNOWN;
	if (batch_begin(e->batch) < 0)
		return;
	rc = note_keep(e, w);
	if (rc == 0)
		return;
	w->kept_since = KEPT_UNKNOWN;
	batch_fail(e->batch, rc, "note how long a watch keeps");
}

/* Completes @there. The operator's watches are others when they are changed, see is_another(). */
static void note_keeps(struct engine *e, const struct watch_names *seen, struct watch_names *there)
{
	size_t i;

	for (i = 0; i < there->n; i++) {
		struct watch_name *w = &there->row[i];
		const struct watch_name *then = names_find(seen, w->name);

		if (then && then->keep == w->keep && then->kept_since != KEPT_UNKNOWN)
			w->kept_since = then->kept_since;
		else if (conf_watch_find(e->conf, w->name))
			note_our_keep(e, w);
		else
			w->kept_since = then ? time_now() + KEEP_GRAIN : 0;
	}
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

/* What there is, ours included. */
static void look_again(struct engine *e, struct nl *nl, struct kernel_watches *w)
{
	struct watch_names there = { 0 };

	if (dump_names(nl, &there) < 0)
		there.n = 0;
	note_keeps(e, &w->seen, &there);
	free(w->seen.row);
	w->seen = there;
}

int kernel_watches_sync(struct engine *e, struct nl *nl, struct kernel_watches *w)
{
	struct watch_names before = { 0 }, there = { 0 };
	const char *doing = "note the watches";
	int rc = batch_begin(e->batch);

	if (rc < 0)
		return rc;
	rc = note_instance(e->store, nl);
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
	    (rc = note_made_again(e, &w->seen, &there)) < 0 ||
	    (rc = take_out_left(e, nl, &before, &there)) < 0 ||
	    (rc = remember(e, &before, &there)) < 0)
		goto failed;
	/* On disk before they are made: a watch of ours is never forgotten. */
	rc = batch_flush(e->batch);
	if (rc == 0) {
		w->anew = false;
		put_in(e, nl, w);
		look_again(e, nl, w);
	}
	goto out;
failed:
	batch_fail(e->batch, rc, doing);
out:
	free(before.row);
	free(there.row);
	return rc;
}

/* Watches of the operator that came, went, or were made again since @seen. */
static int note_operator(struct engine *e, const struct watch_names *seen,
			 const struct watch_names *there)
{
	struct watch_names before = { 0 };
	int rc = store_watch_list(e->store, add_stored, &before);
	size_t i, known = 0, another = 0;

	for (i = 0; rc == 0 && i < there->n; i++) {
		known += names_find(&before, there->row[i].name) != NULL;
		another += is_another(seen, &there->row[i]);
	}
	if (rc == 0 && (known < there->n || known < before.n || another)) {
		rc = batch_begin(e->batch);
		if (rc == 0) {
			rc = note_vanished(e, &before, there);
			if (rc == 0)
				rc = note_made_again(e, seen, there);
			if (rc == 0)
				rc = remember(e, &before, there);
			if (rc < 0)
				batch_fail(e->batch, rc, "note the watches");
			else
				rc = batch_flush(e->batch);
		}
	}
	free(before.row);
	if (another)
		kernel_resync(e->kernel);
	return rc;
}

static bool is_there(const struct kernel_watches *w, const struct watch_names *there,
		     const char *name)
{
	const struct watch_name *now = names_find(there, name);

	return now && !is_another(&w->seen, now);
}

int kernel_watches_check(struct engine *e, struct nl *nl, struct kernel_watches *w)
{
	struct watch_names there = { 0 };
	struct nl_stats stats;
	int rc = dump_names(nl, &there);
	bool intact = true;
	size_t i;

	if (rc == 0)
		rc = nl_stats_get(nl, &stats);
	if (rc < 0)
		goto out;
	for (i = 0; i < e->conf->n_watches; i++)
		if (w->accepted[i] && !is_there(w, &there, e->conf->watches[i].name))
			intact = false;
	/* The operator's watches may be back under their names before we look. */
	if (stats.value[RINGBACK_A_STATS_RECORDED] < w->recorded) {
		w->anew = true;
		intact = false;
	}
	w->recorded = stats.value[RINGBACK_A_STATS_RECORDED];
	rc = intact;
	/* What could not be noted is seen again at the next look. */
	if (intact && note_operator(e, &w->seen, &there) == 0) {
		note_keeps(e, &w->seen, &there);
		free(w->seen.row);
		w->seen = there;
		return 1;
	}
out:
	free(there.row);
	return rc;
}

uint32_t kernel_watches_keep(const struct kernel_watches *w, const char *name)
{
	const struct watch_name *seen = names_find(&w->seen, name);

	return seen ? seen->keep : 0;
}

int64_t kernel_watches_kept_since(const struct kernel_watches *w, const char *name)
{
	const struct watch_name *seen = names_find(&w->seen, name);

	return seen ? seen->kept_since : 0;
}
