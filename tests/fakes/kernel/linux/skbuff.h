/* SPDX-License-Identifier: GPL-2.0 */
/*
 * As much of the kernel's headers as kmod/classify.c needs to be compiled in
 * userspace, for the fuzzer: an sk_buff is a piece of memory.
 */
#ifndef FAKE_LINUX_SKBUFF_H
#define FAKE_LINUX_SKBUFF_H

#include <arpa/inet.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <linux/types.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s32 s32;

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define fallthrough	__attribute__((fallthrough))
#define swap(a, b) \
	do { \
		__typeof__(a) tmp_ = (a); \
		(a) = (b); \
		(b) = tmp_; \
	} while (0)

struct sk_buff {
	const unsigned char *data;
	unsigned int len;
};

/* Always copies, as for a fragmented packet: a read past the copy is found by ASan. */
static inline void *skb_header_pointer(const struct sk_buff *skb, int offset, int len, void *buffer)
{
	if (offset < 0 || len < 0 || (unsigned int)offset > skb->len ||
	    (unsigned int)len > skb->len - (unsigned int)offset)
		return NULL;
	memcpy(buffer, skb->data + offset, len);
	return buffer;
}

#endif /* FAKE_LINUX_SKBUFF_H */
