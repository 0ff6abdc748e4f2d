/* SPDX-License-Identifier: GPL-2.0 */
/* See ../linux/skbuff.h. */
#ifndef FAKE_NET_IP_H
#define FAKE_NET_IP_H

#include <linux/in.h>
#include <linux/skbuff.h>

#define IP_OFFSET	0x1FFF

#endif /* FAKE_NET_IP_H */
