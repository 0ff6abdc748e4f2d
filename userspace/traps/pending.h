/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Accepted traps on their way to the engine. A trap repeated within a second is
 * told once; one that the engine cannot take now waits here for it.
 */
#ifndef RINGBACK_TRAPS_PENDING_H
#define RINGBACK_TRAPS_PENDING_H

#include <stdbool.h>
#include <stdint.h>

#include "../common/msg.h"

#define PENDING_SLOTS	  1024 /* a power of two */
#define PENDING_REPEAT_MS 1000 /* the same again within this says nothing new */
#define PENDING_KEEP_MS	  60000 /* older news would be no news to the engine */

struct pending_trap {
	struct msg_trap trap;
	int64_t when_ms; /* CLOCK_MONOTONIC; 0: slot never used */
	bool owed; /* the engine has not got it */
};

struct pending {
	struct pending_trap slots[PENDING_SLOTS];
	unsigned int owed;
};

enum pending_put { PENDING_NEW, PENDING_REPEATED };

/*
 * Notes @trap at @now_ms. PENDING_NEW: it is owed to the engine now; *@lost
 * is then raised where that took the slot of another one that was owed still.
 * PENDING_REPEATED: the same news is there already (*@owed says whether
 * the engine has yet to get it).
 */
enum pending_put pending_add(struct pending *p, const struct msg_trap *trap, int64_t now_ms,
			     bool *owed, unsigned long *lost);

/*
 * Gives what is owed to @send until it returns an error, which is returned;
 * 0 when nothing is owed any more. What is older than PENDING_KEEP_MS is
 * dropped and counted in *@lost.
 */
int pending_flush(struct pending *p, int64_t now_ms,
		  int (*send)(const struct msg_trap *trap, void *arg), void *arg,
		  unsigned long *lost);

#endif /* RINGBACK_TRAPS_PENDING_H */
