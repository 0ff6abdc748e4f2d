/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The module's clock: 32 bits, ticks of 2^24 ns (about 17 ms) of
 * CLOCK_MONOTONIC. Half the size of a ktime in every entry, wraps after 834
 * days; two times compare correctly while they lie within half of that, which
 * RINGBACK_KEEP_MAX ensures.
 */
#ifndef _RBK_CLOCK_H
#define _RBK_CLOCK_H

#include <linux/jiffies.h>
#include <linux/log2.h>
#include <linux/timekeeping.h>

#define RBK_TICK_SHIFT	24

static inline u32 rbk_now(void)
{
	return ktime_get_coarse_ns() >> RBK_TICK_SHIFT;
}

/* Milliseconds to ticks, rounded up so that nothing is ever early. */
static inline u32 rbk_ticks_ms(u64 ms)
{
	return (ms * NSEC_PER_MSEC + (1 << RBK_TICK_SHIFT) - 1) >> RBK_TICK_SHIFT;
}

static inline u32 rbk_ticks(u32 seconds)
{
	return rbk_ticks_ms((u64)seconds * MSEC_PER_SEC);
}

/*
 * The clock of the admission filter, which is asked by every SYN and only has to
 * tell ages of some minutes: it counts periods of 10 to 20 ms, and wraps.
 */
#define RBK_COARSE	rounddown_pow_of_two(HZ / 50 ?: 1)

static inline u32 rbk_coarse(void)
{
	return jiffies / RBK_COARSE;
}

/* An age by that clock, in ticks. */
static inline u32 rbk_coarse_ticks(u16 age)
{
	return jiffies64_to_nsecs((u64)age * RBK_COARSE) >> RBK_TICK_SHIFT;
}

static inline bool rbk_before(u32 a, u32 b)
{
	return (s32)(a - b) < 0;
}

/* How long to sleep from @now until @t has certainly come. */
static inline unsigned long rbk_jiffies_until(u32 now, u32 t)
{
	if (rbk_before(t, now))
		return 0;
	return min_t(u64, nsecs_to_jiffies64((u64)(t - now) << RBK_TICK_SHIFT) + 1,
		     MAX_JIFFY_OFFSET);
}

/* Nanoseconds since the Epoch of @t, a time that has passed already. */
static inline u64 rbk_real_ns(u32 t)
{
	u64 now = ktime_get_coarse_ns() >> RBK_TICK_SHIFT;
	u64 then = now - (u32)((u32)now - t);

	return ktime_to_ns(ktime_mono_to_any(ns_to_ktime(then << RBK_TICK_SHIFT), TK_OFFS_REAL));
}

#endif /* _RBK_CLOCK_H */
