/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The engine's side of the kernel module: keeps the connection, the watches and
 * our picture of it in step, whatever happens to the module.
 */
#ifndef RINGBACK_ENGINE_KERNEL_H
#define RINGBACK_ENGINE_KERNEL_H

#include "../nl/nl.h"
#include "engine.h"

struct kernel *kernel_new(struct engine *e);
void kernel_free(struct kernel *k);
/* Connects if the module is there, else tries again and again from the loop. */
void kernel_start(struct kernel *k);

/* All below accept NULL (conf->kernel is false) as a kernel that is not there. */
bool kernel_connected(const struct kernel *k);
/* For questions of others; NULL: not connected. Not to be used within a callback. */
struct nl *kernel_requests(struct kernel *k);
/* Compares everything with the kernel soon. */
void kernel_resync(struct kernel *k);
/* The failed attempts of @s go to tracker_attempt() soon. */
void kernel_want_attempts(struct kernel *k, const struct service *s);
/* The failed attempts of @s now. -ENOTCONN, -errno. Must not be called from a dump. */
int kernel_attempts(struct kernel *k, const struct service *s, nl_attempt_cb cb, void *arg);
/*
 * Declares the state of @s. One that is down comes to be known by that, if a watch covers
 * it; else a service that the kernel does not know is no error.
 */
int kernel_declare(struct kernel *k, const struct service *s, enum ringback_service_state state);
/* Its counters and limits. -ENOTCONN, -errno. */
int kernel_stats(struct kernel *k, struct nl_stats *stats, struct nl_config *limits);
/* Its attempts are dealt with. */
int kernel_forget(struct kernel *k, const struct service *s);
/*
 * Within the open batch: if failed attempts gave way to others in a full table since this
 * was last asked, none of those that are missing can be taken for answered. 0 or -errno.
 */
int kernel_note_evicted(struct kernel *k);
/* For how many seconds the kernel keeps what the watch @name records; 0: not known. */
uint32_t kernel_keep(const struct kernel *k, const char *name);
/* Since when: what failed until then is kept for another time. ns since the Epoch. */
int64_t kernel_kept_since(const struct kernel *k, const char *name);

/* kernel_watch.c */

/* A watch of the kernel's, or of the store's memory. */
struct watch_name {
	char name[RINGBACK_WATCH_NAME_MAX + 1];
	uint32_t id, keep; /* the kernel's; see struct conf_watch */
	int64_t kept_since; /* what failed later is kept for so long; ns since the Epoch */
	bool ours; /* the store's: it was in our configuration */
};

struct watch_names {
	struct watch_name *row;
	size_t n;
};

struct kernel_watches {
	bool *accepted; /* those of the configuration that the kernel took, by their index */
	struct watch_names seen; /* what the kernel had when last asked */
	uint64_t recorded; /* the module's count of attempts when last seen */
	bool anew; /* another module: the attempts behind all waiters are gone */
};

/*
 * Makes the kernel's watches those of the configuration; watches of the operator
 * stay. Waiters whose watch vanished meanwhile are marked as lost to the kernel.
 * 0, or -errno with the reason logged.
 */
int kernel_watches_sync(struct engine *e, struct nl *nl, struct kernel_watches *w);
/*
 * Whether all is as sync left it: 1; 0: watches of ours or the counters are gone,
 * so the module was loaded anew; -errno.
 */
int kernel_watches_check(struct engine *e, struct nl *nl, struct kernel_watches *w);
/* See kernel_keep() and kernel_kept_since(). */
uint32_t kernel_watches_keep(const struct kernel_watches *w, const char *name);
int64_t kernel_watches_kept_since(const struct kernel_watches *w, const char *name);

#endif /* RINGBACK_ENGINE_KERNEL_H */
