/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The admission filter: a fixed-size memory of the SYNs seen last, so that a
 * healthy connection and a flood leave no trace in the table. One cache line
 * per SYN is touched, nothing is allocated and no lock is taken.
 *
 * A line is a ring of fingerprints rather than the bits of a Bloom filter: at
 * the same size and cost its false positives are 2^-29 instead of percents,
 * which matters since a RST or an ICMP error is believed on the strength of
 * it; a flood pushes out the oldest, so that it needs no rotation and no clock;
 * and the age of a SYN comes with it.
 */
#ifndef _RBK_ADMISSION_H
#define _RBK_ADMISSION_H

#include "classify.h"

struct rbk_filter;

/**
 * rbk_filter_new - an empty filter
 * @kib: its size, rounded up to a power of two; 1 KiB remembers 160 SYNs
 *
 * May sleep. Memory is accounted to the caller's cgroup.
 *
 * Return: the filter, to be freed by rbk_filter_free(), or NULL.
 */
struct rbk_filter *rbk_filter_new(unsigned int kib);
void rbk_filter_free(struct rbk_filter *f);

/**
 * rbk_filter_see - remember a packet, and tell whether it was seen before
 * @f: the filter
 * @p: a SYN, or a UDP datagram; identified by its addresses, ports and ISN
 * @now: rbk_coarse()
 *
 * Any context; CPUs may race and then lose one of their two keys.
 *
 * Return: ticks since it was first seen, modulo some 15 minutes; negative
 * when it was not.
 */
int rbk_filter_see(struct rbk_filter *f, const struct rbk_packet *p, u32 now);

/* The same, remembering nothing. */
int rbk_filter_age(struct rbk_filter *f, const struct rbk_packet *p, u32 now);

/* Remembers @p as seen @now, also when it was seen before. */
void rbk_filter_renew(struct rbk_filter *f, const struct rbk_packet *p, u32 now);

/* Forgets @p; false when it was not known. */
bool rbk_filter_forget(struct rbk_filter *f, const struct rbk_packet *p);

#ifdef RINGBACK_SELFTEST
bool rbk_filter_selftest(void);
#endif

#endif /* _RBK_ADMISSION_H */
